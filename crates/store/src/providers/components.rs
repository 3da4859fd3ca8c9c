//! The components of a provider, and the history of their statuses.
//!
//! History is spans; where no span is, nothing is known. Writing at an instant replaces whatever history lies after it,
//! which only exists when a clock was set back.

use std::collections::HashMap;

use domain::history::Span;
use domain::knowledge::KnownComponent;
use domain::{ProviderId, Status};
use jiff::Timestamp;

use super::unique;
use crate::error::Error;
use crate::params;
use crate::services::span;
use crate::tx::Tx;

/// Most spans of one provider in one answer.
const MOST_SPANS: u32 = 100_000;
/// More components than any page shows.
const MOST_COMPONENTS: u32 = 100_000;

/// Stores the components after a reading at `at`.
pub(super) fn save(
    tx: &mut Tx<'_>,
    id: ProviderId,
    before: &[KnownComponent],
    after: &[KnownComponent],
    at: Timestamp,
) -> Result<(), Error> {
    let open = open_spans(tx, id)?;
    let (before, after) = (unique(before, key), unique(after, key));
    let known: HashMap<&str, (usize, &KnownComponent)> =
        before.iter().enumerate().map(|(position, known)| (key(known), (position, *known))).collect();
    for (position, now) in after.iter().enumerate() {
        if known.get(key(now)) != Some(&(position, *now)) {
            upsert(tx, id, position, now)?;
        }
        let status = now.component.status;
        let wanted = (status != Status::Unknown).then_some(status);
        if open.get(key(now)).copied() != wanted {
            move_span(tx, id, key(now), wanted, at)?;
        }
    }
    for gone in before.iter().filter(|known| !after.iter().any(|now| key(now) == key(known))) {
        tx.execute(
            "UPDATE provider_component SET removed_at = $3 WHERE provider_id = $1 AND component_id = $2",
            params![id, key(gone), at],
        )?;
        move_span(tx, id, key(gone), None, at)?;
    }
    Ok(())
}

/// Ends the open spans of all components: from here on nothing is known.
pub fn close_spans(tx: &mut Tx<'_>, id: ProviderId, at: Timestamp) -> Result<(), Error> {
    for component in open_spans(tx, id)?.keys() {
        move_span(tx, id, component, None, at)?;
    }
    Ok(())
}

/// Returns the history of all components that overlaps `[from, until)`, each oldest first, cut to it.
pub fn list_spans(
    tx: &mut Tx<'_>,
    id: ProviderId,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<(String, Span)>, Error> {
    tx.list(
        "SELECT component_id, status, from_at, to_at FROM provider_component_span
         WHERE provider_id = $1 AND from_at < $3 AND (to_at IS NULL OR to_at > $2)
         ORDER BY from_at, component_id LIMIT $4",
        params![id, from, until, MOST_SPANS],
        |row| Ok((row.text(0)?, span(row, 1, from, until)?)),
    )
}

fn key(known: &KnownComponent) -> &str {
    &known.component.id
}

fn upsert(tx: &mut Tx<'_>, id: ProviderId, position: usize, known: &KnownComponent) -> Result<(), Error> {
    let component = &known.component;
    tx.execute_one(
        "INSERT INTO provider_component
             (provider_id, component_id, position, name, group_name, status, raw_status, updated_at, since_at,
              trouble_since_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (provider_id, component_id) DO UPDATE SET
             position = excluded.position, name = excluded.name, group_name = excluded.group_name,
             status = excluded.status, raw_status = excluded.raw_status, updated_at = excluded.updated_at,
             since_at = excluded.since_at, trouble_since_at = excluded.trouble_since_at, removed_at = NULL",
        params![
            id,
            &component.id,
            position,
            &component.name,
            component.group.as_deref(),
            component.status,
            &component.raw_status,
            component.updated_at,
            known.since,
            known.trouble_since,
        ],
    )
}

fn open_spans(tx: &mut Tx<'_>, id: ProviderId) -> Result<HashMap<String, Status>, Error> {
    let spans = tx.list(
        "SELECT component_id, status FROM provider_component_span
         WHERE provider_id = $1 AND to_at IS NULL LIMIT $2",
        params![id, MOST_COMPONENTS],
        |row| Ok((row.text(0)?, row.word(1, Status::from_word)?)),
    )?;
    Ok(spans.into_iter().collect())
}

fn move_span(
    tx: &mut Tx<'_>,
    id: ProviderId,
    component: &str,
    status: Option<Status>,
    at: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "DELETE FROM provider_component_span WHERE provider_id = $1 AND component_id = $2 AND from_at >= $3",
        params![id, component, at],
    )?;
    tx.execute(
        "UPDATE provider_component_span SET to_at = $3
         WHERE provider_id = $1 AND component_id = $2 AND (to_at IS NULL OR to_at > $3)",
        params![id, component, at],
    )?;
    if let Some(status) = status {
        tx.execute(
            "INSERT INTO provider_component_span (provider_id, component_id, from_at, status)
             VALUES ($1, $2, $3, $4)",
            params![id, component, at, status],
        )?;
    }
    Ok(())
}
