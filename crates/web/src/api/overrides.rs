//! Overrides of schedules that people make while it runs: "take this shift", and giving it back.

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::{delete, get},
};
use domain::{
    AmendmentId, Role,
    amendment::{Amendment, Change},
    setup::Setup,
};
use engine::{CommandError, Shell, commands, compose, seams::Bell, setups::amendments as payloads};
use serde::{Deserialize, Serialize};
use store::{Scope, amendments};

use super::{
    Caller,
    extract::{Path, body, instant, made_id},
};
use crate::problem::Problem;

pub(super) fn routes() -> Router<Shell> {
    Router::new()
        .route("/schedules/{slug}/overrides", get(list).post(take))
        .route("/schedules/{slug}/overrides/{id}", delete(give_back))
}

#[derive(Serialize)]
struct ListJson {
    data: Vec<OverrideJson>,
}

#[derive(Serialize)]
struct OverrideJson {
    id: String,
    schedule: String,
    user: String,
    from: String,
    to: String,
    note: String,
    made_by: String,
    made_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawn_at: Option<String>,
}

/// Returns those of a schedule that are not over, in the order in which they were made.
async fn list(
    State(shell): State<Shell>,
    caller: Caller,
    Path(slug): Path<String>,
) -> Result<Json<ListJson>, Problem> {
    caller.require(Role::Viewer)?;
    let (ground, now) = (shell.ground(), shell.clock.now());
    let read = shell.read(move |tx| {
        let mut scope = Scope::new(tx, caller.org);
        let (_, setup) = ground.setups.current(&mut scope)?;
        Ok((setup, amendments::list_standing(&mut scope)?))
    });
    let (setup, rows) = read.await?;
    if !setup.schedules.iter().any(|schedule| schedule.slug == slug) {
        return Err(Problem::not_found(format!("schedule {slug} does not exist")));
    }
    let standing = rows.iter().filter(|row| row.ends_at > now).filter_map(payloads::read);
    let all = standing.filter_map(|amendment| json(&setup, &amendment));
    Ok(Json(ListJson { data: all.filter(|found| found.schedule == slug).collect() }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    user: String,
    from: Option<String>,
    to: String,
    #[serde(default)]
    note: String,
}

async fn take(
    State(shell): State<Shell>,
    caller: Caller,
    Path(schedule): Path<String>,
    headers: HeaderMap,
    sent: Bytes,
) -> Result<(StatusCode, Json<OverrideJson>), Problem> {
    let by = caller.require(Role::Responder)?;
    let New { user, from, to, note } = body(&sent)?;
    let from = from.map_or_else(|| Ok(shell.clock.now()), |text| instant("from", &text))?;
    let wanted = commands::NewShift { schedule, user, from, to: instant("to", &to)?, note };
    let id = made_id(&headers, &shell, caller.org);
    let ground = shell.ground();
    let made = shell.act(caller.org, move |scope, now| {
        let (_, setup) = ground.setups.current(scope)?;
        Ok((setup, commands::take_shift(scope, &ground, now, by, id, &wanted)?))
    });
    let (setup, amendment) = made.await.map_err(|error| match error {
        // It stands in the path.
        CommandError::Invalid { field: "schedule", reason } => Problem::not_found(reason),
        other @ (CommandError::NotFound(_)
        | CommandError::Rejected(_)
        | CommandError::Invalid { .. }
        | CommandError::Store(_)) => Problem::from(other),
    })?;
    shell.doorbell.ring(Bell::Judge);
    let found = json(&setup, &amendment);
    Ok((StatusCode::CREATED, Json(found.ok_or_else(|| Problem::not_found("that id is no override's"))?)))
}

async fn give_back(
    State(shell): State<Shell>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Json<OverrideJson>, Problem> {
    let by = caller.require(Role::Responder)?;
    let ground = shell.ground();
    let done = shell.act(caller.org, move |scope, now| {
        let (_, setup) = ground.setups.current(scope)?;
        let unknown = || CommandError::NotFound(format!("override {id} of schedule {slug}"));
        let given = commands::give_back(scope, now, by, AmendmentId::parse(&id).ok_or_else(unknown)?)?;
        json(&setup, &given).filter(|found| found.schedule == slug).ok_or_else(unknown)
    });
    let given = done.await?;
    shell.doorbell.ring(Bell::Judge);
    Ok(Json(given))
}

fn json(setup: &Setup, of: &Amendment) -> Option<OverrideJson> {
    let Change::Override { schedule, taken, note } = &of.change else { return None };
    let user = setup.user(taken.user);
    Some(OverrideJson {
        id: of.id.to_string(),
        schedule: setup.schedule(*schedule)?.slug.clone(),
        user: user.map_or_else(|| taken.user.to_string(), |user| user.email.clone()),
        from: taken.from.to_string(),
        to: taken.to.to_string(),
        note: note.clone(),
        made_by: compose::name(setup, of.made_by),
        made_at: of.made_at.to_string(),
        withdrawn_at: of.withdrawn.map(|(at, _)| at.to_string()),
    })
}
