//! The files of the languages against each other and against the code.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use domain::Language;
use fluent_bundle::FluentResource;
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement, VariantKey};
use jiff::tz::TimeZone;

use super::{Arg, Text, Words, catalogue::source};

/// What a message asks for, and by which words and plural forms it chooses.
#[derive(Debug, Default, PartialEq, Eq)]
struct Shape {
    args: BTreeSet<String>,
    choices: BTreeMap<String, BTreeSet<String>>,
}

fn shapes(language: Language) -> BTreeMap<String, Shape> {
    let resource = FluentResource::try_new(source(language).to_owned()).unwrap_or_else(|(_, errors)| {
        panic!("{language}: {errors:?}");
    });
    let mut shapes = BTreeMap::new();
    for entry in resource.entries() {
        let Entry::Message(message) = entry else { continue };
        let mut shape = Shape::default();
        let pattern =
            message.value.as_ref().unwrap_or_else(|| panic!("{language}: {} is empty", message.id.name));
        walk(pattern, &mut shape);
        let twice = shapes.insert(message.id.name.to_owned(), shape).is_some();
        assert!(!twice, "{language}: {} is there twice", message.id.name);
    }
    shapes
}

fn walk(pattern: &Pattern<&str>, shape: &mut Shape) {
    for element in &pattern.elements {
        let PatternElement::Placeable { expression } = element else { continue };
        match expression {
            Expression::Inline(inline) => name(inline, shape),
            Expression::Select { selector, variants } => {
                let chosen = counted(selector).unwrap_or(selector);
                name(chosen, shape);
                let InlineExpression::VariableReference { id } = chosen else { panic!("{selector:?}") };
                let is_counted = ["count", "part", "all", "days"].contains(&id.name);
                assert_eq!(
                    counted(selector).is_some(),
                    is_counted,
                    "a number chooses by PLURAL: {selector:?}"
                );
                let words = shape.choices.entry(id.name.to_owned()).or_default();
                words.extend(variants.iter().map(|variant| match variant.key {
                    VariantKey::Identifier { name } => name.to_owned(),
                    VariantKey::NumberLiteral { value } => value.to_owned(),
                }));
                variants.iter().for_each(|variant| walk(&variant.value, shape));
            }
        }
    }
}

/// Returns what `PLURAL(…)` holds.
fn counted<'a>(selector: &'a InlineExpression<&'a str>) -> Option<&'a InlineExpression<&'a str>> {
    let InlineExpression::FunctionReference { id, arguments } = selector else { return None };
    assert_eq!(id.name, "PLURAL");
    arguments.positional.first()
}

fn name(inline: &InlineExpression<&str>, shape: &mut Shape) {
    match inline {
        InlineExpression::VariableReference { id } => drop(shape.args.insert(id.name.to_owned())),
        InlineExpression::Placeable { expression } => {
            let Expression::Inline(inline) = &**expression else { panic!("{expression:?}") };
            name(inline, shape);
        }
        InlineExpression::StringLiteral { .. } => {}
        InlineExpression::NumberLiteral { .. }
        | InlineExpression::FunctionReference { .. }
        | InlineExpression::MessageReference { .. }
        | InlineExpression::TermReference { .. } => panic!("{inline:?} is not used here"),
    }
}

/// The plural forms that a language has for whole numbers.
const fn plurals(language: Language) -> &'static [&'static str] {
    match language {
        // Millions are "many" in Italian, and nothing is counted in millions here.
        Language::English | Language::Italian | Language::German => &["one", "other"],
        Language::Arabic => &["zero", "one", "two", "few", "many", "other"],
    }
}

#[test]
fn every_language_has_every_message_with_the_same_arguments() {
    let english = shapes(Language::English);
    for language in Language::ALL {
        let own = shapes(language);
        let keys = |shapes: &BTreeMap<String, Shape>| shapes.keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&own), keys(&english), "{language}");
        for (key, shape) in own {
            // A verb of English can have no like in another language; nothing but that may be left out.
            let of_english = &english[&key];
            let must: BTreeSet<_> = of_english.args.iter().filter(|arg| !is_form(arg)).cloned().collect();
            assert!(shape.args.is_subset(&of_english.args), "{language}: {key}");
            assert!(shape.args.is_superset(&must), "{language}: {key}");
            for (name, words) in &shape.choices {
                let all: BTreeSet<String> = plurals(language).iter().map(|word| (*word).to_owned()).collect();
                if ["count", "part", "all", "days"].contains(&name.as_str()) {
                    assert_eq!(words, &all, "{language}: {key} lacks a form of {name}");
                } else {
                    assert_eq!(Some(words), english[&key].choices.get(name), "{language}: {key}");
                }
            }
        }
    }
}

/// Whether an argument says which form a verb has, and nothing else.
fn is_form(arg: &str) -> bool {
    ["number", "reporters"].contains(&arg)
}

/// Returns the code and the templates as one text.
fn everything() -> String {
    let mut text = String::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    folders.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("templates"));
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with("words/tests.rs") {
                text.push_str(&fs::read_to_string(path).unwrap());
            }
        }
    }
    text
}

#[test]
fn every_message_is_used_and_every_one_that_is_asked_for_is_there() {
    let (text, english) = (everything(), shapes(Language::English));
    for key in english.keys() {
        assert!(text.contains(&format!("\"{key}\"")), "{key} is not used");
    }
    for (call, has_args) in
        [(".t(", false), (".say(", true), (".count(", true), (".at(", true), (".named(", true)]
    {
        for (start, _) in text.match_indices(call) {
            let rest = text[start + call.len()..].trim_start();
            let Some(key) = rest.strip_prefix('"').and_then(|rest| rest.split_once('"')) else { continue };
            let Some(shape) = english.get(key.0) else { panic!("there is no message {}", key.0) };
            assert_eq!(!shape.args.is_empty(), has_args, "{} is asked for in the wrong way", key.0);
        }
    }
}

fn count(language: Language, key: &'static str) -> Vec<String> {
    let zone = TimeZone::UTC;
    let words = Words::new(language, language, &zone);
    [0, 1, 2, 3, 10, 11, 99, 100, 102, 103].map(|count| words.count(key, count).plain()).into()
}

#[test]
fn what_is_counted_has_the_form_of_its_number() {
    assert_eq!(count(Language::English, "updates-count")[..3], ["0 updates", "1 update", "2 updates"]);
    assert_eq!(
        count(Language::Italian, "updates-count")[..3],
        ["0 aggiornamenti", "1 aggiornamento", "2 aggiornamenti"]
    );
    assert_eq!(count(Language::German, "updates-count")[..3], ["0 Updates", "1 Update", "2 Updates"]);
    assert_eq!(
        count(Language::Arabic, "updates-count"),
        [
            "لا تحديثات",
            "تحديث واحد",
            "تحديثان",
            "3 تحديثات",
            "10 تحديثات",
            "11 تحديثًا",
            "99 تحديثًا",
            "100 تحديث",
            "102 تحديث",
            "103 تحديثات",
        ]
    );
}

#[test]
fn what_others_wrote_is_set_apart_where_it_may_run_the_other_way() {
    let zone = TimeZone::UTC;
    let caused = |language, written, name: &str| {
        let words = Words::new(language, written, &zone);
        words.say("caused-by", [("cause", words.theirs(name).into())])
    };
    let (english, arabic) = (Language::English, Language::Arabic);
    assert_eq!(caused(english, english, "A & B").to_string(), "Caused by A &#38; B");
    assert_eq!(caused(english, english, "بنك").to_string(), "Caused by <bdi>بنك</bdi>");
    assert_eq!(caused(english, arabic, "بنك").to_string(), "Caused by <bdi lang=\"ar\">بنك</bdi>");
    let linked = Text::theirs("C++", None, true).linked(Some("/a?b&c"));
    assert_eq!(linked.to_string(), "<a href=\"/a?b&#38;c\"><bdi>C++</bdi></a>");
    let german = caused(Language::German, english, "Acme");
    assert!(german.to_string().contains("<bdi lang=\"en\">Acme</bdi>"));
    assert!(german.plain().contains("Acme") && !german.plain().contains(crate::page::OPEN));
    let plain = caused(arabic, arabic, "C\u{2069}\u{202e}++\u{fdd1}").plain();
    assert!(plain.ends_with("\u{fdd0}C++\u{fdd1}"), "nothing in it ends its isolation: {plain:?}");
}

#[test]
fn nothing_that_is_put_in_is_taken_for_a_place_to_put_something() {
    let words = Words::english();
    let args = [("what", words.theirs("\u{fdd2}1{ $page }").into()), ("page", Arg::from("P"))];
    assert_eq!(words.say("title-of", args).to_string(), "\u{fdd2}1{ $page } · P");
}
