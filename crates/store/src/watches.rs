//! Which organisations depend on which providers.

use domain::{OrgId, ProviderId};

use crate::error::Error;
use crate::params;
use crate::tx::{Scope, Tx};

/// Most providers that are watched at all; far above any catalog.
const MOST_PROVIDERS: u32 = 100_000;

/// Records that the organisation depends on these providers and on no others.
pub fn replace(scope: &mut Scope<'_>, providers: &[ProviderId]) -> Result<(), Error> {
    let org = scope.org();
    scope.execute("DELETE FROM provider_watch WHERE org_id = $1", params![org])?;
    for provider in providers {
        scope.execute(
            "INSERT INTO provider_watch (org_id, provider_id) VALUES ($1, $2)
             ON CONFLICT (provider_id, org_id) DO NOTHING",
            params![org, *provider],
        )?;
    }
    Ok(())
}

/// Returns the organisations that depend on a provider.
pub fn list_organizations(tx: &mut Tx<'_>, provider: ProviderId, limit: u32) -> Result<Vec<OrgId>, Error> {
    tx.list(
        "SELECT org_id FROM provider_watch WHERE provider_id = $1 ORDER BY org_id LIMIT $2",
        params![provider, limit],
        |row| row.uuid(0).map(OrgId),
    )
}

/// Returns the providers that any organisation depends on.
pub fn list_providers(tx: &mut Tx<'_>) -> Result<Vec<ProviderId>, Error> {
    tx.list(
        "SELECT DISTINCT provider_id FROM provider_watch ORDER BY provider_id LIMIT $1",
        params![MOST_PROVIDERS],
        |row| row.uuid(0).map(ProviderId),
    )
}
