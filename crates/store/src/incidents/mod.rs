//! Our incidents, with their causes and the services they touch.

mod impacts;
mod joined;
mod journal;
#[cfg(test)]
mod records_tests;
#[cfg(test)]
pub(crate) mod tests;
mod troubles;

use std::borrow::Cow;
use std::collections::HashMap;

use domain::incident::{Affected, Assignee, ByHand, Cause, CauseKey, Incident, Response, Term};
use domain::setup::Publish;
use domain::{
    IncidentId, OrgId, Phase, PolicyId, ProviderId, ScheduleId, ServiceId, Severity, Status, UserId,
};
use jiff::Timestamp;
use uuid::Uuid;

use crate::error::Error;
use crate::row::Row;
use crate::tx::{Scope, Tx};
use crate::{actor, params, tongues};

pub use impacts::{
    StoredWave, correct_wave, find_wave, follow_impact, insert_wave, list_amending, list_waves, remove_wave,
};
pub use joined::{
    IncidentLink, Linked, list_links, list_roles, move_links, push_link, remove_link, set_role,
};
pub use journal::{
    IncidentEvent, IncidentUpdate, UpdateEdit, edit_update, find_update, list_events, list_timeline,
    list_updates, mark, push_event, push_update, record_update, remove_update,
};
pub use troubles::list_troubles;

/// Most incidents in one answer that has no limit of its own.
const MOST_INCIDENTS: u32 = 500;
/// More causes or services than one incident has.
const MOST_PARTS: u32 = 10_000;
/// More causes or services than the incidents of one answer have together.
const MOST_PARTS_OF_ALL: u32 = 2 * MOST_INCIDENTS * MOST_PARTS;

/// Returns the number that the next incident gets.
pub fn next_number(scope: &mut Scope<'_>) -> Result<i64, Error> {
    let org = scope.org();
    scope.query_one(
        "SELECT COALESCE(MAX(number), 0) + 1 FROM incident WHERE org_id = $1",
        params![org],
        |row| row.int(0),
    )
}

/// Returns the number that an incident got, or will get, which is opened at an instant.
pub fn number_at(scope: &mut Scope<'_>, at: Timestamp) -> Result<i64, Error> {
    let org = scope.org();
    scope.query_one(
        "SELECT COALESCE(MAX(number), 0) + 1 FROM incident WHERE org_id = $1 AND opened_at < $2",
        params![org, at],
        |row| row.int(0),
    )
}

/// Stores a new incident. [`Error::Conflict`] when its id or number is taken.
pub fn insert(scope: &mut Scope<'_>, incident: &Incident) -> Result<(), Error> {
    let (org, response) = (scope.org(), response_columns(incident.response));
    let assignee = incident.assignee.map(assignee_columns).unzip();
    let by_hand = incident.by_hand;
    let opener = by_hand.opened_by.map(actor::columns).unzip();
    scope.execute_one(
        "INSERT INTO incident
             (org_id, id, number, title, severity, response, response_by_kind, response_by, response_at, phase,
              opened_at, first_page_at, generation, publish, resolved_at, response_until, is_snoozed,
              assignee_kind, assignee_id, began_at, opened_by_kind, opened_by, merged_into, has_own_title,
              has_own_phase, has_own_severity, titles)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
             $22, $23, $24, $25, $26, $27)",
        params![
            org,
            incident.id,
            incident.number,
            &incident.title,
            incident.severity,
            incident.response.word(),
            response.0.as_deref(),
            response.1,
            response.2,
            incident.phase,
            incident.opened_at,
            incident.first_page_at,
            incident.generation,
            publish_word(incident.publish),
            incident.resolved_at(),
            incident.response.until(),
            incident.response.is_snoozed(),
            assignee.0,
            assignee.1,
            by_hand.began_at,
            opener.0.as_deref(),
            opener.1.flatten(),
            by_hand.merged_into,
            by_hand.title,
            by_hand.phase,
            by_hand.severity,
            tongues::column(&incident.titles),
        ],
    )?;
    insert_parts(scope, incident)
}

/// Stores a changed incident, causes and services included. [`Error::NotFound`] without one.
pub fn update(scope: &mut Scope<'_>, incident: &Incident) -> Result<(), Error> {
    let (org, response) = (scope.org(), response_columns(incident.response));
    let assignee = incident.assignee.map(assignee_columns).unzip();
    let by_hand = incident.by_hand;
    let opener = by_hand.opened_by.map(actor::columns).unzip();
    scope.execute_one(
        "UPDATE incident SET number = $3, title = $4, severity = $5, response = $6, response_by_kind = $7,
             response_by = $8, response_at = $9, phase = $10, opened_at = $11, first_page_at = $12,
             generation = $13, publish = $14, resolved_at = $15, response_until = $16, is_snoozed = $17,
             assignee_kind = $18, assignee_id = $19, began_at = $20, opened_by_kind = $21, opened_by = $22,
             merged_into = $23, has_own_title = $24, has_own_phase = $25, has_own_severity = $26,
             titles = $27
         WHERE org_id = $1 AND id = $2",
        params![
            org,
            incident.id,
            incident.number,
            &incident.title,
            incident.severity,
            incident.response.word(),
            response.0.as_deref(),
            response.1,
            response.2,
            incident.phase,
            incident.opened_at,
            incident.first_page_at,
            incident.generation,
            publish_word(incident.publish),
            incident.resolved_at(),
            incident.response.until(),
            incident.response.is_snoozed(),
            assignee.0,
            assignee.1,
            by_hand.began_at,
            opener.0.as_deref(),
            opener.1.flatten(),
            by_hand.merged_into,
            by_hand.title,
            by_hand.phase,
            by_hand.severity,
            tongues::column(&incident.titles),
        ],
    )?;
    let (org, id) = (scope.org(), incident.id);
    scope.execute("DELETE FROM incident_cause WHERE org_id = $1 AND incident_id = $2", params![org, id])?;
    scope.execute("DELETE FROM incident_service WHERE org_id = $1 AND incident_id = $2", params![org, id])?;
    insert_parts(scope, incident)
}

/// Returns the incident with this id.
pub fn get(scope: &mut Scope<'_>, id: IncidentId) -> Result<Option<Incident>, Error> {
    let org = scope.org();
    let found = scope.query_opt(
        "SELECT id, number, title, severity, response, response_by_kind, response_by, response_at, phase,
             opened_at, first_page_at, generation, publish, response_until, is_snoozed, assignee_kind, assignee_id,
             began_at, opened_by_kind, opened_by, merged_into, has_own_title, has_own_phase, has_own_severity,
             titles
         FROM incident WHERE org_id = $1 AND id = $2",
        params![org, id],
        incident,
    )?;
    found.map(|incident| with_parts(scope, incident)).transpose()
}

/// Returns the incident with this number.
pub fn find_by_number(scope: &mut Scope<'_>, number: i64) -> Result<Option<Incident>, Error> {
    let org = scope.org();
    let found = scope.query_opt(
        "SELECT id, number, title, severity, response, response_by_kind, response_by, response_at, phase,
             opened_at, first_page_at, generation, publish, response_until, is_snoozed, assignee_kind, assignee_id,
             began_at, opened_by_kind, opened_by, merged_into, has_own_title, has_own_phase, has_own_severity,
             titles
         FROM incident WHERE org_id = $1 AND number = $2",
        params![org, number],
        incident,
    )?;
    found.map(|incident| with_parts(scope, incident)).transpose()
}

/// Returns the incident with this id and whose it is: for links that name no organisation.
pub fn find_any(tx: &mut Tx<'_>, id: IncidentId) -> Result<Option<(OrgId, Incident)>, Error> {
    let owner =
        tx.query_opt("SELECT org_id FROM incident WHERE id = $1", params![id], |row| row.uuid(0).map(OrgId))?;
    let Some(org) = owner else { return Ok(None) };
    Ok(get(&mut Scope::new(tx, org), id)?.map(|incident| (org, incident)))
}

/// Returns the incidents that are not over, oldest first, at most 500.
pub fn list_open(scope: &mut Scope<'_>) -> Result<Vec<Incident>, Error> {
    let org = scope.org();
    let found = scope.list(
        "SELECT id, number, title, severity, response, response_by_kind, response_by, response_at, phase,
             opened_at, first_page_at, generation, publish, response_until, is_snoozed, assignee_kind, assignee_id,
             began_at, opened_by_kind, opened_by, merged_into, has_own_title, has_own_phase, has_own_severity,
             titles
         FROM incident WHERE org_id = $1 AND resolved_at IS NULL ORDER BY opened_at, id LIMIT $2",
        params![org, MOST_INCIDENTS],
        incident,
    )?;
    found.into_iter().map(|incident| with_parts(scope, incident)).collect()
}

/// Returns the incidents that new trouble may belong to, oldest first, open ones before all: those that are not over,
/// those resolved at or after `resolved_after`, and those that people resolved at or after `resolved_by_people_after`.
pub fn list_attributable(
    scope: &mut Scope<'_>,
    resolved_after: Timestamp,
    resolved_by_people_after: Timestamp,
) -> Result<Vec<Incident>, Error> {
    let org = scope.org();
    let mut found = scope.list(
        "SELECT id, number, title, severity, response, response_by_kind, response_by, response_at, phase,
             opened_at, first_page_at, generation, publish, response_until, is_snoozed, assignee_kind, assignee_id,
             began_at, opened_by_kind, opened_by, merged_into, has_own_title, has_own_phase, has_own_severity,
             titles
         FROM incident
         WHERE org_id = $1 AND (resolved_at IS NULL OR resolved_at >= $2
             OR (resolved_at >= $3 AND response_by_kind <> 'machine'))
         ORDER BY CASE WHEN resolved_at IS NULL THEN 0 ELSE 1 END, opened_at, id LIMIT $4",
        params![org, resolved_after, resolved_by_people_after, 2 * MOST_INCIDENTS],
        incident,
    )?;
    // One question for the parts of all: there are hundreds of incidents when most of the world fails at once.
    let mut causes: HashMap<IncidentId, Vec<Cause>> = HashMap::new();
    let all = scope.list(
        "SELECT provider_id, kind, cause_key, incident_id
         FROM incident_cause WHERE org_id = $1 AND incident_id IN
             (SELECT id FROM incident
              WHERE org_id = $1 AND (resolved_at IS NULL OR resolved_at >= $2
                  OR (resolved_at >= $3 AND response_by_kind <> 'machine')))
         LIMIT $4",
        params![org, resolved_after, resolved_by_people_after, MOST_PARTS_OF_ALL],
        |row| Ok((IncidentId(row.uuid(3)?), cause(row)?)),
    )?;
    all.into_iter().for_each(|(id, cause)| causes.entry(id).or_default().push(cause));
    let mut services: HashMap<IncidentId, Vec<Affected>> = HashMap::new();
    let all = scope.list(
        "SELECT service_id, status, worst, pages, stated, incident_id
         FROM incident_service WHERE org_id = $1 AND incident_id IN
             (SELECT id FROM incident
              WHERE org_id = $1 AND (resolved_at IS NULL OR resolved_at >= $2
                  OR (resolved_at >= $3 AND response_by_kind <> 'machine')))
         LIMIT $4",
        params![org, resolved_after, resolved_by_people_after, MOST_PARTS_OF_ALL],
        |row| Ok((IncidentId(row.uuid(5)?), affected(row)?)),
    )?;
    all.into_iter().for_each(|(id, affected)| services.entry(id).or_default().push(affected));
    for incident in &mut found {
        incident.causes = causes.remove(&incident.id).unwrap_or_default();
        incident.causes.sort_unstable();
        incident.services = services.remove(&incident.id).unwrap_or_default();
        incident.services.sort_unstable_by_key(|affected| affected.service);
    }
    Ok(found)
}

/// Returns the incidents that have become part of this one, by number, at most 500.
pub fn list_merged(scope: &mut Scope<'_>, into: IncidentId) -> Result<Vec<Incident>, Error> {
    let org = scope.org();
    let found = scope.list(
        "SELECT id, number, title, severity, response, response_by_kind, response_by, response_at, phase,
             opened_at, first_page_at, generation, publish, response_until, is_snoozed, assignee_kind, assignee_id,
             began_at, opened_by_kind, opened_by, merged_into, has_own_title, has_own_phase, has_own_severity,
             titles
         FROM incident WHERE org_id = $1 AND merged_into = $2 ORDER BY number LIMIT $3",
        params![org, into, MOST_INCIDENTS],
        incident,
    )?;
    found.into_iter().map(|incident| with_parts(scope, incident)).collect()
}

/// Returns incidents, newest first: those opened before the given one, or the newest of all.
pub fn list_recent(
    scope: &mut Scope<'_>,
    before: Option<(Timestamp, IncidentId)>,
    limit: u32,
) -> Result<Vec<Incident>, Error> {
    let org = scope.org();
    let (at, id) = before.unzip();
    let found = scope.list(
        "SELECT id, number, title, severity, response, response_by_kind, response_by, response_at, phase,
             opened_at, first_page_at, generation, publish, response_until, is_snoozed, assignee_kind, assignee_id,
             began_at, opened_by_kind, opened_by, merged_into, has_own_title, has_own_phase, has_own_severity,
             titles
         FROM incident
         WHERE org_id = $1 AND (CAST($2 AS BIGINT) IS NULL OR opened_at < $2 OR (opened_at = $2 AND id < $3))
         ORDER BY opened_at DESC, id DESC LIMIT $4",
        params![org, at, id, limit],
        incident,
    )?;
    found.into_iter().map(|incident| with_parts(scope, incident)).collect()
}

fn insert_parts(scope: &mut Scope<'_>, incident: &Incident) -> Result<(), Error> {
    let (org, id) = (scope.org(), incident.id);
    for cause in &incident.causes {
        let (kind, key) = cause_columns(&cause.key);
        scope.execute(
            "INSERT INTO incident_cause (org_id, incident_id, provider_id, kind, cause_key)
             VALUES ($1, $2, $3, $4, $5)",
            params![org, id, cause.provider, kind, key],
        )?;
    }
    for affected in &incident.services {
        scope.execute(
            "INSERT INTO incident_service (org_id, incident_id, service_id, status, worst, pages, stated)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            params![
                org,
                id,
                affected.service,
                affected.status,
                affected.worst,
                affected.pages,
                affected.stated,
            ],
        )?;
    }
    Ok(())
}

/// Adds causes and services, in the order that the vocabulary gives them.
fn with_parts(scope: &mut Scope<'_>, mut incident: Incident) -> Result<Incident, Error> {
    let (org, id) = (scope.org(), incident.id);
    incident.causes = scope.list(
        "SELECT provider_id, kind, cause_key FROM incident_cause WHERE org_id = $1 AND incident_id = $2 LIMIT $3",
        params![org, id, MOST_PARTS],
        cause,
    )?;
    incident.causes.sort_unstable();
    incident.services = scope.list(
        "SELECT service_id, status, worst, pages, stated FROM incident_service
         WHERE org_id = $1 AND incident_id = $2 ORDER BY service_id LIMIT $3",
        params![org, id, MOST_PARTS],
        affected,
    )?;
    Ok(incident)
}

fn incident(row: &Row) -> Result<Incident, Error> {
    Ok(Incident {
        id: IncidentId(row.uuid(0)?),
        number: row.int(1)?,
        title: row.text(2)?,
        titles: tongues::read(row, 24)?,
        severity: row.word(3, Severity::from_word)?,
        response: response(row, 4)?,
        assignee: assignee(row, 15)?,
        phase: row.word(8, Phase::from_word)?,
        opened_at: row.at(9)?,
        first_page_at: row.opt_at(10)?,
        generation: row.narrow(11)?,
        publish: row.word(12, publish)?,
        causes: Vec::new(),
        services: Vec::new(),
        by_hand: ByHand {
            began_at: row.opt_at(17)?,
            opened_by: row.opt_text(18)?.is_some().then(|| actor::read(row, 18)).transpose()?,
            merged_into: row.opt_uuid(20)?.map(IncidentId),
            title: row.bool(21)?,
            phase: row.bool(22)?,
            severity: row.bool(23)?,
        },
    })
}

/// Reads until when, and whether it is a snooze.
fn term(row: &Row, column: usize) -> Result<Term, Error> {
    Ok(match (row.opt_at(column)?, row.bool(column + 1)?) {
        (None, _) => Term::Unlimited,
        (Some(until), false) => Term::Until(until),
        (Some(until), true) => Term::Snoozed(until),
    })
}

fn assignee_columns(assignee: Assignee) -> (&'static str, Uuid) {
    match assignee {
        Assignee::User(id) => ("user", id.0),
        Assignee::Schedule(id) => ("schedule", id.0),
        Assignee::Policy(id) => ("policy", id.0),
    }
}

/// Reads a kind and an id.
fn assignee(row: &Row, column: usize) -> Result<Option<Assignee>, Error> {
    let Some(id) = row.opt_uuid(column + 1)? else { return Ok(None) };
    let kind = row.word(column, |kind| match kind {
        "user" => Some(Assignee::User(UserId(id))),
        "schedule" => Some(Assignee::Schedule(ScheduleId(id))),
        "policy" => Some(Assignee::Policy(PolicyId(id))),
        _ => None,
    })?;
    Ok(Some(kind))
}

/// Reads four columns: the word, who (two), and when.
fn response(row: &Row, column: usize) -> Result<Response, Error> {
    match row.str(column)? {
        "open" => Ok(Response::Open),
        "acknowledged" => {
            let (by, at) = (actor::read(row, column + 1)?, row.at(column + 3)?);
            Ok(Response::Acknowledged { by, at, term: term(row, 13)? })
        }
        "resolved" => Ok(Response::Resolved { by: actor::read(row, column + 1)?, at: row.at(column + 3)? }),
        other => Err(row.unreadable(column, &format!("'{other}' is no response"))),
    }
}

fn response_columns(response: Response) -> (Option<Cow<'static, str>>, Option<UserId>, Option<Timestamp>) {
    match response {
        Response::Open => (None, None, None),
        Response::Acknowledged { by, at, .. } | Response::Resolved { by, at } => {
            let (kind, user) = actor::columns(by);
            (Some(kind), user, Some(at))
        }
    }
}

pub(crate) fn cause_columns(key: &CauseKey) -> (&'static str, &str) {
    match key {
        CauseKey::Incident(id) => ("incident", id),
        CauseKey::Component(id) => ("component", id),
        CauseKey::Page => ("page", ""),
    }
}

fn cause(row: &Row) -> Result<Cause, Error> {
    let id = row.text(2)?;
    let key = row.word(1, |kind| cause_key(kind, id.clone()))?;
    Ok(Cause { provider: ProviderId(row.uuid(0)?), key })
}

pub(crate) fn cause_key(kind: &str, id: String) -> Option<CauseKey> {
    match kind {
        "incident" => Some(CauseKey::Incident(id)),
        "component" => Some(CauseKey::Component(id)),
        "page" => Some(CauseKey::Page),
        _ => None,
    }
}

fn affected(row: &Row) -> Result<Affected, Error> {
    Ok(Affected {
        service: ServiceId(row.uuid(0)?),
        status: row.word(1, Status::from_word)?,
        worst: row.word(2, Status::from_word)?,
        pages: row.bool(3)?,
        stated: row.opt_word(4, Status::from_word)?,
    })
}

fn publish_word(publish: Publish) -> &'static str {
    match publish {
        Publish::Never => "never",
        Publish::Draft => "draft",
        Publish::Auto => "auto",
    }
}

fn publish(word: &str) -> Option<Publish> {
    [Publish::Never, Publish::Draft, Publish::Auto].into_iter().find(|publish| publish_word(*publish) == word)
}
