//! Whatever is done to a configuration: it says what is wrong or every step reaches somebody, and no step of paging is
//! ever without a recipient.

use jiff::SignedDuration;
use proptest::{collection::vec, prelude::*, sample::select, test_runner::RngSeed};

use super::*;

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
    let step =
        (0u64..40, vec(target(), 0..3)).prop_map(|(after, targets)| Step { after: minutes(after), targets });
    prop_oneof![
        (0usize..3).prop_map(Edit::RemoveUser),
        (0usize..3).prop_map(Edit::RemoveContacts),
        (0usize..3).prop_map(Edit::RemoveRungs),
        Just(Edit::RemoveSchedule),
        Just(Edit::RemoveChannel),
        rotation.prop_map(Edit::ChangeRotation),
        vec(person(), 0..4).prop_map(Edit::ChangeParticipants),
        cover.prop_map(Edit::Cover),
        step.prop_map(Edit::AddStep),
        (0usize..3).prop_map(Edit::RemoveStep),
        (0usize..3, 0u64..40).prop_map(|(step, after)| Edit::Delay(step, after)),
        (0usize..3, vec(target(), 0..3)).prop_map(|(step, targets)| Edit::Retarget(step, targets)),
        (0u32..4, proptest::option::of((0u64..30).prop_map(minutes)))
            .prop_map(|(n, after)| Edit::Repeat(n, after)),
    ]
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
    fn nobody_is_ever_the_answer((setup, policy) in edited(), at in moment(), step in 0u32..6) {
        let found = recipients(&setup, &policy, step, at);
        prop_assert!(!found.is_empty() || setup.users.is_empty());
        let mut responders: Vec<Responder> = found.iter().map(|one| one.responder).collect();
        responders.sort_unstable();
        responders.dedup();
        prop_assert_eq!(responders.len(), found.len());
        let someone_has_a_contact = setup.users.iter().any(|user| !user.contacts.is_empty());
        let messages = messages(&setup, &policy, Position { round: 1, step }, at);
        prop_assert!(!messages.is_empty() || !someone_has_a_contact);
    }

    #[test]
    fn what_is_saved_reaches_somebody_at_every_position((setup, policy) in edited(), start in moment()) {
        let planned = plan(&setup, &policy, start, Timestamp::MAX);
        let is_good = policy.problems(&setup).is_empty();
        if is_good || setup.users.iter().any(|user| !user.contacts.is_empty()) {
            for position in positions(&policy) {
                prop_assert!(planned.iter().any(|message| message.position == position), "{:?}", position);
            }
        }
        // Of what is saved, only a gap in a schedule can send a step to those who are left.
        let falls_back = planned.iter().find(|message| message.reason.contains("; "));
        prop_assert!(!is_good || falls_back.is_none_or(|message| message.reason.contains("nobody on call")));
    }

    #[test]
    fn the_plan_is_what_the_pager_does_step_by_step(
        (setup, policy) in edited(), start in moment(), length in 0i64..90
    ) {
        let until = start + SignedDuration::from_mins(length);
        let planned = plan(&setup, &policy, start, until);
        prop_assert!(planned.is_sorted_by_key(|message| message.at));
        let mut taken = Vec::new();
        for position in positions(&policy) {
            let due = policy.due(start, position);
            if due > until {
                break;
            }
            taken.extend(messages(&setup, &policy, position, due).into_iter().filter(|message| message.at <= until));
        }
        taken.sort_by_key(|message| message.at);
        prop_assert_eq!(planned, taken);
    }

    #[test]
    fn due_times_of_a_saved_policy_only_go_forward((setup, policy) in edited(), start in moment()) {
        let due: Vec<Timestamp> = positions(&policy).map(|position| policy.due(start, position)).collect();
        prop_assert!(!policy.problems(&setup).is_empty() || due.is_sorted_by(|before, after| before < after));
    }
}
