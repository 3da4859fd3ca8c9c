//! Commands (one transaction each) and workers that take turns, around the pure rules of `domain`.
//!
//! One outage passes through here so: the [poller](workers::Poller) reads a source and [records](commands::record) it,
//! which judges those who depend on it, in one transaction; the [escalator](workers::Escalator) takes the steps that fall
//! due, the [notifier](workers::Notifier) sends what is owed, the [publisher](workers::Publisher) draws what is stale.
//! Nothing here listens, and nothing leaves except from a row that a transaction wrote.

mod announce;
pub mod behind;
pub mod callbacks;
pub mod catalog;
pub mod causes;
pub mod commands;
pub mod compose;
pub mod discover;
pub mod drawing;
pub mod drive;
mod earlier;
pub mod error;
pub mod finding;
pub mod gate;
pub mod links;
pub mod live;
pub mod means;
pub mod memory;
pub mod meters;
pub mod phones;
pub mod pulse;
pub mod reach;
mod readers;
pub mod receipts;
pub mod seams;
pub mod setups;
pub mod shelf;
pub mod shell;
pub mod timeline;
pub mod views;
pub mod visits;
pub mod workers;

pub use error::CommandError;
pub use shell::{Identity, Shell};
