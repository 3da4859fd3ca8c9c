//! The JSON:API of Better Stack as it travels: every field optional, all kinds of rows in one list.

use serde::Deserialize;

use crate::feeds::rows::Row;
use crate::feeds::wire::{List, Object, Text, Whole};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Document {
    pub(super) data: Object<Record>,
    pub(super) included: List<Record, 5_000>,
}

/// A page, section, resource, report or update: what it is says its type.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Record {
    pub(super) id: Text,
    #[serde(rename = "type")]
    pub(super) kind: Text,
    pub(super) attributes: Attributes,
    pub(super) relationships: Object<Relationships>,
}

/// The attributes of all types together; their names don't collide in meaning.
#[derive(Default)]
pub(super) struct Attributes(pub(super) AttributeFields);

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct AttributeFields {
    pub(super) company_name: Text,
    pub(super) custom_domain: Text,
    pub(super) updated_at: Text,
    pub(super) aggregate_state: Text,
    pub(super) name: Text,
    pub(super) position: Whole,
    pub(super) public_name: Text,
    pub(super) status: Text,
    pub(super) status_page_section_id: Text,
    pub(super) title: Text,
    pub(super) report_type: Text,
    pub(super) starts_at: Text,
    pub(super) ends_at: Text,
    pub(super) affected_resources: List<Affected, 5_000>,
    pub(super) message: Text,
    pub(super) published_at: Text,
    pub(super) status_report_id: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Affected {
    pub(super) status_page_resource_id: Text,
    pub(super) status: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Relationships {
    pub(super) status_updates: Object<References>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct References {
    pub(super) data: List<Reference, 500>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Reference {
    pub(super) id: Text,
}

impl<'de> Deserialize<'de> for Attributes {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Object(fields) = Object::deserialize(deserializer)?;
        Ok(Attributes(fields.unwrap_or_default()))
    }
}

impl Row for Record {
    fn id(&self) -> &Text {
        &self.id
    }
}
