//! Incidents and announced work, ready to be drawn: on the index, in the history and on a page of their own.

use std::time::Duration;

use domain::MaintenanceStatus;
use jiff::Timestamp;

use crate::{
    edits::{self, Piece},
    links::{incident_file, local_or_web, maintenance_file, segment, web},
    markdown,
    show::impact_class,
    view::{ActionView, Board, ComponentRef, Edit, IncidentView, MaintenanceView, Note, UpdateView},
    words::{Text, Words},
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
    pub(crate) title: Text,
    pub(crate) path: String,
    pub(crate) tag_class: &'static str,
    pub(crate) tag: &'static str,
    /// For live updates: what must glow when it differs.
    pub(crate) state: String,
    /// What stands beside the tag, in the order of reading.
    pub(crate) facts: Vec<Text>,
    /// What is affected.
    pub(crate) affected: Text,
    pub(crate) cause: Option<Text>,
    pub(crate) next_update: Option<Text>,
    /// One paragraph that says what it was, for incidents that are over.
    pub(crate) gist: Option<Gist>,
    /// How many updates there are.
    pub(crate) count: Text,
    pub(crate) updates: Vec<Saying>,
    pub(crate) postmortem: Option<Saying>,
    /// What is done so that it does not happen again; told with the post-mortem.
    pub(crate) actions: Vec<Doing>,
    pub(crate) official: Option<&'a str>,
}

/// Something that is done so that it does not happen again.
pub(crate) struct Doing {
    pub(crate) what: Text,
    /// Whether it is done, else by when it is to be.
    pub(crate) state: Text,
}

/// One update.
pub(crate) struct Saying {
    pub(crate) key: String,
    pub(crate) at: Option<Text>,
    pub(crate) word: Text,
    /// Safe HTML.
    /// Those of the element that holds the body.
    pub(crate) attributes: &'static str,
    pub(crate) html: String,
    /// What stays visible of a long body; `None` shows it whole.
    pub(crate) excerpt: Option<String>,
    pub(crate) edited: Option<Edited>,
}

/// What an incident was, in one paragraph.
pub(crate) struct Gist {
    pub(crate) text: String,
    /// Those of the element that holds it.
    pub(crate) attributes: &'static str,
}

/// A change of an update that was public already.
pub(crate) struct Edited {
    pub(crate) when: Text,
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
    /// Returns the card of an incident on this board, as it is read at this instant.
    pub(crate) fn of_incident(
        incident: &'a IncidentView,
        board: &Board,
        as_of: Timestamp,
        depth: Depth,
    ) -> Self {
        let words = board.words();
        let is_over = incident.phase.is_over();
        let normal = incident.updates.iter().filter(|update| !update.is_postmortem());
        let mut facts =
            if is_over { past_facts(incident, words) } else { open_facts(incident, as_of, words) };
        facts.extend(late(incident, words));
        facts.extend(own_facts(incident, board));
        let next = incident.next_update_at.filter(|_| !is_over).map(|at| words.near(at, as_of));
        let updates: Vec<Saying> = normal.map(|update| saying(update, as_of, depth, words)).collect();
        Card {
            key: format!("i-{}", segment(&incident.id)),
            title: named(incident, words),
            path: board.place.path(&incident_file(&incident.id)),
            tag_class: impact_class(incident.impact),
            tag: words.impact(incident.impact),
            state: format!("{}/{}", incident.phase.word(), incident.updates.len()),
            facts,
            affected: names(&incident.components, words),
            cause: incident.cause.as_ref().map(|cause| {
                let name = words.theirs(&cause.text).linked(link(cause));
                words.say("cause", [("cause", name.into())])
            }),
            next_update: next.map(|at| words.say("next-update-by", [("time", at.into())])),
            gist: if is_over { gist(incident, words) } else { None },
            count: words.count("updates-count", updates.len()),
            updates,
            postmortem: incident.postmortem().map(|update| saying(update, as_of, depth, words)),
            actions: doings(incident, words),
            official: incident.official_url.as_deref().and_then(web),
        }
    }

    /// Returns the card of announced work on this board, as it is read at this instant.
    pub(crate) fn of_work(work: &'a MaintenanceView, board: &Board, as_of: Timestamp, depth: Depth) -> Self {
        let words = board.words();
        Card {
            key: format!("m-{}", segment(&work.id)),
            title: titled(&work.title, words),
            path: board.place.path(&maintenance_file(&work.id)),
            tag_class: if work.status == MaintenanceStatus::Cancelled { "unknown" } else { "work" },
            tag: words.work(work.status),
            state: format!("{}/{}", work.status.word(), work.updates.len()),
            facts: work_facts(work, as_of, words),
            affected: names(&work.components, words),
            cause: work.provider.as_ref().map(|provider| {
                let name = words.theirs(&provider.text).linked(link(provider));
                words.say("work-of-provider", [("provider", name.into())])
            }),
            next_update: None,
            gist: None,
            count: words.count("updates-count", work.updates.len()),
            updates: work.updates.iter().map(|update| saying(update, as_of, depth, words)).collect(),
            postmortem: None,
            actions: Vec::new(),
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

fn open_facts(incident: &IncidentView, as_of: Timestamp, words: Words<'_>) -> Vec<Text> {
    let (key, at) = match (incident.started_at, incident.posted_at) {
        (Some(at), _) => ("started-at", at),
        (None, Some(at)) => ("posted-at", at),
        (None, None) => ("first-seen-at", incident.first_seen_at),
    };
    let length = as_of.duration_since(at).try_into().unwrap_or_default();
    vec![
        Text::ours(words.phase(incident.phase)),
        words.say(key, [("time", words.near(at, as_of).into())]),
        Text::growing(words.duration(length), at),
    ]
}

fn past_facts(incident: &IncidentView, words: Words<'_>) -> Vec<Text> {
    let began = incident.began_at();
    let mut facts = vec![words.dates(began, incident.resolved_at)];
    let Some(ended) = incident.resolved_at.filter(|ended| *ended >= began) else { return facts };
    facts.push(words.span(began, ended));
    // Without a start the length would be that of the talk about it.
    if incident.started_at.is_some() {
        facts.push(length(began, ended, words));
    }
    facts
}

fn length(from: Timestamp, until: Timestamp, words: Words<'_>) -> Text {
    Text::ours(words.duration(until.duration_since(from).try_into().unwrap_or_default()))
}

fn work_facts(work: &MaintenanceView, as_of: Timestamp, words: Words<'_>) -> Vec<Text> {
    match (work.starts_at, work.ends_at) {
        (Some(from), Some(until)) if until >= from => {
            vec![words.dates(from, None), words.span(from, until), length(from, until, words)]
        }
        (Some(from), _) => vec![
            words.say("work-from", [("time", words.full(from).into())]),
            Text::ours(words.t("work-end-not-announced")),
        ],
        (None, Some(until)) => vec![words.say("work-until", [("time", words.near(until, as_of).into())])],
        (None, None) => vec![Text::ours(words.t("work-time-not-announced"))],
    }
}

/// How late the reporter spoke: `posted 66 min after start`.
fn late(incident: &IncidentView, words: Words<'_>) -> Option<Text> {
    let (started, posted) = (incident.started_at?, incident.posted_at?);
    let delay = Duration::try_from(posted.duration_since(started)).ok()?;
    if delay < LATE {
        return None;
    }
    let after_end = incident.resolved_at.is_some_and(|ended| posted > ended);
    let key = if after_end { "posted-after-end" } else { "posted-after-start" };
    Some(words.say(key, [("length", words.lag(delay).into())]))
}

/// What is to be known of an incident of ours besides: `Added afterwards`, `Goes on as …`, `Reported by …`.
fn own_facts(incident: &IncidentView, board: &Board) -> Vec<Text> {
    let words = board.words();
    let named = |note: &Note| words.theirs(&note.text).linked(link(note));
    let afterwards = incident.own.is_added_afterwards.then(|| Text::ours(words.t("added-afterwards")));
    let other = incident.own.goes_on_as.as_ref().map(|other| {
        // It has a page here where this board shows it.
        let mut shown = board.open.iter().chain(&board.past);
        let path = shown.any(|one| one.id == other.id).then(|| board.place.path(&incident_file(&other.id)));
        let name = words.titled(&other.title).linked(path.as_deref());
        words.say("goes-on-as", [("incident", name.into())])
    });
    let links = Some(words.list(incident.own.links.iter().map(named)));
    let links = links.filter(|_| !incident.own.links.is_empty());
    let links = links.map(|names| words.say("reported-by", [("names", names.into())]));
    afterwards.into_iter().chain(other).chain(links).collect()
}

fn doings(incident: &IncidentView, words: Words<'_>) -> Vec<Doing> {
    let actions = incident.own.actions.iter().filter(|_| incident.postmortem().is_some());
    let doing = |action: &ActionView| Doing {
        what: words.theirs(&action.text),
        state: match action.is_done {
            true => Text::ours(words.t("action-done")),
            false => words.say("action-by", [("day", words.date(action.due_on).into())]),
        },
    };
    actions.map(doing).collect()
}

/// What it was, in one paragraph: the post-mortem's first, else the newest that is no mere formula, since what is known
/// last is known best; where nobody ever said more, the first public word.
fn gist(incident: &IncidentView, words: Words<'_>) -> Option<Gist> {
    let beginning = |update: &UpdateView| {
        let text = markdown::first_paragraph(&update.body, EXCERPT)?;
        Some(Gist { text, attributes: words.attributes(update) })
    };
    let says_much = |gist: &Gist| gist.text.chars().nth(FORMULA).is_some();
    let newest = || incident.updates.iter().filter_map(beginning).find(says_much);
    let postmortem = incident.postmortem().and_then(beginning);
    postmortem.or_else(newest).or_else(|| incident.updates.iter().rev().find_map(beginning))
}

fn saying(update: &UpdateView, as_of: Timestamp, depth: Depth, words: Words<'_>) -> Saying {
    let (excerpt, _) = markdown::excerpt(&update.body, EXCERPT);
    let is_long = update.body.chars().nth(FOLD_ABOVE).is_some();
    Saying {
        key: format!("u-{}", segment(&update.id)),
        at: update.at.map(|at| match depth {
            Depth::Among => words.near(at, as_of),
            Depth::Alone => words.full(at),
        }),
        word: words.announced(&update.word),
        attributes: words.attributes(update),
        html: markdown::to_html(&update.body, depth.top_heading()),
        excerpt: (is_long && depth == Depth::Among && !update.is_postmortem()).then_some(excerpt),
        edited: update.edited.as_ref().map(|edit| edited(edit, &update.body, depth, words)),
    }
}

fn edited(edit: &Edit, body: &str, depth: Depth, words: Words<'_>) -> Edited {
    let before = edit.before.as_deref().filter(|_| depth == Depth::Alone);
    let pieces = before.map(|before| edits::difference(before, body));
    let when = words.say("edited-first-seen", [("time", words.full(edit.at).into())]);
    Edited { when, pieces: pieces.unwrap_or_default() }
}

/// The title of an incident.
pub(crate) fn named(incident: &IncidentView, words: Words<'_>) -> Text {
    if incident.own.titles.is_empty() {
        titled(&incident.title, words)
    } else {
        Text::ours(incident.title.clone())
    }
}

/// A title is the text of a link, so it can't be empty.
pub(crate) fn titled(title: &str, words: Words<'_>) -> Text {
    if title.trim().is_empty() { Text::ours(words.t("untitled")) } else { words.theirs(title) }
}

pub(crate) fn names(components: &[ComponentRef], words: Words<'_>) -> Text {
    words.list(components.iter().map(|component| words.theirs(&component.name)))
}

fn link(note: &Note) -> Option<&str> {
    note.link.as_deref().and_then(local_or_web)
}
