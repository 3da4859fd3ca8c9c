//! Adobe: histories whose newest entry holds, words in any case, and a registry that claims nothing alone.

use domain::snapshot::{Reading, Snapshot};
use domain::{Impact, MaintenanceStatus, Phase, Platform, Status};
use url::Url;

use super::Adobe;
use crate::feed::Need;
use crate::feeds::reader::Reader;
use crate::feeds::testing::Given;

const TROUBLE: &str = include_str!("../../../test_data/adobe/trouble-events.json");
const CALM: &str = include_str!("../../../test_data/adobe/calm-events.json");
const REGISTRY: &str = include_str!("../../../test_data/adobe/registry.json");

const GIVEN: Given<'static> = Given::of(Platform::Adobe);

fn incident(status: &str, severity: &str, rest: &str) -> Snapshot {
    GIVEN.fresh(format!(
        r#"{{"incidentEvent":{{"incidents":{{"1":{{"id":"1","products":{{"2":{{"id":"2","name":"A"{rest},"history":{{
        "1789459200":{{"status":"{status}","severity":"{severity}"}},"1789450000":{{"status":"Opened","severity":"Major"}}}}}}}}}}}}}}}}"#
    ))
}

#[test]
fn the_newest_word_of_a_history_holds() {
    let phase = |word: &str| incident(word, "Minor", "").incidents[0].phase;
    for word in ["Opened", "Started", "Updated", "Reopened", "Discovery", "Scheduled", "OPENED"] {
        assert_eq!(phase(word), Phase::Investigating, "{word}");
    }
    for word in ["Closed", "Canceled", "Completed", "Dismissed", "closed"] {
        assert_eq!(phase(word), Phase::Resolved, "{word}");
    }
    assert_eq!(phase("Odd"), Phase::Unknown);
    // Times are numbers: a later one may sort before an earlier one as text.
    let body = r#"{"incidentEvent":{"incidents":{"1":{"products":{"2":{"history":{
        "999999999":{"status":"Opened","severity":"Major"},"1789450000":{"status":"Closed","severity":"Major"}}}}}}}}"#;
    assert_eq!(GIVEN.fresh(body).incidents[0].phase, Phase::Resolved);
    // What has no time may be the newest.
    let undated = CALM.replace("\"1788469200\": {", "\"late\": {");
    assert_eq!(GIVEN.fresh(undated).incidents[0].phase, Phase::Unknown);
    // Without a word the end decides; a word is stronger than an end.
    let end = |end: &str| incident("", "Minor", &format!(r#","endedOn":{end}"#)).incidents[0].phase;
    assert_eq!((end("1789459300"), end("0")), (Phase::Resolved, Phase::Unknown));
    let reopened = incident("Reopened", "Minor", r#","endedOn":1789459100"#);
    assert_eq!(reopened.incidents[0].phase, Phase::Investigating);
}

#[test]
fn severities_become_impact_and_status() {
    let check = |word: &str, impact: Impact, status: Option<Status>| {
        let snapshot = incident("Opened", word, "");
        assert_eq!(snapshot.incidents[0].impact, impact, "{word}");
        assert_eq!(snapshot.components.first().map(|it| it.status), status, "{word}");
        assert_eq!(snapshot.warnings.is_empty(), impact != Impact::Unknown, "{word}");
    };
    check("Critical", Impact::Critical, Some(Status::MajorOutage));
    check("Major", Impact::Major, Some(Status::MajorOutage));
    check("minor", Impact::Minor, Some(Status::DegradedPerformance));
    check("Potential", Impact::None, None);
    check("TRIVIAL", Impact::None, None);
    check("Maintenance", Impact::Maintenance, Some(Status::UnderMaintenance));
    check("Odd", Impact::Unknown, Some(Status::Unknown));
    assert_eq!(incident("Closed", "Major", "").components, []);
}

#[test]
fn texts_stand_for_their_tokens() {
    let snapshot = GIVEN.fresh(TROUBLE);
    assert_eq!(GIVEN.recognised(TROUBLE), Some(Platform::Adobe));
    let incident = &snapshot.incidents[0];
    assert_eq!((incident.name.as_str(), incident.impact), ("Drawings do not open", Impact::Major));
    let bodies: Vec<&str> = incident.updates.iter().map(|it| it.body.as_str()).collect();
    assert_eq!(bodies, ["We found the key.", "Since 2026-09-15 08:00 UTC drawings stay shut."]);
    assert_eq!(snapshot.maintenances[0].name, "Lumen Sign");
}

#[test]
fn work_is_told_by_its_word() {
    let check = |word: &str, started: bool, expect: MaintenanceStatus| {
        let mut body = CALM.replace("\"Scheduled\"", &format!("\"{word}\""));
        if started {
            body = body.replace("\"scheduledDate\"", "\"startedOn\": 1789450000, \"scheduledDate\"");
        }
        let snapshot = GIVEN.fresh(body);
        assert_eq!(snapshot.maintenances[0].status, expect, "{word}");
        let is_listed = snapshot.components.iter().any(|it| it.status == Status::UnderMaintenance);
        assert_eq!(is_listed, expect.is_active(), "{word}");
    };
    check("Scheduled", false, MaintenanceStatus::Scheduled);
    check("Started", true, MaintenanceStatus::InProgress);
    check("Updated", false, MaintenanceStatus::Scheduled);
    check("Updated", true, MaintenanceStatus::InProgress);
    check("Completed", true, MaintenanceStatus::Completed);
    check("Canceled", false, MaintenanceStatus::Cancelled);
    check("Odd", false, MaintenanceStatus::Unknown);
}

#[test]
fn what_can_not_be_read_closes_nothing() {
    let coverage = GIVEN.fresh(CALM).coverage;
    assert!(coverage.open_incidents && coverage.open_maintenances && !coverage.components);
    let lost = GIVEN.fresh(CALM.replace("\"1999\": {", "\"1998\": 7, \"1999\": {")).coverage;
    assert!(!lost.open_incidents && lost.open_maintenances);
    let lost = GIVEN.fresh(r#"{"incidentEvent":{"incidents":{}}}"#).coverage;
    assert!(lost.open_incidents && !lost.open_maintenances);
    assert_eq!(GIVEN.refused(r#"{"incidentEvent":{"incidents":[]}}"#), "no map of incidents");
    assert_eq!(GIVEN.refused(r#"{"maintenanceEvent":{}}"#), "no map of incidents");
    assert!(matches!(GIVEN.read(r#"{"incidents":{}}"#), Reading::Unreadable { .. }));
}

#[test]
fn the_registry_claims_nothing_alone() {
    let companions =
        Adobe.companions(&Url::parse("https://data.status.adobe.com/adobestatus/StatusEvents").unwrap());
    assert_eq!((companions.len(), companions[0].need), (1, Need::Detail));
    let beside = GIVEN.from(&companions[0].url).fresh(REGISTRY);
    assert!(
        beside.coverage.components && beside.components.iter().all(|it| it.status == Status::Operational)
    );
    let alone = GIVEN.from("https://data.status.adobe.com/adobestatus/SnowServiceRegistry").fresh(REGISTRY);
    assert!(alone.components.iter().all(|it| it.status == Status::Unknown));
    assert_eq!(GIVEN.recognised(REGISTRY), None);
    let events = "https://data.status.adobe.com/adobestatus/StatusEvents";
    assert_eq!(Adobe.probes(&Url::parse("https://status.adobe.com/").unwrap()), [events]);
    assert_eq!(Adobe.probes(&Url::parse("https://status.example.com/").unwrap()), [""; 0]);
}

#[test]
fn a_product_that_can_not_be_told_leaves_the_list_open() {
    let odd =
        TROUBLE.replacen("\"id\": \"501\"", "\"id\": \"\"", 1).replacen("\"501\": {", "\"5 0 1\": {", 1);
    assert_ne!(odd, TROUBLE);
    assert!(GIVEN.fresh(TROUBLE).coverage.open_incidents && !GIVEN.fresh(odd).coverage.open_incidents);
}
