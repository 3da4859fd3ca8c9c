//! Components: leaves, flat with the group they name or below the parent that lists them.

use std::collections::HashSet;

use domain::Status;
use domain::snapshot::Component;
use url::Url;

use super::wire;
use crate::feeds::facts::told;
use crate::feeds::rows::{id, line, name};
use crate::feeds::warnings::Warnings;

/// Whether a list of components is ours: by a word of ours, or, where all words are new, by the form of its ids. An empty
/// list is told by its address alone.
pub(super) fn are_ours(list: &wire::Components, url: Option<&Url>) -> bool {
    let is_at_home = || {
        url.is_some_and(|url| {
            url.path().ends_with("/v2/components.json") || url.path().ends_with("/v3/components.json")
        })
    };
    let is_ours = |row: &wire::Component| {
        let has_our_word = row
            .status
            .get()
            .is_some_and(|word| status(word).is_some() && word.bytes().all(|byte| byte.is_ascii_uppercase()));
        id(&row.id).is_some_and(|id| has_our_word || is_cuid(&id))
    };
    list.given && (list.items.iter().any(is_ours) || list.items.is_empty() && is_at_home())
}

/// Whether an id has the form of a cuid; the second generation is shorter.
fn is_cuid(id: &str) -> bool {
    (24..=32).contains(&id.len())
        && id.starts_with('c')
        && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

/// Reads a list, and says whether it lists every component.
pub(super) fn read(list: wire::Components, warnings: &mut Warnings) -> (Vec<Component>, bool) {
    let given = list.given;
    let mut tree = Tree { leaves: Vec::new(), seen: HashSet::new(), lost: list.dropped, warnings };
    tree.add(list.items, None);
    tree.warnings.lost("component", tree.lost);
    let whole = given && tree.lost == 0 && !tree.leaves.is_empty();
    (tree.leaves, whole)
}

struct Tree<'w> {
    leaves: Vec<Component>,
    seen: HashSet<String>,
    lost: usize,
    warnings: &'w mut Warnings,
}

impl Tree<'_> {
    /// Adds rows that stand under a heading. One that others name as their group, or that has children, is a heading; a
    /// parent of nothing is a component like any other.
    fn add(&mut self, mut rows: Vec<wire::Component>, heading: Option<&str>) {
        if rows.iter().all(|row| row.order.0.is_some() && row.group.0.is_none()) {
            rows.sort_by_key(|row| row.order.0);
        }
        let named = rows.iter().filter_map(|row| id(&row.group.0.as_ref()?.id));
        let headings: HashSet<String> = named.collect();
        for row in rows {
            let Some(id) = id(&row.id) else {
                self.lost += 1;
                continue;
            };
            if row.archived_at.get().is_some() {
                continue;
            }
            self.lost += row.children.dropped;
            if row.children.items.is_empty() {
                if !headings.contains(&id) {
                    self.add_leaf(id, &row, heading);
                }
            } else {
                let heading = name(&row.name.0, "component", &id, self.warnings);
                self.add(row.children.items, Some(&heading));
            }
        }
    }

    /// Adds a component; one that stands both in the list and below its parent is the same.
    fn add_leaf(&mut self, id: String, row: &wire::Component, heading: Option<&str>) {
        if !self.seen.insert(id.clone()) {
            return;
        }
        let name = name(&row.name.0, "component", &id, self.warnings);
        let what = format!("status of component '{name}'");
        let (status, raw_status) = told(&row.status, status, what, self.warnings);
        let group = row.group.0.as_ref().and_then(|group| line(&group.name.0));
        self.leaves.push(Component {
            id,
            name,
            group: group.or_else(|| heading.map(ToOwned::to_owned)),
            status: status.unwrap_or(Status::Unknown),
            raw_status,
            updated_at: None,
        });
    }
}

/// Returns the meaning of a component's status word, which is also that of an impact.
pub(super) fn status(word: &str) -> Option<Status> {
    match word.to_ascii_uppercase().as_str() {
        "OPERATIONAL" => Some(Status::Operational),
        "DEGRADEDPERFORMANCE" => Some(Status::DegradedPerformance),
        "MINOROUTAGE" | "PARTIALOUTAGE" => Some(Status::PartialOutage),
        "MAJOROUTAGE" => Some(Status::MajorOutage),
        "UNDERMAINTENANCE" => Some(Status::UnderMaintenance),
        _ => None,
    }
}
