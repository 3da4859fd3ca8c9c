//! The acknowledge link: looking at it shows what is, sending its form acts. Mail scanners and chat previews look; only a
//! person sends.
//!
//! A form acts on what its sender saw: it carries the generation of paging, and one that has been overtaken changes nothing
//! and says so. So a link that is used again, or a form that a browser sends once more, is harmless.

mod story;

use std::time::Duration;

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
    NotificationId, OrgId, Severity,
    escalation::Responder,
    incident::{Actor, Incident, Response as Taken},
    setup::{Publish, Setup},
};
use engine::{
    CommandError, Shell,
    commands::{self, whom},
    compose,
    seams::Bell,
};
use jiff::{Timestamp, tz::TimeZone};
use store::{
    Scope, attempts, incidents,
    notifications::{self, Notification},
};

use self::story::{Line, clock, exact, lines};
use crate::{problem::Problem, public::harden};

/// How long the button snoozes: long enough to get up, short enough not to forget.
const NAP: Duration = Duration::from_secs(30 * 60);

/// Messages that the story tells of.
const MOST_MESSAGES: u32 = 100;

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
    generation: u32,
    severity: &'static str,
    tone: &'static str,
    services: String,
    opened_at: String,
    opened_exact: String,
    assignee: Option<&'a str>,
    you: &'a str,
    notice: Option<&'a str>,
    state: Standing<'a>,
    is_live: bool,
    is_snoozed: bool,
    can_take_back: bool,
    can_snooze: bool,
    can_publish: bool,
    others: &'a [Other],
    story: &'a [Line],
}

/// Another incident that the same message told of.
struct Other {
    number: i64,
    title: String,
    response: &'static str,
}

enum Standing<'a> {
    Open,
    Acknowledged { by: &'a str, at: String, until: Option<String>, is_yours: bool },
    Snoozed { by: &'a str, until: String },
    Resolved { by: &'a str, at: String },
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
    /// The generation of paging that the link was sent by.
    generation: u32,
    by: Actor,
    you: String,
    zone: TimeZone,
    services: Vec<String>,
    taken_by: String,
    assignee: Option<String>,
    /// The message that the link was in, and what else it told of.
    message: NotificationId,
    others: Vec<Other>,
    story: Vec<Line>,
}

/// What a form asks for, and by which generation of paging its sender saw the incident.
struct Wish {
    act: String,
    generation: Option<u32>,
}

impl Wish {
    /// A body other than the form's acknowledges: whoever sends to the link by script means that.
    fn read(body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        let value = |name: &str| {
            let mut pairs = text.split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
        };
        Self {
            act: value("act").unwrap_or_else(|| "acknowledge".to_owned()),
            generation: value("generation").and_then(|text| text.parse().ok()),
        }
    }
}

async fn show(State(shell): State<Shell>, Path(token): Path<String>) -> Response {
    match linked(&shell, &token).await {
        Ok(linked) => page(&linked, None),
        Err(problem) => sorry(&problem),
    }
}

async fn act(State(shell): State<Shell>, Path(token): Path<String>, body: Bytes) -> Response {
    let linked = match linked(&shell, &token).await {
        Ok(linked) => linked,
        Err(problem) => return sorry(&problem),
    };
    let wish = Wish::read(&body);
    if wish.generation.unwrap_or(linked.generation) != linked.incident.generation {
        let why =
            "Paging has begun anew since that was sent, so nothing was done. This is how it stands now.";
        return page(&linked, Some(why));
    }
    match perform(&shell, &linked, wish.act).await {
        Ok(()) => {
            shell.doorbell.ring(Bell::Judge);
            shell.ring_tellers();
            Redirect::to(&format!("/ack/{token}")).into_response()
        }
        // Somebody was faster, or there is nothing to do it to: the page says who, and how it stands now.
        Err(CommandError::Rejected(why)) => match self::linked(&shell, &token).await {
            Ok(linked) => page(&linked, Some(&format!("Nothing was done: {why}."))),
            Err(problem) => sorry(&problem),
        },
        Err(error) => sorry(&Problem::from(error)),
    }
}

async fn perform(shell: &Shell, linked: &Linked, act: String) -> Result<(), CommandError> {
    let (ground, by, id, message) = (shell.ground(), linked.by, linked.incident.id, linked.message);
    let done = shell.act(linked.org, move |scope, now| match act.as_str() {
        "acknowledge" => commands::acknowledge_message(scope, &ground, now, by, message),
        "unacknowledge" => commands::unacknowledge(scope, &ground, now, by, id),
        "snooze" => {
            let until = now.checked_add(NAP).unwrap_or(now);
            commands::snooze(scope, &ground, now, by, id, until)
        }
        "escalate" => commands::escalate_now(scope, &ground, now, by, id),
        "resolve" => commands::resolve(scope, &ground, now, by, id),
        "publish" => commands::publish(scope, &ground, now, by, id),
        other => Err(CommandError::Rejected(format!("nobody knows how to {other}"))),
    });
    done.await.map(drop)
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
        described(&mut scope, incident, &notification, &setup).map(Some)
    });
    read.await?.ok_or_else(unknown)
}

fn described(
    scope: &mut Scope<'_>,
    incident: Incident,
    of: &Notification,
    setup: &Setup,
) -> Result<Linked, CommandError> {
    let events = incidents::list_events(scope, incident.id)?;
    let mut told = Vec::new();
    for owed in notifications::list(scope, incident.id, MOST_MESSAGES)? {
        let tries = attempts::list(scope, owed.id)?;
        told.push((owed, tries));
    }
    let (by, you, zone) = match of.responder {
        Responder::User(id) => {
            let zone = setup.user(id).map_or(TimeZone::UTC, |user| user.time_zone.clone());
            (Actor::User(id), compose::name(setup, Actor::User(id)), zone)
        }
        Responder::Channel(id) => {
            let channel = setup.channel(id).map_or("a channel", |channel| &channel.slug);
            (compose::answerer(setup, of.responder), format!("somebody in {channel}"), TimeZone::UTC)
        }
    };
    let mut others = Vec::new();
    for (other, _) in notifications::list_folded(scope, of.id)? {
        others.extend(incidents::get(scope, other)?.map(|other| Other {
            number: other.number,
            title: other.title,
            response: other.response.word(),
        }));
    }
    let services = incident.services.iter().filter_map(|affected| setup.service(affected.service));
    Ok(Linked {
        org: scope.org(),
        generation: of.generation,
        by,
        you,
        services: services.map(|service| service.name.clone()).collect(),
        taken_by: incident.response.given().map(|(by, _)| compose::name(setup, by)).unwrap_or_default(),
        assignee: incident.assignee.map(|to| whom::name(setup, to)),
        message: of.id,
        others,
        story: lines(setup, &events, &told, &zone),
        zone,
        incident,
    })
}

/// Shows how an incident stands; with a notice, that something was asked for and not done.
fn page(linked: &Linked, notice: Option<&str>) -> Response {
    let incident = &linked.incident;
    let clock = |at: Timestamp| clock(at, &linked.zone);
    let by = linked.taken_by.as_str();
    let state = match incident.response {
        Taken::Open => Standing::Open,
        Taken::Resolved { at, .. } => Standing::Resolved { by, at: clock(at) },
        Taken::Acknowledged { by: holder, at, .. } => match incident.response.until().map(clock) {
            Some(until) if incident.response.is_snoozed() => Standing::Snoozed { by, until },
            until => Standing::Acknowledged { by, at: clock(at), until, is_yours: holder == linked.by },
        },
    };
    let is_yours = incident.response.given().is_some_and(|(holder, _)| holder == linked.by);
    let is_open = incident.response == Taken::Open;
    let page = AckPage {
        css: render::stylesheet(),
        mark: render::mark(),
        title: &incident.title,
        number: incident.number,
        generation: incident.generation,
        severity: incident.severity.word(),
        tone: tone(incident.severity),
        services: linked.services.join(", "),
        opened_at: clock(incident.opened_at),
        opened_exact: exact(incident.opened_at),
        assignee: linked.assignee.as_deref(),
        you: &linked.you,
        notice,
        state,
        is_live: !incident.is_resolved(),
        is_snoozed: incident.response.is_snoozed(),
        can_take_back: !is_open && (is_yours || incident.response.is_snoozed()),
        can_snooze: is_open || (is_yours && !incident.response.is_snoozed()),
        can_publish: incident.publish == Publish::Draft && !incident.is_resolved(),
        others: &linked.others,
        story: &linked.story,
    };
    html(if notice.is_some() { StatusCode::CONFLICT } else { StatusCode::OK }, &page)
}

/// The class of the sheet that a severity is shown by.
const fn tone(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "major",
        Severity::Error => "partial",
        Severity::Warning => "degraded",
        Severity::Info => "unknown",
    }
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
