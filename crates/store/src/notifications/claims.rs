//! Which messages are sent next, and what became of them: due times and fenced leases.

use domain::{IncidentId, NotificationId, NotificationState, OrgId};
use jiff::Timestamp;

use super::{Notification, columns, notification};
use crate::error::Error;
use crate::params;
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

/// Most messages of one organisation in one look.
const MOST_OF_ONE: u32 = 1_000;

/// So many messages by each contact come before what any has more of: a thousand that wait for a slow destination take only the
/// room that others leave, and where there is room, all that is due for one contact goes out as one.
const FIRST_BY_CONTACT: u32 = 50;

/// More messages than ring at once for one incident at one contact.
const MOST_RINGING: u32 = 20;

/// Messages among which one that can't be read is looked for.
const MOST_LOOKED_AT: u32 = 100_000;

/// A message that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueMessage {
    /// Whose message.
    pub org: OrgId,
    /// The message.
    pub notification: Notification,
    /// Where it may have arrived already, the message that it was in, by itself or inside another one.
    pub inside: Option<NotificationId>,
}

/// Returns messages that are due, those whose lease ran out among them: of every organisation the most urgent.
///
/// Pages come first, among them first pages, and of equals the newest, since it is the most likely to matter still. What one
/// contact has too much of takes the room that is left.
pub fn list_due(tx: &mut Tx<'_>, now: Timestamp, limit: u32) -> Result<Vec<DueMessage>, Error> {
    tx.list(
        "SELECT org_id, id, incident_id, generation, kind, round, step, responder_kind, responder_id, contact,
             reason, due_at, state, tries, next_try_at, settled_at, answer,
             CASE WHEN state = 'sending' OR (tries > 0 AND EXISTS (SELECT 1 FROM attempt a
                 WHERE a.org_id = due.org_id AND a.notification_id = due.id AND a.may_have_arrived))
                 THEN COALESCE(folded_into, id) END
         FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY org_id
                   ORDER BY CASE WHEN own <= $4 THEN 0 ELSE 1 END, CASE WHEN kind = 'page' THEN 0 ELSE 1 END,
                       CASE WHEN round = 1 AND step = 1 THEN 0 ELSE 1 END, due_at DESC, id) AS place
               FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY org_id, responder_id, contact
                         ORDER BY CASE WHEN kind = 'page' THEN 0 ELSE 1 END,
                             CASE WHEN round = 1 AND step = 1 THEN 0 ELSE 1 END, due_at DESC, id) AS own
                     FROM notification
                     WHERE state IN ('pending', 'sending') AND ((state = 'pending' AND next_try_at <= $1)
                         OR (state = 'sending' AND (lease_until IS NULL OR lease_until <= $1)))) AS ready) AS due
         WHERE place <= $2 ORDER BY place, org_id LIMIT $3",
        params![now, MOST_OF_ONE, limit, FIRST_BY_CONTACT],
        |row| {
            let (org, inside) = (OrgId(row.uuid(0)?), row.opt_uuid(17)?.map(NotificationId));
            Ok(DueMessage { org, notification: notification(row, 1)?, inside })
        },
    )
}

/// Takes a lease on a message that is due, to go out by itself or inside another one. `None` when it no longer is due, since
/// somebody else took it.
pub fn claim(
    scope: &mut Scope<'_>,
    notification: &Notification,
    into: Option<NotificationId>,
    now: Timestamp,
    lease_until: Timestamp,
) -> Result<Option<Claim>, Error> {
    let org = scope.org();
    // A CASE, so that no index of what is due is searched for the one message.
    let epoch = scope.query_opt(
        "UPDATE notification SET state = 'sending', lease_until = $3, epoch = epoch + 1, folded_into = $5
         WHERE org_id = $1 AND id = $2 AND CASE state
             WHEN 'pending' THEN next_try_at <= $4
             WHEN 'sending' THEN COALESCE(lease_until, $4) <= $4 END
         RETURNING epoch",
        params![org, notification.id, lease_until, now, into],
        |row| row.int(0),
    )?;
    let sending = Notification { state: NotificationState::Sending, ..notification.clone() };
    Ok(epoch.map(|epoch| Claim { org, notification: sending, epoch }))
}

/// Puts off a message that nobody is sending, and says why.
pub fn put_off(scope: &mut Scope<'_>, id: NotificationId, until: Timestamp, why: &str) -> Result<(), Error> {
    let org = scope.org();
    scope.execute(
        "UPDATE notification SET next_try_at = $3, answer = $4 WHERE org_id = $1 AND id = $2 AND state = 'pending'",
        params![org, id, until, why],
    )?;
    Ok(())
}

/// Puts off a message that can't be made, unless somebody is sending it, and says why.
pub fn set_aside(
    scope: &mut Scope<'_>,
    id: NotificationId,
    now: Timestamp,
    until: Timestamp,
    why: &str,
) -> Result<(), Error> {
    let org = scope.org();
    scope.execute(
        "UPDATE notification SET answer = $5,
             next_try_at = CASE WHEN state = 'pending' THEN $4 ELSE next_try_at END,
             lease_until = CASE WHEN state = 'sending' THEN $4 ELSE lease_until END
         WHERE org_id = $1 AND id = $2 AND (state = 'pending'
             OR (state = 'sending' AND (lease_until IS NULL OR lease_until <= $3)))",
        params![org, id, now, until, why],
    )?;
    Ok(())
}

/// Returns messages that are due and can't be read.
pub fn list_unreadable(
    tx: &mut Tx<'_>,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<(OrgId, NotificationId)>, Error> {
    let due = tx.list(
        "SELECT org_id, id, incident_id, generation, kind, round, step, responder_kind, responder_id, contact,
             reason, due_at, state, tries, next_try_at, settled_at, answer
         FROM notification
         WHERE state IN ('pending', 'sending') AND ((state = 'pending' AND next_try_at <= $1)
             OR (state = 'sending' AND (lease_until IS NULL OR lease_until <= $1)))
         ORDER BY due_at, id LIMIT $2",
        params![now, MOST_LOOKED_AT],
        |row| {
            let ids = (OrgId(row.uuid(0)?), NotificationId(row.uuid(1)?));
            Ok(notification(row, 1).is_err().then_some(ids))
        },
    )?;
    Ok(due.into_iter().flatten().take(limit as usize).collect())
}

/// Notes that a page waits for the end of somebody's quiet hours.
pub fn hold(scope: &mut Scope<'_>, id: NotificationId, until: Timestamp) -> Result<(), Error> {
    let org = scope.org();
    scope.execute_one(
        "UPDATE notification SET held_until = $3 WHERE org_id = $1 AND id = $2",
        params![org, id, until],
    )
}

/// Lets go the messages of an incident that were put off with these words; returns how many there were.
pub fn release_put_off(
    scope: &mut Scope<'_>,
    incident: IncidentId,
    why: &str,
    now: Timestamp,
) -> Result<u64, Error> {
    let org = scope.org();
    scope.execute(
        "UPDATE notification SET next_try_at = $4
         WHERE org_id = $1 AND incident_id = $2 AND state = 'pending' AND answer = $3 AND next_try_at > $4",
        params![org, incident, why, now],
    )
}

/// Lets go the pages, and the word that nobody answered, that were put off for those who were paged for an incident, since
/// somebody has answered it.
pub fn release(scope: &mut Scope<'_>, incident: IncidentId, now: Timestamp) -> Result<u64, Error> {
    let org = scope.org();
    scope.execute(
        "UPDATE notification SET next_try_at = $3
         WHERE org_id = $1 AND kind IN ('page', 'unanswered') AND settled_at IS NULL AND state = 'pending'
             AND tries = 0 AND due_at <= $3 AND next_try_at > $3
             AND responder_id IN (SELECT paged.responder_id FROM notification paged
                 WHERE paged.org_id = $1 AND paged.incident_id = $2
                     AND paged.kind IN ('page', 'unanswered'))",
        params![org, incident, now],
    )
}

/// Returns the other incidents that a message told of, and in which generation of their paging.
pub fn list_folded(scope: &mut Scope<'_>, lead: NotificationId) -> Result<Vec<(IncidentId, u32)>, Error> {
    let org = scope.org();
    // Put in order here: asked to do it, SQLite walks all incidents of the organisation in that order.
    let mut told = scope.list(
        "SELECT incident_id, generation FROM (
             SELECT incident_id, generation FROM notification WHERE org_id = $1 AND folded_into = $2
             UNION ALL SELECT incident_id, generation FROM also_told WHERE org_id = $1 AND message_id = $2) AS told
         WHERE incident_id NOT IN (SELECT incident_id FROM notification WHERE org_id = $1 AND id = $2)
         LIMIT $3",
        params![org, lead, MOST_OF_ONE],
        |row| Ok((IncidentId(row.uuid(0)?), row.narrow(1)?)),
    )?;
    told.sort_unstable();
    told.dedup();
    Ok(told)
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

/// Returns what the destination calls a message that it accepted.
pub fn receipt(scope: &mut Scope<'_>, id: NotificationId) -> Result<Option<String>, Error> {
    let org = scope.org();
    let receipt = scope.query_opt(
        "SELECT receipt FROM notification WHERE org_id = $1 AND id = $2",
        params![org, id],
        |row| row.opt_text(0),
    )?;
    Ok(receipt.flatten())
}

/// Returns the first message about the same incident to the destination of a message, and what it is called there.
pub fn thread(
    scope: &mut Scope<'_>,
    message: &Notification,
) -> Result<Option<(NotificationId, String)>, Error> {
    let (org, (kind, id)) = (scope.org(), columns(message.responder));
    scope.query_opt(
        "SELECT COALESCE(folded_into, id), receipt FROM notification
         WHERE org_id = $1 AND incident_id = $2 AND responder_kind = $3 AND responder_id = $4 AND contact = $5
             AND id <> $6 AND receipt IS NOT NULL
         ORDER BY settled_at, id LIMIT 1",
        params![org, message.incident, kind, id, &message.contact, message.id],
        |row| Ok((NotificationId(row.uuid(0)?), row.text(1)?)),
    )
}

/// Returns the calls by the contact of a message that told of an incident, in whatever place, and that the destination has
/// names for, the newest first.
pub fn list_ringing(
    scope: &mut Scope<'_>,
    message: &Notification,
    incident: IncidentId,
) -> Result<Vec<NotificationId>, Error> {
    let (org, (kind, id)) = (scope.org(), columns(message.responder));
    scope.list(
        "SELECT n.id
         FROM (SELECT COALESCE(folded_into, id) AS message FROM notification WHERE org_id = $1 AND incident_id = $5
             UNION SELECT message_id FROM also_told WHERE org_id = $1 AND incident_id = $5) AS told
             CROSS JOIN notification n
         WHERE n.org_id = $1 AND n.id = told.message AND n.responder_kind = $2 AND n.responder_id = $3
             AND n.contact = $4 AND n.kind IN ('page', 'unanswered') AND n.receipt IS NOT NULL
         ORDER BY n.settled_at DESC, n.id LIMIT $6",
        params![org, kind, id, &message.contact, incident, MOST_RINGING],
        |row| Ok(NotificationId(row.uuid(0)?)),
    )
}

/// Returns when the next message is looked at: when it is to be tried, when the lease on it ends, or when it should have been
/// reported as arrived.
pub fn next_due(tx: &mut Tx<'_>) -> Result<Option<Timestamp>, Error> {
    tx.query_one(
        "SELECT MIN(due) FROM (
             SELECT MIN(CASE WHEN state = 'pending' THEN next_try_at ELSE COALESCE(lease_until, due_at) END) AS due
             FROM notification WHERE state IN ('pending', 'sending')
             UNION ALL SELECT MIN(confirm_by) AS due FROM notification WHERE confirm_by IS NOT NULL) AS all_due",
        params![],
        |row| row.opt_at(0),
    )
}
