//! `/history.atom` and `/history.rss`: the newest incidents as a feed, for when the JSON documents can't be had.
//!
//! Captured for Atom; RSS carries the same content. Neither tells components, impact nor what is complete, so this closes
//! nothing. An incident's id in the JSON documents is the last segment of its link, so that it stays the same incident
//! whichever document told of it. The updates are HTML without a year and without ids: the year goes backwards from the
//! entry's own date, and an update is known by its minute.

use std::collections::{HashMap, HashSet};

use domain::snapshot::{Incident, Maintenance, Page, Snapshot, Update};
use domain::{Impact, MaintenanceStatus, Phase, Platform};
use jiff::Timestamp;
use url::Url;

use super::dates::{self, Clock};
use crate::feed::Read;
use crate::feeds::blank;
use crate::feeds::document::{Document, Kind};
use crate::feeds::feed::entries::{self, Entry, Log};
use crate::feeds::rows;
use crate::feeds::warnings::Warnings;
use crate::feeds::wire::Text;
use crate::text::{Token, WORD_CHARS, clean_line, from_html, line_from_html, tokens};

/// What stands at the head of a maintenance.
const SCHEDULED: &str = "THIS IS A SCHEDULED EVENT";
/// The word of an update that leaves the state as it was.
const SAME: &str = "update";
/// The most updates read of an entry.
const UPDATES: usize = 500;

/// Reads the feed of a page; `None` where it is another's.
pub(super) fn read(document: &Document<'_>) -> Option<Read> {
    if document.kind != Kind::Xml {
        return None;
    }
    match entries::parse(document)? {
        Ok(log) => is_ours(&log).then(|| Ok(snapshot(log))),
        Err(reason) => document.text.contains(",2005:Incident/").then_some(Err(reason)),
    }
}

/// Whether a feed is of Statuspage: by its ids, by the dates in its content, or, being empty, by its title.
fn is_ours(log: &Log) -> bool {
    let has_id = log.id.as_ref().is_some_and(|id| id.ends_with(",2005:/history"));
    let is_entry = |entry: &Entry| {
        entry.id.contains(",2005:Incident/")
            || entry.content.contains("data-var='date'")
            || entry.content.contains("data-var=\"date\"")
    };
    let is_empty = log.entries.is_empty()
        && log.title.as_ref().is_some_and(|title| title.ends_with(" - Incident History"));
    has_id || is_empty || log.entries.iter().any(is_entry)
}

fn snapshot(log: Log) -> Snapshot {
    let mut warnings = Warnings::default();
    let (mut incidents, mut maintenances) = (Vec::new(), Vec::new());
    let mut seen = HashSet::new();
    if log.dropped > 0 {
        warnings.add(format_args!("{} further entries were not read", log.dropped));
    }
    for entry in &log.entries {
        let Some(id) = incident_id(entry) else {
            warnings.add(format_args!("entry '{}' has no link with an id", entry.title));
            continue;
        };
        if !seen.insert(id.clone()) {
            warnings.add(format_args!("incident '{id}' is listed twice"));
            continue;
        }
        let story = Story::of(entry, &mut warnings);
        if story.is_planned {
            maintenances.push(maintenance(id, entry, story, &mut warnings));
        } else {
            incidents.push(incident(id, entry, story, &mut warnings));
        }
    }
    let name = log.title.as_deref().map(|title| title.trim_end_matches(" - Incident History").to_owned());
    Snapshot {
        page: Page { name, url: log.url, ..Page::default() },
        incidents,
        maintenances,
        warnings: warnings.into_vec(),
        ..blank::snapshot(Platform::Statuspage)
    }
}

/// Returns the id that the JSON documents give to the incident of an entry.
fn incident_id(entry: &Entry) -> Option<String> {
    let url = Url::parse(entry.link.as_deref()?).ok()?;
    let segment = url.path_segments()?.rfind(|segment| !segment.is_empty())?;
    rows::id(&Text(Some(segment.to_owned())))
}

fn incident(id: String, entry: &Entry, story: Story, warnings: &mut Warnings) -> Incident {
    let owner = format!("incident '{}'", entry.title);
    let phase =
        rows::known(Phase::from_word(&story.state), Phase::Unknown, &owner, "status", &story.state, warnings);
    Incident {
        name: if entry.title.is_empty() { id.clone() } else { entry.title.clone() },
        id,
        impact: Impact::Unknown,
        raw_impact: None,
        phase,
        started_at: None,
        created_at: story.updates.last().and_then(|update| update.at),
        updated_at: entry.updated_at,
        resolved_at: story.end("resolved").filter(|_| phase.is_over()),
        url: entry.link.clone(),
        components: Vec::new(),
        updates: story.updates,
    }
}

fn maintenance(id: String, entry: &Entry, story: Story, warnings: &mut Warnings) -> Maintenance {
    let owner = format!("maintenance '{}'", entry.title);
    let status = match story.state.as_str() {
        "resolved" | "postmortem" => MaintenanceStatus::Completed,
        word => rows::known(
            MaintenanceStatus::from_word(word),
            MaintenanceStatus::Unknown,
            &owner,
            "status",
            word,
            warnings,
        ),
    };
    Maintenance {
        name: if entry.title.is_empty() { id.clone() } else { entry.title.clone() },
        id,
        status,
        starts_at: story.planned.map(|(start, _)| start),
        ends_at: story.planned.map(|(_, end)| end),
        updated_at: entry.updated_at,
        url: entry.link.clone(),
        components: Vec::new(),
        updates: story.updates,
    }
}

/// What the HTML of an entry tells.
struct Story {
    /// The word of the state it is in now; empty where no update names one.
    state: String,
    /// Newest first.
    updates: Vec<Update>,
    is_planned: bool,
    /// The planned start and end.
    planned: Option<(Timestamp, Timestamp)>,
}

impl Story {
    fn of(entry: &Entry, warnings: &mut Warnings) -> Self {
        let (head, pieces) = pieces(&entry.content);
        let head = line_from_html(head, 500);
        let mut clock = Clock::at(entry.published_at.or(entry.updated_at));
        let mut updates: Vec<Update> = Vec::new();
        for (date, html) in pieces {
            let (status, body) = announced(html);
            let at = clock.back_to(&date);
            if at.is_none() {
                warnings.add(format_args!("incident '{}' has unreadable time '{date}'", entry.title));
            }
            updates.push(Update { id: date, status, body, at });
        }
        let state = settle(&mut updates);
        let is_word = |word: &str| ["scheduled", "in_progress", "verifying", "completed"].contains(&word);
        let planned = head.split_once(SCHEDULED).map(|(_, times)| times);
        Self {
            state,
            is_planned: planned.is_some() || updates.iter().any(|update| is_word(&update.status)),
            planned: planned.and_then(|times| dates::planned(times.trim(), entry.published_at?)),
            updates,
        }
    }

    /// Returns when the state of a word was announced last.
    fn end(&self, word: &str) -> Option<Timestamp> {
        self.updates.iter().rfind(|update| update.status == word)?.at
    }
}

/// Gives each update an id of its own and the state it leaves the incident in; returns the state it is in now. Ids and
/// states grow from the oldest, which newer ones leave as it is.
fn settle(updates: &mut [Update]) -> String {
    let mut state = String::new();
    let mut minutes: HashMap<String, usize> = HashMap::new();
    for update in updates.iter_mut().rev() {
        if update.status == SAME || update.status.is_empty() {
            update.status.clone_from(&state);
        } else {
            state.clone_from(&update.status);
        }
        let minute = match update.at {
            Some(at) => at.to_string(),
            None => entries::digest(&update.id),
        };
        let count = minutes.entry(minute.clone()).or_default();
        *count += 1;
        update.id = if *count == 1 { minute } else { format!("{minute}/{count}") };
    }
    state
}

/// Splits the HTML of an entry: what comes before the updates, and of each update its date and the rest.
fn pieces(html: &str) -> (&str, Vec<(String, &str)>) {
    let mut parts = html.split("<small>");
    let head = parts.next().unwrap_or_default();
    let of = |part: &'_ str| {
        let (date, rest) = part.split_once("</small>").unwrap_or(("", part));
        (line_from_html(date, WORD_CHARS), rest.len())
    };
    let pieces = parts.take(UPDATES).map(|part| {
        let (date, length) = of(part);
        (date, &part[part.len() - length..])
    });
    (head, pieces.collect())
}

/// Reads the inside of an update: `<strong>State</strong> - text`.
fn announced(html: &str) -> (String, String) {
    let mut words = tokens(html).skip_while(|token| !is_strong(token));
    words.next();
    let state = match words.next() {
        Some(Token::Text(state)) => clean_line(state, WORD_CHARS).to_lowercase().replace(' ', "_"),
        _ => String::new(),
    };
    let text = html.split_once("</strong>").map_or(html, |(_, text)| text);
    let text = text.trim_start();
    (state, from_html(text.strip_prefix("- ").unwrap_or(text)))
}

fn is_strong(token: &Token<'_>) -> bool {
    matches!(token, Token::Open(tag) if tag.is("strong"))
}
