//! Status.io: `https://api.status.io/1.0/status/PAGEID`.
//!
//! Captured twice. A page is a matrix of components and containers (places, regions): each place of a component is a
//! component of ours under the component's name, and a component at one place is itself. Codes decide, words are labels;
//! `600` is a security event and counts as a major outage. Incidents that are over vanish from the document, which is
//! therefore authoritative. Bodies are plain text, messages stand oldest first. Not read: RSS (an item for each update,
//! under its first title for ever).

use std::collections::HashMap;

use domain::snapshot::{Component, Coverage, Incident, Maintenance, Overall, Page, Snapshot, Update};
use domain::{Impact, MaintenanceStatus, Phase, Platform, Status};
use serde::Deserialize;

use super::document::Document;
use super::facts::{self, distinct, impact_of, told};
use super::order;
use super::reader::Reader;
use super::rows::{Row, id, identified, is_whole, name, newest, word};
use super::warnings::Warnings;
use super::wire::{List, Object, Text};
use crate::feed::Read;
use crate::text::{BODY_CHARS, clean_text};

/// Status.io.
pub(crate) struct StatusIo;

impl Reader for StatusIo {
    fn platform(&self) -> Platform {
        Platform::StatusIo
    }

    fn read(&self, document: &Document<'_>) -> Option<Read> {
        let result = match facts::object::<Envelope>(document)? {
            Ok(Envelope { result: Object(result) }) => result?,
            Err(reason) => return Some(Err(reason)),
        };
        let has_codes = result.status.items.iter().any(|row| row.status_code.get().is_some());
        (result.status_overall.0.is_some() || has_codes).then(|| read(result, document))
    }

    fn feeds_in_page(&self, page: &Document<'_>) -> Vec<String> {
        let id = page.text.contains("status.io").then(|| page_id(page.text)).flatten();
        id.map(|id| format!("https://api.status.io/1.0/status/{id}")).into_iter().collect()
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Envelope {
    result: Object<Content>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Content {
    status_overall: Object<Stated>,
    status: List<Place, 2_000>,
    incidents: List<Event, 500>,
    maintenance: Object<Works>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Stated {
    status: Text,
    status_code: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Place {
    id: Text,
    name: Text,
    updated: Text,
    status: Text,
    status_code: Text,
    containers: List<Place, 500>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Works {
    active: List<Event, 500>,
    upcoming: List<Event, 500>,
}

/// An incident or a maintenance.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Event {
    #[serde(rename = "_id")]
    id: Text,
    name: Text,
    datetime_open: Text,
    datetime_planned_start: Text,
    datetime_planned_end: Text,
    messages: List<Message, 500>,
    components_affected: List<Reference, 2_000>,
    containers_affected: List<Reference, 2_000>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Message {
    #[serde(rename = "_id")]
    id: Text,
    details: Text,
    state: Text,
    status: Text,
    datetime: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Reference {
    #[serde(rename = "_id")]
    id: Text,
}

/// The ids that each component has with us: its own, or one for each of its containers, which stand first.
type Matrix = HashMap<String, Vec<(String, String)>>;

fn read(result: Content, source: &Document<'_>) -> Read {
    if !result.status.given {
        return Err("a result without the list 'status'".to_owned());
    }
    let Some(stated) = &result.status_overall.0 else {
        return Err("a result without its overall status".to_owned());
    };
    if stated.status_code.get().or(stated.status.get()).is_none() {
        return Err("an overall status without code and word".to_owned());
    }
    let mut warnings = Warnings::default();
    let works = result.maintenance.0.unwrap_or_default();
    let whole_row = |row: &Place| !row.containers.given || is_whole(&row.containers);
    let coverage = Coverage {
        components: is_whole(&result.status)
            && !result.status.items.is_empty()
            && result.status.items.iter().all(whole_row),
        open_incidents: is_whole(&result.incidents),
        open_maintenances: is_whole(&works.active) && is_whole(&works.upcoming),
    };
    let (status, raw) = level(&stated.status_code, &stated.status, "overall status", &mut warnings);
    let (components, matrix) = components(result.status, &mut warnings);
    let incidents = identified(result.incidents, "incident", &mut warnings);
    let incidents =
        incidents.into_iter().map(|(id, row)| incident(id, row, &matrix, &mut warnings)).collect();
    let active = identified(works.active, "active maintenance", &mut warnings);
    let upcoming = identified(works.upcoming, "upcoming maintenance", &mut warnings);
    let lists = [(active, MaintenanceStatus::InProgress), (upcoming, MaintenanceStatus::Scheduled)];
    let works = lists.into_iter().flat_map(|(rows, status)| rows.into_iter().map(move |row| (row, status)));
    let maintenances =
        works.map(|((id, row), status)| maintenance(id, row, status, (&matrix, &mut warnings))).collect();
    Ok(Snapshot {
        platform: Platform::StatusIo,
        page: Page { id: source.url.as_ref().and_then(|url| page_id(url.path())), ..Page::default() },
        overall: Some(Overall { status, headline: None, raw }),
        components,
        incidents: order::incidents(incidents),
        maintenances,
        warnings: warnings.into_vec(),
        coverage,
    })
}

fn components(list: List<Place, 2_000>, warnings: &mut Warnings) -> (Vec<Component>, Matrix) {
    let mut components = Vec::new();
    let mut matrix = Matrix::new();
    for (id, row) in identified(list, "component", warnings) {
        let component = leaf(id.clone(), &row, warnings);
        let containers = identified(row.containers, &format!("container of '{}'", component.name), warnings);
        let mut places = Vec::new();
        if containers.len() > 1 {
            for (container, row) in containers {
                let place = leaf(format!("{id}/{container}"), &row, warnings);
                places.push((container, place.id.clone()));
                components.push(Component { group: Some(component.name.clone()), ..place });
            }
        } else {
            components.push(component);
        }
        matrix.insert(id, places);
    }
    (components, matrix)
}

fn leaf(id: String, row: &Place, warnings: &mut Warnings) -> Component {
    let name = name(&row.name, "component", &id, warnings);
    let what = format!("status of component '{name}'");
    let (status, raw_status) = level(&row.status_code, &row.status, &what, warnings);
    let updated_at = warnings.time(format_args!("component '{name}'"), "updated", row.updated.get());
    Component { id, name, group: None, status, raw_status, updated_at }
}

fn incident(id: String, row: Event, matrix: &Matrix, warnings: &mut Warnings) -> Incident {
    let name = name(&row.name, "incident", &id, warnings);
    let owner = format!("incident '{name}'");
    let newest = newest(&row.messages.items, |message| message.datetime.get()?.parse().ok());
    let none = Text::default();
    let what = format!("state of {owner}");
    let (phase, _) = told(newest.map_or(&none, |it| &it.state), phase, what, warnings);
    let code = newest.map_or(&none, |it| &it.status);
    let impact = code
        .get()
        .map(|_| told(code, |code| status(code).map(impact_of), format!("impact of {owner}"), warnings));
    let updates = updates(&row.messages, INCIDENT_STATES, &owner, warnings);
    Incident {
        impact: impact.as_ref().and_then(|(impact, _)| *impact).unwrap_or(Impact::Unknown),
        raw_impact: impact.map(|(_, raw)| raw),
        phase: phase.unwrap_or(Phase::Unknown),
        started_at: None,
        created_at: warnings.time(&owner, "datetime_open", row.datetime_open.get()),
        updated_at: updates.first().and_then(|update| update.at),
        resolved_at: None,
        url: None,
        components: affected(&row, matrix),
        updates,
        id,
        name,
    }
}

/// The list a maintenance stands in says where it is in its life.
fn maintenance(
    id: String,
    row: Event,
    status: MaintenanceStatus,
    (matrix, warnings): (&Matrix, &mut Warnings),
) -> Maintenance {
    let name = name(&row.name, "maintenance", &id, warnings);
    let owner = format!("maintenance '{name}'");
    let updates = updates(&row.messages, WORK_STATES, &owner, warnings);
    Maintenance {
        status,
        starts_at: warnings.time(&owner, "datetime_planned_start", row.datetime_planned_start.get()),
        ends_at: warnings.time(&owner, "datetime_planned_end", row.datetime_planned_end.get()),
        updated_at: updates.first().and_then(|update| update.at),
        url: None,
        components: affected(&row, matrix),
        updates,
        id,
        name,
    }
}

/// Returns the ids of what is affected: of a component with several containers those that are named, or all if none is.
fn affected(row: &Event, matrix: &Matrix) -> Vec<String> {
    let named = distinct(row.containers_affected.items.iter().map(|it| &it.id));
    let mut ids = Vec::new();
    for component in distinct(row.components_affected.items.iter().map(|it| &it.id)) {
        let places = matrix.get(&component).map_or(&[][..], Vec::as_slice);
        if places.is_empty() {
            ids.push(component);
            continue;
        }
        let is_named = |(container, _): &&(String, String)| named.contains(container);
        let any_named = places.iter().any(|place| is_named(&place));
        let hit = places.iter().filter(|place| !any_named || is_named(place));
        ids.extend(hit.map(|(_, id)| id.clone()));
    }
    ids
}

fn updates(
    messages: &List<Message, 500>,
    labels: States,
    owner: &str,
    warnings: &mut Warnings,
) -> Vec<Update> {
    warnings.lost(format_args!("messages of {owner}"), messages.dropped);
    let mut updates: Vec<Update> = Vec::new();
    for (index, row) in messages.items.iter().enumerate() {
        let own = id(&row.id).or_else(|| id(&row.datetime));
        let own = own.filter(|own| updates.iter().all(|other| other.id != *own));
        updates.push(Update {
            id: own.unwrap_or_else(|| format!("{index}")),
            status: label(&row.state, labels),
            body: row.details.get().map(|body| clean_text(body, BODY_CHARS)).unwrap_or_default(),
            at: warnings.time(owner, "datetime", row.datetime.get()),
        });
    }
    order::updates(updates)
}

/// Returns what a code says, or, where there is none, its label; the label is the raw word.
fn level(code: &Text, label: &Text, what: &str, warnings: &mut Warnings) -> (Status, String) {
    let (status, raw) = if code.get().is_some() {
        told(code, status, what, warnings)
    } else {
        told(
            label,
            |label| CODES.iter().find(|(_, it, _)| *it == label).map(|(_, _, status)| *status),
            what,
            warnings,
        )
    };
    (status.unwrap_or(Status::Unknown), word(label).unwrap_or(raw))
}

/// The codes of components, with the labels they come with.
const CODES: [(&str, &str, Status); 7] = [
    ("100", "Operational", Status::Operational),
    ("200", "Planned Maintenance", Status::UnderMaintenance),
    ("300", "Degraded Performance", Status::DegradedPerformance),
    ("400", "Partial Service Disruption", Status::PartialOutage),
    ("500", "Service Disruption", Status::MajorOutage),
    ("600", "Security Issue", Status::MajorOutage),
    ("600", "Security Event", Status::MajorOutage),
];

fn status(code: &str) -> Option<Status> {
    CODES.iter().find(|(own, _, _)| *own == code).map(|(_, _, status)| *status)
}

/// The codes of messages with the labels that pages show for them.
type States = [(&'static str, &'static str); 3];

const INCIDENT_STATES: States = [("100", "Investigating"), ("200", "Identified"), ("300", "Monitoring")];
const WORK_STATES: States = [("100", "Scheduled"), ("200", "In progress"), ("300", "Verifying")];

fn phase(code: &str) -> Option<Phase> {
    match code {
        "100" => Some(Phase::Investigating),
        "200" => Some(Phase::Identified),
        "300" => Some(Phase::Monitoring),
        _ => None,
    }
}

/// Returns the label of a state, or the code itself where it has none.
fn label(state: &Text, labels: States) -> String {
    let code = word(state).unwrap_or_default();
    labels.iter().find(|(own, _)| *own == code).map_or(code, |(_, label)| (*label).to_owned())
}

/// Returns the id of a page, 24 hexadecimal digits, from an address or a page that holds such addresses.
fn page_id(text: &str) -> Option<String> {
    let starts = ["/pages/", "/1.0/status/"]
        .into_iter()
        .flat_map(|mark| text.match_indices(mark).map(move |(at, _)| at + mark.len()));
    starts.into_iter().find_map(|at| {
        // `/pages/ID/rss`, but also `/pages/history/ID`.
        text[at..]
            .split(|c: char| !c.is_ascii_alphanumeric())
            .take(2)
            .find(|part| is_page_id(part))
            .map(ToOwned::to_owned)
    })
}

fn is_page_id(text: &str) -> bool {
    text.len() == 24 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

impl Row for Place {
    fn id(&self) -> &Text {
        &self.id
    }
}

impl Row for Event {
    fn id(&self) -> &Text {
        &self.id
    }
}

#[cfg(test)]
mod tests;
