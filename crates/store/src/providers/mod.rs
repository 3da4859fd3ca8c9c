//! Providers: how our attempts at their sources go, and what we know of them.
//!
//! Knowledge is written as differences, so that a poll that brings nothing new writes nothing, and history (spans,
//! revisions of texts, changes) grows beside it.

mod changes;
mod claims;
mod components;
mod events;
mod load;
mod summaries;
#[cfg(test)]
mod tests;
mod texts;

use std::collections::HashMap;

use domain::knowledge::Knowledge;
use domain::polling::Source;
use domain::{Platform, ProviderId, SourceHealth};
use jiff::Timestamp;

use crate::error::Error;
use crate::params;
use crate::row::Row;
use crate::tx::{Scope, Tx};

pub(crate) use changes::change;
pub use changes::{list_changes, push_changes, worst_since};
pub use claims::{
    Claim, Settled, claim_due, count_due, is_current, next_due, release, set_next_poll, settle_unchanged,
    spread_due, wake,
};
pub use components::{close_spans, list_spans};
pub use summaries::{Summary, Tally, Turn, Worst, list_former_components, list_summaries, list_turns};
pub use texts::{Edit, Revision, list_edits, list_revisions};

/// What makes the next request conditional, and recognises an answer that is no news.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validators {
    /// For `If-None-Match`.
    pub etag: Option<String>,
    /// For `If-Modified-Since`.
    pub last_modified: Option<String>,
    /// The hash of the last body that was read.
    pub body_hash: Option<Vec<u8>>,
    /// Who hosts the page, as it was recognised.
    pub platform: Option<Platform>,
    /// Where its feed was found, when nobody declared it or the declared one has moved.
    pub feed: Option<String>,
}

/// Where a page was found that no longer is what it is declared to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// Who hosts it now.
    pub platform: Platform,
    /// The machine-readable address.
    pub feed: String,
    /// When that was found out.
    pub at: Timestamp,
}

/// Everything stored of a provider.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    /// How our attempts went.
    pub source: Source,
    /// For the next request.
    pub validators: Validators,
    /// How well we can read it, as it was last judged.
    pub health: SourceHealth,
    /// What we know.
    pub knowledge: Knowledge,
    /// Where the page seems to have moved, until that is followed or undone.
    pub moved: Option<Move>,
    /// What the reader did not understand at the last reading.
    pub warnings: Vec<String>,
}

/// More sources than any installation has.
const MOST_SOURCES: u32 = 100_000;

/// Makes room for a provider and has it polled at once; of one that is known, only one that was no longer polled is.
pub fn register(tx: &mut Tx<'_>, id: ProviderId, slug: &str, now: Timestamp) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO provider_source (provider_id, slug, health, failures, next_poll_at, epoch)
         VALUES ($1, $2, $3, 0, $4, 0) ON CONFLICT (provider_id) DO UPDATE SET
             next_poll_at = COALESCE(provider_source.next_poll_at, excluded.next_poll_at)",
        params![id, slug, SourceHealth::NeverRead, now],
    )
    .map(drop)
}

/// Returns the digests of the declarations under which sources were read, empty for those that were never declared.
pub fn list_declarations(tx: &mut Tx<'_>) -> Result<Vec<(ProviderId, Vec<u8>)>, Error> {
    tx.list(
        "SELECT provider_id, declaration FROM provider_source ORDER BY provider_id LIMIT $1",
        params![MOST_SOURCES],
        |row| Ok((ProviderId(row.uuid(0)?), row.opt_blob(1)?.unwrap_or_default())),
    )
}

/// Has a source read under another declaration: what was learnt of it is forgotten, what is known of the provider stays. A
/// poll that is under way comes to nothing, and one that sleeps goes on sleeping.
pub fn redeclare(tx: &mut Tx<'_>, id: ProviderId, declaration: &[u8], now: Timestamp) -> Result<(), Error> {
    tx.execute_one(
        "UPDATE provider_source SET declaration = $2, failures = 0, reason = NULL,
             next_poll_at = CASE WHEN next_poll_at > $3 THEN $3 ELSE next_poll_at END,
             etag = NULL, last_modified = NULL, body_hash = NULL, platform = NULL, feed_url = NULL,
             moved_platform = NULL, moved_feed = NULL, moved_at = NULL, lease_until = NULL, epoch = epoch + 1
         WHERE provider_id = $1",
        params![id, declaration, now],
    )
}

/// Returns everything about a provider.
pub fn get(tx: &mut Tx<'_>, id: ProviderId) -> Result<Option<Stored>, Error> {
    let found = tx.query_opt(
        "SELECT last_poll_at, last_fresh_at, failures, reason, next_poll_at,
             etag, last_modified, body_hash, platform, health,
             feed_url, is_busy, floor_us, history_due_at, is_refused, moved_platform, moved_feed, moved_at,
             first_read_at, page_id, page_name, page_url, page_updated_at,
             overall_status, overall_headline, overall_raw, overall_trouble_since_at, lists_open, warnings
         FROM provider_source WHERE provider_id = $1",
        params![id],
        |row| {
            let (source, validators, health) = attempts(row)?;
            let (knowledge, moved) = (load::page(row, 18)?, moved(row)?);
            let warnings = row.str(28)?.lines().map(str::to_owned).collect();
            Ok(Stored { source, validators, health, knowledge, moved, warnings })
        },
    )?;
    let Some(mut stored) = found else { return Ok(None) };
    load::complete(tx, id, &mut stored.knowledge)?;
    Ok(Some(stored))
}

/// Returns how often what is stored of a provider has changed, and how well it can be read: knowledge that was read at the
/// same version is still what is stored.
pub fn version(tx: &mut Tx<'_>, id: ProviderId) -> Result<Option<(i64, SourceHealth)>, Error> {
    tx.query_opt(
        "SELECT version, health FROM provider_source WHERE provider_id = $1",
        params![id],
        version_of,
    )
}

/// Returns the same of every provider that an organisation depends on.
pub fn versions(scope: &mut Scope<'_>) -> Result<HashMap<ProviderId, (i64, SourceHealth)>, Error> {
    let org = scope.org();
    let found = scope.list(
        "SELECT s.version, s.health, s.provider_id
         FROM provider_watch w JOIN provider_source s ON s.provider_id = w.provider_id
         WHERE w.org_id = $1 ORDER BY s.provider_id LIMIT $2",
        params![org, MOST_SOURCES],
        |row| Ok((ProviderId(row.uuid(2)?), version_of(row)?)),
    )?;
    Ok(found.into_iter().collect())
}

fn version_of(row: &Row) -> Result<(i64, SourceHealth), Error> {
    Ok((row.int(0)?, row.word(1, SourceHealth::from_word)?))
}

/// Returns how our attempts at a provider went, without what we know of it.
pub fn find_source(
    tx: &mut Tx<'_>,
    id: ProviderId,
) -> Result<Option<(Source, Validators, SourceHealth)>, Error> {
    tx.query_opt(
        "SELECT last_poll_at, last_fresh_at, failures, reason, next_poll_at,
             etag, last_modified, body_hash, platform, health, feed_url, is_busy, floor_us, history_due_at,
             is_refused
         FROM provider_source WHERE provider_id = $1",
        params![id],
        attempts,
    )
}

/// Stores how our attempts at a provider went. [`Error::NotFound`] before it is registered.
pub fn save_source(
    tx: &mut Tx<'_>,
    id: ProviderId,
    source: &Source,
    validators: &Validators,
    health: SourceHealth,
) -> Result<(), Error> {
    tx.execute_one(
        "UPDATE provider_source SET last_poll_at = $2, last_fresh_at = $3, failures = $4, reason = $5,
             next_poll_at = $6, etag = $7, last_modified = $8, body_hash = $9, platform = $10, health = $11,
             feed_url = $12, is_busy = $13, floor_us = $14, history_due_at = $15, is_refused = $16
         WHERE provider_id = $1",
        params![
            id,
            source.last_poll_at,
            source.last_fresh_at,
            source.failures,
            source.reason.as_deref(),
            source.next_poll_at,
            validators.etag.as_deref(),
            validators.last_modified.as_deref(),
            validators.body_hash.as_deref(),
            validators.platform,
            health,
            validators.feed.as_deref(),
            source.is_busy,
            source.floor,
            source.history_due_at,
            source.is_refused,
        ],
    )
}

/// Stores what we know `after` a reading where `before` was stored; `at` is the time of the reading.
///
/// Writes only differences. Components that are gone are marked as removed; a status that differs from the open span
/// ends it and begins the next; a new or edited text is a new revision. Of things that share an id the first counts.
pub fn save_knowledge(
    tx: &mut Tx<'_>,
    id: ProviderId,
    before: &Knowledge,
    after: &Knowledge,
    at: Timestamp,
) -> Result<(), Error> {
    if before != after {
        tx.execute_one(
            "UPDATE provider_source SET version = version + 1 WHERE provider_id = $1",
            params![id],
        )?;
    }
    let head = |known: &Knowledge| {
        let overall = (known.overall.clone(), known.overall_trouble_since);
        (known.first_read_at, known.page.clone(), overall, known.lists_open)
    };
    if head(before) != head(after) {
        save_page(tx, id, after)?;
    }
    components::save(tx, id, &before.components, &after.components, at)?;
    events::save_incidents(tx, id, &before.incidents, &after.incidents, at)?;
    events::save_maintenances(tx, id, &before.maintenances, &after.maintenances, at)
}

fn save_page(tx: &mut Tx<'_>, id: ProviderId, after: &Knowledge) -> Result<(), Error> {
    let (page, overall) = (&after.page, after.overall.as_ref());
    tx.execute_one(
        "UPDATE provider_source SET first_read_at = $2, page_id = $3, page_name = $4, page_url = $5,
             page_updated_at = $6, overall_status = $7, overall_headline = $8, overall_raw = $9,
             overall_trouble_since_at = $10, lists_open = $11
         WHERE provider_id = $1",
        params![
            id,
            after.first_read_at,
            page.id.as_deref(),
            page.name.as_deref(),
            page.url.as_deref(),
            page.updated_at,
            overall.map(|o| o.status),
            overall.and_then(|o| o.headline.as_deref()),
            overall.map(|o| o.raw.as_str()),
            after.overall_trouble_since,
            after.lists_open,
        ],
    )
}

/// Remembers where a page seems to have moved, or forgets it.
pub fn save_move(tx: &mut Tx<'_>, id: ProviderId, moved: Option<&Move>) -> Result<(), Error> {
    tx.execute_one(
        "UPDATE provider_source SET moved_platform = $2, moved_feed = $3, moved_at = $4 WHERE provider_id = $1",
        params![
            id,
            moved.map(|moved| moved.platform),
            moved.map(|moved| moved.feed.as_str()),
            moved.map(|moved| moved.at),
        ],
    )
}

/// Remembers what the reader did not understand at the last reading.
pub fn save_warnings(tx: &mut Tx<'_>, id: ProviderId, warnings: &[String]) -> Result<(), Error> {
    tx.execute_one(
        "UPDATE provider_source SET warnings = $2 WHERE provider_id = $1",
        params![id, warnings.join("\n").as_str()],
    )
}

fn moved(row: &Row) -> Result<Option<Move>, Error> {
    let (Some(platform), Some(feed), Some(at)) =
        (row.opt_word(15, Platform::from_word)?, row.opt_text(16)?, row.opt_at(17)?)
    else {
        return Ok(None);
    };
    Ok(Some(Move { platform, feed, at }))
}

/// Reads the first fifteen columns of the queries here and of a claim.
fn attempts(row: &Row) -> Result<(Source, Validators, SourceHealth), Error> {
    let source = Source {
        last_poll_at: row.opt_at(0)?,
        last_fresh_at: row.opt_at(1)?,
        failures: row.narrow(2)?,
        reason: row.opt_text(3)?,
        next_poll_at: row.opt_at(4)?,
        is_busy: row.bool(11)?,
        floor: row.duration(12)?,
        history_due_at: row.opt_at(13)?,
        is_refused: row.bool(14)?,
    };
    let validators = Validators {
        etag: row.opt_text(5)?,
        last_modified: row.opt_text(6)?,
        body_hash: row.opt_blob(7)?,
        platform: row.opt_word(8, Platform::from_word)?,
        feed: row.opt_text(10)?,
    };
    Ok((source, validators, row.word(9, SourceHealth::from_word)?))
}

/// Returns the first of all that share an id, in order.
fn unique<T>(items: &[T], id: impl Fn(&T) -> &str) -> Vec<&T> {
    let mut seen = std::collections::HashSet::new();
    items.iter().filter(|item| seen.insert(id(item))).collect()
}
