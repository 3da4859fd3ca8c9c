//! Open events. What an event was at its worst stays in its `status` for ever; what is the matter now stands with each of
//! its services, where those that recovered stay listed with code 0.

use std::collections::{HashMap, HashSet};

use domain::snapshot::{Component, Coverage, Incident, Snapshot, Update};
use domain::{Impact, Phase, Platform, Status};
use jiff::Timestamp;

use super::region::{Picked, instant, of_event, of_key};
use super::{Row, Rows, StatusChange, is_current};
use crate::feeds::blank;
use crate::feeds::document::Document;
use crate::feeds::order::{self, Worst};
use crate::feeds::rows::{id, line, word};
use crate::feeds::warnings::Warnings;
use crate::feeds::wire::Text;
use crate::text::{BODY_CHARS, NAME_CHARS, clean_line, clean_text};

/// A service that an event touches.
struct Touched {
    key: String,
    name: String,
    code: String,
    status: Status,
    changed_at: Option<Timestamp>,
}

pub(super) fn read(document: &Document<'_>, list: Rows) -> Snapshot {
    let mut warnings = Warnings::default();
    let picked = Picked::of(document.url.as_ref());
    let is_complete = is_whole(&list);
    warnings.lost("event", list.dropped);
    let mut components = Worst::default();
    let mut incidents: Vec<Incident> = Vec::new();
    let mut seen = HashSet::new();
    for row in &list.items {
        let Some(id) = event_id(row) else {
            warnings.add("event without an ARN and a service");
            continue;
        };
        if !seen.insert(id.clone()) {
            warnings.add(format_args!("event '{id}' is listed twice"));
            continue;
        }
        let services = touched(row, &id, &mut warnings);
        let here: Vec<Touched> =
            services.into_iter().filter(|service| is_of_interest(service, row, &picked)).collect();
        if here.is_empty() && !picked.covers(of_event(row)) {
            continue;
        }
        let incident = incident(id, row, &here, document.at);
        for service in here {
            components.add(component(service, incident.phase.is_over()));
        }
        incidents.push(incident);
    }
    let incidents = order::incidents(incidents);
    Snapshot {
        components: components.into_vec(),
        incidents,
        warnings: warnings.into_vec(),
        coverage: Coverage { open_incidents: is_complete && is_current(document), ..blank::NOTHING },
        ..blank::snapshot(Platform::Aws)
    }
}

fn is_whole(list: &Rows) -> bool {
    list.given
        && list.dropped == 0
        && list.items.iter().all(|row| event_id(row).is_some() && knows_all_services(row))
}

/// Whether every service of an event could be read.
fn knows_all_services(row: &Row) -> bool {
    let keys = row.impacted_services.items.iter().map(|(key, _)| id(&Text(Some(key.clone()))));
    let changes = &row.impacted_service_status_changes;
    // Of an event that lists none, the log tells how its one service is.
    let is_listed = !row.impacted_services.items.is_empty() || !changes.items.is_empty();
    row.impacted_services.dropped == 0
        && changes.dropped == 0
        && (is_listed || row.event_log.dropped == 0)
        && keys.into_iter().all(|key| key.is_some())
}

/// Returns the ARN; where it can't be an id, the service and the second in which it began are.
fn event_id(row: &Row) -> Option<String> {
    id(&row.arn).or_else(|| Some(format!("{}_{}", id(&row.service)?, id(&row.date)?)))
}

/// A service without a place of its own is where its event is.
fn is_of_interest(service: &Touched, row: &Row, picked: &Picked) -> bool {
    picked.covers(of_key(&service.key).or_else(|| of_event(row)))
}

/// Returns the services of an event as they are now; an event that lists none is about the one it is named after.
fn touched(row: &Row, event: &str, warnings: &mut Warnings) -> Vec<Touched> {
    let mut latest: HashMap<&str, &StatusChange> = HashMap::new();
    for change in &row.impacted_service_status_changes.items {
        let Some(key) = change.service.get() else { continue };
        let known = latest.entry(key).or_insert(change);
        if instant(change.timestamp.get()) > instant(known.timestamp.get()) {
            *known = change;
        }
    }
    let mut services: Vec<Touched> = Vec::new();
    for (key, impacted) in &row.impacted_services.items {
        let change = latest.remove(key.as_str());
        let Some(key) = id(&Text(Some(key.clone()))) else { continue };
        let code = word(&impacted.current).or_else(|| word(&change?.current_status)).unwrap_or_default();
        let changed_at = change.and_then(|change| instant(change.timestamp.get()));
        let name = line(&impacted.service_name).unwrap_or_else(|| key.clone());
        services.push(Touched { status: status(&code, event, &key, warnings), key, name, code, changed_at });
    }
    // Services that only their changes name, in the order of the document.
    for change in &row.impacted_service_status_changes.items {
        let change = change.service.get().and_then(|key| latest.remove(key));
        let Some((key, change)) = change.and_then(|change| Some((id(&change.service)?, change))) else {
            continue;
        };
        let code = word(&change.current_status).unwrap_or_default();
        let changed_at = instant(change.timestamp.get());
        let name = line(&change.service_name).unwrap_or_else(|| key.clone());
        services.push(Touched { status: status(&code, event, &key, warnings), key, name, code, changed_at });
    }
    if services.is_empty()
        && let Some(key) = id(&row.service)
    {
        let code = latest_code(row).or_else(|| word(&row.status)).unwrap_or_default();
        let name = line(&row.service_name).unwrap_or_else(|| key.clone());
        services.push(Touched {
            status: status(&code, event, &key, warnings),
            key,
            name,
            code,
            changed_at: None,
        });
    }
    services
}

/// The code of the newest entry of the log.
fn latest_code(row: &Row) -> Option<String> {
    let entries = row.event_log.items.iter();
    entries.max_by_key(|entry| instant(entry.timestamp.get())).and_then(|entry| word(&entry.status))
}

/// Maps a code. An informational message says that something works, with a notice.
fn status(code: &str, event: &str, key: &str, warnings: &mut Warnings) -> Status {
    let mapped = match code {
        "0" | "1" => Status::Operational,
        "2" => Status::DegradedPerformance,
        "3" => Status::MajorOutage,
        _ => Status::Unknown,
    };
    if mapped == Status::Unknown {
        warnings.add(format_args!("event '{event}' has unknown status word '{code}' of {key}"));
    }
    mapped
}

/// Makes a component of a service. An event that is over has none in trouble.
fn component(service: Touched, is_over: bool) -> Component {
    Component {
        group: of_key(&service.key).map(str::to_owned),
        id: service.key,
        name: service.name,
        status: if is_over { Status::Operational } else { service.status },
        raw_status: service.code,
        updated_at: service.changed_at,
    }
}

fn incident(id: String, row: &Row, services: &[Touched], at: Timestamp) -> Incident {
    let name = title(row).unwrap_or_else(|| id.clone());
    let updates = updates(row);
    let ended_at = instant(row.end_time.get()).filter(|end| *end <= at);
    let has_recovered = !services.is_empty() && services.iter().all(|it| it.code == "0");
    let is_over = ended_at.is_some() || has_recovered && knows_all_services(row);
    let worst = services.iter().map(|it| it.code.as_str()).max_by_key(|code| rank(code)).unwrap_or_default();
    let peak = word(&row.status).unwrap_or_default();
    let raw_impact = if is_over { peak } else { worst.to_owned() };
    let touches = |it: &&Touched| is_over || it.code != "0";
    Incident {
        impact: impact(&raw_impact),
        raw_impact: Some(raw_impact).filter(|raw| !raw.is_empty()),
        phase: if is_over { Phase::Resolved } else { Phase::Investigating },
        started_at: instant(row.date.get()),
        created_at: updates.iter().filter_map(|update| update.at).min(),
        updated_at: updates.iter().filter_map(|update| update.at).max(),
        resolved_at: ended_at
            .or_else(|| services.iter().filter_map(|it| it.changed_at).max().filter(|_| is_over)),
        url: None,
        components: services.iter().filter(touches).map(|it| it.key.clone()).collect(),
        updates,
        id,
        name,
    }
}

/// Returns a title that says what and where: a summary alone is shared by half of all events.
fn title(row: &Row) -> Option<String> {
    let summary = line(&row.summary)?;
    let title = match (line(&row.service_name), line(&row.region_name)) {
        (Some(service), Some(region)) if !service.contains(region.as_str()) => {
            format!("{service} ({region}): {summary}")
        }
        (Some(service), _) => format!("{service}: {summary}"),
        (None, Some(region)) => format!("{region}: {summary}"),
        (None, None) => summary,
    };
    Some(clean_line(&title, NAME_CHARS))
}

/// Ranks codes, those we don't know above 0 and 1: what is not understood must not hide.
fn rank(code: &str) -> u8 {
    match code {
        "0" => 0,
        "1" => 1,
        "2" => 3,
        "3" => 4,
        _ => 2,
    }
}

fn impact(code: &str) -> Impact {
    match code {
        "0" | "1" => Impact::None,
        "2" => Impact::Minor,
        "3" => Impact::Critical,
        _ => Impact::Unknown,
    }
}

/// Reads the log. Its entries have no ids; the second each was posted in is its own.
fn updates(row: &Row) -> Vec<Update> {
    let mut updates: Vec<Update> = Vec::new();
    for entry in &row.event_log.items {
        let Some(id) = id(&entry.timestamp).filter(|id| updates.iter().all(|it| it.id != *id)) else {
            continue;
        };
        updates.push(Update {
            at: instant(Some(&id)),
            id,
            status: word(&entry.status).unwrap_or_default(),
            body: entry.message.get().map(|text| clean_text(text, BODY_CHARS)).unwrap_or_default(),
        });
    }
    order::updates(updates)
}
