//! Waves against a count by the minute.

use proptest::prelude::*;
use uuid::Uuid;

use super::*;

fn at(minute: i64) -> Timestamp {
    "2026-03-01T00:00:00Z".parse::<Timestamp>().unwrap() + jiff::SignedDuration::from_mins(minute)
}

fn service(n: u128) -> ServiceId {
    ServiceId(Uuid::from_u128(n))
}

fn wave(of: u128, status: Status, from: i64, to: Option<i64>) -> Wave {
    Wave { service: service(of), status, from: at(from), to: to.map(at) }
}

#[test]
fn overlapping_waves_are_cut_where_the_worse_one_begins_and_ends() {
    let waves = [
        wave(1, Status::DegradedPerformance, 0, None),
        wave(1, Status::MajorOutage, 10, Some(20)),
        wave(1, Status::MajorOutage, 20, Some(25)),
        wave(2, Status::PartialOutage, 5, Some(6)),
    ];
    assert_eq!(
        normalised(&waves),
        [
            wave(1, Status::DegradedPerformance, 0, Some(10)),
            wave(1, Status::MajorOutage, 10, Some(25)),
            wave(1, Status::DegradedPerformance, 25, None),
            wave(2, Status::PartialOutage, 5, Some(6)),
        ]
    );
}

#[test]
fn a_history_gets_worse_by_what_people_add_and_never_better() {
    let span = |status, from, to| Span { status, from: at(from), to: at(to) };
    let seen = [span(Status::Operational, 0, 60), span(Status::MajorOutage, 60, 80)];
    let added = [wave(1, Status::PartialOutage, 50, Some(70)), wave(1, Status::PartialOutage, 90, None)];
    assert_eq!(
        amended(&seen, &added, at(100)),
        [
            span(Status::Operational, 0, 50),
            span(Status::PartialOutage, 50, 60),
            span(Status::MajorOutage, 60, 80),
            span(Status::PartialOutage, 90, 100),
        ]
    );
    assert_eq!(amended(&seen, &[], at(100)), seen);
}

fn any_waves() -> impl Strategy<Value = Vec<Wave>> {
    let one = (1u128..3, 0usize..6, 0i64..60, prop::option::of(0i64..40));
    let one = one.prop_map(|(of, status, from, length)| {
        wave(of, Status::ALL[status], from, length.map(|length| from + length))
    });
    prop::collection::vec(one, 0..10)
}

/// The worst of a service in the minute; `None` where no wave covers it.
fn worst(waves: &[Wave], of: ServiceId, minute: i64) -> Option<Status> {
    let covers = |wave: &&Wave| wave.from <= at(minute) && wave.to.is_none_or(|to| at(minute) < to);
    waves.iter().filter(|wave| wave.service == of).filter(covers).map(|wave| wave.status).max()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_worst_counts_in_every_minute(waves in any_waves()) {
        let whole = normalised(&waves);
        for (of, minute) in (1..3).flat_map(|of| (0..110).map(move |minute| (service(of), minute))) {
            prop_assert_eq!(worst(&whole, of, minute), worst(&waves, of, minute));
        }
    }

    #[test]
    fn waves_of_a_service_follow_one_another_and_no_two_could_be_one(waves in any_waves()) {
        let whole = normalised(&waves);
        prop_assert_eq!(&normalised(&whole), &whole);
        for pair in whole.windows(2).filter(|pair| pair[0].service == pair[1].service) {
            let ends = pair[0].to.unwrap();
            prop_assert!(ends <= pair[1].from);
            prop_assert!(ends < pair[1].from || pair[0].status != pair[1].status);
        }
        let mut other = waves;
        other.reverse();
        prop_assert_eq!(normalised(&other), whole);
    }
}
