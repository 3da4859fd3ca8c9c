//! What belongs to the installation as a whole, by name: its key, for one.

use crate::error::Error;
use crate::params;
use crate::tx::Tx;

/// Returns a setting.
pub fn find(tx: &mut Tx<'_>, name: &str) -> Result<Option<String>, Error> {
    tx.query_opt("SELECT value FROM setting WHERE name = $1", params![name], |row| row.text(0))
}

/// Stores a setting unless there is one; returns what is stored.
pub fn insert_if_absent(tx: &mut Tx<'_>, name: &str, value: &str) -> Result<String, Error> {
    tx.execute(
        "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
        params![name, value],
    )?;
    find(tx, name)?.ok_or(Error::NotFound)
}

/// Stores a setting in place of any other.
pub fn set(tx: &mut Tx<'_>, name: &str, value: &str) -> Result<(), Error> {
    tx.execute_one(
        "INSERT INTO setting (name, value) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        params![name, value],
    )
}
