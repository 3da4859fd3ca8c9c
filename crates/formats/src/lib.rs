//! Foreign bytes to vocabulary, and vocabulary to message bodies.
//!
//! Everything here is a function from values to values: no sockets, no clock, no knowledge of who asked. What comes from
//! outside is untrusted: readers bound it, clean it and say what they did not understand, and never panic on it.

pub mod catalog;
pub mod change_json;
pub mod channels;
pub mod css;
pub mod feed;
pub mod messages;
pub mod setup;
pub mod snapshot_json;
pub mod subscribers;

mod feeds;
mod text;
