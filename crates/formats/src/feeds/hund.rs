//! Hund: the state feed of a page, which is its only document that needs no key.
//!
//! Reported, never captured: the feed stands at `/state_feed/feed.atom` (and `.rss`), its entries are issues and automatic
//! changes of state, titles begin with a word of their state (`[Resolved]`, `[Ended]`, `Pending:`). A feed is a log: what it
//! shows is open while its newest word is no end and it is younger than [`OPEN_DAYS`], since not every end is posted. What
//! it leaves out is not over, so it closes nothing.

use std::cmp::Reverse;
use std::collections::HashSet;

use domain::snapshot::{Incident, Maintenance, Page, Snapshot, Update};
use domain::{Impact, MaintenanceStatus, Phase, Platform};
use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::blank;
use super::document::{Document, Kind};
use super::feed::entries::{self, Entry, Log};
use super::feed::words::{self, State};
use super::reader::{Reader, at_host};
use super::warnings::Warnings;
use crate::feed::Read;
use crate::text::{WORD_CHARS, clean_line};

/// Where the feed stands below its page.
const FEED: &str = "/state_feed/feed.atom";
/// How long an entry without an end counts as open, in days.
const OPEN_DAYS: i64 = 7;

/// Hund.
pub(crate) struct Hund;

impl Reader for Hund {
    fn platform(&self) -> Platform {
        Platform::Hund
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::Xml]
    }

    fn read(&self, document: &Document<'_>) -> Option<Read> {
        if !is_ours(document) {
            return None;
        }
        Some(entries::parse(document)?.map(|log| snapshot(&log, document.at)))
    }

    fn probes(&self, page: &Url) -> Vec<String> {
        at_host(page, FEED).into_iter().collect()
    }

    fn feeds_in_page(&self, page: &Document<'_>) -> Vec<String> {
        let is_ours = page.text.contains("/state_feed/") || page.text.contains(".hund.io/");
        let url = page.url.as_ref().filter(|_| is_ours);
        url.and_then(|url| at_host(url, FEED)).into_iter().collect()
    }

    fn depends_on_time(&self) -> bool {
        true
    }
}

/// Whether the feed came from Hund, or gives its own address or ids as Hund's.
fn is_ours(document: &Document<'_>) -> bool {
    let is_theirs = |address: &str| address.contains("/state_feed/") || address.contains(".hund.io");
    let came_from = document.url.as_ref().map(Url::as_str).is_some_and(is_theirs);
    came_from || attributes_and_ids(document.text).any(is_theirs)
}

/// Returns what stands in links and ids, before any entry of a feed can speak of another's.
fn attributes_and_ids(text: &str) -> impl Iterator<Item = &str> {
    let head_end = text.find("<entry").or_else(|| text.find("<item")).unwrap_or(text.len());
    let head = &text[..head_end];
    head.split('<').filter(|tag| ["link", "atom:link", "id>"].iter().any(|name| tag.starts_with(name)))
}

fn snapshot(log: &Log, at: Timestamp) -> Snapshot {
    let mut warnings = Warnings::default();
    let mut snapshot = blank::snapshot(Platform::Hund);
    snapshot.page = Page { name: log.title.clone(), url: log.url.clone(), ..Page::default() };
    warnings.lost("entries", log.dropped);
    let since = at.checked_sub(SignedDuration::from_hours(24 * OPEN_DAYS)).unwrap_or(Timestamp::MIN);
    let mut issues: Vec<Issue> = log.entries.iter().map(|entry| Issue::new(entry, &mut warnings)).collect();
    if issues.iter().all(|issue| issue.at.is_some()) {
        issues.sort_by_key(|issue| Reverse(issue.at));
    }
    // One id is one issue: its newest entry tells how it stands.
    let mut seen = HashSet::new();
    issues.retain(|issue| seen.insert(issue.id.clone()));
    for issue in issues {
        if issue.is_planned() {
            snapshot.maintenances.push(issue.into_maintenance(since));
        } else {
            snapshot.incidents.push(issue.into_incident(since, &mut warnings));
        }
    }
    Snapshot { warnings: warnings.into_vec(), ..snapshot }
}

/// What an entry tells of its issue.
struct Issue {
    id: String,
    title: String,
    /// The words of its state, in the order in which they are believed.
    words: Vec<String>,
    url: Option<String>,
    body: String,
    impact: Impact,
    raw_impact: Option<String>,
    created_at: Option<Timestamp>,
    at: Option<Timestamp>,
}

impl Issue {
    fn new(entry: &Entry, warnings: &mut Warnings) -> Self {
        let at = entry.updated_at.or(entry.published_at);
        if at.is_none() {
            warnings.add(format_args!("entry '{}' has no readable time", entry.id));
        }
        let bold = words::bold(&entry.content).into_iter().next();
        let words = prefix(&entry.title).map(str::to_owned).into_iter().chain(bold);
        let title = without_state(&entry.title);
        let (impact, raw_impact) = words::severity(entry);
        Issue {
            words: words
                .chain(entry.categories.iter().cloned())
                .map(|word| clean_line(&word, WORD_CHARS))
                .filter(|word| !word.is_empty())
                .collect(),
            url: entry.link.clone(),
            body: entry.body(),
            title: if title.is_empty() { entry.id.clone() } else { title.to_owned() },
            created_at: entry.published_at,
            at,
            impact,
            raw_impact,
            id: entry.id.clone(),
        }
    }

    /// The first words that say a state, and the state.
    fn state(&self) -> Option<(&str, State)> {
        self.words.iter().find_map(|word| Some((word.as_str(), state(word)?)))
    }

    /// Whether it is announced work: by its word, or, once it is over, by its title. Trouble that came of work is an issue.
    fn is_planned(&self) -> bool {
        match self.state() {
            Some((_, State::Work(_))) => true,
            Some((_, State::Incident(phase))) if !phase.is_over() => false,
            Some((_, State::Incident(_) | State::Same)) | None => {
                self.title.to_lowercase().contains("maintenance") && self.impact == Impact::Unknown
            }
        }
    }

    /// Whether it is too old to be open without an end. One without a time is not.
    fn is_old(&self, since: Timestamp) -> bool {
        self.at.is_some_and(|at| at < since)
    }

    fn update(&self, word: &str) -> Vec<Update> {
        vec![Update { id: self.id.clone(), status: word.to_owned(), body: self.body.clone(), at: self.at }]
    }

    fn into_incident(self, since: Timestamp, warnings: &mut Warnings) -> Incident {
        let (word, said) = match self.state() {
            Some((word, State::Incident(phase))) => (word.to_owned(), phase),
            Some((word, State::Work(_) | State::Same)) => (word.to_owned(), Phase::Unknown),
            None => (String::new(), Phase::Unknown),
        };
        let phase = if self.is_old(since) && !said.is_over() { Phase::Resolved } else { said };
        if phase == Phase::Unknown {
            warnings.add(format_args!("entry '{}' has no word for its state that we know", self.id));
        }
        Incident {
            updates: self.update(&word),
            impact: self.impact,
            raw_impact: self.raw_impact,
            phase,
            started_at: None,
            created_at: self.created_at,
            updated_at: self.at,
            resolved_at: if said.is_over() { self.at } else { None },
            url: self.url,
            components: Vec::new(),
            name: self.title,
            id: self.id,
        }
    }

    fn into_maintenance(self, since: Timestamp) -> Maintenance {
        let (word, said) = match self.state() {
            Some((word, State::Work(status))) => (word.to_owned(), status),
            Some((word, State::Incident(_) | State::Same)) => (word.to_owned(), MaintenanceStatus::Completed),
            None => (String::new(), MaintenanceStatus::Unknown),
        };
        // What is only planned may be announced long before.
        let is_over = self.is_old(since) && said != MaintenanceStatus::Scheduled && !said.is_over();
        Maintenance {
            status: if is_over { MaintenanceStatus::Completed } else { said },
            starts_at: None,
            ends_at: None,
            updated_at: self.at,
            url: self.url.clone(),
            components: Vec::new(),
            updates: self.update(&word),
            name: self.title,
            id: self.id,
        }
    }
}

/// Returns the word that a title begins with: `[Resolved] …` or `Pending: …`.
fn prefix(title: &str) -> Option<&str> {
    if let Some(rest) = title.strip_prefix('[') {
        return rest.split_once(']').map(|(word, _)| word);
    }
    let (word, _) = title.split_once(": ")?;
    (!word.contains(' ')).then_some(word)
}

/// Returns a title without the word of its state, which changes while the issue stays the same.
fn without_state(title: &str) -> &str {
    let Some(word) = prefix(title).filter(|word| state(word).is_some()) else { return title };
    let rest = title.trim_start_matches('[')[word.len()..].trim_start_matches([']', ':']).trim_start();
    if rest.is_empty() { title } else { rest }
}

/// Reads a word of state: one that all feeds share, or one of Hund's own.
fn state(word: &str) -> Option<State> {
    if let Some(shared) = words::state(word).filter(|state| *state != State::Same) {
        return Some(shared);
    }
    let word = word.trim().to_lowercase();
    let begins = |stems: &[&str]| stems.iter().any(|stem| word.starts_with(stem));
    if begins(&["ended", "operational"]) {
        Some(State::Incident(Phase::Resolved))
    } else if begins(&["degraded", "outage"]) {
        Some(State::Incident(Phase::Investigating))
    } else if begins(&["pending"]) {
        Some(State::Work(MaintenanceStatus::Scheduled))
    } else if begins(&["maintenance"]) {
        Some(State::Work(MaintenanceStatus::InProgress))
    } else {
        None
    }
}

#[cfg(test)]
mod tests;
