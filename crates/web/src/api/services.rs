//! Services and what they are now.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use domain::{Role, Status, public};
use engine::{CommandError, Shell, views};
use serde::Serialize;
use store::{Scope, services};

use super::{Caller, extract::Path};
use crate::problem::Problem;

#[derive(Serialize)]
pub(crate) struct ServiceJson {
    id: String,
    slug: String,
    name: String,
    status: &'static str,
    /// What readers see.
    public_status: &'static str,
    /// Whether that is a person's word, whatever `status` is judged to be.
    locked: bool,
    since: Option<String>,
    notes: Vec<String>,
}

#[derive(Serialize)]
pub(crate) struct Page {
    data: Vec<ServiceJson>,
}

pub(crate) async fn list(State(shell): State<Shell>, caller: Caller) -> Result<Json<Page>, Problem> {
    caller.require(Role::Viewer)?;
    let ground = shell.ground();
    let read = shell.read(move |tx| {
        let mut scope = Scope::new(tx, caller.org);
        let (_, setup) = ground.setups.current(&mut scope)?;
        Ok((setup, services::list_states(&mut scope)?))
    });
    let (setup, states) = read.await?;
    let now = shell.clock.now();
    let data = setup.services.iter().map(|service| {
        let state = states.iter().find(|state| state.service == service.id);
        ServiceJson {
            id: service.id.to_string(),
            slug: service.slug.clone(),
            name: service.name.clone(),
            status: state.map_or(Status::Unknown, |state| state.status).word(),
            public_status: state.map_or(Status::Unknown, |state| state.public_status).word(),
            locked: public::lock(&setup.public.locks, service.id, now).is_some(),
            since: state.map(|state| state.since.to_string()),
            notes: state.map(|state| state.notes.clone()).unwrap_or_default(),
        }
    });
    Ok(Json(Page { data: data.collect() }))
}

/// Returns the uptime of a service as readers were told it, and whose trouble its down time came from.
pub(crate) async fn uptime(
    State(shell): State<Shell>,
    caller: Caller,
    Path(slug): Path<String>,
) -> Result<Response, Problem> {
    caller.require(Role::Viewer)?;
    let (ground, catalog, now) = (shell.ground(), Arc::clone(&shell.catalog), shell.clock.now());
    let read = shell.read(move |tx| {
        let mut scope = Scope::new(tx, caller.org);
        let (_, setup) = ground.setups.current(&mut scope)?;
        let service = setup.services.iter().find(|service| service.slug == slug);
        let service = service.ok_or_else(|| CommandError::NotFound(format!("service {slug}")))?;
        views::service_history(&mut scope, &catalog, &setup, service, now)
    });
    let history = read.await?;
    let kind = [(header::CONTENT_TYPE, "application/json")];
    Ok((kind, render::service_uptime(&history, now)).into_response())
}
