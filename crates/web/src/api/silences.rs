//! Silences: to plan, to see, to end.

use std::collections::BTreeMap;

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
    silence::Silence,
};
use engine::{CommandError, Shell, commands, compose, seams::Bell, setups::amendments as payloads};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Scope, amendments};

use super::{
    Caller,
    extract::{self, Path, body, ended_by, instant, made_id},
};
use crate::problem::Problem;

pub(super) fn routes() -> Router<Shell> {
    Router::new().route("/silences", get(list).post(add)).route("/silences/{id}", delete(end))
}

#[derive(Serialize)]
struct ListJson {
    data: Vec<SilenceJson>,
}

#[derive(Serialize)]
struct SilenceJson {
    id: String,
    services: Vec<String>,
    providers: Vec<String>,
    labels: BTreeMap<String, String>,
    from: String,
    to: String,
    in_force: bool,
    reason: String,
    /// Its name in the configuration file, which manages it.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    managed_by: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    made_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    made_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<String>,
}

/// Returns those that are in force or planned: those of the configuration file, then the others in the order in which they were
/// made.
async fn list(State(shell): State<Shell>, caller: Caller) -> Result<Json<ListJson>, Problem> {
    caller.require(Role::Viewer)?;
    let (ground, now) = (shell.ground(), shell.clock.now());
    let read = shell.read(move |tx| {
        let mut scope = Scope::new(tx, caller.org);
        let (_, setup) = ground.setups.current(&mut scope)?;
        Ok((setup, amendments::list_standing(&mut scope)?))
    });
    let (setup, rows) = read.await?;
    let standing = rows.iter().filter(|row| row.ends_at > now).filter_map(payloads::read);
    let of_file = setup.paging.silences.iter().filter(|it| it.name.is_some() && !it.has_ended(now));
    let mut data: Vec<_> = of_file.map(|silence| written(&shell, &setup, silence, now)).collect();
    data.extend(standing.filter_map(|amendment| json(&shell, &setup, &amendment, now)));
    Ok(Json(ListJson { data }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    #[serde(default)]
    services: Vec<String>,
    #[serde(default)]
    providers: Vec<String>,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    from: Option<String>,
    to: Option<String>,
    r#for: Option<String>,
    reason: String,
}

async fn add(
    State(shell): State<Shell>,
    caller: Caller,
    headers: HeaderMap,
    sent: Bytes,
) -> Result<(StatusCode, Json<SilenceJson>), Problem> {
    let by = caller.require(Role::Responder)?;
    let New { services, providers, labels, from, to, r#for, reason } = body(&sent)?;
    let begins = from.map_or_else(|| Ok(shell.clock.now()), |text| instant("from", &text))?;
    let example = "a silence has an end: give either \"to\", an instant, or \"for\", such as \"2h\"";
    let to = extract::end(("to", to.as_deref()), r#for.as_deref(), begins, example)?;
    let from = Some(begins);
    let wanted = commands::NewSilence { services, providers, labels, from, to, reason };
    let id = made_id(&headers, &shell, caller.org);
    let (ground, now) = (shell.ground(), shell.clock.now());
    let made = shell.act(caller.org, move |scope, now| {
        let (_, setup) = ground.setups.current(scope)?;
        Ok((setup, commands::silence(scope, &ground, now, by, id, &wanted)?))
    });
    let (setup, amendment) = made.await.map_err(ended_by(r#for.is_some()))?;
    shell.doorbell.ring(Bell::Judge);
    let found = json(&shell, &setup, &amendment, now);
    Ok((StatusCode::CREATED, Json(found.ok_or_else(|| Problem::not_found("that id is no silence's"))?)))
}

async fn end(
    State(shell): State<Shell>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<SilenceJson>, Problem> {
    let by = caller.require(Role::Responder)?;
    let (ground, now) = (shell.ground(), shell.clock.now());
    let done = shell.act(caller.org, move |scope, now| {
        let (_, setup) = ground.setups.current(scope)?;
        let unknown = || CommandError::NotFound(format!("silence {id}"));
        let id = AmendmentId::parse(&id).ok_or_else(unknown)?;
        Ok((setup, commands::end_silence(scope, &ground, now, by, id)?))
    });
    let (setup, amendment) = done.await?;
    shell.doorbell.ring(Bell::Judge);
    let found = json(&shell, &setup, &amendment, now);
    Ok(Json(found.ok_or_else(|| Problem::not_found("that id is no silence's"))?))
}

/// Writes one that was planned while it ran; `None` for an amendment of another kind.
fn json(shell: &Shell, setup: &Setup, of: &Amendment, now: Timestamp) -> Option<SilenceJson> {
    let Change::Silence(silence) = &of.change else { return None };
    let written = written(shell, setup, silence, now);
    Some(SilenceJson {
        in_force: written.in_force && of.withdrawn.is_none(),
        made_by: Some(compose::name(setup, of.made_by)),
        made_at: Some(of.made_at.to_string()),
        ended_at: of.withdrawn.map(|(at, _)| at.to_string()),
        ..written
    })
}

fn written(shell: &Shell, setup: &Setup, silence: &Silence, now: Timestamp) -> SilenceJson {
    let service = |id: &domain::ServiceId| {
        setup.service(*id).map_or_else(|| id.to_string(), |service| service.slug.clone())
    };
    let provider = |id: &domain::ProviderId| {
        shell.catalog.get(*id).map_or_else(|| id.to_string(), |provider| provider.slug.clone())
    };
    SilenceJson {
        id: silence.id.to_string(),
        services: silence.matcher.services.iter().map(service).collect(),
        providers: silence.matcher.providers.iter().map(provider).collect(),
        labels: silence.matcher.labels.clone(),
        from: silence.from.to_string(),
        to: silence.to.to_string(),
        in_force: silence.is_in_force(now),
        reason: silence.reason.clone(),
        name: silence.name.clone(),
        managed_by: silence.name.is_some().then_some("file"),
        made_by: None,
        made_at: None,
        ended_at: None,
    }
}
