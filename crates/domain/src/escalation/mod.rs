//! Escalation policies: who is told when, and what follows when nobody answers.
//!
//! All due times are absolute from the incident's first page, so a late or restarted worker neither skips nor stretches
//! a step. Whether a step applies, who is on call and whose turn it is are judged when the step is taken.

use std::time::Duration;

use crate::{ChannelId, PolicyId, ScheduleId, TeamId, UserId};

mod condition;
mod dead_ends;
pub(crate) mod hours;
pub(crate) mod ladder;
mod plan;
mod reach;
mod validate;

pub use condition::{About, Condition, Urgency};
pub use dead_ends::{DeadEnd, Place};
pub use ladder::held_again;
pub use plan::{HELD, Planned, Position, messages, plan};
pub use reach::{Recipient, Responder, Taking, out_of_reach, recipients};
pub use validate::MOST_REPEATS;

/// Who is told when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Identity.
    pub id: PolicyId,
    /// Unique key.
    pub slug: String,
    /// Further rounds after the first.
    pub repeat: u32,
    /// From the last step of a round to the first of the next; `None` takes [`Policy::round_gap`]'s rule.
    pub repeat_after: Option<Duration>,
    /// At least one, in strictly ascending order of `after`.
    pub steps: Vec<Step>,
}

/// One rung of a policy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// From the start of the round.
    pub after: Duration,
    /// Who is told; at least one.
    pub targets: Vec<Target>,
    /// Whether one of the targets is told instead of all; a team counts as its members.
    pub round_robin: bool,
    /// The step is passed over unless one of these holds; empty is always.
    pub when: Vec<Condition>,
    /// The step is passed over while one of these holds.
    pub unless: Vec<Condition>,
    /// Where it was written, for a step of another policy that this one hands over to.
    pub taken_from: Option<Origin>,
}

/// Where a step that a policy has taken over was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The policies on the way to it, by slug: the last is the one whose own it is.
    pub policies: Vec<String>,
    /// Its number in that one, counted from 1.
    pub step: u32,
}

impl Step {
    /// Returns what people look for in the file, for a step that is the `number`th of its policy.
    pub(crate) fn place(&self, number: u32) -> String {
        let origin = self.taken_from.as_ref().and_then(|from| Some((from.policies.last()?, from.step)));
        origin
            .map_or_else(|| format!("step {number}"), |(slug, step)| format!("step {step} of policy {slug}"))
    }
}

impl Policy {
    /// Whether it hands over to the policy with this slug, at once or by way of others.
    #[must_use]
    pub fn hands_over_to(&self, slug: &str) -> bool {
        let mut origins = self.steps.iter().filter_map(|step| step.taken_from.as_ref());
        origins.any(|from| from.policies.iter().any(|policy| policy == slug))
    }
}

/// Whom a step names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// A person.
    User(UserId),
    /// Every member.
    Team(TeamId),
    /// Whoever is on call.
    Schedule(ScheduleId),
    /// A shared destination.
    Channel(ChannelId),
}

#[cfg(test)]
mod tests;
