//! `[[template]]`: what an organisation says in public in its own words. One has an `occasion`, and is said by the machine, or a
//! `name`, and people begin with it.
//!
//! What is stored was looked at when it was saved: a name that a later program no longer knows must not keep the pager from
//! reading it, and comes to nothing where it stands.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    Language, Phase, Severity,
    public::{Occasion, Template, Templates},
    setup::{Setup, StatusPage},
    template::{Piece, pieces, place},
};
use serde_json::{Value, json};

use super::{Field, Problem, Section, names::Names, near::nearest};

/// The longest text, in characters.
const LONGEST_TEXT: usize = 4_000;

/// The longest title, in characters.
const LONGEST_TITLE: usize = 200;

/// The longest name, in characters.
const LONGEST_NAME: usize = 80;

/// More than anybody reviews.
const MOST: usize = 500;

/// The severities, each by its word.
const SEVERITIES: [(&str, Severity); 4] = [
    ("critical", Severity::Critical),
    ("error", Severity::Error),
    ("warning", Severity::Warning),
    ("info", Severity::Info),
];

/// The phases that people move an incident to.
const PHASES: [(&str, Phase); 4] = [
    ("investigating", Phase::Investigating),
    ("identified", Phase::Identified),
    ("monitoring", Phase::Monitoring),
    ("resolved", Phase::Resolved),
];

/// One `[[template]]`.
enum One {
    Machine(Occasion, Language, String),
    People(Template),
}

/// Reads every `[[template]]`; `pages` say in which language one is that names none.
pub(super) fn templates(root: &Section<'_>, names: &Names<'_>, pages: &[StatusPage]) -> Templates {
    let mut templates = Templates::default();
    let mut count = 0;
    root.sections("template", |section| {
        count += 1;
        if count == MOST + 1 {
            section.problem(format!("these are more than {MOST} templates"), None);
        }
        match template(section, names.are_stored(), pages)? {
            One::Machine(occasion, language, text) => {
                if templates.machine.insert((occasion, language), text).is_some() {
                    let why =
                        format!("there is another template for `{}` in \"{language}\"", occasion.word());
                    section.problem(why, Some("keep one of them".to_owned()));
                }
            }
            One::People(template) => {
                if templates.named(&template.name).is_some() {
                    section.problem(format!("another template has the name \"{}\"", template.name), None);
                }
                templates.people.push(template);
            }
        }
        Some(())
    });
    templates
}

fn template(section: &Section<'_>, is_stored: bool, pages: &[StatusPage]) -> Option<One> {
    match (section.field("occasion"), section.field("name")) {
        (Some(occasion), None) => {
            let occasion = one_occasion(&occasion, is_stored);
            let language = match section.field("language") {
                Some(field) => field.language(),
                None => language_of(section, pages),
            };
            let text = section.required("text", |field| said(field, occasion?, is_stored));
            Some(One::Machine(occasion?, language?, text?))
        }
        (None, Some(name)) => {
            let name = short(&name, "a name", LONGEST_NAME);
            let title = section.optional("title", |field| short(field, "a title", LONGEST_TITLE));
            let text = section.optional("text", long);
            let severity = section.optional("severity", |field| field.choice(&SEVERITIES));
            let phase = section.optional("phase", |field| field.choice(&PHASES));
            if section.field("title").is_none() && section.field("text").is_none() {
                section.problem("a template for people has a `title`, a `text` or both", None);
            }
            Some(One::People(Template { name: name?, title, text, severity, phase }))
        }
        (Some(_), Some(_)) | (None, None) => {
            let hint = "write `occasion` for what Midwatch says by itself, `name` for what people begin with";
            section.problem("a template has an `occasion` or a `name`", Some(hint.to_owned()));
            None
        }
    }
}

fn one_occasion(field: &Field<'_>, is_stored: bool) -> Option<Occasion> {
    let word = field.text_like("an occasion", "\"opened\"")?;
    let words = || Occasion::ALL.iter().map(|occasion| occasion.word());
    let found = Occasion::from_word(&word);
    if found.is_none() && !is_stored {
        let hint = nearest(&word, words()).map(|near| format!("did you mean \"{near}\"?"));
        let all = words().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ");
        field.problem(format!("{} is none of the occasions {all}", field.written()), hint);
    }
    found
}

/// The language of all pages, for a template that names none.
fn language_of(section: &Section<'_>, pages: &[StatusPage]) -> Option<Language> {
    let languages: BTreeSet<Language> = pages.iter().map(|page| page.language).collect();
    let mut languages = languages.into_iter();
    match (languages.next(), languages.next()) {
        (None, _) => Some(Language::English),
        (Some(language), None) => Some(language),
        (Some(one), Some(other)) => {
            let why = format!(
                "in which `language` is this? There are status pages in \"{one}\" and in \"{other}\""
            );
            section.problem(why, Some(format!("write language = \"{one}\"")));
            None
        }
    }
}

/// Reads what the machine says on an occasion.
fn said(field: &Field<'_>, occasion: Occasion, is_stored: bool) -> Option<String> {
    let is_title = occasion == Occasion::Title;
    let text = if is_title { short(field, "a title", LONGEST_TITLE) } else { long(field) }?;
    let unknown = pieces(&text).find_map(|piece| match piece {
        Piece::Name(name, offset) if !occasion.names().contains(&name) => Some((name, offset)),
        Piece::Name(..) | Piece::Text(_) => None,
    });
    if let Some((name, offset)) = unknown.filter(|_| !is_stored) {
        let (line, column) = place(&text, offset);
        let names = occasion.names().iter().map(|name| format!("{{{name}}}")).collect::<Vec<_>>().join(", ");
        let why = format!(
            "line {line}, column {column} of the text: there is no `{{{name}}}` on the occasion `{}`",
            occasion.word()
        );
        field.problem(why, Some(format!("the names are {names}")));
        return None;
    }
    Some(text)
}

fn long(field: &Field<'_>) -> Option<String> {
    let text = field.lines_like("a text", "\"{text} Questions: help@acme.example\"")?;
    within(field, text, LONGEST_TEXT)
}

fn short(field: &Field<'_>, what: &str, most: usize) -> Option<String> {
    let text = field.text_like(what, "\"Database failover\"")?;
    within(field, text, most)
}

fn within(field: &Field<'_>, text: String, most: usize) -> Option<String> {
    let count = text.chars().count();
    if count > most {
        field.problem(format!("this has {count} characters, and {most} are the most"), None);
        return None;
    }
    Some(text.trim().to_owned())
}

/// Returns which languages of the pages say something in Midwatch's words where another language has the organisation's own.
#[must_use]
pub fn untranslated(root: &Section<'_>, setup: &Setup) -> Vec<Problem> {
    let spoken: BTreeSet<Language> = setup
        .status_pages
        .iter()
        .flat_map(|page| page.other_languages.iter().chain([&page.language]))
        .copied()
        .collect();
    let mut own: BTreeMap<Occasion, BTreeSet<Language>> = BTreeMap::new();
    for (occasion, language) in setup.public.templates.machine.keys() {
        own.entry(*occasion).or_default().insert(*language);
    }
    let places = root.peek("template", "occasion");
    let problem = |(occasion, languages): (Occasion, BTreeSet<Language>)| {
        let missing: Vec<String> =
            spoken.difference(&languages).map(|language| format!("\"{language}\"")).collect();
        if missing.is_empty() {
            return None;
        }
        let place = places.iter().find(|(word, _)| word == occasion.word()).map(|(_, field)| field.place());
        let (span, path) = place.unwrap_or_default();
        let message = format!(
            "`{}` has no template in {}: readers of that language are told in Midwatch's own words",
            occasion.word(),
            missing.join(", ")
        );
        Some(Problem { span, path, message, hint: None })
    };
    own.into_iter().filter_map(problem).collect()
}

/// Writes every template.
pub(super) fn write(templates: &Templates) -> Vec<Value> {
    let machine = templates.machine.iter().map(|((occasion, language), text)| {
        json!({ "occasion": occasion.word(), "language": language.tag(), "text": text })
    });
    let people = templates.people.iter().map(|template| {
        let Template { name, title, text, severity, phase } = template;
        json!({
            "name": name,
            "title": title,
            "text": text,
            "severity": severity.map(Severity::word),
            "phase": phase.map(Phase::word),
        })
    });
    machine.chain(people).collect()
}
