//! Sorry: `/api/v1/status` with `/api/v1/components` and `/api/v1/notices` beside it, on the page's own host.
//!
//! Measured by others on one page, never captured; many pages have the API switched off. The older address
//! `https://api.sorryapp.com/v1/pages/ID/components` lists the components under `response`. The list of notices is a window
//! of what has been posted, so it closes nothing; each notice tells its own end. No notice tells how bad it is.

use domain::snapshot::{Component, Coverage, Incident, Maintenance, Overall, Page, Snapshot, Update};
use domain::{Impact, MaintenanceStatus, Phase, Platform, Status};
use serde::Deserialize;
use url::Url;

use super::blank;
use super::document::Document;
use super::facts::{self, distinct, told};
use super::order;
use super::reader::{Reader, at_host, beside};
use super::rows::{Row, id, identified, is_whole, line, name, word};
use super::warnings::Warnings;
use super::wire::{List, Object, Text};
use crate::feed::{Companion, Need, Read};
use crate::text::{BODY_CHARS, clean_text};

/// Sorry.
pub(crate) struct Sorry;

impl Reader for Sorry {
    fn platform(&self) -> Platform {
        Platform::Sorry
    }

    fn read(&self, document: &Document<'_>) -> Option<Read> {
        match facts::object::<Wire>(document)? {
            Ok(wire) => read(wire, document.url.as_ref()),
            Err(reason) => Some(Err(reason)),
        }
    }

    fn companions(&self, feed: &Url) -> Vec<Companion> {
        if !feed.path().ends_with("/api/v1/status") {
            return Vec::new();
        }
        [("components", Need::State), ("notices", Need::Detail)]
            .into_iter()
            .filter_map(|(file, need)| Some(Companion { url: beside(feed, file)?, need }))
            .collect()
    }

    fn probes(&self, page: &Url) -> Vec<String> {
        at_host(page, "/api/v1/status").into_iter().collect()
    }

    fn feeds_in_page(&self, page: &Document<'_>) -> Vec<String> {
        let is_ours = ["Powered by Sorry", "sorryapp.com"].iter().any(|mark| page.text.contains(mark));
        let url = page.url.as_ref().filter(|_| is_ours);
        url.and_then(|url| at_host(url, "/api/v1/status")).into_iter().collect()
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Wire {
    page: Object<PageRow>,
    components: List<ComponentRow, 5_000>,
    /// The components at the older address.
    response: List<ComponentRow, 5_000>,
    notices: List<Notice, 500>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PageRow {
    id: Text,
    name: Text,
    url: Text,
    state: Text,
    state_text: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ComponentRow {
    id: Text,
    name: Text,
    state: Text,
    updated_at: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Notice {
    id: Text,
    #[serde(rename = "type")]
    kind: Text,
    timeline_state: Text,
    state: Text,
    subject: Text,
    title: Text,
    link: Text,
    url: Text,
    created_at: Text,
    updated_at: Text,
    began_at: Text,
    ended_at: Text,
    begins_at: Text,
    ends_at: Text,
    components: List<ComponentRow, 5_000>,
    updates: List<UpdateRow, 500>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct UpdateRow {
    id: Text,
    state: Text,
    content: Text,
    created_at: Text,
}

/// Reads whichever of the three documents it is. An empty list of notices is told by its address alone.
fn read(wire: Wire, url: Option<&Url>) -> Option<Read> {
    let claims = wire.page.0.as_ref().is_some_and(|page| page.state.get().is_some());
    let has_our_word = |row: &ComponentRow| row.state.get().and_then(status).is_some();
    let [components, response] = [wire.components, wire.response].map(|list| {
        let is_ours = claims || list.items.iter().any(has_our_word);
        if is_ours { list } else { List::default() }
    });
    let components = if components.given { components } else { response };
    let is_notice = |row: &Notice| row.timeline_state.get().is_some() && row.state.get().is_some();
    let notices_expected = url.is_some_and(|url| url.path().ends_with("/api/v1/notices"));
    let has_notices = wire.notices.given
        && wire.notices.items.iter().all(is_notice)
        && (notices_expected || !wire.notices.items.is_empty());
    if !claims && !components.given && !has_notices {
        return None;
    }
    let mut warnings = Warnings::default();
    let overall = wire.page.0.as_ref().filter(|_| claims).map(|page| overall(page, &mut warnings));
    let page = wire.page.0.map(|page| Page {
        id: id(&page.id),
        name: line(&page.name),
        url: warnings.link("page", "url", page.url.get()),
        updated_at: None,
    });
    let whole = is_whole(&components) && !components.items.is_empty();
    let components = identified(components, "component", &mut warnings);
    let components = components.into_iter().map(|(id, row)| component(id, &row, &mut warnings)).collect();
    let (incidents, maintenances) = notices(wire.notices, &mut warnings);
    Some(Ok(Snapshot {
        platform: Platform::Sorry,
        page: page.unwrap_or_default(),
        overall,
        components,
        incidents,
        maintenances,
        warnings: warnings.into_vec(),
        coverage: Coverage { components: whole, ..blank::NOTHING },
    }))
}

fn overall(page: &PageRow, warnings: &mut Warnings) -> Overall {
    let (status, raw) = told(&page.state, status, "state of the page", warnings);
    Overall { status: status.unwrap_or(Status::Unknown), headline: line(&page.state_text), raw }
}

fn component(id: String, row: &ComponentRow, warnings: &mut Warnings) -> Component {
    let name = name(&row.name, "component", &id, warnings);
    let (status, raw_status) =
        told(&row.state, status, format_args!("state of component '{name}'"), warnings);
    let updated_at = warnings.time(format_args!("component '{name}'"), "updated_at", row.updated_at.get());
    Component { id, name, group: None, status: status.unwrap_or(Status::Unknown), raw_status, updated_at }
}

fn status(word: &str) -> Option<Status> {
    match word {
        "operational" => Some(Status::Operational),
        "degraded" => Some(Status::DegradedPerformance),
        "partially-degraded" | "partially_degraded" => Some(Status::PartialOutage),
        "under_maintenance" | "under-maintenance" => Some(Status::UnderMaintenance),
        _ => None,
    }
}

/// Reads the notices: what is planned is a maintenance, by its type or, without one, by a state that only such have.
fn notices(list: List<Notice, 500>, warnings: &mut Warnings) -> (Vec<Incident>, Vec<Maintenance>) {
    let mut incidents = Vec::new();
    let mut maintenances = Vec::new();
    for (id, row) in identified(list, "notice", warnings) {
        let is_planned = match row.kind.get() {
            Some(kind) => kind == "planned",
            None => row.state.get().and_then(progress).is_some(),
        };
        if is_planned {
            maintenances.push(maintenance(id, row, warnings));
        } else {
            incidents.push(incident(id, row, warnings));
        }
    }
    (order::incidents(incidents), maintenances)
}

fn incident(id: String, row: Notice, warnings: &mut Warnings) -> Incident {
    let name = title(&row, &id, warnings);
    let owner = format!("notice '{name}'");
    let (said, _) = told(&row.state, phase, format_args!("state of {owner}"), warnings);
    let is_past = row.timeline_state.get() == Some("past");
    Incident {
        impact: Impact::Unknown,
        raw_impact: None,
        phase: if is_past { Phase::Resolved } else { said.unwrap_or(Phase::Unknown) },
        started_at: warnings.time(&owner, "began_at", row.began_at.get()),
        created_at: warnings.time(&owner, "created_at", row.created_at.get()),
        updated_at: warnings.time(&owner, "updated_at", row.updated_at.get()),
        resolved_at: warnings.time(&owner, "ended_at", row.ended_at.get()),
        url: warnings.link(&owner, "link", row.link.get().or(row.url.get())),
        components: distinct(row.components.items.iter().map(|it| &it.id)),
        updates: updates(row.updates, &owner, warnings),
        id,
        name,
    }
}

fn maintenance(id: String, row: Notice, warnings: &mut Warnings) -> Maintenance {
    let name = title(&row, &id, warnings);
    let owner = format!("notice '{name}'");
    let (said, _) = told(&row.state, progress, format_args!("state of {owner}"), warnings);
    let is_past = row.timeline_state.get() == Some("past");
    Maintenance {
        status: if is_past {
            MaintenanceStatus::Completed
        } else {
            said.unwrap_or(MaintenanceStatus::Unknown)
        },
        starts_at: warnings.time(&owner, "begins_at", row.begins_at.get().or(row.began_at.get())),
        ends_at: warnings.time(&owner, "ends_at", row.ends_at.get().or(row.ended_at.get())),
        updated_at: warnings.time(&owner, "updated_at", row.updated_at.get()),
        url: warnings.link(&owner, "link", row.link.get().or(row.url.get())),
        components: distinct(row.components.items.iter().map(|it| &it.id)),
        updates: updates(row.updates, &owner, warnings),
        id,
        name,
    }
}

fn title(row: &Notice, id: &str, warnings: &mut Warnings) -> String {
    let given = if row.subject.get().is_some() { &row.subject } else { &row.title };
    name(given, "notice", id, warnings)
}

fn phase(word: &str) -> Option<Phase> {
    match word {
        "investigating" => Some(Phase::Investigating),
        "identified" => Some(Phase::Identified),
        "recovering" => Some(Phase::Monitoring),
        "resolved" => Some(Phase::Resolved),
        _ => None,
    }
}

fn progress(word: &str) -> Option<MaintenanceStatus> {
    match word {
        "scheduled" => Some(MaintenanceStatus::Scheduled),
        "under_way" => Some(MaintenanceStatus::InProgress),
        "complete" => Some(MaintenanceStatus::Completed),
        _ => None,
    }
}

fn updates(list: List<UpdateRow, 500>, owner: &str, warnings: &mut Warnings) -> Vec<Update> {
    let rows = identified(list, &format!("update of {owner}"), warnings);
    let updates = rows.into_iter().map(|(id, row)| Update {
        id,
        status: word(&row.state).unwrap_or_default(),
        body: row.content.get().map(|body| clean_text(body, BODY_CHARS)).unwrap_or_default(),
        at: warnings.time(owner, "created_at", row.created_at.get()),
    });
    order::updates(updates.collect())
}

impl Row for ComponentRow {
    fn id(&self) -> &Text {
        &self.id
    }
}

impl Row for Notice {
    fn id(&self) -> &Text {
        &self.id
    }
}

impl Row for UpdateRow {
    fn id(&self) -> &Text {
        &self.id
    }
}

#[cfg(test)]
mod tests;
