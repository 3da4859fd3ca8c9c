//! Judges organisations whose time has come: a hold has run out, a configuration changed, a reading concerns more of them
//! than its own transaction takes.

use outbound::BoxFuture;
use store::{Lane, judgements};

use super::{Turn, Worker};
use crate::{commands, error::CommandError, seams::Bell, shell::Shell};

/// Organisations judged in one transaction.
const BATCH: u32 = 10;

/// The worker that judges again.
#[derive(Debug)]
pub struct Propagator;

impl Worker for Propagator {
    fn name(&self) -> &'static str {
        "propagator"
    }

    fn bell(&self) -> Bell {
        Bell::Judge
    }

    fn turn<'a>(&'a self, shell: &'a Shell) -> BoxFuture<'a, Result<Turn, CommandError>> {
        Box::pin(async move {
            let ground = shell.ground();
            let judged = shell
                .write(Lane::Paging, move |tx, now| commands::judge_due(tx, &ground, now, BATCH))
                .await?;
            if judged > 0 {
                shell.ring_tellers();
            }
            if judged >= BATCH as usize {
                return Ok(Turn::More);
            }
            Ok(Turn::IdleUntil(shell.read(|tx| Ok(judgements::next_due(tx)?)).await?))
        })
    }
}
