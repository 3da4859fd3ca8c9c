//! Microsoft 365: the posts of `status.cloud.microsoft`, and its feeds.
//!
//! Known from those who read them, never captured. `/api/posts/m365Consumer` is a list of services, each with its
//! `Status`; `/api/posts/mac` (the admin centre) and `/api/posts/ppac` (Power Platform) are one object with a `Status`;
//! `/api/feed/mac` and `/api/feed/ppac` are feeds of what is wrong, empty when nothing is. What a tenant's own services do
//! needs that tenant's credentials and is not read. `LastUpdatedTime` is the clock of the answer: it proves that the host
//! still looks, and dates nothing.

use domain::snapshot::{Component, Coverage, Overall, Snapshot};
use domain::{Platform, Status};
use serde::Deserialize;
use url::Url;

use super::azure::{built_lately, read_feed};
use super::blank;
use super::document::{Document, Kind};
use super::feed::entries::Log;
use super::reader::Reader;
use super::rows::{line, word};
use super::times;
use super::warnings::Warnings;
use super::wire::{List, Object, Text};
use crate::feed::Read;

const HOST: &str = "status.cloud.microsoft";

/// Microsoft 365.
pub(crate) struct Microsoft365;

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Post {
    service_display_name: Text,
    status: Text,
    title: Text,
    last_updated_time: Text,
}

impl Reader for Microsoft365 {
    fn platform(&self) -> Platform {
        Platform::Microsoft365
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::Json, Kind::Xml]
    }

    fn read(&self, document: &Document<'_>) -> Option<Read> {
        if document.kind == Kind::Xml {
            let is_home = document.host() == Some(HOST);
            if !is_home && !document.text.contains(HOST) {
                return None;
            }
            let is_linked =
                |log: &Log| log.links.iter().any(|link| link.contains("//status.cloud.microsoft"));
            return read_feed(document, Platform::Microsoft365, |log| is_home || is_linked(log));
        }
        read_posts(document, Platform::Microsoft365)
    }

    fn probes(&self, page: &Url) -> Vec<String> {
        let is_ours = matches!(page.host_str(), Some(HOST | "status.office.com" | "status.office365.com"));
        if is_ours { vec![format!("https://{HOST}/api/posts/m365Consumer")] } else { Vec::new() }
    }

    fn depends_on_time(&self) -> bool {
        true
    }
}

/// Reads posts: a list of services, or one object about the whole.
pub(super) fn read_posts(document: &Document<'_>, platform: Platform) -> Option<Read> {
    let is_home = document.host() == Some(HOST);
    let is_ours = |post: &Post| {
        post.status.get().is_some()
            && (is_home
                || post.service_display_name.get().is_some()
                || post.last_updated_time.get().is_some())
    };
    if document.text.trim_start().starts_with('{') {
        let post: Post = match document.json::<Object<Post>>() {
            Ok(top) => top.0.unwrap_or_default(),
            Err(reason) => return Some(Err(reason)),
        };
        return is_ours(&post).then(|| read_post(document, platform, &post));
    }
    let list: List<Post, 1_000> = match document.json() {
        Ok(list) => list,
        Err(reason) => return Some(Err(reason)),
    };
    let is_list = list.items.iter().any(|post| is_ours(post) && post.service_display_name.get().is_some());
    is_list.then(|| read_list(document, platform, &list))
}

fn read_post(document: &Document<'_>, platform: Platform, post: &Post) -> Read {
    check_age(document, post)?;
    let mut warnings = Warnings::default();
    let raw = word(&post.status).filter(|raw| !raw.is_empty()).ok_or("a post without a status")?;
    let status = status(&raw, "the whole", &mut warnings);
    let headline = line(&post.title);
    Ok(Snapshot {
        overall: Some(Overall { status, headline, raw }),
        warnings: warnings.into_vec(),
        ..blank::snapshot(platform)
    })
}

fn read_list(document: &Document<'_>, platform: Platform, list: &List<Post, 1_000>) -> Read {
    let mut warnings = Warnings::default();
    let mut components: Vec<Component> = Vec::new();
    let mut lost = list.dropped;
    for post in &list.items {
        check_age(document, post)?;
        let Some(name) = line(&post.service_display_name) else {
            lost += 1;
            continue;
        };
        if components.iter().any(|known| known.id == name) {
            warnings.add(format_args!("service '{name}' is listed twice"));
            lost += 1;
            continue;
        }
        let raw_status = word(&post.status).unwrap_or_default();
        let status = status(&raw_status, &name, &mut warnings);
        components.push(Component {
            id: name.clone(),
            name,
            group: None,
            status,
            raw_status,
            updated_at: None,
        });
    }
    warnings.lost("services", lost);
    Ok(Snapshot {
        components,
        warnings: warnings.into_vec(),
        coverage: Coverage { components: lost == 0, ..blank::NOTHING },
        ..blank::snapshot(platform)
    })
}

/// Refuses a post that its host has stopped to renew. A time without a zone proves nothing either way.
fn check_age(document: &Document<'_>, post: &Post) -> Result<(), String> {
    let renewed_at = post.last_updated_time.get().and_then(times::any);
    built_lately(renewed_at, document.at).map(|_| ())
}

/// Maps a word; they come as prose and as names of constants, in either case.
fn status(raw: &str, owner: &str, warnings: &mut Warnings) -> Status {
    let bare: String = raw.chars().filter(char::is_ascii_alphanumeric).collect();
    match bare.to_ascii_lowercase().as_str() {
        "operational"
        | "available"
        | "normal"
        | "serviceoperational"
        | "servicerestored"
        | "restored"
        | "resolved"
        | "falsepositive"
        | "postincidentreviewpublished" => Status::Operational,
        "servicedegradation" | "degraded" | "advisory" | "investigating" | "restoringservice"
        | "extendedrecovery" => Status::DegradedPerformance,
        "incident" => Status::PartialOutage,
        "serviceinterruption" | "interruption" | "unavailable" | "outage" => Status::MajorOutage,
        "maintenance" => Status::UnderMaintenance,
        _ => {
            warnings.add(format_args!("{owner} has unknown status word '{raw}'"));
            Status::Unknown
        }
    }
}

#[cfg(test)]
mod tests;
