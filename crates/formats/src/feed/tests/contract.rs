//! What holds for the reader of every platform, tried on every document under `test_data`.
//!
//! A folder is named after its platform and holds documents with what is expected of each beside it
//! (`NAME.expected.json`, the snapshot of the contract; `UPDATE_EXPECTED=1` writes it anew) and, where the address matters,
//! `NAME.url`. `calm-…` are main documents in which all is well, `trouble-…` ones that tell of trouble in every component,
//! incident and claim, so that no single loss may make them calm; everything else is a further document of the page.

use std::fs;
use std::path::{Path, PathBuf};

use domain::knowledge::{Absence, Knowledge};
use domain::snapshot::{Reading, Snapshot};
use domain::{Platform, Status};
use jiff::Timestamp;
use proptest::prelude::*;
use proptest::sample::Index;

use super::super::*;
use crate::snapshot_json;

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
        Source { url: self.url.as_deref(), content_type: None, status: 200, body, at: now(), selectors: None }
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

fn fixtures() -> Vec<Fixture> {
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
}

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

#[test]
fn every_platform_has_documents_of_calm_and_of_trouble() {
    let all = fixtures();
    for platform in Platform::ALL.iter().filter(|platform| **platform != Platform::Html) {
        let has = |start: &str| all.iter().any(|it| it.platform == *platform && it.name().starts_with(start));
        assert!(has("calm-") && has("trouble-"), "{platform}");
    }
}

#[test]
fn each_document_says_what_is_expected_and_is_recognised() {
    let mut differing = Vec::new();
    for fixture in fixtures() {
        let reading = fixture.read(fixture.body.as_bytes());
        let json = snapshot_json::to_json(&reading) + "\n";
        let file = fixture.path.with_extension("expected.json");
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            fs::write(&file, &json).unwrap();
        }
        if fs::read_to_string(&file).unwrap_or_default() != json {
            differing.push(file);
        }
        let recognised = recognise(&fixture.source(fixture.body.as_bytes()));
        let is_right = recognised == Some(fixture.platform) || !fixture.is_main() && recognised.is_none();
        assert!(is_right, "{}: recognised as {recognised:?}", fixture.path.display());
        if fixture.is_main() {
            let calm = if is_log(fixture.platform) { has_nothing_open(&reading) } else { is_calm(&reading) };
            assert_eq!(calm, !fixture.is_trouble(), "{}: {json}", fixture.path.display());
        }
    }
    assert_eq!(
        differing,
        Vec::<PathBuf>::new(),
        "UPDATE_EXPECTED=1 writes them anew; look at the difference"
    );
}

#[test]
fn a_document_read_twice_brings_no_news() {
    for fixture in fixtures().iter().filter(|fixture| fixture.is_main()) {
        let Reading::Fresh(snapshot) = fixture.read(fixture.body.as_bytes()) else {
            panic!("{}", fixture.name())
        };
        let (known, _) = Knowledge::default().learn(&snapshot, now(), Absence::Confirmed);
        let (_, changes) = known.learn(&snapshot, now(), Absence::Confirmed);
        assert_eq!(changes, [], "{}", fixture.path.display());
    }
}

#[test]
fn a_truncated_document_is_never_read() {
    for fixture in fixtures().iter().filter(|fixture| fixture.is_main()) {
        let whole = fixture.body.trim_end();
        let step = (whole.len() / 1_000).max(1);
        for end in (0..whole.len()).step_by(step) {
            for platform in [None, Some(fixture.platform)] {
                let reading = read(&fixture.source(&whole.as_bytes()[..end]), platform);
                let is_refused = matches!(reading, Reading::Unreadable { .. });
                let is_harmless = fixture.is_html() && !(fixture.is_trouble() && is_calm(&reading));
                assert!(is_refused || is_harmless, "{} cut at {end}: {reading:?}", fixture.path.display());
            }
        }
    }
}

#[test]
fn a_document_of_trouble_without_any_one_line_never_turns_calm() {
    for fixture in fixtures().iter().filter(|fixture| fixture.is_trouble()) {
        let lines: Vec<&str> = fixture.body.lines().collect();
        assert!(lines.len() > 5, "{} should have one fact a line", fixture.path.display());
        for lost in 0..lines.len() {
            let rest: Vec<&str> =
                lines.iter().enumerate().filter(|&(at, _)| at != lost).map(|(_, line)| *line).collect();
            let reading = fixture.read(rest.join("\n").as_bytes());
            assert!(!is_calm(&reading), "{} without line {}: {reading:?}", fixture.path.display(), lost + 1);
        }
    }
}

#[test]
fn words_never_heard_before_turn_nothing_calm() {
    for fixture in fixtures().iter().filter(|fixture| fixture.is_trouble()) {
        for value in ["\"zzz\"", "\"\"", "null", "[]", "{}", "-7", "\"\u{202e}\\u0000<b>operational\""] {
            for bent in with_each_value(&fixture.body, value) {
                let reading = fixture.read(bent.as_bytes());
                assert!(!is_calm(&reading), "{} with {value}: {bent}", fixture.path.display());
                if let Reading::Fresh(snapshot) = reading {
                    assert_sound(fixture.name(), &snapshot);
                }
            }
        }
    }
}

/// Returns a JSON text with each of its string, number and truth values replaced, one at a time.
fn with_each_value(text: &str, value: &str) -> Vec<String> {
    let ends = |at: usize| text[at..].find([',', '}', ']', '\n']).map_or(text.len(), |end| at + end);
    let starts = text.match_indices("\":").map(|(at, found)| at + found.len());
    starts
        .filter(|&at| !text[at..].trim_start().starts_with(['{', '[']))
        .map(|at| format!("{} {value}{}", &text[..at], &text[ends(at)..]))
        .collect()
}

#[test]
fn what_the_server_says_of_a_failure_beats_what_it_sends() {
    for fixture in fixtures() {
        for status in [0, 301, 304, 401, 403, 404, 429, 500, 503] {
            let source = Source { status, ..fixture.source(fixture.body.as_bytes()) };
            let refused = Reading::Unreadable { reason: format!("HTTP status {status}") };
            assert_eq!(read(&source, Some(fixture.platform)), refused, "{}", fixture.path.display());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1_500, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(23), ..ProptestConfig::default()
    })]

    #[test]
    fn bent_documents_never_panic(
        which in any::<Index>(), bends in prop::collection::vec((any::<Index>(), any::<u8>()), 1..12),
    ) {
        let all = fixtures();
        let fixture = &all[which.index(all.len())];
        let mut body = fixture.body.as_bytes().to_vec();
        for (place, byte) in bends {
            let place = place.index(body.len());
            body[place] = byte;
        }
        for platform in [None, Some(fixture.platform)] {
            if let Reading::Fresh(snapshot) = read(&fixture.source(&body), platform) {
                assert_sound(fixture.name(), &snapshot);
            }
        }
    }

    #[test]
    fn spliced_documents_never_panic(
        first in any::<Index>(), second in any::<Index>(), cut in any::<Index>(), resume in any::<Index>(),
    ) {
        let all = fixtures();
        let (first, second) = (&all[first.index(all.len())], &all[second.index(all.len())]);
        let (head, tail) = (first.body.as_bytes(), second.body.as_bytes());
        let body = [&head[..cut.index(head.len())], &tail[resume.index(tail.len())..]].concat();
        for platform in [None, Some(first.platform), Some(second.platform)] {
            if let Reading::Fresh(snapshot) = read(&first.source(&body), platform) {
                assert_sound(first.name(), &snapshot);
            }
        }
        let _ = (recognise(&first.source(&body)), feeds_in_page(&first.source(&body)));
        let _ = next_part(&first.source(&body), first.platform);
    }
}
