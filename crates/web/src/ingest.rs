//! What providers' pages post to us when they change. Nothing in it is believed: it makes the page be read, no more.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
};
use bytes::Bytes;
use domain::ProviderId;
use engine::{Shell, commands, seams::Bell};
use store::Lane;
use tracing::info;

use crate::{problem::Problem, throttle::Throttle};

/// The largest post that is taken in: more than a page with hundreds of components sends.
const MOST_BYTES: usize = 256 * 1024;

/// Posts taken in for one provider in a minute. A page that changes more often is read often enough.
const PER_MINUTE: u32 = 30;

type Posts = Arc<Throttle<ProviderId>>;

pub(crate) fn routes() -> Router<Shell> {
    let posts: Posts = Arc::new(Throttle::new(PER_MINUTE, Duration::from_secs(60)));
    let take = move |State(shell): State<Shell>, Path(token): Path<String>, body: Bytes| {
        let posts = Arc::clone(&posts);
        async move { take(&shell, &posts, &token, &body).await }
    };
    Router::new().route("/ingest/statuspage/{token}", post(take)).layer(DefaultBodyLimit::max(MOST_BYTES))
}

/// The body is taken in whole, so that the sender can finish, and dropped.
async fn take(shell: &Shell, posts: &Posts, token: &str, body: &Bytes) -> Result<Response, Problem> {
    let provider = shell.key.read_feed_token(token).and_then(|id| shell.catalog.get(id));
    let provider = provider.ok_or_else(|| Problem::not_found("there is nothing to post to here"))?;
    let id = provider.id();
    if !posts.allows(id, shell.clock.now()) {
        return Err(Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "Too Many Requests",
            "this page is read already; post less often",
        ));
    }
    let is_sooner = shell.write(Lane::Bulk, move |tx, now| commands::nudge(tx, now, id)).await?;
    if is_sooner {
        shell.doorbell.ring(Bell::Poll);
    }
    info!(provider.slug = %provider.slug, size_bytes = body.len(), is_sooner, "provider said that it changed");
    Ok((StatusCode::ACCEPTED, "").into_response())
}
