//! Incidents and announced work: maps of products, each with its history.

use std::collections::{HashMap, HashSet};

use domain::snapshot::{Component, Coverage, Incident, Maintenance, Snapshot, Update};
use domain::{Impact, MaintenanceStatus, Phase, Platform, Status};
use jiff::Timestamp;

use super::wire::{Entry, Event, IncidentEvent, MaintenanceEvent, Message, Messages, Product};
use crate::feeds::document::Document;
use crate::feeds::order::{self, Worst};
use crate::feeds::rows::{id, line, word};
use crate::feeds::warnings::Warnings;
use crate::feeds::wire::{Entries, Object, Text};
use crate::feeds::{blank, times};
use crate::text::{NAME_CHARS, from_html, line_from_html};

/// Where an event is in its life, for one product.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Open,
    Over,
    Unknown,
}

/// What an event does to a product, by the newest entry of its history.
struct Affected<'a> {
    id: String,
    name: String,
    history: Vec<(Timestamp, &'a str, &'a Entry)>,
    latest: Option<&'a Entry>,
    raw: String,
    stage: Stage,
}

/// An event with what it does to each product, and the table of its texts.
struct Told<'a> {
    id: String,
    event: &'a Event,
    products: Vec<Affected<'a>>,
    texts: &'a Texts,
}

/// The texts by their tokens.
type Texts = HashMap<String, Message>;

pub(super) fn read(
    document: &Document<'_>,
    incidents: IncidentEvent,
    work: Option<MaintenanceEvent>,
) -> Snapshot {
    let mut warnings = Warnings::default();
    let work = work.unwrap_or_default();
    let coverage = Coverage {
        open_incidents: is_whole(&incidents.incidents),
        open_maintenances: is_whole(&work.maintenance),
        ..blank::NOTHING
    };
    let mut components = Worst::default();
    let texts = texts(incidents.messages);
    let mut told = Vec::new();
    for (id, event) in identified(&incidents.incidents, "incident", &mut warnings) {
        let products = affected(event, &id, document.at, &mut warnings);
        for product in products.iter().filter(|product| is_going_on(product.stage)) {
            add(&mut components, product, severity(product).0, severity(product).2);
        }
        told.push(incident(Told { id, event, products, texts: &texts }, &mut warnings));
    }
    let told = order::incidents(told);
    let texts = self::texts(work.messages);
    let mut maintenances = Vec::new();
    for (id, event) in identified(&work.maintenance, "maintenance", &mut warnings) {
        let products = affected(event, &id, document.at, &mut warnings);
        let told = Told { id, event, products, texts: &texts };
        let maintenance = maintenance(&told, &mut warnings);
        if maintenance.status.is_active() {
            for product in &told.products {
                add(&mut components, product, Status::UnderMaintenance, product.raw.clone());
            }
        }
        maintenances.push(maintenance);
    }
    Snapshot {
        components: components.into_vec(),
        incidents: told,
        maintenances,
        warnings: warnings.into_vec(),
        coverage,
        ..blank::snapshot(Platform::Adobe)
    }
}

fn is_whole(events: &Entries<Event, 2_000>) -> bool {
    let is_whole = |event: &Event| {
        let is_read =
            |(key, it): &(String, Product)| product_id(key, it).is_some() && it.history.dropped == 0;
        event.products.dropped == 0 && event.products.items.iter().all(is_read)
    };
    events.given && events.dropped == 0 && events.items.iter().all(|(_, event)| is_whole(event))
}

fn texts(messages: Object<Messages>) -> Texts {
    messages.0.unwrap_or_default().en.items.into_iter().collect()
}

/// Returns the events, each with its id; its key in the map is the same.
fn identified<'a>(
    events: &'a Entries<Event, 2_000>,
    what: &str,
    warnings: &mut Warnings,
) -> Vec<(String, &'a Event)> {
    warnings.lost(what, events.dropped);
    let mut found: Vec<(String, &Event)> = Vec::new();
    for (key, event) in &events.items {
        match id(&event.id).or_else(|| id(&Text(Some(key.clone())))) {
            Some(id) if found.iter().all(|(known, _)| *known != id) => found.push((id, event)),
            Some(id) => warnings.add(format_args!("{what} '{id}' is listed twice")),
            None => warnings.add(format_args!("{what} without an id")),
        }
    }
    found
}

fn affected<'a>(event: &'a Event, owner: &str, at: Timestamp, warnings: &mut Warnings) -> Vec<Affected<'a>> {
    let mut found: Vec<Affected<'a>> = Vec::new();
    for (key, product) in &event.products.items {
        let Some(id) = product_id(key, product) else { continue };
        if found.iter().any(|known| known.id == id) {
            continue;
        }
        let history = history(product);
        let latest = history.last().map(|(_, _, entry)| *entry);
        let raw = latest.and_then(|it| word(&it.status).or_else(|| word(&it.cso_status))).unwrap_or_default();
        let undated = product.history.items.len() - history.len();
        if undated > 0 {
            warnings.add(format_args!("event '{owner}' has {undated} entries of {id} without a time"));
        }
        // What has no time may be the newest.
        let stage = stage(&raw).filter(|_| undated == 0).unwrap_or_else(|| {
            if !raw.is_empty() && undated == 0 {
                warnings.add(format_args!("event '{owner}' has unknown status word '{raw}' of {id}"));
            }
            let ended_at = instant(&product.ended_on).filter(|end| *end <= at);
            if raw.is_empty() && undated == 0 && ended_at.is_some() { Stage::Over } else { Stage::Unknown }
        });
        let name = line(&product.name).unwrap_or_else(|| id.clone());
        found.push(Affected { id, name, history, latest, raw, stage });
    }
    found
}

/// Returns the id of a product; its key in the map is the same.
fn product_id(key: &str, product: &Product) -> Option<String> {
    id(&product.id).or_else(|| id(&Text(Some(key.to_owned()))))
}

/// Returns the entries of a history in the order of their times, which are their keys.
fn history(product: &Product) -> Vec<(Timestamp, &str, &Entry)> {
    let when = |key: &str, entry: &Entry| {
        times::epoch(key).or_else(|| instant(&entry.status_time)).or_else(|| instant(&entry.message_time))
    };
    let entries = product.history.items.iter();
    let mut dated: Vec<(Timestamp, &str, &Entry)> =
        entries.filter_map(|(key, entry)| Some((when(key, entry)?, key.as_str(), entry))).collect();
    dated.sort_by_key(|(at, _, _)| *at);
    dated
}

fn stage(raw: &str) -> Option<Stage> {
    match raw.to_ascii_lowercase().as_str() {
        "opened" | "started" | "updated" | "reopened" | "discovery" | "scheduled" => Some(Stage::Open),
        "closed" | "completed" | "canceled" | "cancelled" | "dismissed" => Some(Stage::Over),
        _ => None,
    }
}

/// A word we don't know is no end.
fn is_going_on(stage: Stage) -> bool {
    match stage {
        Stage::Open | Stage::Unknown => true,
        Stage::Over => false,
    }
}

/// Maps a severity. A potential trouble is none yet.
fn severity(product: &Affected<'_>) -> (Status, Impact, String) {
    let raw = product.latest.and_then(|entry| word(&entry.severity)).unwrap_or_default();
    let (status, impact) = match raw.to_ascii_lowercase().as_str() {
        "critical" => (Status::MajorOutage, Impact::Critical),
        "major" => (Status::MajorOutage, Impact::Major),
        "minor" => (Status::DegradedPerformance, Impact::Minor),
        "potential" | "trivial" => (Status::Operational, Impact::None),
        "maintenance" => (Status::UnderMaintenance, Impact::Maintenance),
        _ => (Status::Unknown, Impact::Unknown),
    };
    (status, impact, raw)
}

/// Adds a product that is not well; that one works is not for this document to say.
fn add(components: &mut Worst, product: &Affected<'_>, status: Status, raw_status: String) {
    if status != Status::Operational {
        let (id, name) = (product.id.clone(), product.name.clone());
        components.add(Component { id, name, group: None, status, raw_status, updated_at: None });
    }
}

fn incident(told: Told<'_>, warnings: &mut Warnings) -> Incident {
    let is_open = told.products.is_empty() || told.products.iter().any(|product| is_going_on(product.stage));
    let now = || told.products.iter().filter(|product| !is_open || is_going_on(product.stage));
    let rank = |impact: Impact| if impact == Impact::Unknown { Impact::None } else { impact };
    let worst = now().map(severity).max_by_key(|(_, impact, _)| rank(*impact));
    let (_, impact, raw) = worst.unwrap_or((Status::Unknown, Impact::Unknown, String::new()));
    if impact == Impact::Unknown {
        warnings.add(format_args!("incident '{}' has unknown severity word '{raw}'", told.id));
    }
    let is_known = told.products.iter().any(|product| product.stage == Stage::Open);
    let times = (
        started_at(told.event),
        told.products.iter().filter_map(|it| it.history.last()).map(|it| it.0).max(),
    );
    Incident {
        name: title(&told, times.0).unwrap_or_else(|| format!("Incident {}", told.id)),
        impact,
        raw_impact: Some(raw).filter(|raw| !raw.is_empty()),
        phase: match (is_open, is_known) {
            (true, true) => Phase::Investigating,
            (true, false) => Phase::Unknown,
            (false, _) => Phase::Resolved,
        },
        started_at: times.0,
        created_at: told.products.iter().filter_map(|it| it.history.first()).map(|it| it.0).min(),
        updated_at: times.1,
        resolved_at: times.1.filter(|_| !is_open),
        url: None,
        components: now().map(|product| product.id.clone()).collect(),
        updates: updates(&told, times.0),
        id: told.id,
    }
}

fn maintenance(told: &Told<'_>, warnings: &mut Warnings) -> Maintenance {
    let own = word(&told.event.status).or_else(|| word(&told.event.cmr_status)).filter(|raw| !raw.is_empty());
    let raw = own.or_else(|| told.products.first().map(|product| product.raw.clone())).unwrap_or_default();
    let has_started = instant(&told.event.started_on).is_some();
    let status = match raw.to_ascii_lowercase().as_str() {
        "scheduled" | "opened" => MaintenanceStatus::Scheduled,
        "started" => MaintenanceStatus::InProgress,
        // Its text was changed, which happens before and during the work.
        "updated" | "reopened" if has_started => MaintenanceStatus::InProgress,
        "updated" | "reopened" => MaintenanceStatus::Scheduled,
        "completed" | "closed" => MaintenanceStatus::Completed,
        "canceled" | "cancelled" | "dismissed" => MaintenanceStatus::Cancelled,
        _ => {
            warnings.add(format_args!("maintenance '{}' has unknown status word '{raw}'", told.id));
            MaintenanceStatus::Unknown
        }
    };
    let starts_at = started_at(told.event);
    Maintenance {
        name: title(told, starts_at).unwrap_or_else(|| format!("Maintenance {}", told.id)),
        status,
        starts_at,
        ends_at: instant(&told.event.completed_on),
        updated_at: told.products.iter().filter_map(|it| it.history.last()).map(|it| it.0).max(),
        url: None,
        components: told.products.iter().map(|product| product.id.clone()).collect(),
        updates: updates(told, starts_at),
        id: told.id.clone(),
    }
}

fn started_at(event: &Event) -> Option<Timestamp> {
    let products = event.products.items.iter().filter_map(|(_, product)| instant(&product.started_on)).min();
    instant(&event.started_on).or(products).or_else(|| instant(&event.scheduled_date))
}

/// Returns the title of the newest entry that has one, else the names of the products.
fn title(told: &Told<'_>, started_at: Option<Timestamp>) -> Option<String> {
    let entries = told.products.iter().flat_map(|product| product.history.iter().rev());
    let titles = entries.filter_map(|(_, _, entry)| text(&entry.title_token, told.texts, started_at));
    let title = titles.map(|html| line_from_html(&html, NAME_CHARS)).find(|title| !title.is_empty());
    let names: Vec<&str> = told.products.iter().map(|product| product.name.as_str()).take(5).collect();
    title.or_else(|| Some(names.join(", ")).filter(|names| !names.is_empty()))
}

/// Reads the histories as updates; products that share an entry tell it once.
fn updates(told: &Told<'_>, started_at: Option<Timestamp>) -> Vec<Update> {
    let mut seen = HashSet::new();
    let mut updates: Vec<Update> = Vec::new();
    for (at, key, entry) in told.products.iter().flat_map(|product| &product.history) {
        let id = id(&Text(Some((*key).to_owned()))).filter(|id| seen.insert(id.clone()));
        let Some(id) = id else { continue };
        updates.push(Update {
            id,
            status: word(&entry.status).or_else(|| word(&entry.cso_status)).unwrap_or_default(),
            body: text(&entry.message_token, told.texts, started_at)
                .map(|it| from_html(&it))
                .unwrap_or_default(),
            at: Some(*at),
        });
    }
    order::updates(updates)
}

/// Returns the text that a token stands for, with the time in it that the page would put there.
fn text(token: &Text, texts: &Texts, started_at: Option<Timestamp>) -> Option<String> {
    let message = texts.get(token.get()?)?;
    let text = message.html_message.get().or(message.text_message.get())?;
    let start = started_at.map(|at| at.strftime("%Y-%m-%d %H:%M UTC").to_string());
    Some(text.replace("{startDateTime}", start.as_deref().unwrap_or("…")).replace("{endDateTime}", "…"))
}

fn instant(text: &Text) -> Option<Timestamp> {
    text.get().and_then(times::epoch)
}
