//! Atlassian Statuspage, and the documents of others in its form.
//!
//! Knows the documents under `/api/v2/` (summary, status, components, incidents, scheduled maintenances), a single
//! incident, the history as a feed ([`history`]) and what is sent to subscribers ([`webhook`]). Three facts stay apart: the page's own claim, the statuses of its components, its incidents; they disagree
//! routinely. Only what a document lists completely is authoritative, and a summary whose components vanished is refused:
//! it must not read as a page where all is well.

mod components;
mod dates;
mod history;
mod incidents;
mod page;
mod webhook;
mod wire;

pub(crate) use webhook::read_webhook;

use domain::snapshot::{Coverage, Overall, Page, Snapshot};
use domain::{Platform, Status};
use url::Url;

use self::wire::{Document, Incident};
use super::blank;
use super::body;
use super::document::{Document as Source, Kind};
use super::reader::{Reader, at_host, beside};
use super::rows::{Row, id, is_whole, line};
use super::warnings::Warnings;
use super::wire::{List, Object, Text};
use crate::feed::{Companion, Need, Read};
use crate::text::{WORD_CHARS, clean_line};

/// Atlassian Statuspage.
pub(crate) struct Statuspage;

impl Reader for Statuspage {
    fn platform(&self) -> Platform {
        Platform::Statuspage
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::Json, Kind::Xml]
    }

    fn read(&self, document: &Source<'_>) -> Option<Read> {
        match document.kind {
            Kind::Json => read(document.url.as_ref().map(Url::path), document.text),
            Kind::Xml => history::read(document),
            Kind::Html | Kind::Text => None,
        }
    }

    fn companions(&self, feed: &Url) -> Vec<Companion> {
        companions(feed)
    }

    fn probes(&self, page: &Url) -> Vec<String> {
        at_host(page, "/api/v2/summary.json").into_iter().collect()
    }

    fn feeds_in_page(&self, page: &Source<'_>) -> Vec<String> {
        page::feed(page).into_iter().collect()
    }
}

/// Reads a document that came from a path; `None` where it is not of this platform.
pub(super) fn read(path: Option<&str>, text: &str) -> Option<Read> {
    match body::parse::<Object<Document>>(text) {
        Err(reason) => Some(Err(reason)),
        Ok(Object(None)) => None,
        Ok(Object(Some(document))) if is_ours(&document) => Some(read_document(path, document)),
        Ok(Object(Some(_))) => single(text).map(|incident| Ok(read_single(incident))),
    }
}

/// Returns the lists of incidents and maintenances that stand beside a document under `/api/v2/`, and the page's log.
pub(super) fn companions(feed: &Url) -> Vec<Companion> {
    let Some((folder, file)) = feed.path().rsplit_once('/') else { return Vec::new() };
    let Some(root) = folder.strip_suffix("/api/v2") else { return Vec::new() };
    let lists = ["incidents.json", "scheduled-maintenances.json"]
        .into_iter()
        .filter(|name| *name != file)
        .filter_map(|name| Some(Companion { url: beside(feed, name)?, need: Need::History }));
    let log = at_host(feed, &format!("{root}/history.atom"));
    lists.chain(log.map(|url| Companion { url, need: Need::Fallback })).collect()
}

/// Whether the shape is ours: a page with an id or a claim in our words, and something said about it; or, from an archive
/// without the page, incidents that bring their updates along.
fn is_ours(document: &Document) -> bool {
    let lists = [&document.incidents, &document.scheduled_maintenances];
    let claims = document.status.0.as_ref().is_some_and(|status| status.indicator.get().is_some());
    match &document.page.0 {
        Some(page) => {
            claims
                || page.id.get().is_some()
                    && (document.components.given || lists.iter().any(|list| list.given))
        }
        None => {
            let rows = || lists.iter().flat_map(|list| &list.items);
            rows().next().is_some() && rows().all(has_own_form)
        }
    }
}

/// Whether an object without its page is an incident of ours.
fn has_own_form(incident: &Incident) -> bool {
    incident.incident_updates.given && incident.id.get().is_some() && incident.status.get().is_some()
}

/// Returns the incident that a document consists of.
fn single(text: &str) -> Option<Incident> {
    body::parse::<Object<Incident>>(text).ok()?.0.filter(has_own_form)
}

fn read_single(incident: Incident) -> Snapshot {
    let mut rows = List::<Incident, 500> { given: true, ..List::default() };
    rows.items.push(incident);
    let mut warnings = Warnings::default();
    let (incidents, maintenances) = incidents::read([rows, List::default()], None, &mut warnings);
    Snapshot {
        incidents,
        maintenances,
        warnings: warnings.into_vec(),
        ..blank::snapshot(Platform::Statuspage)
    }
}

fn read_document(path: Option<&str>, document: Document) -> Read {
    let lists = [&document.incidents, &document.scheduled_maintenances];
    for (wrong, name) in [
        (document.components.wrong, "components"),
        (document.incidents.wrong, "incidents"),
        (document.scheduled_maintenances.wrong, "scheduled_maintenances"),
    ] {
        if wrong {
            return Err(format!("'{name}' is not a list"));
        }
    }
    let is_summary = path.is_some_and(|path| path.ends_with("/summary.json"))
        || document.status.0.is_some() && (document.components.given || lists.iter().any(|list| list.given));
    if is_summary && !document.components.given {
        return Err("a summary without a list of components".to_owned());
    }
    let mut warnings = Warnings::default();
    let coverage = coverage(&document, is_summary);
    let overall = overall(&document, &mut warnings);
    let page = page(&document, &mut warnings);
    let components = components::read(document.components, &mut warnings);
    let lists = [document.incidents, document.scheduled_maintenances];
    let (incidents, maintenances) = incidents::read(lists, page.url.as_deref(), &mut warnings);
    let warnings = warnings.into_vec();
    Ok(Snapshot {
        platform: Platform::Statuspage,
        page,
        overall,
        components,
        incidents,
        maintenances,
        warnings,
        coverage,
    })
}

/// Says which lists are complete. A list without components is legal but closes nothing: a page that was emptied by
/// mistake looks the same. Imitators leave empty lists out, so there an absent list counts as empty while the page itself
/// claims that nothing is wrong.
fn coverage(document: &Document, is_summary: bool) -> Coverage {
    let imitates = document.page.0.as_ref().is_some_and(|page| page.time_zone.get().is_none());
    let calm = document.status.0.as_ref().is_some_and(|status| status.indicator.get() == Some("none"));
    let complete =
        |list: &List<Incident, 500>| is_summary && (is_whole(list) || !list.given && imitates && calm);
    Coverage {
        components: is_whole(&document.components)
            && document.components.items.iter().any(|row| !row.group.0),
        open_incidents: complete(&document.incidents),
        open_maintenances: complete(&document.scheduled_maintenances),
    }
}

fn overall(document: &Document, warnings: &mut Warnings) -> Option<Overall> {
    let status = document.status.0.as_ref()?;
    claim(&status.indicator, &status.description, warnings)
}

/// Reads what a page says of itself.
fn claim(indicator: &Text, description: &Text, warnings: &mut Warnings) -> Option<Overall> {
    let Some(word) = indicator.get() else {
        warnings.add("page has no indicator word");
        return None;
    };
    let raw = clean_line(word, WORD_CHARS);
    let mapped = match raw.as_str() {
        "none" => Status::Operational,
        "minor" => Status::DegradedPerformance,
        "major" => Status::PartialOutage,
        "critical" => Status::MajorOutage,
        "maintenance" => Status::UnderMaintenance,
        unknown => {
            warnings.add(format_args!("page has unknown indicator word '{unknown}'"));
            Status::Unknown
        }
    };
    Some(Overall { status: mapped, headline: line(description), raw })
}

fn page(document: &Document, warnings: &mut Warnings) -> Page {
    let Some(page) = &document.page.0 else { return Page::default() };
    Page {
        id: id(&page.id),
        name: line(&page.name),
        url: warnings.link("page", "url", page.url.get()),
        updated_at: warnings.time("page", "updated_at", page.updated_at.get()),
    }
}

impl Row for wire::Component {
    fn id(&self) -> &Text {
        &self.id
    }
}

impl Row for Incident {
    fn id(&self) -> &Text {
        &self.id
    }
}

impl Row for wire::Update {
    fn id(&self) -> &Text {
        &self.id
    }
}

#[cfg(test)]
mod tests;
