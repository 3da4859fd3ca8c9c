//! Announced work on our own services: to see, to plan, to move on, and to make an incident of.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::{get, post},
};
use domain::{
    MaintenanceId, Role, Status,
    incident::Actor,
    maintenance::{Maintenance, Series},
    setup::Setup,
};
use engine::{
    CommandError, Shell,
    commands::{self, Ground, NewMaintenance, WorkAct},
    compose,
    seams::Bell,
};
use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};
use store::{
    Scope,
    maintenances::{self, MaintenanceUpdate},
};

use super::{
    Caller,
    extract::{self, Path, Query, bad, body, instant, made_id},
    incidents::{self, IncidentJson},
};
use crate::problem::Problem;

type Answer = Result<Json<MaintenanceJson>, Problem>;

pub(super) fn routes() -> Router<Shell> {
    Router::new()
        .route("/maintenances", get(list).post(plan))
        .route("/maintenances/{id}", get(one))
        .route("/maintenances/{id}/start", post(start))
        .route("/maintenances/{id}/end", post(end))
        .route("/maintenances/{id}/cancel", post(cancel))
        .route("/maintenances/{id}/extend", post(extend))
        .route("/maintenances/{id}/reschedule", post(reschedule))
        .route("/maintenances/{id}/updates", post(say))
        .route("/maintenances/{id}/to-incident", post(to_incident))
}

#[derive(Serialize)]
struct ListJson {
    data: Vec<MaintenanceJson>,
}

#[derive(Serialize)]
struct MaintenanceJson {
    id: String,
    number: i64,
    title: String,
    note: String,
    status: &'static str,
    from: String,
    to: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    began_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<String>,
    manual_end: bool,
    /// Each service with the worst status that readers were told to expect.
    services: BTreeMap<String, &'static str>,
    /// The status pages that show it; none is every page that shows one of its services.
    pages: Vec<String>,
    /// The id of the incident that it has become.
    #[serde(skip_serializing_if = "Option::is_none")]
    incident: Option<String>,
    made_by: String,
    made_at: String,
}

#[derive(Serialize)]
struct Detail {
    #[serde(flatten)]
    maintenance: MaintenanceJson,
    updates: Vec<UpdateJson>,
}

#[derive(Serialize)]
struct UpdateJson {
    at: String,
    status: &'static str,
    body: String,
    public: bool,
    by: String,
}

#[derive(Deserialize)]
struct ListQuery {
    over_since: Option<String>,
}

/// Returns what is planned or going on, the soonest first; with `over_since` what has ended since then, the latest first.
async fn list(
    State(shell): State<Shell>,
    caller: Caller,
    Query(query): Query<ListQuery>,
) -> Result<Json<ListJson>, Problem> {
    caller.require(Role::Viewer)?;
    let since = query.over_since.map(|text| instant("over_since", &text)).transpose()?;
    let ground = shell.ground();
    let read = shell.read(move |tx| {
        let mut scope = Scope::new(tx, caller.org);
        let (_, setup) = ground.setups.current(&mut scope)?;
        let found = match since {
            Some(since) => maintenances::list_over(&mut scope, since)?,
            None => maintenances::list_live(&mut scope)?,
        };
        Ok((setup, found))
    });
    let (setup, found) = read.await?;
    Ok(Json(ListJson { data: found.iter().map(|work| json(&setup, work)).collect() }))
}

async fn one(
    State(shell): State<Shell>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Detail>, Problem> {
    caller.require(Role::Viewer)?;
    let ground = shell.ground();
    let read = shell.read(move |tx| {
        let mut scope = Scope::new(tx, caller.org);
        let (_, setup) = ground.setups.current(&mut scope)?;
        let work = find(&mut scope, &id)?;
        let updates = maintenances::list_updates(&mut scope, work.id)?;
        Ok((setup, work, updates))
    });
    let (setup, work, updates) = read.await?;
    let update = |said: MaintenanceUpdate| UpdateJson {
        at: said.at.to_string(),
        status: said.status.word(),
        body: said.body,
        public: said.is_public,
        by: compose::name(&setup, said.actor),
    };
    let maintenance = json(&setup, &work);
    Ok(Json(Detail { maintenance, updates: updates.into_iter().map(update).collect() }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    title: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    note: String,
    #[serde(default)]
    services: BTreeMap<String, String>,
    #[serde(default)]
    pages: Vec<String>,
    from: Option<String>,
    to: Option<String>,
    r#for: Option<String>,
    repeat: Option<String>,
    time_zone: Option<String>,
    #[serde(default)]
    manual_end: bool,
}

/// When the work is: once, from an instant, or again and again, by a wall clock.
struct Times {
    from: Option<String>,
    to: Option<String>,
    r#for: Option<String>,
    repeat: Option<String>,
    time_zone: Option<String>,
}

/// Work as it was planned: the first, with all of them where it comes again.
#[derive(Serialize)]
struct Planned {
    #[serde(flatten)]
    first: MaintenanceJson,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    series: Vec<MaintenanceJson>,
}

async fn plan(
    State(shell): State<Shell>,
    caller: Caller,
    headers: HeaderMap,
    sent: Bytes,
) -> Result<(StatusCode, Json<Planned>), Problem> {
    let by = caller.require(Role::Responder)?;
    let New { title, text, note, services, pages, from, to, r#for, repeat, time_zone, manual_end } =
        body(&sent)?;
    let is_series = repeat.is_some();
    let times = Times { from, to, r#for, repeat, time_zone }.read(shell.clock.now())?;
    let expected = |(slug, word): (String, String)| match Status::from_word(&word) {
        Some(status) => Ok((slug, status)),
        None => Err(bad(format!("{slug}: {word:?} is no status such as \"degraded_performance\""))),
    };
    let services = services.into_iter().map(expected).collect::<Result<_, _>>()?;
    let wanted = NewMaintenance { title, text, note, services, pages, times, is_manual_end: manual_end };
    let id = MaintenanceId(made_id(&headers, &shell, caller.org).0);
    let ground = shell.ground();
    let planned = shell.act(caller.org, move |scope, now| {
        let planned = commands::plan_work(scope, &ground, now, by, id, &wanted)?;
        Ok((ground.setups.current(scope)?.1, planned))
    });
    let (setup, planned): (Arc<Setup>, Vec<Maintenance>) = planned.await?;
    told(&shell);
    let first = planned.first().ok_or_else(|| bad("work needs a time"))?;
    let series = if is_series { planned.as_slice() } else { &[] };
    let series = series.iter().map(|work| json(&setup, work)).collect();
    Ok((StatusCode::CREATED, Json(Planned { first: json(&setup, first), series })))
}

impl Times {
    fn read(&self, now: Timestamp) -> Result<Vec<(Timestamp, Timestamp)>, Problem> {
        let refused = |field: &str, why: String| Problem::unprocessable(Some(field.to_owned()), why);
        match (&self.from, &self.repeat) {
            (Some(from), None) => {
                let from = instant("from", from)?;
                let example = "work has an end: give either \"to\", an instant, or \"for\", such as \"2h\"";
                let to = extract::end(("to", self.to.as_deref()), self.r#for.as_deref(), from, example)?;
                Ok(vec![(from, to)])
            }
            (None, Some(repeat)) if self.to.is_none() && self.r#for.is_none() => {
                let name = self.time_zone.as_deref().unwrap_or("UTC");
                let zone = TimeZone::get(name);
                let zone = zone.map_err(|_| {
                    refused("time_zone", format!("{name:?} is no time zone; right would be Europe/Rome"))
                })?;
                let series = Series::parse(repeat, zone).and_then(|series| series.occurrences(now));
                series.map_err(|error| refused("repeat", error.to_string()))
            }
            (Some(_) | None, Some(_)) | (None, None) => Err(refused(
                "from",
                "work is either once, with \"from\", or again and again, with \"repeat\" such as \"every Sun 02:00 \
                 for 2h until 2027-03-31\""
                    .to_owned(),
            )),
        }
    }
}

/// What is said of an act to readers, in place of the machine's own words.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    #[serde(default)]
    text: String,
}

async fn start(State(shell): State<Shell>, caller: Caller, Path(id): Path<String>, sent: Bytes) -> Answer {
    let Told { text } = body(&sent)?;
    act(&shell, caller, id, WorkAct::Start, text).await
}

async fn end(State(shell): State<Shell>, caller: Caller, Path(id): Path<String>, sent: Bytes) -> Answer {
    let Told { text } = body(&sent)?;
    act(&shell, caller, id, WorkAct::End, text).await
}

async fn cancel(State(shell): State<Shell>, caller: Caller, Path(id): Path<String>, sent: Bytes) -> Answer {
    let Told { text } = body(&sent)?;
    act(&shell, caller, id, WorkAct::Cancel, text).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Extending {
    to: String,
    #[serde(default)]
    text: String,
}

async fn extend(State(shell): State<Shell>, caller: Caller, Path(id): Path<String>, sent: Bytes) -> Answer {
    let Extending { to, text } = body(&sent)?;
    let to = instant("to", &to)?;
    act(&shell, caller, id, WorkAct::Extend(to), text).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rescheduling {
    from: String,
    to: String,
    #[serde(default)]
    text: String,
}

async fn reschedule(
    State(shell): State<Shell>,
    caller: Caller,
    Path(id): Path<String>,
    sent: Bytes,
) -> Answer {
    let Rescheduling { from, to, text } = body(&sent)?;
    let (from, to) = (instant("from", &from)?, instant("to", &to)?);
    act(&shell, caller, id, WorkAct::Reschedule(from, to), text).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    body: String,
    public: Option<bool>,
}

async fn say(State(shell): State<Shell>, caller: Caller, Path(id): Path<String>, sent: Bytes) -> Answer {
    let words: Words = body(&sent)?;
    let is_public = words.public.unwrap_or(true);
    act(&shell, caller, id, WorkAct::Say { is_public }, words.body).await
}

async fn to_incident(
    State(shell): State<Shell>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<IncidentJson>, Problem> {
    let (setup, incident) = on(&shell, caller, id, commands::incident_of_work).await?;
    Ok(Json(incidents::json(&shell, &setup, &incident)))
}

async fn act(shell: &Shell, caller: Caller, id: String, act: WorkAct, text: String) -> Answer {
    let done = on(shell, caller, id, move |scope, ground, now, by, id| {
        commands::act_on_work(scope, ground, now, by, id, &act, &text)
    });
    let (setup, work) = done.await?;
    Ok(Json(json(&setup, &work)))
}

/// Runs a command on work by its id or its number.
async fn on<T: Send + 'static>(
    shell: &Shell,
    caller: Caller,
    id: String,
    mut command: impl FnMut(&mut Scope<'_>, &Ground, Timestamp, Actor, MaintenanceId) -> Result<T, CommandError>
    + Send
    + 'static,
) -> Result<(Arc<Setup>, T), Problem> {
    let by = caller.require(Role::Responder)?;
    let ground = shell.ground();
    let done = shell.act(caller.org, move |scope, now| {
        let found = find(scope, &id)?;
        let done = command(scope, &ground, now, by, found.id)?;
        Ok((ground.setups.current(scope)?.1, done))
    });
    let done = done.await?;
    told(shell);
    Ok(done)
}

/// Has what was changed judged and shown at once.
fn told(shell: &Shell) {
    shell.doorbell.ring(Bell::Judge);
    shell.ring_tellers();
}

fn find(scope: &mut Scope<'_>, id: &str) -> Result<Maintenance, CommandError> {
    let found = match (MaintenanceId::parse(id), id.trim_start_matches('#').parse()) {
        (Some(id), _) => maintenances::get(scope, id)?,
        (None, Ok(number)) => maintenances::find_by_number(scope, number)?,
        (None, Err(_)) => None,
    };
    found.ok_or_else(|| CommandError::NotFound(format!("maintenance {id}")))
}

fn json(setup: &Setup, of: &Maintenance) -> MaintenanceJson {
    let service = |(id, status): &(domain::ServiceId, Status)| {
        let slug = setup.service(*id).map_or_else(|| id.to_string(), |service| service.slug.clone());
        (slug, status.word())
    };
    let page = |id: &domain::StatusPageId| {
        let found = setup.status_pages.iter().find(|page| page.id == *id);
        found.map_or_else(|| id.to_string(), |page| page.slug.clone())
    };
    MaintenanceJson {
        id: of.id.to_string(),
        number: of.number,
        title: of.title.clone(),
        note: of.note.clone(),
        status: of.status.word(),
        from: of.starts_at.to_string(),
        to: of.ends_at.to_string(),
        began_at: of.began_at.map(|at| at.to_string()),
        ended_at: of.ended_at.map(|at| at.to_string()),
        manual_end: of.is_manual_end,
        services: of.services.iter().map(service).collect(),
        pages: of.pages.iter().map(page).collect(),
        incident: of.incident.map(|id| id.to_string()),
        made_by: compose::name(setup, of.made_by),
        made_at: of.made_at.to_string(),
    }
}
