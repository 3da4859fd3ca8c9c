//! The page of a provider, from what we know of it.

use domain::{
    Platform, SourceHealth, Status,
    history::Span,
    knowledge::{Knowledge, KnownComponent, KnownIncident, KnownMaintenance},
    provider::Provider,
    snapshot::Update,
};
use jiff::Timestamp;
use render::view::{
    Board, Claim, ComponentRef, ComponentView, IncidentView, MaintenanceView, ProviderLine, ProviderView,
    Source, UpdateView,
};
use store::{Tx, providers, providers::Stored};

use super::{days, directory::line, place};
use crate::{catalog::Catalog, error::CommandError};

/// Builds the page of one provider.
///
/// # Errors
/// When the ledger fails or has never heard of the provider.
pub fn provider(
    tx: &mut Tx<'_>,
    catalog: &Catalog,
    public_url: &str,
    of: &Provider,
    now: Timestamp,
) -> Result<ProviderView, CommandError> {
    let id = of.id();
    let stored = providers::get(tx, id)?.ok_or_else(|| CommandError::NotFound(of.slug.clone()))?;
    let spans = providers::list_spans(tx, id, days::window_start(now), now)?;
    let siblings = siblings(tx, catalog, of)?;
    let (status, since) = verdict(&stored.knowledge);
    let board = board(of, &stored.knowledge, &spans, place(public_url, of.path()), now);
    Ok(ProviderView {
        board,
        status,
        since,
        claim: stored.knowledge.overall.as_ref().map(|overall| Claim {
            status: overall.status,
            headline: overall.headline.clone(),
            raw: overall.raw.clone(),
        }),
        source: Source {
            health: stored.health,
            last_read_at: stored.source.last_fresh_at,
            reason: stored.source.reason.clone().filter(|_| stored.health != SourceHealth::Fresh),
        },
        category: of.category.clone(),
        category_path: format!("/directory/{}", of.category_slug()),
        platform: platform(&stored, of).map(|platform| platform.title().to_owned()),
        official_url: of.status_page.clone().or_else(|| stored.knowledge.page.url.clone()),
        feed_url: of.feed.clone(),
        siblings,
    })
}

/// Returns the status of a whole provider as we judge it, and since when: components decide first, then open incidents,
/// then the page's own claim.
pub(super) fn verdict(knowledge: &Knowledge) -> (Status, Option<Timestamp>) {
    let worst = knowledge.components.iter().map(|known| known.component.status).max();
    match worst.filter(|worst| *worst != Status::Unknown) {
        Some(status) => {
            let same = knowledge.components.iter().filter(|known| known.component.status == status);
            let since = same.map(|known| known.trouble_since.unwrap_or(known.since));
            (status, if status == Status::Operational { since.max() } else { since.min() })
        }
        None if worst.is_none() => by_incidents(knowledge),
        None => (Status::Unknown, None),
    }
}

fn by_incidents(knowledge: &Knowledge) -> (Status, Option<Timestamp>) {
    let open = || knowledge.open_incidents();
    match open().map(|known| known.incident.impact.as_status()).max() {
        Some(status) => (status, open().map(|known| known.first_seen_at).min()),
        None => (knowledge.claim(), None),
    }
}

fn board(
    of: &Provider,
    knowledge: &Knowledge,
    spans: &[(String, Span)],
    place: render::view::Place,
    now: Timestamp,
) -> Board {
    let name = |id: &str| {
        let known = knowledge.components.iter().find(|known| known.component.id == id);
        known.map(|known| known.component.name.clone())
    };
    let incidents: Vec<IncidentView> =
        knowledge.incidents.iter().map(|known| incident(known, &name)).collect();
    let (past, open) = incidents.into_iter().partition::<Vec<_>, _>(|incident| incident.phase.is_over());
    let both: Vec<&IncidentView> = open.iter().chain(&past).collect();
    let components = knowledge.components.iter().map(|known| component(known, spans, &both, now)).collect();
    let all: Vec<Span> = spans.iter().map(|(_, span)| *span).collect();
    Board {
        place,
        id: of.slug.clone(),
        title: of.name.clone(),
        components,
        uptime: days::uptime(&all, now),
        maintenances: knowledge.maintenances.iter().map(|known| maintenance(known, &name)).collect(),
        open,
        past,
        as_of: now,
    }
}

fn component(
    known: &KnownComponent,
    spans: &[(String, Span)],
    incidents: &[&IncidentView],
    now: Timestamp,
) -> ComponentView {
    let of = &known.component;
    let own: Vec<Span> = spans.iter().filter(|(id, _)| *id == of.id).map(|(_, span)| *span).collect();
    let touching: Vec<&IncidentView> = incidents
        .iter()
        .filter(|incident| incident.components.iter().any(|component| component.id == of.id))
        .copied()
        .collect();
    ComponentView {
        id: of.id.clone(),
        name: of.name.clone(),
        group: of.group.clone(),
        status: of.status,
        since: Some(known.since),
        days: days::cells(&own, now, &touching),
        uptime: days::uptime(&own, now),
        note: None,
    }
}

fn incident(known: &KnownIncident, name: &impl Fn(&str) -> Option<String>) -> IncidentView {
    let of = &known.incident;
    IncidentView {
        id: of.id.clone(),
        title: of.name.clone(),
        impact: of.impact,
        phase: of.phase,
        started_at: of.started_at,
        posted_at: of.created_at,
        first_seen_at: known.first_seen_at,
        resolved_at: of.resolved_at.or(of.updated_at).filter(|_| of.phase.is_over()),
        components: refs(&of.components, name),
        updates: of.updates.iter().map(update).collect(),
        official_url: of.url.clone(),
        cause: None,
        next_update_at: None,
    }
}

pub(super) fn maintenance(
    known: &KnownMaintenance,
    name: &impl Fn(&str) -> Option<String>,
) -> MaintenanceView {
    let of = &known.maintenance;
    MaintenanceView {
        id: of.id.clone(),
        title: of.name.clone(),
        status: of.status,
        starts_at: of.starts_at,
        ends_at: of.ends_at,
        first_seen_at: known.first_seen_at,
        components: refs(&of.components, name),
        updates: of.updates.iter().map(update).collect(),
        official_url: of.url.clone(),
    }
}

fn refs(ids: &[String], name: &impl Fn(&str) -> Option<String>) -> Vec<ComponentRef> {
    ids.iter().filter_map(|id| Some(ComponentRef { id: id.clone(), name: name(id)? })).collect()
}

fn update(of: &Update) -> UpdateView {
    UpdateView {
        id: of.id.clone(),
        word: of.status.clone(),
        body: of.body.clone(),
        at: of.at,
        edited_at: None,
    }
}

fn platform(stored: &Stored, of: &Provider) -> Option<Platform> {
    stored.validators.platform.or(of.platform)
}

/// Others of the category that the page links to.
const SIBLINGS: usize = 12;

fn siblings(tx: &mut Tx<'_>, catalog: &Catalog, of: &Provider) -> Result<Vec<ProviderLine>, CommandError> {
    let all = catalog.all();
    let others = all.iter().filter(|other| other.category == of.category && other.slug != of.slug);
    others.take(SIBLINGS).map(|other| line(tx, other)).collect()
}
