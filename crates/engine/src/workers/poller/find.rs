//! Finds the feed of a page that declares none, and of one that is no longer what it is declared to be.

use std::time::Duration;

use domain::{Platform, provider::Provider};
use store::providers::{Claim, Move};
use tracing::warn;

use super::fetch::Fetched;
use crate::{
    commands::Polled,
    discover::{Cause, Discovered, Miss, Subject, Verdict, discover},
    shell::Shell,
};

/// How long a page that has no readable form is left alone: finding that out takes a score of requests.
const ASKED_AGAIN_AFTER: Duration = Duration::from_secs(3600);

/// Failures in a row after which a page is looked for elsewhere, and how many further ones pass before it is again.
const LOOKED_FOR_AFTER: u32 = 2;
const LOOKED_FOR_EVERY: u32 = 8;

/// Looks for the feed of a provider of whom only the page is known.
pub(super) async fn feed(shell: &Shell, provider: &Provider) -> Result<Discovered, Miss> {
    let is_own = shell.catalog.is_own(provider.id());
    let Some(subject) = Subject::provider(provider, is_own) else {
        return Err(Miss::formless("neither a feed nor a page is known".to_owned()));
    };
    match discover(&*shell.outbound, &*shell.clock, &subject).await.verdict {
        Verdict::Found(found) => {
            if let Some(page_name) = &found.other_name {
                warn!(provider.slug = %provider.slug, page_name, "a provider's page was found under another name");
            }
            Ok(*found)
        }
        Verdict::NotFound(miss) => Err(miss),
    }
}

/// A failed poll of a page of which no readable form was found. Only a host that answered in full is left alone for long.
pub(super) fn not_found(miss: Miss) -> Fetched {
    let (asked, has_answered) = match miss.cause {
        Cause::Silent => (None, false),
        Cause::Unwell => (None, true),
        Cause::Formless => (Some(ASKED_AGAIN_AFTER), true),
    };
    let polled = Polled::Failed { reason: miss.reason, asked, moved: None };
    Fetched { polled, http_status: None, bodies: Vec::new(), has_answered }
}

/// Looks where a page is that can't be read any more where it was; `None` where it is nowhere else, or where it is too early
/// to look.
pub(super) async fn elsewhere(
    shell: &Shell,
    provider: &Provider,
    claim: &Claim,
    feed: &str,
    platform: Option<Platform>,
) -> Option<Move> {
    if claim.source.failures % LOOKED_FOR_EVERY != LOOKED_FOR_AFTER {
        return None;
    }
    let found = self::feed(shell, provider).await.ok()?;
    let is_new = found.feed != feed || Some(found.platform) != platform;
    is_new.then(|| Move { platform: found.platform, feed: found.feed, at: shell.clock.now() })
}
