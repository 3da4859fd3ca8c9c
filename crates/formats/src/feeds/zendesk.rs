//! Zendesk: the incidents that are active, the announced work and the services, in the form of JSON:API.
//!
//! Documented and read by others, never captured; names and titles, ids as numbers and as text, and both ways to name the
//! services of an incident are taken as they come. An incident is over when it is gone from the list: nothing tells its
//! end. A document names the services in trouble only; the list of all, beside it, claims the rest to work, and claims
//! nothing alone.

mod incidents;
mod wire;

use std::time::Duration;

use domain::snapshot::{Component, Coverage, Snapshot};
use domain::{Platform, Status};
use url::Url;

use self::wire::Top;
use super::blank;
use super::document::Document;
use super::reader::{Reader, at_host, pick};
use super::rows::{self, identified, is_whole};
use super::warnings::Warnings;
use super::wire::Object;
use crate::feed::{Companion, Need, Read};

const HOST: &str = "status.zendesk.com";
const ACTIVE: &str = "/api/incidents/active";
const MAINTENANCE: &str = "/api/incidents/maintenance";
const SERVICES: &str = "/api/ssp/services.json";
/// The mark in the fragment of a list of services that is read beside the active incidents.
const BESIDE: (&str, &str) = ("beside", "active");

/// Zendesk.
pub(crate) struct Zendesk;

impl Reader for Zendesk {
    fn platform(&self) -> Platform {
        Platform::Zendesk
    }

    fn read(&self, document: &Document<'_>) -> Option<Read> {
        if !document.text.trim_start().starts_with('{') {
            return None;
        }
        let top: Top = match document.json::<Object<Top>>() {
            Ok(top) => top.0?,
            Err(reason) => return Some(Err(reason)),
        };
        let is_home = |paths: &[&str]| {
            let url = document.url.as_ref();
            url.is_some_and(|url| url.host_str() == Some(HOST) && paths.contains(&url.path()))
        };
        let rows = &top.data.items;
        if !rows.is_empty()
            && rows.iter().all(|row| row.r#type.get() == Some("service"))
            && is_home(&[SERVICES])
        {
            return Some(Ok(read_services(document, top)));
        }
        let is_incident =
            |row: &wire::Row| row.r#type.get() == Some("incident") && row.attributes.0.is_some();
        if !rows.iter().any(is_incident) && !is_home(&[ACTIVE, MAINTENANCE]) {
            return None;
        }
        if !top.data.given {
            return Some(Err("'data' is not a list".to_owned()));
        }
        Some(Ok(incidents::read(document, top)))
    }

    fn companions(&self, feed: &Url) -> Vec<Companion> {
        if feed.host_str() != Some(HOST) || feed.path() != ACTIVE {
            return Vec::new();
        }
        [(MAINTENANCE, None), (SERVICES, Some(format!("{}={}", BESIDE.0, BESIDE.1)))]
            .into_iter()
            .map(|(path, mark)| {
                let mut url = feed.clone();
                url.set_path(path);
                url.set_fragment(mark.as_deref());
                Companion { url: url.into(), need: Need::Detail }
            })
            .collect()
    }

    fn probes(&self, page: &Url) -> Vec<String> {
        at_host(page, ACTIVE).filter(|_| page.host_str() == Some(HOST)).into_iter().collect()
    }

    /// Ten requests a minute are allowed; a reading takes three.
    fn shortest_interval(&self) -> Duration {
        Duration::from_secs(60)
    }

    fn depends_on_time(&self) -> bool {
        true
    }
}

fn read_services(document: &Document<'_>, top: Top) -> Snapshot {
    let mut warnings = Warnings::default();
    let is_beside = pick(document.url.as_ref(), BESIDE.0).as_deref() == Some(BESIDE.1);
    let status = if is_beside { Status::Operational } else { Status::Unknown };
    let is_complete = is_whole(&top.data);
    let components = identified(top.data, "service", &mut warnings)
        .into_iter()
        .map(|(id, row)| Component {
            name: rows::name(&row.attributes.0.unwrap_or_default().name, "service", &id, &mut warnings),
            id,
            group: None,
            status,
            raw_status: String::new(),
            updated_at: None,
        })
        .collect();
    Snapshot {
        components,
        warnings: warnings.into_vec(),
        coverage: Coverage { components: is_complete, ..blank::NOTHING },
        ..blank::snapshot(Platform::Zendesk)
    }
}

#[cfg(test)]
mod tests;
