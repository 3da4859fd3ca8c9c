//! Claims: who sends what first, and whose word counts.

use super::*;
use crate::Lane;

fn claim(database: &Database, now: i64, until: i64, limit: u32) -> Vec<Claim> {
    let job = move |tx: &mut Tx<'_>| {
        let mut claims = Vec::new();
        for DueMessage { org, notification: due, .. } in list_due(tx, at(now), limit)? {
            claims.extend(super::claim(&mut Scope::new(tx, org), &due, None, at(now), at(until))?);
        }
        Ok::<_, Error>(claims)
    };
    database.write_blocking(Lane::Paging, job).unwrap()
}

fn ids(claims: &[Claim]) -> Vec<u128> {
    claims.iter().map(|claim| claim.notification.id.0.as_u128()).collect()
}

fn settle_as(database: &Database, org: OrgId, n: u8, epoch: i64, settlement: &Settlement) -> bool {
    let settlement = settlement.clone();
    as_org(database, org, move |scope| settle(scope, page(n).id, epoch, &settlement)).unwrap()
}

fn accepted() -> Settlement {
    Settlement {
        state: NotificationState::Sent,
        next_try_at: None,
        tries: 1,
        answer: Some("200".to_owned()),
        at: at(12),
    }
}

fn due(database: &Database) -> Option<Timestamp> {
    database.read_blocking(next_due).unwrap()
}

#[test]
fn a_message_is_claimed_when_it_is_due_and_by_one() {
    for (_fixture, database) in with_incidents() {
        assert_eq!(due(&database), None);
        owe(&database, ACME, &page(1));
        assert_eq!(due(&database), Some(at(10)));
        assert!(claim(&database, 9, 15, 9).is_empty());
        let sending = Notification { state: NotificationState::Sending, ..page(1) };
        let expected = Claim { org: ACME, notification: sending, epoch: 1 };
        assert_eq!(claim(&database, 10, 15, 9), [expected]);
        assert!(claim(&database, 14, 19, 9).is_empty());
        assert_eq!(due(&database), Some(at(15)));
    }
}

#[test]
fn only_the_last_claimant_may_say_what_became_of_it() {
    for (_fixture, database) in with_incidents() {
        owe(&database, ACME, &page(1));
        assert_eq!(claim(&database, 10, 15, 9)[0].epoch, 1);
        // The first claimant is thought dead; both come back.
        assert_eq!(claim(&database, 15, 20, 9)[0].epoch, 2);
        assert!(!settle_as(&database, ACME, 1, 1, &accepted()));
        assert_eq!(found(&database, 1).unwrap().state, NotificationState::Sending);
        assert!(!settle_as(&database, OTHER, 1, 2, &accepted()));
        assert!(settle_as(&database, ACME, 1, 2, &accepted()));
        assert!(!settle_as(&database, ACME, 1, 2, &accepted()));
        let expected = Notification {
            state: NotificationState::Sent,
            tries: 1,
            next_try_at: None,
            settled_at: Some(at(12)),
            answer: Some("200".to_owned()),
            ..page(1)
        };
        assert_eq!(found(&database, 1), Some(expected));
        assert!(claim(&database, 99, 100, 9).is_empty());
        assert_eq!(due(&database), None);
    }
}

#[test]
fn what_failed_for_now_is_owed_again_at_its_time() {
    let again = Settlement {
        state: NotificationState::Pending,
        next_try_at: Some(at(30)),
        tries: 1,
        answer: Some("429".to_owned()),
        at: at(12),
    };
    for (_fixture, database) in with_incidents() {
        owe(&database, ACME, &page(1));
        claim(&database, 10, 15, 9);
        assert!(settle_as(&database, ACME, 1, 1, &again));
        let now = found(&database, 1).unwrap();
        assert_eq!((now.state, now.tries, now.settled_at), (NotificationState::Pending, 1, None));
        assert_eq!(now.answer.as_deref(), Some("429"));
        assert_eq!(due(&database), Some(at(30)));
        assert!(claim(&database, 29, 35, 9).is_empty());
        let second = claim(&database, 30, 35, 9);
        assert_eq!((second[0].epoch, second[0].notification.tries), (2, 1));
        assert!(!settle_as(&database, ACME, 1, 1, &accepted()));
    }
}

#[test]
fn every_way_to_be_over_has_its_time() {
    for (_fixture, database) in with_incidents() {
        let states = [
            NotificationState::Sent,
            NotificationState::Delivered,
            NotificationState::Failed,
            NotificationState::Superseded,
        ];
        for (n, state) in (1..).zip(states) {
            owe(&database, ACME, &page(n));
            claim(&database, 10, 15, 9);
            assert!(settle_as(&database, ACME, n, 1, &Settlement { state, ..accepted() }));
            let now = found(&database, n).unwrap();
            assert_eq!((now.state, now.settled_at), (state, Some(at(12))));
        }
        let mut counts = states.map(|state| (state, 1));
        counts.sort_unstable();
        assert_eq!(database.read_blocking(count_by_state).unwrap(), counts);
    }
}

#[test]
fn first_pages_go_before_pages_and_pages_before_news_and_the_newest_before_the_old() {
    let at_due = |n, minute: i64| Notification { due_at: at(minute), ..page(n) };
    for (_fixture, database) in with_incidents() {
        for notification in [
            Notification { kind: NoticeKind::Resolved, ..at_due(1, 9) },
            Notification { step: 2, ..at_due(2, 8) },
            at_due(3, 3),
            at_due(4, 5),
            Notification { round: 2, ..at_due(5, 9) },
            at_due(6, 5),
        ] {
            owe(&database, ACME, &notification);
        }
        assert_eq!(ids(&claim(&database, 10, 20, 4)), [4, 6, 3, 5]);
        assert_eq!(ids(&claim(&database, 10, 20, 9)), [2, 1]);
        let all = claim(&database, 20, 30, 9);
        assert_eq!(ids(&all), [4, 6, 3, 5, 2, 1]);
    }
}

#[test]
fn messages_of_all_organisations_are_claimed_together_and_stay_their_own() {
    for (_fixture, database) in with_incidents() {
        owe(&database, ACME, &page(1));
        let theirs = Notification { incident: incident_of(3).id, due_at: at(9), ..page(2) };
        owe(&database, OTHER, &theirs);
        let claims = claim(&database, 10, 20, 9);
        assert_eq!(claims.iter().map(|claim| claim.org).collect::<Vec<_>>(), [ACME, OTHER]);
        assert!(!settle_as(&database, ACME, 2, 1, &accepted()));
        assert!(settle_as(&database, OTHER, 2, 1, &accepted()));
        assert_eq!(found(&database, 1).unwrap().state, NotificationState::Sending);
    }
}

#[test]
fn what_is_being_sent_is_not_dropped() {
    for (_fixture, database) in with_incidents() {
        owe(&database, ACME, &page(1));
        claim(&database, 10, 20, 9);
        let dropped = as_org(&database, ACME, |scope| {
            supersede_pending(scope, incident_of(1).id, &[NoticeKind::Page], 1, "acknowledged", at(11))
        });
        assert_eq!(dropped.unwrap(), 0);
        assert!(settle_as(&database, ACME, 1, 1, &accepted()));
    }
}

#[test]
fn what_waits_for_a_slow_contact_hides_nothing_that_another_is_owed() {
    let owed = |n: u32, contact: &str, minute: i64| Notification {
        id: NotificationId(Uuid::from_u128(n.into())),
        contact: contact.to_owned(),
        step: n,
        due_at: at(minute),
        next_try_at: Some(at(minute)),
        ..page(1)
    };
    for (_fixture, database) in with_incidents() {
        as_org(&database, ACME, move |scope| {
            (1..=1_001).try_for_each(|n| insert_if_absent(scope, &owed(n, "slow", 20)).map(drop))?;
            insert_if_absent(scope, &owed(2_000, "other", 10))
        })
        .unwrap();
        let due = database.read_blocking(|tx| list_due(tx, at(20), 5_000)).unwrap();
        let by = |contact: &str| due.iter().filter(|due| due.notification.contact == contact).count();
        assert_eq!((by("slow"), by("other")), (999, 1));
    }
}
