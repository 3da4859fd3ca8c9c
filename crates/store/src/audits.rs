//! What a self-audit asks of the ledger. For workers: of all organisations.

use domain::audit::{Due, DueMessage, DueStep, Forgotten};
use domain::{IncidentId, NoticeKind, NotificationId, OrgId, PolicyId};
use jiff::Timestamp;

use crate::error::Error;
use crate::params;
use crate::row::Row;
use crate::settings;
use crate::tx::Tx;

#[cfg(test)]
mod tests;

/// Rows of each kind that are looked at. The likeliest to be trouble come first, so that more would add nothing.
const MOST: u32 = 100;

/// The setting that says when a process audited itself last.
const AUDITED: &str = "audited_at";

/// Notes that a process audits itself: a ledger that can be read and not written pages nobody.
pub fn mark(tx: &mut Tx<'_>, now: Timestamp) -> Result<(), Error> {
    settings::set(tx, AUDITED, &now.to_string())
}

/// Returns when a process audited itself last.
pub fn find_mark(tx: &mut Tx<'_>) -> Result<Option<Timestamp>, Error> {
    let found = settings::find(tx, AUDITED)?;
    let read = |text: String| text.parse().map_err(|_| Error::corrupt(format!("{text:?} is no instant")));
    found.map(read).transpose()
}

/// Returns what is due or under way, what nobody has taken up first, then the oldest.
pub fn list_due(tx: &mut Tx<'_>, now: Timestamp) -> Result<Due, Error> {
    Ok(Due { steps: list_steps(tx, now)?, messages: list_messages(tx, now)?, forgotten: list_forgotten(tx)? })
}

fn list_steps(tx: &mut Tx<'_>, now: Timestamp) -> Result<Vec<DueStep>, Error> {
    tx.list(
        "SELECT timer.org_id, timer.incident_id, incident.number, timer.policy_id, timer.due_at,
             timer.lease_until
         FROM timer JOIN incident ON incident.org_id = timer.org_id AND incident.id = timer.incident_id
         WHERE timer.due_at <= $1
         ORDER BY CASE WHEN timer.lease_until > $1 THEN 1 ELSE 0 END, timer.due_at, timer.incident_id,
             timer.policy_id
         LIMIT $2",
        params![now, MOST],
        |row| {
            Ok(DueStep {
                org: OrgId(row.uuid(0)?),
                incident: IncidentId(row.uuid(1)?),
                number: row.int(2)?,
                policy: PolicyId(row.uuid(3)?),
                due_at: row.at(4)?,
                lease_until: row.opt_at(5)?,
            })
        },
    )
}

fn list_messages(tx: &mut Tx<'_>, now: Timestamp) -> Result<Vec<DueMessage>, Error> {
    tx.list(
        "SELECT owed.org_id, owed.id, incident.number, owed.kind, owed.contact, owed.tries,
             COALESCE(owed.next_try_at, owed.due_at), CASE WHEN owed.state = 'sending' THEN 1 ELSE 0 END,
             owed.lease_until
         FROM notification owed
             JOIN incident ON incident.org_id = owed.org_id AND incident.id = owed.incident_id
         WHERE owed.state IN ('pending', 'sending') AND (owed.state = 'sending' OR owed.next_try_at <= $1)
         ORDER BY CASE WHEN owed.state = 'sending' AND owed.lease_until > $1 THEN 1 ELSE 0 END,
             COALESCE(owed.next_try_at, owed.due_at), owed.id
         LIMIT $2",
        params![now, MOST],
        message,
    )
}

fn message(row: &Row) -> Result<DueMessage, Error> {
    let kind = row.text(3)?;
    Ok(DueMessage {
        org: OrgId(row.uuid(0)?),
        id: NotificationId(row.uuid(1)?),
        number: row.int(2)?,
        kind: NoticeKind::from_word(&kind)
            .ok_or_else(|| Error::corrupt(format!("{kind:?} is no kind of a notification")))?,
        contact: row.text(4)?,
        tries: row.narrow(5)?,
        try_at: row.at(6)?,
        is_sending: row.int(7)? == 1,
        lease_until: row.opt_at(8)?,
    })
}

/// Lists incidents that page while no policy has a step ahead or behind, and that nobody was ever owed word of.
fn list_forgotten(tx: &mut Tx<'_>) -> Result<Vec<Forgotten>, Error> {
    tx.list(
        "SELECT incident.org_id, incident.id, incident.number, incident.first_page_at FROM incident
         WHERE incident.resolved_at IS NULL AND incident.response = 'open'
             AND incident.first_page_at IS NOT NULL
             AND NOT EXISTS (SELECT 1 FROM timer
                 WHERE timer.org_id = incident.org_id AND timer.incident_id = incident.id
                     AND timer.due_at IS NOT NULL)
             AND NOT EXISTS (SELECT 1 FROM notification owed
                 WHERE owed.org_id = incident.org_id AND owed.incident_id = incident.id
                     AND owed.generation = incident.generation)
         ORDER BY incident.first_page_at, incident.id LIMIT $1",
        params![MOST],
        |row| {
            Ok(Forgotten {
                org: OrgId(row.uuid(0)?),
                incident: IncidentId(row.uuid(1)?),
                number: row.int(2)?,
                since: row.at(3)?,
            })
        },
    )
}
