//! Forgets what is kept for a while only: the log of polls and the bodies they read.

use std::time::Duration;

use jiff::Timestamp;
use outbound::BoxFuture;
use store::{Lane, bodies, polls};

use super::{Turn, Worker};
use crate::{error::CommandError, seams::Bell, shell::Shell};

/// How long polls are kept.
const POLLS_KEPT: Duration = Duration::from_secs(14 * 24 * 3600);

/// How long bodies are kept after they were last seen.
const BODIES_KEPT: Duration = Duration::from_secs(90 * 24 * 3600);

/// Rows deleted in one transaction.
const BATCH: u32 = 1_000;

/// How often to look.
const EVERY: Duration = Duration::from_secs(3600);

/// The worker that forgets.
#[derive(Debug)]
pub struct Janitor;

impl Worker for Janitor {
    fn name(&self) -> &'static str {
        "janitor"
    }

    fn bell(&self) -> Bell {
        Bell::Clean
    }

    fn turn<'a>(&'a self, shell: &'a Shell) -> BoxFuture<'a, Result<Turn, CommandError>> {
        Box::pin(async move {
            let now = shell.clock.now();
            let deleted = std::sync::Arc::new(std::sync::atomic::AtomicU64::new(0));
            let count = std::sync::Arc::clone(&deleted);
            let job = move |tx: &mut store::Tx<'_>| {
                let polls = polls::delete_before(tx, earlier(now, POLLS_KEPT), BATCH)?;
                let bodies = bodies::delete_before(tx, earlier(now, BODIES_KEPT), BATCH)?;
                count.store(polls.max(bodies), std::sync::atomic::Ordering::Relaxed);
                Ok(())
            };
            shell.history.run(Lane::Bulk, Box::new(job)).await?;
            if deleted.load(std::sync::atomic::Ordering::Relaxed) >= u64::from(BATCH) {
                return Ok(Turn::More);
            }
            Ok(Turn::IdleUntil(now.checked_add(EVERY).ok()))
        })
    }
}

fn earlier(now: Timestamp, span: Duration) -> Timestamp {
    now.checked_sub(span).unwrap_or(Timestamp::MIN)
}
