//! Providers as JSON. Times are RFC 3339, absent facts `null`; nothing derives from the vocabulary itself, so that every
//! field that changes there is seen here.

use domain::{
    SourceHealth, Status,
    knowledge::{KnownComponent, KnownIncident, KnownMaintenance},
    snapshot::Update,
};
use engine::live::{Entry, OpenIncident};
use jiff::Timestamp;
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct ItemJson<'a> {
    slug: &'a str,
    name: &'a str,
    category: &'a str,
    platform: Option<&'static str>,
    status: &'static str,
    since: Option<String>,
    /// Whether it was so already at our first reading, and began before `since`.
    since_is_first_reading: bool,
    /// The worst impact of what is open, from minor on; components may deny it.
    open_impact: Option<&'static str>,
    health: &'static str,
    last_read_at: Option<String>,
    last_tried_at: Option<String>,
    /// How late the next poll is; 0 while it is not.
    poll_lag_seconds: Option<i64>,
    updated_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    incidents: Option<Vec<OpenJson<'a>>>,
    url: String,
    status_page: Option<&'a str>,
    feed: Option<&'a str>,
    api_url: String,
}

#[derive(Serialize)]
struct OpenJson<'a> {
    id: &'a str,
    name: &'a str,
    impact: &'static str,
    phase: &'static str,
    started_at: Option<String>,
    first_seen_at: String,
}

pub(super) fn item<'a>(entry: &'a Entry, public_url: &str, now: Timestamp) -> ItemJson<'a> {
    let (provider, (status, since)) = (&entry.provider, entry.status(now));
    let lag = |due: Timestamp| now.duration_since(due).as_secs().max(0);
    ItemJson {
        slug: &provider.slug,
        name: &provider.name,
        category: &provider.category,
        platform: entry.platform.map(domain::Platform::word),
        status: status.word(),
        since: time(since),
        since_is_first_reading: since.is_some() && since == entry.first_read_at,
        open_impact: entry.open_impact(now).map(domain::Impact::word),
        health: entry.health(now).word(),
        last_read_at: time(entry.source.last_fresh_at),
        last_tried_at: time(entry.source.last_poll_at),
        poll_lag_seconds: entry.source.next_poll_at.map(lag),
        updated_at: time(entry.updated_at),
        incidents: Some(entry.incidents.iter().map(open).collect()),
        url: format!("{public_url}{}", provider.path()),
        status_page: provider.status_page.as_deref(),
        feed: provider.feed.as_deref(),
        api_url: format!("{public_url}/api/v1/providers/{}", provider.slug),
    }
}

impl<'a> ItemJson<'a> {
    /// Leaves the open incidents out, where they are told in full beside.
    pub(super) fn without_incidents(self) -> Self {
        Self { incidents: None, ..self }
    }
}

fn open(of: &OpenIncident) -> OpenJson<'_> {
    OpenJson {
        id: &of.id,
        name: &of.name,
        impact: of.impact.word(),
        phase: of.phase.word(),
        started_at: time(of.started_at),
        first_seen_at: of.first_seen_at.to_string(),
    }
}

#[derive(Serialize)]
pub(super) struct ComponentJson<'a> {
    id: &'a str,
    name: &'a str,
    group: Option<&'a str>,
    status: &'static str,
    raw_status: &'a str,
    updated_at: Option<String>,
    since: String,
    since_is_first_reading: bool,
    /// What it was when the source could last be read; there only while it can't be.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_status: Option<&'static str>,
}

pub(super) fn component(
    of: &KnownComponent,
    health: SourceHealth,
    first_read_at: Option<Timestamp>,
) -> ComponentJson<'_> {
    let (component, status) = (&of.component, of.component.status);
    let is_unread = is_unread(health);
    ComponentJson {
        id: &component.id,
        name: &component.name,
        group: component.group.as_deref(),
        status: if is_unread { Status::Unknown } else { status }.word(),
        raw_status: &component.raw_status,
        updated_at: time(component.updated_at),
        since: of.since.to_string(),
        since_is_first_reading: Some(of.since) == first_read_at,
        last_status: is_unread.then_some(status.word()),
    }
}

/// Whether nothing that is known counts as what is so now.
pub(super) const fn is_unread(health: SourceHealth) -> bool {
    match health {
        SourceHealth::Unreadable | SourceHealth::NeverRead => true,
        SourceHealth::Fresh | SourceHealth::Stale => false,
    }
}

#[derive(Serialize)]
pub(super) struct IncidentJson<'a> {
    id: &'a str,
    name: &'a str,
    impact: &'static str,
    raw_impact: Option<&'a str>,
    status: &'static str,
    started_at: Option<String>,
    created_at: Option<String>,
    updated_at: Option<String>,
    resolved_at: Option<String>,
    first_seen_at: String,
    url: Option<&'a str>,
    components: &'a [String],
    updates: Vec<UpdateJson<'a>>,
}

pub(super) fn incident(of: &KnownIncident) -> IncidentJson<'_> {
    let incident = &of.incident;
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
        first_seen_at: of.first_seen_at.to_string(),
        url: incident.url.as_deref(),
        components: &incident.components,
        updates: incident.updates.iter().map(update).collect(),
    }
}

#[derive(Serialize)]
pub(super) struct MaintenanceJson<'a> {
    id: &'a str,
    name: &'a str,
    status: &'static str,
    starts_at: Option<String>,
    ends_at: Option<String>,
    updated_at: Option<String>,
    first_seen_at: String,
    url: Option<&'a str>,
    components: &'a [String],
    updates: Vec<UpdateJson<'a>>,
}

pub(super) fn maintenance(of: &KnownMaintenance) -> MaintenanceJson<'_> {
    let maintenance = &of.maintenance;
    MaintenanceJson {
        id: &maintenance.id,
        name: &maintenance.name,
        status: maintenance.status.word(),
        starts_at: time(maintenance.starts_at),
        ends_at: time(maintenance.ends_at),
        updated_at: time(maintenance.updated_at),
        first_seen_at: of.first_seen_at.to_string(),
        url: maintenance.url.as_deref(),
        components: &maintenance.components,
        updates: maintenance.updates.iter().map(update).collect(),
    }
}

#[derive(Serialize)]
struct UpdateJson<'a> {
    id: &'a str,
    status: &'a str,
    body: &'a str,
    at: Option<String>,
}

fn update(of: &Update) -> UpdateJson<'_> {
    UpdateJson { id: &of.id, status: &of.status, body: &of.body, at: time(of.at) }
}

pub(super) fn time(at: Option<Timestamp>) -> Option<String> {
    at.map(|at| at.to_string())
}
