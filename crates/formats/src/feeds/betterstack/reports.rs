//! Reports: incidents, and maintenances, which are reports of that type.

use domain::snapshot::{Incident, Maintenance, Update};
use domain::{Impact, MaintenanceStatus, Phase};
use jiff::Timestamp;

use super::wire::{AttributeFields, Record};
use super::{Records, status};
use crate::feeds::facts::{by_clock, distinct, impact_of, told};
use crate::feeds::order;
use crate::feeds::rows::{id, identified, name, word};
use crate::feeds::warnings::Warnings;
use crate::text::{BODY_CHARS, clean_text};

/// The state of a report that is over.
const RESOLVED: &str = "resolved";

#[derive(Default)]
pub(super) struct Reports {
    pub(super) incidents: Vec<Incident>,
    pub(super) maintenances: Vec<Maintenance>,
}

pub(super) fn read(reports: Records, updates: Records, at: Timestamp, warnings: &mut Warnings) -> Reports {
    let updates = identified(updates, "update", warnings);
    let mut read = Reports::default();
    for (id, row) in identified(reports, "report", warnings) {
        let kind = word(&row.attributes.0.report_type).unwrap_or_default();
        let updates = updates_of(&id, &row, &updates, warnings);
        match kind.as_str() {
            "maintenance" => {
                read.maintenances.push(maintenance(id, &row.attributes.0, updates, at, warnings))
            }
            "manual" | "automatic" => read.incidents.push(incident(id, &row.attributes.0, updates, warnings)),
            other => {
                warnings.add(format_args!("report '{id}' has unknown type '{other}'"));
                read.incidents.push(incident(id, &row.attributes.0, updates, warnings));
            }
        }
    }
    read.incidents = order::incidents(read.incidents);
    read
}

fn incident(id: String, row: &AttributeFields, updates: Vec<Update>, warnings: &mut Warnings) -> Incident {
    let name = name(&row.title, "report", &id, warnings);
    let owner = format!("report '{name}'");
    let phase = phase(row, &owner, warnings);
    let ends_at = warnings.time(&owner, "ends_at", row.ends_at.get());
    Incident {
        impact: impact(row),
        raw_impact: word(&row.aggregate_state).filter(|state| state != RESOLVED),
        phase,
        started_at: warnings.time(&owner, "starts_at", row.starts_at.get()),
        created_at: None,
        updated_at: updates.first().and_then(|update| update.at),
        resolved_at: ends_at.filter(|_| phase.is_over()),
        url: None,
        components: affected(row),
        updates,
        id,
        name,
    }
}

fn maintenance(
    id: String,
    row: &AttributeFields,
    updates: Vec<Update>,
    at: Timestamp,
    warnings: &mut Warnings,
) -> Maintenance {
    let name = name(&row.title, "report", &id, warnings);
    let owner = format!("report '{name}'");
    let starts_at = warnings.time(&owner, "starts_at", row.starts_at.get());
    let ends_at = warnings.time(&owner, "ends_at", row.ends_at.get());
    let is_over = row.aggregate_state.get() == Some(RESOLVED);
    Maintenance {
        status: if is_over { MaintenanceStatus::Completed } else { by_clock(starts_at, ends_at, at) },
        starts_at,
        ends_at,
        updated_at: updates.first().and_then(|update| update.at),
        url: None,
        components: affected(row),
        updates,
        id,
        name,
    }
}

fn phase(row: &AttributeFields, owner: &str, warnings: &mut Warnings) -> Phase {
    let works = |status: Option<&str>| matches!(status, Some("operational" | RESOLVED));
    let affected = &row.affected_resources;
    let all_work = affected.dropped == 0
        && !affected.items.is_empty()
        && affected.items.iter().all(|affected| works(affected.status.get()));
    let map = |state: &str| match state {
        RESOLVED => Some(Phase::Resolved),
        other => status(other).map(|_| if all_work { Phase::Monitoring } else { Phase::Investigating }),
    };
    let (phase, _) = told(&row.aggregate_state, map, format_args!("aggregate state of {owner}"), warnings);
    phase.unwrap_or(Phase::Unknown)
}

/// Returns how bad a report is: by its state, or by the worst it says of a resource where the state tells only its end.
fn impact(row: &AttributeFields) -> Impact {
    let affected = row.affected_resources.items.iter().filter_map(|affected| status(affected.status.get()?));
    let worst = affected.filter(|status| status.is_trouble()).max();
    let state = row.aggregate_state.get().and_then(status);
    state.max(worst).map_or(Impact::Unknown, impact_of)
}

fn affected(row: &AttributeFields) -> Vec<String> {
    distinct(row.affected_resources.items.iter().map(|affected| &affected.status_page_resource_id))
}

/// Returns the updates that name the report, or that it names.
fn updates_of(
    report: &str,
    row: &Record,
    updates: &[(String, Record)],
    warnings: &mut Warnings,
) -> Vec<Update> {
    let relations = row.relationships.0.as_ref().and_then(|relations| relations.status_updates.0.as_ref());
    let named = distinct(relations.into_iter().flat_map(|it| &it.data.items).map(|it| &it.id));
    let is_of_report = |(update, row): &&(String, Record)| {
        named.contains(update) || id(&row.attributes.0.status_report_id).as_deref() == Some(report)
    };
    let updates = updates.iter().filter(is_of_report).map(|(id, row)| {
        let fields = &row.attributes.0;
        Update {
            id: id.clone(),
            status: String::new(),
            body: fields.message.get().map(|body| clean_text(body, BODY_CHARS)).unwrap_or_default(),
            at: warnings.time(format_args!("update '{id}'"), "published_at", fields.published_at.get()),
        }
    });
    order::updates(updates.collect())
}
