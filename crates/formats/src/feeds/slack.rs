//! Slack: `/api/v2.0.0/current`, and `/history` with the forty newest beside it.
//!
//! Captured: a `current` of 2020; documented by Slack. A document names the services that an active incident touches and
//! no others, but the list of active incidents is complete and the services are a fixed set of the documentation. So the
//! set stands here, and a service works when nothing active touches it. Names were changed over the years; each has one
//! line here whatever it is called.

use domain::snapshot::{Component, Coverage, Incident, Maintenance, Overall, Page, Snapshot, Update};
use domain::{Impact, MaintenanceStatus, Phase, Platform, Status};
use serde::Deserialize;
use url::Url;

use super::document::Document;
use super::reader::{Reader, at_host, beside};
use super::rows::{Row, identified, is_whole, line, name, word};
use super::warnings::Warnings;
use super::wire::{Each, List, Object, Text};
use super::{blank, order};
use crate::feed::{Companion, Need, Read};
use crate::text::from_html;

/// The services, each with the names it had before.
const SERVICES: [(&str, &[&str]); 12] = [
    ("Login/SSO", &[]),
    ("Messaging", &[]),
    ("Connectivity", &["Connections"]),
    ("Link Previews", &[]),
    ("Files", &["Posts/Files"]),
    ("Notifications", &[]),
    ("Huddles", &["Calls", "Calls/Huddles"]),
    ("Search", &[]),
    ("Apps/Integrations/APIs", &[]),
    ("Workspace/Org Administration", &[]),
    ("Canvases", &[]),
    ("Workflows", &[]),
];

/// Slack.
pub(crate) struct Slack;

type Rows = List<IncidentRow, 500>;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Current {
    status: Text,
    date_updated: Text,
    active_incidents: Rows,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct IncidentRow {
    id: Text,
    title: Text,
    r#type: Text,
    status: Text,
    url: Text,
    date_created: Text,
    date_updated: Text,
    services: Each<Text, 30>,
    notes: List<Note, 500>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Note {
    date_created: Text,
    body: Text,
}

impl Reader for Slack {
    fn platform(&self) -> Platform {
        Platform::Slack
    }

    fn read(&self, document: &Document<'_>) -> Option<Read> {
        if document.text.trim_start().starts_with('{') {
            return match document.json::<Object<Current>>() {
                Err(reason) => Some(Err(reason)),
                Ok(top) => top.0.filter(is_current).map(read_current),
            };
        }
        match document.json::<Rows>() {
            Err(reason) => Some(Err(reason)),
            Ok(rows) => rows.items.iter().any(has_own_form).then(|| Ok(read_history(rows))),
        }
    }

    fn companions(&self, feed: &Url) -> Vec<Companion> {
        let stands_beside = feed.path().ends_with("/api/v2.0.0/current");
        let history = beside(feed, "history").filter(|_| stands_beside);
        history.map(|url| Companion { url, need: Need::History }).into_iter().collect()
    }

    fn probes(&self, page: &Url) -> Vec<String> {
        let is_ours =
            matches!(page.host_str(), Some("slack-status.com" | "www.slack-status.com" | "status.slack.com"));
        at_host(page, "/api/v2.0.0/current").filter(|_| is_ours).into_iter().collect()
    }
}

fn is_current(document: &Current) -> bool {
    document.active_incidents.given || document.active_incidents.wrong
}

fn has_own_form(row: &IncidentRow) -> bool {
    row.notes.given && row.r#type.get().is_some() && row.status.get().is_some()
}

fn read_current(document: Current) -> Read {
    if document.active_incidents.wrong {
        return Err("'active_incidents' is not a list".to_owned());
    }
    let Some(raw) = word(&document.status) else { return Err("no status word".to_owned()) };
    let mut warnings = Warnings::default();
    let is_complete = is_whole(&document.active_incidents);
    let touched: Vec<Touched> = document.active_incidents.items.iter().filter_map(touched).collect();
    let overall = overall(raw, &touched, &mut warnings);
    let components = components(&touched, is_complete);
    let page = Page {
        updated_at: warnings.time("page", "date_updated", document.date_updated.get()),
        ..Page::default()
    };
    let (incidents, maintenances) = read_rows(document.active_incidents, &mut warnings);
    let coverage = Coverage { components: is_complete, open_incidents: is_complete, ..blank::NOTHING };
    Ok(Snapshot {
        page,
        overall: Some(overall),
        components,
        incidents,
        maintenances,
        warnings: warnings.into_vec(),
        coverage,
        ..blank::snapshot(Platform::Slack)
    })
}

fn read_history(rows: Rows) -> Snapshot {
    let mut warnings = Warnings::default();
    let (incidents, maintenances) = read_rows(rows, &mut warnings);
    Snapshot { incidents, maintenances, warnings: warnings.into_vec(), ..blank::snapshot(Platform::Slack) }
}

/// What something active does to services.
struct Touched {
    services: Vec<String>,
    status: Status,
    raw: String,
}

/// Returns what a row does to its services now; what is over or yet to come does nothing.
fn touched(row: &IncidentRow) -> Option<Touched> {
    let raw = word(&row.r#type).unwrap_or_default();
    let is_idle = matches!(row.status.get(), Some("resolved" | "scheduled" | "completed" | "cancelled"));
    (!is_idle).then(|| Touched { services: services(row), status: status_of(&raw), raw })
}

/// Maps a type. `incident` says nothing of how bad it is; that something does not work well is the least it says.
fn status_of(kind: &str) -> Status {
    match kind {
        "outage" => Status::MajorOutage,
        "incident" => Status::DegradedPerformance,
        "notice" => Status::Operational,
        "maintenance" => Status::UnderMaintenance,
        _ => Status::Unknown,
    }
}

/// Returns the services of a row by the names of today.
fn services(row: &IncidentRow) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for service in row.services.0.iter().filter_map(line) {
        let today = SERVICES.iter().find(|(_, before)| before.contains(&service.as_str()));
        let service = today.map_or(service, |(today, _)| (*today).to_owned());
        if !found.contains(&service) {
            found.push(service);
        }
    }
    found
}

/// The page says `ok` or `active`; how bad `active` is stands with what is active.
fn overall(raw: String, touched: &[Touched], warnings: &mut Warnings) -> Overall {
    let status = match raw.as_str() {
        "ok" => Status::Operational,
        "active" => {
            let all = touched.iter().map(|it| it.status);
            all.max_by_key(|status| order::weight(*status)).unwrap_or(Status::Unknown)
        }
        unknown => {
            warnings.add(format_args!("page has unknown status word '{unknown}'"));
            Status::Unknown
        }
    };
    Overall { status, headline: None, raw }
}

/// Returns the fixed set, and what else is named. When something active names no service or can't be read, none is known to
/// work.
fn components(touched: &[Touched], is_complete: bool) -> Vec<Component> {
    let is_blind =
        !is_complete || touched.iter().any(|it| it.services.is_empty() && it.status != Status::Operational);
    let idle = if is_blind { Status::Unknown } else { Status::Operational };
    let fixed = SERVICES.iter().map(|(name, _)| (*name).to_owned());
    let mut components: Vec<Component> = fixed.map(|name| component(name, idle)).collect();
    for it in touched {
        for service in &it.services {
            let place = components.iter().position(|known| known.id == *service).unwrap_or_else(|| {
                components.push(component(service.clone(), idle));
                components.len() - 1
            });
            let known = &mut components[place];
            let is_worse = order::weight(it.status) > order::weight(known.status);
            if is_worse {
                known.status = it.status;
            }
            if is_worse || known.raw_status.is_empty() {
                known.raw_status.clone_from(&it.raw);
            }
        }
    }
    components
}

fn component(name: String, status: Status) -> Component {
    Component { id: name.clone(), name, group: None, status, raw_status: String::new(), updated_at: None }
}

fn read_rows(rows: Rows, warnings: &mut Warnings) -> (Vec<Incident>, Vec<Maintenance>) {
    let (mut incidents, mut maintenances) = (Vec::new(), Vec::new());
    for (id, row) in identified(rows, "incident", warnings) {
        if is_planned(&row) {
            maintenances.push(maintenance(id, row, warnings));
        } else {
            incidents.push(incident(id, row, warnings));
        }
    }
    let incidents = order::incidents(incidents);
    (incidents, maintenances)
}

/// Whether a row is announced work: by its type, or by a word that only work has.
fn is_planned(row: &IncidentRow) -> bool {
    row.r#type.get() == Some("maintenance")
        || matches!(row.status.get(), Some("scheduled" | "completed" | "cancelled"))
}

fn incident(id: String, row: IncidentRow, warnings: &mut Warnings) -> Incident {
    let name = name(&row.title, "incident", &id, warnings);
    let owner = format!("incident '{name}'");
    let raw_impact = word(&row.r#type);
    let impact = match raw_impact.as_deref() {
        Some("outage") => Impact::Critical,
        Some("notice") => Impact::None,
        Some("incident") => Impact::Unknown,
        other => {
            warnings.add(format_args!("{owner} has unknown type word '{}'", other.unwrap_or_default()));
            Impact::Unknown
        }
    };
    let phase = match word(&row.status).as_deref() {
        Some("active") => Phase::Investigating,
        Some("resolved") => Phase::Resolved,
        other => {
            warnings.add(format_args!("{owner} has unknown status word '{}'", other.unwrap_or_default()));
            Phase::Unknown
        }
    };
    Incident {
        impact,
        raw_impact,
        phase,
        started_at: None,
        created_at: warnings.time(&owner, "date_created", row.date_created.get()),
        updated_at: warnings.time(&owner, "date_updated", row.date_updated.get()),
        resolved_at: None,
        url: warnings.link(&owner, "url", row.url.get()),
        components: services(&row),
        updates: updates(row.notes, &owner, warnings),
        id,
        name,
    }
}

/// Reads announced work. When it is to begin and to end stands in its prose only.
fn maintenance(id: String, row: IncidentRow, warnings: &mut Warnings) -> Maintenance {
    let name = name(&row.title, "maintenance", &id, warnings);
    let owner = format!("maintenance '{name}'");
    let status = match word(&row.status).as_deref() {
        Some("scheduled") => MaintenanceStatus::Scheduled,
        Some("active") => MaintenanceStatus::InProgress,
        Some("completed" | "resolved") => MaintenanceStatus::Completed,
        Some("cancelled") => MaintenanceStatus::Cancelled,
        other => {
            warnings.add(format_args!("{owner} has unknown status word '{}'", other.unwrap_or_default()));
            MaintenanceStatus::Unknown
        }
    };
    Maintenance {
        status,
        starts_at: None,
        ends_at: None,
        updated_at: warnings.time(&owner, "date_updated", row.date_updated.get()),
        url: warnings.link(&owner, "url", row.url.get()),
        components: services(&row),
        updates: updates(row.notes, &owner, warnings),
        id,
        name,
    }
}

/// Reads the notes, which have no ids and no words of their own; the time each was posted is its own.
fn updates(notes: List<Note, 500>, owner: &str, warnings: &mut Warnings) -> Vec<Update> {
    let updates: Vec<Update> = identified(notes, &format!("note of {owner}"), warnings)
        .into_iter()
        .map(|(id, note)| Update {
            at: warnings.time(owner, "date_created", Some(&id)),
            id,
            status: String::new(),
            body: note.body.get().map(from_html).unwrap_or_default(),
        })
        .collect();
    order::updates(updates)
}

impl Row for IncidentRow {
    fn id(&self) -> &Text {
        &self.id
    }
}

impl Row for Note {
    fn id(&self) -> &Text {
        &self.date_created
    }
}

#[cfg(test)]
mod tests;
