//! Incidents and maintenances: one form on the wire, told apart by their type and the list they stand in.

use domain::snapshot::{Incident, Maintenance, Update};
use domain::{Impact, MaintenanceStatus, Phase};
use jiff::Timestamp;

use super::kind;
use super::wire::{self, Event, worded};
use crate::feeds::facts::{by_clock, distinct, told, utc};
use crate::feeds::order;
use crate::feeds::rows::{identified, name, word};
use crate::feeds::warnings::Warnings;
use crate::feeds::wire::List;
use crate::text::{BODY_CHARS, clean_text};

type Rows = List<Event, 500>;

/// Reads the lists of incidents, of work that goes on and of work to come.
pub(super) fn read(
    [incidents, running, planned]: [Rows; 3],
    at: Timestamp,
    warnings: &mut Warnings,
) -> (Vec<Incident>, Vec<Maintenance>) {
    let mut found: Vec<Incident> = Vec::new();
    let mut works: Vec<Maintenance> = Vec::new();
    let lists = [(running, MaintenanceStatus::InProgress), (planned, MaintenanceStatus::Scheduled)];
    for (list, status) in lists {
        for (id, row) in identified(list, "maintenance", warnings) {
            if works.iter().all(|work| work.id != id) {
                works.push(maintenance(id, row, |_, _| status, warnings));
            }
        }
    }
    for (id, row) in identified(incidents, "incident", warnings) {
        let is_work = matches!(row.kind.get(), Some("scheduled" | "maintenance"));
        if !is_work {
            found.push(incident(id, row, at, warnings));
        } else if works.iter().all(|work| work.id != id) {
            works.push(maintenance(id, row, |starts, ends| by_clock(starts, ends, at), warnings));
        }
    }
    (order::incidents(found), works)
}

fn incident(id: String, row: Event, at: Timestamp, warnings: &mut Warnings) -> Incident {
    let title = worded(row.title, row.translations, |it| it.title);
    let name = name(&title, "incident", &id, warnings);
    let owner = format!("incident '{name}'");
    let (impact, raw) =
        told(&row.kind, |word| kind(word).map(|(_, it)| it), format_args!("type of {owner}"), warnings);
    let ends_at = utc(&owner, "ends_at", &row.ends_at, warnings);
    let updates = updates(row.updates, &owner, warnings);
    let is_over = ends_at.is_some_and(|end| end <= at);
    let phase = if is_over { Phase::Resolved } else { phase(&updates, &owner, warnings) };
    Incident {
        impact: impact.unwrap_or(Impact::Unknown),
        raw_impact: Some(raw).filter(|raw| !raw.is_empty()),
        phase,
        started_at: utc(&owner, "starts_at", &row.starts_at, warnings),
        created_at: utc(&owner, "inserted_at", &row.inserted_at, warnings),
        updated_at: updates.first().and_then(|update| update.at),
        resolved_at: ends_at.filter(|_| phase.is_over()),
        url: warnings.link(&owner, "url", row.url.get()),
        components: distinct(row.service_ids.0.iter()),
        updates,
        id,
        name,
    }
}

fn maintenance(
    id: String,
    row: Event,
    status: impl Fn(Option<Timestamp>, Option<Timestamp>) -> MaintenanceStatus,
    warnings: &mut Warnings,
) -> Maintenance {
    let title = worded(row.title, row.translations, |it| it.title);
    let name = name(&title, "maintenance", &id, warnings);
    let owner = format!("maintenance '{name}'");
    let starts_at = utc(&owner, "starts_at", &row.starts_at, warnings);
    let ends_at = utc(&owner, "ends_at", &row.ends_at, warnings);
    let updates = updates(row.updates, &owner, warnings);
    Maintenance {
        status: status(starts_at, ends_at),
        starts_at,
        ends_at,
        updated_at: updates.first().and_then(|update| update.at),
        url: warnings.link(&owner, "url", row.url.get()),
        components: distinct(row.service_ids.0.iter()),
        updates,
        id,
        name,
    }
}

/// Returns the phase that the newest update tells; one that only adds text leaves it as it was. Without any, an incident
/// without an end has just begun.
fn phase(updates: &[Update], owner: &str, warnings: &mut Warnings) -> Phase {
    match updates.iter().map(|update| update.status.as_str()).find(|word| *word != "update") {
        None | Some("issue" | "investigating") => Phase::Investigating,
        Some("identified") => Phase::Identified,
        Some("monitoring") => Phase::Monitoring,
        Some("resolved") => Phase::Resolved,
        Some(unknown) => {
            warnings.add(format_args!("{owner} has an update of unknown type '{unknown}'"));
            Phase::Unknown
        }
    }
}

fn updates(list: List<wire::Update, 500>, owner: &str, warnings: &mut Warnings) -> Vec<Update> {
    let rows = identified(list, &format!("update of {owner}"), warnings);
    let updates = rows.into_iter().map(|(id, row)| {
        let posted = utc(owner, "posted_at", &row.posted_at, warnings);
        let body = worded(row.description, row.translations, |it| it.description);
        Update {
            id,
            status: word(&row.kind).unwrap_or_default(),
            body: body.get().map(|body| clean_text(body, BODY_CHARS)).unwrap_or_default(),
            at: posted.or_else(|| utc(owner, "inserted_at", &row.inserted_at, warnings)),
        }
    });
    order::updates(updates.collect())
}
