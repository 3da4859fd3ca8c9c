//! What became of messages after they were accepted, and which page somebody means who answers by nothing but a number.

use domain::{IncidentId, NotificationId, OrgId, escalation::Responder};
use jiff::Timestamp;

use super::{Notification, columns, notification};
use crate::error::Error;
use crate::params;
use crate::row::Row;
use crate::tx::{Scope, Tx};

/// More messages than go out as one.
const MOST_INSIDE: u32 = 1_000;

/// More messages than an incident has.
const MOST_OF_AN_INCIDENT: u32 = 10_000;

/// A page that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paged {
    /// The page.
    pub notification: Notification,
    /// The message that it went out in: itself, or the one that it was folded into.
    pub lead: NotificationId,
    /// Whether nobody has answered its incident.
    pub is_open: bool,
}

/// Expects word by this instant that a message arrived.
pub fn expect(scope: &mut Scope<'_>, id: NotificationId, by: Timestamp) -> Result<(), Error> {
    let org = scope.org();
    let sql = "UPDATE notification SET confirm_by = $3 WHERE org_id = $1 AND id = $2 AND state = 'sent'";
    scope.execute(sql, params![org, id, by]).map(drop)
}

/// Returns messages of which no word came in time, of all organisations; each is returned once.
pub fn take_unconfirmed(
    tx: &mut Tx<'_>,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<(OrgId, Notification)>, Error> {
    tx.list(
        "UPDATE notification SET confirm_by = NULL
         WHERE (org_id, id) IN (SELECT org_id, id FROM notification WHERE confirm_by <= $1
             ORDER BY confirm_by, id LIMIT $2)
         RETURNING org_id, id, incident_id, generation, kind, round, step, responder_kind, responder_id, contact,
             reason, due_at, state, tries, next_try_at, settled_at, answer",
        params![now, limit],
        |row| Ok((OrgId(row.uuid(0)?), notification(row, 1)?)),
    )
}

/// Records that a message and all that went out inside it reached the person; returns whether that is news. What was to be sent
/// again is sent no more.
pub fn deliver(scope: &mut Scope<'_>, lead: NotificationId, at: Timestamp) -> Result<bool, Error> {
    let org = scope.org();
    let delivered = scope.execute(
        "UPDATE notification SET state = 'delivered', delivered_at = $3, settled_at = COALESCE(settled_at, $3),
             next_try_at = NULL, lease_until = NULL, confirm_by = NULL
         WHERE org_id = $1 AND state IN ('pending', 'sending', 'sent', 'failed')
             AND id IN (SELECT id FROM notification WHERE org_id = $1 AND id = $2
                 UNION ALL SELECT id FROM notification WHERE org_id = $1 AND folded_into = $2)",
        params![org, lead, at],
    )?;
    Ok(delivered > 0)
}

/// Records that a message which its destination had accepted under this receipt did not arrive, with all that went out inside
/// it. Returns false, and changes nothing, when it has arrived, is sent again, or has been accepted anew since.
pub fn refute(
    scope: &mut Scope<'_>,
    lead: NotificationId,
    receipt: &str,
    why: &str,
    at: Timestamp,
) -> Result<bool, Error> {
    let org = scope.org();
    let refuted = scope.execute(
        "UPDATE notification SET state = 'failed', answer = $4, settled_at = $5, confirm_by = NULL
         WHERE org_id = $1 AND id = $2 AND state = 'sent' AND receipt = $3",
        params![org, lead, receipt, why, at],
    )?;
    if refuted == 1 {
        scope.execute(
            "UPDATE notification SET state = 'failed', answer = $3, settled_at = $4
             WHERE org_id = $1 AND folded_into = $2 AND state = 'sent'",
            params![org, lead, why, at],
        )?;
    }
    Ok(refuted == 1)
}

/// Returns a message and those that went out inside it, itself first.
pub fn list_inside(scope: &mut Scope<'_>, lead: NotificationId) -> Result<Vec<Notification>, Error> {
    let org = scope.org();
    scope.list(
        "SELECT id, incident_id, generation, kind, round, step, responder_kind, responder_id, contact, reason,
             due_at, state, tries, next_try_at, settled_at, answer
         FROM notification WHERE org_id = $1
             AND id IN (SELECT id FROM notification WHERE org_id = $1 AND id = $2
                 UNION ALL SELECT id FROM notification WHERE org_id = $1 AND folded_into = $2)
         ORDER BY CASE WHEN id = $2 THEN 0 ELSE 1 END, due_at, id LIMIT $3",
        params![org, lead, MOST_INSIDE],
        |row| notification(row, 0),
    )
}

/// Returns the messages of an incident that went out inside others, each with the one that it was in.
pub fn list_inside_others(
    scope: &mut Scope<'_>,
    incident: IncidentId,
) -> Result<Vec<(NotificationId, NotificationId)>, Error> {
    let org = scope.org();
    scope.list(
        "SELECT id, folded_into FROM notification
         WHERE org_id = $1 AND incident_id = $2 AND folded_into IS NOT NULL ORDER BY due_at, id LIMIT $3",
        params![org, incident, MOST_OF_AN_INCIDENT],
        |row| Ok((NotificationId(row.uuid(0)?), NotificationId(row.uuid(1)?))),
    )
}

/// Returns the newest page, or word that nobody answered, that was sent to a responder: of incidents that nobody has
/// answered first, by one contact where one is named, and about the incident with this number where that is named.
///
/// What never left is not meant, and what only may have arrived comes after all that was accepted.
///
/// Each question is one of a few rows, however much was sent to somebody before.
pub fn find_paged(
    scope: &mut Scope<'_>,
    responder: Responder,
    contact: Option<&str>,
    number: Option<i64>,
) -> Result<Option<Paged>, Error> {
    if let Some(number) = number {
        return find_paged_for(scope, responder, contact, number);
    }
    if let Some(open) = find_paged_open(scope, responder, contact)? {
        return Ok(Some(open));
    }
    match find_settled(scope, responder, contact)? {
        Some(settled) => Ok(Some(settled)),
        None => find_under_way(scope, responder, contact),
    }
}

fn find_paged_for(
    scope: &mut Scope<'_>,
    responder: Responder,
    contact: Option<&str>,
    number: i64,
) -> Result<Option<Paged>, Error> {
    let (org, (kind, id)) = (scope.org(), columns(responder));
    scope.query_opt(
        "SELECT n.id, n.incident_id, n.generation, n.kind, n.round, n.step, n.responder_kind, n.responder_id,
             n.contact, n.reason, n.due_at, n.state, n.tries, n.next_try_at, n.settled_at, n.answer,
             COALESCE(n.folded_into, n.id), i.response = 'open'
         FROM incident i JOIN notification n ON n.org_id = i.org_id AND n.incident_id = i.id
         WHERE i.org_id = $1 AND i.number = $5
             AND n.org_id = $1 AND n.responder_id = $3 AND n.responder_kind = $2
             AND n.kind IN ('page', 'unanswered')
             AND (n.state IN ('sent', 'delivered') OR EXISTS (SELECT 1 FROM attempt a
                 WHERE a.org_id = n.org_id AND a.notification_id = n.id
                     AND (a.may_have_arrived OR a.outcome IS NULL)))
             AND (CAST($4 AS TEXT) IS NULL OR n.contact = $4)
         ORDER BY CASE WHEN i.response = 'open' AND n.generation = i.generation THEN 0 ELSE 1 END,
             CASE WHEN n.settled_at IS NULL THEN 1 ELSE 0 END, COALESCE(n.settled_at, n.due_at) DESC, n.id LIMIT 1",
        params![org, kind, id, contact, number],
        paged,
    )
}

/// Of what nobody has answered. The incidents come first: there are few that are open.
fn find_paged_open(
    scope: &mut Scope<'_>,
    responder: Responder,
    contact: Option<&str>,
) -> Result<Option<Paged>, Error> {
    let (org, (kind, id)) = (scope.org(), columns(responder));
    scope.query_opt(
        "SELECT n.id, n.incident_id, n.generation, n.kind, n.round, n.step, n.responder_kind, n.responder_id,
             n.contact, n.reason, n.due_at, n.state, n.tries, n.next_try_at, n.settled_at, n.answer,
             COALESCE(n.folded_into, n.id), i.response = 'open'
         FROM incident i CROSS JOIN notification n
         WHERE i.org_id = $1 AND i.resolved_at IS NULL AND i.response = 'open'
             AND n.org_id = $1 AND n.incident_id = i.id AND n.generation = i.generation
             AND n.responder_id = $3 AND n.responder_kind = $2
             AND n.kind IN ('page', 'unanswered')
             AND (n.state IN ('sent', 'delivered') OR EXISTS (SELECT 1 FROM attempt a
                 WHERE a.org_id = n.org_id AND a.notification_id = n.id
                     AND (a.may_have_arrived OR a.outcome IS NULL)))
             AND (CAST($4 AS TEXT) IS NULL OR n.contact = $4)
         ORDER BY CASE WHEN n.settled_at IS NULL THEN 1 ELSE 0 END, COALESCE(n.settled_at, n.due_at) DESC, n.id LIMIT 1",
        params![org, kind, id, contact],
        paged,
    )
}

fn find_under_way(
    scope: &mut Scope<'_>,
    responder: Responder,
    contact: Option<&str>,
) -> Result<Option<Paged>, Error> {
    let (org, (kind, id)) = (scope.org(), columns(responder));
    scope.query_opt(
        "SELECT n.id, n.incident_id, n.generation, n.kind, n.round, n.step, n.responder_kind, n.responder_id,
             n.contact, n.reason, n.due_at, n.state, n.tries, n.next_try_at, n.settled_at, n.answer,
             COALESCE(n.folded_into, n.id), i.response = 'open'
         FROM notification n JOIN incident i ON i.org_id = n.org_id AND i.id = n.incident_id
         WHERE n.org_id = $1 AND n.responder_id = $3 AND n.responder_kind = $2
             AND n.kind IN ('page', 'unanswered')
             AND n.settled_at IS NULL AND (n.state IN ('sent', 'delivered') OR EXISTS (SELECT 1 FROM attempt a
                 WHERE a.org_id = n.org_id AND a.notification_id = n.id
                     AND (a.may_have_arrived OR a.outcome IS NULL)))
             AND (CAST($4 AS TEXT) IS NULL OR n.contact = $4)
         ORDER BY n.due_at DESC, n.id LIMIT 1",
        params![org, kind, id, contact],
        paged,
    )
}

fn find_settled(
    scope: &mut Scope<'_>,
    responder: Responder,
    contact: Option<&str>,
) -> Result<Option<Paged>, Error> {
    let (org, (kind, id)) = (scope.org(), columns(responder));
    scope.query_opt(
        "SELECT n.id, n.incident_id, n.generation, n.kind, n.round, n.step, n.responder_kind, n.responder_id,
             n.contact, n.reason, n.due_at, n.state, n.tries, n.next_try_at, n.settled_at, n.answer,
             COALESCE(n.folded_into, n.id), i.response = 'open'
         FROM notification n JOIN incident i ON i.org_id = n.org_id AND i.id = n.incident_id
         WHERE n.org_id = $1 AND n.responder_id = $3 AND n.responder_kind = $2
             AND n.kind IN ('page', 'unanswered')
             AND n.settled_at IS NOT NULL AND (n.state IN ('sent', 'delivered') OR EXISTS (SELECT 1 FROM attempt a
                 WHERE a.org_id = n.org_id AND a.notification_id = n.id
                     AND (a.may_have_arrived OR a.outcome IS NULL)))
             AND (CAST($4 AS TEXT) IS NULL OR n.contact = $4)
         ORDER BY n.settled_at DESC, n.id LIMIT 1",
        params![org, kind, id, contact],
        paged,
    )
}

fn paged(row: &Row) -> Result<Paged, Error> {
    Ok(Paged {
        notification: notification(row, 0)?,
        lead: NotificationId(row.uuid(16)?),
        is_open: row.bool(17)?,
    })
}
