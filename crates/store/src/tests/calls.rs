//! What a transaction keeps, undoes, repeats and shows to others.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::sync::{Arc, Barrier};

use domain::OrgId;
use uuid::Uuid;

use super::{add, bodies, count, engines, insert};
use crate::{Db, Dialect, Error, Lane, Migration, MigrationSet, Scope, Tx, params, read, write};

#[derive(Debug, PartialEq)]
enum Refusal {
    TooLate,
    Store(String),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Refusal {
        Refusal::Store(error.to_string())
    }
}

#[test]
fn the_callers_own_error_undoes_the_transaction() {
    for fixture in engines() {
        let database = fixture.notes();
        let answer: Result<(), Refusal> = database.write_blocking(Lane::Paging, |tx| {
            add(tx, 1, "one")?;
            Err(Refusal::TooLate)
        });
        assert_eq!(answer, Err(Refusal::TooLate));
        assert!(bodies(&database).is_empty());
        insert(&database, 1, "one").unwrap();
        assert_eq!(bodies(&database), ["one"]);
    }
}

#[test]
fn a_panic_undoes_the_transaction_and_the_thread_goes_on() {
    for fixture in engines() {
        let database = fixture.notes();
        let answer: Result<(), Error> = database.write_blocking(Lane::Paging, |tx| {
            add(tx, 1, "one")?;
            panic!("a job that breaks");
        });
        let Err(Error::Rejected { what, .. }) = answer else { panic!("{answer:?}") };
        assert_eq!(what, "a job panicked: a job that breaks");
        assert!(bodies(&database).is_empty());
        insert(&database, 1, "one").unwrap();
        assert_eq!(bodies(&database), ["one"]);
    }
}

#[test]
fn a_failed_statement_dooms_the_transaction_even_when_the_job_ignores_it() {
    for fixture in engines() {
        let database = fixture.notes();
        insert(&database, 1, "one").unwrap();
        let answer: Result<(), Error> = database.write_blocking(Lane::Bulk, |tx| {
            add(tx, 2, "two")?;
            assert!(matches!(add(tx, 1, "again"), Err(Error::Conflict { .. })));
            assert!(matches!(add(tx, 3, "three"), Err(Error::Conflict { .. })));
            Ok(())
        });
        assert!(matches!(answer, Err(Error::Conflict { .. })), "{answer:?}");
        assert_eq!(bodies(&database), ["one"]);
    }
}

#[test]
fn a_broken_rule_is_rejected_and_a_missing_row_is_not_found() {
    for fixture in engines() {
        let database = fixture.notes();
        assert!(matches!(insert(&database, 1, ""), Err(Error::Rejected { .. })));
        let one = |tx: &mut Tx<'_>| tx.query_one("SELECT id FROM note", params![], |row| row.int(0));
        assert!(matches!(database.read_blocking(one), Err(Error::NotFound)));
        let update = |tx: &mut Tx<'_>| tx.execute_one("UPDATE note SET body = 'x'", params![]);
        assert!(matches!(database.write_blocking(Lane::Bulk, update), Err(Error::NotFound)));
        insert(&database, 1, "one").unwrap();
        insert(&database, 2, "two").unwrap();
        assert!(matches!(database.read_blocking(one), Err(Error::Corrupt { .. })));
        assert!(matches!(database.write_blocking(Lane::Bulk, update), Err(Error::Corrupt { .. })));
        assert_eq!(bodies(&database), ["one", "two"]);
    }
}

#[test]
fn a_reader_can_not_write() {
    for fixture in engines() {
        let database = fixture.notes();
        let answer: Result<_, Error> = database.read_blocking(|tx| add(tx, 1, "one"));
        assert!(matches!(answer, Err(Error::Unavailable { .. })), "{answer:?}");
        assert!(bodies(&database).is_empty());
    }
}

#[test]
fn readers_see_what_is_committed_and_nothing_else() {
    for fixture in engines() {
        let database = Arc::new(fixture.notes());
        let (inside, arrived) = mpsc::channel();
        let (go, may_go) = mpsc::channel::<()>();
        let writer = {
            let database = database.clone();
            std::thread::spawn(move || {
                database.write_blocking::<_, Error>(Lane::Bulk, move |tx| {
                    add(tx, 1, "one")?;
                    inside.send(()).unwrap();
                    may_go.recv().unwrap();
                    Ok(())
                })
            })
        };
        arrived.recv().unwrap();
        assert!(bodies(&database).is_empty());
        go.send(()).unwrap();
        writer.join().unwrap().unwrap();
        assert_eq!(bodies(&database), ["one"]);
    }
}

/// Two writers read the same count and write it down: only one order of them is right, so one must run again.
#[test]
fn a_conflict_runs_the_job_again() {
    for fixture in engines().into_iter().filter(super::Fixture::is_postgres) {
        let database = Arc::new(fixture.notes());
        let runs = Arc::new(AtomicU32::new(0));
        let meet = Arc::new(Barrier::new(2));
        let writers = [1_i64, 2].map(|id| {
            let (database, runs, meet) = (database.clone(), runs.clone(), meet.clone());
            std::thread::spawn(move || {
                let mut first = true;
                database.write_blocking::<_, Error>(Lane::Paging, move |tx| {
                    runs.fetch_add(1, Ordering::Relaxed);
                    let seen = count(tx)?;
                    if std::mem::take(&mut first) {
                        meet.wait();
                    }
                    add(tx, id, &format!("saw {seen}"))
                })
            })
        });
        for writer in writers {
            writer.join().unwrap().unwrap();
        }
        assert!(runs.load(Ordering::Relaxed) >= 3, "nothing ran again");
        let mut bodies = bodies(&database);
        bodies.sort();
        assert_eq!(bodies, ["saw 0", "saw 1"]);
    }
}

#[tokio::test]
async fn the_seam_answers_an_asynchronous_caller() {
    for fixture in engines() {
        let database = fixture.notes();
        let db: &dyn Db = &database;
        assert_eq!(db.dialect() == Dialect::Postgres, fixture.is_postgres());
        let added: Result<u64, Error> = write(db, Lane::Paging, |tx| add(tx, 1, "one")).await;
        assert_eq!(added.unwrap(), 1);
        assert_eq!(read::<_, Error>(db, count).await.unwrap(), 1);
        let refused: Result<(), Refusal> = read(db, |_| Err(Refusal::TooLate)).await;
        assert_eq!(refused, Err(Refusal::TooLate));
        database.close().unwrap();
        let closed: Result<i64, Error> = read(db, count).await;
        assert!(matches!(closed, Err(Error::Unavailable { .. })), "{closed:?}");
    }
}

#[test]
fn a_scope_carries_its_organisation() {
    static THINGS: MigrationSet = MigrationSet {
        name: "things",
        migrations: &[Migration {
            number: 1,
            name: "thing",
            sql: "CREATE TABLE thing (org_id UUID NOT NULL, name TEXT NOT NULL)",
        }],
    };
    for fixture in engines() {
        let database = fixture.open();
        database.migrate(&THINGS).unwrap();
        let names: Result<_, Error> = database.write_blocking(Lane::Bulk, |tx| {
            for (org, name) in [(1, "ours"), (2, "theirs")] {
                let mut scope = Scope::new(tx, OrgId(Uuid::from_u128(org)));
                let org = scope.org();
                scope.execute("INSERT INTO thing (org_id, name) VALUES ($1, $2)", params![org, name])?;
            }
            let mut scope = Scope::new(tx, OrgId(Uuid::from_u128(1)));
            let org = scope.org();
            let all = scope.tx().query_one("SELECT COUNT(*) FROM thing", params![], |row| row.int(0))?;
            let ours =
                scope.list("SELECT name FROM thing WHERE org_id = $1", params![org], |row| row.text(0))?;
            Ok((all, ours))
        });
        assert_eq!(names.unwrap(), (2, vec!["ours".to_owned()]));
    }
}
