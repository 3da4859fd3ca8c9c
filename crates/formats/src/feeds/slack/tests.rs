//! Slack: what the three words say, and what is known of services that no incident names.

use domain::snapshot::Snapshot;
use domain::{Impact, MaintenanceStatus, Phase, Platform, Status};
use url::Url;

use super::{SERVICES, Slack};
use crate::feed::Need;
use crate::feeds::reader::Reader;
use crate::feeds::testing::{Given, sample};

const TROUBLE: &str = include_str!("../../../test_data/slack/trouble-current.json");
const CALM: &str = include_str!("../../../test_data/slack/calm-current.json");
const HISTORY: &str = include_str!("../../../test_data/slack/history.json");

const GIVEN: Given<'static> = Given::of(Platform::Slack);

fn active(kind: &str, status: &str, services: &str) -> String {
    format!(
        r#"{{"status":"active","active_incidents":[{{"id":1,"title":"A","type":"{kind}","status":"{status}","services":{services},"notes":[]}}]}}"#
    )
}

fn of(snapshot: &Snapshot, id: &str) -> Status {
    snapshot.components.iter().find(|it| it.id == id).map(|it| it.status).unwrap()
}

#[test]
fn types_become_impact_and_status() {
    let check = |kind: &str, impact: Impact, status: Status, warnings: usize| {
        let snapshot = GIVEN.fresh(active(kind, "active", r#"["Search"]"#));
        assert_eq!(snapshot.incidents[0].impact, impact, "{kind}");
        assert_eq!(of(&snapshot, "Search"), status, "{kind}");
        assert_eq!(of(&snapshot, "Messaging"), Status::Operational, "{kind}");
        assert_eq!(snapshot.overall.as_ref().unwrap().status, status, "{kind}");
        assert_eq!(snapshot.warnings.len(), warnings, "{kind}");
    };
    check("outage", Impact::Critical, Status::MajorOutage, 0);
    check("incident", Impact::Unknown, Status::DegradedPerformance, 0);
    check("notice", Impact::None, Status::Operational, 0);
    check("odd", Impact::Unknown, Status::Unknown, 1);
}

#[test]
fn states_become_phases() {
    let phase = |state: &str| GIVEN.fresh(active("incident", state, r#"["Search"]"#)).incidents[0].phase;
    assert_eq!(phase("active"), Phase::Investigating);
    assert_eq!(phase("resolved"), Phase::Resolved);
    assert_eq!(phase("odd"), Phase::Unknown);
    let work = |kind: &str, state: &str| {
        let snapshot = GIVEN.fresh(active(kind, state, r#"["Search"]"#));
        (snapshot.maintenances[0].status, of(&snapshot, "Search"))
    };
    assert_eq!(work("maintenance", "active"), (MaintenanceStatus::InProgress, Status::UnderMaintenance));
    assert_eq!(work("maintenance", "scheduled"), (MaintenanceStatus::Scheduled, Status::Operational));
    assert_eq!(work("incident", "scheduled"), (MaintenanceStatus::Scheduled, Status::Operational));
    assert_eq!(work("notice", "completed"), (MaintenanceStatus::Completed, Status::Operational));
    assert_eq!(work("notice", "cancelled"), (MaintenanceStatus::Cancelled, Status::Operational));
    assert_eq!(work("maintenance", "resolved"), (MaintenanceStatus::Completed, Status::Operational));
}

#[test]
fn services_are_the_fixed_set_by_the_names_of_today() {
    let calm = GIVEN.fresh(CALM);
    assert_eq!(calm.components.len(), SERVICES.len());
    assert!(calm.components.iter().all(|it| it.status == Status::Operational));
    assert!(calm.coverage.components && calm.coverage.open_incidents);
    let trouble = GIVEN.fresh(TROUBLE);
    assert_eq!(of(&trouble, "Files"), Status::DegradedPerformance);
    assert_eq!(trouble.incidents[0].components, ["Notifications", "Files"]);
    assert_eq!(
        (of(&trouble, "Lumen Gate"), of(&trouble, "Search")),
        (Status::MajorOutage, Status::Operational)
    );
}

#[test]
fn what_names_no_service_may_touch_any() {
    let blind = GIVEN.fresh(active("outage", "active", "[]"));
    assert!(blind.components.iter().all(|it| it.status == Status::Unknown));
    let notice = GIVEN.fresh(active("notice", "active", "[]"));
    assert!(notice.components.iter().all(|it| it.status == Status::Operational));
    // Rows that can't be read may touch any too.
    let lost = GIVEN.fresh(r#"{"status":"active","active_incidents":[7]}"#);
    assert!(!lost.coverage.components && !lost.coverage.open_incidents);
    assert_eq!(lost.overall.unwrap().status, Status::Unknown);
}

#[test]
fn the_claim_and_the_incidents_may_disagree() {
    let snapshot =
        GIVEN.fresh(TROUBLE.replace("\"status\": \"active\",\n  \"date", "\"status\": \"ok\",\n  \"date"));
    assert_eq!(snapshot.overall.unwrap().status, Status::Operational);
    assert_eq!(snapshot.incidents.len(), 2);
}

#[test]
fn a_document_without_its_heart_is_refused() {
    let check = |body: &str, reason: &str| assert_eq!(GIVEN.refused(body), reason);
    check(r#"{"status":"ok","active_incidents":{}}"#, "'active_incidents' is not a list");
    check(r#"{"active_incidents":[]}"#, "no status word");
    check(r#"{"status":"ok"}"#, "JSON of another shape: top-level keys status");
    check("[]", "JSON of another shape: an array");
}

#[test]
fn the_history_closes_nothing_and_stands_beside() {
    let history = GIVEN.fresh(HISTORY);
    assert_eq!(GIVEN.recognised(HISTORY), Some(Platform::Slack));
    assert_eq!((history.incidents.len(), history.maintenances.len(), history.components.len()), (2, 1, 0));
    let coverage = history.coverage;
    assert!(!coverage.components && !coverage.open_incidents && !coverage.open_maintenances);
    let url = |text: &str| Url::parse(text).unwrap();
    let companions = Slack.companions(&url("https://slack-status.com/api/v2.0.0/current"));
    assert_eq!(companions[0].url, "https://slack-status.com/api/v2.0.0/history");
    assert_eq!(companions[0].need, Need::History);
    assert_eq!(Slack.companions(&url("https://slack-status.com/feed/rss")), []);
    assert_eq!(
        Slack.probes(&url("https://status.slack.com/x")),
        ["https://status.slack.com/api/v2.0.0/current"]
    );
    assert_eq!(Slack.probes(&url("https://status.example.com/")), [""; 0]);
}

#[test]
fn the_captured_document_has_two_incidents() {
    let Some(body) = sample("slack/current-two-incidents.json") else { return };
    assert_eq!(GIVEN.recognised(&body), Some(Platform::Slack));
    let snapshot = GIVEN.fresh(&body);
    assert_eq!(snapshot.warnings, [""; 0]);
    let found: Vec<(&str, &[String])> =
        snapshot.incidents.iter().map(|it| (it.id.as_str(), it.components.as_slice())).collect();
    let (first, second) = (["Notifications".to_owned()], ["Apps/Integrations/APIs".to_owned()]);
    assert_eq!(found, [("878", first.as_slice()), ("879", second.as_slice())]);
    assert_eq!(
        snapshot.incidents[0].url.as_deref(),
        Some("https://status.slack.com/2020-07/ea58a170d343b2ad")
    );
    assert_eq!(snapshot.components.len(), SERVICES.len());
}

#[test]
fn beside_what_could_not_be_read_no_service_is_known_to_work() {
    for lost in [
        "7",
        "\"an incident\"",
        r#"{"title":"no id","type":"notice","status":"active","services":["Search"],"notes":[]}"#,
    ] {
        let body = format!(r#"{{"status":"active","active_incidents":[{lost}]}}"#);
        let snapshot = GIVEN.fresh(body);
        assert!(snapshot.components.iter().all(|it| it.status == Status::Unknown), "{lost}");
        assert!(!snapshot.coverage.components && !snapshot.coverage.open_incidents, "{lost}");
    }
}
