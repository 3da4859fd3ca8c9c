//! What incidents did to services, in waves: the machine writes one whenever a service turns, and people add and correct them.

use domain::incident::{Incident, Wave};
use domain::{IncidentId, ServiceId, Status};
use jiff::Timestamp;

use crate::error::Error;
use crate::params;
use crate::row::Row;
use crate::tx::Scope;

/// Most waves in one answer.
const MOST_WAVES: u32 = 10_000;

/// A wave on record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredWave {
    /// Its number within the incident, from 1.
    pub number: i64,
    /// What it says.
    pub wave: Wave,
    /// Whether a person wrote or corrected it.
    pub is_by_hand: bool,
}

/// Ends and begins the waves of an incident so that those that go on say what its services are at `at`.
pub fn follow_impact(scope: &mut Scope<'_>, incident: &Incident, at: Timestamp) -> Result<(), Error> {
    let (org, id) = (scope.org(), incident.id);
    let open = scope.list(
        "SELECT number, service_id, from_at, to_at, status, is_by_hand FROM incident_impact
         WHERE org_id = $1 AND incident_id = $2 AND to_at IS NULL AND removed_at IS NULL ORDER BY number LIMIT $3",
        params![org, id, MOST_WAVES],
        wave,
    )?;
    for affected in &incident.services {
        let running = open.iter().find(|one| one.wave.service == affected.service);
        let wanted = Some(affected.status).filter(|status| status.is_trouble());
        if running.map(|one| one.wave.status) == wanted {
            continue;
        }
        if let Some(running) = running {
            end_wave(scope, id, running, at)?;
        }
        if let Some(status) = wanted {
            let wave = Wave { service: affected.service, from: at, to: None, status };
            insert_wave(scope, id, &wave, false)?;
        }
    }
    Ok(())
}

/// One that would be empty, or that a clock ahead of time has written, was none.
fn end_wave(scope: &mut Scope<'_>, id: IncidentId, running: &StoredWave, at: Timestamp) -> Result<(), Error> {
    let org = scope.org();
    if running.wave.from < at {
        return scope.execute_one(
            "UPDATE incident_impact SET to_at = $4 WHERE org_id = $1 AND incident_id = $2 AND number = $3",
            params![org, id, running.number, at],
        );
    }
    remove_wave(scope, id, running.number, at)
}

/// Adds a wave; returns its number.
pub fn insert_wave(
    scope: &mut Scope<'_>,
    id: IncidentId,
    wave: &Wave,
    is_by_hand: bool,
) -> Result<i64, Error> {
    let org = scope.org();
    let number = scope.query_one(
        "SELECT COALESCE(MAX(number), 0) + 1 FROM incident_impact WHERE org_id = $1 AND incident_id = $2",
        params![org, id],
        |row| row.int(0),
    )?;
    scope.execute(
        "INSERT INTO incident_impact
             (org_id, incident_id, number, service_id, from_at, to_at, status, is_by_hand)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![org, id, number, wave.service, wave.from, wave.to, wave.status, is_by_hand],
    )?;
    Ok(number)
}

/// Writes a wave as a person corrects it. [`Error::NotFound`] without one.
pub fn correct_wave(scope: &mut Scope<'_>, id: IncidentId, number: i64, wave: &Wave) -> Result<(), Error> {
    let org = scope.org();
    scope.execute_one(
        "UPDATE incident_impact SET service_id = $4, from_at = $5, to_at = $6, status = $7, is_by_hand = TRUE
         WHERE org_id = $1 AND incident_id = $2 AND number = $3 AND removed_at IS NULL",
        params![org, id, number, wave.service, wave.from, wave.to, wave.status],
    )
}

/// Takes a wave out; its number is not given again. [`Error::NotFound`] without one.
pub fn remove_wave(scope: &mut Scope<'_>, id: IncidentId, number: i64, at: Timestamp) -> Result<(), Error> {
    let org = scope.org();
    scope.execute_one(
        "UPDATE incident_impact SET removed_at = $4
         WHERE org_id = $1 AND incident_id = $2 AND number = $3 AND removed_at IS NULL",
        params![org, id, number, at],
    )
}

/// Returns the wave with this number.
pub fn find_wave(scope: &mut Scope<'_>, id: IncidentId, number: i64) -> Result<Option<StoredWave>, Error> {
    let org = scope.org();
    scope.query_opt(
        "SELECT number, service_id, from_at, to_at, status, is_by_hand FROM incident_impact
         WHERE org_id = $1 AND incident_id = $2 AND number = $3 AND removed_at IS NULL",
        params![org, id, number],
        wave,
    )
}

/// Returns the waves of an incident, those of the incidents that have become part of it behind its own.
pub fn list_waves(scope: &mut Scope<'_>, id: IncidentId) -> Result<Vec<StoredWave>, Error> {
    let org = scope.org();
    scope.list(
        "SELECT w.number, w.service_id, w.from_at, w.to_at, w.status, w.is_by_hand
         FROM incident_impact w JOIN incident i ON i.org_id = w.org_id AND i.id = w.incident_id
         WHERE w.org_id = $1 AND (i.id = $2 OR i.merged_into = $2) AND w.removed_at IS NULL
         ORDER BY CASE WHEN i.id = $2 THEN 0 ELSE 1 END, i.number, w.number LIMIT $3",
        params![org, id, MOST_WAVES],
        wave,
    )
}

/// Returns the waves of a service after `from` that people wrote in incidents that readers may see: they amend its history.
pub fn list_amending(scope: &mut Scope<'_>, service: ServiceId, from: Timestamp) -> Result<Vec<Wave>, Error> {
    let org = scope.org();
    scope.list(
        "SELECT w.number, w.service_id, w.from_at, w.to_at, w.status, w.is_by_hand
         FROM incident_impact w JOIN incident i ON i.org_id = w.org_id AND i.id = w.incident_id
         WHERE w.org_id = $1 AND w.service_id = $2 AND w.is_by_hand AND w.removed_at IS NULL
             AND i.publish = 'auto' AND (w.to_at IS NULL OR w.to_at > $3)
         ORDER BY w.from_at, w.incident_id, w.number LIMIT $4",
        params![org, service, from, MOST_WAVES],
        |row| Ok(wave(row)?.wave),
    )
}

fn wave(row: &Row) -> Result<StoredWave, Error> {
    Ok(StoredWave {
        number: row.int(0)?,
        wave: Wave {
            service: ServiceId(row.uuid(1)?),
            from: row.at(2)?,
            to: row.opt_at(3)?,
            status: row.word(4, Status::from_word)?,
        },
        is_by_hand: row.bool(5)?,
    })
}
