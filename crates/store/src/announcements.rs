//! What became news: each set of changes that a reading showed, once, in one order for all providers.
//!
//! Owing is one insert beside the changes themselves. Numbering and handing on to subscribers follow in transactions of
//! their own, so that a reading waits for neither: two readings write different rows, and nobody is counted meanwhile.

use domain::change::Change;
use domain::{ProviderId, SubscriberId};
use jiff::Timestamp;

use crate::error::Error;
use crate::params;
use crate::providers::change;
use crate::row::Row;
use crate::tx::Tx;

/// Most changes in one answer: more than one message or one page of the API shows.
const MOST_CHANGES: u32 = 1_000;

/// A numbered set of changes of one provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Announcement {
    /// Whose.
    pub provider: ProviderId,
    /// The number of the last change among the provider's own.
    pub last_seq: i64,
    /// How many changes.
    pub changes: i64,
    /// When we saw them.
    pub seen_at: Timestamp,
    /// The number of the last change among those of all providers; the others have the numbers before it.
    pub position: i64,
}

/// Records that the changes which were just [pushed](crate::providers::push_changes) are news.
pub fn owe(tx: &mut Tx<'_>, id: ProviderId, changes: &[Change], seen_at: Timestamp) -> Result<(), Error> {
    if changes.is_empty() {
        return Ok(());
    }
    tx.execute_one(
        "INSERT INTO announcement (provider_id, last_seq, changes, seen_at)
         SELECT provider_id, MAX(seq), CAST($2 AS BIGINT), CAST($3 AS BIGINT) FROM provider_change
         WHERE provider_id = $1 GROUP BY provider_id",
        params![id, changes.len(), seen_at],
    )
}

/// Gives numbers to sets that have none, in the order in which they were seen; returns how many.
pub fn number(tx: &mut Tx<'_>, limit: u32) -> Result<usize, Error> {
    let waiting = tx.list(
        "SELECT provider_id, last_seq, changes FROM announcement WHERE position IS NULL
         ORDER BY seen_at, provider_id, last_seq LIMIT $1",
        params![limit],
        |row| Ok((row.uuid(0)?, row.int(1)?, row.int(2)?)),
    )?;
    let mut position = head(tx)?;
    for (provider, last_seq, changes) in &waiting {
        position += changes;
        tx.execute_one(
            "UPDATE announcement SET position = $3 WHERE provider_id = $1 AND last_seq = $2",
            params![*provider, *last_seq, position],
        )?;
    }
    Ok(waiting.len())
}

/// Returns the number of the newest change that has one; 0 without any.
pub fn head(tx: &mut Tx<'_>) -> Result<i64, Error> {
    tx.query_one("SELECT COALESCE(MAX(position), 0) FROM announcement", params![], |row| row.int(0))
}

/// Whether a set waits for its number, or to be handed on.
pub fn is_waiting(tx: &mut Tx<'_>) -> Result<bool, Error> {
    let first = tx.query_opt(
        "SELECT last_seq FROM announcement WHERE handed_on_at IS NULL LIMIT 1",
        params![],
        |row| row.int(0),
    )?;
    Ok(first.is_some())
}

/// Returns the sets after a position, oldest first.
pub fn list_after(tx: &mut Tx<'_>, position: i64, limit: u32) -> Result<Vec<Announcement>, Error> {
    tx.list(
        "SELECT provider_id, last_seq, changes, seen_at, position FROM announcement
         WHERE position > $1 ORDER BY position LIMIT $2",
        params![position, limit],
        announcement,
    )
}

/// Returns the newest sets, oldest first.
pub fn list_newest(tx: &mut Tx<'_>, limit: u32) -> Result<Vec<Announcement>, Error> {
    let mut newest = tx.list(
        "SELECT provider_id, last_seq, changes, seen_at, position FROM announcement
         WHERE position IS NOT NULL ORDER BY position DESC LIMIT $1",
        params![limit],
        announcement,
    )?;
    newest.reverse();
    Ok(newest)
}

/// Returns the changes of a provider that have numbers after `from` up to `upto`, oldest first.
pub fn list_changes(tx: &mut Tx<'_>, id: ProviderId, from: i64, upto: i64) -> Result<Vec<Change>, Error> {
    tx.list(
        "SELECT c.seq, c.kind, c.subject, c.name, c.from_value, c.to_value, c.update_id, c.at
         FROM announcement a JOIN provider_change c ON c.provider_id = a.provider_id
             AND c.seq > a.last_seq - a.changes AND c.seq <= a.last_seq
         WHERE a.provider_id = $1 AND a.position > $2 AND a.position <= $3
         ORDER BY a.position, c.seq LIMIT $4",
        params![id, from, upto, MOST_CHANGES],
        change,
    )
}

/// Returns the oldest numbered set that not every subscriber was looked at for, with the last who was.
pub fn find_waiting(tx: &mut Tx<'_>) -> Result<Option<(Announcement, Option<SubscriberId>)>, Error> {
    tx.query_opt(
        "SELECT provider_id, last_seq, changes, seen_at, position, cursor_id FROM announcement
         WHERE handed_on_at IS NULL AND position IS NOT NULL ORDER BY position LIMIT 1",
        params![],
        |row| Ok((announcement(row)?, row.opt_uuid(5)?.map(SubscriberId))),
    )
}

/// Records how far a set was handed on: up to this subscriber.
pub fn move_cursor(tx: &mut Tx<'_>, of: &Announcement, last: SubscriberId) -> Result<(), Error> {
    tx.execute_one(
        "UPDATE announcement SET cursor_id = $3 WHERE provider_id = $1 AND last_seq = $2",
        params![of.provider, of.last_seq, last],
    )
}

/// Records that a set was handed on to everybody.
pub fn finish(tx: &mut Tx<'_>, of: &Announcement, now: Timestamp) -> Result<(), Error> {
    tx.execute_one(
        "UPDATE announcement SET handed_on_at = $3 WHERE provider_id = $1 AND last_seq = $2",
        params![of.provider, of.last_seq, now],
    )
}

fn announcement(row: &Row) -> Result<Announcement, Error> {
    Ok(Announcement {
        provider: ProviderId(row.uuid(0)?),
        last_seq: row.int(1)?,
        changes: row.int(2)?,
        seen_at: row.at(3)?,
        position: row.int(4)?,
    })
}

#[cfg(test)]
mod tests;
