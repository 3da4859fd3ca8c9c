//! Incidents and announced work, ready to be drawn: on the index, in the history and on a page of their own.

use std::time::Duration;

use domain::MaintenanceStatus;
use jiff::Timestamp;

use crate::{
    edits::{self, Piece},
    links::{incident_file, local_or_web, maintenance_file, segment, web},
    markdown,
    show::{
        Stamp, dates, duration, full, impact_class, impact_word, iso, lag, near, phase_label, span,
        stamp_full, stamp_near, work_label,
    },
    view::{ComponentRef, Edit, IncidentView, MaintenanceView, Note, Place, UpdateView},
};

/// A first public word this long after the start is worth telling.
const LATE: Duration = Duration::from_secs(60);

/// Bodies longer than this many characters are folded on pages that show several incidents.
const FOLD_ABOVE: usize = 420;

/// Characters of a folded body that stay visible.
const EXCERPT: usize = 280;

/// Characters of the longest line that a platform proposes for an update, such as "A fix has been implemented and we are
/// monitoring the results."
const FORMULA: usize = 64;

/// An incident or announced work.
pub(crate) struct Card<'a> {
    pub(crate) key: String,
    pub(crate) title: &'a str,
    pub(crate) path: String,
    pub(crate) tag_class: &'static str,
    pub(crate) tag: &'static str,
    /// For live updates: what must glow when it differs.
    pub(crate) state: String,
    /// What stands beside the tag, from left to right.
    pub(crate) facts: Vec<Fact>,
    /// What is affected.
    pub(crate) affected: String,
    pub(crate) cause: Option<&'a str>,
    pub(crate) cause_link: Option<&'a str>,
    pub(crate) next_update: Option<Stamp>,
    /// One paragraph that says what it was, for incidents that are over.
    pub(crate) gist: Option<String>,
    pub(crate) updates: Vec<Saying>,
    pub(crate) postmortem: Option<Saying>,
    pub(crate) official: Option<&'a str>,
}

/// A few words, perhaps with the instant or the span they speak of.
pub(crate) struct Fact {
    pub(crate) iso: Option<String>,
    /// The instant from which a length still grows.
    pub(crate) running: Option<String>,
    pub(crate) text: String,
}

/// One update.
pub(crate) struct Saying {
    pub(crate) key: String,
    pub(crate) at: Option<Stamp>,
    pub(crate) word: String,
    /// Safe HTML.
    pub(crate) html: String,
    /// What stays visible of a long body; `None` shows it whole.
    pub(crate) excerpt: Option<String>,
    pub(crate) edited: Option<Edited>,
}

/// A change of an update that was public already.
pub(crate) struct Edited {
    pub(crate) at: Stamp,
    /// What was changed, for those who look at one incident alone.
    pub(crate) pieces: Vec<Piece>,
}

/// Where a card is drawn, which decides how much of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    /// Among others: long bodies are folded, headings begin at the fourth level.
    Among,
    /// Alone on its page: everything is open, headings begin at the third level.
    Alone,
}

impl<'a> Card<'a> {
    /// Returns the card of an incident.
    pub(crate) fn of_incident(
        incident: &'a IncidentView,
        place: &Place,
        as_of: Timestamp,
        depth: Depth,
    ) -> Self {
        let is_over = incident.phase.is_over();
        let normal = incident.updates.iter().filter(|update| !update.is_postmortem());
        let mut facts = if is_over { past_facts(incident) } else { open_facts(incident, as_of) };
        facts.extend(late(incident));
        Card {
            key: format!("i-{}", segment(&incident.id)),
            title: titled(&incident.title),
            path: place.path(&incident_file(&incident.id)),
            tag_class: impact_class(incident.impact),
            tag: impact_word(incident.impact),
            state: format!("{}/{}", incident.phase.word(), incident.updates.len()),
            facts,
            affected: names(&incident.components),
            cause: incident.cause.as_ref().map(|cause| cause.text.as_str()),
            cause_link: incident.cause.as_ref().and_then(link),
            next_update: incident.next_update_at.filter(|_| !is_over).map(|at| stamp_near(at, as_of)),
            gist: if is_over { gist(incident) } else { None },
            updates: normal.map(|update| saying(update, as_of, depth)).collect(),
            postmortem: incident.postmortem().map(|update| saying(update, as_of, depth)),
            official: incident.official_url.as_deref().and_then(web),
        }
    }

    /// Returns the card of announced work.
    pub(crate) fn of_work(work: &'a MaintenanceView, place: &Place, as_of: Timestamp, depth: Depth) -> Self {
        Card {
            key: format!("m-{}", segment(&work.id)),
            title: titled(&work.title),
            path: place.path(&maintenance_file(&work.id)),
            tag_class: if work.status == MaintenanceStatus::Cancelled { "unknown" } else { "work" },
            tag: work_label(work.status),
            state: format!("{}/{}", work.status.word(), work.updates.len()),
            facts: work_facts(work, as_of),
            affected: names(&work.components),
            cause: None,
            cause_link: None,
            next_update: None,
            gist: None,
            updates: work.updates.iter().map(|update| saying(update, as_of, depth)).collect(),
            postmortem: None,
            official: work.official_url.as_deref().and_then(web),
        }
    }
}

impl Depth {
    const fn top_heading(self) -> u8 {
        match self {
            Depth::Among => 4,
            Depth::Alone => 3,
        }
    }
}

fn open_facts(incident: &IncidentView, as_of: Timestamp) -> Vec<Fact> {
    let (word, at) = beginning(incident);
    let length = as_of.duration_since(at).try_into().unwrap_or_default();
    vec![
        said(phase_label(incident.phase).to_owned()),
        dated(at, format!("{word} {}", near(at, as_of))),
        Fact { iso: None, running: Some(iso(at)), text: duration(length) },
    ]
}

fn past_facts(incident: &IncidentView) -> Vec<Fact> {
    let began = incident.began_at();
    let mut facts = vec![dated(began, dates(began, incident.resolved_at))];
    let Some(ended) = incident.resolved_at.filter(|ended| *ended >= began) else { return facts };
    facts.push(said(span(began, ended)));
    // Without a start the length would be that of the talk about it.
    if incident.started_at.is_some() {
        facts.push(said(duration(ended.duration_since(began).try_into().unwrap_or_default())));
    }
    facts
}

fn work_facts(work: &MaintenanceView, as_of: Timestamp) -> Vec<Fact> {
    match (work.starts_at, work.ends_at) {
        (Some(from), Some(until)) if until >= from => vec![
            dated(from, dates(from, None)),
            said(span(from, until)),
            said(duration(until.duration_since(from).try_into().unwrap_or_default())),
        ],
        (Some(from), _) => {
            vec![dated(from, format!("from {}", full(from))), said("end not announced".into())]
        }
        (None, Some(until)) => vec![said(format!("until {}", near(until, as_of)))],
        (None, None) => vec![said("time not announced".to_owned())],
    }
}

/// How late the reporter spoke: `posted 66 min after start`.
fn late(incident: &IncidentView) -> Option<Fact> {
    let (started, posted) = (incident.started_at?, incident.posted_at?);
    let delay = Duration::try_from(posted.duration_since(started)).ok()?;
    if delay < LATE {
        return None;
    }
    let after_end = incident.resolved_at.is_some_and(|ended| posted > ended);
    let suffix = if after_end { ", when it was over" } else { "" };
    Some(dated(posted, format!("posted {} after start{suffix}", lag(delay))))
}

fn beginning(incident: &IncidentView) -> (&'static str, Timestamp) {
    match (incident.started_at, incident.posted_at) {
        (Some(at), _) => ("started", at),
        (None, Some(at)) => ("posted", at),
        (None, None) => ("first seen", incident.first_seen_at),
    }
}

/// What it was, in one paragraph: the post-mortem's first, else the newest that is no mere formula, since what is known
/// last is known best; where nobody ever said more, the first public word.
fn gist(incident: &IncidentView) -> Option<String> {
    let beginning = |update: &UpdateView| markdown::first_paragraph(&update.body, EXCERPT);
    let says_much = |text: &String| text.chars().nth(FORMULA).is_some();
    let newest = || incident.updates.iter().filter_map(beginning).find(says_much);
    let postmortem = incident.postmortem().and_then(beginning);
    postmortem.or_else(newest).or_else(|| incident.updates.iter().rev().find_map(beginning))
}

fn saying(update: &UpdateView, as_of: Timestamp, depth: Depth) -> Saying {
    let (excerpt, _) = markdown::excerpt(&update.body, EXCERPT);
    let is_long = update.body.chars().nth(FOLD_ABOVE).is_some();
    Saying {
        key: format!("u-{}", segment(&update.id)),
        at: update.at.map(|at| match depth {
            Depth::Among => stamp_near(at, as_of),
            Depth::Alone => stamp_full(at),
        }),
        word: spoken(&update.word),
        html: markdown::to_html(&update.body, depth.top_heading()),
        excerpt: (is_long && depth == Depth::Among && !update.is_postmortem()).then_some(excerpt),
        edited: update.edited.as_ref().map(|edit| edited(edit, &update.body, depth)),
    }
}

fn edited(edit: &Edit, body: &str, depth: Depth) -> Edited {
    let before = edit.before.as_deref().filter(|_| depth == Depth::Alone);
    let pieces = before.map(|before| edits::difference(before, body));
    Edited { at: stamp_full(edit.at), pieces: pieces.unwrap_or_default() }
}

/// A reporter's word as the beginning of a sentence: `in_progress` is `In progress`.
fn spoken(word: &str) -> String {
    let word = word.replace('_', " ");
    let mut letters = word.chars();
    letters.next().map_or_else(|| "Update".to_owned(), |first| first.to_uppercase().chain(letters).collect())
}

/// A title is the text of a link, so it can't be empty.
pub(crate) fn titled(title: &str) -> &str {
    if title.trim().is_empty() { "Untitled" } else { title }
}

pub(crate) fn names(components: &[ComponentRef]) -> String {
    components.iter().map(|component| component.name.as_str()).collect::<Vec<_>>().join(", ")
}

fn link(note: &Note) -> Option<&str> {
    note.link.as_deref().and_then(local_or_web)
}

fn said(text: String) -> Fact {
    Fact { iso: None, running: None, text }
}

fn dated(at: Timestamp, text: String) -> Fact {
    Fact { iso: Some(iso(at)), running: None, text }
}
