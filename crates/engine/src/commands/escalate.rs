//! Escalation: turns due steps into notifications owed.
//!
//! Each policy of an incident has one timer, the row of its next step. Steps that fell due while nobody looked are taken
//! one after the other in one transaction: none is skipped and none comes twice, since a notification is keyed by
//! incident, generation, policy, round, step, responder and contact.
//!
//! An incident that is silent, since somebody has it for a time, has snoozed it, or a silence covers it, has one timer too:
//! when it is due, paging begins anew as a new generation, from the first step.

use std::borrow::Cow;

use domain::{
    NoticeKind, NotificationId, NotificationState, PolicyId,
    escalation::{About, Planned, Policy, Position, Taking, messages},
    incident::{Actor, Assignee, Incident, Response},
    setup::Setup,
    silence::silenced_until,
};
use jiff::Timestamp;
use store::{
    Scope, incidents,
    notifications::{self, Notification},
    timers::{self, Timer, WAKE},
};

use super::{Ground, hand::policy_of, log, notices, respond::wake_at, words};
use crate::error::CommandError;

/// Returns the policies of the services that page, each once, in the order of their ids.
pub(super) fn policies(setup: &Setup, incident: &Incident) -> Vec<PolicyId> {
    let paging = incident.services.iter().filter(|affected| affected.pages);
    let mut policies: Vec<PolicyId> =
        paging.filter_map(|affected| setup.service(affected.service)?.policy).collect();
    policies.sort_unstable();
    policies.dedup();
    policies
}

/// As [`begin_paging`], where the timers of the incident are not at hand.
pub(super) fn start_paging(
    scope: &mut Scope<'_>,
    setup: &Setup,
    incident: &Incident,
    policies: &[PolicyId],
    now: Timestamp,
) -> Result<(), CommandError> {
    let running = timers::list(scope, incident.id)?;
    begin_paging(scope, setup, incident, policies, &running, now)
}

/// Begins to page by those policies that have not begun in this generation; of an incident that was handed to somebody, by
/// theirs alone. While a silence covers the incident nothing begins, and what had begun stops. `running` are its timers.
pub(super) fn begin_paging(
    scope: &mut Scope<'_>,
    setup: &Setup,
    incident: &Incident,
    policies: &[PolicyId],
    running: &[Timer],
    now: Timestamp,
) -> Result<(), CommandError> {
    // One of an earlier generation belonged to an answer that no longer stands.
    let wakes = running.iter().find(|timer| timer.policy == WAKE && timer.generation == incident.generation);
    let wakes_at = wakes.and_then(|timer| timer.due_at);
    if let Some((until, why)) = quiet_until(setup, incident, now) {
        if wakes_at == Some(until) {
            return Ok(());
        }
        return hush(scope, incident, until, &why, now);
    }
    if wakes_at.is_some() {
        // The silence was ended before its time: what its timer does is due now.
        return wake_at(scope, incident, now, now);
    }
    let handed = incident.assignee.map(|assignee| [assignee.policy()]);
    let handed = handed.filter(|[policy]| followed(setup, incident, *policy).is_some());
    if handed.is_none() && incident.assignee.is_some() && policies.is_empty() {
        let why = "the policy that it was handed to no longer exists";
        return notices::tell_unanswered(scope, setup, incident, why, now);
    }
    for &policy in handed.as_ref().map_or(policies, |own| own) {
        if running.iter().any(|timer| timer.policy == policy && timer.generation == incident.generation) {
            continue;
        }
        let Some(policy) = followed(setup, incident, policy) else { continue };
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
        advance(scope, setup, incident, &policy, timer, now)?;
    }
    Ok(())
}

/// Goes on, in a new generation, with the step that a policy had come to when it was stopped; with the first, where none is
/// left. Later steps follow it in their usual distance.
pub(super) fn resume(
    scope: &mut Scope<'_>,
    setup: &Setup,
    incident: &Incident,
    stopped: &Timer,
    now: Timestamp,
) -> Result<(), CommandError> {
    let Some(policy) = followed(setup, incident, stopped.policy) else { return Ok(()) };
    let mut position = Position { round: stopped.round, step: stopped.step };
    if position >= policy.end() {
        position = policy.first();
    }
    // It is as if the policy had begun so long ago that this step is due now.
    let started_at = now.checked_sub(policy.due(now, position).duration_since(now)).unwrap_or(now);
    let timer = Timer {
        generation: incident.generation,
        round: position.round,
        step: position.step,
        started_at,
        due_at: Some(now),
        ..stopped.clone()
    };
    advance(scope, setup, incident, &policy, timer, now)
}

/// Until when nobody is paged, and why. Whom a person has handed it to is paged all the same.
pub(super) fn quiet_until(setup: &Setup, incident: &Incident, now: Timestamp) -> Option<(Timestamp, String)> {
    silenced_until(setup, incident, now).filter(|_| incident.assignee.is_none())
}

/// Ends paging for as long as a silence lasts.
fn hush(
    scope: &mut Scope<'_>,
    incident: &Incident,
    until: Timestamp,
    why: &str,
    now: Timestamp,
) -> Result<(), CommandError> {
    notices::stop_paging(scope, incident, "silenced", now)?;
    let detail = format!("until {}: {why}", words::instant(until));
    log(scope, incident.id, now, "silenced", Actor::Machine, detail)?;
    wake_at(scope, incident, until, now)
}

/// Why a page that a step owes is not sent: a silence that began since then covers its incident, whose paging stops. It begins
/// anew when the silence ends. Whom a person has asked for by name is paged all the same.
///
/// # Errors
/// When the ledger fails.
pub fn silenced(
    scope: &mut Scope<'_>,
    setup: &Setup,
    incident: &Incident,
    page: &Notification,
    now: Timestamp,
) -> Result<Option<String>, CommandError> {
    let is_of_a_step = page.kind == NoticeKind::Page && page.round > 0;
    if !is_of_a_step || !incident.is_paging() || page.generation != incident.generation {
        return Ok(None);
    }
    let Some((until, why)) = quiet_until(setup, incident, now) else { return Ok(None) };
    let is_wake = |timer: &Timer| {
        timer.policy == WAKE && timer.generation == incident.generation && timer.due_at == Some(until)
    };
    if !timers::list(scope, incident.id)?.iter().any(is_wake) {
        hush(scope, incident, until, &why, now)?;
    }
    Ok(Some(format!("silenced until {}: {why}", words::instant(until))))
}

/// An incident was silent for a time and is not over: it pages, as a new generation, whoever still is to be paged.
fn wake(
    scope: &mut Scope<'_>,
    setup: &Setup,
    incident: Incident,
    timer: &Timer,
    now: Timestamp,
) -> Result<(), CommandError> {
    timers::delete(scope, incident.id, WAKE)?;
    let is_stale = timer.generation != incident.generation || incident.first_page_at.is_none();
    let kind = match incident.response {
        Response::Open if is_stale => return Ok(()),
        Response::Open => match quiet_until(setup, &incident, now) {
            // Another silence goes on, or the clock was set back into this one.
            Some((until, why)) => return hush(scope, &incident, until, &why, now),
            None => "silence_over",
        },
        Response::Acknowledged { .. } => match incident.response.until() {
            None => return Ok(()),
            Some(until) if until > now => return wake_at(scope, &incident, until, now),
            Some(_) if incident.response.is_snoozed() => "snooze_over",
            Some(_) => "ack_expired",
        },
        Response::Resolved { .. } => return Ok(()),
    };
    page_anew(scope, setup, incident, kind, now)
}

/// Begins paging as a new generation, for the reason that the timeline calls so.
pub(super) fn page_anew(
    scope: &mut Scope<'_>,
    setup: &Setup,
    incident: Incident,
    kind: &str,
    now: Timestamp,
) -> Result<(), CommandError> {
    timers::delete(scope, incident.id, WAKE)?;
    let follows = policies(setup, &incident);
    let pages = !follows.is_empty() || incident.assignee.is_some();
    notices::stop_paging(scope, &incident, "paging began anew", now)?;
    let incident = incident.reopen(pages, now)?;
    incidents::update(scope, &incident)?;
    let next = if pages { "paging begins anew" } else { "nothing of it pages any more" };
    log(scope, incident.id, now, kind, Actor::Machine, next.to_owned())?;
    if incident.is_paging() {
        start_paging(scope, setup, &incident, &follows, now)?;
    }
    Ok(())
}

/// Gives an incident that was handed to somebody back to the policies of its services.
pub(super) fn take_back(
    scope: &mut Scope<'_>,
    setup: &Setup,
    incident: Incident,
    now: Timestamp,
) -> Result<Incident, CommandError> {
    notices::stop_paging(scope, &incident, "given back to its policies", now)?;
    timers::delete(scope, incident.id, WAKE)?;
    let incident = Incident { assignee: None, ..incident }.reopen(true, now)?;
    incidents::update(scope, &incident)?;
    let policies = policies(setup, &incident);
    start_paging(scope, setup, &incident, &policies, now)?;
    Ok(incident)
}

/// Returns the policy that a timer of an incident goes by: one of the configuration, or one of nothing but whom it was
/// handed to, who is called three times before the incident goes back.
pub(super) fn followed<'a>(setup: &'a Setup, incident: &Incident, id: PolicyId) -> Option<Cow<'a, Policy>> {
    match incident.assignee.filter(|assignee| assignee.policy() == id) {
        Some(to) => policy_of(setup, to),
        None => setup.policy(id).map(Cow::Borrowed),
    }
}

/// Returns what the timeline calls what is followed: a policy, or whom the incident was handed to.
fn called(incident: &Incident, policy: &Policy) -> String {
    match incident.assignee.filter(|assignee| assignee.policy() == policy.id) {
        Some(Assignee::User(_) | Assignee::Schedule(_)) => policy.slug.clone(),
        Some(Assignee::Policy(_)) | None => format!("policy {}", policy.slug),
    }
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
    if let Some(incident) = incident.clone().filter(|_| timer.policy == WAKE) {
        return wake(scope, &setup, incident, timer, now);
    }
    let Some(incident) = incident.filter(|held| held.is_paging() && held.generation == timer.generation)
    else {
        timers::delete(scope, timer.incident, timer.policy)?;
        return Ok(());
    };
    if let Some((until, why)) = quiet_until(&setup, &incident, now) {
        return hush(scope, &incident, until, &why, now);
    }
    match followed(&setup, &incident, timer.policy) {
        Some(policy) => advance(scope, &setup, &incident, &policy, timer.clone(), now),
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
pub(super) fn advance(
    scope: &mut Scope<'_>,
    setup: &Setup,
    incident: &Incident,
    policy: &Policy,
    mut timer: Timer,
    now: Timestamp,
) -> Result<(), CommandError> {
    let mut position = Position { round: timer.round, step: timer.step };
    while let Some(due) = timer.due_at.filter(|&due| due <= now) {
        if position >= policy.end() {
            if incident.assignee.is_some() && !policies(setup, incident).is_empty() {
                let detail = format!("{} did not answer: back to the policies", policy.slug);
                log(scope, incident.id, now, "assignee_silent", Actor::Machine, detail)?;
                return take_back(scope, setup, incident.clone(), now).map(drop);
            }
            if position == policy.end() {
                exhausted(scope, setup, incident, policy, now)?;
                position = Position { round: position.round + 1, step: 1 };
                timer.due_at = Some(policy.due(timer.started_at, position));
                continue;
            }
            if notifications::has_reached(scope, incident.id, incident.generation)? {
                timer.due_at = None;
                break;
            }
            // Nothing has left the building: it goes on, round after round, until something does.
        }
        take_step(scope, setup, incident, policy, (position, due), now)?;
        position = policy.after(position);
        timer.due_at = Some(policy.due(timer.started_at, position));
    }
    timer.round = position.round;
    timer.step = position.step;
    timers::set(scope, &timer)?;
    Ok(())
}

/// Says that a policy has gone through all its rounds without an answer.
fn exhausted(
    scope: &mut Scope<'_>,
    setup: &Setup,
    incident: &Incident,
    policy: &Policy,
    now: Timestamp,
) -> Result<(), CommandError> {
    let called = called(incident, policy);
    let detail = format!("{called} has no step left");
    if others_go_on(scope, setup, incident, policy)? {
        return log(scope, incident.id, now, "policy_over", Actor::Machine, detail);
    }
    log(scope, incident.id, now, "exhausted", Actor::Machine, detail)?;
    let why = format!("{called} went through all its rounds");
    notices::tell_unanswered(scope, setup, incident, &why, now)
}

/// Whether another policy of the incident has steps left.
fn others_go_on(
    scope: &mut Scope<'_>,
    setup: &Setup,
    incident: &Incident,
    policy: &Policy,
) -> Result<bool, CommandError> {
    let is_other = |timer: &Timer| timer.policy != policy.id && timer.generation == incident.generation;
    let has_steps = |timer: &Timer| {
        let position = Position { round: timer.round, step: timer.step };
        let other = followed(setup, incident, timer.policy).filter(|_| timer.due_at.is_some());
        other.is_some_and(|other| position < other.end())
    };
    Ok(timers::list(scope, incident.id)?.iter().any(|timer| is_other(timer) && has_steps(timer)))
}

fn take_step(
    scope: &mut Scope<'_>,
    setup: &Setup,
    incident: &Incident,
    policy: &Policy,
    (position, due): (Position, Timestamp),
    now: Timestamp,
) -> Result<(), CommandError> {
    let about = About::of(incident);
    let has_reached = notifications::has_page(scope, incident.id, incident.generation, position.round)?;
    let planned = messages(setup, policy, about, Taking { position, due, at: now, has_reached });
    let detail = format!("{}, round {}, step {}", called(incident, policy), position.round, position.step);
    if planned.is_empty() {
        if let Some(why) = policy.step(position.step).and_then(|step| step.passed_over(about, now)) {
            let detail = format!("{detail}: passed over, it is taken {why}");
            return log(scope, incident.id, now, "step_passed_over", Actor::Machine, detail);
        }
        let detail = format!("{detail}: reaches nobody");
        return log(scope, incident.id, now, "step_empty", Actor::Machine, detail);
    }
    log(scope, incident.id, now, "step", Actor::Machine, detail)?;
    for mut message in planned {
        if matches!(incident.assignee, Some(Assignee::User(_))) {
            "handed over to them".clone_into(&mut message.reason);
        }
        owe_step(scope, incident, policy.id, message)?;
    }
    Ok(())
}

/// Tells whom the first step of a policy that is not passed over reaches, of an incident that somebody has already: by the first
/// rung of their ladders, since the louder ones are for what nobody has.
pub(super) fn tell_first(
    scope: &mut Scope<'_>,
    setup: &Setup,
    incident: &Incident,
    policy: PolicyId,
    now: Timestamp,
) -> Result<(), CommandError> {
    let Some(policy) = setup.policy(policy).filter(|_| silenced_until(setup, incident, now).is_none()) else {
        return Ok(());
    };
    let about = About::of(incident);
    let mut steps = (1..).map_while(|number| Some((number, policy.step(number)?)));
    let Some((step, _)) = steps.find(|(_, step)| step.passed_over(about, now).is_none()) else {
        return Ok(());
    };
    let position = Position { step, ..policy.first() };
    let taking = Taking { position, due: now, at: now, has_reached: false };
    let all = messages(setup, policy, about, taking);
    let is_first = |planned: &&Planned| {
        all.iter().all(|other| other.responder != planned.responder || planned.at <= other.at)
    };
    let mut is_new = false;
    for mut planned in all.iter().filter(is_first).cloned() {
        // A page that is due no later than the acknowledgement would be taken back by it.
        planned.at = planned.at.max(incident.response.helped_from(now));
        is_new |= owe(scope, incident, planned)?;
    }
    if is_new {
        let detail = format!("it is at services of policy {} too: they are told", policy.slug);
        log(scope, incident.id, now, "newcomers", Actor::Machine, detail)?;
    }
    Ok(())
}

/// Owes a page to somebody who has not been told in its place yet.
pub(super) fn owe(
    scope: &mut Scope<'_>,
    incident: &Incident,
    planned: Planned,
) -> Result<bool, CommandError> {
    let held_until = planned.held_until;
    let page = page(incident, planned);
    let is_new = notifications::insert_if_absent(scope, &page)?;
    hold(scope, is_new.then_some(page.id), held_until)?;
    Ok(is_new)
}

/// Owes a page that a step of a policy makes, whatever other policies of the incident make at theirs.
fn owe_step(
    scope: &mut Scope<'_>,
    incident: &Incident,
    policy: PolicyId,
    planned: Planned,
) -> Result<(), CommandError> {
    let held_until = planned.held_until;
    let page = page(incident, planned);
    let page = Notification { id: NotificationId::named(page.id.0, &policy.to_string()), ..page };
    let owed = notifications::insert_beside(scope, &page)?;
    hold(scope, owed.map(|page| page.id), held_until)
}

/// Notes until when quiet hours hold a page that is new.
fn hold(
    scope: &mut Scope<'_>,
    page: Option<NotificationId>,
    until: Option<Timestamp>,
) -> Result<(), CommandError> {
    if let (Some(page), Some(until)) = (page, until) {
        notifications::hold(scope, page, until)?;
    }
    Ok(())
}

fn page(incident: &Incident, planned: Planned) -> Notification {
    let Planned { position, at, responder, contact, reason, held_until: _ } = planned;
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
