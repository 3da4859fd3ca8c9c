//! The real clock and the real chance: the only place that reads them.

use std::{
    sync::{Mutex, OnceLock, PoisonError},
    time::Duration,
};

use engine::seams::{Clock, Mint};
use jiff::Timestamp;
use outbound::BoxFuture;
use rand::{Rng, RngExt, SeedableRng, rngs::StdRng};
use uuid::Uuid;

/// What the clock that nobody sets said when it was first read.
static START: OnceLock<Duration> = OnceLock::new();

/// The system's clock.
#[derive(Debug)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the seam through which time comes in")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn elapsed(&self) -> Duration {
        let now = unset();
        now.saturating_sub(*START.get_or_init(|| now))
    }

    fn wait(&self, span: Duration) -> BoxFuture<'_, ()> {
        Box::pin(tokio::time::sleep(span))
    }
}

/// The clock that nobody sets, from whenever it counts. It goes on while the machine is suspended: one that stood still would
/// make the time of day look as though somebody had set it.
#[cfg(target_os = "linux")]
fn unset() -> Duration {
    let since_boot = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    Duration::try_from(since_boot).expect("the time since the machine was started is not negative")
}

/// The clock that nobody sets, from the first look at it. Whether it goes on while the machine is suspended is the system's.
#[cfg(not(target_os = "linux"))]
fn unset() -> Duration {
    static FIRST: OnceLock<tokio::time::Instant> = OnceLock::new();
    FIRST.get_or_init(tokio::time::Instant::now).elapsed()
}

/// The system's randomness.
#[derive(Debug)]
pub(crate) struct SystemMint(Mutex<StdRng>);

impl SystemMint {
    /// Takes a seed from the operating system.
    pub(crate) fn new() -> Self {
        Self(Mutex::new(rand::make_rng()))
    }

    /// Repeats what this seed gives: `replay` shows the same twice.
    pub(crate) fn seeded(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }
}

impl Mint for SystemMint {
    fn jitter(&self) -> f64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).random()
    }

    fn id(&self) -> Uuid {
        let mut bytes = [0; 16];
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }

    fn secret(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes);
        bytes
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    /// The time since the machine was started, with what it was suspended, in hundredths of a second.
    fn uptime() -> Option<u128> {
        let text = std::fs::read_to_string("/proc/uptime").ok()?;
        let (seconds, hundredths) = text.split_whitespace().next()?.split_once('.')?;
        Some(seconds.parse::<u128>().ok()? * 100 + hundredths.parse::<u128>().ok()?)
    }

    #[test]
    fn the_clock_that_nobody_sets_counts_what_the_machine_was_suspended() {
        let before = uptime().unwrap();
        let between = unset().as_millis() / 10;
        let after = uptime().unwrap();
        assert!((before..=after).contains(&between), "{before} {between} {after}");
        let first = SystemClock.elapsed();
        assert!(SystemClock.elapsed() >= first);
    }
}
