//! Salesforce Trust: the status of all instances (`/v1/instances/status/preview`), of one (`/v1/instances/KEY/status`),
//! and the lists of incidents and maintenances.
//!
//! Captured: a whole preview of 2020, without announced work; the form of a maintenance is from general knowledge, so
//! everything of it may be absent. `#instance=KEY` in the address narrows a list to one instance.

mod events;

use domain::snapshot::{Component, Coverage, Snapshot};
use domain::{Platform, Status};
use serde::Deserialize;
use url::Url;

use self::events::Event;
use super::blank;
use super::document::Document;
use super::reader::{Reader, pick};
use super::rows::{Row, identified, is_whole, line, word};
use super::warnings::Warnings;
use super::wire::{Answer, List, Object, Text};
use crate::feed::{Companion, Need, Read};

/// Where the documents are; the pages for people are at other hosts.
const API: &str = "https://api.status.salesforce.com/v1";

/// Salesforce Trust.
pub(crate) struct Salesforce;

type Instances = List<Instance, 5_000>;
type Events = List<Event, 500>;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Instance {
    key: Text,
    location: Text,
    status: Text,
    #[serde(rename = "isActive")]
    is_active: Answer,
    #[serde(rename = "Products")]
    products: List<Product, 500>,
    #[serde(rename = "Incidents")]
    incidents: Events,
    #[serde(rename = "Maintenances")]
    maintenances: Events,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Product {}

impl Reader for Salesforce {
    fn platform(&self) -> Platform {
        Platform::Salesforce
    }

    fn read(&self, document: &Document<'_>) -> Option<Read> {
        if document.text.trim_start().starts_with('{') {
            return match document.json::<Object<Instance>>() {
                Err(reason) => Some(Err(reason)),
                Ok(top) => top.0.filter(has_own_form).map(|instance| read_one(document, instance)),
            };
        }
        match document.json::<Instances>() {
            Err(reason) => Some(Err(reason)),
            Ok(list) if list.items.iter().any(has_own_form) => Some(Ok(read_instances(document, list))),
            Ok(_) => read_events(document),
        }
    }

    fn companions(&self, feed: &Url) -> Vec<Companion> {
        // What a list of some products leaves out can't be told from the incidents of all.
        let is_narrowed = feed.query_pairs().any(|(name, _)| name == "products");
        let instance = instance_of(feed);
        if !feed.path().starts_with("/v1/instances/") || is_narrowed && instance.is_none() {
            return Vec::new();
        }
        let mark = instance.map(|key| format!("#instance={key}")).unwrap_or_default();
        ["incidents", "maintenances"]
            .into_iter()
            .map(|list| Companion { url: format!("{API}/{list}{mark}"), need: Need::History })
            .collect()
    }

    fn probes(&self, page: &Url) -> Vec<String> {
        let hosts = ["status.salesforce.com", "trust.salesforce.com", "api.status.salesforce.com"];
        if !page.host_str().is_some_and(|host| hosts.contains(&host)) {
            return Vec::new();
        }
        let mut parts = page.path_segments().into_iter().flatten();
        let address = match (parts.next(), parts.next().filter(|key| !key.is_empty())) {
            (Some("instances"), Some(key)) => format!("{API}/instances/{key}/status"),
            (Some("products"), Some(key)) => format!("{API}/instances/status/preview?products={key}"),
            _ => format!("{API}/instances/status/preview"),
        };
        vec![address]
    }

    fn depends_on_time(&self) -> bool {
        true
    }
}

fn has_own_form(instance: &Instance) -> bool {
    instance.key.get().is_some() && instance.incidents.given && instance.products.given
}

/// Returns the instance that an address is about: by its path, or by its fragment.
fn instance_of(url: &Url) -> Option<String> {
    let path = url.path().strip_prefix("/v1/instances/").and_then(|rest| rest.strip_suffix("/status"));
    path.map(str::to_owned).or_else(|| pick(Some(url), "instance"))
}

fn read_one(document: &Document<'_>, instance: Instance) -> Read {
    if instance.status.get().is_none() {
        return Err("an instance without a status".to_owned());
    }
    let asked = document.url.as_ref().and_then(instance_of);
    if asked.is_some_and(|asked| instance.key.get() != Some(&asked)) {
        return Err("the status of another instance".to_owned());
    }
    let list = Instances { given: true, items: vec![instance], ..Instances::default() };
    Ok(read_instances(document, list))
}

/// Reads instances. Those that are not active are no one's any more.
fn read_instances(document: &Document<'_>, mut list: Instances) -> Snapshot {
    let mut warnings = Warnings::default();
    let picked = document.url.as_ref().and_then(instance_of);
    list.items.retain(|row| {
        let is_picked = picked.is_none() || row.key.get() == picked.as_deref();
        is_picked && row.is_active.0 != Some(false)
    });
    if list.items.is_empty() {
        warnings.add("no active instance of interest in the list");
    }
    let is_complete = is_whole(&list) && !list.items.is_empty();
    let has_all_incidents = is_complete && list.items.iter().all(|row| is_whole(&row.incidents));
    let has_all_work = is_complete && list.items.iter().all(|row| is_whole(&row.maintenances));
    let mut components = Vec::new();
    let (mut incidents, mut maintenances) = (Events::default(), Events::default());
    for (id, mut row) in identified(list, "instance", &mut warnings) {
        row.incidents.items.iter_mut().chain(&mut row.maintenances.items).for_each(|event| event.add(&id));
        let raw_status = word(&row.status).unwrap_or_default();
        let status = status(&raw_status);
        if status == Status::Unknown {
            warnings.add(format_args!("instance '{id}' has unknown status word '{raw_status}'"));
        }
        let group = line(&row.location);
        components.push(Component { name: id.clone(), id, group, status, raw_status, updated_at: None });
        incidents.items.extend(row.incidents.items);
        maintenances.items.extend(row.maintenances.items);
    }
    Snapshot {
        components,
        coverage: Coverage {
            components: is_complete,
            open_incidents: has_all_incidents,
            open_maintenances: has_all_work,
        },
        ..told(document, incidents, maintenances, warnings)
    }
}

fn status(word: &str) -> Status {
    match word {
        "OK" => Status::Operational,
        "MAINTENANCE_NONCORE" | "MAINTENANCE_CORE" => Status::UnderMaintenance,
        "MINOR_INCIDENT_NONCORE" | "MINOR_INCIDENT_CORE" => Status::DegradedPerformance,
        "MAJOR_INCIDENT_NONCORE" => Status::PartialOutage,
        "MAJOR_INCIDENT_CORE" => Status::MajorOutage,
        _ => Status::Unknown,
    }
}

/// Reads a list of incidents or of maintenances, narrowed to the instance that its address names.
fn read_events(document: &Document<'_>) -> Option<Read> {
    let mut list: Events = match document.json() {
        Ok(list) => list,
        Err(reason) => return Some(Err(reason)),
    };
    let is_ours = |event: &Event| event.is_incident() || event.is_maintenance();
    if !list.items.iter().any(is_ours) {
        return None;
    }
    if let Some(picked) = document.url.as_ref().and_then(instance_of) {
        list.items.retain(|event| event.touches(&picked));
    }
    let (mut incidents, mut maintenances) = (Events::default(), Events::default());
    for event in list.items {
        if event.is_incident() { incidents.items.push(event) } else { maintenances.items.push(event) }
    }
    Some(Ok(told(document, incidents, maintenances, Warnings::default())))
}

/// Returns a snapshot of what is told about incidents and work, each once: every instance lists what touches it.
fn told(
    document: &Document<'_>,
    incidents: Events,
    maintenances: Events,
    mut warnings: Warnings,
) -> Snapshot {
    let incidents = events::incidents(incidents.items, document.at, &mut warnings);
    let maintenances = events::maintenances(maintenances.items, document.at, &mut warnings);
    Snapshot {
        incidents,
        maintenances,
        warnings: warnings.into_vec(),
        ..blank::snapshot(Platform::Salesforce)
    }
}

impl Row for Instance {
    fn id(&self) -> &Text {
        &self.key
    }
}

impl Row for Event {
    fn id(&self) -> &Text {
        &self.id
    }
}

#[cfg(test)]
mod tests;
