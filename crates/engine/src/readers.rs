//! What readers know of an incident: everything that leaves the building in public says this of it, and nothing else.
//!
//! The incident that people work on may be worse, touch more and have more behind it; what of that may be told is for the guard
//! and for people to say.

use domain::{
    incident::{Affected, Incident},
    public::Told,
    setup::Publish,
};
use store::{Scope, told};

use crate::error::CommandError;

/// Returns the incident as readers know it; `None` where they know nothing of it.
///
/// # Errors
/// When the ledger fails.
pub(crate) fn as_readers_know(
    scope: &mut Scope<'_>,
    incident: Incident,
) -> Result<Option<Incident>, CommandError> {
    if incident.publish != Publish::Auto {
        return Ok(None);
    }
    Ok(Some(match told::find(scope, incident.id)? {
        Some(told) => told.of(incident),
        None => incident,
    }))
}

/// Returns what readers were told of an incident, and what people said may be told.
///
/// # Errors
/// When the ledger fails.
pub(crate) fn known(scope: &mut Scope<'_>, of: &Incident) -> Result<Told, CommandError> {
    Ok(told::find(scope, of.id)?.unwrap_or_else(|| Told::by_default(of)))
}

/// Tells readers who know a part of an incident what people have said of it: its title, and how its services are.
///
/// # Errors
/// When the ledger fails.
pub(crate) fn follow(scope: &mut Scope<'_>, of: &Incident) -> Result<(), CommandError> {
    let Some(known) = told::find(scope, of.id)? else { return Ok(()) };
    let services = known.services_of(of, &[]);
    let has_title = of.by_hand.title && !services.is_empty();
    let named = if has_title { (&of.title, &of.titles) } else { (&known.title, &known.titles) };
    let (title, titles) = (named.0.clone(), named.1.clone());
    save(scope, of, &known, Told { title, titles, services, ..known.clone() })
}

/// Tells readers who know a part of an incident that it did something to a service.
///
/// # Errors
/// When the ledger fails.
pub(crate) fn add(scope: &mut Scope<'_>, of: &Incident, service: Affected) -> Result<(), CommandError> {
    let Some(known) = told::find(scope, of.id)?.filter(|_| of.publish == Publish::Auto) else {
        return Ok(());
    };
    let told = known.clone().joined(Told { services: vec![service], ..Told::nothing() });
    save(scope, of, &known, told)
}

fn save(scope: &mut Scope<'_>, of: &Incident, known: &Told, told: Told) -> Result<(), CommandError> {
    if told == *known { Ok(()) } else { Ok(told::save(scope, of.id, &told)?) }
}
