//! The JSON API for scripts: incidents and what people do to them. Bearer tokens; refusals are problem+json.

mod incidents;
mod services;
mod token;

use axum::{
    Router,
    routing::{get, post},
};
use engine::Shell;

use crate::problem::Problem;

pub(crate) use token::Caller;

pub(crate) fn routes() -> Router<Shell> {
    Router::new()
        .route("/incidents", get(incidents::list))
        .route("/incidents/{id}", get(incidents::get))
        .route("/incidents/{id}/acknowledge", post(incidents::acknowledge))
        .route("/incidents/{id}/resolve", post(incidents::resolve))
        .route("/incidents/{id}/publish", post(incidents::publish))
        .route("/incidents/{id}/updates", post(incidents::say))
        .route("/services", get(services::list))
        .fallback(|| async { Problem::not_found("there is no such address in the API") })
}
