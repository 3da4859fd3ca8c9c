//! What holds for every reader, tried on every document under `test_data`, on what becomes of them when they are cut, bent or
//! made to cost, and on captured ones.
//!
//! A folder is named after its platform and holds documents with what is expected of each beside it
//! (`NAME.expected.json`, the snapshot of the contract; `UPDATE_EXPECTED=1` writes it anew) and, where the address matters,
//! `NAME.url`. `calm-…` are main documents in which all is well, `trouble-…` ones that tell of trouble in every component,
//! incident and claim, so that no single loss may make them calm; everything else is a further document of the page.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use domain::snapshot::{Reading, Snapshot};
use domain::{Platform, Status};
use jiff::Timestamp;

use super::*;
use crate::feeds::testing::bare;

mod contract;
mod hostile;
mod samples;
mod timelines;

struct Fixture {
    platform: Platform,
    path: PathBuf,
    url: Option<String>,
    body: String,
}

impl Fixture {
    fn name(&self) -> &str {
        self.path.file_name().unwrap().to_str().unwrap()
    }

    fn is_main(&self) -> bool {
        self.name().starts_with("calm-") || self.is_trouble()
    }

    fn is_trouble(&self) -> bool {
        self.name().starts_with("trouble-")
    }

    fn is_html(&self) -> bool {
        self.name().ends_with(".html")
    }

    fn source<'a>(&'a self, body: &'a [u8]) -> Source<'a> {
        Source { url: self.url.as_deref(), ..bare(body) }
    }

    fn read(&self, body: &[u8]) -> Reading {
        read(&self.source(body), Some(self.platform))
    }
}

/// The instant at which all fixtures are read.
fn now() -> Timestamp {
    "2026-09-15T12:00:00Z".parse().unwrap()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("test_data")
}

/// Every document, read once.
static FIXTURES: LazyLock<Vec<Fixture>> = LazyLock::new(|| {
    let mut all = Vec::new();
    for platform in Platform::ALL.iter().filter(|platform| **platform != Platform::Html) {
        let mut paths: Vec<PathBuf> = fs::read_dir(folder().join(platform.word()))
            .into_iter()
            .flatten()
            .map(|entry| entry.unwrap().path())
            .filter(|path| !path.to_string_lossy().ends_with(".expected.json"))
            .filter(|path| path.extension().is_some_and(|ending| ending != "url"))
            .collect();
        paths.sort();
        all.extend(paths.into_iter().map(|path| Fixture {
            platform: *platform,
            url: fs::read_to_string(path.with_extension("url")).ok().map(|url| url.trim().to_owned()),
            body: fs::read_to_string(&path).unwrap(),
            path,
        }));
    }
    all
});

/// Whether a reader would be shown that all is well.
fn is_calm(reading: &Reading) -> bool {
    let Reading::Fresh(snapshot) = reading else { return false };
    let calm = |status: Status| matches!(status, Status::Operational);
    let claims = snapshot.overall.as_ref().is_none_or(|overall| calm(overall.status));
    let components = snapshot.components.iter().all(|component| calm(component.status));
    let no_incidents = snapshot.incidents.iter().all(|incident| incident.phase.is_over());
    let says_something =
        snapshot.overall.is_some() || !snapshot.components.is_empty() || snapshot.coverage.open_incidents;
    claims && components && no_incidents && says_something
}

/// Whether the documents of a platform are logs, which never say that all is well.
fn is_log(platform: Platform) -> bool {
    matches!(platform, Platform::Feed | Platform::Hund)
}

fn has_nothing_open(reading: &Reading) -> bool {
    let Reading::Fresh(snapshot) = reading else { return false };
    snapshot.incidents.iter().all(|incident| incident.phase.is_over())
}

/// Asserts what holds of any snapshot, wherever it came from.
fn assert_sound(name: &str, snapshot: &Snapshot) {
    let is_line = |text: &str| !text.chars().any(|c| c.is_control() || c == '\u{202e}');
    let is_body = |text: &str| !text.contains(['\r', '\0', '\u{202e}', '\u{1b}']);
    let is_id = |id: &str| !id.is_empty() && id.len() <= 400 && is_line(id);
    for component in &snapshot.components {
        assert!(is_id(&component.id) && !component.name.is_empty(), "{name}: {component:?}");
        let texts = [Some(&component.name), component.group.as_ref(), Some(&component.raw_status)];
        assert!(texts.into_iter().flatten().all(|text| is_line(text)), "{name}: {component:?}");
    }
    for incident in &snapshot.incidents {
        assert!(is_id(&incident.id) && !incident.name.is_empty(), "{name}: {incident:?}");
        assert!(is_line(&incident.name), "{name}: {incident:?}");
        assert!(incident.updates.iter().all(|it| is_body(&it.body) && is_line(&it.status)), "{name}");
        assert!(
            incident.url.iter().all(|url| url.starts_with("http://") || url.starts_with("https://")),
            "{name}: {:?}",
            incident.url
        );
    }
    for work in &snapshot.maintenances {
        assert!(is_id(&work.id) && !work.name.is_empty() && is_line(&work.name), "{name}: {work:?}");
        assert!(work.updates.iter().all(|it| is_body(&it.body) && is_line(&it.status)), "{name}");
    }
    for text in snapshot.warnings.iter().chain(&snapshot.page.name) {
        assert!(is_line(text), "{name}: {text:?}");
    }
    assert!(snapshot.warnings.len() <= 101, "{name}");
    let mut ids: Vec<&str> = snapshot.components.iter().map(|it| it.id.as_str()).collect();
    ids.extend(snapshot.incidents.iter().map(|it| it.id.as_str()));
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    // A component and an incident may share an id; two of a kind may not.
    assert!(count - ids.len() <= snapshot.components.len().min(snapshot.incidents.len()), "{name}: {ids:?}");
}
