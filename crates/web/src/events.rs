//! Server-sent events: tells an open page that it has changed. The page then fetches itself again.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use engine::shelf::{Shelf, provider_set};
use futures_util::{Stream, StreamExt, stream};
use serde::Deserialize;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio_util::sync::CancellationToken;

use crate::{
    api::extract::Query,
    public::{Front, gate},
};

/// How often a comment keeps the stream from being taken for dead.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// How long a browser waits before it connects again.
const RETRY: Duration = Duration::from_secs(3);

#[derive(Deserialize)]
pub(crate) struct Wanted {
    /// The path of the page that is looked at.
    page: String,
}

/// Streams an event each time the set of pages that holds `page` changes, until the server stops.
pub(crate) async fn stream(
    State((front, stop)): State<(Front, CancellationToken)>,
    headers: HeaderMap,
    Query(wanted): Query<Wanted>,
) -> Response {
    if !gate::may_look(&front, &wanted.page, &headers) {
        return StatusCode::NOT_FOUND.into_response();
    }
    changes(&front.shelf, stop, wanted.page).into_response()
}

fn changes(
    shelf: &Shelf,
    stop: CancellationToken,
    page: String,
) -> Sse<impl Stream<Item = Result<Event, Infallible>> + use<>> {
    let hello = stream::once(async { Ok(Event::default().retry(RETRY).comment("listening")) });
    let listener = (shelf.listen(), page);
    let changes = stream::unfold(listener, next_change).take_until(stop.cancelled_owned());
    Sse::new(hello.chain(changes)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
}

async fn next_change(
    (mut heard, page): (Receiver<Arc<str>>, String),
) -> Option<(Result<Event, Infallible>, (Receiver<Arc<str>>, String))> {
    loop {
        match heard.recv().await {
            Ok(set) if is_part_of(&page, &set) => break,
            Ok(_) => {}
            // Too slow to hear every change: one of those missed may have been ours.
            Err(RecvError::Lagged(_)) => break,
            Err(RecvError::Closed) => return None,
        }
    }
    // Browsers drop an event without data.
    Some((Ok(Event::default().event("changed").data("{}")), (heard, page)))
}

/// A provider's pages are a set of their own: they do not change with every change of the directory that they stand below.
fn is_part_of(page: &str, set: &str) -> bool {
    match provider_set(page) {
        Some(own) => own == set,
        None => page.strip_prefix(set).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_hears_of_its_own_set_and_of_no_other() {
        let check = |page, set, expected| assert_eq!(is_part_of(page, set), expected, "{page} in {set}");
        check("/status/acme", "/status/acme", true);
        check("/status/acme/history", "/status/acme", true);
        check("/status/acme-2", "/status/acme", false);
        check("/directory", "/directory", true);
        check("/directory/shops", "/directory", true);
        check("/directory/shops/commerce", "/directory/shops/commerce", true);
        check("/directory/shops/commerce/incidents/i1", "/directory/shops/commerce", true);
        check("/directory/shops/commerce", "/directory", false);
        check("/directory/shops/commerce-2", "/directory/shops/commerce", false);
        check("/directory", "/directory/shops/commerce", false);
    }
}
