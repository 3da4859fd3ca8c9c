//! Judging: what providers' trouble means for our services, and which of our incidents it is.
//!
//! Two questions, both pure. [`judge`] asks for every service what its dependencies do to it; [`attribute`] gathers what
//! was found into incidents, one for each cause. The same code answers in production, in `replay` and in the simulator.

mod attribute;
mod evidence;
mod flap;
mod service;

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{
    ProviderId, ServiceId, SourceHealth, Status,
    incident::Cause,
    knowledge::Knowledge,
    setup::{Say, Upstream},
};

pub use attribute::{REOPENED_WITHIN, Wanted, attribute};
pub use evidence::awaited;
pub use flap::{Ending, FLAP_CALM, FLAP_TURNS, FLAP_WINDOW, Turn, ending};
pub use service::judge;

/// What is known of all providers that the organisation depends on.
pub type World<'a> = BTreeMap<ProviderId, Outlook<'a>>;

/// What is known of one provider.
#[derive(Clone, Copy, Debug)]
pub struct Outlook<'a> {
    /// The name people use.
    pub name: &'a str,
    /// What we know, as of the last reading that could be trusted, however old.
    pub knowledge: &'a Knowledge,
    /// How old that is. It is shown, and changes no status.
    pub health: SourceHealth,
}

/// What one dependency does to a service now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The service.
    pub service: ServiceId,
    /// What its dependency names.
    pub upstream: Upstream,
    /// The things at providers that are behind it, each once, in ascending order; never empty.
    pub causes: Vec<Cause>,
    /// The worst that is observed upstream.
    pub observed: Status,
    /// What the service becomes by it.
    pub status: Status,
    /// When we first saw the trouble.
    pub since: Timestamp,
    /// Whether it pages.
    pub pages: bool,
    /// What readers may be told.
    pub say: Say,
}

/// What all its dependencies do to a service now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The service.
    pub service: ServiceId,
    /// Its status: the worst of its dependencies' effects; unknown when one of them is unknown and none is trouble.
    pub status: Status,
    /// What its status would be without any trouble: operational, under maintenance or unknown.
    pub untroubled: Status,
    /// What acts now.
    pub findings: Vec<Finding>,
    /// Facts worth a note that change no status: trouble under `annotate`, components that do not exist, providers whose
    /// incidents and components contradict each other.
    pub notes: Vec<String>,
    /// When a trouble that is being held will act, or be told, if it lasts.
    pub acts_at: Option<Timestamp>,
}

impl Judgement {
    /// Returns the status that readers may see: the worst that `told` says of the findings.
    ///
    /// A trouble that must not be told reads as what the service would be without it.
    #[must_use]
    pub fn public_status(&self, told: impl Fn(&Finding) -> Option<Status>) -> Status {
        self.findings.iter().filter_map(told).max().unwrap_or(self.untroubled)
    }
}

#[cfg(test)]
mod tests;
