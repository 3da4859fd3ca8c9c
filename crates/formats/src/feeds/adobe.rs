//! Adobe: `StatusEvents`, every event of the last forty days, and the registry of products beside it.
//!
//! Known from those who read them, never captured: the stored bodies are too large to keep. Everything is a map, keyed by
//! an id or by a time, and an event has its life once for each product: what the newest entry of that history says holds.
//! Texts are in tables of their own. The events name the products in trouble; the registry, read beside them, claims the
//! rest to work, and claims nothing alone.

mod events;
mod wire;

use std::time::Duration;

use domain::snapshot::{Component, Coverage, Snapshot};
use domain::{Platform, Status};
use url::Url;

use self::wire::{Product, Top};
use super::blank;
use super::document::Document;
use super::reader::{Reader, pick};
use super::rows::{self, id};
use super::warnings::Warnings;
use super::wire::{Entries, Object, Text};
use crate::feed::{Companion, Need, Read};

const HOST: &str = "data.status.adobe.com";
const EVENTS: &str = "/adobestatus/StatusEvents";
const REGISTRY: &str = "/adobestatus/SnowServiceRegistry";
/// The mark in the fragment of a registry that is read beside the events.
const BESIDE: (&str, &str) = ("beside", "events");

/// Adobe.
pub(crate) struct Adobe;

impl Reader for Adobe {
    fn platform(&self) -> Platform {
        Platform::Adobe
    }

    fn read(&self, document: &Document<'_>) -> Option<Read> {
        if !document.text.trim_start().starts_with('{') {
            return None;
        }
        let top: Top = match document.json::<Object<Top>>() {
            Ok(top) => top.0?,
            Err(reason) => return Some(Err(reason)),
        };
        let is_registry =
            document.url.as_ref().is_some_and(|url| url.host_str() == Some(HOST) && url.path() == REGISTRY);
        if is_registry {
            return Some(read_registry(document, top.products));
        }
        let (incidents, work) = (top.incident_event.0, top.maintenance_event.0);
        if incidents.is_none() && work.is_none() {
            return None;
        }
        let Some(incidents) = incidents.filter(|event| event.incidents.given) else {
            return Some(Err("no map of incidents".to_owned()));
        };
        Some(Ok(events::read(document, incidents, work)))
    }

    fn companions(&self, feed: &Url) -> Vec<Companion> {
        if feed.host_str() != Some(HOST) || feed.path() != EVENTS {
            return Vec::new();
        }
        let url = format!("https://{HOST}{REGISTRY}#{}={}", BESIDE.0, BESIDE.1);
        vec![Companion { url, need: Need::Detail }]
    }

    fn probes(&self, page: &Url) -> Vec<String> {
        let is_ours = matches!(page.host_str(), Some("status.adobe.com" | HOST));
        if is_ours { vec![format!("https://{HOST}{EVENTS}")] } else { Vec::new() }
    }

    /// The document has several megabytes.
    fn shortest_interval(&self) -> Duration {
        Duration::from_secs(5 * 60)
    }

    fn depends_on_time(&self) -> bool {
        true
    }
}

fn read_registry(document: &Document<'_>, products: Entries<Product, 5_000>) -> Read {
    if products.items.is_empty() {
        return Err("no map of products".to_owned());
    }
    let mut warnings = Warnings::default();
    let is_beside = pick(document.url.as_ref(), BESIDE.0).as_deref() == Some(BESIDE.1);
    let status = if is_beside { Status::Operational } else { Status::Unknown };
    let mut lost = products.dropped;
    let mut components: Vec<Component> = Vec::new();
    for (key, product) in products.items {
        let Some(id) = id(&product.id).or_else(|| id(&Text(Some(key)))) else {
            lost += 1;
            continue;
        };
        let name = rows::name(&product.name, "product", &id, &mut warnings);
        components.push(Component {
            id,
            name,
            group: None,
            status,
            raw_status: String::new(),
            updated_at: None,
        });
    }
    let count = components.len();
    components.sort_by(|one, other| one.id.cmp(&other.id));
    components.dedup_by(|one, other| one.id == other.id);
    lost += count - components.len();
    warnings.lost("products", lost);
    Ok(Snapshot {
        components,
        warnings: warnings.into_vec(),
        coverage: Coverage { components: lost == 0, ..blank::NOTHING },
        ..blank::snapshot(Platform::Adobe)
    })
}

#[cfg(test)]
mod tests;
