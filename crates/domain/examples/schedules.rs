//! How fast schedules answer: `cargo run --release -p domain --example schedules`.
//!
//! Who is on call now in 1,000 organisations of 3 schedules of 5 layers, and the gaps of a year in one schedule: a usual
//! one, one that hands off every minute of the year, and one with a hundred restrictions in each layer. The fastest of some
//! rounds counts, so that it means something on a machine that has other work.
#![expect(clippy::print_stdout, reason = "a figure for whoever runs it")]
#![expect(clippy::disallowed_methods, reason = "a stopwatch, and a clock that is told")]

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use domain::{
    ScheduleId, UserId,
    schedule::{Layer, Override, Restriction, Rotation, Schedule, load},
};
use jiff::{Timestamp, ToSpan, civil, tz::TimeZone};
use uuid::Uuid;

const ORGANIZATIONS: usize = 1_000;
const SCHEDULES: usize = 3;
const LAYERS: usize = 5;
const ROUNDS: usize = 9;
const ZONES: [&str; 5] =
    ["Europe/Rome", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu"];

fn main() {
    let rotations = [Rotation::Weekly, Rotation::Daily, Rotation::Every(Duration::from_hours(12))];
    let all: Vec<Schedule> = (0..ORGANIZATIONS * SCHEDULES)
        .map(|number| schedule(ZONES[number % ZONES.len()], rotations[number % rotations.len()], 2))
        .collect();
    // In the night of the change of the clock, when the wall clock is hardest to read.
    for at in ["2026-10-25T00:30:00Z", "2026-06-17T09:41:00Z"] {
        let at: Timestamp = at.parse().expect("an instant");
        let taken = fastest(|| all.iter().filter(|schedule| schedule.on_call(at).is_some()).count());
        println!("who is on call in {} schedules at {at}: {taken:.2?}", all.len());
    }
    let from: Timestamp = "2026-06-17T09:41:00Z".parse().expect("an instant");
    let to = (from.to_zoned(TimeZone::UTC) + 1.year()).timestamp();
    let minute = Rotation::Every(Duration::from_mins(1));
    for (what, schedule) in [
        ("usual", schedule("Europe/Rome", Rotation::Weekly, 2)),
        ("turns of a minute", schedule("America/New_York", minute, 2)),
        ("100 restrictions a layer", schedule("Africa/Casablanca", minute, 100)),
    ] {
        let gaps = schedule.gaps(from, to);
        let taken = fastest(|| schedule.gaps(from, to).count);
        println!("gaps of a year, {what}: {taken:.2?} ({} gaps, {:#})", gaps.count, gaps.total);
    }
    let usual = schedule("Europe/Rome", Rotation::Daily, 2);
    let zone = TimeZone::get("Europe/Rome").expect("a zone");
    let taken = fastest(|| load(usual.shifts(from, to), |_| zone.clone()).len());
    println!("hours, nights and weekends of a year: {taken:.2?}");
}

fn fastest<T>(ask: impl Fn() -> T) -> Duration {
    let round = || {
        let begun = Instant::now();
        black_box(ask());
        begun.elapsed()
    };
    (0..ROUNDS).map(|_| round()).min().unwrap_or_default()
}

/// Five layers that began years ago, each on duty at its own hours, none on a part of Sunday.
fn schedule(zone: &str, rotation: Rotation, restrictions: i8) -> Schedule {
    let user = |name: usize| UserId::named(Uuid::nil(), &name.to_string());
    let days: Vec<_> = civil::Weekday::Monday.cycle_forward().take(6).collect();
    let layer = |place: usize| {
        let hours = |number: i8| {
            let from = civil::time((2 * number).rem_euclid(24), number.rem_euclid(60), 0, 0);
            Restriction { days: days.clone(), from, to: from + 11.hours() }
        };
        Layer {
            rotation,
            handoff_day: None,
            handoff_time: civil::time(2, 30, 0, 0),
            start: civil::date(2015, 3, 2),
            end: None,
            participants: (place..place + 7).map(user).collect(),
            restrictions: (0..restrictions).collect::<Vec<_>>().into_iter().map(hours).collect(),
        }
    };
    let midnight: Timestamp = "2026-07-01T00:00:00Z".parse().expect("an instant");
    let overrides = (0..50).map(|day| Override {
        user: user(3),
        from: midnight + (24 * day).hours(),
        to: midnight + (24 * day + 3).hours(),
    });
    Schedule {
        id: ScheduleId::named(Uuid::nil(), "primary"),
        slug: "primary".to_owned(),
        name: "Primary".to_owned(),
        time_zone: TimeZone::get(zone).expect("a zone of the database"),
        layers: (0..LAYERS).map(layer).collect(),
        overrides: overrides.collect(),
        fallback: Some(user(0)),
    }
}
