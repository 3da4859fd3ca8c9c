//! Algolia: the status of each cluster, and what was ever posted about them.
//!
//! `/1/status` is reported as measured, `/1/incidents` is the documented Monitoring API; neither was captured. Clusters are
//! named by their ids. The incidents are a log for each cluster: an entry stands until the cluster's next one, and one that
//! tells of trouble counts as open for [`OPEN_DAYS`] at most, since not every end is posted. The log closes nothing.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use domain::snapshot::{Component, Coverage, Incident, Snapshot, Update};
use domain::{Impact, Phase, Platform, Status};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use url::Url;

use super::blank;
use super::document::Document;
use super::facts::impact_of;
use super::reader::{Reader, at_host};
use super::rows::{id, known, line, word};
use super::times;
use super::warnings::Warnings;
use super::wire::{List, Object, Text, Top, Whole};
use crate::feed::{Companion, Need, Read};
use crate::text::{BODY_CHARS, clean_text};

/// How long an entry without an end counts as open, in days.
const OPEN_DAYS: i64 = 7;
/// The most clusters kept; there were 298.
const CLUSTERS: usize = 5_000;
/// The most incidents kept, the newest of all clusters.
const INCIDENTS: usize = 500;

/// Algolia.
pub(crate) struct Algolia;

impl Reader for Algolia {
    fn platform(&self) -> Platform {
        Platform::Algolia
    }

    fn read(&self, document: &Document<'_>) -> Option<Read> {
        match document.json::<Object<Wire>>() {
            Err(reason) => Some(Err(reason)),
            Ok(Object(wire)) => read(wire?, document),
        }
    }

    fn companions(&self, feed: &Url) -> Vec<Companion> {
        let url = (feed.path() == "/1/status").then(|| at_host(feed, "/1/incidents")).flatten();
        url.map(|url| Companion { url, need: Need::Detail }).into_iter().collect()
    }

    /// There is one such page, so no other host is asked.
    fn probes(&self, page: &Url) -> Vec<String> {
        let is_theirs =
            page.host_str().is_some_and(|host| host == "algolia.com" || host.ends_with(".algolia.com"));
        if is_theirs { vec!["https://status.algolia.com/1/status".to_owned()] } else { Vec::new() }
    }

    fn depends_on_time(&self) -> bool {
        true
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Wire {
    status: Object<BTreeMap<String, Text>>,
    incidents: Object<BTreeMap<String, List<Entry, 1_000>>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry {
    /// Milliseconds since 1970.
    t: Whole,
    v: Object<Post>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Post {
    title: Text,
    body: Text,
    status: Text,
}

fn read(wire: Wire, document: &Document<'_>) -> Option<Read> {
    let path = document.url.as_ref().map(Url::path).unwrap_or_default();
    let is_theirs = document.host() == Some("status.algolia.com");
    if !is_theirs && !is_alone(document) {
        return None;
    }
    if let Some(clusters) = wire.status.0 {
        let is_ours = clusters.values().any(|word| word.get().and_then(status).is_some());
        return (is_ours || is_theirs && path == "/1/status").then(|| read_status(clusters));
    }
    if let Some(logs) = wire.incidents.0 {
        let is_ours = logs.values().any(|log| log.items.iter().any(|entry| entry.v.0.is_some()));
        return (is_ours || is_theirs && path == "/1/incidents").then(|| Ok(read_logs(logs, document.at)));
    }
    (is_theirs && path == "/1/status").then(|| Err("'status' is not an object".to_owned()))
}

/// Whether the document has one key only; those of others who have a status or incidents have more.
fn is_alone(document: &Document<'_>) -> bool {
    matches!(document.json(), Ok(Top::Object(keys)) if keys.len() == 1)
}

fn status(word: &str) -> Option<Status> {
    Status::from_word(word).filter(|status| *status != Status::Unknown)
}

fn read_status(clusters: BTreeMap<String, Text>) -> Read {
    if clusters.is_empty() {
        return Err("a status without clusters".to_owned());
    }
    let mut warnings = Warnings::default();
    let count = clusters.len();
    let mut components = Vec::with_capacity(count.min(CLUSTERS));
    for (cluster, text) in clusters.into_iter().take(CLUSTERS) {
        let Some(id) = id(&Text(Some(cluster))) else { continue };
        let raw_status = word(&text).unwrap_or_default();
        let owner = format!("cluster '{id}'");
        let status =
            known(status(&raw_status), Status::Unknown, &owner, "status", &raw_status, &mut warnings);
        components.push(Component {
            name: id.clone(),
            id,
            group: None,
            status,
            raw_status,
            updated_at: None,
        });
    }
    let is_complete = components.len() == count;
    warnings.lost("cluster", count - components.len());
    let blank = blank::snapshot(Platform::Algolia);
    let coverage = Coverage { components: is_complete, ..blank.coverage };
    Ok(Snapshot { components, warnings: warnings.into_vec(), coverage, ..blank })
}

/// Gathers the logs of all clusters into incidents: what was posted at one instant is one, whichever clusters it names.
fn read_logs(logs: BTreeMap<String, List<Entry, 1_000>>, at: Timestamp) -> Snapshot {
    let mut warnings = Warnings::default();
    let since = at.checked_sub(SignedDuration::from_hours(24 * OPEN_DAYS)).unwrap_or(Timestamp::MIN);
    let mut incidents: BTreeMap<Timestamp, Incident> = BTreeMap::new();
    let mut unreadable = 0;
    for (cluster, log) in logs {
        let Some(cluster) = id(&Text(Some(cluster))) else {
            unreadable += 1;
            continue;
        };
        unreadable += log.dropped + usize::from(log.wrong);
        let posts = log.items.into_iter().map(|entry| entry.t.0.and_then(times::milliseconds).zip(entry.v.0));
        let (read, lost): (Vec<_>, Vec<_>) = posts.partition(Option::is_some);
        unreadable += lost.len();
        let posts: Vec<(Timestamp, Post)> = read.into_iter().flatten().collect();
        let newest = posts.iter().map(|(time, _)| *time).max();
        for (time, post) in posts {
            let is_standing = Some(time) == newest && time >= since;
            let incident = incidents.entry(time).or_insert_with(|| incident(time, &post, &mut warnings));
            if is_standing && post.status.get() != Some(Status::Operational.word()) {
                incident.phase = Phase::Investigating;
            }
            if !incident.components.contains(&cluster) {
                incident.components.push(cluster.clone());
            }
        }
    }
    warnings.lost("incidents", unreadable);
    let mut incidents: Vec<Incident> = incidents.into_values().collect();
    incidents.sort_by_key(|incident| Reverse(incident.created_at));
    incidents.truncate(INCIDENTS);
    Snapshot { incidents, warnings: warnings.into_vec(), ..blank::snapshot(Platform::Algolia) }
}

/// Reads a post. It is over unless a cluster for which it is the newest word says otherwise.
fn incident(time: Timestamp, post: &Post, warnings: &mut Warnings) -> Incident {
    let id = time.as_millisecond().to_string();
    let name = line(&post.title).unwrap_or_else(|| id.clone());
    let raw = word(&post.status).unwrap_or_default();
    let owner = format!("incident '{name}'");
    let impact = known(status(&raw).map(impact_of), Impact::Unknown, &owner, "status", &raw, warnings);
    let body = clean_text(post.body.get().unwrap_or_default(), BODY_CHARS);
    Incident {
        impact,
        raw_impact: Some(raw.clone()).filter(|raw| !raw.is_empty()),
        phase: Phase::Resolved,
        started_at: None,
        created_at: Some(time),
        updated_at: None,
        resolved_at: None,
        url: None,
        components: Vec::new(),
        updates: vec![Update { id: id.clone(), status: raw, body, at: Some(time) }],
        id,
        name,
    }
}

#[cfg(test)]
mod tests;
