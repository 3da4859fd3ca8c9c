//! Our incidents: what people respond to.
//!
//! An incident has a *response* (open, acknowledged, resolved), which paging follows, and a public *phase*, which readers
//! see. Paging has a *generation*: there is a new one when it gets worse, when an answer is taken back or has lapsed, and when
//! the incident is handed to somebody else.

mod impact;
mod life;

use std::time::Duration;

use jiff::Timestamp;
use thiserror::Error;

use crate::{
    Impact, IncidentId, Phase, PolicyId, ProviderId, ScheduleId, ServiceId, Severity, Status, UserId,
    account::Account, public::Tongues, setup::Publish,
};

pub use impact::{Wave, amended, normalised};
pub use life::{Merging, ROLES, moves, stated};

/// The longest that an incident can be silent by a snooze: nobody forgets it for longer than a day.
pub const LONGEST_SNOOZE: Duration = Duration::from_secs(24 * 3600);

/// One of our incidents.
#[derive(Clone, Debug, PartialEq)]
pub struct Incident {
    /// Identity.
    pub id: IncidentId,
    /// Counts up within the organisation; what people call it.
    pub number: i64,
    /// One line.
    pub title: String,
    /// The same in other languages, where the machine gave it.
    pub titles: Tongues,
    /// How urgent for us: the worst it has been since it was last opened.
    pub severity: Severity,
    /// What paging follows.
    pub response: Response,
    /// Whom it was handed to by a person; `None` follows the policies of its services.
    pub assignee: Option<Assignee>,
    /// What readers see.
    pub phase: Phase,
    /// When it was first opened.
    pub opened_at: Timestamp,
    /// When the present generation first paged; `None` while it does not page.
    pub first_page_at: Option<Timestamp>,
    /// Counts the times that paging began, or would have.
    pub generation: u32,
    /// Whether readers may see it: `Draft` waits for a person.
    pub publish: Publish,
    /// Why, each once, in ascending order.
    pub causes: Vec<Cause>,
    /// What it touches, in ascending order of the service.
    pub services: Vec<Affected>,
    /// What people state of it, which judging leaves alone.
    pub by_hand: ByHand,
}

/// What people state of an incident: judging neither changes nor ends it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ByHand {
    /// Who opened it; `None` is the machine.
    pub opened_by: Option<Actor>,
    /// When the trouble began, where that was before the incident was opened.
    pub began_at: Option<Timestamp>,
    /// Whether its title is a person's.
    pub title: bool,
    /// Whether its phase is a person's.
    pub phase: bool,
    /// Whether its severity is a person's.
    pub severity: bool,
    /// The incident that it has become part of.
    pub merged_into: Option<IncidentId>,
}

/// What paging follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Response {
    /// Nobody has taken it.
    Open,
    /// Someone has taken it.
    Acknowledged {
        /// Who.
        by: Actor,
        /// When.
        at: Timestamp,
        /// For how long the answer stands.
        term: Term,
    },
    /// It is over.
    Resolved {
        /// Who said so.
        by: Actor,
        /// When.
        at: Timestamp,
    },
}

/// For how long an acknowledgement stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Term {
    /// Until the incident is over or gets worse.
    Unlimited,
    /// Somebody works on it, and says so again before this instant; then paging begins anew.
    Until(Timestamp),
    /// Nobody works on it before this instant, by a person's word; then paging begins anew.
    Snoozed(Timestamp),
}

/// Whom an incident was handed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Assignee {
    /// A person.
    User(UserId),
    /// Whoever is on call when a page is made.
    Schedule(ScheduleId),
    /// Another escalation policy.
    Policy(PolicyId),
}

/// Who did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Midwatch itself, by rule.
    Machine,
    /// A member.
    User(UserId),
    /// Somebody who is no member, by what tells them from others.
    Account(Account),
    /// Somebody of whom nothing is known.
    Operator,
}

/// One thing at a provider that is behind an incident.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cause {
    /// Whose trouble it is.
    pub provider: ProviderId,
    /// What at the provider.
    pub key: CauseKey,
}

/// What at a provider is behind an incident.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CauseKey {
    /// The provider's own incident, by its id.
    Incident(String),
    /// A component in trouble, by its id.
    Component(String),
    /// The page's claim about the whole.
    Page,
}

/// A service that an incident touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Affected {
    /// The service.
    pub service: ServiceId,
    /// What it is now by this incident; operational once it has recovered.
    pub status: Status,
    /// The worst it was.
    pub worst: Status,
    /// Whether it pages.
    pub pages: bool,
    /// What a person states that it is, until a person says otherwise; it is never better than that.
    pub stated: Option<Status>,
}

/// Why an act was refused: somebody was first, or the act makes no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The incident is over.
    #[error("the incident is already resolved, since {at:.0}")]
    Resolved {
        /// Who said so.
        by: Actor,
        /// When.
        at: Timestamp,
    },
    /// Somebody else has it.
    #[error("somebody has it since {at:.0}; take that back first")]
    Taken {
        /// Who.
        by: Actor,
        /// Since when.
        at: Timestamp,
    },
    /// A time that would not be one.
    #[error("it has to end after {now:.0} and within 24 hours")]
    Span {
        /// The present.
        now: Timestamp,
    },
    /// A phase that doesn't follow the present one.
    #[error("{}", life::no_move(*.from, *.to))]
    Phase {
        /// Where it is.
        from: Phase,
        /// Where it was to go.
        to: Phase,
    },
    /// It is part of another incident for good.
    #[error("it was merged into another incident, where it goes on")]
    Merged,
    /// Times that can't be those of an incident.
    #[error("the trouble began before it was over, and both are past: {began_at:.0}, {ended_at:.0}")]
    Times {
        /// When it is said to have begun.
        began_at: Timestamp,
        /// When it is said to have been over.
        ended_at: Timestamp,
    },
}

impl Response {
    /// Returns the word of the contract.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Response::Open => "open",
            Response::Acknowledged { .. } => "acknowledged",
            Response::Resolved { .. } => "resolved",
        }
    }

    /// Returns when the answer lapses, and paging begins anew, by itself.
    #[must_use]
    pub const fn until(self) -> Option<Timestamp> {
        match self {
            Response::Acknowledged { term: Term::Until(until) | Term::Snoozed(until), .. } => Some(until),
            Response::Open
            | Response::Acknowledged { term: Term::Unlimited, .. }
            | Response::Resolved { .. } => None,
        }
    }

    /// Whether nobody works on it, by a person's word, for a time.
    #[must_use]
    pub const fn is_snoozed(self) -> bool {
        matches!(self, Response::Acknowledged { term: Term::Snoozed(_), .. })
    }

    /// Returns from when on a page that is due asks for help, rather than for an answer that there is already.
    #[must_use]
    pub fn helped_from(self, now: Timestamp) -> Timestamp {
        match self {
            Response::Acknowledged { at, .. } => {
                at.checked_add(jiff::SignedDuration::from_micros(1)).unwrap_or(at)
            }
            Response::Open | Response::Resolved { .. } => now,
        }
    }

    /// Returns who answered last and when.
    #[must_use]
    pub const fn given(self) -> Option<(Actor, Timestamp)> {
        match self {
            Response::Open => None,
            Response::Acknowledged { by, at, .. } | Response::Resolved { by, at } => Some((by, at)),
        }
    }
}

impl Actor {
    /// Whether `other` is known to be the same. Two of whom nothing is known are not: the second is not the first who says
    /// it again.
    #[must_use]
    pub fn is_again(self, other: Actor) -> bool {
        self == other && self != Actor::Operator
    }
}

impl Assignee {
    /// Returns the id that the timers of a handed incident go by. What is handed to a person or a schedule follows a policy
    /// that no configuration has: ids of different kinds are never the same, so theirs is free for it.
    #[must_use]
    pub const fn policy(self) -> PolicyId {
        match self {
            Assignee::User(id) => PolicyId(id.0),
            Assignee::Schedule(id) => PolicyId(id.0),
            Assignee::Policy(id) => id,
        }
    }
}

impl Incident {
    /// Records that `by` has taken the incident. The first answer stands; whoever gave it may give it a new term, and what is
    /// only snoozed may be taken by anybody.
    ///
    /// # Errors
    /// When it is over, or the term ends before it begins.
    pub fn acknowledge(self, by: Actor, term: Term, now: Timestamp) -> Result<Incident, Refusal> {
        let is_past = match term {
            Term::Unlimited => false,
            Term::Until(until) | Term::Snoozed(until) => until <= now,
        };
        if is_past {
            return Err(Refusal::Span { now });
        }
        let response = match self.response {
            Response::Open => Response::Acknowledged { by, at: now, term },
            // Who has it goes on having it; a snooze is a new word, and stops who was asked to help.
            Response::Acknowledged { by: holder, at, term: held } if holder.is_again(by) && held != term => {
                let at = if matches!(term, Term::Snoozed(_)) { now } else { at };
                Response::Acknowledged { by, at, term }
            }
            // By the word of whoever snoozed it nobody works on it, so it is there to be taken.
            Response::Acknowledged { term: Term::Snoozed(_), .. } if !matches!(term, Term::Snoozed(_)) => {
                Response::Acknowledged { by, at: now, term }
            }
            first @ Response::Acknowledged { .. } => first,
            Response::Resolved { by, at } => return Err(Refusal::Resolved { by, at }),
        };
        Ok(Incident { response, ..self })
    }

    /// Records that `by` wants to hear nothing of the incident before `until`.
    ///
    /// # Errors
    /// When it is over, somebody else has it, or the time is past or longer than [`LONGEST_SNOOZE`].
    pub fn snooze(self, by: Actor, until: Timestamp, now: Timestamp) -> Result<Incident, Refusal> {
        if now.checked_add(LONGEST_SNOOZE).is_ok_and(|latest| until > latest) {
            return Err(Refusal::Span { now });
        }
        let incident = self.acknowledge(by, Term::Snoozed(until), now)?;
        match incident.response {
            Response::Acknowledged { by: holder, at, term }
                if !holder.is_again(by) && term != Term::Snoozed(until) =>
            {
                Err(Refusal::Taken { by: holder, at })
            }
            Response::Open | Response::Acknowledged { .. } | Response::Resolved { .. } => Ok(incident),
        }
    }

    /// Opens the response again with a new generation, which pages where something does: what was owed before is not owed
    /// any more.
    ///
    /// # Errors
    /// When it is over.
    pub fn reopen(self, pages: bool, now: Timestamp) -> Result<Incident, Refusal> {
        self.unresolved()?;
        let (generation, first_page_at) = (self.generation + 1, pages.then_some(now));
        Ok(Incident { response: Response::Open, generation, first_page_at, ..self })
    }

    /// Hands the incident to somebody, who is paged by a new generation; nobody has it until they answer.
    ///
    /// # Errors
    /// When it is over.
    pub fn reassign(self, to: Assignee, now: Timestamp) -> Result<Incident, Refusal> {
        Incident { assignee: Some(to), ..self }.reopen(true, now)
    }

    /// Records that `by` has ended the incident.
    ///
    /// # Errors
    /// When it is over already.
    pub fn resolve(self, by: Actor, now: Timestamp) -> Result<Incident, Refusal> {
        self.unresolved()?;
        let services = self.services.iter();
        let services =
            services.map(|affected| Affected { status: Status::Operational, stated: None, ..*affected });
        Ok(Incident {
            response: Response::Resolved { by, at: now },
            assignee: None,
            phase: Phase::Resolved,
            services: services.collect(),
            by_hand: ByHand { phase: false, ..self.by_hand },
            ..self
        })
    }

    /// Refuses an incident that is over.
    ///
    /// # Errors
    /// When it is over, with who ended it.
    pub const fn unresolved(&self) -> Result<(), Refusal> {
        match self.response {
            Response::Open | Response::Acknowledged { .. } => Ok(()),
            Response::Resolved { by, at } => Err(Refusal::Resolved { by, at }),
        }
    }

    /// Whether it is over.
    #[must_use]
    pub const fn is_resolved(&self) -> bool {
        matches!(self.response, Response::Resolved { .. })
    }

    /// Whether it is not over and nothing of it is in trouble for now.
    #[must_use]
    pub fn is_calm(&self) -> bool {
        let is_well = |affected: &Affected| affected.status == Status::Operational;
        !self.is_resolved() && !self.services.is_empty() && self.services.iter().all(is_well)
    }

    /// Whether paging goes on: open, and something pages.
    #[must_use]
    pub const fn is_paging(&self) -> bool {
        matches!(self.response, Response::Open) && self.first_page_at.is_some()
    }

    /// Returns when it ended.
    #[must_use]
    pub const fn resolved_at(&self) -> Option<Timestamp> {
        match self.response {
            Response::Resolved { at, .. } => Some(at),
            Response::Open | Response::Acknowledged { .. } => None,
        }
    }

    /// Returns how bad it is for readers: the worst status that a service of it has had.
    #[must_use]
    pub fn impact(&self) -> Impact {
        match self.services.iter().map(|affected| affected.worst).max().unwrap_or(Status::Operational) {
            Status::MajorOutage => Impact::Critical,
            Status::PartialOutage => Impact::Major,
            Status::DegradedPerformance => Impact::Minor,
            Status::UnderMaintenance => Impact::Maintenance,
            Status::Operational | Status::Unknown => Impact::None,
        }
    }
}

#[cfg(test)]
mod tests;
