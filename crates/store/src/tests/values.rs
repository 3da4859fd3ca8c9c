//! What goes in comes out, the same on both engines.

use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;
use uuid::Uuid;

use super::engines;
use crate::{Database, Error, Lane, Migration, MigrationSet, Row, Tx, Value, params};

static KINDS: MigrationSet = MigrationSet {
    name: "kinds",
    migrations: &[Migration {
        number: 1,
        name: "kind",
        sql: "CREATE TABLE kind (id BIGINT PRIMARY KEY, n BIGINT, r DOUBLE PRECISION, b BOOLEAN, t TEXT, d BYTEA, u UUID)",
    }],
};

type Kinds = (Option<i64>, Option<f64>, Option<bool>, Option<String>, Option<Vec<u8>>, Option<Uuid>);

fn store_and_load(database: &Database, kinds: &Kinds) -> Result<Kinds, Error> {
    let (n, r, b, t, d, u) = kinds.clone();
    database.write_blocking(Lane::Bulk, move |tx| {
        tx.execute("DELETE FROM kind", params![])?;
        tx.execute(
            "INSERT INTO kind (id, n, r, b, t, d, u) VALUES (1, $1, $2, $3, $4, $5, $6)",
            params![n, r, b, t.clone(), d.clone(), u],
        )?;
        tx.query_one("SELECT n, r, b, t, d, u FROM kind WHERE id = $1", params![1_i64], |row| {
            Ok((
                row.opt_int(0)?,
                row.opt_real(1)?,
                row.opt_bool(2)?,
                row.opt_text(3)?,
                row.opt_blob(4)?,
                row.opt_uuid(5)?,
            ))
        })
    })
}

#[test]
fn values_round_trip() {
    for fixture in engines() {
        let database = fixture.open();
        database.migrate(&KINDS).unwrap();
        let kinds = (
            any::<Option<i64>>(),
            proptest::option::of(proptest::num::f64::NORMAL | proptest::num::f64::ZERO),
            any::<Option<bool>>(),
            proptest::option::of("[^\\x00]{0,20}"),
            any::<Option<Vec<u8>>>(),
            any::<Option<u128>>().prop_map(|id| id.map(Uuid::from_u128)),
        );
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        runner
            .run(&kinds, |kinds| {
                prop_assert_eq!(store_and_load(&database, &kinds).unwrap(), kinds);
                Ok(())
            })
            .unwrap();
    }
}

#[test]
fn instants_and_spans_are_microseconds() {
    let at: Timestamp = "2026-03-29T01:00:00.000001Z".parse().unwrap();
    assert_eq!(Value::from(at), Value::Int(1_774_746_000_000_001));
    assert_eq!(Value::from(Duration::from_millis(5)), Value::Int(5_000));
    assert_eq!(Value::from(None::<&str>), Value::Null);
    for fixture in engines() {
        let database = fixture.open();
        let read = move |tx: &mut Tx<'_>| {
            let sql = "SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS BIGINT)";
            tx.query_one(sql, params![at, Duration::from_micros(7), None::<i64>], |row| {
                Ok((row.at(0)?, row.duration(1)?, row.opt_at(2)?))
            })
        };
        let read: Result<_, Error> = database.read_blocking(read);
        assert_eq!(read.unwrap(), (at, Duration::from_micros(7), None));
    }
}

#[test]
fn parameters_are_bound_by_number() {
    for fixture in engines() {
        let database = fixture.open();
        let answer: Result<_, Error> = database.read_blocking(|tx| {
            let sql = "SELECT CAST($2 AS TEXT), CAST($1 AS TEXT), CAST($10 AS TEXT), CAST($2 AS TEXT),
                CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS TEXT), CAST($6 AS TEXT), CAST($7 AS TEXT),
                CAST($8 AS TEXT), CAST($9 AS TEXT)";
            let params = params!["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
            tx.query_one(sql, params, |row| (0..4).map(|i| row.text(i)).collect::<Result<Vec<_>, _>>())
        });
        assert_eq!(answer.unwrap(), ["b", "a", "j", "b"]);
    }
}

#[test]
fn a_wrong_number_of_parameters_is_refused() {
    for fixture in engines() {
        let database = fixture.open();
        for given in [vec![], params![1_i64, 2_i64].to_vec()] {
            let answer: Result<_, Error> =
                database.read_blocking(move |tx| tx.query("SELECT CAST($1 AS BIGINT)", &given));
            assert!(matches!(answer, Err(Error::Rejected { .. })), "{answer:?}");
        }
    }
}

#[test]
fn what_one_engine_would_change_is_refused_on_both() {
    for fixture in engines() {
        let database = fixture.open();
        database.migrate(&KINDS).unwrap();
        let nul = (None, None, None, Some("a\0b".to_owned()), None, None);
        let nan = (None, Some(f64::NAN), None, None, None, None);
        for kinds in [nul, nan] {
            let answer = store_and_load(&database, &kinds);
            assert!(matches!(answer, Err(Error::Rejected { .. })), "{answer:?}");
        }
    }
}

#[test]
fn a_column_of_another_kind_is_named() {
    fn check<T: std::fmt::Debug>(column: Value, read: impl Fn(&Row) -> Result<T, Error>, expect: &str) {
        let row = Row::new("SELECT a,\n  b FROM c", vec![Value::Null, column]);
        let Err(Error::Corrupt { what }) = read(&row) else { panic!("not corrupt") };
        assert_eq!(what, format!("column {expect}"));
    }
    let of = "of \"SELECT a, b FROM c\":";
    check(Value::Null, |r| r.int(1), &format!("1 {of} expected an integer, found null"));
    check(Value::Int(2), |r| r.bool(1), &format!("1 {of} 2 is no boolean"));
    check(Value::Bool(true), |r| r.text(1), &format!("1 {of} expected text, found a boolean"));
    check(Value::Text("x".into()), |r| r.uuid(1), &format!("1 {of} expected a uuid, found text"));
    check(Value::Blob(vec![1]), |r| r.uuid(1), &format!("1 {of} 1 bytes are no uuid"));
    check(Value::Real(0.5), |r| r.blob(1), &format!("1 {of} expected bytes, found a real number"));
    check(Value::Uuid(Uuid::nil()), |r| r.real(1), &format!("1 {of} expected a real number, found a uuid"));
    check(Value::Int(i64::MAX), |r| r.at(1), &format!("1 {of} {} is no instant", i64::MAX));
    check(Value::Int(-1), |r| r.duration(1), &format!("1 {of} -1 is out of range"));
    check(Value::Int(70_000), |r| r.narrow::<u16>(1), &format!("1 {of} 70000 is out of range"));
    check(
        Value::Text("grün".into()),
        |r| r.word(1, |_| None::<()>),
        &format!("1 {of} 'grün' is not one of our words"),
    );
    check(Value::Null, |r| r.int(2), &format!("2 {of} the statement has 2 columns"));
}
