//! The acknowledge link: looking at it shows a form, sending the form acts. Mail scanners and chat previews look; only a
//! person sends.

use askama::Template;
use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use domain::{
    OrgId,
    escalation::Responder,
    incident::{Actor, Incident, Response as Taken},
    setup::{Publish, Setup},
};
use engine::{CommandError, Shell, commands, compose};
use store::{Scope, incidents, notifications};

use crate::{problem::Problem, public::harden};

pub(crate) fn routes() -> Router<Shell> {
    Router::new().route("/ack/{token}", get(show).post(act))
}

#[derive(Template)]
#[template(path = "ack.html")]
struct AckPage<'a> {
    css: &'static str,
    mark: &'static str,
    title: &'a str,
    number: i64,
    severity: &'static str,
    services: String,
    opened_at: String,
    opened_exact: String,
    you: &'a str,
    state: Standing<'a>,
    can_publish: bool,
}

enum Standing<'a> {
    Open,
    Acknowledged { by: &'a str, at: &'a str },
    Resolved { at: &'a str },
}

#[derive(Template)]
#[template(path = "sorry.html")]
struct Sorry<'a> {
    css: &'static str,
    mark: &'static str,
    heading: &'a str,
    text: &'a str,
}

/// What a link leads to.
struct Linked {
    org: OrgId,
    incident: Incident,
    by: Actor,
    you: String,
    services: Vec<String>,
    taken_by: String,
}

async fn show(State(shell): State<Shell>, Path(token): Path<String>) -> Response {
    match linked(&shell, &token).await {
        Ok(linked) => page(&linked),
        Err(problem) => sorry(&problem),
    }
}

/// A body other than the form's acknowledges too: whoever sends to the link by script means that.
async fn act(State(shell): State<Shell>, Path(token): Path<String>, body: Bytes) -> Response {
    let done = async {
        let linked = linked(&shell, &token).await?;
        let (ground, by, id) = (shell.ground(), linked.by, linked.incident.id);
        if body.split(|byte| *byte == b'&').any(|pair| pair == b"act=publish") {
            shell.act(linked.org, move |scope, now| commands::publish(scope, &ground, now, by, id)).await?;
            shell.doorbell.ring(engine::seams::Bell::Judge);
        } else {
            let taken = shell
                .act(linked.org, move |scope, now| commands::acknowledge(scope, &ground, now, by, id))
                .await;
            match taken {
                // Someone was faster, or it is over: the page says so.
                Ok(_) | Err(CommandError::Rejected(_)) => {}
                Err(error) => return Err(Problem::from(error)),
            }
        }
        shell.ring_tellers();
        Ok(())
    };
    match done.await {
        Ok(()) => Redirect::to(&format!("/ack/{token}")).into_response(),
        Err(problem) => sorry(&problem),
    }
}

async fn linked(shell: &Shell, token: &str) -> Result<Linked, Problem> {
    let unknown = || {
        Problem::not_found(
            "This link is not one of ours, or it has been cut short. Open it again from the message.",
        )
    };
    let id = shell.key.read_ack_token(token).ok_or_else(unknown)?;
    let ground = shell.ground();
    let read = shell.read(move |tx| {
        let Some((org, notification)) = notifications::find_any(tx, id)? else { return Ok(None) };
        let mut scope = Scope::new(tx, org);
        let Some(incident) = incidents::get(&mut scope, notification.incident)? else { return Ok(None) };
        let (_, setup) = ground.setups.current(&mut scope)?;
        let by = match notification.responder {
            Responder::User(user) => Actor::User(user),
            Responder::Channel(_) => Actor::Operator,
        };
        Ok(Some(described(org, incident, by, &setup)))
    });
    read.await?.ok_or_else(unknown)
}

fn described(org: OrgId, incident: Incident, by: Actor, setup: &Setup) -> Linked {
    let services = incident.services.iter().filter_map(|affected| setup.service(affected.service));
    let taken_by = match incident.response {
        Taken::Acknowledged { by, .. } | Taken::Resolved { by, .. } => compose::name(setup, by),
        Taken::Open => String::new(),
    };
    Linked {
        org,
        by,
        you: compose::name(setup, by),
        services: services.map(|service| service.name.clone()).collect(),
        taken_by,
        incident,
    }
}

fn page(linked: &Linked) -> Response {
    let incident = &linked.incident;
    let clock = |at: jiff::Timestamp| at.strftime("%Y-%m-%d %H:%M UTC").to_string();
    let at = match incident.response {
        Taken::Open => String::new(),
        Taken::Acknowledged { at, .. } | Taken::Resolved { at, .. } => clock(at),
    };
    let state = match incident.response {
        Taken::Open => Standing::Open,
        Taken::Acknowledged { .. } => Standing::Acknowledged { by: &linked.taken_by, at: &at },
        Taken::Resolved { .. } => Standing::Resolved { at: &at },
    };
    let page = AckPage {
        css: render::stylesheet(),
        mark: render::mark(),
        title: &incident.title,
        number: incident.number,
        severity: incident.severity.word(),
        services: linked.services.join(", "),
        opened_at: clock(incident.opened_at),
        opened_exact: incident.opened_at.to_string(),
        you: &linked.you,
        state,
        can_publish: incident.publish == Publish::Draft && !incident.is_resolved(),
    };
    html(StatusCode::OK, &page)
}

fn sorry(problem: &Problem) -> Response {
    let heading = if problem.status() == StatusCode::NOT_FOUND {
        "This link leads nowhere"
    } else {
        "That did not work"
    };
    html(
        problem.status(),
        &Sorry { css: render::stylesheet(), mark: render::mark(), heading, text: problem.detail() },
    )
}

fn html(status: StatusCode, page: &impl Template) -> Response {
    let Ok(text) = page.render() else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let mut response = (status, Html(text)).into_response();
    private(response.headers_mut());
    response
}

/// A page that is meant for one person: not stored, not indexed, its address not passed on.
fn private(headers: &mut HeaderMap) {
    harden(headers);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex"));
}
