//! Uptime Kuma: a page's document and the heartbeats of its monitors, which stand in a document of their own.
//!
//! Form of versions 1 and 2, read in the server's source (2026-08), and one capture of version 1. The page tells names,
//! groups, notes and maintenance; only the heartbeats tell a status, so they are needed at every poll. The page makes no
//! claim about the whole. Times are UTC without saying so; a maintenance names the zone of its own.

use std::collections::{BTreeMap, HashSet};

use domain::snapshot::{Component, Coverage, Incident, Maintenance, Page, Snapshot, Update};
use domain::{Impact, MaintenanceStatus, Phase, Platform, Status};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde::de::IgnoredAny;
use url::Url;

use super::blank;
use super::document::Document;
use super::reader::{Reader, at_host};
use super::rows::{Row, id, identified, is_whole, known, line, name, newest, word};
use super::silence::has_stopped;
use super::times::civil;
use super::warnings::Warnings;
use super::wire::{Answer, List, Object, Text, Top};
use crate::feed::{Companion, Need, Read};
use crate::text::{BODY_CHARS, clean_text};

/// Where a page's document stands; the heartbeats stand below `heartbeat/`.
const API: &str = "/api/status-page/";
/// How far behind its marker the preloaded data of a page tells the slug, in bytes.
const SLUG_WINDOW: usize = 4_000;

/// Uptime Kuma.
pub(crate) struct UptimeKuma;

impl Reader for UptimeKuma {
    fn platform(&self) -> Platform {
        Platform::UptimeKuma
    }

    fn read(&self, document: &Document<'_>) -> Option<Read> {
        match document.json::<Object<Wire>>() {
            Err(reason) => Some(Err(reason)),
            Ok(Object(wire)) => read(wire?, document),
        }
    }

    fn companions(&self, feed: &Url) -> Vec<Companion> {
        let slug = feed.path().strip_prefix(API).filter(|slug| is_slug(slug));
        let url = slug.and_then(|slug| at_host(feed, &format!("{API}heartbeat/{slug}")));
        url.map(|url| Companion { url, need: Need::State }).into_iter().collect()
    }

    fn probes(&self, page: &Url) -> Vec<String> {
        let slug = page.path().strip_prefix("/status/").map(|slug| slug.trim_end_matches('/'));
        let slug = slug.filter(|slug| is_slug(slug)).unwrap_or("default").to_ascii_lowercase();
        at_host(page, &format!("{API}{slug}")).into_iter().collect()
    }

    /// A page under a domain of its own tells its slug in the data that its script starts from.
    fn feeds_in_page(&self, page: &Document<'_>) -> Vec<String> {
        let found = preloaded_slug(page.text).zip(page.url.as_ref());
        found.and_then(|(slug, url)| at_host(url, &format!("{API}{slug}"))).into_iter().collect()
    }

    /// A monitor that has stopped goes on showing its last heartbeat.
    fn depends_on_time(&self) -> bool {
        true
    }
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Wire {
    config: Object<Config>,
    /// Version 1: an object or null.
    incident: Option<Object<Note>>,
    /// Version 2.
    incidents: List<Note, 200>,
    public_group_list: List<Group, 500>,
    maintenance_list: List<Work, 200>,
    heartbeat_list: Object<BTreeMap<String, List<Beat, 1_000>>>,
    uptime_list: Object<BTreeMap<String, IgnoredAny>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Config {
    slug: Text,
    title: Text,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Group {
    name: Text,
    monitor_list: List<Monitor, 2_000>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Monitor {
    id: Text,
    name: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Beat {
    status: Text,
    time: Text,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Note {
    id: Text,
    title: Text,
    content: Text,
    style: Text,
    created_date: Text,
    last_updated_date: Text,
    active: Answer,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Work {
    id: Text,
    title: Text,
    description: Text,
    status: Text,
    timeslot_list: List<Slot, 100>,
    timezone: Text,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Slot {
    start_date: Text,
    end_date: Text,
}

impl Row for Note {
    fn id(&self) -> &Text {
        &self.id
    }
}

impl Row for Work {
    fn id(&self) -> &Text {
        &self.id
    }
}

impl Row for Monitor {
    fn id(&self) -> &Text {
        &self.id
    }
}

fn read(wire: Wire, document: &Document<'_>) -> Option<Read> {
    match (wire.heartbeat_list.0, wire.uptime_list.0) {
        (Some(beats), _) => return Some(Ok(read_beats(beats, document.at))),
        (None, Some(_)) => return Some(Err("'heartbeatList' is not an object".to_owned())),
        (None, None) => {}
    }
    let config = wire.config.0?;
    let groups = wire.public_group_list;
    if !groups.given && !wire.maintenance_list.given {
        return None;
    }
    if !groups.given {
        return Some(Err("a page without a list of groups".to_owned()));
    }
    let mut warnings = Warnings::default();
    let (components, components_whole) = components(groups, &mut warnings);
    let (notes, notes_whole) = notes(wire.incident, wire.incidents, document);
    let coverage = Coverage {
        components: components_whole && !components.is_empty(),
        open_incidents: notes_whole,
        open_maintenances: is_whole(&wire.maintenance_list),
    };
    let incidents = identified(notes, "incident", &mut warnings)
        .into_iter()
        .map(|(id, note)| incident(id, note, &mut warnings))
        .collect();
    let maintenances = identified(wire.maintenance_list, "maintenance", &mut warnings)
        .into_iter()
        .map(|(id, work)| maintenance(&id, work, &mut warnings))
        .collect();
    let page = Page { id: id(&config.slug), name: line(&config.title), ..Page::default() };
    let warnings = warnings.into_vec();
    let blank = blank::snapshot(Platform::UptimeKuma);
    Some(Ok(Snapshot { page, components, incidents, maintenances, warnings, coverage, ..blank }))
}

/// Reads the newest heartbeat of each monitor. Their names are the page's to tell; an id stands for them until then.
fn read_beats(monitors: BTreeMap<String, List<Beat, 1_000>>, at: Timestamp) -> Snapshot {
    let mut warnings = Warnings::default();
    let component = |(monitor, beats): (String, List<Beat, 1_000>)| {
        let Some(id) = id(&Text(Some(monitor))) else {
            warnings.add("a monitor has an unusable id");
            return None;
        };
        let owner = format!("monitor '{id}'");
        let time = |beat: &Beat| civil(beat.time.get()?, &TimeZone::UTC);
        let raw_status = if beats.wrong || beats.dropped > 0 {
            warnings.add(format_args!("{owner} has unreadable heartbeats"));
            String::new()
        } else {
            newest(&beats.items, time).and_then(|beat| word(&beat.status)).unwrap_or_default()
        };
        // A monitor that has not beaten yet is nothing to warn of.
        let is_mute = raw_status.is_empty() && beats.items.is_empty();
        let status = if is_mute || has_stopped(&owner, beats.items.iter().filter_map(time), at, &mut warnings)
        {
            Status::Unknown
        } else {
            known(status(&raw_status), Status::Unknown, &owner, "status", &raw_status, &mut warnings)
        };
        Some(Component { name: id.clone(), id, group: None, status, raw_status, updated_at: None })
    };
    let components = monitors.into_iter().filter_map(component).collect();
    Snapshot { components, warnings: warnings.into_vec(), ..blank::snapshot(Platform::UptimeKuma) }
}

fn status(code: &str) -> Option<Status> {
    match code {
        "0" => Some(Status::MajorOutage),
        "1" => Some(Status::Operational),
        "2" => Some(Status::DegradedPerformance),
        "3" => Some(Status::UnderMaintenance),
        _ => None,
    }
}

/// Reads the monitors under their headings; one that stands under two counts once. Says whether none was lost.
fn components(groups: List<Group, 500>, warnings: &mut Warnings) -> (Vec<Component>, bool) {
    let mut seen = HashSet::new();
    let mut is_complete = groups.dropped == 0;
    let mut components = Vec::new();
    for group in groups.items {
        let heading = line(&group.name);
        is_complete &= is_whole(&group.monitor_list);
        for (id, monitor) in identified(group.monitor_list, "monitor", warnings) {
            if seen.insert(id.clone()) {
                components.push(Component {
                    name: name(&monitor.name, "monitor", &id, warnings),
                    group: heading.clone(),
                    status: Status::Unknown,
                    raw_status: String::new(),
                    updated_at: None,
                    id,
                });
            }
        }
    }
    if !is_complete {
        warnings.add("groups: rows dropped as unreadable or too many");
    }
    (components, is_complete)
}

/// Gathers the notes of both versions, and says whether they are all that are pinned: version 1 gives `null` for none.
fn notes(
    single: Option<Object<Note>>,
    mut list: List<Note, 200>,
    document: &Document<'_>,
) -> (List<Note, 200>, bool) {
    let is_complete = match single {
        Some(Object(Some(note))) => {
            list.items.push(note);
            !list.wrong && list.dropped == 0
        }
        Some(Object(None)) => false,
        None if list.given => is_whole(&list),
        None => !list.wrong && has_key(document, "incident"),
    };
    let is_complete = is_complete && list.items.iter().all(|note| id(&note.id).is_some());
    (list, is_complete)
}

fn has_key(document: &Document<'_>, name: &str) -> bool {
    match document.json() {
        Ok(Top::Object(keys)) => keys.iter().any(|key| key == name),
        Ok(Top::Array | Top::Scalar) | Err(_) => false,
    }
}

/// Reads a note that is pinned to the page. It has no phase but being there or not.
fn incident(id: String, note: Note, warnings: &mut Warnings) -> Incident {
    let name = name(&note.title, "incident", &id, warnings);
    let owner = format!("incident '{name}'");
    let raw_impact = word(&note.style);
    let style = raw_impact.as_deref().unwrap_or_default();
    let impact = known(impact(style), Impact::Unknown, &owner, "style", style, warnings);
    let utc = |text: &str| civil(text, &TimeZone::UTC);
    let created_at = warnings.time_by(&owner, "createdDate", note.created_date.get(), utc);
    let updated_at = warnings.time_by(&owner, "lastUpdatedDate", note.last_updated_date.get(), utc);
    let phase = if note.active.0 == Some(false) { Phase::Resolved } else { Phase::Investigating };
    let text = note.content.get().map(|text| clean_text(text, BODY_CHARS)).filter(|text| !text.is_empty());
    let update = text.map(|body| Update {
        id: id.clone(),
        status: style.to_owned(),
        body,
        at: updated_at.or(created_at),
    });
    Incident {
        id,
        name,
        impact,
        raw_impact,
        phase,
        started_at: None,
        created_at,
        updated_at,
        resolved_at: None,
        url: None,
        components: Vec::new(),
        updates: update.into_iter().collect(),
    }
}

fn impact(style: &str) -> Option<Impact> {
    match style {
        "danger" => Some(Impact::Major),
        "warning" => Some(Impact::Minor),
        "info" | "primary" | "light" | "dark" => Some(Impact::None),
        _ => None,
    }
}

/// Reads a maintenance. Its ids are counted apart from those of incidents, hence the prefix.
fn maintenance(id: &str, work: Work, warnings: &mut Warnings) -> Maintenance {
    let name = name(&work.title, "maintenance", id, warnings);
    let owner = format!("maintenance '{name}'");
    let raw = word(&work.status).unwrap_or_default();
    let status = match raw.as_str() {
        "scheduled" => Some(MaintenanceStatus::Scheduled),
        "under-maintenance" => Some(MaintenanceStatus::InProgress),
        "ended" => Some(MaintenanceStatus::Completed),
        "inactive" => Some(MaintenanceStatus::Cancelled),
        _ => None,
    };
    let status = known(status, MaintenanceStatus::Unknown, &owner, "status", &raw, warnings);
    let zone = work.timezone.get().and_then(|zone| TimeZone::get(zone).ok());
    // A time without a zone is none while the document does not name a zone that we know.
    let in_zone = |text: Option<&str>| match &zone {
        Some(zone) => civil(text?, zone),
        None => super::times::any(text?),
    };
    let slot = work.timeslot_list.items.first();
    let text =
        work.description.get().map(|text| clean_text(text, BODY_CHARS)).filter(|text| !text.is_empty());
    let update = text.map(|body| Update { id: id.to_owned(), status: raw, body, at: None });
    Maintenance {
        id: format!("maintenance-{id}"),
        name,
        status,
        starts_at: slot.and_then(|slot| in_zone(slot.start_date.get())),
        ends_at: slot.and_then(|slot| in_zone(slot.end_date.get())),
        updated_at: None,
        url: None,
        components: Vec::new(),
        updates: update.into_iter().collect(),
    }
}

/// Finds the slug in the data that a page hands to its script: `window.preloadData = {'config':{'slug':'lumen',…`.
fn preloaded_slug(page: &str) -> Option<String> {
    let (_, data) = page.split_once("window.preloadData")?;
    let window = &data[..data.floor_char_boundary(SLUG_WINDOW)];
    let (_, after) = window.split_once("'slug'").or_else(|| window.split_once("\"slug\""))?;
    let value = after.trim_start().strip_prefix(':')?.trim_start();
    let slug: String = value.chars().skip(1).take_while(|&c| c != '\'' && c != '"').collect();
    is_slug(&slug).then_some(slug)
}

fn is_slug(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

#[cfg(test)]
mod tests;
