//! What the owners are told about Midwatch itself: an incident of its own, which is never published and pages nobody.

use domain::{
    IncidentId, NoticeKind, NotificationId, Phase, Severity,
    audit::Finding,
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

/// How an installation that finds itself wanting begins to say so; what it found follows.
const AUDIT_FAILED: &str = "Midwatch fails its own audit";

/// Findings that are written into the timeline; the number of all is in the title.
const MOST_FINDINGS: usize = 20;

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
    for_each_organization(tx, ground, CUT_OFF, |scope, setup, open| match (turned, open) {
        (Turned::Cut, None) => {
            let detail =
                "neither providers nor anchors answer: nothing is held against any provider until they do";
            begin(scope, setup, CUT_OFF.to_owned(), detail.to_owned(), now).map(drop)
        }
        (Turned::Restored { since }, Some(incident)) => end(
            scope,
            setup,
            incident,
            format!("anchors answer again; nothing could be read since {since}"),
            now,
        ),
        (Turned::Cut, Some(_)) | (Turned::Restored { .. }, None) => Ok(()),
    })
}

/// Tells the owners what an audit found: those of an organisation what is theirs, and all of them what is the whole
/// process's. While an earlier word stands, nothing is added.
///
/// # Errors
/// When the ledger fails.
pub fn tell_audit_failed(
    tx: &mut Tx<'_>,
    ground: &Ground,
    findings: &[Finding],
    now: Timestamp,
) -> Result<(), CommandError> {
    for_each_organization(tx, ground, AUDIT_FAILED, |scope, setup, open| {
        let org = scope.org();
        let theirs: Vec<&Finding> =
            findings.iter().filter(|it| it.org.is_none_or(|other| other == org)).collect();
        let (Some(first), None) = (theirs.first(), open) else { return Ok(()) };
        let title = match theirs.len() {
            1 => format!("{AUDIT_FAILED}: {first}"),
            count => format!("{AUDIT_FAILED}: {first}; and {} more", count - 1),
        };
        let listed: Vec<String> = theirs.iter().take(MOST_FINDINGS).map(ToString::to_string).collect();
        begin(scope, setup, title, listed.join("\n"), now).map(drop)
    })
}

/// Tells the owners who were told of a failed audit that all is well again.
///
/// # Errors
/// When the ledger fails.
pub fn tell_audit_passed(tx: &mut Tx<'_>, ground: &Ground, now: Timestamp) -> Result<(), CommandError> {
    for_each_organization(tx, ground, AUDIT_FAILED, |scope, setup, open| match open {
        Some(incident) => end(scope, setup, incident, "the audit has passed several times".to_owned(), now),
        None => Ok(()),
    })
}

/// Does something for every organisation whose configuration can be read, given its open incident of ours whose title begins like this.
fn for_each_organization(
    tx: &mut Tx<'_>,
    ground: &Ground,
    title: &str,
    mut act: impl FnMut(&mut Scope<'_>, &Setup, Option<Incident>) -> Result<(), CommandError>,
) -> Result<(), CommandError> {
    for organization in organizations::list(tx, MOST_ORGANIZATIONS)? {
        let mut scope = Scope::new(tx, organization.id);
        let Some(setup) = ground.setups.readable(&mut scope)? else { continue };
        let is_ours = |it: &Incident| it.causes.is_empty() && it.title.starts_with(title);
        let open = incidents::list_open(&mut scope)?.into_iter().find(is_ours);
        act(&mut scope, &setup, open)?;
    }
    Ok(())
}

/// Tells the owners that one of their messages can't be made, and why. Where their configuration can't be read, nobody is told.
///
/// # Errors
/// When the ledger fails.
pub fn tell_of_trouble(
    scope: &mut Scope<'_>,
    ground: &Ground,
    message: NotificationId,
    why: &str,
    now: Timestamp,
) -> Result<(), CommandError> {
    let Some(setup) = ground.setups.readable(scope)? else { return Ok(()) };
    let title = "Midwatch can't make a message that is due, and goes on trying";
    tell_of_work(scope, &setup, title.to_owned(), format!("message {message}: {why}"), now)
}

/// Tells the owners about work of theirs: what they are told is over with the telling.
pub(super) fn tell_of_work(
    scope: &mut Scope<'_>,
    setup: &Setup,
    title: String,
    detail: String,
    now: Timestamp,
) -> Result<(), CommandError> {
    let incident = begin(scope, setup, title, detail, now)?.resolve(Actor::Machine, now)?;
    Ok(incidents::update(scope, &incident)?)
}

fn begin(
    scope: &mut Scope<'_>,
    setup: &Setup,
    title: String,
    detail: String,
    now: Timestamp,
) -> Result<Incident, CommandError> {
    let number = incidents::next_number(scope)?;
    let incident = Incident {
        id: IncidentId::named(scope.org().0, &number.to_string()),
        number,
        title,
        titles: domain::public::Tongues::default(),
        severity: Severity::Warning,
        response: Response::Open,
        assignee: None,
        phase: Phase::Investigating,
        opened_at: now,
        first_page_at: None,
        by_hand: domain::incident::ByHand::default(),
        generation: 0,
        publish: Publish::Never,
        causes: Vec::new(),
        services: Vec::new(),
    };
    incidents::insert(scope, &incident)?;
    log(scope, incident.id, now, "opened", Actor::Machine, detail)?;
    notices::tell_owners(scope, setup, &incident, NoticeKind::Notice, now)?;
    Ok(incident)
}

fn end(
    scope: &mut Scope<'_>,
    setup: &Setup,
    incident: Incident,
    detail: String,
    now: Timestamp,
) -> Result<(), CommandError> {
    let incident = incident.resolve(Actor::Machine, now)?;
    incidents::update(scope, &incident)?;
    log(scope, incident.id, now, "resolved", Actor::Machine, detail)?;
    notices::tell_owners(scope, setup, &incident, NoticeKind::Resolved, now)
}
