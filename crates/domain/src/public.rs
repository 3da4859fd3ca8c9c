//! What readers see of a service: one rule, and what people may do to it.
//!
//! Four voices speak of a service, and the first that has something to say is heard:
//!
//! 1. a person who has *locked* its status, until the lock is released or its time is over;
//! 2. the worst of what people state in incidents that they opened and of what was judged and may be told;
//! 3. while work on it goes on, what is no worse than was announced shows as that work, what is worse as itself;
//! 4. where nobody knows, it is unknown, which is never green and never an outage.
//!
//! What the machine says beside a lock is kept and shown inside, and never to readers.

mod promise;
#[cfg(test)]
mod tests;
mod word;

use jiff::Timestamp;
use thiserror::Error;

use crate::{
    AmendmentId, ServiceId, Status,
    incident::{Actor, Affected, Cause, Incident},
    judge::Finding,
    maintenance,
    setup::{Publish, Say},
};

pub use promise::{LONGEST_PROMISE, Promise, SHORTEST_PROMISE, Step};
pub use word::{Names, Occasion, Quote, Said, Template, Templates, Tongues, Word, plain};

/// Everything that is said of one service at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Voices {
    /// What a person has locked it to.
    pub locked: Option<Status>,
    /// The worst that people state in incidents which they opened.
    pub stated: Option<Status>,
    /// What was judged and may be told; unknown where nobody knows.
    pub judged: Status,
    /// The worst that is announced for it, while work on it goes on.
    pub announced: Option<Status>,
}

impl Voices {
    /// Returns what readers see.
    #[must_use]
    pub fn shown(self) -> Status {
        self.locked.unwrap_or_else(|| self.unlocked())
    }

    /// Returns what readers would see if nobody had locked it.
    #[must_use]
    pub fn unlocked(self) -> Status {
        let stated = self.stated.filter(|status| status.is_trouble());
        maintenance::shown(stated.map_or(self.judged, |status| status.max(self.judged)), self.announced)
    }
}

/// What may be told of one finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saying {
    /// The service that is in trouble by it.
    pub service: ServiceId,
    /// What may be told.
    pub say: Say,
    /// What is behind it.
    pub causes: Vec<Cause>,
}

/// What readers were told of an incident, where that is not all of it, and what people said may be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// What readers see as its title.
    pub title: String,
    /// The same in other languages.
    pub titles: Tongues,
    /// What they were told of each service, in ascending order of the service.
    pub services: Vec<Affected>,
    /// What they were told is behind it, each once, in ascending order.
    pub causes: Vec<Cause>,
    /// The worst status that a person has let be told; unknown is none.
    pub cleared: Status,
    /// The worst status that a person has kept from being told; unknown is none.
    pub refused: Status,
    /// The worst status that a person was asked to let be told; unknown is none.
    pub asked: Status,
}

impl Told {
    /// Returns what readers know of an incident about which nothing else is on record: all, or nothing. That they know all of
    /// it is nobody's word on what may join it.
    #[must_use]
    pub fn by_default(incident: &Incident) -> Self {
        if incident.publish != Publish::Auto {
            return Self::nothing();
        }
        let services: Vec<Affected> =
            incident.services.iter().map(|it| Affected { pages: false, stated: None, ..*it }).collect();
        let (title, titles, causes) =
            (incident.title.clone(), incident.titles.clone(), incident.causes.clone());
        Self { title, titles, services, causes, ..Self::nothing() }
    }

    /// Returns the services as readers may be told of them now that an incident is like this; `says` is what may be told of
    /// what is behind it.
    ///
    /// What was told stays, with its worst: a service that works again is told so, and one that got worse is told as far as
    /// may be said of it. What people state in an incident that readers see is told.
    #[must_use]
    pub fn services_of(&self, incident: &Incident, says: &[Saying]) -> Vec<Affected> {
        let told = |affected: &Affected| {
            let known = self.services.iter().find(|known| known.service == affected.service);
            let of_it = says.iter().filter(|saying| saying.service == affected.service);
            let by_people = affected.stated.filter(|it| it.is_trouble() && incident.publish == Publish::Auto);
            let now = of_it.filter_map(|saying| saying.say.told(self.cleared)).chain(by_people).max();
            let status = match (now, known) {
                (Some(now), _) => now,
                (None, Some(known)) if affected.status.is_trouble() => known.status,
                (None, Some(_)) => affected.status,
                (None, None) => return None,
            };
            let worst = known.map_or(status, |known| known.worst.max(status));
            Some(Affected { status, worst, pages: false, stated: None, ..*affected })
        };
        incident.services.iter().filter_map(told).collect()
    }

    /// Returns what readers may be told is behind an incident: what they were told, and what is behind that which may be told.
    #[must_use]
    pub fn causes_of(&self, incident: &Incident, says: &[Saying]) -> Vec<Cause> {
        let is_said = |cause: &Cause| {
            let mut told = says.iter().filter(|saying| saying.say.told(self.cleared).is_some());
            told.any(|saying| saying.causes.contains(cause))
        };
        let causes = incident.causes.iter().filter(|cause| self.causes.contains(cause) || is_said(cause));
        causes.cloned().collect()
    }

    /// Returns the incident as readers know it.
    #[must_use]
    pub fn of(&self, incident: Incident) -> Incident {
        let Self { title, titles, services, causes, .. } = self.clone();
        Incident { title, titles, services, causes, ..incident }
    }

    /// Returns what is known of two incidents that have become the first; of what people said the widest counts.
    #[must_use]
    pub fn joined(self, part: Self) -> Self {
        let mut joined = self;
        for taken in part.services {
            match joined.services.iter_mut().find(|own| own.service == taken.service) {
                Some(own) => {
                    (own.status, own.worst) = (own.status.max(taken.status), own.worst.max(taken.worst));
                }
                None => joined.services.push(taken),
            }
        }
        joined.services.sort_unstable_by_key(|affected| affected.service);
        if joined.title.is_empty() {
            (joined.title, joined.titles) = (part.title, part.titles);
        }
        joined.causes.extend(part.causes);
        joined.causes.sort_unstable();
        joined.causes.dedup();
        joined.cleared = joined.cleared.max(part.cleared);
        joined.refused = joined.refused.max(part.refused);
        joined.asked = joined.asked.max(part.asked);
        joined
    }

    /// Returns it once everything that was told has recovered.
    #[must_use]
    pub fn recovered(mut self) -> Self {
        self.services.iter_mut().for_each(|affected| affected.status = Status::Operational);
        self
    }

    /// Returns the worst status that waits for a person's word.
    #[must_use]
    pub fn waits(&self, says: &[Saying]) -> Option<Status> {
        says.iter().filter_map(|saying| saying.say.waits(self.cleared)).max()
    }

    /// Returns what was told, where nobody was ever told anything.
    #[must_use]
    pub fn nothing() -> Self {
        let none = Status::Unknown;
        Self {
            title: String::new(),
            titles: Tongues::default(),
            services: Vec::new(),
            causes: Vec::new(),
            cleared: none,
            refused: none,
            asked: none,
        }
    }
}

/// Whether a finding belongs to an incident.
#[must_use]
pub fn is_behind(finding: &Finding, incident: &Incident) -> bool {
    finding.causes.iter().any(|cause| incident.causes.contains(cause))
}

/// Returns the worst that any of these services is now.
#[must_use]
pub fn worst(services: &[Affected]) -> Status {
    services.iter().map(|affected| affected.status).max().unwrap_or(Status::Unknown)
}

/// A person's word on what readers see of a service, whatever else is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusLock {
    /// Identity.
    pub id: AmendmentId,
    /// The service.
    pub service: ServiceId,
    /// What readers see.
    pub status: Status,
    /// The first instant at which it holds no more; `None` is until somebody releases it.
    pub until: Option<Timestamp>,
    /// Why, for the team; may be empty.
    pub note: String,
    /// Since when.
    pub from: Timestamp,
    /// Who said so.
    pub by: Actor,
}

/// Why a status can't be locked so, and what would be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// Nobody can state that they don't know.
    #[error("unknown is no status to lock: it is what readers see by itself where nobody knows")]
    Unknown,
    /// It would change nothing any more.
    #[error("the lock would end {until:.0}, which is past; give an end after {now:.0}")]
    Past {
        /// First instant after.
        until: Timestamp,
        /// The present.
        now: Timestamp,
    },
}

impl StatusLock {
    /// Refuses a lock that should not be.
    ///
    /// # Errors
    /// What is wrong, as a sentence for whoever asked.
    pub fn check(&self, now: Timestamp) -> Result<(), Refusal> {
        match (self.status, self.until) {
            (Status::Unknown, _) => Err(Refusal::Unknown),
            (_, Some(until)) if until <= now => Err(Refusal::Past { until, now }),
            _ => Ok(()),
        }
    }

    /// Whether it holds.
    #[must_use]
    pub fn holds(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

/// Returns the lock of a service that holds: of several the one that was made last.
#[must_use]
pub fn lock(locks: &[StatusLock], service: ServiceId, now: Timestamp) -> Option<&StatusLock> {
    locks.iter().rfind(|lock| lock.service == service && lock.holds(now))
}
