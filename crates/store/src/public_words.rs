//! What was said in public of our incidents and works: one row each, written with it, until the pages that show it have
//! their news.
//!
//! Only what was said stands here, never whether readers may see it at the moment: that is asked when it is handed on, and
//! again when it is sent.

use domain::subscription::Thing;
use domain::{OrgId, StatusPageId};
use jiff::Timestamp;
use uuid::Uuid;

use crate::error::Error;
use crate::params;
use crate::row::Row;
use crate::tx::{Scope, Tx};

/// More words than one message needs to know.
const MOST_WORDS: u32 = 1_000;

/// What was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// The update with this number.
    Update(i64),
    /// That work begins in so many hours.
    Reminder(i64),
}

/// One thing that was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// Whose incident or work it is.
    pub org: OrgId,
    /// Of what.
    pub thing: Thing,
    /// Counts up within the thing, from 1.
    pub seq: i64,
    /// What.
    pub said: Said,
    /// When.
    pub at: Timestamp,
}

impl Said {
    const fn columns(self) -> (&'static str, i64) {
        match self {
            Said::Update(number) => ("update", number),
            Said::Reminder(hours) => ("reminder", hours),
        }
    }
}

/// Records that something was said, for those who subscribe to a page that shows it.
pub fn owe(scope: &mut Scope<'_>, thing: Thing, said: Said, at: Timestamp) -> Result<(), Error> {
    let (org, (event, detail)) = (scope.org(), said.columns());
    scope.execute_one(
        "INSERT INTO public_word (org_id, thing_id, seq, kind, event, detail, at)
         SELECT $1, $2, COALESCE(MAX(seq), 0) + 1, $3, $4, CAST($5 AS BIGINT), CAST($6 AS BIGINT) FROM public_word
         WHERE org_id = $1 AND thing_id = $2",
        params![org, thing.id(), thing.word(), event, detail, at],
    )
}

/// Whether something was said that no page has as news yet.
pub fn is_waiting(tx: &mut Tx<'_>) -> Result<bool, Error> {
    let first =
        tx.query_opt("SELECT seq FROM public_word WHERE routed_at IS NULL LIMIT 1", params![], |row| {
            row.int(0)
        })?;
    Ok(first.is_some())
}

/// Returns whose words no page has as news yet, by id.
pub fn list_waiting_orgs(tx: &mut Tx<'_>, limit: u32) -> Result<Vec<OrgId>, Error> {
    tx.list(
        "SELECT DISTINCT org_id FROM public_word WHERE routed_at IS NULL ORDER BY org_id LIMIT $1",
        params![limit],
        |row| row.uuid(0).map(OrgId),
    )
}

/// Returns what no page has as news yet, the oldest first.
pub fn list_waiting(scope: &mut Scope<'_>, limit: u32) -> Result<Vec<Word>, Error> {
    let org = scope.org();
    scope.list(
        "SELECT org_id, thing_id, seq, kind, event, detail, at FROM public_word
         WHERE org_id = $1 AND routed_at IS NULL ORDER BY at, thing_id, seq LIMIT $2",
        params![org, limit],
        word,
    )
}

/// Records that the pages which show it have their news.
pub fn settle(tx: &mut Tx<'_>, of: &Word, now: Timestamp) -> Result<(), Error> {
    tx.execute_one(
        "UPDATE public_word SET routed_at = $4 WHERE org_id = $1 AND thing_id = $2 AND seq = $3",
        params![of.org, of.thing.id(), of.seq, now],
    )
}

/// Returns what a page has as news about a thing after a position and up to another, the newest first.
pub fn list_on(
    tx: &mut Tx<'_>,
    page: StatusPageId,
    thing: Uuid,
    (from, upto): (i64, i64),
) -> Result<Vec<Word>, Error> {
    tx.list(
        "SELECT w.org_id, w.thing_id, w.seq, w.kind, w.event, w.detail, w.at
         FROM announcement a JOIN public_word w
             ON w.org_id = a.org_id AND w.thing_id = a.thing_id AND w.seq = a.word_seq
         WHERE a.subject_kind = 'page' AND a.subject_id = $1 AND a.thing_id = $2
             AND a.position > $3 AND a.position <= $4
         ORDER BY w.seq DESC LIMIT $5",
        params![page, thing, from, upto, MOST_WORDS],
        word,
    )
}

fn word(row: &Row) -> Result<Word, Error> {
    let (id, detail) = (row.uuid(1)?, row.int(5)?);
    Ok(Word {
        org: OrgId(row.uuid(0)?),
        thing: row.word(3, |word| Thing::read(word, id))?,
        seq: row.int(2)?,
        said: row.word(4, |word| match word {
            "update" => Some(Said::Update(detail)),
            "reminder" => Some(Said::Reminder(detail)),
            _ => None,
        })?,
        at: row.at(6)?,
    })
}
