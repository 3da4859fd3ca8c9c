//! Ninety days of a line as a strip of cells, and the same in words for those who don't see or can't hover them.
//!
//! Days in a row of which the same is to be said are one shape, which the sheet cuts into days: most strips are a few
//! shapes long, and a page of many lines stays small.

use std::time::Duration;

use domain::Status;
use jiff::{ToSpan, civil::Date};

use crate::{
    show::Mood,
    view::{ComponentView, DayCell},
    words::{Text, Words},
};

/// Cells drawn.
const DAYS: usize = 90;

/// Days with readings without which nothing is drawn: a single one among eighty-nine blanks says nothing.
const LEAST: usize = 2;

/// The drawing and its words.
pub(crate) struct Bars {
    /// What the picture shows, in one sentence.
    pub(crate) summary: Text,
    pub(crate) cells: Vec<Cell>,
    /// The days that were not simply fine, newest first.
    pub(crate) rows: Vec<Row>,
    /// What the list of these days is called: `2 days with trouble`.
    pub(crate) caption: Text,
    /// What the list holds, for those who don't see where it stands.
    pub(crate) about: Text,
}

/// One day in the picture, or several in a row of which the same is said.
pub(crate) struct Cell {
    pub(crate) class: &'static str,
    /// Days drawn before it.
    pub(crate) x: usize,
    /// Days it stands for.
    pub(crate) width: usize,
    /// What there is to say of it; empty where it was simply fine.
    pub(crate) text: String,
}

/// One day in the list, or several in a row without a reading.
pub(crate) struct Row {
    pub(crate) day: String,
    pub(crate) mood: Mood,
    pub(crate) minutes: Text,
    pub(crate) incidents: Text,
}

impl Bars {
    /// Returns the drawing; `None` for a line that has hardly any history. A line among `many` in which nothing happened has the
    /// words alone: hundreds of drawings that are all the same say nothing and weigh megabytes.
    pub(crate) fn of(component: &ComponentView, many: bool, words: Words<'_>) -> Option<Self> {
        let recorded = &component.days[component.days.len().saturating_sub(DAYS)..];
        let known = recorded.iter().filter(|day| day.worst != Status::Unknown).count();
        if known < LEAST {
            return None;
        }
        let days = padded(recorded)?;
        let count = |wanted: fn(&DayCell) -> bool| days.iter().filter(|day| wanted(day)).count();
        let trouble = count(|day| day.worst.is_trouble());
        let work = count(|day| day.worst == Status::UnderMaintenance);
        let blank = count(|day| day.worst == Status::Unknown);
        let is_drawn = !many || trouble + work > 0;
        let cells = if is_drawn { cells(&days, words) } else { Vec::new() };
        let caption = caption(trouble, work, blank, words);
        let name = || words.theirs(&component.name).into();
        let within = caption.clone().unwrap_or_else(|| Text::ours(words.t("days-no-trouble-within")));
        let summary =
            words.say("days-summary", [("name", name()), ("days", DAYS.into()), ("caption", within.into())]);
        let caption = caption.unwrap_or_else(|| Text::ours(words.t("days-no-trouble")));
        let about = words.say("days-table", [("name", name())]);
        Some(Self { summary, cells, rows: rows(&days, words), caption, about })
    }
}

/// Returns exactly [`DAYS`] days: those before the first record are days without a reading.
fn padded(recorded: &[DayCell]) -> Option<Vec<DayCell>> {
    let first = recorded.first()?.date;
    let missing = i64::try_from(DAYS - recorded.len()).unwrap_or(0);
    let before =
        (1..=missing).rev().filter_map(|back| first.checked_sub(back.days()).ok()).map(without_reading);
    Some(before.chain(recorded.iter().cloned()).collect())
}

fn without_reading(date: Date) -> DayCell {
    DayCell {
        date,
        worst: Status::Unknown,
        down_minutes: 0,
        degraded_minutes: 0,
        maintenance_minutes: 0,
        unknown_minutes: 24 * 60,
        incidents: Vec::new(),
    }
}

fn cells(days: &[DayCell], words: Words<'_>) -> Vec<Cell> {
    let mut x = 0;
    days.chunk_by(says_the_same)
        .map(|run| {
            let cell = cell(x, run, words);
            x += run.len();
            cell
        })
        .collect()
}

/// Whether nothing is to be said of two days but their status, which is the same.
fn says_the_same(a: &DayCell, b: &DayCell) -> bool {
    let is_plain = |day: &DayCell| {
        let minutes = [day.down_minutes, day.degraded_minutes, day.maintenance_minutes, day.unknown_minutes];
        day.incidents.is_empty() && (day.worst == Status::Unknown || minutes == [0; 4])
    };
    a.worst == b.worst && is_plain(a) && is_plain(b)
}

/// A shape and what it says to who points at it. The incidents of a day stand in the list of days.
fn cell(x: usize, run: &[DayCell], words: Words<'_>) -> Cell {
    let day = &run[0];
    let mood = Mood::of(day.worst, words);
    let minutes = minutes(day, words);
    let mut text = String::new();
    if day.worst != Status::Operational || !minutes.is_empty() {
        text = format!("{}: {}", dates(run, words), words.status_within(day.worst));
    }
    if !minutes.is_empty() {
        text.push_str(" · ");
        text.push_str(&minutes.plain());
    }
    Cell { class: mood.class, x, width: run.len(), text }
}

/// `Dec 1, 2025`, or `Nov 3, 2025 – Dec 1, 2025`
fn dates(run: &[DayCell], words: Words<'_>) -> String {
    match run {
        [first, .., last] => format!("{} – {}", words.date(first.date), words.date(last.date)),
        [day] => words.date(day.date),
        [] => unreachable!("chunks are not empty"),
    }
}

fn titles(day: &DayCell, words: Words<'_>) -> Text {
    words.list(day.incidents.iter().map(|title| words.titled(title)))
}

fn rows(days: &[DayCell], words: Words<'_>) -> Vec<Row> {
    let is_blank = |day: &DayCell| day.worst == Status::Unknown && day.incidents.is_empty();
    let mut rows: Vec<Row> = days
        .chunk_by(|a, b| is_blank(a) && is_blank(b))
        .filter(|run| run[0].worst != Status::Operational || !run[0].incidents.is_empty())
        .map(|run| match run {
            [_, _, ..] => {
                let day = dates(run, words);
                let mood = Mood::of(Status::Unknown, words);
                Row { day, mood, minutes: Text::default(), incidents: Text::default() }
            }
            [day] => row(day, words),
            [] => unreachable!("chunks are not empty"),
        })
        .collect();
    rows.reverse();
    rows
}

fn row(day: &DayCell, words: Words<'_>) -> Row {
    Row {
        day: words.date(day.date),
        mood: Mood::of(day.worst, words),
        minutes: minutes(day, words),
        incidents: titles(day, words),
    }
}

/// `down 1 h 13 min, no reading 20 min`
fn minutes(day: &DayCell, words: Words<'_>) -> Text {
    let parts = [
        ("minutes-down", day.down_minutes),
        ("minutes-degraded", day.degraded_minutes),
        ("minutes-maintenance", day.maintenance_minutes),
        ("minutes-unknown", if day.worst == Status::Unknown { 0 } else { day.unknown_minutes }),
    ];
    let present = parts.into_iter().filter(|(_, minutes)| *minutes > 0);
    let length = |minutes| words.duration(Duration::from_secs(60 * u64::from(minutes)));
    words.list(present.map(|(key, minutes)| words.say(key, [("length", length(minutes).into())])))
}

/// `2 days with trouble, 1 day with planned work, 3 days without a reading`
fn caption(trouble: usize, work: usize, blank: usize, words: Words<'_>) -> Option<Text> {
    let kinds = [("days-trouble", trouble), ("days-work", work), ("days-unknown", blank)];
    let present = kinds.into_iter().filter(|(_, count)| *count > 0);
    let text = words.list(present.map(|(key, count)| words.count(key, count)));
    (!text.is_empty()).then_some(text)
}
