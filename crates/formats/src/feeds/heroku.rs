//! Heroku: `/api/v4/current-status`, the list of incidents beside it, and a single incident.
//!
//! Captured: a `current-status` of 2019. The state of an incident is `state`; `resolved` is wrong about the past. What is
//! scheduled stays listed for months after it was done and has its times in prose only, so that work is under way is
//! believed only while a system is blue.

use domain::snapshot::{Component, Coverage, Incident, Maintenance, Snapshot, Update};
use domain::{Impact, MaintenanceStatus, Phase, Platform, Status};
use serde::Deserialize;
use url::Url;

use super::document::Document;
use super::reader::{Reader, at_host, beside};
use super::rows::{self, Row, identified, is_whole, line, word};
use super::warnings::Warnings;
use super::wire::{List, Object, Text};
use super::{blank, order, times};
use crate::feed::{Companion, Need, Read};
use crate::text::{BODY_CHARS, WORD_CHARS, clean_line, clean_text};

/// How many incidents the list beside the status should have.
const HISTORY: &str = "incidents?limit=50";

/// Heroku.
pub(crate) struct Heroku;

type Rows = List<IncidentRow, 500>;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Current {
    status: List<System, 100>,
    incidents: Rows,
    scheduled: Rows,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct System {
    system: Text,
    /// Instead of `system`, where an incident lists what it touches.
    name: Text,
    status: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct IncidentRow {
    id: Text,
    title: Text,
    state: Text,
    created_at: Text,
    updated_at: Text,
    resolved_at: Text,
    full_url: Text,
    status_dev: Text,
    status_prod: Text,
    systems: List<System, 100>,
    updates: List<UpdateRow, 500>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct UpdateRow {
    id: Text,
    contents: Text,
    created_at: Text,
    update_type: Text,
    status_dev: Text,
    status_prod: Text,
}

impl Reader for Heroku {
    fn platform(&self) -> Platform {
        Platform::Heroku
    }

    fn read(&self, document: &Document<'_>) -> Option<Read> {
        if document.text.trim_start().starts_with('[') {
            return match document.json::<Rows>() {
                Err(reason) => Some(Err(reason)),
                Ok(rows) => rows.items.iter().any(has_own_form).then(|| Ok(read_history(rows))),
            };
        }
        match document.json::<Object<Current>>() {
            Err(reason) => Some(Err(reason)),
            Ok(top) => match top.0.filter(is_current) {
                Some(current) => Some(read_current(current)),
                None => single(document).map(|row| Ok(read_single(row))),
            },
        }
    }

    fn companions(&self, feed: &Url) -> Vec<Companion> {
        let stands_beside = feed.path().ends_with("/api/v4/current-status");
        let history = beside(feed, "incidents").filter(|_| stands_beside);
        history
            .and_then(|url| Url::parse(&url).ok()?.join(HISTORY).ok())
            .map(|url| Companion { url: url.into(), need: Need::History })
            .into_iter()
            .collect()
    }

    fn probes(&self, page: &Url) -> Vec<String> {
        let is_ours = page.host_str() == Some("status.heroku.com");
        at_host(page, "/api/v4/current-status").filter(|_| is_ours).into_iter().collect()
    }
}

/// Whether an object is the current status: all three lists, or two that no one else has.
fn is_current(current: &Current) -> bool {
    let has_systems = current.status.items.iter().any(|row| row.system.get().is_some());
    let lists = [&current.incidents, &current.scheduled];
    let has = |rows: &Rows| rows.given || rows.wrong;
    has_systems && lists.into_iter().any(has) || current.status.given && lists.into_iter().all(has)
}

fn has_own_form(row: &IncidentRow) -> bool {
    let is_at_home = row.full_url.get().is_some_and(|url| url.starts_with("https://status.heroku.com/"));
    is_at_home && row.updates.given && row.state.get().is_some()
}

fn single(document: &Document<'_>) -> Option<IncidentRow> {
    document.json::<Object<IncidentRow>>().ok()?.0.filter(has_own_form)
}

fn read_current(current: Current) -> Read {
    for (wrong, name) in [
        (current.status.wrong, "status"),
        (current.incidents.wrong, "incidents"),
        (current.scheduled.wrong, "scheduled"),
    ] {
        if wrong {
            return Err(format!("'{name}' is not a list"));
        }
    }
    let mut warnings = Warnings::default();
    let has_all_incidents = is_whole(&current.incidents);
    let (components, lost) = components(current.status, &mut warnings);
    if components.is_empty() {
        return Err("a status without systems".to_owned());
    }
    let is_blue = components.iter().any(|it| it.status == Status::UnderMaintenance);
    let lists = [(current.incidents, false), (current.scheduled, true)];
    let (incidents, maintenances) = read_rows(lists, is_blue, &mut warnings);
    Ok(Snapshot {
        components,
        incidents,
        maintenances,
        warnings: warnings.into_vec(),
        coverage: Coverage { components: lost == 0, open_incidents: has_all_incidents, ..blank::NOTHING },
        ..blank::snapshot(Platform::Heroku)
    })
}

fn read_history(rows: Rows) -> Snapshot {
    let mut warnings = Warnings::default();
    let (incidents, maintenances) = read_rows([(rows, false), (Rows::default(), true)], false, &mut warnings);
    Snapshot { incidents, maintenances, warnings: warnings.into_vec(), ..blank::snapshot(Platform::Heroku) }
}

fn read_single(row: IncidentRow) -> Snapshot {
    read_history(Rows { given: true, items: vec![row], ..Rows::default() })
}

/// Reads the systems, which have no id but their name; also returns how many were lost.
fn components(list: List<System, 100>, warnings: &mut Warnings) -> (Vec<Component>, usize) {
    let mut lost = list.dropped;
    let mut components: Vec<Component> = Vec::new();
    for system in list.items {
        let name = line(&system.system).filter(|name| components.iter().all(|known| known.id != *name));
        let Some(name) = name else {
            lost += 1;
            continue;
        };
        let raw_status = word(&system.status).unwrap_or_default();
        let status = status(&raw_status);
        if status == Status::Unknown {
            warnings.add(format_args!("system '{name}' has unknown status word '{raw_status}'"));
        }
        components.push(Component {
            id: name.clone(),
            name,
            group: None,
            status,
            raw_status,
            updated_at: None,
        });
    }
    warnings.lost("systems", lost);
    (components, lost)
}

fn status(colour: &str) -> Status {
    match colour {
        "green" => Status::Operational,
        "yellow" => Status::DegradedPerformance,
        "red" => Status::MajorOutage,
        "blue" => Status::UnderMaintenance,
        _ => Status::Unknown,
    }
}

fn impact(colour: &str) -> Impact {
    match colour {
        "green" => Impact::None,
        "yellow" => Impact::Minor,
        "red" => Impact::Critical,
        "blue" => Impact::Maintenance,
        _ => Impact::Unknown,
    }
}

/// Reads lists of incidents, each with whether it is one of announced work.
fn read_rows(
    lists: [(Rows, bool); 2],
    is_blue: bool,
    warnings: &mut Warnings,
) -> (Vec<Incident>, Vec<Maintenance>) {
    let (mut incidents, mut maintenances): (Vec<Incident>, Vec<Maintenance>) = (Vec::new(), Vec::new());
    for (rows, is_planned) in lists {
        for (id, row) in identified(rows, "incident", warnings) {
            if is_planned || row.state.get() == Some("upcoming") {
                if maintenances.iter().all(|known| known.id != id) {
                    maintenances.push(maintenance(id, row, is_blue, warnings));
                }
            } else {
                incidents.push(incident(id, row, warnings));
            }
        }
    }
    let incidents = order::incidents(incidents);
    (incidents, maintenances)
}

/// The newest update, which stands first; where times tell otherwise, they decide.
fn newest(row: &IncidentRow) -> Option<&UpdateRow> {
    let updates = &row.updates.items;
    let instant = |update: &UpdateRow| update.created_at.get().and_then(times::any);
    if updates.iter().any(|update| instant(update).is_none()) {
        return updates.first();
    }
    updates.iter().rev().max_by_key(|update| instant(update))
}

fn incident(id: String, row: IncidentRow, warnings: &mut Warnings) -> Incident {
    let name = rows::name(&row.title, "incident", &id, warnings);
    let owner = format!("incident '{name}'");
    let raw_impact = colour(&row);
    let impact = raw_impact.as_deref().map_or(Impact::Unknown, impact);
    if let Some(raw) = raw_impact.as_deref().filter(|_| impact == Impact::Unknown) {
        warnings.add(format_args!("{owner} has unknown impact word '{raw}'"));
    }
    Incident {
        impact,
        phase: phase(&row, &owner, warnings),
        raw_impact,
        started_at: None,
        created_at: warnings.time(&owner, "created_at", row.created_at.get()),
        updated_at: warnings.time(&owner, "updated_at", row.updated_at.get()),
        resolved_at: warnings.time(&owner, "resolved_at", row.resolved_at.get()),
        url: warnings.link(&owner, "full_url", row.full_url.get()),
        components: systems(&row),
        updates: updates(row.updates, &owner, warnings),
        id,
        name,
    }
}

/// Returns the worst colour that an incident has now: of its systems, else of its newest update, else its own. What is
/// over is green; then the worst it ever had tells how bad it was.
fn colour(row: &IncidentRow) -> Option<String> {
    let worst = |words: Vec<&Text>| {
        let words = words.into_iter().filter_map(word).filter(|word| !word.is_empty());
        words.reduce(|worst, other| {
            if order::weight(status(&other)) > order::weight(status(&worst)) { other } else { worst }
        })
    };
    let systems = worst(row.systems.items.iter().map(|system| &system.status).collect());
    let latest = newest(row).and_then(|update| worst(vec![&update.status_prod, &update.status_dev]));
    let own = worst(vec![&row.status_prod, &row.status_dev]);
    let all = row.updates.items.iter().flat_map(|update| [&update.status_prod, &update.status_dev]);
    let now = systems.or(latest).or(own);
    now.filter(|colour| colour != "green").or_else(|| worst(all.collect()))
}

/// The state says whether it is over, the newest update how far it is.
fn phase(row: &IncidentRow, owner: &str, warnings: &mut Warnings) -> Phase {
    let kind = newest(row).and_then(|update| word(&update.update_type)).unwrap_or_default();
    let by_update = match kind.as_str() {
        "investigating" => Phase::Investigating,
        "issue" => Phase::Identified,
        "monitoring" => Phase::Monitoring,
        "resolved" => Phase::Resolved,
        _ => Phase::Unknown,
    };
    match row.state.get() {
        Some("resolved") => return Phase::Resolved,
        // An end that the state does not confirm is a remedy at most.
        Some("open") if by_update == Phase::Resolved => return Phase::Monitoring,
        Some("open") => {}
        other => {
            let state = other.unwrap_or_default();
            warnings.add(format_args!("{owner} has unknown status word '{}'", clean_line(state, WORD_CHARS)));
            return Phase::Unknown;
        }
    }
    if by_update == Phase::Unknown {
        warnings.add(format_args!("{owner} has unknown status word '{kind}'"));
    }
    by_update
}

fn systems(row: &IncidentRow) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for system in &row.systems.items {
        let name = line(&system.name).or_else(|| line(&system.system));
        if let Some(name) = name.filter(|name| !found.contains(name)) {
            found.push(name);
        }
    }
    found
}

fn maintenance(id: String, row: IncidentRow, is_blue: bool, warnings: &mut Warnings) -> Maintenance {
    let name = rows::name(&row.title, "maintenance", &id, warnings);
    let owner = format!("maintenance '{name}'");
    let kind = newest(&row).and_then(|update| word(&update.update_type));
    let status = match (row.state.get(), kind.as_deref()) {
        (Some("resolved"), _) | (_, Some("resolved")) => MaintenanceStatus::Completed,
        (_, Some("maintenance")) if is_blue => MaintenanceStatus::InProgress,
        // Under way by its own word, though no system is at work: it may be done since months.
        (_, Some("maintenance")) => MaintenanceStatus::Unknown,
        (_, Some("scheduled")) | (Some("upcoming"), None) => MaintenanceStatus::Scheduled,
        (_, other) => {
            warnings.add(format_args!("{owner} has unknown status word '{}'", other.unwrap_or_default()));
            MaintenanceStatus::Unknown
        }
    };
    Maintenance {
        status,
        starts_at: None,
        ends_at: None,
        updated_at: warnings.time(&owner, "updated_at", row.updated_at.get()),
        url: warnings.link(&owner, "full_url", row.full_url.get()),
        components: systems(&row),
        updates: updates(row.updates, &owner, warnings),
        id,
        name,
    }
}

fn updates(list: List<UpdateRow, 500>, owner: &str, warnings: &mut Warnings) -> Vec<Update> {
    let updates: Vec<Update> = identified(list, &format!("update of {owner}"), warnings)
        .into_iter()
        .map(|(id, row)| Update {
            id,
            status: word(&row.update_type).unwrap_or_default(),
            body: row.contents.get().map(|text| clean_text(text, BODY_CHARS)).unwrap_or_default(),
            at: warnings.time(owner, "created_at", row.created_at.get()),
        })
        .collect();
    order::updates(updates)
}

impl Row for IncidentRow {
    fn id(&self) -> &Text {
        &self.id
    }
}

impl Row for UpdateRow {
    fn id(&self) -> &Text {
        &self.id
    }
}

#[cfg(test)]
mod tests;
