//! When to read a source again, and how well we can read it.

use std::time::Duration;

use jiff::Timestamp;

use crate::SourceHealth;

/// Failed polls in a row after which a source is unreadable.
pub const UNREADABLE_AFTER: u32 = 5;

/// Intervals without a reading after which a source is stale.
pub const STALE_AFTER_INTERVALS: u32 = 3;

/// The longest wait that failures alone lead to.
const LONGEST_BACKOFF: Duration = Duration::from_secs(15 * 60);

/// The longest wait that a server can ask for with `Retry-After`.
const LONGEST_ASKED: Duration = Duration::from_secs(60 * 60);

/// How our attempts at a source went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// When a poll last ended, however it went.
    pub last_poll_at: Option<Timestamp>,
    /// When a poll last ended with a reading that could be trusted, or with word that nothing has changed.
    pub last_fresh_at: Option<Timestamp>,
    /// Failed polls in a row.
    pub failures: u32,
    /// Why the last poll failed, in words for a person.
    pub reason: Option<String>,
    /// When the next poll is due.
    pub next_poll_at: Option<Timestamp>,
}

impl Source {
    /// Returns the state after a poll that gave a reading. `jitter` is uniform in `[0, 1)` and spreads polls by a tenth of
    /// the interval to either side.
    #[must_use]
    pub fn read(self, now: Timestamp, interval: Duration, jitter: f64) -> Source {
        Source {
            last_poll_at: Some(now),
            last_fresh_at: Some(now),
            failures: 0,
            reason: None,
            next_poll_at: Some(later(now, spread(interval, jitter))),
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
            reason: Some(reason),
            next_poll_at: Some(later(now, wait)),
            ..self
        }
    }

    /// Returns how well we can read the source at `now`.
    #[must_use]
    pub fn health(&self, now: Timestamp, interval: Duration) -> SourceHealth {
        if self.failures >= UNREADABLE_AFTER {
            return SourceHealth::Unreadable;
        }
        let Some(fresh) = self.last_fresh_at else { return SourceHealth::NeverRead };
        if later(fresh, interval.saturating_mul(STALE_AFTER_INTERVALS)) < now {
            return SourceHealth::Stale;
        }
        SourceHealth::Fresh
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
    fn retry_after_is_honoured_within_an_hour() {
        let asked = |seconds| {
            Source::default().failed(at(0), MINUTE, 0.5, Some(Duration::from_secs(seconds)), String::new())
        };
        assert_eq!(asked(600).next_poll_at, Some(at(600)));
        assert_eq!(asked(1).next_poll_at, Some(at(60)));
        assert_eq!(asked(1_000_000).next_poll_at, Some(at(3600)));
    }
}
