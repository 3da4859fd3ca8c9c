//! Tells an open acknowledge page within a second that it has changed, whoever changed it and on whatever node: the ledger
//! is asked for a mark of what the page shows. The page then fetches itself again.

use std::{
    collections::BTreeMap,
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    extract::{Path, Query, State},
    http::{HeaderValue, StatusCode, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use domain::{IncidentId, NotificationId, OrgId};
use engine::Shell;
use futures_util::{StreamExt, stream};
use serde::Deserialize;
use store::{Scope, incidents, notifications};
use tokio_util::sync::CancellationToken;

use super::unknown;
use crate::problem::Problem;

/// How often the ledger is asked.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How often a comment keeps the stream from being taken for dead.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// How long a browser waits before it connects again.
const RETRY: Duration = Duration::from_secs(3);

/// Pages that are watched at once; each costs a small query a second. Who comes later has a page that does not keep itself
/// current, and says so.
const MOST_WATCHED: usize = 500;

/// Of these, pages of one message: a link that went round takes no place from the others.
const MOST_OF_A_MESSAGE: usize = 8;

/// Who keeps places, and what ends all streams.
#[derive(Clone)]
pub(super) struct Watch {
    seats: Seats,
    stop: CancellationToken,
}

#[derive(Deserialize)]
pub(super) struct Seen {
    /// The mark of the page that is looked at.
    seen: String,
}

/// An open page and what it shows.
struct Watcher {
    shell: Shell,
    org: OrgId,
    incident: IncidentId,
    message: NotificationId,
    seen: String,
    _seat: Seat,
}

/// How many pages of each message are watched.
#[derive(Clone, Default)]
struct Seats(Arc<Mutex<BTreeMap<NotificationId, usize>>>);

/// A place among those who watch, for as long as it is kept.
struct Seat {
    seats: Seats,
    message: NotificationId,
}

impl Seats {
    /// Takes a place; `None` when all are taken, or all that a message may have.
    fn take(&self, message: NotificationId) -> Option<Seat> {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = taken.get(&message).copied().unwrap_or_default();
        if own >= MOST_OF_A_MESSAGE || taken.values().sum::<usize>() >= MOST_WATCHED {
            return None;
        }
        taken.insert(message, own + 1);
        Some(Seat { seats: self.clone(), message })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.0.lock().unwrap_or_else(PoisonError::into_inner);
        match taken.get_mut(&self.message) {
            Some(own) if *own > 1 => *own -= 1,
            Some(_) | None => drop(taken.remove(&self.message)),
        }
    }
}

impl Watch {
    pub(super) fn new(stop: CancellationToken) -> Self {
        Self { seats: Seats::default(), stop }
    }

    /// Streams an event each time the page of this link changes, until the server stops.
    pub(super) async fn stream(
        self,
        State(shell): State<Shell>,
        Path(token): Path<String>,
        Query(Seen { seen }): Query<Seen>,
    ) -> Result<Response, Problem> {
        let message = shell.key.read_ack_token(&token).ok_or_else(unknown)?;
        let found = shell.read(move |tx| Ok(notifications::find_any(tx, message)?)).await?;
        let (org, notification) = found.ok_or_else(unknown)?;
        let seat = self.seats.take(message).ok_or_else(|| {
            let full = "as many pages are watched as there may be; reload this one by hand";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable", full)
        })?;
        let watcher = Watcher { shell, org, incident: notification.incident, message, seen, _seat: seat };
        let hello = Event::default().retry(RETRY).comment("listening");
        let changes = stream::unfold(watcher, next).take_until(self.stop.cancelled_owned());
        let events = stream::once(async { Ok(hello) }).chain(changes);
        let mut response = Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response();
        let set = response.headers_mut();
        set.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        set.insert("x-accel-buffering", HeaderValue::from_static("no"));
        Ok(response)
    }
}

/// Waits for something to be different. A ledger that can't be asked now is asked again; an incident that is gone ends it.
async fn next(mut watcher: Watcher) -> Option<(Result<Event, Infallible>, Watcher)> {
    loop {
        let (org, incident, message) = (watcher.org, watcher.incident, watcher.message);
        let look =
            watcher.shell.read(move |tx| Ok(incidents::mark(&mut Scope::new(tx, org), incident, message)?));
        if let Ok(mark) = look.await {
            let mark = text(&mark?);
            if mark != watcher.seen {
                watcher.seen = mark;
                // Browsers drop an event without data.
                return Some((Ok(Event::default().event("changed").data("{}")), watcher));
            }
        }
        watcher.shell.clock.wait(LOOK_EVERY).await;
    }
}

/// Returns a mark as it stands in an address.
pub(super) fn text(mark: &[i64]) -> String {
    mark.iter().map(i64::to_string).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn message(number: usize) -> NotificationId {
        NotificationId(Uuid::from_u128(number as u128))
    }

    #[test]
    fn one_link_takes_few_of_the_places_and_gives_them_back() {
        let seats = Seats::default();
        let mut own: Vec<Seat> = (0..MOST_OF_A_MESSAGE).map(|_| seats.take(message(0)).unwrap()).collect();
        assert!(seats.take(message(0)).is_none(), "its share is taken");
        assert!(seats.take(message(1)).is_some(), "which is nothing to the others");
        own.pop();
        own.extend(seats.take(message(0)));
        assert_eq!(own.len(), MOST_OF_A_MESSAGE);
        let rest: Vec<Seat> =
            (1..).map_while(|number| seats.take(message(number))).take(MOST_WATCHED).collect();
        assert_eq!(own.len() + rest.len(), MOST_WATCHED, "and all together are bounded");
        drop((own, rest));
        assert!(seats.0.lock().unwrap().is_empty(), "nothing is kept of who has left");
    }
}
