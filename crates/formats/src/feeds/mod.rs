//! Readers of providers' documents, one module for each platform, and what they share.
//!
//! [`feed`](crate::feed) is the door; nothing outside it names a platform's own words.

pub(crate) mod body;
pub(crate) mod statuspage;
pub(crate) mod warnings;
pub(crate) mod wire;
