//! incident.io, in each of the forms that it speaks.
//!
//! The page's own summary (`/proxy/HOST`, and inside the page's HTML; captured inside the page) is the best: it has groups
//! and everything open. The documents under `/api/v2/` imitate Statuspage (captured) and are read as such; lists that are
//! empty are left out there, and some pages' show nothing unresolved. The widget (`/api/v1/summary`; documented, never
//! captured, and owners can switch it off) names only what is affected. What is over is in the list of incidents alone,
//! which goes by the same ids.

mod events;
mod native;
mod widget;
mod wire;

use domain::{Platform, Status};
use serde::Deserialize;
use url::Url;

use self::wire::Summary;
use super::document::{Document, Kind};
use super::order;
use super::reader::{Reader, at_host};
use super::wire::{List, Object, Text};
use super::{body, embedded, statuspage};
use crate::feed::{Companion, Need, Read};
use crate::text::{Token, tokens};

/// How many values that may be the summary are tried in a page.
const CANDIDATES: usize = 20;
/// The most sub pages of a page that are named.
const SUB_PAGES: usize = 50;

/// incident.io.
pub(crate) struct IncidentIo;

impl Reader for IncidentIo {
    fn platform(&self) -> Platform {
        Platform::IncidentIo
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::Json, Kind::Html]
    }

    fn read(&self, document: &Document<'_>) -> Option<Read> {
        match document.kind {
            Kind::Json => json(document),
            Kind::Html => page(document.text),
            Kind::Xml | Kind::Text => None,
        }
    }

    fn companions(&self, feed: &Url) -> Vec<Companion> {
        let path = feed.path();
        if path.ends_with("/incidents.json") {
            return Vec::new();
        }
        let folder = path.split_once("/api/").map_or("", |(folder, _)| folder);
        let url = at_host(feed, &format!("{folder}/api/v2/incidents.json"));
        url.map(|url| Companion { url, need: Need::History }).into_iter().collect()
    }

    fn probes(&self, page: &Url) -> Vec<String> {
        let own = page.host_str().map(|host| format!("/proxy/{host}"));
        own.into_iter()
            .chain(["/api/v1/summary".to_owned()])
            .filter_map(|path| at_host(page, &path))
            .collect()
    }

    fn feeds_in_page(&self, page: &Document<'_>) -> Vec<String> {
        feeds(page).unwrap_or_default()
    }
}

/// What tells the forms apart.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Shape {
    page: Object<PageShape>,
    page_title: Text,
    summary: Object<Summary>,
    structure: Object<wire::Structure>,
    affected_components: List<wire::Affected, 5_000>,
    incidents: List<RowShape, 500>,
    id: Text,
    page_id: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PageShape {
    id: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RowShape {
    id: Text,
}

fn json(document: &Document<'_>) -> Option<Read> {
    // A summary taken out of a page may still have the mark for what is absent.
    let text = document.text.replace("\"$undefined\"", "null");
    let shape = match body::parse::<Object<Shape>>(&text) {
        Ok(shape) => shape.0?,
        Err(reason) => return Some(Err(reason)),
    };
    if let Some(summary) = shape.summary.0.filter(Summary::is_ours) {
        return Some(native::read(summary));
    }
    if shape.structure.0.is_some() || shape.affected_components.given {
        let summary = body::parse::<Object<Summary>>(&text).ok()?.0?;
        return summary.is_ours().then(|| native::read(summary));
    }
    if shape.page_title.get().is_some() {
        return widget::read(body::parse::<Object<wire::Widget>>(&text).ok()?.0?);
    }
    let is_compatible = match &shape.page.0 {
        Some(page) => is_ulid(&page.id),
        None if shape.incidents.items.is_empty() => is_ulid(&shape.id) && is_ulid(&shape.page_id),
        None => shape.incidents.items.iter().all(|row| is_ulid(&row.id)),
    };
    if !is_compatible {
        return None;
    }
    let path = document.url.as_ref().map(Url::path);
    let mut read = statuspage::read(path, document.text)?;
    if let Ok(snapshot) = &mut read {
        snapshot.platform = Platform::IncidentIo;
    }
    Some(read)
}

/// Reads the summary that a page is drawn from.
fn page(html: &str) -> Option<Read> {
    let data = embedded::flight(html)?;
    let mut found = embedded::values::<Object<Summary>>(&data, "summary").take(CANDIDATES);
    found.find_map(|value| value.0.filter(Summary::is_ours)).map(native::read)
}

/// Returns the feeds of a page that is ours: its own summary, the compatible one, the page itself; for a page that has only
/// sub pages, the widgets of these.
fn feeds(page: &Document<'_>) -> Option<Vec<String>> {
    let url = page.url.as_ref()?;
    let is_ours = page.text.contains("incident.io")
        && (page.text.contains("data-testid=\"status-page-header\"") || page.text.contains("__next_f"))
        && page.text.contains("ongoing_incidents");
    if !is_ours {
        return None;
    }
    let is_sub_page = |tag: &crate::text::Tag<'_>| {
        tag.is("a") && tag.attribute("data-testid").as_deref() == Some("subpage-item")
    };
    let sub_pages: Vec<String> = tokens(page.text)
        .filter_map(|token| match token {
            Token::Open(tag) if is_sub_page(&tag) => url.join(&tag.attribute("href")?).ok(),
            Token::Open(_) | Token::Close(_) | Token::Text(_) | Token::Raw(_) => None,
        })
        .filter(|sub_page| sub_page.host_str() == url.host_str())
        .filter_map(|sub_page| {
            at_host(&sub_page, &format!("{}/api/v1/summary", sub_page.path().trim_end_matches('/')))
        })
        .take(SUB_PAGES)
        .collect();
    if !sub_pages.is_empty() {
        return Some(sub_pages);
    }
    let paths =
        [format!("/proxy/{}", url.host_str()?), "/api/v2/summary.json".to_owned(), url.path().to_owned()];
    Some(paths.iter().filter_map(|path| at_host(url, path)).collect())
}

/// Whether a text is an id of incident.io: 26 characters of Crockford's base 32.
fn is_ulid(text: &Text) -> bool {
    let is_digit = |c: u8| c.is_ascii_digit() || c.is_ascii_uppercase() && !b"ILOU".contains(&c);
    text.get().is_some_and(|id| id.len() == 26 && id.bytes().all(is_digit))
}

/// Maps the word of a component's state.
fn status(word: &str) -> Option<Status> {
    match word {
        "operational" => Some(Status::Operational),
        "degraded_performance" => Some(Status::DegradedPerformance),
        "partial_outage" => Some(Status::PartialOutage),
        "full_outage" | "major_outage" => Some(Status::MajorOutage),
        "under_maintenance" => Some(Status::UnderMaintenance),
        _ => None,
    }
}

/// Returns how much the word of a state weighs; see [`order::weight`].
fn weight(raw: &str) -> u8 {
    order::weight(status(raw).unwrap_or(Status::Unknown))
}

#[cfg(test)]
mod tests;
