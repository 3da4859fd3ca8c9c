//! What the record of an incident says, read from the ledger for the pure rule that puts it in order.

use domain::{
    IncidentId, NoticeKind, ProviderId,
    incident::{CauseKey, Incident, Wave},
    postmortem::{Act, AtProvider, Facts, Record, Said},
    setup::Setup,
};
use formats::messages::plain_text;
use jiff::Timestamp;
use store::{
    Scope, attempts,
    incidents::{self, Linked},
    notifications, providers,
};

use super::super::{Ground, respond::begin};
use crate::error::CommandError;

/// How much of an update a draft quotes, in characters.
const QUOTED: usize = 240;

/// Pages that are looked through for the first.
const MOST_PAGES: u32 = 1_000;

/// Returns what the record of an incident says.
///
/// # Errors
/// When there is no such incident.
pub fn facts(scope: &mut Scope<'_>, ground: &Ground, id: IncidentId) -> Result<Facts, CommandError> {
    let (setup, incident) = begin(scope, ground, id)?;
    of(scope, ground, &setup, &incident)
}

pub(super) fn of(
    scope: &mut Scope<'_>,
    ground: &Ground,
    setup: &Setup,
    incident: &Incident,
) -> Result<Facts, CommandError> {
    let id = incident.id;
    let waves: Vec<Wave> = incidents::list_waves(scope, id)?.into_iter().map(|stored| stored.wave).collect();
    let acts = incidents::list_timeline(scope, id)?;
    // What was done about the post-mortem itself is not what it tells of.
    let acts = acts.into_iter().filter(|(_, event)| !event.kind.starts_with("postmortem_"));
    let acts: Vec<Act> =
        acts.map(|(_, event)| Act { at: event.at, kind: event.kind, by: event.actor }).collect();
    let said = incidents::list_updates(scope, id)?.into_iter().filter(|update| update.removed_at.is_none());
    let said = said.map(|update| Said {
        at: update.at,
        phase: update.phase,
        text: plain_text(&update.body, QUOTED),
        is_public: update.is_public,
        by: update.actor,
    });
    let said: Vec<Said> = said.collect();
    let record = Record {
        incident,
        waves: &waves,
        acts: &acts,
        said: &said,
        first_page_at: first_page(scope, id)?,
        roles: &incidents::list_roles(scope, id)?,
        at_providers: &at_providers(scope, ground, incident)?,
    };
    Ok(Facts::of(setup, &record))
}

/// When the first page was handed over for the first time.
fn first_page(scope: &mut Scope<'_>, id: IncidentId) -> Result<Option<Timestamp>, CommandError> {
    let owed = notifications::list(scope, id, MOST_PAGES)?;
    let mut first = None;
    for page in owed.iter().filter(|owed| owed.kind == NoticeKind::Page) {
        let tries = attempts::list(scope, page.id)?;
        first = tries.iter().map(|attempt| attempt.started_at).chain(first).min();
    }
    Ok(first)
}

/// The providers' own incidents behind it and linked with it, each once.
fn at_providers(
    scope: &mut Scope<'_>,
    ground: &Ground,
    of: &Incident,
) -> Result<Vec<AtProvider>, CommandError> {
    let behind = of.causes.iter().filter_map(|cause| match &cause.key {
        CauseKey::Incident(key) => Some((cause.provider, key.clone())),
        CauseKey::Component(_) | CauseKey::Page => None,
    });
    let linked = incidents::list_links(scope, of.id)?.into_iter().filter_map(|link| match link.to {
        Linked::Provider(provider, key) => Some((provider, key)),
        Linked::Alert(_) | Linked::Url(_) => None,
    });
    let mut wanted: Vec<(ProviderId, String)> = behind.chain(linked).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let mut found = Vec::new();
    for (provider, key) in wanted {
        let Some(stored) = providers::get(scope.tx(), provider)? else { continue };
        let known = stored.knowledge.incidents.iter().find(|known| known.incident.id == key);
        let Some(known) = known else { continue };
        found.push(AtProvider {
            provider: ground.catalog.name(provider),
            title: known.incident.name.clone(),
            url: known.incident.url.clone(),
            started_at: known.incident.started_at.or(known.incident.created_at),
        });
    }
    Ok(found)
}
