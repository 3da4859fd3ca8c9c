//! Statuspal: its words, its traps, and what a capture says where there is one.

use domain::snapshot::Reading;
use domain::{MaintenanceStatus, Phase};

use super::*;
use crate::feed::{companions, feeds_in_page, probes, read as read_bytes};
use crate::feeds::blank;
use crate::feeds::testing::source;

const URL: &str = "https://statuspal.io/api/v2/status_pages/lumen/summary";

fn fresh(body: &str) -> Snapshot {
    match read_bytes(&source(URL, body.as_bytes()), Some(Platform::Statuspal)) {
        Reading::Fresh(snapshot) => *snapshot,
        Reading::Unreadable { reason } => panic!("{reason}"),
    }
}

fn refusal(body: &str) -> String {
    match read_bytes(&source(URL, body.as_bytes()), Some(Platform::Statuspal)) {
        Reading::Fresh(snapshot) => panic!("{snapshot:?}"),
        Reading::Unreadable { reason } => reason,
    }
}

#[test]
fn each_type_has_its_status() {
    let table = [
        ("null", Status::Operational, ""),
        ("\"minor\"", Status::DegradedPerformance, "minor"),
        ("\"major\"", Status::MajorOutage, "major"),
        ("\"scheduled\"", Status::UnderMaintenance, "scheduled"),
        ("\"maintenance\"", Status::UnderMaintenance, "maintenance"),
        ("\"brownout\"", Status::Unknown, "brownout"),
        ("{}", Status::Unknown, ""),
    ];
    for (word, status, raw) in table {
        let snapshot = fresh(&format!(
            r#"{{"status_page":{{"current_incident_type":null}},
            "services":[{{"id":1,"name":"A","current_incident_type":{word}}}]}}"#
        ));
        let component = &snapshot.components[0];
        assert_eq!((component.status, component.raw_status.as_str()), (status, raw), "{word}");
        assert_eq!(snapshot.warnings.is_empty(), status != Status::Unknown);
    }
}

#[test]
fn a_type_that_is_left_out_is_not_calm() {
    let snapshot = fresh(
        r#"{"status_page":{"current_incident_type":null},"services":[{"id":1,"name":"A","parent_incident_type":null}]}"#,
    );
    assert_eq!(snapshot.components[0].status, Status::Unknown);
    assert_eq!(
        refusal(r#"{"status_page":{"subdomain":"lumen"},"services":[]}"#),
        "a page without its current incident type"
    );
    assert_eq!(
        refusal(r#"{"status_page":{"current_incident_type":null},"incidents":[]}"#),
        "a summary without services"
    );
    assert_eq!(
        refusal(r#"{"status_page":{"current_incident_type":null},"services":{}}"#),
        "'services' is not a list"
    );
}

#[test]
fn a_service_is_in_what_its_parent_is_in() {
    let snapshot = fresh(
        r#"{"status_page":{"current_incident_type":"major"},"services":[{"id":1,"current_incident_type":"major",
        "translations":{"en":{"name":"Mail"}},"children":[
            {"id":2,"name":"Sending","current_incident_type":null,"parent_incident_type":"major"},
            {"id":3,"name":"Receiving","current_incident_type":"minor","parent_incident_type":"major"}]}]}"#,
    );
    let found: Vec<_> = snapshot.components.iter().map(|it| (it.group.as_deref(), it.status)).collect();
    assert_eq!(found, [(Some("Mail"), Status::MajorOutage), (Some("Mail"), Status::DegradedPerformance)]);
}

#[test]
fn an_incident_is_open_until_it_has_an_end() {
    let table = [
        ("null", "issue", Phase::Investigating),
        ("null", "investigating", Phase::Investigating),
        ("null", "identified", Phase::Identified),
        ("null", "monitoring", Phase::Monitoring),
        ("null", "resolved", Phase::Resolved),
        ("null", "update", Phase::Investigating),
        ("null", "zzz", Phase::Unknown),
        ("\"2026-09-15T11:00:00\"", "issue", Phase::Resolved),
        ("\"2026-09-15T13:00:00\"", "issue", Phase::Investigating),
    ];
    for (end, word, phase) in table {
        let snapshot = fresh(&format!(
            r#"{{"status_page":{{"current_incident_type":null}},"services":[],"incidents":[{{"id":1,"title":"T",
            "type":"minor","ends_at":{end},"updates":[{{"id":2,"type":"{word}"}}]}}]}}"#
        ));
        assert_eq!(snapshot.incidents[0].phase, phase, "{end} {word}");
    }
}

#[test]
fn work_in_the_list_of_incidents_goes_by_the_clock() {
    let work = |starts: &str, ends: &str| {
        let snapshot = fresh(&format!(
            r#"{{"incidents":[{{"id":1,"title":"T","type":"scheduled","inserted_at":"2026-09-01T00:00:00",
            "starts_at":"{starts}","ends_at":"{ends}","updates":[]}}]}}"#
        ));
        assert_eq!(snapshot.coverage, blank::NOTHING);
        snapshot.maintenances[0].status
    };
    assert_eq!(work("2026-09-15T11:00:00", "2026-09-15T13:00:00"), MaintenanceStatus::InProgress);
    assert_eq!(work("2026-09-15T13:00:00", "2026-09-15T14:00:00"), MaintenanceStatus::Scheduled);
    assert_eq!(work("2026-09-15T09:00:00", "2026-09-15T10:00:00"), MaintenanceStatus::Completed);
}

#[test]
fn feeds_are_found_by_the_name_of_the_page() {
    let feed = |end: &str| {
        (Platform::Statuspal, format!("https://statuspal.{end}/api/v2/status_pages/lumen/summary"))
    };
    assert!(probes("https://lumen.statuspal.io/").contains(&feed("io")));
    assert!(probes("https://lumen.statuspal.eu/").contains(&feed("eu")));
    assert!(!probes("https://www.statuspal.io/").iter().any(|(it, _)| *it == Platform::Statuspal));
    let page = r#"<html><div class="system-status type-none"></div><a href="https://lumen.statuspal.eu/feed">x</a>
        <a href="https://www.statuspal.io">Powered by</a></html>"#;
    assert_eq!(feeds_in_page(&source(URL, page.as_bytes())), [feed("eu")]);
    let script =
        r#"<html><script>fetch("https://statuspal.io/api/v2/status_pages/lumen/status")</script></html>"#;
    assert_eq!(feeds_in_page(&source(URL, script.as_bytes())), [feed("io")]);
    let history = "https://statuspal.io/api/v2/status_pages/lumen/incidents".to_owned();
    assert_eq!(companions(Platform::Statuspal, URL), [Companion { url: history, need: Need::History }]);
}
