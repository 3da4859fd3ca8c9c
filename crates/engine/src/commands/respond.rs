//! What people do to an incident: acknowledge it, take that back, snooze, resolve, publish.
//!
//! Every act may come twice, by two people or by one whose answer got lost. The first stands, and whoever comes second is
//! given the incident as the first left it, with who that was and when; an act that the first has made pointless is
//! refused in words that say the same.

use std::{sync::Arc, time::Duration};

use domain::{
    IncidentId, NoticeKind, NotificationId, UserId,
    escalation::Responder,
    incident::{Actor, Incident, Refusal, Response, Term},
    public::Occasion,
    setup::Setup,
};
use jiff::Timestamp;
use store::{
    Scope, incidents, judgements,
    notifications::{self, Notification},
    timers::{self, Timer, WAKE},
};

use super::{
    Ground, contacts,
    escalate::{policies, start_paging},
    hand, impact, log, mark_status_pages, notices,
    opening::say as tell_readers,
    words,
};
use crate::{compose, error::CommandError};

/// What the timeline calls an answer that was taken back.
const TAKEN_BACK: &str = "unacknowledged";

/// What the timeline calls it when somebody who was asked to help answers.
pub(super) const JOINED: &str = "joined";

/// Acknowledges an incident for as long as the configuration says, stops its paging and tells the others who were paged.
///
/// The first answer stands. Whoever has it may acknowledge again, which begins its time anew; whoever was asked to help
/// and acknowledges is no longer paged.
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
    take(scope, ground, now, by, id).map(|taken| taken.incident)
}

/// What came of an acknowledgement.
#[derive(Clone, Debug, PartialEq)]
pub struct Acknowledged {
    /// The incident afterwards.
    pub incident: Incident,
    /// Whether anything is different by it. Where it is not, somebody was first, or the same word came twice.
    pub is_new: bool,
    /// The others that were taken with it.
    pub others: Vec<Incident>,
}

fn take(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    id: IncidentId,
) -> Result<Acknowledged, CommandError> {
    let (setup, before) = begin(scope, ground, id)?;
    let until = setup.paging.ack_timeout.and_then(|span| now.checked_add(span).ok());
    let term = until.map_or(Term::Unlimited, Term::Until);
    let incident = before.clone().acknowledge(by, term, now).map_err(|refusal| refused(&setup, refusal))?;
    let is_new = answered(scope, &setup, now, by, &before, &incident)?;
    Ok(Acknowledged { incident, is_new, others: Vec::new() })
}

/// An incident that a message told of.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// As it is now.
    pub incident: Incident,
    /// The generation of its paging that the message told of.
    pub generation: u32,
    /// The message owed for it that went out inside; `None` where it was only listed.
    pub own: Option<NotificationId>,
}

impl Told {
    /// Whether acknowledging the message takes it: nobody has it, and it was not alerted anew.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        self.incident.response == Response::Open && self.incident.generation == self.generation
    }
}

/// Acknowledges every incident that a message told of: the one that it is about, which is returned, and those that it told of
/// besides and that are still as they were. Whoever answers a message has had it, so its contact works.
///
/// What was alerted anew since is left alone: the one that the message is about unless its sender has `seen` that generation of
/// its paging elsewhere.
///
/// # Errors
/// When there is no such message, or nothing is left to take and the incident is over or was alerted anew.
pub fn acknowledge_message(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    message: NotificationId,
    seen: Option<u32>,
) -> Result<Acknowledged, CommandError> {
    let owed = notifications::get(scope, message)?
        .ok_or_else(|| CommandError::NotFound(format!("message {message}")))?;
    let mut told = list_told(scope, &owed)?.into_iter();
    // Where the one it is about is over, the others may not be.
    let lead = match told.next() {
        Some(lead) if seen.unwrap_or(lead.generation) != lead.incident.generation => {
            let number = lead.incident.number;
            Err(CommandError::Rejected(format!("#{number} was alerted anew since")))
        }
        Some(_) | None => take(scope, ground, now, by, owed.incident),
    };
    let mut others = Vec::new();
    for other in told.filter(Told::is_taken) {
        others.push(acknowledge(scope, ground, now, by, other.incident.id)?);
    }
    let taken = match lead {
        Err(CommandError::Rejected(_)) if !others.is_empty() => {
            Acknowledged { incident: get(scope, owed.incident)?, is_new: true, others }
        }
        lead => {
            lead.map(|lead| Acknowledged { is_new: lead.is_new || !others.is_empty(), others, ..lead })?
        }
    };
    contacts::confirm(scope, ground, &owed, "answered from it", now)?;
    Ok(taken)
}

/// Returns the incidents that a message told of, each once: the one that it is about, which is the first, those whose own
/// messages went out inside it, and those that it listed.
///
/// # Errors
/// When the ledger fails, or the incident that it is about is gone.
pub fn list_told(scope: &mut Scope<'_>, message: &Notification) -> Result<Vec<Told>, CommandError> {
    let inside = notifications::list_inside(scope, message.id)?;
    let also = notifications::list_also_told(scope, message.id)?;
    let inside = inside.iter().map(|one| (one.incident, one.generation, Some(one.id)));
    let also = also.into_iter().map(|(id, generation)| (id, generation, None));
    let lead = Told {
        incident: get(scope, message.incident)?,
        generation: message.generation,
        own: Some(message.id),
    };
    let mut told = vec![lead];
    for (id, generation, own) in inside.chain(also) {
        // Where it told of one alert twice, the later is what it told.
        match told.iter_mut().find(|known| known.incident.id == id) {
            Some(known) if known.generation < generation => {
                known.generation = generation;
                known.own = own.or(known.own);
            }
            Some(_) => {}
            None => {
                told.extend(incidents::get(scope, id)?.map(|incident| Told { incident, generation, own }))
            }
        }
    }
    Ok(told)
}

/// Acknowledges an incident for a time: when it is over and the incident is not, paging begins anew.
///
/// # Errors
/// As [`acknowledge`], and when the time is none.
pub fn acknowledge_for(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    id: IncidentId,
    span: Duration,
) -> Result<Incident, CommandError> {
    let (setup, before) = begin(scope, ground, id)?;
    let term = now.checked_add(span).map_or(Term::Unlimited, Term::Until);
    let incident = before.clone().acknowledge(by, term, now).map_err(|refusal| refused(&setup, refusal))?;
    answered(scope, &setup, now, by, &before, &incident)?;
    Ok(incident)
}

/// Keeps an incident silent until an instant, at most a day away; then paging begins anew.
///
/// # Errors
/// When there is no such incident, it is over, somebody else has it, or the instant is past or too far away.
pub fn snooze(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    id: IncidentId,
    until: Timestamp,
) -> Result<Incident, CommandError> {
    let (setup, before) = begin(scope, ground, id)?;
    let incident = before.clone().snooze(by, until, now).map_err(|refusal| refused(&setup, refusal))?;
    answered(scope, &setup, now, by, &before, &incident)?;
    Ok(incident)
}

/// Takes an acknowledgement or a snooze back: the response is open and paging begins anew. Taking back again changes nothing.
///
/// # Errors
/// When there is no such incident, it is over, or there is no answer to take back.
pub fn unacknowledge(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    id: IncidentId,
) -> Result<Incident, CommandError> {
    let (setup, before) = begin_live(scope, ground, id)?;
    if before.response == Response::Open {
        return was_taken_back(scope, before);
    }
    notices::stop_paging(scope, &before, "the acknowledgement was taken back", now)?;
    timers::delete(scope, id, WAKE)?;
    let follows = policies(&setup, &before);
    let pages = !follows.is_empty() || before.assignee.is_some();
    let incident = before.reopen(pages, now)?;
    incidents::update(scope, &incident)?;
    log(scope, id, now, TAKEN_BACK, by, words::by(&setup, by))?;
    if incident.is_paging() {
        start_paging(scope, &setup, &incident, &follows, now)?;
    }
    Ok(incident)
}

/// Ends an incident by a person's word, stops its paging and tells everyone who was paged. The word stands until the
/// trouble gets worse or ends. Resolving again changes nothing.
///
/// # Errors
/// When there is no such incident.
pub fn resolve(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    id: IncidentId,
) -> Result<Incident, CommandError> {
    let (setup, before) = begin(scope, ground, id)?;
    if before.is_resolved() {
        return Ok(before);
    }
    let incident = before.clone().resolve(by, now)?;
    impact::save(scope, &setup, &before, &incident, by, now)?;
    log(scope, id, now, "resolved", by, words::by(&setup, by))?;
    let told = words::of_incident(&setup, &incident, Occasion::Ended);
    tell_readers(scope, &setup, &incident, by, told, now)?;
    notices::stop_paging(scope, &incident, "resolved", now)?;
    notices::tell_the_paged(scope, &setup, &incident, NoticeKind::Resolved, member(by), now)?;
    judge_soon(scope, &setup, now)?;
    Ok(incident)
}

/// Writes an answer with all that follows from it: nothing, if it changes nothing. Returns whether anything is different.
fn answered(
    scope: &mut Scope<'_>,
    setup: &Setup,
    now: Timestamp,
    by: Actor,
    before: &Incident,
    incident: &Incident,
) -> Result<bool, CommandError> {
    let id = incident.id;
    if incident == before {
        return join(scope, setup, now, by, incident);
    }
    incidents::update(scope, incident)?;
    let kind = if incident.response.is_snoozed() { "snoozed" } else { "acknowledged" };
    let until = incident.response.until();
    let term = until.map(|until| format!(", until {}", words::instant(until))).unwrap_or_default();
    log(scope, id, now, kind, by, format!("{}{term}", words::by(setup, by)))?;
    let was_open = before.response == Response::Open;
    if was_open || incident.response.is_snoozed() {
        notices::stop_paging(scope, incident, kind, now)?;
    }
    match until {
        Some(until) => wake_at(scope, incident, until, now)?,
        None => timers::delete(scope, id, WAKE)?,
    }
    let is_taken_up = before.response.is_snoozed() && !incident.response.is_snoozed();
    if was_open || is_taken_up {
        notices::tell_the_paged(scope, setup, incident, NoticeKind::Acknowledged, member(by), now)?;
    }
    Ok(true)
}

/// Somebody has it already; who was asked to help and has answered need not be asked again. Returns whether they were.
fn join(
    scope: &mut Scope<'_>,
    setup: &Setup,
    now: Timestamp,
    by: Actor,
    incident: &Incident,
) -> Result<bool, CommandError> {
    let Some(user) = member(by) else { return Ok(false) };
    let (id, is_asked) = (incident.id, hand::is_asked(scope, incident, user, now)?);
    let dropped = notifications::supersede_for(scope, id, Responder::User(user), "has answered", now)?;
    let was_asked = is_asked || dropped > 0;
    if was_asked {
        log(scope, id, now, JOINED, by, format!("{}, who was asked to help", words::by(setup, by)))?;
    }
    Ok(was_asked)
}

/// Has the escalator look at a silent incident at an instant.
pub(super) fn wake_at(
    scope: &mut Scope<'_>,
    incident: &Incident,
    at: Timestamp,
    now: Timestamp,
) -> Result<(), CommandError> {
    let timer = Timer {
        org: scope.org(),
        incident: incident.id,
        policy: WAKE,
        generation: incident.generation,
        round: 0,
        step: 0,
        started_at: now,
        due_at: Some(at),
        epoch: 0,
    };
    Ok(timers::set(scope, &timer)?)
}

/// Returns a refusal in words that say who was first, and when.
pub(super) fn refused(setup: &Setup, refusal: Refusal) -> CommandError {
    match refusal {
        Refusal::Resolved { by, at } => {
            let who = compose::name(setup, by);
            CommandError::Rejected(format!("{who} resolved this incident at {}", words::instant(at)))
        }
        Refusal::Taken { by, at } => {
            let (who, at) = (compose::name(setup, by), words::instant(at));
            CommandError::Rejected(format!("{who} has this incident since {at}: take that back first"))
        }
        Refusal::Span { .. } | Refusal::Phase { .. } | Refusal::Merged | Refusal::Times { .. } => {
            CommandError::from(refusal)
        }
    }
}

/// An answer that was taken back may be so again, by somebody whose own word of it got lost.
fn was_taken_back(scope: &mut Scope<'_>, open: Incident) -> Result<Incident, CommandError> {
    let events = incidents::list_events(scope, open.id)?;
    let last = events.iter().rfind(|event| ["acknowledged", "snoozed", TAKEN_BACK].contains(&&*event.kind));
    match last.is_some_and(|event| event.kind == TAKEN_BACK) {
        true => Ok(open),
        false => Err(CommandError::Rejected(format!(
            "incident {} is not acknowledged, so there is nothing to take back",
            open.number
        ))),
    }
}

/// Returns the configuration that an act stands on, and the incident that it is about as it was.
pub(super) fn begin(
    scope: &mut Scope<'_>,
    ground: &Ground,
    id: IncidentId,
) -> Result<(Arc<Setup>, Incident), CommandError> {
    let (_, setup) = ground.setups.current(scope)?;
    let before = get(scope, id)?;
    Ok((setup, before))
}

/// As [`begin`], for an act that makes no sense once the incident is over.
pub(super) fn begin_live(
    scope: &mut Scope<'_>,
    ground: &Ground,
    id: IncidentId,
) -> Result<(Arc<Setup>, Incident), CommandError> {
    let (setup, before) = begin(scope, ground, id)?;
    before.unresolved().map_err(|refusal| refused(&setup, refusal))?;
    Ok((setup, before))
}

/// Returns the incident with this id.
///
/// # Errors
/// When there is none.
pub fn incident(scope: &mut Scope<'_>, id: IncidentId) -> Result<Incident, CommandError> {
    get(scope, id)
}

/// Returns the incident with this id.
pub(super) fn get(scope: &mut Scope<'_>, id: IncidentId) -> Result<Incident, CommandError> {
    incidents::get(scope, id)?.ok_or_else(|| CommandError::NotFound(format!("incident {id}")))
}

pub(super) fn member(by: Actor) -> Option<UserId> {
    match by {
        Actor::User(id) => Some(id),
        Actor::Machine | Actor::Account(_) | Actor::Operator => None,
    }
}

/// What readers may see follows from judging, so publishing asks for it.
pub(super) fn judge_soon(scope: &mut Scope<'_>, setup: &Setup, now: Timestamp) -> Result<(), CommandError> {
    let org = scope.org();
    judgements::request(scope.tx(), org, now)?;
    mark_status_pages(scope.tx(), setup, now)
}
