//! Instatus: its words, its traps, and what a capture says where there is one.

use domain::snapshot::{Reading, Snapshot};
use domain::{Impact, MaintenanceStatus, Phase};

use super::*;
use crate::feed::{companions, feeds_in_page, probes, read};
use crate::feeds::testing::source;

fn fresh(body: &str) -> Snapshot {
    match read(
        &source("https://status.lumen.example/summary.json", body.as_bytes()),
        Some(Platform::Instatus),
    ) {
        Reading::Fresh(snapshot) => *snapshot,
        Reading::Unreadable { reason } => panic!("{reason}"),
    }
}

fn refusal(body: &str) -> String {
    match read(
        &source("https://status.lumen.example/summary.json", body.as_bytes()),
        Some(Platform::Instatus),
    ) {
        Reading::Fresh(snapshot) => panic!("{snapshot:?}"),
        Reading::Unreadable { reason } => reason,
    }
}

#[test]
fn each_component_word_has_its_status() {
    let table = [
        ("OPERATIONAL", Status::Operational, Impact::None),
        ("DEGRADEDPERFORMANCE", Status::DegradedPerformance, Impact::Minor),
        ("MINOROUTAGE", Status::PartialOutage, Impact::Minor),
        ("PARTIALOUTAGE", Status::PartialOutage, Impact::Major),
        ("MAJOROUTAGE", Status::MajorOutage, Impact::Critical),
        ("UNDERMAINTENANCE", Status::UnderMaintenance, Impact::Maintenance),
        ("SOMETHINGNEW", Status::Unknown, Impact::Unknown),
    ];
    for (word, status, impact) in table {
        let page = r#""page":{"name":"L","url":"https://l.example","status":"HASISSUES"}"#;
        let snapshot = fresh(&format!(
            r#"{{{page},"activeIncidents":[{{"id":"c1","name":"I","status":"INVESTIGATING","impact":"{word}"}}],
            "components":[{{"id":"c2","name":"C","status":"{word}"}}]}}"#
        ));
        assert_eq!((snapshot.components[0].status, snapshot.incidents[0].impact), (status, impact), "{word}");
        assert_eq!(snapshot.incidents[0].raw_impact.as_deref(), Some(word));
        assert_eq!(snapshot.warnings.is_empty(), status != Status::Unknown, "{:?}", snapshot.warnings);
    }
}

#[test]
fn each_page_word_has_its_status() {
    let table = [
        ("UP", Status::Operational),
        ("HASISSUES", Status::DegradedPerformance),
        ("UNDERMAINTENANCE", Status::UnderMaintenance),
        ("ALLUNDERMAINTENANCE", Status::UnderMaintenance),
        ("ALLDEGRADEDPERFORMANCE", Status::DegradedPerformance),
        ("SOMEMAJOROUTAGE", Status::MajorOutage),
        ("ALLNEW", Status::Unknown),
    ];
    for (word, status) in table {
        let snapshot = fresh(&format!(r#"{{"page":{{"name":"L","status":"{word}"}}}}"#));
        let overall = snapshot.overall.unwrap();
        assert_eq!((overall.status, overall.raw.as_str()), (status, word));
    }
}

#[test]
fn each_word_of_an_event_has_its_place_in_its_life() {
    let phases = [
        ("INVESTIGATING", Phase::Investigating),
        ("IDENTIFIED", Phase::Identified),
        ("MONITORING", Phase::Monitoring),
        ("RESOLVED", Phase::Resolved),
        ("ELSE", Phase::Unknown),
    ];
    for (word, phase) in phases {
        let body = format!(
            r#"{{"page":{{"status":"UP"}},"activeIncidents":[{{"id":"c1","name":"I","status":"{word}"}}]}}"#
        );
        assert_eq!(fresh(&body).incidents[0].phase, phase);
    }
    let works = [
        ("NOTSTARTEDYET", MaintenanceStatus::Scheduled),
        ("INPROGRESS", MaintenanceStatus::InProgress),
        ("VERIFYING", MaintenanceStatus::Verifying),
        ("COMPLETED", MaintenanceStatus::Completed),
        ("ELSE", MaintenanceStatus::Unknown),
    ];
    for (word, status) in works {
        let body = format!(
            r#"{{"page":{{"status":"UP"}},"activeMaintenances":[{{"id":"c1","name":"I","status":"{word}"}}]}}"#
        );
        assert_eq!(fresh(&body).maintenances[0].status, status);
    }
}

#[test]
fn an_absent_list_is_empty_only_while_the_page_says_so() {
    let covers = |body: &str| {
        let coverage = fresh(body).coverage;
        [coverage.components, coverage.open_incidents, coverage.open_maintenances]
    };
    assert_eq!(covers(r#"{"page":{"status":"UP"}}"#), [false, true, true]);
    assert_eq!(covers(r#"{"page":{"status":"HASISSUES"}}"#), [false, false, true]);
    assert_eq!(covers(r#"{"page":{"status":"UNDERMAINTENANCE"}}"#), [false, true, false]);
    assert_eq!(covers(r#"{"page":{"status":"NEWWORD"}}"#), [false, false, false]);
    assert_eq!(covers(r#"{"page":{"status":"HASISSUES"},"activeIncidents":[]}"#), [false, true, true]);
    assert_eq!(covers(r#"{"page":{"status":"UP"},"activeIncidents":["x"]}"#), [false, false, true]);
    assert_eq!(covers(r#"{"components":[{"id":"c1","status":"OPERATIONAL"},4]}"#), [false; 3]);
    assert_eq!(covers(r#"{"components":[{"id":"c1","status":"OPERATIONAL"}]}"#), [true, false, false]);
}

#[test]
fn what_lost_its_heart_is_refused() {
    assert_eq!(
        refusal(r#"{"page":{"name":"L"},"activeIncidents":[]}"#),
        "a summary without the page's status"
    );
    assert_eq!(
        refusal(r#"{"page":{"status":"UP"},"activeIncidents":"none"}"#),
        "'activeIncidents' is not a list"
    );
    for other in ["{}", "[]", r#"{"page":{"status":"ok"}}"#, r#"{"components":[{"id":"1","status":"OP"}]}"#] {
        assert!(refusal(other).starts_with("JSON of another shape"), "{other}");
    }
}

#[test]
fn a_parent_of_nothing_is_a_component_and_what_is_archived_is_none() {
    let snapshot = fresh(
        r#"[{"id":"c1","name":"Lone","status":"MAJOROUTAGE","isParent":true,"children":[]},
        {"id":"c2","name":"Old","status":"OPERATIONAL","archivedAt":"2026-01-01T00:00:00Z"}]"#,
    );
    assert_eq!(snapshot.components.len(), 1);
    assert_eq!(snapshot.components[0].status, Status::MajorOutage);
}

#[test]
fn each_document_names_the_other_half() {
    let check = |feed: &str, other: &str| {
        let found = companions(Platform::Instatus, feed);
        assert_eq!(found, [Companion { url: other.to_owned(), need: Need::State }]);
    };
    check("https://l.example/summary.json", "https://l.example/v2/components.json");
    check("https://l.example/v3/summary.json", "https://l.example/v3/components.json");
    check("https://l.example/v3/components.json", "https://l.example/v3/summary.json");
    check("https://l.example/v2/components.json", "https://l.example/summary.json");
    assert_eq!(companions(Platform::Instatus, "https://l.example/"), []);
    assert!(
        probes("https://l.example/x?y#z")
            .contains(&(Platform::Instatus, "https://l.example/summary.json".into()))
    );
}

#[test]
fn the_captured_page_gives_its_components_and_its_incident() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/feeds/samples/instatus/mastodon-social-page.html");
    let Ok(body) = std::fs::read(path) else { return };
    let source = source("https://status.mastodon.social/", &body);
    let Reading::Fresh(snapshot) = read(&source, None) else { panic!() };
    assert_eq!(snapshot.warnings, [""; 0]);
    assert_eq!(snapshot.platform, Platform::Instatus);
    assert_eq!(snapshot.page.name.as_deref(), Some("mastodon.social"));
    assert_eq!(snapshot.overall.unwrap().status, Status::MajorOutage);
    let names: Vec<&str> = snapshot.components.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names.len(), 4);
    assert_eq!(names[0], "Website & API");
    let incident = &snapshot.incidents[0];
    assert_eq!((incident.phase, incident.impact), (Phase::Monitoring, Impact::Critical));
    assert_eq!(incident.raw_impact.as_deref(), Some("OPERATIONAL"));
    assert_eq!((incident.components.len(), incident.updates.len()), (2, 2));
    assert_eq!(incident.updates[0].status, "MONITORING");
    let coverage = snapshot.coverage;
    assert!(coverage.components && coverage.open_incidents && coverage.open_maintenances);
    assert_eq!(
        feeds_in_page(&source).into_iter().filter(|(platform, _)| *platform == Platform::Instatus).count(),
        2
    );
}

#[test]
fn incidents_that_are_known_by_their_address_are_all_there_are() {
    let summary = include_str!("../../../test_data/instatus/trouble-summary.json");
    let snapshot = fresh(summary);
    assert_eq!(snapshot.incidents.len(), 2);
    assert!(snapshot.coverage.open_incidents);
}
