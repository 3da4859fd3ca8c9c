//! A zone's wall clock as something that only goes forward.
//!
//! A clock that is set back shows some times twice and one that is set forward skips some, but a hand-off must come once
//! in each case. So schedules don't ask what the clock *shows*, they ask how far it has *got*: [`reached`] is the first
//! instant at which it has got to a time, [`wall`] is how far it has got at an instant. The two answer each other: a time
//! is at or before `wall(at)` exactly where its `reached` is at or before `at`. That is what makes it enough to compare
//! civil times everywhere else in this folder.

use jiff::{
    SignedDuration, Timestamp, civil,
    tz::{AmbiguousOffset, TimeZone},
};

/// The step between two times, in both civil and absolute time.
const TICK: SignedDuration = SignedDuration::from_nanos(1);

/// Returns the latest time that the wall clock has shown by `at`.
///
/// That is what it shows, except while it repeats an hour: then it is the last moment before the clock was set back.
pub(crate) fn wall(zone: &TimeZone, at: Timestamp) -> civil::DateTime {
    let offset = zone.to_offset(at);
    let shown = offset.to_datetime(at);
    match zone.to_ambiguous_timestamp(shown).offset() {
        AmbiguousOffset::Fold { before, after } if offset == after => {
            let just_after = at.checked_add(TICK).unwrap_or(at);
            let set_back_at = zone.preceding(just_after).next().map_or(at, |change| change.timestamp());
            before.to_datetime(set_back_at).saturating_sub(TICK)
        }
        AmbiguousOffset::Fold { .. } | AmbiguousOffset::Gap { .. } | AmbiguousOffset::Unambiguous { .. } => {
            shown
        }
    }
}

/// Returns the first instant at which the wall clock has got to `time`.
///
/// A time that the clock skips is reached with the first instant after the gap, a repeated time when it is shown first.
/// `None` when that lies beyond what an instant can hold.
pub(crate) fn reached(zone: &TimeZone, time: civil::DateTime) -> Option<Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(time);
    let offset = ambiguous.offset();
    let earlier = ambiguous.earlier().ok()?;
    match offset {
        AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Fold { .. } => Some(earlier),
        // The earlier reading of a skipped time lies before the gap, and the next change of the clock is the gap itself.
        AmbiguousOffset::Gap { .. } => zone.following(earlier).next().map(|change| change.timestamp()),
    }
}
