//! Kept connections: what polls reuse, so that a host asked every minute costs no handshake every minute.
//!
//! A connection is kept under the origin (scheme, host name, port) that it was opened for and is given out for that one
//! only, whoever else lives at its address. It comes in after its answer was read to the end, and goes out to one request
//! at a time, HTTP/2 as well. It is not kept longer than [`IDLE`] without use, so polls find it; nor used when it is older
//! than [`AGE`], so that a name which moves is followed. What the server closed meanwhile is never given out. Pages do
//! not come here.
//!
//! Old ones leave when another comes or is asked for; there is no task of its own. When nobody polls any more nothing
//! grows, and what is left is bounded.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;
use tracing::info;
use url::Origin;

use crate::connection::Connection;

#[cfg(test)]
mod tests;

/// How long a connection is used.
pub(crate) const AGE: Duration = Duration::from_secs(600);

/// How long a connection is kept without use; longer than the minute between two polls.
pub(crate) const IDLE: Duration = Duration::from_secs(100);

/// Connections kept at most.
const MOST: usize = 8192;

/// Connections kept for one origin; as many as may be in use at once.
const PER_ORIGIN: usize = 2;

/// Open files that are assumed to be allowed where the system does not say.
const FEW_FILES: usize = 256;

/// Connections that wait for their next request.
pub(crate) struct Pool {
    most: usize,
    shelf: Mutex<Shelf>,
}

/// What is kept, by the turn in which it came: the first is the one that waits longest.
#[derive(Default)]
struct Shelf {
    turn: u64,
    kept: BTreeMap<u64, Kept>,
    turns: HashMap<Origin, Vec<u64>>,
}

struct Kept {
    origin: Origin,
    connection: Connection,
    since: Instant,
}

impl Pool {
    /// Makes a pool. It takes at most half of the files that this process may open: what listens, stores and pages needs
    /// the others.
    pub(crate) fn new() -> Self {
        let most = (open_files() / 2).min(MOST);
        if most < MOST {
            info!(
                connections.kept.limit = most,
                "limit of open files lowered the number of kept connections"
            );
        }
        Self::holding(most)
    }

    fn holding(most: usize) -> Self {
        Self { most, shelf: Mutex::default() }
    }

    /// Takes the connection of this origin that was used last, if there is one that can be used again.
    pub(crate) fn take(&self, origin: &Origin) -> Option<Connection> {
        let mut shelf = self.shelf();
        shelf.drop_unused(Instant::now());
        while let Some(&turn) = shelf.turns.get(origin)?.last() {
            let connection = shelf.remove(turn)?.connection;
            if is_usable(&connection) {
                return Some(connection);
            }
        }
        None
    }

    /// Keeps a connection whose answer was read to the end.
    pub(crate) fn put(&self, origin: Origin, connection: Connection) {
        if !is_usable(&connection) {
            return;
        }
        let mut shelf = self.shelf();
        let now = Instant::now();
        shelf.drop_unused(now);
        let of_origin = shelf.turns.get(&origin).filter(|turns| turns.len() >= PER_ORIGIN);
        if let Some(oldest) = of_origin.and_then(|turns| turns.first().copied()) {
            shelf.remove(oldest);
        }
        shelf.insert(Kept { origin, connection, since: now });
        while shelf.kept.len() > self.most {
            shelf.remove_oldest();
        }
    }

    /// Returns how many connections wait.
    pub(crate) fn idle(&self) -> usize {
        let mut shelf = self.shelf();
        shelf.drop_unused(Instant::now());
        shelf.kept.values().filter(|kept| is_usable(&kept.connection)).count()
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shelf {
    fn insert(&mut self, kept: Kept) {
        self.turn += 1;
        self.turns.entry(kept.origin.clone()).or_default().push(self.turn);
        self.kept.insert(self.turn, kept);
    }

    fn remove(&mut self, turn: u64) -> Option<Kept> {
        let kept = self.kept.remove(&turn)?;
        if let Some(turns) = self.turns.get_mut(&kept.origin) {
            turns.retain(|&other| other != turn);
            if turns.is_empty() {
                self.turns.remove(&kept.origin);
            }
        }
        Some(kept)
    }

    fn remove_oldest(&mut self) {
        if let Some((&turn, _)) = self.kept.first_key_value() {
            self.remove(turn);
        }
    }

    fn drop_unused(&mut self, now: Instant) {
        while self.kept.first_key_value().is_some_and(|(_, kept)| now.duration_since(kept.since) > IDLE) {
            self.remove_oldest();
        }
    }
}

fn is_usable(connection: &Connection) -> bool {
    connection.is_open() && connection.opened_at().elapsed() <= AGE
}

/// How many files this process may open.
fn open_files() -> usize {
    std::fs::read_to_string("/proc/self/limits").map_or(FEW_FILES, |limits| parse_open_files(&limits))
}

/// Reads the soft limit: `Max open files  1024  524288  files`.
fn parse_open_files(limits: &str) -> usize {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    match line.and_then(|line| line.split_whitespace().next()) {
        Some("unlimited") => usize::MAX,
        Some(soft) => soft.parse().unwrap_or(FEW_FILES),
        None => FEW_FILES,
    }
}
