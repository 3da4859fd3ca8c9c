//! What the tests of readers share: reading a document as the poller would, and captured documents where they are at hand.

use std::path::{Path, PathBuf};

use domain::Platform;
use domain::snapshot::{Reading, Snapshot};

use crate::feed::{Source, read, recognise};

/// When documents are read, unless a test says otherwise.
pub(crate) const AT: &str = "2026-09-15T12:00:00Z";

/// Returns the folder of captures; they are no part of this repository, so there may be none.
pub(crate) fn captures(name: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/feeds").join(name);
    folder.is_dir().then_some(folder)
}

/// Returns a captured document, where there are any.
pub(crate) fn sample(name: &str) -> Option<Vec<u8>> {
    Some(std::fs::read(captures("samples")?.join(name)).expect("a listed capture"))
}

/// A document and where it came from.
pub(crate) struct Given<'a> {
    pub(crate) platform: Platform,
    pub(crate) url: Option<&'a str>,
    pub(crate) at: &'a str,
}

impl<'a> Given<'a> {
    /// A document without an address.
    pub(crate) const fn of(platform: Platform) -> Self {
        Given { platform, url: None, at: AT }
    }

    /// The same from an address.
    pub(crate) const fn from(self, url: &'a str) -> Self {
        Given { url: Some(url), ..self }
    }

    /// The same read at another time.
    pub(crate) const fn at(self, at: &'a str) -> Self {
        Given { at, ..self }
    }

    /// Reads it.
    pub(crate) fn read(&self, body: impl AsRef<[u8]>) -> Reading {
        read(&self.source(body.as_ref()), Some(self.platform))
    }

    /// Reads what must be understood.
    pub(crate) fn fresh(&self, body: impl AsRef<[u8]>) -> Snapshot {
        match self.read(body) {
            Reading::Fresh(snapshot) => *snapshot,
            Reading::Unreadable { reason } => panic!("{reason}"),
        }
    }

    /// Returns why a document is refused.
    pub(crate) fn refused(&self, body: impl AsRef<[u8]>) -> String {
        match self.read(body) {
            Reading::Fresh(snapshot) => panic!("read as {snapshot:?}"),
            Reading::Unreadable { reason } => reason,
        }
    }

    /// Returns the platform that the shape gives away.
    pub(crate) fn recognised(&self, body: impl AsRef<[u8]>) -> Option<Platform> {
        recognise(&self.source(body.as_ref()))
    }

    fn source<'b>(&'b self, body: &'b [u8]) -> Source<'b> {
        Source { url: self.url, at: self.at.parse().expect("a test's instant"), ..bare(body) }
    }
}

/// Returns a document of which nothing is known.
pub(crate) fn bare(body: &(impl AsRef<[u8]> + ?Sized)) -> Source<'_> {
    let (body, at) = (body.as_ref(), AT.parse().expect("a test's instant"));
    Source { url: None, content_type: None, status: 200, body, at, selectors: None }
}

/// Returns a document of which nothing is known but its address.
pub(crate) fn source<'a>(url: &'a str, body: &'a (impl AsRef<[u8]> + ?Sized)) -> Source<'a> {
    Source { url: Some(url), ..bare(body) }
}

/// Returns what a snapshot covers: components, open incidents, open maintenances.
pub(crate) fn covers(snapshot: &Snapshot) -> [bool; 3] {
    let coverage = snapshot.coverage;
    [coverage.components, coverage.open_incidents, coverage.open_maintenances]
}
