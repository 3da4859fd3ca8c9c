//! Which provider is polled next, and by whom: due times and fenced leases.

use domain::ProviderId;
use jiff::Timestamp;

use crate::error::Error;
use crate::params;
use crate::tx::Tx;

/// Takes leases on providers whose time has come, with the epoch that proves each lease.
pub fn claim_due(
    tx: &mut Tx<'_>,
    now: Timestamp,
    lease_until: Timestamp,
    limit: u32,
) -> Result<Vec<(ProviderId, i64)>, Error> {
    tx.list(
        "UPDATE provider_source SET lease_until = $2, epoch = epoch + 1 WHERE provider_id IN
             (SELECT provider_id FROM provider_source
              WHERE next_poll_at <= $1 AND (lease_until IS NULL OR lease_until <= $1)
              ORDER BY next_poll_at, provider_id LIMIT $3)
         RETURNING provider_id, epoch",
        params![now, lease_until, limit],
        |row| Ok((ProviderId(row.uuid(0)?), row.int(1)?)),
    )
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
