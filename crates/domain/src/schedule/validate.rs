//! What is wrong with a schedule, said when it is saved.

use std::time::Duration;

use super::{Layer, Override, Rotation, Schedule};

/// The shortest turn; a shorter one is a mistake in the unit.
const SHORTEST_TURN: Duration = Duration::from_secs(60);

const WEEK_SECONDS: u64 = 7 * 24 * 60 * 60;

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
        for (one, other) in self.contradictions() {
            problems.push(format!(
                "overrides {} and {} put different people on call at {}",
                one + 1,
                other + 1,
                self.overrides[one].from.max(self.overrides[other].from)
            ));
        }
        problems
    }

    /// Returns pairs of overrides that put different people on call at one time, by their places in the list, the one that
    /// begins later second. Not every pair, but one for each override that contradicts another which begins before it.
    #[must_use]
    pub fn contradictions(&self) -> Vec<(usize, usize)> {
        let mut places: Vec<usize> = (0..self.overrides.len()).collect();
        places.retain(|&place| self.overrides[place].from < self.overrides[place].to);
        places.sort_by_key(|&place| self.overrides[place].from);
        let mut found = Vec::new();
        // All that overlap the next one and don't contradict each other have the same person, so the last to end is enough.
        let mut last_to_end: Option<usize> = None;
        for place in places {
            let exception = &self.overrides[place];
            let held = last_to_end.filter(|&held| self.overrides[held].to > exception.from);
            if let Some(held) = held.filter(|&held| self.overrides[held].contradicts(exception)) {
                found.push((held, place));
            }
            if last_to_end.is_none_or(|held| self.overrides[held].to < exception.to) {
                last_to_end = Some(place);
            }
        }
        found
    }

    /// Whether there can ever be somebody on call, by a layer, an override or as the fallback.
    #[must_use]
    pub fn is_staffed(&self) -> bool {
        self.fallback.is_some()
            || self.layers.iter().any(Layer::is_staffed)
            || self.overrides.iter().any(|exception| exception.from < exception.to)
    }
}

impl Override {
    /// Whether both put somebody on call at one time, and not the same person.
    #[must_use]
    pub fn contradicts(&self, other: &Override) -> bool {
        self.user != other.user && self.from.max(other.from) < self.to.min(other.to)
    }
}

impl Rotation {
    /// Whether every turn ends on the weekday on which it began.
    #[must_use]
    pub fn is_of_whole_weeks(self) -> bool {
        self.length().as_nanos().is_multiple_of(u128::from(WEEK_SECONDS) * 1_000_000_000)
    }
}

impl Layer {
    fn problems(&self) -> impl Iterator<Item = &'static str> {
        let turn = self.rotation.length();
        let ends_too_soon = self.end.is_some_and(|end| end <= self.start);
        [
            (self.participants.is_empty(), "it has no participants, so it is never anybody's turn"),
            (turn < SHORTEST_TURN, "a turn must last at least one minute"),
            (!turn.as_nanos().is_multiple_of(SHORTEST_TURN.as_nanos()), "a turn must last whole minutes"),
            (
                self.handoff_day.is_some() && !self.rotation.is_of_whole_weeks(),
                "only turns of whole weeks hand off on a day of the week",
            ),
            (ends_too_soon, "it must end after it starts"),
            (!ends_too_soon && self.ends_before_its_first_turn(), "it ends before its first hand-off"),
            (
                self.restrictions.iter().any(|restriction| restriction.days.is_empty()),
                "a restriction names no day, so it is never on duty",
            ),
        ]
        .into_iter()
        .filter_map(|(is_wrong, words)| is_wrong.then_some(words))
    }
}
