//! The simulated providers over HTTP: Atlassian Statuspage's documents, and a page for those who follow a link.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::{Value, json};

use super::world::{Component, Event, Provider, World};

/// Serves every provider of the world under its slug.
pub(super) fn routes(world: Arc<World>, base: String) -> Router {
    Router::new()
        .route("/{provider}", get(page))
        .route("/{provider}/incidents/{id}", get(incident_page))
        .route("/{provider}/api/v2/{file}", get(file))
        .with_state(Site { world, base: base.into() })
}

#[derive(Clone)]
struct Site {
    world: Arc<World>,
    base: Arc<str>,
}

async fn file(State(site): State<Site>, Path((slug, file)): Path<(String, String)>) -> Response {
    let document = site.world.get(&slug).and_then(|provider| document(&provider, &site.base, &file));
    match document {
        Some(document) => Json(document).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Returns one of the documents under `/api/v2/`.
fn document(provider: &Provider, base: &str, file: &str) -> Option<Value> {
    let listed = |events: &[Event], wanted: fn(&Event) -> bool| -> Vec<Value> {
        events.iter().filter(|event| wanted(event)).map(|event| event_json(provider, base, event)).collect()
    };
    let is_open = |event: &Event| !event.is_over();
    let mut document = json!({ "page": {
        "id": provider.slug,
        "name": provider.name,
        "url": format!("{base}/{}", provider.slug),
        "time_zone": "Etc/UTC",
        "updated_at": provider.changed_at.to_string(),
    }});
    match file {
        "summary.json" => {
            let components = provider.components.iter().enumerate();
            document["components"] =
                components.map(|(index, component)| component_json(provider, index, component)).collect();
            document["incidents"] = listed(&provider.incidents, is_open).into();
            document["scheduled_maintenances"] = listed(&provider.maintenances, is_open).into();
            document["status"] = overall(provider);
        }
        "incidents.json" => document["incidents"] = listed(&provider.incidents, |_| true).into(),
        "scheduled-maintenances.json" => {
            document["scheduled_maintenances"] = listed(&provider.maintenances, |_| true).into();
        }
        _ => return None,
    }
    Some(document)
}

/// What the page claims of the whole.
fn overall(provider: &Provider) -> Value {
    let has = |status: &str| provider.components.iter().any(|component| component.status == status);
    let (indicator, description) = if has("major_outage") {
        ("critical", "Major Service Outage")
    } else if has("partial_outage") {
        ("major", "Partial System Outage")
    } else if has("degraded_performance") {
        ("minor", "Partially Degraded Service")
    } else {
        ("none", "All Systems Operational")
    };
    json!({ "indicator": indicator, "description": description })
}

fn component_json(provider: &Provider, index: usize, of: &Component) -> Value {
    json!({
        "id": of.id,
        "name": of.name,
        "status": of.status,
        "created_at": "2020-01-01T00:00:00Z",
        "updated_at": of.changed_at.to_string(),
        "position": index + 1,
        "description": null,
        "showcase": true,
        "start_date": null,
        "group_id": null,
        "page_id": provider.slug,
        "group": false,
        "only_show_if_degraded": false,
    })
}

fn event_json(provider: &Provider, base: &str, of: &Event) -> Value {
    let affected = provider.components.iter().enumerate().filter(|(_, one)| of.components.contains(&one.id));
    let components: Vec<Value> =
        affected.map(|(n, component)| component_json(provider, n, component)).collect();
    let updates = of.updates.iter().enumerate().rev().map(|(n, update)| {
        json!({
            "id": format!("{}-{n}", of.id),
            "status": update.status,
            "body": update.body,
            "incident_id": of.id,
            "created_at": update.at.to_string(),
            "updated_at": update.at.to_string(),
            "display_at": update.at.to_string(),
            "affected_components": [],
        })
    });
    let updates: Vec<Value> = updates.collect();
    let first = of.updates.first().map_or(of.starts_at, |update| update.at);
    let last = of.updates.last().map_or(of.starts_at, |update| update.at);
    let mut json = json!({
        "id": of.id,
        "name": of.name,
        "status": of.status(),
        "impact": of.impact,
        "created_at": first.to_string(),
        "updated_at": last.to_string(),
        "started_at": of.starts_at.to_string(),
        "resolved_at": of.ends_at.filter(|_| of.is_over()).map(|end| end.to_string()),
        "shortlink": format!("{base}/{}/incidents/{}", provider.slug, of.id),
        "page_id": provider.slug,
        "incident_updates": updates,
        "components": components,
    });
    if of.impact == "maintenance" {
        json["scheduled_for"] = of.starts_at.to_string().into();
        json["scheduled_until"] = of.ends_at.map(|end| end.to_string()).into();
    }
    json
}

/// The page of a provider for people, as plain text.
async fn page(State(site): State<Site>, Path(slug): Path<String>) -> Response {
    let Some(provider) = site.world.get(&slug) else { return StatusCode::NOT_FOUND.into_response() };
    let mut lines = vec![format!("{} (simulated by midwatch demo)", provider.name), String::new()];
    lines.extend(provider.components.iter().map(|one| format!("{}: {}", one.name, one.status)));
    lines.push(String::new());
    let events = provider.incidents.iter().chain(&provider.maintenances);
    lines.extend(events.map(|event| format!("{}  {}  {}", event.starts_at, event.name, event.status())));
    lines.join("\n").into_response()
}

async fn incident_page(State(site): State<Site>, Path((slug, id)): Path<(String, String)>) -> Response {
    let Some(provider) = site.world.get(&slug) else { return StatusCode::NOT_FOUND.into_response() };
    let found = provider.incidents.iter().chain(&provider.maintenances).find(|event| event.id == id);
    let Some(event) = found else { return StatusCode::NOT_FOUND.into_response() };
    let mut lines = vec![format!("{}: {} (simulated by midwatch demo)", provider.name, event.name)];
    for update in event.updates.iter().rev() {
        lines.extend([String::new(), format!("{}  {}", update.at, update.status), update.body.clone()]);
    }
    lines.join("\n").into_response()
}
