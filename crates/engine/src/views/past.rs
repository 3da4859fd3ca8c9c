//! What a service was over the last twelve months, and whose trouble was behind it.

use std::collections::BTreeMap;

use domain::{
    ServiceId,
    history::{Span, Trouble, Window},
    incident::amended,
    setup::{Service, Setup},
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
    setup: &Setup,
    service: &Service,
    now: Timestamp,
) -> Result<ServiceHistory, CommandError> {
    let spans = year(scope, service.id, now)?;
    let troubles = incidents::list_troubles(scope, Window::Months12.start(now), now)?;
    Ok(history(catalog, service, service.name.clone(), spans, troubles_of(setup, service, &troubles)))
}

/// Returns the troubles that a service can have come by: an incident touches services that depend on different providers.
pub(super) fn troubles_of(setup: &Setup, of: &Service, all: &[(ServiceId, Trouble)]) -> Vec<Trouble> {
    let providers = setup.providers_told(of.id);
    let own = all.iter().filter(|(service, _)| *service == of.id).map(|(_, trouble)| *trouble);
    own.filter(|trouble| providers.contains(&trouble.provider)).collect()
}

/// Returns the spans of the last twelve months, with what people have added to them since.
pub(super) fn year(
    scope: &mut Scope<'_>,
    service: ServiceId,
    now: Timestamp,
) -> Result<Vec<Span>, CommandError> {
    let start = Window::Months12.start(now);
    let seen = services::list_spans(scope, service, start, now)?;
    let added = incidents::list_amending(scope, service, start)?;
    // What people add may begin before the window.
    let cut = amended(&seen, &added, now).into_iter().map(|span| Span { from: span.from.max(start), ..span });
    Ok(cut.filter(|span| span.from < span.to).collect())
}

/// Puts a history together, under the name that its readers know; a provider that the catalog no longer knows has no name to show and is left out.
pub(super) fn history(
    catalog: &Catalog,
    of: &Service,
    name: String,
    spans: Vec<Span>,
    own: Vec<Trouble>,
) -> ServiceHistory {
    let named = |trouble: &Trouble| {
        let provider = catalog.get(trouble.provider)?;
        Some((trouble.provider, provider.name.clone()))
    };
    let providers: BTreeMap<_, _> = own.iter().filter_map(named).collect();
    let troubles = own.into_iter().filter(|trouble| providers.contains_key(&trouble.provider)).collect();
    ServiceHistory { id: of.slug.clone(), name, spans, troubles, providers }
}
