//! Incidents and schedules of Cachet. Neither has a word for its impact; an incident may say what it made of a component.

use std::cmp::Reverse;
use std::collections::HashMap;

use domain::snapshot::{Incident, Maintenance, Update};
use domain::{Impact, MaintenanceStatus, Phase};

use super::wire::{Post, Row, time, value};
use crate::feeds::rows::{id, identified, known, name};
use crate::feeds::times;
use crate::feeds::warnings::Warnings;
use crate::feeds::wire::List;
use crate::text::{BODY_CHARS, WORD_CHARS, clean_line, clean_text};

/// The id of the text that an incident was opened with, which has none of its own.
const OPENING: &str = "opening";

/// The updates that version 3 gives beside the rows, by their ids.
pub(super) type Posts = HashMap<String, Post>;

/// Takes the updates out of what was asked for beside the rows.
pub(super) fn posts(included: List<Row, 2_000>) -> Posts {
    let is_update =
        |row: &Row| row.kind.get().is_some_and(|kind| kind.to_ascii_lowercase().ends_with("updates"));
    let rows = included.items.into_iter().map(Row::opened).filter(is_update);
    rows.filter_map(|row| Some((id(&row.id)?, Post::from(row)))).collect()
}

/// Reads a list of incidents, newest first; `posts` are the updates that version 3 gives beside them. Before 2.4 planned
/// work was an incident of its own status.
pub(super) fn read(
    list: List<Row, 5_000>,
    posts: &Posts,
    warnings: &mut Warnings,
) -> (Vec<Incident>, Vec<Maintenance>) {
    let mut incidents = Vec::new();
    let mut maintenances = Vec::new();
    for (id, row) in identified(list, "incident", warnings) {
        if code(&row).as_deref() == Some("0") {
            maintenances.push(maintenance(&id, row, MaintenanceStatus::Scheduled, posts, warnings));
        } else {
            incidents.push(incident(id, row, posts, warnings));
        }
    }
    if incidents.iter().all(|incident: &Incident| incident.id.parse::<u64>().is_ok()) {
        incidents.sort_by_key(|incident| Reverse(incident.id.parse::<u64>().ok()));
    }
    (incidents, maintenances)
}

/// Reads a list of schedules.
pub(super) fn schedules(list: List<Row, 5_000>, posts: &Posts, warnings: &mut Warnings) -> Vec<Maintenance> {
    let rows = identified(list, "schedule", warnings);
    let schedule = |(id, row): (String, Row)| {
        let raw = code(&row).unwrap_or_default();
        let status = match raw.as_str() {
            "0" => Some(MaintenanceStatus::Scheduled),
            "1" => Some(MaintenanceStatus::InProgress),
            "2" => Some(MaintenanceStatus::Completed),
            _ => None,
        };
        let owner = format!("schedule '{id}'");
        let status = known(status, MaintenanceStatus::Unknown, &owner, "status", &raw, warnings);
        maintenance(&id, row, status, posts, warnings)
    };
    rows.into_iter().map(schedule).collect()
}

/// Returns the status code: the latest where there is one, since an update does not touch the first.
fn code(row: &Row) -> Option<String> {
    row.latest_status.get().or(value(&row.status)).map(|code| clean_line(code, WORD_CHARS))
}

fn incident(id: String, row: Row, posts: &Posts, warnings: &mut Warnings) -> Incident {
    let name = name(&row.name, "incident", &id, warnings);
    let owner = format!("incident '{name}'");
    let raw = code(&row).unwrap_or_default();
    let phase = known(phase(&raw), Phase::Unknown, &owner, "status", &raw, warnings);
    let raw_impact = row.component_status.get().map(|code| clean_line(code, WORD_CHARS));
    let impact = match raw_impact.as_deref() {
        Some("2") => Impact::Minor,
        Some("3") => Impact::Major,
        Some("4") => Impact::Critical,
        Some(_) | None => Impact::Unknown,
    };
    Incident {
        impact,
        raw_impact,
        phase,
        started_at: time(&row.occurred_at, &row.occurred).and_then(times::any),
        created_at: time(&row.created_at, &row.created).and_then(times::any),
        updated_at: time(&row.updated_at, &row.updated).and_then(times::any),
        resolved_at: None,
        url: warnings.link(&owner, "permalink", row.permalink.get().filter(|link| !link.is_empty())),
        components: affected(&row),
        updates: updates(&row, posts, warnings),
        id,
        name,
    }
}

fn phase(code: &str) -> Option<Phase> {
    match code {
        "1" => Some(Phase::Investigating),
        "2" => Some(Phase::Identified),
        "3" => Some(Phase::Monitoring),
        "4" => Some(Phase::Resolved),
        _ => None,
    }
}

/// Reads planned work. Its ids are counted apart from those of incidents, hence the prefix.
fn maintenance(
    id: &str,
    row: Row,
    status: MaintenanceStatus,
    posts: &Posts,
    warnings: &mut Warnings,
) -> Maintenance {
    Maintenance {
        id: format!("schedule-{id}"),
        name: name(&row.name, "schedule", id, warnings),
        status,
        starts_at: time(&row.scheduled_at, &row.scheduled).and_then(times::any),
        ends_at: time(&row.completed_at, &row.completed).and_then(times::any),
        updated_at: time(&row.updated_at, &row.updated).and_then(times::any),
        url: None,
        components: affected(&row),
        updates: updates(&row, posts, warnings),
    }
}

/// Returns the ids of what is affected: one in version 2, where 0 is none, and a relationship in version 3.
fn affected(row: &Row) -> Vec<String> {
    let related = row.relationships.0.as_ref().and_then(|to| to.components.0.as_ref());
    let related = related.into_iter().flat_map(|many| &many.data.items).filter_map(|to| id(&to.id));
    let own = id(&row.component_id).filter(|id| id != "0");
    let mut ids: Vec<String> = related.chain(own).collect();
    ids.dedup();
    ids
}

/// Returns the updates, newest first, and last the text it was opened with.
fn updates(row: &Row, posts: &Posts, warnings: &mut Warnings) -> Vec<Update> {
    let related = row.relationships.0.as_ref().and_then(|to| to.updates.0.as_ref());
    let related = related.into_iter().flat_map(|many| &many.data.items);
    let theirs = related.filter_map(|to| posts.get(to.id.get()?));
    let mut updates: Vec<Update> = Vec::new();
    for post in row.updates.items.iter().chain(theirs) {
        match id(&post.id) {
            Some(id) => updates.push(update(id, post)),
            None => warnings.add("an update has no usable id"),
        }
    }
    updates.sort_by_key(|update| Reverse(update.id.parse::<u64>().unwrap_or(0)));
    updates.dedup_by(|one, other| one.id == other.id);
    updates.extend(opening(row));
    updates
}

/// Returns the text that an incident was opened with. Version 3 gives the latest status alone, which is not that of the
/// first text.
fn opening(row: &Row) -> Option<Update> {
    let body = clean_text(row.message.get()?, BODY_CHARS);
    let first = value(&row.status).filter(|_| row.kind.get().is_none());
    let status = clean_line(first.unwrap_or_default(), WORD_CHARS);
    let at = time(&row.created_at, &row.created).and_then(times::any);
    Some(Update { id: OPENING.to_owned(), status, body, at }).filter(|update| !update.body.is_empty())
}

fn update(id: String, post: &Post) -> Update {
    Update {
        id,
        status: clean_line(value(&post.status).unwrap_or_default(), WORD_CHARS),
        body: clean_text(post.message.get().unwrap_or_default(), BODY_CHARS),
        at: time(&post.created_at, &post.created).and_then(times::any),
    }
}
