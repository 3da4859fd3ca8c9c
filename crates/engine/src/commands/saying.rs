//! What people say of an incident, to readers or only inside, and how they correct it.

use std::time::Duration;

use domain::{
    IncidentId, Phase,
    incident::{Actor, Incident},
    public::Tongues,
};
use jiff::Timestamp;
use store::{Scope, incidents, postmortems};

use super::{
    Ground, log, mark_status_pages, postmortem, promise,
    respond::{begin, refused, resolve},
    whom, words,
};
use crate::error::CommandError;

/// What people say of an incident.
#[derive(Clone, Debug)]
pub struct NewUpdate {
    /// The words, Markdown.
    pub body: String,
    /// Whether readers may see them.
    pub is_public: bool,
    /// The phase that the incident moves to by them.
    pub phase: Option<Phase>,
    /// After how long readers are promised the next; `None` is as configured.
    pub next: Option<Duration>,
    /// The template that says whatever is not said here, by its name.
    pub template: Option<String>,
}

/// Adds a person's words to an incident, and moves its phase if they say so.
///
/// # Errors
/// When there is no such incident, the words are empty, the phase does not follow the present one, or the promise is too soon or
/// too late.
pub fn say(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    id: IncidentId,
    said: &NewUpdate,
) -> Result<Incident, CommandError> {
    let NewUpdate { is_public, phase, next, .. } = *said;
    next.map_or(Ok(()), promise::check)?;
    let (setup, before) = begin(scope, ground, id)?;
    let template = whom::template(&setup, said.template.as_deref())?;
    let ready = template.and_then(|template| template.text.as_deref()).unwrap_or_default();
    let body = words_of(if said.body.trim().is_empty() { ready } else { &said.body })?;
    let phase = phase.or_else(|| template?.phase);
    let ends = phase == Some(Phase::Resolved) && !before.is_resolved();
    let mut incident = before.clone();
    if let Some(phase) = phase.filter(|_| !ends) {
        incident = incident.moved(phase).map_err(|refusal| refused(&setup, refusal))?;
    }
    if incident != before {
        incidents::update(scope, &incident)?;
        for (kind, detail) in words::edited(&before, &incident) {
            log(scope, id, now, kind, by, format!("{detail}, {}", words::by(&setup, by)))?;
        }
    }
    let update = incidents::IncidentUpdate {
        phase: postmortem::phase_of_word(scope, &incident, phase)?,
        body,
        tongues: Tongues::default(),
        at: now,
        is_public,
        actor: by,
        edited: None,
        removed_at: None,
    };
    let number = incidents::push_update(scope, id, &update)?;
    let side = if is_public { "" } else { ", internal" };
    log(scope, id, now, "update", by, format!("{number}{side}, {}", words::by(&setup, by)))?;
    if is_public {
        promise::after_word(scope, &setup, &incident, next, now)?;
    }
    mark_status_pages(scope.tx(), &setup, now)?;
    if ends {
        return resolve(scope, ground, now, by, id);
    }
    Ok(incident)
}

/// Gives an update another text. Readers see that it was edited and what was changed; the timeline keeps every former text that
/// was public.
///
/// # Errors
/// When there is no such update, the words are empty, or it is the post-mortem, which has versions of its own.
pub fn edit_update(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    id: IncidentId,
    number: i64,
    body: &str,
) -> Result<Incident, CommandError> {
    let body = words_of(body)?;
    let (setup, incident) = begin(scope, ground, id)?;
    let before = find(scope, id, number)?;
    if before.body == body {
        return Ok(incident);
    }
    let published = postmortems::find(scope, id)?.and_then(|postmortem| postmortem.published);
    if published.is_some_and(|published| published.update == number) {
        let why = format!("update {number} is the post-mortem: edit that, and publish it again");
        return Err(CommandError::Rejected(why));
    }
    incidents::edit_update(scope, id, number, &body, now)?;
    // What was internal and is gone stays gone.
    let former = if before.is_public { format!("; it said: {}", before.body) } else { String::new() };
    let detail = format!("{number}, {}{former}", words::by(&setup, by));
    log(scope, id, now, "update_edited", by, detail)?;
    mark_status_pages(scope.tx(), &setup, now)?;
    Ok(incident)
}

/// Takes an internal update away. What readers have seen is corrected and never removed.
///
/// # Errors
/// When there is no such update, or readers may have seen it.
pub fn remove_update(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    id: IncidentId,
    number: i64,
) -> Result<Incident, CommandError> {
    let (setup, incident) = begin(scope, ground, id)?;
    if find(scope, id, number)?.is_public {
        return Err(CommandError::Rejected(format!(
            "update {number} is public: correct it instead, and readers see what was changed"
        )));
    }
    incidents::remove_update(scope, id, number, now)?;
    log(scope, id, now, "update_removed", by, format!("{number}, {}", words::by(&setup, by)))?;
    Ok(incident)
}

fn find(
    scope: &mut Scope<'_>,
    id: IncidentId,
    number: i64,
) -> Result<incidents::IncidentUpdate, CommandError> {
    let found = incidents::find_update(scope, id, number)?.filter(|update| update.removed_at.is_none());
    found.ok_or_else(|| CommandError::NotFound(format!("update {number}")))
}

fn words_of(body: &str) -> Result<String, CommandError> {
    match body.trim() {
        "" => Err(CommandError::Invalid { field: "body", reason: "an update needs words".to_owned() }),
        body => Ok(body.to_owned()),
    }
}
