//! Status.io: its words, its traps, and what a capture says where there is one.

use domain::snapshot::Reading;

use super::*;
use crate::feed::{feeds_in_page, read as read_bytes};
use crate::feeds::testing::source;

const URL: &str = "https://api.status.io/1.0/status/5b36dc6502d06804c08349f7";

fn fresh(body: &[u8]) -> Snapshot {
    match read_bytes(&source(URL, body), Some(Platform::StatusIo)) {
        Reading::Fresh(snapshot) => *snapshot,
        Reading::Unreadable { reason } => panic!("{reason}"),
    }
}

#[test]
fn each_code_has_its_status_and_impact() {
    let table = [
        ("100", Status::Operational, Impact::None),
        ("200", Status::UnderMaintenance, Impact::Maintenance),
        ("300", Status::DegradedPerformance, Impact::Minor),
        ("400", Status::PartialOutage, Impact::Major),
        ("500", Status::MajorOutage, Impact::Critical),
        ("\"600\"", Status::MajorOutage, Impact::Critical),
        ("700", Status::Unknown, Impact::Unknown),
    ];
    for (code, status, impact) in table {
        let snapshot = fresh(
            format!(
                r#"{{"result":{{"status_overall":{{"status":"S","status_code":{code}}},
                "status":[{{"id":"a","name":"A","status":"S","status_code":{code},"containers":[]}}],
                "incidents":[{{"_id":"i","name":"I","messages":[{{"state":100,"status":{code}}}]}}]}}}}"#
            )
            .as_bytes(),
        );
        let component = &snapshot.components[0];
        assert_eq!((component.status, component.raw_status.as_str()), (status, "S"));
        assert_eq!(snapshot.overall.unwrap().status, status);
        assert_eq!(snapshot.incidents[0].impact, impact);
        assert_eq!(snapshot.warnings.is_empty(), status != Status::Unknown);
    }
}

#[test]
fn each_state_has_its_phase() {
    let table = [
        ("100", Phase::Investigating, "Investigating"),
        ("200", Phase::Identified, "Identified"),
        ("300", Phase::Monitoring, "Monitoring"),
        ("400", Phase::Unknown, "400"),
    ];
    for (code, phase, label) in table {
        let snapshot = fresh(
            format!(
                r#"{{"result":{{"status_overall":{{"status_code":100}},"status":[],
                "incidents":[{{"_id":"i","name":"I","messages":[{{"state":{code},"status":300}}]}}]}}}}"#
            )
            .as_bytes(),
        );
        let incident = &snapshot.incidents[0];
        assert_eq!((incident.phase, incident.updates[0].status.as_str()), (phase, label));
    }
}

#[test]
fn without_a_code_the_label_decides() {
    let snapshot = fresh(
        br#"{"result":{"status_overall":{"status":"Service Disruption"},
        "status":[{"id":"a","name":"A","status":"Operational"},{"id":"b","name":"B","status":"Fine"}]}}"#,
    );
    assert_eq!(snapshot.overall.unwrap().status, Status::MajorOutage);
    let statuses: Vec<Status> = snapshot.components.iter().map(|it| it.status).collect();
    assert_eq!(statuses, [Status::Operational, Status::Unknown]);
}

#[test]
fn what_lost_its_heart_is_refused() {
    let reason = |body: &str| match read_bytes(&source(URL, body.as_bytes()), Some(Platform::StatusIo)) {
        Reading::Fresh(snapshot) => panic!("{snapshot:?}"),
        Reading::Unreadable { reason } => reason,
    };
    assert_eq!(
        reason(r#"{"result":{"status_overall":{"status_code":100}}}"#),
        "a result without the list 'status'"
    );
    assert_eq!(
        reason(r#"{"result":{"status":[{"id":"a","status_code":100}]}}"#),
        "a result without its overall status"
    );
    assert!(reason("<html><head><title>Error</title></head></html>").contains("page title 'Error'"));
    assert!(reason(r#"{"result":{"ok":true}}"#).starts_with("JSON of another shape"));
}

#[test]
fn the_page_gives_its_id_away() {
    let check = |html: &str, expect: bool| {
        let found = feeds_in_page(&source("https://status.lumen.example/", html.as_bytes()));
        let found: Vec<&str> = found.iter().map(|(_, url)| url.as_str()).collect();
        assert_eq!(found == [URL], expect, "{html}: {found:?}");
    };
    let page = |link: &str| {
        format!("<html><a href='{link}'>x</a> <img src='https://www.status.io/logo.png'></html>")
    };
    check(&page("/pages/5b36dc6502d06804c08349f7/rss"), true);
    check(&page("https://status.lumen.example/pages/history/5b36dc6502d06804c08349f7"), true);
    check(&page("https://api.status.io/1.0/status/5b36dc6502d06804c08349f7"), true);
    check(&page("/pages/5b36dc6502d06804c08349f77/rss"), false);
    check("<html><a href='/pages/5b36dc6502d06804c08349f7/rss'>x</a></html>", false);
}

/// Returns a captured file, where the folder with them is at hand.
fn sample(name: &str) -> Option<Snapshot> {
    let folder =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/feeds/samples/statusio");
    std::fs::read(folder.join(name)).ok().map(|body| fresh(&body))
}

#[test]
fn captures_say_what_their_index_notes() {
    let Some(docker) = sample("docker-partial.json") else { return };
    assert_eq!((docker.warnings.len(), docker.components.len()), (0, 8));
    assert_eq!(docker.overall.unwrap().status, Status::PartialOutage);
    let incident = &docker.incidents[0];
    assert_eq!((incident.phase, incident.impact), (Phase::Investigating, Impact::Major));
    assert_eq!(incident.components, ["5342bc9420974b775d000008"]);
    assert_eq!(docker.page.id.as_deref(), Some("5b36dc6502d06804c08349f7"));
    let Some(gitlab) = sample("gitlab-security.json") else { return };
    assert_eq!((gitlab.warnings.len(), gitlab.components.len()), (0, 13));
    let overall = gitlab.overall.unwrap();
    assert_eq!((overall.status, overall.raw.as_str()), (Status::MajorOutage, "Security Issue"));
    let incident = &gitlab.incidents[0];
    assert_eq!((incident.phase, incident.impact), (Phase::Identified, Impact::Critical));
    assert_eq!(incident.updates.len(), 2);
    assert!(incident.updates[0].at > incident.updates[1].at);
    let coverage = gitlab.coverage;
    assert!(coverage.components && coverage.open_incidents && coverage.open_maintenances);
}

#[test]
fn the_last_message_is_the_newest_where_one_has_no_time() {
    let state = |times: [&str; 2]| {
        let body = format!(
            r#"{{"result":{{"status_overall":{{"status_code":300}},"status":[{{"id":"a","name":"A","status_code":300}}],
            "incidents":[{{"_id":"i","name":"I","messages":[
            {{"state":300,"status":300,"details":"older","datetime":"{}"}},
            {{"state":100,"status":300,"details":"newer","datetime":"{}"}}]}}]}}}}"#,
            times[0], times[1]
        );
        fresh(body.as_bytes()).incidents[0].phase
    };
    let time = "2026-09-15T10:00:00Z";
    assert_eq!(state([time, "lately"]), Phase::Investigating);
    assert_eq!(state([time, "2026-09-15T09:00:00Z"]), Phase::Monitoring);
}
