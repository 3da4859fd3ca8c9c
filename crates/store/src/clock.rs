//! What the ledger does when somebody sets the wall clock: which of its times follow.
//!
//! Three kinds of times have something ahead of them, and one has not:
//!
//! - **Waits** end after a span: a step of a policy, a try, a lease, a hold, an answer that stands for a time. Both ends of a
//!   wait that is still running follow the clock, so that what was to happen in five minutes happens in five.
//! - What **waits for the wall** does so by a time that people read from it: the end of a silence, of quiet hours. It does not
//!   follow. Its reader looks at the wall again at once, by the clock as it is now, and says anew how long it waits.
//! - **Facts of the wall** are such times themselves: the span of an override or a silence. They stay.
//! - **Records** say when something was, by the clock of that time. They stay.
//!
//! `COLUMNS` says which column is which; a test holds it against the schema, so that a new one cannot be forgotten. That
//! one jump moves the ledger once, however many nodes see it, is for the caller: it compares [`moved`] in the same
//! transaction.

use domain::delivery::STORM_WINDOW;
use domain::{NotificationId, OrgId, UserId};
use jiff::{SignedDuration, Timestamp};

use crate::error::Error;
use crate::params;
use crate::settings;
use crate::timers::WAKE;
use crate::tx::{Scope, Tx};

#[cfg(test)]
mod columns;
#[cfg(test)]
mod tests;

/// The setting that says by how much the ledger was moved, since ever: microseconds.
const MOVED: &str = "clock_moved_us";

/// Pages held by quiet hours that are looked at again in one transaction; they are those with time, and the others keep theirs.
const MOST_HELD: u32 = 10_000;

/// A page that waits for the end of somebody's quiet hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Whose.
    pub org: OrgId,
    /// The page.
    pub id: NotificationId,
    /// Whose quiet hours.
    pub user: UserId,
    /// The end that it waits for.
    pub until: Timestamp,
    /// When it is due: then, or a rung of the ladder later.
    pub due_at: Timestamp,
}

/// Returns by how much the ledger was moved, since ever.
pub fn moved(tx: &mut Tx<'_>) -> Result<SignedDuration, Error> {
    let Some(text) = settings::find(tx, MOVED)? else { return Ok(SignedDuration::ZERO) };
    let us = text.parse().map_err(|_| Error::corrupt(format!("{text:?} is no number of microseconds")))?;
    Ok(SignedDuration::from_micros(us))
}

/// Moves the ends of all running waits by as much as the wall clock was set, has everything that waits for the wall look at it
/// now, and adds the jump to [`moved`]. Claims of steps made before it count no more: they hold times of the old clock.
///
/// Held pages are the caller's to look at: see [`list_held`].
pub fn shift(tx: &mut Tx<'_>, by: SignedDuration, now: Timestamp) -> Result<(), Error> {
    let total = moved(tx)?.saturating_add(by);
    let (Ok(us), Ok(total)) = (i64::try_from(by.as_micros()), i64::try_from(total.as_micros())) else {
        return Err(Error::corrupt(format!("the clock was set by {by}")));
    };
    settings::set(tx, MOVED, &total.to_string())?;
    // What the clock would show, had nobody set it.
    let was = now.checked_sub(by).unwrap_or(now);
    shift_paging(tx, us, now, was)?;
    tx.execute("UPDATE judgement_due SET due_at = $1", params![now])?;
    shift_sources(tx, us)?;
    tx.execute(
        "UPDATE subscription_request SET next_try_at = next_try_at + $1, lease_until = lease_until + $1,
             created_at = created_at + $1, expires_at = expires_at + $1",
        params![us],
    )?;
    tx.execute(
        "UPDATE subscriber_news SET next_try_at = next_try_at + $1, lease_until = lease_until + $1",
        params![us],
    )?;
    tx.execute("UPDATE page_domain SET due_at = due_at + $1", params![us])?;
    Ok(())
}

fn shift_paging(tx: &mut Tx<'_>, us: i64, now: Timestamp, was: Timestamp) -> Result<(), Error> {
    // The timer of an incident that nobody has answered ends a silence; of an answered one it ends the answer.
    tx.execute(
        "UPDATE timer SET due_at = $2, lease_until = NULL, epoch = epoch + 1
         WHERE due_at IS NOT NULL AND policy_id = $1
             AND EXISTS (SELECT 1 FROM incident WHERE incident.org_id = timer.org_id
                 AND incident.id = timer.incident_id AND incident.response = 'open')",
        params![WAKE, now],
    )?;
    tx.execute(
        "UPDATE timer SET due_at = due_at + $2, started_at = started_at + $2, lease_until = NULL, epoch = epoch + 1
         WHERE due_at IS NOT NULL
             AND (policy_id <> $1 OR EXISTS (SELECT 1 FROM incident WHERE incident.org_id = timer.org_id
                 AND incident.id = timer.incident_id AND incident.response <> 'open'))",
        params![WAKE, us],
    )?;
    tx.execute(
        "UPDATE incident SET response_at = response_at + $1, response_until = response_until + $1
         WHERE resolved_at IS NULL AND response_at IS NOT NULL",
        params![us],
    )?;
    tx.execute(
        "UPDATE notification SET due_at = due_at + $1, next_try_at = next_try_at + $1,
             lease_until = lease_until + $1, held_until = NULL
         WHERE state IN ('pending', 'sending') AND (held_until IS NULL OR held_until <= $2)",
        params![us, was],
    )?;
    // What a person has had lately holds back what comes next, for a while.
    let since = was.checked_sub(STORM_WINDOW).unwrap_or(Timestamp::MIN);
    tx.execute(
        "UPDATE notification SET settled_at = settled_at + $1
         WHERE state IN ('sent', 'delivered') AND settled_at > $2",
        params![us, since],
    )?;
    tx.execute(
        "UPDATE notification SET confirm_by = confirm_by + $1 WHERE confirm_by IS NOT NULL",
        params![us],
    )?;
    Ok(())
}

/// Sources, and the trouble at them that holds run from. What was read of a provider before is no longer what is stored.
fn shift_sources(tx: &mut Tx<'_>, us: i64) -> Result<(), Error> {
    tx.execute(
        "UPDATE provider_source SET next_poll_at = next_poll_at + $1, lease_until = lease_until + $1,
             last_poll_at = last_poll_at + $1, last_fresh_at = last_fresh_at + $1,
             history_due_at = history_due_at + $1, moved_at = moved_at + $1,
             overall_trouble_since_at = overall_trouble_since_at + $1, version = version + 1",
        params![us],
    )?;
    tx.execute(
        "UPDATE provider_component SET trouble_since_at = trouble_since_at + $1
         WHERE trouble_since_at IS NOT NULL AND removed_at IS NULL",
        params![us],
    )?;
    tx.execute(
        "UPDATE provider_incident SET first_seen_at = first_seen_at + $1
         WHERE position IS NOT NULL AND phase NOT IN ('resolved', 'postmortem')",
        params![us],
    )?;
    Ok(())
}

/// Returns pages that wait for the end of somebody's quiet hours, which was ahead at `was`; the first to end first.
pub fn list_held(tx: &mut Tx<'_>, was: Timestamp) -> Result<Vec<Held>, Error> {
    tx.list(
        "SELECT org_id, id, responder_id, held_until, due_at FROM notification
         WHERE held_until > $1 AND state = 'pending' AND responder_kind = 'user'
         ORDER BY held_until, id LIMIT $2",
        params![was, MOST_HELD],
        |row| {
            Ok(Held {
                org: OrgId(row.uuid(0)?),
                id: NotificationId(row.uuid(1)?),
                user: UserId(row.uuid(2)?),
                until: row.at(3)?,
                due_at: row.at(4)?,
            })
        },
    )
}

/// Has a page wait for another end of quiet hours.
pub fn hold_again(
    scope: &mut Scope<'_>,
    id: NotificationId,
    until: Timestamp,
    due_at: Timestamp,
) -> Result<(), Error> {
    let org = scope.org();
    scope.execute_one(
        "UPDATE notification SET held_until = $3, due_at = $4, next_try_at = $4
         WHERE org_id = $1 AND id = $2 AND state = 'pending'",
        params![org, id, until, due_at],
    )
}
