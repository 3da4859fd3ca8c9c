//! The jobs that wait for a thread: three bounded lanes under one lock.
//!
//! A thread serves its lanes in order, so the single SQLite writer never leaves a page behind bulk work. A task whose
//! caller has gone is dropped unstarted.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::database::Job;
use crate::error::Error;
use crate::tx::Access;

/// Where a task waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slot {
    /// Writing for the pager.
    Paging,
    /// All other writing.
    Bulk,
    /// Reading.
    Read,
}

/// A job and whoever waits for it.
pub(crate) struct Task {
    pub(crate) job: Job,
    pub(crate) access: Access,
    pub(crate) reply: oneshot::Sender<Result<(), Error>>,
}

/// The lanes, and the threads that are still serving them.
pub(crate) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
    capacity: usize,
}

#[derive(Default)]
struct State {
    lanes: [VecDeque<Task>; 3],
    closing: bool,
    threads: usize,
}

impl Queue {
    /// Makes lanes that hold `capacity` tasks each.
    pub(crate) fn new(capacity: usize) -> Queue {
        Queue { state: Mutex::default(), changed: Condvar::new(), capacity }
    }

    /// Adds a task, or says at once that there is no room.
    pub(crate) fn push(&self, slot: Slot, task: Task) -> Result<(), Error> {
        let mut state = self.lock();
        if state.closing {
            return Err(Error::unavailable("the database is closed"));
        }
        let lane = &mut state.lanes[slot as usize];
        if lane.len() >= self.capacity {
            return Err(Error::unavailable(format!("{} jobs are waiting already", self.capacity)));
        }
        lane.push_back(task);
        self.changed.notify_all();
        Ok(())
    }

    /// Waits for the next task of these lanes; none once the queue is closing.
    pub(crate) fn next(&self, lanes: &[Slot]) -> Option<Task> {
        let mut state = self.lock();
        loop {
            if state.closing {
                return None;
            }
            for lane in lanes {
                while let Some(task) = state.lanes[*lane as usize].pop_front() {
                    if !task.reply.is_closed() {
                        return Some(task);
                    }
                }
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Waits for a span between two tries; returns false when the queue is closing.
    pub(crate) fn pause(&self, span: Duration) -> bool {
        let end = Instant::now() + span;
        let state = self.wait_until(end, |state| state.closing);
        !state.closing
    }

    /// Counts a thread in.
    pub(crate) fn enter(&self) {
        self.lock().threads += 1;
    }

    /// Counts a thread out.
    pub(crate) fn leave(&self) {
        self.lock().threads -= 1;
        self.changed.notify_all();
    }

    /// Refuses new tasks, drops the waiting ones and lets the threads finish what they have begun.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.closing = true;
        state.lanes = Default::default();
        self.changed.notify_all();
    }

    /// Waits until every thread has left; returns how many have not.
    pub(crate) fn wait_empty(&self, span: Duration) -> usize {
        self.wait_until(Instant::now() + span, |state| state.threads == 0).threads
    }

    /// Returns how many tasks wait in a lane.
    pub(crate) fn waiting(&self, slot: Slot) -> usize {
        self.lock().lanes[slot as usize].len()
    }

    fn wait_until(&self, end: Instant, done: impl Fn(&State) -> bool) -> MutexGuard<'_, State> {
        let mut state = self.lock();
        while !done(&state) {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        state
    }

    /// No code that can panic runs under the lock, so its state is whole.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
