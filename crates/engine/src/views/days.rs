//! Bars and figures of one line of a page.

use std::time::Duration;

use domain::history::{self, Day, Span, Tally};
use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use render::view::{DayCell, IncidentView, Uptime};

use super::DAYS;

/// Returns the first instant that the bars show.
pub(super) fn window_start(now: Timestamp) -> Timestamp {
    let back = i64::try_from(DAYS).unwrap_or(i64::MAX) - 1;
    let first = now.to_zoned(TimeZone::UTC).date().checked_sub(back.days()).unwrap_or(Date::MIN);
    first.to_zoned(TimeZone::UTC).map_or(Timestamp::MIN, |zoned| zoned.timestamp())
}

/// Returns the days of a component, with the titles of its incidents.
pub(super) fn cells(spans: &[Span], now: Timestamp, incidents: &[&IncidentView]) -> Vec<DayCell> {
    history::days(spans, now, DAYS).iter().map(|day| cell(day, incidents)).collect()
}

/// A figure that stands on less than this says more than is known.
const EVIDENCE: Duration = Duration::from_secs(24 * 3600);

/// Returns the figure over the days that the bars show; `None` when next to nothing is known of them.
pub(super) fn uptime(spans: &[Span], now: Timestamp) -> Option<Uptime> {
    let Tally { window, down, maintenance, unknown, .. } = history::tally(spans, window_start(now), now);
    (window.saturating_sub(unknown) >= EVIDENCE).then_some(Uptime { window, down, maintenance, unknown })
}

fn cell(day: &Day, incidents: &[&IncidentView]) -> DayCell {
    let minutes = |span: Duration| u32::try_from(span.as_secs() / 60).unwrap_or(u32::MAX);
    let on = |at: Timestamp| at.to_zoned(TimeZone::UTC).date();
    let during = incidents.iter().filter(|incident| {
        on(incident.began_at()) <= day.date && incident.resolved_at.is_none_or(|end| day.date <= on(end))
    });
    DayCell {
        date: day.date,
        worst: day.worst,
        down_minutes: minutes(day.tally.down),
        degraded_minutes: minutes(day.tally.degraded),
        maintenance_minutes: minutes(day.tally.maintenance),
        unknown_minutes: minutes(day.tally.unknown),
        incidents: during.map(|incident| incident.titled()).collect(),
    }
}
