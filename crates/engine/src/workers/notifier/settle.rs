//! What became of a message that was sent.

use std::time::Duration;

use domain::{
    NotificationState,
    contact::Heard,
    delivery::{MOST_TRIES, Outcome, retry_in},
    escalation::Responder,
};
use jiff::Timestamp;
use store::{
    Scope, Tx,
    attempts::{self, AttemptOutcome},
    notifications::{self, Claim, Settlement},
};

use super::{Part, Ready};
use crate::{
    commands::{self, Ground},
    error::CommandError,
};

/// How long a carrier may take to report that a text has arrived before it counts as failing.
const REPORTED_WITHIN: Duration = Duration::from_secs(60);

/// Records the outcome of a message for every notification that was in it.
pub(super) fn settle(
    tx: &mut Tx<'_>,
    ground: &Ground,
    ready: &Ready,
    outcome: &Outcome,
    jitter: f64,
    now: Timestamp,
) -> Result<(), CommandError> {
    let mut scope = Scope::new(tx, ready.lead.claim.org);
    hear(&mut scope, ready, outcome, now)?;
    let is_repeat = ready.message.page.possible_duplicate;
    // What went out as one is tried again as one.
    let wait = match outcome {
        Outcome::TryAgain { after, .. } => retry_in(ready.lead.claim.notification.tries + 1, jitter, *after),
        Outcome::Accepted { .. } | Outcome::Refused { .. } => None,
    };
    let id = ready.lead.claim.notification.id;
    let early = attempts::last(&mut scope, id)?.filter(|attempt| attempt.outcome.is_none());
    settle_part(&mut scope, &ready.lead, outcome, is_repeat, wait, now)?;
    if matches!(outcome, Outcome::Accepted { .. }) && ready.is_reported {
        let by = now.checked_add(REPORTED_WITHIN).unwrap_or(now);
        notifications::expect(&mut scope, id, by)?;
    }
    for part in &ready.rest {
        settle_part(&mut scope, part, outcome, is_repeat, wait, now)?;
    }
    match outcome {
        Outcome::Accepted { receipt: Some(receipt), .. } => {
            let report = early.as_ref().and_then(|attempt| attempt.answer.as_deref());
            commands::overtaken(&mut scope, ground, now, (id, receipt), report)
        }
        Outcome::Accepted { .. } | Outcome::TryAgain { .. } | Outcome::Refused { .. } => Ok(()),
    }
}

/// Keeps what the answer says of the person's contact.
fn hear(scope: &mut Scope<'_>, ready: &Ready, outcome: &Outcome, now: Timestamp) -> Result<(), CommandError> {
    let owed = &ready.lead.claim.notification;
    let Responder::User(user) = owed.responder else { return Ok(()) };
    let (heard, answer) = match outcome {
        Outcome::Accepted { answer, .. } => (Heard::Accepted, answer),
        Outcome::TryAgain { answer, .. } | Outcome::Refused { answer } => (Heard::Failed, answer),
    };
    let contact = (owed.contact.as_str(), &ready.message.destination);
    commands::record_result(scope, user, contact, heard, answer, now)
}

fn settle_part(
    scope: &mut Scope<'_>,
    part: &Part,
    outcome: &Outcome,
    is_repeat: bool,
    wait: Option<Duration>,
    now: Timestamp,
) -> Result<(), CommandError> {
    let Part { claim, number, .. } = part;
    let (id, tries) = (claim.notification.id, claim.notification.tries + 1);
    let finish = |scope: &mut Scope<'_>, word, answer: &str, may_have_arrived| {
        attempts::finish(scope, id, *number, word, answer, may_have_arrived, now)
    };
    match outcome {
        Outcome::Accepted { answer, receipt } => {
            finish(scope, AttemptOutcome::Accepted, answer, true)?;
            if settle_as(scope, claim, NotificationState::Sent, None, tries, answer, now)?
                && let Some(receipt) = receipt
            {
                notifications::set_receipt(scope, id, receipt)?;
            }
            Ok(())
        }
        Outcome::TryAgain { answer, may_have_arrived, .. } => {
            // What an earlier try may have brought there is there, whatever became of this one.
            finish(scope, AttemptOutcome::TryAgain, answer, *may_have_arrived || is_repeat)?;
            let Some(wait) = wait.filter(|_| tries < MOST_TRIES) else {
                return give_up(scope, claim, tries, answer, now);
            };
            let again = now.checked_add(wait).ok();
            if settle_as(scope, claim, NotificationState::Pending, again, tries, answer, now)? {
                commands::failing(scope, &claim.notification, tries, now)?;
            }
            Ok(())
        }
        Outcome::Refused { answer } => {
            finish(scope, AttemptOutcome::Refused, answer, false)?;
            give_up(scope, claim, tries, answer, now)
        }
    }
}

/// Gives a message up, and says so to whoever has to know.
pub(super) fn give_up(
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
