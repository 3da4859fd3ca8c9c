//! Sorry: its words, its traps, and what a capture says where there is one.

use domain::snapshot::Reading;

use super::*;
use crate::feed::{Source, companions, feeds_in_page, probes, read as read_bytes};
use crate::feeds::testing::source;

const URL: &str = "https://status.lumen.example/api/v1/status";

fn fresh(body: &str) -> Snapshot {
    match read_bytes(&source(URL, body.as_bytes()), Some(Platform::Sorry)) {
        Reading::Fresh(snapshot) => *snapshot,
        Reading::Unreadable { reason } => panic!("{reason}"),
    }
}

#[test]
fn each_state_has_its_status() {
    let table = [
        ("operational", Status::Operational),
        ("degraded", Status::DegradedPerformance),
        ("partially-degraded", Status::PartialOutage),
        ("under_maintenance", Status::UnderMaintenance),
        ("zzz", Status::Unknown),
    ];
    for (word, status) in table {
        let snapshot = fresh(&format!(
            r#"{{"page":{{"state":"{word}"}},"components":[{{"id":1,"name":"A","state":"{word}"}}]}}"#
        ));
        assert_eq!((snapshot.components[0].status, snapshot.overall.unwrap().status), (status, status));
        assert_eq!(snapshot.warnings.len(), if status == Status::Unknown { 2 } else { 0 });
    }
}

#[test]
fn each_notice_tells_its_place_in_its_life() {
    let notice = |kind: &str, time: &str, state: &str| {
        fresh(&format!(
            r#"{{"notices":[{{"id":1,"type":"{kind}","timeline_state":"{time}","state":"{state}","title":"T"}}]}}"#
        ))
    };
    for (time, state, phase) in [
        ("present", "investigating", Phase::Investigating),
        ("present", "identified", Phase::Identified),
        ("present", "recovering", Phase::Monitoring),
        ("past", "resolved", Phase::Resolved),
        ("past", "identified", Phase::Resolved),
        ("present", "zzz", Phase::Unknown),
    ] {
        let snapshot = notice("unplanned", time, state);
        assert_eq!(snapshot.incidents[0].phase, phase, "{time} {state}");
        assert_eq!(snapshot.coverage, blank::NOTHING);
    }
    for (time, state, status) in [
        ("future", "scheduled", MaintenanceStatus::Scheduled),
        ("present", "under_way", MaintenanceStatus::InProgress),
        ("past", "complete", MaintenanceStatus::Completed),
        ("present", "zzz", MaintenanceStatus::Unknown),
    ] {
        assert_eq!(notice("planned", time, state).maintenances[0].status, status, "{time} {state}");
    }
}

#[test]
fn other_shapes_are_left_to_others() {
    for other in [
        r#"{"page":{"name":"A"}}"#,
        r#"{"components":[{"id":"1","state":"up"}]}"#,
        r#"{"notices":[]}"#,
        r#"{"notices":[{"id":1,"state":"open"}]}"#,
    ] {
        match read_bytes(&source(URL, other.as_bytes()), Some(Platform::Sorry)) {
            Reading::Fresh(snapshot) => panic!("{snapshot:?}"),
            Reading::Unreadable { reason } => {
                assert!(reason.starts_with("JSON of another shape"), "{reason}")
            }
        }
    }
}

#[test]
fn no_notices_are_told_by_the_address() {
    let url = Some("https://status.lumen.example/api/v1/notices");
    let source = Source { url, ..source(URL, br#"{"notices":[]}"#) };
    assert!(matches!(read_bytes(&source, Some(Platform::Sorry)), Reading::Fresh(_)));
}

#[test]
fn the_api_stands_on_the_host_of_the_page() {
    let feed = (Platform::Sorry, URL.to_owned());
    assert!(probes("https://status.lumen.example/").contains(&feed));
    assert!(feeds_in_page(&source(URL, b"<html><footer>Powered by Sorry</footer></html>")).contains(&feed));
    let at = |file: &str| format!("https://status.lumen.example/api/v1/{file}");
    let expect = [
        Companion { url: at("components"), need: Need::State },
        Companion { url: at("notices"), need: Need::Detail },
    ];
    assert_eq!(companions(Platform::Sorry, URL), expect);
    assert_eq!(companions(Platform::Sorry, "https://api.sorryapp.com/v1/pages/1/components"), []);
}
