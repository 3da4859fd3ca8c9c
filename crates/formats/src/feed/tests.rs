//! Documents that were cut, bent or are somebody else's: nothing panics, and nothing that was not understood is green.

use domain::snapshot::{Reading, Snapshot};
use domain::{Platform, Status};
use proptest::prelude::*;

use super::*;

mod contract;
mod samples;

const DOCUMENTS: [&str; 6] = [
    include_str!("../../test_data/statuspage/trouble-summary.json"),
    include_str!("../../test_data/statuspage/calm-summary.json"),
    include_str!("../../test_data/statuspage/incidents.json"),
    include_str!("../../test_data/statuspage/scheduled-maintenances.json"),
    include_str!("../../test_data/incidentio/calm-compatible.json"),
    include_str!("../../test_data/statuspage/incident.json"),
];

fn source(body: &[u8]) -> Source<'_> {
    Source {
        url: None,
        content_type: Some("application/json"),
        status: 200,
        body,
        at: "2026-09-15T12:00:00Z".parse().unwrap(),
        selectors: None,
    }
}

/// Asserts what holds of any snapshot, wherever it came from.
fn assert_sound(snapshot: &Snapshot) {
    for component in &snapshot.components {
        assert!(!component.id.is_empty() && !component.name.is_empty(), "{component:?}");
        let agrees = component.status == Status::from_word(&component.raw_status).unwrap_or(Status::Unknown);
        assert!(agrees, "{component:?}");
    }
    for incident in &snapshot.incidents {
        assert!(!incident.id.is_empty() && !incident.name.is_empty(), "{incident:?}");
        assert!(
            incident.updates.iter().all(|update| !update.body.contains(['\r', '\u{202e}', '\0'])),
            "{incident:?}"
        );
    }
    for text in snapshot.warnings.iter().chain(&snapshot.page.name) {
        assert!(!text.contains(['\r', '\n', '\u{202e}']), "{text:?}");
    }
    let ids =
        |rows: &[domain::snapshot::Component]| rows.iter().map(|row| row.id.clone()).collect::<Vec<_>>();
    let mut unique = ids(&snapshot.components);
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), snapshot.components.len());
}

#[test]
fn a_truncated_document_is_never_read() {
    for document in DOCUMENTS {
        let whole = document.trim_end();
        for end in 0..whole.len() {
            let body = &whole.as_bytes()[..end];
            for platform in [None, Some(Platform::Statuspage)] {
                let reading = read(&source(body), platform);
                assert!(matches!(reading, Reading::Unreadable { .. }), "cut at {end}: {reading:?}");
            }
            assert_eq!(recognise(&source(body)), None);
        }
    }
}

#[test]
fn a_document_without_any_one_line_never_turns_calm() {
    // The first document tells of trouble everywhere; whatever line is lost, it must not read as all well and complete.
    let lines: Vec<&str> = DOCUMENTS[0].lines().collect();
    for lost in 0..lines.len() {
        let rest: Vec<&str> =
            lines.iter().enumerate().filter(|&(at, _)| at != lost).map(|(_, line)| *line).collect();
        let Reading::Fresh(snapshot) = read(&source(rest.join("\n").as_bytes()), Some(Platform::Statuspage))
        else {
            continue;
        };
        let is_calm = snapshot.components.iter().all(|component| component.status == Status::Operational);
        assert!(!is_calm, "without line {lost}: {snapshot:?}");
        let claims_calm =
            snapshot.overall.as_ref().is_some_and(|overall| overall.status == Status::Operational);
        assert!(!claims_calm, "without line {lost}");
    }
}

#[test]
fn what_the_server_says_of_a_failure_beats_what_it_sends() {
    for status in [0, 199, 301, 304, 401, 403, 404, 429, 500, 503, 599] {
        let reading = read(&Source { status, ..source(DOCUMENTS[1].as_bytes()) }, None);
        assert_eq!(reading, Reading::Unreadable { reason: format!("HTTP status {status}") });
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(20), ..ProptestConfig::default()
    })]

    #[test]
    fn bent_bytes_never_panic(which in 0..DOCUMENTS.len(), bends in prop::collection::vec((any::<usize>(), any::<u8>()), 1..12)) {
        let mut body = DOCUMENTS[which].as_bytes().to_vec();
        for (place, byte) in bends {
            let place = place % body.len();
            body[place] = byte;
        }
        for platform in [None, Some(Platform::Statuspage)] {
            if let Reading::Fresh(snapshot) = read(&source(&body), platform) {
                assert_sound(&snapshot);
            }
        }
    }

    #[test]
    fn spliced_documents_never_panic(
        first in 0..DOCUMENTS.len(), second in 0..DOCUMENTS.len(), cut in any::<usize>(), resume in any::<usize>(),
    ) {
        let (head, tail) = (DOCUMENTS[first].as_bytes(), DOCUMENTS[second].as_bytes());
        let body = [&head[..cut % head.len()], &tail[resume % tail.len()..]].concat();
        if let Reading::Fresh(snapshot) = read(&source(&body), None) {
            assert_sound(&snapshot);
        }
    }

    #[test]
    fn values_of_any_kind_anywhere_never_panic(which in 0..DOCUMENTS.len(), place in any::<usize>(), kind in 0..8_usize) {
        let value = ["null", "[]", "{}", "-1", "1e999", "\"\u{202e}\"", "[[{}],7]", "true"][kind];
        let document = DOCUMENTS[which];
        let colons: Vec<usize> = document.match_indices("\": ").chain(document.match_indices("\":")).map(|(at, _)| at).collect();
        let at = colons[place % colons.len()];
        let end = document[at + 2..].find([',', '}', '\n']).map_or(document.len(), |end| at + 2 + end);
        let bent = format!("{}\":{value}{}", &document[..at], &document[end..]);
        if let Reading::Fresh(snapshot) = read(&source(bent.as_bytes()), None) {
            assert_sound(&snapshot);
        }
    }

    #[test]
    fn any_bytes_are_a_reading(body in prop::collection::vec(any::<u8>(), 0..300)) {
        let reading = read(&source(&body), Some(Platform::Statuspage));
        prop_assert!(matches!(reading, Reading::Unreadable { .. }), "read as a document");
    }
}
