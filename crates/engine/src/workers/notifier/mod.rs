//! Sends what is owed: at least once, judged again right before, each try on record.
//!
//! A claim marks the notification as being sent and starts an attempt in the same transaction; then the message leaves;
//! then the answer is settled. A process that dies in between leaves an attempt whose result is unknown: when the lease is
//! over the same attempt is made again, with the same ids, marked as a possible duplicate. Rather twice than never.
//!
//! Messages that are under way outlive the turn that claimed them, so that a slow destination holds up one place in its
//! [bulkhead](domain::delivery::PER_CONTACT) and nothing else.

mod aside;
mod claim;
mod send;
mod settle;
mod storm;

use std::{
    panic::AssertUnwindSafe,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use domain::{
    AttemptId,
    delivery::{Busy, Place},
};
use futures_util::{FutureExt, StreamExt, stream::FuturesUnordered};
use jiff::Timestamp;
use outbound::BoxFuture;
use store::{
    Lane,
    notifications::{self, Claim},
};
use tracing::error;

use self::{aside::Failing, claim::Picked};
use super::{Turn, Worker};
use crate::{compose::Message, error::CommandError, seams::Bell, shell::Shell};

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
    /// What could not be claimed.
    failing: Failing,
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
        let claimed = self.alongside(claim(shell.clone(), self.busy.clone(), self.failing.clone())).await;
        let due = match claimed {
            Ok(Claimed { ready, due, failing }) => {
                self.failing = failing;
                ready.into_iter().for_each(|ready| self.launch(shell, ready));
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
        let (shell, id) = (shell.clone(), ready.lead.claim.notification.id);
        self.messages.push(Box::pin(async move {
            // One that can't be handed over is left to its lease; the others under way go on.
            if AssertUnwindSafe(send::deliver(&shell, ready)).catch_unwind().await.is_err() {
                error!(notification.id = %id, "handing a message over failed inside Midwatch");
            }
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

/// What a turn has to do.
struct Claimed {
    ready: Vec<Ready>,
    /// When something is due next.
    due: Option<Timestamp>,
    failing: Failing,
}

/// Claims what is due and has room.
async fn claim(shell: Shell, busy: Busy, mut failing: Failing) -> Result<Claimed, CommandError> {
    let now = shell.clock.now();
    let (picked, due) = match look(&shell, &busy, now).await {
        Err(CommandError::Store(store::Error::Corrupt { .. })) => {
            aside::unreadable(&shell, &mut failing).await?;
            look(&shell, &busy, now).await?
        }
        looked => looked?,
    };
    // What is due and was not picked may be word of an arrival that did not come.
    if picked.is_empty() && due.is_none_or(|due| due > now) {
        return Ok(Claimed { ready: Vec::new(), due, failing });
    }
    let unconfirmed = shell.write(Lane::Paging, claim::take_unconfirmed).await;
    let ready = aside::claim_groups(&shell, picked, &mut failing).await?;
    let due = match unconfirmed {
        Ok(()) => shell.read(|tx| Ok(notifications::next_due(tx)?)).await.unwrap_or_default(),
        Err(error) => {
            error!(%error, "what should have been reported as arrived could not be followed up");
            None
        }
    };
    Ok(Claimed { ready, due, failing })
}

async fn look(
    shell: &Shell,
    busy: &Busy,
    now: Timestamp,
) -> Result<(Vec<Picked>, Option<Timestamp>), CommandError> {
    let (ground, busy) = (shell.ground(), busy.clone());
    shell.read(move |tx| claim::look(tx, &ground, &busy, now)).await
}
