//! Vocabulary and rules of Midwatch: pure functions over values.
//!
//! Nothing here reads a clock, draws a random number, opens a socket or knows a file format; time and facts come in as
//! arguments and decisions go out as data. Every other crate stands on this one.

mod id;
mod language;
mod platform;
mod verdict;
mod words;

pub mod account;
pub mod amendment;
pub mod audit;
pub mod change;
pub mod contact;
pub mod delivery;
pub mod destination;
pub mod egress;
pub mod escalation;
pub mod history;
pub mod incident;
pub mod judge;
pub mod knowledge;
pub mod maintenance;
pub mod polling;
pub mod postmortem;
pub mod prove;
pub mod provider;
pub mod public;
pub mod schedule;
pub mod search;
pub mod setup;
pub mod silence;
pub mod snapshot;
pub mod subscription;
pub mod template;
pub mod theme;
pub mod upstream;
pub mod watchdog;
pub mod years;

pub use id::*;
pub use language::Language;
pub use platform::Platform;
pub use words::*;
