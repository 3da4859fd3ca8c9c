//! Incidents and maintenances in Statuspage's form, which is one form for both.

use std::cmp::Reverse;

use domain::{Impact, MaintenanceStatus, Phase};
use jiff::Timestamp;
use serde::Serialize;

use super::{Component, Shortlink, WINDOW};
use crate::{
    links::{incident_file, maintenance_file, web},
    view::{Board, ComponentRef, ComponentTurn, IncidentView, MaintenanceView, UpdateView},
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
    affected_components: Option<Vec<Affected<'a>>>,
    deliver_notifications: bool,
    custom_tweet: Option<()>,
    tweet_id: Option<()>,
}

#[derive(Serialize)]
struct Affected<'a> {
    code: &'a str,
    name: &'a str,
    old_status: &'static str,
    new_status: &'static str,
}

/// What records are written with.
#[derive(Clone, Copy)]
pub(super) struct Records<'a, 'c> {
    pub(super) board: &'a Board,
    pub(super) components: &'c [Component<'a>],
    pub(super) shortlink: Shortlink,
}

impl<'a> Records<'a, '_> {
    /// Returns incidents, the newest first by when they were posted.
    pub(super) fn incidents(self, views: impl Iterator<Item = &'a IncidentView>) -> Vec<Incident<'a>> {
        let mut views: Vec<&IncidentView> = views.collect();
        views.sort_by_key(|view| Reverse(view.posted_at.unwrap_or(view.first_seen_at)));
        views.into_iter().take(WINDOW).map(|view| self.incident(view)).collect()
    }

    /// Returns all announced work, the newest first.
    pub(super) fn works(self) -> Vec<Incident<'a>> {
        self.board.maintenances.iter().take(WINDOW).map(|view| self.work(view)).collect()
    }

    /// Returns the announced work in some state, in the order in which it comes.
    pub(super) fn ahead(self, wanted: fn(MaintenanceStatus) -> bool) -> Vec<Incident<'a>> {
        let mut views: Vec<&MaintenanceView> =
            self.board.maintenances.iter().filter(|one| wanted(one.status)).collect();
        views.sort_by_key(|view| view.starts_at.unwrap_or(Timestamp::MAX));
        views.into_iter().take(WINDOW).map(|view| self.work(view)).collect()
    }

    fn shortlink(self, official: Option<&str>, file: &str) -> String {
        let official = official.and_then(web).filter(|_| self.shortlink == Shortlink::There);
        official.map_or_else(|| self.board.place.url(file), str::to_owned)
    }
}

impl<'a> Records<'a, '_> {
    fn incident(self, view: &'a IncidentView) -> Incident<'a> {
        let posted = view.posted_at.unwrap_or(view.first_seen_at);
        Incident {
            id: &view.id,
            name: &view.title,
            status: view.phase.word(),
            updated_at: millis(view.changed_at()),
            monitoring_at: first_said(&view.updates, Phase::Monitoring.word()),
            resolved_at: view.resolved_at.map(millis),
            impact: view.impact.word(),
            shortlink: self.shortlink(view.official_url.as_deref(), &incident_file(&view.id)),
            started_at: millis(view.began_at()),
            page_id: &self.board.id,
            incident_updates: updates(&view.id, &view.updates, posted),
            components: named(&view.components, self.components),
            created_at: millis(posted),
            reminder_intervals: Some(None),
            scheduled_for: None,
            scheduled_until: None,
        }
    }

    /// Announced work began, as Statuspage counts, when it was announced; when it is to begin is `scheduled_for`.
    fn work(self, view: &'a MaintenanceView) -> Incident<'a> {
        let created = view.updates.iter().filter_map(|update| update.at).min().unwrap_or(view.first_seen_at);
        let ended = view.status.is_over().then(|| view.changed_at());
        Incident {
            id: &view.id,
            name: &view.title,
            status: view.status.word(),
            created_at: millis(created),
            updated_at: millis(view.changed_at()),
            monitoring_at: first_said(&view.updates, MaintenanceStatus::Verifying.word()),
            resolved_at: ended.map(millis),
            impact: Impact::Maintenance.word(),
            shortlink: self.shortlink(view.official_url.as_deref(), &maintenance_file(&view.id)),
            started_at: millis(created),
            page_id: &self.board.id,
            incident_updates: updates(&view.id, &view.updates, created),
            components: named(&view.components, self.components),
            reminder_intervals: None,
            scheduled_for: Some(view.starts_at.map(millis)),
            scheduled_until: Some(view.ends_at.map(millis)),
        }
    }
}

fn first_said(updates: &[UpdateView], word: &str) -> Option<String> {
    updates.iter().filter(|update| update.word == word).filter_map(|update| update.at).min().map(millis)
}

fn updates<'a>(incident_id: &'a str, updates: &'a [UpdateView], created: Timestamp) -> Vec<Update<'a>> {
    let form = |update: &'a UpdateView| {
        let at = millis(update.at.unwrap_or(created));
        Update {
            id: &update.id,
            status: &update.word,
            body: &update.body,
            incident_id,
            updated_at: update.edited.as_ref().map_or_else(|| at.clone(), |edit| millis(edit.at)),
            created_at: at,
            // A post-mortem stands on no place of the incident's own time.
            display_at: update.at.filter(|_| !update.is_postmortem()).map(millis),
            affected_components: affected(&update.turns),
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

fn affected(turns: &[ComponentTurn]) -> Option<Vec<Affected<'_>>> {
    let all = turns.iter().map(|turn| Affected {
        code: &turn.id,
        name: &turn.name,
        old_status: turn.before.word(),
        new_status: turn.after.word(),
    });
    (!turns.is_empty()).then(|| all.collect())
}
