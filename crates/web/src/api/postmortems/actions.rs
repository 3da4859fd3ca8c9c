//! What is to be done after incidents: to see, to add, to tick off.

use axum::{Json, body::Bytes, extract::State, http::StatusCode};
use domain::Role;
use engine::{
    Shell,
    commands::postmortem::{self, NewAction},
    seams::Bell,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use store::{Scope, postmortems};

use super::shown::ActionJson;
use crate::{
    api::{
        Caller,
        extract::{Path, body},
        incidents::find,
    },
    problem::Problem,
};

#[derive(Serialize)]
pub(super) struct ListJson {
    data: Vec<ActionJson>,
}

/// Returns everything that is to be done, the first due first.
pub(super) async fn list(State(shell): State<Shell>, caller: Caller) -> Result<Json<ListJson>, Problem> {
    caller.require(Role::Viewer)?;
    let (ground, now) = (shell.ground(), shell.clock.now());
    let read = shell.read(move |tx| {
        let mut scope = Scope::new(tx, caller.org);
        let (_, setup) = ground.setups.current(&mut scope)?;
        let open = postmortems::list_open_actions(&mut scope)?;
        Ok(open.iter().map(|(_, number, it)| ActionJson::of(&setup, *number, it, now)).collect())
    });
    Ok(Json(ListJson { data: read.await? }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    text: String,
    owner: String,
    due_on: String,
    #[serde(default)]
    public: bool,
}

pub(super) async fn add(
    State(shell): State<Shell>,
    caller: Caller,
    Path(name): Path<String>,
    sent: Bytes,
) -> Result<(StatusCode, Json<ActionJson>), Problem> {
    let by = caller.require(Role::Responder)?;
    let New { text, owner, due_on, public } = body(&sent)?;
    let due_on: Date = due_on.parse().map_err(|_| {
        Problem::unprocessable(
            Some("due_on".to_owned()),
            format!("{due_on:?} is no day such as \"2026-03-31\""),
        )
    })?;
    let wanted = NewAction { text, owner, due_on, is_public: public };
    let ground = shell.ground();
    let done = shell.act(caller.org, move |scope, now| {
        let incident = find(scope, &name)?;
        let action = postmortem::add_action(scope, &ground, now, by, incident.id, &wanted)?;
        Ok(ActionJson::of(&ground.setups.current(scope)?.1, incident.number, &action, now))
    });
    let action = done.await?;
    shell.doorbell.ring(Bell::Judge);
    shell.ring_tellers();
    Ok((StatusCode::CREATED, Json(action)))
}

pub(super) async fn finish(
    State(shell): State<Shell>,
    caller: Caller,
    Path((name, number)): Path<(String, i64)>,
) -> Result<Json<ActionJson>, Problem> {
    let by = caller.require(Role::Responder)?;
    let ground = shell.ground();
    let done = shell.act(caller.org, move |scope, now| {
        let incident = find(scope, &name)?;
        let action = postmortem::finish_action(scope, &ground, now, by, incident.id, number)?;
        Ok(ActionJson::of(&ground.setups.current(scope)?.1, incident.number, &action, now))
    });
    let action = done.await?;
    shell.ring_tellers();
    Ok(Json(action))
}
