//! What is known of every provider and the newest changes, in memory: what the public API and its stream answer from.
//!
//! A request reads this and not the ledger; the [reporter](crate::workers::Reporter) brings it up to date when something
//! changed, and the clocks of polls a few times a minute. Values are replaced as a whole, so a reader sees one moment.

mod entry;
mod log;
#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use arc_swap::ArcSwap;
use domain::{ProviderId, change::Change};
use jiff::Timestamp;
use store::providers::{self, Stored};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::{error::CommandError, shell::Shell};

pub use entry::{Entry, OpenIncident};
pub use log::{Event, News};

/// Streams that may be open at the same time in one process.
const SEATS: usize = 1_000;

/// Providers whose whole knowledge is kept in memory between two requests.
const REMEMBERED: usize = 256;

/// Every provider at one moment.
#[derive(Clone, Debug, Default)]
pub struct Overview {
    /// When it was brought up to date; `None` until every provider was read once.
    pub as_of: Option<Timestamp>,
    /// In ascending order of slugs.
    pub entries: Vec<Arc<Entry>>,
}

/// What is known of every provider.
pub struct Live {
    overview: ArcSwap<Overview>,
    log: ArcSwap<log::Log>,
    head: watch::Sender<i64>,
    seats: Arc<Semaphore>,
    whole: Mutex<HashMap<ProviderId, Whole>>,
}

/// What is stored of a provider, and the poll it was read after.
type Whole = (Option<Timestamp>, Arc<Stored>);

impl Default for Live {
    fn default() -> Self {
        Self {
            overview: ArcSwap::default(),
            log: ArcSwap::default(),
            head: watch::channel(0).0,
            seats: Arc::new(Semaphore::new(SEATS)),
            whole: Mutex::default(),
        }
    }
}

impl Overview {
    /// Returns the provider with this slug.
    #[must_use]
    pub fn get(&self, slug: &str) -> Option<&Arc<Entry>> {
        let at = self.entries.binary_search_by(|entry| entry.provider.slug.as_str().cmp(slug)).ok()?;
        self.entries.get(at)
    }

    /// Returns the providers whose slugs come after this one.
    #[must_use]
    pub fn after(&self, slug: &str) -> &[Arc<Entry>] {
        let from = self.entries.partition_point(|entry| entry.provider.slug.as_str() <= slug);
        self.entries.get(from..).unwrap_or_default()
    }
}

impl Live {
    /// Returns every provider.
    #[must_use]
    pub fn overview(&self) -> Arc<Overview> {
        self.overview.load_full()
    }

    /// Returns what is stored of a provider; read from the ledger once between two polls at most, however many ask.
    ///
    /// # Errors
    /// When the ledger fails or has never heard of the provider.
    pub async fn whole(&self, shell: &Shell, entry: &Entry) -> Result<Arc<Stored>, CommandError> {
        let (id, polled) = (entry.provider.id(), entry.source.last_poll_at);
        let known = self.whole.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned();
        if let Some((_, stored)) = known.filter(|(at, _)| *at == polled && polled.is_some()) {
            return Ok(stored);
        }
        let read = shell.read(move |tx| Ok(providers::get(tx, id)?)).await?;
        let stored = Arc::new(read.ok_or_else(|| CommandError::NotFound(entry.provider.slug.clone()))?);
        let mut whole = self.whole.lock().unwrap_or_else(PoisonError::into_inner);
        if whole.len() >= REMEMBERED && !whole.contains_key(&id) {
            whole.clear();
        }
        whole.insert(id, (polled, Arc::clone(&stored)));
        Ok(stored)
    }

    /// Returns the changes after this number, as far as they are remembered.
    #[must_use]
    pub fn news_after(&self, number: i64) -> News {
        self.log.load().after(number)
    }

    /// Returns a listener that hears the number of the newest change.
    #[must_use]
    pub fn listen(&self) -> watch::Receiver<i64> {
        self.head.subscribe()
    }

    /// Takes one of the seats for streams, which are bounded; it is free again when what is returned is dropped.
    #[must_use]
    pub fn seat(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.seats).try_acquire_owned().ok()
    }

    /// Replaces what is known of all providers.
    pub(crate) fn show(&self, overview: Overview) {
        self.overview.store(Arc::new(overview));
    }

    /// Adds changes to what is remembered, and wakes whoever listens.
    pub(crate) fn tell(&self, events: Vec<Event>) {
        let Some(newest) = events.last().map(|event| event.number) else { return };
        let log = self.log.load().with(events);
        self.log.store(Arc::new(log));
        self.head.send_replace(newest);
    }
}

/// Returns a change of a provider as the one line of JSON that it is everywhere.
#[must_use]
pub fn change_line(provider: &str, change: &Change) -> String {
    formats::change_json::to_line(provider, change)
}
