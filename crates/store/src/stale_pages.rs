//! Pages that must be drawn again, because something they show has changed.
//!
//! A page is marked in the transaction that changes what it shows. Drawing clears only the version that was drawn, so a
//! mark that comes while it is being drawn is not lost.

use jiff::Timestamp;
use uuid::Uuid;

use crate::error::Error;
use crate::params;
use crate::row::Row;
use crate::tx::Tx;

/// Which kind of page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PageKind {
    /// What we know of a provider; the key is its id.
    Provider,
    /// A status page of ours; the key is its id.
    StatusPage,
    /// The list of all providers; the key is nil.
    Directory,
}

/// A page that waits to be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stale {
    /// Which kind of page.
    pub kind: PageKind,
    /// Which one of its kind.
    pub key: Uuid,
    /// Counts the marks.
    pub version: i64,
}

impl PageKind {
    const fn word(self) -> &'static str {
        match self {
            PageKind::Provider => "provider",
            PageKind::StatusPage => "status_page",
            PageKind::Directory => "directory",
        }
    }

    fn from_word(word: &str) -> Option<PageKind> {
        [PageKind::Provider, PageKind::StatusPage, PageKind::Directory]
            .into_iter()
            .find(|kind| kind.word() == word)
    }
}

/// Marks a page; it keeps its place in the order if it waits already.
pub fn mark(tx: &mut Tx<'_>, kind: PageKind, key: Uuid, at: Timestamp) -> Result<(), Error> {
    tx.execute_one(
        "INSERT INTO stale_page (kind, page_key, version, drawn_version, marked_at) VALUES ($1, $2, 1, 0, $3)
         ON CONFLICT (kind, page_key) DO UPDATE SET version = stale_page.version + 1, marked_at =
             CASE WHEN stale_page.version > stale_page.drawn_version
                 THEN stale_page.marked_at ELSE excluded.marked_at END",
        params![kind.word(), key, at],
    )
}

/// Returns pages that wait to be drawn, the longest waiting first.
pub fn list(tx: &mut Tx<'_>, limit: u32) -> Result<Vec<Stale>, Error> {
    tx.list(
        "SELECT kind, page_key, version FROM stale_page WHERE version > drawn_version
         ORDER BY marked_at, page_key, kind LIMIT $1",
        params![limit],
        stale,
    )
}

/// Records that a page was drawn; returns false when it was marked again meanwhile.
pub fn clear(tx: &mut Tx<'_>, drawn: &Stale) -> Result<bool, Error> {
    let cleared = tx.execute(
        "UPDATE stale_page SET drawn_version = version WHERE kind = $1 AND page_key = $2 AND version = $3",
        params![drawn.kind.word(), drawn.key, drawn.version],
    )?;
    Ok(cleared == 1)
}

fn stale(row: &Row) -> Result<Stale, Error> {
    Ok(Stale { kind: row.word(0, PageKind::from_word)?, key: row.uuid(1)?, version: row.int(2)? })
}
