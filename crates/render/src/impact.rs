//! What an incident of ours did to services over time: a strip for each, and the same in words.

use jiff::Timestamp;

use crate::{
    show::Mood,
    view::{IncidentView, WaveView},
    words::{Text, Words},
};

/// The length of a strip.
const LENGTH: i64 = 1000;

/// The shortest wave that can be seen.
const LEAST: i64 = 6;

/// The strips and their words.
pub(crate) struct Impact {
    pub(crate) rows: Vec<Row>,
}

/// One service.
pub(crate) struct Row {
    pub(crate) name: Text,
    pub(crate) cells: Vec<Cell>,
    /// Each wave in words, the first one first.
    pub(crate) waves: Vec<Text>,
}

/// One wave in the strip.
pub(crate) struct Cell {
    pub(crate) class: &'static str,
    pub(crate) x: i64,
    pub(crate) width: i64,
}

impl Impact {
    /// Returns the impact of an incident; `None` where nothing is known of it. The waves of a service follow one another.
    pub(crate) fn of(incident: &IncidentView, as_of: Timestamp, words: Words<'_>) -> Option<Self> {
        let waves = &incident.own.waves;
        let from = waves.iter().map(|wave| wave.from).min()?;
        let to = waves.iter().map(|wave| wave.to.unwrap_or(as_of)).max()?.max(from);
        let rows = waves.chunk_by(|a, b| a.component == b.component).map(|of_one| Row {
            name: words.theirs(&of_one[0].name),
            cells: of_one.iter().map(|wave| cell(wave, from, to, as_of, words)).collect(),
            waves: of_one.iter().map(|wave| said(wave, words)).collect(),
        });
        Some(Self { rows: rows.collect() })
    }
}

fn cell(wave: &WaveView, from: Timestamp, to: Timestamp, as_of: Timestamp, words: Words<'_>) -> Cell {
    let place = |at: Timestamp| {
        let whole = to.as_second().saturating_sub(from.as_second()).max(1);
        at.as_second().saturating_sub(from.as_second()).saturating_mul(LENGTH) / whole
    };
    let x = place(wave.from).clamp(0, LENGTH - LEAST);
    let width = (place(wave.to.unwrap_or(as_of)) - x).clamp(LEAST, LENGTH - x);
    Cell { class: Mood::of(wave.status, words).class, x, width }
}

/// `major outage, 14:00–14:20 UTC, 20 min`.
fn said(wave: &WaveView, words: Words<'_>) -> Text {
    let status = words.status(wave.status);
    let Some(to) = wave.to else {
        return words.say("wave-since", [("status", status.into()), ("time", words.full(wave.from).into())]);
    };
    let length = words.duration(to.duration_since(wave.from).try_into().unwrap_or_default());
    let span = words.span(wave.from, to).into();
    words.say("wave-of", [("status", status.into()), ("span", span), ("length", length.into())])
}
