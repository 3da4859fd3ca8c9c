//! What an organisation says in its own words, and what it can't.

use domain::{
    Language, Phase, Severity,
    public::{Occasion, Template},
};
use serde_json::json;

use super::{
    super::{Document, from_json, objects, read, to_json, untranslated},
    Given, good,
    refusals::check,
    shown,
};

const ITALIAN: &str = "[[status_page]]\nslug = \"a\"\nlanguage = \"it\"\nlanguages = [\"de\"]\n";

#[test]
fn templates_are_read_in_the_language_of_the_pages_and_come_back_from_the_ledger() {
    let objects = good(&format!(
        "{ITALIAN}[[template]]\noccasion = \"opened\"\ntext = '''{{state}} {{report}}\n\n* {{x Y}}'''\n\
         [[template]]\noccasion = \"opened\"\nlanguage = \"de\"\ntext = \"{{text}}\"\n\
         [[template]]\nname = \"db\"\ntitle = \"Move\"\nseverity = \"error\"\nphase = \"monitoring\"\n"
    ));
    let templates = &objects.setup.public.templates;
    let italian = &templates.machine[&(Occasion::Opened, Language::Italian)];
    assert_eq!(italian, "{state} {report}\n\n* {x Y}", "a brace that names nothing is a brace");
    assert_eq!(templates.machine.len(), 2);
    let own = Template {
        name: "db".to_owned(),
        title: Some("Move".to_owned()),
        text: None,
        severity: Some(Severity::Error),
        phase: Some(Phase::Monitoring),
    };
    assert_eq!(templates.named("db"), Some(&own));
    assert_eq!(from_json(&to_json(&objects.setup, &objects.providers)), Ok(objects));
}

#[test]
fn what_is_wrong_with_a_template_is_told_where_it_stands() {
    check(
        &format!(
            "{ITALIAN}[[template]]\noccasion = \"opend\"\ntext = \"x\"\n\
             [[template]]\noccasion = \"calm\"\ntext = \"\"\"a\né {{provider}}\"\"\"\n\
             [[template]]\noccasion = \"title\"\ntext = \"{{status}}\\n\"\n\
             [[template]]\nname = \"x\"\noccasion = \"calm\"\n\
             [[template]]\nname = \"y\"\n\
             [[template]]\nname = \"z\"\ntext = \"\\u0007\"\n\
             [[template]]\noccasion = \"over\"\ntext = \"{}\"\n",
            "x".repeat(4001)
        ),
        &format!(
            r##"
"opend" | template[0].occasion: "opend" is none of the occasions {} | did you mean "opened"?
"""a | template[1].text: line 2, column 3 of the text: there is no `{{provider}}` on the occasion `calm` | the names are {{text}}, {{services}}, {{status}}, {{state}}
"{{status}}\n" | template[2].text: this holds a line break or another control character
[[template]] | template[3]: a template has an `occasion` or a `name` | write `occasion` for what Midwatch says by itself, `name` for what people begin with
[[template]] | template[4]: a template for people has a `title`, a `text` or both
"\u0007" | template[5].text: this holds a control character
"{}" | template[6].text: this has 4001 characters, and 4000 are the most
"##,
            Occasion::ALL.iter().map(|it| format!("\"{}\"", it.word())).collect::<Vec<_>>().join(", "),
            "x".repeat(4001),
        ),
    );
}

#[test]
fn one_is_enough_and_pages_of_two_languages_have_none_in_common() {
    check(
        &format!(
            "{ITALIAN}[[status_page]]\nslug = \"b\"\n[[template]]\noccasion = \"calm\"\ntext = \"x\"\n\
             [[template]]\noccasion = \"back\"\nlanguage = \"it\"\ntext = \"x\"\n\
             [[template]]\noccasion = \"back\"\nlanguage = \"it\"\ntext = \"y\"\n\
             [[template]]\nname = \"x\"\ntitle = \"x\"\n[[template]]\nname = \"x\"\ntitle = \"y\"\n"
        ),
        r##"
[[template]] | template[0]: in which `language` is this? There are status pages in "en" and in "it" | write language = "en"
[[template]] | template[2]: there is another template for `back` in "it" | keep one of them
[[template]] | template[4]: another template has the name "x"
"##,
    );
}

#[test]
fn a_language_that_is_told_in_other_words_is_warned_of() {
    let text = format!("{ITALIAN}[[template]]\noccasion = \"calm\"\ntext = \"x\"\n");
    let document = Document::from_toml(&text).unwrap();
    let warned = read(&document, Some(&Given::default()), |root| {
        let objects = objects(root, Some(&[]))?;
        Some(untranslated(root, &objects.setup))
    });
    assert_eq!(
        shown(&warned.unwrap(), &text),
        "\"calm\" | template[0].occasion: `calm` has no template in \"de\": readers of that language are told in Midwatch's own words"
    );
}

#[test]
fn what_is_stored_is_read_though_a_later_program_knows_less() {
    let stored = json!({ "template": [
        { "occasion": "gone", "language": "it", "text": "x" },
        { "occasion": "calm", "language": "it", "text": "{gone} x" },
    ] });
    let templates = from_json(&stored).unwrap().setup.public.templates;
    assert_eq!(templates.machine.len(), 1);
}
