//! Announced work on our own services: its life, what it lets pass in silence, and what it does not.
//!
//! Work goes from planned to in progress to over by itself, at absolute times. Only what was announced is silent: a service
//! that is worse than announced, one that was not named, and whatever lasts beyond the planned end is trouble like any other.

mod series;
#[cfg(test)]
mod tests;

use std::{collections::BTreeSet, time::Duration};

use jiff::Timestamp;
use thiserror::Error;

use crate::{
    IncidentId, MaintenanceId, MaintenanceStatus, ServiceId, Status, StatusPageId, incident::Actor,
    judge::Judgement, setup::Say,
};

pub use series::{MOST_OCCURRENCES, Series, SeriesError};

/// The longest work: what lasts longer is no exception any more.
pub const LONGEST: Duration = Duration::from_secs(30 * 24 * 3600);

/// How long before the start people are reminded, longest first.
pub const REMINDERS: [Duration; 3] =
    [Duration::from_secs(72 * 3600), Duration::from_secs(24 * 3600), Duration::from_secs(3600)];

/// Work on our own services that is announced ahead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Maintenance {
    /// Identity.
    pub id: MaintenanceId,
    /// What people call it by, from 1 within the organisation.
    pub number: i64,
    /// What readers see.
    pub title: String,
    /// For the team alone; may be empty.
    pub note: String,
    /// Where it is in its life.
    pub status: MaintenanceStatus,
    /// Planned start.
    pub starts_at: Timestamp,
    /// Planned end.
    pub ends_at: Timestamp,
    /// When it began.
    pub began_at: Option<Timestamp>,
    /// When it was completed or cancelled.
    pub ended_at: Option<Timestamp>,
    /// Reminders up to this instant have been given, or were passed over.
    pub reminded_at: Timestamp,
    /// Whether a person has to say that it is over.
    pub is_manual_end: bool,
    /// What it affects, each service once, with the worst that readers were told to expect.
    pub services: Vec<(ServiceId, Status)>,
    /// The status pages that show it; none is every page that shows one of its services.
    pub pages: Vec<StatusPageId>,
    /// The incident that it has become.
    pub incident: Option<IncidentId>,
    /// When it was planned.
    pub made_at: Timestamp,
    /// By whom.
    pub made_by: Actor,
}

/// Why work can't be planned or changed so, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// It would be on nothing.
    #[error("a maintenance names at least one service, such as checkout=degraded_performance")]
    NoService,
    /// It would have no name.
    #[error("a maintenance needs a title, which readers see")]
    NoTitle,
    /// It would last no time.
    #[error("a maintenance ends after it begins: it would begin {from:.0} and end {to:.0}")]
    Empty {
        /// First instant.
        from: Timestamp,
        /// First instant after.
        to: Timestamp,
    },
    /// It would be over.
    #[error("the maintenance would end {to:.0}, which is past; give an end after {now:.0}")]
    Past {
        /// First instant after.
        to: Timestamp,
        /// The present.
        now: Timestamp,
    },
    /// It would last too long.
    #[error("a maintenance lasts at most 30 days: this one may end {latest:.0} at the latest")]
    TooLong {
        /// The last end that would be taken.
        latest: Timestamp,
    },
    /// What was asked makes no sense where it is in its life.
    #[error("the maintenance is {0}: {1}")]
    Not(MaintenanceStatus, &'static str),
}

impl Maintenance {
    /// Refuses work that should not be planned so.
    ///
    /// # Errors
    /// What is wrong, as a sentence for whoever asked.
    pub fn check(&self, now: Timestamp) -> Result<(), Refusal> {
        let latest = self.starts_at.checked_add(LONGEST).unwrap_or(Timestamp::MAX);
        if self.title.trim().is_empty() {
            Err(Refusal::NoTitle)
        } else if self.services.is_empty() {
            Err(Refusal::NoService)
        } else if self.ends_at <= self.starts_at {
            Err(Refusal::Empty { from: self.starts_at, to: self.ends_at })
        } else if self.ends_at <= now {
            Err(Refusal::Past { to: self.ends_at, now })
        } else if self.ends_at > latest {
            Err(Refusal::TooLong { latest })
        } else {
            Ok(())
        }
    }

    /// Returns what happens to it by itself at `now`, one step at a time; `is_bad` says which services are in trouble.
    #[must_use]
    pub fn next(&self, is_bad: impl Fn(ServiceId) -> bool, now: Timestamp) -> Option<MaintenanceStatus> {
        let bad = || self.services.iter().any(|(service, _)| is_bad(*service));
        match self.status {
            MaintenanceStatus::Scheduled => (self.starts_at <= now).then_some(MaintenanceStatus::InProgress),
            MaintenanceStatus::InProgress if now < self.ends_at => None,
            MaintenanceStatus::InProgress if self.is_manual_end || bad() => {
                Some(MaintenanceStatus::Verifying)
            }
            MaintenanceStatus::InProgress => Some(MaintenanceStatus::Completed),
            MaintenanceStatus::Verifying => {
                (!self.is_manual_end && !bad()).then_some(MaintenanceStatus::Completed)
            }
            MaintenanceStatus::Completed | MaintenanceStatus::Cancelled | MaintenanceStatus::Unknown => None,
        }
    }

    /// Returns when it has to be looked at next; `None` when only people or readings change it.
    #[must_use]
    pub fn due_at(&self) -> Option<Timestamp> {
        match self.status {
            MaintenanceStatus::Scheduled => {
                let next = self.reminders().find(|(at, _)| *at > self.reminded_at).map(|(at, _)| at);
                Some(next.map_or(self.starts_at, |at| at.min(self.starts_at)))
            }
            MaintenanceStatus::InProgress => Some(self.ends_at),
            MaintenanceStatus::Verifying
            | MaintenanceStatus::Completed
            | MaintenanceStatus::Cancelled
            | MaintenanceStatus::Unknown => None,
        }
    }

    /// Returns which reminder is due: the last of those whose time has come since the previous one. Of several that were
    /// missed it is one, and none once the work has begun.
    #[must_use]
    pub fn reminder(&self, now: Timestamp) -> Option<Duration> {
        let is_ahead = self.status == MaintenanceStatus::Scheduled && now < self.starts_at;
        let due = self.reminders().filter(|(at, _)| is_ahead && *at > self.reminded_at && *at <= now);
        due.last().map(|(_, before)| before)
    }

    fn reminders(&self) -> impl Iterator<Item = (Timestamp, Duration)> + '_ {
        REMINDERS.into_iter().filter_map(|before| Some((self.starts_at.checked_sub(before).ok()?, before)))
    }

    /// The work in another state from `now` on.
    #[must_use]
    pub fn turned(self, to: MaintenanceStatus, now: Timestamp) -> Self {
        let began_at = self.began_at.or((to == MaintenanceStatus::InProgress).then_some(now));
        Self { status: to, began_at, ended_at: to.is_over().then_some(now), ..self }
    }

    /// What it lets pass for a service: while it is in progress the status that was announced; while its end is being
    /// verified nothing but the work itself.
    fn announces(&self, of: ServiceId) -> Option<Status> {
        let (_, status) = self.services.iter().find(|(service, _)| *service == of)?;
        match self.status {
            MaintenanceStatus::InProgress => Some((*status).max(Status::UnderMaintenance)),
            MaintenanceStatus::Verifying => Some(Status::UnderMaintenance),
            MaintenanceStatus::Scheduled
            | MaintenanceStatus::Completed
            | MaintenanceStatus::Cancelled
            | MaintenanceStatus::Unknown => None,
        }
    }
}

/// Returns the worst that is announced for a service now; `None` while no work on it is going on.
#[must_use]
pub fn announced(all: &[Maintenance], service: ServiceId) -> Option<Status> {
    all.iter().filter_map(|one| one.announces(service)).max()
}

/// Returns what readers see of a service: what is no worse than announced is the work itself, what is worse shows as it is.
#[must_use]
pub fn shown(status: Status, announced: Option<Status>) -> Status {
    match announced {
        Some(announced) if status <= announced => Status::UnderMaintenance,
        Some(_) | None => status,
    }
}

/// Takes the voice from findings that were announced: they page nobody and are not told to readers. Returns the services
/// whose trouble is covered so.
pub fn hush(judged: &mut [Judgement], all: &[Maintenance]) -> BTreeSet<ServiceId> {
    let mut covered = BTreeSet::new();
    for judgement in judged {
        let Some(announced) = announced(all, judgement.service) else { continue };
        if judgement.findings.is_empty() || judgement.status > announced {
            continue;
        }
        for finding in &mut judgement.findings {
            finding.pages = false;
            finding.say = Say::default();
        }
        covered.insert(judgement.service);
    }
    covered
}
