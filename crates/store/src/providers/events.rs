//! The incidents and maintenances of a provider: the rows themselves; their words are in `texts`.
//!
//! Lists are stored newest first by a position that leaves gaps, so that a new incident at the front moves no other row.
//! What knowledge has forgotten loses its position and stays.

use std::collections::HashMap;

use domain::ProviderId;
use domain::knowledge::{KnownIncident, KnownMaintenance};
use jiff::Timestamp;

use super::texts::{self, Words};
use super::unique;
use crate::error::Error;
use crate::params;
use crate::row::Row;
use crate::tx::Tx;

/// More than knowledge remembers.
pub(super) const MOST_EVENTS: u32 = 100_000;

/// Stores the incidents after a reading at `at`.
pub(super) fn save_incidents(
    tx: &mut Tx<'_>,
    id: ProviderId,
    before: &[KnownIncident],
    after: &[KnownIncident],
    at: Timestamp,
) -> Result<(), Error> {
    if before == after {
        return Ok(());
    }
    let mut stored: HashMap<String, i64> = tx
        .list(
            "SELECT incident_id, position FROM provider_incident
             WHERE provider_id = $1 AND position IS NOT NULL LIMIT $2",
            params![id, MOST_EVENTS],
            position,
        )?
        .into_iter()
        .collect();
    let after = unique(after, |known| &known.incident.id);
    let places = places(after.iter().map(|known| stored.get(&known.incident.id).copied()).collect());
    for (now, place) in after.into_iter().zip(places) {
        let key = &now.incident.id;
        let known = before.iter().find(|known| &known.incident.id == key);
        let moved = stored.remove(key) != Some(place);
        if moved || known != Some(now) {
            upsert_incident(tx, id, place, now, at)?;
            texts::save(tx, id, key, known.map(|known| words_of(known)), words_of(now), at)?;
        }
    }
    for forgotten in stored.keys() {
        tx.execute(
            "UPDATE provider_incident SET position = NULL WHERE provider_id = $1 AND incident_id = $2",
            params![id, forgotten],
        )?;
    }
    Ok(())
}

/// Stores the maintenances after a reading at `at`.
pub(super) fn save_maintenances(
    tx: &mut Tx<'_>,
    id: ProviderId,
    before: &[KnownMaintenance],
    after: &[KnownMaintenance],
    at: Timestamp,
) -> Result<(), Error> {
    if before == after {
        return Ok(());
    }
    let mut stored: HashMap<String, i64> = tx
        .list(
            "SELECT maintenance_id, position FROM provider_maintenance
             WHERE provider_id = $1 AND position IS NOT NULL LIMIT $2",
            params![id, MOST_EVENTS],
            position,
        )?
        .into_iter()
        .collect();
    let after = unique(after, |known| &known.maintenance.id);
    let places = places(after.iter().map(|known| stored.get(&known.maintenance.id).copied()).collect());
    for (now, place) in after.into_iter().zip(places) {
        let key = &now.maintenance.id;
        let known = before.iter().find(|known| &known.maintenance.id == key);
        let moved = stored.remove(key) != Some(place);
        if moved || known != Some(now) {
            upsert_maintenance(tx, id, place, now)?;
            texts::save(tx, id, key, known.map(|known| work_words_of(known)), work_words_of(now), at)?;
        }
    }
    for forgotten in stored.keys() {
        tx.execute(
            "UPDATE provider_maintenance SET position = NULL WHERE provider_id = $1 AND maintenance_id = $2",
            params![id, forgotten],
        )?;
    }
    Ok(())
}

fn words_of(known: &KnownIncident) -> Words<'_> {
    Words { components: &known.incident.components, updates: &known.incident.updates }
}

fn work_words_of(known: &KnownMaintenance) -> Words<'_> {
    Words { components: &known.maintenance.components, updates: &known.maintenance.updates }
}

fn position(row: &Row) -> Result<(String, i64), Error> {
    Ok((row.text(0)?, row.int(1)?))
}

/// Returns strictly descending positions for a list, keeping those that it has where the order allows.
pub(super) fn places(present: Vec<Option<i64>>) -> Vec<i64> {
    let mut last = 0;
    let mut places: Vec<i64> = present
        .into_iter()
        .rev()
        .map(|present| {
            last = present.filter(|place| *place > last).unwrap_or(last + 1);
            last
        })
        .collect();
    places.reverse();
    places
}

/// When we saw it closed is ours to know: the provider may never say.
fn upsert_incident(
    tx: &mut Tx<'_>,
    id: ProviderId,
    place: i64,
    known: &KnownIncident,
    at: Timestamp,
) -> Result<(), Error> {
    let incident = &known.incident;
    tx.execute_one(
        "INSERT INTO provider_incident
             (provider_id, incident_id, position, name, impact, raw_impact, phase, started_at, created_at,
              updated_at, resolved_at, url, first_seen_at, closed_seen_at, absent_polls)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
         ON CONFLICT (provider_id, incident_id) DO UPDATE SET
             position = excluded.position, name = excluded.name, impact = excluded.impact,
             raw_impact = excluded.raw_impact, phase = excluded.phase, started_at = excluded.started_at,
             created_at = excluded.created_at, updated_at = excluded.updated_at,
             resolved_at = excluded.resolved_at, url = excluded.url, first_seen_at = excluded.first_seen_at,
             closed_seen_at = CASE WHEN excluded.closed_seen_at IS NULL THEN NULL
                 ELSE COALESCE(provider_incident.closed_seen_at, excluded.closed_seen_at) END,
             absent_polls = excluded.absent_polls",
        params![
            id,
            &incident.id,
            place,
            &incident.name,
            incident.impact,
            incident.raw_impact.as_deref(),
            incident.phase,
            incident.started_at,
            incident.created_at,
            incident.updated_at,
            incident.resolved_at,
            incident.url.as_deref(),
            known.first_seen_at,
            incident.phase.is_over().then_some(at),
            known.absent_polls,
        ],
    )
}

fn upsert_maintenance(
    tx: &mut Tx<'_>,
    id: ProviderId,
    place: i64,
    known: &KnownMaintenance,
) -> Result<(), Error> {
    let maintenance = &known.maintenance;
    tx.execute_one(
        "INSERT INTO provider_maintenance
             (provider_id, maintenance_id, position, name, status, starts_at, ends_at, updated_at, url,
              first_seen_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (provider_id, maintenance_id) DO UPDATE SET
             position = excluded.position, name = excluded.name, status = excluded.status,
             starts_at = excluded.starts_at, ends_at = excluded.ends_at, updated_at = excluded.updated_at,
             url = excluded.url, first_seen_at = excluded.first_seen_at",
        params![
            id,
            &maintenance.id,
            place,
            &maintenance.name,
            maintenance.status,
            maintenance.starts_at,
            maintenance.ends_at,
            maintenance.updated_at,
            maintenance.url.as_deref(),
            known.first_seen_at,
        ],
    )
}
