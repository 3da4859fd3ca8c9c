//! A button below a page in a chat is pressed: the chat has said who, the button says below which message.

use std::time::Duration;

use domain::{
    ButtonAct, NotificationId,
    account::Account,
    escalation::Responder,
    incident::{Actor, Incident, Response},
    setup::Setup,
};
use jiff::Timestamp;
use store::{Scope, incidents, notifications};

use super::{Ground, hand, respond, saying, words};
use crate::{compose, error::CommandError};

/// How long the button snoozes, as it says.
const NAP: Duration = Duration::from_secs(30 * 60);

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
/// `@`, is that of the account. Without one it was the account. In each case an internal note says which account it was.
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
    let too_late = too_late(&setup, &incident, notification.generation);
    let act = match (press.act, too_late.clone()) {
        // What the message told of besides may wait for an answer all the same.
        (Some(ButtonAct::Acknowledge), _) => ButtonAct::Acknowledge,
        (_, Some(why)) => return Ok(why),
        (Some(act), None) => act,
        (None, None) => return Ok("This button asks for something unknown.".to_owned()),
    };
    let by = match notification.responder {
        Responder::User(id) => Actor::User(id),
        Responder::Channel(_) => match (member(&setup, &press.names), press.names.first()) {
            (Some(id), _) => Actor::User(id),
            (None, Some(name)) => Actor::Account(Account::chat(&formats::channels::words(name), press.chat)),
            (None, None) => Actor::Operator,
        },
    };
    let account = formats::channels::words(press.names.first().map_or("somebody", String::as_str));
    let changed = match (perform(scope, ground, now, by, &incident, (act, press.notification)), too_late) {
        (Err(CommandError::Rejected(_)), Some(why)) => return Ok(why),
        (changed, _) => changed?,
    };
    let Some(first) = changed.first() else { return Ok(standing(&setup, &incident)) };
    let done = match act {
        ButtonAct::Acknowledge => "Acknowledged",
        ButtonAct::Snooze => "Snoozed for 30 minutes",
        ButtonAct::Escalate => "Escalated",
        ButtonAct::Resolve => "Resolved",
    };
    let note = format!("{done} by @{account} on {}.", press.chat);
    let note = saying::NewUpdate { body: note, is_public: false, template: None, phase: None, next: None };
    saying::say(scope, ground, now, by, first.id, &note)?;
    let more = match changed.len() - 1 {
        0 => String::new(),
        others => format!(" and {others} more"),
    };
    Ok(format!("{done}: #{} {}{more}", first.number, first.title))
}

/// Why nothing is done any more to the incident that a message of a generation of its paging is about.
fn too_late(setup: &Setup, incident: &Incident, generation: u32) -> Option<String> {
    let number = incident.number;
    if generation < incident.generation {
        return Some(format!(
            "#{number} was alerted anew since; use the buttons or the link of the newest message."
        ));
    }
    incident.is_resolved().then(|| standing(setup, incident))
}

/// Acts; returns the incidents that are different by it.
fn perform(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    before: &Incident,
    (act, message): (ButtonAct, NotificationId),
) -> Result<Vec<Incident>, CommandError> {
    let id = before.id;
    let after = match act {
        ButtonAct::Acknowledge => {
            let taken = respond::acknowledge_message(scope, ground, now, by, message, None)?;
            let is_taken = taken.incident.response != before.response;
            return Ok(is_taken.then_some(taken.incident).into_iter().chain(taken.others).collect());
        }
        ButtonAct::Snooze => {
            let until = now.checked_add(NAP).unwrap_or(now);
            respond::snooze(scope, ground, now, by, id, until)
        }
        ButtonAct::Escalate => hand::escalate_now(scope, ground, now, by, id),
        ButtonAct::Resolve => respond::resolve(scope, ground, now, by, id),
    }?;
    // Calling the next in line may leave the response as it was; what can't be done is refused.
    let is_different = after.response != before.response || act == ButtonAct::Escalate;
    Ok(is_different.then_some(after).into_iter().collect())
}

/// Says why nothing was changed: who was first, and when.
fn standing(setup: &Setup, incident: &Incident) -> String {
    let number = incident.number;
    match incident.response {
        Response::Open => format!("#{number} is open, and nothing was changed."),
        Response::Acknowledged { by, at, .. } => {
            format!("{} has #{number} already, since {}.", compose::name(setup, by), words::instant(at))
        }
        Response::Resolved { by, at } => {
            format!("#{number} is over: {} resolved it at {}.", compose::name(setup, by), words::instant(at))
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
