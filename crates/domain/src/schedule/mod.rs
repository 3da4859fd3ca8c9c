//! Schedules: who is on call at an instant.
//!
//! A schedule has layers, each a rotation of participants with hand-offs in civil time. Layers later in the list stand
//! above earlier ones: the topmost layer that is on duty has the shift, and an override stands above all layers. Where
//! neither has anyone there is a gap, and the fallback person, if there is one, is on call in it.

use std::time::Duration;

use jiff::{Timestamp, civil, tz::TimeZone};

use crate::{ScheduleId, UserId};

mod calendar;
mod gaps;
mod layer;
mod load;
mod resolve;
mod take;
mod validate;
pub(crate) mod wall;

pub use calendar::{Entries, Entry, MOST_SHIFTS, Subject};
pub use gaps::{Gap, Gaps, MOST_GAPS};
pub use layer::Turn;
pub use load::{Load, NIGHT, load};
pub use resolve::{Duty, OnCall, Shift};
pub use take::{LONGEST_SHIFT, Refusal};

/// A schedule of on-call time.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    /// Identity.
    pub id: ScheduleId,
    /// Unique key.
    pub slug: String,
    /// The name people use.
    pub name: String,
    /// The zone its hand-offs and restrictions are in.
    pub time_zone: TimeZone,
    /// Lowest first.
    pub layers: Vec<Layer>,
    /// Dated exceptions; where two overlap the later in the list has it, and two that differ are refused when saved.
    pub overrides: Vec<Override>,
    /// Who is on call where no layer and no override has anyone.
    pub fallback: Option<UserId>,
}

/// One row of a schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// How long a turn is.
    pub rotation: Rotation,
    /// The weekday of hand-offs, for turns of whole weeks; `None` takes the weekday of `start`.
    pub handoff_day: Option<civil::Weekday>,
    /// The time of day of hand-offs.
    pub handoff_time: civil::Time,
    /// The first turn begins with the first hand-off on or after this day; nobody is on duty before.
    pub start: civil::Date,
    /// The last turn ends at the hand-off time of this day, so that a layer which starts on it follows without a gap.
    pub end: Option<civil::Date>,
    /// The turn order; may repeat a person.
    pub participants: Vec<UserId>,
    /// Times of the week in which the layer is on duty; empty is always.
    pub restrictions: Vec<Restriction>,
}

/// How long a turn is, in civil time: a turn of a day is 23 or 25 hours long where the clock changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// One day.
    Daily,
    /// Seven days.
    Weekly,
    /// Any whole number of minutes on the wall clock.
    Every(Duration),
}

/// A time of the week in which a layer is on duty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restriction {
    /// The days on which it begins.
    pub days: Vec<civil::Weekday>,
    /// First minute, wall clock.
    pub from: civil::Time,
    /// First minute after, wall clock; not after `from` means on the next day.
    pub to: civil::Time,
}

/// A dated exception.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// Who takes the time.
    pub user: UserId,
    /// First instant.
    pub from: Timestamp,
    /// First instant after.
    pub to: Timestamp,
}

#[cfg(test)]
mod tests;
