//! What a person types, and who is meant.

use std::time::Duration;

use proptest::prelude::*;

use super::*;

fn provider(name: &str, also: &[&str], services: &[&str]) -> Arc<Provider> {
    let owned = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
    Arc::new(Provider {
        slug: crate::provider::slug_of(name),
        name: name.to_owned(),
        category: "Cloud & Hosting".to_owned(),
        homepage: None,
        platform: None,
        feed: None,
        status_page: Some("https://status.example".to_owned()),
        interval: Duration::from_secs(60),
        also: owned(also),
        services: owned(services),
        upstreams: Vec::new(),
        selectors: None,
    })
}

fn index() -> Index {
    Index::new([
        provider("Amazon Web Services", &["AWS", "Amazon"], &["Amazon S3", "Amazon Simple Email Service"]),
        provider("Amazon Pay", &[], &[]),
        provider("Google Cloud", &["GCP"], &[]),
        provider("GitHub", &["GitHub Actions"], &[]),
        provider("GitLab", &[], &[]),
        provider("Efí", &[], &[]),
        provider("Stripe", &[], &[]),
        provider("Stripo", &[], &[]),
        provider("Cloud Nine", &[], &["Workers"]),
        provider("O'Reilly Auto", &[], &[]),
    ])
}

#[track_caller]
fn check(words: &str, expected: &[(&str, Option<&str>)]) {
    let found = index().search(words, expected.len().max(1));
    let found: Vec<_> =
        found.iter().map(|found| (found.provider.name.as_str(), found.because.as_deref())).collect();
    assert_eq!(found, expected, "{words}");
}

#[test]
fn the_closest_stands_first_and_says_by_what_it_was_found() {
    check("github", &[("GitHub", None)]);
    check("GIT hub", &[("GitHub", None)]);
    check("aws", &[("Amazon Web Services", Some("AWS"))]);
    check("amazon", &[("Amazon Web Services", Some("Amazon")), ("Amazon Pay", None)]);
    check("amazon s3", &[("Amazon Web Services", Some("Amazon S3"))]);
    check("s3", &[("Amazon Web Services", Some("Amazon S3"))]);
    check("email serv", &[("Amazon Web Services", Some("Amazon Simple Email Service"))]);
    check("ases", &[("Amazon Web Services", Some("Amazon Simple Email Service"))]);
    check("gcp", &[("Google Cloud", Some("GCP"))]);
    check("nine workers", &[("Cloud Nine", Some("Workers"))]);
    check("efi", &[("Efí", None)]);
    check("oreilly", &[("O'Reilly Auto", None)]);
    check("stripe", &[("Stripe", None)]);
    check("strip", &[("Stripe", None), ("Stripo", None)]);
}

#[test]
fn slips_of_the_pen_and_words_too_many_are_forgiven() {
    check("githb", &[("GitHub", None)]);
    check("gtihub", &[("GitHub", None)]);
    check("gogle cloud", &[("Google Cloud", None)]);
    check("googel clod", &[("Google Cloud", None)]);
    check("stripe status page", &[("Stripe", None)]);
    check("https://www.stripe.com", &[("Stripe", None)]);
    check("stripe webhooks", &[("Stripe", None)]);
}

#[test]
fn what_is_too_short_or_too_far_away_is_not_guessed() {
    for words in ["", "  ", "?!", "gxt", "qqqqqqqq", "zz9"] {
        check(words, &[]);
    }
    assert!(index().search("cloud", 0).is_empty());
}

#[test]
fn a_category_finds_what_stands_in_it_after_those_of_that_name() {
    let found = index().search("cloud", 10);
    assert_eq!(found.len(), 10);
    assert_eq!(found[0].provider.name, "Cloud Nine");
    assert_eq!(found[1].provider.name, "Google Cloud");
}

#[test]
fn texts_are_folded_to_plain_words() {
    for (text, expected) in [
        ("  Éfí -- Straße_№5 ", "efi strasse 5"),
        ("Łódź ÆSIR", "lodz aesir"),
        ("e\u{301}clair", "eclair"),
        ("World’s Best", "worlds best"),
        ("世界", "世界"),
        ("İstanbul", "istanbul"),
    ] {
        assert_eq!(fold(text), expected);
    }
}

#[test]
fn distances_count_swaps_as_one_and_end_at_the_limit() {
    for (a, b, most, expected) in [
        ("", "", 0, Some(0)),
        ("ab", "ba", 1, Some(1)),
        ("ab", "ba", 0, None),
        ("kitten", "sitting", 3, Some(3)),
        ("kitten", "sitting", 2, None),
        ("abc", "", 3, Some(3)),
        ("", "abc", 2, None),
        ("xabcd", "xbacd", 1, Some(1)),
    ] {
        let chars = |text: &str| text.chars().collect::<Vec<_>>();
        assert_eq!(distance(&chars(a), &chars(b), most), expected, "{a} {b}");
        assert_eq!(distance(&chars(b), &chars(a), most), expected, "{b} {a}");
    }
}

proptest! {
    #[test]
    fn any_text_is_searched_for(words in "\\PC{0,80}") {
        let _ = index().search(&words, 5);
    }

    #[test]
    fn everybody_is_found_first_by_name_and_by_slug(names in prop::collection::hash_set("[A-Za-z][a-z0-9]{2,9}( [A-Za-z0-9]{1,9}){0,3}", 1..20)) {
        let index = Index::new(names.iter().map(|name| provider(name, &[], &[])));
        for name in &names {
            // Names that fold to the same stand beside each other.
            for words in [name.clone(), crate::provider::slug_of(name)] {
                let first = index.search(&words, 1).remove(0);
                prop_assert_eq!(fold(&first.provider.name).replace(' ', ""), fold(name).replace(' ', ""));
            }
        }
    }

    #[test]
    fn one_slip_in_a_long_name_is_forgiven(name in "[a-z]{6,14}", at in 0..100_usize, c in proptest::char::range('a', 'z')) {
        let index = Index::new([provider(&name, &[], &[])]);
        let mut typed: Vec<char> = name.chars().collect();
        let at = at % typed.len();
        typed[at] = c;
        let found = index.search(&typed.into_iter().collect::<String>(), 1);
        prop_assert_eq!(found.len(), 1);
    }
}
