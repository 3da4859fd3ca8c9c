//! What a service was over the last twelve months, and whose trouble was behind it.

use domain::{
    ServiceId,
    history::{Span, Trouble, Window},
    setup::Service,
};
use jiff::Timestamp;
use render::view::ServiceHistory;
use store::{Scope, incidents, services};

use crate::{catalog::Catalog, error::CommandError};

/// Returns the history of one service, as readers were told it.
///
/// # Errors
/// When the ledger fails.
pub fn service_history(
    scope: &mut Scope<'_>,
    catalog: &Catalog,
    service: &Service,
    now: Timestamp,
) -> Result<ServiceHistory, CommandError> {
    let from = Window::Months12.start(now);
    let spans = services::list_spans(scope, service.id, from, now)?;
    Ok(history(catalog, service, spans, &incidents::list_troubles(scope, from, now)?))
}

/// Puts a history together; a provider that the catalog no longer knows has no name to show and is left out.
pub(super) fn history(
    catalog: &Catalog,
    of: &Service,
    spans: Vec<Span>,
    troubles: &[(ServiceId, Trouble)],
) -> ServiceHistory {
    let own = troubles.iter().filter(|(service, _)| *service == of.id).map(|(_, trouble)| *trouble);
    let named = |trouble: &Trouble| {
        let provider = catalog.get(trouble.provider)?;
        Some((trouble.provider, provider.name.clone()))
    };
    let own: Vec<Trouble> = own.collect();
    let providers: std::collections::BTreeMap<_, _> = own.iter().filter_map(named).collect();
    let troubles = own.into_iter().filter(|trouble| providers.contains_key(&trouble.provider)).collect();
    ServiceHistory { id: of.slug.clone(), name: of.name.clone(), spans, troubles, providers }
}
