//! Is anything stuck, and has somebody set the clock? Judged from signs of life and from two clocks.
//!
//! A worker gives a sign of life when it begins or ends a turn and when something it waits for comes back. Silence for
//! three of its longest periods means that it is stuck: blocked, or waiting for what never comes. A stuck worker that
//! wakes people is worse than none, since a supervisor starts another process and nothing starts another worker.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// Periods without a sign of life after which a worker is stuck. One may be a bad moment, two bad luck.
const PERIODS: u32 = 3;

/// Between two looks of the watchdog: when more lies between them, the whole process stood still, and nothing follows about
/// a worker. Many times the interval at which it looks.
const STOOD_STILL: Duration = Duration::from_secs(5);

/// How far apart wall clock and monotonic clock may move between two looks: more than time servers slew, less than a step
/// that would show.
const JUMP: Duration = Duration::from_secs(2);

/// The signs of life of one worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beat {
    /// The worker.
    pub worker: &'static str,
    /// Whether people are not woken without it.
    pub is_paging: bool,
    /// The longest it may go without a sign of life while all is well.
    pub period: Duration,
    /// When its last turn ended, or it began to work; by the clock that nobody sets.
    pub turned_at: Duration,
    /// When it gave the last sign of life.
    pub seen_at: Duration,
    /// What it is doing, in words.
    pub doing: String,
}

impl Beat {
    /// How long without a sign of life is too long.
    #[must_use]
    pub fn patience(&self) -> Duration {
        self.period.saturating_mul(PERIODS)
    }
}

/// A worker that gives no sign of life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stuck {
    /// The worker.
    pub worker: &'static str,
    /// For how long.
    pub silent: Duration,
    /// What it was doing last.
    pub doing: String,
    /// Whether it is new since the last look.
    pub is_news: bool,
}

/// What a look at the workers comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// Who is stuck.
    pub stuck: Vec<Stuck>,
    /// Whether people are no longer woken, so that the process must end.
    pub must_end: bool,
}

/// Looks at the workers again and again.
#[derive(Clone, Debug, Default)]
pub struct Watchdog {
    looked_at: Option<Duration>,
    /// What lies before this says nothing.
    since: Duration,
    known: Vec<&'static str>,
}

impl Watchdog {
    /// Looks at the workers.
    pub fn look(&mut self, elapsed: Duration, beats: &[Beat]) -> Look {
        let last = self.looked_at.replace(elapsed);
        if last.is_none_or(|last| elapsed.saturating_sub(last) > STOOD_STILL) {
            self.since = elapsed;
        }
        let silent = |beat: &Beat| elapsed.saturating_sub(beat.seen_at.max(self.since));
        let is_stuck = |beat: &&Beat| silent(beat) > beat.patience();
        let stuck: Vec<Stuck> = beats
            .iter()
            .filter(is_stuck)
            .map(|beat| Stuck {
                worker: beat.worker,
                silent: elapsed.saturating_sub(beat.seen_at),
                doing: beat.doing.clone(),
                is_news: !self.known.contains(&beat.worker),
            })
            .collect();
        self.known = stuck.iter().map(|it| it.worker).collect();
        Look { must_end: beats.iter().filter(is_stuck).any(|beat| beat.is_paging), stuck }
    }
}

/// The wall clock beside the clock that nobody sets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clocks {
    last: Option<(Timestamp, Duration)>,
}

impl Clocks {
    /// Returns by how much somebody has set the wall clock since the last look; `None` for too little to matter.
    #[must_use]
    pub fn jump(&self, wall: Timestamp, elapsed: Duration) -> Option<SignedDuration> {
        let (last_wall, last_elapsed) = self.last?;
        let passed = SignedDuration::try_from(elapsed.saturating_sub(last_elapsed)).ok()?;
        let by = wall.duration_since(last_wall).checked_sub(passed)?;
        (by.unsigned_abs() > JUMP).then_some(by)
    }

    /// Notes how the clocks stand.
    pub const fn look(&mut self, wall: Timestamp, elapsed: Duration) {
        self.last = Some((wall, elapsed));
    }
}

/// How the clock of one node stands to the ledger, which several nodes may share.
///
/// The ledger counts by how much it was moved in all. A node that sees its clock set compares: only a clock that the
/// ledger went by until then moves it, so one jump that all nodes see moves it once, and a single clock that is set right
/// again after it had gone astray moves it not at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// By how much the ledger had been moved when the node last compared.
    pub moved: SignedDuration,
    /// By how much the clock is ahead of the one that the ledger goes by.
    pub apart: SignedDuration,
}

impl Standing {
    /// Returns how the clock stands after it was set, when the ledger has been moved by `moved`; and whether the ledger is to
    /// follow, after which it has been moved by as much more.
    #[must_use]
    pub fn after(self, by: SignedDuration, moved: SignedDuration) -> (Standing, bool) {
        let others = moved.saturating_sub(self.moved);
        let apart = self.apart.saturating_add(by).saturating_sub(others);
        if apart.unsigned_abs() <= JUMP {
            return (Standing { moved, apart: SignedDuration::ZERO }, false);
        }
        if self.apart.is_zero() && others.is_zero() {
            return (Standing { moved: moved.saturating_add(by), apart: SignedDuration::ZERO }, true);
        }
        (Standing { moved, apart }, false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn beat(worker: &'static str, is_paging: bool, seen_at: u64) -> Beat {
        let (period, seen_at) = (s(20), s(seen_at));
        Beat { worker, is_paging, period, turned_at: seen_at, seen_at, doing: "taking its turn".to_owned() }
    }

    /// A watchdog that has looked every second up to this one.
    fn awake(until: u64, beats: &[Beat]) -> (Watchdog, Look) {
        let mut watchdog = Watchdog::default();
        let looks = (0..=until).map(|at| watchdog.look(s(at), beats)).last().unwrap();
        (watchdog, looks)
    }

    #[test]
    fn a_worker_is_stuck_after_three_periods_without_a_sign_of_life() {
        let check = |until, expect: &[&str]| {
            let (_, look) = awake(until, &[beat("poller", false, 40), beat("janitor", false, 90)]);
            let names: Vec<_> = look.stuck.iter().map(|stuck| stuck.worker).collect();
            assert_eq!((names.as_slice(), look.must_end), (expect, false), "after {until} s");
        };
        check(100, &[]);
        check(101, &["poller"]);
        check(150, &["poller"]);
        check(151, &["poller", "janitor"]);
    }

    #[test]
    fn a_stuck_worker_that_wakes_people_ends_the_process_and_no_other_does() {
        let (_, look) = awake(61, &[beat("notifier", true, 1), beat("publisher", false, 0)]);
        assert_eq!(
            (look.stuck.len(), look.must_end),
            (1, false),
            "the notifier has three periods, to the second"
        );
        let (_, look) = awake(62, &[beat("notifier", true, 1), beat("publisher", false, 62)]);
        assert!(look.must_end);
        assert_eq!((look.stuck[0].worker, look.stuck[0].silent), ("notifier", s(61)));
    }

    #[test]
    fn a_stuck_worker_is_news_once_until_it_lives_again() {
        let beats = [beat("poller", false, 0)];
        let (mut watchdog, look) = awake(61, &beats);
        assert!(look.stuck[0].is_news);
        assert!(!watchdog.look(s(62), &beats).stuck[0].is_news);
        assert!(watchdog.look(s(63), &[beat("poller", false, 63)]).stuck.is_empty());
        let look = (64..=124).map(|at| watchdog.look(s(at), &[beat("poller", false, 63)])).last().unwrap();
        assert!(look.stuck[0].is_news);
    }

    #[test]
    fn after_the_whole_process_stood_still_everyone_has_time_to_come_back() {
        let beats = [beat("escalator", true, 0)];
        let (mut watchdog, _) = awake(10, &beats);
        assert_eq!(watchdog.look(s(10_000), &beats), Look::default());
        let later: Vec<bool> = (10_001..=10_061).map(|at| watchdog.look(s(at), &beats).must_end).collect();
        assert_eq!(later.iter().position(|must_end| *must_end), Some(60), "three periods later it is stuck");
    }

    #[test]
    fn a_clock_has_jumped_when_it_moved_over_two_seconds_from_the_other() {
        let wall = |seconds: i64| Timestamp::from_second(1_750_000_000 + seconds).unwrap();
        let check = |wall_passed, elapsed_passed: u64, expect: Option<i64>| {
            let mut clocks = Clocks::default();
            assert_eq!(clocks.jump(wall(0), s(100)), None, "the first look has nothing to compare with");
            clocks.look(wall(0), s(100));
            let jump = clocks.jump(wall(wall_passed), s(100 + elapsed_passed));
            assert_eq!(jump, expect.map(SignedDuration::from_secs), "{wall_passed} {elapsed_passed}");
        };
        check(0, 0, None);
        check(3600, 3600, None);
        check(3, 1, None);
        check(4, 1, Some(3));
        check(-1, 1, None);
        check(-2, 1, Some(-3));
        check(86_401, 1, Some(86_400));
        check(-3599, 1, Some(-3600));
    }

    /// Two nodes see their clocks set, one after the other; returns how the second stands and by how much the ledger moved.
    fn two(first: i64, second: i64) -> (i64, i64) {
        let mut ledger = SignedDuration::ZERO;
        let mut jump = |standing: Standing, by: i64| {
            let by = SignedDuration::from_secs(by);
            let (standing, follows) = standing.after(by, ledger);
            ledger += if follows { by } else { SignedDuration::ZERO };
            standing
        };
        jump(Standing::default(), first);
        let last = jump(Standing::default(), second);
        (last.apart.as_secs(), ledger.as_secs())
    }

    #[test]
    fn one_jump_that_two_nodes_see_moves_the_ledger_once() {
        assert_eq!(two(3600, 3600), (0, 3600));
        // Clocks are never set by quite the same.
        assert_eq!(two(-3600, -3601), (0, -3600));
    }

    #[test]
    fn a_clock_that_the_ledger_does_not_go_by_does_not_move_it() {
        assert_eq!(two(3600, 600), (600 - 3600, 3600));
        let (hour, zero) = (SignedDuration::from_hours(1), SignedDuration::ZERO);
        // Another node's clock went astray and the ledger with it; ours goes on. Then ours is set to the same, and back.
        let (here, follows) = Standing::default().after(hour, hour);
        assert_eq!((here, follows), (Standing { moved: hour, apart: zero }, false));
        let astray = Standing { moved: hour, apart: -hour };
        assert!(!astray.after(SignedDuration::from_mins(5), hour).1);
        assert_eq!(astray.after(hour, hour), (Standing { moved: hour, apart: zero }, false));
    }

    #[test]
    fn a_jump_whose_answer_was_lost_is_not_followed_again() {
        let minute = SignedDuration::from_mins(1);
        let (after, follows) = Standing::default().after(minute, SignedDuration::ZERO);
        assert!(follows);
        assert_eq!(Standing::default().after(minute, minute), (after, false));
    }
}
