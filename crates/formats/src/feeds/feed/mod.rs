//! Any RSS, Atom or JSON feed, for providers that offer nothing better.
//!
//! A feed is a log, not a state: it claims nothing of the whole, has no components, and what it leaves out is not over. So
//! nothing is covered, and a feed without items says nothing at all. An incident is open while its newest state is no end
//! *and* it was told of within [`stories::SILENCE`]; many feeds never post an end, so one that falls silent is given as over
//! as long as it is listed. Likewise work that was announced longer ago than [`ANNOUNCED`]. An entry without a date can't be
//! too old: it is believed when it tells an end and left out otherwise. How bad an incident is, is inferred from its title and
//! marked so.

pub(crate) mod entries;
mod repair;
pub(crate) mod stories;
pub(crate) mod words;

use std::collections::HashSet;

use domain::snapshot::{Incident, Maintenance, Page, Snapshot, Update};
use domain::{Impact, MaintenanceStatus, Phase, Platform};
use jiff::{SignedDuration, Timestamp};
use url::Url;

use self::entries::Log;
use self::stories::{SILENCE, Story};
use self::words::State;
use super::blank;
use super::document::{Document, Kind};
use super::order;
use super::reader::{Reader, at_host};
use super::warnings::Warnings;
use crate::feed::Read;
use crate::text::{Tag, Token, WORD_CHARS, clean_line, line_from_html, tokens};

/// How long before its beginning work is announced at most, as far as we believe that it is still to come.
const ANNOUNCED: SignedDuration = SignedDuration::from_hours(31 * 24);
/// The most feeds that a page is believed to have.
const FEEDS: usize = 10;

/// How much of a text stands for a title that is missing, in characters.
const TITLE_CHARS: usize = 100;

/// Any feed.
pub(crate) struct Feed;

impl Reader for Feed {
    fn platform(&self) -> Platform {
        Platform::Feed
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::Xml, Kind::Json]
    }

    fn read(&self, document: &Document<'_>) -> Option<Read> {
        Some(entries::parse(document)?.map(|log| snapshot(&log, document.at)))
    }

    fn depends_on_time(&self) -> bool {
        true
    }

    fn probes(&self, page: &Url) -> Vec<String> {
        ["/history.atom", "/history.rss", "/feed.rss", "/feed", "/rss", "/state_feed/feed.atom"]
            .into_iter()
            .filter_map(|path| at_host(page, path))
            .collect()
    }

    fn feeds_in_page(&self, page: &Document<'_>) -> Vec<String> {
        let Some(base) = &page.url else { return Vec::new() };
        let mut feeds: Vec<String> = Vec::new();
        for token in tokens(page.text) {
            let Token::Open(tag) = token else { continue };
            let Some(feed) = tag.is("link").then(|| alternate(&tag, base)).flatten() else { continue };
            if feeds.len() < FEEDS && !feeds.contains(&feed) {
                feeds.push(feed);
            }
        }
        feeds
    }
}

/// Returns the feed that a link of a page's head leads to.
fn alternate(tag: &Tag<'_>, base: &Url) -> Option<String> {
    let is_alternate =
        tag.attribute("rel")?.split_whitespace().any(|rel| rel.eq_ignore_ascii_case("alternate"));
    let kind = tag.attribute("type")?.to_ascii_lowercase();
    let is_feed = ["application/rss+xml", "application/atom+xml", "application/feed+json"]
        .iter()
        .any(|known| kind.split(';').next().unwrap_or_default().trim() == *known);
    let url = base.join(tag.attribute("href")?.trim()).ok()?;
    (is_alternate && is_feed && matches!(url.scheme(), "http" | "https")).then(|| url.into())
}

fn snapshot(log: &Log, now: Timestamp) -> Snapshot {
    let mut warnings = Warnings::default();
    if log.dropped > 0 {
        warnings.add(format_args!("{} further entries were not read", log.dropped));
    }
    let (mut incidents, mut maintenances) = (Vec::new(), Vec::new());
    let mut seen = HashSet::new();
    for story in stories::fold(log) {
        if !seen.insert(story.id.clone()) {
            warnings.add(format_args!("incident '{}' is listed twice", story.id));
        } else if story.at().is_none() && !story.is_over() {
            warnings.add(format_args!("entry '{}' has no readable date and is left out", name(&story)));
        } else if is_work(&story) {
            maintenances.push(maintenance(&story, now));
        } else {
            incidents.push(incident(&story, now));
        }
    }
    let incidents = order::incidents(incidents);
    Snapshot {
        page: Page { name: log.title.clone(), url: log.url.clone(), ..Page::default() },
        incidents,
        maintenances,
        warnings: warnings.into_vec(),
        ..blank::snapshot(Platform::Feed)
    }
}

/// Whether a story is about announced work: it has a state that only work has, or says so, and nobody looks for a cause.
fn is_work(story: &Story<'_>) -> bool {
    let states =
        || story.chapters.iter().filter_map(|chapter| chapter.state.as_ref()).map(|(state, _)| *state);
    let is_sought = |state| {
        matches!(state, State::Incident(Phase::Investigating | Phase::Identified | Phase::Postmortem))
    };
    let is_planned = states().any(|state| matches!(state, State::Work(_)));
    let speaks = story.chapters.iter().any(|chapter| words::speaks_of_work(chapter.entry));
    !states().any(is_sought) && (is_planned || speaks)
}

fn incident(story: &Story<'_>, now: Timestamp) -> Incident {
    let phase = match story.state() {
        Some(State::Incident(phase)) => phase,
        Some(State::Work(MaintenanceStatus::Completed | MaintenanceStatus::Cancelled)) => Phase::Resolved,
        Some(State::Work(MaintenanceStatus::InProgress)) => Phase::Identified,
        Some(State::Work(MaintenanceStatus::Verifying)) => Phase::Monitoring,
        Some(State::Work(MaintenanceStatus::Scheduled | MaintenanceStatus::Unknown) | State::Same) | None => {
            Phase::Unknown
        }
    };
    let is_silent = story.at().is_some_and(|at| now.duration_since(at) > SILENCE);
    let (newest, oldest) = (story.chapters[0].entry, story.chapters[story.chapters.len() - 1].entry);
    // One entry alone may be the first word on the incident, edited since, or the last.
    let has_end =
        phase == Phase::Resolved && (story.chapters.len() > 1 || newest.updated_at > newest.published_at);
    let severities = story.chapters.iter().map(|chapter| words::severity(chapter.entry));
    let (impact, raw_impact) =
        severities.max_by_key(|(impact, _)| *impact).unwrap_or((Impact::Unknown, None));
    Incident {
        id: story.id.clone(),
        name: name(story),
        impact,
        raw_impact: raw_impact.map(|raw| clean_line(&raw, WORD_CHARS)),
        phase: if is_silent && !phase.is_over() { Phase::Resolved } else { phase },
        started_at: None,
        created_at: oldest.published_at.or(oldest.updated_at),
        updated_at: story.at(),
        resolved_at: newest.at().filter(|_| has_end),
        url: story.chapters[0].entry.link.clone(),
        components: Vec::new(),
        updates: updates(story),
    }
}

fn maintenance(story: &Story<'_>, now: Timestamp) -> Maintenance {
    let status = match story.state() {
        Some(State::Work(status)) => status,
        Some(State::Incident(phase)) if phase.is_over() => MaintenanceStatus::Completed,
        Some(State::Incident(Phase::Monitoring)) => MaintenanceStatus::Verifying,
        Some(State::Incident(_) | State::Same) | None => MaintenanceStatus::Unknown,
    };
    let limit = if status.is_active() { SILENCE } else { ANNOUNCED };
    let is_silent = story.at().is_some_and(|at| now.duration_since(at) > limit);
    Maintenance {
        id: story.id.clone(),
        name: name(story),
        status: if is_silent && !status.is_over() { MaintenanceStatus::Completed } else { status },
        starts_at: None,
        ends_at: None,
        updated_at: story.at(),
        url: story.chapters[0].entry.link.clone(),
        components: Vec::new(),
        updates: updates(story),
    }
}

/// Returns what a story is called: its title, else what it begins with.
fn name(story: &Story<'_>) -> String {
    let entry = story.chapters[0].entry;
    let texts = [story.title.clone(), line_from_html(&entry.content, TITLE_CHARS)];
    texts.into_iter().find(|text| !text.is_empty()).unwrap_or_else(|| story.id.clone())
}

/// Returns the updates of a story. An entry that is listed in several versions counts in its newest.
fn updates(story: &Story<'_>) -> Vec<Update> {
    let mut updates: Vec<Update> = Vec::new();
    for chapter in &story.chapters {
        if updates.iter().any(|known| known.id == chapter.entry.id) {
            continue;
        }
        let label = chapter.state.as_ref().map(|(_, label)| clean_line(label, WORD_CHARS));
        updates.push(Update {
            id: chapter.entry.id.clone(),
            status: label.unwrap_or_default(),
            body: chapter.entry.body(),
            at: chapter.entry.at(),
        });
    }
    updates
}

#[cfg(test)]
mod tests;
