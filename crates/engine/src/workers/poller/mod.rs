//! Reads the sources that are due.
//!
//! Many are under way at once, and a slow host holds up its own place only: a turn claims what is due and fits, waits for
//! whatever comes back first, settles it and returns. Answers that are no news, nearly all, are written together, and so is
//! the news that comes back while other news is being written: one that comes alone waits for nobody, and when most of the
//! world fails at once, those who depend on it are not judged for each. A failed read says nothing about the provider: it is
//! recorded as such and changes no status; and when most of the world falls silent, nothing is held against anybody.

mod anchors;
mod fetch;
mod find;
mod log;

use std::{
    collections::{HashSet, VecDeque},
    panic::AssertUnwindSafe,
    sync::Arc,
    time::Duration,
};

use domain::{
    ProviderId, SourceHealth,
    egress::{Egress, Weather},
    polling::{self, Watch},
    provider::Provider,
};
use futures_util::{FutureExt, StreamExt, stream::FuturesUnordered};
use jiff::Timestamp;
use outbound::BoxFuture;
use store::{
    Lane, providers,
    providers::{Claim, Settled},
    watches,
};
use tokio::sync::Mutex;
use tracing::{info, warn};

use self::fetch::Fetched;
use super::{Turn, Worker, lease_until};
use crate::{
    catalog::Reach,
    commands::{self, Answer, Polled, Recorded},
    error::CommandError,
    seams::Bell,
    shell::Shell,
};

/// Sources that are read at the same time.
const AT_ONCE: usize = 256;

/// Longer than the documents of one page may take, each under its own deadline.
const LEASE: Duration = Duration::from_secs(180);

/// While some sources are under way, how often to look for others that are due.
const CLAIM_EVERY: Duration = Duration::from_millis(500);

/// Answers without news that are written together at most, and how long the first of them waits.
const TOGETHER: usize = 128;
const TOGETHER_WITHIN: Duration = Duration::from_secs(1);

/// Pieces of news that are written together at most: pages and due steps wait while they are.
const NEWS_TOGETHER: usize = 32;

/// More sources overdue at a start than this are spread over an interval.
const BURST: u64 = 100;

/// How long who is depended on is remembered.
const USED_FOR: Duration = Duration::from_secs(10);

/// How long after the last visit to its page a provider on whom nobody depends is read.
const VISITED_FOR: Duration = Duration::from_secs(30 * 60);

/// The worker that reads sources.
#[derive(Default)]
pub struct Poller {
    desk: Mutex<Desk>,
}

/// What is under way, and what is known between turns.
#[derive(Default)]
struct Desk {
    under_way: FuturesUnordered<BoxFuture<'static, Done>>,
    back: Vec<Done>,
    news: VecDeque<News>,
    quiet: Vec<Settled>,
    next_claim: Option<Timestamp>,
    is_started: bool,
    watched: Watched,
    weather: Weather,
}

/// Who is watched how closely, as it was a few seconds ago.
#[derive(Default)]
struct Watched {
    used: HashSet<ProviderId>,
    visited: HashSet<ProviderId>,
    at: Option<Timestamp>,
}

/// A source that came back.
struct Done {
    claim: Claim,
    provider: Arc<Provider>,
    began: Timestamp,
    fetched: Fetched,
}

/// An answer that is to be recorded, and what the log keeps of it.
struct News {
    answer: Answer,
    began: Timestamp,
    fetched: Fetched,
}

impl Worker for Poller {
    fn name(&self) -> &'static str {
        "poller"
    }

    fn bell(&self) -> Bell {
        Bell::Poll
    }

    fn turn<'a>(&'a self, shell: &'a Shell) -> BoxFuture<'a, Result<Turn, CommandError>> {
        Box::pin(async move { self.desk.lock().await.turn(shell).await })
    }
}

impl Desk {
    async fn turn(&mut self, shell: &Shell) -> Result<Turn, CommandError> {
        if !self.is_started {
            spread_overdue(shell).await?;
            self.is_started = true;
        }
        let is_idle = self.under_way.is_empty() && self.back.is_empty() && self.news.is_empty();
        if is_idle || self.next_claim.is_none_or(|at| at <= shell.clock.now()) {
            self.claim(shell).await?;
        }
        if is_idle && self.under_way.is_empty() {
            self.flush(shell).await?;
            return Ok(Turn::IdleUntil(shell.read(|tx| Ok(providers::next_due(tx)?)).await?));
        }
        if self.back.is_empty() && self.news.is_empty() {
            tokio::select! {
                biased;
                Some(done) = self.under_way.next() => self.back.push(done),
                () = shell.clock.wait(CLAIM_EVERY) => {}
            }
        }
        while let Some(Some(done)) = self.under_way.next().now_or_never() {
            self.back.push(done);
        }
        for done in std::mem::take(&mut self.back) {
            self.settle(shell, done).await?;
        }
        self.record(shell).await;
        let now = shell.clock.now();
        let waits = self.quiet.first().is_some_and(|first| later(first.at, TOGETHER_WITHIN) <= now);
        if waits || self.quiet.len() >= TOGETHER || self.under_way.is_empty() {
            self.flush(shell).await?;
        }
        Ok(Turn::More)
    }

    /// Takes what is due and fits, and starts it.
    async fn claim(&mut self, shell: &Shell) -> Result<(), CommandError> {
        self.watched.look(shell).await?;
        let taken = self.under_way.len() + self.back.len() + self.news.len();
        let room = u32::try_from(AT_ONCE - taken.min(AT_ONCE)).unwrap_or_default();
        let claims = shell
            .write(Lane::Bulk, move |tx, now| {
                Ok(providers::claim_due(tx, now, lease_until(now, LEASE), room)?)
            })
            .await?;
        let now = shell.clock.now();
        self.next_claim = Some(later(now, CLAIM_EVERY));
        for claim in claims {
            let Some(provider) = shell.catalog.get(claim.id) else {
                // The provider was taken out of the configuration: not asked again until it is back.
                let id = claim.id;
                shell.write(Lane::Bulk, move |tx, _| Ok(providers::set_next_poll(tx, id, None)?)).await?;
                continue;
            };
            let late = claim.source.next_poll_at.map(|due| now.duration_since(due));
            shell.meters.claimed(late.and_then(|late| Duration::try_from(late).ok()).unwrap_or_default());
            self.under_way.push(Box::pin(read(shell.clone(), claim, provider, now)));
        }
        Ok(())
    }

    async fn settle(&mut self, shell: &Shell, done: Done) -> Result<(), CommandError> {
        let Done { claim, provider, began, mut fetched } = done;
        let (id, now) = (claim.id, shell.clock.now());
        shell.meters.polled(&fetched.polled);
        self.weather.note(id, fetched.has_answered, now);
        // An answer makes nothing suspect: only silence is worth a look at everybody.
        let is_open = self.weather.egress() == Egress::Open;
        if !(is_open && fetched.has_answered) && self.weather.wants_anchors(now) {
            anchors::ask(shell, &mut self.weather).await?;
        }
        if let (Egress::Cut { since }, false) = (self.weather.egress(), fetched.has_answered) {
            let reason = format!("our own network is cut off since {since}");
            fetched.polled = Polled::Hindered { reason };
        }
        let watch = self.watched.of(id);
        let shortest = shortest(&provider, &claim);
        let pace = claim.source.pace(provider.interval, watch, shortest);
        let is_kept = watch != Watch::Unused || shell.catalog.reach() == Reach::All;
        let is_quiet = matches!(fetched.polled, Polled::Unchanged)
            && claim.health == SourceHealth::Fresh
            && claim.source.failures == 0
            && !claim.source.has_gap(now, pace);
        if is_quiet {
            let source = claim.source.read(now, pace, shell.mint.jitter());
            let next = source.next_poll_at.filter(|_| is_kept);
            self.quiet.push(Settled { id, epoch: claim.epoch, at: now, next });
            return Ok(());
        }
        let poll = commands::Poll {
            provider: Arc::clone(&provider),
            epoch: claim.epoch,
            watch,
            shortest,
            is_kept,
            is_visited: self.watched.visited.contains(&id),
        };
        let answer = Answer { poll, polled: fetched.polled.clone(), jitter: shell.mint.jitter() };
        self.news.push_back(News { answer, began, fetched });
        Ok(())
    }

    /// Writes the oldest news in one transaction, while others come back; they are written together next.
    async fn record(&mut self, shell: &Shell) {
        let Some(first) = self.news.front() else { return };
        let lane = lane(first);
        let fits = self.news.iter().take(NEWS_TOGETHER).take_while(|news| self::lane(news) == lane).count();
        let news: Vec<News> = self.news.drain(..fits).collect();
        let mut recording = Box::pin(record(shell.clone(), lane, news));
        loop {
            tokio::select! {
                biased;
                () = &mut recording => return,
                Some(done) = self.under_way.next() => self.back.push(done),
            }
        }
    }

    /// Writes the answers that are no news.
    async fn flush(&mut self, shell: &Shell) -> Result<(), CommandError> {
        if self.quiet.is_empty() {
            return Ok(());
        }
        let quiet = std::mem::take(&mut self.quiet);
        let visited: Vec<ProviderId> =
            quiet.iter().map(|settled| settled.id).filter(|id| self.watched.visited.contains(id)).collect();
        shell.write(Lane::Bulk, move |tx, now| commands::record_quiet(tx, now, &quiet, &visited)).await?;
        shell.doorbell.ring(Bell::Publish);
        Ok(())
    }
}

impl Watched {
    /// Looks who is depended on and whose page is visited, and wakes the sources of the latter.
    async fn look(&mut self, shell: &Shell) -> Result<(), CommandError> {
        let now = shell.clock.now();
        if self.at.is_none_or(|at| later(at, USED_FOR) <= now) {
            self.used = shell.read(|tx| Ok(watches::list_providers(tx)?)).await?.into_iter().collect();
            self.used.extend(shell.catalog.declared());
            self.at = Some(now);
        }
        let visited: HashSet<ProviderId> =
            shell.visits.lately(earlier(now, VISITED_FOR)).into_iter().collect();
        let fresh: Vec<Arc<Provider>> = visited
            .iter()
            .filter(|id| !self.visited.contains(*id) && !self.used.contains(*id))
            .filter_map(|id| shell.catalog.get(*id))
            .collect();
        self.visited = visited;
        if fresh.is_empty() {
            return Ok(());
        }
        let wake = move |tx: &mut store::Tx<'_>, now: Timestamp| {
            fresh.iter().try_for_each(|provider| providers::wake(tx, provider.id(), &provider.slug, now))?;
            Ok(())
        };
        shell.write(Lane::Bulk, wake).await
    }

    fn of(&self, id: ProviderId) -> Watch {
        match (self.used.contains(&id), self.visited.contains(&id)) {
            (true, _) => Watch::Used,
            (false, true) => Watch::Visited,
            (false, false) => Watch::Unused,
        }
    }
}

/// After a start, has what is overdue polled within an interval instead of at once: each provider at its own place.
async fn spread_overdue(shell: &Shell) -> Result<(), CommandError> {
    let catalog = Arc::clone(&shell.catalog);
    let spread = move |tx: &mut store::Tx<'_>, now: Timestamp| {
        if providers::count_due(tx, now)? > BURST {
            let interval = |id| catalog.get(id).map_or(Duration::from_secs(60), |provider| provider.interval);
            providers::spread_due(tx, now, |id| later(now, interval(id).mul_f64(polling::phase(id))))?;
        }
        Ok(())
    };
    shell.write(Lane::Bulk, spread).await
}

fn shortest(provider: &Provider, claim: &Claim) -> Duration {
    let platform = claim.validators.platform.or(provider.platform);
    platform.map(formats::feed::shortest_interval).unwrap_or_default()
}

/// Reads one source. A reader that panics is a failed read, not the end of all others.
async fn read(shell: Shell, claim: Claim, provider: Arc<Provider>, began: Timestamp) -> Done {
    let reading = AssertUnwindSafe(fetch::fetch(&shell, &provider, &claim)).catch_unwind().await;
    let fetched = match reading {
        Ok(Ok(fetched)) => fetched,
        Ok(Err(error)) => Fetched::failed(error.to_string(), None, None),
        Err(_) => Fetched::failed("reading it failed inside Midwatch".to_owned(), None, None),
    };
    Done { claim, provider, began, fetched }
}

/// What nobody depends on waits behind the pager.
const fn lane(news: &News) -> Lane {
    match news.answer.poll.watch {
        Watch::Used => Lane::Paging,
        Watch::Visited | Watch::Unused => Lane::Bulk,
    }
}

/// Records news in one transaction; where that fails, each in its own, so that none is lost by another.
async fn record(shell: Shell, lane: Lane, news: Vec<News>) {
    let together: Vec<Answer> = news.iter().map(|news| news.answer.clone()).collect();
    match write(&shell, lane, together).await {
        Ok(all) => news.iter().zip(&all).for_each(|(news, recorded)| tell(news, recorded)),
        Err(error @ CommandError::Store(store::Error::Unavailable { .. })) => {
            news.iter().for_each(|news| untold(news, &error));
        }
        Err(_) => {
            for news in &news {
                match write(&shell, lane, vec![news.answer.clone()]).await {
                    Ok(all) => all.iter().for_each(|recorded| tell(news, recorded)),
                    Err(error) => untold(news, &error),
                }
            }
        }
    }
    shell.ring_tellers();
    for News { answer, began, fetched } in news {
        log::keep(&shell, answer.poll.provider.id(), began, fetched).await;
    }
}

async fn write(shell: &Shell, lane: Lane, answers: Vec<Answer>) -> Result<Vec<Recorded>, CommandError> {
    let ground = shell.ground();
    shell.write(lane, move |tx, now| commands::record(tx, &ground, now, &answers)).await
}

fn untold(news: &News, error: &CommandError) {
    warn!(provider.slug = %news.answer.poll.provider.slug, %error, "poll could not be recorded");
}

fn tell(news: &News, recorded: &Recorded) {
    let provider = &news.answer.poll.provider;
    for change in &recorded.changes {
        let (event, subject) = (change.kind.word(), change.subject.as_str());
        info!(provider.slug = %provider.slug, event, subject, from = change.from, to = change.to, "provider changed");
    }
    if let Some(reason) = &recorded.failure {
        warn!(provider.slug = %provider.slug, reason, "provider could not be read");
    }
    for warning in &recorded.warnings {
        warn!(provider.slug = %provider.slug, warning, "not everything could be understood");
    }
    if let Some(moved) = &recorded.proposal {
        let (platform, feed) = (moved.platform.word(), moved.feed.as_str());
        warn!(provider.slug = %provider.slug, platform, feed, "the page seems to have moved; declare it so, or set follow_moves");
    }
}

fn earlier(at: Timestamp, span: Duration) -> Timestamp {
    at.checked_sub(span).unwrap_or(Timestamp::MIN)
}

fn later(at: Timestamp, span: Duration) -> Timestamp {
    at.checked_add(span).unwrap_or(Timestamp::MAX)
}
