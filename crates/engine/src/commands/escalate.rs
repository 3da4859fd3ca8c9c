//! Escalation: turns due steps into notifications owed.
//!
//! Each policy of an incident has one timer, the row of its next step. Steps that fell due while nobody looked are taken
//! one after the other in one transaction: none is skipped and none comes twice, since a notification is keyed by
//! incident, generation, round, step, responder and contact.

use domain::{
    NoticeKind, NotificationState, PolicyId,
    escalation::{About, Planned, Policy, Position, Taking, messages},
    incident::{Actor, Incident},
    setup::Setup,
};
use jiff::Timestamp;
use store::{
    Scope, incidents,
    notifications::{self, Notification},
    timers::{self, Timer},
};

use super::{Ground, log, notices};
use crate::error::CommandError;

/// Begins to page by those policies that have not begun in this generation.
pub(super) fn start_paging(
    scope: &mut Scope<'_>,
    setup: &Setup,
    incident: &Incident,
    policies: &[PolicyId],
    now: Timestamp,
) -> Result<(), CommandError> {
    let running = timers::list(scope, incident.id)?;
    for &policy in policies {
        if running.iter().any(|timer| timer.policy == policy && timer.generation == incident.generation) {
            continue;
        }
        let Some(policy) = setup.policy(policy) else { continue };
        let first = policy.first();
        let timer = Timer {
            org: scope.org(),
            incident: incident.id,
            policy: policy.id,
            generation: incident.generation,
            round: first.round,
            step: first.step,
            started_at: now,
            due_at: Some(policy.due(now, first)),
            epoch: 0,
        };
        advance(scope, setup, incident, policy, timer, now)?;
    }
    Ok(())
}

/// Takes the due steps of one timer that was claimed.
///
/// # Errors
/// When the ledger fails.
pub fn escalate(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    timer: &Timer,
) -> Result<(), CommandError> {
    if !timers::is_current(scope, timer)? {
        return Ok(());
    }
    let (_, setup) = ground.setups.current(scope)?;
    let incident = incidents::get(scope, timer.incident)?;
    let Some(incident) = incident.filter(|held| held.is_paging() && held.generation == timer.generation)
    else {
        timers::delete(scope, timer.incident, timer.policy)?;
        return Ok(());
    };
    match setup.policy(timer.policy) {
        Some(policy) => advance(scope, &setup, &incident, policy, timer.clone(), now),
        None => {
            // The policy was taken out of the configuration in mid-flight: somebody must know.
            timers::delete(scope, timer.incident, timer.policy)?;
            log(
                scope,
                incident.id,
                now,
                "policy_gone",
                Actor::Machine,
                "the escalation policy no longer exists".into(),
            )?;
            notices::tell_unanswered(scope, &setup, &incident, "its escalation policy no longer exists", now)
        }
    }
}

/// Takes every step that is due and arms the timer for the next.
fn advance(
    scope: &mut Scope<'_>,
    setup: &Setup,
    incident: &Incident,
    policy: &Policy,
    mut timer: Timer,
    now: Timestamp,
) -> Result<(), CommandError> {
    let mut position = Position { round: timer.round, step: timer.step };
    while timer.due_at.is_some_and(|due| due <= now) {
        if position >= policy.end() {
            timer.due_at = None;
            log(
                scope,
                incident.id,
                now,
                "exhausted",
                Actor::Machine,
                format!("policy {} has no step left", policy.slug),
            )?;
            let why = format!("policy {} went through all its rounds", policy.slug);
            notices::tell_unanswered(scope, setup, incident, &why, now)?;
            break;
        }
        take_step(scope, setup, incident, policy, position, now)?;
        position = policy.next(position).unwrap_or(policy.end());
        timer.due_at = Some(policy.due(timer.started_at, position));
    }
    timer.round = position.round;
    timer.step = position.step;
    timers::set(scope, &timer)?;
    Ok(())
}

fn take_step(
    scope: &mut Scope<'_>,
    setup: &Setup,
    incident: &Incident,
    policy: &Policy,
    position: Position,
    now: Timestamp,
) -> Result<(), CommandError> {
    let about = About::of(incident);
    let has_reached = notifications::has_page(scope, incident.id, incident.generation, position.round)?;
    let planned = messages(setup, policy, about, Taking { position, at: now, has_reached });
    let detail = format!("policy {}, round {}, step {}", policy.slug, position.round, position.step);
    if planned.is_empty() {
        if let Some(why) = policy.step(position.step).and_then(|step| step.passed_over(about, now)) {
            let detail = format!("{detail}: passed over, it is taken {why}");
            return log(scope, incident.id, now, "step_passed_over", Actor::Machine, detail);
        }
        let detail = format!("{detail}: reaches nobody");
        return log(scope, incident.id, now, "step_empty", Actor::Machine, detail);
    }
    log(scope, incident.id, now, "step", Actor::Machine, detail)?;
    for message in planned {
        notifications::insert_if_absent(scope, &page(incident, message))?;
    }
    Ok(())
}

fn page(incident: &Incident, planned: Planned) -> Notification {
    let Planned { position, at, responder, contact, reason } = planned;
    let id = notices::id(incident, NoticeKind::Page, (position.round, position.step), responder, &contact);
    Notification {
        id,
        incident: incident.id,
        generation: incident.generation,
        kind: NoticeKind::Page,
        round: position.round,
        step: position.step,
        responder,
        contact,
        reason,
        due_at: at,
        state: NotificationState::Pending,
        tries: 0,
        next_try_at: Some(at),
        settled_at: None,
        answer: None,
    }
}
