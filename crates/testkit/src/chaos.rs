//! What goes wrong, decided by a seed at each point where the product meets the world.
//!
//! A crash is a point that never answers: whoever drives the turn then drops it, as the end of a process would. Points
//! that are reached after the crash and before the drop do nothing.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::rng::Rng;

/// What happens to one write of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteFate {
    /// It is done and said to be.
    Done,
    /// It is not done, and the caller is told that the database can't be used.
    LostBefore,
    /// It is done, and the caller is told that the database can't be used.
    LostAfter,
    /// The process dies before it.
    CrashBefore,
    /// The process dies after it.
    CrashAfter,
}

/// What happens to one message on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendFate {
    /// It arrives, and is answered.
    Answered,
    /// It arrives twice, by no act of ours.
    Doubled,
    /// It arrives, and the connection ends before the answer.
    CutAfterArrival,
    /// It arrives, and the answer comes too late.
    SlowAfterArrival,
    /// It is sent and lost on the way, and no answer comes in time.
    SlowAndLost,
    /// No connection comes about in time.
    NeverConnected,
    /// Nobody listens.
    Unreachable,
    /// Too many requests; ask again after these seconds.
    Busy(u64),
    /// The server is in trouble.
    ServerTrouble,
    /// The process dies before it is sent.
    CrashBefore,
    /// The process dies after it has arrived.
    CrashAfter,
}

/// How much went wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Processes that died.
    pub crashes: u64,
    /// Writes whose caller was told that they failed.
    pub lost_writes: u64,
    /// Messages that met trouble on their way.
    pub bad_sends: u64,
    /// Messages that arrived twice by no act of ours.
    pub doubled: u64,
    /// Stretches in which the disk was full.
    pub full_disks: u64,
    /// Stretches in which a destination could not be reached.
    pub partitions: u64,
    /// Times that the clock on the wall was set.
    pub jumps: u64,
}

impl Tally {
    /// Adds another story's trouble.
    pub const fn add(&mut self, other: &Self) {
        self.crashes += other.crashes;
        self.lost_writes += other.lost_writes;
        self.bad_sends += other.bad_sends;
        self.doubled += other.doubled;
        self.full_disks += other.full_disks;
        self.partitions += other.partitions;
        self.jumps += other.jumps;
    }
}

#[derive(Debug)]
struct State {
    rng: Rng,
    is_on: bool,
    has_crashed: bool,
    /// Whether no process dies for now: what would end it loses an answer instead.
    is_spared: bool,
    /// Whether nothing can be written.
    is_full: bool,
    /// Whether a message has left in this turn: from here on, losing a write sends it twice.
    has_sent: bool,
    tally: Tally,
}

/// What goes wrong, by seed.
#[derive(Debug)]
pub struct Chaos(Mutex<State>);

/// How often each kind of trouble hits a write before anything has been sent.
const WRITE: f64 = 0.012;

/// The same once a message has left in the turn: then it makes a duplicate, of which there must be few.
const WRITE_AFTER_SENDING: f64 = 0.0003;

/// How often each kind of trouble hits a message that keeps it from arriving.
const SEND: f64 = 0.02;

/// How often each kind of trouble hits a message after it has arrived, so that it has to be sent again.
const SEND_ARRIVED: f64 = 0.0008;

impl Chaos {
    /// Nothing goes wrong until [`turn_on`](Self::turn_on).
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        let tally = Tally {
            crashes: 0,
            lost_writes: 0,
            bad_sends: 0,
            doubled: 0,
            full_disks: 0,
            partitions: 0,
            jumps: 0,
        };
        let (rng, is_on) = (Rng::new(seed), false);
        let (has_crashed, is_spared, is_full, has_sent) = (false, false, false, false);
        Self(Mutex::new(State { rng, is_on, has_crashed, is_spared, is_full, has_sent, tally }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets things go wrong, or no longer.
    pub fn turn_on(&self, is_on: bool) {
        self.state().is_on = is_on;
    }

    /// Fills the disk, or makes room on it: while it is full no write is done, and reads are.
    pub fn fill(&self, is_full: bool) {
        let mut state = self.state();
        state.tally.full_disks += u64::from(is_full && !state.is_full);
        state.is_full = is_full;
    }

    /// Lets no process die, or again.
    pub fn spare(&self, is_spared: bool) {
        self.state().is_spared = is_spared;
    }

    /// Notes trouble that is made elsewhere.
    pub fn note(&self, change: impl FnOnce(&mut Tally)) {
        change(&mut self.state().tally);
    }

    /// Begins a turn, after a crash in a process of its own.
    pub fn begin_turn(&self) {
        let mut state = self.state();
        state.has_crashed = false;
        state.has_sent = false;
    }

    /// Whether the process has died in this turn.
    #[must_use]
    pub fn has_crashed(&self) -> bool {
        self.state().has_crashed
    }

    /// Returns how much went wrong so far.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.state().tally
    }

    /// The process is dead: whoever waits for this waits for ever.
    pub async fn die(&self) {
        {
            let mut state = self.state();
            if !state.has_crashed {
                state.has_crashed = true;
                state.tally.crashes += 1;
            }
        }
        std::future::pending().await
    }

    /// Decides over a write. Chance is drawn even when nothing may go wrong.
    pub fn write(&self) -> WriteFate {
        let mut state = self.state();
        let drawn = state.rng.unit();
        if state.has_crashed {
            return WriteFate::CrashBefore;
        }
        if state.is_full {
            return WriteFate::LostBefore;
        }
        if !state.is_on {
            return WriteFate::Done;
        }
        let rate = if state.has_sent { WRITE_AFTER_SENDING } else { WRITE };
        let all =
            [WriteFate::LostBefore, WriteFate::LostAfter, WriteFate::CrashBefore, WriteFate::CrashAfter];
        let fate = match draw(drawn, &[(rate, &all)]).unwrap_or(WriteFate::Done) {
            WriteFate::CrashBefore if state.is_spared => WriteFate::LostBefore,
            WriteFate::CrashAfter if state.is_spared => WriteFate::LostAfter,
            fate @ (WriteFate::Done
            | WriteFate::LostBefore
            | WriteFate::LostAfter
            | WriteFate::CrashBefore
            | WriteFate::CrashAfter) => fate,
        };
        state.tally.lost_writes += u64::from(matches!(fate, WriteFate::LostBefore | WriteFate::LostAfter));
        fate
    }

    /// Whether a read fails.
    pub fn read_is_lost(&self) -> bool {
        let mut state = self.state();
        let drawn = state.rng.unit();
        state.is_on && !state.has_crashed && drawn < WRITE
    }

    /// Decides over a message. `may_fail` is false where a destination has had its share of trouble.
    pub fn send(&self, may_fail: bool) -> SendFate {
        let mut state = self.state();
        let (drawn, seconds) = (state.rng.unit(), state.rng.within(1, 90));
        if state.has_crashed {
            return SendFate::CrashBefore;
        }
        state.has_sent = true;
        if !state.is_on || !may_fail {
            return SendFate::Answered;
        }
        let lost = [
            SendFate::SlowAndLost,
            SendFate::NeverConnected,
            SendFate::Unreachable,
            SendFate::Busy(seconds),
            SendFate::ServerTrouble,
            SendFate::CrashBefore,
        ];
        let arrived =
            [SendFate::Doubled, SendFate::CutAfterArrival, SendFate::SlowAfterArrival, SendFate::CrashAfter];
        let fate = draw(drawn, &[(SEND, &lost), (SEND_ARRIVED, &arrived)]).unwrap_or(SendFate::Answered);
        state.tally.bad_sends += u64::from(fate != SendFate::Answered);
        state.tally.doubled += u64::from(fate == SendFate::Doubled);
        fate
    }
}

/// Returns what the number in `[0, 1)` falls on, when each of these has its share of the interval.
fn draw<T: Copy>(mut drawn: f64, shares: &[(f64, &[T])]) -> Option<T> {
    for (share, all) in shares {
        for one in *all {
            if drawn < *share {
                return Some(*one);
            }
            drawn -= share;
        }
    }
    None
}
