//! Gatus: what its checks last found, and the announcements of its configuration.
//!
//! Form of version 5, read in the server's source (2026-08); the one sample is a hand-written fixture. The list may need a
//! login, and says 401 then. A check has no status but that of its newest result; suites (since 5.2x) have the same form and
//! are read where one is declared. The announcements are the nearest thing to incidents: without ids, known by their time.

use domain::snapshot::{Component, Coverage, Incident, Snapshot, Update};
use domain::{Impact, Phase, Platform, Status};
use jiff::Timestamp;
use serde::Deserialize;
use url::Url;

use super::blank;
use super::document::Document;
use super::order;
use super::reader::{Reader, at_host};
use super::rows::{Row, identified, is_whole, known, line, name, newest, word};
use super::silence::has_stopped;
use super::times;
use super::warnings::Warnings;
use super::wire::{Answer, List, Object, Text};
use crate::feed::{Companion, Need, Read};
use crate::text::{BODY_CHARS, NAME_CHARS, clean_line, clean_text};

/// Where the list stands; a page holds the newest results, so few are enough.
const LIST: &str = "/api/v1/endpoints/statuses";

/// Gatus.
pub(crate) struct Gatus;

impl Reader for Gatus {
    fn platform(&self) -> Platform {
        Platform::Gatus
    }

    fn read(&self, document: &Document<'_>) -> Option<Read> {
        match document.json::<List<Check, 5_000>>() {
            Err(reason) => Some(Err(reason)),
            Ok(list) if list.wrong => announced(document).map(Ok),
            Ok(list) => list.items.iter().any(is_ours).then(|| Ok(checks(list, document.at))),
        }
    }

    fn companions(&self, feed: &Url) -> Vec<Companion> {
        let folder = feed.path().strip_suffix(LIST);
        let url = folder.and_then(|folder| at_host(feed, &format!("{folder}/api/v1/config")));
        url.map(|url| Companion { url, need: Need::Detail }).into_iter().collect()
    }

    fn probes(&self, page: &Url) -> Vec<String> {
        at_host(page, LIST).map(|url| format!("{url}?page=1&pageSize=5")).into_iter().collect()
    }

    /// An endpoint that is no longer checked goes on showing its last result.
    fn depends_on_time(&self) -> bool {
        true
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Check {
    key: Text,
    name: Text,
    group: Text,
    results: List<Finding, 1_000>,
    events: List<Event, 1_000>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Finding {
    success: Answer,
    timestamp: Text,
}

/// A turn to the better or the worse; not in every list.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Event {
    #[serde(rename = "type")]
    kind: Text,
    timestamp: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Configuration {
    oidc: Answer,
    authenticated: Answer,
    announcements: List<Announcement, 500>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Announcement {
    timestamp: Text,
    #[serde(rename = "type")]
    kind: Text,
    message: Text,
    archived: Answer,
}

impl Row for Check {
    fn id(&self) -> &Text {
        &self.key
    }
}

impl Row for Announcement {
    fn id(&self) -> &Text {
        &self.timestamp
    }
}

fn is_ours(check: &Check) -> bool {
    check.key.get().is_some() && (check.results.given || check.results.wrong)
}

fn checks(list: List<Check, 5_000>, at: Timestamp) -> Snapshot {
    let mut warnings = Warnings::default();
    let is_complete = is_whole(&list);
    let rows = identified(list, "endpoint", &mut warnings);
    let components: Vec<Component> =
        rows.into_iter().map(|(id, check)| component(id, &check, at, &mut warnings)).collect();
    let blank = blank::snapshot(Platform::Gatus);
    let coverage = Coverage { components: is_complete, ..blank.coverage };
    Snapshot { components, warnings: warnings.into_vec(), coverage, ..blank }
}

fn component(id: String, check: &Check, at: Timestamp, warnings: &mut Warnings) -> Component {
    let name = name(&check.name, "endpoint", &id, warnings);
    let results = &check.results;
    // Results beyond the bound would be newer than those that were kept.
    let is_readable = results.dropped == 0 && !results.wrong;
    let time = |result: &Finding| times::any(result.timestamp.get()?);
    let last = newest(&results.items, time);
    let (mut status, raw_status) = match last.and_then(|result| result.success.0).filter(|_| is_readable) {
        Some(true) => (Status::Operational, "success"),
        Some(false) => (Status::MajorOutage, "failure"),
        None => (Status::Unknown, ""),
    };
    let was_never_checked = is_readable && results.items.is_empty();
    if status == Status::Unknown && !was_never_checked {
        warnings.add(format_args!("endpoint '{name}' has no readable newest result"));
    }
    if has_stopped(&format!("endpoint '{name}'"), results.items.iter().filter_map(time), at, warnings) {
        status = Status::Unknown;
    }
    Component {
        id,
        name,
        group: line(&check.group),
        status,
        raw_status: raw_status.to_owned(),
        updated_at: turned_at(&check.events),
    }
}

/// Returns when the check last turned. The time of its newest result ticks and says nothing.
fn turned_at(events: &List<Event, 1_000>) -> Option<Timestamp> {
    let turns = events.items.iter().filter(|event| matches!(event.kind.get(), Some("HEALTHY" | "UNHEALTHY")));
    turns.filter_map(|event| times::any(event.timestamp.get()?)).max()
}

/// Reads the announcements. Those that are archived are over; a list without them is given too, so what is absent is gone.
fn announced(document: &Document<'_>) -> Option<Snapshot> {
    let configuration = document.json::<Object<Configuration>>().ok()?.0?;
    let list = configuration.announcements;
    let is_ours = configuration.oidc.0.is_some() && configuration.authenticated.0.is_some();
    if !is_ours || !list.given {
        return None;
    }
    let mut warnings = Warnings::default();
    let is_complete = is_whole(&list);
    let rows = identified(list, "announcement", &mut warnings);
    let incidents: Vec<Incident> =
        rows.into_iter().map(|(id, row)| incident(id, &row, &mut warnings)).collect();
    let incidents = order::incidents(incidents);
    let blank = blank::snapshot(Platform::Gatus);
    let coverage = Coverage { open_incidents: is_complete, ..blank.coverage };
    Some(Snapshot { incidents, warnings: warnings.into_vec(), coverage, ..blank })
}

fn incident(id: String, row: &Announcement, warnings: &mut Warnings) -> Incident {
    let body = clean_text(row.message.get().unwrap_or_default(), BODY_CHARS);
    let title = clean_line(body.lines().next().unwrap_or_default(), NAME_CHARS);
    let owner = format!("announcement '{id}'");
    let raw = word(&row.kind).unwrap_or_default();
    let impact = match raw.as_str() {
        "outage" => Some(Impact::Major),
        "warning" => Some(Impact::Minor),
        "information" | "operational" | "none" => Some(Impact::None),
        _ => None,
    };
    let is_over = row.archived.0 == Some(true) || raw == "operational";
    let created_at = warnings.time_by(&owner, "timestamp", row.timestamp.get(), times::any);
    let update = Update { id: id.clone(), status: raw.clone(), body, at: created_at };
    Incident {
        name: if title.is_empty() { id.clone() } else { title },
        impact: known(impact, Impact::Unknown, &owner, "type", &raw, warnings),
        raw_impact: Some(raw).filter(|raw| !raw.is_empty()),
        phase: if is_over { Phase::Resolved } else { Phase::Investigating },
        started_at: None,
        created_at,
        updated_at: None,
        resolved_at: None,
        url: None,
        components: Vec::new(),
        updates: vec![update],
        id,
    }
}

#[cfg(test)]
mod tests;
