//! What is known of people's contacts, by where each leads, and the codes that verify them.

use domain::UserId;
use domain::contact::{ContactState, Heard};
use jiff::Timestamp;
use uuid::Uuid;

use crate::error::Error;
use crate::params;
use crate::row::Row;
use crate::tx::Scope;

/// Most contacts of an organisation in one answer; more than its people have.
const MOST_CONTACTS: u32 = 20_000;

/// Which contact, and where it leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key<'a> {
    /// Whose it is.
    pub user: UserId,
    /// Its id within the person.
    pub contact: &'a str,
    /// Where it leads.
    pub fingerprint: Uuid,
}

/// A code that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// When; the code follows from it.
    pub asked_at: Timestamp,
    /// Wrong ones that were given.
    pub tries: u32,
}

/// Returns what is known of the contacts of the organisation, also of those that lead elsewhere by now.
pub fn list(scope: &mut Scope<'_>) -> Result<Vec<ContactState>, Error> {
    let org = scope.org();
    scope.list(
        "SELECT user_id, contact, fingerprint, verified_at, last_confirmed_at, last_accepted_at, last_failed_at,
             last_answer
         FROM contact_state WHERE org_id = $1 ORDER BY user_id, contact, fingerprint LIMIT $2",
        params![org, MOST_CONTACTS],
        state,
    )
}

/// Records what was heard of a message to a contact, and what the destination said; the newest of each kind counts.
pub fn record(
    scope: &mut Scope<'_>,
    key: Key<'_>,
    heard: Heard,
    answer: &str,
    at: Timestamp,
) -> Result<(), Error> {
    let org = scope.org();
    let at_if = |kind| (heard == kind).then_some(at);
    scope.execute_one(
        "INSERT INTO contact_state
             (org_id, user_id, contact, fingerprint, last_accepted_at, last_confirmed_at, last_failed_at, last_answer)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (org_id, user_id, contact, fingerprint) DO UPDATE SET
             last_accepted_at = COALESCE(excluded.last_accepted_at, contact_state.last_accepted_at),
             last_confirmed_at = COALESCE(excluded.last_confirmed_at, contact_state.last_confirmed_at),
             last_failed_at = COALESCE(excluded.last_failed_at, contact_state.last_failed_at),
             last_answer = excluded.last_answer",
        params![
            org,
            key.user,
            key.contact,
            key.fingerprint,
            at_if(Heard::Accepted),
            at_if(Heard::Confirmed),
            at_if(Heard::Failed),
            answer,
        ],
    )
}

/// Returns the code that was last asked for.
pub fn find_code(scope: &mut Scope<'_>, key: Key<'_>) -> Result<Option<Code>, Error> {
    let org = scope.org();
    scope.query_opt(
        "SELECT code_asked_at, code_tries FROM contact_state
         WHERE org_id = $1 AND user_id = $2 AND contact = $3 AND fingerprint = $4 AND code_asked_at IS NOT NULL",
        params![org, key.user, key.contact, key.fingerprint],
        |row| Ok(Code { asked_at: row.at(0)?, tries: row.narrow(1)? }),
    )
}

/// Asks for a new code in place of any other.
pub fn ask_code(scope: &mut Scope<'_>, key: Key<'_>, at: Timestamp) -> Result<(), Error> {
    let org = scope.org();
    scope.execute_one(
        "INSERT INTO contact_state (org_id, user_id, contact, fingerprint, code_asked_at, code_tries)
         VALUES ($1, $2, $3, $4, $5, 0)
         ON CONFLICT (org_id, user_id, contact, fingerprint) DO UPDATE SET
             code_asked_at = excluded.code_asked_at, code_tries = 0",
        params![org, key.user, key.contact, key.fingerprint, at],
    )
}

/// Counts a wrong code. [`Error::NotFound`] where nothing is known of the contact.
pub fn count_try(scope: &mut Scope<'_>, key: Key<'_>) -> Result<(), Error> {
    let org = scope.org();
    scope.execute_one(
        "UPDATE contact_state SET code_tries = code_tries + 1
         WHERE org_id = $1 AND user_id = $2 AND contact = $3 AND fingerprint = $4",
        params![org, key.user, key.contact, key.fingerprint],
    )
}

/// Records that the person gave back the code, which is void from now on. [`Error::NotFound`] where nothing is known of the
/// contact.
pub fn set_verified(scope: &mut Scope<'_>, key: Key<'_>, at: Timestamp) -> Result<(), Error> {
    let org = scope.org();
    scope.execute_one(
        "UPDATE contact_state SET verified_at = $5, code_asked_at = NULL, code_tries = 0
         WHERE org_id = $1 AND user_id = $2 AND contact = $3 AND fingerprint = $4",
        params![org, key.user, key.contact, key.fingerprint, at],
    )
}

fn state(row: &Row) -> Result<ContactState, Error> {
    Ok(ContactState {
        user: UserId(row.uuid(0)?),
        contact: row.text(1)?,
        fingerprint: row.uuid(2)?,
        verified_at: row.opt_at(3)?,
        last_confirmed_at: row.opt_at(4)?,
        last_accepted_at: row.opt_at(5)?,
        last_failed_at: row.opt_at(6)?,
        last_answer: row.opt_text(7)?,
    })
}

#[cfg(test)]
mod tests;
