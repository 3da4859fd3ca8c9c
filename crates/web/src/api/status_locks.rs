//! Locks of what readers see of a service: to make, to see, to release.

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse,
    routing::{delete, get},
};
use domain::{
    AmendmentId, Role, Status,
    amendment::{Amendment, Change},
    setup::Setup,
};
use engine::{CommandError, Shell, commands, compose, seams::Bell, setups::amendments as payloads};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{
    Scope, amendments,
    services::{self, ServiceState},
};

use super::{
    Caller,
    extract::{self, Path, body, made_id},
};
use crate::problem::Problem;

pub(super) fn routes() -> Router<Shell> {
    Router::new().route("/status-locks", get(list).post(add)).route("/status-locks/{id}", delete(release))
}

#[derive(Serialize)]
struct ListJson {
    data: Vec<LockJson>,
}

#[derive(Serialize)]
pub(super) struct LockJson {
    id: String,
    service: String,
    /// What readers see.
    status: &'static str,
    /// What the machine judges, which readers don't see.
    judged_status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    in_force: bool,
    note: String,
    made_by: String,
    made_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<String>,
}

/// Returns those that hold, in the order in which they were made.
async fn list(State(shell): State<Shell>, caller: Caller) -> Result<Json<ListJson>, Problem> {
    caller.require(Role::Viewer)?;
    let (ground, now) = (shell.ground(), shell.clock.now());
    let read = shell.read(move |tx| {
        let mut scope = Scope::new(tx, caller.org);
        let (_, setup) = ground.setups.current(&mut scope)?;
        Ok((setup, services::list_states(&mut scope)?, amendments::list_standing(&mut scope)?))
    });
    let (setup, states, rows) = read.await?;
    let standing = rows.iter().filter(|row| row.ends_at > now).filter_map(payloads::read);
    let data = standing.filter_map(|amendment| json(&setup, &states, &amendment, now)).collect();
    Ok(Json(ListJson { data }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    service: String,
    status: String,
    until: Option<String>,
    r#for: Option<String>,
    #[serde(default)]
    note: String,
    #[serde(default)]
    confirm: bool,
}

async fn add(
    State(shell): State<Shell>,
    caller: Caller,
    headers: HeaderMap,
    sent: Bytes,
) -> Result<impl IntoResponse, Problem> {
    let by = caller.require(Role::Responder)?;
    let New { service, status, until, r#for, note, confirm } = body(&sent)?;
    let status = Status::from_word(&status).ok_or_else(|| {
        let why = format!("status {status:?} is none; right would be degraded_performance or operational");
        Problem::unprocessable(Some("status".to_owned()), why)
    })?;
    let example = "a lock has one end: give \"until\", an instant, or \"for\", such as \"2h\"";
    let until = match (until, r#for) {
        (None, None) => None,
        (until, lasts) => {
            let (at, now) = (("until", until.as_deref()), shell.clock.now());
            Some(extract::end(at, lasts.as_deref(), now, example)?)
        }
    };
    let wanted = commands::NewLock { service, status, until, note, is_confirmed: confirm };
    let id = made_id(&headers, &shell, caller.org);
    let ground = shell.ground();
    let made = shell.act(caller.org, move |scope, now| {
        let (_, setup) = ground.setups.current(scope)?;
        let states = services::list_states(scope)?;
        Ok((setup, states, commands::lock_status(scope, &ground, now, by, id, &wanted)?, now))
    });
    let (setup, states, amendment, now) = made.await?;
    shell.doorbell.ring(Bell::Judge);
    let found = json(&setup, &states, &amendment, now);
    let found = found.ok_or_else(|| Problem::not_found("that id is no status lock's"))?;
    let place = [(header::LOCATION, format!("/api/v1/status-locks/{}", found.id))];
    Ok((StatusCode::CREATED, place, Json(found)))
}

async fn release(
    State(shell): State<Shell>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<LockJson>, Problem> {
    let by = caller.require(Role::Responder)?;
    let ground = shell.ground();
    let done = shell.act(caller.org, move |scope, now| {
        let (_, setup) = ground.setups.current(scope)?;
        let unknown = || CommandError::NotFound(format!("status lock {id}"));
        let id = AmendmentId::parse(&id).ok_or_else(unknown)?;
        let states = services::list_states(scope)?;
        Ok((setup, states, commands::release_lock(scope, &ground, now, by, id)?, now))
    });
    let (setup, states, amendment, now) = done.await?;
    shell.doorbell.ring(Bell::Judge);
    let found = json(&setup, &states, &amendment, now);
    Ok(Json(found.ok_or_else(|| Problem::not_found("that id is no status lock's"))?))
}

fn json(setup: &Setup, states: &[ServiceState], of: &Amendment, now: Timestamp) -> Option<LockJson> {
    let Change::Lock(lock) = &of.change else { return None };
    let judged = states.iter().find(|state| state.service == lock.service);
    Some(LockJson {
        id: of.id.to_string(),
        service: setup
            .service(lock.service)
            .map_or_else(|| lock.service.to_string(), |service| service.slug.clone()),
        status: lock.status.word(),
        judged_status: judged.map_or(Status::Unknown, |state| state.status).word(),
        until: lock.until.map(|until| until.to_string()),
        in_force: lock.holds(now) && of.withdrawn.is_none(),
        note: lock.note.clone(),
        made_by: compose::name(setup, of.made_by),
        made_at: of.made_at.to_string(),
        ended_at: of.withdrawn.map(|(at, _)| at.to_string()),
    })
}
