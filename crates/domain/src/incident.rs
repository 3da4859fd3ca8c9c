//! Our incidents: what people respond to.
//!
//! An incident has a *response* (open, acknowledged, resolved), which paging follows, and a public *phase*, which readers
//! see. Paging has a *generation*: it begins anew when something worse than what was acknowledged happens.

use jiff::Timestamp;
use thiserror::Error;

use crate::{Impact, IncidentId, Phase, ProviderId, ServiceId, Severity, Status, UserId, setup::Publish};

/// One of our incidents.
#[derive(Clone, Debug, PartialEq)]
pub struct Incident {
    /// Identity.
    pub id: IncidentId,
    /// Counts up within the organisation; what people call it.
    pub number: i64,
    /// One line.
    pub title: String,
    /// How urgent for us: the worst it has been since it was last opened.
    pub severity: Severity,
    /// What paging follows.
    pub response: Response,
    /// What readers see.
    pub phase: Phase,
    /// When it was first opened.
    pub opened_at: Timestamp,
    /// When the present generation first paged; `None` while it does not page.
    pub first_page_at: Option<Timestamp>,
    /// Counts the times that paging began.
    pub generation: u32,
    /// Whether readers may see it: `Draft` waits for a person.
    pub publish: Publish,
    /// Why, each once, in ascending order.
    pub causes: Vec<Cause>,
    /// What it touches, in ascending order of the service.
    pub services: Vec<Affected>,
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
    },
    /// It is over.
    Resolved {
        /// Who said so.
        by: Actor,
        /// When.
        at: Timestamp,
    },
}

/// Who did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Midwatch itself, by rule.
    Machine,
    /// A member.
    User(UserId),
    /// Someone with access to the machine or a token that names no member.
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
}

/// The incident is over; what was asked makes no sense any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the incident is already resolved")]
pub struct AlreadyResolved;

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
}

impl Incident {
    /// Records that `by` has taken the incident. Acknowledging twice keeps the first answer.
    ///
    /// # Errors
    /// When it is over.
    pub fn acknowledge(self, by: Actor, now: Timestamp) -> Result<Incident, AlreadyResolved> {
        let response = match self.response {
            Response::Open => Response::Acknowledged { by, at: now },
            first @ Response::Acknowledged { .. } => first,
            Response::Resolved { .. } => return Err(AlreadyResolved),
        };
        Ok(Incident { response, ..self })
    }

    /// Records that `by` has ended the incident.
    ///
    /// # Errors
    /// When it is over already.
    pub fn resolve(self, by: Actor, now: Timestamp) -> Result<Incident, AlreadyResolved> {
        if self.is_resolved() {
            return Err(AlreadyResolved);
        }
        let services =
            self.services.iter().map(|affected| Affected { status: Status::Operational, ..*affected });
        let services = services.collect();
        Ok(Incident {
            response: Response::Resolved { by, at: now },
            phase: Phase::Resolved,
            services,
            ..self
        })
    }

    /// Whether it is over.
    #[must_use]
    pub const fn is_resolved(&self) -> bool {
        matches!(self.response, Response::Resolved { .. })
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
