//! A reading as JSON: exactly section 4 of the contract, keys in its order, absent facts as `null`.

use domain::snapshot::{Component, Incident, Maintenance, Page, Reading, Snapshot, Update};
use jiff::Timestamp;
use serde::Serialize;

/// Returns the normalized snapshot as indented JSON, or `{"health":"unreadable","reason":…}`.
#[must_use]
pub fn to_json(reading: &Reading) -> String {
    match reading {
        Reading::Fresh(snapshot) => pretty(&SnapshotJson::of(snapshot)),
        Reading::Unreadable { reason } => pretty(&UnreadableJson { health: "unreadable", reason }),
    }
}

fn pretty(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).expect("structs of strings and lists always serialize")
}

#[derive(Serialize)]
struct UnreadableJson<'a> {
    health: &'static str,
    reason: &'a str,
}

#[derive(Serialize)]
struct SnapshotJson<'a> {
    health: &'static str,
    platform: &'static str,
    page: PageJson<'a>,
    overall: Option<OverallJson<'a>>,
    components: Vec<ComponentJson<'a>>,
    incidents: Vec<IncidentJson<'a>>,
    maintenances: Vec<MaintenanceJson<'a>>,
    warnings: &'a [String],
}

#[derive(Serialize)]
struct PageJson<'a> {
    id: Option<&'a str>,
    name: Option<&'a str>,
    url: Option<&'a str>,
    updated_at: Option<String>,
}

#[derive(Serialize)]
struct OverallJson<'a> {
    status: &'static str,
    headline: Option<&'a str>,
    raw: &'a str,
}

#[derive(Serialize)]
struct ComponentJson<'a> {
    id: &'a str,
    name: &'a str,
    group: Option<&'a str>,
    status: &'static str,
    raw_status: &'a str,
    updated_at: Option<String>,
}

#[derive(Serialize)]
struct IncidentJson<'a> {
    id: &'a str,
    name: &'a str,
    impact: &'static str,
    raw_impact: Option<&'a str>,
    status: &'static str,
    started_at: Option<String>,
    created_at: Option<String>,
    updated_at: Option<String>,
    resolved_at: Option<String>,
    url: Option<&'a str>,
    components: &'a [String],
    updates: Vec<UpdateJson<'a>>,
}

#[derive(Serialize)]
struct MaintenanceJson<'a> {
    id: &'a str,
    name: &'a str,
    status: &'static str,
    starts_at: Option<String>,
    ends_at: Option<String>,
    components: &'a [String],
    updates: Vec<UpdateJson<'a>>,
}

#[derive(Serialize)]
struct UpdateJson<'a> {
    id: &'a str,
    status: &'a str,
    body: &'a str,
    at: Option<String>,
}

impl<'a> SnapshotJson<'a> {
    fn of(snapshot: &'a Snapshot) -> Self {
        SnapshotJson {
            health: "fresh",
            platform: snapshot.platform.word(),
            page: PageJson::of(&snapshot.page),
            overall: snapshot.overall.as_ref().map(|overall| OverallJson {
                status: overall.status.word(),
                headline: overall.headline.as_deref(),
                raw: &overall.raw,
            }),
            components: snapshot.components.iter().map(ComponentJson::of).collect(),
            incidents: snapshot.incidents.iter().map(IncidentJson::of).collect(),
            maintenances: snapshot.maintenances.iter().map(MaintenanceJson::of).collect(),
            warnings: &snapshot.warnings,
        }
    }
}

impl<'a> PageJson<'a> {
    fn of(page: &'a Page) -> Self {
        PageJson {
            id: page.id.as_deref(),
            name: page.name.as_deref(),
            url: page.url.as_deref(),
            updated_at: time(page.updated_at),
        }
    }
}

impl<'a> ComponentJson<'a> {
    fn of(component: &'a Component) -> Self {
        ComponentJson {
            id: &component.id,
            name: &component.name,
            group: component.group.as_deref(),
            status: component.status.word(),
            raw_status: &component.raw_status,
            updated_at: time(component.updated_at),
        }
    }
}

impl<'a> IncidentJson<'a> {
    fn of(incident: &'a Incident) -> Self {
        IncidentJson {
            id: &incident.id,
            name: &incident.name,
            impact: incident.impact.word(),
            raw_impact: incident.raw_impact.as_deref(),
            status: incident.phase.word(),
            started_at: time(incident.started_at),
            created_at: time(incident.created_at),
            updated_at: time(incident.updated_at),
            resolved_at: time(incident.resolved_at),
            url: incident.url.as_deref(),
            components: &incident.components,
            updates: incident.updates.iter().map(UpdateJson::of).collect(),
        }
    }
}

impl<'a> MaintenanceJson<'a> {
    fn of(maintenance: &'a Maintenance) -> Self {
        MaintenanceJson {
            id: &maintenance.id,
            name: &maintenance.name,
            status: maintenance.status.word(),
            starts_at: time(maintenance.starts_at),
            ends_at: time(maintenance.ends_at),
            components: &maintenance.components,
            updates: maintenance.updates.iter().map(UpdateJson::of).collect(),
        }
    }
}

impl<'a> UpdateJson<'a> {
    fn of(update: &'a Update) -> Self {
        UpdateJson { id: &update.id, status: &update.status, body: &update.body, at: time(update.at) }
    }
}

fn time(at: Option<Timestamp>) -> Option<String> {
    at.map(|at| at.to_string())
}

#[cfg(test)]
mod tests;
