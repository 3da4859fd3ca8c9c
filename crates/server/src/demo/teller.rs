//! Tells the story on standard output: each step with the time of day at which it was seen.

use std::{cell::Cell, io::Write};

use jiff::{Timestamp, tz::TimeZone};

use super::eyes::Missed;

/// Columns of the text under a step, and before it.
const COLUMNS: usize = 96;
const MARGIN: &str = "              ";

/// Tells the story.
pub(super) struct Teller {
    zone: TimeZone,
    /// Nobody listens any more: the reader of a pipe has gone.
    is_alone: Cell<bool>,
    steps: Cell<u32>,
}

impl Teller {
    /// Makes a teller that says times as the clock on this machine's wall does.
    pub(super) fn new() -> Self {
        Self { zone: TimeZone::system(), is_alone: Cell::new(false), steps: Cell::new(0) }
    }

    /// Says a line.
    pub(super) fn say(&self, line: &str) {
        if self.is_alone.get() {
            return;
        }
        let mut out = std::io::stdout().lock();
        let said = writeln!(out, "{line}").and_then(|()| out.flush());
        self.is_alone.set(said.is_err());
    }

    /// Says what happened in the next step.
    pub(super) fn step(&self, at: Timestamp, what: &str) {
        self.steps.set(self.steps.get() + 1);
        self.say("");
        self.say(&format!("{}  {:>2}. {what}", self.clock(at), self.steps.get()));
    }

    /// Says something more about a step, in lines that fit a terminal.
    pub(super) fn more(&self, what: &str) {
        let mut line = String::new();
        for word in what.split(' ') {
            if !line.is_empty() && line.chars().count() + word.chars().count() >= COLUMNS {
                self.say(&format!("{MARGIN}{line}"));
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        self.say(&format!("{MARGIN}{line}"));
    }

    /// Says that a step did not happen.
    pub(super) fn missed(&self, at: Timestamp, missed: &Missed) {
        self.say("");
        self.say(&format!("{}      This did not happen: {}.", self.clock(at), missed.expected));
        if !missed.seen.is_empty() {
            self.more(&format!("Seen instead: {}.", missed.seen));
        }
    }

    fn clock(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%H:%M:%S").to_string()
    }
}
