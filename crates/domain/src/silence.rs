//! Silences: times in which incidents page nobody, planned ahead, with an end that is never left out.
//!
//! A silenced incident is opened, judged, shown and published as always. When the silence ends and it is still open, it
//! pages then. An incident is silent only while *every* service of it that pages is: trouble that also touches something
//! else is news.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;
use thiserror::Error;

use crate::{
    AmendmentId, ProviderId, ServiceId,
    incident::{Actor, Incident},
    setup::{Service, Setup},
};

/// The longest silence: what is to be silent for ever should have no policy, which everyone can see.
pub const LONGEST_SILENCE: Duration = Duration::from_secs(90 * 24 * 3600);

/// A time in which some services page nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Silence {
    /// Identity.
    pub id: AmendmentId,
    /// Its name in the configuration file, which is where it is changed; `None` for one that was planned while it ran.
    pub name: Option<String>,
    /// What is silent.
    pub matcher: Matcher,
    /// First instant.
    pub from: Timestamp,
    /// First instant after.
    pub to: Timestamp,
    /// Why, for people.
    pub reason: String,
    /// Who said so.
    pub by: Actor,
}

/// What a silence is for. Everything that is given has to match.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matcher {
    /// One of these services; empty is any.
    pub services: Vec<ServiceId>,
    /// Every cause of the incident is at one of these providers; empty is any.
    pub providers: Vec<ProviderId>,
    /// The service has all of these labels.
    pub labels: BTreeMap<String, String>,
}

/// Why a silence can't be, and what would be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// It would be for everything.
    #[error(
        "a silence names a service, a provider or a label: one for everything would hide the next incident too"
    )]
    Everything,
    /// It would last no time.
    #[error("a silence must end after it begins: it would begin {from:.0} and end {to:.0}")]
    Empty {
        /// First instant.
        from: Timestamp,
        /// First instant after.
        to: Timestamp,
    },
    /// It would change nothing any more.
    #[error("the silence would end {to:.0}, which is past; give an end after {now:.0}")]
    Past {
        /// First instant after.
        to: Timestamp,
        /// The present.
        now: Timestamp,
    },
    /// It would last too long.
    #[error("a silence lasts at most 90 days: this one may end {latest:.0} at the latest")]
    TooLong {
        /// The last end that would be taken.
        latest: Timestamp,
    },
    /// Nobody would know why.
    #[error("a silence needs a reason, for whoever wonders why nothing pages")]
    NoReason,
}

impl Silence {
    /// Refuses a silence that should not be made now.
    ///
    /// # Errors
    /// What is wrong, as a sentence for whoever asked.
    pub fn check(&self, now: Timestamp) -> Result<(), Refusal> {
        self.check_shape()?;
        if self.has_ended(now) { Err(Refusal::Past { to: self.to, now }) } else { Ok(()) }
    }

    /// Refuses a silence that should be at no time. One of a file that has ended is none of these: the file goes on being read.
    ///
    /// # Errors
    /// What is wrong, as a sentence for whoever asked.
    pub fn check_shape(&self) -> Result<(), Refusal> {
        let Matcher { services, providers, labels } = &self.matcher;
        let latest = self.from.checked_add(LONGEST_SILENCE).unwrap_or(Timestamp::MAX);
        if services.is_empty() && providers.is_empty() && labels.is_empty() {
            Err(Refusal::Everything)
        } else if self.to <= self.from {
            Err(Refusal::Empty { from: self.from, to: self.to })
        } else if self.to > latest {
            Err(Refusal::TooLong { latest })
        } else if self.reason.trim().is_empty() {
            Err(Refusal::NoReason)
        } else {
            Ok(())
        }
    }

    /// Whether it changes nothing any more.
    #[must_use]
    pub fn has_ended(&self, now: Timestamp) -> bool {
        self.to <= now
    }

    /// Whether it is in force.
    #[must_use]
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        self.from <= now && now < self.to
    }

    /// Whether it keeps an incident from paging for one of its services at an instant.
    #[must_use]
    pub fn covers(&self, service: &Service, incident: &Incident, now: Timestamp) -> bool {
        let providers = &self.matcher.providers;
        let at_providers = || {
            incident.causes.iter().all(|cause| providers.contains(&cause.provider))
                && !incident.causes.is_empty()
        };
        self.is_in_force(now) && self.is_for(service) && (providers.is_empty() || at_providers())
    }

    /// Whether it may keep incidents of a service from paging while it is in force: all of them, unless it names providers.
    #[must_use]
    pub fn is_for(&self, service: &Service) -> bool {
        let Matcher { services, labels, .. } = &self.matcher;
        (services.is_empty() || services.contains(&service.id))
            && labels.iter().all(|(key, value)| service.labels.get(key) == Some(value))
    }
}

/// Returns until when an incident pages nobody, and why: the first instant at which one of its paging services is no longer
/// silent. `None` when it may page now.
#[must_use]
pub fn silenced_until(setup: &Setup, incident: &Incident, now: Timestamp) -> Option<(Timestamp, String)> {
    let paging = incident.services.iter().filter(|affected| affected.pages);
    let mut first: Option<&Silence> = None;
    for affected in paging {
        let service = setup.service(affected.service)?;
        let silences = setup.paging.silences.iter().filter(|silence| silence.covers(service, incident, now));
        let longest = silences.max_by_key(|silence| silence.to)?;
        first = Some(first.filter(|held| held.to <= longest.to).unwrap_or(longest));
    }
    first.map(|silence| (silence.to, silence.reason.clone()))
}

#[cfg(test)]
mod tests;
