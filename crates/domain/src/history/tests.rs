//! Interval arithmetic against a count by the minute, and the days at their edges.

use proptest::prelude::*;

use super::*;

fn at(minute: i64) -> Timestamp {
    "2026-03-01T00:00:00Z".parse::<Timestamp>().unwrap() + jiff::SignedDuration::from_mins(minute)
}

fn span(status: Status, from: i64, to: i64) -> Span {
    Span { status, from: at(from), to: at(to) }
}

fn minutes(count: u64) -> Duration {
    Duration::from_secs(60 * count)
}

#[test]
fn time_without_data_is_neither_up_nor_down() {
    let spans = [span(Status::Operational, 0, 60), span(Status::MajorOutage, 60, 90)];
    let total = tally(&spans, at(0), at(120));
    assert_eq!((total.down, total.unknown, total.window), (minutes(30), minutes(30), minutes(120)));
    assert_eq!(total.uptime(), Some(1.0 - 30.0 / 90.0));
    assert_eq!(tally(&[], at(0), at(120)).uptime(), None);
}

#[test]
fn maintenance_is_stated_apart() {
    let spans = [span(Status::UnderMaintenance, 0, 60), span(Status::Operational, 60, 120)];
    let total = tally(&spans, at(0), at(120));
    assert_eq!((total.maintenance, total.down, total.uptime()), (minutes(60), Duration::ZERO, Some(1.0)));
}

#[test]
fn an_outage_that_began_before_the_window_counts_in_it() {
    assert_eq!(tally(&[span(Status::PartialOutage, -600, 10)], at(0), at(60)).down, minutes(10));
}

#[test]
fn a_day_shows_its_worst_and_a_day_without_data_shows_that() {
    let spans = [
        span(Status::Operational, 0, 1440),
        span(Status::PartialOutage, 1440, 1450),
        span(Status::Operational, 1450, 1500),
    ];
    let days = days(&spans, at(2 * 1440 + 1), 4);
    let worst: Vec<Status> = days.iter().map(|day| day.worst).collect();
    assert_eq!(worst, [Status::Unknown, Status::Operational, Status::PartialOutage, Status::Unknown]);
    assert_eq!(days[2].tally.down, minutes(10));
    assert_eq!(days[2].tally.unknown, minutes(1440 - 60));
    assert_eq!(days[3].tally.window, minutes(1));
    assert_eq!(days[3].date.to_string(), "2026-03-03");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_sum_agrees_with_a_count_by_the_minute(
        parts in prop::collection::vec((0usize..6, -50i64..150, 0i64..80), 0..12),
        window in 1i64..120,
    ) {
        let spans: Vec<Span> = parts.iter().map(|&(status, from, length)| span(Status::ALL[status], from, from + length)).collect();
        let total = tally(&spans, at(0), at(window));
        let worst = |minute: i64| {
            let covering = spans.iter().filter(|span| span.from <= at(minute) && at(minute + 1) <= span.to);
            covering.map(|span| span.status).max().unwrap_or(Status::Unknown)
        };
        let count = |wanted: &[Status]| minutes((0..window).filter(|&minute| wanted.contains(&worst(minute))).count() as u64);
        prop_assert_eq!(total.down, count(&[Status::PartialOutage, Status::MajorOutage]));
        prop_assert_eq!(total.unknown, count(&[Status::Unknown]));
        prop_assert_eq!(total.maintenance, count(&[Status::UnderMaintenance]));
        prop_assert_eq!(total.degraded, count(&[Status::DegradedPerformance]));
    }

    #[test]
    fn split_windows_add_up_and_the_order_of_spans_is_none(
        parts in prop::collection::vec((0usize..6, -50i64..150, 0i64..80), 0..12),
        cut in 0i64..100,
        turn in 0usize..12,
    ) {
        let mut spans: Vec<Span> = parts.iter().map(|&(status, from, length)| span(Status::ALL[status], from, from + length)).collect();
        let (whole, first, second) = (tally(&spans, at(0), at(100)), tally(&spans, at(0), at(cut)), tally(&spans, at(cut), at(100)));
        prop_assert_eq!(whole.window, first.window + second.window);
        prop_assert_eq!(whole.down, first.down + second.down);
        prop_assert_eq!(whole.degraded, first.degraded + second.degraded);
        prop_assert_eq!(whole.maintenance, first.maintenance + second.maintenance);
        prop_assert_eq!(whole.unknown, first.unknown + second.unknown);
        if !spans.is_empty() {
            let by = turn % spans.len();
            spans.rotate_left(by);
        }
        spans.extend(spans.clone());
        prop_assert_eq!(tally(&spans, at(0), at(100)), whole, "neither order nor repetition matters");
        let parts = whole.down + whole.degraded + whole.maintenance + whole.unknown;
        prop_assert!(parts <= whole.window && whole.millionths().is_none_or(|figure| figure <= 1_000_000));
    }
}

#[test]
fn windows_begin_at_midnight_but_for_the_last_day_and_months_fill_the_year() {
    let now: Timestamp = "2028-02-29T10:30:00Z".parse().unwrap();
    let starts = Window::ALL.map(|window| window.start(now).to_string());
    let wanted = [
        "2028-02-28T10:30:00Z",
        "2028-02-23T00:00:00Z",
        "2028-01-31T00:00:00Z",
        "2027-12-02T00:00:00Z",
        "2027-03-01T00:00:00Z",
    ];
    assert_eq!(starts, wanted);
    let months = months(now);
    assert_eq!((months.len(), months[0].0, months[11].1), (12, Window::Months12.start(now), now));
    assert!(months.windows(2).all(|pair| pair[0].1 == pair[1].0), "no gap and no overlap");
    let inside = super::months("2026-03-15T00:00:01Z".parse().unwrap());
    assert_eq!((inside.len(), inside[0].0.to_string()), (13, "2025-03-16T00:00:00Z".to_owned()));
}
