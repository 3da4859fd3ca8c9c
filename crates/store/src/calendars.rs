//! Calendars that can be read by a secret address: the hashes of the secrets, never themselves.

use domain::{CalendarId, OrgId, ScheduleId, UserId, schedule::Subject};
use jiff::Timestamp;
use uuid::Uuid;

use crate::error::Error;
use crate::params;
use crate::row::Row;
use crate::tx::{Scope, Tx};

#[cfg(test)]
mod tests;

/// Most calendars of an organisation in one answer.
const MOST_CALENDARS: u32 = 1_000;

/// A calendar, without what it takes to read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// Identity.
    pub id: CalendarId,
    /// Whose shifts it holds.
    pub subject: Subject,
    /// What its subject was called when it was made: a slug or an address.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last read, to about an hour.
    pub last_read_at: Option<Timestamp>,
    /// Since when its address leads nowhere.
    pub revoked_at: Option<Timestamp>,
}

/// What a secret address leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The organisation.
    pub org: OrgId,
    /// The calendar.
    pub id: CalendarId,
    /// Whose shifts it holds.
    pub subject: Subject,
    /// When it was last read, to about an hour.
    pub last_read_at: Option<Timestamp>,
}

/// Stores a calendar by the hash of its secret.
pub fn insert(
    scope: &mut Scope<'_>,
    id: CalendarId,
    subject: Subject,
    name: &str,
    hash: &[u8],
    at: Timestamp,
) -> Result<(), Error> {
    let (org, (kind, subject)) = (scope.org(), words(subject));
    scope.execute_one(
        "INSERT INTO calendar (org_id, id, hash, subject, subject_id, name, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![org, id, hash, kind, subject, name, at],
    )
}

/// Returns what the secret with this hash leads to; a revoked one leads nowhere.
pub fn find_by_hash(tx: &mut Tx<'_>, hash: &[u8]) -> Result<Option<Address>, Error> {
    tx.query_opt(
        "SELECT org_id, id, subject, subject_id, last_read_at FROM calendar
         WHERE hash = $1 AND revoked_at IS NULL",
        params![hash],
        |row| {
            Ok(Address {
                org: OrgId(row.uuid(0)?),
                id: CalendarId(row.uuid(1)?),
                subject: subject(row, 2)?,
                last_read_at: row.opt_at(4)?,
            })
        },
    )
}

/// Returns the calendars of the organisation, newest first, revoked ones too.
pub fn list(scope: &mut Scope<'_>) -> Result<Vec<Calendar>, Error> {
    let org = scope.org();
    scope.list(
        "SELECT id, subject, subject_id, name, created_at, last_read_at, revoked_at FROM calendar
         WHERE org_id = $1 ORDER BY created_at DESC, id LIMIT $2",
        params![org, MOST_CALENDARS],
        |row| {
            Ok(Calendar {
                id: CalendarId(row.uuid(0)?),
                subject: subject(row, 1)?,
                name: row.text(3)?,
                created_at: row.at(4)?,
                last_read_at: row.opt_at(5)?,
                revoked_at: row.opt_at(6)?,
            })
        },
    )
}

/// Has the address lead nowhere; the first time it is said counts. [`Error::NotFound`] without such a calendar.
pub fn revoke(scope: &mut Scope<'_>, id: CalendarId, at: Timestamp) -> Result<(), Error> {
    let org = scope.org();
    scope.execute_one(
        "UPDATE calendar SET revoked_at = COALESCE(revoked_at, $3) WHERE org_id = $1 AND id = $2",
        params![org, id, at],
    )
}

/// Records that a calendar was read.
pub fn touch(scope: &mut Scope<'_>, id: CalendarId, at: Timestamp) -> Result<(), Error> {
    let org = scope.org();
    scope.execute_one(
        "UPDATE calendar SET last_read_at = $3 WHERE org_id = $1 AND id = $2",
        params![org, id, at],
    )
}

fn words(subject: Subject) -> (&'static str, Uuid) {
    match subject {
        Subject::Schedule(id) => ("schedule", id.0),
        Subject::User(id) => ("user", id.0),
    }
}

/// Reads the kind of a subject from one column and its id from the next.
fn subject(row: &Row, column: usize) -> Result<Subject, Error> {
    let id = row.uuid(column + 1)?;
    row.word(column, |word| match word {
        "schedule" => Some(Subject::Schedule(ScheduleId(id))),
        "user" => Some(Subject::User(UserId(id))),
        _ => None,
    })
}
