//! The page of one incident, or of one piece of announced work: all that was said of it, by four clocks.

use std::time::Duration;

use askama::Template;
use domain::MaintenanceStatus;
use jiff::Timestamp;

use crate::{
    card::{Card, Depth, named},
    frame::Frame,
    impact::Impact,
    links::{incident_file, maintenance_file},
    page::{HTML, Page},
    records::FrameOf,
    view::{Board, IncidentView, MaintenanceView},
    words::{Text, Words},
};

/// Less than this is no delay.
const AT_ONCE: Duration = Duration::from_secs(60);

#[derive(Template)]
#[template(path = "incident.html")]
struct Record<'a> {
    frame: Frame<'a>,
    words: Words<'a>,
    of: Text,
    index: String,
    history: String,
    card: Card<'a>,
    clocks: Vec<Clock>,
    impact: Option<Impact>,
    newer: Option<Neighbour>,
    older: Option<Neighbour>,
    /// Where a reader asks for alerts about this alone, while it is not over.
    follow: Option<String>,
    /// The instant of the page, while what it tells is not over.
    as_of: Option<Text>,
}

/// One of the instants that an incident is measured by.
struct Clock {
    name: &'static str,
    at: Option<Text>,
    /// What it means beside the others; without an instant, why there is none.
    note: Text,
}

struct Neighbour {
    path: String,
    title: Text,
    dates: Text,
}

/// Returns the pages of all incidents and all work.
pub(crate) fn all<'a>(board: &'a Board, frame: &FrameOf<'_, 'a>) -> Vec<Page> {
    let incidents = incidents(board).map(|incident| of_incident(board, incident, frame));
    incidents.chain(board.maintenances.iter().map(|work| of_work(board, work, frame))).collect()
}

/// Returns the paths of these pages.
pub(crate) fn paths(board: &Board) -> Vec<String> {
    let incidents = incidents(board).map(|incident| incident_file(&incident.id));
    let works = board.maintenances.iter().map(|work| maintenance_file(&work.id));
    incidents.chain(works).map(|file| board.place.path(&file)).collect()
}

/// Returns the incident whose page stands at this path.
pub(crate) fn find<'a>(board: &'a Board, path: &str) -> Option<&'a IncidentView> {
    incidents(board).find(|incident| board.place.path(&incident_file(&incident.id)) == path)
}

/// Returns the page at this path.
pub(crate) fn one<'a>(board: &'a Board, path: &str, frame: &FrameOf<'_, 'a>) -> Option<Page> {
    if let Some(incident) = find(board, path) {
        return Some(of_incident(board, incident, frame));
    }
    let is_it = |work: &&MaintenanceView| board.place.path(&maintenance_file(&work.id)) == path;
    board.maintenances.iter().find(is_it).map(|work| of_work(board, work, frame))
}

/// Every incident, the newest first.
fn incidents(board: &Board) -> impl Iterator<Item = &IncidentView> {
    board.open.iter().chain(&board.past)
}

fn of_incident<'a>(board: &'a Board, incident: &'a IncidentView, frame: &FrameOf<'_, 'a>) -> Page {
    let file = incident_file(&incident.id);
    let mut sorted: Vec<&IncidentView> = incidents(board).collect();
    sorted.sort_by_key(|other| std::cmp::Reverse(other.began_at()));
    let at = sorted.iter().position(|other| other.id == incident.id);
    let newer = at.and_then(|at| at.checked_sub(1)).map(|at| neighbour(board, sorted[at]));
    let older = at.and_then(|at| sorted.get(at + 1)).map(|other| neighbour(board, other));
    let card = Card::of_incident(incident, board, board.as_of, Depth::Alone);
    let is_open = !incident.phase.is_over();
    let record = Record {
        impact: Impact::of(incident, board.as_of, board.words()),
        newer,
        older,
        ..record(board, card, clocks(incident, board.words()), frame, &file, is_open)
    };
    Page::of(board.place.path(&file), HTML, &record)
}

fn of_work<'a>(board: &'a Board, work: &'a MaintenanceView, frame: &FrameOf<'_, 'a>) -> Page {
    let file = maintenance_file(&work.id);
    let words = board.words();
    let clock = |name, at: Option<Timestamp>, missing| Clock {
        name: words.t(name),
        at: at.map(|at| words.full(at)),
        note: if at.is_some() { Text::default() } else { Text::ours(words.t(missing)) },
    };
    let clocks = vec![
        clock("clock-starts", work.starts_at, "not-announced"),
        clock("clock-ends", work.ends_at, "not-announced"),
        clock("clock-first-seen", Some(work.first_seen_at), "not-announced"),
    ];
    let card = Card::of_work(work, board, board.as_of, Depth::Alone);
    let is_open = !work.status.is_over() && work.status != MaintenanceStatus::Unknown;
    let record = record(board, card, clocks, frame, &file, is_open);
    Page::of(board.place.path(&file), HTML, &record)
}

fn neighbour(board: &Board, of: &IncidentView) -> Neighbour {
    let words = board.words();
    Neighbour {
        path: board.place.path(&incident_file(&of.id)),
        title: named(of, words),
        dates: words.dates(of.began_at(), None),
    }
}

/// When it began, when it was first spoken of, when we saw it, when it ended; each beside the one it is measured from.
fn clocks(incident: &IncidentView, words: Words<'_>) -> Vec<Clock> {
    let span = |from: Option<Timestamp>, to: Option<Timestamp>| {
        from.zip(to).and_then(|(from, to)| Duration::try_from(to.duration_since(from)).ok())
    };
    let (started, posted, ended) = (incident.started_at, incident.posted_at, incident.resolved_at);
    let seen = Some(incident.first_seen_at);
    let clock = |name, at: Option<Timestamp>, known: Option<Text>, missing| Clock {
        name: words.t(name),
        at: at.map(|at| words.full(at)),
        note: if at.is_some() { known.unwrap_or_default() } else { Text::ours(words.t(missing)) },
    };
    let after = |key, length: String| words.say(key, [("length", length.into())]);
    let word = span(started, posted).map(|late| {
        if late < AT_ONCE {
            Text::ours(words.t("at-once"))
        } else {
            after("after-the-start", words.lag(late))
        }
    });
    let was_over = ended.is_some_and(|ended| ended <= incident.first_seen_at);
    let sight = match span(posted, seen) {
        // Before we read the page for the first time nobody was late.
        Some(_) if was_over => Some(Text::ours(words.t("over-already"))),
        Some(late) if late < AT_ONCE => Some(Text::ours(words.t("as-soon-as-posted"))),
        late => late.map(|late| after("after-it-was-posted", words.lag(late))),
    };
    let length = span(started, ended).map(|length| after("after-the-start", words.duration(length)));
    let length = length
        .or_else(|| span(posted, ended).map(|length| after("after-the-first-word", words.duration(length))));
    let missing = if incident.phase.is_over() { "end-not-stated" } else { "not-yet" };
    vec![
        clock("clock-started", started, None, "start-not-stated"),
        clock("clock-first-word", posted, word, "time-not-stated"),
        clock("clock-first-seen", seen, sight, "time-not-stated"),
        clock("clock-resolved", ended, length, missing),
    ]
}

fn record<'a>(
    board: &'a Board,
    card: Card<'a>,
    clocks: Vec<Clock>,
    frame: &FrameOf<'_, 'a>,
    file: &str,
    is_open: bool,
) -> Record<'a> {
    let words = board.words();
    let title = words
        .say("title-of", [("what", card.title.clone().into()), ("page", words.theirs(&board.title).into())]);
    let description = card.gist.as_ref().map(|gist| gist.text.clone()).unwrap_or_else(|| {
        let facts = std::iter::once(Text::ours(card.tag)).chain(card.facts.iter().cloned());
        let args = [("page", words.theirs(&board.title).into()), ("what", words.list(facts).into())];
        words.say("page-says", args).plain()
    });
    let frame = frame(title.plain(), description, file);
    let events = board.place.events.as_deref().filter(|_| is_open);
    let id = file.rsplit('/').next().unwrap_or_default();
    Record {
        follow: frame.alerts.as_ref().filter(|_| is_open).map(|alerts| format!("{alerts}&only={id}")),
        frame: Frame { events, refreshes: is_open, ..frame },
        words,
        of: words.theirs(&board.title),
        index: board.place.path(""),
        history: board.place.path("history"),
        card,
        clocks,
        impact: None,
        newer: None,
        older: None,
        as_of: is_open.then(|| words.full(board.as_of)),
    }
}
