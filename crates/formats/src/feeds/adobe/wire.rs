//! The JSON of Adobe as it travels: maps of maps.

use serde::Deserialize;

use crate::feeds::wire::{Entries, Object, Text};

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Top {
    pub(super) incident_event: Object<IncidentEvent>,
    pub(super) maintenance_event: Object<MaintenanceEvent>,
    /// Of the registry.
    pub(super) products: Entries<Product, 5_000>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct IncidentEvent {
    pub(super) incidents: Entries<Event, 2_000>,
    pub(super) messages: Object<Messages>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct MaintenanceEvent {
    pub(super) maintenance: Entries<Event, 2_000>,
    pub(super) messages: Object<Messages>,
}

/// The texts in English by their tokens; the other languages are skipped.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Messages {
    pub(super) en: Entries<Message, 50_000>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Message {
    pub(super) html_message: Text,
    pub(super) text_message: Text,
}

/// An incident or announced work.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Event {
    pub(super) id: Text,
    pub(super) status: Text,
    pub(super) cmr_status: Text,
    pub(super) scheduled_date: Text,
    pub(super) started_on: Text,
    pub(super) completed_on: Text,
    pub(super) products: Entries<Product, 500>,
}

/// A product, with what an event does to it.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Product {
    pub(super) id: Text,
    pub(super) name: Text,
    pub(super) started_on: Text,
    pub(super) ended_on: Text,
    pub(super) history: Entries<Entry, 500>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Entry {
    pub(super) status: Text,
    pub(super) cso_status: Text,
    pub(super) severity: Text,
    pub(super) title_token: Text,
    pub(super) message_token: Text,
    pub(super) status_time: Text,
    pub(super) message_time: Text,
}
