//! What the tests of readers share: a document to read, and captures where the folder with them is at hand.

use std::fs;
use std::path::Path;

use domain::Platform;
use domain::snapshot::{Reading, Snapshot};

use crate::feed::{self, Source};

/// Returns a document as it came from an address, read at noon of 15 September 2026.
pub(crate) fn source<'a>(url: &'a str, body: &'a str) -> Source<'a> {
    Source {
        url: Some(url),
        content_type: None,
        status: 200,
        body: body.as_bytes(),
        at: "2026-09-15T12:00:00Z".parse().unwrap(),
        selectors: None,
    }
}

/// Reads a document that must be understood.
pub(crate) fn fresh(platform: Platform, url: &str, body: &str) -> Snapshot {
    match feed::read(&source(url, body), Some(platform)) {
        Reading::Fresh(snapshot) => *snapshot,
        Reading::Unreadable { reason } => panic!("{reason}"),
    }
}

/// Returns why a document can't be read.
pub(crate) fn reason(platform: Platform, url: &str, body: &str) -> String {
    match feed::read(&source(url, body), Some(platform)) {
        Reading::Fresh(snapshot) => panic!("read as {snapshot:?}"),
        Reading::Unreadable { reason } => reason,
    }
}

/// Returns what a snapshot covers: components, open incidents, open maintenances.
pub(crate) fn covers(snapshot: &Snapshot) -> [bool; 3] {
    let coverage = snapshot.coverage;
    [coverage.components, coverage.open_incidents, coverage.open_maintenances]
}

/// Returns a captured file; nothing where there are none.
pub(crate) fn sample(name: &str) -> Option<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/feeds/samples");
    folder.is_dir().then(|| fs::read_to_string(folder.join(name)).unwrap())
}
