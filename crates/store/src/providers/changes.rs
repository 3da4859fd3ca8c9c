//! What was different from one reading to the next, in the order in which it was found.

use std::collections::BTreeMap;

use domain::change::{Change, ChangeKind};
use domain::{ProviderId, Status};
use jiff::Timestamp;

use crate::error::Error;
use crate::params;
use crate::row::Row;
use crate::tx::Tx;

/// The newest moves of components that are looked at for what was worst: more than an incident has.
const MOST_MOVES: u32 = 1_000;

/// Appends changes that a reading at `seen_at` showed.
pub fn push_changes(
    tx: &mut Tx<'_>,
    id: ProviderId,
    changes: &[Change],
    seen_at: Timestamp,
) -> Result<(), Error> {
    if changes.is_empty() {
        return Ok(());
    }
    let last = "SELECT COALESCE(MAX(seq), 0) FROM provider_change WHERE provider_id = $1";
    let mut seq = tx.query_one(last, params![id], |row| row.int(0))?;
    for change in changes {
        seq += 1;
        tx.execute(
            "INSERT INTO provider_change
                 (provider_id, seq, kind, subject, name, from_value, to_value, update_id, at, seen_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            params![
                id,
                seq,
                change.kind,
                &change.subject,
                &change.name,
                change.from.as_deref(),
                change.to.as_deref(),
                change.update.as_deref(),
                change.at,
                seen_at,
            ],
        )?;
    }
    Ok(())
}

/// Returns the changes after the `after_seq`-th, oldest first, each with its number.
pub fn list_changes(
    tx: &mut Tx<'_>,
    id: ProviderId,
    after_seq: i64,
    limit: u32,
) -> Result<Vec<(i64, Change)>, Error> {
    tx.list(
        "SELECT seq, kind, subject, name, from_value, to_value, update_id, at FROM provider_change
         WHERE provider_id = $1 AND seq > $2 ORDER BY seq LIMIT $3",
        params![id, after_seq, limit],
        |row| Ok((row.int(0)?, change(row)?)),
    )
}

/// Returns the worst status that each component of a provider has had since an instant, as far as the newest changes tell.
pub fn worst_since(
    tx: &mut Tx<'_>,
    id: ProviderId,
    since: Timestamp,
) -> Result<BTreeMap<String, Status>, Error> {
    let moves = tx.list(
        "SELECT subject, from_value, to_value FROM provider_change
         WHERE provider_id = $1 AND kind = 'component_changed' AND seen_at >= $2 ORDER BY seq DESC LIMIT $3",
        params![id, since, MOST_MOVES],
        |row| Ok((row.text(0)?, [row.opt_text(1)?, row.opt_text(2)?])),
    )?;
    let mut worst: BTreeMap<String, Status> = BTreeMap::new();
    for (component, values) in moves {
        for status in values.iter().flatten().filter_map(|word| Status::from_word(word)) {
            let known = worst.entry(component.clone()).or_insert(status);
            *known = status.max(*known);
        }
    }
    Ok(worst)
}

/// Reads the columns after the first of the query above.
pub(crate) fn change(row: &Row) -> Result<Change, Error> {
    Ok(Change {
        kind: row.word(1, ChangeKind::from_word)?,
        subject: row.text(2)?,
        name: row.text(3)?,
        from: row.opt_text(4)?,
        to: row.opt_text(5)?,
        update: row.opt_text(6)?,
        at: row.at(7)?,
    })
}
