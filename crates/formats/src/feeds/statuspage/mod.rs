//! Atlassian Statuspage, and the documents of others in its form.
//!
//! Knows the documents under `/api/v2/` (summary, status, components, incidents, scheduled maintenances) and a single
//! incident. Three facts stay apart: the page's own claim, the statuses of its components, its incidents; they disagree
//! routinely. Only what a document lists completely is authoritative, and a summary whose components vanished is refused:
//! it must not read as a page where all is well.

mod components;
mod incidents;
mod wire;

use std::collections::HashSet;

use domain::snapshot::{Coverage, Overall, Page, Snapshot};
use domain::{Platform, Status};

use self::wire::{Document, Incident};
use super::body;
use super::warnings::Warnings;
use super::wire::{List, Object, Text};
use crate::feed::{Companions, Read};
use crate::text::{NAME_CHARS, WORD_CHARS, clean_line};

/// The longest id kept, in bytes; real ones have 12 or 26.
const ID_BYTES: usize = 200;

/// Reads a document; `None` where it is not of this platform.
pub(crate) fn read(url: Option<&str>, text: &str) -> Option<Read> {
    match body::parse::<Object<Document>>(text) {
        Err(reason) => Some(Err(reason)),
        Ok(Object(None)) => None,
        Ok(Object(Some(document))) if is_ours(&document) => Some(read_document(url, document)),
        Ok(Object(Some(_))) => single(text).map(|incident| Ok(read_single(incident))),
    }
}

/// Returns the lists of incidents and maintenances that stand beside a document under `/api/v2/`.
pub(crate) fn companions(feed_url: &str) -> Companions {
    let beside = |name: &str| {
        let mut url = url::Url::parse(feed_url).ok()?;
        let (folder, file) = url.path().rsplit_once('/')?;
        if !folder.ends_with("/api/v2") || file == name {
            return None;
        }
        let path = format!("{folder}/{name}");
        url.set_path(&path);
        url.set_query(None);
        url.set_fragment(None);
        Some(url.into())
    };
    Companions { incidents: beside("incidents.json"), maintenances: beside("scheduled-maintenances.json") }
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
        platform: Platform::Statuspage,
        page: Page::default(),
        overall: None,
        components: Vec::new(),
        incidents,
        maintenances,
        warnings: warnings.into_vec(),
        coverage: Coverage { components: false, open_incidents: false, open_maintenances: false },
    }
}

fn read_document(url: Option<&str>, document: Document) -> Read {
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
    let asked = url.and_then(|url| url.split(['?', '#']).next()).unwrap_or_default();
    let is_summary = asked.ends_with("/summary.json")
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

/// Whether a list was read without loss.
fn is_whole<T: Row, const MAX: usize>(list: &List<T, MAX>) -> bool {
    list.given && list.dropped == 0 && list.items.iter().all(|item| id(item.id()).is_some())
}

fn overall(document: &Document, warnings: &mut Warnings) -> Option<Overall> {
    let status = document.status.0.as_ref()?;
    let Some(word) = status.indicator.get() else {
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
    Some(Overall { status: mapped, headline: line(&status.description), raw })
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

/// What has an id of its own in a list.
trait Row {
    fn id(&self) -> &Text;
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

/// Returns the rows that have an id of their own, each with it; the others are told and dropped.
fn identified<T: Row, const MAX: usize>(
    list: List<T, MAX>,
    what: &str,
    warnings: &mut Warnings,
) -> Vec<(String, T)> {
    let mut seen = HashSet::new();
    let mut rows = Vec::with_capacity(list.items.len());
    let mut dropped = list.dropped;
    for item in list.items {
        match id(item.id()) {
            None => dropped += 1,
            Some(id) if !seen.insert(id.clone()) => {
                warnings.add(format_args!("{what} '{id}' is listed twice"));
            }
            Some(id) => rows.push((id, item)),
        }
    }
    if dropped > 0 {
        warnings.add(format_args!("{what}: {dropped} rows dropped as unreadable or too many"));
    }
    rows
}

/// Returns an id as given: ids are opaque and compared exactly, so one that would need cleaning is none.
fn id(text: &Text) -> Option<String> {
    let id = text.get()?;
    let usable = !id.is_empty() && id.len() <= ID_BYTES && id.chars().all(|c| c.is_ascii_graphic());
    usable.then(|| id.to_owned())
}

/// Returns a clean line, where there is one.
fn line(text: &Text) -> Option<String> {
    text.get().map(|text| clean_line(text, NAME_CHARS)).filter(|line| !line.is_empty())
}

/// Returns what a row is called; one without a name is called by its id, which at least tells it from others.
fn name(text: &Text, what: &str, id: &str, warnings: &mut Warnings) -> String {
    line(text).unwrap_or_else(|| {
        warnings.add(format_args!("{what} '{id}' has no name"));
        id.to_owned()
    })
}

#[cfg(test)]
mod tests;
