//! All SQL of Midwatch: the facade over SQLite and PostgreSQL, migrations, and one module per aggregate.
//!
//! The facade knows values, rows, errors and transactions, and nothing else. A transaction is a closure that may run
//! more than once ([`Job`]); it runs on a thread that owns its connection, so nothing here is asynchronous but the
//! wait for the answer. One text serves both engines. No rule, no clock and no randomness lives on this floor.

mod actor;
mod call;
mod database;
mod error;
mod migrate;
mod postgres;
mod queue;
mod row;
mod schema;
mod sqlite;
mod target;
#[cfg(test)]
mod tests;
mod tongues;
mod tx;
mod value;
mod worker;

pub mod amendments;
pub mod announcements;
pub mod archive;
pub mod attempts;
pub mod audits;
pub mod bodies;
pub mod calendars;
pub mod clock;
pub mod configurations;
pub mod contacts;
pub mod damage;
pub mod incidents;
pub mod judgements;
pub mod leases;
pub mod maintenances;
pub mod notifications;
pub mod organizations;
pub mod page_domains;
pub mod phone_texts;
pub mod polls;
pub mod postmortems;
pub mod promises;
pub mod providers;
pub mod public_words;
pub mod retention;
pub mod services;
pub mod settings;
pub mod stale_pages;
pub mod subscribers;
pub mod timers;
pub mod tokens;
pub mod told;
pub mod watches;

pub use call::{read, write};
pub use database::{BoxFuture, Database, Db, Durability, Job, Lane, Options, Progress, Waiting};
pub use error::{Error, Source};
pub use migrate::{Migration, MigrationSet};
pub use row::Row;
pub use schema::{HISTORY, LEDGER};
pub use tx::{Dialect, Scope, Tx};
pub use value::Value;
