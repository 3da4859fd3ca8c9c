//! Messages that are owed, claimed, settled and dropped.

use domain::incident::Incident;
use uuid::Uuid;

use super::*;
use crate::Database;
use crate::incidents::tests::{ACME, OTHER, as_org, at, incident_of, ledgers, put};
use crate::tests::Fixture;

mod claiming;
mod plans;
mod receipts;
mod storms;

fn ana() -> Responder {
    Responder::User(UserId(Uuid::from_u128(100)))
}

fn room() -> Responder {
    Responder::Channel(ChannelId(Uuid::from_u128(200)))
}

/// The first page of Ana for incident 1, owed at minute 10, under the id `n`.
fn page(n: u8) -> Notification {
    Notification {
        id: NotificationId(Uuid::from_u128(n.into())),
        incident: incident_of(1).id,
        generation: 1,
        kind: NoticeKind::Page,
        round: 1,
        step: 1,
        responder: ana(),
        contact: format!("contact {n}"),
        reason: "schedule primary".to_owned(),
        due_at: at(10),
        state: NotificationState::Pending,
        tries: 0,
        next_try_at: Some(at(10)),
        settled_at: None,
        answer: None,
    }
}

/// Ledgers in which both organisations have an incident: 1 and 2 are Acme's, 3 the other's.
fn with_incidents() -> impl Iterator<Item = (Fixture, Database)> {
    ledgers().inspect(|(_, database)| {
        put(database, ACME, &incident_of(1)).unwrap();
        put(database, ACME, &incident_of(2)).unwrap();
        put(database, OTHER, &Incident { number: 1, ..incident_of(3) }).unwrap();
    })
}

fn owe(database: &Database, org: OrgId, notification: &Notification) -> bool {
    let notification = notification.clone();
    as_org(database, org, move |scope| insert_if_absent(scope, &notification)).unwrap()
}

fn found(database: &Database, n: u8) -> Option<Notification> {
    as_org(database, ACME, move |scope| get(scope, page(n).id)).unwrap()
}

#[test]
fn a_message_is_read_back_as_it_was_stored() {
    let settled = Notification {
        responder: room(),
        contact: String::new(),
        state: NotificationState::Failed,
        kind: NoticeKind::Unanswered,
        tries: 11,
        next_try_at: None,
        settled_at: Some(at(90)),
        answer: Some("404".to_owned()),
        ..page(2)
    };
    for (_fixture, database) in with_incidents() {
        for notification in [page(1), settled.clone()] {
            assert!(owe(&database, ACME, &notification));
            let id = notification.id;
            assert_eq!(
                as_org(&database, ACME, move |scope| get(scope, id)).unwrap().as_ref(),
                Some(&notification)
            );
            let any = database.read_blocking(move |tx| find_any(tx, id)).unwrap();
            assert_eq!(any, Some((ACME, notification)));
        }
        let all = as_org(&database, ACME, |scope| list(scope, incident_of(1).id, 10)).unwrap();
        assert_eq!(all, [page(1), settled.clone()]);
    }
}

#[test]
fn owing_the_same_message_twice_is_owing_it_once() {
    for (_fixture, database) in with_incidents() {
        let first = page(1);
        assert!(owe(&database, ACME, &first));
        let check = |again: Notification, expected| {
            assert_eq!(owe(&database, ACME, &again), expected, "{again:?}");
        };
        let same = || Notification { id: page(50).id, ..page(1) };
        check(first.clone(), false);
        check(Notification { due_at: at(99), reason: "other".to_owned(), ..same() }, false);
        check(Notification { id: first.id, step: 9, ..page(1) }, false);
        check(Notification { id: page(51).id, generation: 2, ..same() }, true);
        check(Notification { id: page(52).id, kind: NoticeKind::Resolved, ..same() }, true);
        check(Notification { id: page(53).id, round: 2, ..same() }, true);
        check(Notification { id: page(54).id, step: 2, ..same() }, true);
        check(Notification { id: page(55).id, responder: room(), ..same() }, true);
        check(Notification { id: page(56).id, contact: "mail".to_owned(), ..same() }, true);
        check(Notification { id: page(57).id, incident: incident_of(2).id, ..same() }, true);
        assert_eq!(found(&database, 1), Some(first));
    }
}

#[test]
fn one_organisation_never_sees_nor_touches_the_messages_of_another() {
    for (_fixture, database) in with_incidents() {
        owe(&database, ACME, &page(1));
        let id = incident_of(1).id;
        let seen = as_org(&database, OTHER, move |scope| {
            let dropped = supersede_pending(scope, id, &[NoticeKind::Page], 9, "no", at(11))?;
            let failing = Notification { contact: "gone".to_owned(), ..page(1) };
            let pulled = pull_forward(scope, &failing, at(1))?;
            Ok((get(scope, page(1).id)?, list(scope, id, 9)?, list_paged(scope, id)?, dropped, pulled))
        });
        assert_eq!(seen.unwrap(), (None, Vec::new(), Vec::new(), 0, false));
        let foreign = as_org(&database, OTHER, |scope| insert_if_absent(scope, &page(2)));
        assert!(foreign.is_err(), "{foreign:?}");
        assert_eq!(found(&database, 1), Some(page(1)));
        let all = as_org(&database, ACME, move |scope| list(scope, id, 9)).unwrap();
        assert_eq!(all, [page(1)]);
    }
}

#[test]
fn what_is_no_longer_needed_is_dropped_and_nothing_else() {
    let (page_2, notice) = (page(2), NoticeKind::Acknowledged);
    let spared = [
        Notification { generation: 3, ..page(3) },
        Notification { kind: NoticeKind::Resolved, ..page(4) },
        Notification { state: NotificationState::Sending, ..page(5) },
        Notification {
            state: NotificationState::Sent,
            settled_at: Some(at(9)),
            next_try_at: None,
            ..page(6)
        },
        Notification { incident: incident_of(2).id, ..page(7) },
    ];
    for (_fixture, database) in with_incidents() {
        let dropped = [
            page(1),
            Notification { generation: 2, ..page_2.clone() },
            Notification { kind: notice, ..page(8) },
        ];
        for notification in spared.iter().chain(&dropped) {
            assert!(owe(&database, ACME, notification));
        }
        let supersede = || {
            as_org(&database, ACME, move |scope| {
                let id = incident_of(1).id;
                supersede_pending(scope, id, &[NoticeKind::Page, notice], 2, "acknowledged", at(12))
            })
        };
        assert_eq!(supersede().unwrap(), 3);
        assert_eq!(supersede().unwrap(), 0);
        for notification in &spared {
            let id = notification.id;
            let now = as_org(&database, ACME, move |scope| get(scope, id)).unwrap();
            assert_eq!(now.as_ref(), Some(notification));
        }
        let expected = Notification {
            state: NotificationState::Superseded,
            next_try_at: None,
            settled_at: Some(at(12)),
            answer: Some("acknowledged".to_owned()),
            ..page(1)
        };
        assert_eq!(found(&database, 1), Some(expected));
        assert_eq!(found(&database, 2).unwrap().state, NotificationState::Superseded);
    }
}

#[test]
fn who_was_paged_or_may_have_been_is_listed_once() {
    let state = |state| {
        let is_owed = state == NotificationState::Pending;
        move |n| Notification { state, next_try_at: is_owed.then(|| at(10)), ..page(n) }
    };
    for (_fixture, database) in with_incidents() {
        let sent = state(NotificationState::Sent);
        for notification in [
            sent(1),
            Notification { contact: "contact 1".to_owned(), step: 2, ..sent(2) },
            state(NotificationState::Delivered)(3),
            state(NotificationState::Sending)(4),
            state(NotificationState::Pending)(5),
            state(NotificationState::Failed)(6),
            state(NotificationState::Superseded)(7),
            Notification { kind: NoticeKind::Resolved, ..sent(8) },
            Notification { responder: room(), contact: String::new(), generation: 2, ..sent(9) },
            Notification { incident: incident_of(2).id, ..sent(10) },
            Notification { kind: NoticeKind::Unanswered, round: 0, step: 0, ..sent(11) },
        ] {
            assert!(owe(&database, ACME, &notification));
        }
        let paged = as_org(&database, ACME, |scope| list_paged(scope, incident_of(1).id)).unwrap();
        let by = |contact: &str| (ana(), contact.to_owned());
        let people = ["contact 1", "contact 11", "contact 3", "contact 4"].map(by);
        assert_eq!(paged, [people.as_slice(), &[(room(), String::new())]].concat());
    }
}

#[test]
fn the_next_page_of_a_responder_is_pulled_forward_and_only_that() {
    let due = |n, minute| Notification { due_at: at(minute), next_try_at: Some(at(minute)), ..page(n) };
    for (_fixture, database) in with_incidents() {
        for notification in [
            due(1, 30),
            due(2, 20),
            Notification { responder: room(), ..due(3, 15) },
            Notification { generation: 2, ..due(4, 15) },
            Notification { kind: NoticeKind::Resolved, ..due(5, 15) },
            Notification { state: NotificationState::Sent, next_try_at: None, ..due(6, 15) },
            Notification { incident: incident_of(2).id, ..due(7, 15) },
        ] {
            owe(&database, ACME, &notification);
        }
        let pull = |now| {
            let failing = Notification { contact: "gone".to_owned(), ..page(99) };
            as_org(&database, ACME, move |scope| pull_forward(scope, &failing, at(now))).unwrap()
        };
        assert!(pull(5));
        assert_eq!(found(&database, 2), Some(due(2, 5)));
        assert_eq!(found(&database, 1), Some(due(1, 30)));
        // What is due already stays as it is.
        assert!(pull(6));
        assert_eq!(found(&database, 2), Some(due(2, 5)));
        for n in [3, 4, 5, 6, 7] {
            assert_eq!(found(&database, n).unwrap().due_at, at(15));
        }
        let nobody = Responder::User(UserId(Uuid::from_u128(404)));
        let failing = Notification { responder: nobody, ..page(98) };
        let pulled = as_org(&database, ACME, move |scope| pull_forward(scope, &failing, at(5)));
        assert!(!pulled.unwrap(), "another person's pages are not the next way to this one");
        // The contact that fails is passed over for the one after it.
        let pulled = as_org(&database, ACME, move |scope| pull_forward(scope, &page(2), at(4)));
        assert!(pulled.unwrap());
        assert_eq!(found(&database, 1), Some(due(1, 4)));
    }
}

#[test]
fn a_colleague_counts_as_called_once_their_page_is_due() {
    for (_fixture, database) in with_incidents() {
        let bo = Responder::User(UserId(Uuid::from_u128(101)));
        owe(&database, ACME, &page(1));
        owe(&database, ACME, &Notification { responder: bo, due_at: at(30), ..page(2) });
        let is_reached =
            |minute| as_org(&database, ACME, move |scope| is_reached(scope, &page(1), at(minute)));
        assert_eq!([29, 30].map(|minute| is_reached(minute).unwrap()), [false, true]);
    }
}

#[test]
fn steps_of_one_number_of_two_policies_are_owed_beside_each_other() {
    let beside = |database: &Database, page: Notification| {
        as_org(database, ACME, move |scope| insert_beside(scope, &page)).unwrap().map(|page| page.step)
    };
    // As another policy plans it for the same contact.
    let other = |n, minute| Notification { contact: page(1).contact, due_at: at(minute), ..page(n) };
    for (_fixture, database) in with_incidents() {
        assert_eq!(beside(&database, page(1)), Some(1));
        assert_eq!(beside(&database, page(1)), None, "it is owed already");
        assert_eq!(beside(&database, other(2, 10)), None, "what leaves at the same time is enough");
        assert_eq!(beside(&database, other(3, 60)), Some(1_001));
        assert_eq!(beside(&database, other(3, 60)), None);
        assert_eq!(beside(&database, other(4, 90)), Some(2_001));
        assert_eq!(found(&database, 4).unwrap().place(), (1, 1), "people know it by its number");
        let sent = Notification { state: NotificationState::Sent, next_try_at: None, ..other(5, 20) };
        owe(&database, ACME, &Notification { round: 2, ..sent.clone() });
        let same_time = Notification { round: 2, ..other(6, 20) };
        assert_eq!(beside(&database, same_time), Some(1_001), "what has left already may not have arrived");
    }
}
