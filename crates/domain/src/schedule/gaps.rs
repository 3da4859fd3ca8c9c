//! When nobody is on call: found a year ahead, so that it is said when a schedule is saved and not at night.
//!
//! Whose turn it is matters nothing to a gap, only whether a layer is on duty. So stretches of duty are laid side by side
//! on the wall clock instead of asking the resolver at every hand-off: a year costs the same for turns of a minute and of
//! a week. That both say the same is a property test.

use jiff::{SignedDuration, Timestamp, ToSpan, civil};

use super::{
    Layer, Schedule,
    wall::{reached, wall},
};

/// Most gaps that are listed; more say no more than that the schedule is full of them.
pub const MOST_GAPS: usize = 100;

/// A time in which no layer and no override has anyone; half-open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// First instant.
    pub from: Timestamp,
    /// First instant after.
    pub to: Timestamp,
}

/// The gaps of a window.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Gaps {
    /// The first [`MOST_GAPS`] of them, in order.
    pub first: Vec<Gap>,
    /// How many there are.
    pub count: usize,
    /// How long all of them last together.
    pub total: SignedDuration,
}

/// Half-open stretches of time in order, with something between any two.
type Stretches<T> = Vec<(T, T)>;

impl Schedule {
    /// Returns the times within `[from, to)` at which no layer and no override has anyone. The fallback person, if there is
    /// one, is on call in all of them; if there is none, nobody is.
    #[must_use]
    pub fn gaps(&self, from: Timestamp, to: Timestamp) -> Gaps {
        let mut gaps = Gaps::default();
        let mut covered_to = from;
        let last = (to, to);
        for (begin, end) in self.covered(from, to).into_iter().chain([last]) {
            let begin = begin.min(to);
            if covered_to < begin {
                gaps.count += 1;
                gaps.total += begin.duration_since(covered_to);
                if gaps.first.len() < MOST_GAPS {
                    gaps.first.push(Gap { from: covered_to, to: begin });
                }
            }
            covered_to = covered_to.max(end);
        }
        gaps
    }

    /// The times with somebody on call, at least those that overlap the window.
    fn covered(&self, from: Timestamp, to: Timestamp) -> Stretches<Timestamp> {
        let zone = &self.time_zone;
        let window = (wall(zone, from), wall(zone, to));
        let on_duty = joined(self.layers.iter().flat_map(|layer| layer.on_duty(window)).collect());
        let instant = |time| reached(zone, time).unwrap_or(Timestamp::MAX);
        let on_duty = on_duty.into_iter().map(|(begin, end)| (instant(begin), instant(end)));
        joined(on_duty.chain(self.overrides.iter().map(|exception| (exception.from, exception.to))).collect())
    }
}

impl Layer {
    /// The stretches on duty that overlap a window of the wall clock, in any order.
    fn on_duty(&self, (from, to): (civil::DateTime, civil::DateTime)) -> Stretches<civil::DateTime> {
        let Some((first, end)) = self.span() else { return Vec::new() };
        if self.restrictions.is_empty() {
            return vec![(first, end)];
        }
        // A week is put in order once and comes again; it begins a day early, since a stretch may reach past midnight.
        let begin = from.date().yesterday().unwrap_or(civil::Date::MIN);
        let week = begin.series(1.day()).take(7);
        let week = week.flat_map(|day| self.restrictions.iter().filter_map(move |hours| hours.on(day)));
        let week = joined(week.collect());
        let weeks = begin.series(1.week()).take_while(|again| *again <= to.date());
        let mut stretches = Vec::new();
        for later in weeks.map(|again| again.duration_since(begin)) {
            let moved = week.iter().filter_map(|&(begin, stop)| {
                Some((begin.checked_add(later).ok()?, stop.checked_add(later).unwrap_or(end)))
            });
            stretches.extend(moved.map(|(begin, stop)| (begin.max(first), stop.min(end))));
        }
        stretches
    }
}

/// Puts stretches in order, drops those that are empty and makes one of those that touch.
fn joined<T: Ord + Copy>(mut stretches: Stretches<T>) -> Stretches<T> {
    stretches.retain(|(from, to)| from < to);
    stretches.sort_unstable();
    stretches.dedup_by(|next, held| {
        let touches = next.0 <= held.1;
        if touches {
            held.1 = held.1.max(next.1);
        }
        touches
    });
    stretches
}
