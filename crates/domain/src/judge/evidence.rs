//! Whether the end of an incident is shown, or whether its trouble has only gone out of sight.

use std::collections::BTreeSet;

use super::{Judgement, Outlook, World};
use crate::{
    ProviderId, SourceHealth, Status,
    incident::{Cause, CauseKey, Incident},
    setup::Setup,
};

/// Returns the providers from which a reading is awaited that shows that what is behind an incident is over; none when each has
/// been read lately and shows it.
///
/// What nobody depends on any more is awaited from nobody.
#[must_use]
pub fn awaited(
    setup: &Setup,
    world: &World<'_>,
    judged: &[Judgement],
    incident: &Incident,
) -> BTreeSet<ProviderId> {
    let needed: BTreeSet<ProviderId> = setup.providers().into_iter().collect();
    let is_unknown = incident.services.iter().any(|affected| {
        let of_it = judged.iter().find(|judgement| judgement.service == affected.service);
        of_it.is_some_and(|judgement| judgement.status == Status::Unknown)
    });
    let causes = incident.causes.iter().filter(|cause| needed.contains(&cause.provider));
    let open = causes.filter(|cause| match world.get(&cause.provider) {
        None => true,
        Some(outlook) => !is_shown(outlook, cause, is_unknown),
    });
    open.map(|cause| cause.provider).collect()
}

/// Whether a fresh reading shows what the cause is now.
fn is_shown(outlook: &Outlook<'_>, cause: &Cause, is_unknown: bool) -> bool {
    let is_known = match &cause.key {
        CauseKey::Component(id) => match outlook.knowledge.component(id) {
            Some(known) => known.component.status != Status::Unknown,
            // One that is no longer listed says nothing; that matters where nothing else does.
            None => !is_unknown,
        },
        CauseKey::Page => outlook.knowledge.claim() != Status::Unknown,
        CauseKey::Incident(_) => true,
    };
    is_known && outlook.health == SourceHealth::Fresh
}
