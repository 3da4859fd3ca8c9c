//! The page sets of providers that people look at: as many as a budget of bytes holds, the least recently used out first.
//!
//! There are thousands of providers and nobody looks at most of them, so their pages are drawn when somebody asks and
//! kept while somebody goes on asking. Looking one up takes no lock and writes nothing but, at most once between two
//! changes of what is kept, a mark that it was used.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use arc_swap::ArcSwap;
use domain::ProviderId;

use super::sheet::Sheet;

/// The pages of one provider.
#[derive(Debug)]
pub struct Set {
    /// Whose.
    pub provider: ProviderId,
    /// The pages that are drawn, by path.
    pub sheets: HashMap<String, Sheet>,
    /// The paths of the pages that are drawn only when somebody asks for them.
    pub records: HashSet<String>,
    size_bytes: usize,
    /// The change of the whole before which it was last used.
    used: AtomicU64,
}

impl Set {
    /// Makes a set.
    #[must_use]
    pub fn new(provider: ProviderId, sheets: HashMap<String, Sheet>, records: HashSet<String>) -> Self {
        let of_sheets: usize = sheets.iter().map(|(path, sheet)| path.len() + sheet.size_bytes()).sum();
        let of_records: usize = records.iter().map(String::len).sum();
        Self { provider, sheets, records, size_bytes: of_sheets + of_records, used: AtomicU64::new(0) }
    }
}

/// The sets that are kept.
#[derive(Debug)]
pub(super) struct Sets {
    sets: ArcSwap<HashMap<Arc<str>, Arc<Set>>>,
    changes: AtomicU64,
    budget_bytes: usize,
    /// Held while the map is replaced; readers never take it.
    replacing: Mutex<()>,
}

impl Sets {
    pub(super) fn new(budget_bytes: usize) -> Self {
        let (sets, changes) = (ArcSwap::default(), AtomicU64::new(0));
        Self { sets, changes, budget_bytes, replacing: Mutex::new(()) }
    }

    /// Returns a set, which counts as a use of it.
    pub(super) fn get(&self, name: &str) -> Option<Arc<Set>> {
        let set = self.peek(name)?;
        let now = self.changes.load(Ordering::Relaxed);
        if set.used.load(Ordering::Relaxed) != now {
            set.used.store(now, Ordering::Relaxed);
        }
        Some(set)
    }

    /// Returns a set without using it.
    pub(super) fn peek(&self, name: &str) -> Option<Arc<Set>> {
        self.sets.load().get(name).cloned()
    }

    /// Returns the names of all sets, and whose they are.
    pub(super) fn all(&self) -> Vec<(Arc<str>, ProviderId)> {
        self.sets.load().iter().map(|(name, set)| (Arc::clone(name), set.provider)).collect()
    }

    /// Returns how many sets are kept and the bytes they take.
    pub(super) fn size(&self) -> (usize, usize) {
        let sets = self.sets.load();
        (sets.len(), sets.values().map(|set| set.size_bytes).sum())
    }

    /// Keeps a set. When all become too much, those that nobody has used for longest go, and never this one; a set that
    /// takes the place of an older drawing has been used as little as that.
    pub(super) fn put(&self, name: &Arc<str>, set: Set) {
        let _alone = self.replacing.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.changes.fetch_add(1, Ordering::Relaxed) + 1;
        let mut sets = HashMap::clone(&self.sets.load());
        let used = sets.get(name).map_or(now, |before| before.used.load(Ordering::Relaxed));
        set.used.store(used, Ordering::Relaxed);
        sets.insert(Arc::clone(name), Arc::new(set));
        let mut total: usize = sets.values().map(|set| set.size_bytes).sum();
        while total > self.budget_bytes {
            let others = sets.iter().filter(|(other, _)| *other != name);
            let oldest =
                others.min_by_key(|(other, set)| (set.used.load(Ordering::Relaxed), Arc::clone(other)));
            let Some(oldest) = oldest.map(|(other, _)| Arc::clone(other)) else { break };
            total -= sets.remove(&oldest).map_or(0, |set| set.size_bytes);
        }
        self.sets.store(Arc::new(sets));
    }

    /// Forgets a set.
    pub(super) fn remove(&self, name: &str) {
        let _alone = self.replacing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut sets = HashMap::clone(&self.sets.load());
        if sets.remove(name).is_some() {
            self.sets.store(Arc::new(sets));
        }
    }
}
