//! How much on-call time people carry: hours, nights and weekends, by their own wall clock.
//!
//! Lengths are what passes, not what the clock shows: a night in which the clock is set forward is an hour shorter.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, ToSpan, civil, tz::TimeZone};

use super::{
    Shift,
    wall::{reached, wall},
};
use crate::UserId;

/// When a night begins, and when it ends on the day after: the hours in which people sleep, on their own clock.
pub const NIGHT: (civil::Time, civil::Time) = (civil::time(22, 0, 0, 0), civil::time(6, 0, 0, 0));

/// What one person carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// Who.
    pub user: UserId,
    /// On call in all.
    pub total: SignedDuration,
    /// Of it from 22:00 to 06:00 in the person's zone.
    pub nights: SignedDuration,
    /// Of it on Saturdays and Sundays in the person's zone; a night of a weekend counts as both.
    pub weekends: SignedDuration,
}

/// Returns what each person of these shifts carries, the most first. `zone` says where a person lives.
///
/// Shifts of several schedules may be given together; time in two of them at once then counts twice.
#[must_use]
pub fn load(shifts: impl IntoIterator<Item = Shift>, zone: impl Fn(UserId) -> TimeZone) -> Vec<Load> {
    let mut people: BTreeMap<UserId, (TimeZone, Load)> = BTreeMap::new();
    for shift in shifts {
        let Some(user) = shift.user else { continue };
        let nothing = SignedDuration::ZERO;
        let (zone, load) = people.entry(user).or_insert_with(|| {
            (zone(user), Load { user, total: nothing, nights: nothing, weekends: nothing })
        });
        load.total += shift.to.duration_since(shift.from);
        load.nights += within(&shift, zone, |day| {
            Some((day.to_datetime(NIGHT.0), day.tomorrow().ok()?.to_datetime(NIGHT.1)))
        });
        load.weekends += within(&shift, zone, |day| {
            let is_weekend = matches!(day.weekday(), civil::Weekday::Saturday | civil::Weekday::Sunday);
            let next = day.tomorrow().ok().filter(|_| is_weekend)?;
            Some((civil::DateTime::from(day), civil::DateTime::from(next)))
        });
    }
    let mut loads: Vec<Load> = people.into_values().map(|(_, load)| load).collect();
    loads.sort_by_key(|load| (std::cmp::Reverse(load.total), load.user));
    loads
}

/// How much of a shift lies in the stretches that `of` says begin on each day, which must not overlap.
fn within(
    shift: &Shift,
    zone: &TimeZone,
    of: impl Fn(civil::Date) -> Option<(civil::DateTime, civil::DateTime)>,
) -> SignedDuration {
    // From the day before, whose stretch may reach past midnight.
    let first = wall(zone, shift.from).date();
    let days = first.yesterday().unwrap_or(first).series(1.day());
    let last = wall(zone, shift.to).date();
    let instant = |time| reached(zone, time).unwrap_or(Timestamp::MAX);
    let parts = days.take_while(|day| *day <= last).filter_map(of).map(|(from, to)| {
        let (from, to) = (instant(from).max(shift.from), instant(to).min(shift.to));
        to.duration_since(from).max(SignedDuration::ZERO)
    });
    parts.sum()
}
