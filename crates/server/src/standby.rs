//! Opens the ledger. While it can't be opened, readers get the pages that stand on the shelf, and everything else waits.
//!
//! Only what may pass by itself or by a person's hand on the database is waited for: that it can't be reached, is locked,
//! can't be read or is spoilt. A configuration that can't be applied, or a ledger of a later program, ends the process.

use std::{sync::Arc, time::Duration};

use anyhow::Result;
use engine::{Shell, shelf::Shelf};
use outbound::Outbound;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};
use web::Listening;

use crate::{args::Failure, command, config::Config, runtime};

/// The first and the longest pause between two tries.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// What the whole product is made from.
pub(crate) struct Parts {
    pub(crate) config: Config,
    pub(crate) shelf: Arc<Shelf>,
    pub(crate) outbound: Arc<dyn Outbound>,
}

/// The two sockets, public and admin.
pub(crate) struct Doors {
    pub(crate) public: Listening,
    pub(crate) admin: Listening,
}

impl Parts {
    /// Opens the ledger and puts the product together, however long that takes; `None` when told to stop before.
    ///
    /// # Errors
    /// When waiting would not help.
    pub(crate) async fn shell(
        &self,
        doors: Doors,
        stop: &CancellationToken,
    ) -> Result<Option<(Shell, Doors)>> {
        let failure = match self.open() {
            Ok(shell) => return Ok(Some((shell, doors))),
            Err(failure) if passes(&failure) => failure,
            Err(failure) => return Err(failure),
        };
        error!(
            error = format!("{failure:#}"),
            pages = self.shelf.paths().len(),
            "the ledger can't be opened: nobody is paged; pages are served as they last stood"
        );
        let (doors, serving) = self.serve_readers(doors, stop)?;
        let shell = self.wait(stop).await;
        serving.end().await;
        Ok(shell?.map(|shell| (shell, doors)))
    }

    fn open(&self) -> Result<Shell> {
        command::admit(&self.config).map_err(|failure| match failure {
            Failure::Usage(error) | Failure::Failed(error) => error,
        })?;
        let stores = runtime::open_stores(&self.config)?;
        runtime::assemble(&self.config, &stores, Arc::clone(&self.shelf), Arc::clone(&self.outbound))
    }

    async fn wait(&self, stop: &CancellationToken) -> Result<Option<Shell>> {
        let mut pause = FIRST_PAUSE;
        loop {
            tokio::select! {
                () = stop.cancelled() => return Ok(None),
                () = tokio::time::sleep(pause) => {}
            }
            match self.open() {
                Ok(shell) => {
                    info!("the ledger is open: everything is served again");
                    return Ok(Some(shell));
                }
                Err(failure) if passes(&failure) => {
                    pause = (2 * pause).min(LONGEST_PAUSE);
                    warn!(error = format!("{failure:#}"), again_in = ?pause, "the ledger can't be opened yet");
                }
                Err(failure) => return Err(failure),
            }
        }
    }

    fn serve_readers(&self, doors: Doors, stop: &CancellationToken) -> Result<(Doors, Serving)> {
        let until = stop.child_token();
        let (public, for_readers) = doors.public.twice()?;
        let (admin, for_probes) = doors.admin.twice()?;
        let routes = [
            (for_readers, web::waiting(&self.shelf, self.config.server.public_url.as_str())),
            (for_probes, web::waiting_admin()),
        ];
        let mut tasks = JoinSet::new();
        for (door, router) in routes {
            let until = until.clone();
            tasks.spawn(async move {
                if let Err(error) = web::serve(door, router, until).await {
                    error!(%error, "a listener failed while the ledger was waited for");
                }
            });
        }
        Ok((Doors { public, admin }, Serving { tasks, until }))
    }
}

/// What serves while the ledger is waited for.
struct Serving {
    tasks: JoinSet<()>,
    until: CancellationToken,
}

impl Serving {
    async fn end(mut self) {
        self.until.cancel();
        while self.tasks.join_next().await.is_some() {}
    }
}

/// Whether a failure to open the ledger may pass.
pub(crate) fn passes(failure: &anyhow::Error) -> bool {
    failure.chain().filter_map(|cause| cause.downcast_ref::<store::Error>()).any(|error| match error {
        store::Error::Unavailable { .. } | store::Error::Corrupt { .. } | store::Error::Conflict { .. } => {
            true
        }
        store::Error::NotFound | store::Error::Rejected { .. } | store::Error::Declined => false,
    })
}

#[cfg(test)]
mod tests {
    use anyhow::Context;
    use store::{Database, Options};

    use super::*;

    #[test]
    fn a_database_that_may_come_back_is_waited_for_and_a_wrong_address_is_not() {
        let check = |url: &str, expected: bool| {
            let failure =
                Database::open(url, &Options::default()).map(drop).context("the ledger can't be opened");
            assert_eq!(passes(&failure.unwrap_err()), expected, "{url}");
        };
        // Nobody listens on the first port of this machine, and a file has no files in it.
        check("postgres://nobody@127.0.0.1:1/none", true);
        check("sqlite:///dev/null/ledger.db", true);
        check("mysql://localhost/none", false);
        assert!(!passes(&anyhow::anyhow!("the configuration can't be applied")));
    }
}
