//! Host names of status pages, and how far the proof is that they are their team's.

use domain::{OrgId, StatusPageId};
use jiff::Timestamp;

use crate::error::Error;
use crate::params;
use crate::row::Row;
use crate::tx::{Scope, Tx};

#[cfg(test)]
mod tests;

/// Most names of an organisation in one answer.
const MOST_NAMES: u32 = 1_000;

/// The name of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageDomain {
    /// The organisation.
    pub org: OrgId,
    /// The page.
    pub page: StatusPageId,
    /// The host name.
    pub domain: String,
    /// How far the proof is.
    pub state: DomainState,
    /// What was found when it was looked for last; empty where all is well.
    pub reason: String,
    /// When it was looked for last.
    pub checked_at: Option<Timestamp>,
    /// When it was found last.
    pub proven_at: Option<Timestamp>,
}

/// How far a proof is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DomainState {
    /// It was not looked for yet.
    Pending,
    /// It was found: the name is served.
    Verified,
    /// It was not found.
    Failed,
}

impl DomainState {
    /// Returns its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            DomainState::Pending => "pending",
            DomainState::Verified => "verified",
            DomainState::Failed => "failed",
        }
    }

    fn from_word(word: &str) -> Option<DomainState> {
        [DomainState::Pending, DomainState::Verified, DomainState::Failed]
            .into_iter()
            .find(|it| it.word() == word)
    }
}

/// Has these names of pages and no others of the organisation; one that a page had before keeps its proof.
pub fn replace(scope: &mut Scope<'_>, names: &[(StatusPageId, &str)], now: Timestamp) -> Result<(), Error> {
    let org = scope.org();
    for known in list(scope)? {
        if !names.contains(&(known.page, known.domain.as_str())) {
            scope.execute(
                "DELETE FROM page_domain WHERE org_id = $1 AND page_id = $2",
                params![org, known.page],
            )?;
        }
    }
    for (page, domain) in names {
        scope.execute(
            "INSERT INTO page_domain (page_id, org_id, domain, state, reason, due_at)
             VALUES ($2, $1, $3, $4, '', $5) ON CONFLICT (page_id) DO NOTHING",
            params![org, *page, *domain, DomainState::Pending.word(), now],
        )?;
    }
    Ok(())
}

/// Returns the names of the organisation's pages.
pub fn list(scope: &mut Scope<'_>) -> Result<Vec<PageDomain>, Error> {
    let org = scope.org();
    scope.list(
        "SELECT org_id, page_id, domain, state, reason, checked_at, proven_at FROM page_domain
         WHERE org_id = $1 ORDER BY domain, page_id LIMIT $2",
        params![org, MOST_NAMES],
        name,
    )
}

/// Returns the name that a page is served under.
pub fn find_verified(scope: &mut Scope<'_>, page: StatusPageId) -> Result<Option<String>, Error> {
    let org = scope.org();
    scope.query_opt(
        "SELECT domain FROM page_domain WHERE org_id = $1 AND page_id = $2 AND state = 'verified'",
        params![org, page],
        |row| row.text(0),
    )
}

/// Has the proof of a page's name looked for at once; returns whether it has a name.
pub fn hasten(scope: &mut Scope<'_>, page: StatusPageId, now: Timestamp) -> Result<bool, Error> {
    let org = scope.org();
    let hastened = scope.execute(
        "UPDATE page_domain SET due_at = $3 WHERE org_id = $1 AND page_id = $2",
        params![org, page, now],
    )?;
    Ok(hastened == 1)
}

/// Returns names whose proofs are to be looked for by now, the longest due first.
pub fn list_due(tx: &mut Tx<'_>, now: Timestamp, limit: u32) -> Result<Vec<PageDomain>, Error> {
    tx.list(
        "SELECT org_id, page_id, domain, state, reason, checked_at, proven_at FROM page_domain
         WHERE due_at <= $1 ORDER BY due_at, page_id LIMIT $2",
        params![now, limit],
        name,
    )
}

/// Returns when the next proof is to be looked for.
pub fn next_due(tx: &mut Tx<'_>) -> Result<Option<Timestamp>, Error> {
    tx.query_one("SELECT MIN(due_at) FROM page_domain", params![], |row| row.opt_at(0))
}

/// Returns the page that has proven this name, whosever it is.
pub fn find_holder(tx: &mut Tx<'_>, domain: &str) -> Result<Option<StatusPageId>, Error> {
    tx.query_opt(
        "SELECT page_id FROM page_domain WHERE domain = $1 AND state = 'verified'",
        params![domain],
        |row| Ok(StatusPageId(row.uuid(0)?)),
    )
}

/// Stores what was found, unless the page has another name by now.
pub fn settle(tx: &mut Tx<'_>, of: &PageDomain, due_at: Timestamp) -> Result<(), Error> {
    tx.execute(
        "UPDATE page_domain SET state = $3, reason = $4, checked_at = $5, proven_at = $6, due_at = $7
         WHERE page_id = $1 AND domain = $2",
        params![of.page, &of.domain, of.state.word(), &of.reason, of.checked_at, of.proven_at, due_at],
    )?;
    Ok(())
}

fn name(row: &Row) -> Result<PageDomain, Error> {
    Ok(PageDomain {
        org: OrgId(row.uuid(0)?),
        page: StatusPageId(row.uuid(1)?),
        domain: row.text(2)?,
        state: row.word(3, DomainState::from_word)?,
        reason: row.text(4)?,
        checked_at: row.opt_at(5)?,
        proven_at: row.opt_at(6)?,
    })
}
