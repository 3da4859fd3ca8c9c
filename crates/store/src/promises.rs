//! When readers are promised the next word on an incident.

use domain::IncidentId;
use domain::public::Promise;
use jiff::Timestamp;

use crate::error::Error;
use crate::params;
use crate::row::Row;
use crate::tx::Scope;

/// Most in one answer; those that are due last are left out.
const MOST: u32 = 1_000;

/// Stores a promise in the place of the one before.
pub fn set(scope: &mut Scope<'_>, promise: &Promise) -> Result<(), Error> {
    let org = scope.org();
    scope.execute_one(
        "INSERT INTO incident_promise (org_id, incident_id, due_at, is_reminded, repeats)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (org_id, incident_id) DO UPDATE SET
             due_at = excluded.due_at, is_reminded = excluded.is_reminded, repeats = excluded.repeats",
        params![org, promise.incident, promise.due_at, promise.is_reminded, promise.repeats],
    )
}

/// Forgets the promise of an incident, if there is one.
pub fn delete(scope: &mut Scope<'_>, id: IncidentId) -> Result<(), Error> {
    let org = scope.org();
    let sql = "DELETE FROM incident_promise WHERE org_id = $1 AND incident_id = $2";
    scope.execute(sql, params![org, id]).map(drop)
}

/// Returns when readers are promised the next word on an incident.
pub fn find_due(scope: &mut Scope<'_>, id: IncidentId) -> Result<Option<Timestamp>, Error> {
    let org = scope.org();
    scope.query_opt(
        "SELECT due_at FROM incident_promise WHERE org_id = $1 AND incident_id = $2",
        params![org, id],
        |row| row.at(0),
    )
}

/// Returns all promises, the next to be kept first.
pub fn list(scope: &mut Scope<'_>) -> Result<Vec<Promise>, Error> {
    let org = scope.org();
    scope.list(
        "SELECT incident_id, due_at, is_reminded, repeats FROM incident_promise
         WHERE org_id = $1 ORDER BY due_at, incident_id LIMIT $2",
        params![org, MOST],
        promise,
    )
}

fn promise(row: &Row) -> Result<Promise, Error> {
    Ok(Promise {
        incident: IncidentId(row.uuid(0)?),
        due_at: row.at(1)?,
        is_reminded: row.bool(2)?,
        repeats: row.narrow(3)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incidents;
    use crate::incidents::tests::{ACME, OTHER, as_org, at, incident_of, ledgers};

    #[test]
    fn a_promise_is_kept_replaced_and_forgotten_within_its_organisation() {
        for (_fixture, ledger) in ledgers() {
            let incident = incident_of(1);
            let id = incident.id;
            as_org(&ledger, ACME, move |scope| incidents::insert(scope, &incident)).unwrap();
            let first = Promise { incident: id, due_at: at(30), is_reminded: false, repeats: 0 };
            let later = Promise { due_at: at(60), is_reminded: true, repeats: 1, ..first };
            for promise in [first, later] {
                as_org(&ledger, ACME, move |scope| set(scope, &promise)).unwrap();
                assert_eq!(as_org(&ledger, ACME, list).unwrap(), [promise]);
                let due = as_org(&ledger, ACME, move |scope| find_due(scope, id)).unwrap();
                assert_eq!(due, Some(promise.due_at));
            }
            assert_eq!(as_org(&ledger, OTHER, list).unwrap(), []);
            as_org(&ledger, OTHER, move |scope| delete(scope, id)).unwrap();
            assert_eq!(as_org(&ledger, ACME, list).unwrap().len(), 1);
            as_org(&ledger, ACME, move |scope| delete(scope, id)).unwrap();
            assert_eq!(as_org(&ledger, ACME, list).unwrap(), []);
        }
    }
}
