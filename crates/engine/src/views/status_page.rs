//! A status page of ours: what readers may know of services and incidents, and nothing else.

use std::{collections::BTreeMap, sync::Arc};

use domain::{
    OrgId, Phase, ProviderId, ServiceId, SourceHealth, Status,
    history::{Span, Window},
    incident::{CauseKey, Incident, Wave, normalised},
    maintenance::Maintenance,
    provider::Provider,
    public::Said,
    setup::{Dependency, Service, Setup, StatusPage, Upstream},
};
use jiff::Timestamp;
use render::view::{
    ActionView, Board, Chrome, ComponentRef, ComponentView, Edit, IncidentRef, IncidentView, MaintenanceView,
    Note, OwnView, Reason, StatusPageView, UpdateView, Voice, WaveView,
};
use store::{
    Scope, Tx,
    incidents::{self, Linked},
    maintenances, promises, providers,
    providers::Stored,
    services::{self, ServiceState},
};

use super::{
    PAST, days, past, place,
    provider::maintenance,
    turns::{self, History},
};
use crate::{
    catalog::Catalog, commands::postmortem::public_actions, error::CommandError, readers::as_readers_know,
};

/// Builds one status page.
///
/// # Errors
/// When the ledger fails.
pub fn status_page(
    tx: &mut Tx<'_>,
    catalog: &Catalog,
    public_url: &str,
    org: OrgId,
    setup: &Setup,
    page: &StatusPage,
    now: Timestamp,
) -> Result<StatusPageView, CommandError> {
    let mut upstream = BTreeMap::new();
    for id in setup.providers() {
        if let (Some(provider), Some(stored)) = (catalog.get(id), providers::get(tx, id)?) {
            upstream.insert(id, (provider, stored));
        }
    }
    let mut scope = Scope::new(tx, org);
    let states = services::list_states(&mut scope)?;
    let desk = Desk { setup, page, upstream, states, now };
    let (mut past, mut open) =
        desk.incidents(&mut scope)?.into_iter().partition::<Vec<_>, _>(|view| view.phase.is_over());
    let both: Vec<&IncidentView> = open.iter().chain(&past).collect();
    let mut components = Vec::new();
    let (mut histories, mut history) = (Vec::new(), Vec::new());
    let troubles = incidents::list_troubles(&mut scope, Window::Months12.start(now), now)?;
    for group in &page.groups {
        for service in group.services.iter().filter_map(|id| setup.service(*id)) {
            let year = past::year(&mut scope, service.id, now)?;
            let from = days::window_start(now);
            let spans: Vec<Span> = year.iter().filter(|span| from < span.to).copied().collect();
            let first = services::find_first_span(&mut scope, service.id)?;
            components.push(desk.component(&group.name, service, &spans, first, &both));
            let name = page.name_of(service).to_owned();
            histories.push(History::of(&group.name, service, &name, spans));
            history.push(past::history(
                catalog,
                service,
                name,
                year,
                past::troubles_of(setup, service, &troubles),
            ));
        }
    }
    for incident in open.iter_mut().chain(&mut past) {
        turns::tell(incident, &histories, days::window_start(now));
    }
    let all_spans: Vec<Span> = histories.into_iter().flat_map(|history| history.spans).collect();
    let board = Board {
        place: place(public_url, super::base_path(page)),
        voice: Voice { language: page.language, written: page.language, time_zone: page.time_zone.clone() },
        chrome: chrome(page),
        id: page.slug.clone(),
        title: page.title.clone(),
        components,
        uptime: days::uptime(&all_spans, now).filter(|_| page.shows_uptime),
        maintenances: desk.all_maintenances(&mut scope)?,
        open,
        past,
        as_of: now,
    };
    Ok(StatusPageView { board, other_languages: page.other_languages.clone(), history })
}

/// What is done after an incident, as far as readers may see it.
fn actions(scope: &mut Scope<'_>, of: &Incident) -> Result<Vec<ActionView>, CommandError> {
    if of.phase != Phase::Postmortem {
        return Ok(Vec::new());
    }
    let all = public_actions(scope, of.id)?.into_iter();
    let shown = all.map(|it| ActionView { text: it.text, due_on: it.due_on, is_done: it.done.is_some() });
    Ok(shown.collect())
}

/// What an incident did to services, as far as readers were told.
fn told_waves(scope: &mut Scope<'_>, of: &Incident) -> Result<Vec<Wave>, CommandError> {
    let worst = |service| of.services.iter().find(|it| it.service == service).map(|told| told.worst);
    let waves = incidents::list_waves(scope, of.id)?.into_iter().map(|stored| stored.wave);
    let told = waves
        .filter_map(|wave| worst(wave.service).map(|worst| Wave { status: wave.status.min(worst), ..wave }));
    Ok(told.filter(|wave| wave.status.is_trouble()).collect())
}

/// What surrounds the page.
fn chrome(page: &StatusPage) -> Chrome {
    let said = page.groups.iter().filter_map(|group| Some((group.name.clone(), group.description.clone()?)));
    Chrome {
        shows_uptime: page.shows_uptime,
        is_listed: page.is_listed && page.protection.is_none(),
        subscribe: page.protection.is_none().then(|| format!("{}/subscribe", super::base_path(page))),
        key: None,
        site: page.links.site.clone(),
        support: page.links.support.clone(),
        legal: page.links.legal.clone(),
        look: formats::setup::look(&page.theme).0,
        headings: said.collect(),
    }
}

/// What a status page is built from.
struct Desk<'a> {
    setup: &'a Setup,
    page: &'a StatusPage,
    upstream: BTreeMap<ProviderId, (Arc<Provider>, Stored)>,
    states: Vec<ServiceState>,
    now: Timestamp,
}

impl Desk<'_> {
    fn shows(&self, service: ServiceId) -> bool {
        self.page.shows(service)
    }

    /// Whether the page shows an incident.
    fn is_on(&self, of: &Incident) -> bool {
        of.services.iter().any(|affected| self.shows(affected.service))
    }

    fn named(&self, service: &Service) -> ComponentRef {
        ComponentRef { id: service.slug.clone(), name: self.page.name_of(service).to_owned() }
    }

    fn component(
        &self,
        group: &str,
        of: &Service,
        spans: &[Span],
        first_span_at: Option<Timestamp>,
        incidents: &[&IncidentView],
    ) -> ComponentView {
        let state = self.states.iter().find(|state| state.service == of.id);
        let touching: Vec<&IncidentView> = incidents
            .iter()
            .filter(|incident| incident.components.iter().any(|component| component.id == of.slug))
            .copied()
            .collect();
        let status = state.map_or(Status::Unknown, |state| state.public_status);
        ComponentView {
            id: of.slug.clone(),
            name: self.page.name_of(of).to_owned(),
            description: self.page.description_of(of).map(str::to_owned),
            group: Some(group.to_owned()).filter(|name| !name.is_empty()),
            status,
            stated: None,
            since: state.map(|state| state.public_since),
            first_known_at: first_span_at.or(state.map(|state| state.public_since)),
            since_is_first_reading: false,
            days: if self.page.shows_uptime { days::cells(spans, self.now, &touching) } else { Vec::new() },
            uptime: days::uptime(spans, self.now).filter(|_| self.page.shows_uptime),
            is_third_party: false,
            reason: self.reason(of, status, &touching),
        }
    }

    /// Why a service is as it is: the cause of its open incident, else that a provider of it can't be read.
    fn reason(&self, of: &Service, status: Status, incidents: &[&IncidentView]) -> Option<Reason> {
        if status.is_trouble() {
            return incidents
                .iter()
                .filter(|incident| !incident.phase.is_over())
                .find_map(|incident| incident.cause.clone())
                .map(Reason::CausedBy);
        }
        of.depends_on.iter().filter(|dependency| !dependency.publish.is_never()).find_map(|dependency| {
            let Upstream::Provider(id) = dependency.upstream else { return None };
            let (provider, stored) = self.upstream.get(&id)?;
            (stored.health == SourceHealth::Unreadable).then(|| Reason::NoReadingOf {
                provider: Note { text: provider.name.clone(), link: Some(provider.path()) },
                since: stored.source.last_fresh_at,
            })
        })
    }

    /// The incidents that readers may see, newest first.
    fn incidents(&self, scope: &mut Scope<'_>) -> Result<Vec<IncidentView>, CommandError> {
        let mut views = Vec::new();
        for incident in incidents::list_recent(scope, None, PAST)? {
            let Some(incident) = as_readers_know(scope, incident)? else { continue };
            if self.is_on(&incident) {
                views.push(self.incident(scope, &incident)?);
            }
        }
        // What was added afterwards stands where it belongs.
        views.sort_by_key(|view| std::cmp::Reverse(view.began_at()));
        Ok(views)
    }

    fn incident(&self, scope: &mut Scope<'_>, of: &Incident) -> Result<IncidentView, CommandError> {
        let said = incidents::list_updates(scope, of.id)?;
        let is_shown = |update: &incidents::IncidentUpdate| update.is_public && update.removed_at.is_none();
        let updates =
            said.into_iter().enumerate().filter(|(_, update)| is_shown(update)).map(|(n, update)| {
                UpdateView {
                    id: format!("{}-{}", of.id, n + 1),
                    word: update.phase.word().to_owned(),
                    body: update.body,
                    tongues: update.tongues,
                    at: Some(update.at),
                    edited: update.edited.map(|edit| Edit { at: edit.at, before: Some(edit.former) }),
                    turns: Vec::new(),
                }
            });
        let mut updates: Vec<UpdateView> = updates.collect();
        updates.reverse();
        let shown = of.services.iter().filter(|affected| self.shows(affected.service));
        let components = shown.filter_map(|affected| self.setup.service(affected.service));
        Ok(IncidentView {
            id: of.id.to_string(),
            title: of.title.clone(),
            impact: of.impact(),
            phase: of.phase,
            started_at: Some(of.began_at()),
            posted_at: Some(of.opened_at),
            first_seen_at: of.opened_at,
            resolved_at: of.resolved_at(),
            components: components.map(|service| self.named(service)).collect(),
            updates,
            official_url: self.official_url(of),
            cause: self.cause(of),
            next_update_at: promises::find_due(scope, of.id)?,
            own: self.own(scope, of)?,
        })
    }

    /// What only an incident of ours has: where it goes on, its waves on this page, and providers' incidents that people named.
    fn own(&self, scope: &mut Scope<'_>, of: &Incident) -> Result<OwnView, CommandError> {
        let goes_on = of.by_hand.merged_into.map(|id| incidents::get(scope, id)).transpose()?.flatten();
        let goes_on = goes_on.map(|other| as_readers_know(scope, other)).transpose()?.flatten();
        let goes_on = goes_on.filter(|other| self.is_on(other)).map(|other| IncidentRef {
            id: other.id.to_string(),
            title: Said { text: other.title, tongues: other.titles },
        });
        let waves = normalised(&told_waves(scope, of)?).into_iter().filter(|wave| self.shows(wave.service));
        let waves = waves.filter_map(|wave| {
            let service = self.setup.service(wave.service)?;
            Some(WaveView {
                component: service.slug.clone(),
                name: self.page.name_of(service).to_owned(),
                status: wave.status,
                from: wave.from,
                to: wave.to,
            })
        });
        let waves = waves.collect();
        let links = incidents::list_links(scope, of.id)?;
        let links = links.iter().filter_map(|link| self.linked(&link.to)).collect();
        let actions = actions(scope, of)?;
        let (is_added_afterwards, titles) = (of.is_added_afterwards(), of.titles.clone());
        Ok(OwnView { is_added_afterwards, goes_on_as: goes_on, waves, links, actions, titles })
    }

    /// A provider's incident that a person linked; other links stay inside.
    fn linked(&self, to: &Linked) -> Option<Note> {
        let Linked::Provider(id, key) = to else { return None };
        let (provider, stored) = self.upstream.get(id)?;
        let known = stored.knowledge.incidents.iter().find(|known| known.incident.id == *key);
        let url = known.and_then(|known| known.incident.url.clone());
        Some(Note { text: provider.name.clone(), link: Some(url.unwrap_or_else(|| provider.path())) })
    }

    fn cause(&self, of: &Incident) -> Option<Note> {
        let (provider, _) = of.causes.iter().find_map(|cause| self.upstream.get(&cause.provider))?;
        Some(Note { text: provider.name.clone(), link: Some(provider.path()) })
    }

    /// The page of the provider's own incident behind ours.
    fn official_url(&self, of: &Incident) -> Option<String> {
        of.causes.iter().find_map(|cause| {
            let CauseKey::Incident(id) = &cause.key else { return None };
            let (_, stored) = self.upstream.get(&cause.provider)?;
            let known = stored.knowledge.incidents.iter().find(|known| known.incident.id == *id)?;
            known.incident.url.clone()
        })
    }

    /// Our own announced work and that of providers, the latest first.
    fn all_maintenances(&self, scope: &mut Scope<'_>) -> Result<Vec<MaintenanceView>, CommandError> {
        let mut views = self.maintenances();
        let over = maintenances::list_over(scope, days::window_start(self.now))?;
        for work in maintenances::list_live(scope)?.iter().chain(&over) {
            let is_named = work.pages.is_empty() || work.pages.contains(&self.page.id);
            if is_named && work.services.iter().any(|(service, _)| self.shows(*service)) {
                views.push(self.own_maintenance(scope, work)?);
            }
        }
        views.sort_by(|a, b| b.starts_at.cmp(&a.starts_at).then_with(|| a.id.cmp(&b.id)));
        Ok(views)
    }

    fn own_maintenance(
        &self,
        scope: &mut Scope<'_>,
        of: &Maintenance,
    ) -> Result<MaintenanceView, CommandError> {
        let said = maintenances::list_updates(scope, of.id)?;
        let shown = said.iter().enumerate().rev().filter(|(_, update)| update.is_public);
        let updates = shown.map(|(n, update)| UpdateView {
            id: format!("{}-{}", of.id, n + 1),
            word: update.status.word().to_owned(),
            body: update.body.clone(),
            tongues: update.tongues.clone(),
            at: Some(update.at),
            edited: None,
            turns: Vec::new(),
        });
        let services = of.services.iter().filter(|(service, _)| self.shows(*service));
        let services = services.filter_map(|(service, _)| self.setup.service(*service));
        Ok(MaintenanceView {
            id: of.id.to_string(),
            title: of.title.clone(),
            status: of.status,
            starts_at: Some(of.starts_at),
            ends_at: Some(of.ends_at),
            first_seen_at: of.made_at,
            components: services.map(|service| self.named(service)).collect(),
            updates: updates.collect(),
            official_url: None,
            provider: None,
        })
    }

    /// Announced work of providers that touches services of this page, as work on those services.
    fn maintenances(&self) -> Vec<MaintenanceView> {
        let mut views: Vec<MaintenanceView> = Vec::new();
        for (id, (provider, stored)) in &self.upstream {
            for known in &stored.knowledge.maintenances {
                let ended = known.maintenance.ends_at.filter(|_| known.maintenance.status.is_over());
                if ended.is_some_and(|ended| ended < days::window_start(self.now)) {
                    continue;
                }
                let touched: Vec<ComponentRef> = self.touched(*id, &known.maintenance.components, stored);
                if touched.is_empty() {
                    continue;
                }
                let mut view = maintenance(known, &|_| None, &[]);
                view.title = format!("{}: {}", provider.name, view.title);
                view.provider = Some(Note { text: provider.name.clone(), link: Some(provider.path()) });
                view.components = touched;
                views.push(view);
            }
        }
        views
    }

    fn touched(&self, id: ProviderId, components: &[String], stored: &Stored) -> Vec<ComponentRef> {
        let concerns = |dependency: &Dependency| {
            let named = |key: &String| {
                let known = stored.knowledge.component(key);
                known.is_some_and(|known| components.contains(&known.component.id))
            };
            dependency.upstream == Upstream::Provider(id)
                && dependency.show_maintenance
                && !dependency.publish.is_never()
                && (dependency.components.is_empty()
                    || components.is_empty()
                    || dependency.components.iter().any(named))
        };
        let services = self.setup.services.iter().filter(|service| self.shows(service.id));
        let touched = services.filter(|service| service.depends_on.iter().any(concerns));
        touched.map(|service| self.named(service)).collect()
    }
}
