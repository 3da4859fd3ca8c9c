//! The providers that can be watched, by id, by slug and by what people type. A value that is replaced as a whole when
//! configuration changes.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use arc_swap::ArcSwap;
use domain::{
    ProviderId,
    provider::{Provider, provider_id},
    search::{Index, fold},
    upstream::Upstream,
};

pub use domain::search::Found;

/// Which of the known providers are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// Those that a service depends on, that a file declares, or that someone looked at lately.
    #[default]
    Used,
    /// All.
    All,
}

/// The providers that can be watched.
#[derive(Debug, Default)]
pub struct Catalog {
    current: ArcSwap<Contents>,
    reach: Reach,
    follows_moves: bool,
}

#[derive(Debug, Default)]
struct Contents {
    by_id: BTreeMap<ProviderId, Arc<Provider>>,
    /// In ascending order of their slugs.
    all: Vec<Arc<Provider>>,
    declared: Vec<ProviderId>,
    /// Those of whose page the file says other than what is shipped.
    own: BTreeSet<ProviderId>,
    /// Those that others are declared to run on.
    upstreams: Arc<[Upstream]>,
    index: Index,
}

impl Catalog {
    /// Makes a catalog of declared providers and no others.
    #[must_use]
    pub fn new(declared: impl IntoIterator<Item = Provider>) -> Self {
        Self::with_shipped(&[], declared, Reach::Used)
    }

    /// Makes a catalog of shipped providers, in which those that are declared take the places of those with their slugs.
    #[must_use]
    pub fn with_shipped(
        shipped: &[Arc<Provider>],
        declared: impl IntoIterator<Item = Provider>,
        reach: Reach,
    ) -> Self {
        let catalog = Self { reach, ..Self::default() };
        catalog.replace(shipped, declared);
        catalog
    }

    /// Replaces all providers.
    pub fn replace(&self, shipped: &[Arc<Provider>], declared: impl IntoIterator<Item = Provider>) {
        let mut by_id: BTreeMap<_, _> =
            shipped.iter().map(|provider| (provider.id(), Arc::clone(provider))).collect();
        let own: BTreeMap<_, _> =
            declared.into_iter().map(|provider| (provider.id(), Arc::new(provider))).collect();
        let declared = own.keys().copied().collect();
        let is_own = |provider: &Arc<Provider>| {
            let shipped = by_id.get(&provider.id());
            shipped.is_none_or(|row| (&row.status_page, &row.name) != (&provider.status_page, &provider.name))
        };
        let own_pages =
            own.values().filter(|provider| is_own(provider)).map(|provider| provider.id()).collect();
        by_id.extend(own);
        let mut all: Vec<Arc<Provider>> = by_id.values().cloned().collect();
        all.sort_by(|a, b| a.slug.cmp(&b.slug));
        let index = Index::new(all.iter().cloned());
        let upstreams = upstreams(&by_id);
        self.current.store(Arc::new(Contents { by_id, all, declared, own: own_pages, upstreams, index }));
    }

    /// Returns the same catalog, where a page that has moved to another host is followed there without being asked.
    #[must_use]
    pub fn following_moves(self, follows_moves: bool) -> Self {
        Self { follows_moves, ..self }
    }

    /// Whether a page that has moved to another host is followed there without being asked.
    #[must_use]
    pub const fn follows_moves(&self) -> bool {
        self.follows_moves
    }

    /// Returns which of the providers are read.
    #[must_use]
    pub const fn reach(&self) -> Reach {
        self.reach
    }

    /// Returns the providers that a file declares or a service depends on.
    #[must_use]
    pub fn declared(&self) -> Vec<ProviderId> {
        self.current.load().declared.clone()
    }

    /// Whether the operator says whose page this provider's is, rather than the shipped catalog.
    #[must_use]
    pub fn is_own(&self, id: ProviderId) -> bool {
        self.current.load().own.contains(&id)
    }

    /// Returns the providers that others are declared to run on, with what they are called.
    #[must_use]
    pub fn upstreams(&self) -> Arc<[Upstream]> {
        Arc::clone(&self.current.load().upstreams)
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
        self.current.load().by_id.get(&id).cloned()
    }

    /// Returns all providers in ascending order of their slugs.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<Provider>> {
        self.current.load().all.clone()
    }

    /// Returns the providers that a person means, the likeliest first, at most `limit`.
    #[must_use]
    pub fn search(&self, words: &str, limit: usize) -> Vec<Found> {
        self.current.load().index.search(words, limit)
    }

    /// Returns what people call the provider; its id where the catalog has lost it.
    #[must_use]
    pub fn name(&self, id: ProviderId) -> String {
        self.get(id).map_or_else(|| id.to_string(), |provider| provider.name.clone())
    }
}

/// Finds the providers that others are declared to run on: once, since every judgement asks for them.
fn upstreams(all: &BTreeMap<ProviderId, Arc<Provider>>) -> Arc<[Upstream]> {
    let named: BTreeSet<ProviderId> =
        all.values().flat_map(|provider| &provider.upstreams).map(|slug| provider_id(slug)).collect();
    let upstream = |id: &ProviderId| Some(Upstream { provider: *id, names: names_in_words(all.get(id)?) });
    named.iter().filter_map(upstream).collect()
}

/// Returns what a provider is called in others' words: its name and services, and of its other names those that nobody else can
/// mean: `Azure` and `Amazon SES`, `GCP` for Google Cloud Platform, but not `Workers`.
fn names_in_words(provider: &Provider) -> Vec<String> {
    let own = fold(&provider.name);
    let initials =
        |text: &str| fold(text).split(' ').filter_map(|word| word.chars().next()).collect::<String>();
    let is_telling = |other: &&String| {
        let folded = fold(other);
        let first = folded.split(' ').next().unwrap_or_default();
        let longer = std::iter::once(&provider.name).chain(&provider.also);
        own.split(' ').any(|word| word == first) || longer.into_iter().any(|name| initials(name) == folded)
    };
    let name = provider.name.split(" (").next().unwrap_or_default();
    let names = std::iter::once(name).chain(provider.services.iter().map(String::as_str));
    let names = names.chain(provider.also.iter().filter(is_telling).map(String::as_str));
    let mut names: Vec<String> =
        names.map(str::to_lowercase).filter(|name| name.chars().count() >= 3).collect();
    names.sort_unstable();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_declared_takes_the_place_of_what_is_shipped() {
        let shipped = formats::catalog::builtin();
        let stripe = formats::catalog::find(shipped, "stripe").expect("it is shipped");
        let own = Provider { name: "Our Stripe".to_owned(), ..Provider::clone(stripe) };
        let catalog = Catalog::with_shipped(shipped, [own.clone()], Reach::All);
        assert_eq!(catalog.all().len(), shipped.len());
        assert_eq!(catalog.get(own.id()).as_deref(), Some(&own));
        assert_eq!(catalog.declared(), [own.id()]);
        assert!(catalog.is_own(own.id()));
        let as_shipped = Provider { interval: std::time::Duration::from_secs(30), ..Provider::clone(stripe) };
        assert!(!Catalog::with_shipped(shipped, [as_shipped.clone()], Reach::All).is_own(as_shipped.id()));
        assert!(Catalog::new([as_shipped.clone()]).is_own(as_shipped.id()));
        assert_eq!(*catalog.search("our stripe", 1)[0].provider, own);
        assert_eq!(catalog.reach(), Reach::All);
        catalog.replace(&[], [own]);
        assert_eq!(catalog.all().len(), 1);
        assert!(catalog.search("github", 1).is_empty());
    }

    #[test]
    fn an_upstream_is_called_by_what_nobody_else_can_mean() {
        let shipped = formats::catalog::builtin();
        let names = |slug| names_in_words(formats::catalog::find(shipped, slug).expect("it is shipped"));
        let (aws, google, cloudflare) =
            (names("amazon-web-services-aws"), names("google-cloud"), names("cloudflare"));
        let has = |names: &[String], name: &str| names.iter().any(|known| known == name);
        for name in ["amazon web services", "aws", "amazon ses", "aws lambda"] {
            assert!(has(&aws, name), "{name}");
        }
        assert!(has(&google, "gcp") && has(&google, "google bigquery") && !has(&google, "spanner"));
        assert!(has(&cloudflare, "cloudflare workers") && !has(&cloudflare, "workers"));
        assert!(!has(&aws, "lambda") && !has(&aws, "iam"));
    }
}
