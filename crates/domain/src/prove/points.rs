//! The instants of a window at which the path of an incident that begins there may become another one.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::path::positions;
use crate::{
    escalation::{Policy, Target},
    setup::Setup,
};

/// Returns the first instants of the stretches of `[from, to)` throughout which the path up to `within` after the first
/// page is the same, in order; the head of the module argues why no other instant has to be looked at.
pub(super) fn points(
    setup: &Setup,
    policy: &Policy,
    from: Timestamp,
    to: Timestamp,
    within: SignedDuration,
) -> BTreeSet<Timestamp> {
    let mut points = BTreeSet::from([from]);
    let until = from.checked_add(within).unwrap_or(Timestamp::MAX);
    for (position, at) in positions(policy, from, until) {
        let wait = at.duration_since(from);
        let step =
            usize::try_from(position.step).ok().and_then(|step| policy.steps.get(step.checked_sub(1)?));
        for target in step.map_or(&[][..], |step| &step.targets) {
            let first = |change: Timestamp| change.checked_sub(wait).ok();
            let ahead = to.checked_add(wait).unwrap_or(Timestamp::MAX);
            points.extend(changes(setup, *target, at, ahead).into_iter().filter_map(first));
        }
    }
    points.retain(|&point| from <= point && point < to);
    points
}

/// The instants after `from` and before `to` at which a target begins to lead to somebody else.
fn changes(setup: &Setup, target: Target, from: Timestamp, to: Timestamp) -> Vec<Timestamp> {
    match target {
        Target::Schedule(id) => {
            let schedule = setup.schedule(id);
            schedule.map(|schedule| schedule.shifts(from, to).skip(1).map(|shift| shift.from).collect())
        }
        Target::User(_) | Target::Channel(_) => None,
    }
    .unwrap_or_default()
}
