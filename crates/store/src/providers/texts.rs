//! What a provider said about an incident or a maintenance: affected components, and updates in all their revisions.

use std::collections::HashMap;

use domain::ProviderId;
use domain::snapshot::Update;
use jiff::Timestamp;

use super::unique;
use crate::error::Error;
use crate::params;
use crate::row::Row;
use crate::tx::Tx;

/// Most revisions of one event in one answer.
const MOST_REVISIONS: u32 = 100_000;

/// The words of one event.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Words<'a> {
    /// Ids of affected components.
    pub(super) components: &'a [String],
    /// Newest first.
    pub(super) updates: &'a [Update],
}

/// A text as it stood for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// From 1.
    pub number: i64,
    /// The provider's word for the state it announces.
    pub status: String,
    /// Markdown as received.
    pub body: String,
    /// When we first saw it so.
    pub first_seen_at: Timestamp,
}

/// What an update said before it was edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The incident or maintenance.
    pub event: String,
    /// The update.
    pub update: String,
    /// What it said before, Markdown as received.
    pub before: String,
    /// When we first saw what it says now.
    pub seen_at: Timestamp,
}

/// The last revision of an update as it is stored.
struct Latest {
    revision: i64,
    position: Option<i64>,
    status: String,
    body: String,
    at: Option<Timestamp>,
}

/// Returns everything that an update has ever said, oldest first.
pub fn list_revisions(
    tx: &mut Tx<'_>,
    id: ProviderId,
    event: &str,
    update: &str,
) -> Result<Vec<Revision>, Error> {
    tx.list(
        "SELECT revision, status, body, first_seen_at FROM provider_event_update
         WHERE provider_id = $1 AND event_id = $2 AND update_id = $3 ORDER BY revision LIMIT $4",
        params![id, event, update, MOST_REVISIONS],
        |row| {
            let (status, body) = (row.text(1)?, row.text(2)?);
            Ok(Revision { number: row.int(0)?, status, body, first_seen_at: row.at(3)? })
        },
    )
}

/// Returns the edited ones among what a provider says now, each with the text before the last edit.
pub fn list_edits(tx: &mut Tx<'_>, id: ProviderId) -> Result<Vec<Edit>, Error> {
    tx.list(
        "SELECT now.event_id, now.update_id, old.body, now.first_seen_at
         FROM provider_event_update now
         JOIN provider_event_update old ON old.provider_id = now.provider_id AND old.event_id = now.event_id
             AND old.update_id = now.update_id AND old.revision = now.revision - 1
         WHERE now.provider_id = $1 AND now.position IS NOT NULL AND now.revision > 1
         ORDER BY now.event_id, now.update_id LIMIT $2",
        params![id, MOST_REVISIONS],
        |row| {
            let (event, update) = (row.text(0)?, row.text(1)?);
            Ok(Edit { event, update, before: row.text(2)?, seen_at: row.at(3)? })
        },
    )
}

/// Stores the words of an event as a reading at `seen_at` has them; `before` is what is stored, where that is known.
pub(super) fn save(
    tx: &mut Tx<'_>,
    id: ProviderId,
    event: &str,
    before: Option<Words<'_>>,
    now: Words<'_>,
    seen_at: Timestamp,
) -> Result<(), Error> {
    if before.map(|words| words.components) != Some(now.components) {
        save_components(tx, id, event, now.components)?;
    }
    if before.map(|words| words.updates) != Some(now.updates) {
        save_updates(tx, id, event, now.updates, seen_at)?;
    }
    Ok(())
}

fn save_components(tx: &mut Tx<'_>, id: ProviderId, event: &str, components: &[String]) -> Result<(), Error> {
    tx.execute(
        "DELETE FROM provider_event_component WHERE provider_id = $1 AND event_id = $2",
        params![id, event],
    )?;
    for (position, component) in components.iter().enumerate() {
        tx.execute(
            "INSERT INTO provider_event_component (provider_id, event_id, position, component_id)
             VALUES ($1, $2, $3, $4)",
            params![id, event, position, component],
        )?;
    }
    Ok(())
}

fn save_updates(
    tx: &mut Tx<'_>,
    id: ProviderId,
    event: &str,
    updates: &[Update],
    seen_at: Timestamp,
) -> Result<(), Error> {
    let mut stored = latest(tx, id, event)?;
    let updates = unique(updates, |update| &update.id);
    // Counted from the oldest, so that a new update at the front moves no other.
    for (position, update) in updates.into_iter().rev().enumerate() {
        let position = i64::try_from(position).unwrap_or(i64::MAX);
        let known = stored.remove(&update.id);
        match known {
            Some(known) if (&known.status, &known.body) == (&update.status, &update.body) => {
                if (known.position, known.at) != (Some(position), update.at) {
                    place(tx, id, event, &update.id, known.revision, Some(position), update.at)?;
                }
            }
            Some(known) => {
                place(tx, id, event, &update.id, known.revision, None, known.at)?;
                insert(tx, id, event, known.revision + 1, position, update, seen_at)?;
            }
            None => insert(tx, id, event, 1, position, update, seen_at)?,
        }
    }
    for (gone, known) in stored.iter().filter(|(_, known)| known.position.is_some()) {
        place(tx, id, event, gone, known.revision, None, known.at)?;
    }
    Ok(())
}

fn latest(tx: &mut Tx<'_>, id: ProviderId, event: &str) -> Result<HashMap<String, Latest>, Error> {
    let revisions = tx.list(
        "SELECT update_id, revision, position, status, body, at FROM provider_event_update
         WHERE provider_id = $1 AND event_id = $2 ORDER BY revision LIMIT $3",
        params![id, event, MOST_REVISIONS],
        |row| Ok((row.text(0)?, revision(row)?)),
    )?;
    Ok(revisions.into_iter().collect())
}

fn revision(row: &Row) -> Result<Latest, Error> {
    Ok(Latest {
        revision: row.int(1)?,
        position: row.opt_int(2)?,
        status: row.text(3)?,
        body: row.text(4)?,
        at: row.opt_at(5)?,
    })
}

fn place(
    tx: &mut Tx<'_>,
    id: ProviderId,
    event: &str,
    update: &str,
    revision: i64,
    position: Option<i64>,
    at: Option<Timestamp>,
) -> Result<(), Error> {
    tx.execute_one(
        "UPDATE provider_event_update SET position = $5, at = $6
         WHERE provider_id = $1 AND event_id = $2 AND update_id = $3 AND revision = $4",
        params![id, event, update, revision, position, at],
    )
}

fn insert(
    tx: &mut Tx<'_>,
    id: ProviderId,
    event: &str,
    revision: i64,
    position: i64,
    update: &Update,
    seen_at: Timestamp,
) -> Result<(), Error> {
    tx.execute_one(
        "INSERT INTO provider_event_update
             (provider_id, event_id, update_id, revision, position, status, body, at, first_seen_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        params![id, event, &update.id, revision, position, &update.status, &update.body, update.at, seen_at],
    )
}
