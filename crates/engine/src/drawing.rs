//! Draws the pages of a provider when somebody asks for them.
//!
//! Who asks for a page that does not stand on the [shelf](crate::shelf) waits for its drawing: one reading transaction, in
//! which it is also rendered and compressed, since that thread is made for work. However many ask for the same page, it is
//! drawn once; however many pages are asked for, few are drawn at a time, and beyond a queue the answer is to come back
//! later. Incidents have pages of their own, hundreds for some providers: each is drawn when somebody asks for that one.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use domain::provider::{Provider, provider_id};
use futures_util::{FutureExt, future::Shared};
use outbound::BoxFuture;
use render::{Page, view::ProviderView};
use tokio::sync::Semaphore;
use tracing::error;

use crate::{
    error::CommandError,
    seams::Bell,
    shelf::{Lookup, Set, Sheet, Shelf, provider_set},
    shell::Shell,
    views::{self, Surroundings},
};

/// Drawings at a time: readers of the ledger are few, and paging needs them too.
const AT_ONCE: usize = 2;

/// Pages that may wait to be drawn.
const MOST_WAITING: usize = 256;

/// What came of asking for a page.
#[derive(Clone, Debug)]
pub enum Asked {
    /// The page.
    Page(Sheet),
    /// The provider's pages stand under another category.
    Moved(String),
    /// There is no such page.
    Nothing,
    /// Too many ask for pages, or the ledger does not answer: later there may be one.
    Later,
}

/// A drawing that several wait for.
type Flight = Shared<BoxFuture<'static, Asked>>;

/// Drawings that are under way.
#[derive(Debug)]
pub(crate) struct Flights {
    by_path: Mutex<HashMap<String, Flight>>,
    slots: Semaphore,
}

impl Default for Flights {
    fn default() -> Self {
        Self { by_path: Mutex::default(), slots: Semaphore::new(AT_ONCE) }
    }
}

/// Returns the page at this path, drawn if it belongs to a provider of the catalog, and notes the visit.
pub async fn page(shell: &Shell, path: &str) -> Asked {
    let Some(set) = provider_set(path) else { return stands(shell, path) };
    let slug = set.rsplit('/').next().unwrap_or_default();
    let Some(provider) = shell.catalog.get(provider_id(slug)) else { return Asked::Nothing };
    let home = provider.path();
    if home != set {
        return Asked::Moved(format!("{home}{}", &path[set.len()..]));
    }
    shell.visits.note(provider.id(), shell.clock.now());
    if !matches!(shell.shelf.find(path), Lookup::Undrawn) {
        return stands(shell, path);
    }
    // Whoever is looked at for the first time may have to be woken.
    shell.doorbell.ring(Bell::Poll);
    let Some(flight) = join(shell, &provider, path) else { return Asked::Later };
    let asked = flight.await;
    shell.shelf.flights.land(path);
    asked
}

fn stands(shell: &Shell, path: &str) -> Asked {
    match shell.shelf.find(path) {
        Lookup::Page(sheet, _) => Asked::Page(sheet),
        Lookup::Undrawn | Lookup::Nothing => Asked::Nothing,
    }
}

impl Flights {
    fn land(&self, path: &str) {
        self.by_path.lock().unwrap_or_else(PoisonError::into_inner).remove(path);
    }
}

/// Whether somebody waits for a drawing that has not ended. One whose askers all went away has nobody to land it, and what
/// it would answer may be old by now.
fn is_waited_for(flight: &Flight) -> bool {
    flight.peek().is_none() && flight.strong_count().is_some_and(|count| count > 1)
}

/// Joins the drawing of a page, or begins it; `None` when too many are under way.
fn join(shell: &Shell, provider: &Arc<Provider>, path: &str) -> Option<Flight> {
    let mut flights = shell.shelf.flights.by_path.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(flight) = flights.get(path).filter(|flight| is_waited_for(flight)) {
        return Some(flight.clone());
    }
    if flights.len() >= MOST_WAITING {
        flights.retain(|_, flight| is_waited_for(flight));
        if flights.len() >= MOST_WAITING {
            return None;
        }
    }
    let (shell, provider, wanted) = (shell.clone(), Arc::clone(provider), path.to_owned());
    let drawing: BoxFuture<'static, Asked> = Box::pin(async move {
        let Ok(_slot) = shell.shelf.flights.slots.acquire().await else { return Asked::Later };
        match draw(&shell, &provider, Some(&wanted)).await {
            Ok(sheet) => sheet.map_or(Asked::Nothing, Asked::Page),
            Err(error) => {
                error!(provider.slug = %provider.slug, %error, "page could not be drawn");
                Asked::Later
            }
        }
    });
    let flight = drawing.shared();
    flights.insert(path.to_owned(), flight.clone());
    Some(flight)
}

/// Draws a provider's pages and puts them on the shelf: those that always belong to the set, of the records those that
/// stood there before, and the one that is wanted, which is returned.
///
/// # Errors
/// When the ledger fails.
pub(crate) async fn draw(
    shell: &Shell,
    provider: &Arc<Provider>,
    wanted: Option<&str>,
) -> Result<Option<Sheet>, CommandError> {
    let around = Surroundings {
        catalog: Arc::clone(&shell.catalog),
        directory: shell.shelf.directory(),
        public_url: shell.identity.public_url.clone(),
    };
    let now = shell.clock.now();
    let (name, provider) = (provider.path(), Arc::clone(provider));
    let (before, wanted) = (shell.shelf.provider(&name), wanted.map(str::to_owned));
    let shelf = Arc::clone(&shell.shelf);
    let drawn = shell.read(move |tx| {
        let view = views::provider(tx, &around, &provider, now)?;
        let set = set(&shelf, &view, &provider, (before.as_deref(), wanted.as_deref()));
        let sheet = wanted.as_ref().and_then(|path| set.sheets.get(path).cloned());
        Ok((set, sheet))
    });
    let (set, sheet) = drawn.await?;
    shell.shelf.put_provider(&name, set);
    Ok(sheet)
}

fn set(
    shelf: &Shelf,
    view: &ProviderView,
    provider: &Provider,
    (before, wanted): (Option<&Set>, Option<&str>),
) -> Set {
    let name: Arc<str> = Arc::from(provider.path());
    let records: HashSet<String> = render::provider_records(view).into_iter().collect();
    let stood = before.into_iter().flat_map(|set| set.sheets.keys().map(String::as_str));
    let again: HashSet<&str> = stood.chain(wanted).filter(|path| records.contains(*path)).collect();
    let mut pages: Vec<Page> = render::provider_pages(view);
    pages.extend(again.into_iter().filter_map(|path| render::provider_record(view, path)));
    let sheets = pages.into_iter().map(|page| {
        let (path, known) = (page.path.clone(), before.and_then(|set| set.sheets.get(&page.path)));
        (path, shelf.sheet(&name, page, known))
    });
    Set::new(provider.id(), sheets.collect(), records)
}
