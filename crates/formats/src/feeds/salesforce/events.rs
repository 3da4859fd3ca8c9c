//! Incidents and announced work. Neither has a title that says much: an incident is called by what it does and where.

use std::collections::HashSet;

use domain::snapshot::{Incident, Maintenance, Update};
use domain::{Impact, MaintenanceStatus, Phase};
use jiff::Timestamp;
use serde::Deserialize;

use crate::feeds::facts::{self, by_clock};
use crate::feeds::order;
use crate::feeds::rows::{self, id, line, word};
use crate::feeds::warnings::Warnings;
use crate::feeds::wire::{Each, Flag, List, Object, Text};
use crate::text::{BODY_CHARS, clean_text};

/// How many instances a title names.
const NAMED: usize = 3;

/// An incident or a maintenance.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Event {
    pub(super) id: Text,
    name: Text,
    is_core: Flag,
    created_at: Text,
    updated_at: Text,
    instance_keys: Each<Text, 5_000>,
    #[serde(rename = "IncidentImpacts")]
    impacts: List<ImpactRow, 200>,
    #[serde(rename = "IncidentEvents")]
    incident_events: List<Post, 500>,
    #[serde(rename = "MaintenanceEvents")]
    maintenance_events: List<Post, 500>,
    planned_start_time: Text,
    planned_end_time: Text,
    message: Object<Message>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ImpactRow {
    start_time: Text,
    end_time: Text,
    r#type: Text,
    severity: Text,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Post {
    id: Text,
    r#type: Text,
    message: Text,
    created_at: Text,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Message {
    event_status: Text,
    maintenance_type: Text,
}

impl Event {
    pub(super) fn is_incident(&self) -> bool {
        self.impacts.given
    }

    pub(super) fn is_maintenance(&self) -> bool {
        self.planned_start_time.get().is_some() && self.planned_end_time.get().is_some()
    }

    pub(super) fn touches(&self, instance: &str) -> bool {
        self.instance_keys.0.iter().any(|key| key.get() == Some(instance))
    }

    /// Adds the instance that lists it, where its own list leaves that out.
    pub(super) fn add(&mut self, instance: &str) {
        if !self.touches(instance) {
            self.instance_keys.0.push(Text(Some(instance.to_owned())));
        }
    }

    /// Returns the ids of the instances it touches.
    fn instances(&self) -> Vec<String> {
        facts::distinct(self.instance_keys.0.iter())
    }
}

/// Returns the events that have an id, each once with it.
fn distinct(events: Vec<Event>, what: &str, warnings: &mut Warnings) -> Vec<(String, Event)> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for event in events {
        match id(&event.id) {
            None => warnings.add(format_args!("{what} without an id")),
            Some(id) if seen.insert(id.clone()) => found.push((id, event)),
            // Every instance lists what touches it.
            Some(_) => {}
        }
    }
    found
}

pub(super) fn incidents(events: Vec<Event>, at: Timestamp, warnings: &mut Warnings) -> Vec<Incident> {
    let events = distinct(events, "incident", warnings);
    order::incidents(events.into_iter().map(|(id, event)| incident(id, event, at, warnings)).collect())
}

fn incident(id: String, event: Event, at: Timestamp, warnings: &mut Warnings) -> Incident {
    let instances = event.instances();
    let owner = format!("incident '{id}'");
    let spans: Vec<Span> = event.impacts.items.iter().map(|row| span(row, at, &owner, warnings)).collect();
    let is_whole = !spans.is_empty() && event.impacts.dropped == 0;
    let is_over = is_whole && spans.iter().all(|span| span.ended_at.is_some());
    // What still goes on tells how bad it is; what is over, how bad it was.
    let now = event.impacts.items.iter().zip(&spans).filter(|(_, span)| is_over || span.ended_at.is_none());
    let worst =
        now.map(|(row, _)| row).max_by_key(|row| severity(row.severity.get().unwrap_or_default(), true));
    let name = title(&id, worst.map(|row| &row.r#type), &instances);
    let raw_impact = worst.and_then(|row| word(&row.severity));
    Incident {
        impact: impact(raw_impact.as_deref(), event.is_core.0, &owner, warnings),
        raw_impact,
        phase: match (is_over, is_whole) {
            (true, _) => Phase::Resolved,
            (false, true) => Phase::Investigating,
            (false, false) => Phase::Unknown,
        },
        started_at: spans.iter().filter_map(|span| span.started_at).min(),
        created_at: warnings.time(&owner, "createdAt", event.created_at.get()),
        updated_at: warnings.time(&owner, "updatedAt", event.updated_at.get()),
        resolved_at: spans.iter().filter_map(|span| span.ended_at).max().filter(|_| is_over),
        url: None,
        components: instances,
        updates: updates(event.incident_events, &owner, warnings),
        id,
        name,
    }
}

/// When an impact began, and when it ended if it has.
struct Span {
    started_at: Option<Timestamp>,
    ended_at: Option<Timestamp>,
}

fn span(row: &ImpactRow, at: Timestamp, owner: &str, warnings: &mut Warnings) -> Span {
    Span {
        started_at: warnings.time(owner, "startTime", row.start_time.get()),
        ended_at: warnings.time(owner, "endTime", row.end_time.get()).filter(|end| *end <= at),
    }
}

/// Maps a severity; a major one of the core is as bad as it gets, as the words of the instances have it.
fn severity(word: &str, is_core: bool) -> Impact {
    match word {
        "minor" => Impact::Minor,
        "major" if is_core => Impact::Critical,
        "major" => Impact::Major,
        _ => Impact::Unknown,
    }
}

fn impact(word: Option<&str>, is_core: bool, owner: &str, warnings: &mut Warnings) -> Impact {
    let raw = word.unwrap_or_default();
    let mapped = Some(severity(raw, is_core));
    rows::known(mapped, Impact::Unknown, owner, "severity", raw, warnings)
}

/// Builds a title: `Performance degradation on NA137`.
fn title(id: &str, kind: Option<&Text>, instances: &[String]) -> String {
    let kind = kind.and_then(word).filter(|kind| !kind.is_empty());
    let what = kind.map_or_else(|| format!("Incident {id}"), |kind| spelled_out(&kind));
    let names = instances[..instances.len().min(NAMED)].join(", ");
    match instances.len().saturating_sub(NAMED) {
        _ if instances.is_empty() => what,
        0 => format!("{what} on {names}"),
        more => format!("{what} on {names} and {more} more"),
    }
}

/// Spells a key of several words out: `performanceDegradation` is "Performance degradation".
fn spelled_out(key: &str) -> String {
    let mut text = String::with_capacity(key.len() + 8);
    for (at, c) in key.char_indices() {
        match c {
            c if at == 0 => text.extend(c.to_uppercase()),
            c if c.is_uppercase() => {
                text.push(' ');
                text.extend(c.to_lowercase());
            }
            c => text.push(c),
        }
    }
    text
}

pub(super) fn maintenances(events: Vec<Event>, at: Timestamp, warnings: &mut Warnings) -> Vec<Maintenance> {
    let events = distinct(events, "maintenance", warnings);
    events.into_iter().map(|(id, event)| maintenance(id, event, at, warnings)).collect()
}

fn maintenance(id: String, event: Event, at: Timestamp, warnings: &mut Warnings) -> Maintenance {
    let instances = event.instances();
    let message = event.message.0.unwrap_or_default();
    let name = line(&event.name).unwrap_or_else(|| title(&id, Some(&message.maintenance_type), &instances));
    let owner = format!("maintenance '{name}'");
    let starts_at = warnings.time(&owner, "plannedStartTime", event.planned_start_time.get());
    let ends_at = warnings.time(&owner, "plannedEndTime", event.planned_end_time.get());
    Maintenance {
        status: match word(&message.event_status) {
            Some(word) => by_word(&word, &owner, warnings),
            None => by_clock(starts_at, ends_at, at),
        },
        starts_at,
        ends_at,
        updated_at: warnings.time(&owner, "updatedAt", event.updated_at.get()),
        url: None,
        components: instances,
        updates: updates(event.maintenance_events, &owner, warnings),
        id,
        name,
    }
}

/// Returns where work is in its life, by a word.
fn by_word(word: &str, owner: &str, warnings: &mut Warnings) -> MaintenanceStatus {
    match word {
        "scheduled" => MaintenanceStatus::Scheduled,
        "inProgress" | "started" => MaintenanceStatus::InProgress,
        "completed" => MaintenanceStatus::Completed,
        "cancelled" | "canceled" => MaintenanceStatus::Cancelled,
        unknown => {
            warnings.add(format_args!("{owner} has unknown status word '{unknown}'"));
            MaintenanceStatus::Unknown
        }
    }
}

/// Reads the posts; one without an id is told by the time it was made.
fn updates(list: List<Post, 500>, owner: &str, warnings: &mut Warnings) -> Vec<Update> {
    let mut updates: Vec<Update> = Vec::new();
    for row in list.items {
        let Some(id) = id(&row.id).or_else(|| id(&row.created_at)) else { continue };
        if updates.iter().any(|known| known.id == id) {
            continue;
        }
        updates.push(Update {
            id,
            status: word(&row.r#type).unwrap_or_default(),
            body: row.message.get().map(|text| clean_text(text, BODY_CHARS)).unwrap_or_default(),
            at: warnings.time(owner, "createdAt", row.created_at.get()),
        });
    }
    order::updates(updates)
}
