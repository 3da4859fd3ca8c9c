//! What we know of providers, for anyone: no token, any site, from the view in memory.
//!
//! A list asks nothing of the ledger. What is said of one provider is read at most once between two of its polls; its past
//! is one bounded query.

mod events;
mod json;
mod list;
mod past;
mod present;

use std::sync::Arc;

use axum::{
    Router,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::map_response,
    response::{IntoResponse, Response},
    routing::{MethodRouter, get},
};
use engine::{
    Shell,
    live::{Entry, Overview},
};
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::{problem::Problem, public::harden};

pub(super) fn routes(stop: CancellationToken) -> Router<Shell> {
    let stream = move |shell, pairs, headers| events::stream(shell, pairs, headers, stop.clone());
    Router::new()
        .route("/providers", open(get(list::list)))
        .route("/providers/events", open(get(stream)))
        .route("/providers/{slug}", open(get(present::get)))
        .route("/providers/{slug}/components", open(get(present::components)))
        .route("/providers/{slug}/incidents", open(get(past::incidents)))
        .route("/providers/{slug}/incidents/{id}", open(get(past::incident)))
        .route("/providers/{slug}/changes", open(get(past::changes)))
        .layer(map_response(for_anyone))
}

/// Adds the answer to the question which a browser asks before it sends validators to another site.
fn open(route: MethodRouter<Shell>) -> MethodRouter<Shell> {
    route.options(|| async {
        let headers = [
            (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD"),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, "if-none-match, last-event-id"),
            (header::ACCESS_CONTROL_MAX_AGE, "86400"),
        ];
        (StatusCode::NO_CONTENT, headers)
    })
}

async fn for_anyone(mut response: Response) -> Response {
    harden(response.headers_mut());
    let set = response.headers_mut();
    set.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    set.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("etag, link, retry-after"));
    response
}

/// Returns every provider as of the moment when the view was last brought up to date.
fn overview(shell: &Shell) -> Result<(Arc<Overview>, Timestamp), Problem> {
    let overview = shell.live.overview();
    let unready = || {
        Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "Service Unavailable",
            "what is known is still being read after a start; try again",
        )
    };
    let as_of = overview.as_of.ok_or_else(unready)?;
    Ok((overview, as_of))
}

/// Returns the provider with this slug, and when the view was last brought up to date.
fn find(shell: &Shell, slug: &str) -> Result<(Arc<Entry>, Timestamp), Problem> {
    let (overview, as_of) = overview(shell)?;
    let entry =
        overview.get(slug).ok_or_else(|| Problem::not_found(format!("there is no provider {slug:?}")))?;
    Ok((Arc::clone(entry), as_of))
}

/// Returns an answer with its validators.
fn answer(asked: &HeaderMap, value: &impl serde::Serialize) -> Result<Response, Problem> {
    super::answer::json(asked, value).map(IntoResponse::into_response)
}
