//! The page on which a person allows their browsers to be paged, what it needs in the browser, and the callback by which
//! Pushover hints that something was acknowledged there.
//!
//! Whoever holds a person's link acts for that person, so it is shown to nobody: not stored, not indexed, not passed on.

use askama::Template;
use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State, rejection::JsonRejection},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use domain::{AmendmentId, OrgId, UserId, contact::Standing, incident::Actor};
use engine::{
    CommandError, Shell,
    commands::{self, Browser, NewBrowser},
    receipts,
    seams::Bell,
};
use serde::Deserialize;
use serde_json::json;
use store::{Scope, contacts};

use crate::{origin::is_foreign, problem::Problem, public::harden};

const WORKER: &str = include_str!("../assets/push-worker.js");
const SCRIPT: &str = include_str!("../assets/push.js");

/// What a browser hands out is a few hundred bytes.
const MOST_BYTES: usize = 16 * 1024;

/// Nothing inline, nothing from elsewhere; the page may be installed and work in the background.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
                      worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

pub(crate) fn routes() -> Router<Shell> {
    Router::new()
        .route("/push/worker.js", get(|| async { script(WORKER) }))
        .route("/push/page.js", get(|| async { script(SCRIPT) }))
        .route("/push/{token}", get(show))
        .route("/push/{token}/manifest.webmanifest", get(manifest))
        .route("/push/{token}/browsers", post(add))
        .route("/push/{token}/browsers/{id}", post(act))
        .route("/push/{token}/{done}", get(show_done))
        .route("/callbacks/pushover/{token}", post(pushover))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
}

#[derive(Template)]
#[template(path = "push.html")]
struct PushPage {
    css: &'static str,
    mark: &'static str,
    token: String,
    key: String,
    organization: String,
    you: String,
    notice: Option<&'static str>,
    /// Whether people come here by an address at which no browser allows notifications.
    is_plain: bool,
    browsers: Vec<Row>,
}

struct Row {
    id: AmendmentId,
    name: String,
    contact: String,
    since: String,
    trouble: Option<String>,
}

/// What a browser sends.
#[derive(Deserialize)]
struct Subscription {
    endpoint: String,
    p256dh: String,
    auth: String,
    #[serde(default)]
    name: String,
}

async fn show(State(shell): State<Shell>, Path(token): Path<String>) -> Result<Response, Problem> {
    page(&shell, token, None).await
}

/// The page with what was just done; the address says it, so that going back or reloading does nothing.
async fn show_done(
    State(shell): State<Shell>,
    Path((token, done)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let notice = match done.as_str() {
        "tested" => "A test is on its way: it should ring within seconds.",
        "removed" => "That browser is no longer paged.",
        _ => return Err(unknown()),
    };
    page(&shell, token, Some(notice)).await
}

async fn page(shell: &Shell, token: String, notice: Option<&'static str>) -> Result<Response, Problem> {
    let (org, user) = whose(shell, &token)?;
    let ground = shell.ground();
    let read = shell.read(move |tx| {
        let mut scope = Scope::new(tx, org);
        let (_, setup) = ground.setups.current(&mut scope)?;
        let Some(person) = setup.user(user) else { return Ok(None) };
        let states = contacts::list(&mut scope)?;
        let row = |browser: Browser| {
            let is_failing = browser.contact.standing(user, &states) == Standing::Failing;
            let state = browser.contact.state(user, &states).filter(|_| is_failing);
            Row {
                id: browser.id,
                name: if browser.name.is_empty() { "A browser".to_owned() } else { browser.name },
                contact: browser.contact.id,
                since: browser.added_at.to_zoned(person.time_zone.clone()).strftime("%-d %b %Y").to_string(),
                trouble: state.map(|state| state.last_answer.clone().unwrap_or_else(|| "failing".to_owned())),
            }
        };
        let browsers = commands::list_browsers(&mut scope, user)?.into_iter().map(row).collect();
        Ok(Some((setup.organization.name.clone(), person.name.clone(), browsers)))
    });
    let (organization, you, browsers): (String, String, Vec<Row>) = read.await?.ok_or_else(unknown)?;
    let (css, mark, key) = (render::stylesheet(), render::mark(), shell.key.push_key().public());
    let is_plain = is_plain(&shell.identity.public_url);
    let page = PushPage { css, mark, token, key, organization, you, notice, is_plain, browsers };
    let text = page.render().map_err(|error| Problem::from(CommandError::Rejected(error.to_string())))?;
    Ok(private(Html(text).into_response()))
}

/// Whether browsers refuse notifications at this address: they want `https`, or the machine itself.
fn is_plain(public_url: &str) -> bool {
    let Some(rest) = public_url.strip_prefix("http://") else { return false };
    let host = rest.split('/').next().unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    !(name == "localhost" || name.ends_with(".localhost") || name == "[::1]" || name.starts_with("127."))
}

/// What the page is called once it is installed.
async fn manifest(State(shell): State<Shell>, Path(token): Path<String>) -> Result<Response, Problem> {
    whose(&shell, &token)?;
    let start = format!("/push/{token}");
    let icon = json!({ "src": render::mark(), "sizes": "any", "type": "image/svg+xml", "purpose": "any" });
    let body = json!({
        "name": "Midwatch", "short_name": "Midwatch", "description": "Pages for whoever is on call",
        "id": start, "start_url": start, "scope": "/", "display": "standalone",
        "background_color": "#0b1220", "theme_color": "#0b1220", "icons": [icon],
    });
    let kind = [(header::CONTENT_TYPE, "application/manifest+json")];
    Ok(private((kind, body.to_string()).into_response()))
}

async fn add(
    State(shell): State<Shell>,
    Path(token): Path<String>,
    headers: HeaderMap,
    sent: Result<Json<Subscription>, JsonRejection>,
) -> Result<Response, Problem> {
    refuse_foreign(&headers)?;
    let (org, user) = whose(&shell, &token)?;
    let Json(Subscription { endpoint, p256dh, auth, name }) = sent?;
    let (ground, id) = (shell.ground(), AmendmentId(shell.mint.id()));
    let wanted = NewBrowser { endpoint, p256dh, auth, name };
    let added = shell
        .act(org, move |scope, now| commands::add_browser(scope, &ground, now, id, user, &wanted))
        .await?;
    let body = json!({ "id": added.id.to_string(), "contact": added.contact.id, "name": added.name });
    Ok(private((StatusCode::CREATED, Json(body)).into_response()))
}

async fn act(
    State(shell): State<Shell>,
    Path((token, id)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    refuse_foreign(&headers)?;
    let (org, user) = whose(&shell, &token)?;
    let id = AmendmentId::parse(&id).ok_or_else(unknown)?;
    let done = match body.as_ref() {
        b"act=remove" => {
            shell.act(org, move |scope, now| commands::remove_browser(scope, now, user, id)).await?;
            "removed"
        }
        b"act=test" => {
            let ground = shell.ground();
            let test = move |scope: &mut Scope<'_>, now| {
                let browsers = commands::list_browsers(scope, user)?;
                let held = browsers.into_iter().find(|browser| browser.id == id);
                let held = held.ok_or_else(|| CommandError::NotFound(format!("browser {id}")))?;
                let contact = (user, held.contact.id.as_str());
                commands::test_contact(scope, &ground, now, Actor::User(user), contact)
            };
            shell.act(org, test).await?;
            shell.doorbell.ring(Bell::Notify);
            "tested"
        }
        _ => return Err(Problem::from(CommandError::Rejected("nobody knows how to do that".to_owned()))),
    };
    Ok(Redirect::to(&format!("/push/{token}/{done}")).into_response())
}

/// The body says that somebody acknowledged; it is not read. What counts is what Pushover answers when asked.
async fn pushover(State(shell): State<Shell>, Path(token): Path<String>) -> Result<StatusCode, Problem> {
    let id = shell.key.read_ack_token(&token).ok_or_else(unknown)?;
    receipts::confirm(&shell, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn refuse_foreign(headers: &HeaderMap) -> Result<(), Problem> {
    if is_foreign(headers) {
        let why = "another site has sent this, so nothing was done; use the page itself";
        return Err(Problem::new(StatusCode::FORBIDDEN, "Forbidden", why));
    }
    Ok(())
}

fn whose(shell: &Shell, token: &str) -> Result<(OrgId, UserId), Problem> {
    shell.key.read_push_token(token).ok_or_else(unknown)
}

fn unknown() -> Problem {
    Problem::not_found("This link is not one of ours, or it has been cut short. Ask for a new one.")
}

fn script(text: &'static str) -> Response {
    let kind =
        [(header::CONTENT_TYPE, "text/javascript; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    let mut response = (kind, text).into_response();
    harden(response.headers_mut());
    response
}

fn private(mut response: Response) -> Response {
    let headers = response.headers_mut();
    harden(headers);
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_allow_notifications_by_https_and_on_the_machine_itself() {
        let check = |url, expected| assert_eq!(is_plain(url), expected, "{url}");
        check("https://midwatch.test", false);
        check("http://localhost:8080", false);
        check("http://127.0.0.1:8080", false);
        check("http://[::1]:8080", false);
        check("http://midwatch.localhost", false);
        check("http://midwatch.test", true);
        check("http://10.0.0.7:8080", true);
        check("http://[fd00::1]:8080", true);
        check("http://localhost.test/x", true);
    }
}
