//! What Statuspage sends to the subscribers of a page: an incident or a component that changed.
//!
//! Captured. It is not signed, comes more than once and in any order, and tells of one thing only; so it replaces no list.
//! Updates are told apart by their ids, as everywhere. The components of an incident are named, not judged: a late delivery
//! would bring back what they were.

use domain::Platform;
use domain::snapshot::{Page, Snapshot};
use serde::Deserialize;

use super::wire::{self, Incident};
use super::{claim, components, has_own_form, incidents};
use crate::feed::Read;
use crate::feeds::blank;
use crate::feeds::body;
use crate::feeds::rows::id;
use crate::feeds::warnings::Warnings;
use crate::feeds::wire::{List, Object, Text};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Delivery {
    page: Object<PageState>,
    incident: Object<Incident>,
    component: Object<wire::Component>,
    component_update: Object<Move>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PageState {
    id: Text,
    status_indicator: Text,
    status_description: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Move {
    component_id: Text,
    new_status: Text,
}

/// Reads the body of a delivery; `None` where it is none.
pub(crate) fn read_webhook(text: &str) -> Option<Read> {
    let delivery = body::parse::<Object<Delivery>>(text).ok()?.0?;
    let page = delivery.page.0.filter(|page| page.status_indicator.get().is_some())?;
    let page_id = id(&page.id)?;
    let mut warnings = Warnings::default();
    let mut snapshot = Snapshot {
        page: Page { id: Some(page_id), ..Page::default() },
        overall: claim(&page.status_indicator, &page.status_description, &mut warnings),
        ..blank::snapshot(Platform::Statuspage)
    };
    if let Some(incident) = delivery.incident.0 {
        if !has_own_form(&incident) {
            return Some(Err("an incident without id, status or updates".to_owned()));
        }
        let rows = List { given: true, items: vec![incident], ..List::default() };
        (snapshot.incidents, snapshot.maintenances) =
            incidents::read([rows, List::default()], None, &mut warnings);
    } else {
        let (component, to) = (delivery.component.0?, delivery.component_update.0?);
        match moved(component, &to) {
            Ok(row) => {
                let rows = List { given: true, items: vec![row], ..List::default() };
                snapshot.components = components::read(rows, &mut warnings);
            }
            Err(reason) => return Some(Err(reason.to_owned())),
        }
    }
    snapshot.warnings = warnings.into_vec();
    Some(Ok(snapshot))
}

/// Returns the component in the state it has by now, which its row tells; else the one it moved to.
fn moved(mut component: wire::Component, to: &Move) -> Result<wire::Component, &'static str> {
    if id(&component.id).is_none() || component.id.get() != to.component_id.get() {
        return Err("a component that is not the one that changed");
    }
    if component.status.get().is_none() {
        component.status.0 = to.new_status.get().map(ToOwned::to_owned);
    }
    if component.status.get().is_none() { Err("a component without a status") } else { Ok(component) }
}
