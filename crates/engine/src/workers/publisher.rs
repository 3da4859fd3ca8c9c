//! Draws what is stale and puts it on the shelf.
//!
//! A mark names what to draw and is taken away only if nothing marked it again meanwhile. Everything is drawn once after a
//! start and once after each midnight, when the bars move on.

use std::sync::{Arc, Mutex, PoisonError};

use domain::{OrgId, StatusPageId, setup::Setup};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use outbound::BoxFuture;
use render::{Page, view::DirectoryView};
use store::{
    Lane, Scope, Tx, organizations,
    stale_pages::{self, PageKind, Stale},
};
use tracing::error;

use super::{Turn, Worker};
use crate::{catalog::Catalog, error::CommandError, seams::Bell, setups::Setups, shell::Shell, views};

/// Marks taken in one turn.
const BATCH: u32 = 32;

/// Organisations whose pages one process draws.
const MOST_ORGANIZATIONS: u32 = 10_000;

/// The worker that draws.
#[derive(Debug, Default)]
pub struct Publisher {
    drawn_on: Mutex<Option<Date>>,
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
            let today = shell.clock.now().to_zoned(TimeZone::UTC).date();
            if *self.drawn_on.lock().unwrap_or_else(PoisonError::into_inner) != Some(today) {
                mark_all(shell).await?;
                *self.drawn_on.lock().unwrap_or_else(PoisonError::into_inner) = Some(today);
            }
            let stale = shell.read(|tx| Ok(stale_pages::list(tx, BATCH)?)).await?;
            for mark in &stale {
                match draw(shell, mark).await {
                    Ok(()) => {}
                    Err(error) => {
                        error!(page.kind = ?mark.kind, page.key = %mark.key, %error, "page could not be drawn")
                    }
                }
                let done = *mark;
                shell.write(Lane::Bulk, move |tx, _| Ok(stale_pages::clear(tx, &done)?)).await?;
            }
            if stale.len() >= BATCH as usize {
                return Ok(Turn::More);
            }
            let midnight =
                today.tomorrow().and_then(|day| day.to_zoned(TimeZone::UTC)).map(|zoned| zoned.timestamp());
            Ok(Turn::IdleUntil(midnight.ok()))
        })
    }
}

async fn mark_all(shell: &Shell) -> Result<(), CommandError> {
    shell.shelf.put("/assets/", render::assets()).map_err(|error| on_shelf(&error))?;
    let (catalog, setups) = (Arc::clone(&shell.catalog), Arc::clone(&shell.setups));
    let mark = move |tx: &mut Tx<'_>, now: Timestamp| {
        stale_pages::mark(tx, PageKind::Directory, uuid::Uuid::nil(), now)?;
        for provider in catalog.all() {
            stale_pages::mark(tx, PageKind::Provider, provider.id().0, now)?;
        }
        for (_, setup) in all_setups(tx, &setups)? {
            for page in &setup.status_pages {
                stale_pages::mark(tx, PageKind::StatusPage, page.id.0, now)?;
            }
        }
        Ok(())
    };
    shell.write(Lane::Bulk, mark).await
}

async fn draw(shell: &Shell, mark: &Stale) -> Result<(), CommandError> {
    let (catalog, setups) = (Arc::clone(&shell.catalog), Arc::clone(&shell.setups));
    let (url, now, mark) = (shell.identity.public_url.clone(), shell.clock.now(), *mark);
    let drawn = shell.read(move |tx| draw_now(tx, &catalog, &setups, &url, &mark, now)).await?;
    let (set, pages) = match drawn {
        Drawn::Nothing => return Ok(()),
        Drawn::Set(set, pages) => (set, pages),
        Drawn::Directory(view) => {
            let pages = render::directory_pages(&view);
            shell.shelf.keep_directory(view);
            ("/directory".to_owned(), pages)
        }
    };
    shell.shelf.put(&set, pages).map_err(|error| on_shelf(&error))?;
    Ok(())
}

/// What a mark led to.
enum Drawn {
    /// What was marked is no longer configured.
    Nothing,
    /// A complete set of pages, with its name.
    Set(String, Vec<Page>),
    /// The directory, which is drawn outside, since its view is kept for searching.
    Directory(DirectoryView),
}

fn draw_now(
    tx: &mut Tx<'_>,
    catalog: &Catalog,
    setups: &Setups,
    url: &str,
    mark: &Stale,
    now: Timestamp,
) -> Result<Drawn, CommandError> {
    match mark.kind {
        PageKind::Directory => Ok(Drawn::Directory(views::directory(tx, catalog, url, now)?)),
        PageKind::Provider => {
            let Some(provider) = catalog.get(domain::ProviderId(mark.key)) else { return Ok(Drawn::Nothing) };
            let view = views::provider(tx, catalog, url, &provider, now)?;
            Ok(Drawn::Set(provider.path(), render::provider_pages(&view)))
        }
        PageKind::StatusPage => {
            let id = StatusPageId(mark.key);
            for (org, setup) in all_setups(tx, setups)? {
                if let Some(page) = setup.status_pages.iter().find(|page| page.id == id) {
                    let view = views::status_page(tx, catalog, url, org, &setup, page, now)?;
                    return Ok(Drawn::Set(view.board.place.base_path.clone(), render::status_pages(&view)));
                }
            }
            Ok(Drawn::Nothing)
        }
    }
}

fn all_setups(tx: &mut Tx<'_>, setups: &Setups) -> Result<Vec<(OrgId, Arc<Setup>)>, CommandError> {
    let organizations = organizations::list(tx, MOST_ORGANIZATIONS)?;
    let current = |org: OrgId, tx: &mut Tx<'_>| Ok((org, setups.current(&mut Scope::new(tx, org))?.1));
    organizations.into_iter().map(|organization| current(organization.id, tx)).collect()
}

fn on_shelf(error: &std::io::Error) -> CommandError {
    CommandError::Rejected(format!("the page could not be kept: {error}"))
}
