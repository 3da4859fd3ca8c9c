//! Flashduty: its words, its traps, and what a capture says where there is one.

use domain::snapshot::Reading;

use super::*;
use crate::feed::read as read_bytes;
use crate::feeds::testing::bare;

fn read_text(body: &str) -> Result<Snapshot, String> {
    match read_bytes(&bare(body), Some(Platform::Flashduty)) {
        Reading::Fresh(snapshot) => Ok(*snapshot),
        Reading::Unreadable { reason } => Err(reason),
    }
}

#[test]
fn each_word_has_its_status_and_impact() {
    let table = [
        ("operational", Status::Operational, Impact::None),
        ("degraded", Status::DegradedPerformance, Impact::Minor),
        ("partial_outage", Status::PartialOutage, Impact::Major),
        ("full_outage", Status::MajorOutage, Impact::Critical),
        ("maintenance", Status::UnderMaintenance, Impact::Maintenance),
        ("zzz", Status::Unknown, Impact::Unknown),
    ];
    for (word, status, impact) in table {
        let snapshot = read_text(&format!(
            r#"{{"overall":{{"status":"{word}"}},"ongoing_incidents":[{{"id":1,"title":"T",
            "status":"investigating","current_worst_impact":"{word}"}}]}}"#
        ))
        .unwrap();
        assert_eq!((snapshot.overall.unwrap().status, snapshot.incidents[0].impact), (status, impact));
        assert_eq!(snapshot.warnings.is_empty(), status != Status::Unknown);
        assert!(snapshot.coverage.open_incidents && !snapshot.coverage.open_maintenances);
    }
}

#[test]
fn each_word_has_its_phase() {
    for (word, phase) in [
        ("investigating", Phase::Investigating),
        ("identified", Phase::Identified),
        ("monitoring", Phase::Monitoring),
        ("resolved", Phase::Resolved),
        ("zzz", Phase::Unknown),
    ] {
        let snapshot = read_text(&format!(
            r#"{{"overall":{{"status":"degraded"}},"ongoing_incidents":[{{"id":1,"name":"T","status":"{word}"}}]}}"#
        ))
        .unwrap();
        assert_eq!((snapshot.incidents[0].phase, snapshot.incidents[0].impact), (phase, Impact::Unknown));
    }
}

#[test]
fn a_summary_is_believed_as_long_as_it_says() {
    let read = |generated: &str, limit: &str| {
        read_text(&format!(
            r#"{{"generated_at":{generated},"max_stale_seconds":{limit},"overall":{{"status":"operational"}},
            "ongoing_incidents":[]}}"#
        ))
    };
    assert!(read("\"2026-09-15T11:55:00Z\"", "300").is_ok());
    let reason = read("\"2026-09-15T11:54:59Z\"", "300").unwrap_err();
    assert_eq!(reason, "a summary of 2026-09-15T11:54:59Z, which may be believed for 300 seconds");
    for (generated, limit) in [("null", "300"), ("\"2020-01-01T00:00:00Z\"", "null"), ("\"now\"", "300")] {
        assert!(read(generated, limit).is_ok(), "{generated} {limit}");
    }
}

#[test]
fn what_lost_its_heart_is_refused() {
    let check = |body: &str, expect: &str| {
        let reason = read_text(body).unwrap_err();
        assert!(reason.starts_with(expect), "{body}: {reason}");
    };
    check(r#"{"schema_version":"1","ongoing_incidents":[]}"#, "a summary without its overall status");
    check(
        r#"{"overall":{"status":"operational"},"ongoing_incidents":"none"}"#,
        "the incidents or maintenances are not a list",
    );
    check(
        r#"{"page_title":"L","ongoing_incidents":[],"scheduled_maintenances":[]}"#,
        "JSON of another shape",
    );
}

#[test]
fn a_document_is_asked_for_no_sooner_than_it_says() {
    assert_eq!(Flashduty.shortest_interval(), Duration::from_secs(60));
}
