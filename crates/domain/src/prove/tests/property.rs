//! The proof against brute force: every minute of a window, asked step by step.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use proptest::{collection::vec, prelude::*, sample::select, test_runner::RngSeed};

use super::*;
use crate::escalation::{Position, Responder, Taking, messages};

/// The windows: an ordinary one, one in which Rome's clock is set forward, and one in which it is set back.
const STARTS: [&str; 3] = ["2026-01-10T06:00:00Z", "2026-03-28T22:00:00Z", "2026-10-24T22:00:00Z"];

/// Their length in minutes.
const WINDOW: u64 = 6 * 60;

/// Whether an incident first paged at `start` reaches enough people, asked of each step by itself.
fn holds(setup: &Setup, policy: &Policy, claim: &Reaches, number: i64, start: Timestamp) -> bool {
    let about = About { number, severity: claim.severity.unwrap() };
    let until = start + SignedDuration::try_from(claim.within.unwrap()).unwrap();
    let mut people = BTreeSet::new();
    let last = policy.steps.last().unwrap().after + policy.round_gap();
    for round in 1..=policy.repeat + 1 {
        let mut has_reached = false;
        for (step, rung) in (1..).zip(&policy.steps) {
            let at = start + SignedDuration::try_from(last * (round - 1) + rung.after).unwrap();
            let taking = Taking { position: Position { round, step }, due: at, at, has_reached };
            for told in messages(setup, policy, about, taking) {
                has_reached = true;
                let Responder::User(id) = told.responder else { continue };
                let kind = setup.user(id).unwrap().contact(&told.contact).unwrap().destination.kind();
                let counts = claim.by.is_empty() || claim.by.contains(&kind);
                if counts && told.at <= until && (claim.last_resort || !told.reason.contains("; owner")) {
                    people.insert(id);
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
            end: None,
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    let target = prop_oneof![
        4 => Just(Target::Schedule(schedule_id())),
        1 => Just(Target::User(user("bo"))),
        1 => Just(Target::Team(team_id())),
        1 => Just(Target::Channel(ops())),
    ];
    let zone = select(vec!["Europe/Rome", "America/New_York"]).prop_map(|name| TimeZone::get(name).unwrap());
    let severity = proptest::option::of(Just(Severity::Critical));
    let condition = (severity, proptest::option::of(restriction()), zone)
        .prop_map(|(severity, hours, time_zone)| Condition { severity, hours, time_zone })
        .boxed();
    let rarely = |strategy| prop_oneof![3 => Just(Vec::new()), 1 => vec(strategy, 1..2)];
    (1u64..30, vec(target, 1..3), any::<bool>(), rarely(condition.clone()), rarely(condition)).prop_map(
        |(gap, targets, round_robin, when, unless)| Step {
            after: minutes(gap),
            targets,
            round_robin,
            when,
            unless,
            taken_from: None,
        },
    )
}

/// A small team; Bo, and now and then Ana, want their quiet.
fn small() -> impl Strategy<Value = (Setup, Policy)> {
    let quiet = || prop_oneof![2 => Just(Vec::new()), 1 => vec(restriction(), 1..3)];
    (vec(layer(), 1..3), vec(step(), 1..4), 0u32..3, quiet(), quiet()).prop_map(
        |(layers, mut steps, repeat, ana, bo)| {
            let mut after = Duration::ZERO;
            for (place, step) in steps.iter_mut().enumerate() {
                after = if place == 0 { Duration::ZERO } else { after + step.after };
                step.after = after;
            }
            let policy = Policy { repeat, steps, ..policy(&[]) };
            let mut setup = team(Schedule { layers, ..rota(Vec::new()) }, policy.clone());
            (setup.users[0].quiet, setup.users[1].quiet) = (ana, bo);
            setup.users[1].time_zone = TimeZone::get("America/New_York").unwrap();
            (setup, policy)
        },
    )
}

fn claim() -> impl Strategy<Value = Reaches> {
    let by = select(vec![Vec::new(), vec![ChannelKind::Email]]);
    let severity = select(vec![Severity::Critical, Severity::Error, Severity::Warning]);
    (0u64..60, 1usize..3, any::<bool>(), by, severity).prop_map(
        |(within, at_least, last_resort, by, severity)| Reaches {
            severity: Some(severity),
            at_least,
            last_resort,
            by,
            ..reaches(within)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn what_is_proved_is_so_in_every_minute((setup, policy) in small(), claim in claim(), start in select(&STARTS[..])) {
        let from = at(start);
        let assertion = Assertion { lasts: minutes(WINDOW), ..assertion(1, Claim::Reaches(claim.clone())) };
        let every = (0..WINDOW).map(|minute| from + SignedDuration::from_mins(minute.cast_signed()));
        // Turns are among up to four, so twelve numbers have every combination of them.
        let takes_turns = policy.steps.iter().any(|step| step.round_robin);
        let numbers = 1..=if takes_turns { 12 } else { 1 };
        let fails = |minute| !numbers.clone().all(|number| holds(&setup, &policy, &claim, number, minute));
        let first = every.into_iter().find(|&minute| fails(minute));
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
