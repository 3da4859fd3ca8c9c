//! What became news: each set of changes that a reading showed, once, in one order for all providers; and each word that
//! was said in public on each of our pages that show it, in one order for all pages.
//!
//! Owing is one insert beside the changes themselves. Numbering and handing on to subscribers follow in transactions of
//! their own, so that a reading waits for neither: two readings write different rows, and nobody is counted meanwhile.

use domain::change::Change;
use domain::subscription::Subject;
use domain::{OrgId, ProviderId, StatusPageId, SubscriberId};
use jiff::Timestamp;
use uuid::Uuid;

use crate::error::Error;
use crate::params;
use crate::providers::change;
use crate::public_words::Word;
use crate::row::Row;
use crate::tx::Tx;

/// Most changes in one answer: more than one message or one page of the API shows.
const MOST_CHANGES: u32 = 1_000;

/// A numbered set of changes of one provider, or a word on one of our pages, which counts as a set of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Announcement {
    /// Whose.
    pub subject: Subject,
    /// The number of the last change among the subject's own.
    pub last_seq: i64,
    /// How many changes.
    pub changes: i64,
    /// When we saw them.
    pub seen_at: Timestamp,
    /// The number of the last change among those of all subjects of the kind; the others have the numbers before it.
    pub position: i64,
    /// What of the subject has to be told by itself: the incident or work of a page; for a provider the provider.
    pub thing: Uuid,
}

/// Records that the changes which were just [pushed](crate::providers::push_changes) are news.
pub fn owe(tx: &mut Tx<'_>, id: ProviderId, changes: &[Change], seen_at: Timestamp) -> Result<(), Error> {
    if changes.is_empty() {
        return Ok(());
    }
    tx.execute_one(
        "INSERT INTO announcement (subject_kind, subject_id, last_seq, changes, seen_at)
         SELECT 'provider', provider_id, MAX(seq), CAST($2 AS BIGINT), CAST($3 AS BIGINT) FROM provider_change
         WHERE provider_id = $1 GROUP BY provider_id",
        params![id, changes.len(), seen_at],
    )
}

/// Records that what was said is news of this page.
pub fn owe_word(tx: &mut Tx<'_>, page: StatusPageId, word: &Word) -> Result<(), Error> {
    tx.execute_one(
        "INSERT INTO announcement (subject_kind, subject_id, last_seq, changes, seen_at, org_id, thing_id, word_seq)
         SELECT 'page', $1, COALESCE(MAX(last_seq), 0) + 1, 1, CAST($2 AS BIGINT), $3, $4, CAST($5 AS BIGINT)
         FROM announcement WHERE subject_kind = 'page' AND subject_id = $1",
        params![page, word.at, word.org, word.thing.id(), word.seq],
    )
}

/// The kinds of subjects, each with an order of its own.
const KINDS: [&str; 2] = ["page", "provider"];

/// Gives numbers to sets that have none, in the order in which they were seen; returns how many.
pub fn number(tx: &mut Tx<'_>, limit: u32) -> Result<usize, Error> {
    let mut numbered = 0;
    for kind in KINDS {
        let waiting = tx.list(
            "SELECT subject_id, last_seq, changes FROM announcement WHERE subject_kind = $1 AND position IS NULL
             ORDER BY seen_at, subject_id, last_seq LIMIT $2",
            params![kind, limit],
            |row| Ok((row.uuid(0)?, row.int(1)?, row.int(2)?)),
        )?;
        let mut position = head_of(tx, kind)?;
        for (subject, last_seq, changes) in &waiting {
            position += changes;
            tx.execute_one(
                "UPDATE announcement SET position = $4
                 WHERE subject_kind = $1 AND subject_id = $2 AND last_seq = $3",
                params![kind, *subject, *last_seq, position],
            )?;
        }
        numbered += waiting.len();
    }
    Ok(numbered)
}

/// Returns the number of the newest change of a provider that has one; 0 without any.
pub fn head(tx: &mut Tx<'_>) -> Result<i64, Error> {
    head_of(tx, "provider")
}

fn head_of(tx: &mut Tx<'_>, kind: &str) -> Result<i64, Error> {
    tx.query_one(
        "SELECT COALESCE(MAX(position), 0) FROM announcement WHERE subject_kind = $1",
        params![kind],
        |row| row.int(0),
    )
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

/// Returns the sets of providers after a position, oldest first.
pub fn list_after(tx: &mut Tx<'_>, position: i64, limit: u32) -> Result<Vec<Announcement>, Error> {
    tx.list(
        "SELECT subject_kind, subject_id, org_id, last_seq, changes, seen_at, position, thing_id FROM announcement
         WHERE subject_kind = 'provider' AND position > $1 ORDER BY position LIMIT $2",
        params![position, limit],
        announcement,
    )
}

/// Returns the newest sets of providers, oldest first.
pub fn list_newest(tx: &mut Tx<'_>, limit: u32) -> Result<Vec<Announcement>, Error> {
    let mut newest = tx.list(
        "SELECT subject_kind, subject_id, org_id, last_seq, changes, seen_at, position, thing_id FROM announcement
         WHERE subject_kind = 'provider' AND position IS NOT NULL ORDER BY position DESC LIMIT $1",
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
         FROM announcement a JOIN provider_change c ON c.provider_id = a.subject_id
             AND c.seq > a.last_seq - a.changes AND c.seq <= a.last_seq
         WHERE a.subject_kind = 'provider' AND a.subject_id = $1 AND a.position > $2 AND a.position <= $3
         ORDER BY a.position, c.seq LIMIT $4",
        params![id, from, upto, MOST_CHANGES],
        change,
    )
}

/// Returns the oldest numbered set that not every subscriber was looked at for, with the last who was.
pub fn find_waiting(tx: &mut Tx<'_>) -> Result<Option<(Announcement, Option<SubscriberId>)>, Error> {
    Ok(list_waiting(tx, 1)?.pop())
}

/// Returns the numbered sets that not every subscriber was looked at for, the oldest first, each with the last who was.
pub fn list_waiting(tx: &mut Tx<'_>, limit: u32) -> Result<Vec<(Announcement, Option<SubscriberId>)>, Error> {
    tx.list(
        "SELECT subject_kind, subject_id, org_id, last_seq, changes, seen_at, position, thing_id, cursor_id
         FROM announcement
         WHERE handed_on_at IS NULL AND position IS NOT NULL ORDER BY seen_at, position, subject_kind LIMIT $1",
        params![limit],
        |row| Ok((announcement(row)?, row.opt_uuid(8)?.map(SubscriberId))),
    )
}

/// Records how far a set was handed on: up to this subscriber.
pub fn move_cursor(tx: &mut Tx<'_>, of: &Announcement, last: SubscriberId) -> Result<(), Error> {
    tx.execute_one(
        "UPDATE announcement SET cursor_id = $4 WHERE subject_kind = $1 AND subject_id = $2 AND last_seq = $3",
        params![of.subject.word(), of.subject.id(), of.last_seq, last],
    )
}

/// Records that a set was handed on to everybody.
pub fn finish(tx: &mut Tx<'_>, of: &Announcement, now: Timestamp) -> Result<(), Error> {
    tx.execute_one(
        "UPDATE announcement SET handed_on_at = $4 WHERE subject_kind = $1 AND subject_id = $2 AND last_seq = $3",
        params![of.subject.word(), of.subject.id(), of.last_seq, now],
    )
}

fn announcement(row: &Row) -> Result<Announcement, Error> {
    let subject = subject(row, 0)?;
    Ok(Announcement {
        subject,
        last_seq: row.int(3)?,
        changes: row.int(4)?,
        seen_at: row.at(5)?,
        position: row.int(6)?,
        thing: row.opt_uuid(7)?.unwrap_or(subject.id()),
    })
}

/// Reads three columns: kind, id, organisation.
pub(crate) fn subject(row: &Row, column: usize) -> Result<Subject, Error> {
    let (id, org) = (row.uuid(column + 1)?, row.opt_uuid(column + 2)?.map(OrgId));
    row.word(column, |word| Subject::read(word, id, org))
}

#[cfg(test)]
mod tests;
