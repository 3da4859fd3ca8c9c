//! Incidents that get worse while they go on: who is paged of it.
//!
//! What somebody has answered comes back to everybody once it is worse than it ever was, and to whoever has it first of all. What
//! nobody has answered is told at once to those whom the policy has reached by now in the round, judged by how bad it has
//! become, and goes on at the times that it had, whoever says that it has, a judgement or a person. Where no step is left, any growth, trouble that comes back after a calm
//! among it, begins the policy anew.

use domain::{
    PolicyId, Severity,
    escalation::{About, Position, Taking, Target, messages},
    incident::{Actor, Incident, Response},
    judge::Wanted,
    setup::Setup,
};
use jiff::Timestamp;
use store::{
    Scope,
    timers::{self, Timer, WAKE},
};

use super::{
    escalate::{advance, followed, owe, quiet_until, start_paging},
    hand::{ASKED, alone},
    log, notices,
};
use crate::error::CommandError;

/// What becomes of paging by what is found now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paging {
    /// It goes on as it was.
    GoesOn,
    /// The steps of the present round that were due by now are taken again, and later ones keep their times.
    Again,
    /// It begins anew with the first step.
    Anew,
}

/// Returns what becomes of the paging of an incident that goes on and is as severe as `risen` says now; `running` are its
/// timers.
pub(super) fn paging(
    setup: &Setup,
    held: &Incident,
    risen: Severity,
    want: &Wanted,
    running: &[Timer],
) -> Paging {
    let is_worse = risen > held.severity;
    match held.response {
        Response::Acknowledged { .. } if want.pages && is_worse => Paging::Anew,
        Response::Open if want.pages && held.is_paging() => {
            let of_now = |timer: &&Timer| timer.generation == held.generation && timer.due_at.is_some();
            let running: Vec<&Timer> = running.iter().filter(of_now).collect();
            // When a silence ends, paging begins anew, whatever has grown meanwhile.
            let is_silent = running.iter().any(|timer| timer.policy == WAKE);
            let has_steps = running.iter().any(|timer| has_steps(setup, held, timer));
            match has_steps {
                true if is_worse && !is_silent => Paging::Again,
                false if want.severity > now(held) && !is_silent => Paging::Anew,
                true | false => Paging::GoesOn,
            }
        }
        Response::Open | Response::Acknowledged { .. } | Response::Resolved { .. } => Paging::GoesOn,
    }
}

/// How urgent an incident was after the last judgement, by the services that page.
fn now(held: &Incident) -> Severity {
    let paging = held.services.iter().filter(|affected| affected.pages);
    paging.map(|affected| affected.status.severity()).max().unwrap_or(Severity::Info)
}

/// Whether a policy has not come to its end yet. Until that is said, whoever was paged last has their time to answer.
fn has_steps(setup: &Setup, incident: &Incident, timer: &Timer) -> bool {
    let position = Position { round: timer.round, step: timer.step };
    followed(setup, incident, timer.policy).is_some_and(|policy| position <= policy.end())
}

/// Pages, in the generation that the incident has now, by policies that have steps left: those of the round that were due by now
/// are taken at once, the later ones at the times they had. Other policies of it begin. `running` are the timers of the generation
/// before.
pub(super) fn page_again(
    scope: &mut Scope<'_>,
    setup: &Setup,
    incident: &Incident,
    policies: &[PolicyId],
    running: &[Timer],
    now: Timestamp,
) -> Result<(), CommandError> {
    let before = running.iter().filter(|timer| {
        timer.generation + 1 == incident.generation
            && timer.due_at.is_some()
            && has_steps(setup, incident, timer)
    });
    for timer in before.filter(|_| quiet_until(setup, incident, now).is_none()) {
        let Some(policy) = followed(setup, incident, timer.policy) else { continue };
        // While the first step of a round is ahead, it is the round before that has reached people.
        let round = if timer.step == 1 { timer.round.saturating_sub(1).max(1) } else { timer.round };
        let position = Position { round, step: 1 };
        let timer = Timer {
            generation: incident.generation,
            round,
            step: 1,
            due_at: Some(policy.due(timer.started_at, position)),
            ..timer.clone()
        };
        advance(scope, setup, incident, &policy, timer, now)?;
    }
    start_paging(scope, setup, incident, policies, now)
}

/// A person calls an incident worse that pages and that nobody has answered: it goes on in a new generation. Returns the timers
/// from which [`page_again`] takes it up; `None` where nothing begins again.
pub(super) fn raise(
    scope: &mut Scope<'_>,
    setup: &Setup,
    by: Actor,
    before: &Incident,
    after: &mut Incident,
    now: Timestamp,
) -> Result<Option<Vec<Timer>>, CommandError> {
    let is_raised = after.severity > before.severity && before.is_paging() && after.is_paging();
    // When a silence ends, paging begins anew, whatever was said meanwhile.
    if !is_raised || quiet_until(setup, before, now).is_some() {
        return Ok(None);
    }
    let running = timers::list(scope, before.id)?;
    let rose = format!("severity rose from {} to {}: it pages again", before.severity, after.severity);
    log(scope, before.id, now, "worsened", by, rose)?;
    notices::stop_paging(scope, before, "paging began anew", now)?;
    (after.first_page_at, after.generation) = (Some(now), before.generation + 1);
    Ok(Some(running))
}

/// Pages whoever had the incident until it got worse, unless its policies do so.
pub(super) fn tell_holder(
    scope: &mut Scope<'_>,
    setup: &Setup,
    held: &Incident,
    incident: &Incident,
    now: Timestamp,
) -> Result<(), CommandError> {
    let Response::Acknowledged { by: Actor::User(holder), .. } = held.response else { return Ok(()) };
    let responder = domain::escalation::Responder::User(holder);
    if quiet_until(setup, incident, now).is_some() || notices::called(scope, incident)?.contains(&responder) {
        return Ok(());
    }
    let policy = alone(PolicyId(incident.id.0), String::new(), Target::User(holder));
    let taking = Taking { position: policy.first(), due: now, at: now, has_reached: false };
    for mut planned in messages(setup, &policy, About::of(incident), taking) {
        // Somebody who can't be reached any more has nothing to do with it.
        if planned.responder == responder {
            planned.position = ASKED;
            "had it until it got worse".clone_into(&mut planned.reason);
            owe(scope, incident, planned)?;
        }
    }
    Ok(())
}
