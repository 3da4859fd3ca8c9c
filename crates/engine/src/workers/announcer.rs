//! Numbers what became news.

use outbound::BoxFuture;
use store::{Lane, announcements};

use super::{Turn, Worker};
use crate::{error::CommandError, seams::Bell, shell::Shell};

/// Sets numbered in one transaction.
const SETS: u32 = 256;

/// The worker that tells subscribers.
#[derive(Debug)]
pub struct Announcer;

impl Worker for Announcer {
    fn name(&self) -> &'static str {
        "announcer"
    }

    fn bell(&self) -> Bell {
        Bell::Announce
    }

    fn turn<'a>(&'a self, shell: &'a Shell) -> BoxFuture<'a, Result<Turn, CommandError>> {
        Box::pin(async move {
            if shell.read(|tx| Ok(announcements::is_waiting(tx)?)).await? {
                let numbered = shell.write(Lane::Bulk, |tx, _| Ok(announcements::number(tx, SETS)?)).await?;
                if numbered > 0 {
                    shell.doorbell.ring(Bell::Report);
                    return Ok(Turn::More);
                }
            }
            Ok(Turn::IdleUntil(None))
        })
    }
}
