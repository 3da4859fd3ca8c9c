//! Incidents and planned work: pages of one list, asked for what has no end.

use domain::snapshot::{Coverage, Incident, Maintenance, Snapshot, Update};
use domain::{Impact, Phase, Platform};
use jiff::Timestamp;
use serde::Deserialize;

use super::order;
use super::status;
use crate::feed::Read;
use crate::feeds::blank;
use crate::feeds::document::Document;
use crate::feeds::facts::{by_clock, distinct, impact_of};
use crate::feeds::rows::{LOSSY_PART, Row as Identified, identified, is_whole, name, word};
use crate::feeds::warnings::Warnings;
use crate::feeds::wire::{Flag, List, Text};
use crate::text::{BODY_CHARS, clean_text, from_html};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Row {
    id: Text,
    title: Text,
    description: Text,
    start_time: Text,
    end_time: Text,
    updated_at: Text,
    is_planned: Flag,
    scheduled_start_time: Text,
    scheduled_end_time: Text,
    affected_components: List<Affected, 2_000>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Affected {
    component: Text,
    new_status: Text,
}

/// Reads a list of incidents; an empty one is told by its address alone. The last part of the list of what has no end
/// closes what is missing: the parts before it are read with it.
pub(super) fn read(list: List<Row, 1_000>, next: Option<&str>, source: &Document<'_>) -> Option<Read> {
    let url = source.url.as_ref();
    let is_expected = url.is_some_and(|url| url.path().starts_with("/v1/public-incidents"));
    let has_form = |row: &Row| row.affected_components.given && row.start_time.get().is_some();
    let is_ours = list.given && list.items.iter().all(has_form) && (is_expected || !list.items.is_empty());
    if !is_ours {
        return None;
    }
    if next.is_some() && !is_whole(&list) {
        return Some(Err(LOSSY_PART.to_owned()));
    }
    let asks_for_open = url.is_some_and(|url| {
        url.query_pairs().any(|(key, value)| key == "end_time__isempty" && value == "true")
    });
    let coverage =
        Coverage { open_incidents: asks_for_open && next.is_none() && is_whole(&list), ..blank::NOTHING };
    let mut warnings = Warnings::default();
    let mut snapshot = Snapshot { coverage, ..blank::snapshot(Platform::Freshstatus) };
    for (id, row) in identified(list, "incident", &mut warnings) {
        if row.is_planned.0 {
            snapshot.maintenances.push(maintenance(id, &row, source.at, &mut warnings));
        } else {
            snapshot.incidents.push(incident(id, &row, &mut warnings));
        }
    }
    snapshot.incidents = order::incidents(snapshot.incidents);
    snapshot.warnings = warnings.into_vec();
    Some(Ok(snapshot))
}

fn incident(id: String, row: &Row, warnings: &mut Warnings) -> Incident {
    let name = name(&row.title, "incident", &id, warnings);
    let owner = format!("incident '{name}'");
    let resolved_at = warnings.time(&owner, "end_time", row.end_time.get());
    let worst = row.affected_components.items.iter().max_by_key(|it| it.new_status.get().and_then(status));
    let started_at = warnings.time(&owner, "start_time", row.start_time.get());
    Incident {
        impact: worst.and_then(|it| status(it.new_status.get()?)).map_or(Impact::Unknown, impact_of),
        raw_impact: worst.and_then(|it| word(&it.new_status)),
        phase: if resolved_at.is_some() { Phase::Resolved } else { Phase::Investigating },
        started_at,
        created_at: None,
        updated_at: warnings.time(&owner, "updated_at", row.updated_at.get()),
        resolved_at,
        url: None,
        components: distinct(row.affected_components.items.iter().map(|it| &it.component)),
        updates: description(row, started_at),
        id,
        name,
    }
}

fn maintenance(id: String, row: &Row, at: Timestamp, warnings: &mut Warnings) -> Maintenance {
    let name = name(&row.title, "maintenance", &id, warnings);
    let owner = format!("maintenance '{name}'");
    let planned = [
        warnings.time(&owner, "scheduled_start_time", row.scheduled_start_time.get()),
        warnings.time(&owner, "scheduled_end_time", row.scheduled_end_time.get()),
    ];
    let real = [
        warnings.time(&owner, "start_time", row.start_time.get()),
        warnings.time(&owner, "end_time", row.end_time.get()),
    ];
    let [starts_at, ends_at] = [planned[0].or(real[0]), planned[1].or(real[1])];
    Maintenance {
        // What has really ended is over, however long it was planned.
        status: by_clock(starts_at, real[1].or(ends_at), at),
        starts_at,
        ends_at,
        updated_at: warnings.time(&owner, "updated_at", row.updated_at.get()),
        url: None,
        components: distinct(row.affected_components.items.iter().map(|it| &it.component)),
        updates: description(row, real[0]),
        id,
        name,
    }
}

/// Returns the description as the one update there is.
fn description(row: &Row, at: Option<Timestamp>) -> Vec<Update> {
    let body = row.description.get().map(|text| {
        if text.contains("</") || text.contains("<br") {
            from_html(text)
        } else {
            clean_text(text, BODY_CHARS)
        }
    });
    let update = |body| Update { id: "description".to_owned(), status: String::new(), body, at };
    body.filter(|body| !body.trim().is_empty()).map(update).into_iter().collect()
}

impl Identified for Row {
    fn id(&self) -> &Text {
        &self.id
    }
}
