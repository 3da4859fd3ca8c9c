//! Looks for the proofs that host names of status pages are their teams' own.
//!
//! A proof is a text that follows from the page and its name by the installation's key: in the DNS below the name, or at the name
//! itself, where whoever keeps its web server puts it. We never put it there ourselves: a name that merely leads here proves
//! nothing. A name that was proven is looked at daily, and lost only when its proof has been missing for a week.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use outbound::{BoxFuture, Limits, Request};
use store::{
    Lane, Tx,
    page_domains::{self, DomainState, PageDomain},
    stale_pages::{self, PageKind},
};
use tracing::info;

use super::{Turn, Worker};
use crate::{error::CommandError, links::SigningKey, seams::Bell, shell::Shell};

/// Names in one turn: each may have to wait for servers that hang.
const BATCH: u32 = 1;

/// How soon a proof is looked for again: one that was found, and one that was not.
const AGAIN_FOUND: SignedDuration = SignedDuration::from_hours(24);
const AGAIN_MISSING: SignedDuration = SignedDuration::from_mins(10);

/// How long a proof may be missing before a name is no longer served.
const PATIENCE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What a server may cost us that is asked for a proof.
const LIMITS: Limits = Limits { total: Duration::from_secs(10), max_bytes: 4096, redirects: 0 };

/// The worker that looks for proofs.
#[derive(Debug)]
pub struct Registrar;

impl Worker for Registrar {
    fn name(&self) -> &'static str {
        "registrar"
    }

    fn bell(&self) -> Bell {
        Bell::Prove
    }

    fn turn<'a>(&'a self, shell: &'a Shell) -> BoxFuture<'a, Result<Turn, CommandError>> {
        Box::pin(async move {
            let now = shell.clock.now();
            let due = shell.read(move |tx| Ok(page_domains::list_due(tx, now, BATCH)?)).await?;
            for name in &due {
                let found = look(shell, name).await;
                let name = name.clone();
                shell.write(Lane::Bulk, move |tx, now| settle(tx, &name, &found, now)).await?;
                shell.doorbell.ring(Bell::Publish);
            }
            if due.len() >= BATCH as usize {
                return Ok(Turn::More);
            }
            Ok(Turn::IdleUntil(shell.read(|tx| Ok(page_domains::next_due(tx)?)).await?))
        })
    }
}

/// Where the proof of a name is looked for, and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The name of the text in the DNS.
    pub dns: String,
    /// The address at the name itself.
    pub url: String,
    /// What stands there.
    pub text: String,
}

impl Proof {
    /// Returns what proves that a name is the page's.
    #[must_use]
    pub fn of(key: &SigningKey, page: domain::StatusPageId, name: &str) -> Self {
        Self {
            dns: format!("_midwatch.{name}"),
            url: format!("http://{name}/.well-known/midwatch-challenge"),
            text: format!("midwatch-verify={}", key.page_secret("page-domain", page, name)),
        }
    }
}

/// Looks for a proof; an error says what was found instead.
async fn look(shell: &Shell, name: &PageDomain) -> Result<(), String> {
    let proof = Proof::of(&shell.key, name.page, &name.domain);
    let in_dns = match shell.outbound.texts(proof.dns.clone()).await {
        Ok(texts) if texts.iter().any(|text| text.trim() == proof.text) => return Ok(()),
        Ok(texts) if texts.is_empty() => format!("the DNS has no text at {}", proof.dns),
        Ok(_) => format!("the DNS has another text at {}", proof.dns),
        Err(why) => format!("the DNS can't be asked for {}: {why}", proof.dns),
    };
    let https = proof.url.replacen("http:", "https:", 1);
    let mut at_name = String::new();
    for url in [https, proof.url] {
        at_name = match shell.outbound.fetch(Request::get(url.clone()).limits(LIMITS)).await {
            Ok(answer) if answer.status == 200 && answer.body.trim_ascii() == proof.text.as_bytes() => {
                return Ok(());
            }
            Ok(answer) if answer.status == 200 => format!("{url} says something else"),
            Ok(answer) => format!("{url} answers {}", answer.status),
            Err(error) => format!("{url} can't be read: {error}"),
        };
    }
    Err(format!("{in_dns}; {at_name}"))
}

fn settle(
    tx: &mut Tx<'_>,
    before: &PageDomain,
    found: &Result<(), String>,
    now: Timestamp,
) -> Result<(), CommandError> {
    let holder = page_domains::find_holder(tx, &before.domain)?;
    let after = judged(before, found, holder.is_some_and(|holder| holder != before.page), now);
    let again = if after.reason.is_empty() { AGAIN_FOUND } else { AGAIN_MISSING };
    page_domains::settle(tx, &after, now.saturating_add(again).unwrap_or(Timestamp::MAX))?;
    if after.state != before.state {
        info!(page.domain = %after.domain, page.state = after.state.word(), "the proof of a host name was looked for");
        stale_pages::mark(tx, PageKind::StatusPage, before.page.0, now)?;
        stale_pages::mark(tx, PageKind::Directory, uuid::Uuid::nil(), now)?;
    }
    Ok(())
}

/// Returns what is known of a name by what was found; `is_taken` says that another page has proven it.
fn judged(before: &PageDomain, found: &Result<(), String>, is_taken: bool, now: Timestamp) -> PageDomain {
    let mut after = PageDomain { checked_at: Some(now), ..before.clone() };
    match found {
        Ok(()) if is_taken => {
            (after.state, after.reason) =
                (DomainState::Failed, "another status page has proven this name before".to_owned());
        }
        Ok(()) => {
            (after.state, after.reason, after.proven_at) = (DomainState::Verified, String::new(), Some(now))
        }
        Err(why) => {
            let is_kept = before.state == DomainState::Verified
                && before.proven_at.is_some_and(|at| now.duration_since(at) < PATIENCE);
            after.state = if is_kept { DomainState::Verified } else { DomainState::Failed };
            after.reason.clone_from(why);
        }
    }
    after
}

#[cfg(test)]
mod tests {
    use domain::{OrgId, StatusPageId};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_proof_is_believed_once_found_and_for_a_week_after_it_was_seen_last() {
        let pending = PageDomain {
            org: OrgId(Uuid::nil()),
            page: StatusPageId(Uuid::nil()),
            domain: "status.acme.test".to_owned(),
            state: DomainState::Pending,
            reason: String::new(),
            checked_at: None,
            proven_at: None,
        };
        let (day, missing) = (SignedDuration::from_hours(24), Err("nothing there".to_owned()));
        let start = Timestamp::UNIX_EPOCH;
        let failed = judged(&pending, &missing, false, start);
        assert_eq!((failed.state, failed.reason.as_str()), (DomainState::Failed, "nothing there"));
        let taken = judged(&pending, &Ok(()), true, start);
        assert_eq!((taken.state, taken.proven_at), (DomainState::Failed, None));
        let proven = judged(&failed, &Ok(()), false, start);
        assert_eq!(
            (proven.state, proven.reason.as_str(), proven.proven_at),
            (DomainState::Verified, "", Some(start))
        );
        let shaken = judged(&proven, &missing, false, start + day);
        assert_eq!((shaken.state, shaken.reason.as_str()), (DomainState::Verified, "nothing there"));
        let again = judged(&shaken, &Ok(()), false, start + day);
        assert_eq!((again.reason.as_str(), again.proven_at), ("", Some(start + day)));
        assert_eq!(judged(&shaken, &missing, false, start + day * 7).state, DomainState::Failed);
    }
}
