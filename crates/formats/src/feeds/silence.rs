//! Monitors that have stopped: a page goes on showing what they found last, which says nothing of today.

use std::time::Duration;

use jiff::Timestamp;

use super::future::is_ahead;
use super::warnings::Warnings;

/// How long any monitor may take between two results, whatever its rhythm.
const SHORTEST: Duration = Duration::from_secs(60 * 60);
/// How many times its usual spacing a monitor may be late.
const BEATS: u32 = 4;

/// Whether a monitor with results of these times has stopped by `at`; if so, warns of it. One whose newest result lies ahead
/// would not be seen to stop, and counts as stopped; one that gives no times is taken at its word.
pub(crate) fn has_stopped(
    owner: &str,
    times: impl Iterator<Item = Timestamp>,
    at: Timestamp,
    warnings: &mut Warnings,
) -> bool {
    let mut times: Vec<Timestamp> = times.collect();
    times.sort_unstable();
    let Some(&last) = times.last() else { return false };
    if is_ahead(last, at) {
        warnings.add(format_args!("{owner} has a result that lies ahead, of {last}"));
        return true;
    }
    let late = Duration::try_from(at.duration_since(last)).unwrap_or_default();
    let has_stopped = late > SHORTEST.max(spacing(&times) * BEATS);
    if has_stopped {
        warnings.add(format_args!("{owner} has no result since {last}"));
    }
    has_stopped
}

/// Returns the median time between neighbours; a pause and the quick repeats after a failure don't move it.
fn spacing(times: &[Timestamp]) -> Duration {
    let between =
        |pair: &[Timestamp]| Duration::try_from(pair[1].duration_since(pair[0])).unwrap_or_default();
    let mut gaps: Vec<Duration> = times.windows(2).map(between).collect();
    gaps.sort_unstable();
    // A year is longer than any rhythm, and can be multiplied.
    gaps.get(gaps.len() / 2).copied().unwrap_or_default().min(Duration::from_secs(365 * 24 * 60 * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_monitor_may_be_an_hour_or_four_beats_late() {
        let check = |minutes_ago: &[i64], expect: bool| {
            let at = Timestamp::from_second(1_800_000_000).unwrap();
            let ago = |minutes: &i64| Timestamp::from_second(1_800_000_000 - minutes * 60).unwrap();
            let mut warnings = Warnings::default();
            let stopped = has_stopped("monitor '1'", minutes_ago.iter().map(ago), at, &mut warnings);
            assert_eq!(
                (stopped, warnings.into_vec().len()),
                (expect, usize::from(expect)),
                "{minutes_ago:?}"
            );
        };
        check(&[], false);
        check(&[60], false);
        check(&[61], true);
        check(&[63, 62, 61], true);
        check(&[-2 * 24 * 60, 200], false);
        check(&[-2 * 24 * 60 - 1, 0, 1], true);
        // Every six hours; the order of the list is no matter.
        check(&[360 * 4, 360 * 5, 360 * 6], false);
        check(&[360 * 5 + 1, 360 * 4 + 1, 360 * 6 + 1], true);
        // A month of rest long ago does not make a minute's rhythm slow.
        check(&[61, 62, 63, 43_200], true);
    }
}
