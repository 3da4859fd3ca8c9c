//! What leaves next, and together.

use super::*;
use crate::{ChannelId, ChannelKind, NoticeKind, NotificationId, OrgId, UserId, escalation::Responder};

fn org(n: u128) -> OrgId {
    OrgId(Uuid::from_u128(n))
}

fn message(n: u128) -> NotificationId {
    NotificationId(Uuid::from_u128(n))
}

fn place(org_number: u128, whom: u128) -> Place {
    let responder = Responder::User(UserId(Uuid::from_u128(whom)));
    Place { org: org(org_number), responder, contact: "phone".to_owned(), channel: Some(ChannelKind::Sms) }
}

fn due(org_number: u128, kind: NoticeKind, whom: u128, minute: i64) -> Due {
    let id = message(whom * 1_000 + u128::try_from(minute).unwrap());
    Due { id, place: place(org_number, whom), kind, is_first: false, due_at: at(minute), inside: None }
}

fn by(channel: ChannelKind, contact: &str, due: Due) -> Due {
    let place = Place { contact: contact.to_owned(), channel: Some(channel), ..due.place };
    Due { place, ..due }
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
    let page = |minute| due(1, NoticeKind::Page, 1, minute);
    let all = [
        page(1),
        page(3),
        by(ChannelKind::Email, "mail", page(2)),
        due(1, NoticeKind::Resolved, 1, 2),
        page(2),
        due(1, NoticeKind::Page, 2, 0),
    ];
    assert_eq!(pick(&all, &Busy::default()), [vec![1, 4, 0], vec![2], vec![5], vec![3]]);
    let relay = |minute| {
        let page = by(ChannelKind::Pagerduty, "", page(minute));
        let responder = Responder::Channel(ChannelId(Uuid::nil()));
        Due { place: Place { responder, ..page.place }, ..page }
    };
    assert_eq!(
        pick(&[relay(1), relay(2)], &Busy::default()),
        [vec![1], vec![0]],
        "machines get each by itself"
    );
}

#[test]
fn what_may_have_arrived_leaves_again_as_it_was() {
    let page = |minute| due(1, NoticeKind::Page, 1, minute);
    let again = |minute, lead| Due { inside: Some(message(lead)), ..page(minute) };
    // Message 1,001 had two others inside; 1,004 went alone; 1,009 and 1,010 are new.
    let all = [page(9), again(2, 1_001), again(1, 1_001), again(4, 1_004), again(3, 1_001), page(10)];
    let picked = pick(&all, &Busy::default());
    assert_eq!(picked, [vec![5, 0], vec![3], vec![2, 4, 1]], "its own lead first, and nothing new in it");
    // The lead has come to its end meanwhile: the others stay together.
    assert_eq!(pick(&[again(2, 1_001), again(3, 1_001)], &Busy::default()), [vec![1, 0]]);
}

#[test]
fn a_full_bulkhead_holds_up_neither_another_kind_nor_another_organization() {
    let mut busy = Busy::default();
    let fill = |whom| place(1, whom % 8);
    (0..PER_BULKHEAD).for_each(|n| busy.enter(&fill(n as u128)));
    let page = |org_number, whom| due(org_number, NoticeKind::Page, whom, 1);
    let all = [page(1, 11), by(ChannelKind::Email, "mail", page(1, 12)), page(2, 13)];
    assert_eq!(pick(&all, &busy), [vec![2], vec![1]]);
    busy.leave(&fill(0));
    assert_eq!(pick(&[page(1, 11), page(1, 12)], &busy).len(), 1, "one place, one message");
}

#[test]
fn pushover_is_given_no_more_than_it_takes() {
    let phone = |whom| by(ChannelKind::Pushover, "push", due(1, NoticeKind::Page, whom, 1));
    let all: Vec<Due> = (1..=9).map(phone).collect();
    assert_eq!(pick(&all, &Busy::default()).len(), PER_PUSHOVER);
}

#[test]
fn a_contact_that_hangs_holds_up_no_other_of_its_kind() {
    let hook = |whom: u128, minute| by(ChannelKind::Webhook, "hook", due(1, NoticeKind::Page, whom, minute));
    let room = |whom, minute| {
        let page = hook(whom, minute);
        let responder = Responder::Channel(ChannelId(Uuid::from_u128(whom)));
        Due { place: Place { responder, ..page.place }, ..page }
    };
    // A hundred incidents for a room whose host hangs, and an older one for another.
    let mut all: Vec<Due> = (1..=100).map(|minute| room(1, minute)).collect();
    all.push(room(2, 0));
    let picked = pick(&all, &Busy::default());
    assert_eq!(picked.len(), PER_CONTACT + 1);
    assert_eq!(picked[PER_CONTACT], [100]);
}

#[test]
fn no_organization_takes_all_places() {
    const KINDS: [ChannelKind; 11] = [
        ChannelKind::Email,
        ChannelKind::Sms,
        ChannelKind::Voice,
        ChannelKind::WebPush,
        ChannelKind::Slack,
        ChannelKind::Teams,
        ChannelKind::Discord,
        ChannelKind::Telegram,
        ChannelKind::Ntfy,
        ChannelKind::Gotify,
        ChannelKind::Matrix,
    ];
    let of = |org_number: u128| {
        let page = move |whom| due(org_number, NoticeKind::Page, whom, 1);
        (0..50_u128).flat_map(move |whom| KINDS.map(move |kind| by(kind, kind.word(), page(whom))))
    };
    let mut busy = Busy::default();
    let greedy: Vec<Due> = of(1).collect();
    let picked = pick(&greedy, &busy);
    assert_eq!(picked.len(), PER_ORGANIZATION, "alone it could take more");
    picked.iter().for_each(|group| busy.enter(&greedy[group[0]].place));
    assert!(pick(&greedy, &busy).is_empty());
    let other: Vec<Due> = of(2).collect();
    assert_eq!(pick(&other, &busy).len(), PER_ORGANIZATION, "the other half is there for the others");
}

#[test]
fn organizations_take_turns() {
    let mut all: Vec<Due> = (0..10).map(|whom| due(1, NoticeKind::Page, whom, 5)).collect();
    all.push(due(2, NoticeKind::Page, 1, 1));
    let picked = pick(&all, &Busy::default());
    assert_eq!(picked[1], [10], "the second place is the other organisation's");
    assert_eq!(picked.len(), 11);
}
