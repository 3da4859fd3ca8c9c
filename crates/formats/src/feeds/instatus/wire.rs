//! The JSON of Instatus as it travels, in its feeds and inside its pages: every field optional.

use std::collections::BTreeMap;

use serde::de::{Deserialize, Deserializer};

use crate::feeds::wire::{List, Object, Text, TextOr, Whole};

/// A summary, or a list of components in an object.
#[derive(Default, serde::Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Document {
    pub(super) page: Object<Page>,
    /// What a page is drawn from has this in the place of `page`.
    pub(super) site: Object<Site>,
    pub(super) active_incidents: List<Event, 500>,
    pub(super) active_maintenances: List<Event, 500>,
    pub(super) components: Components,
}

pub(super) type Components = List<Component, 5_000>;

#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Page {
    pub(super) name: Words,
    pub(super) url: Text,
    pub(super) status: Text,
}

/// What a page's flight data calls `site`.
#[derive(Default, serde::Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Site {
    pub(super) id: Text,
    pub(super) name: Words,
    pub(super) status: Text,
    pub(super) subdomain: Text,
    pub(super) custom_domain: Text,
    pub(super) components: Components,
}

#[derive(Default, serde::Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Component {
    pub(super) id: Text,
    pub(super) name: Words,
    pub(super) status: Text,
    pub(super) order: Whole,
    pub(super) children: List<Component, 500>,
    pub(super) group: Object<Group>,
    pub(super) archived_at: Text,
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Group {
    pub(super) id: Text,
    pub(super) name: Words,
}

/// An incident or a maintenance.
#[derive(Default, serde::Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Event {
    pub(super) id: Text,
    pub(super) name: Words,
    pub(super) status: Text,
    pub(super) impact: Text,
    pub(super) started: Text,
    pub(super) resolved: Text,
    /// The planned start of a maintenance.
    pub(super) start: Text,
    /// In minutes.
    pub(super) duration: Text,
    pub(super) url: Text,
    pub(super) updated_at: Text,
    pub(super) components: List<Affected, 5_000>,
    pub(super) updates: List<Update, 500>,
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Affected {
    pub(super) id: Text,
    pub(super) status: Text,
}

#[derive(Default, serde::Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Update {
    pub(super) id: Text,
    pub(super) status: Text,
    pub(super) started: Text,
    pub(super) message: Words,
    pub(super) message_html: Words,
}

/// Text, or a map of languages to text, of which the page's own language is kept.
#[derive(Default)]
pub(super) struct Words(pub(super) Text);

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let either = TextOr::<BTreeMap<String, Text>>::deserialize(deserializer)?;
        let languages = either.object.unwrap_or_default();
        let preferred = ["default", "en"].into_iter().filter_map(|key| languages.get(key));
        let mut texts = preferred.chain(languages.values()).filter_map(Text::get);
        let word = texts.find(|text| !text.trim().is_empty()).map(ToOwned::to_owned);
        Ok(Words(Text(either.text.or(word))))
    }
}
