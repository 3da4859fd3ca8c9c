//! Incidents and maintenances in Statuspage's form, which is one form for both.

use domain::{Impact, Phase};
use serde::Serialize;

use super::Component;
use crate::{
    links::{incident_file, maintenance_file, web},
    view::{Board, ComponentRef, IncidentView, MaintenanceView, UpdateView},
    words::millis,
};

#[derive(Serialize)]
pub(super) struct Incident<'a> {
    id: &'a str,
    name: &'a str,
    status: &'static str,
    created_at: String,
    updated_at: String,
    monitoring_at: Option<String>,
    resolved_at: Option<String>,
    impact: &'static str,
    shortlink: String,
    started_at: String,
    page_id: &'a str,
    incident_updates: Vec<Update<'a>>,
    components: Vec<Component<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reminder_intervals: Option<Option<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheduled_for: Option<Option<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheduled_until: Option<Option<String>>,
}

#[derive(Serialize)]
struct Update<'a> {
    id: &'a str,
    status: &'a str,
    body: &'a str,
    incident_id: &'a str,
    created_at: String,
    updated_at: String,
    display_at: Option<String>,
    affected_components: Option<()>,
    deliver_notifications: bool,
    custom_tweet: Option<()>,
    tweet_id: Option<()>,
}

/// Returns an incident as Statuspage puts it.
pub(super) fn incident<'a>(view: &'a IncidentView, board: &'a Board, all: &[Component<'a>]) -> Incident<'a> {
    let posted = millis(view.posted_at.unwrap_or(view.first_seen_at));
    let official = view.official_url.as_deref().and_then(web).map(str::to_owned);
    let watched = view.updates.iter().filter(|update| update.word == Phase::Monitoring.word());
    Incident {
        id: &view.id,
        name: &view.title,
        status: view.phase.word(),
        updated_at: millis(view.changed_at()),
        monitoring_at: watched.filter_map(|update| update.at).min().map(millis),
        resolved_at: view.resolved_at.map(millis),
        impact: view.impact.word(),
        shortlink: official.unwrap_or_else(|| board.place.url(&incident_file(&view.id))),
        started_at: millis(view.began_at()),
        page_id: &board.id,
        incident_updates: updates(&view.id, &view.updates, &posted),
        components: named(&view.components, all),
        created_at: posted,
        reminder_intervals: Some(None),
        scheduled_for: None,
        scheduled_until: None,
    }
}

/// Returns announced work as Statuspage puts it.
pub(super) fn work<'a>(view: &'a MaintenanceView, board: &'a Board, all: &[Component<'a>]) -> Incident<'a> {
    let created = view.updates.iter().filter_map(|update| update.at).min().unwrap_or(view.first_seen_at);
    let official = view.official_url.as_deref().and_then(web).map(str::to_owned);
    let ended = view.status.is_over().then(|| view.changed_at());
    Incident {
        id: &view.id,
        name: &view.title,
        status: view.status.word(),
        created_at: millis(created),
        updated_at: millis(view.changed_at()),
        monitoring_at: None,
        resolved_at: ended.map(millis),
        impact: Impact::Maintenance.word(),
        shortlink: official.unwrap_or_else(|| board.place.url(&maintenance_file(&view.id))),
        started_at: millis(view.starts_at.unwrap_or(created)),
        page_id: &board.id,
        incident_updates: updates(&view.id, &view.updates, &millis(created)),
        components: named(&view.components, all),
        reminder_intervals: None,
        scheduled_for: Some(view.starts_at.map(millis)),
        scheduled_until: Some(view.ends_at.map(millis)),
    }
}

fn updates<'a>(incident_id: &'a str, updates: &'a [UpdateView], created: &str) -> Vec<Update<'a>> {
    let form = |update: &'a UpdateView| {
        let at = update.at.map_or_else(|| created.to_owned(), millis);
        Update {
            id: &update.id,
            status: &update.word,
            body: &update.body,
            incident_id,
            updated_at: update.edited.as_ref().map_or_else(|| at.clone(), |edit| millis(edit.at)),
            created_at: at,
            display_at: update.at.map(millis),
            affected_components: None,
            deliver_notifications: true,
            custom_tweet: None,
            tweet_id: None,
        }
    };
    updates.iter().map(form).collect()
}

/// Returns the components that still exist; the names of the others stand in the pages.
fn named<'a>(wanted: &[ComponentRef], all: &[Component<'a>]) -> Vec<Component<'a>> {
    wanted
        .iter()
        .filter_map(|one| all.iter().find(|known| known.id == one.id && !known.group))
        .cloned()
        .collect()
}
