//! Heroku: colours, states, and work that is done long since.

use domain::snapshot::Reading;
use domain::{Impact, MaintenanceStatus, Phase, Platform, Status};
use url::Url;

use super::Heroku;
use crate::feed::Need;
use crate::feeds::reader::Reader;
use crate::feeds::testing::{Given, sample};

const TROUBLE: &str = include_str!("../../../test_data/heroku/trouble-current.json");
const CALM: &str = include_str!("../../../test_data/heroku/calm-current.json");
const INCIDENTS: &str = include_str!("../../../test_data/heroku/incidents.json");

const GIVEN: Given<'static> = Given::of(Platform::Heroku);

fn current(colour: &str, incidents: &str, scheduled: &str) -> String {
    format!(
        r#"{{"status":[{{"system":"Apps","status":"{colour}"}}],"incidents":[{incidents}],"scheduled":[{scheduled}]}}"#
    )
}

fn row(state: &str, kind: &str) -> String {
    format!(
        r#"{{"id":1,"title":"A","state":"{state}","status_prod":"yellow","updates":[{{"id":2,"update_type":"{kind}"}}]}}"#
    )
}

#[test]
fn colours_become_statuses_and_impacts() {
    for (colour, status, impact) in [
        ("green", Status::Operational, Impact::None),
        ("yellow", Status::DegradedPerformance, Impact::Minor),
        ("red", Status::MajorOutage, Impact::Critical),
        ("blue", Status::UnderMaintenance, Impact::Maintenance),
        ("mauve", Status::Unknown, Impact::Unknown),
    ] {
        let incident = format!(
            r#"{{"id":1,"title":"A","state":"open","systems":[{{"name":"Apps","status":"{colour}"}}],"updates":[{{"id":2,"update_type":"issue","status_prod":"{colour}"}}]}}"#
        );
        let snapshot = GIVEN.fresh(current(colour, &incident, ""));
        assert_eq!(
            (snapshot.components[0].status, snapshot.incidents[0].impact),
            (status, impact),
            "{colour}"
        );
        assert_eq!(snapshot.incidents[0].components, ["Apps"]);
        assert_eq!(snapshot.warnings.len(), if colour == "mauve" { 2 } else { 0 }, "{colour}");
    }
}

#[test]
fn the_state_decides_and_the_newest_update_says_how_far() {
    let check = |state: &str, kind: &str, expect: Phase| {
        let snapshot = GIVEN.fresh(current("red", &row(state, kind), ""));
        assert_eq!(snapshot.incidents[0].phase, expect, "{state} {kind}");
    };
    check("open", "investigating", Phase::Investigating);
    check("open", "issue", Phase::Identified);
    check("open", "monitoring", Phase::Monitoring);
    check("open", "resolved", Phase::Monitoring);
    check("open", "odd", Phase::Unknown);
    check("resolved", "issue", Phase::Resolved);
    check("odd", "resolved", Phase::Unknown);
}

#[test]
fn the_newest_update_is_found_by_its_time() {
    let check = |body: &str| {
        let snapshot = GIVEN.fresh(body);
        let incident = &snapshot.incidents[0];
        assert_eq!((incident.phase, incident.impact), (Phase::Identified, Impact::Critical));
        assert_eq!(incident.updates[0].body, "We know why.\n\nWe mend it.");
    };
    check(TROUBLE);
    // The same with the older one first.
    let mut document: serde_json::Value = serde_json::from_str(TROUBLE).unwrap();
    document["incidents"][0]["updates"].as_array_mut().unwrap().reverse();
    check(&document.to_string());
}

#[test]
fn what_was_resolved_is_over_whatever_its_flag_says() {
    let history = GIVEN.fresh(INCIDENTS);
    assert_eq!(GIVEN.recognised(INCIDENTS), Some(Platform::Heroku));
    let incident = &history.incidents[0];
    assert_eq!((incident.phase, incident.impact), (Phase::Resolved, Impact::Minor));
    assert!(!history.coverage.open_incidents && !history.coverage.components);
    let single = INCIDENTS.trim().trim_start_matches('[').trim_end_matches(']');
    assert_eq!(GIVEN.fresh(single).incidents, history.incidents);
}

#[test]
fn work_is_under_way_only_while_a_system_is_blue() {
    let check = |colour: &str, state: &str, kind: &str, expect: MaintenanceStatus| {
        let snapshot = GIVEN.fresh(current(colour, "", &row(state, kind)));
        assert_eq!(snapshot.maintenances[0].status, expect, "{colour} {state} {kind}");
        assert!(!snapshot.coverage.open_maintenances);
    };
    check("green", "upcoming", "scheduled", MaintenanceStatus::Scheduled);
    check("blue", "open", "maintenance", MaintenanceStatus::InProgress);
    check("green", "open", "maintenance", MaintenanceStatus::Unknown);
    check("blue", "upcoming", "resolved", MaintenanceStatus::Completed);
    check("blue", "resolved", "maintenance", MaintenanceStatus::Completed);
    assert_eq!(GIVEN.fresh(CALM).maintenances[0].status, MaintenanceStatus::Unknown);
    let upcoming = GIVEN.fresh(current("green", &row("upcoming", "scheduled"), ""));
    assert_eq!((upcoming.incidents.len(), upcoming.maintenances.len()), (0, 1));
}

#[test]
fn a_document_without_its_heart_is_refused() {
    let check = |body: &str, reason: &str| assert_eq!(GIVEN.refused(body), reason, "{body}");
    check(r#"{"status":[],"incidents":[],"scheduled":[]}"#, "a status without systems");
    check(
        r#"{"status":[{"system":"Apps","status":"green"}],"incidents":{},"scheduled":[]}"#,
        "'incidents' is not a list",
    );
    assert!(matches!(GIVEN.read(r#"{"status":{},"incidents":[]}"#), Reading::Unreadable { .. }));
    let lost = r#"{"status":[{"system":"Apps","status":"green"},7],"incidents":[],"scheduled":[]}"#;
    assert!(!GIVEN.fresh(lost).coverage.components);
    let missing = r#"{"status":[{"system":"Apps","status":"green"}],"scheduled":[]}"#;
    assert!(!GIVEN.fresh(missing).coverage.open_incidents);
}

#[test]
fn the_history_stands_beside_and_probes_stay_at_home() {
    let url = |text: &str| Url::parse(text).unwrap();
    let companions = Heroku.companions(&url("https://status.heroku.com/api/v4/current-status"));
    assert_eq!(companions[0].url, "https://status.heroku.com/api/v4/incidents?limit=50");
    assert_eq!(companions[0].need, Need::History);
    assert_eq!(
        Heroku.probes(&url("https://status.heroku.com/x")),
        ["https://status.heroku.com/api/v4/current-status"]
    );
    assert_eq!(Heroku.probes(&url("https://status.example.com/")), [""; 0]);
}

#[test]
fn the_captured_document_is_yellow_all_over() {
    let Some(body) = sample("heroku/current-status-incident.json") else { return };
    assert_eq!(GIVEN.recognised(&body), Some(Platform::Heroku));
    let snapshot = GIVEN.from("https://status.heroku.com/api/v4/current-status").fresh(&body);
    assert_eq!(snapshot.warnings, [""; 0]);
    assert!(snapshot.components.iter().all(|it| it.status == Status::DegradedPerformance));
    assert_eq!(snapshot.components.len(), 3);
    let incident = &snapshot.incidents[0];
    assert_eq!((incident.phase, incident.impact), (Phase::Identified, Impact::Minor));
    assert_eq!(incident.updates.len(), 2);
    assert!(snapshot.coverage.components && snapshot.coverage.open_incidents);
}
