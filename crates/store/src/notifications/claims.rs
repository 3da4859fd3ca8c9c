//! Which messages are sent next, and what became of them: due times and fenced leases.

use domain::{NotificationId, NotificationState, OrgId};
use jiff::Timestamp;

use super::{Notification, columns, notification};
use crate::error::Error;
use crate::params;
use crate::row::Row;
use crate::tx::{Scope, Tx};

/// A message that the claimant alone may send, until its lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Whose message.
    pub org: OrgId,
    /// The message, now being sent.
    pub notification: Notification,
    /// Proves the lease.
    pub epoch: i64,
}

/// What became of a message that was claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// What it is now: pending again, or over.
    pub state: NotificationState,
    /// When to try again; needed when it is pending.
    pub next_try_at: Option<Timestamp>,
    /// Tries so far.
    pub tries: u32,
    /// The destination's answer, or why it was dropped.
    pub answer: Option<String>,
    /// When that was known.
    pub at: Timestamp,
}

/// Takes leases on messages that are due and on those whose lease ran out, of all organisations.
///
/// Pages come first, among them first pages, and of equals the newest, since it is the most likely to matter still.
pub fn claim_due(
    tx: &mut Tx<'_>,
    now: Timestamp,
    lease_until: Timestamp,
    limit: u32,
) -> Result<Vec<Claim>, Error> {
    let mut claimed = tx.list(
        "UPDATE notification SET state = 'sending', lease_until = $2, epoch = epoch + 1
         WHERE (org_id, id) IN
             (SELECT org_id, id FROM notification
              WHERE (state = 'pending' AND next_try_at <= $1)
                  OR (state = 'sending' AND (lease_until IS NULL OR lease_until <= $1))
              ORDER BY CASE WHEN kind = 'page' THEN 0 ELSE 1 END,
                  CASE WHEN round = 1 AND step = 1 THEN 0 ELSE 1 END, due_at DESC, id LIMIT $3)
         RETURNING org_id, epoch, id, incident_id, generation, kind, round, step, responder_kind, responder_id,
             contact, reason, due_at, state, tries, next_try_at, settled_at, answer",
        params![now, lease_until, limit],
        claim,
    )?;
    claimed.sort_by_key(|claim| {
        let n = &claim.notification;
        let is_page = n.kind == domain::NoticeKind::Page;
        (!is_page, (n.round, n.step) != (1, 1), std::cmp::Reverse(n.due_at), n.id)
    });
    Ok(claimed)
}

/// Stores what became of a claimed message. Returns false, and changes nothing, when somebody has claimed it since.
pub fn settle(
    scope: &mut Scope<'_>,
    id: NotificationId,
    epoch: i64,
    settlement: &Settlement,
) -> Result<bool, Error> {
    let org = scope.org();
    let is_over = match settlement.state {
        NotificationState::Pending | NotificationState::Sending => false,
        NotificationState::Sent
        | NotificationState::Delivered
        | NotificationState::Failed
        | NotificationState::Superseded => true,
    };
    let settled = scope.execute(
        "UPDATE notification SET state = $4, next_try_at = $5, tries = $6, answer = $7, settled_at = $8,
             lease_until = NULL
         WHERE org_id = $1 AND id = $2 AND epoch = $3 AND state = 'sending'",
        params![
            org,
            id,
            epoch,
            settlement.state,
            settlement.next_try_at,
            settlement.tries,
            settlement.answer.as_deref(),
            is_over.then_some(settlement.at),
        ],
    )?;
    Ok(settled == 1)
}

/// Keeps what the destination calls a message that it accepted.
pub fn set_receipt(scope: &mut Scope<'_>, id: NotificationId, receipt: &str) -> Result<(), Error> {
    let org = scope.org();
    scope.execute_one(
        "UPDATE notification SET receipt = $3 WHERE org_id = $1 AND id = $2",
        params![org, id, receipt],
    )
}

/// Returns what the destination of a message called the first one about the same incident.
pub fn thread(scope: &mut Scope<'_>, message: &Notification) -> Result<Option<String>, Error> {
    let (org, (kind, id)) = (scope.org(), columns(message.responder));
    scope.query_opt(
        "SELECT receipt FROM notification
         WHERE org_id = $1 AND incident_id = $2 AND responder_kind = $3 AND responder_id = $4 AND contact = $5
             AND id <> $6 AND receipt IS NOT NULL
         ORDER BY settled_at, id LIMIT 1",
        params![org, message.incident, kind, id, &message.contact, message.id],
        |row| row.text(0),
    )
}

/// Returns when the next message can be claimed: when it is to be tried, or when the lease on it ends.
pub fn next_due(tx: &mut Tx<'_>) -> Result<Option<Timestamp>, Error> {
    tx.query_one(
        "SELECT MIN(CASE WHEN state = 'pending' THEN next_try_at ELSE COALESCE(lease_until, due_at) END)
         FROM notification WHERE state IN ('pending', 'sending')",
        params![],
        |row| row.opt_at(0),
    )
}

fn claim(row: &Row) -> Result<Claim, Error> {
    Ok(Claim { org: OrgId(row.uuid(0)?), epoch: row.int(1)?, notification: notification(row, 2)? })
}
