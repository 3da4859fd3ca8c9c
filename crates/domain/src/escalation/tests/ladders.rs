//! Personal ladders in a hurry and without, and quiet hours on nights when the clock changes.

use super::*;
use crate::schedule::Restriction;

fn quiet(from: i8, to: i8) -> Restriction {
    let days = civil::Weekday::Monday.cycle_forward().take(7).collect();
    Restriction { days, from: civil::time(from, 0, 0, 0), to: civil::time(to, 0, 0, 0) }
}

/// What Ana gets at the step that names her, as `instant contact: reason`.
fn told(ana: impl FnOnce(&mut User), severity: Severity, fired_at: &str) -> Vec<String> {
    let mut team = team();
    ana(&mut team.users[0]);
    let policy = Policy { steps: vec![step(0, &[Target::User(user("ana"))])], ..policy() };
    let planned =
        messages(&team, &policy, About { number: 1, severity }, taking(policy.first(), at(fired_at)));
    planned.iter().map(|one| format!("{} {}: {}", one.at, one.contact, one.reason)).collect()
}

#[test]
fn the_low_ladder_replaces_the_other_where_there_is_no_hurry() {
    let ana =
        |user: &mut User| user.ladder_low = vec![Rung { after: minutes(10), contact: "mail".to_owned() }];
    let start = "2026-01-02T12:00:00Z";
    let high = ["2026-01-02T12:00:00Z phone: named in step 1", "2026-01-02T12:03:00Z mail: named in step 1"];
    let low = ["2026-01-02T12:10:00Z mail: named in step 1"];
    assert_eq!(told(ana, Severity::Critical, start), high);
    assert_eq!(told(ana, Severity::Error, start), high);
    assert_eq!(told(ana, Severity::Warning, start), low);
    assert_eq!(told(ana, Severity::Info, start), low);
    assert_eq!(told(|_| {}, Severity::Info, start), high, "one ladder is for both");
    let nowhere =
        |user: &mut User| user.ladder_low = vec![Rung { after: minutes(1), contact: "fax".to_owned() }];
    assert_eq!(told(nowhere, Severity::Info, start), high, "no rung of it leads anywhere");
}

#[test]
fn quiet_hours_hold_what_is_not_critical_until_they_end() {
    let ana = |user: &mut User| {
        user.quiet = vec![quiet(22, 7)];
        user.time_zone = TimeZone::get("Europe/Rome").unwrap();
    };
    let night = "2026-01-02T23:30:00Z";
    assert_eq!(
        told(ana, Severity::Error, night),
        [
            "2026-01-03T06:00:00Z phone: named in step 1, held by quiet hours until 07:00",
            "2026-01-03T06:03:00Z mail: named in step 1, held by quiet hours until 07:00"
        ]
    );
    assert_eq!(
        told(ana, Severity::Critical, night),
        ["2026-01-02T23:30:00Z phone: named in step 1", "2026-01-02T23:33:00Z mail: named in step 1"]
    );
    assert_eq!(
        told(ana, Severity::Error, "2026-01-03T06:00:00Z")[0],
        "2026-01-03T06:00:00Z phone: named in step 1"
    );
    // The first rung is in time, the second falls into the quiet hours.
    assert_eq!(
        told(ana, Severity::Warning, "2026-01-02T20:58:00Z"),
        [
            "2026-01-02T20:58:00Z phone: named in step 1",
            "2026-01-03T06:00:00Z mail: named in step 1, held by quiet hours until 07:00"
        ]
    );
}

#[test]
fn quiet_hours_end_once_where_the_clock_changes() {
    let until = |to: i8, fired_at: &str| {
        let ana = |user: &mut User| {
            user.quiet = vec![quiet(22, to)];
            user.time_zone = TimeZone::get("Europe/Rome").unwrap();
        };
        told(ana, Severity::Error, fired_at)[0].split(' ').next().unwrap().to_owned()
    };
    // On 29 March 2026 the clock goes from 02:00 to 03:00, at 01:00 UTC.
    assert_eq!(until(7, "2026-03-28T23:00:00Z"), "2026-03-29T05:00:00Z");
    let half_past_two = |user: &mut User| {
        user.quiet = vec![Restriction { to: civil::time(2, 30, 0, 0), ..quiet(22, 7) }];
        user.time_zone = TimeZone::get("Europe/Rome").unwrap();
    };
    let skipped = told(half_past_two, Severity::Error, "2026-03-28T23:00:00Z");
    assert_eq!(skipped[0], "2026-03-29T01:00:00Z phone: named in step 1, held by quiet hours until 03:00");
    // On 25 October 2026 it goes back from 03:00 to 02:00, at 01:00 UTC: half past two comes at 00:30 and 01:30 UTC.
    let repeated = |fired_at| told(half_past_two, Severity::Error, fired_at)[0].clone();
    assert!(repeated("2026-10-24T23:00:00Z").starts_with("2026-10-25T00:30:00Z"));
    assert_eq!(repeated("2026-10-25T01:10:00Z"), "2026-10-25T01:10:00Z phone: named in step 1");
}

#[test]
fn quiet_hours_that_touch_are_one_and_a_long_wait_names_its_day() {
    let weekend = Restriction {
        days: vec![civil::Weekday::Saturday, civil::Weekday::Sunday],
        from: civil::Time::midnight(),
        to: civil::Time::midnight(),
    };
    let ana = |user: &mut User| user.quiet = vec![quiet(22, 7), weekend];
    assert_eq!(
        told(ana, Severity::Error, "2026-01-02T23:30:00Z")[0],
        "2026-01-05T07:00:00Z phone: named in step 1, held by quiet hours until Mon 07:00"
    );
}

#[test]
fn quiet_hours_without_an_end_hold_nothing_and_are_refused() {
    let always = |user: &mut User| user.quiet = vec![quiet(0, 0)];
    assert_eq!(
        told(always, Severity::Info, "2026-01-02T23:30:00Z")[0],
        "2026-01-02T23:30:00Z phone: named in step 1"
    );
    let problems = |quiet: Vec<Restriction>| User { quiet, ..member("ana", Role::Owner) }.problems();
    assert_eq!(
        problems(vec![quiet(0, 0)]),
        [
            "quiet hours fill the whole week, so nothing short of critical would ever arrive: leave some time free"
        ]
    );
    assert_eq!(problems(vec![quiet(0, 12), quiet(11, 0)]).len(), 1);
    assert_eq!(
        problems(vec![Restriction { days: Vec::new(), ..quiet(22, 7) }]),
        ["quiet hours name no day, so they never begin"]
    );
    assert_eq!(problems(vec![quiet(22, 7)]), [""; 0]);
    assert_eq!(problems(Vec::new()), [""; 0]);
}

#[test]
fn a_step_that_is_taken_late_moves_no_later_rung() {
    let policy = Policy { steps: vec![step(0, &[Target::User(user("ana"))])], ..policy() };
    let due = "2026-01-02T12:00:00Z";
    let told = |taken_at: &str| -> Vec<String> {
        let taking = Taking { due: at(due), ..taking(policy.first(), at(taken_at)) };
        let planned = messages(&team(), &policy, CRITICAL, taking);
        planned.iter().map(|one| format!("{} {}", one.at, one.contact)).collect()
    };
    assert_eq!(told(due), ["2026-01-02T12:00:00Z phone", "2026-01-02T12:03:00Z mail"]);
    assert_eq!(told("2026-01-02T12:00:02Z"), ["2026-01-02T12:00:02Z phone", "2026-01-02T12:03:00Z mail"]);
    assert_eq!(told("2026-01-02T12:08:00Z"), ["2026-01-02T12:08:00Z phone", "2026-01-02T12:08:00Z mail"]);
}

#[test]
fn quiet_hours_that_are_over_when_a_late_step_is_taken_hold_nothing() {
    let mut team = team();
    team.users[0].quiet = vec![quiet(22, 7)];
    let policy = Policy { steps: vec![step(0, &[Target::User(user("ana"))])], ..policy() };
    let told = |taken_at: &str| -> Vec<String> {
        let taking = Taking { due: at("2026-01-02T23:00:00Z"), ..taking(policy.first(), at(taken_at)) };
        let planned = messages(&team, &policy, About { number: 1, severity: Severity::Error }, taking);
        planned.iter().map(|one| format!("{} {}: {}", one.at, one.contact, one.reason)).collect()
    };
    assert_eq!(
        told("2026-01-03T07:01:00Z"),
        ["2026-01-03T07:01:00Z phone: named in step 1", "2026-01-03T07:03:00Z mail: named in step 1"]
    );
    assert_eq!(
        told("2026-01-03T06:59:00Z")[0],
        "2026-01-03T07:00:00Z phone: named in step 1, held by quiet hours until 07:00"
    );
}
