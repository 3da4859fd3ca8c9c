//! Tries at delivering a message: begun before anything is sent, so that a try is never forgotten.

use domain::{AttemptId, NotificationId};
use jiff::Timestamp;

use crate::error::Error;
use crate::params;
use crate::row::Row;
use crate::tx::Scope;

/// More tries than any message gets.
const MOST_ATTEMPTS: u32 = 1_000;

/// What a try led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptOutcome {
    /// The destination accepted the message.
    Accepted,
    /// The destination can't take it now.
    TryAgain,
    /// The destination will never take it.
    Refused,
}

/// One try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// From 1.
    pub number: u32,
    /// What the destination is told, to recognise a repeat.
    pub id: AttemptId,
    /// Which node tries.
    pub node: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When its end was recorded.
    pub ended_at: Option<Timestamp>,
    /// What it led to; unknown until it ends, and for ever when the node died.
    pub outcome: Option<AttemptOutcome>,
    /// The destination's answer, shortened.
    pub answer: Option<String>,
    /// Whether the message may have arrived although it was not accepted.
    pub may_have_arrived: bool,
}

impl AttemptOutcome {
    /// Returns the word for it in the ledger and on the wire.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            AttemptOutcome::Accepted => "accepted",
            AttemptOutcome::TryAgain => "try_again",
            AttemptOutcome::Refused => "refused",
        }
    }

    fn from_word(word: &str) -> Option<AttemptOutcome> {
        [AttemptOutcome::Accepted, AttemptOutcome::TryAgain, AttemptOutcome::Refused]
            .into_iter()
            .find(|outcome| outcome.word() == word)
    }
}

/// Keeps what is reported of a message whose try has not ended, in the place of the answer that it does not have yet. Returns
/// whether there is such a try.
pub fn report_early(
    scope: &mut Scope<'_>,
    notification: NotificationId,
    report: &str,
) -> Result<bool, Error> {
    let org = scope.org();
    let kept = scope.execute(
        "UPDATE attempt SET answer = $3 WHERE org_id = $1 AND notification_id = $2 AND outcome IS NULL
             AND EXISTS (SELECT 1 FROM notification WHERE org_id = $1 AND id = $2 AND state = 'sending')",
        params![org, notification, report],
    )?;
    Ok(kept > 0)
}

/// Begins a try; returns its id. One that was begun before, and not ended by a crash, keeps the id it had, so that the
/// destination can see that it is the same.
pub fn start(
    scope: &mut Scope<'_>,
    notification: NotificationId,
    number: u32,
    id: AttemptId,
    node: &str,
    at: Timestamp,
) -> Result<AttemptId, Error> {
    let org = scope.org();
    scope.execute(
        "INSERT INTO attempt (org_id, notification_id, number, id, node, started_at, may_have_arrived)
         VALUES ($1, $2, $3, $4, $5, $6, FALSE) ON CONFLICT (org_id, notification_id, number) DO NOTHING",
        params![org, notification, number, id, node, at],
    )?;
    scope.query_one(
        "SELECT id FROM attempt WHERE org_id = $1 AND notification_id = $2 AND number = $3",
        params![org, notification, number],
        |row| row.uuid(0).map(AttemptId),
    )
}

/// Records how a try ended. [`Error::NotFound`] when it was never begun.
pub fn finish(
    scope: &mut Scope<'_>,
    notification: NotificationId,
    number: u32,
    outcome: AttemptOutcome,
    answer: &str,
    may_have_arrived: bool,
    at: Timestamp,
) -> Result<(), Error> {
    let org = scope.org();
    scope.execute_one(
        "UPDATE attempt SET outcome = $4, answer = $5, may_have_arrived = $6, ended_at = $7
         WHERE org_id = $1 AND notification_id = $2 AND number = $3",
        params![org, notification, number, outcome.word(), answer, may_have_arrived, at],
    )
}

/// Returns the tries of a message, first to last.
pub fn list(scope: &mut Scope<'_>, notification: NotificationId) -> Result<Vec<Attempt>, Error> {
    let org = scope.org();
    scope.list(
        "SELECT number, id, node, started_at, ended_at, outcome, answer, may_have_arrived FROM attempt
         WHERE org_id = $1 AND notification_id = $2 ORDER BY number LIMIT $3",
        params![org, notification, MOST_ATTEMPTS],
        attempt,
    )
}

/// Returns the last try of a message.
pub fn last(scope: &mut Scope<'_>, notification: NotificationId) -> Result<Option<Attempt>, Error> {
    let org = scope.org();
    scope.query_opt(
        "SELECT number, id, node, started_at, ended_at, outcome, answer, may_have_arrived FROM attempt
         WHERE org_id = $1 AND notification_id = $2 ORDER BY number DESC LIMIT 1",
        params![org, notification],
        attempt,
    )
}

fn attempt(row: &Row) -> Result<Attempt, Error> {
    Ok(Attempt {
        number: row.narrow(0)?,
        id: AttemptId(row.uuid(1)?),
        node: row.text(2)?,
        started_at: row.at(3)?,
        ended_at: row.opt_at(4)?,
        outcome: row.opt_word(5, AttemptOutcome::from_word)?,
        answer: row.opt_text(6)?,
        may_have_arrived: row.bool(7)?,
    })
}
