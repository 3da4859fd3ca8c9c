//! The proof against brute force: every minute of a window, asked step by step.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use proptest::{collection::vec, prelude::*, sample::select, test_runner::RngSeed};

use super::*;
use crate::escalation::{Responder, recipients};

/// The windows: an ordinary one, one in which Rome's clock is set forward, and one in which it is set back.
const STARTS: [&str; 3] = ["2026-01-10T00:00:00Z", "2026-03-28T13:00:00Z", "2026-10-24T13:00:00Z"];

/// Whether an incident first paged at `start` reaches enough people, asked of each step by itself.
fn holds(setup: &Setup, policy: &Policy, claim: &Reaches, start: Timestamp) -> bool {
    let within = claim.within.unwrap();
    let mut people = BTreeSet::new();
    let last = policy.steps.last().unwrap().after + policy.round_gap();
    for round in 0..=policy.repeat {
        for (number, step) in (1..).zip(&policy.steps) {
            let wait = last * round + step.after;
            let taken_at = start + SignedDuration::try_from(wait).unwrap();
            for told in recipients(setup, policy, number, taken_at) {
                let Responder::User(id) = told.responder else { continue };
                let is_left = told.reason.ends_with("; owner");
                for rung in &setup.user(id).unwrap().ladder {
                    let kind = setup.user(id).unwrap().contact(&rung.contact).unwrap().destination.kind();
                    let counts = claim.by.is_empty() || claim.by.contains(&kind);
                    if counts && wait + rung.after <= within && (claim.last_resort || !is_left) {
                        people.insert(id);
                    }
                }
            }
        }
    }
    people.len() >= claim.at_least
}

fn restriction() -> impl Strategy<Value = Restriction> {
    let day = select(civil::Weekday::Monday.cycle_forward().take(7).collect::<Vec<_>>());
    let time =
        || (0i8..24, select(vec![0i8, 1, 30, 59])).prop_map(|(hour, minute)| civil::time(hour, minute, 0, 0));
    (proptest::collection::hash_set(day, 1..7), time(), time()).prop_map(|(days, from, to)| Restriction {
        days: days.into_iter().collect(),
        from,
        to,
    })
}

fn layer() -> impl Strategy<Value = Layer> {
    let rotation = prop_oneof![
        Just(Rotation::Daily),
        select(vec![61u64, 90, 720, 1441]).prop_map(|length| Rotation::Every(minutes(length)))
    ];
    let people = vec(select(vec!["ana", "bo"]).prop_map(user), 1..4);
    (rotation, 0i8..24, people, vec(restriction(), 0..3)).prop_map(
        |(rotation, hour, participants, restrictions)| Layer {
            rotation,
            handoff_day: None,
            handoff_time: civil::time(hour, 0, 0, 0),
            start: civil::date(2026, 1, 1),
            participants,
            restrictions,
        },
    )
}

fn small() -> impl Strategy<Value = (Setup, Policy)> {
    let target = prop_oneof![
        4 => Just(Target::Schedule(schedule_id())),
        1 => Just(Target::User(user("bo"))),
        1 => Just(Target::Channel(ops())),
    ];
    let steps = vec((1u64..30, target), 1..4);
    (vec(layer(), 1..3), steps, 0u32..3).prop_map(|(layers, steps, repeat)| {
        let mut after = 0;
        let steps: Vec<_> = steps
            .into_iter()
            .map(|(gap, target)| {
                after += gap;
                (after - 1, target)
            })
            .collect();
        let policy = Policy { repeat, ..policy(&steps) };
        (team(Schedule { layers, ..rota(Vec::new()) }, policy.clone()), policy)
    })
}

fn claim() -> impl Strategy<Value = Reaches> {
    let by = select(vec![Vec::new(), vec![ChannelKind::Email]]);
    (0u64..60, 1usize..3, any::<bool>(), by).prop_map(|(within, at_least, last_resort, by)| Reaches {
        at_least,
        last_resort,
        by,
        ..reaches(within)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn what_is_proved_is_so_in_every_minute((setup, policy) in small(), claim in claim(), start in select(&STARTS[..])) {
        let from = at(start);
        let assertion = assertion(1, Claim::Reaches(claim.clone()));
        let minutes = (0..24 * 60).map(|minute| from + SignedDuration::from_mins(minute));
        let first = minutes.into_iter().find(|&minute| !holds(&setup, &policy, &claim, minute));
        let obligations = assertion.obligations(&setup);
        prop_assert_eq!(obligations.len(), 1);
        let found = match assertion.prove(&setup, &obligations[0], from) {
            Proof::Holds { .. } => None,
            Proof::Fails(Counterexample::Unreached { at, path: Some(path), .. }) => {
                prop_assert_eq!(path.first_page_at, at);
                Some(at)
            }
            Proof::Fails(other) => return Err(TestCaseError::fail(format!("{other:?}"))),
        };
        prop_assert_eq!(found, first);
    }
}
