//! Active incidents and announced work, with what is included about them.

use std::collections::HashSet;

use domain::snapshot::{Component, Coverage, Incident, Maintenance, Snapshot, Update};
use domain::{Impact, MaintenanceStatus, Phase, Platform, Status};
use jiff::Timestamp;

use super::wire::{Attributes, Reference, Related, Row, Top};
use super::{ACTIVE, HOST, MAINTENANCE};
use crate::feeds::blank;
use crate::feeds::document::Document;
use crate::feeds::order::{self, Worst};
use crate::feeds::rows::{id, identified, is_whole, line, word};
use crate::feeds::warnings::Warnings;
use crate::feeds::wire::{Object, Text};
use crate::text::from_html;

/// A row of the list, with what is included about it.
struct Told<'a> {
    id: String,
    row: &'a Row,
    own: &'a Attributes,
    included: &'a [(&'a Row, &'a Attributes)],
    at: Timestamp,
}

/// A service as an incident has it; `status` is none where the service is well again.
struct Touched {
    id: String,
    name: String,
    status: Option<Status>,
    raw: String,
}

pub(super) fn read(document: &Document<'_>, top: Top) -> Snapshot {
    let mut warnings = Warnings::default();
    // Without all that is included nobody knows which services an incident touches.
    let is_complete = is_whole(&top.data) && knows_all_services(&top);
    let url = document.url.as_ref().filter(|url| url.host_str() == Some(HOST));
    let is_at = |path: &str| url.is_some_and(|url| url.path() == path);
    warnings.lost("included", top.included.dropped);
    let included: Vec<(&Row, &Attributes)> =
        top.included.items.iter().filter_map(|row| Some((row, row.attributes.0.as_ref()?))).collect();
    let bare = Attributes::default();
    let (mut incidents, mut maintenances) = (Vec::new(), Vec::new());
    let mut components = Worst::default();
    for (id, row) in &identified(top.data, "incident", &mut warnings) {
        let own = row.attributes.0.as_ref().unwrap_or(&bare);
        let told = Told { id: id.clone(), row, own, included: &included, at: document.at };
        let services = told.services();
        if own.maintenance.0 || is_at(MAINTENANCE) {
            maintenances.push(maintenance(&told, &services, &mut warnings));
            continue;
        }
        let incident = incident(&told, &services, &mut warnings);
        if !incident.phase.is_over() {
            services.into_iter().filter_map(component).for_each(|component| components.add(component));
        }
        incidents.push(incident);
    }
    let incidents = order::incidents(incidents);
    Snapshot {
        components: components.into_vec(),
        incidents,
        maintenances,
        warnings: warnings.into_vec(),
        coverage: Coverage {
            components: false,
            open_incidents: is_complete && is_at(ACTIVE),
            open_maintenances: is_complete && is_at(MAINTENANCE),
        },
        ..blank::snapshot(Platform::Zendesk)
    }
}

/// Whether every service that incidents refer to is included, itself or by what an incident does to it.
fn knows_all_services(top: &Top) -> bool {
    let included = top.included.items.iter().filter_map(|row| Some((row, row.attributes.0.as_ref()?)));
    let services: HashSet<&str> = included
        .filter_map(|(row, attributes)| match row.r#type.get()? {
            "service" => row.id.get(),
            "incidentService" => attributes.service_id.get(),
            _ => None,
        })
        .collect();
    let related = top.data.items.iter().filter_map(|row| row.relationships.0.as_ref()?.services.0.as_ref());
    let is_known = |service: &Reference| service.id.get().is_some_and(|id| services.contains(id));
    top.included.dropped == 0
        && related.into_iter().all(|it| it.data.dropped == 0 && it.data.items.iter().all(is_known))
}

impl Told<'_> {
    /// Returns the included rows of a type that say they belong to this incident, or that it refers to.
    fn about(&self, kind: &str, related: Option<&Object<Related>>) -> Vec<(&Row, &Attributes)> {
        let related = related.and_then(|related| related.0.as_ref());
        let references = related.into_iter().flat_map(|related| &related.data.items);
        let references: HashSet<&str> = references.filter_map(|reference| reference.id.get()).collect();
        let refers = |row: &Row| row.id.get().is_some_and(|id| references.contains(id));
        let is_mine = |(row, attributes): &&(&Row, &Attributes)| {
            let belongs = attributes.incident_id.get() == Some(self.id.as_str());
            row.r#type.get() == Some(kind) && (belongs || refers(row))
        };
        self.included.iter().filter(is_mine).copied().collect()
    }

    /// Returns the services that the incident names: by rows of what it does to each, else by reference.
    fn services(&self) -> Vec<Touched> {
        let by_row = self.about("incidentService", None);
        let related = self.row.relationships.0.as_ref();
        let by_reference = self.about("service", related.map(|related| &related.services));
        let rows = by_row
            .into_iter()
            .map(|(_, it)| (&it.service_id, &it.service_name, it))
            .chain(by_reference.into_iter().map(|(row, it)| (&row.id, &it.name, it)));
        let mut seen = HashSet::new();
        let mut found: Vec<Touched> = Vec::new();
        for (key, name, attributes) in rows {
            let Some(id) = id(key).filter(|id| seen.insert(id.clone())) else { continue };
            let is_over = instant(&attributes.resolved_at).is_some_and(|end| end <= self.at);
            let (status, raw) = self.status(attributes);
            let name = line(name).unwrap_or_else(|| id.clone());
            found.push(Touched { id, name, status: Some(status).filter(|_| !is_over), raw });
        }
        found
    }

    /// Returns what becomes of a service: by what stands with it, else by the incident as a whole.
    fn status(&self, service: &Attributes) -> (Status, String) {
        for it in [service, self.own] {
            if it.outage.0 {
                return (Status::MajorOutage, "outage".to_owned());
            }
            if it.degradation.0 {
                return (Status::DegradedPerformance, "degradation".to_owned());
            }
        }
        let raw = word(&self.own.impact).unwrap_or_default();
        (impact(self.own).as_status(), raw)
    }
}

/// Makes a component of a service in trouble; that one works is not for this list to say.
fn component(service: Touched) -> Option<Component> {
    let status = service.status.filter(|status| *status != Status::Operational)?;
    let (id, name, raw_status) = (service.id, service.name, service.raw);
    Some(Component { id, name, group: None, status, raw_status, updated_at: None })
}

fn impact(own: &Attributes) -> Impact {
    match (own.outage.0, own.degradation.0) {
        (true, _) => Impact::Critical,
        (false, true) => Impact::Minor,
        (false, false) => {
            let raw = word(&own.impact).unwrap_or_default();
            Impact::from_word(&raw.to_ascii_lowercase()).unwrap_or(Impact::Unknown)
        }
    }
}

fn name(told: &Told<'_>, what: &str, warnings: &mut Warnings) -> String {
    line(&told.own.title).or_else(|| line(&told.own.name)).unwrap_or_else(|| {
        warnings.add(format_args!("{what} '{}' has no name", told.id));
        told.id.clone()
    })
}

fn incident(told: &Told<'_>, services: &[Touched], warnings: &mut Warnings) -> Incident {
    let own = told.own;
    let name = name(told, "incident", warnings);
    let owner = format!("incident '{name}'");
    let raw_impact = word(&own.impact).or_else(|| own.outage.0.then(|| "outage".to_owned()));
    let raw_impact = raw_impact.or_else(|| own.degradation.0.then(|| "degradation".to_owned()));
    let impact = impact(own);
    if let Some(raw) = raw_impact.as_deref().filter(|_| impact == Impact::Unknown) {
        warnings.add(format_args!("{owner} has unknown impact word '{raw}'"));
    }
    let resolved_at =
        warnings.time(&owner, "resolvedAt", own.resolved_at.get()).filter(|end| *end <= told.at);
    let touched = services.iter().filter(|service| service.status.is_some());
    Incident {
        impact,
        raw_impact,
        phase: if resolved_at.is_some() { Phase::Resolved } else { phase(own, &owner, warnings) },
        started_at: warnings.time(&owner, "startedAt", own.started_at.get()),
        created_at: warnings.time(&owner, "createdAt", own.created_at.get()),
        updated_at: warnings.time(&owner, "updatedAt", own.updated_at.get()),
        resolved_at,
        url: None,
        components: touched.map(|service| service.id.clone()).collect(),
        updates: updates(told, &owner, warnings),
        id: told.id.clone(),
        name,
    }
}

/// What is listed without a word is active, which is why it is listed.
fn phase(own: &Attributes, owner: &str, warnings: &mut Warnings) -> Phase {
    let Some(raw) = word(&own.status).filter(|raw| !raw.is_empty()) else { return Phase::Investigating };
    match raw.to_ascii_lowercase().as_str() {
        "active" | "open" => Phase::Investigating,
        other => Phase::from_word(other).filter(|phase| *phase != Phase::Unknown).unwrap_or_else(|| {
            warnings.add(format_args!("{owner} has unknown status word '{raw}'"));
            Phase::Unknown
        }),
    }
}

fn maintenance(told: &Told<'_>, services: &[Touched], warnings: &mut Warnings) -> Maintenance {
    let own = told.own;
    let name = name(told, "maintenance", warnings);
    let owner = format!("maintenance '{name}'");
    let mut time =
        |field: &str, text: &Text, other: &Text| warnings.time(&owner, field, text.get().or(other.get()));
    let starts_at = time("maintenanceStartTime", &own.maintenance_start_time, &own.started_at);
    let ends_at = time("maintenanceEndTime", &own.maintenance_end_time, &own.resolved_at);
    let status = match (starts_at, ends_at) {
        (Some(start), _) if told.at < start => MaintenanceStatus::Scheduled,
        (Some(_), Some(end)) if told.at < end => MaintenanceStatus::InProgress,
        (Some(_), Some(_)) => MaintenanceStatus::Completed,
        // Without times only the word says something.
        _ => word(&own.status)
            .and_then(|raw| MaintenanceStatus::from_word(&raw.to_ascii_lowercase()))
            .unwrap_or(MaintenanceStatus::Unknown),
    };
    Maintenance {
        status,
        starts_at,
        ends_at,
        updated_at: warnings.time(&owner, "updatedAt", own.updated_at.get()),
        url: None,
        components: services.iter().map(|service| service.id.clone()).collect(),
        updates: updates(told, &owner, warnings),
        id: told.id.clone(),
        name,
    }
}

fn updates(told: &Told<'_>, owner: &str, warnings: &mut Warnings) -> Vec<Update> {
    let related = told.row.relationships.0.as_ref().map(|related| &related.incident_updates);
    let mut seen = HashSet::new();
    let mut updates: Vec<Update> = Vec::new();
    for (row, it) in told.about("incidentUpdate", related) {
        let Some(id) = id(&row.id).filter(|id| seen.insert(id.clone())) else { continue };
        let text = it.description.get().or(it.body.get()).or(it.message.get());
        updates.push(Update {
            id,
            status: word(&it.status).unwrap_or_default(),
            body: text.map(from_html).unwrap_or_default(),
            at: warnings.time(owner, "createdAt", it.created_at.get()),
        });
    }
    order::updates(updates)
}

fn instant(text: &Text) -> Option<Timestamp> {
    text.get()?.trim().parse().ok()
}
