//! Recorded stretches of a real page, where the folder with them is at hand: what is known after each capture is what the
//! recording notes, each thing is told once, and the same capture again tells nothing.

use std::collections::{BTreeMap, HashMap};

use domain::Status;
use domain::change::{Change, ChangeKind};
use domain::knowledge::{Absence, Knowledge};
use serde_json::{Value, json};

use super::*;
use crate::feeds::testing::captures;

/// Returns what is known in the form of the recording's notes.
fn noted(known: &Knowledge, indicator: &str, file: &str) -> Value {
    let troubled = known.components.iter().filter(|it| it.component.status != Status::Operational);
    let components: BTreeMap<&str, &str> =
        troubled.map(|it| (it.component.name.as_str(), it.component.raw_status.as_str())).collect();
    let mut incidents: Vec<Value> = known
        .open_incidents()
        .map(|it| {
            json!({
                "id": it.incident.id, "status": it.incident.phase.word(), "impact": it.incident.impact.word(),
                "updates": it.incident.updates.len(), "newest_update": it.incident.updates.first().map(|it| it.id.as_str()),
            })
        })
        .collect();
    incidents.sort_by_key(|it| it["id"].to_string());
    let open = known.maintenances.iter().filter(|it| !it.maintenance.status.is_over());
    let mut maintenances: Vec<Value> =
        open.map(|it| json!({ "id": it.maintenance.id, "status": it.maintenance.status.word() })).collect();
    maintenances.sort_by_key(|it| it["id"].to_string());
    json!({
        "file": file, "indicator": indicator, "non_operational": components,
        "open_incidents": incidents, "maintenances": maintenances,
    })
}

fn sorted(mut note: Value) -> Value {
    for key in ["open_incidents", "maintenances"] {
        if let Some(list) = note[key].as_array_mut() {
            list.sort_by_key(|it| it["id"].to_string());
        }
    }
    note
}

/// Learns every capture twice, compares what is known with the notes, and returns what was told.
fn replayed(folder: &Path) -> Vec<Change> {
    let notes: Vec<Value> =
        serde_json::from_slice(&fs::read(folder.join("transitions.json")).unwrap()).unwrap();
    let mut known = Knowledge::default();
    let mut told = Vec::new();
    for (second, note) in notes.into_iter().enumerate() {
        let file = note["file"].as_str().unwrap().to_owned();
        let body = fs::read(folder.join(&file)).unwrap();
        let Reading::Fresh(snapshot) = read(&bare(&body), None) else { panic!("{file}") };
        let at = Timestamp::from_second(2_000_000_000 + i64::try_from(second).unwrap()).unwrap();
        let (next, changes) = known.learn(&snapshot, at, Absence::Confirmed);
        let (again, nothing) = next.learn(&snapshot, at, Absence::Confirmed);
        assert_eq!((nothing, &again), (Vec::new(), &next), "{file} told twice");
        let indicator = snapshot.overall.as_ref().map_or("", |overall| overall.raw.as_str());
        assert_eq!(noted(&next, indicator, &file), sorted(note), "{file}");
        known = next;
        told.extend(changes);
    }
    told
}

#[test]
fn recorded_stretches_are_known_as_they_were_and_told_once() {
    let Some(folder) = captures("timelines") else { return };
    for name in ["github-2020-12-maintenance-window", "github-2023-05-09-to-11-three-days"] {
        let told = replayed(&folder.join(name));
        let mut opened: HashMap<&str, i32> = HashMap::new();
        let mut updates: HashMap<&str, usize> = HashMap::new();
        for change in &told {
            assert_ne!(change.kind, ChangeKind::IncidentReopened, "{name}: {change:?}");
            let weight = [(ChangeKind::IncidentOpened, 1), (ChangeKind::IncidentResolved, 10)];
            if let Some((_, weight)) = weight.iter().find(|(kind, _)| *kind == change.kind) {
                *opened.entry(&change.subject).or_default() += weight;
            }
            if change.kind == ChangeKind::ComponentChanged {
                assert_ne!(change.from, change.to, "{name}: {change:?}");
            }
            if let Some(update) = &change.update {
                *updates.entry(update).or_default() += 1;
            }
        }
        assert!(opened.values().all(|count| *count == 11), "{name}: each opens and ends once: {opened:?}");
        assert!(updates.values().all(|count| *count == 1), "{name}: {updates:?}");
        assert!(!told.is_empty(), "{name}");
    }
}
