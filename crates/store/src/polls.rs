//! Every poll, for a while: evidence of what we tried and what came of it. Lives in the history database.

use std::time::Duration;

use domain::ProviderId;
use jiff::Timestamp;

use crate::error::Error;
use crate::params;
use crate::row::Row;
use crate::tx::Tx;

/// What came of a poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PollOutcome {
    /// A document that could be read.
    Read,
    /// Word that nothing has changed.
    Unchanged,
    /// Nothing that could be trusted.
    Failed,
}

/// One poll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Poll {
    /// Whose source.
    pub provider: ProviderId,
    /// When it began.
    pub at: Timestamp,
    /// What came of it.
    pub outcome: PollOutcome,
    /// The answer's status, where there was an answer.
    pub http_status: Option<u16>,
    /// The size of the body after decompression.
    pub size_bytes: Option<u32>,
    /// How long it took.
    pub elapsed: Duration,
    /// Why it failed, in words for a person.
    pub reason: Option<String>,
}

impl PollOutcome {
    const fn word(self) -> &'static str {
        match self {
            PollOutcome::Read => "read",
            PollOutcome::Unchanged => "unchanged",
            PollOutcome::Failed => "failed",
        }
    }

    fn from_word(word: &str) -> Option<PollOutcome> {
        [PollOutcome::Read, PollOutcome::Unchanged, PollOutcome::Failed]
            .into_iter()
            .find(|o| o.word() == word)
    }
}

/// Records a poll; the same one again changes nothing.
pub fn insert(tx: &mut Tx<'_>, poll: &Poll) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO poll (provider_id, at, outcome, http_status, size_bytes, elapsed_us, reason)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (provider_id, at) DO NOTHING",
        params![
            poll.provider,
            poll.at,
            poll.outcome.word(),
            poll.http_status,
            poll.size_bytes,
            poll.elapsed,
            poll.reason.as_deref(),
        ],
    )
    .map(drop)
}

/// Returns the polls of a provider, newest first.
pub fn list(tx: &mut Tx<'_>, provider: ProviderId, limit: u32) -> Result<Vec<Poll>, Error> {
    tx.list(
        "SELECT provider_id, at, outcome, http_status, size_bytes, elapsed_us, reason FROM poll
         WHERE provider_id = $1 ORDER BY at DESC LIMIT $2",
        params![provider, limit],
        poll,
    )
}

/// Forgets polls from before an instant, the oldest first, at most `limit`; returns how many.
pub fn delete_before(tx: &mut Tx<'_>, at: Timestamp, limit: u32) -> Result<u64, Error> {
    tx.execute(
        "DELETE FROM poll WHERE (provider_id, at) IN
             (SELECT provider_id, at FROM poll WHERE at < $1 ORDER BY at LIMIT $2)",
        params![at, limit],
    )
}

fn poll(row: &Row) -> Result<Poll, Error> {
    Ok(Poll {
        provider: ProviderId(row.uuid(0)?),
        at: row.at(1)?,
        outcome: row.word(2, PollOutcome::from_word)?,
        http_status: row.opt_narrow(3)?,
        size_bytes: row.opt_narrow(4)?,
        elapsed: row.duration(5)?,
        reason: row.opt_text(6)?,
    })
}
