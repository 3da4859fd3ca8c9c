//! Proofs about paging: statements of the configuration that hold at every instant of a window, or a counter-example.
//!
//! The prover doesn't try minutes. Whom a step reaches depends on the instant at which it is taken and on nothing else that
//! moves, and it changes only at the *change points* of the resolver: where a shift begins or ends, where the hours of a
//! condition do, where somebody's quiet hours do. An incident that is
//! first paged at `t` takes its step `k` at `t + dₖ`, with a `dₖ` that the policy fixes ([`Policy::due`]). So the whole
//! path of an incident, as times from its first page, is the same for every `t` between two neighbours of
//!
//! ```text
//! P = { from } ∪ { c − dₖ      : c a change point of a schedule that step k names or of a condition of step k }
//!              ∪ { c − dₖ − w  : c an edge of a person's quiet hours, w zero or the wait of one of their rungs }
//! ```
//!
//! within the window, with one exception: a message that waits for the end of quiet hours goes out at an instant that is
//! fixed, so that its time from the first page shrinks as `t` moves on through a stretch. It is longest at the first
//! instant, and what is told in time there is told in time throughout. So
//!
//! one look at the first instant of each stretch between two points of `P` decides it for the whole stretch. Every
//! instant of `[from, to)` lies in exactly one such stretch, since `from` is the first point; nothing is left out, and
//! what is found is a real instant at which the pager does just that. Shifts are half-open, which is why the first instant
//! of a stretch belongs to it. Clock changes and the edges of restrictions need no care of their own:
//! [`Schedule::shifts`](crate::schedule::Schedule::shifts) is exact about them, and it is what the pager asks.
//!
//! Whose turn it is in a round robin goes by the number of the incident, and nobody chooses that: a statement has to hold
//! for every number. The turns repeat, so as many numbers in a row are looked at as there are combinations of turns, at
//! most [`MOST_TURNS`].
//!
//! The path itself comes from [`plan`](crate::escalation::plan), the pager's own resolver.

use std::time::Duration;

use jiff::Timestamp;

use crate::{
    ChannelId, ChannelKind, PolicyId, Role, ScheduleId, ServiceId, Severity, TeamId, UserId,
    escalation::{About, Policy},
    setup::Setup,
};

mod path;
mod points;
mod reaches;
mod rests;

pub use path::{Path, Taken, Telling, Unusable, minutes, path};

/// The most numbers of incidents that are looked at: every combination of turns for teams of up to ten, whatever the count
/// of round robins, and for two round robins of up to fifty.
pub const MOST_TURNS: i64 = 2_520;

/// A day.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A statement about paging that is to hold from now on for some time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assertion {
    /// The statement in the words of whoever wrote it; unique.
    pub name: String,
    /// How far ahead it has to hold.
    pub lasts: Duration,
    /// What is stated.
    pub claim: Claim,
}

/// What is stated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Every service that pages has an escalation policy.
    HasPolicy,
    /// Whenever an incident begins, it reaches somebody in time.
    Reaches(Reaches),
    /// Nobody is on call for longer than this without a break.
    Rests(Rests),
}

/// Whenever an incident begins, it reaches somebody in time though nobody acknowledges it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reaches {
    /// Whose paging is meant.
    pub among: Among,
    /// The severity of the incident; `None` is each of them.
    pub severity: Option<Severity>,
    /// How long after the first page the last of those who count is told; `None` is before the second round begins.
    pub within: Option<Duration>,
    /// Who counts.
    pub whom: Whom,
    /// The kinds of contact that count; empty is all.
    pub by: Vec<ChannelKind>,
    /// How many of those who count are told; at least one.
    pub at_least: usize,
    /// Whether those count who are told only because nobody else could be.
    pub last_resort: bool,
}

/// Whose paging a statement is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Among {
    /// Every service that pages.
    Services,
    /// These services.
    Only(Vec<ServiceId>),
    /// Every escalation policy, whether a service uses it or not.
    Policies,
}

/// Who counts as reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whom {
    /// Any person.
    Human,
    /// This person.
    User(UserId),
    /// A member of this team.
    Team(TeamId),
    /// A person with at least this role.
    Role(Role),
    /// This shared destination.
    Channel(ChannelId),
}

/// Nobody is on call for longer than this without a break.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rests {
    /// The schedules; empty is all of them. Time in several of them is counted together.
    pub schedules: Vec<ScheduleId>,
    /// The longest stretch.
    pub at_most: Duration,
}

/// One part of a statement, proved by itself.
#[derive(Clone, Copy, Debug)]
pub enum Obligation<'a> {
    /// This service, which pages, has a policy.
    HasPolicy(ServiceId),
    /// Paging by this policy reaches somebody in time; `None` is a service without one.
    Reaches {
        /// What is stated.
        claim: &'a Reaches,
        /// Who is told when.
        policy: Option<&'a Policy>,
        /// The first of the services that page by it.
        service: Option<ServiceId>,
        /// The severity of the incident.
        severity: Severity,
    },
    /// Nobody is on call for too long.
    Rests(&'a Rests),
}

/// What came of one obligation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// It holds at every instant.
    Holds {
        /// The stretches of time that were looked at, each of which is one case.
        cases: usize,
        /// The first incident that reaches somebody only because those who are left are told.
        only_by_last_resort: Option<Path>,
    },
    /// It does not.
    Fails(Counterexample),
}

/// An instant at which a statement does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Counterexample {
    /// A service that pages has no policy.
    NoPolicy(ServiceId),
    /// An incident that reaches too few in time.
    Unreached {
        /// The service.
        service: Option<ServiceId>,
        /// The policy; `None` where the service has none, so that nobody is told at all.
        policy: Option<PolicyId>,
        /// What is known of the incident; its number matters where people take turns.
        about: About,
        /// The instant of the first page, the earliest of the window at which it fails.
        at: Timestamp,
        /// Why too few count, in words.
        why: String,
        /// What the pager does instead: every step of the first round and of as much as was asked for.
        path: Option<Path>,
    },
    /// Somebody who is on call for too long.
    NoRest {
        /// Who.
        user: UserId,
        /// The first instant of the stretch.
        from: Timestamp,
        /// The first instant after, or as far as was looked.
        to: Timestamp,
    },
}

impl Assertion {
    /// Returns what has to hold for every configuration, whatever it states itself.
    #[must_use]
    pub fn built_in() -> Vec<Assertion> {
        let reaches = Reaches {
            among: Among::Policies,
            severity: Some(Severity::Critical),
            within: None,
            whom: Whom::Human,
            by: Vec::new(),
            at_least: 1,
            last_resort: true,
        };
        vec![
            Assertion {
                name: "every service that pages has an escalation policy".to_owned(),
                lasts: Duration::ZERO,
                claim: Claim::HasPolicy,
            },
            Assertion {
                name: "every policy reaches a human in its first round about a critical incident at any minute of the next \
                       year"
                    .to_owned(),
                lasts: 365 * DAY,
                claim: Claim::Reaches(reaches),
            },
        ]
    }

    /// Returns the parts of the statement; it holds where each of them does. Services with the same policy are one part.
    #[must_use]
    pub fn obligations<'a>(&'a self, setup: &'a Setup) -> Vec<Obligation<'a>> {
        match &self.claim {
            Claim::HasPolicy => {
                let paging = setup.services.iter().filter(|service| service.pages());
                paging.map(|service| Obligation::HasPolicy(service.id)).collect()
            }
            Claim::Reaches(claim) => reaches::obligations(claim, setup),
            Claim::Rests(claim) => vec![Obligation::Rests(claim)],
        }
    }

    /// Proves one of [`Assertion::obligations`] from this instant on.
    #[must_use]
    pub fn prove(&self, setup: &Setup, obligation: &Obligation<'_>, from: Timestamp) -> Proof {
        let to = from.checked_add(self.lasts).unwrap_or(Timestamp::MAX);
        match *obligation {
            Obligation::HasPolicy(id) => {
                let policy = setup.service(id).and_then(|service| service.policy);
                match policy.and_then(|policy| setup.policy(policy)) {
                    Some(_) => Proof::Holds { cases: 1, only_by_last_resort: None },
                    None => Proof::Fails(Counterexample::NoPolicy(id)),
                }
            }
            Obligation::Reaches { claim, policy, service, severity } => {
                let subject = reaches::Subject { claim, service, severity };
                subject.prove(setup, policy, from, to)
            }
            Obligation::Rests(claim) => rests::prove(claim, setup, from, to),
        }
    }
}

#[cfg(test)]
mod tests;
