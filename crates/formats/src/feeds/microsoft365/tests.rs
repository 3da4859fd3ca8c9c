//! Microsoft 365: words in many spellings, and a host that must still look.

use domain::{Platform, Status};
use url::Url;

use super::Microsoft365;
use crate::feeds::reader::Reader;
use crate::feeds::testing::Given;

const LIST: &str = include_str!("../../../test_data/microsoft365/trouble-consumer.json");
const FEED: &str = include_str!("../../../test_data/microsoft365/calm-feed.xml");
const CONSUMER: &str = "https://status.cloud.microsoft/api/posts/m365Consumer";

const GIVEN: Given<'static> = Given::of(Platform::Microsoft365);

#[test]
fn words_become_statuses() {
    for (words, expect) in [
        (["Operational", "Available", "Service restored"], Status::Operational),
        (["Service degradation", "serviceDegradation", "investigating"], Status::DegradedPerformance),
        (["Incident", "INCIDENT", "incident"], Status::PartialOutage),
        (["Service interruption", "ServiceInterruption", "unavailable"], Status::MajorOutage),
        (["Maintenance", "maintenance", "MAINTENANCE"], Status::UnderMaintenance),
        (["Splendid", "-7", "9"], Status::Unknown),
    ] {
        for word in words {
            let list =
                GIVEN.from(CONSUMER).fresh(format!(r#"[{{"ServiceDisplayName":"A b","Status":"{word}"}}]"#));
            let component = &list.components[0];
            assert_eq!((component.id.as_str(), component.status), ("A b", expect), "{word}");
            assert_eq!(list.warnings.is_empty(), expect != Status::Unknown, "{word}");
            let one = GIVEN.from(CONSUMER).fresh(format!(r#"{{"Status":"{word}"}}"#));
            assert_eq!(one.overall.unwrap().status, expect, "{word}");
        }
    }
}

#[test]
fn rows_that_are_lost_close_nothing() {
    assert!(GIVEN.from(CONSUMER).fresh(LIST).coverage.components);
    let check = |body: &str| assert!(!GIVEN.from(CONSUMER).fresh(body).coverage.components, "{body}");
    check(&LIST.replace("Lumen Drive", "Lumen Mail"));
    check(&LIST.replace("\"Lumen Drive\"", "[]"));
}

#[test]
fn a_host_that_no_longer_looks_is_not_believed() {
    let later = GIVEN.from(CONSUMER).at("2026-09-15T13:30:00Z");
    assert_eq!(later.refused(LIST), "not made anew since 2026-09-15T11:59:30Z");
    // A time without a zone proves nothing.
    assert_eq!(later.fresh(LIST.replace("30Z", "30")).components.len(), 2);
}

#[test]
fn a_status_alone_is_ours_at_home_only() {
    assert_eq!(
        GIVEN.refused(r#"{"Status":"Available","PageName":"x"}"#),
        "JSON of another shape: top-level keys Status, PageName"
    );
    assert_eq!(GIVEN.refused("[]"), "JSON of another shape: an array");
    assert_eq!(GIVEN.recognised(LIST), Some(Platform::Microsoft365));
    assert_eq!(GIVEN.recognised(FEED), Some(Platform::Microsoft365));
    assert_eq!(
        GIVEN.refused(FEED.replace("status.cloud.microsoft", "status.example.com")),
        "XML of another shape"
    );
}

#[test]
fn probes_stay_at_home() {
    let probes = |page: &str| Microsoft365.probes(&Url::parse(page).unwrap());
    assert_eq!(probes("https://status.cloud.microsoft/"), [CONSUMER]);
    assert_eq!(probes("https://status.example.com/"), [""; 0]);
}
