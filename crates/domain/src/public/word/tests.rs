//! Facts as values.

use super::*;

#[test]
fn as_many_names_are_named_as_take_no_more_room_than_their_number() {
    let names = |count: usize, most| Names::of((0..count).map(|n| Some(n.to_string())), most);
    assert_eq!(names(4, 3), Names { named: vec!["0".into(), "1".into(), "2".into(), "3".into()], more: 0 });
    assert_eq!(names(5, 3), Names { named: vec!["0".into(), "1".into(), "2".into()], more: 2 });
    assert_eq!(Names::of([None, Some("A".to_owned())], 3), Names { named: vec!["A".into()], more: 1 });
}

#[test]
fn a_quotation_has_no_markup_and_only_links_that_can_be_links() {
    let quote = |title: &str, link: &str| {
        let quote = Quote::new(title, Phase::Identified, Some(link));
        (quote.title, quote.link)
    };
    let hostile = "“x”](javascript:alert(1)) <b>*_`\\\u{0}\n«y» „z“";
    assert_eq!(quote(hostile, "javascript:alert(1)"), ("x(javascript:alert(1)) ‹b›y z".to_owned(), None));
    let links = [
        ("https://status.acme.example/i/1", Some("https://status.acme.example/i/1")),
        ("https://status.acme.example/i(1)", Some("https://status.acme.example/i%281%29")),
        ("http://status.acme.example/i/1", None),
        ("https://status.acme.example@evil.example/", None),
        ("https://status.acme.example/ x", None),
        ("https://status.acme.example/]", None),
        ("", None),
    ];
    for (link, expected) in links {
        assert_eq!(quote("x", link).1.as_deref(), expected, "{link}");
    }
    assert_eq!(quote(&"é".repeat(500), "").0.chars().count(), LONGEST_QUOTE);
}

#[test]
fn every_occasion_has_its_own_word_and_at_least_the_built_in_text() {
    for occasion in Occasion::ALL {
        assert_eq!(Occasion::from_word(occasion.word()), Some(*occasion));
        assert!(occasion.names().contains(&"text"), "{occasion:?}");
    }
}
