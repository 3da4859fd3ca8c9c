//! Damage: words in rows that no release writes, for tests of what a damaged ledger holds up and what not.

use domain::IncidentId;

use crate::error::Error;
use crate::params;
use crate::tx::Scope;

/// Spells the severity of an incident otherwise.
pub fn spell_severity(scope: &mut Scope<'_>, incident: IncidentId, word: &str) -> Result<(), Error> {
    let org = scope.org();
    scope.execute_one(
        "UPDATE incident SET severity = $3 WHERE org_id = $1 AND id = $2",
        params![org, incident, word],
    )
}

/// Spells the kind of every message about an incident otherwise.
pub fn spell_kind(scope: &mut Scope<'_>, incident: IncidentId, word: &str) -> Result<(), Error> {
    let org = scope.org();
    scope
        .execute(
            "UPDATE notification SET kind = $3 WHERE org_id = $1 AND incident_id = $2",
            params![org, incident, word],
        )
        .map(drop)
}
