//! Cachet 2 and 3: components, their groups, incidents and schedules, each in a list of its own that comes in pages.
//!
//! Documented, never captured. Version 2 from the source of 2.4; version 3, a JSON:API, from the source of its core
//! (resources, enumerations, controllers). Integers may be text. Times are in the zone of the server, which no document
//! tells, so a time without a zone is none: ids, which are counted up, give the order.

mod incidents;
mod wire;

use std::collections::{HashMap, HashSet};

use domain::snapshot::{Component, Overall, Page, Snapshot};
use domain::{Platform, Status};
use url::Url;

use self::wire::{Claim, Document as Wire, Row, value};
use super::blank;
use super::document::Document;
use super::reader::{Reader, at_host};
use super::rows::{self, LOSSY_PART, id, identified, is_whole, known, line, name};
use super::times;
use super::warnings::Warnings;
use super::wire::{List, Object, Text};
use crate::feed::{Companion, Need, Read};
use crate::text::{WORD_CHARS, clean_line};

/// Cachet.
pub(crate) struct Cachet;

impl Reader for Cachet {
    fn platform(&self) -> Platform {
        Platform::Cachet
    }

    fn read(&self, document: &Document<'_>) -> Option<Read> {
        match document.json::<Object<Wire>>() {
            Err(reason) => Some(Err(reason)),
            Ok(Object(None)) => None,
            Ok(Object(Some(wire))) => match kind(&wire, document.url.as_ref()) {
                Some(kind) => Some(read(kind, wire)),
                None => claim(document).map(Ok),
            },
        }
    }

    fn companions(&self, feed: &Url) -> Vec<Companion> {
        let path = feed.path();
        let further: &[&str] = if path == "/api/v1/components" {
            &[
                "v1/incidents?sort=id&order=desc&per_page=100",
                "v1/schedules?sort=id&order=desc&per_page=100",
                "v1/components/groups?per_page=100",
            ]
        } else if path == "/api/components" {
            &[
                "incidents?sort=-id&per_page=100&include=components,updates",
                "schedules?sort=-id&per_page=100&include=components,updates",
            ]
        } else {
            &[]
        };
        let url = |file: &&str| feed.join(&format!("/api/{file}")).ok().map(String::from);
        further.iter().filter_map(url).map(|url| Companion { url, need: Need::Detail }).collect()
    }

    /// Only the components are worth following to their end; of incidents and schedules the newest hundred are enough.
    fn next_part(&self, document: &Document<'_>) -> Option<String> {
        let wire = document.json::<Object<Wire>>().ok()?.0?;
        let kind = kind(&wire, document.url.as_ref())?;
        if !matches!(kind, Kind::Components | Kind::Groups) || !has_next(&wire) {
            return None;
        }
        let mut url = document.url.clone()?;
        let others =
            url.query_pairs().filter(|(key, _)| key != "page").map(|(k, v)| (k.into_owned(), v.into_owned()));
        let others: Vec<(String, String)> = others.collect();
        let next = (page_number(&wire)? + 1).to_string();
        url.query_pairs_mut().clear().extend_pairs(others).append_pair("page", &next);
        Some(url.into())
    }

    fn probes(&self, page: &Url) -> Vec<String> {
        let query = |path: &str, query: &str| at_host(page, path).map(|url| format!("{url}?{query}"));
        let both = [
            query("/api/v1/components", "per_page=100"),
            query("/api/components", "per_page=100&include=group"),
        ];
        both.into_iter().flatten().collect()
    }
}

/// What a list lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Components,
    Groups,
    Incidents,
    Schedules,
}

/// Tells what a list lists: by its rows, or by its address where there are none. `None` where it is not in our form.
fn kind(wire: &Wire, url: Option<&Url>) -> Option<Kind> {
    let meta = wire.meta.0.as_ref();
    let is_paged = meta.is_some_and(|meta| meta.pagination.0.is_some() || meta.current_page.get().is_some());
    if let Some(kind) = wire.data.items.iter().find_map(kind_of_row) {
        let is_enveloped = wire.data.items.iter().any(|row| row.attributes.0.is_some());
        return (is_paged || is_enveloped).then_some(kind);
    }
    let path = url?.path().strip_prefix("/api/")?;
    let kind = match path.strip_prefix("v1/").unwrap_or(path) {
        "components" => Kind::Components,
        "components/groups" | "component-groups" => Kind::Groups,
        "incidents" => Kind::Incidents,
        "schedules" => Kind::Schedules,
        _ => return None,
    };
    is_paged.then_some(kind)
}

fn kind_of_row(row: &Row) -> Option<Kind> {
    if row.attributes.0.is_some() {
        return match row.kind.get()? {
            "components" => Some(Kind::Components),
            "componentGroups" | "component-groups" => Some(Kind::Groups),
            "incidents" => Some(Kind::Incidents),
            "schedules" => Some(Kind::Schedules),
            _ => None,
        };
    }
    if row.enabled_components.given {
        Some(Kind::Groups)
    } else if row.scheduled_at.get().is_some() && row.component_id.get().is_none() {
        Some(Kind::Schedules)
    } else if row.human_status.get().or(row.component_id.get()).is_some() {
        Some(Kind::Incidents)
    } else if row.status_name.get().or(row.group_id.get()).is_some() {
        Some(Kind::Components)
    } else {
        None
    }
}

fn read(kind: Kind, mut wire: Wire) -> Read {
    if !wire.data.given {
        return Err("'data' is not a list".to_owned());
    }
    let is_last = !has_next(&wire);
    wire.data.items = wire.data.items.into_iter().map(Row::opened).collect();
    if kind == Kind::Components && !is_last && !is_whole(&wire.data) {
        return Err(LOSSY_PART.to_owned());
    }
    let is_complete = is_last && is_whole(&wire.data);
    let mut warnings = Warnings::default();
    let mut snapshot = blank::snapshot(Platform::Cachet);
    match kind {
        Kind::Components => {
            snapshot.components = components(wire.data, &headings(wire.included), &mut warnings);
            snapshot.coverage.components = is_complete && !snapshot.components.is_empty();
        }
        Kind::Groups => snapshot.components = grouped(wire.data, &mut warnings),
        Kind::Incidents => {
            let posts = incidents::posts(wire.included);
            (snapshot.incidents, snapshot.maintenances) = incidents::read(wire.data, &posts, &mut warnings);
            snapshot.coverage.open_incidents = is_complete;
        }
        Kind::Schedules => {
            let posts = incidents::posts(wire.included);
            snapshot.maintenances = incidents::schedules(wire.data, &posts, &mut warnings);
            snapshot.coverage.open_maintenances = is_complete;
        }
    }
    Ok(Snapshot { warnings: warnings.into_vec(), ..snapshot })
}

/// Whether further parts follow. The last part speaks for the whole list: it is only reached over all others.
fn has_next(wire: &Wire) -> bool {
    let pages = wire.meta.0.as_ref().and_then(|meta| meta.pagination.0.as_ref());
    let total = pages.and_then(|pages| number(&pages.total_pages));
    let links = wire.links.0.as_ref().and_then(|links| links.next.get());
    let next = pages.and_then(|pages| pages.links.0.as_ref()?.next_page.get());
    next.or(links).is_some() || total > Some(1) && page_number(wire) < total
}

fn page_number(wire: &Wire) -> Option<u32> {
    let meta = wire.meta.0.as_ref()?;
    let pages = meta.pagination.0.as_ref();
    pages.and_then(|pages| number(&pages.current_page)).or_else(|| number(&meta.current_page))
}

fn number(text: &Text) -> Option<u32> {
    text.get()?.parse().ok()
}

/// The names of groups that were asked for beside the components.
fn headings(included: List<Row, 2_000>) -> HashMap<String, String> {
    let groups = included.items.into_iter().map(Row::opened);
    groups.filter_map(|group| Some((id(&group.id)?, line(&group.name)?))).collect()
}

/// Reads components; those that are switched off are no part of the page.
fn components(
    list: List<Row, 5_000>,
    headings: &HashMap<String, String>,
    warnings: &mut Warnings,
) -> Vec<Component> {
    let shown = |(_, row): &(String, Row)| row.enabled.0 != Some(false);
    let rows = identified(list, "component", warnings).into_iter().filter(shown);
    let component = |(id, row): (String, Row)| {
        let group =
            row.relationships.0.as_ref().and_then(|to| to.group.0.as_ref()?.data.0.as_ref()?.id.get());
        let group = group.and_then(|group| headings.get(group)).cloned();
        component(id, &row, group, warnings)
    };
    rows.map(component).collect()
}

/// Reads the components under each group, which is where their group has its name.
fn grouped(list: List<Row, 5_000>, warnings: &mut Warnings) -> Vec<Component> {
    let mut all: Vec<Component> = Vec::new();
    for (_, group) in identified(list, "group", warnings) {
        let heading = line(&group.name);
        let members = group.enabled_components.items.into_iter().map(Row::from).collect();
        let members = List { given: true, items: members, ..List::default() };
        for component in components(members, &HashMap::new(), warnings) {
            all.push(Component { group: heading.clone(), ..component });
        }
    }
    let mut seen = HashSet::new();
    all.retain(|component| seen.insert(component.id.clone()));
    all
}

fn component(id: String, row: &Row, group: Option<String>, warnings: &mut Warnings) -> Component {
    let name = name(&row.name, "component", &id, warnings);
    let raw_status = clean_line(value(&row.status).unwrap_or_default(), WORD_CHARS);
    let status = match raw_status.as_str() {
        // Unknown by the page's own word: 0 in version 2, 5 in version 3.
        "0" | "5" => Status::Unknown,
        code => {
            let owner = format!("component '{name}'");
            known(status(code), Status::Unknown, &owner, "status", code, warnings)
        }
    };
    let updated_at = wire::time(&row.updated_at, &row.updated).and_then(times::any);
    Component { id, name, group, status, raw_status, updated_at }
}

fn status(code: &str) -> Option<Status> {
    match code {
        "1" => Some(Status::Operational),
        "2" => Some(Status::DegradedPerformance),
        "3" => Some(Status::PartialOutage),
        "4" => Some(Status::MajorOutage),
        "6" => Some(Status::UnderMaintenance),
        _ => None,
    }
}

/// Reads the page's claim about the whole, where a document is nothing else: `{"data":{"status":"success",…}}`.
fn claim(document: &Document<'_>) -> Option<Snapshot> {
    let row = document.json::<Object<Claim>>().ok()?.0?.data.0?.opened();
    let headline = line(&row.message).or_else(|| line(&row.label))?;
    let raw = rows::word(&Text(value(&row.status).map(ToOwned::to_owned)))?;
    let status = match raw.as_str() {
        "success" => Status::Operational,
        "info" => Status::DegradedPerformance,
        "warning" => Status::PartialOutage,
        "danger" => Status::MajorOutage,
        // Version 3 has our words.
        word => Status::from_word(word).filter(|status| *status != Status::Unknown)?,
    };
    let overall = Some(Overall { status, headline: Some(headline), raw });
    let page = Page { name: line(&row.name), ..Page::default() };
    Some(Snapshot { page, overall, ..blank::snapshot(Platform::Cachet) })
}

impl rows::Row for Row {
    fn id(&self) -> &Text {
        &self.id
    }
}

#[cfg(test)]
mod tests;
