//! What the rule for storms has to know, and messages that may be there already.

use domain::{AttemptId, Severity};

use super::*;
use crate::attempts::{self, AttemptOutcome};

/// A page of the present generation.
fn now(n: u8) -> Notification {
    Notification { generation: 2, step: u32::from(n), ..page(n) }
}

fn sent(n: u8, contact: &str, minute: i64) -> Notification {
    Notification {
        contact: contact.to_owned(),
        state: NotificationState::Sent,
        next_try_at: None,
        settled_at: Some(at(minute)),
        ..now(n)
    }
}

/// A page that waits, about the second incident.
fn waiting(n: u8, contact: &str, minute: i64) -> Notification {
    let (contact, due_at) = (contact.to_owned(), at(minute));
    Notification { incident: incident_of(2).id, contact, due_at, next_try_at: Some(due_at), ..now(n) }
}

/// Makes a try for a page that ends like this.
fn try_once(database: &Database, n: u8, minute: i64, outcome: AttemptOutcome, may_have_arrived: bool) {
    let tried = as_org(database, ACME, move |scope| {
        let id = page(n).id;
        attempts::start(scope, id, 1, AttemptId(Uuid::from_u128(n.into())), "node", at(minute))?;
        attempts::finish(scope, id, 1, outcome, "503", may_have_arrived, at(minute + 1))
    });
    tried.unwrap();
}

fn told(database: &Database, since: i64) -> Vec<(u128, String, Timestamp, bool)> {
    let told = as_org(database, ACME, move |scope| list_sent(scope, &page(99), at(since))).unwrap();
    told.into_iter().map(|(it, others)| (it.message.0.as_u128(), it.contact, it.at, others)).collect()
}

#[test]
fn what_was_tried_again_counts_from_when_it_may_have_arrived() {
    let retried = |n| Notification { tries: 1, next_try_at: Some(at(90)), ..now(n) };
    for (_fixture, database) in with_incidents() {
        for notification in [sent(1, "push", 5), retried(2), retried(3), now(4)] {
            assert!(owe(&database, ACME, &notification));
        }
        try_once(&database, 2, 20, AttemptOutcome::TryAgain, true);
        try_once(&database, 3, 21, AttemptOutcome::TryAgain, false);
        let by = |n: u8| format!("contact {n}");
        assert_eq!(told(&database, 0), [(2, by(2), at(20), false), (1, "push".to_owned(), at(5), false)]);
        assert_eq!(told(&database, 5), [(2, by(2), at(20), false)], "what is older is not asked for");
    }
}

#[test]
fn what_a_message_lists_counts_like_what_it_was_owed_for() {
    for (_fixture, database) in with_incidents() {
        assert!(owe(&database, ACME, &sent(1, "push", 5)));
        let (lead, other) = (page(1).id, incident_of(2).id);
        let tell = move |scope: &mut Scope<'_>| tell_also(scope, lead, &[(other, 2), (other, 2)]);
        as_org(&database, ACME, tell).unwrap();
        assert_eq!(told(&database, 0), [(1, "push".to_owned(), at(5), true)]);
        let read = move |scope: &mut Scope<'_>| {
            let (folded, also) = (list_folded(scope, lead)?, list_also_told(scope, lead)?);
            Ok((folded, also, list_paged(scope, other)?))
        };
        let (folded, also, paged) = as_org(&database, ACME, read).unwrap();
        assert_eq!((&folded, &also), (&vec![(other, 2)], &vec![(other, 2)]), "one tap takes it");
        assert_eq!(paged, [(ana(), "push".to_owned())], "and they hear of its end");
    }
}

#[test]
fn what_a_message_listed_last_is_what_it_told_of() {
    for (_fixture, database) in with_incidents() {
        put(&database, ACME, &Incident { number: 9, ..incident_of(0) }).unwrap();
        assert!(owe(&database, ACME, &sent(1, "push", 5)));
        let (lead, other, last) = (page(1).id, incident_of(2).id, incident_of(0).id);
        let told = as_org(&database, ACME, move |scope| {
            tell_also(scope, lead, &[(last, 2), (other, 1)])?;
            tell_also(scope, lead, &[(other, 2)])?;
            list_also_told(scope, lead)
        });
        assert_eq!(told.unwrap(), [(other, 2), (last, 2)], "in the order in which they began");
    }
}

#[test]
fn what_is_ahead_and_what_waits_are_told_apart() {
    for (_fixture, database) in with_incidents() {
        for notification in [
            waiting(1, "push", 10),
            waiting(2, "sms", 12),
            waiting(3, "voice", 30),
            Notification { responder: room(), ..waiting(4, "room", 10) },
            Notification { tries: 1, ..waiting(5, "mail", 10) },
            Notification { generation: 7, ..waiting(6, "old", 10) },
            Notification { kind: NoticeKind::Resolved, ..waiting(7, "word", 10) },
            Notification { kind: NoticeKind::Unanswered, ..waiting(8, "word", 14) },
        ] {
            assert!(owe(&database, ACME, &notification));
        }
        let ahead = as_org(&database, ACME, |scope| list_ahead(scope, &page(99), at(20))).unwrap();
        assert_eq!(ahead, [("push".to_owned(), at(10)), ("sms".to_owned(), at(12))]);
        let waits =
            |now| as_org(&database, ACME, move |scope| list_waiting(scope, &page(99), at(now))).unwrap();
        assert_eq!(waits(9), []);
        assert_eq!(waits(12), [(incident_of(2).id, 2)]);
    }
}

#[test]
fn word_that_nobody_answered_is_listed_and_let_go_as_a_page_is() {
    for (_fixture, database) in with_incidents() {
        let held = Notification {
            kind: NoticeKind::Unanswered,
            next_try_at: Some(at(40)),
            ..waiting(1, "push", 10)
        };
        let had = Notification { kind: NoticeKind::Unanswered, ..sent(2, "push", 5) };
        assert!(owe(&database, ACME, &held) && owe(&database, ACME, &had));
        let released = as_org(&database, ACME, |scope| {
            assert_eq!(list_waiting(scope, &page(99), at(12))?, [(incident_of(2).id, 2)]);
            release(scope, incident_of(1).id, at(12))
        });
        assert_eq!(released.unwrap(), 1, "whoever heard of the first has room for the second");
        assert_eq!(found(&database, 1).unwrap().next_try_at, Some(at(12)));
    }
}

#[test]
fn only_what_was_put_off_with_these_words_is_let_go() {
    for (_fixture, database) in with_incidents() {
        for n in 1..4 {
            assert!(owe(&database, ACME, &now(n)));
        }
        let released = as_org(&database, ACME, |scope| {
            put_off(scope, page(1).id, at(40), "calm")?;
            put_off(scope, page(2).id, at(40), "storm")?;
            release_put_off(scope, incident_of(1).id, "calm", at(12))
        });
        assert_eq!(released.unwrap(), 1);
        let next = [1, 2, 3].map(|n| found(&database, n).unwrap().next_try_at);
        assert_eq!(next, [Some(at(12)), Some(at(40)), Some(at(10))]);
    }
}

#[test]
fn what_may_be_there_is_due_as_the_message_that_it_was_in() {
    let retried = |n| Notification { tries: 1, step: u32::from(n), ..page(n) };
    for (_fixture, database) in with_incidents() {
        (1..5).for_each(|n| assert!(owe(&database, ACME, &retried(n))));
        let lead = page(1).id;
        let claimed = as_org(&database, ACME, move |scope| {
            claim(scope, &retried(1), None, at(10), at(20))?;
            claim(scope, &retried(2), Some(lead), at(10), at(20))
        });
        assert!(claimed.unwrap().is_some());
        try_once(&database, 3, 5, AttemptOutcome::TryAgain, true);
        try_once(&database, 4, 5, AttemptOutcome::TryAgain, false);
        let due = database.read_blocking(|tx| list_due(tx, at(20), 9)).unwrap();
        let mut inside: Vec<_> = due.into_iter().map(|due| (due.notification.id, due.inside)).collect();
        inside.sort_unstable();
        let id = |n| page(n).id;
        let alone = (id(4), None);
        assert_eq!(inside, [(id(1), Some(lead)), (id(2), Some(lead)), (id(3), Some(id(3))), alone]);
    }
}

#[test]
fn a_message_on_its_way_to_the_same_thread_is_seen() {
    for (_fixture, database) in with_incidents() {
        let second = Notification { contact: page(1).contact, step: 2, ..page(2) };
        let elsewhere = Notification { incident: incident_of(2).id, ..second.clone() };
        assert!(owe(&database, ACME, &page(1)));
        let check = |message: &Notification, now, expected| {
            let message = message.clone();
            let found = as_org(&database, ACME, move |scope| is_under_way(scope, &message, at(now))).unwrap();
            assert_eq!(found, expected, "at {now}");
        };
        check(&second, 11, false);
        as_org(&database, ACME, |scope| claim(scope, &page(1), None, at(10), at(20))).unwrap();
        check(&second, 11, true);
        check(&page(1), 11, false);
        check(&elsewhere, 11, false);
        check(&second, 20, false);
    }
}

#[test]
fn the_worst_that_a_message_told_of_is_known() {
    for (_fixture, database) in with_incidents() {
        assert!(owe(&database, ACME, &sent(1, "push", 5)));
        let told = as_org(&database, ACME, |scope| list_sent(scope, &page(99), at(0))).unwrap();
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].0.severity, Severity::Critical);
    }
}
