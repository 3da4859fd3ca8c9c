//! Announced work on our own services: what readers see of it, whom it lets sleep, and whom it does not.

use std::time::Duration;

use domain::{MaintenanceId, Status, incident::Actor, maintenance::Maintenance};
use engine::{
    CommandError,
    commands::{self, NewMaintenance, WorkAct},
};
use jiff::{SignedDuration, Timestamp};
use store::{maintenances, services};
use testkit::{TestApp, app::minutes};

use crate::outage::team;

const ID: MaintenanceId = MaintenanceId(uuid::Uuid::from_u128(7));

fn start() -> TestApp {
    TestApp::start(&team(""), &["commerce"])
}

/// The same shop, where nobody is paged for the orders.
fn only_checkout_pages() -> TestApp {
    let with = "name = \"Our orders\"\n        escalation_policy = \"default\"";
    TestApp::start(&team("").replacen(with, "name = \"Our orders\"", 1), &["commerce"])
}

/// Plans work on the checkout from ten minutes from now for an hour.
fn plan(app: &mut TestApp, expected: Status, is_manual_end: bool) -> Maintenance {
    plan_in(app, minutes(10), expected, is_manual_end)
}

fn plan_in(app: &mut TestApp, ahead: Duration, expected: Status, is_manual_end: bool) -> Maintenance {
    let from = app.now().checked_add(ahead).unwrap();
    let wanted = NewMaintenance {
        title: "Move the database".to_owned(),
        text: "Orders may be slow.".to_owned(),
        note: "runbook 7".to_owned(),
        services: vec![("checkout".to_owned(), expected)],
        times: vec![(from, from + SignedDuration::from_hours(1))],
        is_manual_end,
        ..NewMaintenance::default()
    };
    let ground = app.shell().ground();
    let planned = app
        .world()
        .act(move |scope, now| commands::plan_work(scope, &ground, now, Actor::Operator, ID, &wanted));
    app.advance(Duration::ZERO);
    planned.unwrap().remove(0)
}

fn act(app: &mut TestApp, act: WorkAct) -> Result<Maintenance, CommandError> {
    let ground = app.shell().ground();
    let done = app
        .world()
        .act(move |scope, now| commands::act_on_work(scope, &ground, now, Actor::Operator, ID, &act, ""));
    app.advance(Duration::ZERO);
    done
}

fn status(app: &TestApp) -> String {
    app.world().read(|scope| maintenances::get(scope, ID)).unwrap().status.to_string()
}

/// What readers see of the checkout and of the orders.
fn public(app: &TestApp) -> [Status; 2] {
    let states = app.world().read(services::list_states);
    let of = |slug: &str| {
        let service = app.world().setup.services.iter().find(|service| service.slug == slug).unwrap().id;
        states.iter().find(|state| state.service == service).unwrap().public_status
    };
    ["checkout", "orders"].map(of)
}

#[test]
fn work_begins_and_ends_at_its_time_and_readers_see_it_everywhere() {
    let mut app = start();
    plan(&mut app, Status::DegradedPerformance, false);
    let home = app.page("/status/acme");
    assert!(home.contains("Move the database") && home.contains("Orders may be slow."), "{home}");
    assert!(!home.contains("runbook 7"));
    let calendar = app.page("/status/acme/maintenance.ics");
    assert!(calendar.contains("SEQUENCE:1\r\n") && calendar.contains("STATUS:CONFIRMED"), "{calendar}");
    app.advance(minutes(10));
    assert_eq!(
        (status(&app).as_str(), public(&app)),
        ("in_progress", [Status::UnderMaintenance, Status::Operational])
    );
    let json: serde_json::Value =
        serde_json::from_str(&app.page("/status/acme/api/v2/scheduled-maintenances/active.json")).unwrap();
    let work = &json["scheduled_maintenances"][0];
    assert_eq!(work["status"], "in_progress");
    assert_eq!(
        work["scheduled_for"].as_str().unwrap().parse::<Timestamp>().unwrap(),
        "2026-03-02T08:10:00Z".parse::<Timestamp>().unwrap()
    );
    assert_eq!(
        work["scheduled_until"].as_str().unwrap().parse::<Timestamp>().unwrap(),
        "2026-03-02T09:10:00Z".parse::<Timestamp>().unwrap()
    );
    app.advance(minutes(60));
    assert_eq!((status(&app).as_str(), public(&app)), ("completed", [Status::Operational; 2]));
    assert!(app.page("/status/acme/maintenance.ics").contains("SEQUENCE:3\r\n"));
    assert!(app.page(&format!("/status/acme/maintenance/{ID}")).contains("This work is done."));
    let checkout = app.world().setup.services[0].id;
    let until = app.now();
    let spans = app.world().read(move |scope| services::list_spans(scope, checkout, Timestamp::MIN, until));
    assert!(spans.iter().any(|span| span.status == Status::UnderMaintenance), "{spans:?}");
}

#[test]
fn announced_trouble_is_silent_and_worse_trouble_pages_at_once() {
    let mut app = only_checkout_pages();
    plan(&mut app, Status::PartialOutage, false);
    app.advance(minutes(10));
    app.provider_sets("commerce", "Checkout", "partial_outage");
    app.advance(minutes(5));
    app.expect_silence();
    assert_eq!(public(&app), [Status::UnderMaintenance, Status::PartialOutage]);
    app.provider_sets("commerce", "Checkout", "major_outage");
    app.advance(minutes(2));
    app.expect("Ana", "page");
    assert_eq!(public(&app), [Status::MajorOutage; 2]);
    app.acknowledge("Ana", 1);
}

#[test]
fn trouble_that_outlasts_the_work_pages_after_its_end_and_readers_are_told() {
    let mut app = only_checkout_pages();
    plan(&mut app, Status::MajorOutage, false);
    app.advance(minutes(10));
    app.provider_sets("commerce", "Checkout", "major_outage");
    app.advance(minutes(59));
    app.expect_silence();
    assert_eq!(public(&app)[0], Status::UnderMaintenance);
    app.advance(minutes(1));
    assert_eq!((status(&app).as_str(), public(&app)[0]), ("verifying", Status::MajorOutage));
    app.expect("Ana", "page");
    app.expect("Ana", "is past its end");
    app.acknowledge("Ana", 1);
    app.provider_sets("commerce", "Checkout", "operational");
    app.advance(minutes(30));
    assert_eq!(status(&app), "completed");
    app.arrivals_at("https://phone.test/ana");
    app.arrivals_at("ana@acme.test");
}

#[test]
fn trouble_of_a_service_that_was_not_named_pages() {
    let mut app = start();
    plan(&mut app, Status::MajorOutage, false);
    app.advance(minutes(10));
    app.provider_sets("commerce", "Checkout", "major_outage");
    app.advance(minutes(2));
    app.expect("Ana", "page");
    app.acknowledge("Ana", 1);
}

#[test]
fn work_is_extended_called_off_and_refused_once_it_is_over() {
    let mut app = start();
    let work = plan(&mut app, Status::MajorOutage, true);
    assert!(act(&mut app, WorkAct::End).is_err(), "it has not begun");
    act(&mut app, WorkAct::Start).unwrap();
    assert_eq!(public(&app)[0], Status::UnderMaintenance);
    let later = work.ends_at + SignedDuration::from_hours(1);
    act(&mut app, WorkAct::Extend(later)).unwrap();
    app.advance(minutes(71));
    assert_eq!(status(&app), "in_progress");
    act(&mut app, WorkAct::Cancel).unwrap();
    assert!(app.page("/status/acme/maintenance.ics").contains("STATUS:CANCELLED"));
    assert_eq!(public(&app)[0], Status::Operational);
    assert!(act(&mut app, WorkAct::Start).is_err());
}

#[test]
fn work_that_goes_wrong_becomes_an_incident_once_with_its_words() {
    let mut app = start();
    plan(&mut app, Status::DegradedPerformance, false);
    app.advance(minutes(10));
    for _ in 0..2 {
        let ground = app.shell().ground();
        let opened = app
            .world()
            .act(move |scope, now| commands::incident_of_work(scope, &ground, now, Actor::Operator, ID));
        assert_eq!(opened.unwrap().number, 1);
        app.advance(Duration::ZERO);
    }
    app.expect("Ana", "page");
    assert_eq!(status(&app), "completed");
    assert_eq!(app.timeline(1)[0], "maintenance 1 became this incident");
    assert!(app.page("/status/acme").contains("This work has begun."));
    app.acknowledge("Ana", 1);
}

#[test]
fn owners_are_reminded_before_work_begins() {
    let mut app = start();
    plan_in(&mut app, minutes(25 * 60), Status::Operational, false);
    app.advance(minutes(59));
    app.expect_silence();
    app.advance(minutes(1));
    app.expect("Ana", "begins in 24 h");
    app.advance(minutes(23 * 60));
    app.expect("Ana", "begins in 1 h");
    app.advance(minutes(120));
    app.arrivals_at("https://phone.test/ana");
    app.arrivals_at("ana@acme.test");
}
