//! Transactions that return a value or the caller's own error, over the plain jobs of [`Db`].

use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::database::{Db, Job, Lane};
use crate::error::Error;
use crate::tx::Tx;

/// What a job will be answered with.
pub(crate) type Answer = oneshot::Receiver<Result<(), Error>>;

/// Runs a writing transaction for its result. An error of the work undoes the transaction and comes back unchanged.
pub async fn write<T, E>(
    db: &dyn Db,
    lane: Lane,
    work: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
) -> Result<T, E>
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    let (job, result) = keep(work);
    result.settle(db.run(lane, job).await)
}

/// Runs a transaction that only reads, for its result.
pub async fn read<T, E>(
    db: &dyn Db,
    work: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
) -> Result<T, E>
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    let (job, result) = keep(work);
    result.settle(db.run_read(job).await)
}

/// Where the last run of a job leaves its result.
pub(crate) struct Kept<T, E>(Arc<Mutex<Option<Result<T, E>>>>);

/// Makes a job of work that returns something.
pub(crate) fn keep<T, E>(
    mut work: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
) -> (Job, Kept<T, E>)
where
    T: Send + 'static,
    E: Send + 'static,
{
    let shelf = Arc::new(Mutex::new(None));
    let kept = Kept(shelf.clone());
    let job: Job = Box::new(move |tx| {
        let result = work(tx);
        let verdict = if result.is_ok() { Ok(()) } else { Err(Error::Declined) };
        *shelf.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
        verdict
    });
    (job, kept)
}

impl<T, E: From<Error>> Kept<T, E> {
    /// Joins what the database says with what the work returned.
    pub(crate) fn settle(self, answer: Result<(), Error>) -> Result<T, E> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        match (answer, kept) {
            (Ok(()), Some(Ok(value))) => Ok(value),
            (Err(Error::Declined), Some(Err(error))) => Err(error),
            (Err(error), _) => Err(error.into()),
            (Ok(()), Some(Err(_)) | None) => {
                Err(Error::corrupt("a job was committed without its result").into())
            }
        }
    }
}

/// The error for a job that was still waiting when the database closed.
pub(crate) fn closed() -> Error {
    Error::unavailable("the database was closed before the job began")
}

/// The error for a job that was not answered in time.
pub(crate) fn silent(wait: Duration) -> Error {
    Error::unavailable(format!(
        "no answer within {wait:?}; a transaction that had begun may still take place"
    ))
}

/// Blocks this thread for an answer, at most for the span; works inside and outside an asynchronous runtime.
pub(crate) fn block(answer: Answer, wait: Duration) -> Result<(), Error> {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let end = Instant::now() + wait;
    let mut answer = pin!(answer);
    loop {
        if let Poll::Ready(answer) = answer.as_mut().poll(&mut Context::from_waker(&waker)) {
            return answer.unwrap_or_else(|_| Err(closed()));
        }
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(silent(wait));
        }
        thread::park_timeout(left);
    }
}
