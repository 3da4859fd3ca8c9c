//! Post-mortems: where each is, every version of its text, and what is to be done.

mod actions;
#[cfg(test)]
mod tests;

use domain::incident::Actor;
use domain::postmortem::{Postmortem, Published, Stage};
use domain::{IncidentId, Severity, UserId};
use jiff::Timestamp;

use crate::error::Error;
use crate::row::Row;
use crate::tx::Scope;
use crate::{actor, params};

pub use actions::{
    OpenActions, count_open, finish_action, insert_action, list_actions, list_open_actions, list_unreminded,
    set_reminded,
};

/// More versions than anybody writes.
const MOST_VERSIONS: u32 = 10_000;

/// A text as it was saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// From 1.
    pub number: i64,
    /// Markdown.
    pub body: String,
    /// Who wrote it.
    pub author: Actor,
    /// When it was saved.
    pub saved_at: Timestamp,
}

/// An incident that is over, with how far what was learnt from it is written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Learnt {
    /// The incident.
    pub incident: IncidentId,
    /// What people call it.
    pub number: i64,
    /// Its title.
    pub title: String,
    /// How urgent it was.
    pub severity: Severity,
    /// When it was over.
    pub resolved_at: Timestamp,
    /// The word for where its newest version is; `None` where nobody has begun.
    pub stage: Option<String>,
    /// Since when readers see one.
    pub published_at: Option<Timestamp>,
}

/// Stores a new one with its first version. [`Error::Conflict`] when there is one.
pub fn insert(scope: &mut Scope<'_>, of: &Postmortem, body: &str, at: Timestamp) -> Result<(), Error> {
    let (org, (kind, user)) = (scope.org(), actor::columns(of.author));
    scope.execute_one(
        "INSERT INTO postmortem (org_id, incident_id, stage, version, author_kind, author_id, turn)
         VALUES ($1, $2, 'draft', $3, $4, $5, $6)",
        params![org, of.incident, of.version, &*kind, user, of.turn],
    )?;
    push_version(scope, of, body, at)
}

/// Stores where one is. [`Error::NotFound`] without one.
pub fn update(scope: &mut Scope<'_>, of: &Postmortem) -> Result<(), Error> {
    let (org, (kind, user)) = (scope.org(), actor::columns(of.author));
    let (reviewer, by) = match of.stage {
        Stage::InReview { reviewer, asked_by } => (Some(reviewer), Some(asked_by)),
        Stage::Approved { by } => (None, Some(by)),
        Stage::Draft | Stage::Published => (None, None),
    };
    let by = by.map(actor::columns).unzip();
    scope.execute_one(
        "UPDATE postmortem SET stage = $3, version = $4, author_kind = $5, author_id = $6, turn = $7,
             reviewer_id = $8, stage_by_kind = $9, stage_by_id = $10, published_version = $11,
             published_update = $12, published_at = $13
         WHERE org_id = $1 AND incident_id = $2",
        params![
            org,
            of.incident,
            of.stage.word(),
            of.version,
            &*kind,
            user,
            of.turn,
            reviewer,
            by.0.as_deref(),
            by.1.flatten(),
            of.published.map(|published| published.version),
            of.published.map(|published| published.update),
            of.published.map(|published| published.at),
        ],
    )
}

/// Stores the text of the newest version. [`Error::Conflict`] when there is one of its number.
pub fn push_version(scope: &mut Scope<'_>, of: &Postmortem, body: &str, at: Timestamp) -> Result<(), Error> {
    let (org, (kind, user)) = (scope.org(), actor::columns(of.author));
    scope.execute_one(
        "INSERT INTO postmortem_version (org_id, incident_id, number, body, author_kind, author_id, saved_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![org, of.incident, of.version, body, &*kind, user, at],
    )
}

/// Returns the post-mortem of an incident.
pub fn find(scope: &mut Scope<'_>, id: IncidentId) -> Result<Option<Postmortem>, Error> {
    let org = scope.org();
    scope.query_opt(
        "SELECT stage, version, author_kind, author_id, turn, reviewer_id, stage_by_kind, stage_by_id,
             published_version, published_update, published_at
         FROM postmortem WHERE org_id = $1 AND incident_id = $2",
        params![org, id],
        |row| postmortem(row, id),
    )
}

/// Returns a version by its number.
pub fn find_version(scope: &mut Scope<'_>, id: IncidentId, number: i64) -> Result<Option<Version>, Error> {
    let org = scope.org();
    scope.query_opt(
        "SELECT number, body, author_kind, author_id, saved_at FROM postmortem_version
         WHERE org_id = $1 AND incident_id = $2 AND number = $3",
        params![org, id, number],
        version,
    )
}

/// Returns all versions without their texts, oldest first.
pub fn list_versions(scope: &mut Scope<'_>, id: IncidentId) -> Result<Vec<Version>, Error> {
    let org = scope.org();
    scope.list(
        "SELECT number, '', author_kind, author_id, saved_at FROM postmortem_version
         WHERE org_id = $1 AND incident_id = $2 ORDER BY number LIMIT $3",
        params![org, id, MOST_VERSIONS],
        version,
    )
}

/// Returns incidents that are over, the most urgent first and of those the latest first: all, or those that lack a published
/// post-mortem. What has become part of another, and what touched no service, needs none.
pub fn list(scope: &mut Scope<'_>, all: bool, limit: u32) -> Result<Vec<Learnt>, Error> {
    let org = scope.org();
    scope.list(
        "SELECT i.id, i.number, i.title, i.severity, i.resolved_at, p.stage, p.published_at
         FROM incident i LEFT JOIN postmortem p ON p.org_id = i.org_id AND p.incident_id = i.id
         WHERE i.org_id = $1 AND i.resolved_at IS NOT NULL AND i.merged_into IS NULL
             AND EXISTS (SELECT 1 FROM incident_service s WHERE s.org_id = $1 AND s.incident_id = i.id)
             AND (CAST($2 AS BOOLEAN) OR (p.published_at IS NULL AND i.phase <> 'postmortem'))
         ORDER BY CASE i.severity WHEN 'critical' THEN 0 WHEN 'error' THEN 1 WHEN 'warning' THEN 2 ELSE 3 END,
             i.resolved_at DESC, i.number DESC
         LIMIT $3",
        params![org, all, limit],
        learnt,
    )
}

fn postmortem(row: &Row, incident: IncidentId) -> Result<Postmortem, Error> {
    let by = match row.opt_text(6)? {
        Some(_) => Some(actor::read(row, 6)?),
        None => None,
    };
    let reviewer = row.opt_uuid(5)?.map(UserId);
    let stage = row.word(0, |word| match (word, reviewer, by) {
        ("draft", None, None) => Some(Stage::Draft),
        ("in_review", Some(reviewer), Some(asked_by)) => Some(Stage::InReview { reviewer, asked_by }),
        ("approved", None, Some(by)) => Some(Stage::Approved { by }),
        ("published", None, None) => Some(Stage::Published),
        _ => None,
    })?;
    let published = match (row.opt_int(8)?, row.opt_int(9)?, row.opt_at(10)?) {
        (Some(version), Some(update), Some(at)) => Some(Published { version, update, at }),
        (Some(_) | None, Some(_) | None, Some(_) | None) => None,
    };
    Ok(Postmortem {
        incident,
        stage,
        version: row.int(1)?,
        author: actor::read(row, 2)?,
        turn: row.int(4)?,
        published,
    })
}

fn version(row: &Row) -> Result<Version, Error> {
    Ok(Version {
        number: row.int(0)?,
        body: row.text(1)?,
        author: actor::read(row, 2)?,
        saved_at: row.at(4)?,
    })
}

fn learnt(row: &Row) -> Result<Learnt, Error> {
    Ok(Learnt {
        incident: IncidentId(row.uuid(0)?),
        number: row.int(1)?,
        title: row.text(2)?,
        severity: row.word(3, Severity::from_word)?,
        resolved_at: row.at(4)?,
        stage: row.opt_text(5)?,
        published_at: row.opt_at(6)?,
    })
}
