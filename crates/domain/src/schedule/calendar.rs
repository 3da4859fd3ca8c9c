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

/// The shifts of a window.
#[derive(Clone, Debug, PartialEq)]
pub struct Entries<'a> {
    /// By their beginning.
    pub list: Vec<Entry<'a>>,
    /// Whether that is all of them: not where a schedule has more than [`MOST_SHIFTS`].
    pub is_whole: bool,
}

impl Subject {
    /// Returns the shifts that overlap `[from, to)`, clipped to it. `None` where the subject is no longer in the
    /// configuration.
    #[must_use]
    pub fn entries(self, setup: &Setup, from: Timestamp, to: Timestamp) -> Option<Entries<'_>> {
        let schedules: Vec<&Schedule> = match self {
            Subject::Schedule(id) => vec![setup.schedule(id)?],
            Subject::User(id) => {
                setup.user(id)?;
                setup.schedules.iter().collect()
            }
        };
        let mut entries = Entries { list: Vec::new(), is_whole: true };
        for schedule in schedules {
            let mut shifts = schedule.shifts(from, to);
            let first = shifts.by_ref().take(MOST_SHIFTS).map(|shift| Entry { schedule, shift });
            entries.list.extend(first.filter(|entry| match self {
                Subject::Schedule(_) => true,
                Subject::User(id) => entry.shift.user == Some(id),
            }));
            entries.is_whole &= shifts.next().is_none();
        }
        entries.list.sort_by_key(|entry| entry.shift.from);
        Some(entries)
    }
}
