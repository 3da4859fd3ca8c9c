//! The providers that can be watched, by id and by slug. A value that is replaced as a whole when configuration changes.

use std::{collections::BTreeMap, sync::Arc};

use arc_swap::ArcSwap;
use domain::{ProviderId, provider::Provider};

/// A provider that a search met.
#[derive(Clone, Debug)]
pub struct Found {
    /// The provider.
    pub provider: Arc<Provider>,
    /// What of it was met, where that is not its name.
    pub because: Option<String>,
}

/// The providers that can be watched.
#[derive(Debug, Default)]
pub struct Catalog {
    providers: ArcSwap<BTreeMap<ProviderId, Arc<Provider>>>,
}

impl Catalog {
    /// Makes a catalog of these providers.
    #[must_use]
    pub fn new(providers: impl IntoIterator<Item = Provider>) -> Self {
        let catalog = Self::default();
        catalog.replace(providers);
        catalog
    }

    /// Replaces all providers.
    pub fn replace(&self, providers: impl IntoIterator<Item = Provider>) {
        let by_id = providers.into_iter().map(|provider| (provider.id(), Arc::new(provider))).collect();
        self.providers.store(Arc::new(by_id));
    }

    /// Returns the provider with this id.
    #[must_use]
    pub fn get(&self, id: ProviderId) -> Option<Arc<Provider>> {
        self.providers.load().get(&id).cloned()
    }

    /// Returns all providers in ascending order of their slugs.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<Provider>> {
        let mut all: Vec<Arc<Provider>> = self.providers.load().values().cloned().collect();
        all.sort_by(|a, b| a.slug.cmp(&b.slug));
        all
    }

    /// Returns the providers whose name, or one of whose other names, holds every word, those whose name begins with them
    /// first; `because` is the other name that was met.
    #[must_use]
    pub fn search(&self, words: &str, limit: usize) -> Vec<Found> {
        let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
        let Some(first) = words.first() else { return Vec::new() };
        let holds = |text: &str| words.iter().all(|word| text.contains(word.as_str()));
        let mut found: Vec<(bool, String, Found)> = Vec::new();
        for provider in self.providers.load().values() {
            let name = provider.name.to_lowercase();
            let other = || provider.services.iter().find(|other| holds(&other.to_lowercase()));
            let because = if holds(&name) || holds(&provider.slug) { None } else { other().cloned() };
            if because.is_some() || holds(&name) || holds(&provider.slug) {
                let provider = Arc::clone(provider);
                found.push((!name.starts_with(first.as_str()), name, Found { provider, because }));
            }
        }
        found.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        found.into_iter().take(limit).map(|(_, _, found)| found).collect()
    }

    /// Returns what people call the provider; its id where the catalog has lost it.
    #[must_use]
    pub fn name(&self, id: ProviderId) -> String {
        self.get(id).map_or_else(|| id.to_string(), |provider| provider.name.clone())
    }
}
