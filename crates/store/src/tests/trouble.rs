//! Wrong addresses, locked files, full disks and lost servers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::{Fixture, add, bodies, engines, insert, options, sqlite};
use crate::{Database, Error, Lane, Options, params};

#[test]
fn a_wrong_address_is_explained_without_its_password() {
    fn check(url: &str, expect: &str) {
        let Err(Error::Rejected { what, .. }) = Database::open(url, &options()) else {
            panic!("opened {url}")
        };
        assert!(what.contains(expect), "{what}");
        assert!(!what.contains("hunter2"), "{what}");
    }
    check("midwatch.db", "this one with nothing");
    check("mysql://root:hunter2@db/x", "this one with mysql");
    check("sqlite://", "the path of a file");
    check("sqlite://:memory:", "the path of a file");
    check("sqlite://a.db?mode=ro", "the path of a file");
    check("postgres://u:hunter2@host:port/db", "postgres://user@host:5432/database");
}

#[test]
fn a_server_that_is_not_there_is_unavailable() {
    let opened = Database::open("postgres://nobody@127.0.0.1:1/none", &options());
    assert!(matches!(opened.map(drop), Err(Error::Unavailable { .. })));
}

#[test]
fn the_file_is_created_with_its_folder() {
    let mut fixture = sqlite();
    fixture.url = format!("sqlite://{}/a/b/c.db", fixture.folder.display());
    let database = fixture.notes();
    insert(&database, 1, "one").unwrap();
    assert_eq!(bodies(&database), ["one"]);
}

#[test]
fn a_file_of_another_program_is_left_alone() {
    let fixture = sqlite();
    let path = fixture.folder.join("test.db");
    rusqlite::Connection::open(&path).unwrap().execute_batch("CREATE TABLE theirs (id INTEGER)").unwrap();
    let before = std::fs::read(&path).unwrap();
    let opened = Database::open(&fixture.url, &options()).map(drop);
    let Err(Error::Rejected { what, .. }) = opened else { panic!("{opened:?}") };
    assert!(what.contains("is not a Midwatch database"), "{what}");
    assert_eq!(std::fs::read(&path).unwrap(), before);

    std::fs::write(&path, "a text that is long enough to be no database header at all").unwrap();
    let opened = Database::open(&fixture.url, &options()).map(drop);
    assert!(matches!(opened, Err(Error::Corrupt { .. })), "{opened:?}");
}

#[test]
fn a_locked_file_is_unavailable_until_it_is_free() {
    let fixture = sqlite();
    let options = Options { busy_timeout: Duration::from_millis(20), ..options() };
    let database = fixture.notes_with(&options);
    let other = rusqlite::Connection::open(fixture.folder.join("test.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let answer = insert(&database, 1, "locked");
    assert!(matches!(answer, Err(Error::Unavailable { .. })), "{answer:?}");
    assert!(bodies(&database).is_empty());
    other.execute_batch("ROLLBACK").unwrap();
    insert(&database, 1, "free").unwrap();
    assert_eq!(bodies(&database), ["free"]);
}

#[test]
fn a_full_disk_is_unavailable_and_loses_nothing_that_was_accepted() {
    let fixture = sqlite();
    let database = fixture.notes_with(&Options { max_pages: Some(32), ..options() });
    let big = "x".repeat(8_000);
    let fill = |id: i64| {
        let big = big.clone();
        database.write_blocking::<_, Error>(Lane::Bulk, move |tx| add(tx, id, &big))
    };
    let accepted = (1..).find(|id| fill(*id).is_err()).unwrap() - 1;
    let answer = fill(accepted + 1);
    assert!(matches!(answer, Err(Error::Unavailable { .. })), "{answer:?}");
    assert_eq!(i64::try_from(bodies(&database).len()).unwrap(), accepted);
    database.close().unwrap();

    let database = fixture.open();
    assert_eq!(i64::try_from(bodies(&database).len()).unwrap(), accepted);
    insert(&database, 1_000, "room again").unwrap();
}

fn only_postgres() -> Option<Fixture> {
    engines().into_iter().find(Fixture::is_postgres)
}

/// Ends the server process of a connection from inside its own transaction.
const SUICIDE: &str = "SELECT pg_terminate_backend(pg_backend_pid())";

#[test]
fn a_connection_lost_in_a_job_runs_it_again_on_a_new_one() {
    let Some(fixture) = only_postgres() else { return };
    let database = fixture.notes();
    let runs = Arc::new(AtomicU32::new(0));
    let counted = runs.clone();
    let answer: Result<_, Error> = database.write_blocking(Lane::Paging, move |tx| {
        add(tx, 1, "once")?;
        if counted.fetch_add(1, Ordering::Relaxed) == 0 {
            tx.query(SUICIDE, params![])?;
        }
        Ok(())
    });
    answer.unwrap();
    assert_eq!(runs.load(Ordering::Relaxed), 2);
    assert_eq!(bodies(&database), ["once"]);
}

#[test]
fn connections_lost_between_jobs_are_replaced() {
    let Some(fixture) = only_postgres() else { return };
    let database = fixture.notes();
    insert(&database, 1, "before").unwrap();
    let others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()";
    super::admin(&fixture.url, others);
    for id in 2..6 {
        insert(&database, id, "after").unwrap();
    }
    assert_eq!(bodies(&database).len(), 5);
}

#[test]
fn a_value_of_another_type_is_refused_by_name() {
    let Some(fixture) = only_postgres() else { return };
    let database = fixture.notes();
    let answer: Result<_, Error> = database.write_blocking(Lane::Bulk, |tx| {
        tx.execute("INSERT INTO note (id, body) VALUES ($1, $2)", params!["one", "two"])
    });
    let Err(Error::Rejected { what, .. }) = answer else { panic!("{answer:?}") };
    assert!(what.contains("parameter 0: text where the statement takes int8"), "{what}");
}
