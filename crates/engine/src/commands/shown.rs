//! What readers see of each service, by the one rule of `domain::public`, written where it is not what it was.

use std::collections::{BTreeSet, HashMap};

use domain::{
    ServiceId, Status,
    incident::{Incident, stated},
    judge::{Finding, Judgement},
    maintenance::{Maintenance, announced},
    public::{self, StatusLock, Voices},
};
use jiff::Timestamp;
use store::{
    Scope,
    services::{self, ServiceState},
};

use super::teller::Teller;
use crate::error::CommandError;

/// Everything that is said of services at one judgement.
pub(super) struct Readers<'a> {
    pub(super) locks: &'a [StatusLock],
    /// The incidents that the findings want, and those in which people state something.
    pub(super) incidents: &'a [Incident],
    pub(super) teller: &'a Teller<'a>,
    pub(super) works: &'a [Maintenance],
}

impl Readers<'_> {
    fn shown(&self, judgement: &Judgement, now: Timestamp) -> Status {
        let service = judgement.service;
        let voices = Voices {
            locked: public::lock(self.locks, service, now).map(|lock| lock.status),
            stated: stated(self.incidents, service),
            judged: judgement.public_status(|finding| self.told(finding)),
            announced: announced(self.works, service),
        };
        voices.shown()
    }

    /// What readers are told of a finding: what its rule says by itself, and what a person has let be told of its incident.
    fn told(&self, finding: &Finding) -> Option<Status> {
        if finding.say.by_itself == finding.say.by_a_person {
            return finding.say.by_itself;
        }
        let behind = |incident: &&Incident| public::is_behind(finding, incident);
        let cleared =
            self.incidents.iter().filter(behind).map(|incident| self.teller.cleared(incident)).max();
        finding.say.told(cleared.unwrap_or(Status::Unknown))
    }

    /// Writes what each service is now, and what readers may see of it, where that is not what it was. Returns those of which
    /// either is another.
    pub(super) fn save(
        &self,
        scope: &mut Scope<'_>,
        judgements: &[Judgement],
        now: Timestamp,
    ) -> Result<BTreeSet<ServiceId>, CommandError> {
        let before = services::list_states(scope)?;
        let before: HashMap<ServiceId, ServiceState> =
            before.into_iter().map(|state| (state.service, state)).collect();
        let mut turned = BTreeSet::new();
        for judgement in judgements {
            let public = self.shown(judgement, now);
            let old = before.get(&judgement.service);
            let since = |same: bool, at: Option<Timestamp>| at.filter(|_| same).unwrap_or(now);
            let is_same = old.is_some_and(|s| s.public_status == public);
            let state = ServiceState {
                service: judgement.service,
                status: judgement.status,
                since: since(old.is_some_and(|s| s.status == judgement.status), old.map(|s| s.since)),
                public_status: public,
                public_since: since(is_same, old.map(|s| s.public_since)),
                notes: judgement.notes.clone(),
                judged_at: now,
            };
            if old.is_none_or(|old| ServiceState { judged_at: now, ..old.clone() } != state) {
                services::save_state(scope, &state)?;
                turned.insert(state.service);
            }
        }
        Ok(turned)
    }
}
