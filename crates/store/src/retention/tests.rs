//! What is forgotten, and what never is.

use domain::change::{Change, ChangeKind};
use domain::incident::{Actor, Incident};
use domain::provider::provider_id;
use domain::{AttemptId, NotificationId, PolicyId, SubscriberId};
use uuid::Uuid;

use super::*;
use crate::incidents::tests::{ACME, as_org, at, incident_of, ledgers, put};
use crate::timers::{self, Timer};
use crate::{Database, Lane, announcements, attempts, incidents, notifications, phone_texts, providers};

/// Everything before this minute is old.
const OLD: i64 = 1_000;

fn message(n: u128) -> NotificationId {
    NotificationId(Uuid::from_u128(n))
}

/// A message in a state that was settled at that minute, with one try, folded into another where that is said.
fn owe(database: &Database, n: u128, incident: u8, state: &'static str, settled: i64, into: Option<u128>) {
    as_org(database, ACME, move |scope| {
        let settled = (!matches!(state, "pending" | "sending")).then_some(at(settled));
        let (org, id) = (scope.org(), message(n));
        scope.execute(
            "INSERT INTO notification
                 (org_id, id, incident_id, generation, kind, round, step, responder_kind, responder_id, contact,
                  reason, state, tries, epoch, due_at, next_try_at, settled_at, folded_into)
             VALUES ($1, $2, $3, 2, 'page', 1, 1, 'user', $2, 'phone', 'on call', $4, 1, 0, $5, $5, $6, $7)",
            params![org, id, incident_of(incident).id, state, at(1), settled, into.map(message)],
        )?;
        attempts::start(scope, id, 1, AttemptId(Uuid::from_u128(n)), "node", at(1)).map(drop)
    })
    .unwrap();
}

fn over(n: u8, minute: i64) -> Incident {
    incident_of(n).resolve(Actor::Machine, at(minute)).unwrap()
}

fn arm(database: &Database, incident: u8, due_at: Option<Timestamp>) {
    let timer = Timer {
        org: ACME,
        incident: incident_of(incident).id,
        policy: PolicyId(Uuid::from_u128(9)),
        generation: 2,
        round: 1,
        step: 2,
        started_at: at(0),
        due_at,
        epoch: 0,
    };
    as_org(database, ACME, move |scope| timers::set(scope, &timer)).unwrap();
}

/// Purges messages; returns how many, how many tries and how many timers.
fn purge(database: &Database, limit: u32) -> [u64; 3] {
    let purged = database.write_blocking(Lane::Bulk, move |tx| purge_messages(tx, at(OLD), limit));
    purged.unwrap().map(|purged| purged.rows)
}

/// Returns which of the messages from 1 to 9 are left.
fn left(database: &Database) -> Vec<u128> {
    let is_left = |n: &u128| {
        let id = message(*n);
        as_org(database, ACME, move |scope| notifications::get(scope, id)).unwrap().is_some()
    };
    (1..=9).filter(is_left).collect()
}

#[test]
fn messages_of_incidents_that_are_long_over_are_forgotten_and_nothing_of_an_open_one_is() {
    for (_fixture, database) in ledgers() {
        for incident in [over(1, OLD - 1), incident_of(2), over(3, OLD + 1)] {
            put(&database, ACME, &incident).unwrap();
        }
        arm(&database, 1, None);
        arm(&database, 2, Some(at(OLD + 5)));
        owe(&database, 1, 1, "delivered", OLD - 2, None);
        owe(&database, 2, 1, "superseded", OLD - 2, None);
        owe(&database, 3, 1, "failed", OLD + 2, None);
        owe(&database, 4, 1, "sending", 0, None);
        owe(&database, 5, 2, "sent", OLD - 900, None);
        owe(&database, 6, 3, "sent", OLD - 900, None);
        assert_eq!(purge(&database, 9), [2, 2, 1]);
        assert_eq!(left(&database), [3, 4, 5, 6]);
        assert_eq!(purge(&database, 9), [0, 0, 0]);
        let get = |n: u8| {
            let id = incident_of(n).id;
            as_org(&database, ACME, move |scope| {
                Ok((incidents::get(scope, id)?, timers::list(scope, id)?.len()))
            })
            .unwrap()
        };
        assert_eq!(get(1), (Some(over(1, OLD - 1)), 0), "the incident itself is kept for good");
        assert_eq!(get(2).1, 1);
        let tries = as_org(&database, ACME, |scope| attempts::list(scope, message(5))).unwrap();
        assert_eq!(tries.len(), 1);
    }
}

#[test]
fn a_message_stays_as_long_as_one_that_went_out_inside_it() {
    for (_fixture, database) in ledgers() {
        put(&database, ACME, &over(1, OLD - 1)).unwrap();
        put(&database, ACME, &incident_of(2)).unwrap();
        owe(&database, 1, 1, "sent", 2, None);
        owe(&database, 2, 2, "sent", 2, Some(1));
        owe(&database, 3, 1, "sent", 2, Some(1));
        assert_eq!(purge(&database, 9)[0], 1);
        assert_eq!(left(&database), [1, 2]);
        as_org(&database, ACME, |scope| incidents::update(scope, &over(2, OLD - 1))).unwrap();
        assert_eq!(purge(&database, 9)[0], 1);
        assert_eq!(purge(&database, 9)[0], 1);
        assert_eq!(left(&database), []);
    }
}

#[test]
fn a_message_that_told_of_more_incidents_is_forgotten_once_all_of_them_are_over() {
    for (_fixture, database) in ledgers() {
        put(&database, ACME, &over(1, OLD - 1)).unwrap();
        put(&database, ACME, &incident_of(2)).unwrap();
        put(&database, ACME, &over(3, OLD - 1)).unwrap();
        for (n, other) in [(1, 2), (2, 3)] {
            owe(&database, n, 1, "sent", 2, None);
            let told = [(incident_of(other).id, 2)];
            as_org(&database, ACME, move |scope| notifications::tell_also(scope, message(n), &told)).unwrap();
        }
        assert_eq!((purge(&database, 9)[0], left(&database)), (1, vec![1]), "the second is not over");
        as_org(&database, ACME, |scope| incidents::update(scope, &over(2, OLD + 1))).unwrap();
        assert_eq!(purge(&database, 9)[0], 0, "nor has it been for long");
        as_org(&database, ACME, |scope| incidents::update(scope, &over(2, OLD - 1))).unwrap();
        assert_eq!((purge(&database, 9)[0], left(&database)), (1, vec![]));
    }
}

#[test]
fn one_call_deletes_no_more_than_its_batch_the_oldest_first() {
    for (_fixture, database) in ledgers() {
        put(&database, ACME, &over(1, OLD - 1)).unwrap();
        for n in 1..=5 {
            owe(&database, n, 1, "sent", 10 - i64::try_from(n).unwrap(), None);
        }
        let batches = [purge(&database, 2), purge(&database, 2), purge(&database, 2), purge(&database, 2)];
        assert_eq!(batches.map(|batch| batch[0]), [2, 2, 1, 0]);
        owe(&database, 6, 1, "sent", 6, None);
        owe(&database, 7, 1, "sent", 5, None);
        purge(&database, 1);
        assert_eq!(left(&database), [6]);
    }
}

#[test]
fn texts_from_phones_are_forgotten_by_age() {
    for (_fixture, database) in ledgers() {
        let purged = database.write_blocking(Lane::Bulk, |tx| {
            for (name, minute) in [("a", 1), ("b", 2), ("c", OLD)] {
                phone_texts::remember(tx, name, at(minute))?;
            }
            let first = purge_phone_texts(tx, at(OLD), 1)?;
            Ok::<_, Error>([first, purge_phone_texts(tx, at(OLD), 9)?, purge_phone_texts(tx, at(OLD), 9)?])
        });
        assert_eq!(purged.unwrap().map(|purged| purged.rows), [1, 1, 0]);
        let is_new = |name| {
            database.write_blocking(Lane::Bulk, move |tx| phone_texts::remember(tx, name, at(OLD))).unwrap()
        };
        assert_eq!(["a", "c"].map(is_new), [true, false]);
    }
}

fn see(database: &Database, slug: &'static str, minute: i64) {
    let change = Change {
        kind: ChangeKind::ComponentChanged,
        subject: format!("{slug} {minute}"),
        name: "API".to_owned(),
        from: None,
        to: None,
        update: None,
        at: at(minute),
    };
    let job = move |tx: &mut Tx<'_>| {
        let changes = std::slice::from_ref(&change);
        providers::register(tx, provider_id(slug), slug, at(0))?;
        providers::push_changes(tx, provider_id(slug), changes, at(minute))?;
        announcements::owe(tx, provider_id(slug), changes, at(minute))?;
        announcements::number(tx, 9)
    };
    database.write_blocking(Lane::Bulk, job).unwrap();
}

fn hand_on(database: &Database) {
    let job = |tx: &mut Tx<'_>| {
        while let Some((set, _)) = announcements::find_waiting(tx)? {
            announcements::finish(tx, &set, at(OLD))?;
        }
        Ok::<_, Error>(())
    };
    database.write_blocking(Lane::Bulk, job).unwrap();
}

#[test]
fn old_news_is_forgotten_but_the_last_of_each_and_what_is_still_to_be_told() {
    for (_fixture, database) in ledgers() {
        for (slug, minute) in [("pay", 1), ("pay", 2), ("mail", 3), ("pay", 4), ("pay", OLD + 1)] {
            see(&database, slug, minute);
        }
        let purge = || {
            let purged = database.write_blocking(Lane::Bulk, |tx| purge_news(tx, at(OLD), 9));
            purged.unwrap().map(|purged| purged.rows)
        };
        let numbered = || -> Vec<i64> {
            let sets = database.read_blocking(|tx| announcements::list_newest(tx, 9)).unwrap();
            sets.iter().map(|set| set.position).collect()
        };
        assert_eq!(purge(), [0, 0, 0], "nothing was handed on");
        hand_on(&database);
        let owed = SubscriberId(Uuid::from_u128(1));
        let subscribe = move |tx: &mut Tx<'_>| {
            tx.execute(
                "INSERT INTO subscriber (id, subject_kind, subject_id, kind, address, address_key, components, least,
                     incidents, maintenances, postmortems, only_id, language, confirmed_at, refusals)
                 VALUES ($1, 'provider', $2, 'email', 'a', 'a', '', 'minor', TRUE, TRUE, TRUE, $2, 'en', 0, 0)",
                params![owed, provider_id("pay")],
            )?;
            let newest = announcements::list_newest(tx, 1)?[0];
            let all = announcements::Announcement { changes: 4, ..newest };
            crate::subscribers::owe_news(tx, owed, &all, at(OLD), false)
        };
        database.write_blocking(Lane::Bulk, subscribe).unwrap();
        assert_eq!(purge(), [1, 0, 1], "the subscriber is owed what came after the first");
        assert_eq!(numbered(), [2, 3, 4, 5]);
        let told = |tx: &mut Tx<'_>| tx.execute("DELETE FROM subscriber_news", params![]);
        database.write_blocking(Lane::Bulk, told).unwrap();
        // The last change of the other provider stays, for later ones are numbered after it.
        assert_eq!(purge(), [3, 0, 2]);
        assert_eq!((purge(), numbered()), ([0, 0, 0], vec![5]));
        see(&database, "mail", OLD + 2);
        assert_eq!(numbered(), [5, 6]);
    }
}

#[test]
fn who_followed_one_incident_is_forgotten_once_that_is_long_over() {
    for (_fixture, database) in ledgers() {
        for incident in [over(1, 1), over(2, OLD), incident_of(3)] {
            put(&database, ACME, &incident).unwrap();
        }
        let page = Uuid::from_u128(99);
        let follow = move |tx: &mut Tx<'_>| {
            let things = [1u8, 2, 3].map(|n| incident_of(n).id.0).into_iter().chain([page]);
            for (n, only) in (1u128..).zip(things) {
                tx.execute(
                    "INSERT INTO subscriber (id, subject_kind, subject_id, org_id, kind, address, address_key, components,
                         least, incidents, maintenances, postmortems, only_id, language, confirmed_at, refusals)
                     VALUES ($1, 'page', $2, $3, 'email', 'a', 'a', '', 'none', TRUE, TRUE, TRUE, $4, 'en', 0, 0)",
                    params![Uuid::from_u128(n), page, ACME, only],
                )?;
            }
            Ok::<_, Error>(())
        };
        database.write_blocking(Lane::Bulk, follow).unwrap();
        let purge =
            || database.write_blocking(Lane::Bulk, |tx| purge_followers(tx, at(OLD), 9)).unwrap().rows;
        assert_eq!((purge(), purge()), (1, 0), "that of the whole page, and what was over lately, stay");
    }
}
