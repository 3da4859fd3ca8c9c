//! The providers that can be watched, by id and by slug. A value that is replaced as a whole when configuration changes.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use arc_swap::ArcSwap;
use domain::{
    ProviderId,
    provider::{Provider, provider_id},
    upstream::Upstream,
};

/// Which of the known providers are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// Those that somebody depends on, declared, or looked at lately.
    #[default]
    Used,
    /// All.
    All,
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

    /// Returns which of the providers are read.
    #[must_use]
    pub fn reach(&self) -> Reach {
        Reach::Used
    }

    /// Returns the providers that a file declares.
    #[must_use]
    pub fn declared(&self) -> Vec<ProviderId> {
        self.providers.load().keys().copied().collect()
    }

    /// Returns the providers that others are declared to run on, with what they are called.
    #[must_use]
    pub fn upstreams(&self) -> Vec<Upstream> {
        let all = self.providers.load();
        let named: BTreeSet<ProviderId> =
            all.values().flat_map(|provider| &provider.upstreams).map(|slug| provider_id(slug)).collect();
        let upstream = |id: &ProviderId| {
            let provider = all.get(id)?;
            let names =
                std::iter::once(&provider.name).chain(&provider.services).map(|name| name.to_lowercase());
            Some(Upstream { provider: *id, names: names.filter(|name| name.chars().count() >= 3).collect() })
        };
        named.iter().filter_map(upstream).collect()
    }

    /// Returns the providers that this one is declared to run on.
    #[must_use]
    pub fn runs_on(&self, id: ProviderId) -> Vec<ProviderId> {
        let provider = self.get(id);
        provider.iter().flat_map(|provider| &provider.upstreams).map(|slug| provider_id(slug)).collect()
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

    /// Returns what people call the provider; its id where the catalog has lost it.
    #[must_use]
    pub fn name(&self, id: ProviderId) -> String {
        self.get(id).map_or_else(|| id.to_string(), |provider| provider.name.clone())
    }
}
