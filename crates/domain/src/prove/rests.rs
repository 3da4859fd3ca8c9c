//! The proof that nobody is on call for too long without a break.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::{Counterexample, Proof, Rests};
use crate::{UserId, schedule::Schedule, setup::Setup};

/// Proves it for every stretch that touches `[from, to)`. One that began before is measured from where it began, as far
/// back as matters.
pub(super) fn prove(claim: &Rests, setup: &Setup, from: Timestamp, to: Timestamp) -> Proof {
    let at_most = SignedDuration::try_from(claim.at_most).unwrap_or(SignedDuration::MAX);
    let back = from.checked_sub(at_most).unwrap_or(Timestamp::MIN);
    let is_meant =
        |schedule: &&Schedule| claim.schedules.is_empty() || claim.schedules.contains(&schedule.id);
    let mut shifts: Vec<(Timestamp, Timestamp, UserId)> = Vec::new();
    for schedule in setup.schedules.iter().filter(is_meant) {
        let held = schedule.shifts(back, to).filter_map(|shift| Some((shift.from, shift.to, shift.user?)));
        shifts.extend(held);
    }
    shifts.sort_unstable();
    let mut stretches: BTreeMap<UserId, (Timestamp, Timestamp)> = BTreeMap::new();
    for &(begin, end, user) in &shifts {
        let stretch = stretches.entry(user).or_insert((begin, end));
        if begin > stretch.1 {
            *stretch = (begin, end);
        }
        stretch.1 = stretch.1.max(end);
        if stretch.1.duration_since(stretch.0) > at_most && stretch.1 > from {
            let (from, to) = *stretch;
            return Proof::Fails(Counterexample::NoRest { user, from, to });
        }
    }
    Proof::Holds { cases: shifts.len(), only_by_last_resort: None }
}
