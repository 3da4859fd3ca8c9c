//! One provider in short.

use std::sync::Arc;

use domain::{
    Impact, Phase, Platform, SourceHealth, Status, knowledge::KnownIncident, polling::Source,
    provider::Provider,
};
use jiff::Timestamp;
use store::{archive::Attempts, providers::Stored};

/// Open incidents in an entry: more than any reader of a list looks at.
const MOST_INCIDENTS: usize = 50;

/// One provider in short.
#[derive(Clone, Debug)]
pub struct Entry {
    /// As it is declared.
    pub provider: Arc<Provider>,
    /// The name, slug, category and products, in lower case: what words are looked for in.
    pub searched: Arc<str>,
    /// The category as it stands in an address.
    pub category_slug: Arc<str>,
    /// Who hosts the page, as it was recognised, else as it is declared.
    pub platform: Option<Platform>,
    /// How our attempts at its source went.
    pub source: Source,
    /// What we last knew of the whole. Say [`status`](Self::status) to readers.
    pub known: (Status, Option<Timestamp>),
    /// The first reading.
    pub first_read_at: Option<Timestamp>,
    /// The worst impact of what is open, where that is trouble. Say [`open_impact`](Self::open_impact) to readers.
    pub known_impact: Option<Impact>,
    /// What is open, newest first.
    pub incidents: Arc<[OpenIncident]>,
    /// When we last saw something change.
    pub updated_at: Option<Timestamp>,
}

/// An open incident in short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenIncident {
    /// The provider's id.
    pub id: String,
    /// The title.
    pub name: String,
    /// How bad.
    pub impact: Impact,
    /// Where it is in its life.
    pub phase: Phase,
    /// When it began by the provider's word, else when it was posted.
    pub started_at: Option<Timestamp>,
    /// When we first saw it.
    pub first_seen_at: Timestamp,
}

impl Entry {
    /// Makes the entry of a provider from what is stored of it.
    pub(crate) fn of(
        provider: Arc<Provider>,
        stored: Option<&Stored>,
        updated_at: Option<Timestamp>,
    ) -> Self {
        let mut words = vec![provider.name.as_str(), &provider.slug, &provider.category];
        words.extend(provider.services.iter().map(String::as_str));
        let open =
            stored.map(|stored| stored.knowledge.open_incidents().take(MOST_INCIDENTS).map(open).collect());
        Self {
            searched: Arc::from(words.join("\n").to_lowercase()),
            category_slug: Arc::from(provider.category_slug()),
            platform: stored.and_then(|stored| stored.validators.platform).or(provider.platform),
            source: stored.map(|stored| stored.source.clone()).unwrap_or_default(),
            known: stored.map_or((Status::Unknown, None), |stored| stored.knowledge.verdict()),
            first_read_at: stored.and_then(|stored| stored.knowledge.first_read_at),
            known_impact: stored.and_then(|stored| stored.knowledge.open_impact()),
            incidents: open.unwrap_or_default(),
            updated_at: updated_at.or_else(|| stored.and_then(|stored| stored.knowledge.first_read_at)),
            provider,
        }
    }

    /// Returns the entry after further polls that changed nothing but the clocks.
    pub(crate) fn polled(&self, attempts: &Attempts) -> Self {
        let source = Source {
            last_poll_at: attempts.last_poll_at,
            last_fresh_at: attempts.last_fresh_at,
            failures: attempts.failures,
            reason: attempts.reason.clone(),
            next_poll_at: attempts.next_poll_at,
            ..self.source.clone()
        };
        Self { source, ..self.clone() }
    }

    /// Returns how well the source can be read at `now`. A poller that has stopped makes it stale: nobody has to say so.
    #[must_use]
    pub fn health(&self, now: Timestamp) -> SourceHealth {
        self.source.health(now, self.provider.interval)
    }

    /// Returns the status of the whole at `now`, and since when. Of a source that can't be read nothing is known.
    #[must_use]
    pub fn status(&self, now: Timestamp) -> (Status, Option<Timestamp>) {
        match self.health(now) {
            SourceHealth::Fresh | SourceHealth::Stale => self.known,
            SourceHealth::Unreadable | SourceHealth::NeverRead => (Status::Unknown, None),
        }
    }

    /// Returns the worst impact of what is open at `now`, where that is trouble; components may deny it.
    #[must_use]
    pub fn open_impact(&self, now: Timestamp) -> Option<Impact> {
        match self.health(now) {
            SourceHealth::Fresh | SourceHealth::Stale => self.known_impact,
            SourceHealth::Unreadable | SourceHealth::NeverRead => None,
        }
    }
}

fn open(known: &KnownIncident) -> OpenIncident {
    let incident = &known.incident;
    OpenIncident {
        id: incident.id.clone(),
        name: incident.name.clone(),
        impact: incident.impact,
        phase: incident.phase,
        started_at: incident.started_at.or(incident.created_at),
        first_seen_at: known.first_seen_at,
    }
}
