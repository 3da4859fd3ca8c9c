//! The lines of a page under their headings, ready to be drawn.

use domain::Status;
use jiff::Timestamp;

use crate::{
    bars::Bars,
    links::{local_or_web, segment},
    show::{Mood, unknown_state},
    view::{Board, ComponentView, Note, Reason},
    words::{Text, Words},
};

/// From here on only the lines to which something happened are drawn day by day.
const MANY: usize = 60;

/// Lines under one heading; without a heading, lines that stand alone.
pub(crate) struct Group {
    pub(crate) name: Option<Text>,
    pub(crate) about: Option<Text>,
    pub(crate) rows: Vec<Line>,
}

/// One component or service.
pub(crate) struct Line {
    /// The element's id, by which a live update finds it again.
    pub(crate) key: String,
    pub(crate) name: Text,
    pub(crate) about: Option<Text>,
    pub(crate) is_third_party: bool,
    pub(crate) mood: Mood,
    pub(crate) is_trouble: bool,
    pub(crate) word: Text,
    pub(crate) note: Option<Text>,
    pub(crate) figure: Option<String>,
    pub(crate) bars: Option<Bars>,
}

/// Returns the lines of the board under their headings.
pub(crate) fn groups(board: &Board) -> Vec<Group> {
    let (many, words) = (board.components.len() > MANY, board.words());
    let runs = board.components.chunk_by(|a, b| a.group == b.group);
    runs.map(|run| Group {
        name: run[0].group.as_deref().map(|name| words.theirs(name)),
        about: run[0]
            .group
            .as_ref()
            .and_then(|name| board.chrome.headings.get(name))
            .map(|text| words.theirs(text)),
        rows: run.iter().map(|component| line(component, board.as_of, many, words)).collect(),
    })
    .collect()
}

/// Whether any line has days to show.
pub(crate) fn has_days(groups: &[Group]) -> bool {
    groups.iter().flat_map(|group| &group.rows).any(|row| row.bars.is_some())
}

fn line(component: &ComponentView, as_of: Timestamp, many: bool, words: Words<'_>) -> Line {
    Line {
        key: format!("c-{}", segment(&component.id)),
        name: words.theirs(&component.name),
        about: component.description.as_deref().map(|text| words.theirs(text)),
        is_third_party: component.is_third_party,
        mood: Mood::of(component.status, words),
        is_trouble: component.status.is_trouble(),
        word: word(component, as_of, words),
        note: component.reason.as_ref().map(|reason| sentence(reason, as_of, words)),
        figure: component.uptime.as_ref().and_then(|uptime| words.share(uptime)),
        bars: Bars::of(component, many, words),
    }
}

/// Returns why something is as it is, leading to the place that says more.
pub(crate) fn sentence(reason: &Reason, as_of: Timestamp, words: Words<'_>) -> Text {
    let link = |note: &Note| note.link.as_deref().and_then(local_or_web).map(str::to_owned);
    match reason {
        Reason::CausedBy(note) => {
            let cause = words.say("caused-by", [("cause", words.theirs(&note.text).into())]);
            cause.linked(link(note).as_deref())
        }
        Reason::NoReadingOf { provider, since } => {
            let lack = words.say("no-reading-of", [("provider", words.theirs(&provider.text).into())]);
            let lack = match since {
                Some(since) => words.since(lack, *since, false, as_of),
                None => lack,
            };
            lack.linked(link(provider).as_deref())
        }
        Reason::LastKnown(status) => {
            words.say("last-known", [("status", words.status_within(*status).into())])
        }
    }
}

/// Returns the status in words, the reporter's own where it is none that we know.
pub(crate) fn state(component: &ComponentView, words: Words<'_>) -> Text {
    match &component.stated {
        Some(word) => unknown_state(word, words),
        None => Text::ours(words.status(component.status)),
    }
}

/// The status, and since when if that matters.
fn word(component: &ComponentView, as_of: Timestamp, words: Words<'_>) -> Text {
    let word = state(component, words);
    match component.since.filter(|_| component.status != Status::Operational) {
        Some(since) => words.since(word, since, component.since_is_first_reading, as_of),
        None => word,
    }
}
