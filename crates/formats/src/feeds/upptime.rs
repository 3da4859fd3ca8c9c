//! Upptime: the summary that a bot keeps in a GitHub repository, and the issues there.
//!
//! The summary is captured; the issues are GitHub's documented form. Response times and ratios tick with every run and are
//! not read; a site's own file says no more than the summary. An issue is an incident of the page by its label, which only
//! members of the repository can set. The page itself is drawn from these by a script.

use domain::snapshot::{Component, Coverage, Incident, Maintenance, Snapshot, Update};
use domain::{Impact, MaintenanceStatus, Phase, Platform, Status};
use jiff::Timestamp;
use serde::Deserialize;
use std::time::Duration;
use url::Url;

use super::blank;
use super::document::Document;
use super::facts::by_clock;
use super::reader::Reader;
use super::rows::{Row, identified, is_whole, known, name, word};
use super::times;
use super::warnings::Warnings;
use super::wire::{List, Object, Text};
use crate::feed::{Companion, Need, Read};
use crate::text::{BODY_CHARS, clean_text};

/// Where the files of repositories are served; `HEAD` stands for the branch, whatever it is called.
const RAW: &str = "https://raw.githubusercontent.com/";
/// How many issues are asked for; a full list may have more behind it.
const ISSUES: usize = 100;

/// Upptime.
pub(crate) struct Upptime;

impl Reader for Upptime {
    fn platform(&self) -> Platform {
        Platform::Upptime
    }

    fn read(&self, document: &Document<'_>) -> Option<Read> {
        let sites = match document.json::<List<Site, 5_000>>() {
            Err(reason) => return Some(Err(reason)),
            Ok(sites) => sites,
        };
        if sites.items.iter().any(is_ours) {
            return Some(Ok(summary(sites)));
        }
        let issues = document.json::<List<Issue, 500>>().ok().filter(|issues| issues.given)?;
        let is_list_of_issues =
            document.host() == Some("api.github.com") || issues.items.iter().any(is_issue);
        is_list_of_issues.then(|| Ok(read_issues(issues, document.at)))
    }

    fn companions(&self, feed: &Url) -> Vec<Companion> {
        let repository = feed.as_str().strip_prefix(RAW).and_then(repository);
        let url = |(owner, name): (&str, &str)| {
            format!("https://api.github.com/repos/{owner}/{name}/issues?state=open&per_page={ISSUES}")
        };
        repository.map(|found| Companion { url: url(found), need: Need::Detail }).into_iter().collect()
    }

    fn probes(&self, page: &Url) -> Vec<String> {
        let path = page.path().trim_start_matches('/');
        let host = page.host_str().unwrap_or_default();
        let found = match host.strip_suffix(".github.io") {
            Some(owner) => path.split('/').next().filter(|name| !name.is_empty()).map(|name| (owner, name)),
            None if host == "github.com" => repository(path),
            None => None,
        };
        found.map(summary_of).into_iter().collect()
    }

    /// A page under a domain of its own links to its repository and to the software.
    fn feeds_in_page(&self, page: &Document<'_>) -> Vec<String> {
        if !page.text.contains("upptime.js.org") && !page.text.contains("upptime/upptime") {
            return Vec::new();
        }
        let links = page.text.split("https://github.com/").skip(1).filter_map(repository);
        links.filter(|(owner, _)| *owner != "upptime").take(1).map(summary_of).collect()
    }

    /// The files are cached for five minutes, and an address may ask the issues sixty times an hour.
    fn shortest_interval(&self) -> Duration {
        Duration::from_secs(300)
    }

    fn depends_on_time(&self) -> bool {
        true
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Site {
    slug: Text,
    name: Text,
    status: Text,
    uptime: Text,
    url: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Issue {
    number: Text,
    title: Text,
    body: Text,
    state: Text,
    html_url: Text,
    created_at: Text,
    updated_at: Text,
    closed_at: Text,
    labels: List<Label, 100>,
    /// Given where the issue is a proposal to change files.
    pull_request: Object<Label>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Label {
    name: Text,
}

impl Row for Site {
    fn id(&self) -> &Text {
        &self.slug
    }
}

impl Row for Issue {
    fn id(&self) -> &Text {
        &self.number
    }
}

/// Takes `owner/name` from the start of a path.
fn repository(path: &str) -> Option<(&str, &str)> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let (owner, rest) = path.split_once('/')?;
    let name = &rest[..rest.find(|c| !is_name(c)).unwrap_or(rest.len())];
    let is_usable = !owner.is_empty() && owner.chars().all(is_name) && !name.is_empty();
    is_usable.then_some((owner, name))
}

fn summary_of((owner, name): (&str, &str)) -> String {
    format!("{RAW}{owner}/{name}/HEAD/history/summary.json")
}

fn is_ours(site: &Site) -> bool {
    site.slug.get().is_some() && site.status.get().is_some() && site.uptime.get().or(site.url.get()).is_some()
}

fn is_issue(issue: &Issue) -> bool {
    issue.number.get().is_some()
        && issue.labels.given
        && issue.html_url.get().is_some_and(|url| url.starts_with("https://github.com/"))
}

fn summary(sites: List<Site, 5_000>) -> Snapshot {
    let mut warnings = Warnings::default();
    let blank = blank::snapshot(Platform::Upptime);
    let coverage = Coverage { components: is_whole(&sites), ..blank.coverage };
    let rows = identified(sites, "site", &mut warnings);
    let component = |(id, site): (String, Site)| {
        let name = name(&site.name, "site", &id, &mut warnings);
        let raw_status = word(&site.status).unwrap_or_default();
        let status = match raw_status.as_str() {
            "up" => Some(Status::Operational),
            "degraded" => Some(Status::DegradedPerformance),
            "down" => Some(Status::MajorOutage),
            _ => None,
        };
        let owner = format!("site '{name}'");
        let status = known(status, Status::Unknown, &owner, "status", &raw_status, &mut warnings);
        Component { id, name, group: None, status, raw_status, updated_at: None }
    };
    let components = rows.into_iter().map(component).collect();
    Snapshot { components, warnings: warnings.into_vec(), coverage, ..blank }
}

/// Reads the issues that a label makes the page's own. A list that is not full holds all that are open.
fn read_issues(mut list: List<Issue, 500>, at: Timestamp) -> Snapshot {
    // A label that was lost may be the one that makes an issue the page's own.
    let has_labels = |issue: &Issue| issue.labels.given && issue.labels.dropped == 0;
    let is_complete = is_whole(&list) && list.items.len() < ISSUES && list.items.iter().all(has_labels);
    list.items.retain(|issue| issue.pull_request.0.is_none());
    let mut warnings = Warnings::default();
    let mut snapshot = blank::snapshot(Platform::Upptime);
    for (id, issue) in identified(list, "issue", &mut warnings) {
        if labels(&issue).any(|label| label == "maintenance") {
            snapshot.maintenances.push(maintenance(id, &issue, at, &mut warnings));
        } else if labels(&issue).any(|label| label == "status") {
            snapshot.incidents.push(incident(id, &issue, &mut warnings));
        }
    }
    snapshot.coverage.open_incidents = is_complete;
    snapshot.coverage.open_maintenances = is_complete;
    Snapshot { warnings: warnings.into_vec(), ..snapshot }
}

fn labels(issue: &Issue) -> impl Iterator<Item = &str> {
    issue.labels.items.iter().filter_map(|label| label.name.get())
}

/// The slugs of the sites, which are labels too.
fn affected(issue: &Issue) -> Vec<String> {
    let is_slug = |label: &&str| !matches!(*label, "status" | "maintenance") && !label.contains(' ');
    labels(issue).filter(is_slug).map(ToOwned::to_owned).collect()
}

/// Reads an incident. A bot opens it when a site fails and closes it when the site works again; how bad it is, the sites
/// tell.
fn incident(id: String, issue: &Issue, warnings: &mut Warnings) -> Incident {
    let name = name(&issue.title, "incident", &id, warnings);
    let owner = format!("incident '{name}'");
    let raw = word(&issue.state).unwrap_or_default();
    let phase = match raw.as_str() {
        "open" => Some(Phase::Investigating),
        "closed" => Some(Phase::Resolved),
        _ => None,
    };
    let created_at = warnings.time(&owner, "created_at", issue.created_at.get());
    Incident {
        impact: Impact::Unknown,
        raw_impact: None,
        phase: known(phase, Phase::Unknown, &owner, "state", &raw, warnings),
        started_at: None,
        created_at,
        updated_at: warnings.time(&owner, "updated_at", issue.updated_at.get()),
        resolved_at: warnings.time(&owner, "closed_at", issue.closed_at.get()),
        url: warnings.link(&owner, "html_url", issue.html_url.get()),
        components: affected(issue),
        updates: text(&id, issue, raw, created_at),
        id,
        name,
    }
}

fn text(id: &str, issue: &Issue, status: String, at: Option<Timestamp>) -> Vec<Update> {
    let body = without_comment(issue.body.get().unwrap_or_default());
    let body = clean_text(body.trim(), BODY_CHARS);
    let update = Update { id: id.to_owned(), status, body, at };
    Some(update).filter(|update| !update.body.is_empty()).into_iter().collect()
}

/// Reads planned work, whose times stand in a comment: `<!-- start: … end: … expectedDown: a, b -->`.
fn maintenance(id: String, issue: &Issue, at: Timestamp, warnings: &mut Warnings) -> Maintenance {
    let name = name(&issue.title, "maintenance", &id, warnings);
    let owner = format!("maintenance '{name}'");
    let comment = comment(issue.body.get().unwrap_or_default());
    let mut time = |key: &str| warnings.time_by(&owner, key, field(comment, key), times::any);
    let (starts_at, ends_at) = (time("start"), time("end"));
    let raw = word(&issue.state).unwrap_or_default();
    let status =
        if raw == "closed" { MaintenanceStatus::Completed } else { by_clock(starts_at, ends_at, at) };
    let expected = ["expectedDown", "expectedDegraded"].into_iter().filter_map(|key| field(comment, key));
    let expected = expected.flat_map(|sites| sites.split(',')).map(|site| site.trim().to_owned());
    let mut components: Vec<String> = affected(issue).into_iter().chain(expected).collect();
    components.retain(|site| !site.is_empty());
    components.sort();
    components.dedup();
    let created_at = warnings.time(&owner, "created_at", issue.created_at.get());
    Maintenance {
        status,
        starts_at,
        ends_at,
        updated_at: warnings.time(&owner, "updated_at", issue.updated_at.get()),
        url: warnings.link(&owner, "html_url", issue.html_url.get()),
        components,
        updates: text(&id, issue, raw, created_at),
        id,
        name,
    }
}

fn comment(body: &str) -> &str {
    let inside = body.split_once("<!--").and_then(|(_, rest)| rest.split_once("-->"));
    inside.map(|(comment, _)| comment).unwrap_or_default()
}

fn without_comment(body: &str) -> String {
    match body.split_once("<!--").and_then(|(before, rest)| Some((before, rest.split_once("-->")?.1))) {
        Some((before, after)) => format!("{before}{after}"),
        None => body.to_owned(),
    }
}

fn field<'a>(comment: &'a str, key: &str) -> Option<&'a str> {
    let value = |line: &'a str| line.trim().strip_prefix(key)?.strip_prefix(':').map(str::trim);
    comment.lines().find_map(value)
}

#[cfg(test)]
mod tests;
