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
    assert_eq!(problems(|_, policy| policy.repeat = 51), ["it repeats 51 times, more than 50"]);
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
