//! The JSON API for scripts: providers for anyone; incidents and what people do to them with a bearer token. Refusals are
//! problem+json, whatever is refused.

mod answer;
mod contacts;
pub(crate) mod extract;
mod incidents;
mod maintenances;
mod overrides;
mod postmortems;
mod providers;
mod schedules;
mod services;
mod silences;
mod status_locks;
mod status_pages;
mod subscribers;
mod token;

use axum::{Router, http::StatusCode, routing::get};
use engine::Shell;
use tokio_util::sync::CancellationToken;

use crate::problem::Problem;

pub(crate) use token::Caller;

pub(crate) fn routes(stop: CancellationToken) -> Router<Shell> {
    Router::new()
        .merge(providers::routes(stop))
        .merge(incidents::routes())
        .merge(maintenances::routes())
        .merge(overrides::routes())
        .merge(postmortems::routes())
        .merge(silences::routes())
        .merge(status_locks::routes())
        .merge(subscribers::routes())
        .merge(status_pages::routes())
        .route("/schedules", get(schedules::list))
        .route("/schedules/{slug}/shifts", get(schedules::shifts))
        .route("/services", get(services::list))
        .route("/services/{slug}/uptime", get(services::uptime))
        .route("/users/{email}/contacts", get(contacts::list))
        .method_not_allowed_fallback(|| async {
            Problem::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "Method Not Allowed",
                "this address has other methods",
            )
        })
        .fallback(|| async { Problem::not_found("there is no such address in the API") })
}
