//! Which providers in trouble share a probable cause, from what the ledger and the catalog know.

use std::sync::Arc;

use domain::{
    ProviderId,
    knowledge::Knowledge,
    upstream::{self, Event, Trouble},
};
use store::Tx;

use crate::{catalog::Catalog, error::CommandError, memory::Memory};

/// Providers in trouble that are looked at; with more than these something is wrong with us.
const MOST: usize = 500;

/// Groups these providers by probable cause, as far as they are in trouble.
///
/// # Errors
/// When the ledger fails.
pub fn events(
    tx: &mut Tx<'_>,
    catalog: &Catalog,
    memory: &Memory,
    in_trouble: &[ProviderId],
) -> Result<Vec<Event>, CommandError> {
    let mut troubles = Vec::new();
    for &id in in_trouble.iter().take(MOST) {
        let known = memory.recall(tx, id, None, &[])?;
        troubles.extend(known.and_then(|(knowledge, _)| trouble(catalog, id, &knowledge)));
    }
    Ok(grouped(catalog, &troubles))
}

/// Groups troubles by probable cause.
pub(crate) fn grouped(catalog: &Catalog, troubles: &[Trouble]) -> Vec<Event> {
    if troubles.len() < 2 {
        return Vec::new();
    }
    upstream::events(troubles, &catalog.upstreams())
}

/// Returns the trouble that a provider is in; `None` where it is in none.
pub(crate) fn trouble(catalog: &Catalog, id: ProviderId, known: &Arc<Knowledge>) -> Option<Trouble> {
    let since = known.trouble_since()?;
    Some(Trouble { provider: id, since, said: known.said(), runs_on: catalog.runs_on(id) })
}
