//! Answers of the public part of the API: JSON with a validator, for any cache and any site; and pages of lists.

use std::fmt::Write;

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::extract::{Pairs, bad};
use crate::problem::Problem;

/// The view is as old as this at the most when nothing changes; a cache may add as much.
const CACHE: &str = "public, max-age=10, stale-while-revalidate=30, stale-if-error=86400";

/// Returns a value as JSON, or word that the reader has it already.
pub(crate) fn json(asked: &HeaderMap, value: &impl Serialize) -> Result<Response, Problem> {
    let body = serde_json::to_vec(value).map_err(|error| {
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error", error.to_string())
    })?;
    let hash: String = Sha256::digest(&body).iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    let etag = format!("\"{hash}\"");
    let mut response = if has(asked, &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, "application/json")], Body::from(body)).into_response()
    };
    let set = response.headers_mut();
    set.insert(header::ETAG, HeaderValue::from_str(&etag).unwrap_or(HeaderValue::from_static("\"\"")));
    set.insert(header::CACHE_CONTROL, HeaderValue::from_static(CACHE));
    Ok(response)
}

fn has(asked: &HeaderMap, etag: &str) -> bool {
    let known = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    known.flat_map(|value| value.split(',')).any(|tag| {
        let tag = tag.trim();
        tag == "*" || tag.trim_start_matches("W/") == etag
    })
}

/// How much of a list is asked for.
pub(crate) struct Paging {
    pub(crate) limit: usize,
    pub(crate) cursor: Option<String>,
}

impl Paging {
    /// Reads `limit` and `cursor`.
    pub(crate) fn of(pairs: &Pairs, usual: usize, most: usize) -> Result<Self, Problem> {
        let limit = pairs.read("limit", "a number from 1 on", |text| {
            text.parse::<usize>().ok().filter(|limit| *limit > 0)
        })?;
        let cursor = pairs.one("cursor").map(str::to_owned);
        Ok(Self { limit: limit.unwrap_or(usual).min(most), cursor })
    }

    /// Returns what `read` makes of the cursor.
    pub(crate) fn from<T>(&self, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Problem> {
        let cursor = |text: &String| read(text).ok_or_else(|| bad("the cursor is not one we gave"));
        self.cursor.as_ref().map(cursor).transpose()
    }
}

/// Adds the address of the next page, which is this one's with another cursor (RFC 8288).
pub(crate) fn link_next(response: &mut Response, address: &str, pairs: &Pairs, next: Option<&str>) {
    let Some(next) = next else { return };
    let mut query = String::new();
    for (name, value) in pairs.0.iter().filter(|(name, _)| name != "cursor") {
        let _ = write!(query, "{}={}&", encoded(name), encoded(value));
    }
    let link = format!("<{address}?{query}cursor={}>; rel=\"next\"", encoded(next));
    if let Ok(value) = HeaderValue::from_str(&link) {
        response.headers_mut().insert(header::LINK, value);
    }
}

/// Returns a text as it stands in a query or a segment of a path.
pub(crate) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
