//! Hund: the state feed of a page, which is its only document that needs no key.
//!
//! Reported, never captured: the feed stands at `/state_feed/feed.atom` (and `.rss`), its entries are issues and automatic
//! changes of state, titles begin with a word of their state (`[Resolved]`, `[Ended]`, `Pending:`). A feed is a log: what it
//! shows is open while its newest word is no end and it is younger than [`OPEN_DAYS`], since not every end is posted. A log
//! that reaches back further than that holds everything open.

use std::cmp::Reverse;
use std::collections::HashSet;

use domain::snapshot::{Coverage, Incident, Maintenance, Page, Snapshot, Update};
use domain::{Impact, MaintenanceStatus, Phase, Platform};
use feed_rs::model;
use feed_rs::parser::Builder;
use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::blank;
use super::document::{Document, Kind};
use super::reader::{Reader, at_host};
use super::rows;
use super::times;
use super::warnings::Warnings;
use super::wire::Text;
use crate::feed::Read;
use crate::text::{NAME_CHARS, WORD_CHARS, clean_line, from_html, line_from_html};

/// Where the feed stands below its page.
const FEED: &str = "/state_feed/feed.atom";
/// How long an entry without an end counts as open, in days.
const OPEN_DAYS: i64 = 7;
/// The most entries read.
const ENTRIES: usize = 500;

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
        Some(parse(document.text).map(|feed| read(feed, document.at)))
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

fn parse(text: &str) -> Result<model::Feed, String> {
    let end = text.trim_end();
    if !["</feed>", "</rss>"].iter().any(|root| end.ends_with(root)) {
        return Err("truncated XML".to_owned());
    }
    let parser = Builder::new()
        .id_generator(|_, _, _| String::new())
        // The parser's own reader of times guesses; the type it wants is reached by the form that both know.
        .timestamp_parser(|text| times::any(text)?.to_string().parse().ok())
        .build();
    parser
        .parse(text.as_bytes())
        .map_err(|error| format!("broken feed: {}", clean_line(&error.to_string(), 120)))
}

fn read(feed: model::Feed, at: Timestamp) -> Snapshot {
    let mut warnings = Warnings::default();
    let mut snapshot = blank::snapshot(Platform::Hund);
    snapshot.page = Page {
        name: feed.title.as_ref().map(plain).filter(|name| !name.is_empty()),
        url: warnings.link("page", "link", alternate(&feed.links)),
        ..Page::default()
    };
    let since = at.checked_sub(SignedDuration::from_hours(24 * OPEN_DAYS)).unwrap_or(Timestamp::MIN);
    let mut is_complete = feed.entries.len() <= ENTRIES;
    let mut reaches_back = false;
    let mut entries: Vec<Entry> = Vec::new();
    for entry in feed.entries.into_iter().take(ENTRIES) {
        let Some(id) = rows::id(&Text(Some(entry.id.trim().to_owned()))) else {
            is_complete = false;
            continue;
        };
        let entry = Entry::new(id, entry, &mut warnings);
        reaches_back |= entry.at.is_some_and(|time| time < since);
        entries.push(entry);
    }
    if !is_complete {
        warnings.add("entries dropped as unreadable or too many");
    }
    if entries.iter().all(|entry| entry.at.is_some()) {
        entries.sort_by_key(|entry| Reverse(entry.at));
    }
    // One id is one issue: its newest entry tells how it stands.
    let mut seen = HashSet::new();
    entries.retain(|entry| seen.insert(entry.id.clone()));
    for entry in entries {
        if entry.is_planned() {
            snapshot.maintenances.push(entry.into_maintenance(since));
        } else {
            snapshot.incidents.push(entry.into_incident(since, &mut warnings));
        }
    }
    let closes = is_complete && reaches_back;
    snapshot.coverage = Coverage { open_incidents: closes, open_maintenances: closes, ..snapshot.coverage };
    Snapshot { warnings: warnings.into_vec(), ..snapshot }
}

/// What the words of an entry say of where it stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Phase(Phase),
    Work(MaintenanceStatus),
}

struct Entry {
    id: String,
    title: String,
    /// The words of its state, in the order in which they are believed.
    words: Vec<String>,
    url: Option<String>,
    body: String,
    created_at: Option<Timestamp>,
    at: Option<Timestamp>,
}

impl Entry {
    fn new(id: String, entry: model::Entry, warnings: &mut Warnings) -> Self {
        let title = entry.title.as_ref().map(plain).unwrap_or_default();
        let content = entry.content.and_then(|content| content.body);
        let content = content.or(entry.summary.map(|summary| summary.content)).unwrap_or_default();
        let instant = |time: Option<i64>| time.and_then(times::seconds);
        let created_at = instant(entry.published.map(|time| time.timestamp()));
        let at = instant(entry.updated.map(|time| time.timestamp())).or(created_at);
        if at.is_none() {
            warnings.add(format_args!("entry '{id}' has no readable time"));
        }
        let categories = entry.categories.iter().map(|category| category.term.as_str());
        let words = prefix(&title).into_iter().chain(first_bold(&content)).chain(categories);
        Entry {
            words: words
                .map(|word| line_from_html(word, WORD_CHARS))
                .filter(|word| !word.is_empty())
                .collect(),
            url: warnings.link(format_args!("entry '{id}'"), "link", alternate(&entry.links)),
            body: from_html(&content),
            title: if title.is_empty() { id.clone() } else { without_state(&title).to_owned() },
            created_at,
            at,
            id,
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
            Some((_, State::Phase(phase))) if !phase.is_over() => false,
            Some((_, State::Phase(_))) | None => {
                self.title.to_lowercase().contains("maintenance")
                    && inferred_impact(&self.title) == Impact::Unknown
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
            Some((word, State::Phase(phase))) => (word.to_owned(), phase),
            Some((word, State::Work(_))) => (word.to_owned(), Phase::Unknown),
            None => (String::new(), Phase::Unknown),
        };
        let phase = if self.is_old(since) && !said.is_over() { Phase::Resolved } else { said };
        if phase == Phase::Unknown {
            warnings.add(format_args!("entry '{}' has no word for its state that we know", self.id));
        }
        Incident {
            impact: inferred_impact(&self.title),
            raw_impact: None,
            phase,
            started_at: None,
            created_at: self.created_at,
            updated_at: self.at,
            resolved_at: if said.is_over() { self.at } else { None },
            url: self.url.clone(),
            components: Vec::new(),
            updates: self.update(&word),
            name: self.title,
            id: self.id,
        }
    }

    fn into_maintenance(self, since: Timestamp) -> Maintenance {
        let (word, said) = match self.state() {
            Some((word, State::Work(status))) => (word.to_owned(), status),
            Some((word, State::Phase(_))) => (word.to_owned(), MaintenanceStatus::Completed),
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

fn plain(text: &model::Text) -> String {
    line_from_html(&text.content, NAME_CHARS)
}

fn alternate(links: &[model::Link]) -> Option<&str> {
    let link = links.iter().find(|link| link.rel.as_deref().is_none_or(|rel| rel == "alternate"));
    link.map(|link| link.href.as_str())
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

/// Returns the first words in bold type.
fn first_bold(html: &str) -> Option<&str> {
    let (at, tag) = ["<strong>", "<b>"].into_iter().filter_map(|tag| Some((html.find(tag)?, tag))).min()?;
    html[at + tag.len()..].split_once('<').map(|(word, _)| word)
}

/// Reads a word of state by its stem.
fn state(word: &str) -> Option<State> {
    let word = word.trim().trim_end_matches(':').to_lowercase();
    let begins = |stems: &[&str]| stems.iter().any(|stem| word.starts_with(stem));
    if begins(&["resolv", "fixed", "closed", "ended", "recovered", "operational"]) {
        Some(State::Phase(Phase::Resolved))
    } else if begins(&["postmortem", "post-mortem"]) {
        Some(State::Phase(Phase::Postmortem))
    } else if begins(&["investigat", "degraded", "outage"]) {
        Some(State::Phase(Phase::Investigating))
    } else if begins(&["identif"]) {
        Some(State::Phase(Phase::Identified))
    } else if begins(&["monitor", "watching", "recovering"]) {
        Some(State::Phase(Phase::Monitoring))
    } else if begins(&["pending", "schedul", "planned", "upcoming"]) {
        Some(State::Work(MaintenanceStatus::Scheduled))
    } else if begins(&["maintenance", "in progress", "under way"]) {
        Some(State::Work(MaintenanceStatus::InProgress))
    } else if begins(&["verif"]) {
        Some(State::Work(MaintenanceStatus::Verifying))
    } else if begins(&["complet"]) {
        Some(State::Work(MaintenanceStatus::Completed))
    } else if begins(&["cancel"]) {
        Some(State::Work(MaintenanceStatus::Cancelled))
    } else {
        None
    }
}

/// Infers an impact from the title, since the feed has no word for it.
fn inferred_impact(title: &str) -> Impact {
    let title = title.to_lowercase();
    let has = |stems: &[&str]| {
        title
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| stems.iter().any(|stem| word.starts_with(stem)))
    };
    if has(&["outage", "disrupt"]) || title.split_whitespace().any(|word| word == "down") {
        Impact::Major
    } else if has(&["degrad", "latenc", "delay", "elevated"]) {
        Impact::Minor
    } else if has(&["informational", "advisory"]) {
        Impact::None
    } else {
        Impact::Unknown
    }
}

#[cfg(test)]
mod tests;
