//! Who is on call when, for whoever has the secret address of a calendar.

use domain::schedule::Duty;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};

/// A roster as a page.
#[derive(Clone, Debug, PartialEq)]
pub struct RosterView {
    /// The schedule's or the person's name.
    pub name: String,
    /// Whose shifts these are.
    pub kind: RosterKind,
    /// The zone that times are shown in.
    pub time_zone: TimeZone,
    /// The present.
    pub as_of: Timestamp,
    /// From the Monday of this week on, gaps included where it is a schedule's; by their beginning.
    pub shifts: Vec<ShiftView>,
    /// Whether these are all.
    pub is_whole: bool,
    /// What each person carries in these weeks, the most first.
    pub loads: Vec<LoadView>,
    /// The gaps of the coming year; of a person's calendar there are none.
    pub gaps: Option<GapsView>,
    /// The address of the same as an iCalendar.
    pub feed_url: String,
}

/// Whose shifts a roster has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RosterKind {
    /// Everybody's in one schedule.
    Schedule,
    /// One person's in all schedules.
    Person,
}

/// A shift.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShiftView {
    /// The row it stands in: a person, or for a person's roster a schedule. `None` is nobody.
    pub row: Option<String>,
    /// By what; `None` is a gap.
    pub by: Option<Duty>,
    /// First instant.
    pub from: Timestamp,
    /// First instant after.
    pub to: Timestamp,
}

/// What one person carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadView {
    /// The person's name.
    pub name: String,
    /// On call in all.
    pub total: SignedDuration,
    /// Of it at night, by the person's clock.
    pub nights: SignedDuration,
    /// Of it on weekends, by the person's clock.
    pub weekends: SignedDuration,
}

/// The times of the coming year at which no layer and no override has anyone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GapsView {
    /// How many there are.
    pub count: usize,
    /// How long they last together.
    pub total: SignedDuration,
    /// The first of them.
    pub first: Vec<(Timestamp, Timestamp)>,
    /// Who is called then.
    pub fallback: Option<String>,
}

/// On-call shifts as an iCalendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarView {
    /// The calendar's own id, which stays.
    pub uid: String,
    /// What it is called.
    pub name: String,
    /// Rises whenever an event may have changed.
    pub sequence: i64,
    /// Since when it has been as it is.
    pub changed_at: Timestamp,
    /// Its shifts.
    pub events: Vec<EventView>,
}

/// A shift as an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventView {
    /// Stays as long as the shift begins when it does.
    pub uid: String,
    /// First instant.
    pub from: Timestamp,
    /// First instant after.
    pub to: Timestamp,
    /// One line.
    pub summary: String,
    /// Why.
    pub description: String,
}
