//! Salesforce: words of instances, and what is over.

use domain::{Impact, MaintenanceStatus, Phase, Platform, Status};
use url::Url;

use super::Salesforce;
use crate::feed::Need;
use crate::feeds::reader::Reader;
use crate::feeds::testing::{Given, sample};

const TROUBLE: &str = include_str!("../../../test_data/salesforce/trouble-instances.json");
const CALM: &str = include_str!("../../../test_data/salesforce/calm-instance.json");
const INCIDENTS: &str = include_str!("../../../test_data/salesforce/incidents.json");
const PREVIEW: &str = "https://api.status.salesforce.com/v1/instances/status/preview";

const GIVEN: Given<'static> = Given::of(Platform::Salesforce);

#[test]
fn words_become_statuses() {
    for (word, expect) in [
        ("OK", Status::Operational),
        ("MAINTENANCE_NONCORE", Status::UnderMaintenance),
        ("MAINTENANCE_CORE", Status::UnderMaintenance),
        ("MINOR_INCIDENT_NONCORE", Status::DegradedPerformance),
        ("MINOR_INCIDENT_CORE", Status::DegradedPerformance),
        ("MAJOR_INCIDENT_NONCORE", Status::PartialOutage),
        ("MAJOR_INCIDENT_CORE", Status::MajorOutage),
        ("ok", Status::Unknown),
    ] {
        let snapshot = GIVEN.fresh(CALM.replace("\"OK\"", &format!("\"{word}\"")));
        assert_eq!(snapshot.components[0].status, expect, "{word}");
        assert_eq!(snapshot.warnings.is_empty(), expect != Status::Unknown, "{word}");
    }
}

#[test]
fn an_incident_is_open_while_an_impact_has_no_end() {
    let check = |end: &str, severity: &str, core: bool, phase: Phase, impact: Impact| {
        let body = INCIDENTS
            .replace("\"2026-09-01T11:00:00.000Z\"", end)
            .replace("\"major\"", severity)
            .replace("\"isCore\": false", &format!("\"isCore\": {core}"));
        let snapshot = GIVEN.fresh(body);
        let incident = &snapshot.incidents[0];
        assert_eq!((incident.phase, incident.impact), (phase, impact), "{end} {severity} {core}");
    };
    check("\"2026-09-01T11:00:00Z\"", "\"major\"", false, Phase::Resolved, Impact::Major);
    check("null", "\"major\"", true, Phase::Investigating, Impact::Critical);
    check("null", "\"minor\"", true, Phase::Investigating, Impact::Minor);
    check("\"soon\"", "\"odd\"", true, Phase::Investigating, Impact::Unknown);
    check("\"2026-09-16T11:00:00Z\"", "\"minor\"", false, Phase::Investigating, Impact::Minor);
    let bare = GIVEN.fresh(r#"[{"id":1,"IncidentImpacts":[]}]"#);
    assert_eq!((bare.incidents[0].phase, bare.incidents[0].name.as_str()), (Phase::Unknown, "Incident 1"));
}

#[test]
fn an_incident_of_several_instances_is_one_and_called_by_what_it_does() {
    let snapshot = GIVEN.from(PREVIEW).fresh(TROUBLE);
    assert_eq!(snapshot.incidents.len(), 1);
    let incident = &snapshot.incidents[0];
    assert_eq!(incident.name, "Lantern disruption on LU137, LU138");
    assert_eq!((incident.impact, incident.raw_impact.as_deref()), (Impact::Critical, Some("major")));
    assert_eq!(incident.components, ["LU137", "LU138"]);
    let coverage = snapshot.coverage;
    assert!(coverage.components && coverage.open_incidents && coverage.open_maintenances);
}

#[test]
fn an_instance_is_picked_by_path_or_fragment() {
    let url = format!("{PREVIEW}#instance=LU138");
    let snapshot = GIVEN.from(&url).fresh(TROUBLE);
    assert_eq!(snapshot.components.len(), 1);
    assert_eq!(snapshot.components[0].status, Status::DegradedPerformance);
    let picked = |key: &str| {
        let url = format!("https://api.status.salesforce.com/v1/incidents#instance={key}");
        GIVEN.from(&url).fresh(INCIDENTS).incidents.len()
    };
    assert_eq!((picked("LU137"), picked("LU138")), (1, 0));
    let inactive = GIVEN.fresh(TROUBLE.replacen("\"isActive\": true", "\"isActive\": false", 1));
    assert_eq!(inactive.components.len(), 1);
    let none = GIVEN
        .from("https://api.status.salesforce.com/v1/instances/status/preview#instance=XX1")
        .fresh(TROUBLE);
    assert!(!none.coverage.components && !none.coverage.open_incidents && none.warnings.len() == 1);
    let odd = GIVEN.fresh(TROUBLE.replacen("\"isActive\": true", "\"isActive\": 7", 1));
    assert_eq!(odd.components.len(), 2);
    // One instance that its own address does not name is not the one that was asked for.
    let other = GIVEN.from("https://api.status.salesforce.com/v1/instances/XX1/status");
    assert_eq!(other.refused(CALM), "the status of another instance");
    assert_eq!(GIVEN.refused(CALM.replace("\"status\"", "\"state\"")), "an instance without a status");
}

#[test]
fn work_is_told_by_its_word_or_its_times() {
    let check = |word: &str, at: &str, expect: MaintenanceStatus| {
        let body = CALM.replace("\"eventStatus\": \"scheduled\"", &format!("\"eventStatus\": {word}"));
        assert_eq!(GIVEN.at(at).fresh(body).maintenances[0].status, expect, "{word} {at}");
    };
    let (before, within, after) = ("2026-10-03T01:59:00Z", "2026-10-03T02:01:00Z", "2026-10-03T02:06:00Z");
    check("\"scheduled\"", after, MaintenanceStatus::Scheduled);
    check("\"inProgress\"", before, MaintenanceStatus::InProgress);
    check("\"completed\"", within, MaintenanceStatus::Completed);
    check("\"canceled\"", within, MaintenanceStatus::Cancelled);
    check("\"odd\"", within, MaintenanceStatus::Unknown);
    check("null", before, MaintenanceStatus::Scheduled);
    check("null", within, MaintenanceStatus::InProgress);
    check("null", after, MaintenanceStatus::Completed);
}

#[test]
fn lists_stand_beside_and_probes_stay_at_home() {
    let url = |text: &str| Url::parse(text).unwrap();
    let of = |text: &str| Salesforce.companions(&url(text)).into_iter().map(|it| it.url).collect::<Vec<_>>();
    let api = "https://api.status.salesforce.com/v1";
    assert_eq!(of(PREVIEW), [format!("{api}/incidents"), format!("{api}/maintenances")]);
    assert_eq!(of(&format!("{PREVIEW}?products=Lantern")), [""; 0]);
    assert_eq!(of(&format!("{api}/instances/LU1/status"))[0], format!("{api}/incidents#instance=LU1"));
    assert!(Salesforce.companions(&url(PREVIEW)).iter().all(|it| it.need == Need::History));
    let probe = |text: &str| Salesforce.probes(&url(text));
    assert_eq!(probe("https://status.salesforce.com/"), [PREVIEW]);
    assert_eq!(probe("https://status.salesforce.com/instances/NA1"), [format!("{api}/instances/NA1/status")]);
    assert_eq!(
        probe("https://trust.salesforce.com/products/Lantern"),
        [format!("{PREVIEW}?products=Lantern")]
    );
    assert_eq!(probe("https://status.example.com/instances/NA1"), [""; 0]);
}

#[test]
fn the_captured_preview_has_one_instance_in_trouble() {
    let Some(body) = sample("salesforce/instances-status-preview.json") else { return };
    assert_eq!(GIVEN.recognised(&body), Some(Platform::Salesforce));
    let snapshot = GIVEN.at("2020-07-29T20:00:00Z").from(PREVIEW).fresh(&body);
    assert_eq!(snapshot.warnings, [""; 0]);
    assert_eq!(snapshot.components.len(), 1_463);
    let troubled: Vec<&str> = snapshot
        .components
        .iter()
        .filter(|it| it.status != Status::Operational)
        .map(|it| it.id.as_str())
        .collect();
    assert_eq!(troubled, ["NA137"]);
    let incident = &snapshot.incidents[0];
    assert_eq!(incident.name, "Performance degradation asynchronous processing subset on NA137");
    assert_eq!((incident.phase, incident.impact), (Phase::Investigating, Impact::Minor));
    assert!(snapshot.coverage.components && snapshot.coverage.open_incidents);
}
