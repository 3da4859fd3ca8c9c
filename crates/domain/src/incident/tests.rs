//! Who has an incident, for how long, and what the second to act is told.

use uuid::Uuid;

use super::*;

const ANA: Actor = Actor::User(UserId(Uuid::from_u128(1)));
const BO: Actor = Actor::User(UserId(Uuid::from_u128(2)));

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_750_000_000 + 60 * minute).unwrap()
}

fn incident() -> Incident {
    Incident {
        id: IncidentId(Uuid::nil()),
        number: 1,
        title: "Checkout is down".to_owned(),
        severity: Severity::Critical,
        response: Response::Open,
        assignee: None,
        phase: Phase::Investigating,
        opened_at: at(0),
        first_page_at: Some(at(0)),
        by_hand: ByHand::default(),
        generation: 1,
        publish: Publish::Auto,
        causes: Vec::new(),
        services: Vec::new(),
    }
}

fn acknowledged(by: Actor, minute: i64, term: Term) -> Response {
    Response::Acknowledged { by, at: at(minute), term }
}

#[test]
fn the_first_answer_stands_and_only_its_giver_changes_its_term() {
    let first = incident().acknowledge(ANA, Term::Until(at(30)), at(1)).unwrap();
    assert_eq!(first.response, acknowledged(ANA, 1, Term::Until(at(30))));
    assert_eq!(first.response.until(), Some(at(30)));
    let second = first.clone().acknowledge(BO, Term::Unlimited, at(2)).unwrap();
    assert_eq!(second, first);
    let longer = first.acknowledge(ANA, Term::Until(at(60)), at(20)).unwrap();
    assert_eq!(longer.response, acknowledged(ANA, 1, Term::Until(at(60))));
    let past = incident().acknowledge(ANA, Term::Until(at(5)), at(5));
    assert_eq!(past, Err(Refusal::Span { now: at(5) }));
}

#[test]
fn accounts_are_told_apart_by_name_and_those_of_whom_nothing_is_known_never_are_the_same() {
    let account = |name: &str| Actor::Account(Account::token(name));
    let (until, longer) = (Term::Until(at(30)), Term::Until(at(60)));
    let check = |first: Actor, second: Actor, expected: bool| {
        let taken = incident().acknowledge(first, until, at(1)).unwrap();
        let again = taken.clone().acknowledge(second, longer, at(2)).unwrap();
        assert_eq!(again.response.until() == Some(at(60)), expected, "{first:?}, then {second:?}");
        assert_eq!(again.response.given(), Some((first, at(1))));
        assert_eq!(taken.snooze(second, at(90), at(3)).is_ok(), expected, "{first:?}, then {second:?}");
    };
    check(account("deploy-bot"), account("deploy-bot"), true);
    check(account("deploy-bot"), account("other-bot"), false);
    check(ANA, account("deploy-bot"), false);
    check(account("deploy-bot"), ANA, false);
    check(Actor::Operator, Actor::Operator, false);
}

#[test]
fn a_snooze_lasts_a_day_at_the_most_and_takes_nothing_from_somebody_else() {
    let snoozed = incident().snooze(ANA, at(24 * 60), at(0)).unwrap();
    assert!(snoozed.response.is_snoozed() && snoozed.response.word() == "acknowledged");
    let had = snoozed.clone().acknowledge(BO, Term::Unlimited, at(5)).unwrap().response;
    assert_eq!(had, Response::Acknowledged { by: BO, at: at(5), term: Term::Unlimited });
    assert_eq!(incident().snooze(ANA, at(24 * 60 + 1), at(0)), Err(Refusal::Span { now: at(0) }));
    assert_eq!(incident().snooze(ANA, at(0), at(0)), Err(Refusal::Span { now: at(0) }));
    let taken = incident().acknowledge(ANA, Term::Unlimited, at(1)).unwrap();
    assert_eq!(taken.clone().snooze(BO, at(30), at(2)), Err(Refusal::Taken { by: ANA, at: at(1) }));
    let own = taken.snooze(ANA, at(30), at(2)).unwrap();
    assert_eq!(own.response, acknowledged(ANA, 2, Term::Snoozed(at(30))));
}

#[test]
fn the_response_opens_again_and_pages_only_where_something_pages() {
    let taken = incident().acknowledge(ANA, Term::Until(at(30)), at(1)).unwrap();
    let anew = taken.clone().reopen(true, at(30)).unwrap();
    assert_eq!((anew.response, anew.generation, anew.first_page_at), (Response::Open, 2, Some(at(30))));
    let calm = taken.reopen(false, at(30)).unwrap();
    assert_eq!((calm.response, calm.generation, calm.first_page_at), (Response::Open, 2, None));
}

#[test]
fn what_is_over_can_only_be_looked_at_and_says_who_ended_it() {
    let over = incident().reassign(Assignee::User(UserId(Uuid::from_u128(2))), at(1)).unwrap();
    let over = over.resolve(BO, at(5)).unwrap();
    assert_eq!(over.assignee, None);
    let refused = Refusal::Resolved { by: BO, at: at(5) };
    assert_eq!(over.clone().acknowledge(ANA, Term::Unlimited, at(6)), Err(refused));
    assert_eq!(over.clone().snooze(ANA, at(9), at(6)), Err(refused));
    assert_eq!(over.clone().reopen(true, at(6)), Err(refused));
    assert_eq!(over.clone().reassign(Assignee::User(UserId(Uuid::from_u128(2))), at(6)), Err(refused));
    assert_eq!(over.resolve(ANA, at(6)), Err(refused));
}
