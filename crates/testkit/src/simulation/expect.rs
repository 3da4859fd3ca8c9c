//! Whom a step of a policy should reach, worked out a second time and as plainly as can be: to hold the pager against.
//!
//! It shares with the pager the data of the configuration, and who is on call at an instant, which has a second
//! implementation of its own; nothing else. Times of the week are in UTC, as everything in a story is.

use std::time::Duration;

use domain::{
    Role, Severity,
    escalation::{Condition, Policy, Position, Responder, Step, Target},
    schedule::Restriction,
    setup::{Setup, User},
};
use jiff::{Timestamp, tz::TimeZone};

/// An incident whose severity did not change while a step was taken.
#[derive(Clone, Copy)]
pub(super) struct Subject {
    pub(super) number: i64,
    pub(super) severity: Severity,
}

/// Returns the person or channel and the contact of each message that a step makes at an instant; `None` where the step is
/// passed over, unless nobody else was told in the round.
pub(super) fn messages(
    setup: &Setup,
    policy: &Policy,
    about: Subject,
    here: Position,
    at: Timestamp,
) -> Option<Vec<(Responder, String)>> {
    let step = nth(policy, here.step)?;
    if !applies(step, about.severity, at) {
        return None;
    }
    let mut told: Vec<Responder> = Vec::new();
    for responder in step.targets.iter().flat_map(|target| everyone(setup, *target, at)) {
        if !told.contains(&responder) {
            told.push(responder);
        }
    }
    if step.round_robin && !told.is_empty() {
        let mut turn = about.number + i64::from(here.round) - 1;
        for before in 1..here.step {
            turn += i64::from(nth(policy, before).is_some_and(|step| step.round_robin));
        }
        let count = i64::try_from(told.len()).unwrap_or(1);
        told.rotate_left(usize::try_from(turn % count).unwrap_or_default());
        // Those who have quiet hours leave the turn to others, if there are any.
        let is_quiet = |whom: &&Responder| {
            let quiet = setup.users.iter().filter(|user| Responder::User(user.id) == **whom);
            let mut quiet = quiet.flat_map(|user| &user.quiet);
            about.severity < Severity::Critical && quiet.any(|hours| is_within(hours, at))
        };
        told = vec![told.iter().find(|whom| !is_quiet(whom)).copied().unwrap_or(told[0])];
    }
    Some(told.into_iter().flat_map(|responder| contacts(setup, responder, about.severity)).collect())
}

/// Returns how long after the first page a position is due.
pub(super) fn due(policy: &Policy, here: Position) -> Duration {
    let last = policy.steps.last().map_or(Duration::ZERO, |step| step.after);
    let before_last = policy.steps.iter().rev().nth(1).map(|step| step.after);
    let gap = before_last.map_or(Duration::from_secs(300), |before| last - before);
    let round = last + gap.max(Duration::from_secs(60));
    let into = nth(policy, here.step).map_or(last, |step| step.after);
    round * (here.round - 1) + into
}

/// Returns every position of a policy, in order.
pub(super) fn positions(policy: &Policy) -> impl Iterator<Item = Position> {
    let steps = u32::try_from(policy.steps.len()).unwrap_or(u32::MAX);
    (1..=policy.repeat + 1).flat_map(move |round| (1..=steps).map(move |step| Position { round, step }))
}

/// Returns those who are told when nobody else can be.
pub(super) fn owners(setup: &Setup) -> impl Iterator<Item = &User> {
    setup.users.iter().filter(|user| matches!(user.role, Role::Owner | Role::Admin))
}

fn nth(policy: &Policy, step: u32) -> Option<&Step> {
    policy.steps.get(usize::try_from(step).ok()?.checked_sub(1)?)
}

fn applies(step: &Step, severity: Severity, at: Timestamp) -> bool {
    let holds = |condition: &Condition| {
        condition.severity.is_none_or(|least| severity >= least)
            && condition.hours.as_ref().is_none_or(|hours| is_within(hours, at))
    };
    (step.when.is_empty() || step.when.iter().any(holds)) && !step.unless.iter().any(holds)
}

/// Whether an instant is within hours of the week, of today or of yesterday and past midnight.
pub(super) fn is_within(hours: &Restriction, at: Timestamp) -> bool {
    let wall = at.to_zoned(TimeZone::UTC);
    let (time, day) = (wall.time(), wall.date().weekday());
    let begins = |day| hours.days.contains(&day);
    if hours.from < hours.to {
        return begins(day) && hours.from <= time && time < hours.to;
    }
    begins(day) && hours.from <= time || begins(day.previous()) && time < hours.to
}

fn everyone(setup: &Setup, target: Target, at: Timestamp) -> Vec<Responder> {
    match target {
        Target::User(id) => vec![Responder::User(id)],
        Target::Channel(id) => vec![Responder::Channel(id)],
        Target::Team(id) => {
            let team = setup.teams.iter().filter(|team| team.id == id);
            team.flat_map(|team| &team.members).map(|member| Responder::User(*member)).collect()
        }
        Target::Schedule(id) => {
            let schedules = setup.schedules.iter().filter(|schedule| schedule.id == id);
            schedules.filter_map(|schedule| Some(Responder::User(schedule.on_call(at)?.user))).collect()
        }
    }
}

fn contacts(setup: &Setup, responder: Responder, severity: Severity) -> Vec<(Responder, String)> {
    let contacts: Vec<String> = match responder {
        Responder::Channel(id) => {
            setup.channels.iter().filter(|it| it.id == id).map(|it| it.slug.clone()).collect()
        }
        Responder::User(id) => {
            let Some(user) = setup.users.iter().find(|user| user.id == id) else { return Vec::new() };
            let has_time = severity < Severity::Error && !user.ladder_low.is_empty();
            let ladder = if has_time { &user.ladder_low } else { &user.ladder };
            let all = || user.contacts.iter().map(|contact| contact.id.clone()).collect();
            if ladder.is_empty() { all() } else { ladder.iter().map(|rung| rung.contact.clone()).collect() }
        }
    };
    contacts.into_iter().map(|contact| (responder, contact)).collect()
}
