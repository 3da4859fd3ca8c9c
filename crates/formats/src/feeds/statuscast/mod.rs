//! StatusCast: `/summary.json` or `/status.json`, and the components inside the page.
//!
//! Measured by others while all was well, never captured: of the words only `Available` was seen on the wire, and the form
//! of an incident is unknown, so that every likely name of a field is tried and one without an id is known by its title.
//! Components stand in the page alone, as elements with a class for the status; they have no ids, so a name is one, and as
//! a page was never captured its list closes nothing. Notes that tell of no harm (`informational`, `monitored`,
//! `identified`) leave a component operational under its own word. Times without a zone are in one that is not told.

mod page;

use domain::snapshot::{Coverage, Incident, Maintenance, Overall, Page, Snapshot};
use domain::{Impact, MaintenanceStatus, Phase, Platform, Status};
use jiff::Timestamp;
use serde::Deserialize;
use url::Url;

use super::blank;
use super::document::{Document, Kind};
use super::facts::{self, told};
use super::order;
use super::reader::{Reader, at_host};
use super::rows::{id, line};
use super::times;
use super::warnings::Warnings;
use super::wire::{List, Text};
use crate::feed::{Companion, Need, Read};

/// StatusCast.
pub(crate) struct StatusCast;

impl Reader for StatusCast {
    fn platform(&self) -> Platform {
        Platform::StatusCast
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::Json, Kind::Html]
    }

    fn read(&self, document: &Document<'_>) -> Option<Read> {
        if document.kind == Kind::Html {
            return page::read(document.text);
        }
        match facts::object::<Summary>(document)? {
            Ok(summary) => read(summary),
            Err(reason) => Some(Err(reason)),
        }
    }

    fn companions(&self, feed: &Url) -> Vec<Companion> {
        let (summary, page) = (("/summary.json", Need::State), ("/", Need::Detail));
        let others: &[(&str, Need)] = match feed.path() {
            "/summary.json" => &[page],
            "/status.json" => &[summary, page],
            _ => &[],
        };
        let companion = |&(path, need): &(&str, Need)| Some(Companion { url: at_host(feed, path)?, need });
        others.iter().filter_map(companion).collect()
    }

    fn probes(&self, page: &Url) -> Vec<String> {
        ["/summary.json", "/status.json"].iter().filter_map(|path| at_host(page, path)).collect()
    }

    fn feeds_in_page(&self, page: &Document<'_>) -> Vec<String> {
        let url = page.url.as_ref().filter(|_| page::is_ours(page.text));
        url.and_then(|url| at_host(url, "/summary.json")).into_iter().collect()
    }
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Summary {
    page_name: Text,
    domain: Text,
    in_effect_since: Text,
    status: Text,
    status_text: Text,
    unresolved_incidents: List<Event, 500>,
    upcoming_incidents: List<Event, 500>,
}

/// An incident or announced work, in every form it may have.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Event {
    id: Text,
    incident_id: Text,
    title: Text,
    subject: Text,
    name: Text,
    incident_title: Text,
    status: Text,
    state: Text,
    url: Text,
    link: Text,
    start_date: Text,
    end_date: Text,
    start_time: Text,
    end_time: Text,
    last_updated: Text,
}

fn read(summary: Summary) -> Option<Read> {
    let lists = [&summary.unresolved_incidents, &summary.upcoming_incidents];
    let is_summary = summary.page_name.get().is_some() || lists.iter().any(|list| list.given || list.wrong);
    let has_form = summary.status_text.get().is_some() || summary.status.get().is_some();
    if !has_form || !is_summary && summary.in_effect_since.get().is_none() {
        return None;
    }
    if summary.status.get().is_none() {
        return Some(Err("a page without its status".to_owned()));
    }
    if lists.iter().any(|list| list.wrong) {
        return Some(Err("the incidents are not a list".to_owned()));
    }
    let mut warnings = Warnings::default();
    let (status, raw) = told(&summary.status, status, "status of the page", &mut warnings);
    let whole = is_summary && summary.unresolved_incidents.given;
    let unresolved = identified(summary.unresolved_incidents, "incident", &mut warnings);
    let upcoming = identified(summary.upcoming_incidents, "upcoming incident", &mut warnings);
    Some(Ok(Snapshot {
        platform: Platform::StatusCast,
        page: Page { id: id(&summary.domain), name: line(&summary.page_name), ..Page::default() },
        overall: Some(Overall {
            status: status.unwrap_or(Status::Unknown),
            headline: line(&summary.status_text),
            raw,
        }),
        components: Vec::new(),
        coverage: Coverage { open_incidents: whole && unresolved.1, ..blank::NOTHING },
        incidents: order::incidents(
            unresolved.0.iter().map(|(id, row)| incident(id, row, &mut warnings)).collect(),
        ),
        maintenances: upcoming.0.iter().map(|(id, row)| maintenance(id, row, &mut warnings)).collect(),
        warnings: warnings.into_vec(),
    }))
}

/// Returns the events with what each is known by, and whether none was lost.
fn identified(list: List<Event, 500>, what: &str, warnings: &mut Warnings) -> (Vec<(String, Event)>, bool) {
    let mut lost = list.dropped;
    let mut rows: Vec<(String, Event)> = Vec::new();
    for row in list.items {
        let known_by = id(&row.id).or_else(|| id(&row.incident_id)).or_else(|| row.title());
        match known_by.filter(|it| rows.iter().all(|(other, _)| other != it)) {
            Some(known_by) => rows.push((known_by, row)),
            None => lost += 1,
        }
    }
    warnings.lost(what, lost);
    (rows, lost == 0)
}

/// An unresolved incident is open whatever its word; without one nobody has said more.
fn incident(id: &str, row: &Event, warnings: &mut Warnings) -> Incident {
    let name = row.title().unwrap_or_else(|| id.to_owned());
    let owner = format!("incident '{name}'");
    let word = row.word();
    let said = word.get().map(|_| told(word, phase, format_args!("status of {owner}"), warnings));
    Incident {
        id: id.to_owned(),
        impact: Impact::Unknown,
        raw_impact: None,
        phase: said.map_or(Some(Phase::Investigating), |(phase, _)| phase).unwrap_or(Phase::Unknown),
        started_at: time(&row.start_date).or_else(|| time(&row.start_time)),
        created_at: None,
        updated_at: time(&row.last_updated),
        resolved_at: None,
        url: warnings.link(&owner, "Url", row.url.get().or(row.link.get())),
        components: Vec::new(),
        updates: Vec::new(),
        name,
    }
}

fn maintenance(id: &str, row: &Event, warnings: &mut Warnings) -> Maintenance {
    let name = row.title().unwrap_or_else(|| id.to_owned());
    Maintenance {
        id: id.to_owned(),
        status: MaintenanceStatus::Scheduled,
        starts_at: time(&row.start_date).or_else(|| time(&row.start_time)),
        ends_at: time(&row.end_date).or_else(|| time(&row.end_time)),
        updated_at: time(&row.last_updated),
        url: warnings.link(format_args!("maintenance '{name}'"), "Url", row.url.get().or(row.link.get())),
        components: Vec::new(),
        updates: Vec::new(),
        name,
    }
}

impl Event {
    fn title(&self) -> Option<String> {
        [&self.subject, &self.title, &self.incident_title, &self.name].into_iter().find_map(line)
    }

    fn word(&self) -> &Text {
        if self.status.get().is_some() { &self.status } else { &self.state }
    }
}

/// Returns an instant that has its zone; the others are local to a page that doesn't tell where it is.
fn time(text: &Text) -> Option<Timestamp> {
    times::any(text.get()?)
}

fn phase(word: &str) -> Option<Phase> {
    match word.to_ascii_lowercase().as_str() {
        "investigating" | "unavailable" | "degraded" => Some(Phase::Investigating),
        "identified" => Some(Phase::Identified),
        "monitored" | "monitoring" => Some(Phase::Monitoring),
        _ => None,
    }
}

/// Returns the meaning of a status word, which is also the end of a component's class.
fn status(word: &str) -> Option<Status> {
    match word.to_ascii_lowercase().as_str() {
        "available" | "informational" | "monitored" | "identified" => Some(Status::Operational),
        "degraded" | "investigating" => Some(Status::DegradedPerformance),
        "unavailable" => Some(Status::MajorOutage),
        "maintenance" => Some(Status::UnderMaintenance),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
