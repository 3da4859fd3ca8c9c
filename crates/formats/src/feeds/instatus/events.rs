//! Incidents and maintenances: a line each in the summary, with components and updates inside a page.

use domain::snapshot::{Incident, Maintenance, Update};
use domain::{Impact, MaintenanceStatus, Phase};

use super::components;
use super::wire::{self, Event};
use crate::feeds::facts::{distinct, impact_of, told};
use crate::feeds::order;
use crate::feeds::rows::{Row, identified, name, word};
use crate::feeds::times;
use crate::feeds::warnings::Warnings;
use crate::feeds::wire::{List, Text};
use crate::text::{BODY_CHARS, clean_text, from_html};

pub(super) fn incidents(list: List<Event, 500>, warnings: &mut Warnings) -> Vec<Incident> {
    let rows = identified(list, "incident", warnings);
    order::incidents(rows.into_iter().map(|(id, row)| incident(id, row, warnings)).collect())
}

pub(super) fn maintenances(list: List<Event, 500>, warnings: &mut Warnings) -> Vec<Maintenance> {
    let rows = identified(list, "maintenance", warnings);
    rows.into_iter().map(|(id, row)| maintenance(id, row, warnings)).collect()
}

/// Gives events of older pages the id that their address ends in.
pub(super) fn give_ids(list: &mut List<Event, 500>) {
    for row in list.items.iter_mut().filter(|row| row.id.get().is_none()) {
        let end = row.url.get().and_then(|url| url.trim_end_matches('/').rsplit('/').next());
        row.id.0 = end.map(ToOwned::to_owned);
    }
}

fn incident(id: String, row: Event, warnings: &mut Warnings) -> Incident {
    let name = name(&row.name.0, "incident", &id, warnings);
    let owner = format!("incident '{name}'");
    let (phase, _) = told(&row.status, phase, format_args!("status of {owner}"), warnings);
    let phase = phase.unwrap_or(Phase::Unknown);
    Incident {
        impact: impact(&row, phase, &owner, warnings),
        raw_impact: word(&row.impact),
        phase,
        started_at: warnings.time(&owner, "started", row.started.get()),
        created_at: None,
        updated_at: warnings.time(&owner, "updatedAt", row.updated_at.get()),
        resolved_at: warnings.time(&owner, "resolved", row.resolved.get()),
        url: warnings.link(&owner, "url", row.url.get()),
        components: distinct(row.components.items.iter().map(|affected| &affected.id)),
        updates: updates(row.updates, &owner, warnings),
        id,
        name,
    }
}

fn maintenance(id: String, row: Event, warnings: &mut Warnings) -> Maintenance {
    let name = name(&row.name.0, "maintenance", &id, warnings);
    let owner = format!("maintenance '{name}'");
    let (status, _) = told(&row.status, progress, format_args!("status of {owner}"), warnings);
    let starts_at = warnings.time(&owner, "start", row.start.get().or(row.started.get()));
    let minutes = row.duration.get().and_then(|minutes| minutes.trim().parse().ok());
    Maintenance {
        status: status.unwrap_or(MaintenanceStatus::Unknown),
        starts_at,
        ends_at: starts_at.zip(minutes).and_then(|(start, minutes)| times::plus_minutes(start, minutes)),
        updated_at: warnings.time(&owner, "updatedAt", row.updated_at.get()),
        url: warnings.link(&owner, "url", row.url.get()),
        components: distinct(row.components.items.iter().map(|affected| &affected.id)),
        updates: updates(row.updates, &owner, warnings),
        id,
        name,
    }
}

/// Returns how bad an incident is: by its word, or by what it says of its components where that is worse and not past.
fn impact(row: &Event, phase: Phase, owner: &str, warnings: &mut Warnings) -> Impact {
    let affected = row.components.items.iter().filter_map(|it| components::status(it.status.get()?));
    let affected = affected.filter(|status| !phase.is_over() && status.is_trouble()).max();
    let said = row.impact.get().is_some().then(|| {
        let (said, _) = told(&row.impact, impact_word, format_args!("impact of {owner}"), warnings);
        said.unwrap_or(Impact::Unknown)
    });
    said.max(affected.map(impact_of)).unwrap_or(Impact::Unknown)
}

fn impact_word(word: &str) -> Option<Impact> {
    if word.eq_ignore_ascii_case("MINOROUTAGE") {
        return Some(Impact::Minor);
    }
    components::status(word).map(impact_of)
}

fn phase(word: &str) -> Option<Phase> {
    match word.to_ascii_uppercase().as_str() {
        "INVESTIGATING" => Some(Phase::Investigating),
        "IDENTIFIED" => Some(Phase::Identified),
        "MONITORING" => Some(Phase::Monitoring),
        "RESOLVED" => Some(Phase::Resolved),
        _ => None,
    }
}

fn progress(word: &str) -> Option<MaintenanceStatus> {
    match word.to_ascii_uppercase().as_str() {
        "NOTSTARTEDYET" => Some(MaintenanceStatus::Scheduled),
        "INPROGRESS" => Some(MaintenanceStatus::InProgress),
        "VERIFYING" => Some(MaintenanceStatus::Verifying),
        "COMPLETED" => Some(MaintenanceStatus::Completed),
        _ => None,
    }
}

fn updates(list: List<wire::Update, 500>, owner: &str, warnings: &mut Warnings) -> Vec<Update> {
    let rows = identified(list, &format!("update of {owner}"), warnings);
    let updates = rows.into_iter().map(|(id, row)| Update {
        id,
        status: word(&row.status).unwrap_or_default(),
        body: body(&row),
        at: warnings.time(owner, "started", row.started.get()),
    });
    order::updates(updates.collect())
}

fn body(row: &wire::Update) -> String {
    let plain = row.message.0.get().map(|text| clean_text(text, BODY_CHARS));
    plain.or_else(|| row.message_html.0.get().map(from_html)).unwrap_or_default()
}

impl Row for Event {
    fn id(&self) -> &Text {
        &self.id
    }
}

impl Row for wire::Update {
    fn id(&self) -> &Text {
        &self.id
    }
}
