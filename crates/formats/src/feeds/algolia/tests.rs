//! Algolia: words of clusters, and which entry of a log still stands.

use super::*;
use crate::feed::{companions, probes, recognise};
use crate::feeds::testing::{Given, covers, source};

const URL: &str = "https://status.algolia.com/1/status";
const LOGS: &str = include_str!("../../../test_data/algolia/incidents.json");

fn algolia(body: &str) -> Snapshot {
    Given::of(Platform::Algolia).from(URL).fresh(body)
}

#[test]
fn each_word_of_a_cluster_is_a_status() {
    let check = |word: &str, expect: Status, warnings: usize| {
        let snapshot = algolia(&format!(r#"{{"status":{{"c1-eu":"{word}"}}}}"#));
        assert_eq!((snapshot.components[0].status, snapshot.warnings.len()), (expect, warnings), "{word}");
    };
    check("operational", Status::Operational, 0);
    check("degraded_performance", Status::DegradedPerformance, 0);
    check("partial_outage", Status::PartialOutage, 0);
    check("major_outage", Status::MajorOutage, 0);
    check("sleepy", Status::Unknown, 1);
    check("unknown", Status::Unknown, 1);
}

#[test]
fn a_status_without_clusters_is_refused() {
    assert_eq!(
        Given::of(Platform::Algolia).from(URL).refused(r#"{"status":{}}"#),
        "a status without clusters"
    );
    assert_eq!(
        Given::of(Platform::Algolia).from(URL).refused(r#"{"status":"operational"}"#),
        "'status' is not an object"
    );
    let other = "https://status.lumen.example/x";
    for body in [r#"{"status":{"indicator":"none"}}"#, r#"{"page":{},"status":{"a":"operational"}}"#] {
        assert_ne!(recognise(&source(other, body)), Some(Platform::Algolia), "{body}");
    }
}

#[test]
fn the_newest_entry_of_a_cluster_stands() {
    let snapshot = algolia(LOGS);
    let rows: Vec<_> = snapshot
        .incidents
        .iter()
        .map(|it| (it.id.as_str(), it.phase, it.impact, it.components.join(" ")))
        .collect();
    let row = |id, phase, impact, clusters: &str| (id, phase, impact, clusters.to_owned());
    assert_eq!(
        rows,
        [
            row("1789466400000", Phase::Resolved, Impact::None, "c1-eu"),
            row("1789462800000", Phase::Investigating, Impact::Critical, "c1-eu c2-us"),
            row("1785600000000", Phase::Resolved, Impact::Minor, "c3-de"),
        ]
    );
    assert_eq!(covers(&snapshot), [false; 3]);
    assert_eq!(snapshot.warnings, [""; 0]);
    let over = algolia(&LOGS.replace("\"c2-us\"", "\"c1-eu2\"").replace("1789462800000", "1785600000001"));
    assert!(over.incidents.iter().all(|incident| incident.phase == Phase::Resolved), "{:?}", over.incidents);
}

#[test]
fn only_its_own_host_is_asked() {
    let url = "https://status.algolia.com/1/incidents".to_owned();
    assert_eq!(companions(Platform::Algolia, URL), [Companion { url, need: Need::Detail }]);
    assert!(probes("https://www.algolia.com/").contains(&(Platform::Algolia, URL.to_owned())));
    assert!(probes("https://notalgolia.com/").iter().all(|(platform, _)| *platform != Platform::Algolia));
}
