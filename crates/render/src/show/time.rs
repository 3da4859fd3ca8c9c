//! Instants and spans in words, always in UTC and saying so.

use std::time::Duration;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// An instant for machines and for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) iso: String,
    pub(crate) text: String,
}

/// `2025-05-23T05:50:00Z`
pub(crate) fn iso(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// `2025-05-23T05:50:00.000Z`, the form of Statuspage.
pub(crate) fn millis(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// `Fri, 23 May 2025 05:50:00 +0000`
pub(crate) fn rfc2822(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

/// `09:22:14 UTC`, with the date if it isn't the day of `as_of`.
pub(crate) fn seconds(at: Timestamp, as_of: Timestamp) -> String {
    in_context(at, as_of, "%H:%M:%S UTC")
}

/// `09:04 UTC`; another day brings `Nov 18, 09:04 UTC`, another year `Nov 18, 2025, 09:04 UTC`.
pub(crate) fn near(at: Timestamp, as_of: Timestamp) -> String {
    in_context(at, as_of, "%H:%M UTC")
}

/// `May 23, 2025, 05:50 UTC`
pub(crate) fn full(at: Timestamp) -> String {
    at.strftime("%b %-d, %Y, %H:%M UTC").to_string()
}

/// `May 23, 2025`
pub(crate) fn month_day(date: Date) -> String {
    date.strftime("%b %-d, %Y").to_string()
}

pub(crate) fn stamp_near(at: Timestamp, as_of: Timestamp) -> Stamp {
    Stamp { iso: iso(at), text: near(at, as_of) }
}

pub(crate) fn stamp_seconds(at: Timestamp, as_of: Timestamp) -> Stamp {
    Stamp { iso: iso(at), text: seconds(at, as_of) }
}

pub(crate) fn stamp_full(at: Timestamp) -> Stamp {
    Stamp { iso: iso(at), text: full(at) }
}

/// `May 23, 2025 · resolved May 23`, with the year at the end too if it is another one.
pub(crate) fn dates(start: Timestamp, end: Option<Timestamp>) -> String {
    let (from, until) = (utc(start), end.map(utc));
    let from_text = month_day(from);
    match until {
        None => from_text,
        Some(until) if until.year() == from.year() => {
            format!("{from_text} · resolved {}", until.strftime("%b %-d"))
        }
        Some(until) => format!("{from_text} · resolved {}", month_day(until)),
    }
}

/// `05:50–07:03 UTC`, or `Nov 18, 22:10 – Nov 19, 01:30 UTC` over several days.
pub(crate) fn span(start: Timestamp, end: Timestamp) -> String {
    let (from, until) = (utc(start), utc(end));
    let (clock, day_clock, full_clock) = ("%H:%M", "%b %-d, %H:%M", "%b %-d, %Y, %H:%M");
    let put = |form: &str, dash: &str| format!("{}{dash}{} UTC", start.strftime(form), end.strftime(form));
    if from == until {
        put(clock, "–")
    } else if from.year() == until.year() {
        put(day_clock, " – ")
    } else {
        put(full_clock, " – ")
    }
}

/// `45 s`, `18 min`, `1 h 13 min`, `2 d 3 h`: the two largest units, rounded down.
pub(crate) fn duration(length: Duration) -> String {
    let seconds = length.as_secs();
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    let two = |large: u64, unit: &str, small: u64, part: &str| match small {
        0 => format!("{large} {unit}"),
        small => format!("{large} {unit} {small} {part}"),
    };
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => two(hours, "h", minutes % 60, "min"),
        (days, hours, _) => two(days, "d", hours % 24, "h"),
    }
}

/// The same for a delay, which reads better in minutes up to three hours: `66 min`.
pub(crate) fn lag(length: Duration) -> String {
    match length.as_secs() / 60 {
        minutes @ 1..180 => format!("{minutes} min"),
        _ => duration(length),
    }
}

fn in_context(at: Timestamp, as_of: Timestamp, clock: &str) -> String {
    let (day, today) = (utc(at), utc(as_of));
    let clock = at.strftime(clock);
    if day == today {
        clock.to_string()
    } else if day.year() == today.year() {
        format!("{}, {clock}", day.strftime("%b %-d"))
    } else {
        format!("{}, {clock}", month_day(day))
    }
}

fn utc(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// Returns since when something is so, as it follows the word for it; what was so at our first reading began before.
pub(crate) fn beginning(since: Timestamp, is_first_reading: bool, as_of: Timestamp) -> String {
    let word = if is_first_reading { ", already so at" } else { " since" };
    format!("{word} {}", near(since, as_of))
}
