//! Cachet: codes of both versions, parts, and times that nobody can place.

use super::*;
use crate::feed::{companions, next_part};
use crate::feeds::testing::{Given, covers, source};
use domain::{Impact, MaintenanceStatus, Phase};

const URL: &str = "https://status.lumen.example/api/v1/components?per_page=100";
const COMPONENTS: &str = include_str!("../../../test_data/cachet/trouble-components.json");
const INCIDENTS: &str = include_str!("../../../test_data/cachet/trouble-incidents.json");
const SCHEDULES: &str = include_str!("../../../test_data/cachet/schedules.json");
const GROUPS: &str = include_str!("../../../test_data/cachet/groups.json");
const THREE: &str = include_str!("../../../test_data/cachet/trouble-components-3.json");
const INCIDENTS_3: &str = include_str!("../../../test_data/cachet/incidents-3.json");

fn cachet(body: &str) -> Snapshot {
    Given::of(Platform::Cachet).from(URL).fresh(body)
}

#[test]
fn each_code_of_a_component_is_a_status() {
    let check = |code: &str, expect: Status, warnings: usize| {
        let body = format!(
            r#"{{"meta":{{"pagination":{{}}}},"data":[{{"id":1,"name":"a","group_id":0,"status":{code}}}]}}"#
        );
        let snapshot = cachet(&body);
        assert_eq!((snapshot.components[0].status, snapshot.warnings.len()), (expect, warnings), "{code}");
    };
    check("0", Status::Unknown, 0);
    check("1", Status::Operational, 0);
    check("\"1\"", Status::Operational, 0);
    check(r#"{"human":"Betriebsbereit","value":1}"#, Status::Operational, 0);
    check("2", Status::DegradedPerformance, 0);
    check("3", Status::PartialOutage, 0);
    check("4", Status::MajorOutage, 0);
    check("5", Status::Unknown, 0);
    check("6", Status::UnderMaintenance, 0);
    check("7", Status::Unknown, 1);
    check("null", Status::Unknown, 1);
}

#[test]
fn what_is_switched_off_is_not_on_the_page() {
    let on = COMPONENTS.matches("\"enabled\": true").count();
    assert_eq!(cachet(COMPONENTS).components.len(), on);
    let off = cachet(&COMPONENTS.replacen("\"enabled\": true", "\"enabled\": false", 1));
    assert_eq!(off.components.len(), on - 1);
    let odd = cachet(&COMPONENTS.replacen("\"enabled\": true", "\"enabled\": \"?\"", 1));
    assert_eq!(odd.components.len(), on);
}

#[test]
fn a_time_without_a_zone_is_none_and_no_warning() {
    let snapshot = cachet(COMPONENTS);
    assert!(snapshot.components.iter().all(|row| row.updated_at.is_none()));
    assert_eq!(snapshot.warnings, [""; 0]);
    let zoned = cachet(&COMPONENTS.replace("2026-09-15 10:12:44", "2026-09-15T10:12:44+02:00"));
    assert_eq!(zoned.components[0].updated_at, Some("2026-09-15T08:12:44Z".parse().unwrap()));
}

#[test]
fn a_list_in_parts_closes_nothing_before_the_last() {
    let more =
        COMPONENTS.replace("\"next_page\": null", "\"next_page\": \"https://elsewhere.example/?page=2\"");
    assert_eq!(covers(&cachet(COMPONENTS)), [true, false, false]);
    assert_eq!(covers(&cachet(&more)), [false; 3]);
    let counted = COMPONENTS.replace("\"total_pages\": 1", "\"total_pages\": \"3\"");
    assert_eq!(covers(&cachet(&counted)), [false; 3]);
    let next = |body: &str, url: &str| next_part(&source(url, body), Platform::Cachet);
    let second = "https://status.lumen.example/api/v1/components?per_page=100&page=2";
    assert_eq!(next(&more, URL).as_deref(), Some(second));
    assert_eq!(next(&counted, URL).as_deref(), Some(second));
    assert_eq!(next(&counted.replace("\"current_page\": 1", "\"current_page\": 3"), URL), None);
    assert_eq!(next(COMPONENTS, URL), None);
    let history = INCIDENTS.replace("\"total_pages\": 1", "\"total_pages\": 9");
    assert_eq!(next(&history, "https://status.lumen.example/api/v1/incidents"), None);
    assert_eq!(covers(&cachet(&history)), [false; 3]);
    let three =
        THREE.replace("\"next\": null", "\"next\": \"https://status.lumen.example/api/components?page=2\"");
    let url = "https://status.lumen.example/api/components?include=group";
    assert_eq!(
        next(&three, url).as_deref(),
        Some("https://status.lumen.example/api/components?include=group&page=2")
    );
}

#[test]
fn incidents_take_their_latest_status_and_what_they_made_of_a_component() {
    let snapshot = cachet(INCIDENTS);
    let rows: Vec<_> = snapshot.incidents.iter().map(|it| (it.id.as_str(), it.phase, it.impact)).collect();
    assert_eq!(
        rows,
        [("12", Phase::Monitoring, Impact::Critical), ("11", Phase::Investigating, Impact::Unknown)]
    );
    let updates: Vec<_> = snapshot.incidents[0].updates.iter().map(|update| update.id.as_str()).collect();
    assert_eq!(updates, ["31", "30", "opening"]);
    assert_eq!(snapshot.incidents[0].components, ["1"]);
    assert_eq!(snapshot.incidents[1].components, [""; 0]);
    assert_eq!(covers(&snapshot), [false, true, false]);
    let check = |code: &str, expect: Phase| {
        let body = INCIDENTS.replace("\"latest_status\": 3", &format!("\"latest_status\": {code}"));
        assert_eq!(cachet(&body).incidents[0].phase, expect, "{code}");
    };
    check("1", Phase::Investigating);
    check("2", Phase::Identified);
    check("4", Phase::Resolved);
    check("9", Phase::Unknown);
}

#[test]
fn planned_work_was_an_incident_before_2_4() {
    let old = cachet(&INCIDENTS.replace("\"latest_status\": 3", "\"latest_status\": 0"));
    assert_eq!((old.incidents.len(), old.maintenances[0].status), (1, MaintenanceStatus::Scheduled));
    let snapshot = cachet(SCHEDULES);
    let rows: Vec<_> = snapshot.maintenances.iter().map(|it| (it.id.as_str(), it.status)).collect();
    assert_eq!(
        rows,
        [
            ("schedule-4", MaintenanceStatus::Scheduled),
            ("schedule-3", MaintenanceStatus::InProgress),
            ("schedule-2", MaintenanceStatus::Completed)
        ]
    );
    assert_eq!(covers(&snapshot), [false, false, true]);
}

#[test]
fn groups_name_what_stands_under_them() {
    let snapshot = cachet(GROUPS);
    let rows: Vec<_> = snapshot.components.iter().map(|it| (it.id.as_str(), it.group.as_deref())).collect();
    assert_eq!(rows, [("1", Some("Mail"))]);
    assert_eq!(covers(&snapshot), [false; 3]);
}

#[test]
fn version_3_gives_groups_and_updates_beside_the_rows() {
    let snapshot = cachet(THREE);
    let rows: Vec<_> =
        snapshot.components.iter().map(|it| (it.name.as_str(), it.group.as_deref(), it.status)).collect();
    assert_eq!(
        rows,
        [
            ("Inbox", Some("Mail"), Status::MajorOutage),
            ("Outbox", Some("Mail"), Status::UnderMaintenance),
            ("Calendar", None, Status::DegradedPerformance)
        ]
    );
    let incident = cachet(INCIDENTS_3).incidents.remove(0);
    assert_eq!((incident.id.as_str(), incident.phase), ("7", Phase::Identified));
    assert_eq!(incident.components, ["1"]);
    let updates: Vec<_> = incident.updates.iter().map(|update| update.body.as_str()).collect();
    assert_eq!(updates, ["A disk is full.", "We are looking."]);
}

#[test]
fn an_empty_list_is_known_by_its_address_and_a_broken_one_is_told() {
    let empty = r#"{"meta":{"pagination":{"total_pages":1,"current_page":1}},"data":[]}"#;
    assert_eq!(covers(&cachet(empty)), [false; 3]);
    let schedules =
        Given::of(Platform::Cachet).from("https://status.lumen.example/api/v1/schedules").fresh(empty);
    assert_eq!(covers(&schedules), [false, false, true]);
    let elsewhere = "https://api.lumen.example/v2/things";
    assert!(Given::of(Platform::Cachet).from(elsewhere).refused(empty).starts_with("JSON of another shape"));
    assert_eq!(
        Given::of(Platform::Cachet).from(URL).refused(r#"{"meta":{"pagination":{}},"data":{}}"#),
        "'data' is not a list"
    );
}

#[test]
fn the_claim_alone_is_a_document() {
    let check = |word: &str, expect: Status| {
        let body = format!(r#"{{"data":{{"status":"{word}","message":"So it is"}}}}"#);
        assert_eq!(cachet(&body).overall.unwrap().status, expect, "{word}");
    };
    check("success", Status::Operational);
    check("info", Status::DegradedPerformance);
    check("warning", Status::PartialOutage);
    check("danger", Status::MajorOutage);
    check("partial_outage", Status::PartialOutage);
}

#[test]
fn each_version_has_its_own_companions() {
    let urls = |feed: &str| -> Vec<String> {
        companions(Platform::Cachet, feed).into_iter().map(|companion| companion.url).collect()
    };
    assert_eq!(
        urls(URL),
        [
            "https://status.lumen.example/api/v1/incidents?sort=id&order=desc&per_page=100",
            "https://status.lumen.example/api/v1/schedules?sort=id&order=desc&per_page=100",
            "https://status.lumen.example/api/v1/components/groups?per_page=100"
        ]
    );
    assert_eq!(urls("https://status.lumen.example/api/components?per_page=100&include=group").len(), 2);
    assert_eq!(urls("https://status.lumen.example/api/v1/incidents"), [""; 0]);
}

#[test]
fn a_part_that_lost_a_row_is_not_spoken_for_by_the_last() {
    let page = |total: i64| {
        format!(
            r#"{{"meta":{{"pagination":{{"current_page":1,"total_pages":{total}}}}},
            "data":[{{"id":1,"name":"A","status":1,"status_name":"Operational","group_id":0}},7]}}"#
        )
    };
    let given = Given::of(Platform::Cachet).from("https://status.lumen.example/api/v1/components");
    assert_eq!(given.refused(page(2)), LOSSY_PART);
    assert!(!given.fresh(page(1)).coverage.components);
}
