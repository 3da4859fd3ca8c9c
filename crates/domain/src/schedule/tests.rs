//! Rosters written out by hand: rotations, layers, restrictions, overrides and every way a clock changes.

mod calendar;
mod every_zone;
mod load;
mod mistakes;
mod naive;
mod property;
mod take;

use jiff::{SignedDuration, civil::date};
use uuid::Uuid;

use super::*;

const PEOPLE: [&str; 7] = ["ana", "bo", "cy", "di", "ed", "flo", "gus"];

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn user(name: &str) -> UserId {
    UserId::named(Uuid::nil(), name)
}

fn users(names: &str) -> Vec<UserId> {
    names.split_whitespace().map(user).collect()
}

fn every(minutes: u64) -> Rotation {
    Rotation::Every(Duration::from_secs(60 * minutes))
}

/// A layer that hands off at `time` from `start` on, always on duty.
fn layer(rotation: Rotation, start: civil::Date, time: &str, names: &str) -> Layer {
    let handoff_time = time.parse().unwrap();
    let participants = users(names);
    Layer {
        rotation,
        handoff_day: None,
        handoff_time,
        start,
        end: None,
        participants,
        restrictions: Vec::new(),
    }
}

fn hours(days: &[civil::Weekday], from: &str, to: &str) -> Restriction {
    Restriction { days: days.to_vec(), from: from.parse().unwrap(), to: to.parse().unwrap() }
}

fn weekdays() -> Vec<civil::Weekday> {
    civil::Weekday::Monday.cycle_forward().take(5).collect()
}

fn whole_week() -> Vec<civil::Weekday> {
    civil::Weekday::Monday.cycle_forward().take(7).collect()
}

fn over(name: &str, from: &str, to: &str) -> Override {
    Override { user: user(name), from: at(from), to: at(to) }
}

fn schedule(zone: &str, layers: Vec<Layer>) -> Schedule {
    Schedule {
        id: ScheduleId(Uuid::nil()),
        slug: "primary".to_owned(),
        name: "Primary".to_owned(),
        time_zone: TimeZone::get(zone).unwrap(),
        layers,
        overrides: Vec::new(),
        fallback: None,
    }
}

/// The shifts of a window, each as `beginning by the wall clock, person, duty`, and that they fill the window.
fn roster(schedule: &Schedule, from: &str, to: &str) -> Vec<String> {
    let mut next = at(from);
    let mut lines = Vec::new();
    for shift in schedule.shifts(at(from), at(to)) {
        assert_eq!(shift.from, next);
        assert!(shift.to > shift.from);
        next = shift.to;
        let from = shift.from.to_zoned(schedule.time_zone.clone()).strftime("%a %m-%d %H:%M%:z").to_string();
        let name = PEOPLE.into_iter().find(|name| Some(user(name)) == shift.user).unwrap_or("nobody");
        let by = shift.by.map(|by| format!(" {by}")).unwrap_or_default();
        lines.push(format!("{from} {name}{by}"));
    }
    assert_eq!(next, at(to));
    lines
}

#[test]
fn weekly_turns_change_on_monday_morning_whatever_the_clock_does() {
    let monday = layer(Rotation::Weekly, date(2026, 1, 5), "09:00", "ana bo");
    let schedule = schedule("Europe/Rome", vec![monday]);
    assert_eq!(
        roster(&schedule, "2026-01-05T00:00:00Z", "2026-01-20T00:00:00Z"),
        [
            "Mon 01-05 01:00+01:00 nobody",
            "Mon 01-05 09:00+01:00 ana layer 1",
            "Mon 01-12 09:00+01:00 bo layer 1",
            "Mon 01-19 09:00+01:00 ana layer 1"
        ]
    );
    assert_eq!(
        roster(&schedule, "2026-03-28T00:00:00Z", "2026-04-07T00:00:00Z"),
        [
            "Sat 03-28 01:00+01:00 bo layer 1",
            "Mon 03-30 09:00+02:00 ana layer 1",
            "Mon 04-06 09:00+02:00 bo layer 1"
        ]
    );
    let held = schedule.on_call(at("2026-01-05T08:00:00Z")).unwrap();
    assert_eq!((held.user, held.by), (user("ana"), Duty::Layer(1)));
    assert_eq!(held.until, Some(at("2026-01-12T08:00:00Z")));
    assert_eq!(schedule.on_call(at("2026-01-05T07:59:59.999999999Z")), None);
}

#[test]
fn the_first_weekly_turn_waits_for_its_day() {
    let mut monday = layer(Rotation::Weekly, date(2026, 1, 7), "09:00", "ana bo");
    monday.handoff_day = Some(civil::Weekday::Monday);
    let schedule = schedule("Europe/Rome", vec![monday]);
    assert_eq!(
        roster(&schedule, "2026-01-07T00:00:00Z", "2026-01-20T00:00:00Z"),
        [
            "Wed 01-07 01:00+01:00 nobody",
            "Mon 01-12 09:00+01:00 ana layer 1",
            "Mon 01-19 09:00+01:00 bo layer 1"
        ]
    );
}

#[test]
fn twelve_hours_on_the_wall_clock_are_eleven_where_an_hour_is_lost() {
    let schedule = schedule("Europe/Rome", vec![layer(every(720), date(2026, 3, 27), "20:00", "ana bo")]);
    assert_eq!(
        roster(&schedule, "2026-03-28T19:00:00Z", "2026-03-30T00:00:00Z"),
        [
            "Sat 03-28 20:00+01:00 ana layer 1",
            "Sun 03-29 08:00+02:00 bo layer 1",
            "Sun 03-29 20:00+02:00 ana layer 1"
        ]
    );
}

#[test]
fn a_night_shift_crosses_midnight_and_belongs_to_the_day_it_begins() {
    let mut night = layer(Rotation::Weekly, date(2026, 1, 5), "12:00", "ana");
    night.restrictions = vec![hours(&weekdays(), "22:00", "06:00")];
    let schedule = schedule("Europe/Rome", vec![night]);
    assert_eq!(
        roster(&schedule, "2026-01-08T11:00:00Z", "2026-01-12T22:00:00Z"),
        [
            "Thu 01-08 12:00+01:00 nobody",
            "Thu 01-08 22:00+01:00 ana layer 1",
            "Fri 01-09 06:00+01:00 nobody",
            "Fri 01-09 22:00+01:00 ana layer 1",
            "Sat 01-10 06:00+01:00 nobody",
            "Mon 01-12 22:00+01:00 ana layer 1"
        ]
    );
}

#[test]
fn a_restriction_that_ends_when_it_begins_lasts_a_day_and_neighbours_are_one() {
    let mut whole = layer(Rotation::Daily, date(2026, 1, 1), "09:00", "ana");
    whole.restrictions = vec![hours(&weekdays(), "00:00", "00:00")];
    let schedule = schedule("Europe/Rome", vec![whole]);
    assert_eq!(
        roster(&schedule, "2026-01-04T12:00:00Z", "2026-01-10T12:00:00Z"),
        ["Sun 01-04 13:00+01:00 nobody", "Mon 01-05 00:00+01:00 ana layer 1", "Sat 01-10 00:00+01:00 nobody"]
    );
}

#[test]
fn one_day_a_week_comes_back_a_week_later() {
    let mut monday = layer(Rotation::Daily, date(2026, 1, 5), "00:00", "ana");
    monday.restrictions = vec![hours(&[civil::Weekday::Monday], "09:00", "10:00")];
    let schedule = schedule("UTC", vec![monday]);
    assert_eq!(
        roster(&schedule, "2026-01-05T09:30:00Z", "2026-01-12T09:30:00Z"),
        [
            "Mon 01-05 09:30+00:00 ana layer 1",
            "Mon 01-05 10:00+00:00 nobody",
            "Mon 01-12 09:00+00:00 ana layer 1"
        ]
    );
}

#[test]
fn the_topmost_layer_on_duty_has_the_shift() {
    let base = layer(Rotation::Weekly, date(2026, 1, 5), "09:00", "ana");
    let mut office = layer(Rotation::Daily, date(2026, 1, 5), "00:00", "bo cy");
    office.restrictions = vec![hours(&weekdays(), "09:00", "18:00")];
    let schedule = schedule("Europe/Rome", vec![base, office]);
    assert_eq!(
        roster(&schedule, "2026-01-08T11:00:00Z", "2026-01-12T10:00:00Z"),
        [
            "Thu 01-08 12:00+01:00 cy layer 2",
            "Thu 01-08 18:00+01:00 ana layer 1",
            "Fri 01-09 09:00+01:00 bo layer 2",
            "Fri 01-09 18:00+01:00 ana layer 1",
            "Mon 01-12 09:00+01:00 cy layer 2"
        ]
    );
}

#[test]
fn an_override_stands_above_all_and_the_later_one_above_the_earlier() {
    let mut schedule =
        schedule("Europe/Rome", vec![layer(Rotation::Daily, date(2026, 1, 1), "09:00", "ana bo")]);
    schedule.overrides = vec![
        over("cy", "2026-01-02T12:00:00+01:00", "2026-01-03T12:00:00+01:00"),
        over("di", "2026-01-02T18:00:00+01:00", "2026-01-02T20:00:00+01:00"),
        over("ed", "2026-01-02T19:00:00+01:00", "2026-01-02T18:00:00+01:00"),
    ];
    assert_eq!(
        roster(&schedule, "2026-01-02T08:00:00Z", "2026-01-04T00:00:00Z"),
        [
            "Fri 01-02 09:00+01:00 bo layer 1",
            "Fri 01-02 12:00+01:00 cy override",
            "Fri 01-02 18:00+01:00 di override",
            "Fri 01-02 20:00+01:00 cy override",
            "Sat 01-03 12:00+01:00 ana layer 1"
        ]
    );
    let held = schedule.on_call(at("2026-01-02T12:00:00+01:00")).unwrap();
    assert_eq!(held.until, Some(at("2026-01-02T18:00:00+01:00")));
}

#[test]
fn a_hand_off_that_the_clock_skips_comes_right_after_the_gap() {
    let cases = [
        (
            "Europe/Rome",
            date(2026, 3, 28),
            "02:30",
            "2026-03-28T12:00:00Z",
            "Sun 03-29 03:00+02:00 bo layer 1",
        ),
        (
            "America/New_York",
            date(2026, 3, 7),
            "02:30",
            "2026-03-07T12:00:00Z",
            "Sun 03-08 03:00-04:00 bo layer 1",
        ),
        (
            "Australia/Lord_Howe",
            date(2026, 10, 3),
            "02:15",
            "2026-10-03T00:00:00Z",
            "Sun 10-04 02:30+11:00 bo layer 1",
        ),
    ];
    for (zone, start, time, from, second) in cases {
        let schedule = schedule(zone, vec![layer(Rotation::Daily, start, time, "ana bo")]);
        let to = (at(from) + SignedDuration::from_hours(24)).to_string();
        assert_eq!(roster(&schedule, from, &to)[1..], [second.to_owned()], "{zone}");
    }
}

#[test]
fn a_hand_off_that_the_clock_repeats_comes_the_first_time_only() {
    let cases = [
        (
            "Europe/Rome",
            date(2026, 10, 24),
            "02:30",
            "2026-10-24T12:00:00Z",
            "Sun 10-25 02:30+02:00 bo layer 1",
        ),
        (
            "America/New_York",
            date(2026, 10, 31),
            "01:30",
            "2026-10-31T12:00:00Z",
            "Sun 11-01 01:30-04:00 bo layer 1",
        ),
        (
            "Australia/Lord_Howe",
            date(2026, 4, 4),
            "01:45",
            "2026-04-04T00:00:00Z",
            "Sun 04-05 01:45+11:00 bo layer 1",
        ),
    ];
    for (zone, start, time, from, second) in cases {
        let schedule = schedule(zone, vec![layer(Rotation::Daily, start, time, "ana bo")]);
        let to = (at(from) + SignedDuration::from_hours(24)).to_string();
        assert_eq!(roster(&schedule, from, &to)[1..], [second.to_owned()], "{zone}");
    }
}

#[test]
fn short_turns_collapse_in_a_gap_and_stretch_over_a_fold() {
    let quarters = |start| vec![layer(every(15), start, "01:30", "ana bo cy di ed flo gus")];
    let spring = schedule("Europe/Rome", quarters(date(2026, 3, 29)));
    assert_eq!(
        roster(&spring, "2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z"),
        [
            "Sun 03-29 01:30+01:00 ana layer 1",
            "Sun 03-29 01:45+01:00 bo layer 1",
            "Sun 03-29 03:00+02:00 gus layer 1",
            "Sun 03-29 03:15+02:00 ana layer 1"
        ]
    );
    let autumn = schedule("Europe/Rome", quarters(date(2026, 10, 25)));
    assert_eq!(
        roster(&autumn, "2026-10-25T00:30:00Z", "2026-10-25T02:15:00Z"),
        [
            "Sun 10-25 02:30+02:00 ed layer 1",
            "Sun 10-25 02:45+02:00 flo layer 1",
            "Sun 10-25 03:00+01:00 gus layer 1"
        ]
    );
}

#[test]
fn the_day_that_samoa_lost_is_an_empty_turn_until_its_midnight() {
    let schedule =
        schedule("Pacific/Apia", vec![layer(Rotation::Daily, date(2011, 12, 28), "09:00", "ana bo cy di")]);
    assert_eq!(
        roster(&schedule, "2011-12-28T19:00:00Z", "2011-12-31T19:00:00Z"),
        [
            "Wed 12-28 09:00-10:00 ana layer 1",
            "Thu 12-29 09:00-10:00 bo layer 1",
            "Sat 12-31 00:00+14:00 cy layer 1",
            "Sat 12-31 09:00+14:00 di layer 1"
        ]
    );
}

#[test]
fn quarter_hour_zones_hand_off_by_their_own_clock() {
    let schedule =
        schedule("Asia/Kathmandu", vec![layer(Rotation::Daily, date(2026, 1, 1), "00:00", "ana bo")]);
    let held = schedule.on_call(at("2026-01-01T18:15:00Z")).unwrap();
    assert_eq!((held.user, held.until), (user("bo"), Some(at("2026-01-02T18:15:00Z"))));
    assert_eq!(schedule.on_call(at("2026-01-01T18:14:59Z")).unwrap().user, user("ana"));
}

#[test]
fn hours_on_duty_follow_the_same_rule_at_a_clock_change() {
    let mut early = layer(Rotation::Daily, date(2026, 1, 1), "12:00", "ana");
    early.restrictions = vec![hours(&whole_week(), "02:15", "02:45")];
    let schedule = schedule("Europe/Rome", vec![early]);
    let skipped = roster(&schedule, "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z");
    assert_eq!(skipped, ["Sat 03-28 13:00+01:00 nobody"]);
    let repeated = roster(&schedule, "2026-10-24T22:00:00Z", "2026-10-25T12:00:00Z");
    assert_eq!(
        repeated,
        ["Sun 10-25 00:00+02:00 nobody", "Sun 10-25 02:15+02:00 ana layer 1", "Sun 10-25 02:45+02:00 nobody"]
    );
}

#[test]
fn a_person_who_takes_every_turn_has_one_shift() {
    let mut alone = schedule("Europe/Rome", vec![layer(every(1), date(2026, 1, 1), "09:00", "ana ana")]);
    let held = alone.on_call(at("2026-06-01T00:00:00Z")).unwrap();
    assert_eq!((held.user, held.until), (user("ana"), None));
    alone.layers = vec![layer(Rotation::Daily, date(2026, 1, 1), "09:00", "ana ana bo")];
    let held = alone.on_call(at("2026-01-01T12:00:00Z")).unwrap();
    assert_eq!(held.until, Some(at("2026-01-03T08:00:00Z")));
}

#[test]
fn the_ends_of_time_are_answered_too() {
    let schedule =
        schedule("Europe/Rome", vec![layer(Rotation::Weekly, date(2026, 1, 5), "09:00", "ana bo")]);
    assert_eq!(schedule.on_call(Timestamp::MIN), None);
    assert!(schedule.on_call(Timestamp::MAX).is_some_and(|held| held.until.is_none()));
    let first: Vec<Shift> = schedule.shifts(Timestamp::MIN, Timestamp::MAX).take(2).collect();
    assert_eq!(first.iter().map(|shift| shift.user).collect::<Vec<_>>(), [None, Some(user("ana"))]);
    assert_eq!(schedule.shifts(at("2026-01-01T00:00:00Z"), at("2026-01-01T00:00:00Z")).count(), 0);
}
