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
}
