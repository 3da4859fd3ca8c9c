//! AWS Health: `/public/currentevents`, the catalogue of services beside it, and the old RSS feeds.
//!
//! Captured: an excerpt of the events and a whole `rss/all.rss`. The catalogue is reported by people who read it. The first
//! two come as UTF-16 with a byte-order mark.
//!
//! Events stay for months, so a feed's address should name a region: `#region=eu-west-1`. Only then is the catalogue
//! asked for (it has thousands of rows), which names the services that no event touches.

mod catalogue;
mod events;
mod region;
mod rss;

use std::time::Duration;

use domain::Platform;
use serde::Deserialize;
use url::Url;

use super::document::{Document, Kind};
use super::reader::{Reader, pick};
use super::wire::{Entries, List, Text};
use crate::feed::{Companion, Need, Read};

/// The host of the events.
const HOST: &str = "health.aws.amazon.com";
/// The list of open events.
const EVENTS: &str = "/public/currentevents";
/// The catalogue of services.
const CATALOGUE: &str = "https://servicedata-us-east-1-prod.s3.amazonaws.com/services.json";
/// The mark in the fragment of a catalogue that is read beside the open events.
const BESIDE: (&str, &str) = ("beside", "currentevents");

/// AWS Health.
pub(crate) struct Aws;

/// The rows of both lists: open events, or services of the catalogue.
type Rows = List<Row, 20_000>;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Row {
    service: Text,
    service_name: Text,
    region_name: Text,
    /// Given by the catalogue only.
    region_id: Text,
    arn: Text,
    date: Text,
    end_time: Text,
    /// The worst it has been, never lowered.
    status: Text,
    summary: Text,
    event_log: List<LogEntry, 500>,
    impacted_services: Entries<Impacted, 1_000>,
    impacted_service_status_changes: List<StatusChange, 5_000>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LogEntry {
    message: Text,
    status: Text,
    timestamp: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Impacted {
    service_name: Text,
    current: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct StatusChange {
    service: Text,
    service_name: Text,
    current_status: Text,
    timestamp: Text,
}

impl Row {
    fn is_event(&self) -> bool {
        self.arn.get().is_some_and(|arn| arn.starts_with("arn:"))
            || self.event_log.given && self.impacted_services.given
    }
}

impl Reader for Aws {
    fn platform(&self) -> Platform {
        Platform::Aws
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::Json, Kind::Xml]
    }

    fn read(&self, document: &Document<'_>) -> Option<Read> {
        if document.kind == Kind::Xml {
            return rss::read(document);
        }
        let list: Rows = match document.json() {
            Ok(list) => list,
            Err(reason) => return Some(Err(reason)),
        };
        if list.wrong {
            return None;
        }
        if list.items.iter().any(Row::is_event) || is_current(document) {
            return Some(Ok(events::read(document, list)));
        }
        catalogue::is_ours(&list).then(|| Ok(catalogue::read(document, list)))
    }

    fn companions(&self, feed: &Url) -> Vec<Companion> {
        if feed.host_str() != Some(HOST) || feed.path() != EVENTS {
            return Vec::new();
        }
        let Some(region) = pick(Some(feed), "region") else { return Vec::new() };
        let Ok(mut url) = Url::parse(CATALOGUE) else { return Vec::new() };
        url.set_fragment(Some(&format!("region={region}&{}={}", BESIDE.0, BESIDE.1)));
        vec![Companion { url: url.into(), need: Need::Detail }]
    }

    fn probes(&self, page: &Url) -> Vec<String> {
        let is_ours = matches!(page.host_str(), Some(HOST | "status.aws.amazon.com"));
        if is_ours { vec![format!("https://{HOST}{EVENTS}")] } else { Vec::new() }
    }

    fn shortest_interval(&self) -> Duration {
        Duration::from_secs(60)
    }

    fn depends_on_time(&self) -> bool {
        true
    }
}

/// Whether a document is the list of everything open.
fn is_current(document: &Document<'_>) -> bool {
    document.url.as_ref().is_some_and(|url| url.host_str() == Some(HOST) && url.path() == EVENTS)
}

#[cfg(test)]
mod tests;
