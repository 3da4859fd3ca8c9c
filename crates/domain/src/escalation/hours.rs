//! Times of the week on a zone's wall clock: whether one of them holds, and until when.
//!
//! The reading of the clock is that of schedules, so a time that the clock skips or shows twice begins and ends once here
//! as it does there.

use std::fmt;

use jiff::{SignedDuration, Timestamp, ToSpan, civil, tz::TimeZone};

use crate::schedule::{
    Restriction,
    wall::{reached, wall},
};

/// Longer than a week: hours that go on for so long never end.
const ENDLESS: SignedDuration = SignedDuration::from_hours(8 * 24);

/// Whether one of these holds at an instant.
pub(super) fn hold(hours: &[Restriction], zone: &TimeZone, at: Timestamp) -> bool {
    latest_end(hours, wall(zone, at)).is_some()
}

/// The instant at which the hours that hold at `at` end; those that touch or overlap are one. `None` where none holds, and
/// where they never end.
pub(super) fn end(hours: &[Restriction], zone: &TimeZone, at: Timestamp) -> Option<Timestamp> {
    let start = wall(zone, at);
    let mut end = latest_end(hours, start)?;
    while let Some(later) = latest_end(hours, end) {
        if later.duration_since(start) > ENDLESS {
            return None;
        }
        end = later;
    }
    reached(zone, end)
}

/// Whether these leave no minute of the week free.
pub(super) fn are_endless(hours: &[Restriction]) -> bool {
    // The wall clock of UTC shows every time of the week once, and any week will do.
    let monday = civil::date(2024, 1, 1).at(0, 0, 0, 0).to_zoned(TimeZone::UTC);
    let monday = monday.map_or(Timestamp::UNIX_EPOCH, |monday| monday.timestamp());
    hold(hours, &TimeZone::UTC, monday) && end(hours, &TimeZone::UTC, monday).is_none()
}

/// The instants of about nine days from `date` at which one of these begins or ends.
pub(crate) fn edges(hours: &Restriction, zone: &TimeZone, date: civil::Date) -> Vec<Timestamp> {
    stretches(hours, date).flat_map(|(from, to)| [from, to]).filter_map(|time| reached(zone, time)).collect()
}

/// Hours in the words of the configuration, `Mon,Tue 09:00-18:00`.
pub(super) struct Words<'a>(pub(super) &'a Restriction);

impl fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Restriction { days, from, to } = self.0;
        if days.len() < 7 {
            let days: Vec<_> = days.iter().map(|&day| short(day)).collect();
            write!(f, "{} ", days.join(","))?;
        }
        write!(f, "{}-{}", from.strftime("%H:%M"), to.strftime("%H:%M"))
    }
}

fn short(day: civil::Weekday) -> &'static str {
    match day {
        civil::Weekday::Monday => "Mon",
        civil::Weekday::Tuesday => "Tue",
        civil::Weekday::Wednesday => "Wed",
        civil::Weekday::Thursday => "Thu",
        civil::Weekday::Friday => "Fri",
        civil::Weekday::Saturday => "Sat",
        civil::Weekday::Sunday => "Sun",
    }
}

/// The end that is furthest away among the stretches over a wall time.
fn latest_end(hours: &[Restriction], wall: civil::DateTime) -> Option<civil::DateTime> {
    let over = |hours| stretches(hours, wall.date()).filter(move |&(from, to)| from <= wall && wall < to);
    hours.iter().flat_map(over).map(|(_, to)| to).max()
}

/// The stretches, half-open, that can lie over `date`, and those of the week after it.
fn stretches(
    hours: &Restriction,
    date: civil::Date,
) -> impl Iterator<Item = (civil::DateTime, civil::DateTime)> {
    // From yesterday on, whose stretch may reach past midnight.
    let days = date.yesterday().unwrap_or(date).series(1.day()).take(9);
    days.filter(|day| hours.days.contains(&day.weekday())).filter_map(|day| {
        let last = if hours.to > hours.from { day } else { day.tomorrow().ok()? };
        Some((day.to_datetime(hours.from), last.to_datetime(hours.to)))
    })
}
