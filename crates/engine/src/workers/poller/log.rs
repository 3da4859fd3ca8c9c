//! Keeps the log of polls that brought something, and the documents. They are worth having, and not worth a poll: trouble
//! here is told, no more.

use std::time::Duration;

use domain::ProviderId;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use store::{Lane, bodies, polls};
use tracing::warn;

use super::fetch::Fetched;
use crate::{commands::Polled, shell::Shell};

/// Keeps what a poll brought.
pub(super) async fn keep(shell: &Shell, id: ProviderId, began: Timestamp, fetched: Fetched) {
    let entry = entry(id, began, shell.clock.now(), &fetched);
    let read = fetched.bodies;
    let job = move |tx: &mut store::Tx<'_>| {
        polls::insert(tx, &entry)?;
        for body in &read {
            bodies::upsert_seen(tx, id, &Sha256::digest(body), body, entry.at)?;
        }
        Ok(())
    };
    if let Err(error) = shell.history.run(Lane::Bulk, Box::new(job)).await {
        warn!(provider.id = %id, %error, "poll could not be logged");
    }
}

fn entry(provider: ProviderId, began: Timestamp, ended: Timestamp, fetched: &Fetched) -> polls::Poll {
    let (outcome, reason) = match &fetched.polled {
        Polled::Unchanged => (polls::PollOutcome::Unchanged, None),
        Polled::Read { .. } => (polls::PollOutcome::Read, None),
        Polled::Failed { reason, .. } | Polled::Hindered { reason } => {
            (polls::PollOutcome::Failed, Some(reason.clone()))
        }
    };
    polls::Poll {
        provider,
        at: began,
        outcome,
        http_status: fetched.http_status,
        size_bytes: fetched.bodies.first().and_then(|body| u32::try_from(body.len()).ok()),
        elapsed: Duration::try_from(ended.duration_since(began)).unwrap_or_default(),
        reason,
    }
}
