//! Active incidents, and work that goes on, which is one of that severity.

use std::collections::HashMap;

use domain::snapshot::{Incident, Maintenance, Update};
use domain::{Impact, Phase};
use jiff::Timestamp;
use serde::Deserialize;

use super::status;
use crate::feeds::facts::{by_clock, impact_of, instant, told};
use crate::feeds::order;
use crate::feeds::rows::{self, identified, line, name, word};
use crate::feeds::warnings::Warnings;
use crate::feeds::wire::{List, Text};
use crate::text::{BODY_CHARS, clean_text};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Row {
    enc_inc_id: Text,
    incident_title: Text,
    incident_severity: Text,
    incident_severity_id: Text,
    incident_began_at: Text,
    incident_ended_at: Text,
    incident_status_updates: List<UpdateRow, 500>,
    incident_affected_components: List<Affected, 2_000>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct UpdateRow {
    enc_inc_state_progress_id: Text,
    incident_status: Text,
    incident_status_desc: Text,
    status_updated_at: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Affected {
    enc_component_id: Text,
    display_name: Text,
}

/// The severity of an incident that is announced work.
const MAINTENANCE: &str = "4";

/// Reads the list; `ids` finds a component by the name that incidents call it.
pub(super) fn read(
    list: List<Row, 500>,
    ids: &HashMap<&str, &str>,
    at: Timestamp,
    warnings: &mut Warnings,
) -> (Vec<Incident>, Vec<Maintenance>) {
    let mut incidents = Vec::new();
    let mut maintenances = Vec::new();
    for (id, row) in identified(list, "incident", warnings) {
        let mut incident = incident(id, &row, warnings);
        incident.components = affected(&row, ids);
        if row.incident_severity_id.get() == Some(MAINTENANCE) {
            maintenances.push(as_maintenance(incident, at));
        } else {
            incidents.push(incident);
        }
    }
    (order::incidents(incidents), maintenances)
}

fn incident(id: String, row: &Row, warnings: &mut Warnings) -> Incident {
    let name = name(&row.incident_title, "incident", &id, warnings);
    let owner = format!("incident '{name}'");
    let map = |code: &str| status(code).map(impact_of);
    let (impact, code) = told(&row.incident_severity_id, map, format_args!("severity of {owner}"), warnings);
    let updates = updates(&row.incident_status_updates, &owner, warnings);
    let newest = Text(updates.first().map(|update| update.status.clone()));
    let (phase, _) = told(&newest, phase, format_args!("newest status of {owner}"), warnings);
    Incident {
        impact: impact.unwrap_or(Impact::Unknown),
        raw_impact: word(&row.incident_severity).or(Some(code)).filter(|raw| !raw.is_empty()),
        phase: phase.unwrap_or(Phase::Unknown),
        started_at: instant(&owner, "incident_began_at", &row.incident_began_at, warnings),
        created_at: None,
        updated_at: updates.first().and_then(|update| update.at),
        resolved_at: instant(&owner, "incident_ended_at", &row.incident_ended_at, warnings),
        url: None,
        components: Vec::new(),
        updates,
        id,
        name,
    }
}

/// Work that is listed as active goes on unless its end says otherwise.
fn as_maintenance(incident: Incident, at: Timestamp) -> Maintenance {
    let ends_at = incident.resolved_at;
    let status = by_clock(Some(incident.started_at.unwrap_or(at)), ends_at, at);
    Maintenance {
        id: incident.id,
        name: incident.name,
        status,
        starts_at: incident.started_at,
        ends_at,
        updated_at: incident.updated_at,
        url: None,
        components: incident.components,
        updates: incident.updates,
    }
}

fn phase(word: &str) -> Option<Phase> {
    match word.to_ascii_lowercase().as_str() {
        "investigating" => Some(Phase::Investigating),
        "identified" => Some(Phase::Identified),
        "monitoring" | "observing" => Some(Phase::Monitoring),
        "resolved" => Some(Phase::Resolved),
        _ => None,
    }
}

fn updates(list: &List<UpdateRow, 500>, owner: &str, warnings: &mut Warnings) -> Vec<Update> {
    warnings.lost(format_args!("updates of {owner}"), list.dropped);
    let mut updates: Vec<Update> = Vec::new();
    for (index, row) in list.items.iter().enumerate() {
        let own = rows::id(&row.enc_inc_state_progress_id).or_else(|| line(&row.status_updated_at));
        let own = own.filter(|own| updates.iter().all(|other| other.id != *own));
        updates.push(Update {
            // Counted from the oldest, since new ones come first.
            id: own.unwrap_or_else(|| (list.items.len() - index).to_string()),
            status: word(&row.incident_status).unwrap_or_default(),
            body: row.incident_status_desc.get().map(|it| clean_text(it, BODY_CHARS)).unwrap_or_default(),
            at: instant(owner, "status_updated_at", &row.status_updated_at, warnings),
        });
    }
    order::updates(updates)
}

/// Returns the ids of what is affected: as given, else those of the components of that name.
fn affected(row: &Row, ids: &HashMap<&str, &str>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for row in &row.incident_affected_components.items {
        let by_name = || ids.get(line(&row.display_name)?.as_str()).map(|id| (*id).to_owned());
        let id = rows::id(&row.enc_component_id).or_else(by_name);
        found.extend(id.filter(|id| !found.contains(id)));
    }
    found
}

impl rows::Row for Row {
    fn id(&self) -> &Text {
        &self.enc_inc_id
    }
}
