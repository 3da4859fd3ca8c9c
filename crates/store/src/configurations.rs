//! The configuration of an organisation in all its versions, so that the past can be explained.

use jiff::Timestamp;

use crate::error::Error;
use crate::params;
use crate::tx::Scope;

/// Returns the version in force and its text.
pub fn current(scope: &mut Scope<'_>) -> Result<Option<(i64, String)>, Error> {
    let org = scope.org();
    scope.query_opt(
        "SELECT version, body FROM configuration WHERE org_id = $1 ORDER BY version DESC LIMIT 1",
        params![org],
        |row| Ok((row.int(0)?, row.text(1)?)),
    )
}

/// Returns the text of one version.
pub fn get(scope: &mut Scope<'_>, version: i64) -> Result<Option<String>, Error> {
    let org = scope.org();
    scope.query_opt(
        "SELECT body FROM configuration WHERE org_id = $1 AND version = $2",
        params![org, version],
        |row| row.text(0),
    )
}

/// Returns when a version was put into force last.
pub fn find_applied_at(scope: &mut Scope<'_>) -> Result<Option<Timestamp>, Error> {
    let org = scope.org();
    scope.query_one("SELECT MAX(applied_at) FROM configuration WHERE org_id = $1", params![org], |row| {
        row.opt_at(0)
    })
}

/// Returns the version that was in force at an instant and its text.
pub fn find_at(scope: &mut Scope<'_>, at: Timestamp) -> Result<Option<(i64, String)>, Error> {
    let org = scope.org();
    scope.query_opt(
        "SELECT version, body FROM configuration WHERE org_id = $1 AND applied_at <= $2
         ORDER BY version DESC LIMIT 1",
        params![org, at],
        |row| Ok((row.int(0)?, row.text(1)?)),
    )
}

/// Puts a text into force and returns its version. A text equal to the present one makes no new version.
pub fn append(scope: &mut Scope<'_>, body: &str, source: &str, at: Timestamp) -> Result<i64, Error> {
    let last = match current(scope)? {
        Some((version, present)) if present == body => return Ok(version),
        Some((version, _)) => version,
        None => 0,
    };
    let (org, version) = (scope.org(), last + 1);
    scope.execute(
        "INSERT INTO configuration (org_id, version, body, source, applied_at) VALUES ($1, $2, $3, $4, $5)",
        params![org, version, body, source, at],
    )?;
    scope.execute_one("UPDATE organization SET config_version = $2 WHERE id = $1", params![org, version])?;
    Ok(version)
}
