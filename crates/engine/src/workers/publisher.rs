//! Draws what is stale and puts it on the shelf.
//!
//! A mark names what to draw and is taken away only if nothing marked it again meanwhile. What always stands on the shelf
//! is drawn once after a start and once after each midnight, when the bars move on. A provider's pages are drawn again only
//! while somebody reads them: of thousands that are polled few are looked at. The directory shows all of them, so something
//! in it changes all the time: it is drawn at most every few seconds, however much changes.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::{OrgId, ProviderId, StatusPageId, setup::Setup, setup::StatusPage};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use outbound::BoxFuture;
use render::{Page, view::StatusPageView};
use store::{
    Lane, Scope, Tx, organizations, page_domains,
    stale_pages::{self, PageKind, Stale},
};
use tracing::{error, info};

use super::{Turn, Worker};
use crate::{
    catalog::Catalog, drawing, error::CommandError, gate::Gate, links::SigningKey, seams::Bell,
    setups::Setups, shell::Shell, views,
};

/// Marks taken in one turn: most are of providers that nobody looks at, which are one statement each.
const BATCH: u32 = 256;

/// Organisations whose pages one process draws.
const MOST_ORGANIZATIONS: u32 = 10_000;

/// The least time between two drawings of the directory.
const DIRECTORY_REST: Duration = Duration::from_secs(2);

/// When what could not be drawn or kept is tried again, unless something else is marked before.
const FAILED_REST: Duration = Duration::from_secs(30);

/// Pages of a provider that nobody asked for in this time, or in so many of its readings if that is longer, are put away
/// rather than drawn again. Who keeps a page open asks for it after every reading.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(10 * 60);
const FORGOTTEN_AFTER_READINGS: u32 = 3;

/// The worker that draws.
#[derive(Debug, Default)]
pub struct Publisher {
    drawn: Mutex<Drawn>,
}

/// When what was last drawn.
#[derive(Clone, Copy, Debug, Default)]
struct Drawn {
    everything_on: Option<Date>,
    directory_at: Option<Timestamp>,
    /// Whether everything is being drawn: what others drew is not needed after that.
    is_settling: bool,
}

impl Worker for Publisher {
    fn name(&self) -> &'static str {
        "publisher"
    }

    fn bell(&self) -> Bell {
        Bell::Publish
    }

    fn turn<'a>(&'a self, shell: &'a Shell) -> BoxFuture<'a, Result<Turn, CommandError>> {
        Box::pin(async move {
            let now = shell.clock.now();
            let today = now.to_zoned(TimeZone::UTC).date();
            if self.drawn().everything_on != Some(today) {
                let is_settling = mark_all(shell).await?;
                self.remember(|drawn| (drawn.everything_on, drawn.is_settling) = (Some(today), is_settling));
            }
            put_away(shell, now);
            let stale = shell.read(|tx| Ok(stale_pages::list(tx, BATCH)?)).await?;
            let rested = self.drawn().directory_at.and_then(|at| at.checked_add(DIRECTORY_REST).ok());
            let is_resting = rested.is_some_and(|rested| now < rested);
            let (directory, others): (Vec<Stale>, Vec<Stale>) =
                stale.iter().partition(|mark| mark.kind == PageKind::Directory);
            let mut has_failed = self.draw_all(shell, &others).await?;
            if !is_resting && !directory.is_empty() {
                has_failed |= self.draw_all(shell, &directory).await?;
                self.remember(|drawn| drawn.directory_at = Some(now));
            }
            if has_failed {
                return Ok(Turn::IdleUntil(now.checked_add(FAILED_REST).ok()));
            }
            if stale.len() >= BATCH as usize {
                return Ok(Turn::More);
            }
            if self.drawn().is_settling && (!is_resting || directory.is_empty()) {
                shell.shelf.settle().map_err(|error| on_shelf(&error))?;
                self.remember(|drawn| drawn.is_settling = false);
                info!(pages = shell.shelf.paths().len(), "every public page was drawn");
            }
            let midnight =
                today.tomorrow().and_then(|day| day.to_zoned(TimeZone::UTC)).map(|day| day.timestamp());
            let waiting = rested.filter(|_| is_resting && !directory.is_empty());
            Ok(Turn::IdleUntil(waiting.or(midnight.ok())))
        })
    }
}

impl Publisher {
    fn drawn(&self) -> Drawn {
        *self.drawn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remember(&self, what: impl FnOnce(&mut Drawn)) {
        what(&mut self.drawn.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Draws what these marks name and takes them away. What could not be drawn is marked anew, behind all others; returns
    /// whether there is any of it.
    async fn draw_all(&self, shell: &Shell, marks: &[Stale]) -> Result<bool, CommandError> {
        let (done, mut failed) = (marks.to_vec(), Vec::new());
        for mark in marks {
            if let Err(error) = draw(shell, mark).await {
                error!(page.kind = ?mark.kind, page.key = %mark.key, %error, "page could not be drawn");
                failed.push(*mark);
            }
        }
        if done.is_empty() {
            return Ok(false);
        }
        let has_failed = !failed.is_empty();
        let clear = move |tx: &mut Tx<'_>, now: Timestamp| {
            for mark in &done {
                stale_pages::clear(tx, mark)?;
            }
            failed.iter().try_for_each(|mark| Ok(stale_pages::mark(tx, mark.kind, mark.key, now)?))
        };
        shell.write(Lane::Bulk, clear).await?;
        Ok(has_failed)
    }
}

async fn draw(shell: &Shell, mark: &Stale) -> Result<(), CommandError> {
    match mark.kind {
        PageKind::Directory => draw_directory(shell).await,
        PageKind::StatusPage => draw_status_page(shell, StatusPageId(mark.key)).await,
        PageKind::Provider => draw_provider(shell, ProviderId(mark.key)).await,
    }
}

/// Draws the pages of a provider again if they are on the shelf.
async fn draw_provider(shell: &Shell, id: ProviderId) -> Result<(), CommandError> {
    match shell.catalog.get(id) {
        Some(provider) if shell.shelf.provider(&provider.path()).is_some() => {
            drawing::draw(shell, &provider, None).await.map(drop)
        }
        Some(_) | None => Ok(()),
    }
}

/// Puts away the pages of providers that nobody reads any more, or that are no longer in the catalog under this name.
fn put_away(shell: &Shell, now: Timestamp) {
    for (name, id) in shell.shelf.providers() {
        let provider = shell.catalog.get(id).filter(|provider| provider.path() == *name);
        let read_until = provider.and_then(|provider| {
            let patience = FORGOTTEN_AFTER.max(provider.interval * FORGOTTEN_AFTER_READINGS);
            shell.visits.last(id)?.checked_add(patience).ok()
        });
        if read_until.is_none_or(|until| until < now) {
            shell.shelf.drop_provider(&name);
        }
    }
}

async fn draw_directory(shell: &Shell) -> Result<(), CommandError> {
    let (catalog, memory) = (Arc::clone(&shell.catalog), Arc::clone(&shell.memory));
    let setups = Arc::clone(&shell.setups);
    let (url, now) = (shell.identity.public_url.clone(), shell.clock.now());
    let drawn = shell.read(move |tx| {
        let view = views::directory(tx, &catalog, &memory, &url, now)?;
        let mut pages = render::directory_pages(&view);
        pages.extend(render::sitemaps(&view));
        pages.push(render::robots(&view));
        Ok((view, pages))
    });
    let (view, pages) = drawn.await?;
    if let Some(bases) = shell.read(move |tx| status_page_bases(tx, &setups)).await? {
        shell.shelf.keep_status_pages(&bases).map_err(|error| on_shelf(&error))?;
    }
    shell.shelf.keep_directory(view);
    shell.shelf.put("/directory", pages).map_err(|error| on_shelf(&error))?;
    Ok(())
}

/// Returns where the status pages of all organisations stand; `None` while a configuration can't be read, whose pages stay as
/// they were drawn.
fn status_page_bases(tx: &mut Tx<'_>, setups: &Setups) -> Result<Option<Vec<String>>, CommandError> {
    let organizations = organizations::list(tx, MOST_ORGANIZATIONS)?.len();
    let all = all_setups(tx, setups)?;
    if all.len() < organizations {
        return Ok(None);
    }
    let mut bases = Vec::new();
    for (org, setup) in &all {
        for page in &setup.status_pages {
            bases.push(views::base_path(page));
            let domain = page_domains::find_verified(&mut Scope::new(tx, *org), page.id)?;
            bases.extend(domain.as_deref().map(own_base));
        }
    }
    Ok(Some(bases))
}

async fn draw_status_page(shell: &Shell, id: StatusPageId) -> Result<(), CommandError> {
    let (catalog, setups) = (Arc::clone(&shell.catalog), Arc::clone(&shell.setups));
    let (url, key, now) = (shell.identity.public_url.clone(), shell.key.clone(), shell.clock.now());
    let drawn = shell.read(move |tx| status_page(tx, &catalog, &setups, (&url, &key), id, now)).await?;
    // What is no longer configured is not drawn again.
    for (set, pages) in drawn {
        shell.shelf.put(&set, pages).map_err(|error| on_shelf(&error))?;
    }
    Ok(())
}

fn status_page(
    tx: &mut Tx<'_>,
    catalog: &Catalog,
    setups: &Setups,
    (url, key): (&str, &SigningKey),
    id: StatusPageId,
    now: Timestamp,
) -> Result<Vec<(String, Vec<Page>)>, CommandError> {
    for (org, setup) in all_setups(tx, setups)? {
        if let Some(page) = setup.status_pages.iter().find(|page| page.id == id) {
            let mut view = views::status_page(tx, catalog, url, org, &setup, page, now)?;
            let domain = page_domains::find_verified(&mut Scope::new(tx, org), id)?;
            let home = view.board.place.base_path.clone();
            let Some(domain) = domain else { return Ok(vec![set(view, &home, page, key)]) };
            let scheme = url.split_once("://").map_or("https", |(scheme, _)| scheme);
            view.board.place.public_url = format!("{scheme}://{domain}");
            let mut own = view.clone();
            own.board.place.base_path = String::new();
            own.board.place.events = Some("/events?page=/".to_owned());
            // The form stands on the installation alone.
            own.board.chrome.subscribe = own.board.chrome.subscribe.map(|path| format!("{url}{path}"));
            return Ok(vec![set(view, &home, page, key), set(own, &own_base(&domain), page, key)]);
        }
    }
    Ok(Vec::new())
}

/// Draws a page into the set of this name, with the rule of who may read it.
fn set(mut view: StatusPageView, name: &str, page: &StatusPage, key: &SigningKey) -> (String, Vec<Page>) {
    let gate = Gate::of(page, name, key);
    view.board.chrome.key = gate.as_ref().map(|gate| gate.key().to_owned());
    let mut pages = render::status_pages(&view);
    if view.board.place.base_path.is_empty() {
        for page in &mut pages {
            page.path = format!("{name}{}", page.path.trim_end_matches('/'));
        }
    }
    pages.extend(gate.map(|gate| gate.file()));
    (name.to_owned(), pages)
}

/// Returns the set of a page on a host name of its own.
fn own_base(domain: &str) -> String {
    format!("//{domain}")
}

/// Marks everything to be drawn. Returns whether that is all there is: pages of an organisation whose configuration can't be
/// read stay as they were drawn.
async fn mark_all(shell: &Shell) -> Result<bool, CommandError> {
    shell.shelf.put("/assets/", render::assets()).map_err(|error| on_shelf(&error))?;
    let setups = Arc::clone(&shell.setups);
    let standing = shell.shelf.providers();
    let mark = move |tx: &mut Tx<'_>, now: Timestamp| {
        stale_pages::mark(tx, PageKind::Directory, uuid::Uuid::nil(), now)?;
        for (_, provider) in &standing {
            stale_pages::mark(tx, PageKind::Provider, provider.0, now)?;
        }
        let readable = all_setups(tx, &setups)?;
        for (_, setup) in &readable {
            for page in &setup.status_pages {
                stale_pages::mark(tx, PageKind::StatusPage, page.id.0, now)?;
            }
        }
        Ok(readable.len() == organizations::list(tx, MOST_ORGANIZATIONS)?.len())
    };
    shell.write(Lane::Bulk, mark).await
}

/// Returns the configurations of all organisations that can be read: the pages of the others stay as they were drawn.
fn all_setups(tx: &mut Tx<'_>, setups: &Setups) -> Result<Vec<(OrgId, Arc<Setup>)>, CommandError> {
    let mut found = Vec::new();
    for organization in organizations::list(tx, MOST_ORGANIZATIONS)? {
        let setup = setups.readable(&mut Scope::new(tx, organization.id))?;
        found.extend(setup.map(|setup| (organization.id, setup)));
    }
    Ok(found)
}

fn on_shelf(error: &std::io::Error) -> CommandError {
    CommandError::Rejected(format!("the page could not be kept: {error}"))
}
