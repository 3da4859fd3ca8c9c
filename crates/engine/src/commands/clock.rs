//! The ledger follows a wall clock that was set: waits keep their length, and what waits for the wall looks at it again.

use std::time::Duration;

use domain::{escalation::held_again, watchdog::Standing};
use jiff::{SignedDuration, Timestamp};
use store::{Scope, Tx, clock};

use super::Ground;
use crate::error::CommandError;

/// Returns how the clock of a node stands to the ledger after it was set by `by`, where it stood as `standing` before. The ledger
/// has followed it then, unless another node had it follow the same, or goes by another clock.
///
/// # Errors
/// When the ledger fails.
pub fn follow_clock(
    tx: &mut Tx<'_>,
    ground: &Ground,
    standing: Standing,
    by: SignedDuration,
    now: Timestamp,
) -> Result<Standing, CommandError> {
    let (after, follows) = standing.after(by, clock::moved(tx)?);
    if follows {
        clock::shift(tx, by, now)?;
        hold_again(tx, ground, now.checked_sub(by).unwrap_or(now), now)?;
    }
    Ok(after)
}

/// Pages that quiet hours hold wait for their end by the clock as it is now; those of people who have none now go out.
fn hold_again(tx: &mut Tx<'_>, ground: &Ground, was: Timestamp, now: Timestamp) -> Result<(), CommandError> {
    for held in clock::list_held(tx, was)? {
        let mut scope = Scope::new(tx, held.org);
        let Some(setup) = ground.setups.readable(&mut scope)? else { continue };
        let Some(user) = setup.user(held.user) else { continue };
        let wait = Duration::try_from(held.due_at.duration_since(held.until)).unwrap_or_default();
        let (until, due_at) = held_again(user, wait, now);
        clock::hold_again(&mut scope, held.id, until, due_at)?;
    }
    Ok(())
}
