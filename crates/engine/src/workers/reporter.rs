//! Keeps the view in memory that the public API answers from.
//!
//! A provider is read again when a change of it has been numbered; the clocks of polls follow a few times a minute, all in
//! one query. At first everything is read, a batch a turn.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::{ProviderId, change::Change, provider::Provider, subscription::Subject};
use jiff::Timestamp;
use outbound::BoxFuture;
use store::{
    Tx,
    announcements::{self, Announcement},
    archive::{self, Attempts},
    providers,
};

use super::{Turn, Worker};
use crate::{
    error::CommandError,
    live::{Entry, Event, Overview, change_line},
    seams::Bell,
    shell::Shell,
};

/// Providers read in one turn.
const BATCH: usize = 128;

/// Sets of changes taken in one turn.
const SETS: u32 = 128;

/// Sets of changes remembered from before the start, so that a stream survives a restart.
const FROM_BEFORE: u32 = 1_000;

/// How old the clocks of polls may become.
const CLOCKS: Duration = Duration::from_secs(10);

/// More sources than any catalog has.
const MOST_SOURCES: u32 = 20_000;

/// The worker that keeps the view.
#[derive(Debug, Default)]
pub struct Reporter {
    state: Mutex<State>,
}

/// How far the view has come.
#[derive(Clone, Debug, Default)]
struct State {
    /// The number of the newest change in it; `None` before the first turn.
    head: Option<i64>,
    /// Providers to be read, by slug.
    behind: BTreeMap<String, Arc<Provider>>,
    /// The providers as they were declared when the view was made: a configuration may replace them.
    declared: Vec<Arc<Provider>>,
    clocks_at: Option<Timestamp>,
}

/// What one look at the ledger brought.
struct Look {
    head: i64,
    is_more: bool,
    touched: BTreeSet<ProviderId>,
    events: Vec<Event>,
}

impl Worker for Reporter {
    fn name(&self) -> &'static str {
        "reporter"
    }

    fn bell(&self) -> Bell {
        Bell::Report
    }

    fn turn<'a>(&'a self, shell: &'a Shell) -> BoxFuture<'a, Result<Turn, CommandError>> {
        Box::pin(async move {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let now = shell.clock.now();
            let is_more = take_turn(shell, &mut state, now).await?;
            *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
            Ok(if is_more { Turn::More } else { Turn::IdleUntil(None) })
        })
    }
}

async fn take_turn(shell: &Shell, state: &mut State, now: Timestamp) -> Result<bool, CommandError> {
    declare(shell, state);
    let look = look(shell, state.head).await?;
    for provider in look.touched.iter().filter_map(|id| shell.catalog.get(*id)) {
        state.behind.insert(provider.slug.clone(), provider);
    }
    let batch: Vec<Arc<Provider>> = state.behind.values().take(BATCH).cloned().collect();
    let read = if batch.is_empty() { Vec::new() } else { entries(shell, batch).await? };
    for entry in &read {
        state.behind.remove(&entry.provider.slug);
    }
    let is_late =
        state.clocks_at.is_none_or(|at| now < at || at.checked_add(CLOCKS).is_ok_and(|due| due <= now));
    if is_late {
        let clocks = shell.read(|tx| Ok(archive::list_attempts(tx, None, MOST_SOURCES)?)).await?;
        show(shell, state, &read, &clocks, now);
        state.clocks_at = Some(now);
    } else if !read.is_empty() {
        show(shell, state, &read, &[], now);
    }
    shell.live.tell(look.events);
    state.head = Some(look.head);
    Ok(look.is_more || !state.behind.is_empty())
}

/// Notes which providers there are, after a start and after a configuration changed.
fn declare(shell: &Shell, state: &mut State) {
    let all = shell.catalog.all();
    let is_same = all.len() == state.declared.len()
        && all.iter().zip(&state.declared).all(|(now, before)| Arc::ptr_eq(now, before));
    if is_same {
        return;
    }
    let known: BTreeMap<&str, &Arc<Provider>> =
        state.declared.iter().map(|provider| (provider.slug.as_str(), provider)).collect();
    let fresh =
        all.iter().filter(|now| !known.get(now.slug.as_str()).is_some_and(|was| Arc::ptr_eq(was, now)));
    let fresh: Vec<_> = fresh.map(|provider| (provider.slug.clone(), Arc::clone(provider))).collect();
    state.behind.extend(fresh);
    state.behind.retain(|slug, _| all.binary_search_by(|provider| provider.slug.cmp(slug)).is_ok());
    state.declared = all;
    // Those that are gone leave the view with the next one.
    state.clocks_at = None;
}

/// Looks for changes after `head`; at first, at the newest ones there are.
async fn look(shell: &Shell, head: Option<i64>) -> Result<Look, CommandError> {
    let catalog = Arc::clone(&shell.catalog);
    let read = shell.read(move |tx| {
        let sets = match head {
            Some(head) => announcements::list_after(tx, head, SETS)?,
            None => announcements::list_newest(tx, FROM_BEFORE)?,
        };
        let mut events = Vec::new();
        for set in &sets {
            if let Some(provider) = provider_of(set).and_then(|id| catalog.get(id)) {
                events.extend(events_of(tx, &provider, set)?);
            }
        }
        let newest = sets.last().map_or(head.unwrap_or_default(), |set| set.position);
        Ok((sets, newest, events))
    });
    let (sets, newest, events) = read.await?;
    Ok(Look {
        head: newest,
        is_more: head.is_some() && sets.len() >= SETS as usize,
        // At first everything is read anyway.
        touched: sets.iter().filter(|_| head.is_some()).filter_map(provider_of).collect(),
        events,
    })
}

/// Whose changes a set holds.
const fn provider_of(set: &Announcement) -> Option<ProviderId> {
    match set.subject {
        Subject::Provider(id) => Some(id),
        Subject::Page(..) => None,
    }
}

fn events_of(tx: &mut Tx<'_>, provider: &Provider, set: &Announcement) -> Result<Vec<Event>, CommandError> {
    let before = set.position - set.changes;
    let (slug, category) = (Arc::from(provider.slug.as_str()), Arc::from(provider.category_slug()));
    let changes = announcements::list_changes(tx, provider.id(), before, set.position)?;
    let event = |(number, change): (i64, Change)| Event {
        number,
        provider: Arc::clone(&slug),
        category: Arc::clone(&category),
        line: Arc::from(change_line(&provider.slug, &change)),
    };
    Ok((before + 1..).zip(changes).map(event).collect())
}

async fn entries(shell: &Shell, batch: Vec<Arc<Provider>>) -> Result<Vec<Arc<Entry>>, CommandError> {
    let read = shell.read(move |tx| {
        let mut entries = Vec::with_capacity(batch.len());
        for provider in &batch {
            let stored = providers::get(tx, provider.id())?;
            let updated_at = archive::last_change_at(tx, provider.id())?;
            entries.push(Arc::new(Entry::of(Arc::clone(provider), stored.as_ref(), updated_at)));
        }
        Ok(entries)
    });
    read.await
}

/// Puts a new view in place: what was read, and the rest as it was but for the clocks.
fn show(shell: &Shell, state: &State, read: &[Arc<Entry>], clocks: &[Attempts], now: Timestamp) {
    let before = shell.live.overview();
    let clocks: HashMap<ProviderId, &Attempts> = clocks.iter().map(|clock| (clock.provider, clock)).collect();
    let fresh: HashMap<&str, &Arc<Entry>> =
        read.iter().map(|entry| (entry.provider.slug.as_str(), entry)).collect();
    let entry = |provider: &Arc<Provider>| {
        let slug = provider.slug.as_str();
        if let Some(entry) = fresh.get(slug) {
            return Some(Arc::clone(entry));
        }
        let entry = before.get(slug)?;
        let clock = if clocks.is_empty() { None } else { clocks.get(&provider.id()) };
        match clock {
            Some(clock)
                if clock.last_poll_at != entry.source.last_poll_at
                    || clock.next_poll_at != entry.source.next_poll_at =>
            {
                Some(Arc::new(entry.polled(clock)))
            }
            Some(_) | None => Some(Arc::clone(entry)),
        }
    };
    let entries = state.declared.iter().filter_map(entry).collect();
    let is_whole = state.behind.is_empty() || before.as_of.is_some();
    shell.live.show(Overview { as_of: is_whole.then_some(now), entries });
}
