//! The record of an incident: people open it, change it, correct it and join things to it.

use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderName, StatusCode, header},
};
use domain::{IncidentId, Phase, Role, Severity, Status};
use engine::{
    Shell,
    commands::{self, IncidentEdit, NewIncident, NewLink, NewWave, WaveEdit},
    seams::Bell,
};
use jiff::Timestamp;
use serde::Deserialize;

use super::{
    IncidentJson,
    acts::{Answer, act},
    find, json,
};
use crate::{
    api::{
        Caller,
        extract::{Path, bad, body, instant},
    },
    problem::Problem,
};

/// A word of the vocabulary in a body.
fn word<T>(field: &str, text: &str, read: fn(&str) -> Option<T>, right: &str) -> Result<T, Problem> {
    read(text).ok_or_else(|| {
        let detail = format!("{field}: {text:?} is none; right would be {right}");
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "Unprocessable Content", detail)
    })
}

fn status(text: &str) -> Result<Status, Problem> {
    word("status", text, Status::from_word, "degraded_performance, partial_outage or major_outage")
}

pub(super) fn phase(text: &str) -> Result<Phase, Problem> {
    let right = "investigating, identified, monitoring, resolved or postmortem";
    word("phase", text, |text| Phase::from_word(text).filter(|phase| *phase != Phase::Unknown), right)
}

fn severity(text: &str) -> Result<Severity, Problem> {
    word("severity", text, Severity::from_word, "info, warning, error or critical")
}

/// The instant that a field gives, where it is there.
fn given(field: &str, text: Option<String>) -> Result<Option<Timestamp>, Problem> {
    text.map(|text| instant(field, &text)).transpose()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stated {
    service: String,
    status: String,
}

fn stated(all: Vec<Stated>) -> Result<Vec<(String, Status)>, Problem> {
    all.into_iter().map(|Stated { service, status: word }| Ok((service, status(&word)?))).collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    #[serde(default)]
    title: String,
    /// The name of a template.
    template: Option<String>,
    #[serde(default)]
    text: String,
    services: Vec<Stated>,
    severity: Option<String>,
    page: Option<bool>,
    public: Option<bool>,
    started_at: Option<String>,
    resolved_at: Option<String>,
}

type Made<T> = Result<(StatusCode, [(HeaderName, String); 1], Json<T>), Problem>;

/// Opens an incident; the same `Idempotency-Key` opens one only.
pub(super) async fn open(
    State(shell): State<Shell>,
    caller: Caller,
    headers: HeaderMap,
    sent: Bytes,
) -> Made<IncidentJson> {
    let by = caller.require(Role::Responder)?;
    let wanted: New = body(&sent)?;
    let New { title, template, text, services, severity: word, .. } = wanted;
    let New { page, public, started_at, resolved_at, .. } = wanted;
    if page == Some(true) && started_at.is_some() {
        return Err(bad("what began before it is recorded pages nobody: leave page or started_at out"));
    }
    let wanted = NewIncident {
        title,
        template,
        text,
        services: stated(services)?,
        severity: word.as_deref().map(severity).transpose()?,
        pages: page.unwrap_or(true),
        is_public: public.unwrap_or(true),
        began_at: given("started_at", started_at)?,
        resolved_at: given("resolved_at", resolved_at)?,
    };
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok());
    let id = match key {
        // Numbers name incidents of the machine.
        Some(key) => IncidentId::named(caller.org.0, &format!("asked for/{key}")),
        None => IncidentId(shell.mint.id()),
    };
    let ground = shell.ground();
    let done = shell.act(caller.org, move |scope, now| {
        let incident = commands::open(scope, &ground, now, by, id, &wanted)?;
        Ok((ground.setups.current(scope)?.1, incident))
    });
    let (setup, incident) = done.await?;
    shell.doorbell.ring(Bell::Judge);
    shell.ring_tellers();
    let place = (header::LOCATION, format!("/api/v1/incidents/{}", incident.id));
    Ok((StatusCode::CREATED, [place], Json(json(&shell, &setup, &incident))))
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    title: Option<String>,
    severity: Option<String>,
    phase: Option<String>,
    #[serde(default)]
    services: Vec<Stated>,
    #[serde(default)]
    text: String,
    page: Option<bool>,
}

impl Change {
    fn read(self) -> Result<IncidentEdit, Problem> {
        Ok(IncidentEdit {
            title: self.title,
            severity: self.severity.as_deref().map(severity).transpose()?,
            phase: self.phase.as_deref().map(phase).transpose()?,
            services: stated(self.services)?,
            text: self.text,
        })
    }
}

pub(super) async fn edit(
    State(shell): State<Shell>,
    caller: Caller,
    Path(id): Path<String>,
    sent: Bytes,
) -> Answer {
    let edit = body::<Change>(&sent)?.read()?;
    act(&shell, caller, id, move |scope, ground, now, by, id| {
        commands::edit(scope, ground, now, by, id, &edit)
    })
    .await
}

pub(super) async fn reopen(
    State(shell): State<Shell>,
    caller: Caller,
    Path(id): Path<String>,
    sent: Bytes,
) -> Answer {
    let change: Change = body(&sent)?;
    let pages = change.page.unwrap_or(true);
    let edit = change.read()?;
    act(&shell, caller, id, move |scope, ground, now, by, id| {
        commands::reopen(scope, ground, now, by, id, &edit, pages)
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Merging {
    into: String,
}

pub(super) async fn merge(
    State(shell): State<Shell>,
    caller: Caller,
    Path(id): Path<String>,
    sent: Bytes,
) -> Answer {
    let Merging { into } = body(&sent)?;
    act(&shell, caller, id, move |scope, ground, now, by, id| {
        let into = find(scope, &into)?.id;
        commands::merge(scope, ground, now, by, id, into)
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    body: String,
}

pub(super) async fn edit_update(
    State(shell): State<Shell>,
    caller: Caller,
    Path((id, number)): Path<(String, i64)>,
    sent: Bytes,
) -> Answer {
    let Text { body: text } = body(&sent)?;
    act(&shell, caller, id, move |scope, ground, now, by, id| {
        commands::edit_update(scope, ground, now, by, id, number, &text)
    })
    .await
}

pub(super) async fn remove_update(
    State(shell): State<Shell>,
    caller: Caller,
    Path((id, number)): Path<(String, i64)>,
) -> Answer {
    act(&shell, caller, id, move |scope, ground, now, by, id| {
        commands::remove_update(scope, ground, now, by, id, number)
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WaveIn {
    service: String,
    status: String,
    from: String,
    to: String,
}

pub(super) async fn add_impact(
    State(shell): State<Shell>,
    caller: Caller,
    Path(id): Path<String>,
    sent: Bytes,
) -> Result<(StatusCode, Json<IncidentJson>), Problem> {
    let WaveIn { service, status: word, from, to } = body(&sent)?;
    let (from, to) = (instant("from", &from)?, instant("to", &to)?);
    let wave = NewWave { service, status: status(&word)?, from, to };
    let done = act(&shell, caller, id, move |scope, ground, now, by, id| {
        commands::add_wave(scope, ground, now, by, id, &wave)?;
        commands::incident(scope, id)
    });
    Ok((StatusCode::CREATED, done.await?))
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WaveChange {
    status: Option<String>,
    from: Option<String>,
    to: Option<String>,
}

pub(super) async fn correct_impact(
    State(shell): State<Shell>,
    caller: Caller,
    Path((id, number)): Path<(String, i64)>,
    sent: Bytes,
) -> Answer {
    let WaveChange { status: word, from, to } = body(&sent)?;
    let status = word.as_deref().map(status).transpose()?;
    let edit = WaveEdit { status, from: given("from", from)?, to: given("to", to)? };
    act(&shell, caller, id, move |scope, ground, now, by, id| {
        commands::correct_wave(scope, ground, now, by, id, number, &edit)?;
        commands::incident(scope, id)
    })
    .await
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Why {
    #[serde(default)]
    reason: String,
}

pub(super) async fn remove_impact(
    State(shell): State<Shell>,
    caller: Caller,
    Path((id, number)): Path<(String, i64)>,
    sent: Bytes,
) -> Answer {
    let Why { reason } = body(&sent)?;
    act(&shell, caller, id, move |scope, ground, now, by, id| {
        commands::remove_wave(scope, ground, now, by, id, number, &reason)?;
        commands::incident(scope, id)
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Holder {
    user: String,
}

pub(super) async fn give_role(
    State(shell): State<Shell>,
    caller: Caller,
    Path((id, role)): Path<(String, String)>,
    sent: Bytes,
) -> Answer {
    let Holder { user } = body(&sent)?;
    act(&shell, caller, id, move |scope, ground, now, by, id| {
        commands::set_role(scope, ground, now, by, id, &role, Some(&user))
    })
    .await
}

pub(super) async fn take_role(
    State(shell): State<Shell>,
    caller: Caller,
    Path((id, role)): Path<(String, String)>,
) -> Answer {
    act(&shell, caller, id, move |scope, ground, now, by, id| {
        commands::set_role(scope, ground, now, by, id, &role, None)
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LinkIn {
    provider: Option<String>,
    id: Option<String>,
    alert: Option<String>,
    url: Option<String>,
    #[serde(default)]
    label: String,
}

pub(super) async fn add_link(
    State(shell): State<Shell>,
    caller: Caller,
    Path(id): Path<String>,
    sent: Bytes,
) -> Result<(StatusCode, Json<IncidentJson>), Problem> {
    let LinkIn { provider, id: key, alert, url, label } = body(&sent)?;
    let to = match (provider, key, alert, url) {
        (Some(provider), Some(key), None, None) => NewLink::Provider(provider, key),
        (None, None, Some(alert), None) => NewLink::Alert(alert),
        (None, None, None, Some(url)) => NewLink::Url(url),
        _ => return Err(bad("give provider and id, or alert, or url: one of them")),
    };
    let done = act(&shell, caller, id, move |scope, ground, now, by, id| {
        commands::add_link(scope, ground, now, by, id, &to, &label)?;
        commands::incident(scope, id)
    });
    Ok((StatusCode::CREATED, done.await?))
}

pub(super) async fn remove_link(
    State(shell): State<Shell>,
    caller: Caller,
    Path((id, number)): Path<(String, i64)>,
) -> Answer {
    act(&shell, caller, id, move |scope, ground, now, by, id| {
        commands::remove_link(scope, ground, now, by, id, number)
    })
    .await
}
