//! Escalation policies: who is told when, and what follows when nobody answers.
//!
//! All due times are absolute from the incident's first page, so a late or restarted worker neither skips nor stretches
//! a step.

use std::time::Duration;

use crate::{ChannelId, PolicyId, ScheduleId, UserId};

mod plan;
mod reach;
mod validate;

pub use plan::{Planned, Position, messages, plan};
pub use reach::{Recipient, Responder, recipients};
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// From the start of the round.
    pub after: Duration,
    /// Who is told; at least one.
    pub targets: Vec<Target>,
}

/// Whom a step names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// A person.
    User(UserId),
    /// Whoever is on call.
    Schedule(ScheduleId),
    /// A shared destination.
    Channel(ChannelId),
}

#[cfg(test)]
mod tests;
