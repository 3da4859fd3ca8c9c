//! Which provider is polled next, and by whom: due times and fenced leases.

use domain::polling::Source;
use domain::{ProviderId, SourceHealth};
use jiff::Timestamp;

use super::{MOST_SOURCES, Validators, attempts};
use crate::error::Error;
use crate::params;
use crate::tx::Tx;

/// A lease on a provider, with what polling it takes.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// Whose source.
    pub id: ProviderId,
    /// Proves the lease.
    pub epoch: i64,
    /// How our attempts went.
    pub source: Source,
    /// For the next request.
    pub validators: Validators,
    /// How well it could be read.
    pub health: SourceHealth,
    /// Whether it was ever read.
    pub is_known: bool,
}

/// A claim that ended without news.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    /// Whose source.
    pub id: ProviderId,
    /// Proves the lease.
    pub epoch: i64,
    /// When the answer came.
    pub at: Timestamp,
    /// When to ask again; `None` for not until it is woken.
    pub next: Option<Timestamp>,
}

/// Takes leases on providers whose time has come.
pub fn claim_due(
    tx: &mut Tx<'_>,
    now: Timestamp,
    lease_until: Timestamp,
    limit: u32,
) -> Result<Vec<Claim>, Error> {
    tx.list(
        "UPDATE provider_source SET lease_until = $2, epoch = epoch + 1 WHERE provider_id IN
             (SELECT provider_id FROM provider_source
              WHERE next_poll_at <= $1 AND (lease_until IS NULL OR lease_until <= $1)
              ORDER BY next_poll_at, provider_id LIMIT $3)
         RETURNING last_poll_at, last_fresh_at, failures, reason, next_poll_at,
             etag, last_modified, body_hash, platform, health, feed_url, is_busy, floor_us, history_due_at,
             is_refused, provider_id, epoch, first_read_at IS NOT NULL",
        params![now, lease_until, limit],
        |row| {
            let (source, validators, health) = attempts(row)?;
            let (id, epoch, is_known) = (ProviderId(row.uuid(15)?), row.int(16)?, row.bool(17)?);
            Ok(Claim { id, epoch, source, validators, health, is_known })
        },
    )
}

/// Records that a source answered what it had answered before, and gives the lease back; one that no longer counts is not
/// touched.
pub fn settle_unchanged(tx: &mut Tx<'_>, settled: &Settled) -> Result<(), Error> {
    let Settled { id, epoch, at, next } = *settled;
    tx.execute(
        "UPDATE provider_source SET last_poll_at = $3, last_fresh_at = $3, next_poll_at = $4, lease_until = NULL
         WHERE provider_id = $1 AND epoch = $2",
        params![id, epoch, at, next],
    )
    .map(drop)
}

/// Returns how many providers are due at an instant.
pub fn count_due(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64, Error> {
    tx.query_one("SELECT COUNT(*) FROM provider_source WHERE next_poll_at <= $1", params![now], |row| {
        row.narrow(0)
    })
}

/// Moves what is due at `now` to another instant each, so that not all are polled at once.
pub fn spread_due(
    tx: &mut Tx<'_>,
    now: Timestamp,
    place: impl Fn(ProviderId) -> Timestamp,
) -> Result<(), Error> {
    let due = tx.list(
        "SELECT provider_id FROM provider_source WHERE next_poll_at <= $1 LIMIT $2",
        params![now, MOST_SOURCES],
        |row| row.uuid(0).map(ProviderId),
    )?;
    due.into_iter().try_for_each(|id| set_next_poll(tx, id, Some(place(id))))
}

/// Has a provider that sleeps, or that was never heard of, polled at once.
pub fn wake(tx: &mut Tx<'_>, id: ProviderId, slug: &str, now: Timestamp) -> Result<(), Error> {
    super::register(tx, id, slug, now)
}

/// Whether a lease still counts: nobody has claimed the provider since.
pub fn is_current(tx: &mut Tx<'_>, id: ProviderId, epoch: i64) -> Result<bool, Error> {
    let found = tx.query_opt(
        "SELECT epoch FROM provider_source WHERE provider_id = $1 AND epoch = $2",
        params![id, epoch],
        |row| row.int(0),
    )?;
    Ok(found.is_some())
}

/// Gives a lease back; one that no longer counts is not touched.
pub fn release(tx: &mut Tx<'_>, id: ProviderId, epoch: i64) -> Result<(), Error> {
    tx.execute(
        "UPDATE provider_source SET lease_until = NULL WHERE provider_id = $1 AND epoch = $2",
        params![id, epoch],
    )
    .map(drop)
}

/// Returns when the next provider can be claimed: when it is due, or when the lease on it ends.
pub fn next_due(tx: &mut Tx<'_>) -> Result<Option<Timestamp>, Error> {
    tx.query_one(
        "SELECT MIN(CASE WHEN lease_until > next_poll_at THEN lease_until ELSE next_poll_at END)
         FROM provider_source WHERE next_poll_at IS NOT NULL",
        params![],
        |row| row.opt_at(0),
    )
}

/// Has a provider polled at another time, or not any more. [`Error::NotFound`] before it is registered.
pub fn set_next_poll(tx: &mut Tx<'_>, id: ProviderId, at: Option<Timestamp>) -> Result<(), Error> {
    tx.execute_one("UPDATE provider_source SET next_poll_at = $2 WHERE provider_id = $1", params![id, at])
}
