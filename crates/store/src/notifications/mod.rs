//! Messages that are owed to responders, keyed by why they are owed, so that owing the same one twice is owing it once.
//!
//! A claim is a lease with an epoch; what a claimant says later counts only while its epoch is the last one.

mod claims;
mod receipts;
mod storms;
#[cfg(test)]
mod tests;

use domain::{
    ChannelId, IncidentId, NoticeKind, NotificationId, NotificationState, OrgId, UserId,
    escalation::Responder,
};
use jiff::Timestamp;
use uuid::Uuid;

use crate::error::Error;
use crate::params;
use crate::row::Row;
use crate::tx::{Scope, Tx};

pub use claims::{
    Claim, DueMessage, Settlement, claim, hold, list_due, list_folded, list_ringing, list_unreadable,
    next_due, put_off, receipt, release, release_put_off, set_aside, set_receipt, settle, thread,
};
pub use receipts::{
    Paged, deliver, expect, find_paged, list_inside, list_inside_others, refute, take_unconfirmed,
};
pub use storms::{is_under_way, list_ahead, list_also_told, list_sent, list_waiting, tell_also};

/// More contacts than were ever paged for one incident.
const MOST_PAGED: u32 = 10_000;

/// One message owed to one destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// Identity.
    pub id: NotificationId,
    /// What it is about.
    pub incident: IncidentId,
    /// The generation of paging it belongs to.
    pub generation: u32,
    /// What it says.
    pub kind: NoticeKind,
    /// The pass over the steps, from 1.
    pub round: u32,
    /// The step, from 1, told apart from that of another policy; of what no step made, how often it was owed before.
    pub step: u32,
    /// Who is told.
    pub responder: Responder,
    /// By which of their contacts; empty for a channel.
    pub contact: String,
    /// Why they are told, in words for a person.
    pub reason: String,
    /// When it should go out.
    pub due_at: Timestamp,
    /// What has become of it.
    pub state: NotificationState,
    /// Tries so far.
    pub tries: u32,
    /// When to try next; there while it is pending.
    pub next_try_at: Option<Timestamp>,
    /// When it was over.
    pub settled_at: Option<Timestamp>,
    /// The destination's last answer, or why it was dropped.
    pub answer: Option<String>,
}

/// Steps of the same number that belong to different policies of one incident are kept apart by this in [`Notification::step`];
/// no policy has as many.
const POLICIES_APART: u32 = 1_000;

/// More policies than page one person for one incident at different times.
const MOST_POLICIES: u32 = 50;

impl Notification {
    /// The round and the step that made it, as people know them; zeros where none did.
    #[must_use]
    pub const fn place(&self) -> (u32, u32) {
        match self.round {
            0 => (0, 0),
            round => (round, self.step % POLICIES_APART),
        }
    }

    /// Whether it has been left to others to be sent, so far.
    fn is_unsent(&self) -> bool {
        self.state == NotificationState::Pending && self.tries == 0
    }
}

/// Owes the page of a step, beside those that steps of the same number of other policies made for the same contact; returns it as
/// it is owed. `None` when it is owed already, or one of those leaves at the very time for it, which changes nothing.
pub fn insert_beside(scope: &mut Scope<'_>, page: &Notification) -> Result<Option<Notification>, Error> {
    let mut page = page.clone();
    for _ in 0..MOST_POLICIES {
        if insert_if_absent(scope, &page)? {
            return Ok(Some(page));
        }
        let leaves_with = |other: &Notification| other.is_unsent() && other.due_at == page.due_at;
        if get(scope, page.id)?.is_some()
            || find_at_its_place(scope, &page)?.is_some_and(|it| leaves_with(&it))
        {
            return Ok(None);
        }
        page.step += POLICIES_APART;
    }
    Ok(None)
}

/// Returns the message that has the place of another one.
fn find_at_its_place(scope: &mut Scope<'_>, of: &Notification) -> Result<Option<Notification>, Error> {
    let (org, (_, id)) = (scope.org(), columns(of.responder));
    scope.query_opt(
        "SELECT id, incident_id, generation, kind, round, step, responder_kind, responder_id, contact, reason,
             due_at, state, tries, next_try_at, settled_at, answer
         FROM notification
         WHERE org_id = $1 AND incident_id = $2 AND generation = $3 AND kind = $4 AND round = $5 AND step = $6
             AND responder_id = $7 AND contact = $8",
        params![org, of.incident, of.generation, of.kind, of.round, of.step, id, &of.contact],
        |row| notification(row, 0),
    )
}

fn columns(responder: Responder) -> (&'static str, Uuid) {
    match responder {
        Responder::User(id) => ("user", id.0),
        Responder::Channel(id) => ("channel", id.0),
    }
}

/// Owes a message; returns false when it is owed already, which changes nothing.
pub fn insert_if_absent(scope: &mut Scope<'_>, notification: &Notification) -> Result<bool, Error> {
    let (org, (responder_kind, responder_id)) = (scope.org(), columns(notification.responder));
    let inserted = scope.execute(
        "INSERT INTO notification
             (org_id, id, incident_id, generation, kind, round, step, responder_kind, responder_id, contact,
              reason, due_at, state, tries, next_try_at, settled_at, answer, epoch)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 0)
         ON CONFLICT DO NOTHING",
        params![
            org,
            notification.id,
            notification.incident,
            notification.generation,
            notification.kind,
            notification.round,
            notification.step,
            responder_kind,
            responder_id,
            &notification.contact,
            &notification.reason,
            notification.due_at,
            notification.state,
            notification.tries,
            notification.next_try_at,
            notification.settled_at,
            notification.answer.as_deref(),
        ],
    )?;
    Ok(inserted == 1)
}

/// Returns the message with this id.
pub fn get(scope: &mut Scope<'_>, id: NotificationId) -> Result<Option<Notification>, Error> {
    let org = scope.org();
    scope.query_opt(
        "SELECT id, incident_id, generation, kind, round, step, responder_kind, responder_id, contact, reason,
             due_at, state, tries, next_try_at, settled_at, answer
         FROM notification WHERE org_id = $1 AND id = $2",
        params![org, id],
        |row| notification(row, 0),
    )
}

/// Returns the message with this id and whose it is: for links that name no organisation.
pub fn find_any(tx: &mut Tx<'_>, id: NotificationId) -> Result<Option<(OrgId, Notification)>, Error> {
    tx.query_opt(
        "SELECT org_id, id, incident_id, generation, kind, round, step, responder_kind, responder_id, contact,
             reason, due_at, state, tries, next_try_at, settled_at, answer
         FROM notification WHERE id = $1",
        params![id],
        |row| Ok((OrgId(row.uuid(0)?), notification(row, 1)?)),
    )
}

/// Drops what is owed of these kinds up to and with a generation, and not being sent just now; returns how many.
pub fn supersede_pending(
    scope: &mut Scope<'_>,
    incident: IncidentId,
    kinds: &[NoticeKind],
    generation: u32,
    answer: &str,
    at: Timestamp,
) -> Result<u64, Error> {
    let org = scope.org();
    let mut dropped = 0;
    for kind in kinds {
        dropped += scope.execute(
            "UPDATE notification SET state = 'superseded', next_try_at = NULL, answer = $5, settled_at = $6
             WHERE org_id = $1 AND incident_id = $2 AND kind = $3 AND generation <= $4 AND state = 'pending'",
            params![org, incident, *kind, generation, answer, at],
        )?;
    }
    Ok(dropped)
}

/// Drops the pages that one responder is still owed for an incident, and that are not being sent just now; returns how many.
pub fn supersede_for(
    scope: &mut Scope<'_>,
    incident: IncidentId,
    responder: Responder,
    answer: &str,
    at: Timestamp,
) -> Result<u64, Error> {
    let (org, (kind, id)) = (scope.org(), columns(responder));
    scope.execute(
        "UPDATE notification SET state = 'superseded', next_try_at = NULL, answer = $5, settled_at = $6
         WHERE org_id = $1 AND incident_id = $2 AND responder_kind = $3 AND responder_id = $4 AND kind = 'page'
             AND settled_at IS NULL AND state = 'pending'",
        params![org, incident, kind, id, answer, at],
    )
}

/// Makes the earliest page that the responder of `failing` is still owed by another contact, and that was not tried yet,
/// due now; returns false when there is none.
pub fn pull_forward(scope: &mut Scope<'_>, failing: &Notification, now: Timestamp) -> Result<bool, Error> {
    let (org, (kind, id)) = (scope.org(), columns(failing.responder));
    let pulled = scope.execute(
        "UPDATE notification SET
             due_at = CASE WHEN due_at > $6 THEN $6 ELSE due_at END,
             next_try_at = CASE WHEN next_try_at > $6 THEN $6 ELSE next_try_at END, held_until = NULL
         WHERE org_id = $1 AND id =
             (SELECT id FROM notification
              WHERE org_id = $1 AND incident_id = $2 AND responder_kind = $3 AND responder_id = $4
                  AND generation = $5 AND kind = 'page' AND settled_at IS NULL AND state = 'pending' AND tries = 0
                  AND contact <> $7
              ORDER BY next_try_at, id LIMIT 1)",
        params![org, failing.incident, kind, id, failing.generation, now, &failing.contact],
    )?;
    Ok(pulled == 1)
}

/// Whether any page of a generation, or word that nobody answered, has been accepted by its destination.
pub fn has_reached(scope: &mut Scope<'_>, incident: IncidentId, generation: u32) -> Result<bool, Error> {
    let org = scope.org();
    let found = scope.query_opt(
        "SELECT 1 FROM notification
         WHERE org_id = $1 AND incident_id = $2 AND generation = $3 AND kind IN ('page', 'unanswered')
             AND state IN ('sent', 'delivered') LIMIT 1",
        params![org, incident, generation],
        |row| row.int(0),
    )?;
    Ok(found.is_some())
}

/// Whether somebody need not be called in the place of `failing`: a page of the same generation has reached its responder by
/// another contact, or one of the same step has reached another person or is to be tried just now.
pub fn is_reached(scope: &mut Scope<'_>, failing: &Notification, now: Timestamp) -> Result<bool, Error> {
    let (org, (kind, id)) = (scope.org(), columns(failing.responder));
    let found = scope.query_opt(
        "SELECT 1 FROM notification
         WHERE org_id = $1 AND incident_id = $2 AND generation = $5 AND kind = 'page' AND id <> $8
             AND ((responder_kind = $3 AND responder_id = $4 AND state IN ('sent', 'delivered'))
                 OR (responder_kind = 'user' AND round = $6 AND step = $7
                     AND (state IN ('sent', 'delivered')
                         OR (state IN ('pending', 'sending') AND tries = 0 AND due_at <= $9))))
         LIMIT 1",
        params![
            org,
            failing.incident,
            kind,
            id,
            failing.generation,
            failing.round,
            failing.step,
            failing.id,
            now
        ],
        |row| row.int(0),
    )?;
    Ok(found.is_some())
}

/// Whether a step of this round has paged somebody, by whatever policy, or owes it.
pub fn has_page(
    scope: &mut Scope<'_>,
    incident: IncidentId,
    generation: u32,
    round: u32,
) -> Result<bool, Error> {
    let org = scope.org();
    let found = scope.query_opt(
        "SELECT 1 FROM notification
         WHERE org_id = $1 AND incident_id = $2 AND generation = $3 AND kind = 'page' AND round = $4 LIMIT 1",
        params![org, incident, generation, round],
        |row| row.int(0),
    )?;
    Ok(found.is_some())
}

/// Returns the messages of an incident, in the order in which they were due.
pub fn list(scope: &mut Scope<'_>, incident: IncidentId, limit: u32) -> Result<Vec<Notification>, Error> {
    let org = scope.org();
    scope.list(
        "SELECT id, incident_id, generation, kind, round, step, responder_kind, responder_id, contact, reason,
             due_at, state, tries, next_try_at, settled_at, answer
         FROM notification WHERE org_id = $1 AND incident_id = $2 ORDER BY due_at, id LIMIT $3",
        params![org, incident, limit],
        |row| notification(row, 0),
    )
}

/// Returns who was paged for an incident or told that nobody answered, may have been, or would have been had it lasted until a
/// try succeeded; in any generation, each contact once.
pub fn list_paged(scope: &mut Scope<'_>, incident: IncidentId) -> Result<Vec<(Responder, String)>, Error> {
    let org = scope.org();
    let mut paged = scope.list(
        "SELECT DISTINCT responder_kind, responder_id, contact FROM notification
         WHERE org_id = $1 AND kind IN ('page', 'unanswered')
             AND id IN (SELECT id FROM notification WHERE org_id = $1 AND incident_id = $2
                 UNION ALL SELECT message_id FROM also_told WHERE org_id = $1 AND incident_id = $2)
             AND (state IN ('sent', 'delivered', 'sending') OR (tries > 0 AND state <> 'failed'))
         LIMIT $3",
        params![org, incident, MOST_PAGED],
        |row| Ok((responder(row, 0)?, row.text(2)?)),
    )?;
    paged.sort_unstable();
    Ok(paged)
}

/// Returns how many messages there are in each state that occurs, over all organisations.
pub fn count_by_state(tx: &mut Tx<'_>) -> Result<Vec<(NotificationState, i64)>, Error> {
    let mut counts =
        tx.list("SELECT state, COUNT(*) FROM notification GROUP BY state", params![], |row| {
            Ok((row.word(0, NotificationState::from_word)?, row.int(1)?))
        })?;
    counts.sort_unstable();
    Ok(counts)
}

fn notification(row: &Row, first: usize) -> Result<Notification, Error> {
    Ok(Notification {
        id: NotificationId(row.uuid(first)?),
        incident: IncidentId(row.uuid(first + 1)?),
        generation: row.narrow(first + 2)?,
        kind: row.word(first + 3, NoticeKind::from_word)?,
        round: row.narrow(first + 4)?,
        step: row.narrow(first + 5)?,
        responder: responder(row, first + 6)?,
        contact: row.text(first + 8)?,
        reason: row.text(first + 9)?,
        due_at: row.at(first + 10)?,
        state: row.word(first + 11, NotificationState::from_word)?,
        tries: row.narrow(first + 12)?,
        next_try_at: row.opt_at(first + 13)?,
        settled_at: row.opt_at(first + 14)?,
        answer: row.opt_text(first + 15)?,
    })
}

fn responder(row: &Row, column: usize) -> Result<Responder, Error> {
    let id = row.uuid(column + 1)?;
    row.word(column, |kind| match kind {
        "user" => Some(Responder::User(UserId(id))),
        "channel" => Some(Responder::Channel(ChannelId(id))),
        _ => None,
    })
}
