//! One layer on its own: whose turn it is and whether the layer is on duty, by how far the wall clock has got.
//!
//! Turn numbers come from a division, not from a walk over all turns since the start, so that a layer that began ten
//! years ago costs what one that began today costs. Knows nothing of other layers and overrides.

use std::time::Duration;

use jiff::{SignedDuration, Span, Timestamp, ToSpan, civil, tz::TimeZone};

use super::{Layer, Restriction, Rotation, wall::wall};
use crate::UserId;

/// One participant's stretch of a rotation. It is theirs whether or not the layer is on duty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Counts from 0, the turn that begins with the first hand-off.
    pub number: i64,
    /// Whose turn it is.
    pub user: UserId,
}

/// Something that holds at a wall time, and the wall time after it at which it may change.
pub(super) type Until<T> = (T, Option<civil::DateTime>);

impl Layer {
    /// Returns the turn at this instant; `None` before the first hand-off, after the end and where the layer can have no
    /// turns.
    #[must_use]
    pub fn turn_at(&self, zone: &TimeZone, at: Timestamp) -> Option<Turn> {
        let wall = wall(zone, at);
        self.turn(wall).filter(|_| self.ends().is_none_or(|end| wall < end))
    }

    /// Whether the restrictions of the layer have it on duty at this instant.
    #[must_use]
    pub fn is_on_duty_at(&self, zone: &TimeZone, at: Timestamp) -> bool {
        self.duty(wall(zone, at)).0
    }

    /// Returns whom the layer has on call.
    pub(super) fn holder(&self, wall: civil::DateTime) -> Until<Option<UserId>> {
        let Some((first, end)) = self.span().filter(|&(_, end)| wall < end) else { return (None, None) };
        if wall < first {
            return (None, Some(first));
        }
        let (on_duty, duty_until) = self.duty(wall);
        match self.turn(wall).filter(|_| on_duty) {
            Some(turn) => {
                let until = sooner(self.next_of_another(turn), duty_until);
                (Some(turn.user), sooner(until, self.end.map(|_| end)))
            }
            None => (None, duty_until),
        }
    }

    /// From the first hand-off to the end of the layer, or of the calendar. `None` where it can never be somebody's turn.
    pub(super) fn span(&self) -> Option<(civil::DateTime, civil::DateTime)> {
        let has_turns = !self.participants.is_empty() && self.rotation.seconds() > 0;
        let (first, end) = (self.first_handoff()?, self.ends().unwrap_or(civil::DateTime::MAX));
        (has_turns && first < end).then_some((first, end))
    }

    /// Whether its end comes before anybody's turn has begun.
    #[must_use]
    pub fn ends_before_its_first_turn(&self) -> bool {
        self.first_handoff().zip(self.ends()).is_some_and(|(first, end)| end <= first)
    }

    fn ends(&self) -> Option<civil::DateTime> {
        Some(self.end?.to_datetime(self.handoff_time))
    }

    /// Whether there can ever be somebody on duty.
    pub(super) fn is_staffed(&self) -> bool {
        let on_duty =
            self.restrictions.is_empty() || self.restrictions.iter().any(|hours| !hours.days.is_empty());
        on_duty && self.span().is_some()
    }

    /// The hand-off with which the first turn begins. `None` past the end of the calendar.
    fn first_handoff(&self) -> Option<civil::DateTime> {
        let ahead = self.handoff_day.map_or(0, |day| day.since(self.start.weekday()));
        let date = self.start.checked_add(Span::new().days(ahead)).ok()?;
        Some(date.to_datetime(self.handoff_time))
    }

    /// The hand-off with which a turn begins. `None` past the end of the calendar.
    fn handoff(&self, number: i64) -> Option<civil::DateTime> {
        let after = SignedDuration::from_secs(number.checked_mul(self.rotation.seconds())?);
        self.first_handoff()?.checked_add(after).ok()
    }

    fn turn(&self, wall: civil::DateTime) -> Option<Turn> {
        let since = wall.duration_since(self.first_handoff()?);
        if since.is_negative() {
            return None;
        }
        let number = since.as_secs().checked_div(self.rotation.seconds())?;
        Some(Turn { number, user: self.participant(number)? })
    }

    fn participant(&self, number: i64) -> Option<UserId> {
        let count = i64::try_from(self.participants.len()).ok()?;
        self.participants.get(usize::try_from(number.checked_rem(count)?).ok()?).copied()
    }

    /// The hand-off that ends a turn and those of the same person right after it. `None` when nobody else takes turns.
    fn next_of_another(&self, turn: Turn) -> Option<civil::DateTime> {
        let coming = (turn.number + 1..).take(self.participants.len());
        let mut others = coming.filter(|&number| self.participant(number) != Some(turn.user));
        self.handoff(others.next()?)
    }

    /// Whether the restrictions have the layer on duty.
    fn duty(&self, wall: civil::DateTime) -> Until<bool> {
        if self.restrictions.is_empty() {
            return (true, None);
        }
        let hours = || self.restrictions.iter().flat_map(|restriction| restriction.around(wall.date()));
        let current = hours().filter(|&(from, to)| from <= wall && wall < to);
        match current.map(|(_, to)| to).max() {
            Some(end) => (true, Some(end)),
            None => (false, hours().map(|(from, _)| from).filter(|&from| from > wall).min()),
        }
    }
}

impl Restriction {
    /// The stretches on duty, half-open, that can lie over `date` or come next after it.
    fn around(&self, date: civil::Date) -> impl Iterator<Item = (civil::DateTime, civil::DateTime)> {
        // From yesterday, whose stretch may reach past midnight, to the same day of next week: nine days.
        let days = date.yesterday().unwrap_or(date).series(1.day()).take(9);
        days.filter_map(|day| self.on(day))
    }

    /// The stretch on duty, half-open, that begins on `day`.
    pub(super) fn on(&self, day: civil::Date) -> Option<(civil::DateTime, civil::DateTime)> {
        if !self.days.contains(&day.weekday()) {
            return None;
        }
        let last = if self.to > self.from { day } else { day.tomorrow().ok()? };
        Some((day.to_datetime(self.from), last.to_datetime(self.to)))
    }
}

impl Rotation {
    /// How long a turn is on the wall clock.
    pub(super) fn length(self) -> Duration {
        const DAY: Duration = Duration::from_secs(24 * 60 * 60);
        match self {
            Rotation::Daily => DAY,
            Rotation::Weekly => 7 * DAY,
            Rotation::Every(length) => length,
        }
    }

    fn seconds(self) -> i64 {
        i64::try_from(self.length().as_secs()).unwrap_or(i64::MAX)
    }
}

/// The earlier of two times that there may be.
pub(super) fn sooner<T: Ord>(one: Option<T>, other: Option<T>) -> Option<T> {
    one.into_iter().chain(other).min()
}
