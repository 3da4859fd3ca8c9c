//! The rule of precedence: examples, and what holds of every combination.

use uuid::Uuid;

use super::*;
use crate::{IncidentId, Phase, Severity, incident::Affected, incident::Response};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_750_000_000 + second).unwrap()
}

fn voices() -> impl Iterator<Item = Voices> {
    let some = || std::iter::once(None).chain(Status::ALL.iter().copied().map(Some));
    let judged = || Status::ALL.iter().copied();
    some().flat_map(move |locked| {
        some().flat_map(move |stated| {
            judged().flat_map(move |judged| {
                some().map(move |announced| Voices { locked, stated, judged, announced })
            })
        })
    })
}

fn service(slug: &str) -> ServiceId {
    ServiceId::named(Uuid::nil(), slug)
}

fn lock_of(slug: &str, status: Status, until: Option<Timestamp>) -> StatusLock {
    let (id, by) = (AmendmentId(Uuid::nil()), Actor::Operator);
    StatusLock { id, service: service(slug), status, until, note: String::new(), from: at(0), by }
}

#[test]
fn a_lock_outranks_everything() {
    for voices in voices() {
        if let Some(locked) = voices.locked {
            assert_eq!(voices.shown(), locked, "{voices:?}");
        } else {
            assert_eq!(voices.shown(), voices.unlocked(), "{voices:?}");
        }
        let free = Voices { locked: None, ..voices };
        assert_eq!(voices.unlocked(), free.shown(), "what would be said does not depend on the lock");
    }
}

#[test]
fn the_unknown_turns_nothing_green_and_nothing_red() {
    for voices in voices().filter(|voices| voices.locked.is_none() && voices.announced.is_none()) {
        let says_trouble = voices.stated.is_some_and(Status::is_trouble);
        if voices.judged == Status::Unknown && !says_trouble {
            assert_eq!(voices.shown(), Status::Unknown, "{voices:?}");
        }
        if voices.shown().is_trouble() {
            assert!(says_trouble || voices.judged.is_trouble(), "{voices:?}");
        }
        if voices.shown() == Status::Operational {
            assert_eq!(voices.judged, Status::Operational, "only evidence is green: {voices:?}");
        }
    }
}

#[test]
fn readers_see_the_worst_of_what_people_state_and_what_may_be_told() {
    for voices in voices().filter(|voices| voices.locked.is_none()) {
        let worst =
            voices.stated.filter(|it| it.is_trouble()).map_or(voices.judged, |it| it.max(voices.judged));
        match voices.announced {
            None => assert_eq!(voices.shown(), worst, "{voices:?}"),
            Some(announced) if worst <= announced => {
                assert_eq!(voices.shown(), Status::UnderMaintenance, "{voices:?}");
            }
            Some(_) => assert_eq!(voices.shown(), worst, "worse than announced shows as itself: {voices:?}"),
        }
    }
}

#[test]
fn of_several_locks_the_last_that_holds_is_heard() {
    let locks = [
        lock_of("checkout", Status::MajorOutage, None),
        lock_of("checkout", Status::Operational, Some(at(60))),
        lock_of("search", Status::PartialOutage, None),
    ];
    let of = |slug: &str, second| lock(&locks, service(slug), at(second)).map(|lock| lock.status);
    assert_eq!(of("checkout", 59), Some(Status::Operational));
    assert_eq!(of("checkout", 60), Some(Status::MajorOutage));
    assert_eq!((of("search", 0), of("mail", 0)), (Some(Status::PartialOutage), None));
}

#[test]
fn a_lock_states_something_and_ends_ahead() {
    assert_eq!(lock_of("a", Status::Unknown, None).check(at(0)), Err(Refusal::Unknown));
    let past = lock_of("a", Status::Operational, Some(at(5)));
    assert_eq!(past.check(at(5)), Err(Refusal::Past { until: at(5), now: at(5) }));
    assert_eq!(past.check(at(4)), Ok(()));
}

#[test]
fn only_open_incidents_of_people_that_readers_may_see_state_something() {
    let affected = |status| Affected { service: service("a"), status, worst: status, pages: false };
    let open = Incident {
        id: IncidentId(Uuid::nil()),
        number: 1,
        title: "Slow".to_owned(),
        severity: Severity::Warning,
        response: Response::Open,
        assignee: None,
        phase: Phase::Investigating,
        opened_at: at(0),
        first_page_at: None,
        generation: 0,
        publish: Publish::Auto,
        causes: Vec::new(),
        services: vec![affected(Status::DegradedPerformance)],
    };
    let check = |incidents: &[Incident], expect| assert_eq!(stated(incidents, service("a")), expect);
    check(std::slice::from_ref(&open), Some(Status::DegradedPerformance));
    let worse = Incident { services: vec![affected(Status::MajorOutage)], ..open.clone() };
    check(&[open.clone(), worse], Some(Status::MajorOutage));
    check(&[Incident { publish: Publish::Draft, ..open.clone() }], None);
    check(&[open.resolve(Actor::Operator, at(1)).unwrap()], None);
    assert_eq!(stated(&[], service("b")), None);
}
