//! Finding a provider by what a person types: a name, an abbreviation, a service behind it, with a slip of the pen.
//!
//! Four passes, each only where the one before found nothing: the words as typed; without those that everybody adds
//! (`stripe status`); with few letters wrong; and some of the words. Within a pass the closer match stands first, and of two
//! that are equally close the provider that more people look for. Nothing here knows a provider by name: who is looked for
//! follows from what the catalog says of it.

mod fold;
mod label;

use std::{cmp::Reverse, sync::Arc};

use self::label::{Kind, Label, Query};
pub use self::{fold::fold, label::distance};
use crate::provider::Provider;

/// Words that people add and that seldom tell providers apart.
const FILLERS: [&str; 12] =
    ["status", "page", "api", "outage", "down", "is", "the", "com", "io", "www", "http", "https"];

/// More words than anybody types on purpose; the rest is not looked at.
const MOST_WORDS: usize = 12;

/// Providers, ready to be searched.
#[derive(Debug, Default)]
pub struct Index {
    entries: Vec<Entry>,
}

/// A provider that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The provider.
    pub provider: Arc<Provider>,
    /// The service or other name that was found, where it was not the provider's own name.
    pub because: Option<String>,
}

#[derive(Debug)]
struct Entry {
    provider: Arc<Provider>,
    labels: Vec<Label>,
    /// All letters of all labels.
    letters: u64,
    fame: u32,
}

/// How well an entry matches: the smaller the closer; and the label that does.
struct Match {
    cost: u32,
    label: Option<usize>,
}

/// A way to compare an entry with what was typed.
type Pass = fn(&Entry, &Query) -> Option<Match>;

impl Index {
    /// Makes an index of these providers.
    #[must_use]
    pub fn new(providers: impl IntoIterator<Item = Arc<Provider>>) -> Self {
        let mut entries: Vec<Entry> = providers.into_iter().map(Entry::new).collect();
        let mut dependents = std::collections::HashMap::<String, u32>::new();
        for upstream in entries.iter().flat_map(|entry| &entry.provider.upstreams) {
            *dependents.entry(upstream.clone()).or_default() += 1;
        }
        for entry in &mut entries {
            entry.fame += 3 * dependents.get(&entry.provider.slug).map_or(0, |count| (*count).min(20));
        }
        Self { entries }
    }

    /// Returns the providers that a person means, the likeliest first, at most `limit`.
    #[must_use]
    pub fn search(&self, words: &str, limit: usize) -> Vec<Found> {
        let whole = Query::new(fold(words).split(' ').take(MOST_WORDS));
        let short = Query::new(whole.words().filter(|word| !FILLERS.contains(word)));
        let passes: [(&Query, Pass); 5] = [
            (&whole, Entry::matches),
            (&short, Entry::matches),
            (&whole, Entry::nearly_matches),
            (&short, Entry::nearly_matches),
            (&short, Entry::matches_in_part),
        ];
        passes
            .into_iter()
            .filter(|(query, _)| !query.is_empty())
            .map(|(query, pass)| self.ranked(query, pass, limit))
            .find(|found| !found.is_empty())
            .unwrap_or_default()
    }

    fn ranked(&self, query: &Query, pass: Pass, limit: usize) -> Vec<Found> {
        let mut hits: Vec<(Match, &Entry)> =
            self.entries.iter().filter_map(|entry| Some((pass(entry, query)?, entry))).collect();
        hits.sort_by_key(|(hit, entry)| (hit.cost, Reverse(entry.fame), entry.provider.name.len()));
        hits.truncate(limit);
        let found = |(hit, entry): (Match, &Entry)| Found {
            provider: Arc::clone(&entry.provider),
            because: hit.label.and_then(|label| entry.shown(&entry.labels[label])),
        };
        hits.into_iter().map(found).collect()
    }
}

impl Entry {
    fn new(provider: Arc<Provider>) -> Self {
        let name = Label::new(Kind::Name, &provider.name);
        let slug = Label::new(Kind::Slug, &provider.slug);
        let also = provider.also.iter().enumerate().map(|(at, text)| Label::new(Kind::Also(at), text));
        let services = provider.services.iter().enumerate();
        let services = services.map(|(at, text)| Label::new(Kind::Service(at), text));
        let category = Label::new(Kind::Category, &provider.category);
        let own = if slug.is_same(&name) { vec![name] } else { vec![name, slug] };
        let labels: Vec<Label> = own.into_iter().chain(also).chain(services).chain([category]).collect();
        let letters = labels.iter().fold(0, |all, label| all | label.letters());
        let fame = fame(&provider);
        Self { provider, labels, letters, fame }
    }

    /// Compares the words as typed: with each label, else, of several words, with the labels together.
    fn matches(&self, query: &Query) -> Option<Match> {
        if query.letters() & !self.letters != 0 {
            return None;
        }
        self.best(|label| label.cost(query)).or_else(|| self.together(query))
    }

    /// Compares with a few letters wrong.
    fn nearly_matches(&self, query: &Query) -> Option<Match> {
        self.best(|label| label.cost_with_slips(query))
    }

    /// Compares some of the words; the more are missing, the worse.
    fn matches_in_part(&self, query: &Query) -> Option<Match> {
        let mut words: Vec<Match> = query.each().filter_map(|word| self.matches(word)).collect();
        let missing = u32::try_from(query.each().count() - words.len()).unwrap_or(u32::MAX);
        words.sort_by_key(|word| word.cost);
        let best = words.into_iter().next()?;
        Some(Match { cost: best.cost.saturating_add(missing.saturating_mul(200)), ..best })
    }

    fn best(&self, cost: impl Fn(&Label) -> Option<u32>) -> Option<Match> {
        let costs = self.labels.iter().enumerate();
        let costs = costs.filter_map(|(at, label)| Some(Match { cost: cost(label)?, label: Some(at) }));
        costs.min_by_key(|found| found.cost)
    }

    /// Finds each word in another label: `azure devops outage europe`.
    fn together(&self, query: &Query) -> Option<Match> {
        if query.each().count() < 2 {
            return None;
        }
        let mut worst = Match { cost: 0, label: None };
        for word in query.each() {
            let found = self.best(|label| label.cost_of_word(word))?;
            if found.cost >= worst.cost {
                worst = found;
            }
        }
        Some(Match { cost: worst.cost + label::TOGETHER, ..worst })
    }

    /// Returns the text of a label that is worth telling.
    fn shown(&self, label: &Label) -> Option<String> {
        match label.kind() {
            Kind::Name | Kind::Slug | Kind::Category => None,
            Kind::Also(at) => self.provider.also.get(at).cloned(),
            Kind::Service(at) => self.provider.services.get(at).cloned(),
        }
    }
}

/// Returns how much the catalog has to say of a provider, which follows how many people ask for it.
fn fame(provider: &Provider) -> u32 {
    let count = |list: &[String], most: usize| u32::try_from(list.len().min(most)).unwrap_or_default();
    count(&provider.services, 20)
        + 2 * count(&provider.also, 10)
        + count(&provider.upstreams, 2)
        + u32::from(provider.feed.is_some())
        + u32::from(provider.homepage.is_some())
}

#[cfg(test)]
mod tests;
