//! The JSON of Statuspage as it travels: every field optional, everything unknown skipped.
//!
//! incident.io's compatible documents pass through here too; they lack fields and whole lists where these are empty.

use serde::Deserialize;

use crate::feeds::wire::{Flag, List, Object, Text, Whole};

/// Any document under `/api/v2/`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Document {
    pub(super) page: Object<Page>,
    pub(super) status: Object<Status>,
    pub(super) components: List<Component, 5_000>,
    pub(super) incidents: List<Incident, 500>,
    pub(super) scheduled_maintenances: List<Incident, 500>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Page {
    pub(super) id: Text,
    pub(super) name: Text,
    pub(super) url: Text,
    /// Given by Statuspage itself, not by those who imitate it.
    pub(super) time_zone: Text,
    pub(super) updated_at: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Status {
    pub(super) indicator: Text,
    pub(super) description: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Component {
    pub(super) id: Text,
    pub(super) name: Text,
    pub(super) status: Text,
    pub(super) updated_at: Text,
    pub(super) position: Whole,
    /// Whether the row is a heading over others, which name it in `group_id`.
    pub(super) group: Flag,
    pub(super) group_id: Text,
}

/// An incident, or a maintenance, which is one with planned times.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Incident {
    pub(super) id: Text,
    pub(super) name: Text,
    pub(super) status: Text,
    pub(super) impact: Text,
    pub(super) created_at: Text,
    pub(super) updated_at: Text,
    pub(super) started_at: Text,
    pub(super) resolved_at: Text,
    pub(super) scheduled_for: Text,
    pub(super) scheduled_until: Text,
    pub(super) shortlink: Text,
    pub(super) incident_updates: List<Update, 500>,
    pub(super) components: List<AffectedRow, 5_000>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct AffectedRow {
    pub(super) id: Text,
    pub(super) group: Flag,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Update {
    pub(super) id: Text,
    pub(super) status: Text,
    pub(super) body: Text,
    pub(super) created_at: Text,
    /// The time to show, which the page's owner may edit; null on post-mortems.
    pub(super) display_at: Text,
    pub(super) affected_components: List<AffectedCode, 5_000>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct AffectedCode {
    /// The id of the component.
    pub(super) code: Text,
}
