//! Sends what is owed: at least once, judged again right before, each try on record.
//!
//! A claim marks the notification as being sent and starts an attempt in the same transaction; then the message leaves;
//! then the answer is settled. A process that dies in between leaves an attempt whose result is unknown: when the lease is
//! over the same attempt is made again, with the same ids, marked as a possible duplicate. Rather twice than never.

use std::time::Duration;

use domain::{
    AttemptId, NotificationState,
    delivery::{Outcome, Verdict, judge_again, retry_in},
};
use formats::{
    channels::{self, Handover, Letter, Unsendable},
    messages,
};
use futures_util::{StreamExt, stream};
use jiff::Timestamp;
use outbound::{BoxFuture, Mail};
use store::{
    Lane, Scope, Tx,
    attempts::{self, AttemptOutcome},
    incidents,
    notifications::{self, Claim, Settlement},
};
use tracing::{error, info, warn};

use super::{Turn, Worker, lease_until, sending};
use crate::{
    commands::{self, Ground},
    compose::{Desk, Message, compose},
    error::CommandError,
    seams::Bell,
    shell::Shell,
};

/// Notifications claimed in one turn.
const BATCH: u32 = 50;

/// Messages under way at the same time. A slow destination holds up one place, not the batch.
const AT_ONCE: usize = 50;

/// Longer than any send may take, so that a live worker is never overtaken.
const LEASE: Duration = Duration::from_secs(45);

/// The worker that sends.
#[derive(Debug)]
pub struct Notifier;

impl Worker for Notifier {
    fn name(&self) -> &'static str {
        "notifier"
    }

    fn bell(&self) -> Bell {
        Bell::Notify
    }

    fn turn<'a>(&'a self, shell: &'a Shell) -> BoxFuture<'a, Result<Turn, CommandError>> {
        Box::pin(async move {
            let (ground, desk, node) = (shell.ground(), Desk::of(shell), shell.identity.node.clone());
            let claim = move |tx: &mut Tx<'_>, now| claim(tx, &ground, &desk, &node, now);
            let (claimed, ready) = shell.write(Lane::Paging, claim).await?;
            stream::iter(ready).for_each_concurrent(AT_ONCE, |ready| deliver(shell, ready)).await;
            if claimed >= BATCH as usize {
                return Ok(Turn::More);
            }
            Ok(Turn::IdleUntil(shell.read(|tx| Ok(notifications::next_due(tx)?)).await?))
        })
    }
}

/// A claimed notification with its message and its attempt.
#[derive(Clone, Debug)]
struct Ready {
    claim: Claim,
    number: u32,
    attempt: AttemptId,
    message: Message,
}

/// Claims what is due, drops what is no longer wanted, and starts an attempt for the rest.
fn claim(
    tx: &mut Tx<'_>,
    ground: &Ground,
    desk: &Desk,
    node: &str,
    now: Timestamp,
) -> Result<(usize, Vec<Ready>), CommandError> {
    let claims = notifications::claim_due(tx, now, lease_until(now, LEASE), BATCH)?;
    let claimed = claims.len();
    let mut ready = Vec::with_capacity(claimed);
    for claim in claims {
        let mut scope = Scope::new(tx, claim.org);
        ready.extend(prepare(&mut scope, ground, desk, node, now, claim)?);
    }
    Ok((claimed, ready))
}

fn prepare(
    scope: &mut Scope<'_>,
    ground: &Ground,
    desk: &Desk,
    node: &str,
    now: Timestamp,
    claim: Claim,
) -> Result<Option<Ready>, CommandError> {
    let owed = &claim.notification;
    let Some(incident) = incidents::get(scope, owed.incident)? else {
        return Err(CommandError::NotFound(format!("incident {}", owed.incident)));
    };
    let verdict = judge_again(owed.kind, owed.generation, &incident, owed.due_at, now);
    if let Verdict::Drop(why) = verdict {
        settle_as(scope, &claim, NotificationState::Superseded, None, owed.tries, why, now)?;
        return Ok(None);
    }
    let (_, setup) = ground.setups.current(scope)?;
    let Some(mut message) = compose(scope, desk, &setup, &incident, owed)? else {
        give_up(scope, &claim, owed.tries, "its address is no longer in the configuration", now)?;
        return Ok(None);
    };
    // A try without a result is the same try again; its message may have arrived.
    let last = attempts::last(scope, owed.id)?;
    let unknown = last.as_ref().filter(|attempt| attempt.outcome.is_none());
    let number = unknown
        .map_or_else(|| last.as_ref().map_or(1, |attempt| attempt.number + 1), |attempt| attempt.number);
    message.page.delayed = verdict == Verdict::SendDelayed;
    message.page.possible_duplicate =
        unknown.is_some() || last.as_ref().is_some_and(|attempt| attempt.may_have_arrived);
    let minted = AttemptId::named(owed.id.0, &number.to_string());
    let attempt = attempts::start(scope, owed.id, number, minted, node, now)?;
    Ok(Some(Ready { claim, number, attempt, message }))
}

/// Sends one message and settles the answer. Trouble with the ledger is left to the lease.
async fn deliver(shell: &Shell, ready: Ready) {
    let outcome = send(shell, &ready).await;
    let owed = &ready.claim.notification;
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
    let settled = shell.write(Lane::Paging, move |tx, now| settle(tx, &ready, &outcome, jitter, now)).await;
    match settled {
        Ok(()) => shell.ring_tellers(),
        Err(error) => {
            error!(notification.id = %id, %error, "answer could not be recorded; the message will be sent again")
        }
    }
}

fn settle(
    tx: &mut Tx<'_>,
    ready: &Ready,
    outcome: &Outcome,
    jitter: f64,
    now: Timestamp,
) -> Result<(), CommandError> {
    let Ready { claim, number, .. } = ready;
    let mut scope = Scope::new(tx, claim.org);
    let (id, tries) = (claim.notification.id, claim.notification.tries + 1);
    let (word, answer, may_have_arrived) = match outcome {
        Outcome::Accepted { answer, .. } => (AttemptOutcome::Accepted, answer, true),
        Outcome::TryAgain { answer, may_have_arrived, .. } => {
            // What an earlier try may have brought there is there, whatever became of this one.
            let may_have_arrived = *may_have_arrived || ready.message.page.possible_duplicate;
            (AttemptOutcome::TryAgain, answer, may_have_arrived)
        }
        Outcome::Refused { answer } => (AttemptOutcome::Refused, answer, false),
    };
    attempts::finish(&mut scope, id, *number, word, answer, may_have_arrived, now)?;
    match outcome {
        Outcome::Accepted { answer, receipt } => {
            settle_as(&mut scope, claim, NotificationState::Sent, None, tries, answer, now)?;
            if let Some(receipt) = receipt {
                notifications::set_receipt(&mut scope, id, receipt)?;
            }
            Ok(())
        }
        Outcome::TryAgain { answer, after, .. } => match retry_in(tries, jitter, *after) {
            Some(wait) => {
                let again = now.checked_add(wait).ok();
                settle_as(&mut scope, claim, NotificationState::Pending, again, tries, answer, now)?;
                Ok(())
            }
            None => give_up(&mut scope, claim, tries, answer, now),
        },
        Outcome::Refused { answer } => give_up(&mut scope, claim, tries, answer, now),
    }
}

fn give_up(
    scope: &mut Scope<'_>,
    claim: &Claim,
    tries: u32,
    answer: &str,
    now: Timestamp,
) -> Result<(), CommandError> {
    if settle_as(scope, claim, NotificationState::Failed, None, tries, answer, now)? {
        commands::undelivered(scope, &claim.notification, answer, now)?;
    }
    Ok(())
}

/// Records what became of a claimed message. False when somebody else has claimed it since.
fn settle_as(
    scope: &mut Scope<'_>,
    claim: &Claim,
    state: NotificationState,
    next_try_at: Option<Timestamp>,
    tries: u32,
    answer: &str,
    at: Timestamp,
) -> Result<bool, CommandError> {
    let settlement = Settlement { state, next_try_at, tries, answer: Some(answer.to_owned()), at };
    Ok(notifications::settle(scope, claim.notification.id, claim.epoch, &settlement)?)
}

/// Hands a message over. What follows an accepted one, such as bringing a thread up to date, decides nothing.
async fn send(shell: &Shell, ready: &Ready) -> Outcome {
    let message = &ready.message;
    let push_key = shell.key.push_key();
    let letter = Letter {
        page: &message.page,
        attempt: ready.attempt,
        number: ready.number,
        zone: &message.zone,
        thread: message.thread.as_deref(),
        secret: &message.secret,
        push_key: &push_key,
        ack_token: &message.ack_token,
        public_url: &shell.identity.public_url,
        now: shell.clock.now(),
    };
    let (first, then) = match channels::hand_over(&message.destination, &letter) {
        Ok(Handover::Calls { first, then }) => (first, then),
        Ok(Handover::Mail { to, mail }) => return send_mail(shell, to, mail, ready).await,
        Err(Unsendable(answer)) => return Outcome::Refused { answer },
    };
    let outcome =
        sending::call(shell, first, |answer| channels::answered(&message.destination, answer)).await;
    if matches!(outcome, Outcome::Accepted { .. }) {
        for call in then {
            let outcome = sending::call(shell, call, channels::by_status).await;
            if !matches!(outcome, Outcome::Accepted { .. }) {
                info!(notification.id = %ready.claim.notification.id, ?outcome, "a follow-up was not accepted");
            }
        }
    }
    outcome
}

async fn send_mail(shell: &Shell, to: String, written: messages::Mail, ready: &Ready) -> Outcome {
    let Some(from) = &shell.identity.mail_from else {
        return Outcome::Refused {
            answer: "no mail server is configured: add [mail] to the configuration".to_owned(),
        };
    };
    let message = Mail {
        id: ready.claim.notification.id.to_string(),
        from: from.clone(),
        to,
        subject: written.subject,
        text: written.text,
        html: Some(written.html),
        headers: vec![("Midwatch-Attempt".to_owned(), ready.attempt.to_string())],
        date: shell.clock.now(),
    };
    sending::mail(shell, message).await
}
