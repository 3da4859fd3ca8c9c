//! Instants, spans, lengths and figures in words.

use std::time::Duration;

use crate::{
    show::{dates, duration, lag, near, share, span},
    story::at,
    view::Uptime,
};

#[test]
fn dates_have_the_year_at_both_ends_only_when_it_differs() {
    let start = at("2025-05-23T05:50:00Z");
    assert_eq!(dates(start, Some(at("2025-05-23T07:03:00Z"))), "May 23, 2025 · resolved May 23");
    assert_eq!(dates(start, None), "May 23, 2025");
    let new_year = dates(at("2025-12-31T23:00:00Z"), Some(at("2026-01-01T01:00:00Z")));
    assert_eq!(new_year, "Dec 31, 2025 · resolved Jan 1, 2026");
}

#[test]
fn spans_name_the_day_where_there_are_two() {
    let span = |from: &str, until: &str| span(at(from), at(until));
    assert_eq!(span("2025-05-23T05:50:00Z", "2025-05-23T07:03:00Z"), "05:50–07:03 UTC");
    assert_eq!(span("2025-11-18T22:10:00Z", "2025-11-19T01:30:00Z"), "Nov 18, 22:10 – Nov 19, 01:30 UTC");
    assert_eq!(
        span("2025-12-31T22:10:00Z", "2026-01-01T01:30:00Z"),
        "Dec 31, 2025, 22:10 – Jan 1, 2026, 01:30 UTC"
    );
}

#[test]
fn instants_say_the_day_when_it_is_not_today() {
    let now = at("2025-12-02T09:22:26Z");
    assert_eq!(near(at("2025-12-02T09:04:00Z"), now), "09:04 UTC");
    assert_eq!(near(at("2025-11-18T09:04:00Z"), now), "Nov 18, 09:04 UTC");
    assert_eq!(near(at("2024-11-18T09:04:00Z"), now), "Nov 18, 2024, 09:04 UTC");
}

#[test]
fn lengths_are_in_the_two_largest_units() {
    for (seconds, expect) in [
        (0, "0 s"),
        (59, "59 s"),
        (18 * 60 + 59, "18 min"),
        (3600, "1 h"),
        (73 * 60, "1 h 13 min"),
        (51 * 3600, "2 d 3 h"),
        (48 * 3600, "2 d"),
    ] {
        assert_eq!(duration(Duration::from_secs(seconds)), expect);
    }
    assert_eq!(lag(Duration::from_secs(66 * 60)), "66 min");
    assert_eq!(lag(Duration::from_secs(180 * 60)), "3 h");
}

#[test]
fn figures_are_rounded_down_and_leave_out_what_is_not_known() {
    let hours = |hours: u64| Duration::from_secs(hours * 3600);
    let figure = |window, down, maintenance, unknown| {
        share(&Uptime {
            window: hours(window),
            down: hours(down),
            maintenance: hours(maintenance),
            unknown: hours(unknown),
        })
    };
    assert_eq!(figure(2160, 0, 0, 0).as_deref(), Some("100.000 %"));
    assert_eq!(figure(2160, 1, 0, 0).as_deref(), Some("99.953 %"));
    assert_eq!(figure(2160, 1, 60, 2000).as_deref(), Some("99.000 %"));
    assert_eq!(figure(24, 0, 0, 24), None, "no data is not 100 %");
    assert_eq!(figure(24, 0, 20, 20), None, "contradictory parts give no figure");
}
