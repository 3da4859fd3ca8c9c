//! What is written is read back as the same value.

use std::time::Duration;

use domain::setup::Setup;
use proptest::prelude::*;

use super::{
    super::{Document, duration, from_json, read, to_json},
    good,
    good::{ASSERTIONS, FULL},
    shown,
};

/// A provider without a feed, with everything that only such a one has.
const PAGE: &str = r#"
[[provider]]
slug = "up"
name = "Up"
category = "C"
status_page = "https://up.example"

[[provider]]
slug = "p"
name = "P"
category = "C"
homepage = "https://p.example"
status_page = "https://status.p.example"
also = ["Pee", "P Inc"]
services = ["Mail", "Storage"]
upstreams = ["up"]
[provider.selectors]
component = ".row"
name = ".name"
status = ".state"
headline = "h1"
words = { "Up and running" = "operational", "down" = "major_outage" }
"#;

#[track_caller]
fn check(text: &str) {
    let objects = good(text);
    let json = to_json(&objects.setup, &objects.providers);
    // Through bytes, as the ledger does it.
    let json = serde_json::from_str(&json.to_string()).unwrap();
    let back = from_json(&json).unwrap_or_else(|problems| panic!("{json:#}\n{}", shown(&problems, "")));
    assert_eq!(back, objects);
}

#[test]
fn a_configuration_comes_back_from_json() {
    check("");
    check(FULL);
    check(&format!("{FULL}{ASSERTIONS}"));
    check("[[user]]\nemail = \"ANA@acme.example\"\ntime_zone = \"UTC\"\nrole = \"viewer\"");
    check(
        "provider = [{ slug = \"p\", name = \"P\", category = \"C\", feed = \"http://a.b/c\", status_page = \"\" }]",
    );
    check(PAGE);
}

#[test]
fn providers_come_back_from_toml_and_say_so_over_shipped_ones() {
    for providers in [good(PAGE).providers, good(FULL).providers] {
        assert_eq!(good(&super::super::providers_to_toml(&providers)).providers, providers);
    }
    let shipped = crate::catalog::builtin();
    let some: Vec<_> = shipped.iter().step_by(97).map(|it| domain::provider::Provider::clone(it)).collect();
    let text = super::super::providers_to_toml(&some);
    let document = Document::from_toml(&text).unwrap();
    let back =
        read(&document, Some(&super::Given::default()), |root| super::super::objects(root, Some(shipped)));
    assert_eq!(back.unwrap().providers, some);
}

#[test]
fn what_looks_like_a_variable_is_left_alone_in_json() {
    let mut objects = good(FULL);
    objects.setup.services[0].name = "file:${HOME}".to_owned();
    assert_eq!(from_json(&to_json(&objects.setup, &objects.providers)), Ok(objects));
}

#[test]
fn a_reference_that_leads_nowhere_is_refused_when_read() {
    let objects = good(FULL);
    let setup = Setup { policies: Vec::new(), ..objects.setup };
    let problems = from_json(&to_json(&setup, &objects.providers)).unwrap_err();
    assert!(problems[0].message.starts_with("there is no escalation policy"), "{problems:?}");
}

/// An earlier version took overrides that contradict each other. What it stored must be read, or nobody would be paged.
#[test]
fn what_is_stored_is_read_even_where_it_would_be_refused_today() {
    let mut objects = good(FULL);
    let mut other = objects.setup.schedules[0].overrides[0].clone();
    other.user = objects.setup.users[0].id;
    objects.setup.schedules[0].overrides.push(other);
    assert_ne!(objects.setup.schedules[0].contradictions(), []);
    assert_eq!(from_json(&to_json(&objects.setup, &objects.providers)), Ok(objects));
}

#[test]
fn a_value_set_beside_the_text_has_no_place_in_it() {
    let mut document = Document::from_toml("[organization]\nslug = \"acme\"").unwrap();
    document.set("organization", "slug", &"No Slug".into());
    let problems = read(&document, None, |root| super::super::objects(root, None)).unwrap_err();
    assert_eq!((problems[0].span.clone(), problems[0].path.as_str()), (None, "organization.slug"));
}

proptest! {
    #[test]
    fn a_duration_comes_back_from_its_words(ms in 0..u64::MAX / 2) {
        let span = Duration::from_millis(ms);
        prop_assert_eq!(duration::parse(&duration::words(span)), Some(span));
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
        let _ = super::read(&text);
        let _ = duration::parse(&text);
    }

    #[test]
    fn a_damaged_file_is_read_or_refused_with_places_in_it(cut in 0..FULL.len(), put in "[\\[\\]\"=a5{}.\\n]{0,4}") {
        let text = format!("{}{put}{}", &FULL[..cut], &FULL[(cut + 3).min(FULL.len())..]);
        if let Err(problems) = super::read(&text) {
            prop_assert!(!problems.is_empty());
            for problem in problems {
                prop_assert!(problem.span.is_none_or(|span| text.get(span).is_some()));
            }
        }
    }

    #[test]
    fn shapes_come_back(
        rotation in prop_oneof![Just("daily".to_owned()), Just("weekly".to_owned()), Just("14d".to_owned()), (1..9999u32).prop_map(|m| format!("{m}m"))],
        time in (0..24u8, 0..60u8),
        start in (2000..2100u16, 1..13u8, 1..29u8),
        users in 1..5usize,
        turns in prop::collection::vec(0..5usize, 1..9),
        gaps in prop::collection::vec(1..5000u32, 1..6),
        repeat in 0..=100u32,
    ) {
        let emails: Vec<String> = (0..users).map(|n| format!("\"U{n}@acme.example\"")).collect();
        let turns: Vec<&str> = turns.iter().map(|n| emails[n % users].as_str()).collect();
        let mut at = 0;
        let steps: Vec<String> = gaps.iter().map(|gap| { at += gap; format!("{{ after = \"{at}s\", notify = [\"schedule:s\"] }}") }).collect();
        let text = format!(
            "user = [{}]\n[[schedule]]\nslug = \"s\"\nlayer = [{{ rotation = \"{rotation}\", handoff = \"{:02}:{:02}\", start = \"{:04}-{:02}-{:02}\", participants = [{}] }}]\n\
             [[escalation_policy]]\nslug = \"e\"\nrepeat = {repeat}\nstep = [{}]\n",
            emails.iter().map(|email| format!("{{ email = {email} }}")).collect::<Vec<_>>().join(", "),
            time.0, time.1, start.0, start.1, start.2, turns.join(", "), steps.join(", "),
        );
        check(&text);
    }
}
