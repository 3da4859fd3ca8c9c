//! The lines of a page under their headings, ready to be drawn.

use std::borrow::Cow;

use domain::Status;
use jiff::Timestamp;

use crate::{
    bars::Bars,
    links::{local_or_web, segment},
    show::{Mood, beginning, share, unknown_state},
    view::{Board, ComponentView},
};

/// From here on only the lines to which something happened are drawn day by day.
const MANY: usize = 60;

/// Lines under one heading; without a heading, lines that stand alone.
pub(crate) struct Group<'a> {
    pub(crate) name: Option<&'a str>,
    pub(crate) rows: Vec<Line<'a>>,
}

/// One component or service.
pub(crate) struct Line<'a> {
    /// The element's id, by which a live update finds it again.
    pub(crate) key: String,
    pub(crate) name: &'a str,
    pub(crate) is_third_party: bool,
    pub(crate) mood: Mood,
    pub(crate) is_trouble: bool,
    pub(crate) word: String,
    pub(crate) note: Option<&'a str>,
    pub(crate) note_link: Option<&'a str>,
    pub(crate) figure: Option<String>,
    pub(crate) bars: Option<Bars>,
}

/// Returns the lines of the board under their headings.
pub(crate) fn groups(board: &Board) -> Vec<Group<'_>> {
    let many = board.components.len() > MANY;
    let runs = board.components.chunk_by(|a, b| a.group == b.group);
    runs.map(|run| Group {
        name: run[0].group.as_deref(),
        rows: run.iter().map(|component| line(component, board.as_of, many)).collect(),
    })
    .collect()
}

/// Whether any line has days to show.
pub(crate) fn has_days(groups: &[Group<'_>]) -> bool {
    groups.iter().flat_map(|group| &group.rows).any(|row| row.bars.is_some())
}

fn line(component: &ComponentView, as_of: Timestamp, many: bool) -> Line<'_> {
    let note = component.note.as_ref();
    Line {
        key: format!("c-{}", segment(&component.id)),
        name: &component.name,
        is_third_party: component.is_third_party,
        mood: Mood::of(component.status),
        is_trouble: component.status.is_trouble(),
        word: word(component, as_of),
        note: note.map(|note| note.text.as_str()),
        note_link: note.and_then(|note| note.link.as_deref()).and_then(local_or_web),
        figure: component.uptime.as_ref().and_then(share),
        bars: Bars::of(component, many),
    }
}

/// Returns the status in words, the reporter's own where it is none that we know.
pub(crate) fn state(component: &ComponentView) -> Cow<'static, str> {
    match &component.stated {
        Some(word) => unknown_state(word).into(),
        None => Mood::of(component.status).word.into(),
    }
}

/// The status, and since when if that matters.
fn word(component: &ComponentView, as_of: Timestamp) -> String {
    let word = state(component);
    match component.since.filter(|_| component.status != Status::Operational) {
        Some(since) => format!("{word}{}", beginning(since, component.since_is_first_reading, as_of)),
        None => word.into_owned(),
    }
}
