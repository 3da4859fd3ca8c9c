//! A ledger that loses answers, and processes that die before or after they commit.

use std::sync::Arc;

use store::{BoxFuture, Database, Db, Dialect, Error, Job, Lane};

use crate::chaos::{Chaos, WriteFate};

/// A real database that answers on the thread that asks, except when it does not.
pub struct CrashingDb {
    database: Arc<Database>,
    chaos: Arc<Chaos>,
}

impl CrashingDb {
    /// Wraps a database.
    #[must_use]
    pub const fn new(database: Arc<Database>, chaos: Arc<Chaos>) -> Self {
        Self { database, chaos }
    }
}

impl Db for CrashingDb {
    fn run(&self, lane: Lane, mut job: Job) -> BoxFuture<Result<(), Error>> {
        let (database, chaos) = (Arc::clone(&self.database), Arc::clone(&self.chaos));
        Box::pin(async move {
            let mut write = || {
                let mut job = std::mem::replace(&mut job, Box::new(|_| Ok(())));
                database.write_blocking(lane, move |tx| job(tx))
            };
            match chaos.write() {
                WriteFate::Done => write(),
                WriteFate::LostBefore => Err(lost()),
                WriteFate::LostAfter => write().and(Err(lost())),
                WriteFate::CrashBefore => {
                    chaos.die().await;
                    Err(lost())
                }
                WriteFate::CrashAfter => {
                    let _ = write();
                    chaos.die().await;
                    Err(lost())
                }
            }
        })
    }

    fn run_read(&self, mut job: Job) -> BoxFuture<Result<(), Error>> {
        let (database, chaos) = (Arc::clone(&self.database), Arc::clone(&self.chaos));
        Box::pin(async move {
            if chaos.has_crashed() {
                chaos.die().await;
            }
            if chaos.read_is_lost() {
                return Err(lost());
            }
            database.read_blocking(move |tx| job(tx))
        })
    }

    fn dialect(&self) -> Dialect {
        self.database.dialect()
    }
}

fn lost() -> Error {
    Error::unavailable("the connection was lost; by the simulation")
}
