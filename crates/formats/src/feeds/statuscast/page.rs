//! The components inside a page: elements whose class tells a status, each beside its name.

use std::collections::{HashMap, HashSet};

use domain::snapshot::{Component, Snapshot};
use domain::{Platform, Status};
use scraper::{ElementRef, Html, Selector};

use super::status;
use crate::feed::Read;
use crate::feeds::blank;
use crate::feeds::facts::told;
use crate::feeds::tree;
use crate::feeds::warnings::Warnings;
use crate::feeds::wire::Text;
use crate::text::{NAME_CHARS, clean_line};

/// The class of the element that tells the status of a component.
const MARK: &str = "status-list-component-status-text";
/// How the class begins that says which status it is.
const CLASS: &str = "component-";
/// How many components a page may have.
const LIMIT: usize = 2_000;
/// How far above its status a component's name may stand.
const HEIGHT: usize = 6;
/// How much may stand around a status for it to be about one component.
const NODES: usize = 300;
/// The longest name, which is also an id, in bytes.
const NAME_BYTES: usize = 300;

pub(super) fn is_ours(html: &str) -> bool {
    html.contains(MARK)
}

/// Reads a page that has components; it makes no claim and tells no incidents.
pub(super) fn read(html: &str) -> Option<Read> {
    if !is_ours(html) {
        return None;
    }
    tree::parse(html).map(|page| snapshot(&page)).transpose()
}

fn snapshot(page: &Html) -> Option<Snapshot> {
    let selector = Selector::parse(&format!(".{MARK}")).expect("a class of letters and dashes is a selector");
    let mut warnings = Warnings::default();
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut components = Vec::new();
    for element in page.select(&selector).take(LIMIT) {
        let Some(name) = name_of(element, &selector) else {
            warnings.add("a component without a name beside its status");
            continue;
        };
        // Pages repeat names in several groups; the place among them is all that tells them apart.
        let count = seen.entry(name.clone()).or_insert(0);
        let id = loop {
            *count += 1;
            let id = if *count == 1 { name.clone() } else { format!("{name} #{count}") };
            if components.iter().all(|other: &Component| other.id != id) {
                break id;
            }
        };
        let word = element.value().classes().find_map(|class| class.strip_prefix(CLASS));
        let word = Text(word.map(ToOwned::to_owned));
        let (status, raw_status) =
            told(&word, status, format_args!("status of component '{name}'"), &mut warnings);
        let status = status.unwrap_or(Status::Unknown);
        components.push(Component { id, name, group: None, status, raw_status, updated_at: None });
    }
    (!components.is_empty()).then(|| Snapshot {
        components,
        warnings: warnings.into_vec(),
        ..blank::snapshot(Platform::StatusCast)
    })
}

/// Returns the words that stand beside a status: in the nearest element around it that has some and no other status.
fn name_of(status: ElementRef<'_>, selector: &Selector) -> Option<String> {
    for around in status.ancestors().filter_map(ElementRef::wrap).take(HEIGHT) {
        let nodes: Vec<_> = around.descendants().take(NODES + 1).collect();
        let is_other = |element: &ElementRef<'_>| element.id() != status.id() && selector.matches(element);
        let is_crowded = nodes.iter().filter_map(|node| ElementRef::wrap(*node)).any(|it| is_other(&it));
        if nodes.len() > NODES || is_crowded {
            return None;
        }
        let own: HashSet<_> = status.descendants().map(|node| node.id()).collect();
        let beside = nodes.iter().filter(|node| !own.contains(&node.id()));
        let words: Vec<&str> = beside.filter_map(|node| node.value().as_text().map(|text| &**text)).collect();
        let name = clean_line(&words.join(" "), NAME_CHARS);
        if !name.is_empty() {
            return Some(name).filter(|name| name.len() <= NAME_BYTES);
        }
    }
    None
}
