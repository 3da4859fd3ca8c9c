//! Readers who follow: what is news for them and what is not, when incidents become one, and when a page closes.

use std::time::Duration;

use domain::{
    IncidentId, MaintenanceId, Phase, Status,
    incident::Actor,
    provider::provider_id,
    subscription::{Choice, Target},
};
use engine::{
    commands::{self, Imported, Line, NewIncident, NewMaintenance},
    views,
};
use jiff::SignedDuration;
use store::subscribers::Consent;
use testkit::{TestApp, app::minutes, internet::Temper};

use crate::{
    alerts::{ANA, link},
    reader::Reader,
    subscribers::{ALL, HOOK, config, subscribe},
};

const BO: &str = "bo@readers.test";
const FORM: &str = "/status/acme/subscribe";

fn start() -> (TestApp, Reader) {
    let mut app = TestApp::start(&config("auto"), &["commerce", "carrier"]);
    app.advance(Duration::ZERO);
    let reader = Reader::of(&app);
    (app, reader)
}

fn wanted(title: &str, status: Status) -> NewIncident {
    NewIncident {
        template: None,
        title: title.to_owned(),
        text: String::new(),
        services: vec![("orders".to_owned(), status)],
        severity: None,
        pages: false,
        is_public: true,
        began_at: None,
        resolved_at: None,
    }
}

fn open(app: &mut TestApp, wanted: NewIncident) {
    let (ground, by) = (app.shell().ground(), Actor::User(app.user("Ada")));
    let id = IncidentId::named(app.org().0, &wanted.title);
    app.world().act(move |scope, now| commands::open(scope, &ground, now, by, id, &wanted)).unwrap();
    app.advance(Duration::ZERO);
}

fn merge(app: &mut TestApp, part: i64, into: i64) {
    let into = app.incident(into).id;
    let done = app.act("Ada", part, move |scope, ground, now, by, id| {
        commands::merge(scope, ground, now, by, id, into)
    });
    done.unwrap();
}

fn breaks(app: &mut TestApp, provider: &str, component: &str, status: &str) {
    app.provider_sets(provider, component, status);
    app.advance(minutes(2));
}

/// People of the organisation add an address by its consent.
fn import(app: &mut TestApp, address: &str) -> Imported {
    let (ground, key) = (app.shell().ground(), app.shell().key.clone());
    let line = Line {
        number: 1,
        target: Target::email(address).unwrap(),
        choice: Choice::all(),
        language: None,
        confirmed_at: None,
    };
    let consent = |made_at| Consent {
        id: uuid::Uuid::from_u128(5),
        statement: "on the phone".to_owned(),
        made_at,
        made_by: Actor::Operator,
    };
    let add = move |scope: &mut store::Scope<'_>, now| {
        commands::add_subscribers(
            scope,
            (&ground, &key),
            now,
            "acme",
            &consent(now),
            std::slice::from_ref(&line),
        )
    };
    app.world().act(add).unwrap()
}

/// The page is protected by a password from now on, or open again.
fn protect(app: &mut TestApp, is_protected: bool) {
    let lines =
        if is_protected { "protection = { password = \"correct horse\" }\n        title" } else { "title" };
    let text = config("auto").replacen("title = \"Acme & Co\"", &format!("{lines} = \"Acme & Co\""), 1);
    let (objects, now) = (testkit::world::read_config(&text), app.now());
    app.world().write(move |tx| engine::setups::apply(tx, now, &objects, "test"));
    app.advance(minutes(2));
}

#[test]
fn what_is_recorded_afterwards_is_told_to_nobody() {
    let (mut app, reader) = start();
    subscribe(&mut app, &reader, ("url", HOOK), ALL);
    let now = app.now();
    let ago = |hours| Some(now - SignedDuration::from_hours(hours));
    let past =
        NewIncident { began_at: ago(3), resolved_at: ago(2), ..wanted("Nobody saw it", Status::MajorOutage) };
    open(&mut app, past);
    app.advance(minutes(10));
    app.expect_silence();
    assert!(app.page("/status/acme/history").contains("Nobody saw it"));
    let hidden = NewIncident {
        is_public: false,
        began_at: ago(3),
        resolved_at: ago(2),
        ..wanted("Nobody knew it", Status::MajorOutage)
    };
    open(&mut app, hidden);
    app.publish("Ada", 2);
    app.advance(minutes(10));
    app.expect_silence();
    open(&mut app, wanted("It is down", Status::MajorOutage));
    assert!(app.expect_at(HOOK).text.contains("It is down"));
}

#[test]
fn a_series_of_work_is_news_once_and_says_that_it_comes_again() {
    let (mut app, reader) = start();
    subscribe(&mut app, &reader, ("url", HOOK), ALL);
    let first = app.now() + SignedDuration::from_hours(24 * 5);
    let time = |week: i64| {
        let from = first + SignedDuration::from_hours(24 * 7 * week);
        (from, from + SignedDuration::from_hours(1))
    };
    let work = NewMaintenance {
        title: "Move the database".to_owned(),
        services: vec![("checkout".to_owned(), Status::DegradedPerformance)],
        times: (0..12).map(time).collect(),
        ..NewMaintenance::default()
    };
    let (ground, id) = (app.shell().ground(), MaintenanceId(uuid::Uuid::from_u128(7)));
    let plan = move |scope: &mut store::Scope<'_>, now| {
        commands::plan_work(scope, &ground, now, Actor::Operator, id, &work)
    };
    assert_eq!(app.world().act(plan).unwrap().len(), 12);
    app.advance(minutes(30));
    let told = app.expect_at(HOOK).text;
    assert!(
        told.contains("This work takes place 12 times, the last time from 2026-05-23T08:00:00Z"),
        "{told}"
    );
}

#[test]
fn whoever_follows_a_part_follows_the_whole_and_is_told_once() {
    let (mut app, reader) = start();
    breaks(&mut app, "commerce", "Checkout", "major_outage");
    let part = app.incident(1).id;
    subscribe(&mut app, &reader, ("email", ANA), &format!("only={part}"));
    subscribe(&mut app, &reader, ("email", BO), ALL);
    open(&mut app, wanted("Orders are late", Status::DegradedPerformance));
    app.expect_at(BO);
    app.advance(minutes(10));
    merge(&mut app, 1, 2);
    app.advance(minutes(10));
    for address in [ANA, BO] {
        let told = app.expect_at(address).text;
        assert!(told.contains("Orders are late") && told.contains("is part of this incident"), "{told}");
    }
    app.act("Ada", 2, commands::resolve).unwrap();
    app.advance(minutes(1));
    for address in [ANA, BO] {
        assert!(app.expect_at(address).text.contains("Resolved: Orders are late"));
    }
}

#[test]
fn whoever_left_the_page_and_follows_one_incident_has_still_left_the_page() {
    let (mut app, reader) = start();
    breaks(&mut app, "commerce", "Checkout", "major_outage");
    let manage = subscribe(&mut app, &reader, ("email", BO), ALL);
    reader.send(&format!("{manage}/unsubscribe"), "List-Unsubscribe=One-Click");
    let id = app.incident(1).id;
    subscribe(&mut app, &reader, ("email", BO), &format!("only={id}"));
    assert_eq!(import(&mut app, BO), Imported { departed: 1, ..Imported::default() });
}

#[test]
fn of_a_page_that_is_protected_only_those_are_told_whom_its_people_added() {
    let (mut app, reader) = start();
    let manage = subscribe(&mut app, &reader, ("email", ANA), ALL);
    assert_eq!(reader.send(FORM, &format!("email={BO}&{ALL}")).status, 202);
    app.advance(minutes(0));
    let question = link(&app.expect_at(BO).text, "/confirm");
    assert_eq!(import(&mut app, "cy@readers.test").added, 1);
    protect(&mut app, true);
    assert_eq!(reader.send(&question, "act=confirm").status, 404, "it is not for everybody any more");
    assert_eq!(reader.get(&question).status, 404);
    assert_eq!(reader.get(&manage).status, 404, "nor is what it shows");
    breaks(&mut app, "commerce", "Checkout", "major_outage");
    assert!(app.expect_at("cy@readers.test").text.contains("Our checkout"));
    app.advance(minutes(30));
    app.expect_silence();
    protect(&mut app, false);
    assert_eq!(reader.send(&question, "act=confirm").status, 303);
    breaks(&mut app, "carrier", "API", "major_outage");
    for address in [ANA, BO, "cy@readers.test"] {
        assert!(app.expect_at(address).text.contains("Our orders"));
    }
}

#[test]
fn what_is_said_while_the_configuration_can_not_be_read_is_told_once_it_can() {
    let (mut app, reader) = start();
    subscribe(&mut app, &reader, ("url", HOOK), ALL);
    let (ground, by) = (app.shell().ground(), Actor::User(app.user("Ada")));
    let id = IncidentId::named(app.org().0, "It is down");
    let wanted = wanted("It is down", Status::MajorOutage);
    app.world().act(move |scope, now| commands::open(scope, &ground, now, by, id, &wanted)).unwrap();
    let (org, now) = (app.org(), app.now());
    app.world().write(move |tx| {
        store::configurations::append(
            &mut store::Scope::new(tx, org),
            "in a form to come",
            "a newer release",
            now,
        )?;
        Ok(())
    });
    app.advance(minutes(60));
    app.expect_silence();
    protect(&mut app, false);
    app.advance(minutes(10));
    assert!(app.expect_at(HOOK).text.contains("It is down"));
}

#[test]
fn an_end_that_could_not_be_sent_is_not_lost_to_a_post_mortem_that_was_not_asked_for() {
    let (mut app, reader) = start();
    subscribe(&mut app, &reader, ("url", HOOK), "incidents=yes&least=none");
    breaks(&mut app, "commerce", "Checkout", "major_outage");
    assert!(app.expect_at(HOOK).text.contains("incident_opened"));
    app.destination(HOOK, Temper::Silent);
    breaks(&mut app, "commerce", "Checkout", "operational");
    let learnt = commands::NewUpdate {
        template: None,
        body: "A cable.".to_owned(),
        is_public: true,
        phase: Some(Phase::Postmortem),
        next: None,
    };
    let said = app
        .act("Ada", 1, move |scope, ground, now, by, id| commands::say(scope, ground, now, by, id, &learnt));
    said.unwrap();
    app.destination(HOOK, Temper::Well);
    app.advance(minutes(60));
    assert!(app.expect_at(HOOK).text.contains("incident_resolved"));
}

#[test]
fn who_is_told_of_a_page_that_is_gone_can_be_listed_and_removed() {
    let (mut app, reader) = start();
    subscribe(&mut app, &reader, ("email", BO), ALL);
    let text = config("auto");
    let (text, _) = text.split_once("[[status_page]]").unwrap();
    let (objects, now) = (testkit::world::read_config(text), app.now());
    let setup = objects.setup.clone();
    app.world().write(move |tx| engine::setups::apply(tx, now, &objects, "test"));
    app.advance(minutes(2));
    let kept = {
        let setup = setup.clone();
        app.world().act(move |scope, _| commands::kept_page(scope, &setup, "acme"))
    };
    assert!(kept.is_ok(), "{kept:?}");
    assert!(app.world().act(move |scope, _| commands::kept_page(scope, &setup, "acne")).is_err());
    let (ground, key) = (app.shell().ground(), app.shell().key.clone());
    let remove = move |scope: &mut store::Scope<'_>, now| {
        let target = Target::email(BO).unwrap();
        commands::remove_subscriber(scope, (&ground, &key), now, "acme", &target)
    };
    assert_eq!(app.world().act(remove).unwrap(), 1);
}

#[test]
fn down_time_came_from_a_provider_that_the_service_depends_on() {
    let (mut app, _) = start();
    breaks(&mut app, "commerce", "Checkout", "major_outage");
    breaks(&mut app, "carrier", "API", "major_outage");
    merge(&mut app, 1, 2);
    app.advance(minutes(60));
    let (catalog, setup, now) = (app.shell().catalog.clone(), app.world().setup.clone(), app.now());
    for (slug, provider) in [("checkout", "commerce"), ("orders", "carrier")] {
        let (catalog, setup) = (catalog.clone(), setup.clone());
        let history = app
            .world()
            .act(move |scope, _| {
                let service = setup.services.iter().find(|service| service.slug == slug).unwrap();
                views::service_history(scope, &catalog, &setup, service, now)
            })
            .unwrap();
        assert!(
            history.troubles.iter().all(|it| it.provider == provider_id(provider)),
            "{slug}: {history:?}"
        );
        let first = history.troubles.iter().map(|trouble| trouble.from).min();
        assert!(
            first.is_some_and(|first| now.duration_since(first) > SignedDuration::from_mins(60)),
            "{slug}"
        );
    }
}
