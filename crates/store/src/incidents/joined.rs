//! Who took on what in an incident, and what it is linked with.

use domain::{IncidentId, ProviderId, UserId};
use jiff::Timestamp;

use crate::error::Error;
use crate::params;
use crate::row::Row;
use crate::tx::Scope;

/// Most roles or links of one incident in one answer.
const MOST_JOINED: u32 = 1_000;

/// Something elsewhere that belongs to an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncidentLink {
    /// Its number within the incident, from 1.
    pub number: i64,
    /// What it is.
    pub to: Linked,
    /// What people call it; may be empty.
    pub label: String,
}

/// What an incident is linked with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Linked {
    /// A provider's incident, by its id there.
    Provider(ProviderId, String),
    /// An alert, by its address or its id where it came from.
    Alert(String),
    /// An address: a chat, a ticket.
    Url(String),
}

/// Gives a role to somebody, or to nobody.
pub fn set_role(
    scope: &mut Scope<'_>,
    id: IncidentId,
    role: &str,
    user: Option<UserId>,
) -> Result<(), Error> {
    let org = scope.org();
    scope.execute(
        "DELETE FROM incident_role WHERE org_id = $1 AND incident_id = $2 AND role = $3",
        params![org, id, role],
    )?;
    if let Some(user) = user {
        scope.execute(
            "INSERT INTO incident_role (org_id, incident_id, role, user_id) VALUES ($1, $2, $3, $4)",
            params![org, id, role, user],
        )?;
    }
    Ok(())
}

/// Returns who has which role, by role.
pub fn list_roles(scope: &mut Scope<'_>, id: IncidentId) -> Result<Vec<(String, UserId)>, Error> {
    let org = scope.org();
    scope.list(
        "SELECT role, user_id FROM incident_role WHERE org_id = $1 AND incident_id = $2 ORDER BY role LIMIT $3",
        params![org, id, MOST_JOINED],
        |row| Ok((row.text(0)?, UserId(row.uuid(1)?))),
    )
}

/// Links an incident with something; returns the number of the link.
pub fn push_link(scope: &mut Scope<'_>, id: IncidentId, to: &Linked, label: &str) -> Result<i64, Error> {
    let org = scope.org();
    let number = scope.query_one(
        "SELECT COALESCE(MAX(number), 0) + 1 FROM incident_link WHERE org_id = $1 AND incident_id = $2",
        params![org, id],
        |row| row.int(0),
    )?;
    let (kind, provider, target) = match to {
        Linked::Provider(provider, target) => ("provider", Some(*provider), target),
        Linked::Alert(target) => ("alert", None, target),
        Linked::Url(target) => ("url", None, target),
    };
    scope.execute(
        "INSERT INTO incident_link (org_id, incident_id, number, kind, provider_id, target, label)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![org, id, number, kind, provider, target, label],
    )?;
    Ok(number)
}

/// Takes a link away; its number is not given again. [`Error::NotFound`] without one.
pub fn remove_link(scope: &mut Scope<'_>, id: IncidentId, number: i64, at: Timestamp) -> Result<(), Error> {
    let org = scope.org();
    scope.execute_one(
        "UPDATE incident_link SET removed_at = $4
         WHERE org_id = $1 AND incident_id = $2 AND number = $3 AND removed_at IS NULL",
        params![org, id, number, at],
    )
}

/// Returns what an incident is linked with, in the order of linking.
pub fn list_links(scope: &mut Scope<'_>, id: IncidentId) -> Result<Vec<IncidentLink>, Error> {
    let org = scope.org();
    scope.list(
        "SELECT number, kind, provider_id, target, label FROM incident_link
         WHERE org_id = $1 AND incident_id = $2 AND removed_at IS NULL ORDER BY number LIMIT $3",
        params![org, id, MOST_JOINED],
        link,
    )
}

/// Has another incident take the links over that it does not have.
pub fn move_links(scope: &mut Scope<'_>, from: IncidentId, to: IncidentId) -> Result<(), Error> {
    let (org, own) = (scope.org(), list_links(scope, to)?);
    for link in list_links(scope, from)? {
        if !own.iter().any(|known| known.to == link.to) {
            push_link(scope, to, &link.to, &link.label)?;
        }
    }
    scope.execute("DELETE FROM incident_link WHERE org_id = $1 AND incident_id = $2", params![org, from])?;
    Ok(())
}

fn link(row: &Row) -> Result<IncidentLink, Error> {
    let (provider, target) = (row.opt_uuid(2)?.map(ProviderId), row.text(3)?);
    let to = row.word(1, |kind| match (kind, provider) {
        ("provider", Some(provider)) => Some(Linked::Provider(provider, target.clone())),
        ("alert", None) => Some(Linked::Alert(target.clone())),
        ("url", None) => Some(Linked::Url(target.clone())),
        _ => None,
    })?;
    Ok(IncidentLink { number: row.int(0)?, to, label: row.text(4)? })
}
