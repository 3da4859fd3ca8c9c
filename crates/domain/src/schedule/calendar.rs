//! What a calendar holds: the shifts of a schedule, or those of one person over all schedules.

use jiff::Timestamp;

use super::{Schedule, Shift};
use crate::{ScheduleId, UserId, setup::Setup};

/// Most shifts of a schedule that are looked at for one answer; turns of minutes would make months of them endless.
pub const MOST_SHIFTS: usize = 5_000;

/// Whose shifts a calendar holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// Everybody's in one schedule, gaps included.
    Schedule(ScheduleId),
    /// One person's in all schedules.
    User(UserId),
}

/// A shift and the schedule it belongs to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Entry<'a> {
    /// The schedule.
    pub schedule: &'a Schedule,
    /// The shift.
    pub shift: Shift,
}

impl Subject {
    /// Returns the shifts that overlap `[from, to)`, clipped to it, by their beginning. `None` where the subject is no longer
    /// in the configuration.
    #[must_use]
    pub fn entries(self, setup: &Setup, from: Timestamp, to: Timestamp) -> Option<Vec<Entry<'_>>> {
        let shifts = |schedule: &'_ Schedule| schedule.shifts(from, to).take(MOST_SHIFTS).collect::<Vec<_>>();
        let mut entries: Vec<Entry<'_>> = match self {
            Subject::Schedule(id) => {
                let schedule = setup.schedule(id)?;
                shifts(schedule).into_iter().map(|shift| Entry { schedule, shift }).collect()
            }
            Subject::User(id) => {
                setup.user(id)?;
                let of = |schedule| shifts(schedule).into_iter().map(move |shift| Entry { schedule, shift });
                setup.schedules.iter().flat_map(of).filter(|entry| entry.shift.user == Some(id)).collect()
            }
        };
        entries.sort_by_key(|entry| entry.shift.from);
        Some(entries)
    }
}
