//! Zendesk: flags, words, and what stands beside.

use domain::snapshot::{Reading, Snapshot};
use domain::{Impact, MaintenanceStatus, Phase, Platform, Status};
use url::Url;

use super::Zendesk;
use crate::feed::Need;
use crate::feeds::reader::Reader;
use crate::feeds::testing::Given;

const TROUBLE: &str = include_str!("../../../test_data/zendesk/trouble-active.json");
const CALM: &str = include_str!("../../../test_data/zendesk/calm-active.json");
const WORK: &str = include_str!("../../../test_data/zendesk/maintenance.json");
const SERVICES: &str = include_str!("../../../test_data/zendesk/services.json");
const ACTIVE: &str = "https://status.zendesk.com/api/incidents/active";
const MAINTENANCE: &str = "https://status.zendesk.com/api/incidents/maintenance";

const GIVEN: Given<'static> = Given::of(Platform::Zendesk);

fn incident(attributes: &str) -> Snapshot {
    GIVEN.from(ACTIVE).fresh(format!(
        r#"{{"data":[{{"id":"1","type":"incident","attributes":{{"title":"A"{attributes}}}}}],"included":[
        {{"id":"2","type":"incidentService","attributes":{{"incidentId":1,"serviceId":3,"serviceName":"S"}}}}]}}"#
    ))
}

#[test]
fn flags_become_impact_and_status() {
    let check = |attributes: &str, impact: Impact, status: Option<Status>, warnings: usize| {
        let snapshot = incident(attributes);
        assert_eq!(snapshot.incidents[0].impact, impact, "{attributes}");
        assert_eq!(snapshot.components.first().map(|it| it.status), status, "{attributes}");
        assert_eq!(snapshot.warnings.len(), warnings, "{attributes}");
    };
    check(r#","outage":true,"degradation":true"#, Impact::Critical, Some(Status::MajorOutage), 0);
    check(r#","outage":false,"degradation":true"#, Impact::Minor, Some(Status::DegradedPerformance), 0);
    check(r#","impact":"Major""#, Impact::Major, Some(Status::PartialOutage), 0);
    check(r#","impact":"odd""#, Impact::Unknown, Some(Status::Unknown), 1);
    check("", Impact::Unknown, Some(Status::Unknown), 0);
}

#[test]
fn words_become_phases_and_an_end_is_an_end() {
    let phase = |attributes: &str| incident(attributes).incidents[0].phase;
    assert_eq!(phase(""), Phase::Investigating);
    assert_eq!(phase(r#","status":"active""#), Phase::Investigating);
    assert_eq!(phase(r#","status":"Identified""#), Phase::Identified);
    assert_eq!(phase(r#","status":"monitoring""#), Phase::Monitoring);
    assert_eq!(phase(r#","status":"odd""#), Phase::Unknown);
    assert_eq!(phase(r#","status":"identified","resolvedAt":"2026-09-15T11:00:00Z""#), Phase::Resolved);
    assert_eq!(phase(r#","status":"identified","resolvedAt":"2026-09-15T13:00:00Z""#), Phase::Identified);
    assert_eq!(incident(r#","outage":true,"resolvedAt":"2026-09-15T11:00:00Z""#).components, []);
}

#[test]
fn services_and_updates_are_found_by_either_way_to_name_them() {
    let snapshot = GIVEN.from(ACTIVE).fresh(TROUBLE);
    assert_eq!(snapshot.warnings, [""; 0]);
    let found: Vec<(&str, &str, Status)> =
        snapshot.components.iter().map(|it| (it.id.as_str(), it.name.as_str(), it.status)).collect();
    assert_eq!(
        found,
        [("11", "Lumen Lantern", Status::MajorOutage), ("12", "Lumen Mail", Status::DegradedPerformance)]
    );
    assert_eq!(snapshot.incidents[0].updates[0].body, "We are looking.");
    assert_eq!(snapshot.incidents[1].components, ["12"]);
    let recovered =
        TROUBLE.replace("\"serviceId\": 11,", "\"serviceId\": 11, \"resolvedAt\": \"2026-09-15T11:00:00Z\",");
    let snapshot = GIVEN.from(ACTIVE).fresh(recovered);
    assert_eq!((snapshot.components.len(), snapshot.incidents[0].components.len()), (1, 0));
}

#[test]
fn work_is_told_by_its_planned_times() {
    let status = |at: &str| GIVEN.from(MAINTENANCE).at(at).fresh(WORK).maintenances[0].status;
    assert_eq!(status("2026-09-15T12:00:00Z"), MaintenanceStatus::Scheduled);
    assert_eq!(status("2026-09-20T11:00:00Z"), MaintenanceStatus::InProgress);
    assert_eq!(status("2026-09-20T12:00:00Z"), MaintenanceStatus::Completed);
    let untimed = WORK.replace("Time\"", "Odd\"");
    assert_eq!(GIVEN.from(MAINTENANCE).fresh(untimed).maintenances[0].status, MaintenanceStatus::Scheduled);
    let coverage = GIVEN.from(MAINTENANCE).fresh(WORK).coverage;
    assert!(coverage.open_maintenances && !coverage.open_incidents);
}

#[test]
fn an_empty_list_is_calm_at_its_own_address_only() {
    let calm = GIVEN.from(ACTIVE).fresh(CALM);
    assert!(calm.coverage.open_incidents && !calm.coverage.open_maintenances);
    assert!(matches!(GIVEN.read(CALM), Reading::Unreadable { .. }));
    assert_eq!(GIVEN.from(ACTIVE).refused(r#"{"data":{}}"#), "'data' is not a list");
    assert!(!GIVEN.from(ACTIVE).fresh(r#"{"data":[7]}"#).coverage.open_incidents);
}

#[test]
fn lists_stand_beside_within_what_the_host_allows() {
    let feed = Url::parse(&format!("{ACTIVE}?subdomain=lumen")).unwrap();
    let companions = Zendesk.companions(&feed);
    let urls: Vec<&str> = companions.iter().map(|it| it.url.as_str()).collect();
    let services = "https://status.zendesk.com/api/ssp/services.json?subdomain=lumen#beside=active";
    assert_eq!(urls, ["https://status.zendesk.com/api/incidents/maintenance?subdomain=lumen", services]);
    assert!(companions.iter().all(|it| it.need == Need::Detail));
    let beside = GIVEN.from(services).fresh(SERVICES);
    assert!(
        beside.coverage.components && beside.components.iter().all(|it| it.status == Status::Operational)
    );
    let alone = GIVEN.from("https://status.zendesk.com/api/ssp/services.json").fresh(SERVICES);
    assert!(alone.components.iter().all(|it| it.status == Status::Unknown));
    let per_minute = 60 / Zendesk.shortest_interval().as_secs() * 3;
    assert!(per_minute <= 10);
    assert_eq!(Zendesk.probes(&Url::parse("https://status.zendesk.com/").unwrap()), [ACTIVE]);
    assert_eq!(Zendesk.probes(&Url::parse("https://status.example.com/").unwrap()), [""; 0]);
}

#[test]
fn without_all_that_is_included_nobody_knows_which_services_are_touched() {
    let lost = TROUBLE.replacen("\"included\": [", "\"included\": [7, ", 1);
    assert_ne!(lost, TROUBLE);
    let lists_all = |body: &str| GIVEN.from(ACTIVE).fresh(body).coverage.open_incidents;
    assert!(lists_all(TROUBLE) && !lists_all(&lost));
}

#[test]
fn a_service_that_is_referred_to_and_not_included_leaves_the_list_open() {
    let lists_all = |body: &str| GIVEN.from(ACTIVE).fresh(body).coverage.open_incidents;
    let other = TROUBLE.replacen(
        "\"id\": \"12\",\n              \"type\": \"service\"",
        "\"id\": \"999\",\n              \"type\": \"service\"",
        1,
    );
    assert_ne!(other, TROUBLE);
    assert!(lists_all(TROUBLE) && !lists_all(&other));
}
