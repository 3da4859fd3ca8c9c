//! Finds the feed of a page that declares none, and of one that is no longer what it is declared to be.

use std::time::Duration;

use domain::{Platform, provider::Provider};
use store::{
    polls::{self, Poll, PollOutcome},
    providers::{Claim, Move},
};
use tracing::warn;

use super::fetch::Fetched;
use crate::{
    commands::Polled,
    discover::{Cause, Discovered, Miss, Subject, Verdict, discover},
    shell::Shell,
};

/// How long a page that has no readable form is left alone: finding that out takes a score of requests.
const ASKED_AGAIN_AFTER: Duration = Duration::from_secs(3600);

/// After how many failures in a row a page that was not elsewhere is looked for again.
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
    let is_refused = miss.cause == Cause::Formless;
    let polled = Polled::Failed { reason: miss.reason, asked, is_refused, moved: None };
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
    let id = claim.id;
    // A log that can't be read costs a look.
    let log = store::read(&*shell.history, move |tx| polls::list(tx, id, 2)).await.ok()?;
    if !is_time_to_look(claim.source.failures, &log) {
        return None;
    }
    let found = self::feed(shell, provider).await.ok()?;
    let is_new = found.feed != feed || Some(found.platform) != platform;
    is_new.then(|| Move { platform: found.platform, feed: found.feed, at: shell.clock.now() })
}

/// Whether an answer that can't be read says that something else stands there. A host in trouble, one that wants to be left
/// alone and one that keeps its door shut say nothing of the page.
pub(super) fn is_of_another_page(http_status: u16) -> bool {
    matches!(http_status, 200..=399 | 404 | 410)
}

/// Whether to look for a page whose answer is that of another one: at the second such answer in a row, then every eighth
/// time. `log` holds the last polls before, the latest first, of which `failures` failed in a row.
fn is_time_to_look(failures: u32, log: &[Poll]) -> bool {
    let was_another =
        |poll: &Poll| poll.outcome == PollOutcome::Failed && poll.http_status.is_some_and(is_of_another_page);
    let [last, before @ ..] = log else { return false };
    let is_second = failures == 1 || !before.first().is_some_and(was_another);
    failures > 0 && was_another(last) && (is_second || failures % LOOKED_FOR_EVERY == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_looked_for_at_the_second_answer_of_another_and_every_eighth_time() {
        let provider = domain::provider::provider_id("pay");
        let poll = |http_status: Option<u16>| Poll {
            provider,
            at: jiff::Timestamp::UNIX_EPOCH,
            outcome: PollOutcome::Failed,
            http_status,
            size_bytes: None,
            elapsed: Duration::ZERO,
            reason: None,
        };
        let (other, gone, trouble, silence) = (Some(200), Some(404), Some(503), None);
        for (failures, last, before, expected) in [
            (0, other, other, false),
            (1, other, other, true),
            (2, other, gone, false),
            (4, gone, trouble, true),
            (4, other, silence, true),
            (1, trouble, other, false),
            (2, silence, other, false),
            (9, other, other, true),
            (9, trouble, other, false),
            (10, other, other, false),
            (17, gone, other, true),
        ] {
            let log = [poll(last), poll(before)];
            assert_eq!(is_time_to_look(failures, &log), expected, "{failures} {last:?} {before:?}");
        }
        assert!(!is_time_to_look(1, &[]), "the log was lost");
        let statuses = [200, 302, 404, 410, 401, 403, 429, 500, 503].map(is_of_another_page);
        assert_eq!(statuses, [true, true, true, true, false, false, false, false, false]);
    }
}
