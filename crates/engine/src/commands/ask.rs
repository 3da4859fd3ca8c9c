//! Asks people about what readers are told: by a message with the signed link, where one tap answers.

use domain::{
    NoticeKind, NotificationState, Status, UserId,
    escalation::Responder,
    incident::{Actor, Assignee, Incident, Response},
    setup::Setup,
};
use jiff::Timestamp;
use store::{
    Scope,
    notifications::{self, Notification},
};

use super::{notices, words};
use crate::error::CommandError;

/// Asks whoever sees to an incident to let readers be told that it is this bad. Where its first page is just being made, that
/// page asks.
pub(super) fn for_word(
    scope: &mut Scope<'_>,
    setup: &Setup,
    incident: &Incident,
    status: Status,
    now: Timestamp,
) -> Result<(), CommandError> {
    let place = Status::ALL.iter().position(|other| *other == status).unwrap_or_default();
    let place = u32::try_from(place).unwrap_or_default();
    let reason = "readers are told once you say so: open the link, which shows what they would see";
    for (responder, contact) in whom(scope, setup, incident)? {
        owe(scope, incident, responder, contact, place, reason.to_owned(), now)?;
    }
    Ok(())
}

/// Reminds whoever has an incident, if somebody has, that readers were promised a word by this instant.
pub(super) fn remind(
    scope: &mut Scope<'_>,
    incident: &Incident,
    due_at: Timestamp,
    setup: &Setup,
    now: Timestamp,
) -> Result<(), CommandError> {
    let Some(user) = holder(incident) else { return Ok(()) };
    // Each promise is due at an instant of its own; steps of this kind lie far below it.
    let place = u32::try_from(due_at.as_second() / 60).unwrap_or(u32::MAX);
    let reason = format!("readers were promised an update by {}", words::instant(due_at));
    for (responder, contact) in ways_to(scope, setup, incident, user)? {
        owe(scope, incident, responder, contact, place, reason.clone(), now)?;
    }
    Ok(())
}

/// Tells somebody about an incident what need not wake them; `place` tells this word from the others of the incident.
pub(super) fn tell(
    scope: &mut Scope<'_>,
    setup: &Setup,
    incident: &Incident,
    user: UserId,
    place: u32,
    reason: String,
    now: Timestamp,
) -> Result<(), CommandError> {
    let Some((responder, contact)) = first_way(setup, user) else { return Ok(()) };
    let contact = notices::quietly(setup, responder, contact);
    owe(scope, incident, responder, contact, place, reason, now)
}

/// Whoever has it, else those who were paged, else those who answer for the organisation.
fn whom(
    scope: &mut Scope<'_>,
    setup: &Setup,
    incident: &Incident,
) -> Result<Vec<(Responder, String)>, CommandError> {
    if let Some(user) = holder(incident) {
        return ways_to(scope, setup, incident, user);
    }
    let paged = notifications::list_paged(scope, incident.id)?;
    if incident.is_paging() || !paged.is_empty() {
        return Ok(paged);
    }
    Ok(setup.last_resort().into_iter().filter_map(|user| first_way(setup, user.id)).collect())
}

/// The way by which somebody was paged for it, else their first.
fn ways_to(
    scope: &mut Scope<'_>,
    setup: &Setup,
    incident: &Incident,
    user: UserId,
) -> Result<Vec<(Responder, String)>, CommandError> {
    let paged = notifications::list_paged(scope, incident.id)?;
    let own = paged.into_iter().find(|(responder, _)| *responder == Responder::User(user));
    Ok(own.or_else(|| first_way(setup, user)).into_iter().collect())
}

/// Returns who has an incident, or was handed it.
const fn holder(incident: &Incident) -> Option<UserId> {
    match (incident.response, incident.assignee) {
        (Response::Acknowledged { by: Actor::User(user), .. }, _) | (_, Some(Assignee::User(user))) => {
            Some(user)
        }
        (Response::Open | Response::Acknowledged { .. } | Response::Resolved { .. }, _) => None,
    }
}

fn first_way(setup: &Setup, user: UserId) -> Option<(Responder, String)> {
    let contacts = &setup.user(user)?.contacts;
    let contact = contacts.iter().find(|contact| contact.is_usable()).or_else(|| contacts.first())?;
    Some((Responder::User(user), contact.id.clone()))
}

fn owe(
    scope: &mut Scope<'_>,
    incident: &Incident,
    responder: Responder,
    contact: String,
    step: u32,
    reason: String,
    now: Timestamp,
) -> Result<(), CommandError> {
    let kind = NoticeKind::Notice;
    let notice = Notification {
        id: notices::id(incident, kind, (0, step), responder, &contact),
        incident: incident.id,
        generation: incident.generation,
        kind,
        round: 0,
        step,
        responder,
        contact,
        reason,
        due_at: now,
        state: NotificationState::Pending,
        tries: 0,
        next_try_at: Some(now),
        settled_at: None,
        answer: None,
    };
    notifications::insert_if_absent(scope, &notice)?;
    Ok(())
}
