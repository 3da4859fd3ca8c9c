//! The JSON of Cachet as it travels: flat rows in version 2, rows with `attributes` in version 3.
//!
//! The fields are the same in both, except that version 3 gives a status and a time as an object. Numbers come as text from
//! some databases.

use serde::Deserialize;

use crate::feeds::wire::{Answer, List, Object, Text, TextOr};

/// Any list under `/api/`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Document {
    pub(super) meta: Object<Meta>,
    pub(super) links: Object<Links>,
    pub(super) data: List<Row, 5_000>,
    /// Version 3: what was asked for beside the rows, which name it in their relationships.
    pub(super) included: List<Row, 2_000>,
}

/// The page's claim.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Claim {
    pub(super) data: Object<Row>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Meta {
    /// Version 2.
    pub(super) pagination: Object<Pagination>,
    /// Version 3.
    pub(super) current_page: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Pagination {
    pub(super) total_pages: Text,
    pub(super) current_page: Text,
    pub(super) links: Object<Links>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Links {
    /// Version 2.
    pub(super) next_page: Text,
    /// Version 3.
    pub(super) next: Text,
}

/// A component, a group, an incident or a schedule; in version 3 an update too, and the envelope of each.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Row {
    #[serde(rename = "type")]
    pub(super) kind: Text,
    pub(super) attributes: Object<Box<Row>>,
    pub(super) relationships: Object<Relationships>,

    pub(super) id: Text,
    pub(super) name: Text,
    pub(super) message: Text,
    pub(super) status: TextOr<Valued>,
    pub(super) permalink: Text,
    pub(super) updates: List<Post, 500>,

    // Components; `group_id` is the groups' to explain.
    pub(super) group_id: Text,
    pub(super) status_name: Text,
    pub(super) enabled: Answer,
    // Groups.
    pub(super) enabled_components: List<Member, 2_000>,
    // Incidents.
    pub(super) component_id: Text,
    pub(super) component_status: Text,
    pub(super) latest_status: Text,
    pub(super) human_status: Text,
    // Times, of version 2 and of version 3.
    pub(super) occurred_at: Text,
    pub(super) occurred: TextOr<Valued>,
    pub(super) scheduled_at: Text,
    pub(super) scheduled: TextOr<Valued>,
    pub(super) completed_at: Text,
    pub(super) completed: TextOr<Valued>,
    pub(super) created_at: Text,
    pub(super) created: TextOr<Valued>,
    pub(super) updated_at: Text,
    pub(super) updated: TextOr<Valued>,
    /// Of the claim of version 3.
    pub(super) label: Text,
}

/// An update of an incident. Smaller than a row, as there may be many.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Post {
    pub(super) id: Text,
    pub(super) status: TextOr<Valued>,
    pub(super) message: Text,
    pub(super) created_at: Text,
    pub(super) created: TextOr<Valued>,
}

/// A component under its group.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Member {
    pub(super) id: Text,
    pub(super) name: Text,
    pub(super) status: TextOr<Valued>,
    pub(super) enabled: Answer,
}

/// A status or a time with its words for people.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Valued {
    /// Of a status.
    pub(super) value: Text,
    /// Of a time.
    pub(super) string: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Relationships {
    pub(super) group: Object<One>,
    pub(super) components: Object<Many>,
    pub(super) updates: Object<Many>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct One {
    pub(super) data: Object<Reference>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Many {
    pub(super) data: List<Reference, 5_000>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Reference {
    pub(super) id: Text,
}

impl From<Row> for Post {
    fn from(row: Row) -> Post {
        let Row { id, status, message, created_at, created, .. } = row;
        Post { id, status, message, created_at, created }
    }
}

impl From<Member> for Row {
    fn from(member: Member) -> Row {
        let Member { id, name, status, enabled } = member;
        Row { id, name, status, enabled, ..Row::default() }
    }
}

impl Row {
    /// Takes a row of version 3 out of its envelope.
    pub(super) fn opened(mut self) -> Row {
        let Some(mut row) = self.attributes.0.take() else { return self };
        row.kind = self.kind;
        row.relationships = self.relationships;
        if self.id.get().is_some() {
            row.id = self.id;
        }
        *row
    }
}

/// Returns the value of a status in either form.
pub(super) fn value(field: &TextOr<Valued>) -> Option<&str> {
    field.text.as_deref().or_else(|| field.object.as_ref()?.value.get())
}

/// Returns the text of a time in either form.
pub(super) fn time<'a>(flat: &'a Text, valued: &'a TextOr<Valued>) -> Option<&'a str> {
    flat.get().or(valued.text.as_deref()).or_else(|| valued.object.as_ref()?.string.get())
}
