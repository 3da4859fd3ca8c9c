//! Workers: each takes turns, and a turn after a crash is the recovery.
//!
//! A turn claims one bounded batch of rows, acts on them, settles each by itself and returns; it never sleeps and never
//! learns what rang the bell. What a turn leaves undone is still a row, so the next turn, in this process or another,
//! finds it. A claim is a lease with an epoch: a worker that was away too long is fenced out when it settles.

mod announcer;
mod auditor;
mod escalator;
mod janitor;
mod notifier;
mod poller;
mod propagator;
mod publisher;
mod registrar;
mod reporter;
mod sending;

use jiff::Timestamp;
use outbound::BoxFuture;

use crate::{error::CommandError, seams::Bell, shell::Shell};

pub use announcer::Announcer;
pub use auditor::{Auditor, DeadMan, PingMethod, take_audit};
pub use escalator::Escalator;
pub use janitor::{Janitor, Retention};
pub use notifier::Notifier;
pub use poller::Poller;
pub use propagator::Propagator;
pub use publisher::Publisher;
pub use registrar::{Proof, Registrar};
pub use reporter::Reporter;

/// What a turn ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// The batch was full: there may be more.
    More,
    /// Nothing more is due before this instant; `None` when nothing is planned at all.
    IdleUntil(Option<Timestamp>),
}

/// Something that takes turns.
pub trait Worker: Send + Sync {
    /// The name in logs and metrics.
    fn name(&self) -> &'static str;

    /// The bell that wakes it.
    fn bell(&self) -> Bell;

    /// Takes one turn.
    fn turn<'a>(&'a self, shell: &'a Shell) -> BoxFuture<'a, Result<Turn, CommandError>>;
}

/// Returns every worker of a process that does everything. The [`Auditor`], who looks at these, is beside them.
#[must_use]
pub fn all() -> Vec<Box<dyn Worker>> {
    all_keeping(Retention::default())
}

/// As [`all`], with a janitor that keeps what it does not keep for good as long as this.
#[must_use]
pub fn all_keeping(retention: Retention) -> Vec<Box<dyn Worker>> {
    vec![
        Box::new(Poller::default()),
        Box::new(Propagator),
        Box::new(Escalator),
        Box::new(Notifier::default()),
        Box::new(Publisher::default()),
        Box::new(Announcer),
        Box::new(Registrar),
        Box::new(Reporter::default()),
        Box::new(Janitor::keeping(retention)),
    ]
}

fn lease_until(now: Timestamp, lease: std::time::Duration) -> Timestamp {
    now.checked_add(lease).unwrap_or(Timestamp::MAX)
}
