//! Flashduty: the summary that feeds a page's widget.
//!
//! Described by others, never captured: an overall status, what is open, what is under way and what is planned, each list
//! complete. It tells no statuses of components. It says how long it may be believed; older than that it is refused, since it
//! would go on calling the page well. Within a list every likely name of a field is tried.

use std::time::Duration;

use domain::snapshot::{Coverage, Incident, Maintenance, Overall, Page, Snapshot, Update};
use domain::{Impact, MaintenanceStatus, Phase, Platform, Status};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::document::Document;
use super::facts::{self, distinct, impact_of, instant, told};
use super::order;
use super::reader::Reader;
use super::rows::{Row, id, identified, is_whole, line, name, word};
use super::warnings::Warnings;
use super::wire::{List, Object, Text, Whole};
use crate::feed::Read;
use crate::text::{BODY_CHARS, clean_text};

/// Flashduty.
pub(crate) struct Flashduty;

impl Reader for Flashduty {
    fn platform(&self) -> Platform {
        Platform::Flashduty
    }

    fn read(&self, document: &Document<'_>) -> Option<Read> {
        match facts::object::<Wire>(document)? {
            Ok(wire) => is_ours(&wire).then(|| read(wire, document.at)),
            Err(reason) => Some(Err(reason)),
        }
    }

    /// The document says how soon it may be asked for again (`poll_after_seconds`), a minute in what was described.
    fn shortest_interval(&self) -> Duration {
        Duration::from_mins(1)
    }

    fn depends_on_time(&self) -> bool {
        true
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Wire {
    schema_version: Text,
    generated_at: Text,
    max_stale_seconds: Whole,
    page: Object<PageRow>,
    overall: Object<Claim>,
    ongoing_incidents: List<Event, 500>,
    in_progress_maintenances: List<Event, 500>,
    scheduled_maintenances: List<Event, 500>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PageRow {
    id: Text,
    name: Text,
    title: Text,
    url: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Claim {
    status: Text,
    description: Text,
}

/// An incident or a maintenance, in every form it may have.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Event {
    id: Text,
    name: Text,
    title: Text,
    status: Text,
    impact: Text,
    current_worst_impact: Text,
    url: Text,
    started_at: Text,
    starts_at: Text,
    ends_at: Text,
    scheduled_end_at: Text,
    updated_at: Text,
    last_update_at: Text,
    last_update_message: Text,
    affected_components: List<Affected, 2_000>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Affected {
    id: Text,
}

/// Whether a document has what no other summary with such lists has: a claim about the whole and a version.
fn is_ours(wire: &Wire) -> bool {
    let lists = [&wire.ongoing_incidents, &wire.in_progress_maintenances, &wire.scheduled_maintenances];
    let has_lists = lists.iter().any(|list| list.given || list.wrong);
    let has_claim = wire.overall.0.as_ref().is_some_and(|overall| overall.status.get().is_some());
    has_lists && (has_claim || wire.schema_version.get().is_some())
}

fn read(wire: Wire, at: Timestamp) -> Read {
    let Some(claim) = wire.overall.0.filter(|claim| claim.status.get().is_some()) else {
        return Err("a summary without its overall status".to_owned());
    };
    let lists = [&wire.ongoing_incidents, &wire.in_progress_maintenances, &wire.scheduled_maintenances];
    if lists.iter().any(|list| list.wrong) {
        return Err("the incidents or maintenances are not a list".to_owned());
    }
    let mut warnings = Warnings::default();
    let generated_at = instant("summary", "generated_at", &wire.generated_at, &mut warnings);
    if let Some(reason) = staleness(generated_at, wire.max_stale_seconds.0, at) {
        return Err(reason);
    }
    let coverage = Coverage {
        components: false,
        open_incidents: is_whole(&wire.ongoing_incidents),
        open_maintenances: is_whole(&wire.in_progress_maintenances) && is_whole(&wire.scheduled_maintenances),
    };
    let (status, raw) = told(&claim.status, status, "overall status", &mut warnings);
    let page = wire.page.0.map(|page| Page {
        id: id(&page.id),
        name: line(&page.name).or_else(|| line(&page.title)),
        url: warnings.link("page", "url", page.url.get()),
        updated_at: None,
    });
    let incidents = identified(wire.ongoing_incidents, "incident", &mut warnings);
    let incidents = incidents.into_iter().map(|(id, row)| incident(id, &row, &mut warnings)).collect();
    let mut maintenances: Vec<Maintenance> = Vec::new();
    for (list, status) in [
        (wire.in_progress_maintenances, MaintenanceStatus::InProgress),
        (wire.scheduled_maintenances, MaintenanceStatus::Scheduled),
    ] {
        for (id, row) in identified(list, "maintenance", &mut warnings) {
            if maintenances.iter().all(|known| known.id != id) {
                maintenances.push(maintenance(id, &row, status, &mut warnings));
            }
        }
    }
    Ok(Snapshot {
        platform: Platform::Flashduty,
        page: page.unwrap_or_default(),
        overall: Some(Overall {
            status: status.unwrap_or(Status::Unknown),
            headline: line(&claim.description),
            raw,
        }),
        components: Vec::new(),
        incidents: order::incidents(incidents),
        maintenances,
        warnings: warnings.into_vec(),
        coverage,
    })
}

/// Returns why a summary is too old to be believed.
fn staleness(generated_at: Option<Timestamp>, limit_seconds: Option<i64>, at: Timestamp) -> Option<String> {
    let (generated_at, limit) = (generated_at?, limit_seconds.filter(|limit| *limit > 0)?);
    let age = at.duration_since(generated_at);
    (age > SignedDuration::from_secs(limit))
        .then(|| format!("a summary of {generated_at}, which may be believed for {limit} seconds"))
}

/// What is listed as ongoing is open; without a word nobody has said more.
fn incident(id: String, row: &Event, warnings: &mut Warnings) -> Incident {
    let name = title(row, "incident", &id, warnings);
    let owner = format!("incident '{name}'");
    let (phase, _) = told(&row.status, phase, format_args!("status of {owner}"), warnings);
    let severity = if row.impact.get().is_some() { &row.impact } else { &row.current_worst_impact };
    let map = |word: &str| status(word).map(impact_of);
    let impact = severity.get().map(|_| told(severity, map, format_args!("impact of {owner}"), warnings));
    let updated_at = updated_at(row, &owner, warnings);
    Incident {
        impact: impact.and_then(|(impact, _)| impact).unwrap_or(Impact::Unknown),
        raw_impact: word(severity),
        phase: phase.unwrap_or(Phase::Unknown),
        started_at: instant(&owner, "started_at", &row.started_at, warnings),
        created_at: None,
        updated_at,
        resolved_at: None,
        url: warnings.link(&owner, "url", row.url.get()),
        components: distinct(row.affected_components.items.iter().map(|it| &it.id)),
        updates: updates(row, updated_at),
        id,
        name,
    }
}

/// The list a maintenance stands in says where it is in its life.
fn maintenance(id: String, row: &Event, status: MaintenanceStatus, warnings: &mut Warnings) -> Maintenance {
    let name = title(row, "maintenance", &id, warnings);
    let owner = format!("maintenance '{name}'");
    let updated_at = updated_at(row, &owner, warnings);
    let starts_at = instant(&owner, "starts_at", &row.starts_at, warnings);
    let ends_at = instant(&owner, "ends_at", &row.ends_at, warnings);
    Maintenance {
        status,
        starts_at: starts_at.or_else(|| instant(&owner, "started_at", &row.started_at, warnings)),
        ends_at: ends_at.or_else(|| instant(&owner, "scheduled_end_at", &row.scheduled_end_at, warnings)),
        updated_at,
        url: warnings.link(&owner, "url", row.url.get()),
        components: distinct(row.affected_components.items.iter().map(|it| &it.id)),
        updates: updates(row, updated_at),
        id,
        name,
    }
}

fn title(row: &Event, what: &str, id: &str, warnings: &mut Warnings) -> String {
    name(if row.name.get().is_some() { &row.name } else { &row.title }, what, id, warnings)
}

fn updated_at(row: &Event, owner: &str, warnings: &mut Warnings) -> Option<Timestamp> {
    instant(owner, "last_update_at", &row.last_update_at, warnings)
        .or_else(|| instant(owner, "updated_at", &row.updated_at, warnings))
}

/// Returns the last update, the only one there is; its time is all that is its own.
fn updates(row: &Event, at: Option<Timestamp>) -> Vec<Update> {
    let body = row.last_update_message.get().map(|body| clean_text(body, BODY_CHARS));
    let update = |body| Update {
        id: at.map_or_else(|| "last".to_owned(), |at| at.to_string()),
        status: word(&row.status).unwrap_or_default(),
        body,
        at,
    };
    body.filter(|body| !body.trim().is_empty()).map(update).into_iter().collect()
}

/// Returns the meaning of a status word, which is also that of an impact.
fn status(word: &str) -> Option<Status> {
    match word {
        "operational" => Some(Status::Operational),
        "degraded" | "degraded_performance" => Some(Status::DegradedPerformance),
        "partial_outage" => Some(Status::PartialOutage),
        "full_outage" => Some(Status::MajorOutage),
        "maintenance" => Some(Status::UnderMaintenance),
        _ => None,
    }
}

fn phase(word: &str) -> Option<Phase> {
    match word {
        "investigating" => Some(Phase::Investigating),
        "identified" => Some(Phase::Identified),
        "monitoring" => Some(Phase::Monitoring),
        "resolved" => Some(Phase::Resolved),
        _ => None,
    }
}

impl Row for Event {
    fn id(&self) -> &Text {
        &self.id
    }
}

#[cfg(test)]
mod tests;
