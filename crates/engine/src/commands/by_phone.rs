//! What people do by phone: by a key in a call, or by a text in return.
//!
//! A key is about the message that the call is for. A text says only which number it comes from: it is about the newest page
//! that was sent there, or about the incident that it names. What is said in return is short enough to be a text itself.
//!
//! An answer is about what its sender was told: once paging has begun anew, one to an earlier message changes nothing. And it
//! proves of one contact that it works: of that by which the message came that it answers.

use domain::{
    ChannelKind, IncidentId, NotificationId, OrgId,
    destination::Destination,
    escalation::Responder,
    incident::{Actor, Incident, Response},
    setup::Setup,
};
use jiff::Timestamp;
use store::{
    Scope, Tx,
    notifications::{self, Paged},
    organizations,
};

use super::{
    Ground, escalate_now, receipts, resolve,
    respond::{Told, acknowledge, get, list_told},
    words,
};
use crate::{compose, error::CommandError};

/// Most organisations of an installation.
const MOST_ORGANIZATIONS: u32 = 10_000;

/// Characters of a title that are said in return.
const TITLE_CHARS: usize = 60;

/// What a person can do by phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhoneAct {
    /// Take what the message tells of.
    Acknowledge,
    /// Have the next step taken at once.
    Escalate,
    /// End it.
    Resolve,
}

/// What somebody answers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The message.
    pub lead: NotificationId,
    /// The message that has come, as the answer proves: it came by the contact that the answer came from.
    pub heard: Option<NotificationId>,
    /// The one incident that is meant, of those that the message tells of.
    pub only: Option<IncidentId>,
}

/// Whom a number belongs to, and what was sent there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// Nobody here.
    Stranger,
    /// Somebody whom nothing was sent that can be meant.
    Idle,
    /// Somebody who was paged.
    Paged(OrgId, Answered),
}

/// Returns who texts from this number, and about what: the incident with the `incident` number, if one is named.
///
/// # Errors
/// When the ledger fails.
pub fn caller(
    tx: &mut Tx<'_>,
    ground: &Ground,
    number: &str,
    incident: Option<i64>,
) -> Result<Caller, CommandError> {
    let (mut is_known, mut newest) = (false, None::<(OrgId, Paged, Option<NotificationId>)>);
    for organization in organizations::list(tx, MOST_ORGANIZATIONS)? {
        let mut scope = Scope::new(tx, organization.id);
        let Some(setup) = ground.setups.readable(&mut scope)? else { continue };
        for (responder, contact, kind) in owners(&setup, number) {
            is_known = true;
            let sent_here = notifications::find_paged(&mut scope, responder, Some(contact), incident)?;
            let heard = sent_here.as_ref().filter(|_| kind == ChannelKind::Sms).map(|paged| paged.lead);
            // Who names an incident may have been paged for it in another way.
            let found = match incident {
                None => sent_here,
                Some(_) => notifications::find_paged(&mut scope, responder, None, incident)?,
            };
            let rank = |paged: &Paged, heard: &Option<NotificationId>| {
                // What is under way may not have come yet.
                let at = paged.notification.settled_at.unwrap_or(Timestamp::MIN);
                (paged.is_open, at, heard.is_some())
            };
            newest = match (newest, found) {
                (Some((_, best, known)), Some(paged)) if rank(&paged, &heard) > rank(&best, &known) => {
                    Some((organization.id, paged, heard))
                }
                (None, found) => found.map(|paged| (organization.id, paged, heard)),
                (newest, _) => newest,
            };
        }
    }
    Ok(match newest {
        Some((org, paged, heard)) => {
            let only = incident.is_some().then_some(paged.notification.incident);
            Caller::Paged(org, Answered { lead: paged.lead, heard, only })
        }
        None if is_known => Caller::Idle,
        None => Caller::Stranger,
    })
}

/// Does what a person asks for by phone, and returns what they are told: also when somebody was faster. That they answered
/// proves that the message reached them.
///
/// # Errors
/// When there is no such message, when it makes no sense, or when the ledger fails.
pub fn act_by_phone(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    to: Answered,
    act: PhoneAct,
) -> Result<String, CommandError> {
    let Some(message) = notifications::get(scope, to.lead)? else {
        return Err(CommandError::NotFound(format!("message {}", to.lead)));
    };
    let heard = to.heard.map(|heard| notifications::get(scope, heard)).transpose()?.flatten();
    if let Some(heard) = heard {
        receipts::confirm(scope, ground, now, &heard, "answered")?;
    }
    let by = compose::answerer(&ground.setups.current(scope)?.1, message.responder);
    let first = to.only.unwrap_or(message.incident);
    let mut told = list_told(scope, &message)?;
    if act != PhoneAct::Acknowledge
        && let Some(overtaken) = overtaken(&get(scope, first)?, &told)
    {
        return Ok(overtaken);
    }
    match act {
        PhoneAct::Escalate => {
            let incident = escalate_now(scope, ground, now, by, first)?;
            Ok(format!("The next step is being called for #{}.", incident.number))
        }
        PhoneAct::Resolve => {
            let incident = resolve(scope, ground, now, by, first)?;
            Ok(format!("#{} is over.", incident.number))
        }
        PhoneAct::Acknowledge => {
            told.retain(|told| to.only.is_none_or(|only| only == told.incident.id));
            take(scope, ground, now, by, told)
        }
    }
}

/// Says that paging of an incident has begun anew since a message told of these; `None` where it has not.
fn overtaken(incident: &Incident, told: &[Told]) -> Option<String> {
    let as_told = |told: &Told| told.incident.id == incident.id && told.generation == incident.generation;
    (!told.iter().any(as_told))
        .then(|| format!("#{} was alerted anew since that message. Nothing has changed.", incident.number))
}

/// Acknowledges what a message told of, and says who has it. Of several incidents those are left alone that are over, or have
/// got worse since.
fn take(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    meant: Vec<Told>,
) -> Result<String, CommandError> {
    let (_, setup) = ground.setups.current(scope)?;
    let mut told: Vec<Incident> = Vec::with_capacity(meant.len());
    for Told { incident, generation, own: _ } in meant {
        told.push(match incident.generation == generation && !incident.is_resolved() {
            true => acknowledge(scope, ground, now, by, incident.id)?,
            false => incident,
        });
    }
    let is_mine = |incident: &&Incident| matches!(incident.response, Response::Acknowledged { by: who, .. } if who == by);
    let mine: Vec<_> = told.iter().filter(is_mine).collect();
    Ok(match (mine.as_slice(), told.as_slice()) {
        ([first, _, ..], _) => format!("You have #{} and {} more.", first.number, mine.len() - 1),
        ([one], _) => standing(&setup, by, one),
        ([], [first, ..]) => standing(&setup, by, first),
        ([], []) => "There is nothing left to acknowledge.".to_owned(),
    })
}

/// Returns who has an incident, for somebody.
fn standing(setup: &Setup, you: Actor, incident: &Incident) -> String {
    let number = incident.number;
    match incident.response {
        Response::Open => format!("#{number} is open."),
        Response::Acknowledged { by, .. } if by == you => {
            format!("You have #{number}: {}", formats::channels::shortened(&incident.title, TITLE_CHARS))
        }
        Response::Acknowledged { by, at, .. } => {
            format!("{} has #{number} since {}.", compose::name(setup, by), words::instant(at))
        }
        Response::Resolved { at, .. } => format!("#{number} is over since {}.", words::instant(at)),
    }
}

/// Returns whose contacts lead to a number, and what kind they are.
fn owners<'a>(setup: &'a Setup, number: &'a str) -> impl Iterator<Item = (Responder, &'a str, ChannelKind)> {
    let leads_there = move |destination: &Destination| destination.number() == Some(number);
    let users = setup.users.iter().flat_map(move |user| {
        let contacts = user.contacts.iter().filter(move |contact| leads_there(&contact.destination));
        contacts.map(|one| (Responder::User(user.id), one.id.as_str(), one.destination.kind()))
    });
    let channels = setup.channels.iter().filter(move |channel| leads_there(&channel.destination));
    users.chain(channels.map(|one| (Responder::Channel(one.id), one.slug.as_str(), one.destination.kind())))
}
