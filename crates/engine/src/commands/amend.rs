//! What people add to the configuration while it runs: "take this shift", and silences.

use std::collections::BTreeMap;

use domain::{
    AmendmentId,
    amendment::{Amendment, Change},
    incident::Actor,
    provider::provider_id,
    schedule::Override,
    setup::Setup,
    silence::{Matcher, Silence},
};
use jiff::Timestamp;
use store::{Scope, amendments, judgements};

use super::{Ground, whom};
use crate::{error::CommandError, setups::amendments as payloads};

/// A shift that somebody takes, by names.
#[derive(Clone, Debug)]
pub struct NewShift {
    /// Of this schedule.
    pub schedule: String,
    /// By whom, by e-mail address.
    pub user: String,
    /// First instant; what is past of it stays as it was.
    pub from: Timestamp,
    /// First instant after.
    pub to: Timestamp,
    /// Why; may be empty.
    pub note: String,
}

/// A silence as people ask for it, by names.
#[derive(Clone, Debug, Default)]
pub struct NewSilence {
    /// One of these services.
    pub services: Vec<String>,
    /// All causes at these providers.
    pub providers: Vec<String>,
    /// All of these labels.
    pub labels: BTreeMap<String, String>,
    /// First instant; `None` is now.
    pub from: Option<Timestamp>,
    /// First instant after.
    pub to: Timestamp,
    /// Why.
    pub reason: String,
}

/// Puts somebody on call for a time, above every layer. Asking the same again, under the same id, changes nothing.
///
/// # Errors
/// When there is no such schedule or person, the time is none or past, or somebody else has taken a part of it.
pub fn take_shift(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    id: AmendmentId,
    wanted: &NewShift,
) -> Result<Amendment, CommandError> {
    let (_, setup) = ground.setups.current(scope)?;
    if let Some(made) = made(scope, id)? {
        return Ok(made);
    }
    let known = setup.schedules.iter().map(|schedule| (schedule.slug.as_str(), schedule));
    let schedule = whom::find("schedule", "schedule", &wanted.schedule, known.collect())?;
    let wished =
        Override { user: whom::user(&setup, "user", &wanted.user)?, from: wanted.from, to: wanted.to };
    let taken = schedule.take(wished, &setup.users, now)?;
    let change = Change::Override { schedule: schedule.id, taken, note: wanted.note.trim().to_owned() };
    add(scope, Amendment { id, change, made_at: now, made_by: by, withdrawn: None })
}

/// Withdraws a shift that was taken. Withdrawing again changes nothing.
///
/// # Errors
/// When there is no such override.
pub fn give_back(
    scope: &mut Scope<'_>,
    now: Timestamp,
    by: Actor,
    id: AmendmentId,
) -> Result<Amendment, CommandError> {
    let found = made(scope, id)?.filter(|held| matches!(held.change, Change::Override { .. }));
    withdraw(scope, now, by, found.ok_or_else(|| CommandError::NotFound(format!("override {id}")))?)
}

/// Plans a silence. Asking the same again, under the same id, changes nothing.
///
/// # Errors
/// When it names something that is not configured, or should not be: see [`Silence::check`].
pub fn silence(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    id: AmendmentId,
    wanted: &NewSilence,
) -> Result<Amendment, CommandError> {
    let (_, setup) = ground.setups.current(scope)?;
    if let Some(made) = made(scope, id)? {
        return Ok(made);
    }
    let silence = Silence {
        id,
        name: None,
        matcher: matcher(&setup, ground, wanted)?,
        from: wanted.from.unwrap_or(now),
        to: wanted.to,
        reason: wanted.reason.trim().to_owned(),
        by,
    };
    silence.check(now)?;
    let change = Change::Silence(silence);
    add(scope, Amendment { id, change, made_at: now, made_by: by, withdrawn: None })
}

/// Ends a silence before its time, or a planned one before it begins. Ending it again changes nothing.
///
/// # Errors
/// When there is no such silence, or it stands in the configuration file.
pub fn end_silence(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    id: AmendmentId,
) -> Result<Amendment, CommandError> {
    let found = made(scope, id)?.filter(|held| matches!(held.change, Change::Silence(_)));
    if let Some(found) = found {
        return withdraw(scope, now, by, found);
    }
    let (_, setup) = ground.setups.current(scope)?;
    let of_file = setup.paging.silences.iter().find(|silence| silence.id == id);
    Err(match of_file.and_then(|silence| silence.name.as_ref()) {
        Some(name) => CommandError::Rejected(format!(
            "silence {name:?} is managed by file: remove [[silence]] {name:?} there, or give it another `until`"
        )),
        None => CommandError::NotFound(format!("silence {id}")),
    })
}

/// Writes an amendment, and has what it changes judged at once: an incident that pages may be silent now.
pub(super) fn add(scope: &mut Scope<'_>, amendment: Amendment) -> Result<Amendment, CommandError> {
    payloads::insert(scope, &amendment)?;
    let org = scope.org();
    judgements::request(scope.tx(), org, amendment.made_at)?;
    Ok(amendment)
}

pub(super) fn withdraw(
    scope: &mut Scope<'_>,
    now: Timestamp,
    by: Actor,
    amendment: Amendment,
) -> Result<Amendment, CommandError> {
    if !amendments::withdraw(scope, amendment.id, by, now)? {
        return Ok(amendment);
    }
    let org = scope.org();
    judgements::request(scope.tx(), org, now)?;
    Ok(Amendment { withdrawn: Some((now, by)), ..amendment })
}

pub(super) fn made(scope: &mut Scope<'_>, id: AmendmentId) -> Result<Option<Amendment>, CommandError> {
    Ok(amendments::get(scope, id)?.as_ref().and_then(payloads::read))
}

fn matcher(setup: &Setup, ground: &Ground, wanted: &NewSilence) -> Result<Matcher, CommandError> {
    let known = || setup.services.iter().map(|service| (service.slug.as_str(), service.id)).collect();
    let services = wanted.services.iter().map(|slug| whom::find("services", "service", slug, known()));
    let provider = |slug: &String| match ground.catalog.get(provider_id(slug)) {
        Some(_) => Ok(provider_id(slug)),
        None => Err(CommandError::Invalid {
            field: "providers",
            reason: format!(
                "there is no provider {slug}; `midwatch catalog search {slug}` finds it by its name"
            ),
        }),
    };
    let unknown = wanted
        .labels
        .iter()
        .find(|(key, value)| !setup.services.iter().any(|service| service.labels.get(*key) == Some(*value)));
    if let Some((key, value)) = unknown {
        return Err(CommandError::Invalid {
            field: "labels",
            reason: format!(
                "no service has the label {key}={value}; add labels = {{ {key} = \"{value}\" }} to one"
            ),
        });
    }
    Ok(Matcher {
        services: services.collect::<Result<_, _>>()?,
        providers: wanted.providers.iter().map(provider).collect::<Result<_, _>>()?,
        labels: wanted.labels.clone(),
    })
}
