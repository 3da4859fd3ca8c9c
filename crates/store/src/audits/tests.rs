//! What an audit finds in the ledger.

use domain::incident::{Actor, Incident, Term};
use domain::{NotificationState, escalation::Responder};
use uuid::Uuid;

use super::*;
use crate::incidents::tests::{ACME, OTHER, as_org, at, incident_of, ledgers, put};
use crate::notifications::{self, Notification};
use crate::timers::{self, Timer};
use crate::{Database, Lane};

fn timer(org: OrgId, incident: u8, policy: u128, due: Option<i64>) -> Timer {
    Timer {
        org,
        incident: incident_of(incident).id,
        policy: PolicyId(Uuid::from_u128(policy)),
        generation: 2,
        round: 1,
        step: 2,
        started_at: at(0),
        due_at: due.map(at),
        epoch: 0,
    }
}

fn owed(n: u128, incident: u8, minute: i64) -> Notification {
    Notification {
        id: NotificationId(Uuid::from_u128(n)),
        incident: incident_of(incident).id,
        generation: 2,
        kind: NoticeKind::Page,
        round: 1,
        step: 1,
        responder: Responder::User(domain::UserId(Uuid::from_u128(100))),
        contact: format!("contact {n}"),
        reason: "schedule primary".to_owned(),
        due_at: at(minute),
        state: NotificationState::Pending,
        tries: 0,
        next_try_at: Some(at(minute)),
        settled_at: None,
        answer: None,
    }
}

fn arm(database: &Database, timer: Timer) {
    as_org(database, timer.org, move |scope| timers::set(scope, &timer)).unwrap();
}

fn owe(database: &Database, org: OrgId, message: Notification) {
    assert!(as_org(database, org, move |scope| notifications::insert_if_absent(scope, &message)).unwrap());
}

fn due(database: &Database, minute: i64) -> Due {
    database.read_blocking(move |tx| list_due(tx, at(minute))).unwrap()
}

#[test]
fn due_steps_of_every_organisation_are_listed_those_that_nobody_has_first() {
    for (_fixture, database) in ledgers() {
        put(&database, ACME, &incident_of(1)).unwrap();
        put(&database, OTHER, &Incident { number: 9, ..incident_of(2) }).unwrap();
        arm(&database, timer(ACME, 1, 10, Some(5)));
        // Claimed until minute 8.
        database.write_blocking(Lane::Paging, |tx| timers::claim_due(tx, at(5), at(8), 9)).unwrap();
        arm(&database, timer(ACME, 1, 11, Some(7)));
        arm(&database, timer(ACME, 1, 12, Some(30)));
        arm(&database, timer(ACME, 1, 13, None));
        arm(&database, timer(OTHER, 2, 14, Some(6)));
        let found = |minute| -> Vec<(i64, u128, Option<Timestamp>)> {
            let steps = due(&database, minute).steps;
            steps.iter().map(|it| (it.number, it.policy.0.as_u128(), it.lease_until)).collect()
        };
        assert_eq!(found(4), []);
        assert_eq!(found(7), [(9, 14, None), (1, 11, None), (1, 10, Some(at(8)))]);
        assert_eq!(found(8), [(1, 10, Some(at(8))), (9, 14, None), (1, 11, None)]);
        let first = &due(&database, 7).steps[0];
        assert_eq!((first.org, first.incident, first.due_at), (OTHER, incident_of(2).id, at(6)));
    }
}

#[test]
fn due_messages_and_those_on_their_way_are_listed_and_settled_ones_are_not() {
    for (_fixture, database) in ledgers() {
        put(&database, ACME, &incident_of(1)).unwrap();
        owe(&database, ACME, owed(1, 1, 5));
        claim_messages(&database);
        owe(&database, ACME, Notification { tries: 3, ..owed(2, 1, 6) });
        owe(&database, ACME, owed(3, 1, 30));
        let sent = NotificationState::Sent;
        owe(&database, ACME, Notification { state: sent, next_try_at: None, ..owed(4, 1, 4) });
        let found = |minute| -> Vec<(u128, u32, bool, Option<Timestamp>)> {
            let messages = due(&database, minute).messages;
            let facts = |it: &DueMessage| (it.id.0.as_u128(), it.tries, it.is_sending, it.lease_until);
            messages.iter().map(facts).collect()
        };
        assert_eq!(found(7), [(2, 3, false, None), (1, 0, true, Some(at(9)))]);
        assert_eq!(found(9), [(1, 0, true, Some(at(9))), (2, 3, false, None)]);
        let first = due(&database, 7).messages.remove(0);
        let expect = (ACME, 1, NoticeKind::Page, "contact 2".to_owned(), at(6));
        assert_eq!((first.org, first.number, first.kind, first.contact, first.try_at), expect);
    }
}

#[test]
fn the_last_audit_is_remembered() {
    for (_fixture, database) in ledgers() {
        assert_eq!(database.read_blocking(find_mark).unwrap(), None);
        for minute in [3, 4] {
            database.write_blocking(Lane::Paging, move |tx| mark(tx, at(minute))).unwrap();
            assert_eq!(database.read_blocking(find_mark).unwrap(), Some(at(minute)));
        }
    }
}

#[test]
fn lists_are_bounded_and_the_worst_is_in_them() {
    for (_fixture, database) in ledgers() {
        put(&database, ACME, &incident_of(1)).unwrap();
        for n in 0..u128::from(MOST) {
            arm(&database, timer(ACME, 1, 1_000 + n, Some(1)));
        }
        database.write_blocking(Lane::Paging, |tx| timers::claim_due(tx, at(2), at(60), MOST)).unwrap();
        arm(&database, timer(ACME, 1, 7, Some(3)));
        let steps = due(&database, 5).steps;
        assert_eq!((steps.len(), steps[0].policy.0.as_u128()), (100, 7));
    }
}

#[test]
fn an_incident_that_pages_without_a_timer_or_a_message_is_forgotten() {
    for (_fixture, database) in ledgers() {
        let stages = [
            incident_of(1),
            incident_of(2),
            incident_of(3),
            Incident { first_page_at: None, ..incident_of(4) },
            incident_of(5).acknowledge(Actor::Operator, Term::Unlimited, at(6)).unwrap(),
            incident_of(6).resolve(Actor::Machine, at(7)).unwrap(),
            incident_of(7),
        ];
        for incident in &stages {
            put(&database, ACME, incident).unwrap();
        }
        // A policy that was stopped, or went through all its steps, is no step ahead; had it told somebody, it would be on record.
        arm(&database, timer(ACME, 1, 10, None));
        owe(&database, ACME, owed(1, 2, 5));
        owe(&database, ACME, Notification { generation: 1, ..owed(2, 7, 5) });
        let forgotten = due(&database, 60).forgotten;
        let found: Vec<_> = forgotten.iter().map(|it| (it.org, it.number, it.since)).collect();
        assert_eq!(found, [(ACME, 1, at(2)), (ACME, 3, at(4)), (ACME, 7, at(8))]);
    }
}

/// Takes a lease on every message that is due.
fn claim_messages(database: &Database) {
    let claim = |tx: &mut Tx<'_>| {
        for notifications::DueMessage { org, notification: due, .. } in notifications::list_due(tx, at(5), 9)?
        {
            notifications::claim(&mut crate::Scope::new(tx, org), &due, None, at(5), at(9))?;
        }
        Ok::<_, Error>(())
    };
    database.write_blocking(Lane::Paging, claim).unwrap();
}
