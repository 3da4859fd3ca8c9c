//! Every occasion in every language.

use domain::{Phase, public::plain};

use super::*;

fn word(occasion: Occasion) -> Word {
    sample(occasion)
}

fn put(word: &Word, language: Language) -> String {
    said_in(word, language, &Templates::default())
}

/// What a text says that names nothing: without names, addresses and digits.
fn ours(text: &str) -> String {
    let mut text = text.to_owned();
    for name in ["Checkout", "Search", "Mail", "Lumen", "Tern", "Elevated errors", "Database move", "UTC"] {
        text = text.replace(name, "");
    }
    text.replace("https://status.lumen.example/incidents/1", "")
}

#[test]
fn every_occasion_is_put_in_every_language_with_everything_that_it_names() {
    for &occasion in Occasion::ALL {
        let word = word(occasion);
        let english = put(&word, Language::English);
        let mut texts = vec![english.clone()];
        for language in Language::ALL {
            let text = put(&word, language);
            assert!(
                !text.is_empty() && !text.contains(['{', '}', '\u{fdd0}', '\u{fdd2}']),
                "{occasion:?} {language}: {text}"
            );
            for name in ["Checkout", "Search", "Mail", "Lumen", "Tern", "Elevated errors", "Database move"] {
                assert_eq!(text.contains(name), english.contains(name), "{occasion:?} {language}: {text}");
            }
            if language == Language::English {
                continue;
            }
            assert!(!texts.contains(&text), "{occasion:?} {language} says the same as another: {text}");
            let words: Vec<String> =
                ours(&text).split(|c: char| !c.is_alphabetic()).map(str::to_lowercase).collect();
            for english in "the has have at and is are this work incident they report trouble".split(' ') {
                assert!(!words.iter().any(|word| word == english), "{occasion:?} {language}: {text}");
            }
            if language == Language::Arabic {
                assert!(!ours(&text).contains(|c: char| c.is_ascii_alphabetic()), "{occasion:?}: {text}");
            }
            texts.push(text);
        }
    }
}

#[test]
fn what_is_said_in_each_language() {
    let check = |occasion, language, expected: &str| {
        let text = put(&word(occasion), language).replace(['\u{2068}', '\u{2069}'], "");
        assert_eq!(text, expected, "{occasion:?} {language}");
    };
    let (english, italian) = (Language::English, Language::Italian);
    check(Occasion::Title, english, "Checkout, Search and Mail: major outage at Lumen and Tern");
    check(Occasion::Title, italian, "Checkout, Search e Mail: interruzione grave presso Lumen e Tern");
    check(
        Occasion::Opened,
        english,
        "Checkout has a major outage. Search and Mail have degraded performance. The cause is at our provider Lumen and Tern. \
         They report: [“Elevated errors”](https://status.lumen.example/incidents/1) (identified).",
    );
    check(
        Occasion::Opened,
        italian,
        "Interruzione grave: Checkout. Prestazioni ridotte: Search e Mail. La causa è presso il nostro fornitore Lumen e Tern. \
         Il fornitore segnala: [«Elevated errors»](https://status.lumen.example/incidents/1) (causa identificata).",
    );
    check(
        Occasion::Resolved,
        Language::German,
        "Lumen und Tern melden die Behebung; wieder normal in Betrieb sind Checkout, Search und Mail.",
    );
    check(Occasion::WorkExtended, Language::German, "Diese Wartung endet jetzt am 2. März 2026, 10:00 UTC.");
    check(Occasion::Back, Language::Arabic, "عادت المشكلة. انقطاع كبير: Checkout. أداء منخفض: Search وMail.");
}

#[test]
fn what_a_name_means_stands_apart_in_a_language_that_runs_the_other_way() {
    let arabic = put(&word(Occasion::Changed), Language::Arabic);
    assert!(arabic.contains("\u{2068}Checkout\u{2069}"), "{arabic}");
}

#[test]
fn a_hostile_title_of_a_provider_is_data_in_every_language() {
    let hostile = "\u{202e}“x”](https://evil.example) <script>{services}{{x}}\u{2069}\u{fdd1}";
    let quotes = vec![Quote::new(hostile, Phase::Investigating, Some("https://status.lumen.example/1"))];
    let other = Word { title: Some(plain(hostile)), ..Word::on(Occasion::GoesOnAs) };
    let own = [(Occasion::Opened, "{report} {provider_incident} {link}"), (Occasion::GoesOnAs, "{title}")];
    for word in [Word { quotes, ..word(Occasion::Opened) }, other] {
        for language in Language::ALL {
            let templates = Templates {
                machine: own.map(|(on, text)| ((on, language), text.to_owned())).into(),
                people: Vec::new(),
            };
            for templates in [Templates::default(), templates] {
                let text = said_in(&word, language, &templates);
                let html = crate::markdown::to_html(&text, 3);
                assert!(!html.contains("evil.example\"") && !html.contains("<script"), "{html}");
                assert!(text.contains("{services}{{x}}"), "a value is never looked at again: {text}");
                assert!(!text.contains(['\u{202e}', '\u{fdd1}']), "{text:?}");
                let (open, close) = (text.matches('\u{2068}').count(), text.matches('\u{2069}').count());
                assert_eq!(open, close, "{text:?}");
            }
        }
    }
}

#[test]
fn a_template_takes_the_place_of_our_words_in_its_language_alone() {
    let templates = Templates {
        machine: [
            (
                (Occasion::Opened, Language::Italian),
                "{services} ({status}), da {provider}: {state} {text}".to_owned(),
            ),
            ((Occasion::Calm, Language::Italian), " {nothing}\n".to_owned()),
        ]
        .into(),
        people: Vec::new(),
    };
    let said = said(&word(Occasion::Opened), &templates);
    assert!(said.text.starts_with("Checkout has a major outage."), "{}", said.text);
    let italian = said.put(Language::Italian);
    let expected =
        "Checkout, Search e Mail (interruzione grave), da Lumen e Tern: Interruzione grave: Checkout.";
    assert!(italian.starts_with(expected) && italian.ends_with("(causa identificata)."), "{italian}");
    let calm = said_in(&word(Occasion::Calm), Language::Italian, &templates);
    assert_eq!(
        calm,
        put(&word(Occasion::Calm), Language::Italian),
        "one that comes to nothing is passed over"
    );
}

#[test]
fn what_must_not_be_named_and_what_has_no_name_any_more_is_told_of_without() {
    let nameless = |more| Word {
        services: vec![(Status::MajorOutage, Names { named: Vec::new(), more })],
        ..Word::on(Occasion::Changed)
    };
    assert_eq!(put(&nameless(0), Language::English), "Internal services have a major outage.");
    assert_eq!(put(&nameless(1), Language::English), "1 service has a major outage.");
    let many = Names { named: vec!["A".to_owned(), "B".to_owned()], more: 3 };
    let word = Word { services: vec![(Status::Operational, many)], ..Word::on(Occasion::Changed) };
    assert_eq!(put(&word, Language::English), "A, B and 3 more services have recovered.");
    assert_eq!(put(&word, Language::Italian), "Di nuovo operativi: A, B e altri 3 servizi.");
}
