//! Components: leaves in the order a reader sees them, headings as the `group` of what stands under them.

use std::collections::HashMap;

use domain::Status;
use domain::snapshot::Component;

use super::wire;
use crate::feeds::rows::{identified, name};
use crate::feeds::warnings::Warnings;
use crate::feeds::wire::{List, Text};
use crate::text::{WORD_CHARS, clean_line};

/// Where a row stands among its equals; without a position the order of the list decides.
type Place = (i64, usize);

/// Reads the flat list. Headings repeat the worst of their children, so they are no components of their own.
pub(super) fn read(list: List<wire::Component, 5_000>, warnings: &mut Warnings) -> Vec<Component> {
    let mut headings: HashMap<String, (Place, String)> = HashMap::new();
    let mut leaves = Vec::new();
    for (index, (id, row)) in identified(list, "component", warnings).into_iter().enumerate() {
        let place = (row.position.0.unwrap_or(i64::MAX), index);
        let name = name(&row.name, "component", &id, warnings);
        if row.group.0 {
            headings.insert(id, (place, name));
        } else {
            leaves.push((place, id, name, row));
        }
    }
    let mut placed: Vec<(Place, Place, Component)> = leaves
        .into_iter()
        .map(|(place, id, name, row)| {
            let heading = row.group_id.get().and_then(|group| headings.get(group));
            let (root, within) = heading.map_or((place, (0, 0)), |(root, _)| (*root, place));
            let (status, raw_status) = status(&row.status, &name, warnings);
            let updated_at =
                warnings.time(format_args!("component '{name}'"), "updated_at", row.updated_at.get());
            let group = heading.map(|(_, heading)| heading.clone());
            (root, within, Component { id, name, group, status, raw_status, updated_at })
        })
        .collect();
    placed.sort_by_key(|&(root, within, _)| (root, within));
    placed.into_iter().map(|(_, _, component)| component).collect()
}

/// Maps a status word. A word we don't know is neither good nor bad.
fn status(word: &Text, name: &str, warnings: &mut Warnings) -> (Status, String) {
    let Some(word) = word.get() else {
        warnings.add(format_args!("component '{name}' has no status word"));
        return (Status::Unknown, String::new());
    };
    let raw = clean_line(word, WORD_CHARS);
    let mapped = match raw.as_str() {
        "operational" => Status::Operational,
        "degraded_performance" => Status::DegradedPerformance,
        "partial_outage" => Status::PartialOutage,
        // The second is the word of those who took over the form.
        "major_outage" | "full_outage" => Status::MajorOutage,
        "under_maintenance" => Status::UnderMaintenance,
        unknown => {
            warnings.add(format_args!("component '{name}' has unknown status word '{unknown}'"));
            Status::Unknown
        }
    };
    (mapped, raw)
}
