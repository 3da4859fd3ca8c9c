//! PagerDuty: its words, its traps, and what a capture says where there is one.

use domain::snapshot::Reading;
use domain::{Impact, MaintenanceStatus, Phase};

use super::*;
use crate::feed::{feeds_in_page, read as read_bytes};
use crate::feeds::testing::source;

const URL: &str = "https://status.lumen.example/";

fn page(data: &str) -> String {
    format!("<!DOCTYPE html><html><script id=\"data\">{data}</script></html>")
}

fn read_text(data: &str) -> Result<Snapshot, String> {
    match read_bytes(&source(URL, page(data).as_bytes()), Some(Platform::PagerDuty)) {
        Reading::Fresh(snapshot) => Ok(*snapshot),
        Reading::Unreadable { reason } => Err(reason),
    }
}

/// Reads a page with one service that an update names.
fn with_update(severity: &str, status: &str, enums: &str) -> Snapshot {
    read_text(&format!(
        r#"{{"status_page_type":"public","summary":{{"post_enums":[{enums}],
        "post_status_page_services":[{{"id":"S","name":"A"}},{{"id":"T","name":"B"}}],"posts":[],
        "open_incidents":[{{"id":"I","title":"T","updates":[{{"id":"U","status":"{status}",
        "severity":"{severity}","impacted_business_services":[{{"id":"S","severity":"{severity}"}}]}}]}}]}}}}"#
    ))
    .unwrap()
}

#[test]
fn each_severity_has_its_status_and_impact() {
    let table = [
        ("all_good", Status::Operational, Impact::None),
        ("operational", Status::Operational, Impact::None),
        ("minor", Status::DegradedPerformance, Impact::Minor),
        ("partial_outage", Status::PartialOutage, Impact::Major),
        ("major", Status::MajorOutage, Impact::Major),
        ("outage", Status::MajorOutage, Impact::Critical),
        ("maintenance", Status::UnderMaintenance, Impact::Maintenance),
        ("zzz", Status::Unknown, Impact::Unknown),
    ];
    for (word, status, impact) in table {
        let snapshot = with_update(word, "investigating", "");
        let found: Vec<Status> = snapshot.components.iter().map(|it| it.status).collect();
        assert_eq!(found, [status, Status::Operational], "{word}");
        assert_eq!(snapshot.incidents[0].impact, impact);
        assert_eq!(snapshot.warnings.is_empty(), status != Status::Unknown);
    }
}

#[test]
fn each_status_has_its_phase_under_any_name() {
    let table = [
        ("investigating", Phase::Investigating),
        ("detected", Phase::Identified),
        ("identified", Phase::Identified),
        ("monitoring", Phase::Monitoring),
        ("resolved", Phase::Resolved),
        ("zzz", Phase::Unknown),
    ];
    for (word, phase) in table {
        assert_eq!(with_update("minor", word, "").incidents[0].phase, phase, "{word}");
        let renamed = format!(
            r#"{{"id":"E","name":"wir sind dran","layout_settings":{{"key":"incident/status/{word}"}}}}"#
        );
        assert_eq!(with_update("minor", "wir sind dran", &renamed).incidents[0].phase, phase);
        assert_eq!(with_update("minor", "E", &renamed).incidents[0].phase, phase);
    }
    let severity = r#"{"id":"E","name":"arg","layout_settings":{"key":"incident/severity/major"}}"#;
    let snapshot = with_update("arg", "investigating", severity);
    assert_eq!(snapshot.components[0].status, Status::MajorOutage);
    assert_eq!(snapshot.components[0].raw_status, "arg");
}

#[test]
fn posts_are_read_by_their_type() {
    let read = |kind: &str, status: &str| {
        read_text(&format!(
            r#"{{"status_page_type":"public","summary":{{"open_incidents":[],
            "post_status_page_services":[{{"id":"S","name":"A","external_business_service_id":"B"}}],
            "posts":[{{"id":"P","title":"T","post_type":"{kind}","updates":[{{"id":"U","status":"{status}",
            "severity":"maintenance",
            "impacted_business_services":[{{"business_service_id":"B","severity":"maintenance"}}]}}]}}]}}}}"#
        ))
        .unwrap()
    };
    for (word, status, component) in [
        ("scheduled", MaintenanceStatus::Scheduled, Status::Operational),
        ("in_progress", MaintenanceStatus::InProgress, Status::UnderMaintenance),
        ("completed", MaintenanceStatus::Completed, Status::Operational),
        ("zzz", MaintenanceStatus::Unknown, Status::Operational),
    ] {
        let snapshot = read("maintenance", word);
        assert_eq!((snapshot.maintenances[0].status, snapshot.components[0].status), (status, component));
        assert_eq!(snapshot.maintenances[0].components, ["S"]);
    }
    assert_eq!(read("incident", "detected").incidents[0].phase, Phase::Identified);
}

#[test]
fn what_could_not_be_read_may_be_about_any_service() {
    let read = |open: &str| {
        read_text(&format!(
            r#"{{"status_page_type":"public","summary":{{"open_incidents":[{open}],"posts":[],
            "post_status_page_services":[{{"id":"S","name":"A"}}]}}}}"#
        ))
        .unwrap()
        .components[0]
            .status
    };
    assert_eq!(read(""), Status::Operational);
    for open in ["5", r#"{"title":"T"}"#, r#"{"id":"I","updates":[]}"#, r#"{"id":"I","updates":[7]}"#] {
        assert_eq!(read(open), Status::Unknown, "{open}");
    }
    let nameless = r#"{"id":"I","updates":[{"id":"U","impacted_business_services":[{"severity":"major"}]}]}"#;
    assert_eq!(read(nameless), Status::Unknown);
}

#[test]
fn what_lost_its_heart_is_refused() {
    let check = |data: &str, expect: &str| {
        let reason = read_text(data).unwrap_err();
        assert!(reason.starts_with(expect), "{data}: {reason}");
    };
    let headline = r#"{"status_page_type":"public","layout":{"layout_settings":{"statusPage":{"globalStatusHeadline":"Fine"}}}}"#;
    check(headline, "a page without its summary");
    check(r#"{"status_page_type":"public","summary":{}}"#, "a summary without the list of open incidents");
    check(
        r#"{"status_page_type":"public","summary":{"open_incidents":[]}}"#,
        "a summary without the list of services",
    );
    check(r#"{"status_page_type":"public","#, "truncated JSON");
    check(r#"{"other":1}"#, "HTML where JSON was expected");
}

#[test]
fn the_captured_page_says_what_its_index_notes() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/feeds/samples/pagerduty/pagerduty-page-minor.html");
    let Ok(body) = std::fs::read(path) else { return };
    let Reading::Fresh(snapshot) = read_bytes(&source(URL, &body), None) else { panic!() };
    assert_eq!(
        (snapshot.platform, snapshot.warnings.len()),
        (Platform::PagerDuty, 0),
        "{:?}",
        snapshot.warnings
    );
    let troubled: Vec<_> = snapshot.components.iter().filter(|it| it.status != Status::Operational).collect();
    let names: Vec<&str> = troubled.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["Services (US)", "Services (EU)"]);
    assert!(troubled.iter().all(|it| it.status == Status::DegradedPerformance));
    assert!(troubled.iter().all(|it| it.group.as_deref() == Some("Services")));
    let open: Vec<_> = snapshot.incidents.iter().filter(|it| !it.phase.is_over()).collect();
    assert_eq!((open.len(), open[0].phase, open[0].impact), (1, Phase::Investigating, Impact::Minor));
    assert_eq!(open[0].components.len(), 2);
    assert!(snapshot.incidents.iter().any(|it| it.phase == Phase::Postmortem));
    assert!(snapshot.incidents.iter().all(|it| it.phase.is_over() || it.id == "P1VQT26"));
    assert!(snapshot.coverage.components && snapshot.coverage.open_incidents);
    assert_eq!(feeds_in_page(&source(URL, &body)), [(Platform::PagerDuty, URL.to_owned())]);
}
