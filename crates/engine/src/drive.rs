//! Drives workers: as tasks that wait for the clock and the bell, or turn by turn until all is quiet.
//!
//! The second way is what `replay` and the simulator use: the same workers, a clock that is set.

use std::{panic::AssertUnwindSafe, time::Duration};

use futures_util::FutureExt;
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;
use tracing::error;

use crate::{
    error::CommandError,
    pulse,
    shell::Shell,
    workers::{Turn, Worker},
};

/// The longest wait between two turns: what no bell and no timer told of is found by then.
const SWEEP: Duration = Duration::from_secs(1);

/// The wait after a turn that failed.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// Turns in a row that may be taken without the clock moving, before something is wrong.
const MOST_TURNS: usize = 10_000;

/// Takes turns until `stop`. A turn that fails or panics is logged and tried again.
pub async fn run(worker: &dyn Worker, shell: &Shell, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        let turn = AssertUnwindSafe(take(worker, shell)).catch_unwind();
        let turn = shell.pulse.during(&*shell.clock, (worker.name(), worker.bell()), turn).await;
        let wait = match turn {
            Ok(Ok(Turn::More)) => continue,
            Ok(Ok(Turn::IdleUntil(due))) => until(shell.clock.now(), due),
            Ok(Err(error)) => {
                error!(worker = worker.name(), %error, "turn failed");
                AFTER_FAILURE
            }
            Err(_) => {
                error!(worker = worker.name(), "turn panicked");
                AFTER_FAILURE
            }
        };
        tokio::select! {
            () = shell.clock.wait(wait) => {}
            () = shell.doorbell.wait(worker.bell()) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// Takes a turn, by due times that can be believed.
///
/// # Errors
/// What the turn answers, or the ledger where due times have to follow a clock that was set.
pub async fn take(worker: &dyn Worker, shell: &Shell) -> Result<Turn, CommandError> {
    pulse::follow(shell).await?;
    worker.turn(shell).await
}

fn until(now: Timestamp, due: Option<Timestamp>) -> Duration {
    let span = due.map_or(SWEEP, |due| Duration::try_from(due.duration_since(now)).unwrap_or_default());
    span.min(SWEEP)
}

/// Takes turns, worker after worker, until none has anything left to do now. Returns the next instant at which one will.
///
/// # Errors
/// What a turn answers; and a worker that never comes to rest.
pub async fn settle(workers: &[Box<dyn Worker>], shell: &Shell) -> Result<Option<Timestamp>, CommandError> {
    for _ in 0..MOST_TURNS {
        let now = shell.clock.now();
        let mut next: Option<Timestamp> = None;
        let mut is_quiet = true;
        for worker in workers {
            match take(&**worker, shell).await? {
                Turn::More => is_quiet = false,
                Turn::IdleUntil(None) => {}
                Turn::IdleUntil(Some(due)) if due <= now => is_quiet = false,
                Turn::IdleUntil(Some(due)) => next = Some(next.map_or(due, |other| other.min(due))),
            }
        }
        if is_quiet {
            return Ok(next);
        }
    }
    Err(CommandError::Rejected(format!("workers found no rest in {MOST_TURNS} turns")))
}
