//! Apple: the data of its System Status pages, one for everyone and one for developers.
//!
//! Known from those who read it, never captured. The document is a call of a script, `jsonCallback({…});`, for developers
//! at times plain JSON; it is cut out, never run. Dates for people are in Pacific time without saying so, so only the
//! epochs beside them are read. A service has no id but its name.

use std::collections::{HashMap, HashSet};

use domain::snapshot::{Component, Coverage, Incident, Maintenance, Snapshot, Update};
use domain::{Impact, MaintenanceStatus, Phase, Platform, Status};
use jiff::Timestamp;
use serde::Deserialize;
use url::Url;

use super::document::{Document, Kind};
use super::reader::Reader;
use super::rows::{id, line, word};
use super::warnings::Warnings;
use super::wire::{Flag, List, Object, Text, Whole};
use super::{blank, body, order, times};
use crate::feed::Read;
use crate::text::from_html;

/// Where the data is, below the page.
const DATA: &str = "https://www.apple.com/support/systemstatus/data";

/// Apple.
pub(crate) struct Apple;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Page {
    services: List<Service, 1_000>,
    drpost: Flag,
    #[serde(rename = "drMessage")]
    message: Text,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Service {
    service_name: Text,
    events: List<Event, 200>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Event {
    message_id: Text,
    status_type: Text,
    event_status: Text,
    message: Text,
    epoch_start_date: Whole,
    epoch_end_date: Whole,
}

/// Where an event is in its life.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Upcoming,
    Ongoing,
    Over,
    Unknown,
}

impl Reader for Apple {
    fn platform(&self) -> Platform {
        Platform::Apple
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::Json, Kind::Text]
    }

    fn read(&self, document: &Document<'_>) -> Option<Read> {
        let json = match document.kind {
            Kind::Text => match cut_out(document.text)? {
                Ok(json) => json,
                Err(reason) => return Some(Err(reason)),
            },
            Kind::Json | Kind::Xml | Kind::Html => document.text,
        };
        let page = match body::parse::<Object<Page>>(json) {
            Ok(page) => page.0?,
            Err(reason) => return Some(Err(reason)),
        };
        let is_ours = |service: &Service| service.service_name.get().is_some() && service.events.given;
        page.services.items.iter().any(is_ours).then(|| Ok(read_page(page)))
    }

    fn probes(&self, page: &Url) -> Vec<String> {
        let file = match page.host_str() {
            Some("www.apple.com" | "apple.com") if page.path().contains("/systemstatus/data/developer") => {
                "developer/system_status_en_US.js"
            }
            Some("www.apple.com" | "apple.com") if page.path().contains("/support/systemstatus") => {
                "system_status_en_US.js"
            }
            Some("developer.apple.com") if page.path().starts_with("/system-status") => {
                "developer/system_status_en_US.js"
            }
            _ => return Vec::new(),
        };
        vec![format!("{DATA}/{file}")]
    }
}

/// Returns the object that a script hands to a function; `None` where the text is no such call.
fn cut_out(text: &str) -> Option<Result<&str, String>> {
    // An empty comment before the call is a common guard against misuse of such scripts.
    let text = text.trim().trim_start_matches("/**/");
    let (function, rest) = text.split_once('(')?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '$' | '.');
    if function.is_empty() || !function.trim().chars().all(is_name) || !rest.trim_start().starts_with('{') {
        return None;
    }
    let Some(inside) = rest.trim_end_matches([';', ' ', '\n', '\r']).strip_suffix(')') else {
        return Some(Err("truncated script".to_owned()));
    };
    Some(Ok(inside.trim()))
}

fn read_page(page: Page) -> Snapshot {
    let mut warnings = Warnings::default();
    if page.drpost.0
        && let Some(message) = line(&page.message)
    {
        warnings.add(format_args!("the page shows a message of its own: {message}"));
    }
    let mut lost = page.services.dropped;
    let mut lost_events = 0;
    let mut seen = HashSet::new();
    let mut components: Vec<Component> = Vec::new();
    let mut told = Told::default();
    for service in page.services.items {
        let name = line(&service.service_name).filter(|name| seen.insert(name.clone()));
        let Some(name) = name else {
            lost += 1;
            continue;
        };
        let is_whole = service.events.given && service.events.dropped == 0;
        lost_events += usize::from(!is_whole);
        let mut component = Component {
            id: name.clone(),
            name,
            group: None,
            // What can't be read may be an outage.
            status: if is_whole { Status::Operational } else { Status::Unknown },
            raw_status: String::new(),
            updated_at: None,
        };
        for event in service.events.items {
            judge(&mut component, &event, &mut warnings);
            told.add(&component.id, event);
        }
        components.push(component);
    }
    if lost + lost_events > 0 {
        warnings
            .add(format_args!("services: {} rows unreadable, too many or given twice", lost + lost_events));
    }
    let incidents = order::incidents(told.incidents.rows);
    let is_complete = lost + lost_events == 0;
    Snapshot {
        components,
        incidents,
        maintenances: told.maintenances.rows,
        warnings: warnings.into_vec(),
        coverage: Coverage {
            components: lost == 0,
            open_incidents: is_complete,
            open_maintenances: is_complete,
        },
        ..blank::snapshot(Platform::Apple)
    }
}

/// Makes of a component what an event that is going on makes of it.
fn judge(component: &mut Component, event: &Event, warnings: &mut Warnings) {
    let stage = stage(event);
    if stage == Stage::Unknown {
        let raw = word(&event.event_status).unwrap_or_default();
        warnings.add(format_args!("event of '{}' has unknown status word '{raw}'", component.name));
    }
    if matches!(stage, Stage::Upcoming | Stage::Over) {
        return;
    }
    let raw = word(&event.status_type).unwrap_or_default();
    let status = match raw.to_ascii_lowercase().as_str() {
        "available" => Status::Operational,
        "outage" => Status::MajorOutage,
        "issue" | "performance" => Status::DegradedPerformance,
        "maintenance" => Status::UnderMaintenance,
        _ => {
            warnings.add(format_args!("event of '{}' has unknown type word '{raw}'", component.name));
            Status::Unknown
        }
    };
    let status = if stage == Stage::Unknown { Status::Unknown } else { status };
    if order::weight(status) > order::weight(component.status) {
        component.status = status;
        component.raw_status = raw;
    }
}

fn stage(event: &Event) -> Stage {
    match event.event_status.get().unwrap_or_default().to_ascii_lowercase().as_str() {
        "ongoing" => Stage::Ongoing,
        "upcoming" => Stage::Upcoming,
        "resolved" | "completed" => Stage::Over,
        _ => Stage::Unknown,
    }
}

/// The events of all services; one that touches several is listed with each under one id.
#[derive(Default)]
struct Told {
    incidents: Gathered<Incident>,
    maintenances: Gathered<Maintenance>,
}

/// What an event becomes.
trait Gather {
    fn is_over(&self) -> bool;
    fn components(&mut self) -> &mut Vec<String>;
}

/// Rows with the place of each id.
struct Gathered<T> {
    places: HashMap<String, usize>,
    rows: Vec<T>,
}

impl<T> Default for Gathered<T> {
    fn default() -> Self {
        Gathered { places: HashMap::new(), rows: Vec::new() }
    }
}

impl<T: Gather> Gathered<T> {
    /// Adds a row, or its service to the row of the same id. What goes on with one service is not over with another's.
    fn add(&mut self, id: String, mut row: T) {
        let Some(&place) = self.places.get(&id) else {
            self.places.insert(id, self.rows.len());
            self.rows.push(row);
            return;
        };
        let known = &mut self.rows[place];
        if known.is_over() && !row.is_over() {
            std::mem::swap(known, &mut row);
            std::mem::swap(known.components(), row.components());
        }
        for service in row.components().drain(..) {
            if known.components().last() != Some(&service) {
                known.components().push(service);
            }
        }
    }
}

impl Gather for Incident {
    fn is_over(&self) -> bool {
        self.phase.is_over()
    }

    fn components(&mut self) -> &mut Vec<String> {
        &mut self.components
    }
}

impl Gather for Maintenance {
    fn is_over(&self) -> bool {
        self.status.is_over()
    }

    fn components(&mut self) -> &mut Vec<String> {
        &mut self.components
    }
}

impl Told {
    fn add(&mut self, service: &str, event: Event) {
        let start = event.epoch_start_date.0.and_then(times::milliseconds);
        let end = event.epoch_end_date.0.and_then(times::milliseconds);
        let id = id(&event.message_id)
            .unwrap_or_else(|| format!("{service}/{}", start.map_or(0, Timestamp::as_second)));
        let kind = word(&event.status_type).unwrap_or_default();
        if kind.eq_ignore_ascii_case("maintenance") || stage(&event) == Stage::Upcoming {
            self.maintenances.add(id.clone(), maintenance(id, service, &event, (start, end)));
        } else {
            self.incidents.add(id.clone(), incident(id, service, &event, (start, end)));
        }
    }
}

type Span = (Option<Timestamp>, Option<Timestamp>);

fn incident(id: String, service: &str, event: &Event, (start, end): Span) -> Incident {
    let kind = word(&event.status_type).unwrap_or_default();
    let phase = match stage(event) {
        Stage::Over => Phase::Resolved,
        Stage::Ongoing => Phase::Investigating,
        Stage::Upcoming | Stage::Unknown => Phase::Unknown,
    };
    Incident {
        name: if kind.is_empty() { service.to_owned() } else { format!("{service}: {kind}") },
        impact: match kind.to_ascii_lowercase().as_str() {
            "outage" => Impact::Critical,
            "issue" | "performance" => Impact::Minor,
            "available" => Impact::None,
            _ => Impact::Unknown,
        },
        raw_impact: Some(kind).filter(|kind| !kind.is_empty()),
        phase,
        started_at: start,
        created_at: None,
        updated_at: None,
        resolved_at: end.filter(|_| phase == Phase::Resolved),
        url: None,
        components: vec![service.to_owned()],
        updates: updates(&id, event),
        id,
    }
}

fn maintenance(id: String, service: &str, event: &Event, (starts_at, ends_at): Span) -> Maintenance {
    Maintenance {
        name: format!("{service}: maintenance"),
        status: match stage(event) {
            Stage::Upcoming => MaintenanceStatus::Scheduled,
            Stage::Ongoing => MaintenanceStatus::InProgress,
            Stage::Over => MaintenanceStatus::Completed,
            Stage::Unknown => MaintenanceStatus::Unknown,
        },
        starts_at,
        ends_at,
        updated_at: None,
        url: None,
        components: vec![service.to_owned()],
        updates: updates(&id, event),
        id,
    }
}

/// An event has one text at a time, and no time of posting but for people; what it says at each stage is an update.
fn updates(id: &str, event: &Event) -> Vec<Update> {
    let body = event.message.get().map(from_html).filter(|body| !body.is_empty());
    let status = word(&event.event_status).unwrap_or_default();
    body.map(|body| Update { id: format!("{id}/{status}"), status, body, at: None }).into_iter().collect()
}

#[cfg(test)]
mod tests;
