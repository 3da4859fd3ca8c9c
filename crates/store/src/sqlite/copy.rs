//! Copies of a SQLite database: a consistent one while it is in use, and the way back.
//!
//! Both directions write beside the target, check the copy, and move it into place in one step; both refuse to
//! replace what they can't prove to be expendable.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::{APPLICATION_ID, explain, open_file};
use crate::database::Progress;
use crate::error::Error;
use crate::migrate::{self, MigrationSet};

/// Pages copied between two reports of progress: 1 MiB.
const STEP_PAGES: i32 = 256;
/// How long a copy waits for a lock; it needs none that writers hold for long.
const BUSY: Duration = Duration::from_secs(5);

/// Writes a consistent, checked copy of the database at `from` to the new file `to`.
pub(crate) fn backup(from: &Path, to: &Path, progress: Progress<'_>) -> Result<(), Error> {
    if to.exists() {
        return Err(Error::rejected(format!("{} exists already", to.display())));
    }
    let source = open_file(from, OpenFlags::SQLITE_OPEN_READ_ONLY, BUSY)?;
    // An open snapshot keeps writers from restarting the copy.
    source.execute_batch("BEGIN; SELECT COUNT(*) FROM sqlite_schema").map_err(explain)?;
    copy(&source, to, progress)
}

/// Puts the backup `file` in the place of the database at `to`.
///
/// Refuses a file that is damaged, not ours, or from a newer release; a target that is in use; and, unless `force`,
/// a target that exists. A replaced database is kept beside the new one as `NAME.before-restore`.
pub(crate) fn restore(
    file: &Path,
    to: &Path,
    sets: &[&MigrationSet],
    force: bool,
    progress: Progress<'_>,
) -> Result<(), Error> {
    let source = open_file(file, OpenFlags::SQLITE_OPEN_READ_ONLY, BUSY)?;
    check_ours(&source, file)?;
    check_integrity(&source, file)?;
    migrate::check_known(&recorded(&source)?, sets)?;
    if to.exists() {
        if !force {
            return Err(Error::rejected(format!("{} exists; force the restore to replace it", to.display())));
        }
        set_aside(to)?;
    }
    copy(&source, to, progress)
}

/// Copies page by page into a file beside `to`, checks it, and moves it into place.
fn copy(source: &Connection, to: &Path, progress: Progress<'_>) -> Result<(), Error> {
    let partial = beside(to, ".partial");
    remove(&partial)?;
    let copied = copy_pages(source, &partial, progress).and_then(|()| {
        fs::File::open(&partial).and_then(|file| file.sync_all()).map_err(|e| io(&partial, e))?;
        fs::rename(&partial, to).map_err(|e| io(to, e))
    });
    if copied.is_err() {
        remove(&partial)?;
    }
    copied
}

fn copy_pages(source: &Connection, to: &Path, progress: Progress<'_>) -> Result<(), Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let mut target = open_file(to, flags, BUSY)?;
    {
        let backup = Backup::new(source, &mut target).map_err(explain)?;
        loop {
            let step = backup.step(STEP_PAGES).map_err(explain)?;
            let pages = backup.progress();
            let total = u64::try_from(pages.pagecount).unwrap_or(0);
            let left = u64::try_from(pages.remaining).unwrap_or(0);
            progress(total.saturating_sub(left), total);
            if step == StepResult::Done {
                break;
            }
            if step != StepResult::More {
                return Err(Error::unavailable(format!("the database can't be copied now: {step:?}")));
            }
        }
    }
    // One self-contained file, readable from read-only media.
    target.pragma_update(None, "journal_mode", "DELETE").map_err(explain)?;
    check_integrity(&target, to)
}

fn check_ours(connection: &Connection, file: &Path) -> Result<(), Error> {
    let id: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0)).map_err(explain)?;
    if id == APPLICATION_ID {
        Ok(())
    } else {
        Err(Error::rejected(format!("{} is not a Midwatch database", file.display())))
    }
}

fn check_integrity(connection: &Connection, file: &Path) -> Result<(), Error> {
    let verdict: String =
        connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(explain)?;
    if verdict == "ok" { Ok(()) } else { Err(Error::corrupt(format!("{}: {verdict}", file.display()))) }
}

fn recorded(connection: &Connection) -> Result<Vec<migrate::Recorded>, Error> {
    let mut statement = connection.prepare(migrate::RECORDED).map_err(explain)?;
    let rows = statement
        .query_map([], |row| {
            Ok(migrate::Recorded { set: row.get(0)?, number: row.get(1)?, checksum: row.get(2)? })
        })
        .map_err(explain)?;
    rows.collect::<Result<_, _>>().map_err(explain)
}

/// Renames a database that nobody has open; its log is folded in first.
fn set_aside(path: &Path) -> Result<(), Error> {
    let busy = |_| Error::rejected(format!("{} is in use; stop Midwatch first", path.display()));
    {
        let connection = open_file(path, OpenFlags::SQLITE_OPEN_READ_WRITE, Duration::ZERO)?;
        // In this mode the lock on the file is refused while any other connection, even an idle one, has it open.
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE").map_err(explain)?;
        connection.execute_batch("BEGIN IMMEDIATE; COMMIT").map_err(busy)?;
        connection.pragma_update(None, "journal_mode", "DELETE").map_err(explain)?;
    }
    let aside = beside(path, ".before-restore");
    fs::rename(path, &aside).map_err(|e| io(path, e))
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

fn remove(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(io(path, error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn io(path: &Path, error: std::io::Error) -> Error {
    Error::Unavailable { what: format!("{}: {error}", path.display()), source: Some(Arc::new(error)) }
}
