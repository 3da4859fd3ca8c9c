//! Takes the steps of escalation policies whose time has come.

use std::time::Duration;

use outbound::BoxFuture;
use store::{Lane, Scope, timers};
use tracing::error;

use super::{Turn, Worker, lease_until};
use crate::{commands, error::CommandError, seams::Bell, shell::Shell};

/// Timers claimed in one turn.
const BATCH: u32 = 50;

/// A step is one transaction; a worker that has not settled it by then is gone.
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
            for timer in &due {
                let (ground, timer) = (shell.ground(), timer.clone());
                let (org, incident) = (timer.org, timer.incident);
                let step = move |tx: &mut store::Tx<'_>, now| {
                    commands::escalate(&mut Scope::new(tx, org), &ground, now, &timer)
                };
                match shell.write(Lane::Paging, step).await {
                    // A page does not wait for the other steps of the batch.
                    Ok(()) => shell.doorbell.ring(Bell::Notify),
                    // One bad timer never holds up the others: its lease runs out and it is tried again.
                    Err(error) => error!(incident.id = %incident, %error, "step could not be taken"),
                }
            }
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
