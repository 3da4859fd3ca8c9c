//! The instants of a window at which the path of an incident that begins there may become another one.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use jiff::{SignedDuration, Span, Timestamp, tz::TimeZone};

use super::path::positions;
use crate::{
    escalation::{About, Policy, Step, Target, hours::edges},
    schedule::Restriction,
    setup::{Setup, User},
};

/// Each call of `edges` answers for a day before its date and a week after it.
const WEEK_DAYS: i64 = 7;

/// Returns the first instants of the stretches of `[from, to)` throughout which the path up to `within` after the first
/// page is the same, in order; the head of the module argues why no other instant has to be looked at.
pub(super) fn points(
    setup: &Setup,
    policy: &Policy,
    about: About,
    (from, to): (Timestamp, Timestamp),
    within: SignedDuration,
) -> BTreeSet<Timestamp> {
    let mut points = BTreeSet::from([from]);
    let until = from.checked_add(within).unwrap_or(Timestamp::MAX);
    let latest = to.checked_add(within).unwrap_or(Timestamp::MAX);
    let mut known: BTreeMap<Target, Vec<Timestamp>> = BTreeMap::new();
    let sleepers: Vec<_> =
        setup.users.iter().filter(|user| !user.quiet.is_empty() && !about.wakes()).collect();
    for (position, at) in positions(policy, from, until) {
        let wait = at.duration_since(from);
        let Some(step) = policy.step(position.step) else { continue };
        let mut add = |changes: Vec<Timestamp>, wait: SignedDuration| {
            points.extend(changes.into_iter().filter_map(|change| change.checked_sub(wait).ok()));
        };
        let ahead = to.checked_add(wait).unwrap_or(Timestamp::MAX);
        for target in &step.targets {
            let known = known.entry(*target);
            let changes = known.or_insert_with(|| handovers(setup, *target, from, latest));
            add(changes.clone(), wait);
        }
        add(conditions(step, at, ahead), wait);
        for user in &sleepers {
            for rung in waits(user) {
                let wait = wait.saturating_add(rung);
                let [first, last] = [from, to].map(|it| it.checked_add(wait).unwrap_or(Timestamp::MAX));
                add(weekly(&user.quiet, &user.time_zone, first, last), wait);
            }
        }
    }
    points.retain(|&point| from <= point && point < to);
    points
}

/// The instants after `from` and before `to` at which a target begins to lead to somebody else.
fn handovers(setup: &Setup, target: Target, from: Timestamp, to: Timestamp) -> Vec<Timestamp> {
    match target {
        Target::Schedule(id) => {
            let schedule = setup.schedule(id);
            schedule.map(|schedule| schedule.shifts(from, to).skip(1).map(|shift| shift.from).collect())
        }
        Target::User(_) | Target::Team(_) | Target::Channel(_) => None,
    }
    .unwrap_or_default()
}

/// The instants at which a condition of a step may begin or cease to hold.
fn conditions(step: &Step, from: Timestamp, to: Timestamp) -> Vec<Timestamp> {
    let conditions = step.when.iter().chain(&step.unless);
    conditions
        .filter_map(|condition| Some((condition.hours.as_ref()?, &condition.time_zone)))
        .flat_map(|(hours, zone)| weekly(std::slice::from_ref(hours), zone, from, to))
        .collect()
}

/// The instants around `[from, to)` at which hours of the week begin or end.
fn weekly(hours: &[Restriction], zone: &TimeZone, from: Timestamp, to: Timestamp) -> Vec<Timestamp> {
    let mut found = Vec::new();
    let mut date = from.to_zoned(zone.clone()).date();
    let last = to.to_zoned(zone.clone()).date();
    while date <= last {
        found.extend(hours.iter().flat_map(|hours| edges(hours, zone, date)));
        let Ok(next) = date.checked_add(Span::new().days(WEEK_DAYS)) else { break };
        date = next;
    }
    found
}

/// How long after a step a person may be told: at once, and by each rung of either ladder.
fn waits(user: &User) -> BTreeSet<SignedDuration> {
    let rungs = user.ladder.iter().chain(&user.ladder_low).map(|rung| rung.after);
    let waits = rungs.chain([Duration::ZERO]).filter_map(|wait| SignedDuration::try_from(wait).ok());
    waits.collect()
}
