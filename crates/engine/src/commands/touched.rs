//! Which status pages a judgement may have changed: those that show a service it touched, and no others.
//!
//! What a page says of a service comes from its state, its incidents, its announced work and what the providers say on which it
//! depends, so a service is touched when one of these is another one, or might be.

use std::collections::BTreeSet;

use domain::{
    ProviderId, ServiceId,
    incident::Incident,
    judge::Judgement,
    maintenance::Maintenance,
    setup::{Setup, Upstream},
};
use jiff::Timestamp;
use store::{Scope, stale_pages};

use crate::error::CommandError;

/// What a judgement was made of, and what came of it.
pub(super) struct Judged<'a> {
    /// The providers that were read anew; with none a person or the clock asked, for whatever reason.
    pub(super) written: &'a [ProviderId],
    /// The services whose state is another one.
    pub(super) turned: &'a BTreeSet<ServiceId>,
    pub(super) judgements: &'a [Judgement],
    /// The incidents before and after.
    pub(super) incidents: [&'a [Incident]; 2],
    pub(super) works: &'a [Maintenance],
}

/// Marks the pages that show a service which is touched.
pub(super) fn mark(
    scope: &mut Scope<'_>,
    setup: &Setup,
    judged: &Judged<'_>,
    now: Timestamp,
) -> Result<(), CommandError> {
    let touched = judged.touched(setup);
    for page in &setup.status_pages {
        let mut shown = page.groups.iter().flat_map(|group| &group.services);
        if judged.written.is_empty() || shown.any(|service| touched.contains(service)) {
            stale_pages::mark(scope.tx(), stale_pages::PageKind::StatusPage, page.id.0, now)?;
        }
    }
    Ok(())
}

impl Judged<'_> {
    fn touched(&self, setup: &Setup) -> BTreeSet<ServiceId> {
        let reads = |upstream: &Upstream| match upstream {
            Upstream::Provider(id) => self.written.contains(id),
            Upstream::Service(_) => false,
        };
        let dependent = setup
            .services
            .iter()
            .filter(|s| s.depends_on.iter().any(|dependency| reads(&dependency.upstream)));
        let found = self.judgements.iter().filter(|judgement| !judgement.findings.is_empty());
        // One that was over before and is over still says what it said.
        let (before, after) = (self.incidents[0].iter(), self.incidents[1].iter());
        let incidents = before.filter(|incident| !incident.is_resolved()).chain(after);
        let affected = incidents.flat_map(|incident| &incident.services).map(|affected| affected.service);
        let worked_on = self.works.iter().flat_map(|work| &work.services).map(|(service, _)| *service);
        dependent
            .map(|service| service.id)
            .chain(found.map(|judgement| judgement.service))
            .chain(self.turned.iter().copied())
            .chain(affected)
            .chain(worked_on)
            .collect()
    }
}
