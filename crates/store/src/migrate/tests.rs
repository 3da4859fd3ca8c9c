//! Migrations on both engines.

use super::{Migration, MigrationSet};
use crate::tests::{bodies, engines, insert};
use crate::{Error, params};

const NOTE: Migration = Migration {
    number: 1,
    name: "note",
    sql: "CREATE TABLE note (id BIGINT PRIMARY KEY, body TEXT NOT NULL);",
};
const AUTHOR: Migration = Migration {
    number: 2,
    name: "author",
    sql: "ALTER TABLE note ADD COLUMN author TEXT; UPDATE note SET author = 'Ana';",
};

static FIRST: MigrationSet = MigrationSet { name: "notes", migrations: &[NOTE] };
static SECOND: MigrationSet = MigrationSet { name: "notes", migrations: &[NOTE, AUTHOR] };

#[test]
fn each_migration_runs_once_and_in_order() {
    for fixture in engines() {
        let database = fixture.open();
        assert_eq!(database.migrate(&FIRST).unwrap(), ["note"]);
        insert(&database, 1, "kept").unwrap();
        assert_eq!(database.migrate(&SECOND).unwrap(), ["author"]);
        assert!(database.migrate(&SECOND).unwrap().is_empty());
        assert_eq!(bodies(&database), ["kept"]);
    }
}

#[test]
fn a_text_that_changed_after_it_ran_is_refused() {
    static CHANGED: MigrationSet =
        MigrationSet { name: "notes", migrations: &[Migration { sql: "SELECT 1", ..NOTE }, AUTHOR] };
    for fixture in engines() {
        let database = fixture.open();
        database.migrate(&FIRST).unwrap();
        let Err(Error::Rejected { what, .. }) = database.migrate(&CHANGED) else { panic!("accepted") };
        assert_eq!(what, "migration notes/1 was changed after it had run");
    }
}

#[test]
fn a_database_of_a_newer_release_is_refused() {
    for fixture in engines() {
        let database = fixture.open();
        database.migrate(&SECOND).unwrap();
        let Err(Error::Rejected { what, .. }) = database.migrate(&FIRST) else { panic!("accepted") };
        assert!(
            what.contains("migration notes/2 is unknown: the database belongs to a newer release"),
            "{what}"
        );
    }
}

#[test]
fn two_sets_share_a_database() {
    static OTHER: MigrationSet = MigrationSet {
        name: "other",
        migrations: &[Migration { number: 1, name: "log", sql: "CREATE TABLE log (id BIGINT PRIMARY KEY)" }],
    };
    for fixture in engines() {
        let database = fixture.open();
        assert_eq!(database.migrate(&FIRST).unwrap(), ["note"]);
        assert_eq!(database.migrate(&OTHER).unwrap(), ["log"]);
        assert!(database.migrate(&FIRST).unwrap().is_empty());
    }
}

#[test]
fn a_migration_that_fails_leaves_nothing_behind() {
    static BROKEN: MigrationSet = MigrationSet {
        name: "notes",
        migrations: &[
            NOTE,
            Migration { sql: "CREATE TABLE half (id BIGINT); INSERT INTO nowhere VALUES (1);", ..AUTHOR },
        ],
    };
    for fixture in engines() {
        let database = fixture.open();
        let Err(Error::Rejected { what, .. }) = database.migrate(&BROKEN) else { panic!("accepted") };
        assert!(what.starts_with("migration notes/2 author: "), "{what}");
        assert_eq!(database.migrate(&SECOND).unwrap(), ["author"]);
        let half: Result<_, Error> = database.read_blocking(|tx| tx.query("SELECT id FROM half", params![]));
        assert!(matches!(half, Err(Error::Rejected { .. })), "{half:?}");
    }
}

#[test]
fn processes_that_start_together_migrate_once() {
    for fixture in engines() {
        let databases: Vec<_> = (0..4).map(|_| fixture.open()).collect();
        let ran: Vec<&str> = std::thread::scope(|scope| {
            let starts: Vec<_> =
                databases.iter().map(|d| scope.spawn(|| d.migrate(&SECOND).unwrap())).collect();
            starts.into_iter().flat_map(|start| start.join().unwrap()).collect()
        });
        assert_eq!(ran.len(), 2, "{ran:?}");
    }
}
