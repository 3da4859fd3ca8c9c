//! The JSON API for scripts: providers for anyone; incidents and what people do to them with a bearer token. Refusals are
//! problem+json, whatever is refused.

mod answer;
mod contacts;
pub(crate) mod extract;
mod incidents;
mod providers;
mod schedules;
mod services;
mod token;

use axum::{
    Router,
    http::StatusCode,
    routing::{get, post},
};
use engine::Shell;
use tokio_util::sync::CancellationToken;

use crate::problem::Problem;

pub(crate) use token::Caller;

pub(crate) fn routes(stop: CancellationToken) -> Router<Shell> {
    Router::new()
        .merge(providers::routes(stop))
        .route("/incidents", get(incidents::list))
        .route("/incidents/{id}", get(incidents::get))
        .route("/incidents/{id}/acknowledge", post(incidents::acknowledge))
        .route("/incidents/{id}/resolve", post(incidents::resolve))
        .route("/incidents/{id}/publish", post(incidents::publish))
        .route("/incidents/{id}/updates", post(incidents::say))
        .route("/schedules", get(schedules::list))
        .route("/schedules/{slug}/shifts", get(schedules::shifts))
        .route("/services", get(services::list))
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
