//! Forgets what is kept for a while only: the log of polls and the bodies they read; and of the ledger, messages about incidents
//! that are long over, texts from phones, old news, and who followed what is long over.
//!
//! A turn deletes one batch of each in the bulk lane, so that the pager waits for a batch at the most, and comes back until
//! there is nothing left to forget.

use std::time::Duration;

use jiff::Timestamp;
use outbound::BoxFuture;
use store::{
    Lane, bodies, polls,
    retention::{self, Purged},
};

use super::{Turn, Worker};
use crate::{error::CommandError, seams::Bell, shell::Shell};

/// How long polls are kept.
const POLLS_KEPT: Duration = Duration::from_secs(14 * 24 * 3600);

/// How long bodies are kept after they were last seen.
const BODIES_KEPT: Duration = Duration::from_secs(90 * 24 * 3600);

/// How long texts from phones are kept at least: until then none is acted on twice, whoever sends it again.
const TEXTS_KEPT: Duration = Duration::from_secs(400 * 24 * 3600);

/// How long whoever asked for one incident or work is kept after it was over: long enough for what was learnt from it.
const FOLLOWERS_KEPT: Duration = Duration::from_secs(180 * 24 * 3600);

/// Rows of the poll log deleted in one transaction.
const BATCH: u32 = 1_000;

/// Messages, and other rows of each kind, deleted in one transaction of the ledger, which a page may have to wait for. A message
/// has some tries.
const LEDGER_BATCH: u32 = 200;

/// How often to look.
const EVERY: Duration = Duration::from_secs(3600);

/// How long the ledger keeps what it does not keep for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Messages about an incident after it was over, with their tries.
    pub paging: Duration,
    /// Changes at providers, and their order as news.
    pub changes: Duration,
}

impl Default for Retention {
    /// More than a year: so that a year can be looked back on at its end.
    fn default() -> Self {
        let kept = Duration::from_secs(400 * 24 * 3600);
        Self { paging: kept, changes: kept }
    }
}

/// The worker that forgets.
#[derive(Debug, Default)]
pub struct Janitor {
    retention: Retention,
}

impl Janitor {
    /// Makes one that keeps what it does not keep for good as long as this.
    #[must_use]
    pub const fn keeping(retention: Retention) -> Self {
        Self { retention }
    }
}

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
            let log = forget_polls(shell, now).await?;
            let ledger = self.forget(shell).await?;
            let is_full = |batch: u32| move |purged: &Purged| purged.rows >= u64::from(batch);
            let is_more = log.iter().any(is_full(BATCH)) || ledger.iter().any(is_full(LEDGER_BATCH));
            for purged in log.iter().chain(&ledger) {
                shell.meters.purged(purged.table, purged.rows);
            }
            if is_more { Ok(Turn::More) } else { Ok(Turn::IdleUntil(now.checked_add(EVERY).ok())) }
        })
    }
}

impl Janitor {
    /// Forgets a batch of each kind in the ledger.
    async fn forget(&self, shell: &Shell) -> Result<Vec<Purged>, CommandError> {
        let Retention { paging, changes } = self.retention;
        let job = move |tx: &mut store::Tx<'_>, now| {
            let mut purged = Vec::from(retention::purge_messages(tx, earlier(now, paging), LEDGER_BATCH)?);
            let texts = earlier(now, paging.max(TEXTS_KEPT));
            purged.push(retention::purge_phone_texts(tx, texts, LEDGER_BATCH)?);
            purged.push(retention::purge_followers(tx, earlier(now, FOLLOWERS_KEPT), LEDGER_BATCH)?);
            purged.extend(retention::purge_news(tx, earlier(now, changes), LEDGER_BATCH)?);
            Ok(purged)
        };
        shell.write(Lane::Bulk, job).await
    }
}

async fn forget_polls(shell: &Shell, now: Timestamp) -> Result<[Purged; 2], CommandError> {
    let job = move |tx: &mut store::Tx<'_>| {
        let polls = polls::delete_before(tx, earlier(now, POLLS_KEPT), BATCH)?;
        let bodies = bodies::delete_before(tx, earlier(now, BODIES_KEPT), BATCH)?;
        Ok::<_, CommandError>([Purged { table: "poll", rows: polls }, Purged { table: "body", rows: bodies }])
    };
    store::write(&*shell.history, Lane::Bulk, job).await
}

fn earlier(now: Timestamp, span: Duration) -> Timestamp {
    now.checked_sub(span).unwrap_or(Timestamp::MIN)
}
