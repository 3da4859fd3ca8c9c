//! PagerDuty's status pages: JSON in the page itself, in `script#data`; there is no other form.
//!
//! Captured once. The page tells no status of a service: what an open incident's newest update names is as bad as it says,
//! all else works. The words are the owner's; what they mean say the keys of `post_enums`. Not a claim about the whole is
//! `globalStatusHeadline`: it says that everything runs smoothly while an incident is open. Newer pages are reported to give
//! nothing but that headline; they are refused. `posts`, where maintenances are expected, was empty in the capture.

mod posts;
mod wire;
mod words;

use std::collections::{HashMap, HashSet};

use domain::snapshot::{Component, Coverage, Page, Snapshot};
use domain::{Platform, Status};

use self::wire::{BusinessService, Document, Layout, Post, Service, Update};
use self::words::Words;
use super::blank;
use super::document::{Document as Source, Kind};
use super::facts::told;
use super::order;
use super::reader::{Reader, at_host};
use super::rows::{id, identified, is_whole, line, name};
use super::warnings::Warnings;
use super::wire::{List, Object, Text};
use super::{body, embedded};
use crate::feed::Read;

/// PagerDuty.
pub(crate) struct PagerDuty;

/// What is worst about each service: its status and the word for it.
type Harm = HashMap<String, (Status, String)>;

impl Reader for PagerDuty {
    fn platform(&self) -> Platform {
        Platform::PagerDuty
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::Html]
    }

    fn read(&self, document: &Source<'_>) -> Option<Read> {
        match body::parse::<Object<Document>>(data(document.text)?) {
            Ok(Object(parsed)) => parsed.filter(|it| it.status_page_type.get().is_some()).map(read),
            Err(reason) => Some(Err(reason)),
        }
    }

    fn feeds_in_page(&self, page: &Source<'_>) -> Vec<String> {
        let url = page.url.as_ref().filter(|_| data(page.text).is_some());
        url.and_then(|url| at_host(url, url.path())).into_iter().collect()
    }
}

fn data(html: &str) -> Option<&str> {
    embedded::script(html, "data").filter(|data| data.contains("\"status_page_type\""))
}

fn read(document: Document) -> Read {
    let Some(summary) = document.summary.0 else {
        return Err("a page without its summary, which newer pages don't give".to_owned());
    };
    if !summary.open_incidents.given {
        return Err("a summary without the list of open incidents".to_owned());
    }
    if !summary.post_status_page_services.given {
        return Err("a summary without the list of services".to_owned());
    }
    let words = Words::new(&summary.post_enums);
    let mut warnings = Warnings::default();
    let mut reader = posts::Posts { words: &words, warnings: &mut warnings };
    let services = Services::new(&summary.post_status_page_services);
    let harm = harm(&summary.open_incidents, &summary.posts, &services, &mut reader);
    // What could not be read may be about any service.
    let unnamed = if is_certain(&summary) { Status::Operational } else { Status::Unknown };
    let (layout, page) = document.layout.0.map_or_else(Default::default, laid_out);
    let coverage = Coverage {
        components: is_whole(&summary.post_status_page_services)
            && !summary.post_status_page_services.items.is_empty(),
        open_incidents: is_whole(&summary.open_incidents),
        open_maintenances: is_whole(&summary.posts),
    };
    let mut incidents = reader.incidents(summary.open_incidents, false, &services);
    incidents.extend(reader.incidents(summary.resolved_incidents, true, &services));
    let (others, maintenances) = reader.posts(summary.posts, &services);
    for incident in others {
        if incidents.iter().all(|known| known.id != incident.id) {
            incidents.push(incident);
        }
    }
    Ok(Snapshot {
        page,
        components: components(summary.post_status_page_services, &layout, (harm, unnamed), &mut warnings),
        incidents: order::incidents(incidents),
        maintenances,
        warnings: warnings.into_vec(),
        coverage,
        ..blank::snapshot(Platform::PagerDuty)
    })
}

/// Whether everything that is open was read, and says which services it harms.
fn is_certain(summary: &wire::Summary) -> bool {
    let is_named = |row: &wire::Impacted| row.id.get().or(row.business_service_id.get()).is_some();
    let is_told = |post: &Post| {
        let newest = posts::newest(post).map(|update| &update.impacted_business_services);
        post.updates.dropped == 0 && newest.is_some_and(|it| it.dropped == 0 && it.items.iter().all(is_named))
    };
    is_whole(&summary.open_incidents)
        && summary.posts.dropped == 0
        && summary.open_incidents.items.iter().all(is_told)
}

/// The ids of the page's services, by those of the business services they show.
struct Services(HashMap<String, String>);

impl Services {
    fn new(list: &List<Service, 5_000>) -> Self {
        let pairs =
            list.items.iter().filter_map(|row| Some((id(&row.external_business_service_id)?, id(&row.id)?)));
        Self(pairs.collect())
    }

    /// Returns the id of the service that an update names.
    fn named(&self, row: &wire::Impacted) -> Option<String> {
        let by_business = || self.0.get(row.business_service_id.get()?).cloned();
        id(&row.id).or_else(by_business)
    }
}

/// Returns how bad each service is by what is open: every open incident and every work that goes on.
fn harm(
    open: &List<Post, 500>,
    posts: &List<Post, 500>,
    services: &Services,
    reader: &mut posts::Posts<'_, '_>,
) -> Harm {
    let mut harm = Harm::new();
    let others: Vec<&Post> = posts.items.iter().filter(|post| reader.goes_on(post)).collect();
    for update in open.items.iter().chain(others).filter_map(posts::newest) {
        for row in &update.impacted_business_services.items {
            let Some(service) = services.named(row) else {
                reader.warnings.add("an update names a service without an id");
                continue;
            };
            let map = |word: &str| reader.words.severity(word).map(|(status, _)| status);
            let what = format!("severity of service '{service}'");
            let (status, raw) = told(&row.severity, map, what, reader.warnings);
            let status = status.unwrap_or(Status::Unknown);
            let known = harm.get(&service).map(|(status, _)| order::weight(*status));
            if known.is_none_or(|known| known < order::weight(status)) {
                harm.insert(service, (status, raw));
            }
        }
    }
    harm
}

/// The place and the heading of each business service.
type Places = HashMap<String, (usize, Option<String>)>;

/// Returns where services stand in the page, and the page.
fn laid_out(layout: Layout) -> (Places, Page) {
    let settings = layout.layout_settings.0.unwrap_or_default();
    let mut places = Places::new();
    let rows: Vec<BusinessService> = settings.business_services.items;
    let children = rows.iter().flat_map(|row| &row.child_business_services.0);
    let headed: HashSet<&str> = children.filter_map(Text::get).collect();
    for row in &rows {
        let is_headed = row.id.get().is_some_and(|id| headed.contains(id));
        if row.child_business_services.0.is_empty() && is_headed {
            continue;
        }
        let heading = line(&row.name).filter(|_| !row.child_business_services.0.is_empty());
        let own = heading.is_none().then_some(&row.id);
        for service in own.into_iter().chain(&row.child_business_services.0).filter_map(id) {
            let place = places.len();
            places.entry(service).or_insert_with(|| (place, heading.clone()));
        }
    }
    let page = Page { id: id(&layout.status_page_id), name: line(&settings.name), ..Page::default() };
    (places, page)
}

/// Reads the services in the order of the page; one that nothing open names has the given status.
fn components(
    list: List<Service, 5_000>,
    places: &Places,
    (mut harm, unnamed): (Harm, Status),
    warnings: &mut Warnings,
) -> Vec<Component> {
    let mut placed: Vec<(usize, Component)> = identified(list, "service", warnings)
        .into_iter()
        .filter(|(_, row)| row.is_active.0 != Some(false))
        .map(|(id, row)| {
            let place = row.external_business_service_id.get().and_then(|business| places.get(business));
            let name = name(&row.name, "service", &id, warnings);
            let (status, raw_status) = harm.remove(&id).unwrap_or((unnamed, String::new()));
            let group = place.and_then(|(_, heading)| heading.clone());
            let component = Component { id, name, group, status, raw_status, updated_at: None };
            (place.map_or(usize::MAX, |(place, _)| *place), component)
        })
        .collect();
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, component)| component).collect()
}

/// Returns when an update was reported, which is the time to show.
fn shown_at(row: &Update) -> Option<&str> {
    row.reported_at.get().or(row.created_at.get())
}

#[cfg(test)]
mod tests;
