//! Announced work on our own services: what readers see of it, whom it lets sleep, and whom it does not.

use std::time::Duration;

use axum::http::StatusCode;
use domain::{MaintenanceId, Role, Status, incident::Actor, maintenance::Maintenance};
use engine::{
    CommandError,
    commands::{self, NewMaintenance, WorkAct},
};
use jiff::{SignedDuration, Timestamp};
use store::{maintenances, services};
use testkit::{TestApp, app::minutes};

use crate::{http::Scene, outage::team};

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
    let id = app.incident(1).id;
    let said = app.world().read(move |scope| store::incidents::list_updates(scope, id));
    assert!(said.iter().any(|update| !update.is_public && update.body == "This work has begun."), "{said:?}");
    let page = app.page(&format!("/status/acme/incidents/{}", app.incident(1).id));
    assert!(page.contains("We are looking into this."), "{page}");
    assert!(!page.contains("This work has begun."), "what was said of the work stands beside it");
    app.acknowledge("Ana", 1);
}

#[test]
fn work_for_the_readers_of_one_page_is_no_incident_for_those_of_others_before_somebody_says_so() {
    let inner = "[[status_page]]\nslug = \"inner\"\ntitle = \"Inner\"\n\
                 group = [{ name = \"Shop\", services = [\"checkout\"] }]";
    let mut app = TestApp::start(&format!("{}\n{inner}", team("")), &["commerce"]);
    let from = app.now() + SignedDuration::from_mins(10);
    let wanted = NewMaintenance {
        title: "Move the database".to_owned(),
        services: vec![("checkout".to_owned(), Status::DegradedPerformance)],
        pages: vec!["inner".to_owned()],
        times: vec![(from, from + SignedDuration::from_hours(1))],
        ..NewMaintenance::default()
    };
    let ground = app.shell().ground();
    let plan = move |scope: &mut store::Scope<'_>, now| {
        commands::plan_work(scope, &ground, now, Actor::Operator, ID, &wanted)
    };
    app.world().act(plan).unwrap();
    app.advance(minutes(10));
    let ground = app.shell().ground();
    let opened = app
        .world()
        .act(move |scope, now| commands::incident_of_work(scope, &ground, now, Actor::Operator, ID));
    opened.unwrap();
    app.advance(Duration::ZERO);
    app.expect("Ana", "page");
    app.acknowledge("Ana", 1);
    assert!(
        app.timeline(1).iter().any(|line| line.contains("waits to be published")),
        "{:?}",
        app.timeline(1)
    );
    for page in ["acme", "inner"] {
        let incidents = app.page(&format!("/status/{page}/api/v2/incidents.json"));
        assert!(!incidents.contains("Move the database"), "{incidents}");
    }
    app.publish("Ana", 1);
    assert!(app.page("/status/acme").contains("Move the database"));
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

#[test]
fn a_script_plans_work_moves_it_on_and_makes_an_incident_of_it() {
    let scene = Scene::outage();
    scene.token("secret", Role::Responder);
    scene.token("viewer-secret", Role::Viewer);
    let ask = |token: &'static str, method: &str, path: &str, body: &str| {
        scene.send(method, &format!("/api/v1/maintenances{path}"), Some(token), body)
    };
    let send = |path: &str, body: &str| ask("secret", "POST", path, body);
    let wanted = r#"{"title":"Move the database","text":"Orders may be slow.","services":{"checkout":"degraded_performance"},
        "from":"2026-03-02T09:00:00Z","for":"1h"}"#;
    assert_eq!(ask("viewer-secret", "POST", "", wanted).status, StatusCode::FORBIDDEN);
    let made = send("", wanted);
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let made = made.json();
    assert_eq!((&made["number"], &made["to"]), (&1.into(), &"2026-03-02T10:00:00Z".into()));
    assert_eq!(made["services"]["checkout"], "degraded_performance");
    let shown = |path: &str| ask("viewer-secret", "GET", path, "").json();
    assert_eq!(shown("")["data"][0], made);
    assert_eq!(shown("/1")["updates"][0]["body"], "Orders may be slow.");

    let longer = send("/1/extend", r#"{"to":"2026-03-02T11:00:00Z"}"#).json();
    assert_eq!(longer["to"], "2026-03-02T11:00:00Z");
    let early = send("/1/to-incident", "");
    assert_eq!(early.status, StatusCode::CONFLICT, "{}", early.body);
    assert_eq!(send("/1/start", r#"{"text":"Here we go."}"#).json()["status"], "in_progress");
    send("/1/updates", r#"{"body":"The copy is slow.","public":false}"#);
    let said = shown("/1")["updates"].clone();
    assert_eq!((&said[2]["body"], &said[2]["public"]), (&"Here we go.".into(), &true.into()));
    assert_eq!((&said[3]["public"], &said[3]["by"]), (&false.into(), &"api token secret".into()));
    assert_eq!(
        send("/1/reschedule", r#"{"from":"2026-03-03T09:00:00Z","to":"2026-03-03T10:00:00Z"}"#).status,
        409
    );
    let incident = send("/1/to-incident", "").json();
    assert_eq!((&incident["number"], &incident["response"]), (&2.into(), &"open".into()));
    assert!(shown("")["data"].as_array().unwrap().is_empty());
    assert_eq!(shown("?over_since=2026-03-02T08:00:00Z")["data"][0]["incident"], incident["id"]);
    assert_eq!(send("/1/cancel", "").status, StatusCode::CONFLICT);
    for (wrong, part) in [
        (wanted.replace("checkout", "checkin"), "there is no service checkin"),
        (wanted.replace("degraded_performance", "slow"), "is no status such as"),
        (wanted.replace(r#","for":"1h""#, ""), "work has an end"),
        (wanted.replace("2026-03-02T09", "2026-03-01T09"), "which is past"),
    ] {
        let refused = send("", &wrong);
        assert!(refused.status.is_client_error() && refused.body.contains(part), "{wrong}: {}", refused.body);
    }
    assert_eq!(ask("secret", "GET", "/9", "").status, StatusCode::NOT_FOUND);
}

#[test]
fn work_that_a_provider_plans_on_what_we_build_on_is_shown_as_its_work() {
    let mut app = start();
    let now = app.now();
    let times = (now.checked_add(minutes(60)).unwrap(), now.checked_add(minutes(90)).unwrap());
    app.provider_page("commerce", |page, now| {
        page.plan("w1", "Renew certificates", &["Checkout"], times, now);
        page.plan("w2", "Paint the office", &["Somewhere else"], times, now);
    });
    app.advance(minutes(2));
    let home = app.page("/status/acme");
    assert!(home.contains("Commerce: Renew certificates"), "{home}");
    let detail = app.page("/status/acme/maintenance/w1");
    let by = "Planned by our provider <a href=\"/directory/shops/commerce\"";
    assert!(detail.contains(by) && detail.contains("Our checkout"), "{detail}");
}

#[test]
fn work_that_is_begun_early_has_the_times_that_it_takes() {
    let mut app = start();
    plan(&mut app, Status::DegradedPerformance, false);
    let begun = act(&mut app, WorkAct::Start).unwrap();
    assert_eq!(begun.starts_at, app.now());
    let soon = app.now().checked_add(minutes(5)).unwrap();
    assert_eq!(act(&mut app, WorkAct::Extend(soon)).unwrap().ends_at, soon);
    app.advance(minutes(5));
    assert_eq!(status(&app), "completed");
}

#[test]
fn a_script_plans_work_that_comes_again() {
    let scene = Scene::outage();
    scene.token("secret", Role::Responder);
    let send = |body: &str| scene.send("POST", "/api/v1/maintenances", Some("secret"), body);
    let wanted = r#"{"title":"Move the database","services":{"checkout":"degraded_performance"},
        "from":"2026-03-02T09:00:00Z","for":"1h"}"#;
    let once = r#""from":"2026-03-02T09:00:00Z","for":"1h""#;
    let weekly = r#""repeat":"every Sun 02:00 for 2h until 2026-04-05","time_zone":"Europe/Rome""#;
    let again = send(&wanted.replace(once, weekly)).json();
    let begins = |n: usize| again["series"][n]["from"].as_str().unwrap().to_owned();
    // The fourth falls into the hour that the clock skips and begins right after it.
    assert_eq!(
        [0, 3, 4].map(begins),
        ["2026-03-08T01:00:00Z", "2026-03-29T01:00:00Z", "2026-04-05T00:00:00Z"]
    );
    assert_eq!((again["from"].clone(), again["series"].as_array().unwrap().len()), (begins(0).into(), 5));
    for (wrong, part) in [
        (weekly.replace("Rome", "Roma"), "right would be Europe/Rome"),
        (weekly.replace("every Sun", "sometimes"), "is no repetition"),
        (format!("{once},{weekly}"), "work is either once"),
    ] {
        let refused = send(&wanted.replace(once, &wrong));
        assert!(refused.status.is_client_error() && refused.body.contains(part), "{}", refused.body);
    }
}
