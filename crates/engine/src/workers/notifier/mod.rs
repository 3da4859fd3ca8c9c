//! Sends what is owed: at least once, judged again right before, each try on record.
//!
//! A claim marks the notification as being sent and starts an attempt in the same transaction; then the message leaves;
//! then the answer is settled. A process that dies in between leaves an attempt whose result is unknown: when the lease is
//! over the same attempt is made again, with the same ids, marked as a possible duplicate. Rather twice than never.
//!
//! Messages that are under way outlive the turn that claimed them, so that a slow destination holds up one place in its
//! [bulkhead](domain::delivery::PER_CONTACT) and nothing else.

mod claim;
mod send;
mod settle;
mod storm;

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use domain::{
    AttemptId,
    delivery::{Busy, Place},
};
use futures_util::{StreamExt, stream::FuturesUnordered};
use jiff::Timestamp;
use outbound::BoxFuture;
use store::{Lane, Tx, notifications::Claim};

use super::{Turn, Worker};
use crate::{
    compose::{Desk, Message},
    error::CommandError,
    seams::Bell,
    shell::Shell,
};

/// The longest that a turn waits for the messages under way before it looks for others.
const PATIENCE: Duration = Duration::from_secs(1);

/// The worker that sends.
#[derive(Default)]
pub struct Notifier {
    flight: Mutex<Flight>,
}

/// The messages under way.
#[derive(Default)]
struct Flight {
    messages: FuturesUnordered<BoxFuture<'static, Place>>,
    busy: Busy,
}

/// A message that was claimed, for one notification or for several that go out as one.
#[derive(Clone, Debug)]
struct Ready {
    place: Place,
    /// The notification whose id the message has.
    lead: Part,
    /// Those that go out inside it.
    rest: Vec<Part>,
    message: Message,
    /// Whether the destination reports to us when it has arrived.
    is_reported: bool,
}

/// A claimed notification and the attempt that was started for it.
#[derive(Clone, Debug)]
struct Part {
    claim: Claim,
    number: u32,
    attempt: AttemptId,
}

impl Worker for Notifier {
    fn name(&self) -> &'static str {
        "notifier"
    }

    fn bell(&self) -> Bell {
        Bell::Notify
    }

    fn turn<'a>(&'a self, shell: &'a Shell) -> BoxFuture<'a, Result<Turn, CommandError>> {
        Box::pin(async move {
            let mut flight = std::mem::take(&mut *self.lock());
            let turn = flight.turn(shell).await;
            // Dropped where it stands, a turn leaves what was under way to the leases.
            *self.lock() = flight;
            turn
        })
    }
}

impl Notifier {
    fn lock(&self) -> std::sync::MutexGuard<'_, Flight> {
        self.flight.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Flight {
    async fn turn(&mut self, shell: &Shell) -> Result<Turn, CommandError> {
        let claimed = self.alongside(claim(shell.clone(), self.busy.clone())).await;
        let due = match claimed {
            Ok((claimed, due)) => {
                claimed.into_iter().for_each(|ready| self.launch(shell, ready));
                due
            }
            Err(error) => {
                // Without a ledger nothing new leaves, and what is under way goes on.
                self.wait(shell, None).await;
                return Err(error);
            }
        };
        if self.messages.is_empty() {
            return Ok(Turn::IdleUntil(due));
        }
        self.wait(shell, due).await;
        Ok(Turn::More)
    }

    /// Awaits something while the messages under way go on.
    async fn alongside<T>(&mut self, work: impl Future<Output = T> + Send) -> T {
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return done,
                Some(place) = self.messages.next() => self.busy.leave(&place),
            }
        }
    }

    fn launch(&mut self, shell: &Shell, ready: Ready) {
        let place = ready.place.clone();
        self.busy.enter(&place);
        let shell = shell.clone();
        self.messages.push(Box::pin(async move {
            send::deliver(&shell, ready).await;
            place
        }));
    }

    /// Waits until no message is under way, the bell rings, or it is time to look again.
    async fn wait(&mut self, shell: &Shell, due: Option<Timestamp>) {
        let span = due.map_or(PATIENCE, |due| {
            Duration::try_from(due.duration_since(shell.clock.now())).unwrap_or_default().min(PATIENCE)
        });
        // What is due and was not claimed waits for room in its bulkhead, which a message that comes back makes.
        let span = if span.is_zero() { PATIENCE } else { span };
        let mut waited = shell.clock.wait(span);
        loop {
            tokio::select! {
                biased;
                back = self.messages.next() => match back {
                    Some(place) => self.busy.leave(&place),
                    None => return,
                },
                () = shell.doorbell.wait(Bell::Notify) => return,
                () = &mut waited => return,
            }
        }
    }
}

/// Claims what is due and has room; returns also when something is due next.
async fn claim(shell: Shell, busy: Busy) -> Result<(Vec<Ready>, Option<Timestamp>), CommandError> {
    let (ground, now) = (shell.ground(), shell.clock.now());
    let (picked, due) = shell.read(move |tx| claim::look(tx, &ground, &busy, now)).await?;
    // What is due and was not picked may be word of an arrival that did not come.
    if picked.is_empty() && due.is_none_or(|due| due > now) {
        return Ok((Vec::new(), due));
    }
    let (ground, desk, node) = (shell.ground(), Desk::of(&shell), shell.identity.node.clone());
    let job = move |tx: &mut Tx<'_>, now| claim::claim(tx, &ground, &desk, &node, &picked, now);
    shell.write(Lane::Paging, job).await
}
