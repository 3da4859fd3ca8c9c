//! Hands messages over.

use domain::delivery::Outcome;
use formats::{
    channels::{self, Handover, Letter, Unsendable},
    messages,
};
use outbound::Mail;
use store::{Lane, Tx};
use tracing::{error, info, warn};

use super::{Ready, settle::settle};
use crate::{means::NO_MAIL, shell::Shell, workers::sending};

/// Sends one message and settles the answer. Trouble with the ledger is left to the lease.
pub(super) async fn deliver(shell: &Shell, ready: Ready) {
    let outcome = send(shell, &ready).await;
    let owed = &ready.lead.claim.notification;
    let (id, incident, contact) = (owed.id, owed.incident, owed.contact.clone());
    match &outcome {
        Outcome::Accepted { answer, .. } => {
            info!(notification.id = %id, incident.id = %incident, contact, answer, "message accepted");
        }
        Outcome::TryAgain { answer, .. } => {
            warn!(notification.id = %id, incident.id = %incident, contact, answer, "message not accepted yet");
        }
        Outcome::Refused { answer } => {
            warn!(notification.id = %id, incident.id = %incident, contact, answer, "message refused");
        }
    }
    let jitter = shell.mint.jitter();
    let ground = shell.ground();
    let job = move |tx: &mut Tx<'_>, now| settle(tx, &ground, &ready, &outcome, jitter, now);
    let settled = shell.write(Lane::Paging, job).await;
    match settled {
        Ok(()) => shell.ring_tellers(),
        Err(error) => {
            error!(notification.id = %id, %error, "answer could not be recorded; the message will be sent again")
        }
    }
}

/// Hands a message over. What follows an accepted one, such as bringing a thread up to date, decides nothing.
async fn send(shell: &Shell, ready: &Ready) -> Outcome {
    let message = &ready.message;
    let push_key = shell.key.push_key();
    let letter = Letter {
        page: &message.page,
        attempt: ready.lead.attempt,
        number: ready.lead.number,
        zone: &message.zone,
        thread: message.thread.as_deref(),
        standing: message.standing.as_ref(),
        ended: &message.ended,
        secret: &message.secret,
        push_key: &push_key,
        ack_token: &message.ack_token,
        public_url: &shell.identity.public_url,
        mail_from: shell.identity.mail_from.as_deref(),
        telephony: &shell.identity.telephony,
        now: shell.clock.now(),
    };
    let (first, then) = match channels::hand_over(&message.destination, &letter) {
        Ok(Handover::Calls { first, then }) => (first, then),
        Ok(Handover::Mail { to, mail }) => return send_mail(shell, to, mail, ready).await,
        Err(Unsendable(answer)) => return Outcome::Refused { answer },
    };
    let read = |answer: &channels::Answer<'_>, is_whole: bool| match is_whole {
        true => channels::answered(&message.destination, answer),
        false => channels::answered_by_head(&message.destination, answer),
    };
    let outcome = sending::call(shell, first, ready.lead.number, read).await;
    if matches!(outcome, Outcome::Accepted { .. }) {
        for call in then {
            let outcome = sending::call(shell, call, 1, |answer, _| channels::by_status(answer)).await;
            if !matches!(outcome, Outcome::Accepted { .. }) {
                info!(notification.id = %ready.lead.claim.notification.id, ?outcome, "a follow-up was not accepted");
            }
        }
    }
    outcome
}

async fn send_mail(shell: &Shell, to: String, written: messages::Mail, ready: &Ready) -> Outcome {
    let Some(from) = &shell.identity.mail_from else {
        return Outcome::Refused { answer: NO_MAIL.to_owned() };
    };
    let message = Mail {
        id: ready.lead.claim.notification.id.to_string(),
        from: from.clone(),
        to,
        subject: written.subject,
        text: written.text,
        html: Some(written.html),
        headers: vec![("Midwatch-Attempt".to_owned(), ready.lead.attempt.to_string())],
        date: shell.clock.now(),
    };
    sending::mail(shell, message).await
}
