//! Incidents whose holder is no longer in the configuration.

use domain::{
    incident::{Actor, Assignee, Incident, Response},
    setup::Setup,
};
use jiff::Timestamp;
use store::Scope;

use super::escalate::page_anew;
use crate::error::CommandError;

/// Pages anew for the incidents whose holder is no longer in the configuration: nobody else knows that they are theirs no more.
/// Returns whether there was one.
pub(super) fn replace_holders(
    scope: &mut Scope<'_>,
    setup: &Setup,
    incidents: &[Incident],
    now: Timestamp,
) -> Result<bool, CommandError> {
    let is_gone = |assignee: &Assignee| match *assignee {
        Assignee::User(id) => setup.user(id).is_none(),
        Assignee::Schedule(id) => setup.schedule(id).is_none(),
        Assignee::Policy(id) => setup.policy(id).is_none(),
    };
    let has_no_holder = |incident: &&Incident| match incident.response {
        Response::Acknowledged { by: Actor::User(id), .. } => setup.user(id).is_none(),
        Response::Acknowledged { .. } | Response::Resolved { .. } => false,
        Response::Open => incident.assignee.as_ref().is_some_and(is_gone),
    };
    let mut was_any = false;
    for incident in incidents.iter().filter(has_no_holder) {
        let assignee = incident.assignee.filter(|assignee| !is_gone(assignee));
        page_anew(scope, setup, Incident { assignee, ..incident.clone() }, "holder_gone", now)?;
        was_any = true;
    }
    Ok(was_any)
}
