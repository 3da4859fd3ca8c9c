//! Which times follow a clock that was set.

use std::collections::BTreeSet;

use domain::incident::{Actor, Term};
use domain::provider::provider_id;
use domain::{PolicyId, SubscriberId};
use uuid::Uuid;

use super::columns::{COLUMNS, Kind};
use super::*;
use crate::incidents::tests::{ACME, as_org, at, incident_of, ledgers, put};
use crate::timers::{self, Timer};
use crate::{Database, LEDGER, Lane, incidents, judgements, providers, value::Value};

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// What the clock showed before it was set.
const WAS: i64 = 100;

fn timer(incident: u8, policy: PolicyId, due: i64) -> Timer {
    Timer {
        org: ACME,
        incident: incident_of(incident).id,
        policy,
        generation: 2,
        round: 1,
        step: 2,
        started_at: at(WAS - 5),
        due_at: Some(at(due)),
        epoch: 0,
    }
}

fn arm(database: &Database, timer: Timer) {
    as_org(database, ACME, move |scope| timers::set(scope, &timer)).unwrap();
}

fn run(database: &Database, sql: &'static str, params: &[Value]) {
    let params = params.to_vec();
    database.write_blocking(Lane::Bulk, move |tx| tx.execute(sql, &params)).unwrap();
}

/// Owes a page; `when` are its `due_at`, `next_try_at`, `lease_until`, `settled_at`, `confirm_by` and `held_until`.
fn owe(database: &Database, n: u128, state: &'static str, when: [Option<i64>; 6]) {
    let [due, next, lease, settled, confirm, held] = when.map(|minute| minute.map(at));
    let id = NotificationId(Uuid::from_u128(n));
    run(
        database,
        "INSERT INTO notification
             (org_id, id, incident_id, generation, kind, round, step, responder_kind, responder_id, contact, reason,
              state, tries, epoch, due_at, next_try_at, lease_until, settled_at, confirm_by, held_until)
         VALUES ($1, $2, $3, 2, 'page', 1, 1, 'user', $2, 'phone', 'on call', $4, 0, 0, $5, $6, $7, $8, $9, $10)",
        params![ACME, id, incident_of(1).id, state, due, next, lease, settled, confirm, held],
    );
}

/// Fills every column that may follow, in rows whose waits are running.
fn fill(database: &Database) {
    put(database, ACME, &incident_of(1)).unwrap();
    let term = Term::Snoozed(at(WAS + 30));
    put(database, ACME, &incident_of(2).acknowledge(Actor::Operator, term, at(WAS - 1)).unwrap()).unwrap();
    arm(database, timer(1, PolicyId(Uuid::from_u128(10)), WAS - 2));
    arm(database, timer(2, WAKE, WAS + 30));
    let claim = |tx: &mut Tx<'_>| timers::claim_due(tx, at(WAS), at(WAS + 1), 9);
    database.write_blocking(Lane::Paging, claim).unwrap();
    owe(database, 1, "pending", [Some(WAS + 2), Some(WAS + 3), None, None, None, None]);
    owe(database, 2, "sending", [Some(WAS), Some(WAS), Some(WAS + 1), None, None, None]);
    owe(database, 3, "sent", [Some(WAS - 9), None, None, Some(WAS - 8), Some(WAS + 4), None]);
    let (pay, now) = (provider_id("pay"), at(WAS));
    database
        .write_blocking(Lane::Bulk, move |tx| {
            judgements::request(tx, ACME, at(WAS + 7))?;
            providers::register(tx, pay, "pay", now)
        })
        .unwrap();
    run(
        database,
        "UPDATE provider_source SET last_poll_at = $1, last_fresh_at = $1, next_poll_at = $1, lease_until = $1,
             first_read_at = $1, page_updated_at = $1, overall_trouble_since_at = $1, history_due_at = $1,
             moved_at = $1",
        params![now],
    );
    run(
        database,
        "INSERT INTO provider_component (provider_id, component_id, position, name, status, raw_status, updated_at,
             since_at, trouble_since_at) VALUES ($1, 'api', 0, 'API', 'major_outage', 'down', $2, $2, $2)",
        params![pay, now],
    );
    run(
        database,
        "INSERT INTO provider_incident (provider_id, incident_id, position, name, impact, phase, started_at,
             first_seen_at, absent_polls) VALUES ($1, 'x', 0, 'Down', 'major', 'investigating', $2, $2, 0)",
        params![pay, now],
    );
    subscribe(database, now);
    run(
        database,
        "INSERT INTO page_domain (page_id, org_id, domain, state, reason, checked_at, proven_at, due_at)
         VALUES ($1, $1, 'status.acme.test', 'verified', '', $2, $2, $2)",
        params![ACME.0, now],
    );
}

fn subscribe(database: &Database, now: Timestamp) {
    let (pay, id) = (provider_id("pay"), SubscriberId(Uuid::from_u128(5)));
    run(
        database,
        "INSERT INTO subscription_request (id, subject_kind, subject_id, kind, address, address_key, components, least,
             incidents, maintenances, postmortems, only_id, language, network, created_at, expires_at, next_try_at,
             lease_until, epoch, tries)
         VALUES ($1, 'provider', $2, 'email', 'a', 'a', '', 'minor', TRUE, TRUE, TRUE, $2, 'en', $3, $4, $4, $4, $4, 0,
             0)",
        params![id, pay, [1u8].as_slice(), now],
    );
    run(
        database,
        "INSERT INTO subscriber (id, subject_kind, subject_id, kind, address, address_key, components, least, incidents,
             maintenances, postmortems, only_id, language, confirmed_at, told_at, refusals)
         VALUES ($1, 'provider', $2, 'email', 'a', 'a', '', 'minor', TRUE, TRUE, TRUE, $2, 'en', $3, $3, 0)",
        params![id, pay, now],
    );
    run(
        database,
        "INSERT INTO subscriber_news (subscriber_id, thing_id, subject_kind, from_position, upto_position, next_try_at,
             lease_until, epoch, tries, is_urgent) VALUES ($1, $3, 'provider', 1, 2, $2, $2, 0, 0, FALSE)",
        params![id, now, pay],
    );
}

/// Sets the clock, `by` so much, from [`WAS`]; returns by how much the ledger was moved in all.
fn set_clock(database: &Database, by: SignedDuration) -> SignedDuration {
    let job = move |tx: &mut Tx<'_>| {
        shift(tx, by, at(WAS) + by)?;
        moved(tx)
    };
    database.write_blocking(Lane::Paging, job).unwrap()
}

/// Returns what stands in a column, in microseconds and in order.
fn read(database: &Database, table: &str, column: &str) -> Vec<i64> {
    let sql = format!("SELECT {column} FROM {table} WHERE {column} IS NOT NULL ORDER BY {column}");
    let sql: &'static str = sql.leak();
    database.read_blocking(move |tx| tx.list(sql, params![], |row| row.int(0))).unwrap()
}

/// Returns the columns that the migrations make for times, by their names.
fn schema() -> BTreeSet<(&'static str, &'static str)> {
    let mut found = BTreeSet::new();
    let mut table = "";
    for line in LEDGER.migrations.iter().flat_map(|migration| migration.sql.lines()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let column = match words.as_slice() {
            // A table that is made anew takes the place of the one it is called after.
            ["CREATE", "TABLE", name, ..] => {
                table = name.trim_end_matches("_of_any");
                continue;
            }
            ["ALTER", "TABLE", name, "ADD", "COLUMN", column, kind, ..] if kind.starts_with("BIGINT") => {
                table = name;
                column
            }
            [column, kind, ..] if kind.starts_with("BIGINT") => column,
            _ => continue,
        };
        let is_time = *column == "at" || ["_at", "_until", "_by"].iter().any(|end| column.ends_with(end));
        if is_time {
            found.insert((table, *column));
        }
    }
    found
}

#[test]
fn every_time_of_the_schema_is_classified_once() {
    let listed: Vec<(&str, &str)> = COLUMNS.iter().map(|(table, column, _)| (*table, *column)).collect();
    let known: BTreeSet<(&str, &str)> = listed.iter().copied().collect();
    assert_eq!(known.len(), listed.len());
    assert_eq!(known, schema(), "clock/columns.rs names what the migrations make");
}

#[test]
fn running_waits_follow_and_nothing_else_does() {
    for by in [HOUR, -HOUR] {
        for (_fixture, database) in ledgers() {
            fill(&database);
            let look = || COLUMNS.iter().map(|(table, column, _)| read(&database, table, column));
            let before: Vec<Vec<i64>> = look().collect();
            assert_eq!(set_clock(&database, by), by);
            let us = i64::try_from(by.as_micros()).unwrap();
            for ((table, column, kind), (before, after)) in COLUMNS.iter().zip(before.iter().zip(look())) {
                let has_moved = |value: &i64| before.contains(&(value - us));
                match kind {
                    // Leases on steps end instead: a claim holds times of the old clock.
                    Kind::Wait if (*table, *column) == ("timer", "lease_until") => {}
                    Kind::Wait => {
                        assert!(after.iter().any(has_moved), "{table}.{column} does not follow");
                        let is_known = |value: &i64| has_moved(value) || before.contains(value);
                        assert!(after.iter().all(is_known), "{table}.{column} goes astray");
                    }
                    Kind::Again => {}
                    Kind::Wall | Kind::Record => assert_eq!(before, &after, "{table}.{column} moves"),
                }
            }
            let due = database.read_blocking(judgements::next_due).unwrap();
            assert_eq!(due, Some(at(WAS) + by), "what is due is judged again at once");
            let versions = database.read_blocking(|tx| providers::version(tx, provider_id("pay"))).unwrap();
            assert_eq!(versions.map(|(version, _)| version), Some(1), "what is remembered of it is old");
        }
    }
}

#[test]
fn jumps_add_up() {
    for (_fixture, database) in ledgers() {
        assert_eq!(database.read_blocking(moved).unwrap(), SignedDuration::ZERO);
        set_clock(&database, HOUR);
        assert_eq!(set_clock(&database, SignedDuration::from_mins(-90)), SignedDuration::from_mins(-30));
    }
}

#[test]
fn a_silence_is_looked_at_again_and_a_snooze_keeps_its_length() {
    for (_fixture, database) in ledgers() {
        fill(&database);
        arm(&database, timer(1, WAKE, WAS + 45));
        set_clock(&database, HOUR);
        let due = |incident: u8| {
            let of = incident_of(incident).id;
            let timers = as_org(&database, ACME, move |scope| timers::list(scope, of)).unwrap();
            timers.iter().find(|timer| timer.policy == WAKE).unwrap().due_at
        };
        assert_eq!((due(1), due(2)), (Some(at(WAS) + HOUR), Some(at(WAS + 30) + HOUR)));
        let snoozed = as_org(&database, ACME, |scope| incidents::get(scope, incident_of(2).id));
        let snoozed = snoozed.unwrap().unwrap();
        assert_eq!(snoozed.response.until(), due(2), "the answer and its timer end together");
        assert_eq!(snoozed.response.given(), Some((Actor::Operator, at(WAS - 1) + HOUR)));
    }
}

#[test]
fn what_is_over_keeps_the_times_it_had() {
    for (_fixture, database) in ledgers() {
        let over = incident_of(1).resolve(Actor::Machine, at(WAS - 2)).unwrap();
        put(&database, ACME, &over).unwrap();
        arm(&database, Timer { due_at: None, ..timer(1, PolicyId(Uuid::from_u128(10)), 0) });
        owe(&database, 1, "sent", [Some(WAS - 20), None, None, Some(WAS - 20), None, None]);
        owe(&database, 2, "failed", [Some(WAS - 2), None, None, Some(WAS - 1), None, None]);
        let look = || COLUMNS.iter().map(|(table, column, _)| read(&database, table, column));
        let before: Vec<Vec<i64>> = look().collect();
        set_clock(&database, -HOUR);
        assert_eq!(before, look().collect::<Vec<_>>());
    }
}

#[test]
fn pages_held_by_quiet_hours_keep_their_time_and_are_listed() {
    for (_fixture, database) in ledgers() {
        put(&database, ACME, &incident_of(1)).unwrap();
        let held = |n, until: i64, due: i64| {
            owe(&database, n, "pending", [Some(due), Some(due), None, None, None, Some(until)]);
        };
        held(1, WAS + 60, WAS + 63);
        // Its quiet hours are over: it waits as others do.
        held(2, WAS - 1, WAS + 2);
        set_clock(&database, HOUR);
        let list = || database.read_blocking(|tx| list_held(tx, at(WAS))).unwrap();
        let expect = Held {
            org: ACME,
            id: NotificationId(Uuid::from_u128(1)),
            user: UserId(Uuid::from_u128(1)),
            until: at(WAS + 60),
            due_at: at(WAS + 63),
        };
        assert_eq!(list(), [expect]);
        let due = read(&database, "notification", "next_try_at");
        assert_eq!(due, [at(WAS + 62).as_microsecond(), at(WAS + 63).as_microsecond()]);
        as_org(&database, ACME, move |scope| hold_again(scope, expect.id, at(WAS + 70), at(WAS + 71)))
            .unwrap();
        assert_eq!(list(), [Held { until: at(WAS + 70), due_at: at(WAS + 71), ..expect }]);
    }
}

#[test]
fn a_step_that_was_claimed_before_the_clock_was_set_is_claimed_anew() {
    for (_fixture, database) in ledgers() {
        put(&database, ACME, &incident_of(1)).unwrap();
        arm(&database, timer(1, PolicyId(Uuid::from_u128(10)), WAS));
        let claim = |now: Timestamp| {
            database
                .write_blocking(Lane::Paging, move |tx| timers::claim_due(tx, now, now + HOUR, 9))
                .unwrap()
        };
        let before = claim(at(WAS)).remove(0);
        set_clock(&database, HOUR);
        let is_current = |timer: &Timer| {
            let timer = timer.clone();
            as_org(&database, ACME, move |scope| timers::is_current(scope, &timer)).unwrap()
        };
        assert!(!is_current(&before));
        let after = claim(at(WAS) + HOUR).remove(0);
        assert!(is_current(&after));
        assert_eq!((after.started_at, after.due_at), (at(WAS - 5) + HOUR, Some(at(WAS) + HOUR)));
    }
}
