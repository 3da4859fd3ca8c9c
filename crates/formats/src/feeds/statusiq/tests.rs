//! StatusIQ: its words, its traps, and what a capture says where there is one.

use domain::snapshot::Reading;
use domain::{Impact, MaintenanceStatus, Phase};

use super::*;
use crate::feed::{feeds_in_page, probes, read as read_bytes};
use crate::feeds::testing::source;

const URL: &str = "https://status.lumen.example/sp/api/public/summary_details/statuspages/Lumen_1=";

fn read_text(data: &str) -> Result<Snapshot, String> {
    match read_bytes(&source(URL, &format!(r#"{{"data":{{{data}}}}}"#)), Some(Platform::StatusIq)) {
        Reading::Fresh(snapshot) => Ok(*snapshot),
        Reading::Unreadable { reason } => Err(reason),
    }
}

#[test]
fn each_code_has_its_status_and_impact() {
    let table = [
        ("1", Status::Operational, Impact::None),
        ("2", Status::Operational, Impact::None),
        ("3", Status::DegradedPerformance, Impact::Minor),
        ("\"5\"", Status::PartialOutage, Impact::Major),
        ("6", Status::MajorOutage, Impact::Critical),
        ("7", Status::Unknown, Impact::Unknown),
    ];
    for (code, status, impact) in table {
        let snapshot = read_text(&format!(
            r#""current_status":[{{"enc_component_id":"c","display_name":"A","component_status":{code}}}],
            "active_incident_details":[{{"enc_inc_id":"i","incident_title":"T","incident_severity_id":{code},
            "incident_status_updates":[{{"incident_status":"Observing"}}]}}]"#
        ))
        .unwrap();
        assert_eq!((snapshot.components[0].status, snapshot.incidents[0].impact), (status, impact), "{code}");
        assert_eq!(snapshot.incidents[0].phase, Phase::Monitoring);
        assert_eq!(snapshot.warnings.is_empty(), status != Status::Unknown);
        assert!(snapshot.coverage.components && snapshot.coverage.open_incidents);
    }
}

#[test]
fn each_word_has_its_phase() {
    let table = [
        ("Investigating", Phase::Investigating),
        ("Identified", Phase::Identified),
        ("Monitoring", Phase::Monitoring),
        ("Resolved", Phase::Resolved),
        ("Zzz", Phase::Unknown),
    ];
    for (word, phase) in table {
        let snapshot = read_text(&format!(
            r#""current_status":[],"active_incident_details":[{{"enc_inc_id":"i","incident_title":"T",
            "incident_severity_id":3,"incident_status_updates":[{{"incident_status":"{word}"}}]}}]"#
        ))
        .unwrap();
        assert_eq!(snapshot.incidents[0].phase, phase, "{word}");
    }
}

#[test]
fn active_work_goes_on_until_its_end() {
    let work = |times: &str| {
        let snapshot = read_text(&format!(
            r#""current_status":[],"active_incident_details":[{{"enc_inc_id":"i","incident_title":"T",
            "incident_severity_id":4{times}}}]"#
        ))
        .unwrap();
        assert_eq!(snapshot.incidents.len(), 0);
        snapshot.maintenances[0].status
    };
    assert_eq!(work(""), MaintenanceStatus::InProgress);
    assert_eq!(work(r#","incident_began_at":"2026-09-15T13:00:00+0000""#), MaintenanceStatus::Scheduled);
    assert_eq!(work(r#","incident_ended_at":"2026-09-15T11:00:00+0000""#), MaintenanceStatus::Completed);
}

#[test]
fn groups_are_no_components_and_losses_leave_the_list_open() {
    let snapshot = read_text(
        r#""current_status":[{"componentgroup_display_name":"Empty","componentgroup_status":6,"display_name":"",
        "componentgroup_components":[]},{"is_group":true,"componentgroup_display_name":"Mail",
        "componentgroup_components":[{"enc_component_id":"c","display_name":"A","component_status":1},
        {"display_name":"B","component_status":6}]}]"#,
    )
    .unwrap();
    assert_eq!(snapshot.components.len(), 1);
    assert_eq!(snapshot.components[0].group.as_deref(), Some("Mail"));
    assert_eq!((snapshot.coverage, snapshot.warnings.len()), (blank::NOTHING, 1));
}

#[test]
fn what_lost_its_heart_is_refused() {
    let check = |data: &str, expect: &str| {
        let reason = read_text(data).unwrap_err();
        assert!(reason.starts_with(expect), "{data}: {reason}");
    };
    check(r#""active_incident_details":[]"#, "a summary without the list 'current_status'");
    check(
        r#""current_status":[],"active_incident_details":"none""#,
        "'active_incident_details' is not a list",
    );
    check(r#""current_status":[]"#, "JSON of another shape");
}

#[test]
fn the_id_is_in_the_page() {
    let feed = (Platform::StatusIq, URL.to_owned());
    for script in [r#"{"enc_statuspage_id":"Lumen_1="}"#, r#"{\"enc_statuspage_id\":\"Lumen_1=\"}"#] {
        let html = format!("<html><script>{script}</script></html>");
        assert_eq!(feeds_in_page(&source(URL, &html)), std::slice::from_ref(&feed), "{script}");
    }
    assert_eq!(feeds_in_page(&source(URL, "<html>enc_statuspage_id</html>")), []);
    let probe = (Platform::StatusIq, "https://status.lumen.example/sp/api/u/summary_details".to_owned());
    assert!(probes(URL).contains(&probe));
}

#[test]
fn an_update_without_an_id_of_its_own_keeps_its_id_when_another_comes_before_it() {
    let ids = |updates: &str| {
        let snapshot = read_text(&format!(
            r#""current_status":[{{"enc_component_id":"c","display_name":"A","component_status":1}}],
            "active_incident_details":[{{"enc_inc_id":"i","incident_title":"T","incident_severity_id":3,
            "incident_status_updates":[{updates}]}}]"#
        ))
        .unwrap();
        let updates = &snapshot.incidents[0].updates;
        updates.iter().map(|update| (update.status.clone(), update.id.clone())).collect::<Vec<_>>()
    };
    let (first, second) = (r#"{"incident_status":"Investigating"}"#, r#"{"incident_status":"Identified"}"#);
    assert_eq!(ids(&format!("{second},{first}"))[1..], ids(first));
}
