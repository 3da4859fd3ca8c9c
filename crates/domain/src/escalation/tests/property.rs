//! Whatever is done to a configuration: it says what is wrong or every step reaches somebody, and no step of paging is
//! ever without a recipient.

use jiff::SignedDuration;
use proptest::{collection::vec, prelude::*, sample::select, test_runner::RngSeed};

use super::*;
use crate::schedule::Restriction;

/// Something that a person may do to a configuration.
#[derive(Clone, Debug)]
enum Edit {
    RemoveUser(usize),
    RemoveContacts(usize),
    RemoveRungs(usize),
    RemoveSchedule,
    RemoveChannel,
    ChangeRotation(Rotation),
    ChangeParticipants(Vec<UserId>),
    Cover(Override),
    ChangeMembers(Vec<UserId>),
    RemoveTeam,
    Silence(usize, Vec<Restriction>),
    Constrain(usize, Vec<Condition>, Vec<Condition>),
    TakeTurns(usize),
    AddStep(Step),
    RemoveStep(usize),
    Delay(usize, u64),
    Retarget(usize, Vec<Target>),
    Repeat(u32, Option<Duration>),
}

fn edit() -> impl Strategy<Value = Edit> {
    let person = || select(vec!["ana", "bo", "olga", "gone"]).prop_map(user);
    let target = || {
        prop_oneof![
            person().prop_map(Target::User),
            select(vec!["primary", "gone"]).prop_map(|slug| Target::Schedule(schedule_id(slug))),
            select(vec!["ops", "gone"]).prop_map(|slug| Target::Channel(channel(slug))),
            select(vec!["payments", "gone"]).prop_map(|slug| Target::Team(team_id(slug))),
        ]
    };
    let rotation = prop_oneof![
        Just(Rotation::Weekly),
        select(vec![0, 1, 90, 720]).prop_map(|length| Rotation::Every(minutes(length)))
    ];
    let cover = (person(), moment(), -60i64..600).prop_map(|(user, from, length)| Override {
        user,
        from,
        to: from + SignedDuration::from_mins(length),
    });
    let step = (0u64..40, vec(target(), 0..3)).prop_map(|(after, targets)| step(after, &targets));
    prop_oneof![
        (0usize..3).prop_map(Edit::RemoveUser),
        (0usize..3).prop_map(Edit::RemoveContacts),
        (0usize..3).prop_map(Edit::RemoveRungs),
        Just(Edit::RemoveSchedule),
        Just(Edit::RemoveChannel),
        rotation.prop_map(Edit::ChangeRotation),
        vec(person(), 0..4).prop_map(Edit::ChangeParticipants),
        vec(person(), 0..4).prop_map(Edit::ChangeMembers),
        Just(Edit::RemoveTeam),
        (0usize..3, vec(restriction(), 0..3)).prop_map(|(user, hours)| Edit::Silence(user, hours)),
        (0usize..3, vec(condition(), 0..3), vec(condition(), 0..2))
            .prop_map(|(step, when, unless)| Edit::Constrain(step, when, unless)),
        (0usize..3).prop_map(Edit::TakeTurns),
        cover.prop_map(Edit::Cover),
        step.prop_map(Edit::AddStep),
        (0usize..3).prop_map(Edit::RemoveStep),
        (0usize..3, 0u64..40).prop_map(|(step, after)| Edit::Delay(step, after)),
        (0usize..3, vec(target(), 0..3)).prop_map(|(step, targets)| Edit::Retarget(step, targets)),
        (0u32..4, proptest::option::of((0u64..30).prop_map(minutes)))
            .prop_map(|(n, after)| Edit::Repeat(n, after)),
    ]
}

fn restriction() -> impl Strategy<Value = Restriction> {
    let days = proptest::sample::subsequence(
        civil::Weekday::Monday.cycle_forward().take(7).collect::<Vec<_>>(),
        0..=7,
    );
    (days, 0i8..24, 0i8..24).prop_map(|(days, from, to)| Restriction {
        days,
        from: civil::time(from, 0, 0, 0),
        to: civil::time(to, 0, 0, 0),
    })
}

fn condition() -> impl Strategy<Value = Condition> {
    let severity = proptest::option::of(select(Severity::ALL));
    (severity, proptest::option::of(restriction())).prop_map(|(severity, hours)| Condition {
        severity,
        hours,
        time_zone: TimeZone::get("Australia/Lord_Howe").unwrap(),
    })
}

fn about() -> impl Strategy<Value = About> {
    (0i64..9, select(Severity::ALL)).prop_map(|(number, severity)| About { number, severity })
}

/// An instant before, in or after the first days of the schedule.
fn moment() -> impl Strategy<Value = Timestamp> {
    (-1440i64..5 * 1440).prop_map(|minute| at("2026-01-01T12:00:00Z") + SignedDuration::from_mins(minute))
}

fn apply(setup: &mut Setup, policy: &mut Policy, edit: Edit) {
    let layer = setup.schedules.first_mut().map(|schedule| &mut schedule.layers[0]);
    match edit {
        Edit::RemoveUser(at) if at < setup.users.len() => drop(setup.users.remove(at)),
        Edit::RemoveContacts(at) => {
            setup.users.iter_mut().skip(at).take(1).for_each(|user| user.contacts.clear())
        }
        Edit::RemoveRungs(at) => setup.users.iter_mut().skip(at).take(1).for_each(|user| user.ladder.clear()),
        Edit::RemoveSchedule => setup.schedules.clear(),
        Edit::RemoveChannel => setup.channels.clear(),
        Edit::ChangeRotation(rotation) => layer.into_iter().for_each(|layer| layer.rotation = rotation),
        Edit::ChangeParticipants(users) => {
            layer.into_iter().for_each(|layer| layer.participants.clone_from(&users))
        }
        Edit::Cover(cover) => {
            setup.schedules.iter_mut().for_each(|schedule| schedule.overrides.push(cover.clone()))
        }
        Edit::ChangeMembers(users) => {
            setup.teams.iter_mut().for_each(|team| team.members.clone_from(&users));
        }
        Edit::RemoveTeam => setup.teams.clear(),
        Edit::Silence(at, hours) => {
            setup.users.iter_mut().skip(at).take(1).for_each(|user| user.quiet.clone_from(&hours));
        }
        Edit::Constrain(at, when, unless) => {
            let step = policy.steps.iter_mut().skip(at).take(1);
            step.for_each(|step| (step.when, step.unless) = (when.clone(), unless.clone()));
        }
        Edit::TakeTurns(at) => {
            policy.steps.iter_mut().skip(at).take(1).for_each(|step| step.round_robin = true);
        }
        Edit::AddStep(step) => policy.steps.push(step),
        Edit::RemoveStep(at) if at < policy.steps.len() => drop(policy.steps.remove(at)),
        Edit::Delay(at, by) => {
            policy.steps.iter_mut().skip(at).take(1).for_each(|step| step.after = minutes(by))
        }
        Edit::Retarget(at, to) => {
            policy.steps.iter_mut().skip(at).take(1).for_each(|step| step.targets.clone_from(&to));
        }
        Edit::Repeat(repeat, after) => (policy.repeat, policy.repeat_after) = (repeat, after),
        Edit::RemoveUser(_) | Edit::RemoveStep(_) => {}
    }
}

fn edited() -> impl Strategy<Value = (Setup, Policy)> {
    vec(edit(), 0..5).prop_map(|edits| {
        let (mut setup, mut policy) = (team(), policy());
        edits.into_iter().for_each(|edit| apply(&mut setup, &mut policy, edit));
        (setup, policy)
    })
}

/// Every position of a policy, in order.
fn positions(policy: &Policy) -> impl Iterator<Item = Position> {
    std::iter::successors(Some(policy.first()), |&position| policy.next(position))
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 600, failure_persistence: None, rng_seed: RngSeed::Fixed(40), ..ProptestConfig::default()
    })]

    #[test]
    fn nobody_is_ever_the_answer((setup, policy) in edited(), about in about(), at in moment(), step in 0u32..6) {
        let taking = taking(Position { round: 1, step }, at);
        let found = recipients(&setup, &policy, about, taking);
        let passed = policy.step(step).and_then(|step| step.passed_over(about, at)).is_some();
        let is_last = policy.step(step + 1).is_none();
        prop_assert!(!found.is_empty() || setup.users.is_empty() || (passed && !is_last));
        let mut responders: Vec<Responder> = found.iter().map(|one| one.responder).collect();
        responders.sort_unstable();
        responders.dedup();
        prop_assert_eq!(responders.len(), found.len());
        let someone_has_a_contact = setup.users.iter().any(|user| !user.contacts.is_empty());
        let messages = messages(&setup, &policy, about, taking);
        prop_assert!(!messages.is_empty() || found.is_empty() || !someone_has_a_contact);
    }

    #[test]
    fn what_is_saved_reaches_somebody_in_every_round(
        (setup, policy) in edited(), about in about(), start in moment()
    ) {
        let planned = plan(&setup, &policy, about, start, Timestamp::MAX);
        let is_good = policy.problems(&setup).is_empty();
        if is_good || setup.users.iter().any(|user| !user.contacts.is_empty()) {
            for position in positions(&policy) {
                let at = policy.due(start, position);
                let passed = policy.step(position.step).and_then(|step| step.passed_over(about, at)).is_some();
                prop_assert!(passed || planned.iter().any(|message| message.position == position), "{:?}", position);
            }
            for round in 1..=policy.repeat + 1 {
                prop_assert!(planned.iter().any(|message| message.position.round == round), "round {}", round);
            }
        }
        // Of what is saved, only a gap in a schedule or conditions can send a step to those who are left.
        let is_meant = |message: &Planned| {
            !message.reason.contains("; ")
                || message.reason.contains("nobody on call")
                || message.reason.contains("reached nobody")
        };
        prop_assert!(!is_good || planned.iter().all(is_meant));
    }

    #[test]
    fn the_plan_is_what_the_pager_does_step_by_step(
        (setup, policy) in edited(), about in about(), start in moment(), length in 0i64..90
    ) {
        let until = start + SignedDuration::from_mins(length);
        let planned = plan(&setup, &policy, about, start, until);
        prop_assert!(planned.is_sorted_by_key(|message| message.at));
        let mut taken: Vec<Planned> = Vec::new();
        for position in positions(&policy) {
            let at = policy.due(start, position);
            if at > until {
                break;
            }
            let has_reached = taken.iter().any(|message| message.position.round == position.round);
            taken.extend(messages(&setup, &policy, about, Taking { has_reached, ..taking(position, at) }));
        }
        taken.retain(|message| message.at <= until);
        taken.sort_by_key(|message| message.at);
        prop_assert_eq!(planned, taken);
    }

    #[test]
    fn quiet_hours_move_messages_only_later_and_never_those_of_critical_incidents(
        (setup, policy) in edited(), about in about(), start in moment()
    ) {
        let mut loud = setup.clone();
        loud.users.iter_mut().for_each(|user| user.quiet.clear());
        let key = |message: &Planned| (message.position, message.responder, message.contact.clone());
        let sorted = |setup: &Setup| {
            let mut planned = plan(setup, &policy, about, start, Timestamp::MAX);
            planned.sort_by_key(key);
            planned
        };
        let (held, at_once) = (sorted(&setup), sorted(&loud));
        prop_assert_eq!(held.len(), at_once.len());
        for (held, at_once) in held.iter().zip(&at_once) {
            prop_assert_eq!(key(held), key(at_once));
            prop_assert_eq!(held.at > at_once.at, held.reason.contains(HELD));
            prop_assert!(held.at >= at_once.at && (about.severity < Severity::Critical || held == at_once));
            prop_assert!(held.at.duration_since(at_once.at) <= SignedDuration::from_hours(8 * 24));
        }
    }

    #[test]
    fn due_times_of_a_saved_policy_only_go_forward((setup, policy) in edited(), start in moment()) {
        let due: Vec<Timestamp> = positions(&policy).map(|position| policy.due(start, position)).collect();
        prop_assert!(!policy.problems(&setup).is_empty() || due.is_sorted_by(|before, after| before < after));
    }
}
