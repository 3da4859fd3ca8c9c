//! All providers in one answer: a line each, for the directory; and what happened to any of them lately.

use domain::change::ChangeKind;
use domain::{Impact, Platform, ProviderId, SourceHealth, Status};
use jiff::Timestamp;

use crate::error::Error;
use crate::params;
use crate::row::Row;
use crate::tx::Tx;

/// More lines than a catalog has providers, times the six statuses a component may have.
const MOST_LINES: u32 = 120_000;

/// One provider in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Whose.
    pub provider: ProviderId,
    /// How well we can read it.
    pub health: SourceHealth,
    /// Who hosts the page, as it was recognised.
    pub platform: Option<Platform>,
    /// The last reading we understood.
    pub last_fresh_at: Option<Timestamp>,
    /// The first reading.
    pub first_read_at: Option<Timestamp>,
    /// What its page claims about the whole, and since when that is trouble.
    pub claim: Option<(Status, Option<Timestamp>)>,
    /// Whether its page leaves no open incident out.
    pub lists_open: bool,
    /// Its components, by status.
    pub components: Vec<Tally>,
    /// The worst of its open incidents, the newest of equals.
    pub incident: Option<Worst>,
}

/// The components of a provider that have one status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// The status.
    pub status: Status,
    /// How many have it.
    pub count: u32,
    /// Since when the first of them is so.
    pub first_since: Timestamp,
    /// Since when the last of them is so.
    pub last_since: Timestamp,
}

/// The worst of a provider's open incidents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worst {
    /// Opaque.
    pub id: String,
    /// Its title.
    pub name: String,
    /// How bad.
    pub impact: Impact,
    /// When we first saw any of the open ones.
    pub first_seen_at: Timestamp,
}

/// The beginning or the end of an incident of some provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// Whose.
    pub provider: ProviderId,
    /// Opened, reopened or resolved.
    pub kind: ChangeKind,
    /// The incident.
    pub incident: String,
    /// What it is called.
    pub name: String,
    /// When it happened by the provider's word, else when we saw it.
    pub at: Timestamp,
}

/// Returns every registered provider in short, in the order of their ids.
pub fn list_summaries(tx: &mut Tx<'_>) -> Result<Vec<Summary>, Error> {
    let rows = tx.query(
        "SELECT s.provider_id, s.health, s.platform, s.last_fresh_at, s.overall_status,
             s.overall_trouble_since_at, c.status, c.count, c.first_since, c.last_since,
             i.incident_id, i.name, i.impact, i.first_seen, s.lists_open,
             s.first_read_at
         FROM provider_source s
         LEFT JOIN (
             SELECT provider_id, status, COUNT(*) AS count, MIN(COALESCE(trouble_since_at, since_at)) AS first_since,
                 MAX(COALESCE(trouble_since_at, since_at)) AS last_since
             FROM provider_component WHERE removed_at IS NULL GROUP BY provider_id, status
         ) c ON c.provider_id = s.provider_id
         LEFT JOIN (
             SELECT provider_id, incident_id, name, impact,
                 MIN(first_seen_at) OVER (PARTITION BY provider_id) AS first_seen,
                 ROW_NUMBER() OVER (PARTITION BY provider_id ORDER BY CASE impact WHEN 'critical' THEN 0
                     WHEN 'major' THEN 1 WHEN 'minor' THEN 2 WHEN 'maintenance' THEN 3 WHEN 'none' THEN 4 ELSE 5 END,
                     position DESC) AS nth
             FROM provider_incident WHERE position IS NOT NULL AND phase NOT IN ('resolved', 'postmortem')
         ) i ON i.provider_id = s.provider_id AND i.nth = 1
         ORDER BY s.provider_id, c.status LIMIT $1",
        params![MOST_LINES],
    )?;
    let mut all: Vec<Summary> = Vec::new();
    for row in &rows {
        let provider = ProviderId(row.uuid(0)?);
        if all.last().is_none_or(|last| last.provider != provider) {
            all.push(summary(row, provider)?);
        }
        if let (Some(last), Some(tally)) = (all.last_mut(), tally(row)?) {
            last.components.push(tally);
        }
    }
    Ok(all)
}

/// Returns where incidents began and ended since `since`, of all providers, the newest first.
pub fn list_turns(tx: &mut Tx<'_>, since: Timestamp, limit: u32) -> Result<Vec<Turn>, Error> {
    tx.list(
        "SELECT provider_id, kind, subject, name, at FROM provider_change
         WHERE seen_at > $1 AND kind IN ('incident_opened', 'incident_reopened', 'incident_resolved')
         ORDER BY seen_at DESC, provider_id, seq DESC LIMIT $2",
        params![since, limit],
        |row| {
            Ok(Turn {
                provider: ProviderId(row.uuid(0)?),
                kind: row.word(1, ChangeKind::from_word)?,
                incident: row.text(2)?,
                name: row.text(3)?,
                at: row.at(4)?,
            })
        },
    )
}

fn summary(row: &Row, provider: ProviderId) -> Result<Summary, Error> {
    let claimed = row.opt_word(4, Status::from_word)?;
    let since = row.opt_at(5)?;
    let incident = row.opt_text(10)?.map(|id| {
        Ok::<_, Error>(Worst {
            id,
            name: row.text(11)?,
            impact: row.word(12, Impact::from_word)?,
            first_seen_at: row.at(13)?,
        })
    });
    Ok(Summary {
        provider,
        health: row.word(1, SourceHealth::from_word)?,
        platform: row.opt_word(2, Platform::from_word)?,
        last_fresh_at: row.opt_at(3)?,
        claim: claimed.map(|status| (status, since)),
        first_read_at: row.opt_at(15)?,
        lists_open: row.bool(14)?,
        components: Vec::new(),
        incident: incident.transpose()?,
    })
}

fn tally(row: &Row) -> Result<Option<Tally>, Error> {
    let Some(status) = row.opt_word(6, Status::from_word)? else { return Ok(None) };
    Ok(Some(Tally { status, count: row.narrow(7)?, first_since: row.at(8)?, last_since: row.at(9)? }))
}

/// Returns the components that a provider no longer has, by id, with the names that they had last.
pub fn list_former_components(tx: &mut Tx<'_>, id: ProviderId) -> Result<Vec<(String, String)>, Error> {
    tx.list(
        "SELECT component_id, name FROM provider_component
         WHERE provider_id = $1 AND removed_at IS NOT NULL ORDER BY component_id LIMIT $2",
        params![id, MOST_LINES],
        |row| Ok((row.text(0)?, row.text(1)?)),
    )
}
