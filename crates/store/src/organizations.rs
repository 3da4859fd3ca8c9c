//! Organisations: the tenants.

use domain::OrgId;
use domain::setup::Organization;
use jiff::Timestamp;

use crate::error::Error;
use crate::params;
use crate::row::Row;
use crate::tx::{Scope, Tx};

/// Creates an organisation unless there is one with this id; returns whether it was new.
///
/// [`Error::Conflict`] when another one has the slug.
pub fn insert_if_absent(tx: &mut Tx<'_>, organization: &Organization, at: Timestamp) -> Result<bool, Error> {
    let inserted = tx.execute(
        "INSERT INTO organization (id, slug, name, config_version, created_at) VALUES ($1, $2, $3, 0, $4)
         ON CONFLICT (id) DO NOTHING",
        params![organization.id, &organization.slug, &organization.name, at],
    )?;
    Ok(inserted == 1)
}

/// Returns organisations, by slug.
pub fn list(tx: &mut Tx<'_>, limit: u32) -> Result<Vec<Organization>, Error> {
    let sql = "SELECT id, slug, name FROM organization ORDER BY slug LIMIT $1";
    tx.list(sql, params![limit], organization)
}

/// Returns the organisation with this slug.
pub fn find_by_slug(tx: &mut Tx<'_>, slug: &str) -> Result<Option<Organization>, Error> {
    tx.query_opt("SELECT id, slug, name FROM organization WHERE slug = $1", params![slug], organization)
}

/// Returns the version of the configuration in force, 0 before the first, and that of its amendments.
pub fn versions(scope: &mut Scope<'_>) -> Result<(i64, i64), Error> {
    let org = scope.org();
    scope.query_one(
        "SELECT config_version, amendment_version FROM organization WHERE id = $1",
        params![org],
        |row| Ok((row.int(0)?, row.int(1)?)),
    )
}

fn organization(row: &Row) -> Result<Organization, Error> {
    Ok(Organization { id: OrgId(row.uuid(0)?), slug: row.text(1)?, name: row.text(2)? })
}
