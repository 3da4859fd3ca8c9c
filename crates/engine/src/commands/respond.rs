//! What people do to an incident: acknowledge, resolve, publish, say something.

use domain::{
    IncidentId, NoticeKind, Phase, UserId,
    incident::{Actor, Incident, Response},
    setup::{Publish, Setup},
};
use jiff::Timestamp;
use store::{Scope, incidents, judgements};

use super::{Ground, log, mark_status_pages, notices, words};
use crate::error::CommandError;

/// Acknowledges an incident, stops its paging and tells the others who were paged. Acknowledging again changes nothing.
///
/// # Errors
/// When there is no such incident, or it is over.
pub fn acknowledge(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    id: IncidentId,
) -> Result<Incident, CommandError> {
    let before = get(scope, id)?;
    let was_open = before.response == Response::Open;
    let incident = before.acknowledge(by, now)?;
    if was_open {
        let (_, setup) = ground.setups.current(scope)?;
        incidents::update(scope, &incident)?;
        log(scope, id, now, "acknowledged", by, words::by(&setup, by))?;
        notices::stop_paging(scope, &incident, "acknowledged", now)?;
        notices::tell_the_paged(scope, &incident, NoticeKind::Acknowledged, member(by), now)?;
    }
    Ok(incident)
}

/// Ends an incident by a person's word, stops its paging and tells everyone who was paged. The word stands until the
/// trouble gets worse or ends.
///
/// # Errors
/// When there is no such incident, or it is over.
pub fn resolve(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    id: IncidentId,
) -> Result<Incident, CommandError> {
    let (_, setup) = ground.setups.current(scope)?;
    let incident = get(scope, id)?.resolve(by, now)?;
    incidents::update(scope, &incident)?;
    log(scope, id, now, "resolved", by, words::by(&setup, by))?;
    push(scope, &incident, by, "This incident has been resolved.".to_owned(), now)?;
    notices::stop_paging(scope, &incident, "resolved", now)?;
    notices::tell_the_paged(scope, &incident, NoticeKind::Resolved, member(by), now)?;
    mark_status_pages(scope.tx(), &setup, now)?;
    Ok(incident)
}

/// Shows a drafted incident to readers. Publishing again changes nothing.
///
/// # Errors
/// When there is no such incident.
pub fn publish(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    id: IncidentId,
) -> Result<Incident, CommandError> {
    let before = get(scope, id)?;
    if before.publish == Publish::Auto {
        return Ok(before);
    }
    let (_, setup) = ground.setups.current(scope)?;
    let incident = Incident { publish: Publish::Auto, ..before };
    incidents::update(scope, &incident)?;
    log(scope, id, now, "published", by, words::by(&setup, by))?;
    judge_soon(scope, &setup, now)?;
    Ok(incident)
}

/// Adds a person's words to an incident, and moves its public phase if they say so.
///
/// # Errors
/// When there is no such incident, or the words are empty.
pub fn say(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    id: IncidentId,
    body: &str,
    is_public: bool,
) -> Result<Incident, CommandError> {
    if body.trim().is_empty() {
        return Err(CommandError::Rejected("an update needs words".to_owned()));
    }
    let (_, setup) = ground.setups.current(scope)?;
    let incident = get(scope, id)?;
    let update = incidents::IncidentUpdate {
        phase: incident.phase,
        body: body.trim().to_owned(),
        at: now,
        is_public,
        actor: by,
    };
    incidents::push_update(scope, id, &update)?;
    log(scope, id, now, "update", by, words::by(&setup, by))?;
    mark_status_pages(scope.tx(), &setup, now)?;
    Ok(incident)
}

fn get(scope: &mut Scope<'_>, id: IncidentId) -> Result<Incident, CommandError> {
    incidents::get(scope, id)?.ok_or_else(|| CommandError::NotFound(format!("incident {id}")))
}

fn member(by: Actor) -> Option<UserId> {
    match by {
        Actor::User(id) => Some(id),
        Actor::Machine | Actor::Operator => None,
    }
}

fn push(
    scope: &mut Scope<'_>,
    of: &Incident,
    by: Actor,
    body: String,
    at: Timestamp,
) -> Result<(), CommandError> {
    let update = incidents::IncidentUpdate { phase: Phase::Resolved, body, at, is_public: true, actor: by };
    incidents::push_update(scope, of.id, &update)?;
    Ok(())
}

/// What readers may see follows from judging, so publishing asks for it.
fn judge_soon(scope: &mut Scope<'_>, setup: &Setup, now: Timestamp) -> Result<(), CommandError> {
    let org = scope.org();
    judgements::request(scope.tx(), org, now)?;
    mark_status_pages(scope.tx(), setup, now)
}
