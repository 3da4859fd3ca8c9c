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

#[cfg(test)]
mod tests;

use jiff::Timestamp;
use thiserror::Error;

use crate::{
    AmendmentId, ServiceId, Status,
    incident::{Actor, Incident},
    maintenance,
    setup::Publish,
};

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

/// Returns the worst that people state of a service: in open incidents of theirs that readers may see.
#[must_use]
pub fn stated(incidents: &[Incident], service: ServiceId) -> Option<Status> {
    let open = incidents.iter().filter(|incident| {
        incident.causes.is_empty() && !incident.is_resolved() && incident.publish == Publish::Auto
    });
    open.flat_map(|incident| &incident.services)
        .filter(|affected| affected.service == service)
        .map(|affected| affected.status)
        .max()
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
