//! The seams: time, chance and the doorbell come in through these, so that a simulation can hold them all.
//!
//! The other two, the network and the ledger, are [`outbound::Outbound`] and [`store::Db`].

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use outbound::BoxFuture;
use tokio::sync::Notify;
use uuid::Uuid;

/// The time of day.
pub trait Clock: Send + Sync {
    /// Returns the present instant.
    fn now(&self) -> Timestamp;

    /// Returns the time since some instant, by a clock that no one can set. That is this one where only its owner sets it.
    fn elapsed(&self) -> Duration {
        Duration::try_from(self.now().as_duration()).unwrap_or_default()
    }

    /// Waits for `span`, by a clock that no one can set.
    fn wait(&self, span: Duration) -> BoxFuture<'_, ()>;
}

/// Chance and identity.
pub trait Mint: Send + Sync {
    /// Returns a number uniform in `[0, 1)`.
    fn jitter(&self) -> f64;

    /// Returns a new id that sorts by the time of its making.
    fn id(&self) -> Uuid;

    /// Returns bytes that nobody can guess.
    fn secret(&self) -> [u8; 32];
}

/// Who may be waiting for the bell: one bell for each kind of worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bell {
    /// A source may be due.
    Poll,
    /// An organisation may have to be judged.
    Judge,
    /// A step may be due.
    Escalate,
    /// A notification may be due.
    Notify,
    /// A page may be stale.
    Publish,
    /// Something may be owed to a subscriber.
    Announce,
    /// The view that the API answers from may be behind.
    Report,
    /// Something may be old enough to be forgotten.
    Clean,
    /// Whether all is well may have to be looked at.
    Audit,
    /// A proof of a host name may be there.
    Prove,
}

impl Bell {
    /// Every bell.
    pub const ALL: [Bell; 10] = [
        Bell::Poll,
        Bell::Judge,
        Bell::Escalate,
        Bell::Notify,
        Bell::Publish,
        Bell::Announce,
        Bell::Report,
        Bell::Clean,
        Bell::Audit,
        Bell::Prove,
    ];
}

/// A wake-up without content: losing a ring costs a second, never a page.
pub trait Doorbell: Send + Sync {
    /// Wakes whoever waits for `bell`, now or next.
    fn ring(&self, bell: Bell);

    /// Waits until `bell` rings.
    fn wait(&self, bell: Bell) -> BoxFuture<'_, ()>;
}

/// The doorbell of a single process.
#[derive(Debug, Default)]
pub struct LocalBell {
    bells: Mutex<BTreeMap<Bell, Arc<Notify>>>,
}

impl LocalBell {
    fn bell(&self, bell: Bell) -> Arc<Notify> {
        let mut bells = self.bells.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(bells.entry(bell).or_default())
    }
}

impl Doorbell for LocalBell {
    fn ring(&self, bell: Bell) {
        self.bell(bell).notify_one();
    }

    fn wait(&self, bell: Bell) -> BoxFuture<'_, ()> {
        let bell = self.bell(bell);
        Box::pin(async move { bell.notified().await })
    }
}
