//! Reading back what we know of a provider, exactly as it was stored.

use std::collections::HashMap;

use domain::knowledge::{Knowledge, KnownComponent, KnownIncident, KnownMaintenance};
use domain::snapshot::{Component, Incident, Maintenance, Overall, Page, Update};
use domain::{Impact, MaintenanceStatus, Phase, ProviderId, Status};

use super::events::MOST_EVENTS;
use crate::error::Error;
use crate::params;
use crate::row::Row;
use crate::tx::Tx;

/// More texts than knowledge remembers.
const MOST_TEXTS: u32 = 1_000_000;

/// What was said of the remembered events, by event.
struct Said {
    components: HashMap<String, Vec<String>>,
    updates: HashMap<String, Vec<Update>>,
}

/// Reads ten columns: when the first reading came, the page, its claim about the whole, since when that is
/// trouble, and whether what is open is listed.
pub(super) fn page(row: &Row, column: usize) -> Result<Knowledge, Error> {
    let overall = row.opt_word(column + 5, Status::from_word)?.map(|status| {
        Ok(Overall { status, headline: row.opt_text(column + 6)?, raw: row.text(column + 7)? })
    });
    Ok(Knowledge {
        first_read_at: row.opt_at(column)?,
        page: Page {
            id: row.opt_text(column + 1)?,
            name: row.opt_text(column + 2)?,
            url: row.opt_text(column + 3)?,
            updated_at: row.opt_at(column + 4)?,
        },
        overall: overall.transpose()?,
        overall_trouble_since: row.opt_at(column + 8)?,
        lists_open: row.bool(column + 9)?,
        ..Knowledge::default()
    })
}

/// Adds components, incidents and maintenances.
pub(super) fn complete(tx: &mut Tx<'_>, id: ProviderId, knowledge: &mut Knowledge) -> Result<(), Error> {
    knowledge.components = components(tx, id)?;
    let mut said = said(tx, id)?;
    knowledge.incidents = incidents(tx, id, &mut said)?;
    knowledge.maintenances = maintenances(tx, id, &mut said)?;
    Ok(())
}

fn components(tx: &mut Tx<'_>, id: ProviderId) -> Result<Vec<KnownComponent>, Error> {
    tx.list(
        "SELECT component_id, name, group_name, status, raw_status, updated_at, since_at, trouble_since_at
         FROM provider_component WHERE provider_id = $1 AND removed_at IS NULL ORDER BY position LIMIT $2",
        params![id, MOST_EVENTS],
        |row| {
            let component = Component {
                id: row.text(0)?,
                name: row.text(1)?,
                group: row.opt_text(2)?,
                status: row.word(3, Status::from_word)?,
                raw_status: row.text(4)?,
                updated_at: row.opt_at(5)?,
            };
            Ok(KnownComponent { component, since: row.at(6)?, trouble_since: row.opt_at(7)? })
        },
    )
}

fn said(tx: &mut Tx<'_>, id: ProviderId) -> Result<Said, Error> {
    let affected = tx.list(
        "SELECT c.event_id, c.component_id FROM provider_event_component c
         WHERE c.provider_id = $1 AND (
             EXISTS (SELECT 1 FROM provider_incident i WHERE i.provider_id = $1
                 AND i.incident_id = c.event_id AND i.position IS NOT NULL)
             OR EXISTS (SELECT 1 FROM provider_maintenance m WHERE m.provider_id = $1
                 AND m.maintenance_id = c.event_id AND m.position IS NOT NULL))
         ORDER BY c.position LIMIT $2",
        params![id, MOST_TEXTS],
        |row| Ok((row.text(0)?, row.text(1)?)),
    )?;
    let updates = tx.list(
        "SELECT u.event_id, u.update_id, u.status, u.body, u.at FROM provider_event_update u
         WHERE u.provider_id = $1 AND u.position IS NOT NULL AND (
             EXISTS (SELECT 1 FROM provider_incident i WHERE i.provider_id = $1
                 AND i.incident_id = u.event_id AND i.position IS NOT NULL)
             OR EXISTS (SELECT 1 FROM provider_maintenance m WHERE m.provider_id = $1
                 AND m.maintenance_id = u.event_id AND m.position IS NOT NULL))
         ORDER BY u.position DESC LIMIT $2",
        params![id, MOST_TEXTS],
        |row| {
            let (id, status, body, at) = (row.text(1)?, row.text(2)?, row.text(3)?, row.opt_at(4)?);
            Ok((row.text(0)?, Update { id, status, body, at }))
        },
    )?;
    Ok(Said { components: by_event(affected), updates: by_event(updates) })
}

fn by_event<T>(said: Vec<(String, T)>) -> HashMap<String, Vec<T>> {
    let mut events: HashMap<String, Vec<T>> = HashMap::new();
    for (event, what) in said {
        events.entry(event).or_default().push(what);
    }
    events
}

fn incidents(tx: &mut Tx<'_>, id: ProviderId, said: &mut Said) -> Result<Vec<KnownIncident>, Error> {
    tx.list(
        "SELECT incident_id, name, impact, raw_impact, phase, started_at, created_at, updated_at, resolved_at,
             url, first_seen_at, absent_polls
         FROM provider_incident WHERE provider_id = $1 AND position IS NOT NULL ORDER BY position DESC LIMIT $2",
        params![id, MOST_EVENTS],
        |row| {
            let id = row.text(0)?;
            let incident = Incident {
                name: row.text(1)?,
                impact: row.word(2, Impact::from_word)?,
                raw_impact: row.opt_text(3)?,
                phase: row.word(4, Phase::from_word)?,
                started_at: row.opt_at(5)?,
                created_at: row.opt_at(6)?,
                updated_at: row.opt_at(7)?,
                resolved_at: row.opt_at(8)?,
                url: row.opt_text(9)?,
                components: said.components.remove(&id).unwrap_or_default(),
                updates: said.updates.remove(&id).unwrap_or_default(),
                id,
            };
            Ok(KnownIncident { incident, first_seen_at: row.at(10)?, absent_polls: row.narrow(11)? })
        },
    )
}

fn maintenances(tx: &mut Tx<'_>, id: ProviderId, said: &mut Said) -> Result<Vec<KnownMaintenance>, Error> {
    tx.list(
        "SELECT maintenance_id, name, status, starts_at, ends_at, updated_at, url, first_seen_at
         FROM provider_maintenance WHERE provider_id = $1 AND position IS NOT NULL
         ORDER BY position DESC LIMIT $2",
        params![id, MOST_EVENTS],
        |row| {
            let id = row.text(0)?;
            let maintenance = Maintenance {
                name: row.text(1)?,
                status: row.word(2, MaintenanceStatus::from_word)?,
                starts_at: row.opt_at(3)?,
                ends_at: row.opt_at(4)?,
                updated_at: row.opt_at(5)?,
                url: row.opt_text(6)?,
                components: said.components.remove(&id).unwrap_or_default(),
                updates: said.updates.remove(&id).unwrap_or_default(),
                id,
            };
            Ok(KnownMaintenance { maintenance, first_seen_at: row.at(7)? })
        },
    )
}
