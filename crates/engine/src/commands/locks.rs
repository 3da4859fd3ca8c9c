//! A person's word on what readers see of a service: to lock it, to release it, and its end by itself.
//!
//! A lock is an amendment of the configuration, which judging goes by. Who made and ended it stands there, and in the
//! timelines of the incidents that it speaks beside.

use domain::{
    AmendmentId, ServiceId, Status,
    amendment::{Amendment, Change},
    incident::{Actor, Affected, Incident},
    public::StatusLock,
    setup::{Publish, Setup},
};
use jiff::Timestamp;
use store::{Scope, amendments, incidents, services};

use super::{Ground, amend, log, whom, words};
use crate::{error::CommandError, setups::amendments as payloads};

/// A lock as people ask for it, by names.
#[derive(Clone, Debug)]
pub struct NewLock {
    /// The slug of the service.
    pub service: String,
    /// What readers see.
    pub status: Status,
    /// The first instant at which it holds no more; `None` is until somebody releases it.
    pub until: Option<Timestamp>,
    /// Why, for the team; may be empty.
    pub note: String,
    /// Whether whoever asks knows that it hides trouble from readers.
    pub is_confirmed: bool,
}

/// Locks what readers see of a service, in the place of an earlier lock. Asking the same again, under the same id, changes
/// nothing.
///
/// # Errors
/// When there is no such service, the lock can't be, or it hides trouble and that is not confirmed.
pub fn lock_status(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    id: AmendmentId,
    wanted: &NewLock,
) -> Result<Amendment, CommandError> {
    let (_, setup) = ground.setups.current(scope)?;
    if let Some(made) = amend::made(scope, id)? {
        return Ok(made);
    }
    let known = setup.services.iter().map(|service| (service.slug.as_str(), service.id));
    let service = whom::find("service", "service", &wanted.service, known.collect())?;
    let note = wanted.note.trim().to_owned();
    let lock = StatusLock { id, service, status: wanted.status, until: wanted.until, note, from: now, by };
    lock.check(now).map_err(|refusal| {
        let field = if wanted.status == Status::Unknown { "status" } else { "until" };
        CommandError::Invalid { field, reason: refusal.to_string() }
    })?;
    if !wanted.is_confirmed && !lock.status.is_trouble() {
        refuse_to_hide(scope, &setup, &lock)?;
    }
    for earlier in standing(scope, service)? {
        amendments::withdraw(scope, earlier.id, by, now)?;
    }
    let until = lock.until.map_or_else(
        || "until it is released".to_owned(),
        |until| format!("until {}", words::instant(until)),
    );
    let said = format!("readers see {} {until}, {}", words::status_word(lock.status), words::by(&setup, by));
    let said = if lock.note.is_empty() { said } else { format!("{said}: {}", lock.note) };
    note_beside(scope, &setup, service, now, "status_locked", by, &said)?;
    amend::add(
        scope,
        Amendment { id, change: Change::Lock(lock), made_at: now, made_by: by, withdrawn: None },
    )
}

/// Releases the lock of a service before its time: readers see what is judged and stated again. Returns the lock that
/// ended; `None` when there was none, which is what a repeat finds.
///
/// # Errors
/// When there is no such service.
pub fn release_status(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    service: &str,
) -> Result<Option<Amendment>, CommandError> {
    let (_, setup) = ground.setups.current(scope)?;
    let known = setup.services.iter().map(|service| (service.slug.as_str(), service.id));
    let service = whom::find("service", "service", service, known.collect())?;
    let mut ended = None;
    for lock in standing(scope, service)? {
        ended = Some(amend::withdraw(scope, now, by, lock)?);
    }
    if ended.is_some() {
        let said = format!("readers see what is judged again, {}", words::by(&setup, by));
        note_beside(scope, &setup, service, now, "status_released", by, &said)?;
    }
    Ok(ended)
}

/// As [`release_status`], by the id of the lock. Releasing again changes nothing.
///
/// # Errors
/// When there is no such lock.
pub fn release_lock(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    id: AmendmentId,
) -> Result<Amendment, CommandError> {
    let (_, setup) = ground.setups.current(scope)?;
    let found = amend::made(scope, id)?.ok_or_else(|| CommandError::NotFound(format!("status lock {id}")))?;
    let Change::Lock(StatusLock { service, .. }) = found.change else {
        return Err(CommandError::NotFound(format!("status lock {id}")));
    };
    if found.withdrawn.is_some() {
        return Ok(found);
    }
    let said = format!("readers see what is judged again, {}", words::by(&setup, by));
    note_beside(scope, &setup, service, now, "status_released", by, &said)?;
    amend::withdraw(scope, now, by, found)
}

/// Ends the locks whose time is over, and says so beside the incidents that they spoke beside.
pub(super) fn end_due(scope: &mut Scope<'_>, setup: &Setup, now: Timestamp) -> Result<(), CommandError> {
    for lock in setup.public.locks.iter().filter(|lock| !lock.holds(now)) {
        if amendments::withdraw(scope, lock.id, Actor::Machine, now)? {
            let said = "its time is over: readers see what is judged again";
            note_beside(scope, setup, lock.service, now, "status_released", Actor::Machine, said)?;
        }
    }
    Ok(())
}

/// Refuses to tell readers that all is well beside what says otherwise, and names it.
fn refuse_to_hide(scope: &mut Scope<'_>, setup: &Setup, lock: &StatusLock) -> Result<(), CommandError> {
    let said: Vec<String> = open_beside(scope, lock.service)?
        .iter()
        .filter(|(incident, affected)| incident.publish != Publish::Never && affected.status.is_trouble())
        .map(|(incident, affected)| {
            format!("incident {} says {}", incident.number, words::status_word(affected.status))
        })
        .collect();
    let judged = services::list_states(scope)?.into_iter().find(|state| state.service == lock.service);
    let judged = judged.filter(|state| state.status.is_trouble() && said.is_empty());
    let judged = judged.map(|state| format!("it is judged to have {}", words::status_word(state.status)));
    let said: Vec<String> = said.into_iter().chain(judged).collect();
    if said.is_empty() {
        return Ok(());
    }
    let name = setup.service(lock.service).map_or("the service", |service| &service.name);
    let reason = format!(
        "readers would see {name} {} while {}; confirm that this is meant",
        words::status_word(lock.status),
        said.join(" and ")
    );
    Err(CommandError::Invalid { field: "confirm", reason })
}

/// The locks of a service that were not released.
fn standing(scope: &mut Scope<'_>, service: ServiceId) -> Result<Vec<Amendment>, CommandError> {
    let all = amendments::list_standing(scope)?;
    let is_it = |one: &Amendment| matches!(&one.change, Change::Lock(lock) if lock.service == service);
    Ok(all.iter().filter_map(payloads::read).filter(is_it).collect())
}

fn open_beside(scope: &mut Scope<'_>, service: ServiceId) -> Result<Vec<(Incident, Affected)>, CommandError> {
    let open = incidents::list_open(scope)?;
    let beside = open.into_iter().filter_map(|incident| {
        let affected = incident.services.iter().find(|affected| affected.service == service).copied()?;
        Some((incident, affected))
    });
    Ok(beside.collect())
}

fn note_beside(
    scope: &mut Scope<'_>,
    setup: &Setup,
    service: ServiceId,
    now: Timestamp,
    kind: &str,
    by: Actor,
    said: &str,
) -> Result<(), CommandError> {
    let name = setup.service(service).map_or("a former service", |service| &service.name);
    for (incident, _) in open_beside(scope, service)? {
        log(scope, incident.id, now, kind, by, format!("{name}: {said}"))?;
    }
    Ok(())
}
