//! What the page of a drilled provider says, in the form of the commonest platform.

use domain::provider::slug_of;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::scenario::Beat;

/// Returns the documents of a page, one for each beat.
pub(super) fn documents(name: &str, components: &[String], beats: &[Beat]) -> Vec<(Timestamp, String)> {
    (1..=beats.len())
        .filter_map(|count| Some((beats[count - 1].at, document(name, components, beats.get(..count)?)?)))
        .collect()
}

/// The page at the last of these beats.
fn document(name: &str, components: &[String], beats: &[Beat]) -> Option<String> {
    let now = beats.last()?;
    let at = now.at.to_string();
    let listed: Vec<Value> = components
        .iter()
        .map(|component| {
            json!({ "id": slug_of(component), "name": component, "status": now.status.word(), "group": false, "updated_at": at })
        })
        .collect();
    let value = json!({
        "page": { "id": slug_of(name), "name": name, "url": format!("https://status.{}.example", slug_of(name)), "updated_at": at },
        "status": { "indicator": "none", "description": "" },
        "components": listed,
        "incidents": incidents(name, &listed, beats),
        "scheduled_maintenances": [],
    });
    Some(value.to_string())
}

/// The incident of the page while it is open. A page drops what is resolved.
fn incidents(name: &str, components: &[Value], beats: &[Beat]) -> Value {
    let said: Vec<_> = beats.iter().filter_map(|beat| Some((beat.at, beat.says?))).collect();
    let (Some((began, _)), Some((last, (phase, _)))) = (said.first(), said.last()) else { return json!([]) };
    if phase.is_over() {
        return json!([]);
    }
    let updates = said.iter().enumerate().rev().map(|(number, (at, (phase, body)))| {
        json!({
            "id": format!("drill-{number}"), "status": phase.word(), "body": body,
            "created_at": at.to_string(), "incident_id": "drill",
        })
    });
    json!([{
        "id": "drill", "name": format!("{name}: failing requests"), "status": phase.word(), "impact": "major",
        "created_at": began.to_string(), "updated_at": last.to_string(), "components": components,
        "incident_updates": updates.collect::<Value>(),
    }])
}
