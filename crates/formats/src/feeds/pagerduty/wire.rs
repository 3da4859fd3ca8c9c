//! The JSON inside a PagerDuty page as it travels: every field optional.

use serde::Deserialize;

use crate::feeds::rows::Row;
use crate::feeds::wire::{Answer, Each, List, Object, Text};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Document {
    pub(super) summary: Object<Summary>,
    pub(super) layout: Object<Layout>,
    pub(super) status_page_type: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Summary {
    pub(super) open_incidents: List<Post, 500>,
    pub(super) resolved_incidents: List<Post, 500>,
    pub(super) posts: List<Post, 500>,
    pub(super) post_enums: List<PostEnum, 500>,
    pub(super) post_status_page_services: List<Service, 5_000>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Layout {
    pub(super) status_page_id: Text,
    pub(super) layout_settings: Object<LayoutSettings>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct LayoutSettings {
    pub(super) name: Text,
    pub(super) business_services: List<BusinessService, 5_000>,
}

/// A service as it is laid out, or a heading over such.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct BusinessService {
    pub(super) id: Text,
    pub(super) name: Text,
    pub(super) child_business_services: Each<Text, 5_000>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Service {
    pub(super) id: Text,
    pub(super) external_business_service_id: Text,
    pub(super) name: Text,
    /// False hides a service.
    pub(super) is_active: Answer,
}

/// A word of the page's own vocabulary.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct PostEnum {
    pub(super) id: Text,
    pub(super) name: Text,
    pub(super) layout_settings: Object<EnumSettings>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct EnumSettings {
    /// `incident/status/investigating`.
    pub(super) key: Text,
}

/// An incident or a maintenance.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Post {
    pub(super) id: Text,
    pub(super) title: Text,
    pub(super) post_type: Text,
    pub(super) starts_at: Text,
    pub(super) ends_at: Text,
    pub(super) updates: List<Update, 500>,
    pub(super) postmortem: Object<Postmortem>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Update {
    pub(super) id: Text,
    pub(super) created_at: Text,
    pub(super) reported_at: Text,
    pub(super) severity: Text,
    pub(super) status: Text,
    pub(super) message: Text,
    pub(super) impacted_business_services: List<Impacted, 5_000>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Postmortem {
    pub(super) id: Text,
    pub(super) message: Text,
    pub(super) reported_at: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Impacted {
    pub(super) id: Text,
    pub(super) business_service_id: Text,
    pub(super) severity: Text,
}

impl Row for Service {
    fn id(&self) -> &Text {
        &self.id
    }
}

impl Row for Post {
    fn id(&self) -> &Text {
        &self.id
    }
}

impl Row for Update {
    fn id(&self) -> &Text {
        &self.id
    }
}
