//! The listeners while the ledger can't be opened: readers get what stands on the shelf, everybody else is told to come again.

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::get,
};
use bytes::Bytes;
use engine::shelf::Shelf;

use crate::{
    hosts::Hosts,
    public::{self, Front, gate},
    subscribe::Network,
};

/// When to come again, in seconds.
const AGAIN: &str = "5";

/// What is not served meanwhile.
const WORDS: &str = "this server waits for its database and tries it again all the time; until then only the pages that were \
                     drawn before are served, each with the time it speaks of; try again in a few seconds\n";

/// What the public listener serves until the ledger is open, to those who ask for the host of the public address or of a page.
pub fn waiting(shelf: &Arc<Shelf>, public_url: &str) -> Router {
    // No stream of changes either: an open page says how old it is, and listens again later.
    let front = Front { shelf: Arc::clone(shelf), shell: None, tries: gate::tries() };
    Hosts::before(front.clone(), public_url, Router::new().fallback(standing).with_state(front))
}

/// What the admin listener serves until then: we live, and are not ready.
pub fn waiting_admin() -> Router {
    Router::new().route("/healthz", get(|| async { "ok\n" })).fallback(|| async { later() })
}

/// What is not on the shelf may well be there for whoever asks when the ledger is open.
async fn standing(
    front: State<Front>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    network: Network,
    body: Bytes,
) -> Response {
    let mut response = public::page(front, method, uri, headers, network, body).await;
    if [StatusCode::NOT_FOUND, StatusCode::METHOD_NOT_ALLOWED].contains(&response.status()) {
        response = later();
        public::harden(response.headers_mut());
    }
    response
}

fn later() -> Response {
    let headers = [(header::RETRY_AFTER, AGAIN), (header::CACHE_CONTROL, "no-store")];
    (StatusCode::SERVICE_UNAVAILABLE, headers, WORDS).into_response()
}
