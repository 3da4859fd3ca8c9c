//! Microsoft Azure: the feed of its status page, the one-line post that says the same in a word, and the health document
//! of Azure DevOps.
//!
//! Captured: the feed without items. Items, the post and the health of DevOps are known from those who read them.
//!
//! The feed lists what is wrong now and knows no end: what is in it is open, and a feed without items is the good news.
//! An abandoned feed looks the same, so it is believed only while it is made anew (see [`built_lately`]).

use std::collections::HashSet;

use domain::snapshot::{Component, Coverage, Incident, Overall, Page, Snapshot, Update};
use domain::{Impact, Phase, Platform, Status};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use url::Url;

use super::blank;
use super::document::{Document, Kind};
use super::feed::entries::{self, Entry, Log};
use super::microsoft365;
use super::reader::Reader;
use super::rows::{id, line, word};
use super::warnings::Warnings;
use super::wire::{List, Object, Text};
use crate::feed::{Companion, Need, Read};
use crate::text::clean_line;

/// The feed, which older hosts redirect to.
const FEED: &str = "https://azure.status.microsoft/en-us/status/feed/";
/// The same in one word.
const POST: &str = "https://status.cloud.microsoft/api/posts/azure";
/// The health of DevOps.
const DEVOPS: &str = "https://status.dev.azure.com/_apis/status/health?api-version=7.0-preview.1";
/// The hosts that a feed may name as its own.
const HOSTS: [&str; 4] = [
    "azure.status.microsoft",
    "rssfeed.azure.status.microsoft",
    "status.azure.com",
    "azurestatuscdn.azureedge.net",
];
/// How old a document may be that its host makes anew every minute.
const FRESH: SignedDuration = SignedDuration::from_hours(1);

/// Microsoft Azure and Azure DevOps.
pub(crate) struct Azure;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Health {
    status: Object<HealthStatus>,
    services: List<Service, 500>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct HealthStatus {
    health: Text,
    message: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Service {
    id: Text,
    geographies: List<Geography, 200>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Geography {
    id: Text,
    name: Text,
    health: Text,
}

impl Reader for Azure {
    fn platform(&self) -> Platform {
        Platform::Azure
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::Json, Kind::Xml]
    }

    fn read(&self, document: &Document<'_>) -> Option<Read> {
        if document.kind == Kind::Xml {
            if !HOSTS.iter().any(|host| document.text.contains(host)) {
                return None;
            }
            let of_azure = |log: &Log| log.links.iter().any(|link| has_host(link, &HOSTS));
            return read_feed(document, Platform::Azure, of_azure);
        }
        if document.url.as_ref().is_some_and(|url| url.path() == "/api/posts/azure") {
            return microsoft365::read_posts(document, Platform::Azure);
        }
        let health: Health = match document.json::<Object<Health>>() {
            Ok(top) => top.0?,
            Err(reason) => return Some(Err(reason)),
        };
        let is_ours = health.services.items.iter().any(|service| service.geographies.given);
        is_ours.then(|| read_health(health))
    }

    fn companions(&self, feed: &Url) -> Vec<Companion> {
        if feed.host_str().is_some_and(|host| HOSTS.contains(&host)) {
            vec![Companion { url: POST.to_owned(), need: Need::Detail }]
        } else {
            Vec::new()
        }
    }

    fn probes(&self, page: &Url) -> Vec<String> {
        match page.host_str() {
            Some("status.dev.azure.com") => vec![DEVOPS.to_owned()],
            Some(host) if HOSTS.contains(&host) => vec![FEED.to_owned()],
            _ => Vec::new(),
        }
    }

    fn depends_on_time(&self) -> bool {
        true
    }
}

fn has_host(link: &str, hosts: &[&str]) -> bool {
    Url::parse(link).is_ok_and(|url| url.host_str().is_some_and(|host| hosts.contains(&host)))
}

/// Reads a feed of Microsoft's whose presence means trouble.
pub(super) fn read_feed(
    document: &Document<'_>,
    platform: Platform,
    is_ours: impl Fn(&Log) -> bool,
) -> Option<Read> {
    let log = match entries::parse(document)? {
        Ok(log) => log,
        Err(reason) => return Some(Err(reason)),
    };
    is_ours(&log).then(|| {
        let is_proven = built_lately(log.built_at, document.at)?;
        if log.entries.is_empty() && !is_proven {
            return Err("a feed without items that does not say when it was made".to_owned());
        }
        Ok(present(log, platform))
    })
}

/// Whether a document that is made anew all the time says so; an old one is refused, since its host no longer looks.
pub(super) fn built_lately(built_at: Option<Timestamp>, at: Timestamp) -> Result<bool, String> {
    match built_at {
        Some(built_at) if at.duration_since(built_at) > FRESH => {
            Err(format!("not made anew since {built_at}"))
        }
        Some(_) => Ok(true),
        None => Ok(false),
    }
}

/// What is in the feed is open.
fn present(log: Log, platform: Platform) -> Snapshot {
    let mut warnings = Warnings::default();
    warnings.lost("items", log.dropped);
    let mut incidents: Vec<Incident> = Vec::new();
    let mut lost = log.dropped;
    for item in log.entries {
        match incident(item, &mut warnings) {
            Some(incident) if incidents.iter().all(|known| known.id != incident.id) => {
                incidents.push(incident)
            }
            Some(incident) => warnings.add(format_args!("item '{}' is listed twice", incident.id)),
            None => lost += 1,
        }
    }
    Snapshot {
        page: Page { name: log.title, ..Page::default() },
        incidents,
        warnings: warnings.into_vec(),
        coverage: Coverage { open_incidents: lost == 0, ..blank::NOTHING },
        ..blank::snapshot(platform)
    }
}

/// Reads an item. Its link carries the number that the incident keeps when its text changes. There is no severity; a
/// title that says it is mitigated is the nearest thing to an end, which comes when the item goes.
fn incident(item: Entry, warnings: &mut Warnings) -> Option<Incident> {
    let Some(id) = tracking_id(&item).or_else(|| id(&Text(Some(item.id.clone())))) else {
        warnings.add(format_args!("item '{}' has no id", clean_line(&item.title, 120)));
        return None;
    };
    let name = if item.title.is_empty() { id.clone() } else { item.title.clone() };
    let lower = name.to_lowercase();
    let is_mitigated = ["mitigated", "resolved", "recovered"]
        .iter()
        .any(|word| lower.trim_start_matches('[').starts_with(word));
    let owner = format!("incident '{name}'");
    Some(Incident {
        impact: Impact::Minor,
        raw_impact: None,
        phase: if is_mitigated { Phase::Monitoring } else { Phase::Investigating },
        started_at: None,
        created_at: None,
        updated_at: item.at(),
        resolved_at: None,
        url: warnings.link(&owner, "link", item.link.as_deref()),
        components: named(&item),
        updates: vec![Update {
            id: item.at().map_or_else(|| id.clone(), |at| at.to_string()),
            status: String::new(),
            body: item.body(),
            at: item.at(),
        }],
        id,
        name,
    })
}

/// The categories name services and regions; there is no list of them, so their names are their ids.
fn named(item: &Entry) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in item.categories.iter().filter_map(|category| line(&Text(Some(category.clone())))).take(100) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn tracking_id(item: &Entry) -> Option<String> {
    let url = Url::parse(item.link.as_deref()?).ok()?;
    let (_, value) = url.query_pairs().find(|(name, _)| name.eq_ignore_ascii_case("trackingId"))?;
    id(&Text(Some(value.into_owned())))
}

fn read_health(health: Health) -> Read {
    let Some(claim) = health.status.0 else { return Err("no word for the whole".to_owned()) };
    let Some(raw) = word(&claim.health) else { return Err("no word for the whole".to_owned()) };
    let mut warnings = Warnings::default();
    let mapped = status(&raw, "the whole", &mut warnings);
    let overall = Overall { status: mapped, headline: line(&claim.message), raw };
    let mut lost = health.services.dropped;
    let mut seen = HashSet::new();
    let mut components: Vec<Component> = Vec::new();
    for service in &health.services.items {
        let Some(name) = line(&service.id) else {
            lost += 1;
            continue;
        };
        lost += service.geographies.dropped + usize::from(!service.geographies.given);
        for place in &service.geographies.items {
            let component = component(&name, place, &mut warnings);
            match component.filter(|it| seen.insert(it.id.clone())) {
                Some(component) => components.push(component),
                None => lost += 1,
            }
        }
    }
    warnings.lost("services", lost);
    let is_complete = lost == 0 && !components.is_empty();
    Ok(Snapshot {
        overall: Some(overall),
        components,
        warnings: warnings.into_vec(),
        coverage: Coverage { components: is_complete, ..blank::NOTHING },
        ..blank::snapshot(Platform::Azure)
    })
}

/// Makes a component of a service in a place.
fn component(service: &str, place: &Geography, warnings: &mut Warnings) -> Option<Component> {
    let key = line(&place.id).or_else(|| line(&place.name))?;
    let id = format!("{service}/{key}");
    let raw_status = word(&place.health).unwrap_or_default();
    let status = status(&raw_status, &id, warnings);
    let name = line(&place.name).unwrap_or(key);
    Some(Component { id, name, group: Some(service.to_owned()), status, raw_status, updated_at: None })
}

/// Maps a word of DevOps, or the number its page has for it.
fn status(raw: &str, owner: &str, warnings: &mut Warnings) -> Status {
    match raw.to_ascii_lowercase().as_str() {
        "healthy" | "4" => Status::Operational,
        "advisory" | "3" | "degraded" | "2" => Status::DegradedPerformance,
        "unhealthy" | "1" => Status::MajorOutage,
        _ => {
            warnings.add(format_args!("{owner} has unknown status word '{raw}'"));
            Status::Unknown
        }
    }
}

#[cfg(test)]
mod tests;
