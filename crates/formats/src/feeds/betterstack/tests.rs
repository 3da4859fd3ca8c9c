//! Better Stack: its words, its traps, and what a capture says where there is one.

use domain::snapshot::Reading;
use domain::{Impact, MaintenanceStatus, Phase};

use super::*;
use crate::feed::{feeds_in_page, read as read_bytes};
use crate::feeds::blank;
use crate::feeds::testing::source;

fn read_text(body: &str) -> Reading {
    read_bytes(&source("https://lumen.example/index.json", body.as_bytes()), Some(Platform::BetterStack))
}

fn fresh(included: &str) -> Snapshot {
    let page = r#"{"id":1,"type":"status_page","attributes":{"aggregate_state":"operational"}}"#;
    match read_text(&format!(r#"{{"data":{page},"included":[{included}]}}"#)) {
        Reading::Fresh(snapshot) => *snapshot,
        Reading::Unreadable { reason } => panic!("{reason}"),
    }
}

#[test]
fn each_state_has_its_status() {
    let table = [
        ("operational", Status::Operational, 0),
        ("degraded", Status::DegradedPerformance, 0),
        ("downtime", Status::MajorOutage, 0),
        ("down", Status::MajorOutage, 0),
        ("maintenance", Status::UnderMaintenance, 0),
        ("not_monitored", Status::Unknown, 0),
        ("resolved", Status::Unknown, 1),
        ("zzz", Status::Unknown, 1),
    ];
    for (word, status, warnings) in table {
        let snapshot = fresh(&format!(
            r#"{{"id":"5","type":"status_page_resource","attributes":{{"public_name":"A","status":"{word}"}}}}"#
        ));
        let component = &snapshot.components[0];
        assert_eq!((component.status, component.raw_status.as_str()), (status, word));
        assert_eq!(snapshot.warnings.len(), warnings, "{word}");
    }
}

#[test]
fn a_report_is_over_by_its_state_and_watched_when_all_works() {
    let table = [
        ("resolved", "downtime", Phase::Resolved, Impact::Critical),
        ("resolved", "resolved", Phase::Resolved, Impact::Unknown),
        ("downtime", "downtime", Phase::Investigating, Impact::Critical),
        ("degraded", "operational", Phase::Monitoring, Impact::Minor),
        ("degraded", "zzz", Phase::Investigating, Impact::Minor),
        ("zzz", "operational", Phase::Unknown, Impact::Unknown),
    ];
    for (state, resource, phase, impact) in table {
        let snapshot = fresh(&format!(
            r#"{{"id":9,"type":"status_report","attributes":{{"title":"T","report_type":"manual","ends_at":null,
            "aggregate_state":"{state}",
            "affected_resources":[{{"status_page_resource_id":5,"status":"{resource}"}}]}}}}"#
        ));
        let incident = &snapshot.incidents[0];
        assert_eq!((incident.phase, incident.impact), (phase, impact), "{state} {resource}");
        assert_eq!(incident.components, ["5"]);
    }
}

#[test]
fn announced_work_goes_by_the_clock_until_it_is_resolved() {
    let check = |starts: &str, ends: &str, state: &str, expect: MaintenanceStatus| {
        let snapshot = fresh(&format!(
            r#"{{"id":9,"type":"status_report","attributes":{{"title":"T","report_type":"maintenance",
            "starts_at":"{starts}","ends_at":"{ends}","aggregate_state":"{state}"}}}}"#
        ));
        assert_eq!(snapshot.maintenances[0].status, expect, "{starts}");
    };
    let (before, after) = ("2026-09-15T10:00:00.000Z", "2026-09-15T14:00:00.000Z");
    check(after, "2026-09-15T15:00:00.000Z", "maintenance", MaintenanceStatus::Scheduled);
    check(before, after, "maintenance", MaintenanceStatus::InProgress);
    check("2026-09-15T09:00:00.000Z", before, "maintenance", MaintenanceStatus::Completed);
    check(before, after, "resolved", MaintenanceStatus::Completed);
    check("tomorrow", after, "maintenance", MaintenanceStatus::Unknown);
}

#[test]
fn only_what_was_read_without_loss_is_complete() {
    let row = r#"{"id":"5","type":"status_page_resource","attributes":{"public_name":"A","status":"down"}}"#;
    assert!(fresh(row).coverage.components);
    assert!(fresh(&format!(r#"{row},{{"id":"6","type":"something_new"}}"#)).coverage.components);
    for loss in ["7", r#"{"id":"6"}"#, r#"{"type":"status_report"}"#] {
        let snapshot = fresh(&format!("{row},{loss}"));
        assert_eq!(snapshot.coverage, blank::NOTHING, "{loss}");
        assert_eq!(snapshot.warnings.len(), 1);
    }
    assert!(!fresh("").coverage.components);
}

#[test]
fn a_home_page_and_other_shapes_are_refused() {
    let reason = |body: &str| match read_text(body) {
        Reading::Fresh(snapshot) => panic!("{snapshot:?}"),
        Reading::Unreadable { reason } => reason,
    };
    assert!(
        reason("<!DOCTYPE html><html><title>Lumen status</title>")
            .starts_with("HTML where JSON was expected")
    );
    assert!(reason(r#"{"data":{"id":"1","type":"monitor"}}"#).starts_with("JSON of another shape"));
    assert_eq!(reason(r#"{"data":{"type":"status_page"}}"#), "a status page without the list 'included'");
    assert_eq!(
        reason(r#"{"data":{"type":"status_page"},"included":[]}"#),
        "a status page without its aggregate state"
    );
}

#[test]
fn the_captured_page_gives_its_feed_away_but_is_none_itself() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/feeds/samples/betterstack/eyloo-page.html");
    let Ok(body) = std::fs::read(path) else { return };
    let source = source("https://status.eyloo.example/", &body);
    let feed = (Platform::BetterStack, "https://status.eyloo.example/index.json".to_owned());
    assert!(feeds_in_page(&source).contains(&feed));
    assert!(matches!(read_bytes(&source, Some(Platform::BetterStack)), Reading::Unreadable { .. }));
}
