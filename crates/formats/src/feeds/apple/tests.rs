//! Apple: a call that is cut out, words, and epochs.

use domain::snapshot::{Reading, Snapshot};
use domain::{Impact, MaintenanceStatus, Phase, Platform, Status};
use url::Url;

use super::{Apple, DATA};
use crate::feeds::reader::Reader;
use crate::feeds::testing::Given;

const TROUBLE: &str = include_str!("../../../test_data/apple/trouble-status.txt");
const CALM: &str = include_str!("../../../test_data/apple/calm-developer.json");

const GIVEN: Given<'static> = Given::of(Platform::Apple);

fn event(kind: &str, stage: &str) -> Snapshot {
    GIVEN.fresh(format!(
        r#"{{"services":[{{"serviceName":"A","events":[{{"messageId":"1","statusType":"{kind}","eventStatus":"{stage}"}}]}}]}}"#
    ))
}

#[test]
fn words_become_statuses_while_an_event_goes_on() {
    for (kind, status) in [
        ("Available", Status::Operational),
        ("Outage", Status::MajorOutage),
        ("outage", Status::MajorOutage),
        ("Issue", Status::DegradedPerformance),
        ("Performance", Status::DegradedPerformance),
        ("Maintenance", Status::UnderMaintenance),
        ("Odd", Status::Unknown),
    ] {
        assert_eq!(event(kind, "ongoing").components[0].status, status, "{kind}");
        for idle in ["resolved", "upcoming", "completed", "Completed"] {
            assert_eq!(event(kind, idle).components[0].status, Status::Operational, "{kind} {idle}");
        }
    }
    let odd = event("Outage", "odd");
    assert_eq!((odd.components[0].status, odd.incidents[0].phase), (Status::Unknown, Phase::Unknown));
    assert_eq!(odd.warnings.len(), 1);
}

#[test]
fn events_become_incidents_or_work() {
    let incident = |kind: &str, stage: &str| {
        let incident = event(kind, stage).incidents.remove(0);
        (incident.phase, incident.impact)
    };
    assert_eq!(incident("Outage", "ongoing"), (Phase::Investigating, Impact::Critical));
    assert_eq!(incident("Issue", "resolved"), (Phase::Resolved, Impact::Minor));
    assert_eq!(incident("Performance", "completed"), (Phase::Resolved, Impact::Minor));
    let work = |stage: &str| event("Maintenance", stage).maintenances[0].status;
    assert_eq!(work("upcoming"), MaintenanceStatus::Scheduled);
    assert_eq!(work("ongoing"), MaintenanceStatus::InProgress);
    assert_eq!(work("completed"), MaintenanceStatus::Completed);
}

#[test]
fn the_call_is_cut_out_and_never_run() {
    let snapshot = GIVEN.fresh(TROUBLE);
    assert_eq!(GIVEN.recognised(TROUBLE), Some(Platform::Apple));
    let found: Vec<(&str, usize)> =
        snapshot.incidents.iter().map(|it| (it.id.as_str(), it.components.len())).collect();
    assert_eq!(found, [("5001", 2), ("5002", 1)]);
    assert_eq!(snapshot.incidents[0].started_at, Some("2026-09-15T10:00:00Z".parse().unwrap()));
    assert!(snapshot.coverage.components && snapshot.coverage.open_incidents);
    assert_eq!(GIVEN.fresh(format!("{};\n", TROUBLE.trim_end())), snapshot);
    assert_eq!(GIVEN.fresh(format!("/**/{TROUBLE}")), snapshot);
    let cut = TROUBLE.trim_end().trim_end_matches(')');
    assert_eq!(GIVEN.refused(cut), "truncated script");
    for other in ["status: ok", "alert(1)", "(function(){ return {} })();", "if (x) { services }"] {
        assert!(matches!(GIVEN.read(other), Reading::Unreadable { .. }), "{other}");
        assert_eq!(GIVEN.recognised(other), None, "{other}");
    }
}

#[test]
fn what_goes_on_with_one_service_is_not_over() {
    for (first, second) in [("resolved", "ongoing"), ("ongoing", "resolved")] {
        let event =
            |stage: &str| format!(r#"[{{"messageId":"1","statusType":"Outage","eventStatus":"{stage}"}}]"#);
        let snapshot = GIVEN.fresh(format!(
            r#"{{"services":[{{"serviceName":"A","events":{}}},{{"serviceName":"B","events":{}}}]}}"#,
            event(first),
            event(second)
        ));
        assert_eq!(snapshot.incidents.len(), 1);
        let incident = &snapshot.incidents[0];
        assert_eq!((incident.phase, incident.components.len()), (Phase::Investigating, 2), "{first}");
        assert_eq!(incident.components, ["A", "B"]);
    }
}

#[test]
fn what_can_not_be_read_is_neither_good_nor_complete() {
    let lost = GIVEN.fresh(CALM.replace("\"events\": []", "\"events\": {}"));
    assert_eq!(lost.components[1].status, Status::Unknown);
    assert!(lost.coverage.components && !lost.coverage.open_incidents);
    let twice = GIVEN.fresh(CALM.replace("Lumen Forum", "Lumen Build"));
    assert!(!twice.coverage.components);
    let banner = GIVEN.fresh(CALM.replace("false", "true, \"drMessage\": \"Patience, please\""));
    assert_eq!(banner.warnings, ["the page shows a message of its own: Patience, please"]);
}

#[test]
fn probes_stay_at_home() {
    let probes = |page: &str| Apple.probes(&Url::parse(page).unwrap());
    assert_eq!(
        probes("https://www.apple.com/support/systemstatus/"),
        [format!("{DATA}/system_status_en_US.js")]
    );
    let developer = format!("{DATA}/developer/system_status_en_US.js");
    assert_eq!(probes("https://developer.apple.com/system-status/"), [developer]);
    assert_eq!(probes("https://www.apple.com/iphone"), [""; 0]);
    assert_eq!(probes("https://status.example.com/support/systemstatus/"), [""; 0]);
}
