//! A clock that stands still until it is set.

use std::time::Duration;

use engine::seams::Clock;
use jiff::{SignedDuration, Timestamp};
use outbound::BoxFuture;
use tokio::sync::watch;

/// A clock that stands still until it is set. Waiting for it takes no time of ours.
#[derive(Debug)]
pub struct ManualClock(watch::Sender<Hands>);

/// What the clock on the wall shows, and how much time has really passed.
#[derive(Clone, Copy, Debug)]
struct Hands {
    wall: Timestamp,
    elapsed: Duration,
}

impl ManualClock {
    /// Makes a clock that shows this instant.
    #[must_use]
    pub fn new(at: Timestamp) -> Self {
        Self(watch::Sender::new(Hands { wall: at, elapsed: Duration::ZERO }))
    }

    /// Lets time pass until it is this instant; backward it does not go.
    pub fn set(&self, at: Timestamp) {
        self.0.send_if_modified(|hands| {
            let passed = Duration::try_from(at.duration_since(hands.wall)).unwrap_or_default();
            hands.wall = at.max(hands.wall);
            hands.elapsed += passed;
            !passed.is_zero()
        });
    }

    /// Somebody sets the clock on the wall; no time passes.
    pub fn jump(&self, by: SignedDuration) {
        self.0.send_modify(|hands| hands.wall = hands.wall.saturating_add(by).unwrap_or(hands.wall));
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        self.0.borrow().wall
    }

    fn elapsed(&self) -> Duration {
        self.0.borrow().elapsed
    }

    fn wait(&self, span: Duration) -> BoxFuture<'_, ()> {
        let until = self.elapsed().saturating_add(span);
        let mut shown = self.0.subscribe();
        Box::pin(async move {
            // An error would mean that the clock is gone, and it is borrowed here.
            let _ = shown.wait_for(|hands| hands.elapsed >= until).await;
        })
    }
}
