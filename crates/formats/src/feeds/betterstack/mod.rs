//! Better Stack (Better Uptime): `/index.json`, one JSON:API document that tells everything.
//!
//! Documented, and reported by several who read it; no JSON was captured. Every other path of such a host answers with the
//! home page, so the shape alone says what was found. Resources that are not monitored are no claim and don't count in the
//! vendor's own roll-up. Reports have no words for where they are in their life: one is over when its state is `resolved`
//! (its end is often left out), is watched when all it affects works again, and is looked into otherwise. What is announced
//! goes by the clock. Not read: the daily history, the announcement (a banner without beginning or end), RSS.

mod reports;
mod wire;

use std::collections::HashMap;

use domain::snapshot::{Component, Coverage, Overall, Page, Snapshot};
use domain::{Platform, Status};
use url::Url;

use self::wire::{Document, Record};
use super::document::Document as Source;
use super::facts::{self, told};
use super::reader::{Reader, at_host};
use super::rows::{id, identified, line, name};
use super::warnings::Warnings;
use super::wire::List;
use crate::feed::Read;

/// Better Stack.
pub(crate) struct BetterStack;

type Records = List<Record, 5_000>;

impl Reader for BetterStack {
    fn platform(&self) -> Platform {
        Platform::BetterStack
    }

    fn read(&self, document: &Source<'_>) -> Option<Read> {
        let parsed = match facts::object::<Document>(document)? {
            Ok(parsed) => parsed,
            Err(reason) => return Some(Err(reason)),
        };
        let page = parsed.data.0.filter(|data| data.kind.get() == Some("status_page"))?;
        Some(read(page, parsed.included, document))
    }

    fn probes(&self, page: &Url) -> Vec<String> {
        at_host(page, "/index.json").into_iter().collect()
    }

    fn feeds_in_page(&self, page: &Source<'_>) -> Vec<String> {
        let is_ours =
            ["uptime.betterstack.com/", "betteruptime.com/"].iter().any(|host| page.text.contains(host));
        let url = page.url.as_ref().filter(|_| is_ours);
        url.and_then(|url| at_host(url, "/index.json")).into_iter().collect()
    }

    fn depends_on_time(&self) -> bool {
        true
    }
}

fn read(page: Record, included: Records, source: &Source<'_>) -> Read {
    if !included.given {
        return Err("a status page without the list 'included'".to_owned());
    }
    if page.attributes.0.aggregate_state.get().is_none() {
        return Err("a status page without its aggregate state".to_owned());
    }
    let mut warnings = Warnings::default();
    let untyped =
        included.items.iter().filter(|row| row.kind.get().is_none() || id(&row.id).is_none()).count();
    let lost = included.dropped + untyped;
    warnings.lost("included", lost);
    let mut of_kind: HashMap<String, Records> = HashMap::new();
    for row in included.items {
        let Some(kind) = row.kind.0.clone().filter(|_| id(&row.id).is_some()) else { continue };
        let rows = of_kind.entry(kind).or_insert_with(|| List { given: true, ..List::default() });
        rows.items.push(row);
    }
    let mut take = |kind: &str| of_kind.remove(kind).unwrap_or_default();
    let components = components(take("status_page_section"), take("status_page_resource"), &mut warnings);
    let reports = reports::read(take("status_report"), take("status_update"), source.at, &mut warnings);
    let whole = lost == 0;
    Ok(Snapshot {
        platform: Platform::BetterStack,
        overall: Some(overall(&page, &mut warnings)),
        page: page_of(&page, &mut warnings),
        coverage: Coverage {
            components: whole && !components.is_empty(),
            open_incidents: whole,
            open_maintenances: whole,
        },
        components,
        incidents: reports.incidents,
        maintenances: reports.maintenances,
        warnings: warnings.into_vec(),
    })
}

fn page_of(page: &Record, warnings: &mut Warnings) -> Page {
    let attributes = &page.attributes.0;
    let domain = attributes.custom_domain.get().filter(|domain| !domain.is_empty());
    let address = domain.map(|domain| format!("https://{domain}"));
    Page {
        id: id(&page.id),
        name: line(&attributes.company_name),
        url: warnings.link("page", "custom_domain", address.as_deref()),
        updated_at: warnings.time("page", "updated_at", attributes.updated_at.get()),
    }
}

fn overall(page: &Record, warnings: &mut Warnings) -> Overall {
    let state = &page.attributes.0.aggregate_state;
    let (status, raw) = told(state, status, "aggregate state of the page", warnings);
    Overall { status: status.unwrap_or(Status::Unknown), headline: None, raw }
}

/// Reads the resources, in the order of their sections and then their own.
fn components(sections: Records, resources: Records, warnings: &mut Warnings) -> Vec<Component> {
    let sections: HashMap<String, (i64, Option<String>)> = identified(sections, "section", warnings)
        .into_iter()
        .map(|(id, row)| {
            let fields = row.attributes.0;
            (id, (fields.position.0.unwrap_or(i64::MAX), line(&fields.name)))
        })
        .collect();
    let mut placed: Vec<((i64, i64), Component)> = identified(resources, "resource", warnings)
        .into_iter()
        .map(|(id, row)| {
            let fields = row.attributes.0;
            let section = fields.status_page_section_id.get().and_then(|id| sections.get(id));
            let place =
                (section.map_or(i64::MAX, |(place, _)| *place), fields.position.0.unwrap_or(i64::MAX));
            let name = name(&fields.public_name, "resource", &id, warnings);
            let what = format!("status of resource '{name}'");
            let (status, raw_status) = told(&fields.status, status, what, warnings);
            let group = section.and_then(|(_, name)| name.clone());
            let status = status.unwrap_or(Status::Unknown);
            (place, Component { id, name, group, status, raw_status, updated_at: None })
        })
        .collect();
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, component)| component).collect()
}

/// Returns the meaning of a state word. What is not monitored is known to be unknown.
fn status(word: &str) -> Option<Status> {
    match word {
        "operational" => Some(Status::Operational),
        "degraded" => Some(Status::DegradedPerformance),
        "downtime" | "down" => Some(Status::MajorOutage),
        "maintenance" => Some(Status::UnderMaintenance),
        "not_monitored" => Some(Status::Unknown),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
