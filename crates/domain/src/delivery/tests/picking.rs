//! What leaves next, and together.

use super::*;
use crate::{ChannelId, ChannelKind, NoticeKind, OrgId, UserId, escalation::Responder};

fn org(n: u128) -> OrgId {
    OrgId(Uuid::from_u128(n))
}

fn person(n: u128) -> Responder {
    Responder::User(UserId(Uuid::from_u128(n)))
}

fn due(org_number: u128, kind: NoticeKind, whom: u128, minute: i64) -> Due {
    Due {
        org: org(org_number),
        kind,
        is_first: false,
        responder: person(whom),
        contact: "phone".to_owned(),
        channel: Some(ChannelKind::Sms),
        due_at: at(minute),
    }
}

#[test]
fn first_pages_lead_and_the_newest_of_equals() {
    let first = |whom, minute| Due { is_first: true, ..due(1, NoticeKind::Page, whom, minute) };
    let all = [
        due(1, NoticeKind::Resolved, 1, 9),
        due(1, NoticeKind::Page, 2, 9),
        first(3, 1),
        first(4, 2),
        due(1, NoticeKind::Unanswered, 5, 1),
    ];
    assert_eq!(pick(&all, &Busy::default()), [vec![3], vec![2], vec![1], vec![4], vec![0]]);
}

#[test]
fn what_is_due_for_one_contact_is_one_message() {
    let mail = |page: Due| Due { contact: "mail".to_owned(), channel: Some(ChannelKind::Email), ..page };
    let page = |minute| due(1, NoticeKind::Page, 1, minute);
    let all = [
        page(1),
        page(3),
        mail(page(2)),
        due(1, NoticeKind::Resolved, 1, 2),
        page(2),
        due(1, NoticeKind::Page, 2, 0),
    ];
    assert_eq!(pick(&all, &Busy::default()), [vec![1, 4, 0], vec![2], vec![5], vec![3]]);
    let relay = |minute| Due {
        responder: Responder::Channel(ChannelId(Uuid::nil())),
        channel: Some(ChannelKind::Pagerduty),
        ..page(minute)
    };
    assert_eq!(
        pick(&[relay(1), relay(2)], &Busy::default()),
        [vec![1], vec![0]],
        "machines get each by itself"
    );
}

#[test]
fn a_full_bulkhead_holds_up_neither_another_kind_nor_another_organization() {
    let mut busy = Busy::default();
    (0..PER_BULKHEAD).for_each(|_| busy.enter(org(1), Some(ChannelKind::Sms)));
    let page = |org_number, whom| due(org_number, NoticeKind::Page, whom, 1);
    let mail = Due { channel: Some(ChannelKind::Email), ..page(1, 2) };
    assert_eq!(pick(&[page(1, 1), mail, page(2, 3)], &busy), [vec![2], vec![1]]);
    busy.leave(org(1), Some(ChannelKind::Sms));
    assert_eq!(pick(&[page(1, 1), page(1, 2)], &busy).len(), 1, "one place, one message");
}

#[test]
fn organizations_take_turns() {
    let mut all: Vec<Due> = (0..10).map(|whom| due(1, NoticeKind::Page, whom, 5)).collect();
    all.push(due(2, NoticeKind::Page, 1, 1));
    let picked = pick(&all, &Busy::default());
    assert_eq!(picked[1], [10], "the second place is the other organisation's");
    assert_eq!(picked.len(), 11);
}
