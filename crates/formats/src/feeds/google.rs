//! Google Cloud, Workspace, Maps Platform and Ads: `incidents.json`, and `products.json` beside it.
//!
//! Captured: the incidents of Cloud and their JSON schema; the others are documented to have the same form.
//!
//! A dashboard knows incidents only. A product works when no open incident touches it, which takes both lists to say: the
//! incidents name the products in trouble, the products name all others. So a list of products claims nothing unless it
//! is read beside the incidents, which the fragment of its address says (see [`BESIDE`]). `#product=ID&location=ID` in the
//! address of the feed narrows both lists to what is of interest; Cloud's is red for someone most of the time.

use std::time::Duration;

use domain::snapshot::{Component, Coverage, Incident, Snapshot, Update};
use domain::{Impact, Phase, Platform, Status};
use serde::Deserialize;
use url::Url;

use super::document::Document;
use super::order::Worst;
use super::reader::{Reader, at_host, pick};
use super::rows::{Row, id, identified, is_whole, known, name, word};
use super::warnings::Warnings;
use super::wire::{List, Object, Text};
use super::{blank, order, rows};
use crate::feed::{Companion, Need, Read};
use crate::text::{BODY_CHARS, NAME_CHARS, clean_line, clean_text};

/// The folders of the dashboards: host, path.
const DASHBOARDS: [(&str, &str); 4] = [
    ("status.cloud.google.com", "/maps-platform/"),
    ("status.cloud.google.com", "/"),
    ("www.google.com", "/appsstatus/dashboard/"),
    ("ads.google.com", "/status/publisher/"),
];

/// The mark in the fragment of a list of products that is read beside the incidents of its dashboard.
const BESIDE: (&str, &str) = ("beside", "incidents");

/// Google.
pub(crate) struct Google;

type Incidents = List<IncidentRow, 2_000>;

#[derive(Default, Deserialize)]
#[serde(default)]
struct IncidentRow {
    id: Text,
    begin: Text,
    created: Text,
    end: Text,
    modified: Text,
    external_desc: Text,
    updates: List<UpdateRow, 500>,
    most_recent_update: Object<UpdateRow>,
    status_impact: Text,
    severity: Text,
    service_key: Text,
    service_name: Text,
    affected_products: List<Product, 500>,
    currently_affected_locations: List<Location, 500>,
    previously_affected_locations: List<Location, 500>,
    uri: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct UpdateRow {
    created: Text,
    when: Text,
    text: Text,
    status: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Product {
    id: Text,
    title: Text,
    current_title: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Location {
    id: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Products {
    products: List<Product, 5_000>,
}

impl Reader for Google {
    fn platform(&self) -> Platform {
        Platform::Google
    }

    fn read(&self, document: &Document<'_>) -> Option<Read> {
        if document.text.trim_start().starts_with('{') {
            return read_products(document);
        }
        let list: Incidents = match document.json() {
            Ok(list) => list,
            Err(reason) => return Some(Err(reason)),
        };
        let telling =
            |row: &IncidentRow| row.external_desc.get().is_some() && row.status_impact.get().is_some();
        let is_ours = stands_at(document, "incidents.json") || list.items.iter().any(telling);
        is_ours.then(|| Ok(read_incidents(document, list)))
    }

    fn companions(&self, feed: &Url) -> Vec<Companion> {
        let Some(folder) = feed.path().strip_suffix("incidents.json") else { return Vec::new() };
        let mut url = feed.clone();
        url.set_path(&format!("{folder}products.json"));
        url.set_query(None);
        let mark = format!("{}={}", BESIDE.0, BESIDE.1);
        let fragment = feed.fragment().map_or(mark.clone(), |picks| format!("{picks}&{mark}"));
        url.set_fragment(Some(&fragment));
        vec![Companion { url: url.into(), need: Need::Detail }]
    }

    fn probes(&self, page: &Url) -> Vec<String> {
        let host = page.host_str().unwrap_or_default();
        let is_at = |folder: &str| {
            let start = folder.trim_end_matches('/').trim_end_matches("dashboard").trim_end_matches('/');
            page.path() == start || page.path().starts_with(&format!("{start}/"))
        };
        DASHBOARDS
            .iter()
            .find(|(known, folder)| *known == host && is_at(folder))
            .and_then(|(_, folder)| at_host(page, &format!("{folder}incidents.json")))
            .into_iter()
            .collect()
    }

    fn shortest_interval(&self) -> Duration {
        Duration::from_secs(5 * 60)
    }

    fn depends_on_time(&self) -> bool {
        true
    }
}

/// Whether the document came from a dashboard's file of this name.
fn stands_at(document: &Document<'_>, file: &str) -> bool {
    let Some(url) = &document.url else { return false };
    DASHBOARDS
        .iter()
        .any(|(host, folder)| url.host_str() == Some(*host) && url.path() == format!("{folder}{file}"))
}

fn read_incidents(document: &Document<'_>, list: Incidents) -> Snapshot {
    let mut warnings = Warnings::default();
    let picked = Picked::of(document.url.as_ref());
    let is_complete = is_whole(&list) && list.items.iter().all(knows_all_products);
    let mut incidents = Vec::new();
    let mut components = Worst::default();
    for (id, row) in identified(list, "incident", &mut warnings) {
        if !picked.concerns(&row) {
            continue;
        }
        let incident = incident(id, &row, document, &mut warnings);
        if !incident.phase.is_over() {
            let (status, raw) = status(&row, &incident.name, &mut warnings);
            // That a product works is not for this list to say.
            let is_told = |id: &str| status != Status::Operational && picked.is_product(id);
            for (id, name) in products(&row).into_iter().filter(|(id, _)| is_told(id)) {
                components.add(Component {
                    id,
                    name,
                    group: None,
                    status,
                    raw_status: raw.clone(),
                    updated_at: None,
                });
            }
        }
        incidents.push(incident);
    }
    let incidents = order::incidents(incidents);
    Snapshot {
        components: components.into_vec(),
        incidents,
        warnings: warnings.into_vec(),
        coverage: Coverage { open_incidents: is_complete, ..blank::NOTHING },
        ..blank::snapshot(Platform::Google)
    }
}

/// Whether every product that an incident touches could be read, as far as that still matters: one that was lost would count
/// among those that no incident names.
fn knows_all_products(row: &IncidentRow) -> bool {
    row.end.get().is_some()
        || row.affected_products.dropped == 0
            && row.affected_products.items.iter().all(|it| id(&it.id).is_some())
}

/// What the address of the feed narrows the lists to.
struct Picked {
    product: Option<String>,
    location: Option<String>,
}

impl Picked {
    fn of(url: Option<&Url>) -> Self {
        Picked { product: pick(url, "product"), location: pick(url, "location") }
    }

    fn is_product(&self, id: &str) -> bool {
        self.product.as_deref().is_none_or(|product| product == id)
    }

    /// Whether an incident is of interest. One that names no products, or no locations, concerns all of them.
    fn concerns(&self, row: &IncidentRow) -> bool {
        let products = products(row);
        let by_product = products.is_empty() || products.iter().any(|(id, _)| self.is_product(id));
        let now = &row.currently_affected_locations.items;
        let locations = if now.is_empty() { &row.previously_affected_locations.items } else { now };
        let is_here = |location: &Location| {
            let id = location.id.get();
            id == Some("global") || id == self.location.as_deref()
        };
        let by_location = self.location.is_none() || locations.is_empty() || locations.iter().any(is_here);
        by_product && by_location
    }
}

/// Returns the ids and names of the products that an incident touches; in old lists there is one, as its service.
fn products(row: &IncidentRow) -> Vec<(String, String)> {
    let title = |product: &Product| {
        rows::line(&product.current_title).or_else(|| rows::line(&product.title)).unwrap_or_default()
    };
    let mut found: Vec<(String, String)> = Vec::new();
    for product in &row.affected_products.items {
        if let Some(id) = id(&product.id).filter(|id| found.iter().all(|(known, _)| known != id)) {
            let title = title(product);
            found.push((id.clone(), if title.is_empty() { id } else { title }));
        }
    }
    if !row.affected_products.given
        && let Some(key) = id(&row.service_key).filter(|key| key != "zall")
    {
        let name = rows::line(&row.service_name).unwrap_or_else(|| key.clone());
        found.push((key, name));
    }
    found
}

fn incident(id: String, row: &IncidentRow, document: &Document<'_>, warnings: &mut Warnings) -> Incident {
    let name = title(row).unwrap_or_else(|| name(&Text(None), "incident", &id, warnings));
    let owner = format!("incident '{name}'");
    let end = warnings.time(&owner, "end", row.end.get()).filter(|end| *end <= document.at);
    let raw_impact = word(&row.status_impact);
    let updates = order::updates(updates(row, &owner, warnings));
    let url = document.url.as_ref().zip(row.uri.get()).and_then(|(feed, uri)| feed.join(uri).ok());
    Incident {
        impact: impact(row, &owner, warnings),
        raw_impact,
        phase: phase(row, end.is_some(), &updates),
        started_at: warnings.time(&owner, "begin", row.begin.get()),
        created_at: warnings.time(&owner, "created", row.created.get()),
        updated_at: warnings.time(&owner, "modified", row.modified.get()),
        resolved_at: end,
        url: warnings.link(&owner, "uri", url.as_ref().map(Url::as_str)),
        components: products(row).into_iter().map(|(id, _)| id).collect(),
        updates,
        id,
        name,
    }
}

/// Returns the first line of the description that says something: it may be Markdown under the heading `**Title:**`.
fn title(row: &IncidentRow) -> Option<String> {
    let text = row.external_desc.get()?;
    let says = |line: &str| {
        let bare: String = line.chars().filter(|c| !matches!(c, '*' | '\\')).collect();
        let bare = clean_line(bare.trim_start_matches(['#', ' ']), NAME_CHARS);
        let rest = ["Title:", "Title", "Summary:", "Summary", "Description:"].into_iter().find_map(|label| {
            bare.strip_prefix(label).filter(|rest| label.ends_with(':') || rest.is_empty())
        });
        rest.map_or(bare.clone(), |rest| rest.trim().to_owned())
    };
    text.lines().map(says).find(|line| !line.is_empty())
}

/// An incident is over when it has an end, whatever its last update says.
fn phase(row: &IncidentRow, is_over: bool, updates: &[Update]) -> Phase {
    if is_over {
        let explained = updates.iter().any(|update| is_report(&update.body));
        return if explained { Phase::Postmortem } else { Phase::Resolved };
    }
    if latest_word(row).as_deref() == Some("AVAILABLE") { Phase::Monitoring } else { Phase::Investigating }
}

/// Whether a text is the report that explains an incident: `## \# Incident Report`, at times preliminary or a mini one.
fn is_report(text: &str) -> bool {
    let text = text.trim_start_matches(['#', '\\', '*', ' ', '\n']);
    ["Incident Report", "Preliminary Incident Report", "Mini Incident Report"]
        .iter()
        .any(|start| text.starts_with(start))
}

/// The word of the newest update.
fn latest_word(row: &IncidentRow) -> Option<String> {
    let latest = row.most_recent_update.0.as_ref().or(row.updates.items.first())?;
    word(&latest.status)
}

/// Returns what an open incident makes of its products: by its newest update, else by what it says of itself as a whole.
/// That something works is believed of a newest update only.
fn status(row: &IncidentRow, name: &str, warnings: &mut Warnings) -> (Status, String) {
    let latest = latest_word(row).unwrap_or_default();
    if let Some(status) = status_of(&latest) {
        return (status, latest);
    }
    if !latest.is_empty() {
        warnings.add(format_args!("incident '{name}' has unknown status word '{latest}'"));
    }
    let whole = word(&row.status_impact).unwrap_or_default();
    match status_of(&whole).filter(|status| *status != Status::Operational) {
        Some(status) => (status, whole),
        None => (Status::Unknown, if latest.is_empty() { whole } else { latest }),
    }
}

fn status_of(word: &str) -> Option<Status> {
    match word {
        "AVAILABLE" | "SERVICE_INFORMATION" => Some(Status::Operational),
        "SERVICE_DISRUPTION" => Some(Status::PartialOutage),
        "SERVICE_OUTAGE" => Some(Status::MajorOutage),
        "SERVICE_MAINTENANCE" => Some(Status::UnderMaintenance),
        _ => None,
    }
}

fn impact(row: &IncidentRow, owner: &str, warnings: &mut Warnings) -> Impact {
    let raw = word(&row.status_impact).unwrap_or_default();
    let mapped = match raw.as_str() {
        "SERVICE_OUTAGE" => Some(Impact::Critical),
        "SERVICE_DISRUPTION" if row.severity.get() == Some("low") => Some(Impact::Minor),
        "SERVICE_DISRUPTION" => Some(Impact::Major),
        "SERVICE_INFORMATION" => Some(Impact::None),
        "SERVICE_MAINTENANCE" => Some(Impact::Maintenance),
        _ => None,
    };
    known(mapped, Impact::Unknown, owner, "impact", &raw, warnings)
}

/// Reads the updates. They have no ids of their own; the time each was posted stays, whatever is edited later.
fn updates(row: &IncidentRow, owner: &str, warnings: &mut Warnings) -> Vec<Update> {
    warnings.lost(format_args!("updates of {owner}"), row.updates.dropped);
    let rows = row.updates.items.iter().chain(row.most_recent_update.0.as_ref());
    let mut updates: Vec<Update> = Vec::new();
    for row in rows {
        let Some(id) = id(&row.created).or_else(|| id(&row.when)) else { continue };
        if updates.iter().any(|known| known.id == id) {
            continue;
        }
        updates.push(Update {
            id,
            status: word(&row.status).unwrap_or_default(),
            body: row.text.get().map(|text| clean_text(text, BODY_CHARS)).unwrap_or_default(),
            at: warnings.time(owner, "when", row.when.get().or(row.created.get())),
        });
    }
    updates
}

fn read_products(document: &Document<'_>) -> Option<Read> {
    if !stands_at(document, "products.json") {
        return None;
    }
    let list = match document.json::<Object<Products>>() {
        Ok(top) => top.0.unwrap_or_default().products,
        Err(reason) => return Some(Err(reason)),
    };
    if !list.given || list.items.is_empty() {
        return Some(Err("no list of products".to_owned()));
    }
    let mut warnings = Warnings::default();
    let picked = Picked::of(document.url.as_ref());
    let is_beside = pick(document.url.as_ref(), BESIDE.0).as_deref() == Some(BESIDE.1);
    let status = if is_beside { Status::Operational } else { Status::Unknown };
    let is_complete = is_whole(&list);
    let components: Vec<Component> = identified(list, "product", &mut warnings)
        .into_iter()
        .filter(|(id, _)| picked.is_product(id))
        .map(|(id, row)| Component {
            name: rows::line(&row.current_title)
                .unwrap_or_else(|| name(&row.title, "product", &id, &mut warnings)),
            id,
            group: None,
            status,
            raw_status: String::new(),
            updated_at: None,
        })
        .collect();
    if components.is_empty() {
        warnings.add("no product of interest in the list");
    }
    let is_complete = is_complete && !components.is_empty();
    Some(Ok(Snapshot {
        components,
        warnings: warnings.into_vec(),
        coverage: Coverage { components: is_complete, ..blank::NOTHING },
        ..blank::snapshot(Platform::Google)
    }))
}

impl Row for IncidentRow {
    fn id(&self) -> &Text {
        &self.id
    }
}

impl Row for Product {
    fn id(&self) -> &Text {
        &self.id
    }
}

#[cfg(test)]
mod tests;
