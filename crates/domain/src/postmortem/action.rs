//! What is to be done so that it does not happen again: by whom, and by which day.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::{UserId, incident::Actor};

/// The hour of the day at which an owner is reminded.
const REMINDED_AT: i8 = 9;

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// Its number within the post-mortem, from 1.
    pub number: i64,
    /// What, in one line.
    pub text: String,
    /// Who sees to it.
    pub owner: UserId,
    /// The day by whose end it is to be done, in the zone of the owner.
    pub due_on: Date,
    /// Whether readers see it below the post-mortem.
    pub is_public: bool,
    /// When the owner was reminded.
    pub reminded_at: Option<Timestamp>,
    /// Who has done it, and when.
    pub done: Option<(Actor, Timestamp)>,
}

/// How something to do stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Its day is over and it is not done.
    Overdue,
    /// It is to be done.
    Open,
    /// It is done.
    Done,
}

impl Standing {
    /// Returns the word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Standing::Overdue => "overdue",
            Standing::Open => "open",
            Standing::Done => "done",
        }
    }
}

impl Action {
    /// Returns when its owner is reminded: in the morning of its day, by their own clock.
    #[must_use]
    pub fn reminder_at(&self, zone: &TimeZone) -> Timestamp {
        instant(self.due_on, REMINDED_AT, zone)
    }

    /// Returns how it stands.
    #[must_use]
    pub fn standing(&self, zone: &TimeZone, now: Timestamp) -> Standing {
        let next_day = self.due_on.tomorrow().unwrap_or(Date::MAX);
        match self.done {
            Some(_) => Standing::Done,
            None if instant(next_day, 0, zone) <= now => Standing::Overdue,
            None => Standing::Open,
        }
    }
}

/// Where the clock skips the time, the first one after it.
fn instant(day: Date, hour: i8, zone: &TimeZone) -> Timestamp {
    let at = day.at(hour, 0, 0, 0).to_zoned(zone.clone());
    at.map_or(Timestamp::MAX, |at| at.timestamp())
}
