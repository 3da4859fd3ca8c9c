//! The page's own summary: all components, what is wrong with some, and everything open.
//!
//! A component that is not among the affected ones works; that holds only where their list was read without loss, and where
//! no open incident says otherwise. A parent page has no components: those it shows are its sub pages'. Components that the
//! owner hides are left out, as on the page.

use std::collections::{HashMap, HashSet};

use domain::snapshot::{Component, Coverage, Page, Snapshot};
use domain::{Platform, Status};

use super::wire::{Affected, Incident, Place, Summary};
use super::{events, status, weight};
use crate::feed::Read;
use crate::feeds::blank;
use crate::feeds::order::Worst;
use crate::feeds::rows::{Row, id, is_whole, line, name, word};
use crate::feeds::warnings::Warnings;

pub(super) fn read(summary: Summary) -> Read {
    for (given, name) in [
        (summary.components.given, "components"),
        (summary.affected_components.given, "affected_components"),
        (summary.ongoing_incidents.given, "ongoing_incidents"),
    ] {
        if !given {
            return Err(format!("a summary without a list of {name}"));
        }
    }
    let mut warnings = Warnings::default();
    let is_parent = summary.page_type.get() == Some("parent");
    let coverage = Coverage {
        components: is_whole(&summary.components) && !summary.components.items.is_empty(),
        open_incidents: !is_parent && is_whole(&summary.ongoing_incidents),
        open_maintenances: !is_parent
            && is_whole(&summary.ongoing_incidents)
            && is_whole(&summary.scheduled_maintenances),
    };
    if is_parent {
        warnings.add("a parent page: its components are on its sub pages");
    }
    let page = Page {
        id: id(&summary.id),
        name: line(&summary.name),
        url: warnings.link("page", "public_url", summary.public_url.get()),
        updated_at: None,
    };
    let components = components(&summary, &mut warnings);
    let lists = [summary.ongoing_incidents, summary.scheduled_maintenances];
    let (incidents, maintenances) = events::read(lists, page.url.as_deref(), &mut warnings);
    Ok(Snapshot {
        page,
        components,
        incidents,
        maintenances,
        warnings: warnings.into_vec(),
        coverage,
        ..blank::snapshot(Platform::IncidentIo)
    })
}

fn components(summary: &Summary, warnings: &mut Warnings) -> Vec<Component> {
    let places = places(summary);
    let states = States::of(summary);
    let mut seen = HashSet::new();
    let mut rows: Vec<(usize, Component)> = Vec::new();
    warnings.lost("component", summary.components.dropped);
    warnings.lost("affected component", summary.affected_components.dropped);
    for row in &summary.components.items {
        let Some(id) = id(&row.id).filter(|id| seen.insert(id.clone())) else {
            warnings.add("component: a row without an id of its own was dropped");
            continue;
        };
        let place = places.get(&id);
        if place.is_some_and(|place| place.hidden) {
            continue;
        }
        let name = name(&row.name, "component", &id, warnings);
        let (status, raw_status) = states.state(&id, &name, warnings);
        let group = place.and_then(|place| place.group.clone());
        let component = Component { id, name, group, status, raw_status, updated_at: None };
        rows.push((place.map_or(usize::MAX, |place| place.index), component));
    }
    for (id, raw) in &states.of_page {
        if !seen.insert(id.clone()) {
            continue;
        }
        warnings.add(format_args!("affected component '{id}' is not listed"));
        let (status, raw_status) = mapped(raw.as_deref(), id, warnings);
        let (id, name) = (id.clone(), id.clone());
        rows.push((usize::MAX, Component { id, name, group: None, status, raw_status, updated_at: None }));
    }
    rows.sort_by_key(|(index, _)| *index);
    rows.into_iter().map(|(_, component)| component).collect()
}

/// Where a component stands on the page.
struct Shown {
    index: usize,
    group: Option<String>,
    hidden: bool,
}

fn places(summary: &Summary) -> HashMap<String, Shown> {
    let mut places = HashMap::new();
    let mut put = |place: &Place, group: Option<String>, hidden: bool| {
        if let Some(id) = id(&place.component_id) {
            let index = places.len();
            places.entry(id).or_insert(Shown { index, group, hidden: hidden || place.hidden.0 });
        }
    };
    let items = summary.structure.0.iter().flat_map(|structure| &structure.items.items);
    for item in items {
        if let Some(place) = &item.component.0 {
            put(place, None, false);
        }
        if let Some(group) = &item.group.0 {
            for place in &group.components.items {
                put(place, line(&group.name), group.hidden.0);
            }
        }
    }
    places
}

/// What is known to be wrong with components.
struct States {
    /// By the page's own list, in its order.
    of_page: Vec<(String, Option<String>)>,
    /// By open incidents.
    of_incidents: HashMap<String, String>,
    /// Whether something is said that can't be tied to a component.
    is_lossy: bool,
}

impl States {
    fn of(summary: &Summary) -> Self {
        let current = |row: &Affected| word(&row.current_status).or_else(|| word(&row.status));
        let affected = &summary.affected_components;
        let of_page = affected.items.iter().filter_map(|row| Some((id(row.id())?, current(row))));
        let open = |incident: &&Incident| {
            !matches!(incident.status.get(), Some("resolved" | "maintenance_complete"))
        };
        let mut of_incidents: HashMap<String, String> = HashMap::new();
        let rows = summary.ongoing_incidents.items.iter().filter(open);
        for row in rows.flat_map(|incident| &incident.affected_components.items) {
            let (Some(id), Some(raw)) = (id(row.id()), word(&row.current_status)) else { continue };
            let known = of_incidents.entry(id).or_insert_with(|| raw.clone());
            if weight(&raw) > weight(known) {
                *known = raw;
            }
        }
        Self { of_page: of_page.collect(), of_incidents, is_lossy: !is_whole(affected) }
    }

    fn state(&self, id: &str, name: &str, warnings: &mut Warnings) -> (Status, String) {
        if let Some((_, raw)) = self.of_page.iter().find(|(affected, _)| affected == id) {
            return mapped(raw.as_deref(), name, warnings);
        }
        match self.of_incidents.get(id) {
            Some(raw) => mapped(Some(raw), name, warnings),
            None if self.is_lossy => {
                warnings.add(format_args!("component '{name}' may be affected: the list is broken"));
                (Status::Unknown, String::new())
            }
            None => (Status::Operational, String::new()),
        }
    }
}

fn mapped(raw: Option<&str>, name: &str, warnings: &mut Warnings) -> (Status, String) {
    let Some(raw) = raw else {
        warnings.add(format_args!("component '{name}' has no status word"));
        return (Status::Unknown, String::new());
    };
    let mapped = status(raw).unwrap_or_else(|| {
        warnings.add(format_args!("component '{name}' has unknown status word '{raw}'"));
        Status::Unknown
    });
    (mapped, raw.to_owned())
}

/// Reads components from what incidents say they affect, for a form that lists no others.
pub(super) fn affected(lists: &[&super::wire::Incidents], warnings: &mut Warnings) -> Vec<Component> {
    let mut components = Worst::default();
    let rows =
        lists.iter().flat_map(|list| &list.items).flat_map(|incident| &incident.affected_components.items);
    for row in rows {
        let Some(id) = id(row.id()) else { continue };
        let name = name(&row.name, "component", &id, warnings);
        let raw = word(&row.current_status).or_else(|| word(&row.status));
        let (status, raw_status) = mapped(raw.as_deref(), &name, warnings);
        let group = line(&row.group_name);
        components.add(Component { id, name, group, status, raw_status, updated_at: None });
    }
    components.into_vec()
}
