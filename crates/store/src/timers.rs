//! The next step of each escalation policy that is running: a row with an absolute due time. And when an incident that is
//! silent, by a snooze, by an answer with an end or by a silence, is to be looked at again: a row of the same kind.

#[cfg(test)]
mod tests;

use domain::{IncidentId, OrgId, PolicyId};
use jiff::Timestamp;
use uuid::Uuid;

use crate::error::Error;
use crate::params;
use crate::row::Row;
use crate::tx::{Scope, Tx};

/// Stands where a policy would for the timer that ends a silence: no configuration makes this id.
pub const WAKE: PolicyId = PolicyId(Uuid::nil());

/// More policies than one incident follows.
const MOST_TIMERS: u32 = 1_000;
/// More than all open incidents of an organisation follow.
const MOST_OPEN: u32 = 1_000_000;

/// The next step of one policy of one incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timer {
    /// Whose incident.
    pub org: OrgId,
    /// The incident.
    pub incident: IncidentId,
    /// The policy that is followed.
    pub policy: PolicyId,
    /// The generation of paging it belongs to.
    pub generation: u32,
    /// The pass over the steps, from 1.
    pub round: u32,
    /// The step, from 1.
    pub step: u32,
    /// When this policy began to page; due times are absolute from it.
    pub started_at: Timestamp,
    /// When the step is due; `None` when the policy has nothing left to do.
    pub due_at: Option<Timestamp>,
    /// Proves the lease.
    pub epoch: i64,
}

/// Stores what a policy does next. Leases on what it did before end.
pub fn set(scope: &mut Scope<'_>, timer: &Timer) -> Result<(), Error> {
    let org = scope.org();
    scope.execute_one(
        "INSERT INTO timer
             (org_id, incident_id, policy_id, generation, round, step, started_at, due_at, epoch)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (org_id, incident_id, policy_id) DO UPDATE SET
             generation = excluded.generation, round = excluded.round, step = excluded.step,
             started_at = excluded.started_at, due_at = excluded.due_at, lease_until = NULL,
             epoch = timer.epoch + 1",
        params![
            org,
            timer.incident,
            timer.policy,
            timer.generation,
            timer.round,
            timer.step,
            timer.started_at,
            timer.due_at,
            timer.epoch,
        ],
    )
}

/// Stops all policies of an incident where they are: nothing of it is due any more, and leases on it end.
pub fn cancel(scope: &mut Scope<'_>, incident: IncidentId) -> Result<(), Error> {
    let org = scope.org();
    scope
        .execute(
            "UPDATE timer SET due_at = NULL, lease_until = NULL, epoch = epoch + 1
             WHERE org_id = $1 AND incident_id = $2 AND due_at IS NOT NULL",
            params![org, incident],
        )
        .map(drop)
}

/// Ends one policy of an incident.
pub fn delete(scope: &mut Scope<'_>, incident: IncidentId, policy: PolicyId) -> Result<(), Error> {
    let org = scope.org();
    scope
        .execute(
            "DELETE FROM timer WHERE org_id = $1 AND incident_id = $2 AND policy_id = $3",
            params![org, incident, policy],
        )
        .map(drop)
}

/// Takes leases on steps whose time has come, of all organisations.
pub fn claim_due(
    tx: &mut Tx<'_>,
    now: Timestamp,
    lease_until: Timestamp,
    limit: u32,
) -> Result<Vec<Timer>, Error> {
    let mut claimed = tx.list(
        "UPDATE timer SET lease_until = $2, epoch = epoch + 1 WHERE (org_id, incident_id, policy_id) IN
             (SELECT org_id, incident_id, policy_id FROM timer
              WHERE due_at <= $1 AND (lease_until IS NULL OR lease_until <= $1)
              ORDER BY due_at, incident_id, policy_id LIMIT $3)
         RETURNING org_id, incident_id, policy_id, generation, round, step, started_at, due_at, epoch",
        params![now, lease_until, limit],
        timer,
    )?;
    claimed.sort_unstable_by_key(|timer| (timer.due_at, timer.incident, timer.policy));
    Ok(claimed)
}

/// Whether a claimed step still counts: it is still the next one, and nobody has claimed it since.
pub fn is_current(scope: &mut Scope<'_>, timer: &Timer) -> Result<bool, Error> {
    let org = scope.org();
    let found = scope.query_opt(
        "SELECT epoch FROM timer
         WHERE org_id = $1 AND incident_id = $2 AND policy_id = $3
             AND generation = $4 AND round = $5 AND step = $6 AND epoch = $7",
        params![org, timer.incident, timer.policy, timer.generation, timer.round, timer.step, timer.epoch],
        |row| row.int(0),
    )?;
    Ok(found.is_some())
}

/// Makes the next steps of an incident due now, where they are due later; returns how many were. What wakes it keeps its
/// time.
pub fn pull_forward(scope: &mut Scope<'_>, incident: IncidentId, now: Timestamp) -> Result<u64, Error> {
    let org = scope.org();
    scope.execute(
        "UPDATE timer SET due_at = $3 WHERE org_id = $1 AND incident_id = $2 AND due_at > $3 AND policy_id <> $4",
        params![org, incident, now, WAKE],
    )
}

/// Makes the step that follows this one in its round due now, where a policy has it next and it is due later; returns how many
/// there were. A further round keeps its time.
pub fn pull_next(
    scope: &mut Scope<'_>,
    incident: IncidentId,
    generation: u32,
    (round, step): (u32, u32),
    now: Timestamp,
) -> Result<u64, Error> {
    let org = scope.org();
    scope.execute(
        "UPDATE timer SET due_at = $3
         WHERE org_id = $1 AND incident_id = $2 AND due_at > $3 AND policy_id <> $4 AND generation = $5
             AND round = $6 AND step = $7",
        params![org, incident, now, WAKE, generation, round, step + 1],
    )
}

/// Returns when the next step can be claimed: when it is due, or when the lease on it ends.
pub fn next_due(tx: &mut Tx<'_>) -> Result<Option<Timestamp>, Error> {
    tx.query_one(
        "SELECT MIN(CASE WHEN lease_until > due_at THEN lease_until ELSE due_at END)
         FROM timer WHERE due_at IS NOT NULL",
        params![],
        |row| row.opt_at(0),
    )
}

/// Returns what the policies of all incidents that are not over do next.
pub fn list_open(scope: &mut Scope<'_>) -> Result<Vec<Timer>, Error> {
    let org = scope.org();
    scope.list(
        "SELECT org_id, incident_id, policy_id, generation, round, step, started_at, due_at, epoch
         FROM timer WHERE org_id = $1
             AND incident_id IN (SELECT id FROM incident WHERE org_id = $1 AND resolved_at IS NULL)
         ORDER BY incident_id, policy_id LIMIT $2",
        params![org, MOST_OPEN],
        timer,
    )
}

/// Returns what the policies of an incident do next.
pub fn list(scope: &mut Scope<'_>, incident: IncidentId) -> Result<Vec<Timer>, Error> {
    let org = scope.org();
    scope.list(
        "SELECT org_id, incident_id, policy_id, generation, round, step, started_at, due_at, epoch
         FROM timer WHERE org_id = $1 AND incident_id = $2 ORDER BY policy_id LIMIT $3",
        params![org, incident, MOST_TIMERS],
        timer,
    )
}

fn timer(row: &Row) -> Result<Timer, Error> {
    Ok(Timer {
        org: OrgId(row.uuid(0)?),
        incident: IncidentId(row.uuid(1)?),
        policy: PolicyId(row.uuid(2)?),
        generation: row.narrow(3)?,
        round: row.narrow(4)?,
        step: row.narrow(5)?,
        started_at: row.at(6)?,
        due_at: row.opt_at(7)?,
        epoch: row.int(8)?,
    })
}
