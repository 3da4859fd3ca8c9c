//! cState: a static site whose `index.json` lists its systems, each with the issues that are open on it.
//!
//! Documented, never captured: read in the site's templates (5.2 and 5.6). The document is made by a text template, so a
//! quote or a line end in a title breaks it; such a document is [repaired](repair) where what is meant is plain, and refused
//! otherwise. There are no ids: a system is known by its name, which the issues use too, an issue by its address. State is
//! as old as the last build of the site. Pinned posts are announcements and no incidents; they are not read.

mod repair;

use std::collections::HashSet;

use domain::snapshot::{Component, Coverage, Incident, Overall, Page, Snapshot};
use domain::{Impact, Phase, Platform, Status};
use serde::Deserialize;
use url::Url;

use super::blank;
use super::body;
use super::document::Document;
use super::order;
use super::reader::{Reader, at_host};
use super::rows::{id, known, line, name_as_id, word};
use super::times;
use super::warnings::Warnings;
use super::wire::{Answer, Each, List, Object, Text};
use crate::feed::Read;

/// cState.
pub(crate) struct CState;

impl Reader for CState {
    fn platform(&self) -> Platform {
        Platform::CState
    }

    fn read(&self, document: &Document<'_>) -> Option<Read> {
        let mut warnings = Warnings::default();
        let index = match document.json::<Object<Index>>() {
            Ok(Object(index)) => index?,
            Err(reason) => match repaired(document.text) {
                Some(index) => {
                    warnings.add(format_args!("{reason}; read after mending quotes and line ends"));
                    index
                }
                None => return Some(Err(reason)),
            },
        };
        is_ours(&index).then(|| read(index, warnings))
    }

    fn probes(&self, page: &Url) -> Vec<String> {
        at_host(page, "/index.json").into_iter().collect()
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Index {
    is: Text,
    #[serde(rename = "cStateVersion")]
    version: Text,
    title: Text,
    #[serde(rename = "baseURL")]
    base_url: Text,
    #[serde(rename = "summaryStatus")]
    summary: Text,
    systems: List<System, 2_000>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct System {
    name: Text,
    category: Text,
    status: Text,
    #[serde(rename = "unresolvedIssues")]
    issues: List<Issue, 500>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Issue {
    title: Text,
    created_at: Text,
    last_mod: Text,
    permalink: Text,
    filename: Text,
    severity: Text,
    resolved: Answer,
    resolved_at: Text,
    affected: Each<Text, 500>,
}

fn repaired(text: &str) -> Option<Index> {
    let mended = text.contains("\"cStateVersion\"").then(|| repair::mend(text))?;
    body::parse::<Object<Index>>(&mended).ok()?.0
}

fn is_ours(index: &Index) -> bool {
    let is_index = index.is.get() == Some("index") && index.summary.get().is_some();
    index.version.get().is_some() || is_index && (index.systems.given || index.systems.wrong)
}

fn read(index: Index, mut warnings: Warnings) -> Read {
    if !index.systems.given {
        return Err("an index without a list of systems".to_owned());
    }
    let overall = overall(&index, &mut warnings)?;
    let page = Page {
        name: line(&index.title),
        url: warnings.link("page", "baseURL", index.base_url.get()),
        ..Page::default()
    };
    let (mut components, mut incidents) = (Vec::new(), Vec::new());
    warnings.lost("systems", index.systems.dropped);
    let mut are_complete = [index.systems.dropped == 0, true];
    let (mut seen, mut known) = (HashSet::new(), HashSet::new());
    for system in index.systems.items {
        let Some(name) = line(&system.name).filter(|name| seen.insert(name_as_id(name))) else {
            warnings.add("a system has no name of its own");
            are_complete = [false, false];
            continue;
        };
        are_complete[1] &= issues(system.issues, &mut known, &mut incidents, &mut warnings);
        components.push(component(name, line(&system.category), &system.status, &mut warnings));
    }
    are_complete[1] &= are_complete[0];
    let incidents = order::incidents(incidents);
    let blank = blank::snapshot(Platform::CState);
    let coverage = Coverage {
        components: are_complete[0] && !components.is_empty(),
        open_incidents: are_complete[1],
        ..blank.coverage
    };
    let warnings = warnings.into_vec();
    Ok(Snapshot { page, overall: Some(overall), components, incidents, warnings, coverage, ..blank })
}

fn overall(index: &Index, warnings: &mut Warnings) -> Result<Overall, String> {
    let raw = word(&index.summary).ok_or("an index without its summary's word")?;
    let status = known(status(&raw), Status::Unknown, "page", "summaryStatus", &raw, warnings);
    Ok(Overall { status, headline: None, raw })
}

fn component(name: String, group: Option<String>, word_: &Text, warnings: &mut Warnings) -> Component {
    let raw_status = word(word_).unwrap_or_default();
    let owner = format!("system '{name}'");
    let status = known(status(&raw_status), Status::Unknown, &owner, "status", &raw_status, warnings);
    Component { id: name_as_id(&name), name, group, status, raw_status, updated_at: None }
}

/// A notice is a text beside what works.
fn status(word: &str) -> Option<Status> {
    match word {
        "ok" | "notice" => Some(Status::Operational),
        "disrupted" => Some(Status::PartialOutage),
        "down" => Some(Status::MajorOutage),
        _ => None,
    }
}

/// Reads the issues of a system; one that affects several stands under each of them. Says whether none was lost.
fn issues(
    list: List<Issue, 500>,
    known: &mut HashSet<String>,
    incidents: &mut Vec<Incident>,
    warnings: &mut Warnings,
) -> bool {
    let mut is_complete = list.given && list.dropped == 0;
    for issue in list.items {
        match id(&issue.permalink).or_else(|| id(&issue.filename)) {
            Some(id) if known.insert(id.clone()) => incidents.push(incident(id, &issue, warnings)),
            Some(_) => {}
            None => is_complete = false,
        }
    }
    if !is_complete {
        warnings.add("unresolvedIssues: rows dropped as unreadable or too many");
    }
    is_complete
}

fn incident(id: String, issue: &Issue, warnings: &mut Warnings) -> Incident {
    let name = super::rows::name(&issue.title, "issue", &id, warnings);
    let owner = format!("issue '{name}'");
    let raw = word(&issue.severity).unwrap_or_default();
    let impact = match raw.as_str() {
        "notice" => Some(Impact::None),
        "disrupted" => Some(Impact::Major),
        "down" => Some(Impact::Critical),
        _ => None,
    };
    let created_at = warnings.time_by(&owner, "createdAt", issue.created_at.get(), times::any);
    Incident {
        impact: known(impact, Impact::Unknown, &owner, "severity", &raw, warnings),
        raw_impact: Some(raw).filter(|raw| !raw.is_empty()),
        phase: if issue.resolved.0 == Some(true) { Phase::Resolved } else { Phase::Investigating },
        started_at: None,
        created_at,
        updated_at: issue.last_mod.get().and_then(times::any),
        // Empty or `<no value>` while the issue is open.
        resolved_at: issue.resolved_at.get().and_then(times::any),
        url: warnings.link(&owner, "permalink", issue.permalink.get()),
        components: issue.affected.0.iter().filter_map(line).map(|name| name_as_id(&name)).collect(),
        updates: Vec::new(),
        id,
        name,
    }
}

#[cfg(test)]
mod tests;
