//! When to read a source again, and how well we can read it.

use std::time::Duration;

use jiff::Timestamp;

use crate::{ProviderId, SourceHealth};

/// Failed polls in a row after which a source is unreadable.
pub const UNREADABLE_AFTER: u32 = 5;

/// Failed polls in a row, the last with an answer that can't be the page's, after which a source is unreadable: what answers
/// in another shape is not a passing trouble.
pub const UNREADABLE_AFTER_REFUSALS: u32 = 2;

/// Intervals without a reading after which a source is stale.
pub const STALE_AFTER_INTERVALS: u32 = 3;

/// The longest wait that failures alone lead to.
const LONGEST_BACKOFF: Duration = Duration::from_secs(15 * 60);

/// The longest wait that a server can ask for with `Retry-After`.
const LONGEST_ASKED: Duration = Duration::from_secs(60 * 60);

/// The longest time for which a server's word that its answer will not change (`max-age`) is believed.
const LONGEST_FRESHNESS: Duration = Duration::from_secs(10 * 60);

/// How much rarer a provider is read on whom nobody depends, while nothing is open there.
const UNUSED_FACTOR: u32 = 5;

/// How often the longer lists are read while an incident of the last weeks may still get its post-mortem.
const HISTORY_INTERVAL: Duration = Duration::from_secs(6 * 60 * 60);

/// How long after its end an incident may still be explained or edited.
pub const EXPLAINED_WITHIN: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// How our attempts at a source went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// When a poll last ended, however it went.
    pub last_poll_at: Option<Timestamp>,
    /// When a poll last ended with a reading that could be trusted, or with word that nothing has changed.
    pub last_fresh_at: Option<Timestamp>,
    /// Failed polls in a row.
    pub failures: u32,
    /// Whether the last of them had an answer that can't be the page's: another shape, another page.
    pub is_refused: bool,
    /// Why the last poll failed, in words for a person.
    pub reason: Option<String>,
    /// When the next poll is due.
    pub next_poll_at: Option<Timestamp>,
    /// Whether something was wrong, open or under way at the last reading.
    pub is_busy: bool,
    /// The shortest wait that the server's last answer allows.
    pub floor: Duration,
    /// When the longer lists of the page are to be read again for what was added after the end; `None` while nothing can be.
    pub history_due_at: Option<Timestamp>,
}

/// How closely a provider is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watch {
    /// Somebody depends on it or has declared it: at its own interval, always.
    Used,
    /// Somebody looks at its page: at its own interval for a while.
    Visited,
    /// Nobody does, but all are to be read: rarely while all is quiet.
    Unused,
}

impl Source {
    /// Returns how long to wait between two polls: half of `base` while something is open, several times `base` where
    /// nobody looks, and never less than the server or the platform (`shortest`) allows.
    #[must_use]
    pub fn pace(&self, base: Duration, watch: Watch, shortest: Duration) -> Duration {
        let wanted = match (self.is_busy, watch) {
            (true, _) => base / 2,
            (false, Watch::Used | Watch::Visited) => base,
            (false, Watch::Unused) => base.saturating_mul(UNUSED_FACTOR),
        };
        wanted.max(self.floor.min(LONGEST_FRESHNESS)).max(shortest)
    }

    /// Whether a reading at `now` comes so long after the one before it that what happened between is not known.
    #[must_use]
    pub fn has_gap(&self, now: Timestamp, interval: Duration) -> bool {
        let span = interval.saturating_mul(STALE_AFTER_INTERVALS);
        self.last_fresh_at.is_some_and(|fresh| later(fresh, span) < now)
    }

    /// Returns the state after a poll that gave a reading. `jitter` is uniform in `[0, 1)` and spreads polls by a tenth of
    /// the interval to either side.
    #[must_use]
    pub fn read(self, now: Timestamp, interval: Duration, jitter: f64) -> Source {
        Source {
            last_poll_at: Some(now),
            last_fresh_at: Some(now),
            failures: 0,
            is_refused: false,
            reason: None,
            next_poll_at: Some(later(now, spread(interval, jitter))),
            ..self
        }
    }

    /// Returns the state after a poll that our own network kept from its goal: nothing is said about the source, which is
    /// tried again at its usual pace.
    #[must_use]
    pub fn hindered(self, now: Timestamp, interval: Duration, jitter: f64, reason: String) -> Source {
        Source {
            last_poll_at: Some(now),
            reason: Some(reason),
            next_poll_at: Some(later(now, spread(interval, jitter))),
            ..self
        }
    }

    /// Returns the state after a poll that failed. The wait doubles with each failure in a row; a server that asks for
    /// more with `Retry-After` gets it, within reason.
    #[must_use]
    pub fn failed(
        self,
        now: Timestamp,
        interval: Duration,
        jitter: f64,
        asked: Option<Duration>,
        reason: String,
    ) -> Source {
        let failures = self.failures.saturating_add(1);
        let doubled = interval.saturating_mul(1 << failures.saturating_sub(1).min(5));
        let wait = spread(doubled.min(LONGEST_BACKOFF.max(interval)), jitter);
        let wait = wait.max(asked.unwrap_or_default().min(LONGEST_ASKED));
        Source {
            last_poll_at: Some(now),
            failures,
            is_refused: false,
            reason: Some(reason),
            next_poll_at: Some(later(now, wait)),
            ..self
        }
    }

    /// Returns the state after a poll whose answer can't be the page's.
    #[must_use]
    pub fn refused(
        self,
        now: Timestamp,
        interval: Duration,
        jitter: f64,
        asked: Option<Duration>,
        reason: String,
    ) -> Source {
        Source { is_refused: true, ..self.failed(now, interval, jitter, asked, reason) }
    }

    /// Returns how well we can read the source at `now`.
    #[must_use]
    pub fn health(&self, now: Timestamp, interval: Duration) -> SourceHealth {
        let most = if self.is_refused { UNREADABLE_AFTER_REFUSALS } else { UNREADABLE_AFTER };
        if self.failures >= most {
            return SourceHealth::Unreadable;
        }
        let Some(fresh) = self.last_fresh_at else { return SourceHealth::NeverRead };
        let pace = interval.max(self.planned_wait());
        if later(fresh, pace.saturating_mul(STALE_AFTER_INTERVALS)) < now {
            return SourceHealth::Stale;
        }
        SourceHealth::Fresh
    }
}

/// Returns when the longer lists of a page should be read again: `ended` is the latest end of an incident that is known.
#[must_use]
pub fn history_due(now: Timestamp, ended: Option<Timestamp>) -> Option<Timestamp> {
    let is_recent = later(ended?, EXPLAINED_WITHIN) > now;
    is_recent.then(|| later(now, HISTORY_INTERVAL))
}

/// Returns where in an interval a provider has its place, in `[0, 1)`: a start that finds many sources overdue spreads them
/// by it, the same way every time.
#[must_use]
pub fn phase(id: ProviderId) -> f64 {
    let low = u32::try_from(id.0.as_u128() & u128::from(u32::MAX)).unwrap_or_default();
    f64::from(low) / (f64::from(u32::MAX) + 1.0)
}

impl Source {
    /// How long after the last reading the next one is to come; a source whose polls fail is not planned to be read so.
    fn planned_wait(&self) -> Duration {
        let (Some(last), Some(next), 0) = (self.last_poll_at, self.next_poll_at, self.failures) else {
            return Duration::ZERO;
        };
        Duration::try_from(next.duration_since(last)).unwrap_or_default()
    }
}

fn spread(interval: Duration, jitter: f64) -> Duration {
    interval.mul_f64(0.9 + 0.2 * jitter.clamp(0.0, 1.0))
}

fn later(at: Timestamp, wait: Duration) -> Timestamp {
    at.checked_add(wait).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + seconds).unwrap()
    }

    fn fail(source: Source, seconds: i64) -> Source {
        source.failed(at(seconds), MINUTE, 0.5, None, "HTTP status 503".to_owned())
    }

    #[test]
    fn health_goes_from_never_read_through_fresh_and_stale_to_unreadable() {
        let mut source = Source::default();
        assert_eq!(source.health(at(0), MINUTE), SourceHealth::NeverRead);
        source = source.read(at(0), MINUTE, 0.5);
        assert_eq!(source.health(at(180), MINUTE), SourceHealth::Fresh);
        assert_eq!(source.health(at(181), MINUTE), SourceHealth::Stale);
        for n in 1..UNREADABLE_AFTER {
            source = fail(source, i64::from(n));
            assert_eq!(source.health(at(10), MINUTE), SourceHealth::Fresh, "after {n} failures");
        }
        source = fail(source, 5);
        assert_eq!(source.health(at(10), MINUTE), SourceHealth::Unreadable);
        assert_eq!(source.read(at(11), MINUTE, 0.5).health(at(12), MINUTE), SourceHealth::Fresh);
    }

    #[test]
    fn answers_that_can_not_be_the_page_s_make_it_unreadable_sooner_than_silence() {
        let refuse =
            |source: Source, second| source.refused(at(second), MINUTE, 0.5, None, "HTML".to_owned());
        let once = refuse(Source::default().read(at(0), MINUTE, 0.5), 60);
        assert_eq!(once.health(at(61), MINUTE), SourceHealth::Fresh, "one may be a passing error page");
        assert_eq!(refuse(once.clone(), 120).health(at(121), MINUTE), SourceHealth::Unreadable);
        assert_eq!(
            fail(once.clone(), 120).health(at(121), MINUTE),
            SourceHealth::Fresh,
            "silence is another matter"
        );
        assert_eq!(refuse(once, 120).read(at(180), MINUTE, 0.5).health(at(181), MINUTE), SourceHealth::Fresh);
    }

    #[test]
    fn a_source_that_is_read_rarely_is_not_stale_for_that() {
        let source = Source::default().read(at(0), MINUTE * 5, 0.5);
        assert_eq!(source.health(at(899), MINUTE), SourceHealth::Fresh);
        assert_eq!(source.health(at(901), MINUTE), SourceHealth::Stale);
        assert_eq!(
            fail(source, 300).health(at(301), MINUTE),
            SourceHealth::Stale,
            "it should have been read"
        );
    }

    #[test]
    fn waits_double_to_a_limit_and_begin_anew_after_a_reading() {
        let mut source = Source::default();
        let mut waits = Vec::new();
        for _ in 0..8 {
            source = fail(source, 0);
            waits.push(source.next_poll_at.unwrap().duration_since(at(0)).as_secs());
        }
        assert_eq!(waits, [60, 120, 240, 480, 900, 900, 900, 900]);
        assert_eq!(source.read(at(0), MINUTE, 0.0).next_poll_at, Some(at(54)));
    }

    #[test]
    fn the_pace_follows_what_is_open_who_looks_and_what_the_server_allows() {
        let check = |is_busy, floor, watch, expect: u64| {
            let source = Source { is_busy, floor: Duration::from_secs(floor), ..Source::default() };
            let pace = source.pace(MINUTE, watch, Duration::from_secs(10));
            assert_eq!(pace.as_secs(), expect, "{is_busy} {floor} {watch:?}");
        };
        check(false, 0, Watch::Used, 60);
        check(true, 0, Watch::Used, 30);
        check(true, 0, Watch::Unused, 30);
        check(false, 0, Watch::Visited, 60);
        check(false, 0, Watch::Unused, 300);
        check(true, 45, Watch::Used, 45);
        check(false, 86_400, Watch::Used, 600);
        let google = Source { is_busy: true, ..Source::default() };
        assert_eq!(google.pace(MINUTE, Watch::Used, MINUTE * 5), MINUTE * 5);
    }

    #[test]
    fn history_is_read_again_while_an_incident_may_still_be_explained() {
        let day = 86_400;
        let check = |ended: Option<i64>, expect: Option<i64>| {
            assert_eq!(history_due(at(0), ended.map(at)), expect.map(at), "{ended:?}");
        };
        check(None, None);
        check(Some(-60), Some(6 * 3600));
        check(Some(-29 * day), Some(6 * 3600));
        check(Some(-30 * day), None);
    }

    #[test]
    fn trouble_of_our_own_says_nothing_about_a_source() {
        let source = fail(Source::default().read(at(0), MINUTE, 0.5), 60);
        let after = source.clone().hindered(at(120), MINUTE, 0.5, "no way out".to_owned());
        assert_eq!((after.failures, after.last_fresh_at), (source.failures, source.last_fresh_at));
        assert_eq!(after.next_poll_at, Some(at(180)));
    }

    #[test]
    fn retry_after_is_honoured_within_an_hour() {
        let asked = |seconds| {
            Source::default().failed(at(0), MINUTE, 0.5, Some(Duration::from_secs(seconds)), String::new())
        };
        assert_eq!(asked(600).next_poll_at, Some(at(600)));
        assert_eq!(asked(1).next_poll_at, Some(at(60)));
        assert_eq!(asked(1_000_000).next_poll_at, Some(at(3600)));
    }
}
