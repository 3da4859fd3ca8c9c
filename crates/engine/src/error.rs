//! What a command or a worker can answer instead of doing what it was asked.

use thiserror::Error;

/// Why a command did nothing. The transaction is rolled back.
#[derive(Debug, Error)]
pub enum CommandError {
    /// There is no such thing in this organisation.
    #[error("{0} does not exist")]
    NotFound(String),
    /// It exists, and what was asked makes no sense for it.
    #[error("{0}")]
    Rejected(String),
    /// What was asked names something that there is not, or that can't be meant.
    #[error("{reason}")]
    Invalid {
        /// Where it stands in what was asked.
        field: &'static str,
        /// Why, with what would be right.
        reason: String,
    },
    /// Our own trouble: the ledger did not do it.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl From<domain::incident::Refusal> for CommandError {
    fn from(refusal: domain::incident::Refusal) -> Self {
        use domain::incident::Refusal;
        let reason = refusal.to_string();
        match refusal {
            Refusal::Resolved { .. }
            | Refusal::Taken { .. }
            | Refusal::Phase { .. }
            | Refusal::Merged
            | Refusal::Times { .. } => CommandError::Rejected(reason),
            Refusal::Span { .. } => CommandError::Invalid { field: "until", reason },
        }
    }
}

impl From<domain::silence::Refusal> for CommandError {
    fn from(refusal: domain::silence::Refusal) -> Self {
        use domain::silence::Refusal;
        let field = match refusal {
            Refusal::Everything => "services",
            Refusal::Empty { .. } | Refusal::Past { .. } | Refusal::TooLong { .. } => "to",
            Refusal::NoReason => "reason",
        };
        CommandError::Invalid { field, reason: refusal.to_string() }
    }
}

impl From<domain::schedule::Refusal> for CommandError {
    fn from(refusal: domain::schedule::Refusal) -> Self {
        use domain::schedule::Refusal;
        let reason = refusal.to_string();
        match refusal {
            Refusal::NotAMember(_) => CommandError::Invalid { field: "user", reason },
            Refusal::Empty { .. } | Refusal::Past { .. } | Refusal::TooLong { .. } => {
                CommandError::Invalid { field: "to", reason }
            }
            Refusal::Taken { .. } => CommandError::Rejected(reason),
        }
    }
}
