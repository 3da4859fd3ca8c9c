//! Every socket Midwatch accepts: status pages, directory, acknowledge links, the API, metrics.
//!
//! A handler translates: it extracts, asks for one command or one read, and answers. The public path reads the shelf; only
//! for a provider's page that nobody has asked for lately it asks the engine to draw it.

mod ack;
mod admin;
mod api;
mod calendar;
mod callbacks;
mod events;
mod gaps;
mod hosts;
mod ingest;
mod origin;
mod problem;
mod public;
mod push;
mod serve;
mod subscribe;
mod throttle;
mod waiting;

use std::sync::Arc;

use axum::{Router, routing::get};
use engine::{Shell, shelf::Shelf};

pub use serve::{Listening, serve};
pub use waiting::{waiting, waiting_admin};

/// What the public listener serves.
pub fn public(shell: &Shell, stop: tokio_util::sync::CancellationToken) -> Router {
    let (front, pages) = pages(&shell.shelf, Some(shell), stop.clone());
    let acts = Router::new()
        .merge(ack::routes(stop.clone()))
        .merge(callbacks::routes())
        .merge(calendar::routes())
        .merge(ingest::routes())
        .merge(push::routes())
        .merge(subscribe::routes())
        .nest("/api/v1", api::routes(stop))
        .with_state(shell.clone());
    hosts::Hosts::before(front, &shell.identity.public_url, acts.merge(pages))
}

/// The public pages. What stands on the shelf is served from there alone; a `shell` draws what does not stand there.
fn pages(
    shelf: &Arc<Shelf>,
    shell: Option<&Shell>,
    stop: tokio_util::sync::CancellationToken,
) -> (public::Front, Router) {
    let front =
        public::Front { shelf: Arc::clone(shelf), shell: shell.cloned(), tries: public::gate::tries() };
    let events = Router::new().route("/events", get(events::stream)).with_state((front.clone(), stop));
    (front.clone(), Router::new().fallback(public::page).with_state(front).merge(events))
}

/// What the admin listener serves.
pub fn admin(shell: &Shell) -> Router {
    admin::routes().with_state(shell.clone())
}
