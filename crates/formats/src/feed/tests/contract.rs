//! What every reader makes of whole documents, and of such that lost a part or a word.

use std::collections::BTreeSet;

use domain::knowledge::{Absence, Knowledge};

use super::*;
use crate::snapshot_json;

#[test]
fn every_platform_has_documents_of_calm_and_of_trouble() {
    let all = &*FIXTURES;
    for platform in Platform::ALL.iter().filter(|platform| **platform != Platform::Html) {
        let has = |start: &str| all.iter().any(|it| it.platform == *platform && it.name().starts_with(start));
        assert!(has("calm-") && has("trouble-"), "{platform}");
    }
}

#[test]
fn each_document_says_what_is_expected_and_is_recognised() {
    let mut differing = Vec::new();
    for fixture in FIXTURES.iter() {
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
    for fixture in FIXTURES.iter().filter(|fixture| fixture.is_main()) {
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
    for fixture in FIXTURES.iter().filter(|fixture| fixture.is_main()) {
        let whole = fixture.body.trim_end();
        let step = (whole.len() / 400).max(1);
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
    for fixture in FIXTURES.iter().filter(|fixture| fixture.is_trouble()) {
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
    for fixture in FIXTURES.iter().filter(|fixture| fixture.is_trouble()) {
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

#[test]
fn a_status_word_never_heard_before_is_kept_as_it_was_said() {
    let mut count = 0;
    for fixture in FIXTURES.iter() {
        let Reading::Fresh(whole) = fixture.read(fixture.body.as_bytes()) else { continue };
        let words: BTreeSet<&str> = whole.components.iter().map(|row| row.raw_status.as_str()).collect();
        for word in words.into_iter().filter(|word| !word.is_empty()) {
            let bent = with_word(&fixture.body, word, "zzz");
            let Reading::Fresh(snapshot) = fixture.read(bent.as_bytes()) else { continue };
            if bent == fixture.body {
                continue;
            }
            count += 1;
            let had_a_word =
                |id: &str| whole.components.iter().any(|it| it.id == id && !it.raw_status.is_empty());
            let mut mute = snapshot.components.iter().filter(|row| row.raw_status.is_empty());
            assert_eq!(mute.find(|row| had_a_word(&row.id)), None, "{}: {word}", fixture.path.display());
            let is_kept = snapshot.components.iter().any(|row| row.raw_status == "zzz");
            // A list of what is in trouble leaves out what it does not tell of.
            let is_left_out = snapshot.components.len() < whole.components.len();
            assert!(is_kept || is_left_out, "{}: {word}: {snapshot:?}", fixture.path.display());
        }
    }
    assert!(count > 50, "{count}");
}

/// Returns a JSON text with one word or number replaced wherever it is a value.
fn with_word(text: &str, word: &str, other: &str) -> String {
    let mut bent = text.to_owned();
    for said in [format!("\"{word}\""), word.to_owned()] {
        for (gap, end) in [("", ","), ("", "}"), ("", "\n"), (" ", ","), (" ", "}"), (" ", "\n")] {
            bent = bent.replace(&format!("\":{gap}{said}{end}"), &format!("\":{gap}\"{other}\"{end}"));
        }
    }
    bent
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
    for fixture in FIXTURES.iter() {
        for status in [0, 301, 304, 401, 403, 404, 429, 500, 503] {
            let source = Source { status, ..fixture.source(fixture.body.as_bytes()) };
            let refused = Reading::Unreadable { reason: format!("HTTP status {status}") };
            assert_eq!(read(&source, Some(fixture.platform)), refused, "{}", fixture.path.display());
        }
    }
}
