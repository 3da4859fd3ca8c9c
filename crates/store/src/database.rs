//! The database as the rest of the product sees it: jobs go in, answers come out, and every wait ends.
//!
//! A fixed set of threads owns one connection each, so there is no pool to go wrong and no half-finished exchange to
//! hand on. SQLite has one writer, which serves the paging lane first, and readers; PostgreSQL has threads per lane.

use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::call::{Answer, block, closed, keep, silent};
use crate::error::Error;
use crate::migrate::{self, MigrationSet};
use crate::queue::{Queue, Slot, Task};
use crate::sqlite;
use crate::target::Target;
use crate::tx::{Access, Dialect, Tx};
use crate::worker::Worker;

/// A transaction: synchronous, free of other input and output, and re-runnable.
pub type Job = Box<dyn FnMut(&mut Tx<'_>) -> Result<(), Error> + Send>;

/// A future that owns what it needs.
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Told how many pages of how many are copied.
pub type Progress<'a> = &'a mut dyn FnMut(u64, u64);

/// Which writing goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// What wakes people or stops waking them.
    Paging,
    /// Everything else.
    Bulk,
}

impl From<Lane> for Slot {
    fn from(lane: Lane) -> Slot {
        match lane {
            Lane::Paging => Slot::Paging,
            Lane::Bulk => Slot::Bulk,
        }
    }
}

/// The seam between the product and its ledger.
pub trait Db: Send + Sync {
    /// Runs a writing transaction. [`Error::Unavailable`] at once when the lane is full, and at the deadline, when it
    /// is unknown whether a transaction that had begun took place.
    fn run(&self, lane: Lane, job: Job) -> BoxFuture<Result<(), Error>>;

    /// Runs a transaction that only reads, beside the writers.
    fn run_read(&self, job: Job) -> BoxFuture<Result<(), Error>>;

    /// Returns which engine is below.
    fn dialect(&self) -> Dialect;
}

/// What survives a loss of power, on SQLite; PostgreSQL is configured at the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Every committed transaction: the ledger.
    Full,
    /// All but the last moments: the poll log.
    Normal,
    /// Perhaps nothing: tests.
    Off,
}

/// How a database is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// What survives a loss of power.
    pub durability: Durability,
    /// How long a caller waits for its transaction, queueing included.
    pub wait: Duration,
    /// How long SQLite waits for another process's lock.
    pub busy_timeout: Duration,
    /// Jobs that may wait in each lane.
    pub queue: usize,
    /// Reading threads.
    pub readers: u32,
    /// Writing threads for each lane on PostgreSQL; SQLite has one writer.
    pub writers: u32,
    /// Largest size of a SQLite file in pages of 4 KiB; none is SQLite's own limit.
    pub max_pages: Option<u32>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            durability: Durability::Full,
            wait: Duration::from_secs(10),
            busy_timeout: Duration::from_secs(5),
            queue: 1024,
            readers: 2,
            writers: 2,
            max_pages: None,
        }
    }
}

/// Jobs that wait, by lane, for metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// In the paging lane.
    pub paging: usize,
    /// In the bulk lane.
    pub bulk: usize,
    /// For a reader.
    pub read: usize,
}

/// An open database and its threads. Dropping it lets the threads end; [`close`](Database::close) waits for them.
pub struct Database {
    queue: Arc<Queue>,
    target: Arc<Target>,
    wait: Duration,
}

impl Database {
    /// Opens `sqlite://PATH` (relative to the working directory; created with its folder) or
    /// `postgres://user[:password]@host[:port]/database[?sslmode=require]`. Every thread is connected on return.
    pub fn open(url: &str, options: &Options) -> Result<Database, Error> {
        let target = Arc::new(Target::parse(url, options)?);
        let queue = Arc::new(Queue::new(options.queue));
        let database = Database { queue, target, wait: options.wait };
        let mut number = 0;
        for (access, lanes, count) in database.crew(options) {
            for _ in 0..count {
                database.start(number, access, lanes)?;
                number += 1;
            }
        }
        Ok(database)
    }

    /// Brings the schema up to date; returns the names of the migrations that ran.
    pub fn migrate(&self, set: &MigrationSet) -> Result<Vec<&'static str>, Error> {
        self.on_own_thread(|| migrate::run(self.target.connect(Access::Migrate)?, set))
    }

    /// Writes a consistent, checked copy to a new file while the database is in use.
    ///
    /// SQLite only; PostgreSQL has its own tools, which the refusal names.
    pub fn backup(&self, file: &Path, progress: Progress<'_>) -> Result<(), Error> {
        match &*self.target {
            Target::Sqlite(path, _) => sqlite::backup(path, file, progress),
            Target::Postgres(_) => Err(Error::rejected(
                "PostgreSQL is backed up with its own tools: pg_dump --format=custom --file=FILE URL",
            )),
        }
    }

    /// Replaces the closed database at `url` with the backup in `file`.
    ///
    /// Refuses a file that is damaged, not ours, or holds migrations that `sets` lack; a database that is in use; and,
    /// unless `force`, one that exists. The replaced file is kept as `NAME.before-restore`.
    pub fn restore(
        file: &Path,
        url: &str,
        sets: &[&MigrationSet],
        force: bool,
        progress: Progress<'_>,
    ) -> Result<(), Error> {
        match Target::parse(url, &Options::default())? {
            Target::Sqlite(path, _) => sqlite::restore(file, &path, sets, force, progress),
            Target::Postgres(_) => Err(Error::rejected(
                "PostgreSQL is restored with its own tools: pg_restore --clean --dbname=URL FILE",
            )),
        }
    }

    /// Runs a writing transaction and blocks the thread for its result: command line and tests.
    pub fn write_blocking<T, E>(
        &self,
        lane: Lane,
        work: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (job, result) = keep(work);
        let answer = self.submit(lane.into(), Access::Write, job);
        result.settle(answer.and_then(|answer| block(answer, self.wait)))
    }

    /// Runs a reading transaction and blocks the thread for its result: command line and tests.
    pub fn read_blocking<T, E>(
        &self,
        work: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (job, result) = keep(work);
        let answer = self.submit(Slot::Read, Access::Read, job);
        result.settle(answer.and_then(|answer| block(answer, self.wait)))
    }

    /// Returns how many jobs wait.
    #[must_use]
    pub fn waiting(&self) -> Waiting {
        let [paging, bulk, read] =
            [Slot::Paging, Slot::Bulk, Slot::Read].map(|slot| self.queue.waiting(slot));
        Waiting { paging, bulk, read }
    }

    /// Refuses new jobs, lets those that have begun finish and closes the connections. Waiting jobs are answered
    /// [`Error::Unavailable`]; so is this, when a job outlasts the deadline.
    pub fn close(&self) -> Result<(), Error> {
        self.queue.close();
        match self.queue.wait_empty(self.wait) {
            0 => Ok(()),
            left => Err(Error::unavailable(format!("{left} database threads did not end in time"))),
        }
    }

    /// Returns the threads of this engine, writers first, since they create the file.
    fn crew(&self, options: &Options) -> Vec<(Access, &'static [Slot], u32)> {
        let read: (_, &[Slot], _) = (Access::Read, &[Slot::Read], options.readers);
        match &*self.target {
            Target::Sqlite(..) => vec![(Access::Write, &[Slot::Paging, Slot::Bulk], 1), read],
            Target::Postgres(_) => vec![
                (Access::Write, &[Slot::Paging], options.writers),
                (Access::Write, &[Slot::Bulk], options.writers),
                read,
            ],
        }
    }

    /// Starts one thread and waits until it is connected.
    fn start(&self, number: u32, access: Access, lanes: &'static [Slot]) -> Result<(), Error> {
        let (queue, target) = (self.queue.clone(), self.target.clone());
        let mut worker = Worker { queue, target, access, lanes, number, session: None };
        let (tell, told) = mpsc::sync_channel(1);
        let work = move || {
            let queue = worker.queue.clone();
            queue.enter();
            let connected = worker.connect();
            let well = connected.is_ok();
            if tell.send(connected).is_ok() && well {
                worker.serve();
            }
            queue.leave();
        };
        let named = thread::Builder::new().name(format!("store-{number}"));
        named.spawn(work).map_err(|error| Error::Unavailable {
            what: "cannot start a database thread".to_owned(),
            source: Some(Arc::new(error)),
        })?;
        let silent = |_| Error::unavailable("no connection to the database before the deadline");
        told.recv_timeout(self.wait).map_err(silent)?
    }

    /// Hands a job to the threads.
    fn submit(&self, slot: Slot, access: Access, job: Job) -> Result<Answer, Error> {
        let (reply, answer) = oneshot::channel();
        self.queue.push(slot, Task { job, access, reply })?;
        Ok(answer)
    }

    fn answer_later(&self, slot: Slot, access: Access, job: Job) -> BoxFuture<Result<(), Error>> {
        let (answer, wait) = (self.submit(slot, access, job), self.wait);
        Box::pin(async move {
            match tokio::time::timeout(wait, answer?).await {
                Ok(answer) => answer.unwrap_or_else(|_| Err(closed())),
                Err(_) => Err(silent(wait)),
            }
        })
    }

    /// The synchronous PostgreSQL client can't run on a thread of an asynchronous runtime.
    fn on_own_thread<T: Send>(&self, work: impl FnOnce() -> Result<T, Error> + Send) -> Result<T, Error> {
        let ended = thread::scope(|scope| scope.spawn(work).join());
        ended.unwrap_or_else(|_| Err(Error::rejected("a database thread panicked")))
    }
}

impl Db for Database {
    fn run(&self, lane: Lane, job: Job) -> BoxFuture<Result<(), Error>> {
        self.answer_later(lane.into(), Access::Write, job)
    }

    fn run_read(&self, job: Job) -> BoxFuture<Result<(), Error>> {
        self.answer_later(Slot::Read, Access::Read, job)
    }

    fn dialect(&self) -> Dialect {
        match &*self.target {
            Target::Sqlite(..) => Dialect::Sqlite,
            Target::Postgres(_) => Dialect::Postgres,
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.queue.close();
    }
}
