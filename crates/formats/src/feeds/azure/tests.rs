//! Azure: presence is trouble, absence is good news only of a feed that is made anew.

use domain::{Impact, Phase, Platform, Status};
use url::Url;

use super::{Azure, DEVOPS, FEED, POST};
use crate::feed::Need;
use crate::feeds::reader::Reader;
use crate::feeds::testing::{Given, sample};

const CALM: &str = include_str!("../../../test_data/azure/calm-feed.xml");
const TROUBLE: &str = include_str!("../../../test_data/azure/trouble-feed.xml");
const POSTED: &str = include_str!("../../../test_data/azure/post.json");

const GIVEN: Given<'static> = Given::of(Platform::Azure);

#[test]
fn what_is_in_the_feed_is_open_and_goes_when_it_goes() {
    let snapshot = GIVEN.fresh(TROUBLE);
    let found: Vec<(&str, Impact, Phase)> =
        snapshot.incidents.iter().map(|it| (it.id.as_str(), it.impact, it.phase)).collect();
    assert_eq!(
        found,
        [("LUMN-1XZ", Impact::Minor, Phase::Investigating), ("LUMN-2XZ", Impact::Minor, Phase::Monitoring),]
    );
    assert_eq!(snapshot.incidents[0].components, ["Lumen Store", "Northland"]);
    assert!(snapshot.coverage.open_incidents && GIVEN.fresh(CALM).coverage.open_incidents);
    // The number in the link is the incident's; a new guid for a new text is no new incident.
    let edited =
        TROUBLE.replace("<guid isPermaLink=\"false\">LUMN-1XZ", "<guid isPermaLink=\"false\">another");
    assert_eq!(GIVEN.fresh(edited).incidents[0].id, "LUMN-1XZ");
}

#[test]
fn a_feed_that_nobody_makes_anew_is_no_good_news() {
    let old = GIVEN.at("2026-09-15T14:00:00Z");
    assert_eq!(old.refused(CALM), "not made anew since 2026-09-15T11:59:00Z");
    assert_eq!(old.refused(TROUBLE), "not made anew since 2026-09-15T11:59:00Z");
    let undated = CALM.replace("lastBuildDate", "built");
    assert_eq!(GIVEN.refused(undated), "a feed without items that does not say when it was made");
    let undated = TROUBLE.replace("lastBuildDate", "built");
    assert_eq!(GIVEN.fresh(undated).incidents.len(), 2);
}

#[test]
fn only_a_feed_that_names_the_page_is_of_azure() {
    assert_eq!(GIVEN.recognised(CALM), Some(Platform::Azure));
    let other = CALM.replace("azure.status.microsoft", "azure.example.com");
    assert_eq!(GIVEN.refused(other), "XML of another shape");
}

#[test]
fn devops_words_become_statuses() {
    let check = |health: &str, expect: Status| {
        let body = format!(
            r#"{{"status":{{"health":{health}}},"services":[{{"id":"Test Plans","geographies":[{{"id":"EU","name":"Europe","health":{health}}}]}}]}}"#
        );
        let snapshot = GIVEN.fresh(body);
        assert_eq!(snapshot.overall.unwrap().status, expect, "{health}");
        let component = &snapshot.components[0];
        assert_eq!((component.id.as_str(), component.status), ("Test Plans/EU", expect), "{health}");
        assert_eq!(component.group.as_deref(), Some("Test Plans"));
    };
    for (words, expect) in [
        (["\"healthy\"", "4"], Status::Operational),
        (["\"advisory\"", "3"], Status::DegradedPerformance),
        (["\"degraded\"", "\"Degraded\""], Status::DegradedPerformance),
        (["\"unhealthy\"", "1"], Status::MajorOutage),
        (["\"fine\"", "9"], Status::Unknown),
    ] {
        words.iter().for_each(|word| check(word, expect));
    }
    let heartless = r#"{"status":{},"services":[{"id":"A","geographies":[]}]}"#;
    assert_eq!(GIVEN.refused(heartless), "no word for the whole");
    let lost = r#"{"status":{"health":"healthy"},"services":[{"id":"A","geographies":[{"id":"EU","health":"healthy"},7]}]}"#;
    assert!(!GIVEN.fresh(lost).coverage.components);
}

#[test]
fn the_post_beside_the_feed_says_it_in_a_word() {
    let companions = Azure.companions(&Url::parse(FEED).unwrap());
    assert_eq!((companions[0].url.as_str(), companions[0].need), (POST, Need::Detail));
    let post = GIVEN.from(POST).fresh(POSTED);
    assert_eq!((post.platform, post.overall.unwrap().status), (Platform::Azure, Status::Operational));
    assert!(!post.coverage.open_incidents);
    let frozen = GIVEN.from(POST).at("2026-09-15T14:00:00Z").refused(POSTED);
    assert_eq!(frozen, "not made anew since 2026-09-15T11:59:30Z");
}

#[test]
fn probes_stay_at_home() {
    let probes = |page: &str| Azure.probes(&Url::parse(page).unwrap());
    assert_eq!(probes("https://azure.status.microsoft/en-us/status"), [FEED]);
    assert_eq!(probes("https://status.dev.azure.com/"), [DEVOPS]);
    assert_eq!(probes("https://status.example.com/"), [""; 0]);
}

#[test]
fn the_captured_feed_is_calm() {
    let Some(body) = sample("azure/feed-empty.xml") else { return };
    assert_eq!(GIVEN.recognised(&body), Some(Platform::Azure));
    let snapshot = GIVEN.at("2026-07-31T00:13:00Z").fresh(&body);
    assert_eq!((snapshot.incidents.len(), snapshot.warnings.len()), (0, 0));
    assert!(snapshot.coverage.open_incidents);
}
