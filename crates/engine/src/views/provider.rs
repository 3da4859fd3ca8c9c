//! The page of a provider, from what we know of it.

use std::sync::Arc;

use domain::{
    Platform, SourceHealth, Status,
    history::Span,
    knowledge::{Knowledge, KnownComponent, KnownIncident, KnownMaintenance},
    polling,
    provider::Provider,
    public::Tongues,
    snapshot::Update,
};
use jiff::Timestamp;
use render::view::{
    Board, Chrome, Claim, ComponentRef, ComponentView, DirectoryView, Edit, IncidentView, MaintenanceView,
    Note, OwnView, ProviderView, SharedView, Source, UpdateView, Voice,
};
use store::{Tx, providers, providers::Stored};

use super::{days, directory::Related, place};
use crate::{catalog::Catalog, error::CommandError};

/// What stands around a provider.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// The providers that can be watched.
    pub catalog: Arc<Catalog>,
    /// The directory as it was last drawn; `None` when it was not yet.
    pub directory: Option<Arc<DirectoryView>>,
    /// The address of this installation, without a trailing slash.
    pub public_url: String,
}

/// Builds the page of one provider; one that the ledger has never heard of was never read.
///
/// # Errors
/// When the ledger fails.
pub fn provider(
    tx: &mut Tx<'_>,
    around: &Surroundings,
    of: &Provider,
    now: Timestamp,
) -> Result<ProviderView, CommandError> {
    let id = of.id();
    let stored = providers::get(tx, id)?.unwrap_or_else(unheard_of);
    let spans = providers::list_spans(tx, id, days::window_start(now), now)?;
    let words =
        Words { former: providers::list_former_components(tx, id)?, edits: providers::list_edits(tx, id)? };
    let directory = around.directory.as_deref();
    let related = directory.map(|directory| Related::of(of, &around.catalog, directory)).unwrap_or_default();
    let (status, since) = stored.knowledge.verdict();
    let is_first = since.is_some() && since == stored.knowledge.first_read_at;
    let board = board(of, &stored.knowledge, &words, &spans, place(&around.public_url, of.path()), now);
    let stated =
        status.is_trouble().then(|| started(board.open.iter(), since)).flatten().filter(|_| is_first);
    Ok(ProviderView {
        board,
        status,
        since: stated.or(since),
        since_is_first_reading: is_first && stated.is_none(),
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
        homepage: of.homepage.clone(),
        official_url: of.status_page.clone().or_else(|| stored.knowledge.page.url.clone()),
        feed_url: stored.validators.feed.clone().or_else(|| of.feed.clone()),
        siblings: related.siblings,
        upstreams: related.upstreams,
        downstreams: related.downstreams,
        interval: of.interval,
        notes: notes(&stored, of, directory),
    })
}

/// What a reader should know of a provider besides what it says.
fn notes(stored: &Stored, of: &Provider, directory: Option<&DirectoryView>) -> Vec<Note> {
    let shared = directory.iter().flat_map(|view| &view.shared).filter_map(|shared| behind(shared, of));
    let moved = stored.moved.iter().map(|moved| Note {
        text: format!(
            "The page seems to have moved to {}. It is read there once the configuration says so.",
            moved.platform.title()
        ),
        link: Some(moved.feed.clone()),
    });
    shared.chain(moved).collect()
}

/// What is probably behind a provider's trouble, or what it is probably behind.
fn behind(shared: &SharedView, of: &Provider) -> Option<Note> {
    let others = match shared.providers.iter().filter(|other| other.slug != of.slug).count() {
        0 => None,
        1 => Some("One other provider reports".to_owned()),
        count => Some(format!("{count} other providers report")),
    };
    if shared.cause.slug == of.slug {
        return others.map(|others| Note { text: format!("{others} trouble that points here."), link: None });
    }
    if !shared.providers.iter().any(|other| other.slug == of.slug) {
        return None;
    }
    let beside = others.map(|others| format!(" {others} trouble that points there.")).unwrap_or_default();
    let text = format!("Probably because of {}.{beside}", shared.cause.name);
    Some(Note { text, link: Some(shared.cause.path.clone()) })
}

fn unheard_of() -> Stored {
    Stored {
        source: polling::Source::default(),
        validators: providers::Validators::default(),
        health: SourceHealth::NeverRead,
        moved: None,
        warnings: Vec::new(),
        knowledge: Knowledge::default(),
    }
}

/// What the ledger keeps of words beside what is known now.
struct Words {
    /// Components that are gone, with the names they had.
    former: Vec<(String, String)>,
    edits: Vec<providers::Edit>,
}

fn board(
    of: &Provider,
    knowledge: &Knowledge,
    words: &Words,
    spans: &[(String, Span)],
    place: render::view::Place,
    now: Timestamp,
) -> Board {
    let name = |id: &str| {
        let known = knowledge.components.iter().find(|known| known.component.id == id);
        let former = || words.former.iter().find(|(former, _)| former == id).map(|(_, name)| name.clone());
        known.map(|known| known.component.name.clone()).or_else(former)
    };
    let incidents: Vec<IncidentView> =
        knowledge.incidents.iter().map(|known| incident(known, &name, &words.edits)).collect();
    let (past, open) = incidents.into_iter().partition::<Vec<_>, _>(|incident| incident.phase.is_over());
    let both: Vec<&IncidentView> = open.iter().chain(&past).collect();
    let components = knowledge
        .components
        .iter()
        .map(|known| component(known, spans, &both, knowledge.first_read_at, now))
        .collect();
    let all: Vec<Span> = spans.iter().map(|(_, span)| *span).collect();
    Board {
        place,
        voice: Voice::default(),
        chrome: Chrome::default(),
        id: of.slug.clone(),
        title: of.name.clone(),
        components,
        uptime: days::uptime(&all, now),
        maintenances: knowledge
            .maintenances
            .iter()
            .map(|known| maintenance(known, &name, &words.edits))
            .collect(),
        open,
        past,
        as_of: now,
    }
}

/// When the first of these incidents began by the provider's word, where that was before `seen`.
fn started<'a>(open: impl Iterator<Item = &'a IncidentView>, seen: Option<Timestamp>) -> Option<Timestamp> {
    let troubles = open.filter(|incident| incident.impact.as_status().is_trouble());
    troubles.filter_map(|incident| incident.started_at).filter(|at| seen.is_some_and(|seen| *at < seen)).min()
}

fn component(
    known: &KnownComponent,
    spans: &[(String, Span)],
    incidents: &[&IncidentView],
    first_read_at: Option<Timestamp>,
    now: Timestamp,
) -> ComponentView {
    let of = &known.component;
    let own: Vec<Span> = spans.iter().filter(|(id, _)| *id == of.id).map(|(_, span)| *span).collect();
    let touching: Vec<&IncidentView> = incidents
        .iter()
        .filter(|incident| incident.components.iter().any(|component| component.id == of.id))
        .copied()
        .collect();
    let is_first = Some(known.since) == first_read_at;
    let open = || touching.iter().copied().filter(|incident| !incident.phase.is_over());
    let stated = started(open(), Some(known.since)).filter(|_| is_first && of.status.is_trouble());
    ComponentView {
        id: of.id.clone(),
        name: of.name.clone(),
        description: None,
        group: of.group.clone(),
        status: of.status,
        stated: Some(of.raw_status.clone()).filter(|_| of.status == Status::Unknown),
        since: Some(stated.unwrap_or(known.since)),
        first_known_at: first_read_at,
        since_is_first_reading: is_first && stated.is_none(),
        days: days::cells(&own, now, &touching),
        uptime: days::uptime(&own, now),
        is_third_party: of.group.as_deref().is_some_and(lists_third_parties),
        reason: None,
    }
}

fn incident(
    known: &KnownIncident,
    name: &impl Fn(&str) -> Option<String>,
    edits: &[providers::Edit],
) -> IncidentView {
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
        updates: of.updates.iter().map(|said| update(said, &of.id, edits)).collect(),
        official_url: of.url.clone(),
        cause: None,
        next_update_at: None,
        own: OwnView::default(),
    }
}

pub(super) fn maintenance(
    known: &KnownMaintenance,
    name: &impl Fn(&str) -> Option<String>,
    edits: &[providers::Edit],
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
        updates: of.updates.iter().map(|said| update(said, &of.id, edits)).collect(),
        official_url: of.url.clone(),
        provider: None,
    }
}

fn refs(ids: &[String], name: &impl Fn(&str) -> Option<String>) -> Vec<ComponentRef> {
    ids.iter().filter_map(|id| Some(ComponentRef { id: id.clone(), name: name(id)? })).collect()
}

fn update(of: &Update, event: &str, edits: &[providers::Edit]) -> UpdateView {
    let edit = edits.iter().find(|edit| edit.event == event && edit.update == of.id);
    UpdateView {
        id: of.id.clone(),
        word: of.status.clone(),
        body: of.body.clone(),
        tongues: Tongues::default(),
        at: of.at,
        // Another word for the state alone is no other text.
        edited: edit
            .filter(|edit| edit.before != of.body)
            .map(|edit| Edit { at: edit.seen_at, before: Some(edit.before.clone()) }),
        turns: Vec::new(),
    }
}

fn platform(stored: &Stored, of: &Provider) -> Option<Platform> {
    stored.validators.platform.or(of.platform)
}

/// Whether a heading on a page says that what stands below it is not the owner's: many list those they build on.
fn lists_third_parties(group: &str) -> bool {
    let group = group.to_lowercase();
    let names = ["third party", "third-party", "3rd party", "3rd-party", "upstream", "external "];
    names.iter().any(|name| group.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_say_whose_components_stand_below_them() {
        for (group, expected) in [
            ("Third Party Services", true),
            ("Third-party dependencies", true),
            ("3rd Party Integrations", true),
            ("Upstream Providers", true),
            ("External Services", true),
            ("API", false),
            ("Externals", false),
            ("Party planning", false),
            ("", false),
        ] {
            assert_eq!(lists_third_parties(group), expected, "{group}");
        }
    }
}
