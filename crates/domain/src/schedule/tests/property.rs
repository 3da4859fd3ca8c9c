//! At every minute around a change of the clock there is one turn per layer and one answer, whoever is asked.

use jiff::{
    SignedDuration, ToSpan,
    tz::{TimeZoneDatabase, TimeZoneTransition},
};
use proptest::{collection::vec, prelude::*, sample::select, test_runner::RngSeed};

use super::{
    super::wall,
    naive::{Naive, handoffs},
    *,
};

/// Whole hours, half hours, a midnight, a lost day, two changes a month apart, winter as the exception, and none at all.
const ZONES: [&str; 17] = [
    "Europe/Rome",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Kathmandu",
    "Africa/Casablanca",
    "Africa/Cairo",
    "America/Havana",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Antarctica/Troll",
    "Asia/Beirut",
    "Asia/Gaza",
    "Asia/Pyongyang",
    "Asia/Tehran",
    "Europe/Dublin",
    "UTC",
];

pub(super) fn changes(zone: &TimeZone) -> impl Iterator<Item = TimeZoneTransition<'_>> {
    let end = at("2040-01-01T00:00:00Z");
    zone.following(at("2000-01-01T00:00:00Z")).take_while(move |change| change.timestamp() < end)
}

/// A schedule drawn around an instant, its times near what the wall clock shows then.
fn drawn() -> impl Strategy<Value = (Schedule, Timestamp)> {
    (select(&ZONES[..]), any::<prop::sample::Index>()).prop_flat_map(|(name, pick)| {
        let zone = TimeZone::get(name).unwrap();
        let instants: Vec<Timestamp> = changes(&zone).map(|change| change.timestamp()).collect();
        let centre = if instants.is_empty() { at("2026-06-01T12:00:00Z") } else { *pick.get(&instants) };
        drawn_around(zone, centre).prop_map(move |schedule| (schedule, centre))
    })
}

/// A schedule in a zone whose times are near what the wall clock shows around an instant.
pub(super) fn drawn_around(zone: TimeZone, centre: Timestamp) -> impl Strategy<Value = Schedule> {
    // What the clock showed right before: the beginning of the gap or the end of the fold.
    let shown = zone.to_datetime(centre - SignedDuration::from_nanos(1)) + SignedDuration::from_nanos(1);
    let fallback = prop_oneof![Just(None), Just(Some(user("gus")))];
    (vec(drawn_layer(shown), 1..=3), vec(drawn_override(centre), 0..=2), fallback).prop_map(
        move |(layers, overrides, fallback)| Schedule {
            time_zone: zone.clone(),
            overrides,
            fallback,
            ..schedule("UTC", layers)
        },
    )
}

fn drawn_layer(shown: civil::DateTime) -> impl Strategy<Value = Layer> {
    let rotation = prop_oneof![
        3 => Just(Rotation::Daily),
        3 => Just(Rotation::Weekly),
        4 => select(vec![7, 15, 45, 60, 90, 360, 720, 1500, 2880]).prop_map(every),
    ];
    let handoff_day =
        prop_oneof![Just(None), (-1i64..=1).prop_map(move |days| Some((shown + days.days()).weekday()))];
    let restrictions = prop_oneof![2 => Just(Vec::new()), 3 => vec(drawn_hours(shown), 1..=2)];
    let participants = vec(select(&PEOPLE[..4]).prop_map(user), 1..=4);
    let end = prop_oneof![3 => Just(None), 1 => (-1i64..=2).prop_map(Some)];
    (rotation, handoff_day, near(shown), -1i64..25, end, participants, restrictions).prop_map(
        move |(rotation, handoff_day, time, age, end, participants, restrictions)| Layer {
            rotation,
            handoff_day,
            handoff_time: time.time(),
            start: (time - age.days()).date(),
            end: end.map(|days| (time + days.days()).date()),
            participants,
            restrictions,
        },
    )
}

fn drawn_hours(shown: civil::DateTime) -> impl Strategy<Value = Restriction> {
    let days = prop_oneof![Just(whole_week()), vec(select(whole_week()), 1..=4)];
    (days, near(shown), near(shown)).prop_map(|(days, from, to)| Restriction {
        days,
        from: from.time(),
        to: to.time(),
    })
}

fn drawn_override(centre: Timestamp) -> impl Strategy<Value = Override> {
    (select(&PEOPLE[4..]).prop_map(user), -400i64..400, -60i64..300).prop_map(move |(user, begin, length)| {
        let from = centre + SignedDuration::from_mins(begin);
        Override { user, from, to: from + SignedDuration::from_mins(length) }
    })
}

/// A time within two hours, mostly on a quarter of an hour.
fn near(shown: civil::DateTime) -> impl Strategy<Value = civil::DateTime> {
    prop_oneof![3 => (-8i64..=8).prop_map(|quarters| 15 * quarters), 1 => -120i64..=120]
        .prop_map(move |minutes| shown + SignedDuration::from_mins(minutes))
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 96, failure_persistence: None, rng_seed: RngSeed::Fixed(14), ..ProptestConfig::default()
    })]

    #[test]
    fn every_minute_has_one_turn_per_layer_and_one_answer((schedule, centre) in drawn()) {
        let from = centre - SignedDuration::from_hours(7);
        let to = centre + SignedDuration::from_hours(7);
        agrees_at_every_minute(&schedule, from, to)?;
    }
}

/// The pager, the roster and the gap finder say of each minute what the second resolver says.
pub(super) fn agrees_at_every_minute(
    schedule: &Schedule,
    from: Timestamp,
    to: Timestamp,
) -> Result<(), TestCaseError> {
    let naive = Naive::write_out(schedule, from, to);
    let shifts: Vec<Shift> = schedule.shifts(from, to).collect();
    partitions(&shifts, from, to)?;
    let gaps = schedule.gaps(from, to);
    prop_assert!(gaps.first.windows(2).all(|pair| pair[0].to < pair[1].from));
    let mut current = shifts.iter().peekable();
    let mut gap = gaps.first.iter().peekable();
    let mut minute = from;
    while minute < to {
        for (place, layer) in schedule.layers.iter().enumerate() {
            let turn = layer.turn_at(&schedule.time_zone, minute).map(|turn| turn.number);
            prop_assert_eq!(turn, naive.turn(place, minute).map(|turn| i64::try_from(turn).unwrap()));
        }
        let on_call = schedule.on_call(minute);
        let held = on_call.map(|held| (held.user, held.by));
        prop_assert_eq!(held, naive.on_call(minute), "at {}", minute);
        prop_assert!(on_call.and_then(|held| held.until).is_none_or(|until| until > minute));
        while current.next_if(|shift| shift.to <= minute).is_some() {}
        let shift = current.peek().unwrap();
        prop_assert_eq!(held, shift.user.zip(shift.by), "at {}", minute);
        while gap.next_if(|gap| gap.to <= minute).is_some() {}
        let in_gap = gap.peek().is_some_and(|gap| gap.from <= minute);
        prop_assert_eq!(in_gap, held.is_none_or(|(_, by)| by == Duty::Fallback), "at {}", minute);
        minute += SignedDuration::from_mins(1);
    }
    Ok(())
}

/// Each shift begins where the one before ended, lasts, and differs from it.
fn partitions(shifts: &[Shift], from: Timestamp, to: Timestamp) -> Result<(), TestCaseError> {
    prop_assert_eq!(shifts.first().map(|shift| shift.from), Some(from));
    prop_assert_eq!(shifts.last().map(|shift| shift.to), Some(to));
    prop_assert!(shifts.iter().all(|shift| shift.from < shift.to));
    for pair in shifts.windows(2) {
        prop_assert_eq!(pair[0].to, pair[1].from);
        prop_assert_ne!((pair[0].user, pair[0].by), (pair[1].user, pair[1].by));
    }
    Ok(())
}

#[test]
fn turns_are_counted_right_over_decades() {
    let rotations = [Rotation::Daily, Rotation::Weekly, every(36 * 60)];
    for (zone, rotation) in ZONES.iter().flat_map(|zone| rotations.map(|rotation| (zone, rotation))) {
        let zone = TimeZone::get(zone).unwrap();
        let layer = layer(rotation, date(2000, 1, 3), "02:30", "ana bo cy");
        let handoffs = handoffs(&zone, &layer, at("2027-01-01T00:00:00Z"));
        let number = |at| layer.turn_at(&zone, at).map(|turn| turn.number);
        for (turn, pair) in (0..).zip(handoffs.windows(2)).filter(|(_, pair)| pair[0] < pair[1]) {
            assert_eq!(number(pair[0]), Some(turn), "{zone:?} {rotation:?}");
            assert_eq!(number(pair[1] - SignedDuration::from_nanos(1)), Some(turn), "{zone:?} {rotation:?}");
        }
    }
}

/// The property on which comparing by the wall clock rests, at every change of every zone that there is, 2000 to 2040.
#[test]
fn a_time_is_reached_exactly_when_the_wall_clock_has_got_to_it() {
    let mut seen = 0;
    for name in TimeZoneDatabase::bundled().available() {
        let zone = TimeZoneDatabase::bundled().get(name.as_str()).unwrap();
        for change in changes(&zone) {
            seen += 1;
            let centre = change.timestamp();
            let edges =
                [centre, centre + SignedDuration::from_mins(30), centre + SignedDuration::from_mins(60)];
            let instants = edges.map(|edge| [edge - SignedDuration::from_nanos(1), edge]).concat();
            let mut times: Vec<civil::DateTime> = instants.iter().map(|&at| zone.to_datetime(at)).collect();
            times.push(zone.to_datetime(centre) - SignedDuration::from_mins(25));
            let reached: Vec<_> = times.iter().map(|&time| wall::reached(&zone, time).unwrap()).collect();
            for &at in &instants {
                let wall = wall::wall(&zone, at);
                for (time, reached) in times.iter().zip(&reached) {
                    assert_eq!(*reached <= at, *time <= wall, "{} {time} at {at}", name.as_str());
                }
            }
        }
    }
    assert!(seen > 10_000, "{seen}");
}
