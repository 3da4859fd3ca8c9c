//! Site24x7 StatusIQ: `/sp/api/public/summary_details/statuspages/ID` on the page's own host; the id stands in the page.
//!
//! Read in client code and in the vendor's own, never captured. Components and groups stand mixed in one list and tell codes;
//! the severity of an incident is one of the same. One reader of these documents numbers the codes otherwise (2 to 6 as
//! degraded, partial, major, maintenance, informational); three agree on the order used here. Not read: RSS (an item for
//! each component, without an id), the history, and planned work, whose form nobody has told.

mod incidents;

use std::collections::{HashMap, HashSet};

use domain::snapshot::{Component, Coverage, Page, Snapshot};
use domain::{Platform, Status};
use serde::Deserialize;
use url::Url;

use super::blank;
use super::document::Document;
use super::facts::{self, told};
use super::reader::{Reader, at_host};
use super::rows::{id, is_whole, line};
use super::warnings::Warnings;
use super::wire::{Flag, List, Object, Text};
use crate::feed::Read;

/// Site24x7 StatusIQ.
pub(crate) struct StatusIq;

impl Reader for StatusIq {
    fn platform(&self) -> Platform {
        Platform::StatusIq
    }

    fn read(&self, document: &Document<'_>) -> Option<Read> {
        match facts::object::<Envelope>(document)? {
            Ok(Envelope { data: Object(data) }) => data.filter(is_ours).map(|data| read(data, document)),
            Err(reason) => Some(Err(reason)),
        }
    }

    fn probes(&self, page: &Url) -> Vec<String> {
        at_host(page, "/sp/api/u/summary_details").into_iter().collect()
    }

    fn feeds_in_page(&self, page: &Document<'_>) -> Vec<String> {
        let text = page.text.replace("\\\"", "\"");
        let id = text.split_once("enc_statuspage_id").and_then(|(_, rest)| {
            let value = rest.trim_start_matches(['"', '\'', ':', '=', ' ']);
            let id = &value[..value.find(['"', '\''])?];
            (!id.is_empty() && id.len() < 200 && id.bytes().all(|byte| byte.is_ascii_graphic())).then_some(id)
        });
        let feed = page.url.as_ref().zip(id).and_then(|(url, id)| {
            let mut feed = Url::parse(&at_host(url, "/")?).ok()?;
            let path = ["sp", "api", "public", "summary_details", "statuspages", id];
            feed.path_segments_mut().ok()?.clear().extend(path);
            Some(feed.into())
        });
        feed.into_iter().collect()
    }

    fn depends_on_time(&self) -> bool {
        true
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Envelope {
    data: Object<Data>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Data {
    current_status: List<Row, 5_000>,
    active_incident_details: List<incidents::Row, 500>,
    statuspage_details: Object<PageRow>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PageRow {
    enc_statuspage_id: Text,
    display_name: Text,
    statuspage_url: Text,
}

/// A component, or a group of such.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Row {
    enc_component_id: Text,
    display_name: Text,
    component_status: Text,
    is_group: Flag,
    componentgroup_display_name: Text,
    componentgroup_status: Text,
    componentgroup_components: List<Row, 2_000>,
}

/// Whether a list of rows has our names, or the lists are ours by theirs.
fn is_ours(data: &Data) -> bool {
    let is_row = |row: &Row| row.component_status.get().or(row.componentgroup_status.get()).is_some();
    let incidents = &data.active_incident_details;
    data.current_status.items.iter().any(is_row) || incidents.given || incidents.wrong
}

fn read(data: Data, source: &Document<'_>) -> Read {
    if !data.current_status.given {
        return Err("a summary without the list 'current_status'".to_owned());
    }
    if data.active_incident_details.wrong {
        return Err("'active_incident_details' is not a list".to_owned());
    }
    let mut warnings = Warnings::default();
    let page = data.statuspage_details.0.map(|page| Page {
        id: id(&page.enc_statuspage_id),
        name: line(&page.display_name),
        url: warnings.link("page", "statuspage_url", page.statuspage_url.get()),
        updated_at: None,
    });
    let open_incidents = is_whole(&data.active_incident_details);
    let (components, whole) = components(data.current_status, &mut warnings);
    let ids: HashMap<&str, &str> =
        components.iter().map(|component| (component.name.as_str(), component.id.as_str())).collect();
    let (incidents, maintenances) =
        incidents::read(data.active_incident_details, &ids, source.at, &mut warnings);
    Ok(Snapshot {
        page: page.unwrap_or_default(),
        components,
        incidents,
        maintenances,
        warnings: warnings.into_vec(),
        coverage: Coverage { components: whole, open_incidents, ..blank::NOTHING },
        ..blank::snapshot(Platform::StatusIq)
    })
}

/// Reads the components, those of groups under the name of theirs, and says whether it lists every one.
fn components(list: List<Row, 5_000>, warnings: &mut Warnings) -> (Vec<Component>, bool) {
    let mut components = Vec::new();
    let mut seen = HashSet::new();
    let mut lost = list.dropped;
    for row in list.items {
        lost += row.componentgroup_components.dropped;
        let heading = line(&row.componentgroup_display_name);
        let is_group = row.is_group.0
            || !row.componentgroup_components.items.is_empty()
            || heading.is_some() && line(&row.display_name).is_none();
        let (rows, group) =
            if is_group { (row.componentgroup_components.items, heading) } else { (vec![row], None) };
        for row in rows {
            match id(&row.enc_component_id).filter(|id| seen.insert(id.clone())) {
                Some(id) => components.push(component(id, &row, group.clone(), warnings)),
                None => lost += 1,
            }
        }
    }
    warnings.lost("component", lost);
    let whole = lost == 0 && !components.is_empty();
    (components, whole)
}

fn component(id: String, row: &Row, group: Option<String>, warnings: &mut Warnings) -> Component {
    let name = super::rows::name(&row.display_name, "component", &id, warnings);
    let what = format!("status of component '{name}'");
    let (status, raw_status) = told(&row.component_status, status, what, warnings);
    Component { id, name, group, status: status.unwrap_or(Status::Unknown), raw_status, updated_at: None }
}

/// Returns the meaning of a code. 2 is informational, which tells of no harm.
fn status(code: &str) -> Option<Status> {
    match code {
        "1" | "2" => Some(Status::Operational),
        "3" => Some(Status::DegradedPerformance),
        "4" => Some(Status::UnderMaintenance),
        "5" => Some(Status::PartialOutage),
        "6" => Some(Status::MajorOutage),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
