//! What is wrong with a schedule, and when nobody is on call: said when it is saved, not found out at night.

use std::time::Duration;

use jiff::Timestamp;

use super::{Layer, Schedule};

/// The shortest turn; a shorter one is a mistake in the unit.
const SHORTEST_TURN: Duration = Duration::from_secs(60);

/// More gaps than this say no more than that the schedule is full of them.
const MOST_GAPS: usize = 100;

impl Schedule {
    /// Returns what must be put right before the schedule can be used, in words.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.layers.is_empty() {
            problems.push("there is no layer, so nobody is ever on call".to_owned());
        }
        for (place, layer) in self.layers.iter().enumerate() {
            problems.extend(layer.problems().map(|problem| format!("layer {}: {problem}", place + 1)));
        }
        for (place, exception) in self.overrides.iter().enumerate() {
            if exception.to <= exception.from {
                problems.push(format!("override {}: it must end after it begins", place + 1));
            }
        }
        problems
    }

    /// Whether there can ever be somebody on call, by a layer or an override.
    #[must_use]
    pub fn is_staffed(&self) -> bool {
        self.layers.iter().any(Layer::is_staffed)
            || self.overrides.iter().any(|exception| exception.from < exception.to)
    }
}

impl Layer {
    fn problems(&self) -> impl Iterator<Item = &'static str> {
        let turn = self.rotation.length();
        [
            (self.participants.is_empty(), "it has no participants, so it is never anybody's turn"),
            (turn < SHORTEST_TURN, "a turn must last at least one minute"),
            (!turn.as_nanos().is_multiple_of(SHORTEST_TURN.as_nanos()), "a turn must last whole minutes"),
            (
                self.restrictions.iter().any(|restriction| restriction.days.is_empty()),
                "a restriction names no day, so it is never on duty",
            ),
        ]
        .into_iter()
        .filter_map(|(is_wrong, words)| is_wrong.then_some(words))
    }
}

/// Returns the times within `[from, to)` at which nobody is on call, in order: the first hundred of them.
#[must_use]
pub fn coverage_gaps(schedule: &Schedule, from: Timestamp, to: Timestamp) -> Vec<(Timestamp, Timestamp)> {
    let gaps = schedule.shifts(from, to).filter(|shift| shift.user.is_none());
    gaps.map(|gap| (gap.from, gap.to)).take(MOST_GAPS).collect()
}
