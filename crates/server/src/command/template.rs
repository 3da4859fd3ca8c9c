//! `template list` and `template preview`, by the configuration file, before anything of it is said.

use std::process::ExitCode;

use domain::{
    Language,
    public::{Occasion, Template, Templates},
};
use serde_json::{Value, json};

use super::output::{print, print_json, print_line};
use crate::{
    args::{Failure, Template as Command},
    config::Config,
    table::table,
};

/// Characters of a text in the list.
const BEGINNING: usize = 60;

/// Lists templates, or shows what comes of them.
pub(super) fn run(config: &Config, command: &Command) -> Result<ExitCode, Failure> {
    let templates = &config.objects.setup.public.templates;
    match command {
        Command::List { json: true } => print_json(&as_json(templates))?,
        Command::List { json: false } => list(templates)?,
        Command::Preview { language, occasion } => preview(templates, *language, *occasion)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn list(templates: &Templates) -> anyhow::Result<()> {
    if templates == &Templates::default() {
        print_line("no templates: everything is said in Midwatch's own words")?;
        return Ok(());
    }
    let machine = templates.machine.iter().map(|((occasion, language), text)| {
        [occasion.word().to_owned(), language.to_string(), String::new(), beginning(text)]
    });
    let people = templates.people.iter().map(|template| {
        let Template { name, title, text, severity, phase } = template;
        let sets = [severity.map(|severity| severity.to_string()), phase.map(|phase| phase.to_string())];
        let says = title.as_ref().or(text.as_ref()).map(|text| beginning(text)).unwrap_or_default();
        [name.clone(), String::new(), sets.into_iter().flatten().collect::<Vec<_>>().join(", "), says]
    });
    Ok(print(&table(["TEMPLATE", "LANGUAGE", "SETS", "SAYS"], &machine.chain(people).collect::<Vec<_>>()))?)
}

/// The beginning of a text, in one line.
fn beginning(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(BEGINNING) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

fn as_json(templates: &Templates) -> Value {
    let machine = templates.machine.iter().map(|((occasion, language), text)| {
        json!({ "occasion": occasion.word(), "language": language.tag(), "text": text })
    });
    let people = templates.people.iter().map(|template| {
        let Template { name, title, text, severity, phase } = template;
        let (severity, phase) = (severity.map(|it| it.word()), phase.map(|it| it.word()));
        json!({ "name": name, "title": title, "text": text, "severity": severity, "phase": phase })
    });
    machine.chain(people).collect()
}

/// Shows what is said on each occasion in each language; `*` is in the organisation's own words.
fn preview(
    templates: &Templates,
    language: Option<Language>,
    occasion: Option<Occasion>,
) -> anyhow::Result<()> {
    for shown in Occasion::ALL.iter().copied().filter(|shown| occasion.is_none_or(|one| one == *shown)) {
        print_line(shown.word())?;
        let word = render::sample(shown);
        for language in Language::ALL.into_iter().filter(|it| language.is_none_or(|one| one == *it)) {
            let mark = if templates.machine.contains_key(&(shown, language)) { '*' } else { ' ' };
            let text = render::said_in(&word, language, templates).replace('\n', "\n      ");
            print_line(&format!("  {language}{mark} {text}"))?;
        }
    }
    Ok(())
}
