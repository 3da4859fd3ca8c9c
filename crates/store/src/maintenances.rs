//! Announced work on our own services, with what was said of it.

use domain::incident::Actor;
use domain::maintenance::Maintenance;
use domain::public::Tongues;
use domain::subscription::Thing;
use domain::{IncidentId, MaintenanceId, MaintenanceStatus, ServiceId, Status, StatusPageId};
use jiff::Timestamp;
use uuid::Uuid;

use crate::error::Error;
use crate::public_words::{self, Said};
use crate::row::Row;
use crate::tx::Scope;
use crate::{actor, params, tongues};

/// Most works in one answer.
const MOST_WORKS: u32 = 1_000;
/// Most words on one work in one answer.
const MOST_UPDATES: u32 = 10_000;

/// Something that was said of work, or done to it: each has its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaintenanceUpdate {
    /// Where the work was in its life then.
    pub status: MaintenanceStatus,
    /// Markdown.
    pub body: String,
    /// The same in other languages, where the machine said it.
    pub tongues: Tongues,
    /// When.
    pub at: Timestamp,
    /// Whether readers may see it.
    pub is_public: bool,
    /// Who.
    pub actor: Actor,
}

/// Returns the number that the next work gets.
pub fn next_number(scope: &mut Scope<'_>) -> Result<i64, Error> {
    let org = scope.org();
    scope.query_one(
        "SELECT COALESCE(MAX(number), 0) + 1 FROM maintenance WHERE org_id = $1",
        params![org],
        |row| row.int(0),
    )
}

/// Stores new work. [`Error::Conflict`] when its id or number is taken.
pub fn insert(scope: &mut Scope<'_>, of: &Maintenance) -> Result<(), Error> {
    let (org, (kind, user)) = (scope.org(), actor::columns(of.made_by));
    scope.execute_one(
        "INSERT INTO maintenance
             (org_id, id, number, title, note, status, starts_at, ends_at, began_at, ended_at, reminded_at,
              is_manual_end, services, pages, incident_id, made_at, made_by_kind, made_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
        params![
            org,
            of.id,
            of.number,
            &of.title,
            &of.note,
            of.status,
            of.starts_at,
            of.ends_at,
            of.began_at,
            of.ended_at,
            of.reminded_at,
            of.is_manual_end,
            services_text(of),
            pages_text(of),
            of.incident,
            of.made_at,
            &*kind,
            user,
        ],
    )
}

/// Stores changed work; who planned it and when stays. [`Error::NotFound`] without one.
pub fn update(scope: &mut Scope<'_>, of: &Maintenance) -> Result<(), Error> {
    let org = scope.org();
    scope.execute_one(
        "UPDATE maintenance SET title = $3, note = $4, status = $5, starts_at = $6, ends_at = $7, began_at = $8,
             ended_at = $9, reminded_at = $10, is_manual_end = $11, services = $12, pages = $13, incident_id = $14
         WHERE org_id = $1 AND id = $2",
        params![
            org,
            of.id,
            &of.title,
            &of.note,
            of.status,
            of.starts_at,
            of.ends_at,
            of.began_at,
            of.ended_at,
            of.reminded_at,
            of.is_manual_end,
            services_text(of),
            pages_text(of),
            of.incident,
        ],
    )
}

/// Returns the work with this id.
pub fn get(scope: &mut Scope<'_>, id: MaintenanceId) -> Result<Option<Maintenance>, Error> {
    let org = scope.org();
    scope.query_opt(
        "SELECT id, number, title, note, status, starts_at, ends_at, began_at, ended_at, reminded_at,
             is_manual_end, services, pages, incident_id, made_at, made_by_kind, made_by
         FROM maintenance WHERE org_id = $1 AND id = $2",
        params![org, id],
        maintenance,
    )
}

/// Returns the work with this number.
pub fn find_by_number(scope: &mut Scope<'_>, number: i64) -> Result<Option<Maintenance>, Error> {
    let org = scope.org();
    scope.query_opt(
        "SELECT id, number, title, note, status, starts_at, ends_at, began_at, ended_at, reminded_at,
             is_manual_end, services, pages, incident_id, made_at, made_by_kind, made_by
         FROM maintenance WHERE org_id = $1 AND number = $2",
        params![org, number],
        maintenance,
    )
}

/// Returns what is planned or going on, the soonest first.
pub fn list_live(scope: &mut Scope<'_>) -> Result<Vec<Maintenance>, Error> {
    let org = scope.org();
    scope.list(
        "SELECT id, number, title, note, status, starts_at, ends_at, began_at, ended_at, reminded_at,
             is_manual_end, services, pages, incident_id, made_at, made_by_kind, made_by
         FROM maintenance WHERE org_id = $1 AND ended_at IS NULL ORDER BY starts_at, number LIMIT $2",
        params![org, MOST_WORKS],
        maintenance,
    )
}

/// Returns what is over since an instant, the latest first.
pub fn list_over(scope: &mut Scope<'_>, since: Timestamp) -> Result<Vec<Maintenance>, Error> {
    let org = scope.org();
    scope.list(
        "SELECT id, number, title, note, status, starts_at, ends_at, began_at, ended_at, reminded_at,
             is_manual_end, services, pages, incident_id, made_at, made_by_kind, made_by
         FROM maintenance WHERE org_id = $1 AND ended_at >= $2 ORDER BY ended_at DESC, number LIMIT $3",
        params![org, since, MOST_WORKS],
        maintenance,
    )
}

/// Adds to what was said of work. What readers may see is owed to those who subscribe, too.
pub fn push_update(scope: &mut Scope<'_>, id: MaintenanceId, said: &MaintenanceUpdate) -> Result<(), Error> {
    let number = record_update(scope, id, said)?;
    if said.is_public {
        public_words::owe(scope, Thing::Maintenance(id), Said::Update(number), said.at)?;
    }
    Ok(())
}

/// Adds to what was said of work what is news for nobody; returns its number, from 1.
pub fn record_update(
    scope: &mut Scope<'_>,
    id: MaintenanceId,
    said: &MaintenanceUpdate,
) -> Result<i64, Error> {
    let (org, (kind, user)) = (scope.org(), actor::columns(said.actor));
    let number: i64 = scope.query_one(
        "SELECT COALESCE(MAX(number), 0) + 1 FROM maintenance_update WHERE org_id = $1 AND maintenance_id = $2",
        params![org, id],
        |row| row.int(0),
    )?;
    scope.execute_one(
        "INSERT INTO maintenance_update
             (org_id, maintenance_id, number, status, body, at, is_public, actor_kind, actor_id, tongues)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        params![
            org,
            id,
            number,
            said.status,
            &said.body,
            said.at,
            said.is_public,
            &*kind,
            user,
            tongues::column(&said.tongues),
        ],
    )?;
    Ok(number)
}

/// Returns what was said of work, oldest first.
pub fn list_updates(scope: &mut Scope<'_>, id: MaintenanceId) -> Result<Vec<MaintenanceUpdate>, Error> {
    let org = scope.org();
    scope.list(
        "SELECT status, body, at, is_public, actor_kind, actor_id, tongues FROM maintenance_update
         WHERE org_id = $1 AND maintenance_id = $2 ORDER BY number LIMIT $3",
        params![org, id, MOST_UPDATES],
        |row| {
            Ok(MaintenanceUpdate {
                status: row.word(0, MaintenanceStatus::from_word)?,
                body: row.text(1)?,
                at: row.at(2)?,
                is_public: row.bool(3)?,
                actor: actor::read(row, 4)?,
                tongues: tongues::read(row, 6)?,
            })
        },
    )
}

fn services_text(of: &Maintenance) -> String {
    let lines = of.services.iter().map(|(service, status)| format!("{} {}", service.0, status.word()));
    lines.collect::<Vec<_>>().join("\n")
}

fn pages_text(of: &Maintenance) -> String {
    of.pages.iter().map(|page| page.0.to_string()).collect::<Vec<_>>().join("\n")
}

fn service(line: &str) -> Option<(ServiceId, Status)> {
    let (id, status) = line.split_once(' ')?;
    Some((ServiceId(Uuid::try_parse(id).ok()?), Status::from_word(status)?))
}

fn maintenance(row: &Row) -> Result<Maintenance, Error> {
    let page = |line: &str| Uuid::try_parse(line).ok().map(StatusPageId);
    Ok(Maintenance {
        id: MaintenanceId(row.uuid(0)?),
        number: row.int(1)?,
        title: row.text(2)?,
        note: row.text(3)?,
        status: row.word(4, MaintenanceStatus::from_word)?,
        starts_at: row.at(5)?,
        ends_at: row.at(6)?,
        began_at: row.opt_at(7)?,
        ended_at: row.opt_at(8)?,
        reminded_at: row.at(9)?,
        is_manual_end: row.bool(10)?,
        services: row.word(11, |text| text.lines().map(service).collect())?,
        pages: row.word(12, |text| text.lines().map(page).collect())?,
        incident: row.opt_uuid(13)?.map(IncidentId),
        made_at: row.at(14)?,
        made_by: actor::read(row, 15)?,
    })
}

#[cfg(test)]
mod tests;
