//! Tables for re-judging and for the waits between tries.

mod picking;
mod storms;

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use super::*;
use crate::{
    IncidentId, Phase, Severity,
    incident::{Actor, Incident, Response, Term},
    setup::Publish,
};

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + 60 * minutes).unwrap()
}

fn incident(response: Response) -> Incident {
    Incident {
        id: IncidentId(Uuid::nil()),
        number: 1,
        title: "Checkout is down".to_owned(),
        titles: crate::public::Tongues::default(),
        severity: Severity::Critical,
        response,
        assignee: None,
        phase: Phase::Investigating,
        opened_at: at(0),
        first_page_at: Some(at(0)),
        by_hand: crate::incident::ByHand::default(),
        generation: 2,
        publish: Publish::Auto,
        causes: Vec::new(),
        services: Vec::new(),
    }
}

#[test]
fn work_that_waited_is_judged_again() {
    let open = Response::Open;
    let acknowledged = Response::Acknowledged { by: Actor::Machine, at: at(1), term: Term::Unlimited };
    let resolved = Response::Resolved { by: Actor::Machine, at: at(1) };
    let check = |kind, generation, response, now, expected| {
        let verdict = judge_again(kind, generation, &incident(response), at(0), at(now));
        assert_eq!(verdict, expected, "{kind} of generation {generation} while {response:?} at minute {now}");
    };
    check(NoticeKind::Page, 2, open, 0, Verdict::Send);
    check(NoticeKind::Page, 2, open, 10, Verdict::Send);
    check(NoticeKind::Page, 2, open, 11, Verdict::SendDelayed);
    check(NoticeKind::Page, 2, open, 100_000, Verdict::SendDelayed);
    check(NoticeKind::Page, 1, open, 0, Verdict::Drop("paging began anew"));
    check(NoticeKind::Page, 2, acknowledged, 0, Verdict::Drop("acknowledged before it was sent"));
    let helped = Response::Acknowledged { by: Actor::Machine, at: at(-1), term: Term::Unlimited };
    check(NoticeKind::Page, 2, helped, 0, Verdict::Send);
    check(NoticeKind::Page, 2, helped, 11, Verdict::SendDelayed);
    check(NoticeKind::Page, 1, helped, 0, Verdict::Drop("paging began anew"));
    check(NoticeKind::Page, 2, resolved, 0, Verdict::Drop("resolved before it was sent"));
    check(NoticeKind::Acknowledged, 2, acknowledged, 1, Verdict::Send);
    check(NoticeKind::Acknowledged, 2, open, 1, Verdict::Drop("taken back meanwhile"));
    check(NoticeKind::Acknowledged, 2, resolved, 1, Verdict::Drop("resolved meanwhile"));
    check(NoticeKind::Reassigned, 2, open, 1, Verdict::Send);
    check(NoticeKind::Reassigned, 2, open, 61, Verdict::Drop("too old to be news"));
    check(NoticeKind::Reassigned, 1, open, 1, Verdict::Drop("handed on meanwhile"));
    check(NoticeKind::Reassigned, 2, acknowledged, 1, Verdict::Drop("answered meanwhile"));
    check(NoticeKind::Reassigned, 2, resolved, 1, Verdict::Drop("resolved meanwhile"));
    check(NoticeKind::Resolved, 2, resolved, 60, Verdict::Send);
    check(NoticeKind::Resolved, 2, resolved, 61, Verdict::Drop("too old to be news"));
    check(NoticeKind::Resolved, 2, open, 1, Verdict::Drop("opened again meanwhile"));
    check(NoticeKind::Unanswered, 2, open, 1000, Verdict::Send);
}

#[test]
fn waits_double_are_jittered_and_end() {
    let seconds = |tries, jitter| retry_in(tries, jitter, None).map(|wait| wait.as_secs());
    assert_eq!([1, 2, 3, 4, 9, 11].map(|tries| seconds(tries, 1.0)), [2, 4, 8, 16, 256, 256].map(Some));
    assert_eq!(seconds(4, 0.0), Some(8));
    assert_eq!(seconds(MOST_TRIES, 0.5), None);
}

#[test]
fn a_destination_that_asks_for_patience_gets_it_within_reason() {
    let asked = |seconds| retry_in(1, 1.0, Some(Duration::from_secs(seconds)));
    assert_eq!(asked(30), Some(Duration::from_secs(30)));
    assert_eq!(asked(1), Some(Duration::from_secs(2)));
    assert_eq!(asked(86_400), Some(Duration::from_secs(900)));
}
