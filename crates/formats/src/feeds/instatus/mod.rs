//! Instatus: `/summary.json` beside `/v2/components.json` (or both under `/v3`), and the data inside its pages.
//!
//! The summary is documented and reported by several who read it, the components in two shapes (a bare list with children,
//! an object with groups), both read here; neither was captured. The data inside a page was: a React flight payload whose
//! `site` has the components and beside it the active incidents with their updates.
//!
//! Empty lists are left out of a summary, so an absent one counts as empty only while the page itself claims that nothing of
//! the kind is going on. An incident's own impact word may say that all is operational while the components it lists do not;
//! the worse of the two counts until it is over.

mod components;
mod events;
mod wire;

use domain::snapshot::{Component, Coverage, Overall, Page, Snapshot};
use domain::{Platform, Status};
use url::Url;

use self::wire::{Components, Document, Event, Site};
use super::blank;
use super::document::{Document as Source, Kind};
use super::reader::{Reader, at_host, beside};
use super::rows::{id, is_whole, line};
use super::warnings::Warnings;
use super::wire::{List, Object, Text};
use super::{embedded, facts};
use crate::feed::{Companion, Need, Read};

/// Instatus.
pub(crate) struct Instatus;

impl Reader for Instatus {
    fn platform(&self) -> Platform {
        Platform::Instatus
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::Json, Kind::Html]
    }

    fn read(&self, document: &Source<'_>) -> Option<Read> {
        match document.kind {
            Kind::Html => read_page(document),
            Kind::Json | Kind::Xml | Kind::Text => read_json(document),
        }
    }

    fn companions(&self, feed: &Url) -> Vec<Companion> {
        let path = feed.path();
        let other = match path.rsplit('/').next() {
            Some("summary.json") if path.ends_with("/v3/summary.json") => beside(feed, "components.json"),
            Some("summary.json") => beside(feed, "v2/components.json"),
            Some("components.json") if path.ends_with("/v3/components.json") => beside(feed, "summary.json"),
            Some("components.json") => beside(feed, "../summary.json"),
            Some(_) | None => None,
        };
        other.map(|url| Companion { url, need: Need::State }).into_iter().collect()
    }

    fn probes(&self, page: &Url) -> Vec<String> {
        ["/summary.json", "/v3/summary.json"].iter().filter_map(|path| at_host(page, path)).collect()
    }

    fn feeds_in_page(&self, page: &Source<'_>) -> Vec<String> {
        let Some(url) = page.url.as_ref().filter(|_| is_our_page(page.text)) else { return Vec::new() };
        [at_host(url, "/summary.json"), at_host(url, url.path())].into_iter().flatten().collect()
    }
}

fn is_our_page(html: &str) -> bool {
    html.contains("instatus.com") && html.contains("__next_f")
}

fn read_json(source: &Source<'_>) -> Option<Read> {
    let document = match facts::object::<Document>(source) {
        Some(Ok(document)) => document,
        Some(Err(reason)) => return Some(Err(reason)),
        None => {
            let components = source.json::<Components>().ok()?;
            return components::are_ours(&components, source.url.as_ref())
                .then(|| Ok(read_components(components)));
        }
    };
    if is_summary(&document) {
        return Some(read_summary(document));
    }
    if let Object(Some(site)) = document.site
        && site.components.given
        && document.active_incidents.given
    {
        return Some(read_site(site, document.active_incidents, document.active_maintenances));
    }
    let Document { components, .. } = document;
    components::are_ours(&components, source.url.as_ref()).then(|| Ok(read_components(components)))
}

/// Whether a page has a status in our capitals, or lists that nobody else calls so.
fn is_summary(document: &Document) -> bool {
    let Some(page) = &document.page.0 else { return false };
    let is_shouted = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_uppercase());
    let lists = [&document.active_incidents, &document.active_maintenances];
    page.status.get().is_some_and(is_shouted) || lists.iter().any(|list| list.given || list.wrong)
}

fn read_summary(mut document: Document) -> Read {
    events::give_ids(&mut document.active_incidents);
    events::give_ids(&mut document.active_maintenances);
    let Some(page) = &document.page.0 else { return Err("a summary without its page".to_owned()) };
    for (list, name) in [
        (&document.active_incidents, "activeIncidents"),
        (&document.active_maintenances, "activeMaintenances"),
    ] {
        if list.wrong {
            return Err(format!("'{name}' is not a list"));
        }
    }
    if page.status.get().is_none() {
        return Err("a summary without the page's status".to_owned());
    }
    let mut warnings = Warnings::default();
    let (components, whole) = components::read(document.components, &mut warnings);
    let overall = overall(&page.status, &components, &mut warnings);
    let covers = |list: &List<Event, 500>, calm: &[Status]| {
        is_whole(list) || !list.given && overall.as_ref().is_some_and(|it| calm.contains(&it.status))
    };
    let at_rest = [Status::Operational, Status::UnderMaintenance];
    let no_works =
        [Status::Operational, Status::DegradedPerformance, Status::PartialOutage, Status::MajorOutage];
    let coverage = Coverage {
        components: whole,
        open_incidents: covers(&document.active_incidents, &at_rest),
        open_maintenances: covers(&document.active_maintenances, &no_works),
    };
    let page = Page {
        name: line(&page.name.0),
        url: warnings.link("page", "url", page.url.get()),
        ..Page::default()
    };
    let incidents = events::incidents(document.active_incidents, &mut warnings);
    let maintenances = events::maintenances(document.active_maintenances, &mut warnings);
    Ok(Snapshot {
        platform: Platform::Instatus,
        page,
        overall,
        components,
        incidents,
        maintenances,
        warnings: warnings.into_vec(),
        coverage,
    })
}

fn read_components(list: Components) -> Snapshot {
    let mut warnings = Warnings::default();
    let (components, whole) = components::read(list, &mut warnings);
    Snapshot {
        components,
        warnings: warnings.into_vec(),
        coverage: Coverage { components: whole, ..blank::NOTHING },
        ..blank::snapshot(Platform::Instatus)
    }
}

fn read_page(source: &Source<'_>) -> Option<Read> {
    if !is_our_page(source.text) {
        return None;
    }
    let data = embedded::flight(source.text)?;
    let site = embedded::values::<Object<Site>>(&data, "site")
        .filter_map(|Object(site)| site)
        .find(|site| site.components.given)?;
    let list = |key| {
        // A component may have a list of its own, which is a part of the page's.
        let found = embedded::values::<List<Event, 500>>(&data, key).filter(|list| list.given);
        found.max_by_key(|list| list.items.len() + list.dropped).unwrap_or_default()
    };
    Some(read_site(site, list("activeIncidents"), list("activeMaintenances")))
}

/// Reads what a page is drawn from.
fn read_site(site: Site, mut active: List<Event, 500>, mut planned: List<Event, 500>) -> Read {
    if site.status.get().is_none() {
        return Err("a page without the status of its site".to_owned());
    }
    events::give_ids(&mut active);
    events::give_ids(&mut planned);
    let (open_incidents, open_maintenances) = (is_whole(&active), is_whole(&planned));
    let mut warnings = Warnings::default();
    for (list, name) in [(&active, "activeIncidents"), (&planned, "activeMaintenances")] {
        if !list.given {
            warnings.add(format_args!("page has no list '{name}'"));
        }
    }
    let (components, whole) = components::read(site.components, &mut warnings);
    let domain = site.custom_domain.get().filter(|domain| !domain.is_empty()).map(ToOwned::to_owned);
    let domain = domain.or_else(|| Some(format!("{}.instatus.com", site.subdomain.get()?)));
    let address = domain.map(|domain| format!("https://{domain}"));
    Ok(Snapshot {
        platform: Platform::Instatus,
        page: Page {
            id: id(&site.id),
            name: line(&site.name.0),
            url: warnings.link("page", "domain", address.as_deref()),
            updated_at: None,
        },
        overall: overall(&site.status, &components, &mut warnings),
        components,
        incidents: events::incidents(active, &mut warnings),
        maintenances: events::maintenances(planned, &mut warnings),
        warnings: warnings.into_vec(),
        coverage: Coverage { components: whole, open_incidents, open_maintenances },
    })
}

/// Returns the page's claim. That it has issues is as bad as its worst component, where the document knows them.
fn overall(word: &Text, components: &[Component], warnings: &mut Warnings) -> Option<Overall> {
    let trouble =
        components.iter().map(|component| component.status).filter(|status| status.is_trouble()).max();
    let map = |word: &str| {
        let word = word.to_ascii_uppercase();
        let extent = word.strip_prefix("ALL").or(word.strip_prefix("SOME")).unwrap_or(&word);
        match extent {
            "UP" => Some(Status::Operational),
            "HASISSUES" => Some(trouble.unwrap_or(Status::DegradedPerformance)),
            "DEGRADED" => Some(Status::DegradedPerformance),
            other => components::status(other),
        }
    };
    let (status, raw) = facts::told(word, map, "status of the page", warnings);
    Some(Overall { status: status.unwrap_or(Status::Unknown), headline: None, raw })
}

#[cfg(test)]
mod tests;
