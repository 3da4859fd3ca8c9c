//! What was said about an incident, and everything that was done about it, in order.

use domain::incident::Actor;
use domain::public::Tongues;
use domain::subscription::Thing;
use domain::{IncidentId, NotificationId, Phase};
use jiff::Timestamp;

use crate::error::Error;
use crate::public_words::{self, Said};
use crate::row::Row;
use crate::tx::Scope;
use crate::{actor, params, tongues};

/// Most entries of one incident in one answer.
const MOST_ENTRIES: u32 = 10_000;

/// Text added to an incident.
#[derive(Debug, Clone, PartialEq)]
pub struct IncidentUpdate {
    /// Where the incident is in its life.
    pub phase: Phase,
    /// Markdown.
    pub body: String,
    /// The same in other languages, where the machine said it; once it is edited, what the former text was in them.
    pub tongues: Tongues,
    /// When it was said.
    pub at: Timestamp,
    /// Whether readers may see it.
    pub is_public: bool,
    /// Who said it.
    pub actor: Actor,
    /// The last change of the text.
    pub edited: Option<UpdateEdit>,
    /// When it was removed; its place is kept, and its text is gone.
    pub removed_at: Option<Timestamp>,
}

/// A change of what was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpdateEdit {
    /// When.
    pub at: Timestamp,
    /// The text before.
    pub former: String,
}

/// One automatic or human act.
#[derive(Debug, Clone, PartialEq)]
pub struct IncidentEvent {
    /// When.
    pub at: Timestamp,
    /// What, as one word of the caller's vocabulary.
    pub kind: String,
    /// Who.
    pub actor: Actor,
    /// More, in words for a person.
    pub detail: String,
}

/// Adds text to an incident; returns its number, from 1. What readers may see is owed to those who subscribe, too.
pub fn push_update(scope: &mut Scope<'_>, id: IncidentId, update: &IncidentUpdate) -> Result<i64, Error> {
    let number = record_update(scope, id, update)?;
    if update.is_public {
        public_words::owe(scope, Thing::Incident(id), Said::Update(number), update.at)?;
    }
    Ok(number)
}

/// Adds text to an incident that is news for nobody; returns its number, from 1.
pub fn record_update(scope: &mut Scope<'_>, id: IncidentId, update: &IncidentUpdate) -> Result<i64, Error> {
    let (org, (kind, user)) = (scope.org(), actor::columns(update.actor));
    let number = scope.query_one(
        "SELECT COALESCE(MAX(number), 0) + 1 FROM incident_update WHERE org_id = $1 AND incident_id = $2",
        params![org, id],
        |row| row.int(0),
    )?;
    scope.execute(
        "INSERT INTO incident_update
             (org_id, incident_id, number, phase, body, at, is_public, actor_kind, actor_id, tongues)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        params![
            org,
            id,
            number,
            update.phase,
            &update.body,
            update.at,
            update.is_public,
            &*kind,
            user,
            tongues::column(&update.tongues),
        ],
    )?;
    Ok(number)
}

/// Returns what was said, oldest first.
pub fn list_updates(scope: &mut Scope<'_>, id: IncidentId) -> Result<Vec<IncidentUpdate>, Error> {
    let org = scope.org();
    scope.list(
        "SELECT phase, body, at, is_public, actor_kind, actor_id, edited_at, former, removed_at, tongues
         FROM incident_update
         WHERE org_id = $1 AND incident_id = $2 ORDER BY number LIMIT $3",
        params![org, id, MOST_ENTRIES],
        update,
    )
}

/// Returns what was said under this number.
pub fn find_update(
    scope: &mut Scope<'_>,
    id: IncidentId,
    number: i64,
) -> Result<Option<IncidentUpdate>, Error> {
    let org = scope.org();
    scope.query_opt(
        "SELECT phase, body, at, is_public, actor_kind, actor_id, edited_at, former, removed_at, tongues
         FROM incident_update
         WHERE org_id = $1 AND incident_id = $2 AND number = $3",
        params![org, id, number],
        update,
    )
}

/// Gives what was said another text, and keeps the former. [`Error::NotFound`] without one.
pub fn edit_update(
    scope: &mut Scope<'_>,
    id: IncidentId,
    number: i64,
    body: &str,
    at: Timestamp,
) -> Result<(), Error> {
    let org = scope.org();
    scope.execute_one(
        "UPDATE incident_update SET former = body, body = $4, edited_at = $5,
             tongues = CASE WHEN edited_at IS NULL THEN tongues END
         WHERE org_id = $1 AND incident_id = $2 AND number = $3",
        params![org, id, number, body, at],
    )
}

/// Takes the text of what was said away, the former one too; its place stays. [`Error::NotFound`] without one.
pub fn remove_update(scope: &mut Scope<'_>, id: IncidentId, number: i64, at: Timestamp) -> Result<(), Error> {
    let org = scope.org();
    scope.execute_one(
        "UPDATE incident_update SET body = '', former = NULL, tongues = NULL, edited_at = NULL, removed_at = $4
         WHERE org_id = $1 AND incident_id = $2 AND number = $3",
        params![org, id, number, at],
    )
}

/// Records an act; returns its number, from 1.
pub fn push_event(scope: &mut Scope<'_>, id: IncidentId, event: &IncidentEvent) -> Result<i64, Error> {
    let (org, (kind, user)) = (scope.org(), actor::columns(event.actor));
    let number = scope.query_one(
        "SELECT COALESCE(MAX(number), 0) + 1 FROM incident_event WHERE org_id = $1 AND incident_id = $2",
        params![org, id],
        |row| row.int(0),
    )?;
    scope.execute(
        "INSERT INTO incident_event (org_id, incident_id, number, at, kind, actor_kind, actor_id, detail)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![org, id, number, event.at, &event.kind, &*kind, user, &event.detail],
    )?;
    Ok(number)
}

/// Returns what was done, oldest first.
pub fn list_events(scope: &mut Scope<'_>, id: IncidentId) -> Result<Vec<IncidentEvent>, Error> {
    let org = scope.org();
    scope.list(
        "SELECT at, kind, detail, actor_kind, actor_id FROM incident_event
         WHERE org_id = $1 AND incident_id = $2 ORDER BY number LIMIT $3",
        params![org, id, MOST_ENTRIES],
        event,
    )
}

/// Returns what was done about an incident and about those that have become part of it, oldest first, with the number of the
/// incident that it was done to.
pub fn list_timeline(scope: &mut Scope<'_>, id: IncidentId) -> Result<Vec<(i64, IncidentEvent)>, Error> {
    let org = scope.org();
    scope.list(
        "SELECT e.at, e.kind, e.detail, e.actor_kind, e.actor_id, i.number
         FROM incident_event e JOIN incident i ON i.org_id = e.org_id AND i.id = e.incident_id
         WHERE e.org_id = $1 AND (i.id = $2 OR i.merged_into = $2)
         ORDER BY e.at, i.number, e.number LIMIT $3",
        params![org, id, MOST_ENTRIES],
        |row| Ok((row.int(5)?, event(row)?)),
    )
}

/// Returns what is different whenever anything is that a message about an incident shows: its response, what was done and
/// said, what became of its messages, the others that the message told of, and what is known of the providers behind it.
/// `None` when there is no such incident.
pub fn mark(
    scope: &mut Scope<'_>,
    id: IncidentId,
    message: NotificationId,
) -> Result<Option<[i64; 8]>, Error> {
    let org = scope.org();
    scope.query_opt(
        "SELECT COALESCE(i.response_at, 0),
             (SELECT COUNT(*) FROM incident_event e WHERE e.org_id = $1 AND e.incident_id = $2),
             (SELECT COUNT(*) FROM incident_update u WHERE u.org_id = $1 AND u.incident_id = $2),
             COALESCE(n.tries, 0), COALESCE(n.under_way, 0), COALESCE(n.states, 0),
             (SELECT COUNT(*) FROM incident o WHERE o.org_id = $1 AND o.response = 'open' AND o.id IN
                 (SELECT f.incident_id FROM notification f WHERE f.org_id = $1 AND f.folded_into = $3
                  UNION SELECT t.incident_id FROM also_told t WHERE t.org_id = $1 AND t.message_id = $3)),
             (SELECT COALESCE(CAST(SUM(s.version) AS BIGINT), 0)
              FROM incident_cause c JOIN provider_source s ON s.provider_id = c.provider_id
              WHERE c.org_id = $1 AND c.incident_id = $2)
         FROM incident i LEFT JOIN
             (SELECT incident_id, CAST(SUM(tries) AS BIGINT) AS tries,
                  COUNT(*) FILTER (WHERE state = 'sending') AS under_way,
                  CAST(SUM(CASE state WHEN 'pending' THEN 1 WHEN 'delivered' THEN 1000 WHEN 'failed' THEN 1000000
                      ELSE 0 END) AS BIGINT) AS states
              FROM notification WHERE org_id = $1 AND incident_id = $2 GROUP BY incident_id) n
             ON n.incident_id = i.id
         WHERE i.org_id = $1 AND i.id = $2",
        params![org, id, message],
        |row| {
            let mut mark = [0; 8];
            for (column, part) in mark.iter_mut().enumerate() {
                *part = row.int(column)?;
            }
            Ok(mark)
        },
    )
}

fn update(row: &Row) -> Result<IncidentUpdate, Error> {
    Ok(IncidentUpdate {
        phase: row.word(0, Phase::from_word)?,
        body: row.text(1)?,
        at: row.at(2)?,
        is_public: row.bool(3)?,
        actor: actor::read(row, 4)?,
        edited: row.opt_at(6)?.zip(row.opt_text(7)?).map(|(at, former)| UpdateEdit { at, former }),
        removed_at: row.opt_at(8)?,
        tongues: tongues::read(row, 9)?,
    })
}

fn event(row: &Row) -> Result<IncidentEvent, Error> {
    Ok(IncidentEvent {
        at: row.at(0)?,
        kind: row.text(1)?,
        detail: row.text(2)?,
        actor: actor::read(row, 3)?,
    })
}
