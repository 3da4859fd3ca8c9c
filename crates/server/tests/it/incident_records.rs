//! The record of an incident: opened by people or by the machine, changed, merged, corrected, added afterwards.

use std::time::Duration;

use axum::http::StatusCode;
use domain::{
    IncidentId, Phase, Role, Severity, Status,
    history::{Window, tally},
    incident::{Actor, Incident},
};
use engine::{
    CommandError,
    commands::{self, IncidentEdit, NewIncident, NewLink, NewUpdate, NewWave, WaveEdit},
};
use jiff::{SignedDuration, Timestamp};
use store::{incidents, services};
use testkit::{TestApp, app::minutes};

use crate::{http::Scene, outage::team};

fn start() -> TestApp {
    TestApp::start(&team(""), &["commerce"])
}

pub(crate) fn wanted(title: &str, service: &str, status: Status) -> NewIncident {
    NewIncident {
        title: title.to_owned(),
        text: String::new(),
        services: vec![(service.to_owned(), status)],
        severity: None,
        pages: true,
        is_public: true,
        began_at: None,
        resolved_at: None,
        template: None,
    }
}

pub(crate) fn open(app: &mut TestApp, wanted: NewIncident) -> Result<Incident, CommandError> {
    let (ground, by) = (app.shell().ground(), Actor::User(app.user("Ana")));
    let id = IncidentId::named(app.org().0, &wanted.title);
    let done = app.world().act(move |scope, now| commands::open(scope, &ground, now, by, id, &wanted));
    app.advance(Duration::ZERO);
    done
}

fn edit(app: &mut TestApp, number: i64, edit: IncidentEdit) -> Result<Incident, CommandError> {
    app.act("Ana", number, move |scope, ground, now, by, id| {
        commands::edit(scope, ground, now, by, id, &edit)
    })
}

fn merge(app: &mut TestApp, part: i64, into: i64) -> Result<Incident, CommandError> {
    let into = app.incident(into).id;
    app.act("Ana", part, move |scope, ground, now, by, id| commands::merge(scope, ground, now, by, id, into))
}

fn say(app: &mut TestApp, body: &str, is_public: bool) {
    let said = NewUpdate { body: body.to_owned(), is_public, template: None, phase: None, next: None };
    let done =
        app.act("Ana", 1, move |scope, ground, now, by, id| commands::say(scope, ground, now, by, id, &said));
    done.unwrap();
}

/// What readers see of the checkout and of the orders.
fn public(app: &TestApp) -> [Status; 2] {
    let states = app.world().read(services::list_states);
    ["checkout", "orders"].map(|slug| {
        let service = app.world().setup.services.iter().find(|service| service.slug == slug).unwrap().id;
        states.iter().find(|state| state.service == service).unwrap().public_status
    })
}

fn waves(app: &TestApp, number: i64) -> Vec<(Status, i64, Option<i64>)> {
    let id = app.incident(number).id;
    let start: Timestamp = "2026-03-02T08:00:00Z".parse().unwrap();
    let minute = |at: Timestamp| at.duration_since(start).as_mins();
    let all = app.world().read(move |scope| incidents::list_waves(scope, id));
    all.iter().map(|it| (it.wave.status, minute(it.wave.from), it.wave.to.map(minute))).collect()
}

/// Every public file of this installation.
pub(crate) fn every_file(app: &TestApp) -> String {
    app.shell().shelf.paths().iter().map(|path| app.page(path)).collect()
}

#[track_caller]
pub(crate) fn refused<T: std::fmt::Debug>(answer: Result<T, CommandError>, part: &str) {
    match answer {
        Err(CommandError::Rejected(why) | CommandError::Invalid { reason: why, .. }) => {
            assert!(why.contains(part), "{why}");
        }
        other => panic!("refused with {part:?}? {other:?}"),
    }
}

#[test]
fn an_incident_by_hand_pages_as_any_other_and_a_person_ends_it() {
    let mut app = start();
    open(&mut app, wanted("Cards are refused", "checkout", Status::PartialOutage)).unwrap();
    app.expect("Ana", "page");
    app.advance(minutes(5));
    app.expect("Bo", "page");
    app.acknowledge("Ana", 1);
    app.expect("Bo", "acknowledged");
    assert_eq!(public(&app), [Status::PartialOutage, Status::Operational]);
    // Readings see nothing wrong and change nothing.
    app.advance(minutes(60));
    assert_eq!(public(&app)[0], Status::PartialOutage);
    assert_eq!(app.incident(1).severity, Status::PartialOutage.severity());
    assert!(app.page("/status/acme").contains("Cards are refused"));
    app.act("Ana", 1, commands::resolve).unwrap();
    app.expect("Bo", "resolved");
    assert_eq!(public(&app), [Status::Operational; 2]);
    assert_eq!(waves(&app, 1), [(Status::PartialOutage, 0, Some(65))]);
}

#[test]
fn what_is_internal_or_is_not_to_page_stays_so() {
    let mut app = start();
    let quiet =
        NewIncident { pages: false, is_public: false, ..wanted("SECRET7", "checkout", Status::MajorOutage) };
    open(&mut app, quiet).unwrap();
    app.advance(minutes(30));
    app.expect_silence();
    assert_eq!(public(&app), [Status::Operational; 2]);
    assert!(!every_file(&app).contains("SECRET7"));
    app.publish("Ana", 1);
    assert_eq!(public(&app)[0], Status::MajorOutage);
    assert!(app.page("/status/acme").contains("SECRET7"));
    refused(open(&mut app, wanted(" ", "checkout", Status::MajorOutage)), "has a title");
    refused(open(&mut app, wanted("x", "chekout", Status::MajorOutage)), "is checkout meant?");
    refused(open(&mut app, wanted("x", "checkout", Status::Unknown)), "right would be degraded_performance");
}

#[test]
fn phases_follow_one_another_and_readers_are_told() {
    let mut app = start();
    let calm = NewIncident { pages: false, ..wanted("Slow", "checkout", Status::DegradedPerformance) };
    open(&mut app, calm).unwrap();
    app.advance(minutes(5));
    let to = |phase| IncidentEdit { phase: Some(phase), ..IncidentEdit::default() };
    edit(&mut app, 1, to(Phase::Identified)).unwrap();
    assert!(app.page("/status/acme").contains("The cause has been identified."));
    refused(edit(&mut app, 1, to(Phase::Postmortem)), "can go to investigating, monitoring, resolved");
    edit(&mut app, 1, to(Phase::Resolved)).unwrap();
    assert!(app.incident(1).is_resolved());
    refused(edit(&mut app, 1, to(Phase::Investigating)), "reopen it");
    edit(&mut app, 1, to(Phase::Postmortem)).unwrap();
    let reopen = |app: &mut TestApp| {
        app.act("Ana", 1, |scope, ground, now, by, id| {
            commands::reopen(scope, ground, now, by, id, &IncidentEdit::default(), true)
        })
    };
    app.advance(minutes(3));
    let open = reopen(&mut app).unwrap();
    app.expect("Ana", "page");
    assert_eq!((open.phase, open.services[0].status), (Phase::Investigating, Status::DegradedPerformance));
    assert_eq!(public(&app)[0], Status::DegradedPerformance);
    assert_eq!(reopen(&mut app).unwrap().generation, 1, "it is open already");
    app.acknowledge("Ana", 1);
    for kind in ["opened", "phase", "resolved", "reopened", "acknowledged"] {
        assert!(app.journal(1).contains(&kind.to_owned()), "{kind}: {:?}", app.journal(1));
    }
}

#[test]
fn what_people_state_of_the_machines_incident_stands() {
    let mut app = start();
    app.provider_sets("commerce", "Checkout", "partial_outage");
    app.advance(minutes(2));
    app.expect("Ana", "page");
    app.acknowledge("Ana", 1);
    let own = IncidentEdit {
        title: Some("Cards fail".to_owned()),
        severity: Some(Severity::Info),
        services: vec![("orders".to_owned(), Status::MajorOutage)],
        ..IncidentEdit::default()
    };
    edit(&mut app, 1, own).unwrap();
    app.provider_sets("commerce", "Checkout", "degraded_performance");
    app.advance(minutes(2));
    let incident = app.incident(1);
    assert_eq!((incident.title.as_str(), incident.severity), ("Cards fail", Severity::Info));
    assert_eq!(public(&app), [Status::DegradedPerformance, Status::MajorOutage]);
    // Nothing is left at the provider, and the incident goes on until a person ends it.
    app.provider_sets("commerce", "Checkout", "operational");
    app.advance(minutes(30));
    assert!(!app.incident(1).is_resolved());
    assert_eq!(public(&app), [Status::Operational, Status::MajorOutage]);
    // What is worse than ever before pages again, whatever severity was stated.
    app.provider_sets("commerce", "Checkout", "major_outage");
    app.advance(minutes(2));
    app.expect("Ana", "page");
    assert_eq!(app.incident(1).severity, Severity::Critical);
    app.acknowledge("Ana", 1);
}

#[test]
fn waves_are_noted_by_the_machine_and_corrected_by_people() {
    let mut app = start();
    app.provider_sets("commerce", "Checkout", "degraded_performance");
    app.advance(minutes(10));
    app.provider_sets("commerce", "Checkout", "major_outage");
    app.advance(minutes(10));
    app.provider_sets("commerce", "Checkout", "operational");
    app.advance(minutes(30));
    app.arrivals_at("https://phone.test/ana");
    app.arrivals_at("https://phone.test/bo");
    app.arrivals_at("ana@acme.test");
    let seen: Vec<Status> = waves(&app, 1).iter().map(|(status, ..)| *status).collect();
    let both =
        [Status::DegradedPerformance, Status::DegradedPerformance, Status::MajorOutage, Status::MajorOutage];
    assert_eq!(seen, both, "two services, two waves each");
    assert!(waves(&app, 1).iter().all(|(.., to)| to.is_some()));
    let page = app.page(&format!("/status/acme/incidents/{}", app.incident(1).id));
    assert!(page.contains("Impact over time") && page.contains("Degraded"), "{page}");

    let from = app.now() - SignedDuration::from_mins(20);
    let to = app.now() - SignedDuration::from_mins(15);
    let wave = NewWave { service: "checkout".to_owned(), status: Status::PartialOutage, from, to };
    let late = NewWave { to: app.now() + SignedDuration::from_mins(1), ..wave.clone() };
    let add = |app: &mut TestApp, wave: NewWave| {
        app.act("Ana", 1, move |scope, ground, now, by, id| {
            commands::add_wave(scope, ground, now, by, id, &wave)?;
            commands::incident(scope, id)
        })
    };
    refused(add(&mut app, late), "both are past");
    add(&mut app, wave).unwrap();
    let checkout = app.world().setup.services[0].id;
    let added = app.world().read(move |scope| incidents::list_amending(scope, checkout, Timestamp::MIN));
    assert_eq!((added.len(), added[0].from, added[0].to), (1, from, Some(to)));
    app.act("Ana", 1, move |scope, ground, now, by, id| {
        let edit = WaveEdit { status: Some(Status::MajorOutage), ..WaveEdit::default() };
        commands::correct_wave(scope, ground, now, by, id, 5, &edit)?;
        refused(commands::remove_wave(scope, ground, now, by, id, 5, " "), "say why");
        commands::remove_wave(scope, ground, now, by, id, 5, "it was a test")?;
        commands::incident(scope, id)
    })
    .unwrap();
    assert_eq!(waves(&app, 1).len(), 4);
    let journal = app.journal(1);
    for kind in ["impact", "impact_added", "impact_corrected", "impact_removed"] {
        assert!(journal.contains(&kind.to_owned()), "{kind}: {journal:?}");
    }
}

#[test]
fn what_is_added_afterwards_pages_nobody_and_counts_for_uptime() {
    let mut app = start();
    app.advance(minutes(120));
    let (from, to) = (app.now() - SignedDuration::from_mins(60), app.now() - SignedDuration::from_mins(30));
    let past = NewIncident {
        began_at: Some(from),
        resolved_at: Some(to),
        ..wanted("Cards were refused", "checkout", Status::MajorOutage)
    };
    let ahead = NewIncident { resolved_at: Some(app.now() + SignedDuration::from_mins(1)), ..past.clone() };
    refused(open(&mut app, ahead), "both are past");
    let none = NewIncident { resolved_at: Some(from), ..past.clone() };
    refused(open(&mut app, none), "both are past");
    let incident = open(&mut app, past).unwrap();
    app.advance(minutes(60));
    app.expect_silence();
    assert_eq!((incident.began_at(), incident.resolved_at()), (from, Some(to)));
    assert_eq!((incident.generation, incident.phase), (0, Phase::Resolved));
    assert_eq!(public(&app), [Status::Operational; 2]);
    let page = app.page(&format!("/status/acme/incidents/{}", incident.id));
    assert!(page.contains("Added afterwards") && page.contains("30 min"), "{page}");
    let data: serde_json::Value = serde_json::from_str(&app.page("/status/acme/uptime.json")).unwrap();
    assert!(data.to_string().contains("\"down_us\":1800000000"), "half an hour down: {data}");
    let now = app.now();
    let checkout = app.world().setup.services[0].id;
    let seen =
        app.world().read(move |scope| services::list_spans(scope, checkout, Window::Days7.start(now), now));
    assert_eq!(tally(&seen, from, to).down, Duration::ZERO, "what was seen at the time stays as it was");
}

#[test]
fn one_incident_becomes_part_of_another_with_all_that_it_has() {
    let mut app = start();
    app.provider_sets("commerce", "Checkout", "partial_outage");
    app.advance(minutes(2));
    app.expect("Ana", "page");
    let calm =
        NewIncident { pages: false, ..wanted("Orders are late", "orders", Status::DegradedPerformance) };
    open(&mut app, calm).unwrap();
    app.act("Ana", 1, |scope, ground, now, by, id| {
        commands::add_link(scope, ground, now, by, id, &NewLink::Url("https://chat.test/1".to_owned()), "")?;
        commands::incident(scope, id)
    })
    .unwrap();
    refused(merge(&mut app, 1, 1), "another incident");
    let into = merge(&mut app, 1, 2).unwrap();
    app.arrivals_at("https://phone.test/ana");
    assert_eq!((into.number, into.causes.is_empty(), into.services.len()), (2, false, 2));
    assert_eq!(into.severity, Status::PartialOutage.severity());
    let part = app.incident(1);
    assert!(part.is_resolved() && part.causes.is_empty());
    assert_eq!(part.by_hand.merged_into, Some(into.id));
    assert_eq!(merge(&mut app, 1, 2).unwrap().number, 2, "asking again changes nothing");
    // The readings go on in the other, and open no third.
    app.advance(minutes(4));
    app.provider_sets("commerce", "Checkout", "major_outage");
    app.advance(minutes(2));
    assert_eq!(app.incidents().len(), 2);
    assert_eq!(app.incident(2).services[0].status, Status::MajorOutage);
    let (one, two) = (part.id, into.id);
    let page = app.page(&format!("/status/acme/incidents/{one}"));
    assert!(page.contains("Goes on as") && page.contains(&format!("/status/acme/incidents/{two}")), "{page}");
    let timeline = app.world().read(move |scope| incidents::list_timeline(scope, two));
    assert!(timeline.iter().any(|(number, event)| *number == 1 && event.kind == "opened"), "{timeline:?}");
    assert_eq!(app.world().read(move |scope| incidents::list_links(scope, two)).len(), 1);
    assert!(waves(&app, 2).len() > waves(&app, 1).len(), "its impact is part of the other's");
    let again = app.act("Ana", 1, |scope, ground, now, by, id| {
        commands::reopen(scope, ground, now, by, id, &IncidentEdit::default(), true)
    });
    assert!(again.is_err(), "it goes on in the other");
    app.acknowledge("Ana", 2);
    app.provider_sets("commerce", "Checkout", "operational");
    app.advance(minutes(30));
    assert!(!app.incident(2).is_resolved(), "a person has opened it");
    for address in ["https://phone.test/ana", "https://phone.test/bo", "ana@acme.test"] {
        app.arrivals_at(address);
    }
}

#[test]
fn an_incident_that_readers_see_is_not_hidden_by_merging() {
    let mut app = start();
    let calm = |title, is_public| NewIncident {
        pages: false,
        is_public,
        ..wanted(title, "orders", Status::DegradedPerformance)
    };
    open(&mut app, calm("Seen", true)).unwrap();
    open(&mut app, calm("Unseen", false)).unwrap();
    refused(merge(&mut app, 1, 2), "publish that first");
    merge(&mut app, 2, 1).unwrap();
    assert!(!every_file(&app).contains("Unseen"));
}

#[test]
fn internal_words_are_in_no_public_byte_and_public_ones_keep_what_they_were() {
    let mut app = start();
    let calm = NewIncident { pages: false, ..wanted("Slow", "checkout", Status::DegradedPerformance) };
    open(&mut app, calm).unwrap();
    say(&mut app, "CANARY9 the vendor is at fault", false);
    say(&mut app, "We restart the ovens.", true);
    let correct = |app: &mut TestApp, number, body: &'static str| {
        app.act("Ana", 1, move |scope, ground, now, by, id| {
            commands::edit_update(scope, ground, now, by, id, number, body)
        })
    };
    correct(&mut app, 2, "CANARY9 the vendor is not at fault").unwrap();
    correct(&mut app, 3, "We restart the servers.").unwrap();
    app.act("Ana", 1, |scope, ground, now, by, id| {
        let link = NewLink::Url("https://CANARY9.test/".to_owned());
        commands::add_link(scope, ground, now, by, id, &link, "CANARY9")?;
        commands::set_role(scope, ground, now, by, id, "commander", Some("bo@acme.test"))
    })
    .unwrap();
    let page = app.page(&format!("/status/acme/incidents/{}", app.incident(1).id));
    assert!(page.contains("<ins>servers") && page.contains("<del>ovens"), "{page}");
    assert!(!every_file(&app).contains("CANARY9"));
    let remove = |app: &mut TestApp, number| {
        app.act("Ana", 1, move |scope, ground, now, by, id| {
            commands::remove_update(scope, ground, now, by, id, number)
        })
    };
    refused(remove(&mut app, 3), "is public");
    remove(&mut app, 2).unwrap();
    assert!(remove(&mut app, 2).is_err());
    let id = app.incident(1).id;
    let said = app.world().read(move |scope| incidents::list_updates(scope, id));
    assert_eq!((said.len(), said[1].body.as_str(), said[1].removed_at.is_some()), (3, "", true));
    assert!(app.timeline(1).iter().any(|detail| detail.contains("We restart the ovens.")));
}

#[test]
fn the_api_makes_and_changes_the_record() {
    let scene = Scene::outage();
    scene.token("secret", Role::Responder);
    let call = |method: &str, path: &str, body: &str| {
        scene.send(method, &format!("/api/v1/incidents{path}"), Some("secret"), body)
    };
    let new = r#"{"title":"Cards","services":[{"service":"checkout","status":"major_outage"}],"page":false}"#;
    let made = call("POST", "", new);
    assert_eq!((made.status, &made.json()["number"]), (StatusCode::CREATED, &2.into()), "{}", made.body);
    for (method, path, body, status) in [
        ("PATCH", "/2", r#"{"title":"Cards fail","severity":"error","phase":"identified"}"#, 200),
        ("PATCH", "/2", r#"{"phase":"postmortem"}"#, 409),
        ("PATCH", "/2", r#"{"phase":"done"}"#, 422),
        ("PATCH", "/2/updates/1", r#"{"body":"We look."}"#, 200),
        ("DELETE", "/2/updates/1", "{}", 409),
        ("PUT", "/2/roles/scribe", r#"{"user":"bo@acme.test"}"#, 200),
        ("PUT", "/2/roles/chef", r#"{"user":"bo@acme.test"}"#, 422),
        ("POST", "/2/links", r#"{"provider":"commerce","id":"i7"}"#, 201),
        ("POST", "/2/links", r#"{"url":"javascript:x"}"#, 422),
        (
            "POST",
            "/2/impacts",
            r#"{"service":"orders","status":"partial_outage","from":"2026-03-02T07:00:00Z","to":"2026-03-02T07:10:00Z"}"#,
            201,
        ),
        ("DELETE", "/2/impacts/2", "{}", 422),
        ("POST", "/1/merge", r#"{"into":"2"}"#, 200),
        ("POST", "/1/reopen", "{}", 409),
    ] {
        let answer = call(method, path, body);
        assert_eq!(answer.status.as_u16(), status, "{method} {path} {body}: {}", answer.body);
    }
    let whole = call("GET", "/2", "").json();
    assert_eq!((&whole["title"], &whole["phase"]), (&"Cards fail".into(), &"identified".into()));
    assert_eq!(
        (&whole["roles"]["scribe"], &whole["links"][0]["provider"]),
        (&"bo@acme.test".into(), &"commerce".into())
    );
    assert_eq!(whole["impacts"][1]["by_hand"], true);
    assert!(whole["timeline"].as_array().unwrap().iter().any(|event| event["incident"] == 1));
    assert_eq!(call("GET", "/1", "").json()["merged_into"], whole["id"]);
}
