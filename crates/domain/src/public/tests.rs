//! The rule of precedence: examples, and what holds of every combination.

use std::time::Duration;

use uuid::Uuid;

use super::*;
use crate::{
    IncidentId, Phase, Severity,
    incident::{ByHand, CauseKey, Response},
    setup::Guard,
};

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

/// An open incident that people have opened, on nothing yet.
fn people_say(title: &str) -> Incident {
    Incident {
        id: IncidentId(Uuid::nil()),
        number: 1,
        title: title.to_owned(),
        titles: Tongues::default(),
        severity: Severity::Warning,
        response: Response::Open,
        assignee: None,
        phase: Phase::Investigating,
        opened_at: at(0),
        first_page_at: None,
        generation: 0,
        publish: Publish::Auto,
        causes: Vec::new(),
        services: Vec::new(),
        by_hand: ByHand::default(),
    }
}

fn guards() -> impl Iterator<Item = Guard> {
    let rights = [Publish::Never, Publish::Draft, Publish::Auto];
    let up_to =
        || std::iter::once(None).chain(Status::ALL.iter().copied().filter(|it| it.is_trouble()).map(Some));
    let after = [Duration::ZERO, Duration::from_secs(120)];
    rights.into_iter().flat_map(move |publish| {
        rights.into_iter().flat_map(move |above| {
            up_to().flat_map(move |up_to| after.map(|after| Guard { publish, up_to, above, after }))
        })
    })
}

#[test]
fn a_guard_lets_nothing_out_that_neither_it_nor_a_person_allows() {
    let trouble = || Status::ALL.iter().copied().filter(|status| status.is_trouble());
    for guard in guards() {
        for (status, cleared) in trouble().flat_map(|status| Status::ALL.iter().map(move |it| (status, *it)))
        {
            let say = guard.say(status, at(0), at(60));
            let told = say.told(cleared);
            assert!(told <= Some(status), "never worse than it is: {guard:?} {status} {told:?}");
            assert!(told >= say.by_itself, "a person's word takes nothing back: {guard:?}");
            if told > say.by_itself {
                assert!(told <= Some(cleared) && told <= say.by_a_person, "{guard:?} {status} {cleared}");
            }
            assert!(
                say.by_itself.is_none() || guard.after.is_zero(),
                "it has not lasted long enough: {guard:?}"
            );
            assert_eq!(say.told(Status::MajorOutage), say.by_a_person.max(say.by_itself), "{guard:?}");
            assert!(!guard.is_never() || say.right() == Publish::Never, "{guard:?}");
        }
    }
}

#[test]
fn the_machine_tells_up_to_its_limit_and_the_rest_waits_for_a_person() {
    use Status::{DegradedPerformance, MajorOutage, PartialOutage, Unknown};
    let guard = Guard {
        publish: Publish::Auto,
        up_to: Some(PartialOutage),
        above: Publish::Draft,
        after: Duration::from_secs(120),
    };
    let check = |status, second, cleared, told, waits| {
        let say = guard.say(status, at(0), at(second));
        assert_eq!((say.told(cleared), say.waits(cleared)), (told, waits), "{status} at {second}");
    };
    check(MajorOutage, 119, Unknown, None, None);
    check(MajorOutage, 120, Unknown, Some(PartialOutage), Some(MajorOutage));
    check(MajorOutage, 120, MajorOutage, Some(MajorOutage), None);
    check(PartialOutage, 120, Unknown, Some(PartialOutage), None);
    check(DegradedPerformance, 119, MajorOutage, Some(DegradedPerformance), None);
    assert_eq!(guard.say(MajorOutage, at(0), at(0)).speaks_at, Some(at(120)));
    let never = Guard { above: Publish::Never, ..guard };
    assert_eq!(never.say(MajorOutage, at(0), at(120)).told(MajorOutage), Some(PartialOutage));
}

#[test]
fn what_was_told_stays_told_as_far_as_may_be_said() {
    let affected =
        |status, worst| Affected { service: service("a"), status, worst, pages: false, stated: None };
    let told =
        Told { services: vec![affected(Status::PartialOutage, Status::PartialOutage)], ..Told::nothing() };
    let incident =
        |status| Incident { services: vec![affected(status, Status::MajorOutage)], ..people_say("x") };
    let guard = Guard { up_to: Some(Status::PartialOutage), above: Publish::Draft, ..Publish::Auto.into() };
    let says = |status| {
        let say = guard.say(status, at(0), at(0));
        vec![Saying { service: service("a"), say, causes: Vec::new() }]
    };
    let of = |told: &Told, status: Status, says: &[Saying]| told.services_of(&incident(status), says);
    let partial = [affected(Status::PartialOutage, Status::PartialOutage)];
    assert_eq!(of(&told, Status::MajorOutage, &says(Status::MajorOutage)), partial);
    assert_eq!(of(&told, Status::MajorOutage, &[]), partial, "where nothing may be said any more, it stays");
    assert_eq!(of(&told, Status::Operational, &[]), [affected(Status::Operational, Status::PartialOutage)]);
    assert_eq!(of(&Told::nothing(), Status::MajorOutage, &[]), []);
    let cleared = Told { cleared: Status::MajorOutage, ..told };
    assert_eq!(
        of(&cleared, Status::MajorOutage, &says(Status::MajorOutage)),
        [affected(Status::MajorOutage, Status::MajorOutage)]
    );
}

#[test]
fn of_what_is_behind_an_incident_only_that_is_told_which_is_behind_what_is_told() {
    let cause = |name: &str| Cause { provider: crate::provider::provider_id(name), key: CauseKey::Page };
    let mut incident = people_say("x");
    incident.causes = vec![cause("carrier"), cause("commerce")];
    incident.causes.sort_unstable();
    let saying = |name: &str, publish: Publish| Saying {
        service: service("a"),
        say: Guard::from(publish).say(Status::MajorOutage, at(0), at(0)),
        causes: vec![cause(name)],
    };
    let says = [saying("commerce", Publish::Auto), saying("carrier", Publish::Draft)];
    let nothing = Told::nothing();
    assert_eq!(nothing.causes_of(&incident, &says), [cause("commerce")]);
    let told = Told { causes: vec![cause("commerce")], ..nothing.clone() };
    assert_eq!(told.causes_of(&incident, &[]), [cause("commerce")], "what was told stays told");
    let cleared = Told { cleared: Status::DegradedPerformance, ..nothing };
    assert_eq!(cleared.causes_of(&incident, &says), incident.causes);
}
