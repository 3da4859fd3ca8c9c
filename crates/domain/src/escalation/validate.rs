//! What is wrong with an escalation policy in a configuration: said when it is saved.

use super::{Policy, Target};
use crate::setup::Setup;

/// The most further rounds. More would go on for days after everyone has stopped looking.
pub const MOST_REPEATS: u32 = 50;

impl Policy {
    /// Returns what must be put right before the policy can be used, in words.
    #[must_use]
    pub fn problems(&self, setup: &Setup) -> Vec<String> {
        let mut problems = Vec::new();
        if self.steps.is_empty() {
            problems.push("there is no step, so it pages nobody".to_owned());
        }
        if self.repeat > MOST_REPEATS {
            problems.push(format!("it repeats {} times, more than {MOST_REPEATS}", self.repeat));
        }
        for (number, pair) in (2..).zip(self.steps.windows(2)) {
            if let [before, step] = pair
                && step.after <= before.after
            {
                let (after, before) = (step.after, before.after);
                problems.push(format!(
                    "step {number}: it comes after {after:?}, not later than the step before it ({before:?}): `after` \
                     counts from the start of the round"
                ));
            }
        }
        for (number, step) in (1..).zip(&self.steps) {
            if step.targets.is_empty() {
                problems.push(format!("step {number}: it names nobody"));
            }
            let wrong = step.targets.iter().filter_map(|&target| fault(setup, target));
            problems.extend(wrong.map(|fault| format!("step {number}: {fault}")));
        }
        problems
    }
}

/// Why a target can't reach anybody, or not everybody it should.
fn fault(setup: &Setup, target: Target) -> Option<String> {
    match target {
        Target::User(id) => match setup.user(id) {
            None => Some("it names somebody who is not a member".to_owned()),
            Some(user) if user.contacts.is_empty() => Some(format!("{} has no contact", user.email)),
            Some(_) => None,
        },
        Target::Channel(id) => {
            setup.channel(id).is_none().then(|| "it names a channel that does not exist".to_owned())
        }
        Target::Schedule(id) => {
            let Some(schedule) = setup.schedule(id) else {
                return Some("it names a schedule that does not exist".to_owned());
            };
            let mut people = schedule
                .layers
                .iter()
                .flat_map(|layer| &layer.participants)
                .chain(schedule.overrides.iter().map(|exception| &exception.user));
            if !schedule.is_staffed() {
                Some(format!("schedule {} never has anybody on call", schedule.slug))
            } else if people.any(|&user| setup.user(user).is_none_or(|user| user.contacts.is_empty())) {
                Some(format!("schedule {} has somebody in it who can't be reached", schedule.slug))
            } else {
                None
            }
        }
    }
}
