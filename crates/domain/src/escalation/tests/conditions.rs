//! Steps that apply to some incidents and at some times of the week only, and the round in which none does.

use super::*;
use crate::schedule::Restriction;

const WARNING: About = About { number: 7, severity: Severity::Warning };

fn rome() -> TimeZone {
    TimeZone::get("Europe/Rome").unwrap()
}

fn severe(least: Severity) -> Condition {
    Condition { severity: Some(least), hours: None, time_zone: TimeZone::UTC }
}

fn office() -> Condition {
    let days = civil::Weekday::Monday.cycle_forward().take(5).collect();
    let hours = Restriction { days, from: civil::time(9, 0, 0, 0), to: civil::time(18, 0, 0, 0) };
    Condition { severity: None, hours: Some(hours), time_zone: rome() }
}

fn when(condition: Condition) -> Step {
    Step { when: vec![condition], ..step(0, &[Target::User(user("ana"))]) }
}

#[test]
fn a_severity_is_the_least_that_counts() {
    let step = when(severe(Severity::Error));
    let passed = |severity| step.passed_over(About { number: 1, severity }, Timestamp::UNIX_EPOCH);
    assert_eq!([passed(Severity::Critical), passed(Severity::Error)], [None, None]);
    assert_eq!(passed(Severity::Warning).as_deref(), Some("only when severity is at least error"));
}

#[test]
fn hours_are_those_of_the_wall_clock_of_their_zone() {
    let step = when(office());
    let is_taken = |text: &str| step.passed_over(WARNING, at(text)).is_none();
    // Rome is an hour ahead of UTC in winter and two in summer; the clock changed on Sunday, 29 March.
    assert_eq!([is_taken("2026-03-27T07:59:59Z"), is_taken("2026-03-27T08:00:00Z")], [false, true]);
    assert_eq!([is_taken("2026-03-30T06:59:59Z"), is_taken("2026-03-30T07:00:00Z")], [false, true]);
    assert_eq!([is_taken("2026-03-30T15:59:59Z"), is_taken("2026-03-30T16:00:00Z")], [true, false]);
    assert!(!is_taken("2026-03-28T10:00:00Z"), "a Saturday");
    let why = step.passed_over(WARNING, at("2026-03-28T10:00:00Z"));
    assert_eq!(why.as_deref(), Some("only when it is Mon,Tue,Wed,Thu,Fri 09:00-18:00 in Europe/Rome"));
}

#[test]
fn any_of_when_is_enough_and_any_of_unless_is_too_much() {
    let step = Step { when: vec![severe(Severity::Critical), office()], ..when(office()) };
    let (night, day) = (at("2026-03-27T02:00:00Z"), at("2026-03-27T10:00:00Z"));
    assert_eq!(step.passed_over(CRITICAL, night), None);
    assert_eq!(step.passed_over(WARNING, day), None);
    assert_eq!(
        step.passed_over(WARNING, night).as_deref(),
        Some(
            "only when severity is at least critical or it is Mon,Tue,Wed,Thu,Fri 09:00-18:00 in Europe/Rome"
        )
    );
    let night_only = Step { when: Vec::new(), unless: vec![office()], ..step };
    assert_eq!(night_only.passed_over(WARNING, night), None);
    let why = "not when it is Mon,Tue,Wed,Thu,Fri 09:00-18:00 in Europe/Rome";
    assert_eq!(night_only.passed_over(WARNING, day).as_deref(), Some(why));
}

#[test]
fn both_parts_of_one_condition_must_hold() {
    let step = when(Condition { severity: Some(Severity::Error), ..office() });
    let day = at("2026-03-27T10:00:00Z");
    assert_eq!(step.passed_over(CRITICAL, day), None);
    let why = step.passed_over(WARNING, day).unwrap();
    assert!(why.starts_with("only when severity is at least error and it is Mon"), "{why}");
    assert!(step.passed_over(CRITICAL, at("2026-03-27T02:00:00Z")).is_some());
}

#[test]
fn a_step_that_is_passed_over_leaves_the_times_of_the_others() {
    let mut policy = policy();
    policy.steps[1].when = vec![severe(Severity::Critical)];
    let start = at("2026-01-02T11:50:00Z");
    let planned = plan(&team(), &policy, WARNING, start, at("2026-01-02T12:20:00Z"));
    assert_eq!(
        written(&team(), &planned, start),
        [
            "0 1.1 ana phone: schedule primary, layer 1",
            "3 1.1 ana mail: schedule primary, layer 1",
            "15 1.3 #ops ops: named in step 3",
            "25 2.1 bo phone: schedule primary, layer 1",
            "28 2.1 bo mail: schedule primary, layer 1"
        ]
    );
}

#[test]
fn a_round_in_which_no_step_applies_goes_to_the_owners_with_its_last_step() {
    let mut policy = policy();
    policy.steps.iter_mut().for_each(|step| step.when = vec![severe(Severity::Critical)]);
    let start = at("2026-01-02T11:50:00Z");
    let planned = plan(&team(), &policy, WARNING, start, at("2026-01-02T12:35:00Z"));
    let why = |round| {
        format!(
            "round {round} of policy default reached nobody, its last step is taken only when severity is at least \
             critical; owner"
        )
    };
    assert_eq!(
        written(&team(), &planned, start),
        [
            format!("15 1.3 olga phone: {}", why(1)),
            format!("18 1.3 olga mail: {}", why(1)),
            format!("40 2.3 olga phone: {}", why(2)),
            format!("43 2.3 olga mail: {}", why(2))
        ]
    );
    assert_eq!(plan(&team(), &policy, CRITICAL, start, start).len(), 1);
}

#[test]
fn the_pager_says_whether_the_round_has_reached_somebody() {
    let mut policy = policy();
    policy.steps[2].unless = vec![severe(Severity::Info)];
    let last = Position { round: 1, step: 3 };
    let take = |has_reached| {
        let taking = Taking { has_reached, ..taking(last, Timestamp::UNIX_EPOCH) };
        recipients(&team(), &policy, WARNING, taking).len()
    };
    assert_eq!([take(true), take(false)], [0, 1]);
}
