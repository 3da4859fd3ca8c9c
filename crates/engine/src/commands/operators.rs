//! What the owners are told about Midwatch itself: an incident of its own, which is never published and pages nobody.

use domain::{
    IncidentId, NoticeKind, Phase, Severity,
    egress::Turned,
    incident::{Actor, Incident, Response},
    setup::{Publish, Setup},
};
use jiff::Timestamp;
use store::{Scope, Tx, incidents, organizations};

use super::{Ground, MOST_ORGANIZATIONS, log, notices};
use crate::error::CommandError;

/// What an installation that can't reach the world calls it.
const CUT_OFF: &str = "Midwatch is cut off from the internet";

/// Tells the owners of every organisation, once, that we can't reach the world, or that we can again.
///
/// # Errors
/// When the ledger fails.
pub fn tell_operators(
    tx: &mut Tx<'_>,
    ground: &Ground,
    turned: Turned,
    now: Timestamp,
) -> Result<(), CommandError> {
    for organization in organizations::list(tx, MOST_ORGANIZATIONS)? {
        let mut scope = Scope::new(tx, organization.id);
        let (_, setup) = ground.setups.current(&mut scope)?;
        let open = incidents::list_open(&mut scope)?.into_iter().find(is_ours);
        match (turned, open) {
            (Turned::Cut, None) => cut(&mut scope, &setup, now)?,
            (Turned::Restored { since }, Some(incident)) => {
                restored(&mut scope, &setup, incident, since, now)?
            }
            (Turned::Cut, Some(_)) | (Turned::Restored { .. }, None) => {}
        }
    }
    Ok(())
}

fn is_ours(incident: &Incident) -> bool {
    incident.causes.is_empty() && incident.title == CUT_OFF
}

fn cut(scope: &mut Scope<'_>, setup: &Setup, now: Timestamp) -> Result<(), CommandError> {
    let number = incidents::next_number(scope)?;
    let incident = Incident {
        id: IncidentId::named(scope.org().0, &number.to_string()),
        number,
        title: CUT_OFF.to_owned(),
        severity: Severity::Warning,
        response: Response::Open,
        assignee: None,
        phase: Phase::Investigating,
        opened_at: now,
        first_page_at: None,
        generation: 0,
        publish: Publish::Never,
        causes: Vec::new(),
        services: Vec::new(),
    };
    incidents::insert(scope, &incident)?;
    let detail = "neither providers nor anchors answer: nothing is held against any provider until they do";
    log(scope, incident.id, now, "opened", Actor::Machine, detail.to_owned())?;
    notices::tell_owners(scope, setup, &incident, NoticeKind::Notice, now)
}

fn restored(
    scope: &mut Scope<'_>,
    setup: &Setup,
    incident: Incident,
    since: Timestamp,
    now: Timestamp,
) -> Result<(), CommandError> {
    let incident = incident.resolve(Actor::Machine, now)?;
    incidents::update(scope, &incident)?;
    let detail = format!("anchors answer again; nothing could be read since {since}");
    log(scope, incident.id, now, "resolved", Actor::Machine, detail)?;
    notices::tell_owners(scope, setup, &incident, NoticeKind::Resolved, now)
}
