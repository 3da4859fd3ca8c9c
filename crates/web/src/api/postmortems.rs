//! Post-mortems: to write, to have reviewed, to publish; and what is to be done after them.
//!
//! A text is saved on the ground of a version, which `If-Match` names. Where somebody has saved another since, the answer is
//! 412 with the newest, and nothing is lost.

mod actions;
mod shown;

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use domain::{IncidentId, Role, incident::Actor, postmortem::Postmortem};
use engine::{
    CommandError, Shell,
    commands::{
        Ground,
        postmortem::{self, Saved},
    },
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Scope, postmortems};

use super::{
    Caller,
    extract::{Path, Query, bad, body},
    incidents::find,
};
use crate::problem::Problem;
use shown::{Detail, VersionJson};

/// Incidents in one list at most.
const MOST: u32 = 500;

pub(super) fn routes() -> Router<Shell> {
    Router::new()
        .route("/postmortems", get(list).post(begin))
        .route("/postmortems/actions", get(actions::list))
        .route("/postmortems/{incident}", get(one).put(save))
        .route("/postmortems/{incident}/versions/{number}", get(version))
        .route("/postmortems/{incident}/submit", post(submit))
        .route("/postmortems/{incident}/approve", post(approve))
        .route("/postmortems/{incident}/return", post(send_back))
        .route("/postmortems/{incident}/publish", post(publish))
        .route("/postmortems/{incident}/actions", post(actions::add))
        .route("/postmortems/{incident}/actions/{number}/done", post(actions::finish))
}

#[derive(Serialize)]
struct ListJson {
    data: Vec<LearntJson>,
}

/// An incident that is over.
#[derive(Serialize)]
struct LearntJson {
    incident: String,
    number: i64,
    title: String,
    severity: &'static str,
    resolved_at: String,
    /// Where its post-mortem is; null where nobody has begun.
    stage: Option<String>,
    published_at: Option<String>,
}

#[derive(Deserialize)]
struct ListQuery {
    all: Option<bool>,
}

/// Returns the incidents that lack a published post-mortem, or with `all` every one that is over.
async fn list(
    State(shell): State<Shell>,
    caller: Caller,
    Query(query): Query<ListQuery>,
) -> Result<Json<ListJson>, Problem> {
    caller.require(Role::Viewer)?;
    let all = query.all.unwrap_or_default();
    let read = shell.read(move |tx| Ok(postmortems::list(&mut Scope::new(tx, caller.org), all, MOST)?));
    let data = read.await?.into_iter().map(|learnt| LearntJson {
        incident: learnt.incident.to_string(),
        number: learnt.number,
        title: learnt.title,
        severity: learnt.severity.word(),
        resolved_at: learnt.resolved_at.to_string(),
        stage: learnt.stage,
        published_at: learnt.published_at.map(|at| at.to_string()),
    });
    Ok(Json(ListJson { data: data.collect() }))
}

async fn one(
    State(shell): State<Shell>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    caller.require(Role::Viewer)?;
    let (ground, now) = (shell.ground(), shell.clock.now());
    let read = shell.read(move |tx| {
        let mut scope = Scope::new(tx, caller.org);
        let id = find(&mut scope, &name)?.id;
        Detail::load(&mut scope, &ground, id, now)
    });
    Ok(tagged(StatusCode::OK, read.await?))
}

async fn version(
    State(shell): State<Shell>,
    caller: Caller,
    Path((name, number)): Path<(String, i64)>,
) -> Result<Json<VersionJson>, Problem> {
    caller.require(Role::Viewer)?;
    let ground = shell.ground();
    let read = shell.read(move |tx| {
        let mut scope = Scope::new(tx, caller.org);
        let id = find(&mut scope, &name)?.id;
        let version = postmortem::version(&mut scope, id, number)?;
        Ok(VersionJson::of(&ground.setups.current(&mut scope)?.1, version))
    });
    Ok(Json(read.await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Begin {
    incident: String,
    body: Option<String>,
}

/// Begins a post-mortem with what the record says, or with a text; one that has begun stays as it is.
async fn begin(State(shell): State<Shell>, caller: Caller, sent: Bytes) -> Result<Response, Problem> {
    let by = caller.require(Role::Responder)?;
    let Begin { incident, body: text } = body(&sent)?;
    let ground = shell.ground();
    let done = shell.act(caller.org, move |scope, now| {
        let id = find(scope, &incident)?.id;
        let saved = match &text {
            None => Saved::Stored(postmortem::draft(scope, &ground, now, by, id)?),
            Some(text) => postmortem::save(scope, &ground, now, by, id, 0, text)?,
        };
        answered(scope, &ground, id, saved, now)
    });
    let done = done.await?;
    let place = match &done {
        Done::Stored(detail) => format!("/api/v1/postmortems/{}", detail.incident),
        Done::Conflict(_) => String::new(),
    };
    let mut response = done.answer(StatusCode::CREATED);
    if let Ok(place) = place.parse() {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    body: String,
}

async fn save(
    State(shell): State<Shell>,
    caller: Caller,
    Path(name): Path<String>,
    headers: HeaderMap,
    sent: Bytes,
) -> Result<Response, Problem> {
    let by = caller.require(Role::Responder)?;
    let base = base(&headers)?;
    let Text { body: text } = body(&sent)?;
    let ground = shell.ground();
    let done = shell.act(caller.org, move |scope, now| {
        let id = find(scope, &name)?.id;
        let saved = postmortem::save(scope, &ground, now, by, id, base, &text)?;
        answered(scope, &ground, id, saved, now)
    });
    Ok(done.await?.answer(StatusCode::OK))
}

/// The version that a text is based on.
fn base(headers: &HeaderMap) -> Result<i64, Problem> {
    let example =
        "send the version that the text is based on, as `If-Match: \"3\"`; reading it gives its ETag";
    let given = headers
        .get(header::IF_MATCH)
        .ok_or_else(|| Problem::new(StatusCode::PRECONDITION_REQUIRED, "Precondition Required", example))?;
    let number = given.to_str().ok().and_then(|text| text.trim().trim_matches('"').parse().ok());
    number.ok_or_else(|| bad(example))
}

/// What came of a text.
enum Done {
    Stored(Box<Detail>),
    Conflict(VersionJson),
}

fn answered(
    scope: &mut Scope<'_>,
    ground: &Ground,
    id: IncidentId,
    saved: Saved,
    now: Timestamp,
) -> Result<Done, CommandError> {
    Ok(match saved {
        Saved::Stored(_) => Done::Stored(Box::new(Detail::load(scope, ground, id, now)?)),
        Saved::Conflict(newest) => Done::Conflict(VersionJson::of(&ground.setups.current(scope)?.1, newest)),
    })
}

/// A refusal with the version that stands in the way.
#[derive(Serialize)]
struct Conflict {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
    newest: VersionJson,
}

impl Done {
    fn answer(self, status: StatusCode) -> Response {
        let newest = match self {
            Done::Stored(detail) => return tagged(status, *detail),
            Done::Conflict(newest) => newest,
        };
        let status = StatusCode::PRECONDITION_FAILED;
        let detail = format!(
            "{} saved version {} at {}: put both together and save again on the ground of that",
            newest.by, newest.number, newest.saved_at
        );
        let tag = format!("\"{}\"", newest.number);
        let title = "Precondition Failed";
        let body = Conflict { r#type: "about:blank", title, status: status.as_u16(), detail, newest };
        let headers = [(header::CONTENT_TYPE, "application/problem+json".to_owned()), (header::ETAG, tag)];
        (status, headers, Json(body)).into_response()
    }
}

fn tagged(status: StatusCode, detail: Detail) -> Response {
    let tag: [(HeaderName, String); 1] = [(header::ETAG, format!("\"{}\"", detail.version))];
    (status, tag, Json(detail)).into_response()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Submission {
    reviewer: String,
}

async fn submit(
    State(shell): State<Shell>,
    caller: Caller,
    Path(name): Path<String>,
    sent: Bytes,
) -> Result<Response, Problem> {
    let Submission { reviewer } = body(&sent)?;
    act(&shell, caller, name, move |scope, ground, now, by, id| {
        postmortem::submit(scope, ground, now, by, id, &reviewer)
    })
    .await
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Review {
    version: Option<i64>,
    #[serde(default)]
    comment: String,
}

async fn approve(
    State(shell): State<Shell>,
    caller: Caller,
    Path(name): Path<String>,
    sent: Bytes,
) -> Result<Response, Problem> {
    let Review { version, comment } = body(&sent)?;
    act(&shell, caller, name, move |scope, ground, now, by, id| {
        postmortem::approve(scope, ground, now, by, id, version, &comment)
    })
    .await
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Comment {
    #[serde(default)]
    comment: String,
}

async fn send_back(
    State(shell): State<Shell>,
    caller: Caller,
    Path(name): Path<String>,
    sent: Bytes,
) -> Result<Response, Problem> {
    let Comment { comment } = body(&sent)?;
    act(&shell, caller, name, move |scope, ground, now, by, id| {
        postmortem::send_back(scope, ground, now, by, id, &comment)
    })
    .await
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Publishing {
    #[serde(default)]
    without_review: bool,
}

async fn publish(
    State(shell): State<Shell>,
    caller: Caller,
    Path(name): Path<String>,
    sent: Bytes,
) -> Result<Response, Problem> {
    let Publishing { without_review } = body(&sent)?;
    act(&shell, caller, name, move |scope, ground, now, by, id| {
        postmortem::publish(scope, ground, now, by, id, without_review)
    })
    .await
}

/// Runs a command on the post-mortem of the incident that people name, and answers with it as it is then.
async fn act(
    shell: &Shell,
    caller: Caller,
    name: String,
    mut command: impl FnMut(
        &mut Scope<'_>,
        &Ground,
        Timestamp,
        Actor,
        IncidentId,
    ) -> Result<Postmortem, CommandError>
    + Send
    + 'static,
) -> Result<Response, Problem> {
    let by = caller.require(Role::Responder)?;
    let ground = shell.ground();
    let done = shell.act(caller.org, move |scope, now| {
        let id = find(scope, &name)?.id;
        command(scope, &ground, now, by, id)?;
        Detail::load(scope, &ground, id, now)
    });
    let detail = done.await?;
    shell.ring_tellers();
    Ok(tagged(StatusCode::OK, detail))
}
