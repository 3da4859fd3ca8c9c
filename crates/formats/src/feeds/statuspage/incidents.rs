//! Incidents and maintenances: one form on the wire, told apart by planned times.

use domain::snapshot::{Incident, Maintenance, Update};
use domain::{Impact, MaintenanceStatus, Phase};

use super::wire;
use crate::feeds::facts::distinct;
use crate::feeds::order;
use crate::feeds::rows::{identified, known, name, word};
use crate::feeds::warnings::Warnings;
use crate::feeds::wire::List;
use crate::text::{BODY_CHARS, clean_text};

type Rows = List<wire::Incident, 500>;

/// Reads the two lists, incidents first; `page_url` is where an incident without a link of its own has its page.
pub(super) fn read(
    [incidents, maintenances]: [Rows; 2],
    page_url: Option<&str>,
    warnings: &mut Warnings,
) -> (Vec<Incident>, Vec<Maintenance>) {
    let mut rows = Vec::new();
    let mut planned = Vec::new();
    for (id, row) in identified(incidents, "incident", warnings) {
        let list = if is_planned(&row) { &mut planned } else { &mut rows };
        list.push((id, row));
    }
    let listed = identified(maintenances, "maintenance", warnings);
    planned.retain(|(id, _)| listed.iter().all(|(other, _)| other != id));
    planned.extend(listed);
    let incidents: Vec<Incident> =
        rows.into_iter().map(|(id, row)| incident(id, row, page_url, warnings)).collect();
    let incidents = order::incidents(incidents);
    let maintenances =
        planned.into_iter().map(|(id, row)| maintenance(id, row, page_url, warnings)).collect();
    (incidents, maintenances)
}

/// Whether a row is a maintenance wherever it is listed: it has planned times, or a word that only a maintenance has. Its
/// impact says nothing, since owners set that as they like.
fn is_planned(row: &wire::Incident) -> bool {
    let word = row.status.get().and_then(MaintenanceStatus::from_word);
    row.scheduled_for.get().is_some() || word.is_some_and(|word| word != MaintenanceStatus::Unknown)
}

fn incident(id: String, row: wire::Incident, page_url: Option<&str>, warnings: &mut Warnings) -> Incident {
    let name = name(&row.name, "incident", &id, warnings);
    let owner = format!("incident '{name}'");
    let phase = match word(&row.status) {
        None => {
            warnings.add(format_args!("{owner} has no status word"));
            Phase::Unknown
        }
        Some(raw) => known(Phase::from_word(&raw), Phase::Unknown, &owner, "status", &raw, warnings),
    };
    let raw_impact = word(&row.impact);
    let impact = match &raw_impact {
        None => Impact::Unknown,
        Some(raw) => known(Impact::from_word(raw), Impact::Unknown, &owner, "impact", raw, warnings),
    };
    Incident {
        impact,
        raw_impact,
        phase,
        started_at: warnings.time(&owner, "started_at", row.started_at.get()),
        created_at: warnings.time(&owner, "created_at", row.created_at.get()),
        updated_at: warnings.time(&owner, "updated_at", row.updated_at.get()),
        resolved_at: warnings.time(&owner, "resolved_at", row.resolved_at.get()),
        url: link(&id, &row, page_url, &owner, warnings),
        components: affected(&row),
        updates: updates(row.incident_updates, &owner, warnings),
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
        None => {
            warnings.add(format_args!("{owner} has no status word"));
            MaintenanceStatus::Unknown
        }
        // A maintenance that went wrong may end as an incident does.
        Some(raw) if raw == Phase::Resolved.word() || raw == Phase::Postmortem.word() => {
            MaintenanceStatus::Completed
        }
        Some(raw) => known(
            MaintenanceStatus::from_word(&raw),
            MaintenanceStatus::Unknown,
            &owner,
            "status",
            &raw,
            warnings,
        ),
    };
    Maintenance {
        status,
        starts_at: warnings.time(&owner, "scheduled_for", row.scheduled_for.get()),
        ends_at: warnings.time(&owner, "scheduled_until", row.scheduled_until.get()),
        updated_at: warnings.time(&owner, "updated_at", row.updated_at.get()),
        url: link(&id, &row, page_url, &owner, warnings),
        components: affected(&row),
        updates: updates(row.incident_updates, &owner, warnings),
        id,
        name,
    }
}

/// Returns the incident's own page: the short link it gives, else its place below the provider's page.
fn link(
    id: &str,
    row: &wire::Incident,
    page_url: Option<&str>,
    owner: &str,
    warnings: &mut Warnings,
) -> Option<String> {
    warnings
        .link(owner, "shortlink", row.shortlink.get())
        .or_else(|| page_url.map(|page| format!("{}/incidents/{id}", page.trim_end_matches('/'))))
}

/// Returns the ids of what is affected: the list of its own, else all that the updates name.
fn affected(row: &wire::Incident) -> Vec<String> {
    let leaves = row.components.items.iter().filter(|component| !component.group.0);
    let own = distinct(leaves.map(|component| &component.id));
    if !own.is_empty() {
        return own;
    }
    let updates = row.incident_updates.items.iter();
    distinct(updates.flat_map(|update| &update.affected_components.items).map(|component| &component.code))
}

/// Reads the updates, newest first by the time they show. Where one has no time the provider's order stays. In archives
/// that trim, an update has no id; the time it was posted is the next best thing that is its own and stays.
fn updates(mut list: List<wire::Update, 500>, owner: &str, warnings: &mut Warnings) -> Vec<Update> {
    for row in &mut list.items {
        if row.id.get().is_none() {
            row.id.0 = row.created_at.get().or(row.display_at.get()).map(ToOwned::to_owned);
        }
    }
    let updates: Vec<Update> = identified(list, &format!("update of {owner}"), warnings)
        .into_iter()
        .map(|(id, row)| {
            let shown = warnings.time(owner, "display_at", row.display_at.get());
            Update {
                id,
                status: word(&row.status).unwrap_or_default(),
                body: row.body.get().map(|body| clean_text(body, BODY_CHARS)).unwrap_or_default(),
                at: shown.or_else(|| warnings.time(owner, "created_at", row.created_at.get())),
            }
        })
        .collect();
    order::updates(updates)
}
