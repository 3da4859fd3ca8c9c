//! The documents that providers served, each once, for a while: evidence. Lives in the history database.

use domain::ProviderId;
use jiff::Timestamp;

use crate::error::Error;
use crate::params;
use crate::row::Row;
use crate::tx::Tx;

/// A document, without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// The hash of the content.
    pub hash: Vec<u8>,
    /// When it was first served.
    pub first_seen_at: Timestamp,
    /// When it was last served.
    pub last_seen_at: Timestamp,
}

/// Records that a provider served a document; known content only gets a later `last_seen_at`.
pub fn upsert_seen(
    tx: &mut Tx<'_>,
    provider: ProviderId,
    hash: &[u8],
    content: &[u8],
    at: Timestamp,
) -> Result<(), Error> {
    // Most polls bring what is known, and the content need not travel to the database for that.
    let seen = tx.execute(
        "UPDATE body SET last_seen_at = $3 WHERE provider_id = $1 AND hash = $2",
        params![provider, hash, at],
    )?;
    if seen == 1 {
        return Ok(());
    }
    tx.execute_one(
        "INSERT INTO body (provider_id, hash, first_seen_at, last_seen_at, content) VALUES ($1, $2, $3, $3, $4)",
        params![provider, hash, at, content],
    )
}

/// Returns the documents of a provider, the latest first.
pub fn list(tx: &mut Tx<'_>, provider: ProviderId, limit: u32) -> Result<Vec<Body>, Error> {
    tx.list(
        "SELECT hash, first_seen_at, last_seen_at FROM body
         WHERE provider_id = $1 ORDER BY first_seen_at DESC, hash LIMIT $2",
        params![provider, limit],
        body,
    )
}

/// Returns the content of a document.
pub fn get(tx: &mut Tx<'_>, provider: ProviderId, hash: &[u8]) -> Result<Option<Vec<u8>>, Error> {
    tx.query_opt(
        "SELECT content FROM body WHERE provider_id = $1 AND hash = $2",
        params![provider, hash],
        |row| row.blob(0),
    )
}

/// Forgets documents last served before an instant, the oldest first, at most `limit`; returns how many.
pub fn delete_before(tx: &mut Tx<'_>, at: Timestamp, limit: u32) -> Result<u64, Error> {
    tx.execute(
        "DELETE FROM body WHERE (provider_id, hash) IN
             (SELECT provider_id, hash FROM body WHERE last_seen_at < $1 ORDER BY last_seen_at LIMIT $2)",
        params![at, limit],
    )
}

fn body(row: &Row) -> Result<Body, Error> {
    Ok(Body { hash: row.blob(0)?, first_seen_at: row.at(1)?, last_seen_at: row.at(2)? })
}
