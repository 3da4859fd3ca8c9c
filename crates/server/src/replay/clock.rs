//! A clock that stands still until it is set.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use engine::seams::Clock;
use jiff::Timestamp;
use outbound::BoxFuture;

/// A clock that stands still until it is set.
#[derive(Debug)]
pub(super) struct SetClock(Mutex<Timestamp>);

impl SetClock {
    /// Makes one that shows `at`.
    pub(super) const fn at(at: Timestamp) -> Self {
        Self(Mutex::new(at))
    }

    /// Moves on to `at`; it never goes back.
    pub(super) fn set(&self, at: Timestamp) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now = at.max(*now);
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whoever takes turns by hand waits for nothing.
    fn wait(&self, _span: Duration) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}
