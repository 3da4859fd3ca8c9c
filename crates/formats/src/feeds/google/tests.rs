//! Google: what an open incident makes of its products, and what a list of products may not claim.

use domain::snapshot::{Reading, Snapshot};
use domain::{Impact, Phase, Platform, Status};
use url::Url;

use super::{Google, is_report};
use crate::feed::{Need, probes};
use crate::feeds::reader::Reader;
use crate::feeds::testing::{Given, sample};

const TROUBLE: &str = include_str!("../../../test_data/google/trouble-incidents.json");
const CALM: &str = include_str!("../../../test_data/google/calm-incidents.json");
const PRODUCTS: &str = include_str!("../../../test_data/google/products.json");
const LIST: &str = "https://status.cloud.google.com/incidents.json";

const GIVEN: Given<'static> = Given::of(Platform::Google);

fn components(snapshot: &Snapshot) -> Vec<(&str, Status)> {
    snapshot.components.iter().map(|it| (it.name.as_str(), it.status)).collect()
}

/// An open incident with these words, of one product.
fn open(impact: &str, severity: &str, latest: &str) -> String {
    format!(
        r#"[{{"id":"a","begin":"2026-09-15T08:00:00Z","external_desc":"A","status_impact":"{impact}","severity":"{severity}",
        "most_recent_update":{{"created":"2026-09-15T08:00:00Z","status":"{latest}"}},
        "affected_products":[{{"id":"p","title":"P"}}]}}]"#
    )
}

#[test]
fn words_become_impact_and_status() {
    let check = |words: [&str; 3], impact: Impact, status: Option<Status>, phase: Phase, warnings: usize| {
        let snapshot = GIVEN.fresh(open(words[0], words[1], words[2]));
        let incident = &snapshot.incidents[0];
        assert_eq!((incident.impact, incident.phase), (impact, phase), "{words:?}");
        assert_eq!(snapshot.components.first().map(|it| it.status), status, "{words:?}");
        assert_eq!(snapshot.warnings.len(), warnings, "{words:?}: {:?}", snapshot.warnings);
    };
    let open = Phase::Investigating;
    let (outage, disruption) = ("SERVICE_OUTAGE", "SERVICE_DISRUPTION");
    check([outage, "high", outage], Impact::Critical, Some(Status::MajorOutage), open, 0);
    check([disruption, "medium", disruption], Impact::Major, Some(Status::PartialOutage), open, 0);
    check([disruption, "low", disruption], Impact::Minor, Some(Status::PartialOutage), open, 0);
    check(["SERVICE_INFORMATION", "low", "SERVICE_INFORMATION"], Impact::None, None, open, 0);
    let work = "SERVICE_MAINTENANCE";
    check([work, "low", work], Impact::Maintenance, Some(Status::UnderMaintenance), open, 0);
    // The newest update has the last word, where it is a word.
    check([outage, "high", "AVAILABLE"], Impact::Critical, None, Phase::Monitoring, 0);
    check([outage, "high", "SERVICE_ODD"], Impact::Critical, Some(Status::MajorOutage), open, 1);
    check(["SERVICE_INFORMATION", "low", "SERVICE_ODD"], Impact::None, Some(Status::Unknown), open, 1);
    check(["SERVICE_ODD", "high", "SERVICE_ODD"], Impact::Unknown, Some(Status::Unknown), open, 2);
}

#[test]
fn an_end_that_is_no_time_or_lies_ahead_ends_nothing() {
    let check = |end: &str, phase: Phase| {
        let body = open("SERVICE_OUTAGE", "high", "SERVICE_OUTAGE")
            .replace(r#""id":"a","#, &format!(r#""id":"a","end":{end},"#));
        assert_eq!(GIVEN.fresh(body).incidents[0].phase, phase, "{end}");
    };
    check("null", Phase::Investigating);
    check("\"soon\"", Phase::Investigating);
    check("\"2026-09-15T13:00:00Z\"", Phase::Investigating);
    check("\"2026-09-15T11:00:00Z\"", Phase::Resolved);
}

#[test]
fn reports_explain_only_what_is_over() {
    for (text, expect) in [
        ("## \\# Incident Report\n", true),
        ("# Preliminary Incident Report", true),
        ("**Mini Incident Report**", true),
        ("An Incident Report will follow", false),
    ] {
        assert_eq!(is_report(text), expect, "{text}");
    }
    let calm = GIVEN.from(LIST).fresh(CALM);
    let phases: Vec<Phase> = calm.incidents.iter().map(|incident| incident.phase).collect();
    assert_eq!(phases, [Phase::Postmortem, Phase::Resolved]);
}

#[test]
fn the_address_narrows_to_a_product_and_a_place() {
    let check = |fragment: &str, incidents: usize, expect: &[&str]| {
        let url = format!("{LIST}#{fragment}");
        let snapshot = GIVEN.from(&url).fresh(TROUBLE);
        assert_eq!(snapshot.incidents.len(), incidents, "{fragment}");
        let names: Vec<&str> = components(&snapshot).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, expect, "{fragment}");
    };
    check("", 2, &["Lumen Mail Plus", "Lumen Calendar", "Lumen Vault"]);
    check("product=CalCalCalCalCalCalCa", 1, &["Lumen Calendar"]);
    check("product=CalCalCalCalCalCalCa&location=south-1", 0, &[]);
    check("product=CalCalCalCalCalCalCa&location=north-1", 1, &["Lumen Calendar"]);
    // An incident that names no places is everywhere.
    check("location=south-1", 1, &["Lumen Vault"]);
}

#[test]
fn products_work_only_beside_the_incidents() {
    let url = Url::parse(&format!("{LIST}#product=VauVauVauVauVauVauVa")).unwrap();
    let companions = Google.companions(&url);
    assert_eq!((companions.len(), companions[0].need), (1, Need::Detail));
    let beside = GIVEN.from(&companions[0].url).fresh(PRODUCTS);
    assert_eq!(components(&beside), [("Lumen Vault", Status::Operational)]);
    assert!(beside.coverage.components && !beside.coverage.open_incidents);
    let alone = GIVEN.from("https://status.cloud.google.com/products.json").fresh(PRODUCTS);
    assert!(alone.components.iter().all(|it| it.status == Status::Unknown));
    assert_eq!(GIVEN.recognised(PRODUCTS), None);
    assert_eq!(GIVEN.from(&companions[0].url).refused(r#"{"products":{}}"#), "no list of products");
}

#[test]
fn an_empty_list_is_calm_at_a_dashboard_only() {
    let calm = GIVEN.from("https://ads.google.com/status/publisher/incidents.json").fresh("[]");
    assert!(calm.coverage.open_incidents && calm.incidents.is_empty());
    assert!(matches!(GIVEN.read("[]"), Reading::Unreadable { .. }));
    assert!(matches!(
        GIVEN.from("https://status.example.com/incidents.json").read("[]"),
        Reading::Unreadable { .. }
    ));
    // Rows that can't be read close nothing.
    assert!(!GIVEN.from(LIST).fresh("[7]").coverage.open_incidents);
}

#[test]
fn dashboards_are_known_by_their_host() {
    let check = |page: &str, expect: &[&str]| {
        let found: Vec<String> = Google.probes(&Url::parse(page).unwrap());
        assert_eq!(found, expect, "{page}");
        assert!(probes(page).iter().filter(|(platform, _)| *platform == Platform::Google).count() <= 1);
    };
    check("https://status.cloud.google.com/", &[LIST]);
    check("https://status.cloud.google.com/summary", &[LIST]);
    check(
        "https://status.cloud.google.com/maps-platform",
        &["https://status.cloud.google.com/maps-platform/incidents.json"],
    );
    check(
        "https://www.google.com/appsstatus",
        &["https://www.google.com/appsstatus/dashboard/incidents.json"],
    );
    check(
        "https://www.google.com/appsstatus/dashboard/summary",
        &["https://www.google.com/appsstatus/dashboard/incidents.json"],
    );
    check(
        "https://ads.google.com/status/publisher",
        &["https://ads.google.com/status/publisher/incidents.json"],
    );
    check("https://www.google.com/search", &[]);
    check("https://status.example.com/", &[]);
}

#[test]
fn captured_incidents_are_over_and_explained() {
    let Some(body) = sample("googlecloud/cloud-incidents-trimmed.json") else { return };
    assert_eq!(GIVEN.recognised(&body), Some(Platform::Google));
    let snapshot = GIVEN.from(LIST).fresh(&body);
    assert_eq!(snapshot.warnings, [""; 0]);
    let found: Vec<(&str, Impact, Phase, usize, usize)> = snapshot
        .incidents
        .iter()
        .map(|it| (it.id.as_str(), it.impact, it.phase, it.components.len(), it.updates.len()))
        .collect();
    assert_eq!(found[0], ("3BvH3LVGcupoYqV6F4Nw", Impact::Major, Phase::Postmortem, 3, 12));
    assert_eq!(found[1], ("T8gmtofFSTGT5tbhyciF", Impact::Major, Phase::Postmortem, 1, 11));
    assert_eq!(snapshot.components, []);
    assert_eq!(
        snapshot.incidents[0].url.as_deref(),
        Some("https://status.cloud.google.com/incidents/3BvH3LVGcupoYqV6F4Nw")
    );
}

#[test]
fn an_open_incident_whose_products_were_lost_leaves_the_list_open() {
    let lists_all = |body: &str| GIVEN.fresh(body).coverage.open_incidents;
    let lost = TROUBLE.replacen("\"affected_products\": [", "\"affected_products\": [7, ", 1);
    let past = CALM.replacen("\"affected_products\": [", "\"affected_products\": [7, ", 1);
    assert!(lost != TROUBLE && past != CALM);
    assert!(lists_all(TROUBLE) && !lists_all(&lost) && lists_all(&past));
}
