//! What our services are judged to be, and the history of what readers were told.

use domain::history::Span;
use domain::{ServiceId, Status};
use jiff::Timestamp;

use crate::error::Error;
use crate::params;
use crate::row::Row;
use crate::tx::Scope;

/// Most services of an organisation.
const MOST_SERVICES: u32 = 10_000;
/// Most spans of one service in one answer; what is too much is cut off at the oldest.
const MOST_SPANS: u32 = 10_000;

/// The judged state of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceState {
    /// The service.
    pub service: ServiceId,
    /// What it is.
    pub status: Status,
    /// Since when.
    pub since: Timestamp,
    /// What readers are told.
    pub public_status: Status,
    /// Since when.
    pub public_since: Timestamp,
    /// Why, one line each.
    pub notes: Vec<String>,
    /// When it was judged to be so: what a judgement leaves as it was is not written again.
    pub judged_at: Timestamp,
}

/// Returns the state of every service that has been judged.
pub fn list_states(scope: &mut Scope<'_>) -> Result<Vec<ServiceState>, Error> {
    let org = scope.org();
    scope.list(
        "SELECT service_id, status, since_at, public_status, public_since_at, notes, judged_at
         FROM service_state WHERE org_id = $1 ORDER BY service_id LIMIT $2",
        params![org, MOST_SERVICES],
        state,
    )
}

/// Stores the state of a service, and its public status in the history.
pub fn save_state(scope: &mut Scope<'_>, state: &ServiceState) -> Result<(), Error> {
    let org = scope.org();
    scope.execute_one(
        "INSERT INTO service_state
             (org_id, service_id, status, since_at, public_status, public_since_at, notes, judged_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (org_id, service_id) DO UPDATE SET
             status = excluded.status, since_at = excluded.since_at, public_status = excluded.public_status,
             public_since_at = excluded.public_since_at, notes = excluded.notes, judged_at = excluded.judged_at",
        params![
            org,
            state.service,
            state.status,
            state.since,
            state.public_status,
            state.public_since,
            state.notes.join("\n"),
            state.judged_at,
        ],
    )?;
    save_span(scope, state)
}

/// Returns the public history of a service that overlaps `[from, until)`, oldest first, cut to it.
pub fn list_spans(
    scope: &mut Scope<'_>,
    service: ServiceId,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<Span>, Error> {
    let org = scope.org();
    let mut spans = scope.list(
        "SELECT status, from_at, to_at FROM service_span
         WHERE org_id = $1 AND service_id = $2 AND from_at < $4 AND (to_at IS NULL OR to_at > $3)
         ORDER BY from_at DESC LIMIT $5",
        params![org, service, from, until, MOST_SPANS],
        |row| span(row, 0, from, until),
    )?;
    spans.reverse();
    Ok(spans)
}

/// Returns when the public history of a service begins.
pub fn find_first_span(scope: &mut Scope<'_>, service: ServiceId) -> Result<Option<Timestamp>, Error> {
    let org = scope.org();
    scope.query_opt(
        "SELECT from_at FROM service_span WHERE org_id = $1 AND service_id = $2 ORDER BY from_at LIMIT 1",
        params![org, service],
        |row| row.at(0),
    )
}

/// Reads a span from a status, a start and an end that may be open, cut to `[from, until)`.
pub(crate) fn span(row: &Row, column: usize, from: Timestamp, until: Timestamp) -> Result<Span, Error> {
    let status = row.word(column, Status::from_word)?;
    let end = row.opt_at(column + 2)?.unwrap_or(until);
    Ok(Span { status, from: row.at(column + 1)?.max(from), to: end.min(until) })
}

/// Ends the open span where the public status is another one, and begins the new one; unknown is the lack of one.
fn save_span(scope: &mut Scope<'_>, state: &ServiceState) -> Result<(), Error> {
    let (org, service, at) = (scope.org(), state.service, state.public_since);
    let open = scope.query_opt(
        "SELECT status FROM service_span WHERE org_id = $1 AND service_id = $2 AND to_at IS NULL",
        params![org, service],
        |row| row.word(0, Status::from_word),
    )?;
    let wanted = (state.public_status != Status::Unknown).then_some(state.public_status);
    if open == wanted {
        return Ok(());
    }
    // Writing replaces what lies after: a span that would be empty, or what a clock ahead of time has written.
    scope.execute(
        "DELETE FROM service_span WHERE org_id = $1 AND service_id = $2 AND from_at >= $3",
        params![org, service, at],
    )?;
    scope.execute(
        "UPDATE service_span SET to_at = $3
         WHERE org_id = $1 AND service_id = $2 AND (to_at IS NULL OR to_at > $3)",
        params![org, service, at],
    )?;
    if let Some(status) = wanted {
        scope.execute(
            "INSERT INTO service_span (org_id, service_id, from_at, status) VALUES ($1, $2, $3, $4)",
            params![org, service, at, status],
        )?;
    }
    Ok(())
}

fn state(row: &Row) -> Result<ServiceState, Error> {
    Ok(ServiceState {
        service: ServiceId(row.uuid(0)?),
        status: row.word(1, Status::from_word)?,
        since: row.at(2)?,
        public_status: row.word(3, Status::from_word)?,
        public_since: row.at(4)?,
        notes: row.str(5)?.lines().map(str::to_owned).collect(),
        judged_at: row.at(6)?,
    })
}
