//! Which providers' trouble was behind which service of ours, and when: by the causes of incidents that readers may see.

use domain::{ProviderId, ServiceId, history::Trouble};
use jiff::Timestamp;

use crate::error::Error;
use crate::params;
use crate::tx::Scope;

/// Most troubles in one answer; what is too much is cut off at the oldest.
const MOST_TROUBLES: u32 = 50_000;

/// Returns the troubles of providers behind public incidents that overlap `[from, until)`, by the services that these touch,
/// the newest first. One that is not over lasts until `until`; one that has become part of another counts for the time that it
/// was one. Which of the providers a service depends on is not asked here.
pub fn list_troubles(
    scope: &mut Scope<'_>,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<(ServiceId, Trouble)>, Error> {
    let org = scope.org();
    scope.list(
        "SELECT s.service_id, c.provider_id, i.opened_at, i.resolved_at
         FROM incident i
         JOIN incident_service s ON s.org_id = i.org_id AND s.incident_id = i.id
         JOIN incident_cause c ON c.org_id = i.org_id AND c.incident_id = i.id
         WHERE i.org_id = $1 AND i.publish = 'auto' AND i.opened_at < $3
             AND (i.resolved_at IS NULL OR i.resolved_at > $2)
         UNION
         SELECT s.service_id, c.provider_id, part.opened_at, part.resolved_at
         FROM incident part
         JOIN incident_service s ON s.org_id = part.org_id AND s.incident_id = part.id
         JOIN incident_cause c ON c.org_id = part.org_id AND c.incident_id = part.merged_into
         WHERE part.org_id = $1 AND part.publish = 'auto' AND part.opened_at < $3 AND part.resolved_at > $2
         ORDER BY 3 DESC, 1, 2, 4 LIMIT $4",
        params![org, from, until, MOST_TROUBLES],
        |row| {
            let to = row.opt_at(3)?.unwrap_or(until);
            let trouble = Trouble { provider: ProviderId(row.uuid(1)?), from: row.at(2)?, to };
            Ok((ServiceId(row.uuid(0)?), trouble))
        },
    )
}
