//! Hours, nights and weekends, counted by hand and, around every change of the clock, minute by minute.

use jiff::tz::TimeZoneDatabase;

use super::{naive, property::changes, *};

fn shift(name: &str, from: &str, to: &str) -> Shift {
    Shift { user: Some(user(name)), by: Some(Duty::Layer(1)), from: at(from), to: at(to) }
}

/// What one person carries, in minutes: in all, at night, on weekends.
fn minutes(zone: &str, from: &str, to: &str) -> [i64; 3] {
    let zone = TimeZone::get(zone).unwrap();
    let loads = load([shift("ana", from, to)], |_| zone.clone());
    let [held] = loads.as_slice() else { panic!("{loads:?}") };
    [held.total, held.nights, held.weekends].map(|time| time.as_mins())
}

#[test]
fn a_week_has_seven_nights_and_one_weekend() {
    let hour = 60;
    assert_eq!(
        minutes("Europe/Rome", "2026-01-05T09:00:00+01:00", "2026-01-12T09:00:00+01:00"),
        [168 * hour, 56 * hour, 48 * hour]
    );
    // The clock is set forward on Sunday at two: that night and that weekend are an hour shorter.
    assert_eq!(
        minutes("Europe/Rome", "2026-03-23T09:00:00+01:00", "2026-03-30T09:00:00+02:00"),
        [167 * hour, 55 * hour, 47 * hour]
    );
    assert_eq!(
        minutes("Europe/Rome", "2026-10-19T09:00:00+02:00", "2026-10-26T09:00:00+01:00"),
        [169 * hour, 57 * hour, 49 * hour]
    );
    // Half an hour, in the same night in which it is half an hour.
    assert_eq!(
        minutes("Australia/Lord_Howe", "2026-10-03T22:00:00+10:30", "2026-10-04T06:00:00+11:00"),
        [450, 450, 450]
    );
    // Samoa had no Friday the 30th: its last Thursday night ends on Saturday, at six.
    assert_eq!(
        minutes("Pacific/Apia", "2011-12-29T12:00:00-10:00", "2011-12-31T12:00:00+14:00"),
        [24 * hour, 8 * hour, 12 * hour]
    );
}

#[test]
fn edges_of_nights_and_weekends_are_half_open() {
    assert_eq!(minutes("UTC", "2026-01-05T21:59:00Z", "2026-01-05T22:01:00Z"), [2, 1, 0]);
    assert_eq!(minutes("UTC", "2026-01-05T05:59:00Z", "2026-01-05T06:01:00Z"), [2, 1, 0]);
    assert_eq!(minutes("UTC", "2026-01-09T23:59:00Z", "2026-01-10T00:01:00Z"), [2, 2, 1]);
    assert_eq!(minutes("UTC", "2026-01-11T23:59:00Z", "2026-01-12T00:01:00Z"), [2, 2, 1]);
    assert_eq!(minutes("UTC", "2026-01-06T08:00:00Z", "2026-01-06T17:00:00Z"), [540, 0, 0]);
}

#[test]
fn each_person_is_counted_by_their_own_clock_and_the_most_loaded_comes_first() {
    let shifts = [
        shift("ana", "2026-01-06T22:00:00Z", "2026-01-07T06:00:00Z"),
        Shift { user: None, by: None, from: at("2026-01-07T06:00:00Z"), to: at("2026-01-07T09:00:00Z") },
        shift("bo", "2026-01-07T09:00:00Z", "2026-01-07T15:00:00Z"),
        shift("bo", "2026-01-07T22:00:00Z", "2026-01-08T06:00:00Z"),
    ];
    let zone = |of| TimeZone::get(if of == user("ana") { "UTC" } else { "Australia/Brisbane" }).unwrap();
    let loads = load(shifts, zone);
    assert_eq!(loads.iter().map(|load| load.user).collect::<Vec<_>>(), [user("bo"), user("ana")]);
    // 22:00 to 06:00 in Greenwich is 08:00 to 16:00 in Brisbane; 09:00 to 15:00 is 19:00 to 01:00.
    assert_eq!(loads[0].total.as_hours(), 14);
    assert_eq!(loads[0].nights.as_hours(), 3);
    assert_eq!((loads[1].total.as_hours(), loads[1].nights.as_hours()), (8, 8));
}

/// Around each change of the clock of each zone, the night and the weekend have as many minutes as there are instants
/// between the two wall times, found without the code under test.
#[test]
fn nights_and_weekends_last_what_passes_between_their_wall_times() {
    for name in TimeZoneDatabase::bundled().available() {
        let zone = TimeZoneDatabase::bundled().get(name.as_str()).unwrap();
        for change in changes(&zone) {
            let (from, to) = (
                change.timestamp() - SignedDuration::from_hours(60),
                change.timestamp() + SignedDuration::from_hours(60),
            );
            let shift = Shift { user: Some(user("ana")), by: None, from, to };
            let found = load([shift], |_| zone.clone());
            let first = zone.to_datetime(from).date();
            let days: Vec<civil::Date> = (-2..=8).map(|days| first + jiff::Span::new().days(days)).collect();
            let between = |from_day: civil::Date, hour: i8, to_day: civil::Date, end: i8| {
                let begin = naive::instant(&zone, from_day.at(hour, 0, 0, 0)).max(from);
                let end = naive::instant(&zone, to_day.at(end, 0, 0, 0)).min(to);
                (end.duration_since(begin)).max(SignedDuration::ZERO)
            };
            let nights = days.iter().map(|&day| between(day, 22, day.tomorrow().unwrap(), 6));
            let saturdays = days.iter().filter(|day| day.weekday() == civil::Weekday::Saturday);
            let weekends = saturdays.map(|&day| between(day, 0, day + jiff::Span::new().days(2), 0));
            assert_eq!(found[0].nights, nights.sum(), "{} {}", name.as_str(), change.timestamp());
            assert_eq!(found[0].weekends, weekends.sum(), "{} {}", name.as_str(), change.timestamp());
        }
    }
}
