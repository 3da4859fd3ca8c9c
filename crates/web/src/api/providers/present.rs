//! One provider as it is now: the normalized snapshot of the contract, with the clocks that only we have.

use axum::{extract::State, http::HeaderMap, response::Response};
use engine::Shell;
use serde::Serialize;

use super::{
    answer, find,
    json::{
        ComponentJson, IncidentJson, ItemJson, MaintenanceJson, component, incident, item, maintenance, time,
    },
};
use crate::{api::extract::Path, problem::Problem};

/// Incidents in one snapshot: everything open and then the newest; the rest is a list of its own.
const INCIDENTS: usize = 50;

/// Maintenances in one snapshot.
const MAINTENANCES: usize = 50;

#[derive(Serialize)]
struct SnapshotJson<'a> {
    #[serde(flatten)]
    item: ItemJson<'a>,
    /// Why the source can't be read, when it can't.
    reason: Option<&'a str>,
    next_poll_at: Option<String>,
    first_read_at: Option<String>,
    /// The moment this stands for.
    as_of: String,
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
struct ComponentsJson<'a> {
    data: Vec<ComponentJson<'a>>,
    health: &'static str,
    as_of: String,
}

pub(super) async fn get(
    State(shell): State<Shell>,
    Path(slug): Path<String>,
    asked: HeaderMap,
) -> Result<Response, Problem> {
    let (entry, now) = find(&shell, &slug)?;
    let stored = shell.live.whole(&shell, &entry).await?;
    let (known, health) = (&stored.knowledge, entry.health(now));
    let (open, past): (Vec<_>, Vec<_>) =
        known.incidents.iter().partition(|known| !known.incident.phase.is_over());
    let snapshot = SnapshotJson {
        item: item(&entry, &shell.identity.public_url, now).without_incidents(),
        reason: entry.source.reason.as_deref(),
        next_poll_at: time(entry.source.next_poll_at),
        first_read_at: time(known.first_read_at),
        as_of: now.to_string(),
        page: PageJson {
            id: known.page.id.as_deref(),
            name: known.page.name.as_deref(),
            url: known.page.url.as_deref(),
            updated_at: time(known.page.updated_at),
        },
        overall: known.overall.as_ref().map(|overall| OverallJson {
            status: overall.status.word(),
            headline: overall.headline.as_deref(),
            raw: &overall.raw,
        }),
        components: known.components.iter().map(|one| component(one, health, known.first_read_at)).collect(),
        incidents: open.into_iter().chain(past).take(INCIDENTS).map(incident).collect(),
        maintenances: known.maintenances.iter().take(MAINTENANCES).map(maintenance).collect(),
        warnings: &stored.warnings,
    };
    answer(&asked, &snapshot)
}

pub(super) async fn components(
    State(shell): State<Shell>,
    Path(slug): Path<String>,
    asked: HeaderMap,
) -> Result<Response, Problem> {
    let (entry, now) = find(&shell, &slug)?;
    let stored = shell.live.whole(&shell, &entry).await?;
    let health = entry.health(now);
    let known = &stored.knowledge;
    let data = known.components.iter().map(|one| component(one, health, known.first_read_at)).collect();
    answer(&asked, &ComponentsJson { data, health: health.word(), as_of: now.to_string() })
}
