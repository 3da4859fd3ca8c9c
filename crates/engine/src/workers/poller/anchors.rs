//! Asks hosts that are practically never down together whether it is us.

use std::{sync::Arc, time::Duration};

use domain::egress::{Turned, Weather};
use futures_util::{StreamExt, stream};
use outbound::{Limits, Request};
use tracing::{error, info};

use crate::{commands, error::CommandError, shell::Shell};

/// What an anchor may take: a small answer, soon.
const LIMITS: Limits = Limits { total: Duration::from_secs(5), max_bytes: 64 * 1024, redirects: 0 };

/// Anchors asked at the same time.
const AT_ONCE: usize = 8;

/// Asks every anchor, and tells the operators once when the answer turns.
pub(super) async fn ask(shell: &Shell, weather: &mut Weather) -> Result<(), CommandError> {
    let answers: Vec<bool> = stream::iter(shell.identity.anchors.clone())
        .map(|anchor| {
            let outbound = Arc::clone(&shell.outbound);
            async move { outbound.fetch(Request::get(anchor).limits(LIMITS)).await.is_ok() }
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let Some(turned) = weather.judge(&answers, shell.clock.now()) else { return Ok(()) };
    match turned {
        Turned::Cut => {
            error!(anchors = answers.len(), "our network is cut off: nothing is held against any provider");
        }
        Turned::Restored { since } => info!(%since, "our network reaches the world again"),
    }
    shell.meters.cut_off(turned == Turned::Cut);
    let ground = shell.ground();
    shell
        .write(store::Lane::Paging, move |tx, now| commands::tell_operators(tx, &ground, turned, now))
        .await?;
    shell.ring_tellers();
    Ok(())
}
