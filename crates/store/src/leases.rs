//! Leases as a whole: what a process that is certainly alone may do at its start.

use crate::error::Error;
use crate::params;
use crate::tx::Tx;

/// Ends every lease at once. Whoever held one is fenced out, since the epochs go up.
///
/// Only for the lone process of an installation without a cluster, right after its start.
pub fn expire_all(tx: &mut Tx<'_>) -> Result<(), Error> {
    tx.execute(
        "UPDATE provider_source SET lease_until = NULL, epoch = epoch + 1 WHERE lease_until IS NOT NULL",
        params![],
    )?;
    tx.execute(
        "UPDATE timer SET lease_until = NULL, epoch = epoch + 1 WHERE lease_until IS NOT NULL",
        params![],
    )?;
    tx.execute(
        "UPDATE notification SET lease_until = NULL, epoch = epoch + 1 WHERE lease_until IS NOT NULL",
        params![],
    )?;
    tx.execute(
        "UPDATE subscription_request SET lease_until = NULL, epoch = epoch + 1 WHERE lease_until IS NOT NULL",
        params![],
    )?;
    tx.execute(
        "UPDATE subscriber_news SET lease_until = NULL, epoch = epoch + 1 WHERE lease_until IS NOT NULL",
        params![],
    )?;
    Ok(())
}
