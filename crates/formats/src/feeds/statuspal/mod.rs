//! Statuspal: `https://statuspal.io/api/v2/status_pages/SUBDOMAIN/summary` (in Europe `statuspal.eu`).
//!
//! Documented, and read in client code; never captured. A page and a service say what type of incident is going on, where
//! null means that all is well and owners may have types of their own; a field that is left out says nothing. A service is
//! in whatever its parent is in. An incident without an end is open. Times have no zone and are taken for UTC. Not read:
//! `is_up` of a service, whose relation to the rest nobody has told.

mod events;
mod wire;

use std::collections::{HashMap, HashSet};

use domain::snapshot::{Component, Coverage, Overall, Page, Snapshot};
use domain::{Impact, Platform, Status};
use url::Url;

use self::wire::{Document, Event, Service, Stated, worded};
use super::document::Document as Source;
use super::facts::{self, told};
use super::reader::{Reader, beside};
use super::rows::{id, is_whole, line, name};
use super::warnings::Warnings;
use super::wire::{List, Text};
use crate::feed::{Companion, Need, Read};

/// Statuspal.
pub(crate) struct Statuspal;

impl Reader for Statuspal {
    fn platform(&self) -> Platform {
        Platform::Statuspal
    }

    fn read(&self, document: &Source<'_>) -> Option<Read> {
        match facts::object::<Document>(document)? {
            Ok(parsed) => is_ours(&parsed).then(|| read(parsed, document)),
            Err(reason) => Some(Err(reason)),
        }
    }

    fn companions(&self, feed: &Url) -> Vec<Companion> {
        let is_of_page = feed.path().starts_with("/api/v2/status_pages/");
        let (file, need) = match feed.path().rsplit('/').next().filter(|_| is_of_page) {
            Some("summary") => ("incidents", Need::History),
            Some("status") => ("summary", Need::State),
            Some(_) | None => return Vec::new(),
        };
        beside(feed, file).map(|url| Companion { url, need }).into_iter().collect()
    }

    fn probes(&self, page: &Url) -> Vec<String> {
        let Some((name, end)) = page.host_str().and_then(|host| host.split_once(".statuspal.")) else {
            return Vec::new();
        };
        if is_name(name) && matches!(end, "io" | "eu") { vec![summary(name, end)] } else { Vec::new() }
    }

    fn feeds_in_page(&self, page: &Source<'_>) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        let ends = |text: &str| ["io", "eu"].into_iter().find(|end| text.starts_with(end));
        for (at, mark) in page.text.match_indices(".statuspal.") {
            let name = page.text[..at].rsplit(|c: char| !is_name_char(c)).next().unwrap_or_default();
            if let Some(end) = ends(&page.text[at + mark.len()..]).filter(|_| is_name(name)) {
                found.push(summary(name, end));
            }
        }
        for end in ["io", "eu"] {
            let mark = format!("statuspal.{end}/api/v2/status_pages/");
            for (at, _) in page.text.match_indices(&mark) {
                let name = page.text[at + mark.len()..].split(|c: char| !is_name_char(c)).next();
                found.extend(name.filter(|name| is_name(name)).map(|name| summary(name, end)));
            }
        }
        let mut seen = HashSet::new();
        found.retain(|url| seen.insert(url.clone()));
        found
    }

    fn depends_on_time(&self) -> bool {
        true
    }
}

fn summary(name: &str, end: &str) -> String {
    format!("https://statuspal.{end}/api/v2/status_pages/{name}/summary")
}

fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-'
}

/// Whether a name can be that of a page; some belong to the vendor.
fn is_name(name: &str) -> bool {
    let is_of_vendor = matches!(name, "www" | "app" | "api" | "docs" | "cdn" | "assets" | "static" | "help");
    !name.is_empty() && name.len() <= 63 && name.chars().all(is_name_char) && !is_of_vendor
}

/// Whether the shape is ours: a page that states a type or its subdomain, services that state one, or a list of incidents
/// in our form.
fn is_ours(document: &Document) -> bool {
    let has_our_form = |event: &Event| {
        event.inserted_at.get().is_some() && event.kind.get().is_some() && event.updates.given
    };
    match &document.status_page.0 {
        Some(page) => page.current_incident_type.is_given() || page.subdomain.get().is_some(),
        None => {
            let services = &document.services.items;
            let incidents = &document.incidents.items;
            !services.is_empty() && services.iter().all(|it| it.current_incident_type.is_given())
                || !incidents.is_empty() && incidents.iter().all(has_our_form)
        }
    }
}

fn read(document: Document, source: &Source<'_>) -> Read {
    for (wrong, list) in [
        (document.services.wrong, "services"),
        (document.incidents.wrong, "incidents"),
        (document.maintenances.wrong, "maintenances"),
        (document.upcoming_maintenances.wrong, "upcoming_maintenances"),
    ] {
        if wrong {
            return Err(format!("'{list}' is not a list"));
        }
    }
    let is_summary = document.status_page.0.is_some();
    if is_summary && document.incidents.given && !document.services.given {
        return Err("a summary without services".to_owned());
    }
    let mut warnings = Warnings::default();
    let overall = document.status_page.0.as_ref().map(|page| overall(page, &mut warnings)).transpose()?;
    let page = document.status_page.0.map(|page| Page {
        id: id(&page.subdomain),
        name: line(&page.name),
        url: page.url.get().and_then(|url| address(url, &mut warnings)),
        updated_at: None,
    });
    let lists = [document.incidents, document.maintenances, document.upcoming_maintenances];
    let [open, running, planned] = lists.each_ref().map(|list| is_summary && is_whole(list));
    let (components, whole) = components(document.services, &mut warnings);
    let (incidents, maintenances) = events::read(lists, source.at, &mut warnings);
    Ok(Snapshot {
        platform: Platform::Statuspal,
        page: page.unwrap_or_default(),
        overall,
        components,
        incidents,
        maintenances,
        warnings: warnings.into_vec(),
        coverage: Coverage { components: whole, open_incidents: open, open_maintenances: running && planned },
    })
}

/// Returns the page's address, which may be given without its scheme.
fn address(url: &str, warnings: &mut Warnings) -> Option<String> {
    let whole = if url.contains("://") { url.to_owned() } else { format!("https://{url}") };
    warnings.link("page", "url", Some(&whole))
}

fn overall(page: &wire::Page, warnings: &mut Warnings) -> Result<Overall, String> {
    if !page.current_incident_type.is_given() {
        return Err("a page without its current incident type".to_owned());
    }
    let (status, raw) = status(&page.current_incident_type, "incident type of the page", warnings);
    Ok(Overall { status, headline: None, raw })
}

/// Reads the services, flat or as a tree, and says whether it lists every component. What has children is a heading.
fn components(list: List<Service, 5_000>, warnings: &mut Warnings) -> (Vec<Component>, bool) {
    let mut lost = list.dropped;
    let given = list.given;
    let mut rows = Vec::new();
    flatten(list.items, None, &mut rows, &mut lost);
    let names: HashMap<String, String> = rows
        .iter_mut()
        .filter_map(|row| {
            row.name =
                worded(std::mem::take(&mut row.name), std::mem::take(&mut row.translations), |it| it.name);
            let id = id(&row.id)?;
            Some((id.clone(), line(&row.name).unwrap_or(id)))
        })
        .collect();
    let headings: HashSet<String> = rows.iter().filter_map(|row| id(&row.parent_id)).collect();
    let mut seen = HashSet::new();
    let mut components = Vec::new();
    for row in rows {
        let Some(id) = id(&row.id) else {
            lost += 1;
            continue;
        };
        if headings.contains(&id) || !seen.insert(id.clone()) {
            continue;
        }
        let name = name(&row.name, "service", &id, warnings);
        let what = format!("incident type of service '{name}'");
        let (own, own_word) = status(&row.current_incident_type, &what, warnings);
        // A parent's trouble is its children's too; the parent's calm says nothing of them.
        let inherited = matches!(row.current_incident_type, Stated::Calm)
            && matches!(row.parent_incident_type, Stated::Type(_));
        let (status, raw_status) =
            if inherited { status(&row.parent_incident_type, &what, warnings) } else { (own, own_word) };
        let group = row.parent_id.get().and_then(|parent| names.get(parent)).cloned();
        components.push(Component { id, name, group, status, raw_status, updated_at: None });
    }
    warnings.lost("service", lost);
    let whole = given && lost == 0 && !components.is_empty();
    (components, whole)
}

/// Brings a tree into a list, in which each row names its parent.
fn flatten(rows: Vec<Service>, parent: Option<&Text>, flat: &mut Vec<Service>, lost: &mut usize) {
    for mut row in rows {
        let children = std::mem::take(&mut row.children);
        *lost += children.dropped;
        if let Some(parent) = parent.filter(|_| row.parent_id.get().is_none()) {
            row.parent_id = Text(parent.0.clone());
        }
        let own = Text(row.id.0.clone());
        flat.push(row);
        flatten(children.items, Some(&own), flat, lost);
    }
}

/// Returns what the type of what is going on says; there is no word for calm.
fn status(stated: &Stated, what: &str, warnings: &mut Warnings) -> (Status, String) {
    let word = match stated {
        Stated::Calm => return (Status::Operational, String::new()),
        Stated::Absent => Text::default(),
        Stated::Type(word) => Text(Some(word.clone())),
    };
    let (status, raw) = told(&word, |word| kind(word).map(|(status, _)| status), what, warnings);
    (status.unwrap_or(Status::Unknown), raw)
}

/// Returns the status and the impact that a type tells; owners may have types of their own.
fn kind(word: &str) -> Option<(Status, Impact)> {
    match word {
        "minor" => Some((Status::DegradedPerformance, Impact::Minor)),
        "major" => Some((Status::MajorOutage, Impact::Major)),
        "scheduled" | "maintenance" => Some((Status::UnderMaintenance, Impact::Maintenance)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
