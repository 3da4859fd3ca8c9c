//! The real clock and the real chance: the only place that reads them.

use std::{
    sync::{Mutex, OnceLock, PoisonError},
    time::Duration,
};

use engine::seams::{Clock, Mint};
use jiff::Timestamp;
use outbound::BoxFuture;
use rand::{Rng, RngExt, SeedableRng, rngs::StdRng};
use tokio::time::Instant;
use uuid::Uuid;

/// From when the clock that nobody sets is read.
static START: OnceLock<Instant> = OnceLock::new();

/// The system's clock.
#[derive(Debug)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the seam through which time comes in")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn elapsed(&self) -> Duration {
        START.get_or_init(Instant::now).elapsed()
    }

    fn wait(&self, span: Duration) -> BoxFuture<'_, ()> {
        Box::pin(tokio::time::sleep(span))
    }
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
