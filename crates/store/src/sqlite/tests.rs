//! Backup and restore of a SQLite database, and how its connections are set up.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::StatementStatus;

use crate::tests::{Fixture, NOTES, add, bodies, engines, insert, sqlite};
use crate::tx::{Access, Connection};
use crate::{Database, Error, Lane, MigrationSet, Options, Value};

fn restore(file: &Path, fixture: &Fixture, force: bool) -> Result<(), Error> {
    Database::restore(file, &fixture.url, &[&NOTES], force, &mut |_, _| {})
}

fn refusal(answer: Result<(), Error>) -> String {
    let Err(Error::Rejected { what, .. }) = answer else { panic!("{answer:?}") };
    what
}

/// Every transaction adds a pair; a copy with half a pair is not consistent.
#[test]
fn a_backup_taken_while_writing_is_consistent_and_can_be_restored() {
    let fixture = sqlite();
    let database = fixture.notes();
    let file = fixture.folder.join("copy.db");
    let pair = |n: i64| {
        database.write_blocking::<_, Error>(Lane::Bulk, move |tx| {
            add(tx, 2 * n, &"left".repeat(500))?;
            add(tx, 2 * n + 1, &"right".repeat(500))
        })
    };
    assert!((0..500).all(|n| pair(n).is_ok()));
    let done = AtomicBool::new(false);
    let mut reports = Vec::new();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut n = 500;
            while !done.load(Ordering::Relaxed) {
                pair(n).unwrap();
                n += 1;
            }
        });
        database.backup(&file, &mut |done, total| reports.push((done, total))).unwrap();
        done.store(true, Ordering::Relaxed);
    });
    let (last, total) = reports.last().copied().unwrap();
    assert!(reports.len() > 1 && last == total && reports.is_sorted(), "{reports:?}");

    let other = sqlite();
    restore(&file, &other, false).unwrap();
    let restored = bodies(&other.notes());
    assert!(restored.len() >= 1_000 && restored.len().is_multiple_of(2), "{}", restored.len());
    assert!(!other.folder.join("test.db.partial").exists());
}

#[test]
fn a_backup_replaces_no_file() {
    let fixture = sqlite();
    let database = fixture.notes();
    let file = fixture.folder.join("copy.db");
    fs::write(&file, "precious").unwrap();
    assert!(refusal(database.backup(&file, &mut |_, _| {})).contains("exists already"));
    assert_eq!(fs::read_to_string(&file).unwrap(), "precious");
}

#[test]
fn a_restore_over_a_database_is_forced_and_keeps_the_old_one() {
    let fixture = sqlite();
    let file = fixture.folder.join("copy.db");
    let database = fixture.notes();
    insert(&database, 1, "backed up").unwrap();
    database.backup(&file, &mut |_, _| {}).unwrap();
    insert(&database, 2, "newer").unwrap();

    assert!(refusal(restore(&file, &fixture, false)).contains("force the restore"));
    assert!(refusal(restore(&file, &fixture, true)).contains("is in use"));
    assert_eq!(bodies(&database), ["backed up", "newer"]);
    database.close().unwrap();

    restore(&file, &fixture, true).unwrap();
    assert_eq!(bodies(&fixture.open()), ["backed up"]);
    let kept = Fixture::at(&fixture.folder.join("test.db.before-restore"));
    assert_eq!(bodies(&kept.open()), ["backed up", "newer"]);
}

#[test]
fn a_damaged_foreign_or_newer_file_is_not_restored() {
    let fixture = sqlite();
    let file = fixture.folder.join("copy.db");
    let database = fixture.notes();
    for id in 0..2_000 {
        insert(&database, id, "a body of some length, so that there are pages to damage").unwrap();
    }
    database.backup(&file, &mut |_, _| {}).unwrap();
    let target = sqlite();

    static NONE: MigrationSet = MigrationSet { name: "notes", migrations: &[] };
    let newer = Database::restore(&file, &target.url, &[&NONE], false, &mut |_, _| {});
    assert!(refusal(newer).contains("belongs to a newer release"));

    let foreign = fixture.folder.join("foreign.db");
    rusqlite::Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE theirs (id INTEGER)").unwrap();
    assert!(refusal(restore(&foreign, &target, false)).contains("is not a Midwatch database"));

    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 4_096].fill(0xa5);
    fs::write(&file, bytes).unwrap();
    let damaged = restore(&file, &target, false);
    assert!(matches!(damaged, Err(Error::Corrupt { .. })), "{damaged:?}");
    assert!(!target.folder.join("test.db").exists());
}

#[test]
fn postgres_names_its_own_tools() {
    for fixture in engines().into_iter().filter(Fixture::is_postgres) {
        let file = fixture.folder.join("copy.db");
        assert!(refusal(fixture.open().backup(&file, &mut |_, _| {})).contains("pg_dump"));
        assert!(refusal(restore(&file, &fixture, true)).contains("pg_restore"));
    }
}

/// Preparing costs several times what most statements do.
#[test]
fn a_statement_is_prepared_once_whatever_is_bound_to_it() {
    let fixture = sqlite();
    fixture.notes();
    let path = fixture.folder.join("test.db");
    let mut open = super::open(&path, Access::Write, &Options::default()).unwrap();
    let sql = "SELECT id FROM note WHERE id > $1 ORDER BY id LIMIT $2";
    for limit in 1_i64..10 {
        open.query(sql, &[Value::from(limit), Value::from(limit)]).unwrap();
    }
    let statement = open.connection.prepare_cached(sql).unwrap();
    assert_eq!(statement.get_status(StatementStatus::RePrepare), 0);
}
