//! A provider says that something changed: its page is read sooner. What it says besides is not believed.

use std::time::Duration;

use domain::ProviderId;
use jiff::Timestamp;
use store::{Tx, providers};

use crate::error::CommandError;

/// No page is read more often than this, whoever asks.
const POLITE: Duration = Duration::from_secs(10);

/// Has a provider polled as soon as is polite; returns whether that is sooner than it would have been. A source that is
/// failing keeps the pace it was given, and one that nobody polls stays so.
///
/// # Errors
/// When the ledger fails.
pub fn nudge(tx: &mut Tx<'_>, now: Timestamp, id: ProviderId) -> Result<bool, CommandError> {
    let Some((source, _, _)) = providers::find_source(tx, id)? else { return Ok(false) };
    let polite = source.last_poll_at.and_then(|at| at.checked_add(POLITE).ok());
    let soonest = polite.map_or(now, |at| at.max(now));
    let is_sooner = source.failures == 0 && source.next_poll_at.is_some_and(|due| due > soonest);
    if is_sooner {
        providers::set_next_poll(tx, id, Some(soonest))?;
    }
    Ok(is_sooner)
}
