//! The JSON of Zendesk as it travels: rows of several types in one form.

use serde::Deserialize;

use crate::feeds::rows;
use crate::feeds::wire::{Flag, List, Object, Text};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Top {
    pub(super) data: List<Row, 500>,
    pub(super) included: List<Row, 5_000>,
}

/// An incident, an update of one, a service, or what an incident does to a service.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Row {
    pub(super) id: Text,
    pub(super) r#type: Text,
    pub(super) attributes: Object<Attributes>,
    pub(super) relationships: Object<Relationships>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Attributes {
    pub(super) name: Text,
    pub(super) title: Text,
    pub(super) impact: Text,
    pub(super) status: Text,
    pub(super) outage: Flag,
    pub(super) degradation: Flag,
    pub(super) maintenance: Flag,
    pub(super) started_at: Text,
    pub(super) resolved_at: Text,
    pub(super) created_at: Text,
    pub(super) updated_at: Text,
    pub(super) maintenance_start_time: Text,
    pub(super) maintenance_end_time: Text,
    /// Of an update.
    pub(super) description: Text,
    pub(super) body: Text,
    pub(super) message: Text,
    /// Which incident an update or a service belongs to.
    pub(super) incident_id: Text,
    pub(super) service_id: Text,
    pub(super) service_name: Text,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Relationships {
    pub(super) incident_updates: Object<Related>,
    pub(super) services: Object<Related>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Related {
    pub(super) data: List<Reference, 500>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Reference {
    pub(super) id: Text,
}

impl rows::Row for Row {
    fn id(&self) -> &Text {
        &self.id
    }
}
