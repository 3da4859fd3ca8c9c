//! What the same contact was told before a message: the first one about its incident, which the message may bring up to date,
//! and those that ring until they are stopped.
//!
//! Of a message that told of several incidents no single one of them may take the list or the buttons away, nor stop its
//! ringing: as long as another one waits for an answer it stays as it is, and what follows goes below it.

use domain::{
    ChannelKind, IncidentId, NotificationId,
    incident::{Incident, Response},
};
use store::{
    Scope, incidents,
    notifications::{self, Notification},
};

use crate::error::CommandError;

/// Incidents of one notice whose earlier messages are looked at.
const MOST_TOLD: usize = 20;

/// What was told before.
#[derive(Debug, Default)]
pub(crate) struct Earlier {
    /// What the destination called the first message about the incident.
    pub(crate) thread: Option<String>,
    /// What that one told of besides, and the present message does not; `None` where it stays as it is.
    pub(crate) left_out: Option<Vec<Incident>>,
    /// Messages that told of several incidents, of which nobody is called any more.
    pub(crate) ended: Vec<NotificationId>,
}

/// Returns what came before a message of `kind` about `told`, the one that it is owed for first.
pub(crate) fn earlier(
    scope: &mut Scope<'_>,
    message: &Notification,
    told: &[&Incident],
    kind: ChannelKind,
) -> Result<Earlier, CommandError> {
    let Some((first, receipt)) = notifications::thread(scope, message)? else {
        return Ok(Earlier::default());
    };
    let left_out = others(scope, first, told)?;
    let stands = told.first().map_or(0, |incident| rank(incident));
    let is_settled = left_out.iter().all(|other| rank(other) >= stands.max(ANSWERED));
    let ended = if kind == ChannelKind::Pushover { ended(scope, message, told)? } else { Vec::new() };
    Ok(Earlier { thread: Some(receipt), left_out: is_settled.then_some(left_out), ended })
}

/// Messages of which nothing is left that calls somebody.
fn ended(
    scope: &mut Scope<'_>,
    message: &Notification,
    told: &[&Incident],
) -> Result<Vec<NotificationId>, CommandError> {
    let mut ended = Vec::new();
    for incident in told.iter().take(MOST_TOLD) {
        for id in notifications::list_ringing(scope, message, incident.id)? {
            let is_shared = !notifications::list_folded(scope, id)?.is_empty();
            if is_shared
                && !ended.contains(&id)
                && others(scope, id, told)?.iter().all(|other| rank(other) >= ANSWERED)
            {
                ended.push(id);
            }
        }
    }
    Ok(ended)
}

/// Returns the incidents that a message told of, without those of `told`.
fn others(
    scope: &mut Scope<'_>,
    message: NotificationId,
    told: &[&Incident],
) -> Result<Vec<Incident>, CommandError> {
    let lead = notifications::get(scope, message)?.map(|lead| lead.incident);
    let folded = notifications::list_folded(scope, message)?.into_iter().map(|(id, _)| id);
    let is_other = |id: &IncidentId| told.iter().all(|incident| incident.id != *id);
    let ids: Vec<IncidentId> = lead.into_iter().chain(folded).filter(is_other).collect();
    let mut others = Vec::with_capacity(ids.len());
    for id in ids {
        others.extend(incidents::get(scope, id)?);
    }
    others.sort_by_key(|incident| incident.number);
    Ok(others)
}

/// The rank of what somebody has.
const ANSWERED: u8 = 1;

/// How far an incident has come: what has come less far must not be hidden by what has come further.
const fn rank(incident: &Incident) -> u8 {
    match incident.response {
        Response::Open => 0,
        Response::Acknowledged { .. } => ANSWERED,
        Response::Resolved { .. } => 2,
    }
}
