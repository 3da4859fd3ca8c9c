//! What one person has been told, is about to be told and waits to be told: for the rule that holds pages in a storm.

use domain::{IncidentId, NotificationId, Severity, delivery::Sent};
use jiff::Timestamp;

use super::{Notification, columns};
use crate::error::Error;
use crate::params;
use crate::tx::Scope;

/// More messages to one person, contacts and incidents than the rule has to know.
const MOST: u32 = 1_000;

/// Severities by the numbers that the statements give them.
const SEVERITIES: [Severity; 4] = [Severity::Info, Severity::Warning, Severity::Error, Severity::Critical];

/// Returns the messages that left for the receiver of `message` since an instant, or may have, by whatever contact, and say the
/// same kind of thing, the newest first; each with whether it told of any other incident. Pages, and word that nobody answered,
/// count as long as nobody has answered what they told of.
///
/// A message that is tried again counts from its last try that may have arrived, one that nobody settled from its start.
pub fn list_sent(
    scope: &mut Scope<'_>,
    message: &Notification,
    since: Timestamp,
) -> Result<Vec<(Sent, bool)>, Error> {
    let (org, (kind, id)) = (scope.org(), columns(message.responder));
    scope.list(
        "WITH gone AS (
             SELECT n.id, COALESCE(n.folded_into, n.id) AS message, n.contact, n.incident_id, n.generation,
                 n.settled_at AS at
             FROM notification n
             WHERE n.org_id = $1 AND n.responder_kind = $2 AND n.responder_id = $3 AND n.kind = $4
                 AND n.settled_at > $5 AND n.state IN ('sent', 'delivered')
             UNION ALL
             SELECT n.id, COALESCE(n.folded_into, n.id), n.contact, n.incident_id, n.generation,
                 (SELECT MAX(a.started_at) FROM attempt a
                  WHERE a.org_id = n.org_id AND a.notification_id = n.id
                      AND (a.may_have_arrived OR a.outcome IS NULL))
             FROM notification n
             WHERE n.org_id = $1 AND n.responder_kind = $2 AND n.responder_id = $3 AND n.kind = $4
                 AND n.settled_at IS NULL AND (n.state = 'sending' OR (n.state = 'pending' AND n.tries > 0))),
         told AS (
             SELECT message, contact, incident_id, generation, at FROM gone
             UNION ALL
             SELECT gone.id, gone.contact, t.incident_id, t.generation, gone.at
             FROM gone CROSS JOIN also_told t WHERE t.org_id = $1 AND t.message_id = gone.id)
         SELECT told.message, told.contact, MAX(told.at),
             MAX(CASE i.severity WHEN 'critical' THEN 3 WHEN 'error' THEN 2 WHEN 'warning' THEN 1 ELSE 0 END),
             MAX(CASE WHEN told.incident_id <> $6 THEN 1 ELSE 0 END)
         FROM told CROSS JOIN incident i
         WHERE i.org_id = $1 AND i.id = told.incident_id AND told.at > $5
             AND ($4 NOT IN ('page', 'unanswered') OR (i.response = 'open' AND told.generation = i.generation))
         GROUP BY told.message, told.contact ORDER BY 3 DESC, 1 LIMIT $7",
        params![org, kind, id, message.kind, since, message.incident, MOST],
        |row| {
            let sent = Sent {
                message: NotificationId(row.uuid(0)?),
                contact: row.text(1)?,
                at: row.at(2)?,
                severity: SEVERITIES[row.narrow::<usize>(3)?.min(SEVERITIES.len() - 1)],
            };
            Ok((sent, row.int(4)? == 1))
        },
    )
}

/// Returns the contacts by which the receiver of `message` is owed something of its kind that nobody has tried yet and that is
/// due before an instant, each with when the first of it is.
pub fn list_ahead(
    scope: &mut Scope<'_>,
    message: &Notification,
    before: Timestamp,
) -> Result<Vec<(String, Timestamp)>, Error> {
    let (org, (kind, id)) = (scope.org(), columns(message.responder));
    scope.list(
        "SELECT n.contact, MIN(n.due_at)
         FROM notification n JOIN incident i ON i.org_id = n.org_id AND i.id = n.incident_id
         WHERE n.org_id = $1 AND n.responder_kind = $2 AND n.responder_id = $3 AND n.kind = $4
             AND n.settled_at IS NULL AND n.state = 'pending' AND n.tries = 0 AND n.due_at < $5
             AND ($4 NOT IN ('page', 'unanswered') OR (i.response = 'open' AND n.generation = i.generation))
         GROUP BY n.contact ORDER BY n.contact LIMIT $6",
        params![org, kind, id, message.kind, before, MOST],
        |row| Ok((row.text(0)?, row.at(1)?)),
    )
}

/// Returns the incidents of pages, and of word that nobody answered, by whatever contact that the receiver of `message` should
/// have had by now and that nobody has tried yet, each with its generation, in the order in which they began.
pub fn list_waiting(
    scope: &mut Scope<'_>,
    message: &Notification,
    now: Timestamp,
) -> Result<Vec<(IncidentId, u32)>, Error> {
    let (org, (kind, id)) = (scope.org(), columns(message.responder));
    scope.list(
        "SELECT DISTINCT i.id, i.generation, i.number
         FROM notification n JOIN incident i ON i.org_id = n.org_id AND i.id = n.incident_id
         WHERE n.org_id = $1 AND n.responder_kind = $2 AND n.responder_id = $3
             AND n.kind IN ('page', 'unanswered') AND n.settled_at IS NULL AND n.state = 'pending' AND n.tries = 0 AND n.due_at <= $4
             AND i.response = 'open' AND n.generation = i.generation
         ORDER BY i.number LIMIT $5",
        params![org, kind, id, now, MOST],
        |row| Ok((IncidentId(row.uuid(0)?), row.narrow(1)?)),
    )
}

/// Records that a message tells of these incidents besides those that it was owed for: what it says when it is sent again is
/// what counts.
pub fn tell_also(
    scope: &mut Scope<'_>,
    message: NotificationId,
    incidents: &[(IncidentId, u32)],
) -> Result<(), Error> {
    let org = scope.org();
    for &(incident, generation) in incidents {
        scope.execute(
            "INSERT INTO also_told (org_id, message_id, incident_id, generation) VALUES ($1, $2, $3, $4)
             ON CONFLICT (org_id, message_id, incident_id) DO UPDATE SET generation = excluded.generation",
            params![org, message, incident, generation],
        )?;
    }
    Ok(())
}

/// Returns which incidents a message told of besides those that it was owed for, and in which generation of their paging, in
/// the order in which they began.
pub fn list_also_told(
    scope: &mut Scope<'_>,
    message: NotificationId,
) -> Result<Vec<(IncidentId, u32)>, Error> {
    let org = scope.org();
    let mut told = scope.list(
        "SELECT t.incident_id, t.generation, i.number
         FROM also_told t CROSS JOIN incident i
         WHERE t.org_id = $1 AND t.message_id = $2 AND i.org_id = t.org_id AND i.id = t.incident_id
         ORDER BY t.incident_id LIMIT $3",
        params![org, message, MOST],
        |row| Ok((row.int(2)?, (IncidentId(row.uuid(0)?), row.narrow(1)?))),
    )?;
    told.sort_unstable_by_key(|(number, _)| *number);
    Ok(told.into_iter().map(|(_, told)| told).collect())
}

/// Whether another message is on its way to the same contact about the same incident.
pub fn is_under_way(scope: &mut Scope<'_>, message: &Notification, now: Timestamp) -> Result<bool, Error> {
    let (org, (kind, id)) = (scope.org(), columns(message.responder));
    let found = scope.query_opt(
        "SELECT 1 FROM notification
         WHERE org_id = $1 AND incident_id = $2 AND responder_kind = $3 AND responder_id = $4 AND contact = $5
             AND id <> $6 AND state = 'sending' AND lease_until > $7 LIMIT 1",
        params![org, message.incident, kind, id, &message.contact, message.id, now],
        |row| row.int(0),
    )?;
    Ok(found.is_some())
}
