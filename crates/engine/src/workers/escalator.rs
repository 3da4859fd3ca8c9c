//! Takes the steps of escalation policies whose time has come.

use std::time::Duration;

use jiff::Timestamp;
use outbound::BoxFuture;
use store::{
    Lane, Scope, Tx,
    timers::{self, Timer},
};
use tracing::error;

use super::{Turn, Worker, lease_until};
use crate::{commands, error::CommandError, seams::Bell, shell::Shell};

/// Timers claimed in one turn, whose steps are taken in one transaction.
const BATCH: u32 = 50;

/// A worker that has not settled a step by then is gone.
const LEASE: Duration = Duration::from_secs(20);

/// The worker that escalates.
#[derive(Debug)]
pub struct Escalator;

impl Worker for Escalator {
    fn name(&self) -> &'static str {
        "escalator"
    }

    fn bell(&self) -> Bell {
        Bell::Escalate
    }

    fn turn<'a>(&'a self, shell: &'a Shell) -> BoxFuture<'a, Result<Turn, CommandError>> {
        Box::pin(async move {
            let due = shell
                .write(Lane::Paging, |tx, now| {
                    Ok(timers::claim_due(tx, now, lease_until(now, LEASE), BATCH)?)
                })
                .await?;
            take(shell, &due).await;
            if !due.is_empty() {
                shell.ring_tellers();
            }
            if due.len() >= BATCH as usize {
                return Ok(Turn::More);
            }
            Ok(Turn::IdleUntil(shell.read(|tx| Ok(timers::next_due(tx)?)).await?))
        })
    }
}

/// Takes the due steps of these timers in one transaction, where thousands fall due at once; where that fails, each in its
/// own: one bad timer never holds up the others. Its lease runs out and it is tried again.
async fn take(shell: &Shell, due: &[Timer]) {
    if due.len() > 1 && escalate(shell, due).await.is_ok() {
        return;
    }
    for timer in due {
        match escalate(shell, std::slice::from_ref(timer)).await {
            // A page does not wait for the other steps of the batch.
            Ok(()) => shell.doorbell.ring(Bell::Notify),
            Err(error) => error!(incident.id = %timer.incident, %error, "step could not be taken"),
        }
    }
}

async fn escalate(shell: &Shell, due: &[Timer]) -> Result<(), CommandError> {
    let (ground, due) = (shell.ground(), due.to_vec());
    let job = move |tx: &mut Tx<'_>, now: Timestamp| {
        due.iter()
            .try_for_each(|timer| commands::escalate(&mut Scope::new(tx, timer.org), &ground, now, timer))
    };
    shell.write(Lane::Paging, job).await
}
