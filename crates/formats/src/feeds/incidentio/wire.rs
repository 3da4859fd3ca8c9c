//! The JSON of incident.io's own forms as it travels: every field optional, everything unknown skipped.

use serde::Deserialize;

use crate::feeds::rows::Row;
use crate::feeds::wire::{Flag, List, Object, Text};

pub(super) type Incidents = List<Incident, 500>;

/// The page's own summary.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Summary {
    pub(super) id: Text,
    pub(super) name: Text,
    pub(super) public_url: Text,
    pub(super) page_type: Text,
    pub(super) components: List<Component, 5_000>,
    pub(super) structure: Object<Structure>,
    /// Those not operational.
    pub(super) affected_components: List<Affected, 5_000>,
    pub(super) ongoing_incidents: Incidents,
    pub(super) scheduled_maintenances: Incidents,
}

/// What an owner shows on pages of their own.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Widget {
    pub(super) page_title: Text,
    pub(super) page_url: Text,
    pub(super) ongoing_incidents: Incidents,
    pub(super) in_progress_maintenances: Incidents,
    pub(super) scheduled_maintenances: Incidents,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Component {
    pub(super) id: Text,
    pub(super) name: Text,
}

/// The order and the headings in which readers see the components.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Structure {
    pub(super) items: List<Item, 5_000>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Item {
    pub(super) component: Object<Place>,
    pub(super) group: Object<Group>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Place {
    pub(super) component_id: Text,
    pub(super) name: Text,
    pub(super) hidden: Flag,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Group {
    pub(super) name: Text,
    pub(super) hidden: Flag,
    pub(super) components: List<Place, 5_000>,
}

/// A component that something is wrong with; the widget has its name and heading here.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Affected {
    pub(super) component_id: Text,
    /// The same, in the widget.
    pub(super) id: Text,
    pub(super) name: Text,
    pub(super) group_name: Text,
    /// As bad as it was at worst, within an incident; as it is, in a list of the page.
    pub(super) status: Text,
    pub(super) current_status: Text,
}

/// An incident or a maintenance, in the fields of both forms.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Incident {
    pub(super) id: Text,
    pub(super) name: Text,
    pub(super) status: Text,
    #[serde(rename = "type")]
    pub(super) kind: Text,
    pub(super) url: Text,
    pub(super) published_at: Text,
    pub(super) affected_components: List<Affected, 5_000>,
    pub(super) component_impacts: List<Span, 5_000>,
    pub(super) updates: List<Update, 500>,
    pub(super) current_worst_impact: Text,
    pub(super) last_update_at: Text,
    pub(super) last_update_message: Text,
    pub(super) starts_at: Text,
    pub(super) ends_at: Text,
    /// The planned times of work that has begun.
    pub(super) started_at: Text,
    pub(super) scheduled_end_at: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Span {
    pub(super) start_at: Text,
    pub(super) end_at: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Update {
    pub(super) id: Text,
    pub(super) to_status: Text,
    pub(super) message_string: Text,
    pub(super) published_at: Text,
}

impl Summary {
    /// Whether this is the summary of a page, and not another object of that name.
    pub(super) fn is_ours(&self) -> bool {
        self.id.get().is_some()
            && (self.structure.0.is_some() || self.affected_components.given && self.ongoing_incidents.given)
            && (self.public_url.get().is_some() || self.page_type.get().is_some())
    }
}

impl Row for Component {
    fn id(&self) -> &Text {
        &self.id
    }
}

impl Row for Affected {
    fn id(&self) -> &Text {
        if self.component_id.get().is_some() { &self.component_id } else { &self.id }
    }
}

impl Row for Incident {
    fn id(&self) -> &Text {
        &self.id
    }
}

impl Row for Update {
    fn id(&self) -> &Text {
        &self.id
    }
}
