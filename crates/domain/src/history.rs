//! Arithmetic over time spent in a status: days for the bars, and uptime.
//!
//! Spans are half-open, `[from, to)`, in UTC. Time that no span covers is *unknown*: it is neither up nor down, and is
//! stated apart. Down is a partial or a major outage; degraded performance is up.

mod origin;

use std::{collections::BTreeMap, time::Duration};

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};

use crate::Status;

pub use origin::{Origin, Trouble, origin};

/// Time spent in one status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The status.
    pub status: Status,
    /// First instant.
    pub from: Timestamp,
    /// First instant after.
    pub to: Timestamp,
}

/// What a window of time consisted of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Tally {
    /// The length of the window.
    pub window: Duration,
    /// Partial or major outage.
    pub down: Duration,
    /// Degraded performance.
    pub degraded: Duration,
    /// Announced work.
    pub maintenance: Duration,
    /// No data.
    pub unknown: Duration,
}

/// The time up to now that a figure is given for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// The last 24 hours, to the second.
    Hours24,
    /// Today so far and the six days before, in UTC.
    Days7,
    /// Today so far and the 29 days before.
    Days30,
    /// Today so far and the 89 days before.
    Days90,
    /// From the day after this one a year ago.
    Months12,
}

/// One UTC day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// The day.
    pub date: Date,
    /// The worst status of the day; unknown when there is no data at all.
    pub worst: Status,
    /// What it consisted of, as far as it has passed.
    pub tally: Tally,
}

impl Window {
    /// Every window, the shortest first.
    pub const ALL: [Self; 5] = [Self::Hours24, Self::Days7, Self::Days30, Self::Days90, Self::Months12];

    /// Returns the word for it on the wire.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Hours24 => "24h",
            Self::Days7 => "7d",
            Self::Days30 => "30d",
            Self::Days90 => "90d",
            Self::Months12 => "12mo",
        }
    }

    /// Returns its first instant.
    #[must_use]
    pub fn start(self, now: Timestamp) -> Timestamp {
        let today = now.to_zoned(TimeZone::UTC).date();
        let back = match self {
            Self::Hours24 => return now.checked_sub(24.hours()).unwrap_or(Timestamp::MIN),
            Self::Days7 => 6.days(),
            Self::Days30 => 29.days(),
            Self::Days90 => 89.days(),
            Self::Months12 => {
                return today
                    .checked_sub(12.months())
                    .and_then(Date::tomorrow)
                    .map_or(Timestamp::MIN, midnight);
            }
        };
        today.checked_sub(back).map_or(Timestamp::MIN, midnight)
    }
}

/// Returns the calendar months in UTC that the last twelve months touch, as `[from, to)` and oldest first. The first and the
/// present one are cut to what lies within.
#[must_use]
pub fn months(now: Timestamp) -> Vec<(Timestamp, Timestamp)> {
    let mut from = Window::Months12.start(now);
    let mut months = Vec::new();
    while from < now {
        let next = from.to_zoned(TimeZone::UTC).date().last_of_month().tomorrow();
        let to = next.map_or(Timestamp::MAX, midnight).min(now);
        months.push((from, to));
        from = to;
    }
    months
}

impl Tally {
    fn add(&mut self, status: Status, length: Duration) {
        match status {
            Status::Unknown => self.unknown += length,
            Status::Operational => {}
            Status::UnderMaintenance => self.maintenance += length,
            Status::DegradedPerformance => self.degraded += length,
            Status::PartialOutage | Status::MajorOutage => self.down += length,
        }
    }

    /// Returns the uptime in millionths, rounded down; `None` when nothing is known.
    #[must_use]
    pub fn millionths(&self) -> Option<u64> {
        let counted = self.window.saturating_sub(self.maintenance).saturating_sub(self.unknown).as_micros();
        let up = counted.saturating_sub(self.down.as_micros());
        u64::try_from((up * 1_000_000).checked_div(counted)?).ok()
    }

    /// Returns `1 − down / (window − maintenance − unknown)`, or `None` when nothing is known.
    #[must_use]
    pub fn uptime(&self) -> Option<f64> {
        let counted = self.window.saturating_sub(self.maintenance).saturating_sub(self.unknown);
        (!counted.is_zero()).then(|| 1.0 - self.down.as_secs_f64() / counted.as_secs_f64())
    }
}

/// Adds up what the window `[from, to)` consisted of. Where spans overlap, the worst counts.
#[must_use]
pub fn tally(spans: &[Span], from: Timestamp, to: Timestamp) -> Tally {
    let mut total = Tally { window: between(from, to), ..Tally::default() };
    let within = spans.iter().map(|span| (span.status, span.from.max(from), span.to.min(to)));
    let mut edges: Vec<(Timestamp, Status, bool)> = within
        .filter(|(_, begins, ends)| begins < ends)
        .flat_map(|(status, begins, ends)| [(begins, status, true), (ends, status, false)])
        .collect();
    edges.sort_unstable();
    let (mut at, mut covering) = (from, BTreeMap::<Status, usize>::new());
    for (edge, status, begins) in edges {
        total.add(covering.last_key_value().map_or(Status::Unknown, |(worst, _)| *worst), between(at, edge));
        at = edge;
        let count = covering.entry(status).or_default();
        *count = if begins { *count + 1 } else { count.saturating_sub(1) };
        if *count == 0 {
            covering.remove(&status);
        }
    }
    total.add(Status::Unknown, between(at, to));
    total
}

/// Returns the last `count` UTC days up to and with the day of `now`, oldest first.
#[must_use]
pub fn days(spans: &[Span], now: Timestamp, count: usize) -> Vec<Day> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let back = i64::try_from(count).unwrap_or(i64::MAX);
    (0..back)
        .rev()
        .filter_map(|n| today.checked_sub(n.days()).ok())
        .map(|date| day(spans, date, now))
        .collect()
}

fn day(spans: &[Span], date: Date, now: Timestamp) -> Day {
    let from = midnight(date);
    let to = date.tomorrow().map_or(Timestamp::MAX, midnight).min(now).max(from);
    let within: Vec<Span> = spans.iter().filter(|span| span.from < to && from < span.to).copied().collect();
    let worst = within.iter().map(|span| span.status).max().unwrap_or(Status::Unknown);
    Day { date, worst, tally: tally(&within, from, to) }
}

fn midnight(date: Date) -> Timestamp {
    date.to_zoned(TimeZone::UTC).map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}

fn between(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
