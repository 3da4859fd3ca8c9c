//! What people do to an incident. Each may be sent twice: what was done already is answered with the incident as it is,
//! what somebody else has made pointless with a conflict that says who was first, and when.

use std::sync::Arc;

use axum::{Json, body::Bytes, extract::State};
use domain::{
    IncidentId, Role,
    incident::{Actor, Incident},
    setup::Setup,
};
use engine::{
    CommandError, Shell,
    commands::{self, Ground, whom},
    seams::Bell,
};
use jiff::Timestamp;
use serde::Deserialize;
use store::Scope;

use super::{IncidentJson, find, json, record::phase};
use crate::{
    api::{
        Caller,
        extract::{Path, body, end, ended_by, span},
    },
    problem::Problem,
};

pub(super) type Answer = Result<Json<IncidentJson>, Problem>;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Taking {
    r#for: Option<String>,
}

pub(super) async fn acknowledge(
    State(shell): State<Shell>,
    caller: Caller,
    Path(id): Path<String>,
    sent: Bytes,
) -> Answer {
    match body::<Taking>(&sent)?.r#for {
        None => act(&shell, caller, id, commands::acknowledge).await,
        Some(text) => {
            let span = span("for", &text)?;
            let command = move |scope: &mut Scope<'_>, ground: &Ground, now, by, id| {
                commands::acknowledge_for(scope, ground, now, by, id, span)
            };
            acted(&shell, caller, id, command, ended_by(true)).await
        }
    }
}

pub(super) async fn unacknowledge(
    State(shell): State<Shell>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer {
    act(&shell, caller, id, commands::unacknowledge).await
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Snoozing {
    r#for: Option<String>,
    until: Option<String>,
}

pub(super) async fn snooze(
    State(shell): State<Shell>,
    caller: Caller,
    Path(id): Path<String>,
    sent: Bytes,
) -> Answer {
    let wanted: Snoozing = body(&sent)?;
    let lasts = wanted.r#for.as_deref();
    let example = "say how long: {\"for\": \"30m\"} or {\"until\": \"2026-03-02T09:00:00Z\"}";
    let until = end(("until", wanted.until.as_deref()), lasts, shell.clock.now(), example)?;
    let command = move |scope: &mut Scope<'_>, ground: &Ground, now, by, id| {
        commands::snooze(scope, ground, now, by, id, until)
    };
    acted(&shell, caller, id, command, ended_by(lasts.is_some())).await
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Handing {
    to: String,
}

pub(super) async fn reassign(
    State(shell): State<Shell>,
    caller: Caller,
    Path(id): Path<String>,
    sent: Bytes,
) -> Answer {
    let Handing { to } = body(&sent)?;
    act(&shell, caller, id, move |scope, ground, now, by, id| {
        let to = whom::assignee(&ground.setups.current(scope)?.1, &to)?;
        commands::reassign(scope, ground, now, by, id, to)
    })
    .await
}

pub(super) async fn escalate(State(shell): State<Shell>, caller: Caller, Path(id): Path<String>) -> Answer {
    act(&shell, caller, id, commands::escalate_now).await
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asking {
    target: String,
}

pub(super) async fn add_responder(
    State(shell): State<Shell>,
    caller: Caller,
    Path(id): Path<String>,
    sent: Bytes,
) -> Answer {
    let Asking { target } = body(&sent)?;
    act(&shell, caller, id, move |scope, ground, now, by, id| {
        let target = whom::target(&ground.setups.current(scope)?.1, &target)?;
        commands::add_responder(scope, ground, now, by, id, target)
    })
    .await
}

pub(super) async fn resolve(State(shell): State<Shell>, caller: Caller, Path(id): Path<String>) -> Answer {
    act(&shell, caller, id, commands::resolve).await
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Publishing {
    /// The mark of the draft that whoever publishes has seen.
    seen: Option<String>,
}

pub(super) async fn publish(
    State(shell): State<Shell>,
    caller: Caller,
    Path(id): Path<String>,
    sent: Bytes,
) -> Answer {
    match body::<Publishing>(&sent)?.seen {
        None => act(&shell, caller, id, commands::publish).await,
        Some(seen) => {
            act(&shell, caller, id, move |scope, ground, now, by, id| {
                commands::publish_seen(scope, ground, now, by, id, &seen)
            })
            .await
        }
    }
}

pub(super) async fn reject(State(shell): State<Shell>, caller: Caller, Path(id): Path<String>) -> Answer {
    act(&shell, caller, id, commands::reject).await
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    #[serde(default)]
    body: String,
    /// The name of a template.
    template: Option<String>,
    public: Option<bool>,
    /// After how long readers are promised the next.
    next: Option<String>,
    phase: Option<String>,
}

pub(super) async fn say(
    State(shell): State<Shell>,
    caller: Caller,
    Path(id): Path<String>,
    sent: Bytes,
) -> Answer {
    let words: Words = body(&sent)?;
    let said = commands::NewUpdate {
        body: words.body,
        template: words.template,
        is_public: words.public.unwrap_or(true),
        phase: words.phase.as_deref().map(phase).transpose()?,
        next: words.next.as_deref().map(|text| span("next", text)).transpose()?,
    };
    act(&shell, caller, id, move |scope, ground, now, by, id| {
        commands::say(scope, ground, now, by, id, &said)
    })
    .await
}

/// Runs a command on one incident by its id or its number.
pub(super) async fn act(shell: &Shell, caller: Caller, id: String, command: impl Command) -> Answer {
    acted(shell, caller, id, command, Problem::from).await
}

/// What is done to one incident.
pub(super) trait Command:
    FnMut(&mut Scope<'_>, &Ground, Timestamp, Actor, IncidentId) -> Result<Incident, CommandError>
    + Send
    + 'static
{
}

impl<F> Command for F where
    F: FnMut(&mut Scope<'_>, &Ground, Timestamp, Actor, IncidentId) -> Result<Incident, CommandError>
        + Send
        + 'static
{
}

/// Does it, with what a refusal is told as.
async fn acted(
    shell: &Shell,
    caller: Caller,
    id: String,
    mut command: impl Command,
    refused: impl Fn(CommandError) -> Problem,
) -> Answer {
    let by = caller.require(Role::Responder)?;
    let ground = shell.ground();
    let done = shell.act(caller.org, move |scope, now| {
        let found = find(scope, &id)?;
        let incident = command(scope, &ground, now, by, found.id)?;
        Ok((ground.setups.current(scope)?.1, incident))
    });
    let (setup, incident): (Arc<Setup>, Incident) = done.await.map_err(refused)?;
    shell.doorbell.ring(Bell::Judge);
    shell.ring_tellers();
    Ok(Json(json(shell, &setup, &incident)))
}
