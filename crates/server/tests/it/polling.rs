//! How sources are read: at what pace, with what beside them, and what it means when nobody answers.

use std::time::Duration;

use domain::{SourceHealth, provider::provider_id};
use jiff::SignedDuration;
use store::providers;
use testkit::{TestApp, app::minutes, internet::Service};

const ANCHORS: [&str; 3] =
    ["https://one.anchor.test/", "https://two.anchor.test/", "https://three.anchor.test/"];

/// Ana owns everything; four services depend on a provider each.
fn four() -> TestApp {
    read_every("60s")
}

fn read_every(interval: &str) -> TestApp {
    let mut toml = r#"
        [organization]
        slug = "acme"
        [[user]]
        email = "ana@acme.test"
        name = "Ana"
        role = "owner"
        contact = [ { id = "hook", kind = "webhook", url = "https://phone.test/ana" } ]
        "#
    .to_owned();
    for slug in SLUGS {
        toml.push_str(&format!(
            r#"
            [[provider]]
            slug = "{slug}"
            name = "{slug}"
            category = "Shops"
            feed = "https://{slug}.status.test/api/v2/summary.json"
            interval = "{interval}"
            [[service]]
            slug = "on-{slug}"
            name = "On {slug}"
            depends_on = [ {{ provider = "{slug}", page = "never" }} ]
            "#
        ));
    }
    let mut app = TestApp::start(&toml, &SLUGS);
    app.set_anchors(&ANCHORS);
    for anchor in ANCHORS {
        app.world().internet.put_document(anchor, 204, "text/plain", "");
    }
    app
}

const SLUGS: [&str; 4] = ["alpha", "beta", "gamma", "delta"];

fn healths(app: &TestApp) -> [SourceHealth; 4] {
    SLUGS.map(|slug| app.provider(slug).health)
}

#[test]
fn while_we_are_cut_off_nothing_is_held_against_anybody_and_the_owner_is_told_once() {
    let mut app = four();
    app.advance(minutes(5));
    app.world().internet.cut(true);
    app.advance(minutes(60));
    assert!(app.shell().meters.is_cut_off());
    let notice = app.expect("Ana", "notice");
    assert!(notice.contains("cut off from the internet"), "{notice}");
    app.expect_silence();
    for slug in SLUGS {
        let stored = app.provider(slug);
        assert_ne!(stored.health, SourceHealth::Unreadable, "{slug}");
        assert!(stored.source.failures <= 3, "{slug} failed {} times", stored.source.failures);
        assert!(stored.source.reason.is_some_and(|reason| reason.contains("our own network")), "{slug}");
    }
    let incident = app.incident(1);
    assert!(incident.services.is_empty() && !incident.is_paging(), "{incident:?}");
    app.world().internet.cut(false);
    app.advance(minutes(5));
    assert!(app.expect("Ana", "resolved").contains("cut off from the internet"));
    assert!(!app.shell().meters.is_cut_off() && app.incident(1).is_resolved());
    assert_eq!(healths(&app), [SourceHealth::Fresh; 4]);
}

#[test]
fn when_the_anchors_answer_the_silence_is_the_providers_own() {
    let mut app = four();
    for slug in SLUGS {
        app.provider_serves(slug, Service::Unreachable);
    }
    app.advance(minutes(60));
    assert!(!app.shell().meters.is_cut_off());
    assert_eq!(healths(&app), [SourceHealth::Unreadable; 4]);
    assert!(app.incidents().is_empty());
}

#[test]
fn time_in_which_nothing_was_read_is_neither_up_nor_down() {
    let mut app = four();
    app.advance(minutes(30));
    app.world().internet.cut(true);
    let cut_at = app.now();
    app.advance(minutes(60));
    app.world().internet.cut(false);
    app.advance(minutes(30));
    let (from, until) = (cut_at.saturating_sub(SignedDuration::from_hours(1)).unwrap(), app.now());
    let spans =
        app.world().read(move |scope| providers::list_spans(scope.tx(), provider_id("alpha"), from, until));
    let covered: i64 = spans
        .iter()
        .filter(|(component, _)| *component == spans[0].0)
        .map(|(_, span)| span.to.min(until).duration_since(span.from.max(from)).as_mins())
        .sum();
    assert!((55..=64).contains(&covered), "{covered} minutes of the {} are known", 120);
    app.expect("Ana", "notice");
    app.expect("Ana", "resolved");
}

#[test]
fn a_provider_in_trouble_is_read_twice_as_often() {
    let mut app = four();
    app.advance(minutes(5));
    let wait = |app: &TestApp, slug| {
        let source = app.provider(slug).source;
        source.next_poll_at.unwrap().duration_since(source.last_poll_at.unwrap()).as_secs()
    };
    assert!((54..=66).contains(&wait(&app, "alpha")), "{}", wait(&app, "alpha"));
    app.provider_sets("alpha", "API", "partial_outage");
    app.advance(minutes(2));
    assert!((27..=33).contains(&wait(&app, "alpha")), "{}", wait(&app, "alpha"));
}

#[test]
fn a_post_mortem_that_comes_weeks_later_is_found() {
    let mut app = read_every("1h");
    app.provider_page("alpha", |page, now| page.post("i1", "Checkout is down", "major", &["Checkout"], now));
    app.advance(minutes(120));
    app.provider_page("alpha", |page, now| page.end("i1", now));
    app.advance(minutes(120));
    app.advance(Duration::from_secs(20 * 24 * 3600));
    app.provider_page("alpha", |page, now| page.explain("i1", "It was the cable.", now));
    app.advance(Duration::from_secs(7 * 3600));
    let known = app.provider("alpha").knowledge;
    let said: Vec<&str> =
        known.incidents[0].incident.updates.iter().map(|update| update.body.as_str()).collect();
    assert!(said.contains(&"It was the cable."), "{said:?}");
    assert!(app.incidents().iter().all(|incident| incident.is_resolved()), "an old story opens nothing");
}
