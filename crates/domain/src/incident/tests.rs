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
        titles: Tongues::default(),
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

#[test]
fn phases_follow_one_another_and_a_refusal_says_which_may() {
    for from in
        [Phase::Investigating, Phase::Identified, Phase::Monitoring, Phase::Resolved, Phase::Postmortem]
    {
        for to in moves(from) {
            assert_ne!(*to, from);
            assert!(!from.is_over() || to.is_over(), "{from} → {to} is opening again");
        }
    }
    let moved = incident().moved(Phase::Monitoring).unwrap();
    assert!(moved.phase == Phase::Monitoring && moved.by_hand.phase);
    let refusal = incident().moved(Phase::Postmortem).unwrap_err().to_string();
    assert_eq!(
        refusal,
        "from investigating an incident can go to identified, monitoring, resolved, not to postmortem"
    );
    let over = incident().resolve(ANA, at(1)).unwrap();
    assert!(
        over.clone()
            .moved(Phase::Identified)
            .unwrap_err()
            .to_string()
            .ends_with("reopen it for anything else")
    );
    assert_eq!(over.moved(Phase::Postmortem).unwrap().phase, Phase::Postmortem);
}

fn checkout() -> ServiceId {
    ServiceId(Uuid::from_u128(7))
}

#[test]
fn what_is_stated_of_a_service_is_a_floor_for_what_is_judged() {
    let stated = incident().restated(checkout(), Status::PartialOutage, true).services[0];
    assert_eq!(stated.judged(Status::Operational, false).status, Status::PartialOutage);
    assert!(stated.judged(Status::Operational, false).pages, "it pages by the person's word");
    let worse = stated.judged(Status::MajorOutage, false);
    assert_eq!((worse.status, worse.worst), (Status::MajorOutage, Status::MajorOutage));
    let works = incident().restated(checkout(), Status::Operational, false).services[0];
    assert_eq!(
        works.judged(Status::MajorOutage, true).status,
        Status::MajorOutage,
        "nobody can state it away"
    );
}

#[test]
fn readers_are_told_what_is_stated_in_open_incidents_that_they_see() {
    let open = incident().restated(checkout(), Status::PartialOutage, false);
    let hidden = Incident { publish: Publish::Draft, ..open.clone() };
    let over = open.clone().resolve(ANA, at(1)).unwrap();
    let works = incident().restated(checkout(), Status::Operational, false);
    for (incidents, expected) in
        [(vec![hidden, over, works], None), (vec![incident(), open], Some(Status::PartialOutage))]
    {
        assert_eq!(stated(&incidents, checkout()), expected);
    }
}

#[test]
fn a_part_of_another_gives_up_its_causes_and_keeps_its_record() {
    let cause = Cause { provider: ProviderId(Uuid::from_u128(9)), key: CauseKey::Page };
    let part = Incident {
        id: IncidentId(Uuid::from_u128(2)),
        causes: vec![cause.clone()],
        opened_at: at(-5),
        ..incident().restated(checkout(), Status::MajorOutage, true)
    };
    let other = Incident { severity: Severity::Info, ..incident() };
    let merged = part.clone().merged_into(other.clone(), ANA, at(3)).unwrap();
    assert_eq!((&merged.into.causes, &merged.part.causes), (&vec![cause], &Vec::new()));
    assert_eq!((merged.into.severity, merged.into.by_hand.began_at), (Severity::Critical, Some(at(-5))));
    assert_eq!(merged.into.services[0].status, Status::MajorOutage);
    assert_eq!(
        (merged.part.services[0].status, merged.part.services[0].worst),
        (Status::Operational, Status::MajorOutage)
    );
    assert_eq!(merged.part.resolved_at(), Some(at(3)));
    let again = merged.part.clone().merged_into(other.clone(), ANA, at(4));
    assert_eq!(again.unwrap_err(), Refusal::Merged);
    assert_eq!(merged.part.opened_again(true, at(4)).unwrap_err(), Refusal::Merged);
    let over = other.resolve(BO, at(2)).unwrap();
    assert!(matches!(part.merged_into(over, ANA, at(3)), Err(Refusal::Resolved { .. })));
}
