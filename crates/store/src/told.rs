//! What readers were told of incidents, where that is not all of it, and what people said may be told.

use domain::incident::{Affected, Cause};
use domain::public::Told;
use domain::{IncidentId, ProviderId, ServiceId, Status};
use jiff::Timestamp;
use uuid::Uuid;

use crate::error::Error;
use crate::incidents::{cause_columns, cause_key};
use crate::row::Row;
use crate::tx::Scope;
use crate::{params, tongues};

/// Most in one answer.
const MOST: u32 = 1_000;

/// Stores what readers were told of an incident.
pub fn save(scope: &mut Scope<'_>, id: IncidentId, told: &Told) -> Result<(), Error> {
    let org = scope.org();
    scope.execute_one(
        "INSERT INTO incident_told (org_id, incident_id, title, services, cleared, refused, asked, titles, causes)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (org_id, incident_id) DO UPDATE SET
             title = excluded.title, services = excluded.services, cleared = excluded.cleared,
             refused = excluded.refused, asked = excluded.asked, titles = excluded.titles, causes = excluded.causes",
        params![
            org,
            id,
            &told.title,
            text(&told.services),
            told.cleared,
            told.refused,
            told.asked,
            tongues::column(&told.titles),
            named(&told.causes),
        ],
    )
}

/// Returns what readers were told of an incident; `None` where that is all of it, or nothing.
pub fn find(scope: &mut Scope<'_>, id: IncidentId) -> Result<Option<Told>, Error> {
    let org = scope.org();
    scope.query_opt(
        "SELECT title, services, cleared, refused, asked, titles, causes FROM incident_told
         WHERE org_id = $1 AND incident_id = $2",
        params![org, id],
        told,
    )
}

/// Returns what readers were told of the incidents that are open, or were resolved at or after an instant.
pub fn list_live(scope: &mut Scope<'_>, resolved_after: Timestamp) -> Result<Vec<(IncidentId, Told)>, Error> {
    let org = scope.org();
    scope.list(
        "SELECT t.title, t.services, t.cleared, t.refused, t.asked, t.titles, t.causes, t.incident_id
         FROM incident_told t JOIN incident i ON i.org_id = t.org_id AND i.id = t.incident_id
         WHERE t.org_id = $1 AND (i.resolved_at IS NULL OR i.resolved_at >= $2)
         ORDER BY t.incident_id LIMIT $3",
        params![org, resolved_after, MOST],
        |row| Ok((IncidentId(row.uuid(7)?), told(row)?)),
    )
}

fn text(services: &[Affected]) -> String {
    let line = |of: &Affected| format!("{} {} {}", of.service.0, of.status.word(), of.worst.word());
    services.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn named(causes: &[Cause]) -> String {
    let line = |of: &Cause| {
        let (kind, key) = cause_columns(&of.key);
        format!("{} {kind} {key}", of.provider.0)
    };
    causes.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn cause(line: &str) -> Option<Cause> {
    let mut words = line.splitn(3, ' ');
    let provider = ProviderId(Uuid::try_parse(words.next()?).ok()?);
    Some(Cause { provider, key: cause_key(words.next()?, words.next()?.to_owned())? })
}

fn service(line: &str) -> Option<Affected> {
    let mut words = line.split(' ');
    Some(Affected {
        service: ServiceId(Uuid::try_parse(words.next()?).ok()?),
        status: Status::from_word(words.next()?)?,
        worst: Status::from_word(words.next()?)?,
        pages: false,
        stated: None,
    })
}

fn told(row: &Row) -> Result<Told, Error> {
    Ok(Told {
        title: row.text(0)?,
        titles: tongues::read(row, 5)?,
        services: row.word(1, |text| text.lines().map(service).collect())?,
        cleared: row.word(2, Status::from_word)?,
        refused: row.word(3, Status::from_word)?,
        asked: row.word(4, Status::from_word)?,
        causes: row.word(6, |text| Some(text.lines().filter_map(cause).collect()))?,
    })
}

#[cfg(test)]
mod tests;
