//! What words in a feed say of a state, by their stems, and how bad things sound.
//!
//! Looked for in labels only (a bold word, a word in brackets, what stands before a colon), never in running text: "we hope
//! it is resolved soon" is no end. An end is believed only where it is plainly said.

use domain::{Impact, MaintenanceStatus, Phase};

use super::entries::Entry;
use crate::text::{NAME_CHARS, Token, decode, line_from_html, tokens};

/// The longest label, in characters; "Service is operating normally" must fit.
const LABEL_CHARS: usize = 48;
/// The most bold words looked at.
const BOLD: usize = 50;
/// How much of a text is searched for a label, in characters.
const OPENING_CHARS: usize = 200;

/// What says that something is over, also within a sentence.
const PLAINLY: [&str; 7] = [
    "operating normally",
    "been resolved",
    "is resolved",
    "now resolved",
    "been fixed",
    "been completed",
    "maintenance completed",
];

/// What a label says of a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Of an incident.
    Incident(Phase),
    /// Of announced work.
    Work(MaintenanceStatus),
    /// Nothing new: the state stays what it was.
    Same,
}

/// Returns the state that a label names; text that is longer than a label names none.
pub(crate) fn state(label: &str) -> Option<State> {
    let text = label.trim().to_lowercase();
    if text.is_empty() || text.chars().count() > LABEL_CHARS {
        return None;
    }
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let text = words.join(" ");
    let stem = |stem: &str| words.iter().any(|word| word.starts_with(stem));
    let any = |list: &[&str]| list.iter().any(|word| words.contains(word));
    let is_hedged =
        any(&["not", "no", "being", "be", "will", "until", "when", "if", "to", "isn", "partially", "partly"]);
    // A longer label is a sentence, in which the word may be said of something else.
    let is_short = words.len() <= 3 || PLAINLY.iter().any(|phrase| text.contains(phrase));
    let ends = any(&["resolved", "fixed", "closed", "recovered"]) || text.contains("operating normally");
    let is_hedged = is_hedged || !is_short;
    if stem("postmortem")
        || ["post mortem", "root cause", "incident report"].iter().any(|it| text.contains(it))
    {
        Some(State::Incident(Phase::Postmortem))
    } else if ends {
        let is_partial = stem("partial") || stem("partly");
        let phase =
            if is_partial { Some(Phase::Monitoring) } else { (!is_hedged).then_some(Phase::Resolved) };
        phase.map(State::Incident)
    } else if stem("complet") {
        (!is_hedged).then_some(State::Work(MaintenanceStatus::Completed))
    } else if stem("cancel") {
        (!is_hedged).then_some(State::Work(MaintenanceStatus::Cancelled))
    } else if stem("investigat") {
        Some(State::Incident(Phase::Investigating))
    } else if stem("identif") {
        Some(State::Incident(Phase::Identified))
    } else if stem("monitor") || any(&["watching", "recovering"]) {
        Some(State::Incident(Phase::Monitoring))
    } else if stem("verif") {
        Some(State::Work(MaintenanceStatus::Verifying))
    } else if text.contains("in progress") || text.contains("under way") || any(&["underway"]) {
        Some(State::Work(MaintenanceStatus::InProgress))
    } else if stem("schedul") || any(&["planned", "upcoming"]) {
        Some(State::Work(MaintenanceStatus::Scheduled))
    } else {
        any(&["update", "updated", "updates"]).then_some(State::Same)
    }
}

/// Returns the state that an entry announces, and the label that says so: its first bold word, else a label of its title, its
/// category, else what its text begins with.
pub(crate) fn announced(entry: &Entry) -> Option<(State, String)> {
    let mut same = None;
    // Within a text the cause is often a heading of its own, found or not.
    let is_cause = |label: &String| label.eq_ignore_ascii_case("root cause");
    let labels = bold(&entry.content)
        .into_iter()
        .filter(|label| !is_cause(label))
        .chain(title_labels(&entry.title).into_iter().map(|(label, _)| label))
        .chain(entry.categories.iter().cloned())
        .chain(opening(&entry.content).into_iter().filter(|label| !is_cause(label)));
    for label in labels {
        match state(&label) {
            Some(State::Same) => same = same.or(Some((State::Same, label))),
            Some(state) => return Some((state, label)),
            None => {}
        }
    }
    same
}

/// Returns a title without the labels that name a state.
pub(crate) fn bare_title(title: &str) -> &str {
    let mut bare = title.trim();
    for _ in 0..3 {
        let found =
            title_labels(bare).into_iter().find(|(label, rest)| state(label).is_some() && !rest.is_empty());
        let Some((_, rest)) = found else { break };
        bare = rest;
    }
    bare
}

/// Returns the labels of a title, each with the rest of it: what stands in brackets at either end, before a colon or a dash,
/// and after the last of these.
fn title_labels(title: &str) -> Vec<(String, &str)> {
    let mut labels = Vec::new();
    for (open, close) in [('[', ']'), ('(', ')')] {
        if let Some((label, rest)) = title.strip_prefix(open).and_then(|inner| inner.split_once(close)) {
            labels.push((label, rest.trim_start_matches([' ', ':', '-', '–', '—'])));
        }
        if let Some((rest, label)) = title.strip_suffix(close).and_then(|inner| inner.rsplit_once(open)) {
            labels.push((label, rest.trim_end()));
        }
    }
    for mark in [": ", " - ", " – ", " — ", " | "] {
        labels.extend(title.split_once(mark));
        labels.extend(title.rsplit_once(mark).map(|(rest, label)| (label, rest)));
    }
    labels.into_iter().map(|(label, rest)| (label.trim().to_owned(), rest.trim())).collect()
}

/// Returns the bold words of HTML.
pub(crate) fn bold(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut inside = false;
    for token in tokens(html) {
        match token {
            Token::Open(tag) if tag.is("strong") || tag.is("b") => {
                if found.len() == BOLD {
                    break;
                }
                inside = true;
                found.push(String::new());
            }
            Token::Close(name) if name.eq_ignore_ascii_case("strong") || name.eq_ignore_ascii_case("b") => {
                inside = false;
            }
            Token::Text(words) if inside => {
                if let Some(label) = found.last_mut().filter(|label| label.len() <= LABEL_CHARS) {
                    label.push_str(&decode(words));
                }
            }
            Token::Open(_) | Token::Close(_) | Token::Text(_) | Token::Raw(_) => {}
        }
    }
    found.into_iter().map(|label| label.trim().trim_end_matches(':').to_owned()).collect()
}

/// Returns what a text begins with, where that looks like a label: `Resolved - …`, `Status: Resolved`.
fn opening(content: &str) -> Vec<String> {
    let line = line_from_html(&content[..content.floor_char_boundary(4 * NAME_CHARS)], OPENING_CHARS);
    let mut labels = Vec::new();
    for mark in [": ", " - ", " – ", " — "] {
        let Some((label, rest)) = line.split_once(mark) else { continue };
        labels.push(label.to_owned());
        if ["status", "state", "current status"].contains(&label.trim().to_lowercase().as_str()) {
            let end = rest.find(['.', ',', ';']).unwrap_or(rest.len());
            let words: Vec<&str> = rest[..end].split_whitespace().take(2).collect();
            labels.extend([words.join(" "), words.first().copied().unwrap_or_default().to_owned()]);
        }
    }
    labels
}

/// Returns how bad an incident sounds by its title and categories, with the word that says so.
pub(crate) fn severity(entry: &Entry) -> (Impact, Option<String>) {
    let text = format!("{} {}", entry.title, entry.categories.join(" ")).to_lowercase();
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
    let stems: [(&[&str], Impact); 3] = [
        (&["outage", "disruption", "unavailab"], Impact::Major),
        (&["degrad", "latenc", "delay", "elevated", "slow"], Impact::Minor),
        (&["informational", "advisory"], Impact::None),
    ];
    for (stems, impact) in stems {
        let is_down = |word: &str| impact == Impact::Major && matches!(word, "down" | "downtime");
        let says = |word: &&&str| stems.iter().any(|stem| word.starts_with(stem)) || is_down(word);
        if let Some(word) = words.iter().find(says) {
            return (impact, Some(format!("inferred: {word}")));
        }
    }
    (Impact::Unknown, None)
}

/// Whether an entry speaks of announced work by its title or categories.
pub(crate) fn speaks_of_work(entry: &Entry) -> bool {
    let text = format!("{} {}", entry.title, entry.categories.join(" ")).to_lowercase();
    text.split(|c: char| !c.is_alphanumeric()).any(|word| word.starts_with("maintenance"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(title: &str, content: &str, categories: &[&str]) -> Entry {
        Entry {
            id: "1".to_owned(),
            link: None,
            title: title.to_owned(),
            content: content.to_owned(),
            categories: categories.iter().map(|&category| category.to_owned()).collect(),
            published_at: None,
            updated_at: None,
        }
    }

    #[test]
    fn labels_name_states_by_their_stems() {
        use MaintenanceStatus as M;
        let check = |label: &str, expect: Option<State>| assert_eq!(state(label), expect, "{label}");
        for (phase, labels) in [
            (Phase::Investigating, &["Investigating", "under investigation", "INVESTIGATE"][..]),
            (Phase::Identified, &["Identified", "Issue identified"]),
            (Phase::Monitoring, &["Monitoring", "watching", "Service is recovering", "Partially resolved"]),
            (
                Phase::Resolved,
                &[
                    "Resolved",
                    "Issue has been resolved",
                    "[RESOLVED]",
                    "Fixed",
                    "closed",
                    "Recovered",
                    "Service is operating normally",
                ],
            ),
            (Phase::Postmortem, &["Postmortem", "Post-mortem", "Root cause", "Incident Report"]),
        ] {
            for label in labels {
                check(label, Some(State::Incident(phase)));
            }
        }
        for (status, label) in [
            (M::Scheduled, "Scheduled"),
            (M::Scheduled, "Planned maintenance"),
            (M::Scheduled, "upcoming"),
            (M::InProgress, "In progress"),
            (M::InProgress, "Maintenance under way"),
            (M::Verifying, "Verifying"),
            (M::Completed, "Scheduled maintenance completed"),
            (M::Cancelled, "Canceled"),
        ] {
            check(label, Some(State::Work(status)));
        }
        check("Update", Some(State::Same));
        for label in [
            "Not resolved",
            "Unresolved",
            "Resolving",
            "Estimated time to resolution",
            "will be fixed",
            "messages late after a fixed deployment",
            "Has not been resolved",
            "Database",
            "",
            "We hope that this will be resolved in the course of the day",
        ] {
            check(label, None);
        }
    }

    #[test]
    fn the_bold_word_comes_before_title_category_and_text() {
        let check = |entry: &Entry, expect: Option<Phase>| {
            assert_eq!(announced(entry).map(|(state, _)| state), expect.map(State::Incident), "{entry:?}");
        };
        let text = "<p><b>API</b>: <strong>Update</strong> x <strong>Monitoring:</strong></p>";
        check(&entry("[Resolved] a", text, &["identified"]), Some(Phase::Monitoring));
        check(&entry("[Resolved] a", "<b>API</b>", &["identified"]), Some(Phase::Resolved));
        check(&entry("a - Resolved", "", &[]), Some(Phase::Resolved));
        check(&entry("Resolved: a: b", "", &[]), Some(Phase::Resolved));
        check(&entry("a (resolved)", "", &[]), Some(Phase::Resolved));
        check(&entry("a", "Investigating - it", &["identified"]), Some(Phase::Identified));
        check(&entry("a", "<p>Investigating - it is resolved</p>", &[]), Some(Phase::Investigating));
        check(&entry("a", "Status: Resolved. All is well", &[]), Some(Phase::Resolved));
        check(&entry("a", "<b>Root cause</b>: not known", &[]), None);
        check(&entry("Root cause: a", "", &[]), Some(Phase::Postmortem));
        check(&entry("How we resolved the outage", "It was resolved.", &[]), None);
        assert_eq!(announced(&entry("a", "<b>Update</b>", &[])).unwrap().0, State::Same);
    }

    #[test]
    fn titles_are_known_without_their_labels() {
        let check = |title: &str, expect: &str| assert_eq!(bare_title(title), expect, "{title}");
        check("[RESOLVED] Mail leaves late", "Mail leaves late");
        check("Resolved: Mail: leaves late", "Mail: leaves late");
        check("Mail leaves late - Monitoring", "Mail leaves late");
        check("Update - [Identified] Mail", "Mail");
        check("Resolved", "Resolved");
        check("EU: Mail", "EU: Mail");
    }

    #[test]
    fn severity_is_inferred_and_says_so() {
        let check = |title: &str, impact: Impact, raw: Option<&str>| {
            let found = severity(&entry(title, "outage", &[]));
            assert_eq!((found.0, found.1.as_deref()), (impact, raw), "{title}");
        };
        check("Partial Outage of mail", Impact::Major, Some("inferred: outage"));
        check("Mail is down", Impact::Major, Some("inferred: down"));
        check("Downloads fail", Impact::Unknown, None);
        check("Elevated latency", Impact::Minor, Some("inferred: elevated"));
        check("Informational message", Impact::None, Some("inferred: informational"));
    }
}
