//! The past of a provider as readers of the API ask for it: incidents by page, every revision of their texts, changes by
//! page. Reads only, each bounded; what the poller knows now is [`providers`](crate::providers).

use domain::change::Change;
use domain::provider::Provider;
use domain::snapshot::Incident;
use domain::{Impact, Phase, ProviderId, SourceHealth};
use jiff::Timestamp;

use crate::error::Error;
use crate::params;
use crate::providers::change;
use crate::row::Row;
use crate::tx::Tx;

/// More components than an incident names.
const MOST_COMPONENTS: u32 = 10_000;

/// Revisions of the texts of one incident in one answer.
const MOST_REVISIONS: u32 = 2_000;

/// How our attempts at a source went, by the clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempts {
    /// Whose source.
    pub provider: ProviderId,
    /// When a poll last ended.
    pub last_poll_at: Option<Timestamp>,
    /// When one last gave a reading.
    pub last_fresh_at: Option<Timestamp>,
    /// Failed polls in a row.
    pub failures: u32,
    /// Why the last one failed.
    pub reason: Option<String>,
    /// When the next is due.
    pub next_poll_at: Option<Timestamp>,
    /// How well we could read it at the last poll.
    pub health: SourceHealth,
}

/// An incident with the clocks that only we have.
#[derive(Debug, Clone, PartialEq)]
pub struct Filed {
    /// As last read, without its texts.
    pub incident: Incident,
    /// When we first saw it.
    pub first_seen_at: Timestamp,
    /// When we saw it closed.
    pub closed_seen_at: Option<Timestamp>,
}

/// A text of an incident, as it stood for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The update's id.
    pub update: String,
    /// From 1.
    pub revision: i64,
    /// The provider's word for the state it announces.
    pub status: String,
    /// Markdown as received.
    pub body: String,
    /// The time to show.
    pub at: Option<Timestamp>,
    /// When we first saw it so.
    pub first_seen_at: Timestamp,
    /// Whether it stands now; an update that was taken back has no revision that does.
    pub is_current: bool,
}

/// Which incidents are asked for, and from where on.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Only open ones, or only those that are over.
    pub is_open: Option<bool>,
    /// Only this impact.
    pub impact: Option<Impact>,
    /// Only those that began at this instant or later.
    pub since: Option<Timestamp>,
    /// Only those that come after this one: when it began, and its id.
    pub before: Option<(Timestamp, String)>,
}

/// Returns how our attempts at sources went that were polled after an instant, the longest ago first.
pub fn list_attempts(tx: &mut Tx<'_>, after: Option<Timestamp>, limit: u32) -> Result<Vec<Attempts>, Error> {
    tx.list(
        "SELECT provider_id, last_poll_at, last_fresh_at, failures, reason, next_poll_at, health
         FROM provider_source WHERE CAST($1 AS BIGINT) IS NULL OR last_poll_at >= $1
         ORDER BY last_poll_at, provider_id LIMIT $2",
        params![after, limit],
        |row| {
            Ok(Attempts {
                provider: ProviderId(row.uuid(0)?),
                last_poll_at: row.opt_at(1)?,
                last_fresh_at: row.opt_at(2)?,
                failures: row.narrow(3)?,
                reason: row.opt_text(4)?,
                next_poll_at: row.opt_at(5)?,
                health: row.word(6, SourceHealth::from_word)?,
            })
        },
    )
}

/// Returns incidents of a provider, the one that began last first. An incident without a stated beginning began when it
/// was posted, else when we saw it.
pub fn list_incidents(
    tx: &mut Tx<'_>,
    id: ProviderId,
    wanted: &Wanted,
    limit: u32,
) -> Result<Vec<Filed>, Error> {
    let (at, last) = wanted.before.clone().map_or((None, None), |(at, id)| (Some(at), Some(id)));
    tx.list(
        "SELECT incident_id, name, impact, raw_impact, phase, started_at, created_at, updated_at, resolved_at, url,
             first_seen_at, closed_seen_at
         FROM provider_incident WHERE provider_id = $1
             AND (CAST($2 AS BOOLEAN) IS NULL OR (phase NOT IN ('resolved', 'postmortem')) = $2)
             AND (CAST($3 AS TEXT) IS NULL OR impact = $3)
             AND (CAST($4 AS BIGINT) IS NULL OR COALESCE(started_at, created_at, first_seen_at) >= $4)
             AND (CAST($5 AS BIGINT) IS NULL
                 OR (COALESCE(started_at, created_at, first_seen_at), incident_id) < ($5, $6))
         ORDER BY COALESCE(started_at, created_at, first_seen_at) DESC, incident_id DESC LIMIT $7",
        params![id, wanted.is_open, wanted.impact, wanted.since, at, last, limit],
        filed,
    )
}

/// Returns one incident with its affected components.
pub fn find_incident(tx: &mut Tx<'_>, id: ProviderId, incident: &str) -> Result<Option<Filed>, Error> {
    let found = tx.query_opt(
        "SELECT incident_id, name, impact, raw_impact, phase, started_at, created_at, updated_at, resolved_at, url,
             first_seen_at, closed_seen_at
         FROM provider_incident WHERE provider_id = $1 AND incident_id = $2",
        params![id, incident],
        filed,
    )?;
    let Some(mut found) = found else { return Ok(None) };
    found.incident.components = tx.list(
        "SELECT component_id FROM provider_event_component WHERE provider_id = $1 AND event_id = $2
         ORDER BY position LIMIT $3",
        params![id, incident, MOST_COMPONENTS],
        |row| row.text(0),
    )?;
    Ok(Some(found))
}

/// Returns every revision of every text of an incident, the newest update first, its revisions oldest first.
pub fn list_texts(tx: &mut Tx<'_>, id: ProviderId, incident: &str) -> Result<Vec<Text>, Error> {
    tx.list(
        "SELECT update_id, revision, status, body, at, first_seen_at, position IS NOT NULL
         FROM provider_event_update u WHERE provider_id = $1 AND event_id = $2
         ORDER BY (SELECT MAX(COALESCE(o.at, o.first_seen_at)) FROM provider_event_update o
             WHERE o.provider_id = u.provider_id AND o.event_id = u.event_id AND o.update_id = u.update_id) DESC,
             update_id, revision LIMIT $3",
        params![id, incident, MOST_REVISIONS],
        |row| {
            Ok(Text {
                update: row.text(0)?,
                revision: row.int(1)?,
                status: row.text(2)?,
                body: row.text(3)?,
                at: row.opt_at(4)?,
                first_seen_at: row.at(5)?,
                is_current: row.bool(6)?,
            })
        },
    )
}

/// Returns the changes of a provider with numbers below `before`, newest first, each with its number and when we saw it.
pub fn list_changes(
    tx: &mut Tx<'_>,
    of: &Provider,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<(i64, Timestamp, Change)>, Error> {
    tx.list(
        "SELECT seq, kind, subject, name, from_value, to_value, update_id, at, seen_at FROM provider_change
         WHERE provider_id = $1 AND (CAST($2 AS BIGINT) IS NULL OR seq < $2) ORDER BY seq DESC LIMIT $3",
        params![of.id(), before, limit],
        |row| Ok((row.int(0)?, row.at(8)?, change(row)?)),
    )
}

/// Returns when a change of a provider was last seen.
pub fn last_change_at(tx: &mut Tx<'_>, id: ProviderId) -> Result<Option<Timestamp>, Error> {
    tx.query_opt(
        "SELECT seen_at FROM provider_change WHERE provider_id = $1 ORDER BY seq DESC LIMIT 1",
        params![id],
        |row| row.at(0),
    )
}

fn filed(row: &Row) -> Result<Filed, Error> {
    let incident = Incident {
        id: row.text(0)?,
        name: row.text(1)?,
        impact: row.word(2, Impact::from_word)?,
        raw_impact: row.opt_text(3)?,
        phase: row.word(4, Phase::from_word)?,
        started_at: row.opt_at(5)?,
        created_at: row.opt_at(6)?,
        updated_at: row.opt_at(7)?,
        resolved_at: row.opt_at(8)?,
        url: row.opt_text(9)?,
        components: Vec::new(),
        updates: Vec::new(),
    };
    Ok(Filed { incident, first_seen_at: row.at(10)?, closed_seen_at: row.opt_at(11)? })
}

#[cfg(test)]
mod tests;
