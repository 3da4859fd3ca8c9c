//! A button below a page in a chat is pressed: the chat has said who, the button says below which message.

use domain::{
    ButtonAct, NotificationId,
    escalation::Responder,
    incident::{Actor, Incident, Response},
    setup::Setup,
};
use jiff::{Timestamp, tz::TimeZone};
use store::{Scope, incidents, notifications};

use super::{Ground, respond};
use crate::{compose, error::CommandError};

/// A button that was pressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Press {
    /// The message it is below.
    pub notification: NotificationId,
    /// What it asks for; `None` for a button that this version does not know.
    pub act: Option<ButtonAct>,
    /// What the chat calls whoever pressed it: the name of the account first.
    pub names: Vec<String>,
    /// Where: `Slack`.
    pub chat: &'static str,
}

/// Does what a button asks for; returns what whoever pressed it is told. What comes too late, twice, or from a message about
/// an earlier alert changes nothing.
///
/// A message to a member was pressed by that member; one to a channel by the member whose name, or whose address before the
/// `@`, is that of the account. Without one it was an operator. In each case an internal note says which account it was.
///
/// # Errors
/// When there is no such message in the organisation, or the ledger fails.
pub fn press(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    press: &Press,
) -> Result<String, CommandError> {
    let unknown = || CommandError::NotFound("that message".to_owned());
    let org = scope.org();
    let found = notifications::find_any(scope.tx(), press.notification)?;
    let (_, notification) = found.filter(|(owner, _)| *owner == org).ok_or_else(unknown)?;
    let incident = incidents::get(scope, notification.incident)?.ok_or_else(unknown)?;
    let (_, setup) = ground.setups.current(scope)?;
    if notification.generation < incident.generation {
        let number = incident.number;
        return Ok(format!(
            "#{number} was alerted anew since; use the buttons or the link of the newest message."
        ));
    }
    let Some(act) = press.act else { return Ok("This button asks for something unknown.".to_owned()) };
    let by = match notification.responder {
        Responder::User(id) => Actor::User(id),
        Responder::Channel(_) => member(&setup, &press.names).map_or(Actor::Operator, Actor::User),
    };
    let account = formats::channels::words(press.names.first().map_or("somebody", String::as_str));
    match perform(scope, ground, now, by, &incident, act)? {
        Some(done) => {
            let note = format!("{done} by @{account} on {}.", press.chat);
            respond::say(scope, ground, now, by, incident.id, &note, false)?;
            Ok(format!("{done}: #{} {}", incident.number, incident.title))
        }
        None => Ok(standing(&setup, &incident, act)),
    }
}

/// Does one act and returns the word for it; `None` when it makes no sense any more, or not in this version.
fn perform(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    incident: &Incident,
    act: ButtonAct,
) -> Result<Option<&'static str>, CommandError> {
    match (act, incident.response) {
        (_, Response::Resolved { .. }) | (ButtonAct::Acknowledge, Response::Acknowledged { .. }) => Ok(None),
        (ButtonAct::Acknowledge, Response::Open) => {
            respond::acknowledge(scope, ground, now, by, incident.id)?;
            Ok(Some("Acknowledged"))
        }
        (ButtonAct::Resolve, Response::Open | Response::Acknowledged { .. }) => {
            respond::resolve(scope, ground, now, by, incident.id)?;
            Ok(Some("Resolved"))
        }
        // No message has these buttons yet.
        (ButtonAct::Snooze | ButtonAct::Escalate, Response::Open | Response::Acknowledged { .. }) => Ok(None),
    }
}

/// Says why nothing was changed: who was first, and when.
fn standing(setup: &Setup, incident: &Incident, act: ButtonAct) -> String {
    let number = incident.number;
    let clock = |at: Timestamp| at.to_zoned(TimeZone::UTC).strftime("%H:%M:%S UTC").to_string();
    match incident.response {
        Response::Acknowledged { by, at } if act == ButtonAct::Acknowledge => {
            format!("{} has #{number} already, since {}.", compose::name(setup, by), clock(at))
        }
        Response::Resolved { by, at } => {
            format!("#{number} is over: resolved by {} at {}.", compose::name(setup, by), clock(at))
        }
        Response::Open | Response::Acknowledged { .. } => {
            format!("That can't be done from here; open #{number} by the link in the message.")
        }
    }
}

/// Returns the one member that an account of a chat belongs to.
fn member(setup: &Setup, names: &[String]) -> Option<domain::UserId> {
    let is_theirs = |user: &&domain::setup::User| {
        let local = user.email.split('@').next().unwrap_or_default();
        names.iter().any(|name| name.eq_ignore_ascii_case(local) || name.eq_ignore_ascii_case(&user.name))
    };
    let mut found = setup.users.iter().filter(is_theirs);
    let first = found.next()?;
    found.next().is_none().then_some(first.id)
}
