//! What readers are told of our services, and by whose word: locks, drafts, and the rule between them.

use std::time::Duration;

use axum::http::Method;
use domain::{AmendmentId, Role, Status, TokenId, incident::Actor, setup::Setup};
use engine::{
    CommandError,
    commands::{self, NewLock},
    setups::token_hash,
};
use jiff::{SignedDuration, Timestamp};
use store::{services, tokens};
use testkit::{TestApp, app::minutes};

use crate::{outage::team, reader::Reader};

const ID: AmendmentId = AmendmentId(uuid::Uuid::from_u128(7));

fn start(dependency: &str) -> TestApp {
    TestApp::start(&team(dependency), &["commerce"])
}

/// A shop whose checkout has a major outage, which Ana has taken.
fn outage() -> TestApp {
    let mut app = start("");
    app.provider_sets("commerce", "Checkout", "major_outage");
    app.advance(minutes(2));
    app.expect("Ana", "page");
    app.acknowledge("Ana", 1);
    app
}

fn lock_of(status: Status, until: Option<Timestamp>, is_confirmed: bool) -> NewLock {
    NewLock {
        service: "checkout".to_owned(),
        status,
        until,
        note: "the fallback works".to_owned(),
        is_confirmed,
    }
}

fn lock(app: &mut TestApp, id: u128, wanted: NewLock) -> Result<(), CommandError> {
    let (ground, by) = (app.shell().ground(), Actor::User(app.user("Ana")));
    let id = AmendmentId(uuid::Uuid::from_u128(id));
    let done = app.world().act(move |scope, now| commands::lock_status(scope, &ground, now, by, id, &wanted));
    app.advance(Duration::ZERO);
    done.map(drop)
}

fn release(app: &mut TestApp) -> bool {
    let (ground, by) = (app.shell().ground(), Actor::User(app.user("Ana")));
    let done =
        app.world().act(move |scope, now| commands::release_status(scope, &ground, now, by, "checkout"));
    app.advance(Duration::ZERO);
    done.unwrap().is_some()
}

/// What the checkout is judged to be, and what readers see of it.
fn checkout(app: &TestApp) -> (Status, Status) {
    let Setup { services, .. } = &app.world().setup;
    let id = services.iter().find(|service| service.slug == "checkout").unwrap().id;
    let states = app.world().read(services::list_states);
    let state = states.iter().find(|state| state.service == id).unwrap();
    (state.status, state.public_status)
}

#[test]
fn a_lock_holds_against_what_is_judged_until_its_time_and_the_machine_is_kept_inside() {
    let mut app = outage();
    let until = app.now() + SignedDuration::from_mins(30);
    lock(&mut app, 1, lock_of(Status::DegradedPerformance, Some(until), false)).unwrap();
    assert_eq!(checkout(&app), (Status::MajorOutage, Status::DegradedPerformance));
    let page = app.page("/status/acme/api/v2/components.json");
    assert!(page.contains("degraded_performance"), "{page}");
    assert!(app.page("/status/acme").contains("Our checkout and Our orders: major outage"), "its text stays");
    app.advance(minutes(29));
    assert_eq!(checkout(&app).1, Status::DegradedPerformance);
    app.advance(minutes(1));
    assert_eq!(checkout(&app), (Status::MajorOutage, Status::MajorOutage));
    let said = app.journal(1);
    assert_eq!(said[said.len() - 2..], ["status_locked", "status_released"], "{said:?}");
    let timeline = app.timeline(1).join("\n");
    assert!(timeline.contains("by Ana: the fallback works"), "{timeline}");
    assert!(!app.page("/status/acme").contains("the fallback works"), "a note is for the team");
}

#[test]
fn a_lock_goes_on_until_it_is_released_and_a_later_one_takes_its_place() {
    let mut app = start("");
    lock(&mut app, 1, lock_of(Status::PartialOutage, None, false)).unwrap();
    assert_eq!(checkout(&app), (Status::Operational, Status::PartialOutage));
    app.advance(minutes(60 * 24));
    lock(&mut app, 2, lock_of(Status::DegradedPerformance, None, false)).unwrap();
    assert_eq!(checkout(&app).1, Status::DegradedPerformance);
    assert!(release(&mut app));
    assert_eq!(checkout(&app).1, Status::Operational, "the earlier lock does not come back");
    assert!(!release(&mut app));
}

#[test]
fn to_tell_readers_that_all_is_well_beside_an_incident_has_to_be_confirmed() {
    let mut app = outage();
    let refused = lock(&mut app, 1, lock_of(Status::Operational, None, false));
    let Err(CommandError::Invalid { field: "confirm", reason }) = refused else { panic!("{refused:?}") };
    assert!(
        reason.contains("Our checkout operational while incident 1 says major outage"),
        "it says what it contradicts: {reason}"
    );
    assert_eq!(checkout(&app).1, Status::MajorOutage);
    lock(&mut app, 1, lock_of(Status::Operational, None, true)).unwrap();
    assert_eq!(checkout(&app), (Status::MajorOutage, Status::Operational));
    assert!(app.page("/status/acme").contains("Our checkout and Our orders: major outage"));
}

#[test]
fn a_lock_that_means_nothing_is_refused() {
    let mut app = start("");
    let now = app.now();
    let wrong = [
        (lock_of(Status::Unknown, None, true), "status"),
        (lock_of(Status::Operational, Some(now), true), "until"),
        (NewLock { service: "chekout".to_owned(), ..lock_of(Status::Operational, None, true) }, "service"),
    ];
    for (wanted, place) in wrong {
        let refused = lock(&mut app, 1, wanted);
        assert!(matches!(refused, Err(CommandError::Invalid { field, .. }) if field == place), "{refused:?}");
    }
}

/// Gives the organisation a token that people act with.
pub(crate) fn token(app: &TestApp) -> &'static str {
    let now = app.now();
    let id = TokenId(uuid::Uuid::from_u128(9));
    app.world()
        .act(move |scope, _| {
            Ok(tokens::insert(scope, id, "script", Role::Responder, &token_hash("mw_test"), now)?)
        })
        .unwrap();
    "Bearer mw_test"
}

#[test]
fn locks_are_made_seen_and_released_by_the_api() {
    let mut app = outage();
    let auth = token(&app);
    let reader = Reader::of(&app);
    let ask = |method, path: &str, body: &str| reader.ask(method, path, &[("authorization", auth)], body);
    let body = r#"{"service":"checkout","status":"operational","for":"2h"}"#;
    let refused = ask(Method::POST, "/api/v1/status-locks", body);
    assert_eq!((refused.status, &refused.json()["field"]), (422, &"confirm".into()), "{}", refused.body);
    let body = r#"{"service":"checkout","status":"operational","for":"2h","confirm":true}"#;
    let made = ask(Method::POST, "/api/v1/status-locks", body);
    assert_eq!(made.status, 201, "{}", made.body);
    let place = made.header("location").unwrap().to_owned();
    app.advance(Duration::ZERO);
    let listed = ask(Method::GET, "/api/v1/status-locks", "").json();
    assert_eq!(listed["data"][0]["judged_status"], "major_outage");
    assert_eq!(listed["data"][0]["made_by"], "api token script");
    let services = ask(Method::GET, "/api/v1/services", "").json();
    let all = [&services["data"][0]["status"], &services["data"][0]["public_status"]];
    assert_eq!(
        (all, &services["data"][0]["locked"]),
        ([&"major_outage".into(), &"operational".into()], &true.into())
    );
    let ended = ask(Method::DELETE, &place, "");
    assert_eq!((ended.status, &ended.json()["in_force"]), (200, &false.into()), "{}", ended.body);
    app.advance(Duration::ZERO);
    assert_eq!(checkout(&app).1, Status::MajorOutage);
    assert_eq!(ask(Method::DELETE, &format!("/api/v1/status-locks/{ID}"), "").status, 404);
}
