//! Organisations whose services are to be judged again, at once or when a hold ends.

use domain::OrgId;
use jiff::Timestamp;

use crate::error::Error;
use crate::params;
use crate::tx::Tx;

/// Asks for a judgement; an earlier one that is already asked for stays.
pub fn request(tx: &mut Tx<'_>, org: OrgId, due_at: Timestamp) -> Result<(), Error> {
    tx.execute_one(
        "INSERT INTO judgement_due (org_id, due_at) VALUES ($1, $2)
         ON CONFLICT (org_id) DO UPDATE SET due_at =
             CASE WHEN excluded.due_at < judgement_due.due_at THEN excluded.due_at ELSE judgement_due.due_at END",
        params![org, due_at],
    )
}

/// Takes organisations whose time has come; the caller judges them in the same transaction.
pub fn claim_due(tx: &mut Tx<'_>, now: Timestamp, limit: u32) -> Result<Vec<OrgId>, Error> {
    tx.list(
        "DELETE FROM judgement_due WHERE org_id IN
             (SELECT org_id FROM judgement_due WHERE due_at <= $1 ORDER BY due_at, org_id LIMIT $2)
         RETURNING org_id",
        params![now, limit],
        |row| row.uuid(0).map(OrgId),
    )
}

/// Forgets what was asked for an organisation.
pub fn clear(tx: &mut Tx<'_>, org: OrgId) -> Result<(), Error> {
    tx.execute("DELETE FROM judgement_due WHERE org_id = $1", params![org]).map(drop)
}

/// Returns when the next judgement is due.
pub fn next_due(tx: &mut Tx<'_>) -> Result<Option<Timestamp>, Error> {
    tx.query_one("SELECT MIN(due_at) FROM judgement_due", params![], |row| row.opt_at(0))
}
