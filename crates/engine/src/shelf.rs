//! The shelf: public pages as bytes, ready to be handed out.
//!
//! Status pages, the directory and the assets always stand here, in memory and in files. The publisher puts them here when
//! something changed; serving takes them and does nothing else: no database, queue or session is on that path. After a
//! restart the shelf is filled from the files, so these pages stand before anything else does, and stand even when the
//! ledger does not.
//!
//! What is kept belongs to a generation: the program that drew it. Pages of another one stand until this one has drawn its own,
//! for an old page is better than none; then they go, whoever drew last, so that a bad release leaves nothing behind.
//!
//! The pages of providers are thousands, of which few are read: they stand here while somebody reads them, in memory
//! only, and are [drawn](crate::drawing) when somebody asks.

mod files;
mod sets;
mod sheet;

use std::{
    collections::{BTreeSet, HashMap},
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use arc_swap::{ArcSwap, ArcSwapOption};
use domain::ProviderId;
use render::{Page, view::DirectoryView};
use tokio::sync::broadcast;
use tracing::warn;

use crate::{drawing::Flights, gate::Gate};
use sets::Sets;

pub use sets::Set;
pub use sheet::Sheet;

/// Announcements that a slow listener may lag behind before it is told to reload.
const ANNOUNCED: usize = 256;

/// The memory that pages of providers may take: some hundred providers with long histories.
const BUDGET_BYTES: usize = 64 << 20;

/// Public pages.
#[derive(Debug)]
pub struct Shelf {
    sheets: ArcSwap<HashMap<String, Sheet>>,
    providers: Sets,
    directory: ArcSwapOption<DirectoryView>,
    folder: Option<PathBuf>,
    /// Who draws; empty where nothing outlives the process.
    generation: String,
    /// Paths whose files are not what stands here, since they could not be written or removed.
    unkept: Mutex<BTreeSet<String>>,
    changed: broadcast::Sender<Arc<str>>,
    /// Drawings that are under way.
    pub(crate) flights: Flights,
}

/// What the shelf has at a path.
#[derive(Clone, Debug)]
pub enum Lookup {
    /// A page; of a provider's set it says whose.
    Page(Sheet, Option<ProviderId>),
    /// A path within a provider's set that would have to be drawn first, if there is such a page.
    Undrawn,
    /// Nothing.
    Nothing,
}

impl Shelf {
    /// Returns a shelf that lives in memory only.
    #[must_use]
    pub fn in_memory() -> Self {
        Self {
            sheets: ArcSwap::default(),
            providers: Sets::new(BUDGET_BYTES),
            directory: ArcSwapOption::default(),
            folder: None,
            generation: String::new(),
            unkept: Mutex::default(),
            changed: broadcast::channel(ANNOUNCED).0,
            flights: Flights::default(),
        }
    }

    /// Returns the shelf with another budget for the pages of providers.
    #[must_use]
    pub fn with_budget(self, bytes: usize) -> Self {
        Self { providers: Sets::new(bytes), ..self }
    }

    /// Returns a shelf that also lives in this folder, filled with what stands there: what this generation has drawn, and
    /// beside it, until it [settles](Self::settle), what others have.
    ///
    /// # Errors
    /// When the folder can't be made or read.
    pub fn open(folder: &Path, generation: &str) -> io::Result<Self> {
        let own = folder.join(generation);
        fs::create_dir_all(&own)?;
        let generations =
            files::others(folder, generation)?.into_iter().chain([(own, generation.to_owned())]);
        let shelf =
            Self { folder: Some(folder.to_owned()), generation: generation.to_owned(), ..Self::in_memory() };
        let mut sheets = HashMap::new();
        for (folder, drawn_by) in generations {
            for file in files::pages(&folder)? {
                match files::read(&file, &drawn_by) {
                    // A version before this one kept these too.
                    Ok((path, _)) if provider_set(&path).is_some() => fs::remove_file(&file)?,
                    Ok((path, sheet)) => drop(sheets.insert(path, sheet)),
                    Err(error) => {
                        warn!(file = %file.display(), %error, "page on the shelf could not be read")
                    }
                }
            }
        }
        shelf.sheets.store(Arc::new(sheets));
        Ok(shelf)
    }

    /// Puts away what other generations drew, once everything that is to stand was drawn by this one.
    ///
    /// # Errors
    /// When a file can't be removed; memory is without it all the same.
    pub fn settle(&self) -> io::Result<()> {
        let before = self.sheets.load_full();
        let own = before.iter().filter(|(_, sheet)| sheet.is_of(&self.generation));
        let own: HashMap<String, Sheet> = own.map(|(path, sheet)| (path.clone(), sheet.clone())).collect();
        if own.len() < before.len() {
            self.sheets.store(Arc::new(own));
        }
        self.folder.as_ref().map_or(Ok(()), |folder| files::remove_others(folder, &self.generation))
    }

    /// Makes a sheet of a page of a set; `before` is what stood at its path.
    pub(crate) fn sheet(&self, set: &Arc<str>, page: Page, before: Option<&Sheet>) -> Sheet {
        Sheet::of(&self.generation, set, page, before)
    }

    /// Looks for the page at this path.
    #[must_use]
    pub fn find(&self, path: &str) -> Lookup {
        let Some(name) = provider_set(path) else {
            return self.sheets.load().get(path).map_or(Lookup::Nothing, |s| Lookup::Page(s.clone(), None));
        };
        let Some(set) = self.providers.get(name) else { return Lookup::Undrawn };
        match set.sheets.get(path) {
            Some(sheet) => Lookup::Page(sheet.clone(), Some(set.provider)),
            None if set.records.contains(path) => Lookup::Undrawn,
            None => Lookup::Nothing,
        }
    }

    /// Returns the page at this path, if it stands here.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<Sheet> {
        match self.find(path) {
            Lookup::Page(sheet, _) => Some(sheet),
            Lookup::Undrawn | Lookup::Nothing => None,
        }
    }

    /// Returns the paths of the pages that always stand here, in ascending order.
    #[must_use]
    pub fn paths(&self) -> Vec<String> {
        let mut paths: Vec<String> = self.sheets.load().keys().cloned().collect();
        paths.sort_unstable();
        paths
    }

    /// Puts a complete set of pages in the place of what the set held before, and tells those who look at it. Returns
    /// whether any page is different.
    ///
    /// # Errors
    /// When a file can't be written; memory then has the new pages all the same, and whoever puts next tries the file again.
    pub fn put(&self, set: &str, drawn: Vec<Page>) -> io::Result<bool> {
        let before = self.sheets.load_full();
        let set: Arc<str> = Arc::from(set);
        let others = before.iter().filter(|(_, sheet)| sheet.set != set);
        let mut sheets: HashMap<String, Sheet> = others.map(|(p, s)| (p.clone(), s.clone())).collect();
        let mut written = Vec::new();
        for page in drawn {
            let (path, known) = (page.path.clone(), before.get(&page.path));
            let sheet = self.sheet(&set, page, known);
            if known.is_none_or(|known| known.etag != sheet.etag || known.set != sheet.set) {
                written.push(path.clone());
            }
            sheets.insert(path, sheet);
        }
        let gone: Vec<String> = before.keys().filter(|path| !sheets.contains_key(*path)).cloned().collect();
        let is_different = !written.is_empty() || !gone.is_empty();
        self.sheets.store(Arc::new(sheets));
        if is_different {
            self.announce(&set);
        }
        self.keep(written.into_iter().chain(gone))?;
        Ok(is_different)
    }

    /// Makes the files at these paths, and those that an earlier try has left behind, what stands here. The rule of who may read
    /// a page is written before it and removed after it, so that no crash leaves the page without its rule.
    fn keep(&self, paths: impl Iterator<Item = String>) -> io::Result<()> {
        let Some(folder) = self.folder.as_ref().map(|folder| folder.join(&self.generation)) else {
            return Ok(());
        };
        let mut unkept = self.unkept.lock().unwrap_or_else(PoisonError::into_inner);
        unkept.extend(paths);
        let sheets = self.sheets.load();
        let mut order: Vec<String> = unkept.iter().cloned().collect();
        order.sort_by_key(|path| match (sheets.contains_key(path), Gate::is_rule(path)) {
            (true, true) => 0,
            (true, false) => 1,
            (false, false) => 2,
            (false, true) => 3,
        });
        for path in order {
            match sheets.get(&path) {
                Some(sheet) => files::write(&folder, &path, sheet)?,
                None => files::remove(&folder, &path)?,
            }
            unkept.remove(&path);
        }
        Ok(())
    }

    /// Takes away every set of a status page but these: pages that are no longer configured are no longer public.
    ///
    /// # Errors
    /// When a file can't be removed; memory has let go of its page all the same.
    pub fn keep_status_pages(&self, sets: &[String]) -> io::Result<()> {
        let before = self.sheets.load_full();
        let is_gone =
            |sheet: &Sheet| is_status_page(&sheet.set) && !sets.iter().any(|set| **set == *sheet.set);
        let gone: Vec<&String> =
            before.iter().filter(|(_, sheet)| is_gone(sheet)).map(|(path, _)| path).collect();
        if gone.is_empty() {
            return Ok(());
        }
        let kept = before.iter().filter(|(_, sheet)| !is_gone(sheet));
        self.sheets.store(Arc::new(kept.map(|(path, sheet)| (path.clone(), sheet.clone())).collect()));
        self.keep(gone.into_iter().cloned())
    }

    /// Returns the set of a provider's pages, if it stands here; this is no use of it.
    #[must_use]
    pub fn provider(&self, name: &str) -> Option<Arc<Set>> {
        self.providers.peek(name)
    }

    /// Returns the sets of providers that stand here, and whose they are.
    #[must_use]
    pub fn providers(&self) -> Vec<(Arc<str>, ProviderId)> {
        self.providers.all()
    }

    /// Keeps a provider's pages, and tells those who look at them if any that stood here is different.
    pub fn put_provider(&self, name: &str, set: Set) {
        let name: Arc<str> = Arc::from(name);
        let is_different = self.providers.peek(&name).is_some_and(|before| {
            let differs =
                |(path, was): (&String, &Sheet)| set.sheets.get(path).is_none_or(|is| is.etag != was.etag);
            before.sheets.iter().any(differs)
        });
        self.providers.put(&name, set);
        if is_different {
            self.announce(&name);
        }
    }

    /// Forgets a provider's pages.
    pub fn drop_provider(&self, name: &str) {
        self.providers.remove(name);
    }

    /// Returns how many providers have pages here, and the bytes that these take.
    #[must_use]
    pub fn providers_size(&self) -> (usize, usize) {
        self.providers.size()
    }

    /// Keeps what the directory was last drawn from, so that it can be searched.
    pub fn keep_directory(&self, view: DirectoryView) {
        self.directory.store(Some(Arc::new(view)));
    }

    /// Returns what the directory was last drawn from; `None` until it is drawn for the first time after a start.
    #[must_use]
    pub fn directory(&self) -> Option<Arc<DirectoryView>> {
        self.directory.load_full()
    }

    /// Returns a listener that hears the name of each set of pages that changes.
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<Arc<str>> {
        self.changed.subscribe()
    }

    fn announce(&self, set: &Arc<str>) {
        // Nobody listening is no trouble.
        let _ = self.changed.send(Arc::clone(set));
    }
}

/// Whether a set is a status page of ours, below `/status/` or on a host name of its own.
fn is_status_page(set: &str) -> bool {
    set.starts_with("/status/") || set.starts_with("//")
}

/// Returns the set of a provider that a path belongs to: `/directory/payments/stripe` of all that stands below it.
#[must_use]
pub fn provider_set(path: &str) -> Option<&str> {
    let mut parts = path.strip_prefix("/directory/")?.splitn(3, '/');
    let (category, provider) = (parts.next()?, parts.next()?);
    let end = "/directory/".len() + category.len() + 1 + provider.len();
    (!category.is_empty() && !provider.is_empty()).then(|| &path[..end])
}

#[cfg(test)]
mod tests;
