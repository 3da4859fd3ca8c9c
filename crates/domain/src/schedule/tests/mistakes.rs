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
    let cases: [(Change, &[&str]); 6] = [
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
fn gaps_are_found_before_they_bite() {
    let mut office = layer(Rotation::Weekly, date(2026, 1, 5), "09:00", "ana");
    office.restrictions = vec![hours(&weekdays(), "09:00", "18:00"), hours(&weekdays(), "12:00", "20:00")];
    let office = schedule("UTC", vec![office]);
    assert_eq!(
        coverage_gaps(&office, at("2026-01-09T12:00:00Z"), at("2026-01-13T12:00:00Z")),
        [
            (at("2026-01-09T20:00:00Z"), at("2026-01-12T09:00:00Z")),
            (at("2026-01-12T20:00:00Z"), at("2026-01-13T09:00:00Z"))
        ]
    );
    assert_eq!(coverage_gaps(&office, at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z")).len(), 100);
    let always = schedule("UTC", vec![layer(Rotation::Daily, date(2026, 1, 1), "00:00", "ana")]);
    assert!(coverage_gaps(&always, at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z")).is_empty());
}
