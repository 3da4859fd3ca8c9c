//! Draws the acknowledge page.

use askama::Template;
use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use domain::{Language, Phase, Severity, incident::Response as Taken, setup::Publish};
use engine::behind::{Behind, Said};
use jiff::Timestamp;
use render::Mood;

use super::{
    linked::{Linked, Other, Shown},
    story::{Line, Reader, exact},
};
use crate::{problem::Problem, public::harden};

#[derive(Template)]
#[template(path = "ack.html")]
struct AckPage<'a> {
    css: &'static str,
    script: &'static str,
    mark: &'static str,
    path: &'a str,
    seen: &'a str,
    title: &'a str,
    number: i64,
    generation: u32,
    severity: &'static str,
    tone: &'static str,
    services: Vec<(&'a str, Mood)>,
    opened_at: Instant,
    as_of: Instant,
    zone: &'a str,
    assignee: Option<&'a str>,
    you: &'a str,
    notice: Option<&'a str>,
    state: Standing<'a>,
    is_live: bool,
    is_snoozed: bool,
    can_take_back: bool,
    can_snooze: bool,
    can_publish: bool,
    draft: Option<Draft<'a>>,
    /// How many of the others the button takes.
    more: usize,
    causes: Vec<Cause<'a>>,
    status_page: Option<&'a (String, String)>,
    others: &'a [Other],
    story: &'a [Line],
}

/// An instant for a person and for a machine.
struct Instant {
    at: String,
    exact: String,
}

/// What readers would see once somebody says so.
struct Draft<'a> {
    title: &'a str,
    services: Vec<(&'a str, Mood)>,
    body: &'a str,
    /// Title and words in other languages.
    others: &'a [(Language, String, String)],
    mark: &'a str,
    is_refused: bool,
}

/// A provider that is behind it.
struct Cause<'a> {
    provider: &'a str,
    path: &'a str,
    parts: Vec<(&'a str, Mood, Instant)>,
    said: Option<Word<'a>>,
}

/// What a provider says itself.
struct Word<'a> {
    title: &'a str,
    phase: &'static str,
    text: &'a str,
    at: Option<Instant>,
    link: Option<&'a str>,
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

/// Shows how an incident stands; with a notice, that something was asked for and not done.
pub(super) fn show(linked: &Linked, status: StatusCode, notice: Option<&str>) -> Response {
    let incident = &linked.incident;
    let reader = Reader { zone: &linked.zone, now: linked.now };
    let is_yours = incident.response.given().is_some_and(|(holder, _)| holder == linked.by);
    let is_open = incident.response == Taken::Open;
    let is_snoozed = incident.response.is_snoozed();
    let page = AckPage {
        css: render::stylesheet(),
        script: render::script(),
        mark: render::mark(),
        path: &linked.path,
        seen: &linked.mark,
        title: &incident.title,
        number: incident.number,
        generation: incident.generation,
        severity: incident.severity.word(),
        tone: tone(incident.severity),
        services: linked
            .services
            .iter()
            .map(|(name, status)| (name.as_str(), Mood::in_english(*status)))
            .collect(),
        opened_at: instant(incident.opened_at, &reader),
        as_of: instant(linked.now, &reader),
        zone: linked.zone.iana_name().unwrap_or("UTC"),
        assignee: linked.assignee.as_deref(),
        you: &linked.you,
        notice,
        state: standing(linked, &reader),
        is_live: !incident.is_resolved(),
        is_snoozed,
        can_take_back: !incident.is_resolved() && !is_open && (is_yours || is_snoozed),
        can_snooze: is_open || (is_yours && !is_snoozed),
        can_publish: incident.publish == Publish::Draft && !incident.is_resolved() && linked.draft.is_none(),
        draft: linked.draft.as_ref().map(draft),
        more: linked.others.iter().filter(|other| other.is_taken).count(),
        causes: linked.behind.iter().map(|behind| cause(behind, &reader)).collect(),
        status_page: linked.status_page.as_ref(),
        others: &linked.others,
        story: &linked.story,
    };
    html(status, &page)
}

fn draft(shown: &Shown) -> Draft<'_> {
    let services = shown.services.iter();
    Draft {
        title: &shown.title,
        services: services.map(|(name, status)| (name.as_str(), Mood::in_english(*status))).collect(),
        body: &shown.body,
        others: &shown.others,
        mark: &shown.mark,
        is_refused: shown.is_refused,
    }
}

fn standing<'a>(linked: &'a Linked, reader: &Reader<'_>) -> Standing<'a> {
    let (by, response) = (linked.taken_by.as_str(), linked.incident.response);
    match response {
        Taken::Open => Standing::Open,
        Taken::Resolved { at, .. } => Standing::Resolved { by, at: reader.clock(at) },
        Taken::Acknowledged { by: holder, at, .. } => match response.until().map(|at| reader.clock(at)) {
            Some(until) if response.is_snoozed() => Standing::Snoozed { by, until },
            until => {
                Standing::Acknowledged { by, at: reader.clock(at), until, is_yours: holder == linked.by }
            }
        },
    }
}

fn cause<'a>(behind: &'a Behind, reader: &Reader<'_>) -> Cause<'a> {
    let parts = behind.parts.iter();
    Cause {
        provider: &behind.provider,
        path: &behind.path,
        parts: parts
            .map(|part| (part.name.as_str(), Mood::in_english(part.status), instant(part.since, reader)))
            .collect(),
        said: behind.said.as_ref().map(|said| word(said, reader)),
    }
}

fn word<'a>(said: &'a Said, reader: &Reader<'_>) -> Word<'a> {
    Word {
        title: &said.title,
        // Where the phase is one that we don't know, nothing is claimed.
        phase: if said.phase == Phase::Unknown { "" } else { said.phase.word() },
        text: &said.words,
        at: said.at.map(|at| instant(at, reader)),
        link: said.url.as_deref().and_then(render::web),
    }
}

fn instant(at: Timestamp, reader: &Reader<'_>) -> Instant {
    Instant { at: reader.clock(at), exact: exact(at) }
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

pub(super) fn sorry(problem: &Problem) -> Response {
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
