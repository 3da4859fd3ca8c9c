//! What destinations report of messages that they had accepted.
//!
//! Reports come late, twice and in any order. That a message arrived stands whatever else is said; that it did not arrive
//! counts only for the try that was accepted last; one that comes before that is settled waits for it.

use domain::{NotificationId, contact::Heard, escalation::Responder};
use jiff::Timestamp;
use store::{
    Scope, attempts,
    notifications::{self, Notification},
};

use super::{Ground, contacts, notices};
use crate::error::CommandError;

/// What a destination reports of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// It reached the person.
    Delivered,
    /// It did not, for this reason.
    Undelivered(String),
}

/// Keeps what was reported of the message that the destination accepted as `receipt`; for a page that did not arrive, the
/// person's next contact follows at once, or the policy's next step. Returns whether that changed anything.
///
/// # Errors
/// When the ledger fails.
pub fn receipt(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    (message, receipt): (NotificationId, &str),
    heard: &Receipt,
) -> Result<bool, CommandError> {
    let Some(notification) = notifications::get(scope, message)? else { return Ok(false) };
    let why = match heard {
        Receipt::Delivered => return confirm(scope, ground, now, &notification, "delivered"),
        Receipt::Undelivered(why) => why,
    };
    if !notifications::refute(scope, message, receipt, why, now)? {
        return Ok(attempts::report_early(scope, message, &early(receipt, why))?);
    }
    note_failure(scope, ground, now, &notification, why)?;
    for one in notifications::list_inside(scope, message)? {
        notices::undelivered(scope, &one, why, now)?;
    }
    Ok(true)
}

/// A report that came before the answer that it is about: no receipt has a space in it.
fn early(receipt: &str, why: &str) -> String {
    format!("{receipt} {why}")
}

/// Acts on what was reported of a message before its destination's answer, with this receipt, was settled; `report` is what the
/// try kept of it.
///
/// # Errors
/// When the ledger fails.
pub fn overtaken(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    (message, accepted): (NotificationId, &str),
    report: Option<&str>,
) -> Result<(), CommandError> {
    match report.and_then(|report| report.split_once(' ')) {
        Some((known, why)) if known == accepted => {
            receipt(scope, ground, now, (message, accepted), &Receipt::Undelivered(why.to_owned())).map(drop)
        }
        Some(_) | None => Ok(()),
    }
}

/// Keeps that a message reached the person. Returns whether that is news.
pub(super) fn confirm(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    message: &Notification,
    how: &str,
) -> Result<bool, CommandError> {
    let is_news = notifications::deliver(scope, message.id, now)?;
    if is_news {
        contacts::confirm(scope, ground, message, how, now)?;
    }
    Ok(is_news)
}

/// Keeps that the contact of a message did not take it, where it still is one of the person's.
fn note_failure(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    message: &Notification,
    why: &str,
) -> Result<(), CommandError> {
    let Responder::User(user) = message.responder else { return Ok(()) };
    let (_, setup) = ground.setups.current(scope)?;
    let contact = setup.user(user).and_then(|user| user.contact(&message.contact));
    match contact {
        Some(contact) => {
            let sent_by = (contact.id.as_str(), &contact.destination);
            contacts::record_result(scope, user, sent_by, Heard::Failed, why, now)
        }
        None => Ok(()),
    }
}
