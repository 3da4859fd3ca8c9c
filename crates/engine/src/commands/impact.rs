//! What incidents do to services: the machine notes it with every incident that is stored, and people add and correct it.

use domain::{
    IncidentId, Status,
    incident::{Actor, Affected, Incident, Refusal, Wave},
    setup::Setup,
};
use jiff::Timestamp;
use store::{Scope, incidents};

use super::{
    Ground, log,
    respond::{begin, judge_soon, refused},
    whom, words,
};
use crate::{error::CommandError, readers};

/// Stores a new incident with the beginning of its impact.
pub(super) fn insert(scope: &mut Scope<'_>, incident: &Incident) -> Result<(), CommandError> {
    incidents::insert(scope, incident)?;
    Ok(incidents::follow_impact(scope, incident, incident.began_at())?)
}

/// Stores a changed incident: what turned for its services is a wave of its impact and, while it goes on, a line of its
/// timeline.
pub(super) fn save(
    scope: &mut Scope<'_>,
    setup: &Setup,
    before: &Incident,
    after: &Incident,
    by: Actor,
    now: Timestamp,
) -> Result<(), CommandError> {
    incidents::update(scope, after)?;
    incidents::follow_impact(scope, after, now)?;
    match words::turned(setup, before, after).filter(|_| !after.is_resolved()) {
        Some(detail) => log(scope, after.id, now, "impact", by, detail),
        None => Ok(()),
    }
}

/// A wave as people name it.
#[derive(Clone, Debug)]
pub struct NewWave {
    /// The service, by slug.
    pub service: String,
    /// How bad.
    pub status: Status,
    /// When it began.
    pub from: Timestamp,
    /// When it was over.
    pub to: Timestamp,
}

/// What people change of a wave; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct WaveEdit {
    /// How bad.
    pub status: Option<Status>,
    /// When it began.
    pub from: Option<Timestamp>,
    /// When it was over.
    pub to: Option<Timestamp>,
}

/// Adds a wave that nobody saw at the time. Returns its number.
///
/// # Errors
/// When there is no such incident or service, or the times are none.
pub fn add_wave(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    id: IncidentId,
    wanted: &NewWave,
) -> Result<i64, CommandError> {
    let (setup, incident) = begin(scope, ground, id)?;
    let NewWave { service, status, from, to } = wanted;
    let named = [(service.clone(), *status)];
    let service = whom::services(&setup, &named, false)?.first().map(|(service, _)| *service);
    let Some(service) = service else { return Err(unknown(0)) };
    let wave = Wave { service, from: *from, to: Some(*to), status: *status };
    check(&setup, &wave, now)?;
    let number = incidents::insert_wave(scope, id, &wave, true)?;
    note_worst(scope, &incident, &wave)?;
    log(scope, id, now, "impact_added", by, format!("{number}: {}", in_words(&setup, &wave)))?;
    judge_soon(scope, &setup, now)?;
    Ok(number)
}

/// Corrects a wave. What its service is now is stated for the service, not for the wave that goes on.
///
/// # Errors
/// When there is no such wave, the times are none, or it goes on and its end or status was to be changed.
pub fn correct_wave(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    id: IncidentId,
    number: i64,
    edit: &WaveEdit,
) -> Result<(), CommandError> {
    let (setup, incident) = begin(scope, ground, id)?;
    let before = incidents::find_wave(scope, id, number)?.ok_or_else(|| unknown(number))?.wave;
    if before.to.is_none() && (edit.status.is_some() || edit.to.is_some()) {
        let reason = format!("impact {number} goes on: say what the service is now instead");
        return Err(CommandError::Rejected(reason));
    }
    let wave = Wave {
        status: edit.status.unwrap_or(before.status),
        from: edit.from.unwrap_or(before.from),
        to: edit.to.or(before.to),
        ..before
    };
    check(&setup, &wave, now)?;
    if wave == before {
        return Ok(());
    }
    incidents::correct_wave(scope, id, number, &wave)?;
    note_worst(scope, &incident, &wave)?;
    let detail = format!("{number}: {}; it was {}", in_words(&setup, &wave), in_words(&setup, &before));
    log(scope, id, now, "impact_corrected", by, detail)?;
    judge_soon(scope, &setup, now)
}

/// Takes a wave out that was none, with the reason.
///
/// # Errors
/// When there is no such wave, it goes on, or no reason is given.
pub fn remove_wave(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    id: IncidentId,
    number: i64,
    reason: &str,
) -> Result<(), CommandError> {
    let (setup, _) = begin(scope, ground, id)?;
    let wave = incidents::find_wave(scope, id, number)?.ok_or_else(|| unknown(number))?.wave;
    if reason.trim().is_empty() {
        let reason = "say why it is removed: the timeline keeps the reason".to_owned();
        return Err(CommandError::Invalid { field: "reason", reason });
    }
    if wave.to.is_none() {
        let reason = format!("impact {number} goes on: say what the service is now instead");
        return Err(CommandError::Rejected(reason));
    }
    incidents::remove_wave(scope, id, number, now)?;
    let detail = format!("{number}: {}; {}", in_words(&setup, &wave), reason.trim());
    log(scope, id, now, "impact_removed", by, detail)?;
    judge_soon(scope, &setup, now)
}

/// The incident names the service from now on, and how bad it was at worst.
fn note_worst(scope: &mut Scope<'_>, incident: &Incident, wave: &Wave) -> Result<(), CommandError> {
    let mut incident = incident.clone();
    match incident.services.iter_mut().find(|affected| affected.service == wave.service) {
        Some(affected) => affected.worst = affected.worst.max(wave.status),
        None => {
            incident = incident.restated(wave.service, wave.status, false);
            if let Some(affected) = incident.services.iter_mut().find(|one| one.service == wave.service) {
                (affected.status, affected.stated) = (Status::Operational, None);
            }
        }
    }
    incidents::update(scope, &incident)?;
    let told = Affected {
        service: wave.service,
        status: Status::Operational,
        worst: wave.status,
        pages: false,
        stated: None,
    };
    readers::add(scope, &incident, told)
}

fn check(setup: &Setup, wave: &Wave, now: Timestamp) -> Result<(), CommandError> {
    if !wave.status.is_trouble() {
        let reason = "right would be degraded_performance, partial_outage or major_outage".to_owned();
        return Err(CommandError::Invalid { field: "status", reason });
    }
    let ended_at = wave.to.unwrap_or(now);
    if wave.from >= ended_at || ended_at > now {
        return Err(refused(setup, Refusal::Times { began_at: wave.from, ended_at }));
    }
    Ok(())
}

fn unknown(number: i64) -> CommandError {
    CommandError::NotFound(format!("impact {number}"))
}

/// Returns a wave as a timeline says it.
fn in_words(setup: &Setup, wave: &Wave) -> String {
    let to = wave.to.map_or_else(|| "now".to_owned(), words::instant);
    let (status, from) = (words::status_word(wave.status), words::instant(wave.from));
    format!("{} {status} from {from} to {to}", words::service(setup, wave.service))
}
