//! What the guard keeps from readers gets to them by no way: not by joining what they know, in no mail, by no merging.

use std::time::Duration;

use domain::{IncidentId, Status, incident::Actor, incident::Incident};
use engine::commands::{self, IncidentEdit, NewIncident};
use serde_json::Value;
use store::services;
use testkit::{TestApp, app::minutes};

use crate::{
    reader::Reader,
    subscribers::{ALL, HOOK, subscribe},
};

const ADA: &str = "ada@acme.test";

/// Readers see a checkout, whose guard is given, a billing that waits for a person, and a ledger of which nothing is told; one
/// page shows the ledger alone. Nobody is paged.
fn start(checkout: &str) -> (TestApp, Reader) {
    let config = format!(
        r#"
        [organization]
        slug = "acme"

        [[user]]
        email = "{ADA}"
        name = "Ada"
        role = "owner"

        [[provider]]
        slug = "commerce"
        name = "Commerce"
        category = "Shops"
        feed = "https://commerce.status.test/api/v2/summary.json"

        [[service]]
        slug = "checkout"
        name = "Our checkout"
        depends_on = [ {{ provider = "commerce", components = ["Checkout"], publish = {checkout} }} ]

        [[service]]
        slug = "billing"
        name = "Our billing"
        depends_on = [ {{ provider = "commerce", components = ["API"], publish = "draft" }} ]

        [[service]]
        slug = "ledger"
        name = "Secret ledger"
        depends_on = [ {{ provider = "commerce", components = ["Checkout"], publish = "never" }} ]

        [[status_page]]
        slug = "acme"
        title = "Acme"
        group = [ {{ name = "Shop", services = ["checkout", "billing", "ledger"] }} ]

        [[status_page]]
        slug = "inner"
        title = "Inner"
        group = [ {{ name = "Books", services = ["ledger"] }} ]
        "#
    );
    let mut app = TestApp::start(&config, &["commerce"]);
    app.advance(Duration::ZERO);
    let reader = Reader::of(&app);
    (app, reader)
}

fn breaks(app: &mut TestApp, component: &str, status: &str) {
    app.provider_sets("commerce", component, status);
    app.advance(minutes(2));
}

/// What readers see of the checkout and of the billing.
fn public(app: &TestApp) -> [Status; 2] {
    let states = app.world().read(services::list_states);
    ["checkout", "billing"].map(|slug| {
        let service = app.world().setup.services.iter().find(|service| service.slug == slug).unwrap().id;
        states.iter().find(|state| state.service == service).unwrap().public_status
    })
}

/// The newest incident as the page's readers know it: its title, its impact, and what it touches.
fn known(app: &TestApp) -> (String, String, Vec<String>) {
    let file: Value = serde_json::from_str(&app.page("/status/acme/api/v2/incidents.json")).unwrap();
    let of = &file["incidents"][0];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let touched = of["components"].as_array().unwrap().iter().map(|it| text(&it["name"])).collect();
    (text(&of["name"]), text(&of["impact"]), touched)
}

/// Ada was asked to let something be told.
fn asked(app: &mut TestApp) {
    assert!(app.arrivals_at(ADA).iter().any(|mail| mail.text.contains("readers are told once you say so")));
}

fn open(app: &mut TestApp, title: &str, service: &str, status: Status) -> Incident {
    let (ground, by) = (app.shell().ground(), Actor::User(app.user("Ada")));
    let id = IncidentId::named(app.org().0, title);
    let wanted = NewIncident {
        template: None,
        title: title.to_owned(),
        text: String::new(),
        services: vec![(service.to_owned(), status)],
        severity: None,
        pages: false,
        is_public: true,
        began_at: None,
        resolved_at: None,
    };
    let done = app.world().act(move |scope, now| commands::open(scope, &ground, now, by, id, &wanted));
    app.advance(Duration::ZERO);
    done.unwrap()
}

fn merge(app: &mut TestApp, part: i64, into: i64) {
    let into = app.incident(into).id;
    let done = app.act("Ada", part, move |scope, ground, now, by, id| {
        commands::merge(scope, ground, now, by, id, into)
    });
    done.unwrap();
}

#[test]
fn what_joins_an_incident_that_readers_know_waits_for_a_person_all_the_same() {
    let (mut app, _) = start(r#""auto""#);
    breaks(&mut app, "Checkout", "major_outage");
    assert_eq!(public(&app), [Status::MajorOutage, Status::Operational]);
    breaks(&mut app, "API", "major_outage");
    asked(&mut app);
    assert_eq!(app.incidents().len(), 1);
    assert_eq!(public(&app), [Status::MajorOutage, Status::Operational], "nobody has said a word");
    assert_eq!(known(&app).2, ["Our checkout"]);
    app.publish("Ada", 1);
    assert_eq!(public(&app), [Status::MajorOutage; 2]);
    assert_eq!(known(&app).2, ["Our checkout", "Our billing"]);
}

#[test]
fn messages_and_the_page_of_an_incident_say_no_more_than_may_be_told() {
    let (mut app, reader) = start(r#"{ up_to = "degraded_performance", above = "draft" }"#);
    subscribe(&mut app, &reader, ("url", HOOK), ALL);
    breaks(&mut app, "Checkout", "major_outage");
    asked(&mut app);
    let told: Value = serde_json::from_str(&app.expect_at(HOOK).text).unwrap();
    let of = &told["subject"];
    assert_eq!(of["impact"], "minor", "{told}");
    assert_eq!(of["name"], "Our checkout: degraded performance at Commerce");
    assert_eq!(of["components"].as_array().map(Vec::len), Some(1), "{told}");
    let id = app.incident(1).id;
    let page = app.page(&format!("/status/acme/incidents/{id}"));
    assert!(page.contains("Degraded performance") && !page.contains("Major outage"), "{page}");
    assert!(!page.contains("Secret ledger"), "{page}");
    let setup = app.world().setup.clone();
    let find = |slug: &str| {
        let page = setup.status_pages.iter().find(|page| page.slug == slug).unwrap().id;
        let setup = setup.clone();
        app.world()
            .act(move |scope, _| commands::find_thing(scope, &setup, page, id.0, domain::Language::English))
            .unwrap()
    };
    assert_eq!(find("acme").as_deref(), Some("Our checkout: degraded performance at Commerce"));
    assert_eq!(find("inner"), None, "its readers know nothing of it");
}

#[test]
fn a_draft_that_becomes_part_of_what_readers_see_stays_inside() {
    let (mut app, _) = start(r#""draft""#);
    breaks(&mut app, "Checkout", "major_outage");
    asked(&mut app);
    app.act("Ada", 1, commands::reject).unwrap();
    open(&mut app, "Invoices are late", "billing", Status::DegradedPerformance);
    merge(&mut app, 1, 2);
    app.advance(minutes(5));
    let told = ("Invoices are late".to_owned(), "minor".to_owned(), vec!["Our billing".to_owned()]);
    assert_eq!(known(&app), told);
    assert_eq!(public(&app), [Status::Operational, Status::DegradedPerformance]);
    let id = app.incident(2).id;
    assert!(!app.page(&format!("/status/acme/incidents/{id}")).contains("Our checkout"));
    app.arrivals_at(ADA);
    app.publish("Ada", 2);
    assert_eq!(known(&app).2, ["Our checkout", "Our billing"], "and never the ledger");
    assert_eq!(public(&app), [Status::MajorOutage, Status::DegradedPerformance]);
}

#[test]
fn what_readers_know_of_a_part_goes_on_with_it() {
    let (mut app, _) = start(r#""auto""#);
    breaks(&mut app, "Checkout", "partial_outage");
    open(&mut app, "Invoices are late", "billing", Status::DegradedPerformance);
    merge(&mut app, 1, 2);
    breaks(&mut app, "Checkout", "operational");
    let (_, impact, touched) = known(&app);
    assert_eq!(
        (impact.as_str(), touched),
        ("major", vec!["Our checkout".to_owned(), "Our billing".to_owned()])
    );
}

#[test]
fn what_people_state_is_known_beside_what_is_kept_back() {
    let (mut app, _) = start(r#"{ up_to = "degraded_performance", above = "draft" }"#);
    breaks(&mut app, "Checkout", "major_outage");
    asked(&mut app);
    let wanted = IncidentEdit {
        services: vec![("billing".to_owned(), Status::PartialOutage)],
        ..IncidentEdit::default()
    };
    let done = app
        .act("Ada", 1, move |scope, ground, now, by, id| commands::edit(scope, ground, now, by, id, &wanted));
    done.unwrap();
    let check = |app: &TestApp| {
        let (_, impact, touched) = known(app);
        let all = vec!["Our checkout".to_owned(), "Our billing".to_owned()];
        assert_eq!((impact.as_str(), touched), ("major", all), "no more than is told of the checkout");
        assert_eq!(public(app)[1], Status::PartialOutage);
        let page = app.page(&format!("/status/acme/incidents/{}", app.incident(1).id));
        assert!(!page.contains("major outage") && !page.contains("Secret ledger"), "{page}");
    };
    check(&app);
    breaks(&mut app, "Checkout", "operational");
    check(&app);
    assert!(!app.incident(1).is_resolved(), "a person ends it");
}

#[test]
fn what_is_approved_once_it_is_over_is_told_with_its_end() {
    let (mut app, reader) = start(r#""draft""#);
    subscribe(&mut app, &reader, ("url", HOOK), ALL);
    breaks(&mut app, "Checkout", "major_outage");
    asked(&mut app);
    breaks(&mut app, "Checkout", "operational");
    app.advance(minutes(30));
    assert!(app.incident(1).is_resolved());
    app.publish("Ada", 1);
    let told = app.expect_at(HOOK).text;
    assert!(told.contains("incident_resolved") && !told.contains("Secret ledger"), "{told}");
    let all = ("Our checkout: major outage at Commerce".to_owned(), "critical".to_owned());
    assert_eq!(known(&app), (all.0, all.1, vec!["Our checkout".to_owned()]));
}
