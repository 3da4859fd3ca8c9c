//! What is to be done after incidents, by whom and by when.

use domain::incident::Actor;
use domain::postmortem::Action;
use domain::{IncidentId, UserId};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::error::Error;
use crate::row::Row;
use crate::tx::{Scope, Tx};
use crate::{actor, params};

/// Most in one answer; what is due last is left out.
const MOST: u32 = 1_000;

/// How much is to be done in all organisations together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OpenActions {
    /// What is not done.
    pub open: i64,
    /// What of it was due on an earlier day.
    pub overdue: i64,
}

/// Stores something new to do.
pub fn insert_action(scope: &mut Scope<'_>, id: IncidentId, action: &Action) -> Result<(), Error> {
    let org = scope.org();
    scope.execute_one(
        "INSERT INTO postmortem_action (org_id, incident_id, number, body, owner_id, due_on, is_public)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![
            org,
            id,
            action.number,
            &action.text,
            action.owner,
            action.due_on.to_string(),
            action.is_public,
        ],
    )
}

/// Notes that something is done. [`Error::NotFound`] without it.
pub fn finish_action(
    scope: &mut Scope<'_>,
    id: IncidentId,
    number: i64,
    (by, at): (Actor, Timestamp),
) -> Result<(), Error> {
    let (org, (kind, user)) = (scope.org(), actor::columns(by));
    scope.execute_one(
        "UPDATE postmortem_action SET done_at = $4, done_by_kind = $5, done_by_id = $6
         WHERE org_id = $1 AND incident_id = $2 AND number = $3 AND done_at IS NULL",
        params![org, id, number, at, &*kind, user],
    )
}

/// Notes that its owner was reminded. [`Error::NotFound`] without it.
pub fn set_reminded(scope: &mut Scope<'_>, id: IncidentId, number: i64, at: Timestamp) -> Result<(), Error> {
    let org = scope.org();
    scope.execute_one(
        "UPDATE postmortem_action SET reminded_at = $4
         WHERE org_id = $1 AND incident_id = $2 AND number = $3",
        params![org, id, number, at],
    )
}

/// Returns what is to be done after an incident and what was, by number.
pub fn list_actions(scope: &mut Scope<'_>, id: IncidentId) -> Result<Vec<Action>, Error> {
    let org = scope.org();
    scope.list(
        "SELECT number, body, owner_id, due_on, is_public, reminded_at, done_at, done_by_kind, done_by_id
         FROM postmortem_action WHERE org_id = $1 AND incident_id = $2 ORDER BY number LIMIT $3",
        params![org, id, MOST],
        action,
    )
}

/// Returns everything that is to be done, with the incident and its number: the first due first.
pub fn list_open_actions(scope: &mut Scope<'_>) -> Result<Vec<(IncidentId, i64, Action)>, Error> {
    let org = scope.org();
    scope.list(
        "SELECT a.number, a.body, a.owner_id, a.due_on, a.is_public, a.reminded_at, a.done_at, a.done_by_kind,
             a.done_by_id, a.incident_id, i.number
         FROM postmortem_action a JOIN incident i ON i.org_id = a.org_id AND i.id = a.incident_id
         WHERE a.org_id = $1 AND a.done_at IS NULL ORDER BY a.due_on, i.number, a.number LIMIT $2",
        params![org, MOST],
        |row| Ok((IncidentId(row.uuid(9)?), row.int(10)?, action(row)?)),
    )
}

/// Returns what is to be done and nobody was reminded of, with its incident: the first due first.
pub fn list_unreminded(scope: &mut Scope<'_>) -> Result<Vec<(IncidentId, Action)>, Error> {
    let org = scope.org();
    scope.list(
        "SELECT number, body, owner_id, due_on, is_public, reminded_at, done_at, done_by_kind, done_by_id, incident_id
         FROM postmortem_action
         WHERE org_id = $1 AND done_at IS NULL AND reminded_at IS NULL ORDER BY due_on, incident_id, number LIMIT $2",
        params![org, MOST],
        |row| Ok((IncidentId(row.uuid(9)?), action(row)?)),
    )
}

/// Counts what is to be done in all organisations; `today` says what is overdue.
pub fn count_open(tx: &mut Tx<'_>, today: Date) -> Result<OpenActions, Error> {
    tx.query_one(
        "SELECT COUNT(*), COUNT(*) FILTER (WHERE due_on < $1) FROM postmortem_action WHERE done_at IS NULL",
        params![today.to_string()],
        |row| Ok(OpenActions { open: row.int(0)?, overdue: row.int(1)? }),
    )
}

fn action(row: &Row) -> Result<Action, Error> {
    let done = match row.opt_at(6)? {
        Some(at) => Some((actor::read(row, 7)?, at)),
        None => None,
    };
    Ok(Action {
        number: row.int(0)?,
        text: row.text(1)?,
        owner: UserId(row.uuid(2)?),
        due_on: row.word(3, |day| day.parse().ok())?,
        is_public: row.bool(4)?,
        reminded_at: row.opt_at(5)?,
        done,
    })
}
