//! SQLite: one connection, how it is set up, and what its errors mean.
//!
//! Writing transactions take the write lock at once (`BEGIN IMMEDIATE`): one that starts by reading and upgrades
//! later fails with a stale snapshot whatever the timeout.

mod copy;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, ErrorCode, OpenFlags, ffi};

pub(crate) use copy::{backup, restore};

use crate::database::{Durability, Options};
use crate::error::{Error, Failure};
use crate::row::Row;
use crate::tx::{Access, Connection, Dialect};
use crate::value::Value;

/// "Midw": marks a file as ours.
const APPLICATION_ID: i32 = 0x4d69_6477;
/// Older ones can lose committed rows when a write-ahead log is reset.
const OLDEST_SQLITE: i32 = 3_051_003;
/// More than there are statements in this crate.
const STATEMENTS: usize = 512;

/// One connection to one file.
pub(crate) struct Sqlite {
    connection: rusqlite::Connection,
}

/// Opens the file for what the connection will do; a writer creates it, with its folder.
pub(crate) fn open(path: &Path, access: Access, options: &Options) -> Result<Sqlite, Error> {
    if rusqlite::version_number() < OLDEST_SQLITE {
        return Err(Error::rejected(format!("SQLite {} is older than 3.51.3", rusqlite::version())));
    }
    let connection = match access {
        Access::Read => open_file(path, OpenFlags::SQLITE_OPEN_READ_ONLY, options.busy_timeout)?,
        Access::Write | Access::Migrate => open_writer(path, options)?,
    };
    connection.pragma_update(None, "foreign_keys", true).map_err(explain)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Without it the planner looks at bound values, `LIMIT $2` among them, and prepares a statement anew for each other value.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(explain)?;
    Ok(Sqlite { connection })
}

fn open_writer(path: &Path, options: &Options) -> Result<rusqlite::Connection, Error> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| Error::Unavailable {
            what: format!("cannot create the folder {}", folder.display()),
            source: Some(Arc::new(error)),
        })?;
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let connection = open_file(path, flags, options.busy_timeout)?;
    claim_file(&connection, path).map_err(explain)??;
    let synchronous = match options.durability {
        Durability::Full => "FULL",
        Durability::Normal => "NORMAL",
        Durability::Off => "OFF",
    };
    connection.pragma_update(None, "synchronous", synchronous).map_err(explain)?;
    if let Some(pages) = options.max_pages {
        connection.pragma_update(None, "max_page_count", pages).map_err(explain)?;
    }
    Ok(connection)
}

/// Opens a file without looking into it.
fn open_file(path: &Path, flags: OpenFlags, busy_timeout: Duration) -> Result<rusqlite::Connection, Error> {
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = rusqlite::Connection::open_with_flags(path, flags).map_err(explain)?;
    connection.busy_timeout(busy_timeout).map_err(explain)?;
    Ok(connection)
}

/// Marks an empty file as ours; refuses a file that is somebody else's.
fn claim_file(connection: &rusqlite::Connection, path: &Path) -> rusqlite::Result<Result<(), Error>> {
    let id: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: i64 = connection.query_row("SELECT COUNT(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if id != APPLICATION_ID && (id != 0 || tables != 0) {
        return Ok(Err(Error::rejected(format!("{} is not a Midwatch database", path.display()))));
    }
    if id == 0 {
        connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    }
    connection.pragma_update(None, "journal_mode", "WAL")?;
    Ok(Ok(()))
}

impl Sqlite {
    fn prepare(&self, sql: &str, params: &[Value]) -> Result<CachedStatement<'_>, Failure> {
        let mut statement = self.connection.prepare_cached(sql).map_err(failure)?;
        let expected = statement.parameter_count();
        if expected != params.len() {
            return Err(wrong_count(expected, params.len()));
        }
        for (i, value) in params.iter().enumerate() {
            // `$2` is a name to SQLite and gets its index by first appearance, so the name decides.
            let index = statement.parameter_index(&format!("${}", i + 1)).map_err(failure)?;
            let index = index.ok_or_else(|| wrong_count(expected, params.len()))?;
            statement.raw_bind_parameter(index, value).map_err(failure)?;
        }
        Ok(statement)
    }
}

fn wrong_count(expected: usize, given: usize) -> Failure {
    Failure::last(Error::rejected(format!("the statement takes {expected} parameters, {given} were given")))
}

impl Connection for Sqlite {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn begin(&mut self, access: Access) -> Result<(), Failure> {
        self.script(match access {
            Access::Read => "BEGIN",
            Access::Write | Access::Migrate => "BEGIN IMMEDIATE",
        })
    }

    fn commit(&mut self) -> Result<(), Failure> {
        self.script("COMMIT")
    }

    fn rollback(&mut self) -> Result<(), Failure> {
        // A full disk or an input/output error has already ended the transaction.
        if self.connection.is_autocommit() { Ok(()) } else { self.script("ROLLBACK") }
    }

    fn execute(&mut self, sql: &'static str, params: &[Value]) -> Result<u64, Failure> {
        let changed = self.prepare(sql, params)?.raw_execute().map_err(failure)?;
        Ok(changed as u64)
    }

    fn query(&mut self, sql: &'static str, params: &[Value]) -> Result<Vec<Row>, Failure> {
        let mut statement = self.prepare(sql, params)?;
        let columns = statement.column_count();
        let mut rows = statement.raw_query();
        let mut answer = Vec::new();
        while let Some(row) = rows.next().map_err(failure)? {
            let values: Result<Vec<Value>, Failure> =
                (0..columns).map(|i| row.get_ref(i).map_err(failure).and_then(|raw| value(i, raw))).collect();
            answer.push(Row::new(sql, values?));
        }
        Ok(answer)
    }

    fn script(&mut self, sql: &str) -> Result<(), Failure> {
        self.connection.execute_batch(sql).map_err(failure)
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Int(n) => ValueRef::Integer(*n),
            Value::Real(n) => ValueRef::Real(*n),
            Value::Bool(b) => ValueRef::Integer(i64::from(*b)),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Blob(bytes) => ValueRef::Blob(bytes),
            Value::Uuid(id) => ValueRef::Blob(id.as_bytes()),
        }))
    }
}

fn value(column: usize, raw: ValueRef<'_>) -> Result<Value, Failure> {
    Ok(match raw {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(n) => Value::Int(n),
        ValueRef::Real(n) => Value::Real(n),
        ValueRef::Text(bytes) => Value::Text(
            String::from_utf8(bytes.to_vec())
                .map_err(|_| Error::corrupt(format!("column {column}: text that is not UTF-8")))?,
        ),
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
    })
}

/// Says what a failed statement means for the thread that ran it.
fn failure(error: rusqlite::Error) -> Failure {
    let code = error.sqlite_error().map(|e| (e.code, e.extended_code));
    let error = explain(error);
    match code {
        Some((_, ffi::SQLITE_BUSY_SNAPSHOT)) => Failure::again(error),
        // After a failed write or sync nothing on this handle is known any more; the job is not run again by itself.
        Some((ErrorCode::SystemIoFailure, _)) => Failure { error, again: false, broken: true },
        _ => Failure::last(error),
    }
}

/// Says what an error means for the caller.
pub(super) fn explain(error: rusqlite::Error) -> Error {
    const UNIQUE: [i32; 2] = [ffi::SQLITE_CONSTRAINT_UNIQUE, ffi::SQLITE_CONSTRAINT_PRIMARYKEY];
    const CORRUPT: [ErrorCode; 2] = [ErrorCode::DatabaseCorrupt, ErrorCode::NotADatabase];
    const UNAVAILABLE: [ErrorCode; 10] = [
        ErrorCode::DatabaseBusy,
        ErrorCode::DatabaseLocked,
        ErrorCode::DiskFull,
        ErrorCode::ReadOnly,
        ErrorCode::CannotOpen,
        ErrorCode::SystemIoFailure,
        ErrorCode::OutOfMemory,
        ErrorCode::PermissionDenied,
        ErrorCode::FileLockingProtocolFailed,
        ErrorCode::OperationInterrupted,
    ];
    let what = error.to_string();
    match error.sqlite_error() {
        Some(e) if UNIQUE.contains(&e.extended_code) => Error::Conflict { what },
        Some(e) if CORRUPT.contains(&e.code) => Error::Corrupt { what },
        Some(e) if UNAVAILABLE.contains(&e.code) => {
            Error::Unavailable { what, source: Some(Arc::new(error)) }
        }
        Some(_) | None => Error::Rejected { what, source: Some(Arc::new(error)) },
    }
}
