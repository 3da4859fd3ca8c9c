//! Receipts: what arrived, what did not, and which page somebody means by nothing but a number.

use super::*;

/// A page that was accepted as receipt `r1`, with two more inside it.
fn sent(database: &Database) {
    let sent = |n| Notification {
        state: NotificationState::Sent,
        next_try_at: None,
        tries: 1,
        settled_at: Some(at(12)),
        ..page(n)
    };
    for n in [1, 2, 3] {
        owe(database, ACME, &sent(n));
    }
    let job = |scope: &mut Scope<'_>| {
        set_receipt(scope, page(1).id, "r1")?;
        fold(scope, page(2).id, page(1).id)
    };
    as_org(database, ACME, job).unwrap();
}

fn states(database: &Database) -> [NotificationState; 3] {
    [1, 2, 3].map(|n| found(database, n).unwrap().state)
}

fn arrives(database: &Database, org: OrgId) -> bool {
    as_org(database, org, |scope| deliver(scope, page(1).id, at(20))).unwrap()
}

fn fails(database: &Database, org: OrgId, receipt: &'static str) -> bool {
    as_org(database, org, move |scope| refute(scope, page(1).id, receipt, "gone", at(21))).unwrap()
}

#[test]
fn what_has_arrived_stays_arrived_with_all_that_was_inside() {
    use NotificationState::{Delivered, Sent};
    for (_fixture, database) in with_incidents() {
        sent(&database);
        assert!(!arrives(&database, OTHER), "the message is another organisation's");
        assert_eq!(states(&database), [Sent, Sent, Sent]);
        assert!(arrives(&database, ACME) && !arrives(&database, ACME));
        assert!(!fails(&database, ACME, "r1"));
        assert_eq!(states(&database), [Delivered, Delivered, Sent]);
        assert_eq!(found(&database, 1).unwrap().settled_at, Some(at(12)));
    }
}

#[test]
fn what_did_not_arrive_has_failed_until_it_does() {
    use NotificationState::{Delivered, Failed, Sent};
    for (_fixture, database) in with_incidents() {
        sent(&database);
        assert!(!fails(&database, OTHER, "r1") && !fails(&database, ACME, "r0"));
        assert_eq!(states(&database), [Sent, Sent, Sent]);
        assert!(fails(&database, ACME, "r1") && !fails(&database, ACME, "r1"));
        assert_eq!(states(&database), [Failed, Failed, Sent]);
        assert_eq!(found(&database, 2).unwrap().answer.as_deref(), Some("gone"));
        assert!(arrives(&database, ACME));
        assert_eq!(states(&database), [Delivered, Delivered, Sent]);
    }
}

#[test]
fn what_was_to_be_sent_again_is_not_once_it_has_arrived() {
    for (_fixture, database) in with_incidents() {
        owe(&database, ACME, &Notification { tries: 1, next_try_at: Some(at(30)), ..page(1) });
        assert!(arrives(&database, ACME));
        let arrived = found(&database, 1).unwrap();
        assert_eq!((arrived.state, arrived.next_try_at), (NotificationState::Delivered, None));
        assert_eq!(database.read_blocking(next_due).unwrap(), None);
    }
}

#[test]
fn a_message_is_listed_with_what_went_out_inside_it() {
    for (_fixture, database) in with_incidents() {
        sent(&database);
        let inside = |org| as_org(&database, org, |scope| list_inside(scope, page(1).id)).unwrap();
        assert_eq!(inside(ACME).into_iter().map(|one| one.id).collect::<Vec<_>>(), [page(1).id, page(2).id]);
        assert!(inside(OTHER).is_empty());
    }
}

#[test]
fn the_newest_page_that_nobody_answered_is_meant() {
    let find = |database: &Database, org, contact: Option<&'static str>, number| {
        let found = as_org(database, org, move |scope| find_paged(scope, ana(), contact, number)).unwrap();
        found.map(|paged| (paged.notification.id, paged.lead, paged.is_open))
    };
    let sent = |n: u8, minute| Notification {
        state: NotificationState::Sent,
        next_try_at: None,
        tries: 1,
        settled_at: Some(at(minute)),
        contact: "phone".to_owned(),
        round: n.into(),
        ..page(n)
    };
    for (_fixture, database) in with_incidents() {
        for notification in [
            Notification { incident: incident_of(2).id, ..sent(1, 10) },
            sent(2, 11),
            sent(3, 12),
            Notification { contact: "mail".to_owned(), ..sent(4, 13) },
            Notification { kind: NoticeKind::Resolved, ..sent(5, 14) },
            Notification { responder: room(), ..sent(6, 15) },
            Notification {
                state: NotificationState::Pending,
                next_try_at: Some(at(9)),
                tries: 0,
                ..sent(7, 16)
            },
        ] {
            owe(&database, ACME, &notification);
        }
        let (phone, [one, two]) = (Some("phone"), [incident_of(1).number, incident_of(2).number]);
        let of = |n| Some((page(n).id, page(n).id, true));
        assert_eq!(find(&database, ACME, phone, None), of(3));
        assert_eq!(find(&database, ACME, None, None), of(4));
        assert_eq!(find(&database, ACME, phone, Some(two)), of(1));
        assert_eq!(find(&database, ACME, phone, Some(one)), of(3));
        assert_eq!(find(&database, ACME, phone, Some(99)), None);
        assert_eq!(find(&database, OTHER, None, None), None);
        as_org(&database, ACME, |scope| fold(scope, page(3).id, page(2).id)).unwrap();
        assert_eq!(find(&database, ACME, phone, None), Some((page(3).id, page(2).id, true)));
    }
}

#[test]
fn a_page_that_never_left_is_not_meant_and_one_under_way_only_where_nothing_has_come() {
    use crate::attempts::{self, AttemptOutcome};
    use domain::AttemptId;
    let meant = |database: &Database, number| {
        let found = as_org(database, ACME, move |scope| find_paged(scope, ana(), None, number)).unwrap();
        found.map(|paged| paged.notification.id)
    };
    let tries = |database: &Database, n: u8, end: Option<bool>| {
        let job = move |scope: &mut Scope<'_>| {
            let attempt = AttemptId(Uuid::from_u128(n.into()));
            attempts::start(scope, page(n).id, 1, attempt, "node", at(13))?;
            let Some(may_have_arrived) = end else { return Ok(()) };
            attempts::finish(scope, page(n).id, 1, AttemptOutcome::TryAgain, "", may_have_arrived, at(14))
        };
        as_org(database, ACME, job).unwrap();
    };
    let tried = |n| Notification { tries: 1, next_try_at: Some(at(30)), due_at: at(13), ..page(n) };
    for (_fixture, database) in with_incidents() {
        let number = Some(incident_of(1).number);
        owe(&database, ACME, &tried(1));
        tries(&database, 1, Some(false));
        assert_eq!([meant(&database, None), meant(&database, number)], [None, None], "it never left");
        owe(&database, ACME, &tried(2));
        tries(&database, 2, None);
        assert_eq!(meant(&database, None), Some(page(2).id), "it may be there already");
        let sent = Notification {
            state: NotificationState::Sent,
            next_try_at: None,
            settled_at: Some(at(10)),
            ..tried(3)
        };
        owe(&database, ACME, &sent);
        assert_eq!([meant(&database, None), meant(&database, number)], [Some(page(3).id); 2]);
    }
}

/// Has a message have gone out inside another one.
fn fold(scope: &mut Scope<'_>, id: NotificationId, into: NotificationId) -> Result<(), Error> {
    let org = scope.org();
    let sql = "UPDATE notification SET folded_into = $3 WHERE org_id = $1 AND id = $2";
    scope.execute_one(sql, params![org, id, into])
}
