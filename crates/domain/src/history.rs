//! Arithmetic over time spent in a status: days for the bars, and uptime.
//!
//! Spans are half-open, `[from, to)`, in UTC. Time that no span covers is *unknown*: it is neither up nor down, and is
//! stated apart. Down is a partial or a major outage; degraded performance is up.

use std::time::Duration;

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};

use crate::Status;

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

impl Tally {
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
    let mut edges: Vec<Timestamp> = vec![from, to];
    edges
        .extend(spans.iter().flat_map(|span| [span.from, span.to]).filter(|edge| from < *edge && *edge < to));
    edges.sort_unstable();
    edges.dedup();
    for pair in edges.windows(2) {
        let length = between(pair[0], pair[1]);
        let covering = spans.iter().filter(|span| span.from <= pair[0] && pair[1] <= span.to);
        match covering.map(|span| span.status).max().unwrap_or(Status::Unknown) {
            Status::Unknown => total.unknown += length,
            Status::Operational => {}
            Status::UnderMaintenance => total.maintenance += length,
            Status::DegradedPerformance => total.degraded += length,
            Status::PartialOutage | Status::MajorOutage => total.down += length,
        }
    }
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
    let start = |date: Date| date.to_zoned(TimeZone::UTC).map_or(Timestamp::MAX, |zoned| zoned.timestamp());
    let from = start(date);
    let to = date.tomorrow().map_or(Timestamp::MAX, start).min(now).max(from);
    let within: Vec<Span> = spans.iter().filter(|span| span.from < to && from < span.to).copied().collect();
    let worst = within.iter().map(|span| span.status).max().unwrap_or(Status::Unknown);
    Day { date, worst, tally: tally(&within, from, to) }
}

fn between(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
