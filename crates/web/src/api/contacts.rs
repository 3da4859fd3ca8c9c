//! The contacts of a person, and how far each can be trusted to work.

use axum::{Json, extract::State};
use domain::{
    Role,
    contact::ContactState,
    setup::{Contact, User},
};
use engine::Shell;
use jiff::Timestamp;
use serde::Serialize;
use store::{Scope, contacts};

use super::{Caller, extract::Path};
use crate::problem::Problem;

#[derive(Serialize)]
pub(crate) struct ContactJson {
    id: String,
    kind: &'static str,
    standing: &'static str,
    verified_at: Option<String>,
    last_confirmed_at: Option<String>,
    last_accepted_at: Option<String>,
    last_failed_at: Option<String>,
    last_answer: Option<String>,
}

#[derive(Serialize)]
pub(crate) struct Contacts {
    user: String,
    out_of_reach: Option<String>,
    data: Vec<ContactJson>,
}

pub(crate) async fn list(
    State(shell): State<Shell>,
    caller: Caller,
    Path(email): Path<String>,
) -> Result<Json<Contacts>, Problem> {
    caller.require(Role::Viewer)?;
    let ground = shell.ground();
    let read = shell.read(move |tx| {
        let mut scope = Scope::new(tx, caller.org);
        let (_, setup) = ground.setups.current(&mut scope)?;
        Ok((setup, contacts::list(&mut scope)?))
    });
    let (setup, states) = read.await?;
    let user = setup.user_by_email(&email);
    let user = user.ok_or_else(|| Problem::not_found(format!("there is no user {email}")))?;
    Ok(Json(Contacts {
        user: user.email.clone(),
        out_of_reach: user.out_of_reach(&states),
        data: user.contacts.iter().map(|contact| json(user, contact, &states)).collect(),
    }))
}

fn json(user: &User, contact: &Contact, states: &[ContactState]) -> ContactJson {
    let state = contact.state(user.id, states);
    let at = |which: fn(&ContactState) -> Option<Timestamp>| state.and_then(which).map(|at| at.to_string());
    ContactJson {
        id: contact.id.clone(),
        kind: contact.destination.kind().word(),
        standing: contact.standing(user.id, states).word(),
        verified_at: at(|state| state.verified_at),
        last_confirmed_at: at(|state| state.last_confirmed_at),
        last_accepted_at: at(|state| state.last_accepted_at),
        last_failed_at: at(|state| state.last_failed_at),
        last_answer: state.and_then(|state| state.last_answer.clone()),
    }
}
