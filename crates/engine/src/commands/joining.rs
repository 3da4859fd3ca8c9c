//! Who takes on what in an incident, and what it is linked with.

use domain::{
    IncidentId,
    incident::{Actor, Incident, ROLES},
    setup::Setup,
};
use jiff::Timestamp;
use store::{
    Scope,
    incidents::{self, Linked},
};

use super::{Ground, log, mark_status_pages, respond::begin, whom, words};
use crate::{catalog::Catalog, error::CommandError};

/// The longest address or id that is linked, and the longest label.
const LONGEST: usize = 2_000;

/// What an incident is to be linked with, as people name it.
#[derive(Clone, Debug)]
pub enum NewLink {
    /// A provider's incident: the provider's slug, and the id there.
    Provider(String, String),
    /// An alert, by its address or its id where it came from.
    Alert(String),
    /// An address.
    Url(String),
}

/// Gives a role in an incident to somebody, by address, or takes it from whoever has it.
///
/// # Errors
/// When there is no such incident, role or person.
pub fn set_role(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    id: IncidentId,
    role: &str,
    email: Option<&str>,
) -> Result<Incident, CommandError> {
    let (setup, incident) = begin(scope, ground, id)?;
    let role = whom::find("role", "role", role, ROLES.map(|role| (role, role)).to_vec())?;
    let user = email.map(|email| whom::user(&setup, "user", email)).transpose()?;
    let had = incidents::list_roles(scope, id)?.into_iter().find(|(other, _)| other == role);
    if had.map(|(_, user)| user) == user {
        return Ok(incident);
    }
    incidents::set_role(scope, id, role, user)?;
    let holder = user.and_then(|id| setup.user(id)).map_or("nobody", |user| user.name.as_str());
    log(scope, id, now, "role", by, format!("{role}: {holder}, {}", words::by(&setup, by)))?;
    Ok(incident)
}

/// Links an incident with something elsewhere; readers see links to incidents of providers only. Returns the link's number,
/// of one that is there already too.
///
/// # Errors
/// When there is no such incident or provider, or the address is none.
pub fn add_link(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    id: IncidentId,
    link: &NewLink,
    label: &str,
) -> Result<i64, CommandError> {
    let (setup, _) = begin(scope, ground, id)?;
    let to = named(&setup, &ground.catalog, link)?;
    let label = line("label", label)?;
    if let Some(known) = incidents::list_links(scope, id)?.into_iter().find(|known| known.to == to) {
        return Ok(known.number);
    }
    let number = incidents::push_link(scope, id, &to, &label)?;
    log(
        scope,
        id,
        now,
        "linked",
        by,
        format!("{}, {}", in_words(&ground.catalog, &to), words::by(&setup, by)),
    )?;
    mark_status_pages(scope.tx(), &setup, now)?;
    Ok(number)
}

/// Takes a link away.
///
/// # Errors
/// When there is no such incident or link.
pub fn remove_link(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    id: IncidentId,
    number: i64,
) -> Result<Incident, CommandError> {
    let (setup, incident) = begin(scope, ground, id)?;
    let known = incidents::list_links(scope, id)?.into_iter().find(|link| link.number == number);
    let known = known.ok_or_else(|| CommandError::NotFound(format!("link {number}")))?;
    incidents::remove_link(scope, id, number, now)?;
    let detail = format!("{}, {}", in_words(&ground.catalog, &known.to), words::by(&setup, by));
    log(scope, id, now, "unlinked", by, detail)?;
    mark_status_pages(scope.tx(), &setup, now)?;
    Ok(incident)
}

fn named(setup: &Setup, catalog: &Catalog, link: &NewLink) -> Result<Linked, CommandError> {
    match link {
        NewLink::Provider(slug, key) => {
            let watched = setup.providers();
            let known = watched.iter().filter_map(|id| Some((catalog.get(*id)?, *id)));
            let known: Vec<_> = known.collect();
            let known = known.iter().map(|(provider, id)| (provider.slug.as_str(), *id)).collect();
            let provider = whom::find("provider", "provider", slug, known)?;
            Ok(Linked::Provider(provider, filled("id", key)?))
        }
        NewLink::Alert(key) => Ok(Linked::Alert(filled("alert", key)?)),
        NewLink::Url(url) => {
            let url = filled("url", url)?;
            if url.starts_with("https://") || url.starts_with("http://") {
                return Ok(Linked::Url(url));
            }
            let reason = format!("{url:?} is no address: right would be https://chat.example/room");
            Err(CommandError::Invalid { field: "url", reason })
        }
    }
}

fn filled(field: &'static str, text: &str) -> Result<String, CommandError> {
    match line(field, text)?.as_str() {
        "" => Err(CommandError::Invalid { field, reason: format!("{field} is empty") }),
        text => Ok(text.to_owned()),
    }
}

fn line(field: &'static str, text: &str) -> Result<String, CommandError> {
    let text = text.trim();
    if text.chars().nth(LONGEST).is_some() || text.contains(char::is_control) {
        let reason = format!("{field} is one line of at most {LONGEST} characters");
        return Err(CommandError::Invalid { field, reason });
    }
    Ok(text.to_owned())
}

fn in_words(catalog: &Catalog, to: &Linked) -> String {
    match to {
        Linked::Provider(provider, key) => format!("incident {key} of {}", catalog.name(*provider)),
        Linked::Alert(key) => format!("alert {key}"),
        Linked::Url(url) => url.clone(),
    }
}
