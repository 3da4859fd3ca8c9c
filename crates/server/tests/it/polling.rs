//! How sources are read: at what pace, with what beside them, and what it means when nobody answers.

use std::time::Duration;

use domain::{Platform, SourceHealth, Status, change::ChangeKind, provider::provider_id};
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

/// Replaces the page of `alpha` by one of another host, with one component in trouble.
fn move_to_instatus(app: &TestApp) {
    let put = |path: &str, kind: &'static str, body: &str| {
        app.world().internet.put_document(&format!("https://alpha.status.test{path}"), 200, kind, body);
    };
    let html = "<!doctype html><html><head><title>alpha status</title></head><body></body></html>";
    for path in ["/", "/api/v2/summary.json", "/api/v2/incidents.json", "/api/v2/scheduled-maintenances.json"]
    {
        put(path, "text/html", html);
    }
    let page = r#"{"name": "alpha", "url": "https://alpha.status.test", "status": "HASISSUES"}"#;
    put("/summary.json", "application/json", &format!(r#"{{"page": {page}}}"#));
    let components = r#"{"components": [
        {"id": "c1", "name": "API", "status": "MAJOROUTAGE", "group": null},
        {"id": "c2", "name": "Checkout", "status": "OPERATIONAL", "group": null}]}"#;
    put("/v2/components.json", "application/json", components);
}

#[test]
fn a_page_that_has_moved_is_unreadable_and_where_it_is_now_is_proposed() {
    let mut app = four();
    app.advance(minutes(5));
    move_to_instatus(&app);
    app.advance(minutes(60));
    let stored = app.provider("alpha");
    assert_eq!(stored.health, SourceHealth::Unreadable);
    let moved = stored.moved.expect("a proposal");
    assert_eq!(
        (moved.platform, moved.feed.as_str()),
        (Platform::Instatus, "https://alpha.status.test/summary.json")
    );
    let names: Vec<&str> =
        stored.knowledge.components.iter().map(|known| known.component.status.word()).collect();
    assert_eq!(names, ["operational", "operational"], "what was last read stands");
}

#[test]
fn a_page_is_looked_for_at_the_second_answer_of_another_shape_and_never_in_trouble() {
    let mut app = four();
    app.advance(minutes(5));
    move_to_instatus(&app);
    let feed = "https://alpha.status.test/api/v2/summary.json";
    app.world().internet.put_document(feed, 503, "text/plain", "");
    app.advance(minutes(90));
    let stored = app.provider("alpha");
    assert!(stored.source.failures > 8, "{:?}", stored.source);
    assert_eq!(stored.moved, None, "a host in trouble has not moved");
    app.world().internet.put_document(feed, 404, "text/plain", "");
    let failures = stored.source.failures;
    while app.provider("alpha").source.failures < failures + 2 {
        assert_eq!(app.provider("alpha").moved, None);
        app.advance(Duration::from_secs(10));
    }
    assert!(app.provider("alpha").moved.is_some(), "the second answer of another shape");
}

#[test]
fn a_page_that_has_moved_is_followed_where_that_is_wanted() {
    let mut app = four();
    app.follow_moves();
    app.provider_page("alpha", |page, now| page.post("i1", "API is down", "major", &["API"], now));
    app.advance(minutes(5));
    move_to_instatus(&app);
    app.advance(minutes(60));
    let stored = app.provider("alpha");
    assert_eq!((stored.health, stored.validators.platform), (SourceHealth::Fresh, Some(Platform::Instatus)));
    assert_eq!(stored.knowledge.components[0].component.status, Status::MajorOutage);
    let changes = app.world().read(|scope| providers::list_changes(scope.tx(), provider_id("alpha"), 0, 50));
    let moves = changes.iter().filter(|(_, change)| change.kind == ChangeKind::SourceMoved).count();
    assert_eq!(moves, 1, "{changes:#?}");
    let ended = changes.iter().filter(|(_, change)| {
        matches!(change.kind, ChangeKind::IncidentResolved | ChangeKind::ComponentRemoved)
    });
    assert_eq!(ended.count(), 0, "what another host does not list is not over: {changes:#?}");
}

/// Of the provider only the page is known.
const PAGE_ONLY: &str = r#"
    [organization]
    slug = "acme"
    [[user]]
    email = "ana@acme.test"
    name = "Ana"
    role = "owner"
    [[provider]]
    slug = "alpha"
    name = "alpha"
    category = "Shops"
    status_page = "https://alpha.status.test/"
"#;

#[test]
fn a_provider_that_is_silent_at_first_contact_is_found_minutes_after_it_is_back() {
    let mut app = TestApp::start(PAGE_ONLY, &["alpha"]);
    app.provider_serves("alpha", Service::Unreachable);
    app.advance(minutes(3));
    assert!(app.provider("alpha").source.failures > 1, "{:?}", app.provider("alpha").source);
    let html = "<!doctype html><html><head><title>alpha status</title></head><body></body></html>";
    app.world().internet.put_document("https://alpha.status.test/", 200, "text/html", html);
    app.provider_serves("alpha", Service::Up);
    app.advance(minutes(5));
    assert_eq!(app.provider("alpha").health, SourceHealth::Fresh, "{:?}", app.provider("alpha").source);
}

#[test]
fn a_declared_page_is_read_though_it_is_called_otherwise() {
    let toml = PAGE_ONLY.replace("name = \"alpha\"", "name = \"Tee Kuma\"");
    let mut app = TestApp::start(&toml, &["alpha"]);
    let html = "<!doctype html><html><head><title>Dashboard</title></head><body></body></html>";
    app.world().internet.put_document("https://alpha.status.test/", 200, "text/html", html);
    app.advance(minutes(2));
    let stored = app.provider("alpha");
    assert_eq!(stored.health, SourceHealth::Fresh, "{:?}", stored.source);
    assert_eq!(stored.knowledge.page.name.as_deref(), Some("alpha"));
}

#[test]
fn a_provider_of_whom_only_the_page_is_known_is_found_at_the_first_poll() {
    let mut app = TestApp::start(PAGE_ONLY, &["alpha"]);
    let html = "<!doctype html><html><head><title>alpha status</title></head><body></body></html>";
    app.world().internet.put_document("https://alpha.status.test/", 200, "text/html", html);
    app.advance(minutes(120));
    let stored = app.provider("alpha");
    let feed = "https://alpha.status.test/api/v2/summary.json";
    assert_eq!(stored.validators.feed.as_deref(), Some(feed), "{:?}", stored.source.reason);
    assert_eq!((stored.health, stored.knowledge.components.len()), (SourceHealth::Fresh, 2));
}

#[test]
fn where_the_longer_list_is_missing_at_first_contact_the_log_gives_the_history() {
    let toml = r#"
        [organization]
        slug = "acme"
        [[user]]
        email = "ana@acme.test"
        name = "Ana"
        role = "owner"
        [[provider]]
        slug = "alpha"
        name = "alpha"
        category = "Shops"
        feed = "https://alpha.status.test/api/v2/summary.json"
    "#;
    let mut app = TestApp::start(toml, &[]);
    app.world().internet.put_up("alpha", &["API"]);
    let put = |path: &str, status, kind: &'static str, body: &str| {
        app.world().internet.put_document(&format!("https://alpha.status.test{path}"), status, kind, body);
    };
    put("/api/v2/incidents.json", 500, "text/plain", "");
    let log = r#"<?xml version="1.0" encoding="UTF-8"?>
        <feed xmlns="http://www.w3.org/2005/Atom">
          <id>tag:alpha.status.test,2005:/history</id>
          <title>alpha Status - Incident History</title>
          <updated>2026-02-20T10:00:00Z</updated>
          <entry>
            <id>tag:alpha.status.test,2005:Incident/1234</id>
            <published>2026-02-20T10:00:00Z</published>
            <updated>2026-02-20T10:00:00Z</updated>
            <link rel="alternate" type="text/html" href="https://alpha.status.test/incidents/abcdefghij12"/>
            <title>Checkout was slow</title>
            <content type="html">&lt;p&gt;&lt;small&gt;Feb &lt;var data-var='date'&gt;20&lt;/var&gt;, &lt;var data-var='time'&gt;10:00&lt;/var&gt; UTC&lt;/small&gt;&lt;br&gt;&lt;strong&gt;Resolved&lt;/strong&gt; - It is over.&lt;/p&gt;</content>
          </entry>
        </feed>"#;
    put("/history.atom", 200, "application/atom+xml", log);
    app.advance(minutes(5));
    let known = app.provider("alpha").knowledge;
    let names: Vec<&str> = known.incidents.iter().map(|known| known.incident.name.as_str()).collect();
    assert_eq!(names, ["Checkout was slow"]);
    assert!(known.incidents[0].incident.phase.is_over());
}
