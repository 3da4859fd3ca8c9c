//! Freshstatus: `https://public-api.freshstatus.io/v1/public-components/?account_id=N`, with what is open under
//! `public-incidents` beside it.
//!
//! Both measured by others, never captured. Components are a tree whose leaves tell a status; the page itself makes no claim
//! but shows the worst of its leaves, without those that ask to be ignored (a region that is wound down stays in outage for
//! months). That roll-up is all the document is made for, so it is done here. Incidents have no words for where they are in
//! their life: without an end they are open.

mod incidents;

use std::collections::HashSet;

use domain::snapshot::{Component, Coverage, Overall, Snapshot};
use domain::{Platform, Status};
use serde::Deserialize;
use url::Url;

use super::blank;
use super::document::Document;
use super::facts::{self, told};
use super::order;
use super::reader::{Reader, at_host};
use super::rows::{id, name};
use super::warnings::Warnings;
use super::wire::{List, Object, Text};
use crate::feed::{Companion, Need, Read};

/// Freshstatus.
pub(crate) struct Freshstatus;

impl Reader for Freshstatus {
    fn platform(&self) -> Platform {
        Platform::Freshstatus
    }

    fn read(&self, document: &Document<'_>) -> Option<Read> {
        match facts::object::<Wire>(document)? {
            Ok(wire) if wire.components.items.iter().any(is_ours) => Some(Ok(read(wire.components))),
            Ok(wire) => incidents::read(wire.results, wire.next.get(), document),
            Err(reason) => Some(Err(reason)),
        }
    }

    fn companions(&self, feed: &Url) -> Vec<Companion> {
        let account =
            feed.query_pairs().find(|(key, _)| key == "account_id").map(|(_, value)| value.into_owned());
        let Some(account) = account.filter(|_| feed.path().starts_with("/v1/public-components")) else {
            return Vec::new();
        };
        let Some(list) = at_host(feed, "/v1/public-incidents/") else { return Vec::new() };
        let open = [("account_id", account.as_str()), ("end_time__isempty", "true")];
        let url = Url::parse_with_params(&list, open).map(String::from);
        url.map(|url| Companion { url, need: Need::Detail }).into_iter().collect()
    }

    fn next_part(&self, document: &Document<'_>) -> Option<String> {
        let next = facts::object::<Wire>(document)?.ok()?.next.0?;
        let is_beside = Url::parse(&next).is_ok_and(|url| url.host_str() == document.host());
        Some(next).filter(|_| is_beside)
    }

    fn feeds_in_page(&self, page: &Document<'_>) -> Vec<String> {
        let account = page.text.contains("freshstatus").then(|| account(page.text)).flatten();
        let feed = |id| format!("https://public-api.freshstatus.io/v1/public-components/?account_id={id}");
        account.map(feed).into_iter().collect()
    }

    fn depends_on_time(&self) -> bool {
        true
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Wire {
    components: List<Node, 5_000>,
    /// The incidents, in a document of their own.
    results: List<incidents::Row, 1_000>,
    /// The address of the next part of the incidents.
    next: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Node {
    id: Text,
    name: Text,
    status: Text,
    display_options: Object<Display>,
    components: List<Node, 2_000>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Display {
    /// `"true"` as text.
    ignore_overall_status: Text,
}

/// Whether a row has what no other platform's components have.
fn is_ours(node: &Node) -> bool {
    let has_our_word = node.status.get().and_then(status).is_some();
    has_our_word || node.display_options.0.is_some() || node.components.items.iter().any(is_ours)
}

fn read(list: List<Node, 5_000>) -> Snapshot {
    let mut warnings = Warnings::default();
    let mut tree = Tree { lost: list.dropped, ..Tree::default() };
    tree.add(list.items, None, &mut warnings);
    warnings.lost("component", tree.lost);
    let overall = tree.overall();
    Snapshot {
        overall,
        coverage: Coverage { components: tree.lost == 0 && !tree.leaves.is_empty(), ..blank::NOTHING },
        components: tree.leaves,
        warnings: warnings.into_vec(),
        ..blank::snapshot(Platform::Freshstatus)
    }
}

#[derive(Default)]
struct Tree {
    leaves: Vec<Component>,
    seen: HashSet<String>,
    /// The statuses of the leaves that count, with their words.
    counting: Vec<(Status, String)>,
    lost: usize,
}

impl Tree {
    fn add(&mut self, nodes: Vec<Node>, heading: Option<&str>, warnings: &mut Warnings) {
        for node in nodes {
            let Some(id) = id(&node.id).filter(|id| self.seen.insert(id.clone())) else {
                self.lost += 1;
                continue;
            };
            let name = name(&node.name, "component", &id, warnings);
            self.lost += node.components.dropped;
            if !node.components.items.is_empty() {
                self.add(node.components.items, Some(&name), warnings);
                continue;
            }
            let what = format!("status of component '{name}'");
            let (status, raw_status) = told(&node.status, status, what, warnings);
            let status = status.unwrap_or(Status::Unknown);
            let ignored = node.display_options.0.as_ref().and_then(|it| it.ignore_overall_status.get());
            if ignored != Some("true") {
                self.counting.push((status, raw_status.clone()));
            }
            let group = heading.map(ToOwned::to_owned);
            self.leaves.push(Component { id, name, group, status, raw_status, updated_at: None });
        }
    }

    /// Returns what the page shows: the worst of what counts, and nothing known as long as something unknown may be worse.
    fn overall(&self) -> Option<Overall> {
        let (status, raw) = self.counting.iter().max_by_key(|(status, _)| order::weight(*status))?;
        Some(Overall { status: *status, headline: None, raw: raw.clone() })
    }
}

fn status(word: &str) -> Option<Status> {
    match word {
        "OP" => Some(Status::Operational),
        "PD" => Some(Status::DegradedPerformance),
        "PO" => Some(Status::PartialOutage),
        "MO" => Some(Status::MajorOutage),
        "UM" => Some(Status::UnderMaintenance),
        _ => None,
    }
}

/// Returns the number of the account that a page's embedded data names.
fn account(html: &str) -> Option<String> {
    let text = html.replace("\\\"", "\"");
    ["account_id", "accountId"].into_iter().find_map(|key| {
        text.match_indices(key).find_map(|(at, _)| {
            let value = text[at + key.len()..].trim_start_matches(['"', '\'', ':', '=', ' ']);
            let digits: String = value.chars().take_while(char::is_ascii_digit).collect();
            (1..=12).contains(&digits.len()).then_some(digits)
        })
    })
}

#[cfg(test)]
mod tests;
