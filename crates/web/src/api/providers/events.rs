//! The changes of providers as they are seen, as server-sent events.
//!
//! Each event has a number; a listener that comes back with the last it has (`Last-Event-ID`) gets what it missed, as far
//! as that is remembered, else the event `reset`: read everything again, then go on from here. A listener that is too slow
//! is told the same. Nothing is kept for a listener: it looks into the log of all when it is ready for more.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{
        IntoResponse, Response,
        sse::{self, KeepAlive, Sse},
    },
};
use domain::provider::slug_of;
use engine::{
    Shell,
    live::{Event, Live, News},
};
use futures_util::{StreamExt, stream};
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio_util::sync::CancellationToken;

use super::overview;
use crate::{
    api::extract::{Pairs, bad},
    problem::Problem,
};

/// How often a comment keeps the stream from being taken for dead.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// How long a listener waits before it connects again.
const RETRY: Duration = Duration::from_secs(3);

/// Slugs in one filter at the most.
const MOST_NAMED: usize = 200;

/// A listener and how far it has come.
struct Listener {
    live: Arc<Live>,
    heard: watch::Receiver<i64>,
    number: i64,
    providers: Vec<String>,
    categories: Vec<String>,
    _seat: OwnedSemaphorePermit,
}

pub(super) async fn stream(
    State(shell): State<Shell>,
    pairs: Pairs,
    asked: HeaderMap,
    stop: CancellationToken,
) -> Result<Response, Problem> {
    pairs.only(&["provider", "category"])?;
    let (overview, _) = overview(&shell)?;
    let providers: Vec<String> = pairs.all("provider").map(str::to_owned).collect();
    let categories: Vec<String> = pairs.all("category").map(slug_of).collect();
    if providers.len() + categories.len() > MOST_NAMED {
        return Err(bad(format!("no more than {MOST_NAMED} providers and categories can be named")));
    }
    if let Some(unknown) = providers.iter().find(|slug| overview.get(slug).is_none()) {
        return Err(bad(format!("there is no provider {unknown:?}")));
    }
    let seat = shell.live.seat().ok_or_else(|| {
        let full = "as many streams are open as there may be; try again";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable", full)
    })?;
    let heard = shell.live.listen();
    let number = last_number(&asked)?.unwrap_or_else(|| *heard.borrow());
    let listener =
        Listener { live: Arc::clone(&shell.live), heard, number, providers, categories, _seat: seat };
    Ok(respond(listener, stop))
}

fn respond(listener: Listener, stop: CancellationToken) -> Response {
    // The number lets a listener that never gets an event resume from here all the same.
    let hello = sse::Event::default().retry(RETRY).id(listener.number.to_string()).comment("listening");
    let events = stream::unfold(listener, next).flat_map(stream::iter).take_until(stop.cancelled_owned());
    let events = stream::once(async { Ok(hello) }).chain(events);
    let mut response = Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response();
    let set = response.headers_mut();
    set.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    set.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

fn last_number(asked: &HeaderMap) -> Result<Option<i64>, Problem> {
    let Some(value) = asked.get("last-event-id") else { return Ok(None) };
    let number = value.to_str().ok().and_then(|text| text.trim().parse::<i64>().ok());
    number.filter(|number| *number >= 0).map(Some).ok_or_else(|| bad("Last-Event-ID is not a number we gave"))
}

/// Waits for something to say. Ends when there is nobody left who could say anything.
async fn next(mut listener: Listener) -> Option<(Vec<Result<sse::Event, Infallible>>, Listener)> {
    loop {
        let newest = *listener.heard.borrow_and_update();
        match listener.live.news_after(listener.number) {
            News::Gap(newest) => {
                listener.number = newest;
                let reset = sse::Event::default().event("reset").id(newest.to_string()).data("{}");
                return Some((vec![Ok(reset)], listener));
            }
            News::Events(events) => {
                let Some(last) = events.last().map(|event| event.number) else {
                    listener.heard.changed().await.ok()?;
                    continue;
                };
                let mut said: Vec<_> = events.iter().filter(|event| listener.wants(event)).map(say).collect();
                if said.is_empty() && last < newest {
                    listener.number = last;
                    continue;
                }
                if said.is_empty() {
                    // Nothing to hear, and yet a place to resume from.
                    said.push(Ok(sse::Event::default().id(last.to_string())));
                }
                listener.number = last;
                return Some((said, listener));
            }
        }
    }
}

fn say(event: &Event) -> Result<sse::Event, Infallible> {
    Ok(sse::Event::default().id(event.number.to_string()).data(&*event.line))
}

impl Listener {
    /// Where nothing is named, everything is wanted.
    fn wants(&self, event: &Event) -> bool {
        (self.providers.is_empty() && self.categories.is_empty())
            || self.providers.iter().any(|slug| **slug == *event.provider)
            || self.categories.iter().any(|slug| **slug == *event.category)
    }
}
