//! A thread that owns one connection and runs jobs on it, one transaction each.
//!
//! The connection is replaced after anything that leaves it in doubt: a lost server, a failed write to disk, a panic.
//! A job is run again only when it is certain that it was not committed.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use crate::database::Job;
use crate::error::{Error, Failure};
use crate::queue::{Queue, Slot, Task};
use crate::target::Target;
use crate::tx::{Access, Session, Tx};

/// How often a job is run before its conflict is the caller's. Under PostgreSQL one of the contenders always wins.
const TRIES: u32 = 10;
/// Pause after the first conflict; doubled for each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(1);
/// Pause between attempts to connect; doubled up to [`LONGEST_PAUSE`], until the job's caller has gone.
const RECONNECT_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// One thread's part: what it serves, and the connection it does it on.
pub(crate) struct Worker {
    pub(crate) queue: Arc<Queue>,
    pub(crate) target: Arc<Target>,
    pub(crate) access: Access,
    pub(crate) lanes: &'static [Slot],
    /// Sets the pauses of two threads apart, so that they don't meet again.
    pub(crate) number: u32,
    pub(crate) session: Option<Session>,
}

impl Worker {
    /// Connects for the first time.
    pub(crate) fn connect(&mut self) -> Result<(), Error> {
        let connection = self.target.connect(self.access)?;
        self.session = Some(Session { connection, failure: None });
        Ok(())
    }

    /// Serves until the queue closes.
    pub(crate) fn serve(mut self) {
        while let Some(mut task) = self.queue.next(self.lanes) {
            let answer = self.answer(&mut task);
            // Nobody to tell: the caller gave up at its deadline.
            let _ = task.reply.send(answer);
        }
    }

    fn answer(&mut self, task: &mut Task) -> Result<(), Error> {
        let mut tries = 0;
        loop {
            tries += 1;
            let mut session = self.connected(task)?;
            let outcome = attempt(&mut session, task.access, &mut task.job);
            if !matches!(&outcome, Err(failure) if failure.broken) {
                self.session = Some(session);
            }
            match outcome {
                Ok(()) => return Ok(()),
                Err(failure) if failure.again && tries < TRIES => {
                    tracing::debug!(store.tries = tries, store.error = %failure.error, "transaction run again");
                    self.pause(task, FIRST_PAUSE * (1 << tries) * (1 + self.number))?;
                }
                Err(failure) => return Err(failure.error),
            }
        }
    }

    /// Returns the connection, or a new one as soon as there is one.
    fn connected(&mut self, task: &Task) -> Result<Session, Error> {
        let mut pause = RECONNECT_PAUSE;
        loop {
            if let Some(session) = self.session.take() {
                return Ok(session);
            }
            if let Err(error) = self.connect() {
                tracing::warn!(store.error = %error, "database connection failed");
                // The caller learns why instead of only that its time is over.
                if pause == LONGEST_PAUSE {
                    return Err(error);
                }
                self.pause(task, pause)?;
                pause = LONGEST_PAUSE.min(pause * 2);
            }
        }
    }

    fn pause(&self, task: &Task, span: Duration) -> Result<(), Error> {
        if !self.queue.pause(span) {
            return Err(Error::unavailable("the database is closing"));
        }
        if task.reply.is_closed() {
            return Err(Error::unavailable("the caller has gone"));
        }
        Ok(())
    }
}

/// Runs a job once. Whatever comes back without `broken`, the connection is outside a transaction.
fn attempt(session: &mut Session, access: Access, job: &mut Job) -> Result<(), Failure> {
    session.failure = None;
    session.connection.begin(access)?;
    let verdict = catch_unwind(AssertUnwindSafe(|| job(&mut Tx::new(session))));
    let failure = match (verdict, session.failure.take()) {
        (Ok(Ok(())), None) => return commit(session),
        (Ok(_), Some(failure)) if failure.again || failure.broken => failure,
        (Ok(Ok(())), Some(failure)) => failure,
        (Ok(Err(error)), _) => Failure::last(error),
        (Err(panic), _) => {
            let what = format!("a job panicked: {}", message(panic.as_ref()));
            Failure { error: Error::rejected(what), again: false, broken: true }
        }
    };
    if failure.broken || session.connection.rollback().is_ok() {
        return Err(failure);
    }
    Err(Failure { broken: true, ..failure })
}

fn commit(session: &mut Session) -> Result<(), Failure> {
    let Err(failure) = session.connection.commit() else { return Ok(()) };
    let undone = failure.broken || session.connection.rollback().is_ok();
    Err(Failure { broken: failure.broken || !undone, ..failure })
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("without a message")
}
