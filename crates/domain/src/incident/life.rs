//! The life of an incident by people's words: the phases that follow one another, opening again, becoming part of another.

use jiff::Timestamp;

use super::{Actor, Affected, ByHand, Incident, Refusal, Response};
use crate::{Phase, ServiceId, Status, setup::Publish};

/// What people take on in an incident besides answering it.
pub const ROLES: [&str; 5] = ["commander", "communications", "operations", "scribe", "liaison"];

/// Returns the phases that may follow one, opening again aside.
#[must_use]
pub const fn moves(from: Phase) -> &'static [Phase] {
    match from {
        Phase::Investigating => &[Phase::Identified, Phase::Monitoring, Phase::Resolved],
        Phase::Identified => &[Phase::Investigating, Phase::Monitoring, Phase::Resolved],
        Phase::Monitoring => &[Phase::Investigating, Phase::Identified, Phase::Resolved],
        Phase::Resolved => &[Phase::Postmortem],
        Phase::Postmortem => &[Phase::Resolved],
        Phase::Unknown => &[Phase::Investigating, Phase::Identified, Phase::Monitoring, Phase::Resolved],
    }
}

/// Why a phase does not follow another, with those that would.
pub(super) fn no_move(from: Phase, to: Phase) -> String {
    let possible: Vec<&str> = moves(from).iter().map(|phase| phase.word()).collect();
    let reopen = if from.is_over() && !to.is_over() { "; reopen it for anything else" } else { "" };
    format!("from {from} an incident can go to {}, not to {to}{reopen}", possible.join(", "))
}

/// Returns the worst that people state of a service in incidents that readers may see; `None` where they state no trouble.
#[must_use]
pub fn stated(incidents: &[Incident], service: ServiceId) -> Option<Status> {
    let told = incidents.iter().filter(|it| it.publish == Publish::Auto && !it.is_resolved());
    let all = told.flat_map(|incident| &incident.services).filter(|affected| affected.service == service);
    all.filter_map(|affected| affected.stated).filter(|status| status.is_trouble()).max()
}

/// Two incidents that have become one.
#[derive(Clone, Debug, PartialEq)]
pub struct Merging {
    /// The one that goes on.
    pub into: Incident,
    /// The one that is part of it now.
    pub part: Incident,
}

impl Affected {
    /// Returns it as it was judged: never better than what a person states of it.
    #[must_use]
    pub fn judged(self, status: Status, pages: bool) -> Self {
        let status = self.stated.unwrap_or(Status::Operational).max(status);
        let pages = pages || (self.stated.is_some() && self.pages);
        Self { status, worst: self.worst.max(status), pages, ..self }
    }
}

impl Incident {
    /// Returns when the trouble began.
    #[must_use]
    pub fn began_at(&self) -> Timestamp {
        self.by_hand.began_at.unwrap_or(self.opened_at)
    }

    /// Whether it was over already when it was recorded.
    #[must_use]
    pub fn is_added_afterwards(&self) -> bool {
        self.resolved_at().is_some_and(|at| at <= self.opened_at)
    }

    /// Whether a person has to end it: one has opened it, or states trouble in it.
    #[must_use]
    pub fn is_held(&self) -> bool {
        let states_trouble = |affected: &Affected| affected.stated.is_some_and(Status::is_trouble);
        self.by_hand.opened_by.is_some() || self.services.iter().any(states_trouble)
    }

    /// Moves its phase by a person's word; the end is [`resolve`](Self::resolve)'s.
    ///
    /// # Errors
    /// When that phase does not follow the present one.
    pub fn moved(self, to: Phase) -> Result<Self, Refusal> {
        if to == self.phase {
            return Ok(self);
        }
        if !moves(self.phase).contains(&to) || (to == Phase::Resolved && !self.is_resolved()) {
            return Err(Refusal::Phase { from: self.phase, to });
        }
        let by_hand = ByHand { phase: true, ..self.by_hand };
        Ok(Self { phase: to, by_hand, ..self })
    }

    /// Records what a person states of a service; `pages` is for one that was not part of it.
    #[must_use]
    pub fn restated(mut self, service: ServiceId, status: Status, pages: bool) -> Self {
        match self.services.iter_mut().find(|affected| affected.service == service) {
            Some(affected) => {
                let worst = affected.worst.max(status);
                *affected = Affected { status, worst, stated: Some(status), ..*affected };
            }
            None => {
                let stated = Some(status);
                self.services.push(Affected { service, status, worst: status, pages, stated });
                self.services.sort_unstable_by_key(|affected| affected.service);
            }
        }
        self
    }

    /// Opens an incident that was over again by a person's word; it pages as a new generation.
    ///
    /// # Errors
    /// When it has become part of another.
    pub fn opened_again(self, pages: bool, now: Timestamp) -> Result<Self, Refusal> {
        if self.by_hand.merged_into.is_some() {
            return Err(Refusal::Merged);
        }
        let by_hand = ByHand { phase: true, ..self.by_hand };
        Ok(Self {
            response: Response::Open,
            phase: Phase::Investigating,
            generation: self.generation + 1,
            first_page_at: pages.then_some(now),
            by_hand,
            ..self
        })
    }

    /// Makes it part of another, which takes over its causes and what it touches. It is over itself, and stays on record.
    ///
    /// # Errors
    /// When one of them is part of another already, or the other is over.
    pub fn merged_into(self, other: Self, by: Actor, now: Timestamp) -> Result<Merging, Refusal> {
        if self.by_hand.merged_into.is_some() || other.by_hand.merged_into.is_some() {
            return Err(Refusal::Merged);
        }
        other.unresolved()?;
        let began_at = Some(self.began_at().min(other.began_at())).filter(|at| *at < other.opened_at);
        let mut into = Self {
            severity: other.severity.max(self.severity),
            by_hand: ByHand { began_at, ..other.by_hand },
            ..other
        };
        into.causes.extend(self.causes.iter().cloned());
        into.causes.sort_unstable();
        into.causes.dedup();
        for taken in &self.services {
            match into.services.iter_mut().find(|own| own.service == taken.service) {
                Some(own) => {
                    *own = Affected {
                        service: own.service,
                        status: own.status.max(taken.status),
                        worst: own.worst.max(taken.worst),
                        pages: own.pages || taken.pages,
                        stated: own.stated.max(taken.stated),
                    };
                }
                None => into.services.push(*taken),
            }
        }
        into.services.sort_unstable_by_key(|affected| affected.service);
        let id = into.id;
        let over = if self.is_resolved() { self } else { self.resolve(by, now)? };
        let by_hand = ByHand { merged_into: Some(id), ..over.by_hand };
        Ok(Merging { into, part: Self { causes: Vec::new(), by_hand, ..over } })
    }
}
