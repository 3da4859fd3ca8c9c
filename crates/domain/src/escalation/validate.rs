//! What is wrong with an escalation policy in a configuration: said when it is saved.

use super::{Condition, Policy, Target, hours};
use crate::{
    Severity,
    setup::{Setup, Team, User},
};

/// The most further rounds. More would be a way to say "for ever", which a forgotten incident must not become.
pub const MOST_REPEATS: u32 = 100;

impl User {
    /// Returns what must be put right before the person can be paged as they wish, in words.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.quiet.iter().any(|hours| hours.days.is_empty()) {
            problems.push("quiet hours name no day, so they never begin".to_owned());
        }
        if hours::are_endless(&self.quiet) {
            problems.push(
                "quiet hours fill the whole week, so nothing short of critical would ever arrive: leave some time free"
                    .to_owned(),
            );
        }
        problems
    }
}

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
            if !step.can_apply(Severity::ALL) {
                problems.push(format!(
                    "step {number}: its conditions never hold, so it is always passed over: change `when` or `unless`"
                ));
            } else if !step.when.iter().chain(&step.unless).all(Condition::can_hold) {
                problems
                    .push(format!("step {number}: one of its conditions names no day, so it never holds"));
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
        Target::Team(id) => match setup.team(id) {
            None => Some("it names a team that does not exist".to_owned()),
            Some(team) => team.fault(setup),
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
                .chain(schedule.overrides.iter().map(|exception| &exception.user))
                .chain(&schedule.fallback);
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

impl Team {
    fn fault(&self, setup: &Setup) -> Option<String> {
        let is_out_of_reach = |&id| setup.user(id).is_none_or(|user| user.contacts.is_empty());
        if self.members.is_empty() {
            Some(format!("team {} has no members", self.slug))
        } else if self.members.iter().any(is_out_of_reach) {
            Some(format!("team {} has somebody in it who can't be reached", self.slug))
        } else {
            None
        }
    }
}
