//! The directory of providers, and lines of it for other pages.

use std::{collections::BTreeMap, time::Duration};

use domain::{ProviderId, SourceHealth, Status, change::ChangeKind, provider::Provider, upstream::Event};
use jiff::Timestamp;
use render::view::{
    CategoryView, DirectoryView, IncidentLine, ProviderLine, ProviderName, SharedView, Turn, TurnLine,
};
use store::{
    Tx, providers,
    providers::{Summary, Tally},
};

use super::place;
use crate::{catalog::Catalog, causes, error::CommandError, memory::Memory};

/// How far back the directory tells what began and ended.
const LATELY: Duration = Duration::from_secs(24 * 3600);

/// Beginnings and ends that the directory knows.
const TURNS: u32 = 100;

/// Builds the directory: categories in alphabetical order, providers likewise.
///
/// # Errors
/// When the ledger fails.
pub fn directory(
    tx: &mut Tx<'_>,
    catalog: &Catalog,
    memory: &Memory,
    public_url: &str,
    now: Timestamp,
) -> Result<DirectoryView, CommandError> {
    let summaries: BTreeMap<_, _> =
        providers::list_summaries(tx)?.into_iter().map(|summary| (summary.provider, summary)).collect();
    let mut categories: BTreeMap<String, CategoryView> = BTreeMap::new();
    let mut all = catalog.all();
    all.sort_by_cached_key(|provider| provider.name.to_lowercase());
    for provider in &all {
        let fresh = || CategoryView {
            name: provider.category.clone(),
            slug: provider.category_slug(),
            providers: Vec::new(),
        };
        let line = summarized(provider, summaries.get(&provider.id()));
        categories.entry(provider.category_slug()).or_insert_with(fresh).providers.push(line);
    }
    Ok(DirectoryView {
        place: place(public_url, "/directory".to_owned()),
        categories: categories.into_values().collect(),
        shared: shared(tx, catalog, memory, &summaries)?,
        turns: turns(tx, catalog, now)?,
        as_of: now,
    })
}

/// Groups what is in trouble by probable cause.
fn shared(
    tx: &mut Tx<'_>,
    catalog: &Catalog,
    memory: &Memory,
    summaries: &BTreeMap<ProviderId, Summary>,
) -> Result<Vec<SharedView>, CommandError> {
    let is_troubled = |known: &&Summary| {
        in_short(known).0.is_trouble() && matches!(known.health, SourceHealth::Fresh | SourceHealth::Stale)
    };
    let ids: Vec<ProviderId> = summaries.values().filter(is_troubled).map(|known| known.provider).collect();
    let named = |id: &ProviderId| {
        let provider = catalog.get(*id)?;
        Some(ProviderName { slug: provider.slug.clone(), name: provider.name.clone(), path: provider.path() })
    };
    let view = |event: Event| {
        Some(SharedView {
            cause: named(&event.cause)?,
            is_confirmed: event.is_confirmed,
            since: event.since,
            providers: event.providers.iter().filter_map(|(id, _)| named(id)).collect(),
        })
    };
    Ok(causes::events(tx, catalog, memory, &ids)?.into_iter().filter_map(view).collect())
}

fn turns(tx: &mut Tx<'_>, catalog: &Catalog, now: Timestamp) -> Result<Vec<TurnLine>, CommandError> {
    let since = now.checked_sub(LATELY).unwrap_or(Timestamp::MIN);
    let lines = providers::list_turns(tx, since, TURNS)?.into_iter().filter_map(|found| {
        // What began long before we first saw it is no news.
        let provider = catalog.get(found.provider).filter(|_| found.at >= since)?;
        let turn = match found.kind {
            ChangeKind::IncidentOpened => Turn::Opened,
            ChangeKind::IncidentReopened => Turn::Reopened,
            ChangeKind::IncidentResolved => Turn::Resolved,
            ChangeKind::ComponentChanged
            | ChangeKind::ComponentAdded
            | ChangeKind::ComponentRemoved
            | ChangeKind::ComponentRenamed
            | ChangeKind::IncidentUpdated
            | ChangeKind::PostmortemPublished
            | ChangeKind::MaintenanceScheduled
            | ChangeKind::MaintenanceStarted
            | ChangeKind::MaintenanceUpdated
            | ChangeKind::MaintenanceCompleted
            | ChangeKind::MaintenanceCancelled
            | ChangeKind::HealthChanged
            | ChangeKind::SourceMoved => return None,
        };
        let (name, path) = (provider.name.clone(), provider.path());
        Some(TurnLine { provider: name, path, id: found.incident, title: found.name, turn, at: found.at })
    });
    Ok(lines.collect())
}

/// Returns a provider's line from what is known of it in short.
fn summarized(of: &Provider, known: Option<&Summary>) -> ProviderLine {
    let (status, since) = known.map_or((Status::Unknown, None), in_short);
    let affected = known.filter(|_| status.is_trouble()).and_then(|known| {
        let count = |wanted: fn(&&Tally) -> bool| -> u32 {
            known.components.iter().filter(wanted).map(|tally| tally.count).sum()
        };
        let part = count(|tally| tally.status.is_trouble());
        (part > 0).then(|| (part, count(|_| true)))
    });
    let incident = known.and_then(|known| known.incident.as_ref()).map(|worst| IncidentLine {
        id: worst.id.clone(),
        title: worst.name.clone(),
        impact: worst.impact,
    });
    ProviderLine {
        slug: of.slug.clone(),
        name: of.name.clone(),
        path: of.path(),
        platform: known.and_then(|known| known.platform).or(of.platform),
        status,
        health: known.map_or(SourceHealth::NeverRead, |known| known.health),
        since,
        since_is_first_reading: since.is_some() && since == known.and_then(|known| known.first_read_at),
        affected,
        incident,
    }
}

/// Returns what [`verdict`](domain::knowledge::Knowledge::verdict) says of the whole of what is here in short.
fn in_short(known: &Summary) -> (Status, Option<Timestamp>) {
    let Some(worst) = known.components.iter().max_by_key(|tally| tally.status) else {
        return match (&known.incident, known.claim) {
            (Some(open), _) => (open.impact.as_status(), Some(open.first_seen_at)),
            (None, Some((status, since))) => (status, since.filter(|_| status.is_trouble())),
            (None, None) if known.lists_open => (Status::Operational, None),
            (None, None) => (Status::Unknown, None),
        };
    };
    match worst.status {
        Status::Unknown => (Status::Unknown, None),
        Status::Operational => (worst.status, Some(worst.last_since)),
        Status::UnderMaintenance
        | Status::DegradedPerformance
        | Status::PartialOutage
        | Status::MajorOutage => (worst.status, Some(worst.first_since)),
    }
}

/// Providers of the same category that a provider's page leads to.
const SIBLINGS: usize = 12;

/// Other providers that have to do with one, as the directory last showed them.
#[derive(Default)]
pub(super) struct Related {
    /// The nearest of the category, so that every one of it is near another.
    pub(super) siblings: Vec<ProviderLine>,
    /// What it is known to run on.
    pub(super) upstreams: Vec<ProviderLine>,
    /// What is known to run on it.
    pub(super) downstreams: Vec<ProviderLine>,
}

impl Related {
    pub(super) fn of(provider: &Provider, catalog: &Catalog, directory: &DirectoryView) -> Self {
        let slug = provider.category_slug();
        let category = directory.categories.iter().find(|category| category.slug == slug);
        let named = |slugs: &[&str]| -> Vec<ProviderLine> {
            let all = directory.categories.iter().flat_map(|category| &category.providers);
            all.filter(|line| slugs.contains(&line.slug.as_str())).take(SIBLINGS).cloned().collect()
        };
        let above: Vec<&str> = provider.upstreams.iter().map(String::as_str).collect();
        let catalog = catalog.all();
        let below = catalog.iter().filter(|other| other.upstreams.contains(&provider.slug));
        let below: Vec<&str> = below.map(|other| other.slug.as_str()).collect();
        Self {
            siblings: category
                .map_or_else(Vec::new, |category| neighbours(&category.providers, &provider.slug)),
            upstreams: named(&above),
            downstreams: named(&below),
        }
    }
}

fn neighbours(lines: &[ProviderLine], slug: &str) -> Vec<ProviderLine> {
    let at = lines.iter().position(|line| line.slug == slug).unwrap_or(0);
    let last_start = lines.len().saturating_sub(SIBLINGS + 1);
    let start = at.saturating_sub(SIBLINGS / 2).min(last_start);
    lines[start..].iter().filter(|line| line.slug != slug).take(SIBLINGS).cloned().collect()
}
