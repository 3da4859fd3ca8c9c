//! What is said of policies that can't work.

use super::*;
use crate::schedule::Restriction;

fn problems(change: impl FnOnce(&mut Setup, &mut Policy)) -> Vec<String> {
    let (mut setup, mut policy) = (team(), policy());
    change(&mut setup, &mut policy);
    policy.problems(&setup)
}

#[test]
fn a_good_policy_has_no_problems() {
    assert_eq!(problems(|_, _| {}), [""; 0]);
    assert_eq!(problems(|_, policy| policy.repeat = MOST_REPEATS), [""; 0]);
}

#[test]
fn a_policy_says_what_is_wrong_with_it() {
    assert_eq!(problems(|_, policy| policy.steps.clear()), ["there is no step, so it pages nobody"]);
    assert_eq!(problems(|_, policy| policy.repeat = 101), ["it repeats 101 times, more than 100"]);
    assert_eq!(
        problems(|_, policy| policy.steps[2].after = minutes(5)),
        [
            "step 3: it comes after 300s, not later than the step before it (300s): `after` counts from the start of the \
          round"
        ]
    );
    assert_eq!(problems(|_, policy| policy.steps[1].targets.clear()), ["step 2: it names nobody"]);
}

#[test]
fn a_target_that_reaches_nobody_is_a_problem() {
    assert_eq!(
        problems(|setup, _| setup.users.retain(|user| user.name != "bo")),
        [
            "step 1: schedule primary has somebody in it who can't be reached",
            "step 2: it names somebody who is not a member"
        ]
    );
    assert_eq!(
        problems(|setup, policy| {
            policy.steps.remove(0);
            setup.users[1].contacts.clear();
        }),
        ["step 1: bo@acme.example has no contact"]
    );
    assert_eq!(
        problems(|setup, _| setup.channels.clear()),
        ["step 3: it names a channel that does not exist"]
    );
    assert_eq!(
        problems(|setup, _| setup.schedules.clear()),
        ["step 1: it names a schedule that does not exist"]
    );
    let never = ["step 1: schedule primary never has anybody on call"];
    assert_eq!(problems(|setup, _| setup.schedules[0].layers.clear()), never);
    assert_eq!(problems(|setup, _| setup.schedules[0].layers[0].participants.clear()), never);
    let (from, to) = (civil::Time::midnight(), civil::Time::midnight());
    let no_day = Restriction { days: Vec::new(), from, to };
    assert_eq!(problems(|setup, _| setup.schedules[0].layers[0].restrictions = vec![no_day]), never);
}

#[test]
fn a_team_without_anyone_to_reach_is_a_problem() {
    let with = |change: fn(&mut Setup)| {
        problems(|setup, policy| {
            policy.steps[0].targets = vec![Target::Team(team_id("payments"))];
            change(setup);
        })
    };
    assert_eq!(with(|_| {}), [""; 0]);
    assert_eq!(with(|setup| setup.teams.clear()), ["step 1: it names a team that does not exist"]);
    assert_eq!(with(|setup| setup.teams[0].members.clear()), ["step 1: team payments has no members"]);
    assert_eq!(
        with(|setup| setup.teams[0].members.push(user("gone"))),
        ["step 1: team payments has somebody in it who can't be reached"]
    );
}

#[test]
fn a_step_whose_conditions_never_hold_is_a_problem() {
    let (nine, noon, six) = (civil::time(9, 0, 0, 0), civil::time(12, 0, 0, 0), civil::time(18, 0, 0, 0));
    let on = |days: &[civil::Weekday], from, to| Condition {
        severity: None,
        hours: Some(Restriction { days: days.to_vec(), from, to }),
        time_zone: TimeZone::get("America/New_York").unwrap(),
    };
    let monday = [civil::Weekday::Monday];
    let severe = |severity| Condition { severity: Some(severity), hours: None, time_zone: TimeZone::UTC };
    let with = |when: Vec<Condition>, unless: Vec<Condition>| {
        problems(|_, policy| (policy.steps[1].when, policy.steps[1].unless) = (when, unless))
    };
    let never = ["step 2: its conditions never hold, so it is always passed over: change `when` or `unless`"];
    assert_eq!(with(vec![on(&monday, nine, six)], vec![on(&monday, noon, six)]), [""; 0]);
    assert_eq!(with(vec![on(&[], nine, six)], Vec::new()), never);
    assert_eq!(with(vec![on(&monday, noon, six)], vec![on(&monday, nine, six)]), never);
    assert_eq!(with(Vec::new(), vec![severe(Severity::Info)]), never);
    assert_eq!(with(vec![severe(Severity::Warning)], vec![severe(Severity::Error)]), [""; 0]);
    assert_eq!(with(vec![severe(Severity::Error)], vec![severe(Severity::Warning)]), never);
    assert_eq!(
        with(vec![on(&monday, nine, six)], vec![on(&[], nine, six)]),
        ["step 2: one of its conditions names no day, so it never holds"]
    );
}
