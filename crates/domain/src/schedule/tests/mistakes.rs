//! What is said of schedules that can't work, and of times without anybody.

use super::*;

type Change = fn(&mut Layer);

#[test]
fn a_schedule_says_what_is_wrong_with_it() {
    let good = layer(Rotation::Weekly, date(2026, 1, 5), "09:00", "ana bo");
    let with = |change: Change| {
        let mut layer = good.clone();
        change(&mut layer);
        schedule("UTC", vec![good.clone(), layer]).problems()
    };
    let cases: [(Change, &[&str]); 12] = [
        (|_| {}, &[]),
        (
            |layer| layer.participants.clear(),
            &["layer 2: it has no participants, so it is never anybody's turn"],
        ),
        (|layer| layer.rotation = every(0), &["layer 2: a turn must last at least one minute"]),
        (
            |layer| layer.rotation = Rotation::Every(Duration::from_secs(30)),
            &["layer 2: a turn must last at least one minute", "layer 2: a turn must last whole minutes"],
        ),
        (
            |layer| layer.rotation = Rotation::Every(Duration::from_millis(60_001)),
            &["layer 2: a turn must last whole minutes"],
        ),
        (
            |layer| layer.restrictions = vec![hours(&[], "09:00", "18:00")],
            &["layer 2: a restriction names no day, so it is never on duty"],
        ),
        (
            |layer| {
                layer.rotation = Rotation::Daily;
                layer.handoff_day = Some(civil::Weekday::Monday);
            },
            &["layer 2: only turns of whole weeks hand off on a day of the week"],
        ),
        (
            |layer| {
                layer.rotation = every(14 * 24 * 60);
                layer.handoff_day = Some(civil::Weekday::Friday);
            },
            &[],
        ),
        (|layer| layer.end = Some(layer.start), &["layer 2: it must end after it starts"]),
        (|layer| layer.end = Some(date(2025, 1, 1)), &["layer 2: it must end after it starts"]),
        (
            |layer| {
                layer.handoff_day = Some(civil::Weekday::Friday);
                layer.end = Some(date(2026, 1, 9));
            },
            &["layer 2: it ends before its first hand-off"],
        ),
        (|layer| layer.end = Some(date(2026, 1, 6)), &[]),
    ];
    for (change, problems) in cases {
        assert_eq!(with(change), problems);
    }
    let mut empty = schedule("UTC", Vec::new());
    empty.overrides = vec![over("ana", "2026-01-02T00:00:00Z", "2026-01-02T00:00:00Z")];
    assert_eq!(
        empty.problems(),
        ["there is no layer, so nobody is ever on call", "override 1: it must end after it begins"]
    );
}

#[test]
fn a_layer_that_can_have_no_turns_leaves_a_gap_and_no_more() {
    for rotation in [every(0), Rotation::Every(Duration::from_millis(999)), Rotation::Every(Duration::MAX)] {
        let odd = schedule("Europe/Rome", vec![layer(rotation, date(2026, 1, 1), "09:00", "ana bo")]);
        let shifts: Vec<Shift> = odd.shifts(at("2026-01-02T00:00:00Z"), at("2026-02-01T00:00:00Z")).collect();
        assert_eq!(shifts.len(), 1, "{rotation:?}");
        assert_eq!(shifts[0].user.is_some(), odd.is_staffed(), "{rotation:?}");
    }
}

#[test]
fn overrides_that_contradict_each_other_are_named() {
    let day = |user, from, to| {
        over(user, &format!("2026-01-{from:02}T00:00:00Z"), &format!("2026-01-{to:02}T00:00:00Z"))
    };
    let mut base = schedule("UTC", vec![layer(Rotation::Daily, date(2026, 1, 1), "09:00", "ana")]);
    let mut check = |overrides: Vec<Override>, pairs: &[(usize, usize)]| {
        base.overrides = overrides;
        assert_eq!(base.contradictions(), pairs, "{:?}", base.overrides);
    };
    check(vec![day("bo", 2, 4), day("cy", 4, 6), day("bo", 1, 2)], &[]);
    check(vec![day("bo", 2, 4), day("bo", 3, 6)], &[]);
    check(vec![day("bo", 3, 6), day("cy", 1, 4)], &[(1, 0)]);
    check(vec![day("bo", 1, 9), day("bo", 2, 3), day("cy", 5, 6), day("cy", 8, 10)], &[(0, 2), (0, 3)]);
    check(vec![day("bo", 1, 9), day("cy", 2, 2), day("cy", 4, 3)], &[]);
    check(vec![day("bo", 1, 3), day("cy", 2, 6), day("di", 5, 7)], &[(0, 1), (1, 2)]);
    base.overrides = vec![day("bo", 3, 6), day("cy", 1, 4)];
    assert_eq!(base.problems(), ["overrides 2 and 1 put different people on call at 2026-01-03T00:00:00Z"]);
}

fn gap(from: &str, to: &str) -> Gap {
    Gap { from: at(from), to: at(to) }
}

#[test]
fn gaps_are_found_before_they_bite() {
    let mut office = layer(Rotation::Weekly, date(2026, 1, 5), "09:00", "ana");
    office.restrictions = vec![hours(&weekdays(), "09:00", "18:00"), hours(&weekdays(), "12:00", "20:00")];
    let mut office = schedule("UTC", vec![office]);
    let found = office.gaps(at("2026-01-09T12:00:00Z"), at("2026-01-13T12:00:00Z"));
    let weekend = gap("2026-01-09T20:00:00Z", "2026-01-12T09:00:00Z");
    assert_eq!(found.first, [weekend, gap("2026-01-12T20:00:00Z", "2026-01-13T09:00:00Z")]);
    assert_eq!((found.count, found.total), (2, SignedDuration::from_hours(61 + 13)));
    let year = [at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z")];
    let found = office.gaps(year[0], year[1]);
    assert_eq!((found.first.len(), found.count), (MOST_GAPS, 260));
    assert_eq!(found.total, SignedDuration::from_hours(365 * 24 - 259 * 11));
    // A fallback takes the calls and leaves the gap to be seen; an override closes it.
    office.fallback = Some(user("flo"));
    assert_eq!(office.gaps(year[0], year[1]), found);
    let held = office.on_call(weekend.from).unwrap();
    assert_eq!((held.user, held.by, held.until), (user("flo"), Duty::Fallback, Some(weekend.to)));
    assert_eq!(held.by.to_string(), "fallback: nobody on call");
    office.overrides = vec![over("bo", "2026-01-09T00:00:00Z", "2026-01-12T10:00:00Z")];
    assert_eq!(office.gaps(at("2026-01-09T12:00:00Z"), at("2026-01-12T12:00:00Z")), Gaps::default());
    let always = schedule("UTC", vec![layer(Rotation::Daily, date(2026, 1, 1), "00:00", "ana")]);
    assert_eq!(always.gaps(year[0], year[1]), Gaps::default());
}

#[test]
fn a_gap_that_the_clock_skips_is_none() {
    let mut night = layer(Rotation::Daily, date(2026, 1, 1), "09:00", "ana");
    night.restrictions = vec![hours(&whole_week(), "03:00", "02:00")];
    let schedule = schedule("Europe/Rome", vec![night]);
    let found = schedule.gaps(at("2026-03-27T12:00:00Z"), at("2026-03-30T12:00:00Z"));
    assert_eq!(
        found.first,
        [
            gap("2026-03-28T01:00:00Z", "2026-03-28T02:00:00Z"),
            gap("2026-03-30T00:00:00Z", "2026-03-30T01:00:00Z")
        ]
    );
}

#[test]
fn a_layer_that_follows_another_leaves_no_gap() {
    let mut first = layer(Rotation::Weekly, date(2026, 1, 5), "09:00", "ana bo");
    let second = layer(Rotation::Daily, date(2026, 1, 15), "09:00", "cy");
    first.end = Some(second.start);
    let followed = schedule("Europe/Rome", vec![first.clone(), second]);
    assert_eq!(
        roster(&followed, "2026-01-12T08:00:00Z", "2026-01-16T00:00:00Z"),
        ["Mon 01-12 09:00+01:00 bo layer 1", "Thu 01-15 09:00+01:00 cy layer 2"]
    );
    let alone = schedule("Europe/Rome", vec![first]);
    let found = alone.gaps(at("2026-01-05T08:00:00Z"), at("2026-02-01T00:00:00Z"));
    assert_eq!(found.first, [gap("2026-01-15T08:00:00Z", "2026-02-01T00:00:00Z")]);
    let held = alone.on_call(at("2026-01-14T00:00:00Z")).unwrap();
    assert_eq!((held.user, held.until), (user("bo"), Some(at("2026-01-15T08:00:00Z"))));
    assert_eq!(alone.on_call(at("2026-01-15T08:00:00Z")), None);
}

#[test]
fn turns_of_two_weeks_wait_for_their_day() {
    let mut sprint = layer(every(14 * 24 * 60), date(2026, 1, 5), "17:00", "ana bo");
    sprint.handoff_day = Some(civil::Weekday::Friday);
    assert_eq!(
        roster(&schedule("Europe/Rome", vec![sprint]), "2026-01-05T12:00:00Z", "2026-02-01T00:00:00Z"),
        [
            "Mon 01-05 13:00+01:00 nobody",
            "Fri 01-09 17:00+01:00 ana layer 1",
            "Fri 01-23 17:00+01:00 bo layer 1"
        ]
    );
}
