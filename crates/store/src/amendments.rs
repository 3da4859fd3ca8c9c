//! What people add to a configuration while it runs: overrides, silences, contacts. Rows are added and withdrawn, never
//! changed, so that what stood at any instant can be told.

use domain::AmendmentId;
use domain::incident::Actor;
use jiff::Timestamp;

use crate::error::Error;
use crate::row::Row;
use crate::tx::Scope;
use crate::{actor, params};

/// Most amendments that stand at a time; those that end first are the first to be left out.
pub const MOST_STANDING: u32 = 2_000;

/// One amendment, its content as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amendment {
    /// Identity.
    pub id: AmendmentId,
    /// What it is: `override`, `silence`, `lock` or `contact`.
    pub kind: String,
    /// What it says, as JSON.
    pub payload: String,
    /// The first instant from which it means nothing any more.
    pub ends_at: Timestamp,
    /// When it was made.
    pub made_at: Timestamp,
    /// By whom.
    pub made_by: Actor,
    /// When and by whom it was withdrawn.
    pub withdrawn: Option<(Timestamp, Actor)>,
}

/// Adds an amendment. [`Error::Conflict`] when its id is taken.
pub fn insert(scope: &mut Scope<'_>, amendment: &Amendment) -> Result<(), Error> {
    let (org, (kind, user)) = (scope.org(), actor::columns(amendment.made_by));
    scope.execute(
        "INSERT INTO amendment (org_id, id, kind, payload, ends_at, made_at, made_by_kind, made_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            org,
            amendment.id,
            &amendment.kind,
            &amendment.payload,
            amendment.ends_at,
            amendment.made_at,
            &*kind,
            user,
        ],
    )?;
    count(scope)
}

/// Withdraws an amendment that stands; returns false, and changes nothing, when it was withdrawn before or is not there.
pub fn withdraw(scope: &mut Scope<'_>, id: AmendmentId, by: Actor, at: Timestamp) -> Result<bool, Error> {
    let (org, (kind, user)) = (scope.org(), actor::columns(by));
    let withdrawn = scope.execute(
        "UPDATE amendment SET withdrawn_at = $3, withdrawn_by_kind = $4, withdrawn_by = $5
         WHERE org_id = $1 AND id = $2 AND withdrawn_at IS NULL",
        params![org, id, at, &*kind, user],
    )?;
    if withdrawn == 1 {
        count(scope)?;
    }
    Ok(withdrawn == 1)
}

/// Returns the amendment with this id.
pub fn get(scope: &mut Scope<'_>, id: AmendmentId) -> Result<Option<Amendment>, Error> {
    let org = scope.org();
    scope.query_opt(
        "SELECT id, kind, payload, ends_at, made_at, made_by_kind, made_by,
             withdrawn_at, withdrawn_by_kind, withdrawn_by
         FROM amendment WHERE org_id = $1 AND id = $2",
        params![org, id],
        amendment,
    )
}

/// Returns those that stand, in the order in which they were made: at most [`MOST_STANDING`], those that end last.
pub fn list_standing(scope: &mut Scope<'_>) -> Result<Vec<Amendment>, Error> {
    let org = scope.org();
    let found = scope.list(
        "SELECT id, kind, payload, ends_at, made_at, made_by_kind, made_by,
             withdrawn_at, withdrawn_by_kind, withdrawn_by
         FROM amendment WHERE org_id = $1 AND withdrawn_at IS NULL ORDER BY ends_at DESC, id LIMIT $2",
        params![org, MOST_STANDING],
        amendment,
    )?;
    Ok(in_order(found))
}

/// Returns those that stood at an instant, in the order in which they were made, as [`list_standing`] does.
pub fn list_at(scope: &mut Scope<'_>, at: Timestamp) -> Result<Vec<Amendment>, Error> {
    let org = scope.org();
    let found = scope.list(
        "SELECT id, kind, payload, ends_at, made_at, made_by_kind, made_by,
             withdrawn_at, withdrawn_by_kind, withdrawn_by
         FROM amendment
         WHERE org_id = $1 AND made_at <= $2 AND (withdrawn_at IS NULL OR withdrawn_at > $2)
         ORDER BY ends_at DESC, id LIMIT $3",
        params![org, at, MOST_STANDING],
        amendment,
    )?;
    Ok(in_order(found))
}

/// Returns when one was made or withdrawn last.
pub fn find_changed_at(scope: &mut Scope<'_>) -> Result<Option<Timestamp>, Error> {
    let org = scope.org();
    scope.query_one(
        "SELECT MAX(CASE WHEN withdrawn_at > made_at THEN withdrawn_at ELSE made_at END)
         FROM amendment WHERE org_id = $1",
        params![org],
        |row| row.opt_at(0),
    )
}

fn in_order(mut found: Vec<Amendment>) -> Vec<Amendment> {
    found.sort_by_key(|amendment| (amendment.made_at, amendment.id));
    found
}

fn count(scope: &mut Scope<'_>) -> Result<(), Error> {
    let org = scope.org();
    let sql = "UPDATE organization SET amendment_version = amendment_version + 1 WHERE id = $1";
    scope.execute_one(sql, params![org])
}

fn amendment(row: &Row) -> Result<Amendment, Error> {
    let withdrawn = match row.opt_at(7)? {
        Some(at) => Some((at, actor::read(row, 8)?)),
        None => None,
    };
    Ok(Amendment {
        id: AmendmentId(row.uuid(0)?),
        kind: row.text(1)?,
        payload: row.text(2)?,
        ends_at: row.at(3)?,
        made_at: row.at(4)?,
        made_by: actor::read(row, 5)?,
        withdrawn,
    })
}

#[cfg(test)]
mod tests;
