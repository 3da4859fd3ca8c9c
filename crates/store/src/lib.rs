//! All SQL of Midwatch: the facade over SQLite and PostgreSQL, migrations, and one module per aggregate.
//!
//! The facade knows values, rows, errors and transactions, and nothing else. A transaction is a closure that may run
//! more than once ([`Job`]); it runs on a thread that owns its connection, so nothing here is asynchronous but the
//! wait for the answer. One text serves both engines. No rule, no clock and no randomness lives on this floor.

mod call;
mod database;
mod error;
mod migrate;
mod postgres;
mod queue;
mod row;
mod sqlite;
mod target;
#[cfg(test)]
mod tests;
mod tx;
mod value;
mod worker;

pub use call::{read, write};
pub use database::{BoxFuture, Database, Db, Durability, Job, Lane, Options, Progress, Waiting};
pub use error::{Error, Source};
pub use migrate::{Migration, MigrationSet};
pub use row::Row;
pub use tx::{Dialect, Scope, Tx};
pub use value::Value;
