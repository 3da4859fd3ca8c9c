//! What the machine may tell readers by itself, what waits for a person's word, and when an end is believed.

use axum::http::Method;
use domain::{Phase, Status};
use engine::commands::{self, Draft};
use store::services;
use testkit::{TestApp, app::minutes};

use crate::{outage::team, reader::Reader, steer::token};

const GUARD: &str = r#", publish = { up_to = "degraded_performance", above = "draft" }"#;

fn start(dependency: &str) -> TestApp {
    TestApp::start(&team(dependency), &["commerce"])
}

fn provider_is(app: &mut TestApp, status: &str) {
    app.provider_sets("commerce", "Checkout", status);
    app.advance(minutes(2));
}

fn public(app: &TestApp) -> Vec<Status> {
    app.world().read(services::list_states).iter().map(|state| state.public_status).collect()
}

fn draft(app: &TestApp) -> Option<Draft> {
    let (ground, id, now) = (app.shell().ground(), app.incident(1).id, app.now());
    app.world().act(move |scope, _| commands::draft(scope, &ground, now, id)).unwrap()
}

/// An incident that readers are told of up to slow, and that is down.
fn worse() -> TestApp {
    worse_with_its_page().0
}

fn worse_with_its_page() -> (TestApp, String) {
    let mut app = start(GUARD);
    provider_is(&mut app, "degraded_performance");
    assert_eq!(public(&app), [Status::DegradedPerformance; 2]);
    provider_is(&mut app, "major_outage");
    let page = app.expect("Ana", "page");
    (app, page)
}

#[test]
fn readers_are_told_up_to_the_limit_and_no_more_until_a_person_says_so() {
    let mut app = worse();
    assert_eq!(public(&app), [Status::DegradedPerformance; 2]);
    let page = app.page("/status/acme");
    assert!(page.contains("degraded performance at Commerce") && !page.contains("major outage"), "{page}");
    let shown = draft(&app).unwrap();
    assert!(
        shown.title.contains("major outage at Commerce") && shown.body.contains("major outage"),
        "{shown:?}"
    );
    app.acknowledge("Ana", 1);
    app.publish("Ana", 1);
    assert_eq!(public(&app), [Status::MajorOutage; 2]);
    let page = app.page("/status/acme");
    assert!(page.contains("major outage at Commerce") && page.contains(&shown.body), "{page}");
    assert_eq!(draft(&app), None);
    app.publish("Ana", 1);
    assert_eq!(app.journal(1).iter().filter(|kind| *kind == "published").count(), 1);
}

#[test]
fn the_link_shows_what_readers_would_see_and_one_tap_publishes_exactly_that() {
    let (mut app, page) = worse_with_its_page();
    let page: serde_json::Value = serde_json::from_str(&page).unwrap();
    let url = page["ack_url"].as_str().unwrap();
    let path = &url[url.find("/ack/").unwrap()..];
    let (auth, reader) = (token(&app), Reader::of(&app));
    let draft = draft(&app).unwrap();
    let shown = reader.ask(Method::GET, path, &[], "").body;
    for part in ["Readers wait for your word", &draft.title, &draft.body, &draft.mark] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let api = |app: &TestApp| {
        let path = format!("/api/v1/incidents/{}", app.incident(1).id);
        reader.ask(Method::GET, &path, &[("authorization", auth)], "").json()
    };
    assert_eq!(api(&app)["draft"]["seen"], draft.mark.as_str());
    let post = |body: &str| reader.ask(Method::POST, path, &[], body).status;
    assert_eq!(post("act=publish&seen=0af3"), 409);
    app.advance(minutes(0));
    assert_eq!(public(&app), [Status::DegradedPerformance; 2], "looking and a stale word change nothing");
    assert_eq!(post("act=reject"), 303);
    assert!(reader.ask(Method::GET, path, &[], "").body.contains("Kept from readers"));
    assert_eq!(api(&app)["draft"]["rejected"], true);
    assert_eq!(post(&format!("act=publish&seen={}", draft.mark)), 303);
    app.advance(minutes(0));
    assert_eq!(public(&app), [Status::MajorOutage; 2]);
    assert!(!reader.ask(Method::GET, path, &[], "").body.contains("what they would see"));
    assert!(api(&app)["draft"].is_null());
    app.acknowledge("Ana", 1);
}

#[test]
fn whoever_has_it_is_asked_once_by_a_link_when_it_gets_worse() {
    let mut app = start(r#", page = "degraded_performance", publish = { up_to = "degraded_performance" }"#);
    provider_is(&mut app, "degraded_performance");
    app.expect("Ana", "page");
    app.acknowledge("Ana", 1);
    provider_is(&mut app, "partial_outage");
    // It got worse, so she is paged again, by a message with the same link.
    app.expect("Ana", "page");
    let asked = app.expect("Ana", "notice");
    assert!(asked.contains("/ack/") && asked.contains("readers are told once you say so"), "{asked}");
    assert_eq!(app.journal(1).iter().filter(|kind| *kind == "draft").count(), 1);
    app.acknowledge("Ana", 1);
    app.advance(minutes(60));
    app.expect_silence();
}

#[test]
fn what_is_rejected_stays_inside_until_it_gets_worse() {
    let mut app = start(r#", publish = "draft", page = "never""#);
    provider_is(&mut app, "partial_outage");
    app.expect("Ana", "notice");
    app.act("Ana", 1, commands::reject).unwrap();
    app.act("Ana", 1, commands::reject).unwrap();
    assert!(draft(&app).unwrap().is_refused);
    assert_eq!(app.journal(1).iter().filter(|kind| *kind == "draft_rejected").count(), 1);
    app.advance(minutes(60));
    app.expect_silence();
    assert_eq!(public(&app), [Status::Operational; 2]);
    provider_is(&mut app, "major_outage");
    app.expect("Ana", "notice");
    assert!(!draft(&app).unwrap().is_refused);
    provider_is(&mut app, "operational");
    let none = app.act("Ana", 1, commands::reject);
    assert!(none.is_err(), "{none:?}");
}

#[test]
fn a_word_is_taken_only_for_what_was_seen() {
    let mut app = worse();
    app.acknowledge("Ana", 1);
    let seen = draft(&app).unwrap().mark;
    provider_is(&mut app, "partial_outage");
    let stale = seen.clone();
    let refused = app.act("Ana", 1, move |scope, ground, now, by, id| {
        commands::publish_seen(scope, ground, now, by, id, &stale)
    });
    assert!(refused.unwrap_err().to_string().contains("look again"));
    assert_eq!(public(&app), [Status::DegradedPerformance; 2]);
    let seen = draft(&app).unwrap().mark;
    let done = app.act("Ana", 1, move |scope, ground, now, by, id| {
        commands::publish_seen(scope, ground, now, by, id, &seen)
    });
    done.unwrap();
    assert_eq!(public(&app), [Status::PartialOutage; 2]);
    provider_is(&mut app, "major_outage");
    app.expect("Ana", "notice");
    assert_eq!(public(&app), [Status::PartialOutage; 2], "what is worse than was published waits again");
    provider_is(&mut app, "degraded_performance");
    assert_eq!(public(&app), [Status::DegradedPerformance; 2], "what is better waits for nobody");
    app.arrivals_at("https://phone.test/ana");
    app.acknowledge("Ana", 1);
}

#[test]
fn what_has_to_last_is_told_by_itself_when_it_has() {
    let mut app = start(r#", publish = { after = "10m" }"#);
    provider_is(&mut app, "major_outage");
    app.expect("Ana", "page");
    app.acknowledge("Ana", 1);
    app.advance(minutes(5));
    assert_eq!(public(&app), [Status::Operational; 2]);
    assert!(app.page("/status/acme").contains("All services operational"));
    app.advance(minutes(5));
    assert_eq!(public(&app), [Status::MajorOutage; 2]);
    assert!(app.page("/status/acme").contains("have a major outage"));
    assert!(!app.journal(1).contains(&"draft".to_owned()), "only time was missing");
}

#[test]
fn an_end_that_no_reading_shows_is_watched_and_not_called_resolved() {
    let mut app = start("");
    provider_is(&mut app, "major_outage");
    app.expect("Ana", "page");
    app.acknowledge("Ana", 1);
    provider_is(&mut app, "a word that nobody knows");
    assert!(!app.incident(1).is_resolved());
    assert_eq!(app.incident(1).phase, Phase::Monitoring);
    assert_eq!(public(&app), [Status::Unknown; 2]);
    let page = app.page("/status/acme");
    assert!(page.contains("We wait for a reading of Commerce that shows that it is over"), "{page}");
    app.advance(minutes(60));
    assert_eq!(app.journal(1).iter().filter(|kind| *kind == "awaited").count(), 1, "it is said once");
    provider_is(&mut app, "operational");
    assert!(app.incident(1).is_resolved());
    app.expect("Ana", "resolved");
}

#[test]
fn readers_are_promised_the_next_word_and_get_it() {
    let config = format!("public = {{ next_update = \"30m\" }}\n{}", team(""));
    let mut app = TestApp::start(&config, &["commerce"]);
    app.provider_sets("commerce", "Checkout", "major_outage");
    app.advance(minutes(1));
    while app.incidents().is_empty() {
        app.advance(minutes(1));
    }
    let opened = app.incident(1).opened_at;
    let promised = |app: &TestApp, after: i64| {
        let due = app.world().read(|scope| {
            let id = store::incidents::find_by_number(scope, 1)?.unwrap().id;
            store::promises::find_due(scope, id)
        });
        assert_eq!(due, Some(opened + jiff::SignedDuration::from_mins(after)));
    };
    promised(&app, 30);
    assert!(app.page("/status/acme").contains("Next update"), "{}", app.page("/status/acme"));
    app.expect("Ana", "page");
    app.acknowledge("Ana", 1);
    app.advance(minutes(25));
    let reminder = app.expect("Ana", "notice");
    assert!(reminder.contains("readers were promised an update by"), "{reminder}");
    app.advance(minutes(6));
    promised(&app, 90);
    let page = app.page("/status/acme");
    assert!(
        page.contains("Nothing has changed since the last update. Our checkout and Our orders have a"),
        "{page}"
    );
    let said = app.act("Ana", 1, |scope, ground, now, by, id| {
        let next = Some(std::time::Duration::from_secs(600));
        let said = commands::NewUpdate {
            body: "A cable.".to_owned(),
            is_public: true,
            template: None,
            phase: None,
            next,
        };
        commands::say(scope, ground, now, by, id, &said)
    });
    said.unwrap();
    app.advance(minutes(4));
    app.expect_silence();
    app.advance(minutes(1));
    app.expect("Ana", "notice");
    provider_is(&mut app, "operational");
    app.expect("Ana", "resolved");
    assert!(!app.page("/status/acme").contains("Next update"));
    app.advance(minutes(120));
    let soon = app.act("Ana", 1, |scope, ground, now, by, id| {
        let next = Some(std::time::Duration::from_secs(60));
        let said =
            commands::NewUpdate { body: "x".to_owned(), is_public: true, template: None, phase: None, next };
        commands::say(scope, ground, now, by, id, &said)
    });
    assert!(soon.is_err());
}
