//! A clock that stands still until it is set.

use std::time::Duration;

use engine::seams::Clock;
use jiff::Timestamp;
use outbound::BoxFuture;
use tokio::sync::watch;

/// A clock that stands still until it is set. Waiting for it takes no time of ours.
#[derive(Debug)]
pub struct ManualClock(watch::Sender<Timestamp>);

impl ManualClock {
    /// Makes a clock that shows this instant.
    #[must_use]
    pub fn new(at: Timestamp) -> Self {
        Self(watch::Sender::new(at))
    }

    /// Sets the clock forward; backward it does not go.
    pub fn set(&self, at: Timestamp) {
        self.0.send_if_modified(|now| {
            let is_later = at > *now;
            if is_later {
                *now = at;
            }
            is_later
        });
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.0.borrow()
    }

    fn wait(&self, span: Duration) -> BoxFuture<'_, ()> {
        let until = self.now().checked_add(span).unwrap_or(Timestamp::MAX);
        let mut shown = self.0.subscribe();
        Box::pin(async move {
            // An error would mean that the clock is gone, and it is borrowed here.
            let _ = shown.wait_for(|now| *now >= until).await;
        })
    }
}
