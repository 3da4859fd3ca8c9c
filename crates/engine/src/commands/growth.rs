//! What judging makes of an incident that goes on, beside what people state of it.

use domain::{
    Phase, Status,
    incident::{Affected, Cause, Incident},
    judge::{Wanted, World},
    public::Said,
    setup::Setup,
};

use super::words;

/// Returns the incident with everything that the findings add to it.
pub(super) fn grown(setup: &Setup, world: &World<'_>, held: &Incident, want: &Wanted) -> Incident {
    let mut incident = held.clone();
    incident.services = merged(&held.services, want);
    let is_new_low = incident.services.iter().any(|affected| {
        let old = held.services.iter().find(|old| old.service == affected.service);
        old.is_none_or(|old| affected.worst > old.worst)
    });
    incident.causes = union(&held.causes, want);
    incident.publish = held.publish.max(want.publish);
    // What people state stands; that it has become worse than ever before they could not know.
    if !held.by_hand.severity || is_new_low {
        incident.severity = held.severity.max(want.severity);
    }
    if !held.by_hand.phase || held.is_resolved() {
        incident.phase = words::phase(world, &incident.causes);
    }
    Said { text: incident.title, tongues: incident.titles } = words::title(setup, world, &incident);
    incident
}

/// Returns the incident as it is while its trouble is out of sight and nobody believes yet that it is over.
pub(super) fn watched(held: &Incident) -> Incident {
    let phase = if held.by_hand.phase { held.phase } else { Phase::Monitoring };
    Incident { phase, ..held.clone() }
}

/// The services of an incident after a judgement: those no longer in trouble by it have recovered, and stay listed.
pub(super) fn merged(before: &[Affected], want: &Wanted) -> Vec<Affected> {
    let mut services: Vec<Affected> =
        before.iter().map(|affected| affected.judged(Status::Operational, false)).collect();
    for &(service, status, pages) in &want.services {
        match services.iter_mut().find(|affected| affected.service == service) {
            Some(affected) => *affected = affected.judged(status, pages),
            None => services.push(Affected { service, status, worst: status, pages, stated: None }),
        }
    }
    services.sort_unstable_by_key(|affected| affected.service);
    services
}

fn union(before: &[Cause], want: &Wanted) -> Vec<Cause> {
    let mut causes = before.to_vec();
    causes.extend(want.causes.iter().cloned());
    causes.sort_unstable();
    causes.dedup();
    causes
}
