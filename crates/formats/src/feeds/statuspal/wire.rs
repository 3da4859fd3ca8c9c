//! The JSON of Statuspal as it travels: every field optional, ids as numbers or text.

use serde::de::{Deserialize, Deserializer, IgnoredAny};

use crate::feeds::rows::{Row, line};
use crate::feeds::wire::{Each, Entries, List, Object, Text, TextOr};

#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Document {
    pub(super) status_page: Object<Page>,
    pub(super) services: List<Service, 5_000>,
    pub(super) incidents: List<Event, 500>,
    pub(super) maintenances: List<Event, 500>,
    pub(super) upcoming_maintenances: List<Event, 500>,
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Page {
    pub(super) name: Text,
    pub(super) url: Text,
    pub(super) subdomain: Text,
    pub(super) current_incident_type: Stated,
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Service {
    pub(super) id: Text,
    pub(super) name: Text,
    pub(super) translations: Entries<Translation, 50>,
    pub(super) parent_id: Text,
    pub(super) children: List<Service, 500>,
    pub(super) current_incident_type: Stated,
    pub(super) parent_incident_type: Stated,
}

/// An incident or a maintenance.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Event {
    pub(super) id: Text,
    pub(super) title: Text,
    pub(super) translations: Entries<Translation, 50>,
    #[serde(rename = "type")]
    pub(super) kind: Text,
    pub(super) url: Text,
    pub(super) inserted_at: Text,
    pub(super) starts_at: Text,
    pub(super) ends_at: Text,
    pub(super) service_ids: Each<Text, 5_000>,
    pub(super) updates: List<Update, 500>,
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Update {
    pub(super) id: Text,
    #[serde(rename = "type")]
    pub(super) kind: Text,
    pub(super) description: Text,
    pub(super) translations: Entries<Translation, 50>,
    pub(super) inserted_at: Text,
    pub(super) posted_at: Text,
}

/// What something is called or says in a language.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Translation {
    pub(super) name: Text,
    pub(super) title: Text,
    pub(super) description: Text,
}

/// The type of what is going on. Null says that nothing is; a field that is absent or of another kind says nothing.
#[derive(Default, Clone)]
pub(super) enum Stated {
    #[default]
    Absent,
    Calm,
    Type(String),
}

impl<'de> Deserialize<'de> for Stated {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stated = Option::<TextOr<IgnoredAny>>::deserialize(deserializer)?;
        Ok(stated.map_or(Stated::Calm, |stated| stated.text.map_or(Stated::Absent, Stated::Type)))
    }
}

impl Stated {
    pub(super) fn is_given(&self) -> bool {
        matches!(self, Stated::Calm | Stated::Type(_))
    }
}

/// Returns the text of a field, else the first translation of it.
pub(super) fn worded(
    own: Text,
    translations: Entries<Translation, 50>,
    field: fn(Translation) -> Text,
) -> Text {
    let mut texts = std::iter::once(own).chain(translations.items.into_iter().map(|(_, it)| field(it)));
    texts.find(|text| line(text).is_some()).unwrap_or_default()
}

impl Row for Service {
    fn id(&self) -> &Text {
        &self.id
    }
}

impl Row for Event {
    fn id(&self) -> &Text {
        &self.id
    }
}

impl Row for Update {
    fn id(&self) -> &Text {
        &self.id
    }
}
