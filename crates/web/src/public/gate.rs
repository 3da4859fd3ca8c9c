//! Who is let in at a protected page: a browser with a pass, a program with the key in its address, and whoever gives the
//! password. Nothing here asks the ledger.
//!
//! The answer is the same below a whole page, whether or not there is anything at the path: where a password is asked for,
//! the question; where a link opens the page, that there is nothing.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::Query,
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use engine::{
    gate::{Gate, PASS_LASTS},
    shelf::Lookup,
};

use super::{FRAGMENT, FRAMED, Front, missing};
use crate::{origin::is_foreign, throttle::Throttle};

/// Wrong passwords that one network may give in [`SPAN`]; together with eight characters at least, nobody guesses one.
const MOST_TRIES: u32 = 10;
const SPAN: Duration = Duration::from_secs(10 * 60);

/// The longest form that is read.
const MOST_BYTES: usize = 4096;

/// What a browser keeps its pass in.
const COOKIE: &str = "midwatch-page";

/// Counts who tries passwords.
pub(crate) type Tries = Arc<Throttle<String>>;

pub(crate) fn tries() -> Tries {
    Arc::new(Throttle::new(MOST_TRIES, SPAN))
}

/// A request to a protected page.
pub(super) struct Visit<'a> {
    pub(super) method: &'a Method,
    pub(super) uri: &'a Uri,
    /// The path without a slash at its end.
    pub(super) path: &'a str,
    pub(super) headers: &'a HeaderMap,
    pub(super) network: &'a str,
    pub(super) body: &'a [u8],
}

/// Returns the answer to somebody who is not let in, or is sent on; `None` lets them in.
pub(super) fn stops(front: &Front, gate: &Gate, visit: &Visit<'_>) -> Option<Response> {
    if visit.method == Method::POST {
        return Some(unlock(front, gate, visit));
    }
    if has_pass(front, gate, visit.headers) {
        return None;
    }
    let key = visit.uri.query().and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("key=")));
    if key.is_some_and(|key| gate.is_key(key)) {
        if !is_whole_page(front, visit.path) {
            return None;
        }
        if !gate.has_password() {
            // Nobody is sent to an address that the page does not have: it might be another host's.
            let is_there = matches!(front.shelf.find(visit.path), Lookup::Page(..));
            return Some(pass_and_go(front, gate, if is_there { visit.path } else { &gate.base }));
        }
    }
    Some(if gate.has_password() { ask(front, gate, StatusCode::FORBIDDEN, ".ask") } else { missing() })
}

/// Whether whoever asks for what happens at this path may know it.
pub(crate) fn may_look(front: &Front, path: &str, headers: &HeaderMap) -> bool {
    Gate::find(&front.shelf, path).is_none_or(|gate| has_pass(front, &gate, headers))
}

/// Headers of every answer of a protected page.
pub(super) fn seal(headers: &mut HeaderMap) {
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding, cookie"));
    headers.remove(header::ACCESS_CONTROL_ALLOW_ORIGIN);
}

/// Somebody gives the password.
fn unlock(front: &Front, gate: &Gate, visit: &Visit<'_>) -> Response {
    let is_here = visit.path.strip_prefix(gate.base.as_str()) == Some("/unlock");
    if !is_here || !gate.has_password() || is_foreign(visit.headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let Some(shell) = &front.shell else { return StatusCode::SERVICE_UNAVAILABLE.into_response() };
    let now = shell.clock.now();
    if front.tries.is_spent(&visit.network.to_owned(), now) {
        let later = [(header::RETRY_AFTER, "600")];
        return (StatusCode::TOO_MANY_REQUESTS, later, "too many tries; try again in ten minutes\n")
            .into_response();
    }
    match password(visit.body).is_some_and(|given| gate.is_password(&shell.key, &given)) {
        true => pass_and_go(front, gate, &gate.base),
        false => {
            // Only what was wrong is counted: many readers may share a network.
            front.tries.allows(visit.network.to_owned(), now);
            ask(front, gate, StatusCode::FORBIDDEN, ".ask-again")
        }
    }
}

fn password(body: &[u8]) -> Option<String> {
    let body = std::str::from_utf8(body).ok().filter(|body| body.len() <= MOST_BYTES)?;
    // A form is written as a query is.
    let form = Uri::try_from(format!("/?{body}")).ok()?;
    let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(&form).ok()?;
    pairs.into_iter().find_map(|(name, value)| (name == "password").then_some(value))
}

/// Gives the browser a pass and sends it to the address without the key.
fn pass_and_go(front: &Front, gate: &Gate, path: &str) -> Response {
    let Some(shell) = &front.shell else { return StatusCode::SERVICE_UNAVAILABLE.into_response() };
    let pass = gate.pass(&shell.key, shell.clock.now());
    let secure = if shell.identity.public_url.starts_with("https://") { "; Secure" } else { "" };
    let (base, lasts) = (gate.seen(&gate.base), PASS_LASTS.as_secs());
    let cookie = format!("{COOKIE}={pass}; Path={base}; Max-Age={lasts}; HttpOnly; SameSite=Lax{secure}");
    let headers = [(header::LOCATION, gate.seen(path).to_owned()), (header::SET_COOKIE, cookie)];
    (StatusCode::SEE_OTHER, headers).into_response()
}

fn has_pass(front: &Front, gate: &Gate, headers: &HeaderMap) -> bool {
    let Some(shell) = &front.shell else { return false };
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let passes = cookies
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().strip_prefix(COOKIE)?.strip_prefix('='));
    // Each page has one of its own; a browser sends those of the longer paths first.
    passes.take(8).any(|pass| gate.admits(&shell.key, pass, shell.clock.now()))
}

/// Whether people look at it in a browser, rather than programs or frames, which keep no pass.
fn is_whole_page(front: &Front, path: &str) -> bool {
    match front.shelf.find(path) {
        Lookup::Page(sheet, _) => {
            sheet.content_type.starts_with("text/html")
                && !path.ends_with(FRAMED)
                && !path.ends_with(FRAGMENT)
        }
        Lookup::Undrawn | Lookup::Nothing => true,
    }
}

/// Answers with a question that was drawn with the page.
fn ask(front: &Front, gate: &Gate, status: StatusCode, name: &str) -> Response {
    let Some(sheet) = front.shelf.get(&format!("{}/{name}", gate.base)) else { return missing() };
    let kind = [(header::CONTENT_TYPE, sheet.content_type.to_string())];
    (status, kind, sheet.plain).into_response()
}
