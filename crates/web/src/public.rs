//! Hands out pages from the shelf: memory to socket, with validators and the encoding the reader takes.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Redirect, Response},
};
use bytes::Bytes;
use engine::shelf::{Sheet, Shelf};
use render::view::DirectoryView;

/// Caches may keep a page this long, and show it for a day when we do not answer.
const CACHE: &str = "public, max-age=10, stale-while-revalidate=30, stale-if-error=86400";

/// Files whose names hold the hash of their content never change.
const CACHE_FOR_EVER: &str = "public, max-age=31536000, immutable";

/// Nothing inline, nothing from elsewhere.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Serves the page at the path of the request.
pub(crate) async fn page(
    State(shelf): State<Arc<Shelf>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let mut response = answer(&shelf, &method, &uri, &headers);
    harden(response.headers_mut());
    response
}

fn answer(shelf: &Shelf, method: &Method, uri: &Uri, headers: &HeaderMap) -> Response {
    if method != Method::GET && method != Method::HEAD {
        let allow = [(header::ALLOW, "GET, HEAD")];
        return (StatusCode::METHOD_NOT_ALLOWED, allow, "this page can only be read\n").into_response();
    }
    let path = uri.path();
    if path == "/" {
        return Redirect::to("/directory").into_response();
    }
    if let Some(words) = search_words(uri) {
        return found(shelf, &words);
    }
    let shown = path.strip_suffix('/').filter(|rest| !rest.is_empty()).unwrap_or(path);
    match shelf.get(shown) {
        Some(sheet) => send(&sheet, shown, headers),
        None => missing(),
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
    if !sheet.content_type.starts_with("text/html") {
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

/// The words of a search in the directory.
fn search_words(uri: &Uri) -> Option<String> {
    if uri.path().trim_end_matches('/') != "/directory" {
        return None;
    }
    let query = uri.query()?;
    let words = query.split('&').find_map(|pair| pair.strip_prefix("q="))?;
    let words = decoded(words);
    (!words.trim().is_empty()).then_some(words)
}

/// Decodes a form value: `+` is a blank, `%41` a byte; what is not UTF-8 is replaced.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let hex = (byte == b'%').then(|| tail.get(..2)).flatten();
        let hex = hex.filter(|pair| pair.iter().all(u8::is_ascii_hexdigit));
        let coded = hex.and_then(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
        match (byte, coded) {
            (_, Some(value)) => {
                bytes.push(value);
                rest = &tail[2..];
            }
            (b'+', None) => {
                bytes.push(b' ');
                rest = tail;
            }
            (other, None) => {
                bytes.push(other);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn found(shelf: &Shelf, words: &str) -> Response {
    let Some(view) = shelf.directory() else {
        // Right after a start the pages stand before what they were drawn from does: the whole directory, unsearched.
        return Redirect::to("/directory").into_response();
    };
    let page = render::directory_search(&matching(&view, words), words);
    ([(header::CONTENT_TYPE, page.content_type)], page.body).into_response()
}

/// The part of the directory whose names hold every word, without regard to case. A category's name counts for all in it.
fn matching(view: &DirectoryView, words: &str) -> DirectoryView {
    let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
    let mut found = view.clone();
    for category in &mut found.categories {
        let name = category.name.to_lowercase();
        category.providers.retain(|line| {
            let line = line.name.to_lowercase();
            words.iter().all(|word| line.contains(word) || name.contains(word))
        });
    }
    found.categories.retain(|category| !category.providers.is_empty());
    found
}

fn missing() -> Response {
    let page = render::not_found();
    (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, page.content_type)], page.body).into_response()
}

#[cfg(test)]
mod tests;
