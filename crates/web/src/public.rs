//! Hands out pages from the shelf: memory to socket, with validators and the encoding the reader takes.
//!
//! What stands on the shelf is served from it and from nothing else. Only a provider's page that nobody has asked for
//! lately is drawn first, where there is an engine that can.

mod find;
pub(crate) mod gate;

use std::sync::Arc;

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Redirect, Response},
};
use bytes::Bytes;
use engine::{
    Shell,
    drawing::{self, Asked},
    gate::Gate,
    shelf::{Lookup, Sheet, Shelf},
};

use crate::subscribe::Network;

/// Caches may keep a page this long, and show it for a day when we do not answer.
const CACHE: &str = "public, max-age=10, stale-while-revalidate=30, stale-if-error=86400";

/// Files whose names hold the hash of their content never change.
const CACHE_FOR_EVER: &str = "public, max-age=31536000, immutable";

/// Nothing inline, nothing from elsewhere.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The same for what stands in frames of other sites, which may be anybody's: it holds links and nothing that a click could
/// be stolen for.
const POLICY_FRAMED: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors *";

/// A picture that somebody else has drawn.
const POLICY_PICTURE: &str =
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; sandbox";

/// Ends the name of what stands in frames.
const FRAMED: &str = "/embed.html";

/// Ends the name of what servers of others, or scripts, put into pages of theirs.
const FRAGMENT: &str = "/fragment.html";

/// Whom the public pages are served by.
#[derive(Clone)]
pub(crate) struct Front {
    /// What stands.
    pub(crate) shelf: Arc<Shelf>,
    /// What draws; without it only what stands is served.
    pub(crate) shell: Option<Shell>,
    /// Who tries passwords of protected pages.
    pub(crate) tries: gate::Tries,
}

/// Serves the page at the path of the request.
pub(crate) async fn page(
    State(front): State<Front>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    network: Network,
    body: Bytes,
) -> Response {
    let path = uri.path();
    let path = path.strip_suffix('/').filter(|rest| !rest.is_empty()).unwrap_or(path);
    let gate = Gate::find(&front.shelf, path);
    let stopped = gate.as_ref().and_then(|gate| {
        let visit = gate::Visit {
            method: &method,
            uri: &uri,
            path,
            headers: &headers,
            network: &network.0,
            body: &body,
        };
        gate::stops(&front, gate, &visit)
    });
    let mut response = match stopped {
        Some(response) => response,
        None => answer(&front, &method, &uri, &headers).await,
    };
    harden(response.headers_mut());
    if gate.is_some() {
        gate::seal(response.headers_mut());
    }
    if is_logo(path, response.headers()) {
        // A picture at an address of its own is a document, and may hold what a document may.
        let policy = HeaderValue::from_static(POLICY_PICTURE);
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    if uri.path().ends_with(FRAMED) && response.status() != StatusCode::NOT_FOUND {
        let policy = HeaderValue::from_static(POLICY_FRAMED);
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

fn is_logo(path: &str, headers: &HeaderMap) -> bool {
    let is_picture =
        headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"image/"));
    is_picture && path.rsplit('/').next().is_some_and(|name| name.starts_with("logo-"))
}

async fn answer(front: &Front, method: &Method, uri: &Uri, headers: &HeaderMap) -> Response {
    if method != Method::GET && method != Method::HEAD {
        let allow = [(header::ALLOW, "GET, HEAD")];
        return (StatusCode::METHOD_NOT_ALLOWED, allow, "this page can only be read\n").into_response();
    }
    let path = uri.path();
    if path == "/" {
        return Redirect::to("/directory").into_response();
    }
    if let Some(asked) = find::asked(uri) {
        return find::found(front, asked);
    }
    let shown = path.strip_suffix('/').filter(|rest| !rest.is_empty()).unwrap_or(path);
    if shown.contains("/.") {
        // What pages keep beside them for serving.
        return missing();
    }
    match front.shelf.find(shown) {
        Lookup::Page(sheet, provider) => {
            if let (Some(id), Some(shell)) = (provider, &front.shell) {
                shell.visits.note(id, shell.clock.now());
            }
            send(&sheet, shown, headers)
        }
        Lookup::Undrawn => drawn(front, shown, headers).await,
        Lookup::Nothing => missing(),
    }
}

/// Answers with a page that has to be drawn first.
async fn drawn(front: &Front, path: &str, headers: &HeaderMap) -> Response {
    let Some(shell) = &front.shell else { return missing() };
    match drawing::page(shell, path).await {
        Asked::Page(sheet) => send(&sheet, path, headers),
        Asked::Moved(home) => Redirect::permanent(&home).into_response(),
        Asked::Nothing => missing(),
        Asked::Later => {
            let later = [(header::RETRY_AFTER, "5")];
            let words = "this page can't be drawn at the moment; try again in a few seconds\n";
            (StatusCode::SERVICE_UNAVAILABLE, later, words).into_response()
        }
    }
}

fn send(sheet: &Sheet, path: &str, headers: &HeaderMap) -> Response {
    let (encoding, body) = encoded(sheet, headers);
    let etag = format!("\"{}{}\"", sheet.etag, encoding.map(|name| format!("-{name}")).unwrap_or_default());
    let is_same =
        headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).is_some_and(|known| {
            known.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag || tag.trim() == "*")
        });
    let mut response = Response::new(if is_same { Body::empty() } else { Body::from(body) });
    if is_same {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let set = response.headers_mut();
    let value = |text: &str| HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""));
    set.insert(header::CONTENT_TYPE, value(&sheet.content_type));
    set.insert(header::ETAG, value(&etag));
    set.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    let cache = if path.starts_with("/assets/") { CACHE_FOR_EVER } else { CACHE };
    set.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    if let Some(name) = encoding {
        set.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
    }
    if !sheet.content_type.starts_with("text/html") || path.ends_with(FRAGMENT) {
        // Feeds, JSON and badges are there for anyone's page to use.
        set.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    }
    response
}

/// Headers of every answer on the public listener.
pub(crate) fn harden(headers: &mut HeaderMap) {
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("strict-origin-when-cross-origin"));
}

/// The best encoding that the reader takes and that is worth it.
fn encoded(sheet: &Sheet, headers: &HeaderMap) -> (Option<&'static str>, Bytes) {
    let takes =
        headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !sheet.brotli.is_empty() && accepts(takes, "br") {
        return (Some("br"), sheet.brotli.clone());
    }
    if !sheet.gzip.is_empty() && accepts(takes, "gzip") {
        return (Some("gzip"), sheet.gzip.clone());
    }
    (None, sheet.plain.clone())
}

/// Whether an `Accept-Encoding` names this coding without refusing it by `q=0`.
fn accepts(header: &str, coding: &str) -> bool {
    header.split(',').any(|part| {
        let mut pieces = part.split(';').map(str::trim);
        let named = pieces.next().is_some_and(|name| name.eq_ignore_ascii_case(coding));
        let weight = |piece: &str| piece.strip_prefix(['q', 'Q'])?.strip_prefix('=')?.parse::<f32>().ok();
        named && !pieces.filter_map(weight).any(|weight| weight <= 0.0)
    })
}

fn missing() -> Response {
    let page = render::not_found();
    (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, page.content_type)], page.body).into_response()
}

#[cfg(test)]
mod tests;
