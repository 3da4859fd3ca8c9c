//! Migrations: numbered texts, the same for both engines, applied once each, in order, one transaction per text.
//!
//! What ran is recorded with its checksum. A text that changed after it ran, or a migration this release does not
//! know, stops the start: the database belongs to another release, and guessing would damage it.

use sha2::{Digest, Sha256};

use crate::error::{Error, Failure};
use crate::params;
use crate::tx::{Access, Connection, Session, Tx};

#[cfg(test)]
mod tests;

/// One numbered text.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Position, from 1, without gaps.
    pub number: i64,
    /// The file's name without its number.
    pub name: &'static str,
    /// Statements, divided by semicolons.
    pub sql: &'static str,
}

/// The migrations of one schema; two sets may share a database.
#[derive(Debug, Clone, Copy)]
pub struct MigrationSet {
    /// The name it is recorded under.
    pub name: &'static str,
    /// In order.
    pub migrations: &'static [Migration],
}

/// A migration that a database says it has had.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Recorded {
    pub(crate) set: String,
    pub(crate) number: i64,
    pub(crate) checksum: String,
}

/// Reads [`Recorded`], for connections that are not ours too.
pub(crate) const RECORDED: &str =
    "SELECT set_name, number, checksum FROM migration ORDER BY set_name, number";

const TABLE: &str = "CREATE TABLE IF NOT EXISTS migration (
    set_name TEXT NOT NULL,
    number BIGINT NOT NULL,
    name TEXT NOT NULL,
    checksum TEXT NOT NULL,
    PRIMARY KEY (set_name, number)
)";

/// Applies what is missing of a set on a connection that no other migration shares; returns the names that ran.
pub(crate) fn run(connection: Box<dyn Connection>, set: &MigrationSet) -> Result<Vec<&'static str>, Error> {
    let mut session = Session { connection, failure: None };
    let had = transaction(&mut session, |session| {
        session.connection.script(TABLE)?;
        let recorded = Tx::new(session).list(RECORDED, params![], recorded)?;
        check_known(&recorded, &[set])?;
        Ok(recorded)
    })?;
    let mut applied = Vec::new();
    for migration in set.migrations.iter().filter(|migration| !is_among(&had, set, migration)) {
        // Looked up inside, since on SQLite another process may have been faster: the transaction is the lock.
        let ran = transaction(&mut session, |session| {
            let recorded = Tx::new(session).list(RECORDED, params![], recorded)?;
            check_known(&recorded, &[set])?;
            if is_among(&recorded, set, migration) {
                return Ok(false);
            }
            session.connection.script(migration.sql)?;
            record(&mut Tx::new(session), set, migration)?;
            Ok(true)
        });
        if ran.map_err(|error| within(error, set, migration))? {
            applied.push(migration.name);
        }
    }
    Ok(applied)
}

fn is_among(recorded: &[Recorded], set: &MigrationSet, migration: &Migration) -> bool {
    recorded.iter().any(|r| r.set == set.name && r.number == migration.number)
}

fn transaction<T>(
    session: &mut Session,
    work: impl FnOnce(&mut Session) -> Result<T, Failure>,
) -> Result<T, Error> {
    session.connection.begin(Access::Migrate).map_err(|failure| failure.error)?;
    let result = work(session).and_then(|value| session.connection.commit().map(|()| value));
    result.map_err(|failure| {
        // The connection ends with its owner in any case; its transaction ends with it.
        let _ = session.connection.rollback();
        failure.error
    })
}

fn record(tx: &mut Tx<'_>, set: &MigrationSet, migration: &Migration) -> Result<u64, Error> {
    tx.execute(
        "INSERT INTO migration (set_name, number, name, checksum) VALUES ($1, $2, $3, $4)",
        params![set.name, migration.number, migration.name, checksum(migration.sql)],
    )
}

fn recorded(row: &crate::Row) -> Result<Recorded, Error> {
    Ok(Recorded { set: row.text(0)?, number: row.int(1)?, checksum: row.text(2)? })
}

/// Refuses a database that has had a migration which these sets lack or have in another form. Sets that are not
/// given are not looked at.
pub(crate) fn check_known(recorded: &[Recorded], sets: &[&MigrationSet]) -> Result<(), Error> {
    for r in recorded {
        let Some(set) = sets.iter().find(|set| set.name == r.set) else { continue };
        let (name, number) = (set.name, r.number);
        let Some(known) = set.migrations.iter().find(|m| m.number == number) else {
            let what =
                format!("migration {name}/{number} is unknown: the database belongs to a newer release");
            return Err(Error::rejected(what));
        };
        if checksum(known.sql) != r.checksum {
            return Err(Error::rejected(format!("migration {name}/{number} was changed after it had run")));
        }
    }
    Ok(())
}

/// Says which migration a statement belongs to.
fn within(error: Error, set: &MigrationSet, migration: &Migration) -> Error {
    let Error::Rejected { what, source } = error else { return error };
    let what = format!("migration {}/{} {}: {what}", set.name, migration.number, migration.name);
    Error::Rejected { what, source }
}

/// Returns the SHA-256 of a text in hexadecimal.
fn checksum(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
