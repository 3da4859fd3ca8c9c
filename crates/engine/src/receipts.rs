//! What became of a message over there, asked of the vendor itself. A callback is only a hint that there is something to ask:
//! anybody can post one.

use domain::{NotificationId, OrgId, contact::Heard, destination::Destination, escalation::Responder};
use formats::channels;
use outbound::{Limits, Request};
use std::time::Duration;
use store::{
    Scope, Tx,
    notifications::{self, Notification},
};

use crate::{commands, commands::Ground, compose, error::CommandError, shell::Shell};

/// What asking may take.
const ASKING: Limits = Limits { total: Duration::from_secs(15), max_bytes: 64 * 1024, redirects: 0 };

/// A message that a vendor can be asked about.
struct Sent {
    org: OrgId,
    notification: Notification,
    destination: Destination,
    receipt: String,
}

/// Asks the vendor of a message whether it was acknowledged there, and if so acknowledges the incident for whoever got it.
/// Returns whether that is so.
///
/// # Errors
/// When the vendor does not answer, or the ledger fails.
pub async fn confirm(shell: &Shell, id: NotificationId) -> Result<bool, CommandError> {
    let ground = shell.ground();
    let Some(sent) = shell.read(move |tx| find(tx, &ground, id)).await? else { return Ok(false) };
    let Some(call) = channels::receipt_call(&sent.destination, &sent.receipt) else { return Ok(false) };
    let asked = shell.outbound.fetch(Request::get(call.url).limits(ASKING)).await;
    let answer =
        asked.map_err(|error| CommandError::Rejected(format!("the vendor can't be asked: {error}")))?;
    let state = channels::receipt_state(&answer.body).filter(|_| answer.status == 200);
    if !state.is_some_and(|state| state.is_acknowledged) {
        return Ok(false);
    }
    let (ground, org) = (shell.ground(), sent.org);
    let taken = shell.act(org, move |scope, now| {
        if let Responder::User(user) = sent.notification.responder {
            let contact = (sent.notification.contact.as_str(), &sent.destination);
            let answer = "acknowledged there";
            commands::record_result(scope, user, contact, Heard::Confirmed, answer, now)?;
        }
        let by = compose::answerer(&ground.setups.current(scope)?.1, sent.notification.responder);
        commands::acknowledge_message(scope, &ground, now, by, sent.notification.id, None)
    });
    match taken.await {
        // Somebody was faster, it is over, or it was alerted anew since.
        Ok(_) | Err(CommandError::Rejected(_)) => {}
        Err(error) => return Err(error),
    }
    shell.ring_tellers();
    Ok(true)
}

fn find(tx: &mut Tx<'_>, ground: &Ground, id: NotificationId) -> Result<Option<Sent>, CommandError> {
    let Some((org, notification)) = notifications::find_any(tx, id)? else { return Ok(None) };
    let mut scope = Scope::new(tx, org);
    let Some(receipt) = notifications::receipt(&mut scope, id)? else { return Ok(None) };
    let (_, setup) = ground.setups.current(&mut scope)?;
    let destination = match notification.responder {
        Responder::User(user) => {
            let contact = setup.user(user).and_then(|user| user.contact(&notification.contact));
            contact.map(|contact| contact.destination.clone())
        }
        Responder::Channel(channel) => setup.channel(channel).map(|channel| channel.destination.clone()),
    };
    Ok(destination.map(|destination| Sent { org, notification, destination, receipt }))
}
