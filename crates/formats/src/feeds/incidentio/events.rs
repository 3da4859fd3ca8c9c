//! Incidents and maintenances of incident.io's own forms: one shape, told apart by their type and their words.

use std::collections::HashSet;

use domain::snapshot::{Incident, Maintenance, Update};
use domain::{Impact, MaintenanceStatus, Phase};
use jiff::Timestamp;

use super::{status, weight, wire};
use crate::feeds::facts::{distinct, impact_of};
use crate::feeds::order;
use crate::feeds::rows::{Row, id, identified, known, name, word};
use crate::feeds::warnings::Warnings;
use crate::text::{BODY_CHARS, clean_text};

/// Reads the lists; a row that stands in two of them counts once. `page_url` is where an incident without an address of its
/// own has its page.
pub(super) fn read<const N: usize>(
    lists: [wire::Incidents; N],
    page_url: Option<&str>,
    warnings: &mut Warnings,
) -> (Vec<Incident>, Vec<Maintenance>) {
    let mut seen = HashSet::new();
    let (mut incidents, mut maintenances) = (Vec::new(), Vec::new());
    for list in lists {
        for (id, row) in identified(list, "incident", warnings) {
            if !seen.insert(id.clone()) {
                continue;
            }
            if is_planned(&row) {
                maintenances.push(maintenance(id, row, page_url, warnings));
            } else {
                incidents.push(incident(id, row, page_url, warnings));
            }
        }
    }
    let incidents = order::incidents(incidents);
    (incidents, maintenances)
}

fn is_planned(row: &wire::Incident) -> bool {
    let word = row.status.get().unwrap_or_default();
    row.kind.get() == Some("maintenance") || word.starts_with("maintenance_")
}

fn incident(id: String, row: wire::Incident, page_url: Option<&str>, warnings: &mut Warnings) -> Incident {
    let name = name(&row.name, "incident", &id, warnings);
    let owner = format!("incident '{name}'");
    let phase = match word(&row.status) {
        Some(raw) => known(Phase::from_word(&raw), Phase::Unknown, &owner, "status", &raw, warnings),
        None => {
            warnings.add(format_args!("{owner} has no status word"));
            Phase::Unknown
        }
    };
    let (impact, raw_impact) = impact(&row, &owner, warnings);
    let updates = updates(&row, &owner, warnings);
    Incident {
        impact,
        raw_impact,
        phase,
        started_at: warnings.time(&owner, "started_at", row.started_at.get()),
        created_at: warnings.time(&owner, "published_at", row.published_at.get()),
        updated_at: updates.first().and_then(|update| update.at),
        resolved_at: None,
        url: link(&id, &row, page_url, &owner, warnings),
        components: affected(&row),
        updates,
        id,
        name,
    }
}

fn maintenance(
    id: String,
    row: wire::Incident,
    page_url: Option<&str>,
    warnings: &mut Warnings,
) -> Maintenance {
    let name = name(&row.name, "maintenance", &id, warnings);
    let owner = format!("maintenance '{name}'");
    let status = match word(&row.status) {
        Some(raw) => {
            let mapped = match raw.as_str() {
                "maintenance_scheduled" => Some(MaintenanceStatus::Scheduled),
                "maintenance_in_progress" => Some(MaintenanceStatus::InProgress),
                "maintenance_complete" | "resolved" => Some(MaintenanceStatus::Completed),
                _ => None,
            };
            known(mapped, MaintenanceStatus::Unknown, &owner, "status", &raw, warnings)
        }
        None => {
            warnings.add(format_args!("{owner} has no status word"));
            MaintenanceStatus::Unknown
        }
    };
    let updates = updates(&row, &owner, warnings);
    let (starts_at, ends_at) = planned(&row, &owner, warnings);
    Maintenance {
        status,
        starts_at,
        ends_at,
        updated_at: updates.first().and_then(|update| update.at),
        url: link(&id, &row, page_url, &owner, warnings),
        components: affected(&row),
        updates,
        id,
        name,
    }
}

/// Returns how bad an incident is: as bad as the state of the component it hit worst.
fn impact(row: &wire::Incident, owner: &str, warnings: &mut Warnings) -> (Impact, Option<String>) {
    let own = word(&row.current_worst_impact);
    let rows = row.affected_components.items.iter();
    let worst = rows.filter_map(|affected| word(&affected.status)).max_by_key(|raw| weight(raw));
    let Some(raw) = own.or(worst) else { return (Impact::Unknown, None) };
    (known(status(&raw).map(impact_of), Impact::Unknown, owner, "impact", &raw, warnings), Some(raw))
}

/// Returns the planned times: its own, else those that its impacts on components span.
fn planned(
    row: &wire::Incident,
    owner: &str,
    warnings: &mut Warnings,
) -> (Option<Timestamp>, Option<Timestamp>) {
    let mut own = |field: &str, text: Option<&str>| warnings.time(owner, field, text);
    let starts_at = own("starts_at", row.starts_at.get().or(row.started_at.get()));
    let ends_at = own("ends_at", row.ends_at.get().or(row.scheduled_end_at.get()));
    let spans = || row.component_impacts.items.iter();
    let starts = spans().filter_map(|span| own("start_at", span.start_at.get())).min();
    let ends = spans().filter_map(|span| span.end_at.get()?.parse().ok()).max();
    (starts_at.or(starts), ends_at.or(ends))
}

fn affected(row: &wire::Incident) -> Vec<String> {
    distinct(row.affected_components.items.iter().map(|affected| affected.id()))
}

fn link(
    id: &str,
    row: &wire::Incident,
    page_url: Option<&str>,
    owner: &str,
    warnings: &mut Warnings,
) -> Option<String> {
    warnings
        .link(owner, "url", row.url.get())
        .or_else(|| page_url.map(|page| format!("{}/incidents/{id}", page.trim_end_matches('/'))))
}

/// Reads the updates, which come oldest first, or the last one alone, which is known by its time.
fn updates(row: &wire::Incident, owner: &str, warnings: &mut Warnings) -> Vec<Update> {
    let body = |text: Option<&str>| text.map(|text| clean_text(text, BODY_CHARS)).unwrap_or_default();
    let mut updates: Vec<Update> = Vec::new();
    for update in row.updates.items.iter().rev() {
        let Some(id) = id(&update.id).filter(|id| updates.iter().all(|known| known.id != *id)) else {
            warnings.add(format_args!("{owner} has an update without an id of its own"));
            continue;
        };
        updates.push(Update {
            id,
            status: word(&update.to_status).unwrap_or_default(),
            body: body(update.message_string.get()),
            at: warnings.time(owner, "published_at", update.published_at.get()),
        });
    }
    if updates.is_empty()
        && let (Some(id), Some(text)) = (id(&row.last_update_at), row.last_update_message.get())
    {
        let at = warnings.time(owner, "last_update_at", Some(&id));
        updates.push(Update {
            id,
            status: word(&row.status).unwrap_or_default(),
            body: body(Some(text)),
            at,
        });
    }
    order::updates(updates)
}
