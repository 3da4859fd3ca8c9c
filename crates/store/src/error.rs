//! What can go wrong with the database, named by what the caller can do about it.
//!
//! Library errors stay inside: they are kept as the source and never matched on above this crate.

use std::sync::Arc;

/// The library's own error, kept for the log.
pub type Source = Arc<dyn std::error::Error + Send + Sync>;

/// Why a transaction, or a look at the database, did not happen.
///
/// `Clone`, since a failed statement is told to the job and remembered by the transaction.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// There is no such row.
    #[error("not found")]
    NotFound,
    /// Somebody else was there first: a unique key is taken, or every re-run met another transaction. Read again.
    #[error("conflict: {what}")]
    Conflict {
        /// What was contended.
        what: String,
    },
    /// The database can't be used now: unreachable, full, locked, read-only or silent past the deadline. Try later.
    ///
    /// After a deadline or a lost connection it is unknown whether the transaction happened.
    #[error("database unavailable: {what}")]
    Unavailable {
        /// What was tried.
        what: String,
        /// The library's error, where there is one.
        source: Option<Source>,
    },
    /// What is stored can't be what we wrote. A person must look.
    #[error("database corrupt: {what}")]
    Corrupt {
        /// What was found, and where.
        what: String,
    },
    /// The statement or its values break a rule of the database, or the job panicked. Trying again won't help.
    #[error("database refused: {what}")]
    Rejected {
        /// Which rule.
        what: String,
        /// The library's error, where there is one.
        source: Option<Source>,
    },
    /// The job asked for its transaction to be undone.
    #[error("undone by the job")]
    Declined,
}

impl Error {
    /// Returns an [`Error::Unavailable`] without a source.
    pub fn unavailable(what: impl Into<String>) -> Error {
        Error::Unavailable { what: what.into(), source: None }
    }

    /// Returns an [`Error::Corrupt`].
    pub fn corrupt(what: impl Into<String>) -> Error {
        Error::Corrupt { what: what.into() }
    }

    /// Returns an [`Error::Rejected`] without a source.
    pub fn rejected(what: impl Into<String>) -> Error {
        Error::Rejected { what: what.into(), source: None }
    }
}

/// A failed statement, begin or commit, with what the worker thread must know about it.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    /// What the caller is told.
    pub(crate) error: Error,
    /// Running the whole job again may succeed, and can't do it twice.
    pub(crate) again: bool,
    /// The connection can't be trusted any more.
    pub(crate) broken: bool,
}

impl Failure {
    /// An answer that stands: not run again, connection kept.
    pub(crate) fn last(error: Error) -> Failure {
        Failure { error, again: false, broken: false }
    }

    /// Another transaction was in the way.
    pub(crate) fn again(error: Error) -> Failure {
        Failure { error, again: true, broken: false }
    }

    /// The connection is gone before anything was committed.
    pub(crate) fn broken(error: Error) -> Failure {
        Failure { error, again: true, broken: true }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::last(error)
    }
}
