//! Reads the sources that are due.
//!
//! A failed read says nothing about the provider: it is recorded as such and changes no status. The longer lists of a
//! page are read only when they are needed, at first contact and when something open is gone.

use std::{sync::Arc, time::Duration};

use domain::{
    ProviderId,
    knowledge::Absence,
    provider::Provider,
    snapshot::{Reading, Snapshot},
};
use formats::feed;
use futures_util::{StreamExt, stream};
use jiff::Timestamp;
use outbound::{BoxFuture, Limits, Request, Response};
use sha2::{Digest, Sha256};
use store::{Lane, bodies, polls, providers, providers::Validators};
use tracing::{info, warn};

use super::{Turn, Worker, lease_until};
use crate::{
    commands::{self, Polled, Recorded},
    error::CommandError,
    seams::Bell,
    shell::Shell,
};

/// Sources claimed in one turn.
const BATCH: u32 = 64;

/// Sources read at the same time.
const AT_ONCE: usize = 16;

/// Three documents, each under its own deadline, and the wait for a free connection.
const LEASE: Duration = Duration::from_secs(90);

/// The worker that reads sources.
#[derive(Debug)]
pub struct Poller;

impl Worker for Poller {
    fn name(&self) -> &'static str {
        "poller"
    }

    fn bell(&self) -> Bell {
        Bell::Poll
    }

    fn turn<'a>(&'a self, shell: &'a Shell) -> BoxFuture<'a, Result<Turn, CommandError>> {
        Box::pin(async move {
            let due = shell
                .write(Lane::Bulk, |tx, now| {
                    Ok(providers::claim_due(tx, now, lease_until(now, LEASE), BATCH)?)
                })
                .await?;
            let full = due.len() >= BATCH as usize;
            stream::iter(due)
                .for_each_concurrent(AT_ONCE, |(id, epoch)| async move {
                    if let Err(error) = poll(shell, id, epoch).await {
                        warn!(provider.id = %id, %error, "poll could not be recorded");
                    }
                })
                .await;
            if full {
                return Ok(Turn::More);
            }
            Ok(Turn::IdleUntil(shell.read(|tx| Ok(providers::next_due(tx)?)).await?))
        })
    }
}

/// Reads one source and records how it went.
async fn poll(shell: &Shell, id: ProviderId, epoch: i64) -> Result<(), CommandError> {
    let Some(provider) = shell.catalog.get(id) else {
        // The provider was taken out of the configuration: not asked again until it is back.
        return shell.write(Lane::Bulk, move |tx, _| Ok(providers::set_next_poll(tx, id, None)?)).await;
    };
    let began = shell.clock.now();
    let fetched = fetch(shell, &provider).await?;
    let entry = log_entry(id, began, shell.clock.now(), &fetched);
    let (ground, polled, jitter) = (shell.ground(), fetched.polled, shell.mint.jitter());
    let of = Arc::clone(&provider);
    let recorded = shell
        .write(Lane::Paging, move |tx, now| commands::record(tx, &ground, now, &of, epoch, &polled, jitter))
        .await?;
    tell(&provider, &recorded);
    shell.ring_tellers();
    keep(shell, id, entry, fetched.body).await
}

fn tell(provider: &Provider, recorded: &Recorded) {
    for change in &recorded.changes {
        let (event, subject) = (change.kind.word(), change.subject.as_str());
        info!(provider.slug = %provider.slug, event, subject, from = change.from, to = change.to, "provider changed");
    }
    if let Some(reason) = &recorded.failure {
        warn!(provider.slug = %provider.slug, reason, "provider could not be read");
    }
}

/// What a poll brought home.
struct Fetched {
    polled: Polled,
    http_status: Option<u16>,
    body: Option<Vec<u8>>,
}

impl Fetched {
    fn failed(reason: String, http_status: Option<u16>, asked: Option<Duration>) -> Self {
        Self { polled: Polled::Failed { reason, asked }, http_status, body: None }
    }
}

async fn fetch(shell: &Shell, provider: &Provider) -> Result<Fetched, CommandError> {
    let id = provider.id();
    let stored = shell.read(move |tx| Ok(providers::get(tx, id)?)).await?;
    let Some(stored) = stored else { return Err(CommandError::NotFound(provider.slug.clone())) };
    let response = match shell.outbound.fetch(conditional(provider.address(), &stored.validators)).await {
        Ok(response) => response,
        Err(error) => return Ok(Fetched::failed(error.to_string(), None, None)),
    };
    let status = Some(response.status);
    let hash = Sha256::digest(&response.body).to_vec();
    let is_same = response.status == 304
        || (response.status == 200 && stored.validators.body_hash.as_deref() == Some(hash.as_slice()));
    if is_same && stored.knowledge.first_read_at.is_some() {
        return Ok(Fetched { polled: Polled::Unchanged, http_status: status, body: None });
    }
    let platform = stored.validators.platform.or(provider.platform);
    let snapshot = match understand(&response, platform) {
        Reading::Fresh(snapshot) => *snapshot,
        Reading::Unreadable { reason } => {
            let asked = response.retry_after(shell.clock.now());
            return Ok(Fetched::failed(reason, status, asked));
        }
    };
    let validators = Validators {
        etag: response.header("etag").map(str::to_owned),
        last_modified: response.header("last-modified").map(str::to_owned),
        body_hash: Some(hash),
        platform: Some(snapshot.platform),
    };
    let (snapshot, absence) = if stored.knowledge.needs_companions(&snapshot) {
        with_companions(shell, provider, snapshot).await
    } else {
        (snapshot, Absence::Confirmed)
    };
    let polled = Polled::Read { snapshot: Box::new(snapshot), validators, absence };
    Ok(Fetched { polled, http_status: status, body: Some(response.body.to_vec()) })
}

fn conditional(url: &str, validators: &Validators) -> Request {
    let mut request =
        Request::get(url).limits(Limits::default()).header("accept", "application/json, */*;q=0.1");
    if let Some(etag) = &validators.etag {
        request = request.header("if-none-match", etag);
    }
    if let Some(last_modified) = &validators.last_modified {
        request = request.header("if-modified-since", last_modified);
    }
    request
}

fn understand(response: &Response, platform: Option<domain::Platform>) -> Reading {
    let source = feed::Source {
        url: Some(&response.final_url),
        content_type: response.header("content-type"),
        status: response.status,
        body: &response.body,
    };
    feed::read(&source, platform)
}

/// Joins in what the longer lists of the page say. A list that can't be read leaves what is absent unconfirmed.
async fn with_companions(shell: &Shell, provider: &Provider, snapshot: Snapshot) -> (Snapshot, Absence) {
    let companions = feed::companions(snapshot.platform, provider.address());
    let mut joined = snapshot;
    let mut absence = Absence::Confirmed;
    for url in [companions.incidents, companions.maintenances].into_iter().flatten() {
        let reading = match shell.outbound.fetch(Request::get(&url).limits(Limits::default())).await {
            Ok(response) => understand(&response, Some(joined.platform)),
            Err(error) => Reading::Unreadable { reason: error.to_string() },
        };
        match reading {
            Reading::Fresh(list) if list.page.id == joined.page.id || list.page.id.is_none() => {
                joined = joined.joined(*list);
            }
            Reading::Fresh(_) | Reading::Unreadable { .. } => absence = Absence::Unconfirmed,
        }
    }
    (joined, absence)
}

fn log_entry(provider: ProviderId, began: Timestamp, ended: Timestamp, fetched: &Fetched) -> polls::Poll {
    let (outcome, reason) = match &fetched.polled {
        Polled::Unchanged => (polls::PollOutcome::Unchanged, None),
        Polled::Read { .. } => (polls::PollOutcome::Read, None),
        Polled::Failed { reason, .. } => (polls::PollOutcome::Failed, Some(reason.clone())),
    };
    polls::Poll {
        provider,
        at: began,
        outcome,
        http_status: fetched.http_status,
        size_bytes: fetched.body.as_ref().and_then(|body| u32::try_from(body.len()).ok()),
        elapsed: Duration::try_from(ended.duration_since(began)).unwrap_or_default(),
        reason,
    }
}

/// Keeps the log of polls and the bodies. They are worth having, and not worth a poll: trouble here is logged, no more.
async fn keep(
    shell: &Shell,
    id: ProviderId,
    entry: polls::Poll,
    body: Option<Vec<u8>>,
) -> Result<(), CommandError> {
    let job = move |tx: &mut store::Tx<'_>| {
        polls::insert(tx, &entry)?;
        if let Some(body) = &body {
            bodies::upsert_seen(tx, id, &Sha256::digest(body), body, entry.at)?;
        }
        Ok(())
    };
    let kept = shell.history.run(Lane::Bulk, Box::new(job));
    if let Err(error) = kept.await {
        warn!(provider.id = %id, %error, "poll could not be logged");
    }
    Ok(())
}
