//! Whom an incident is handed to: reassign it, ask for help, or call the next at once.

use std::{borrow::Cow, time::Duration};

use domain::{
    IncidentId, NoticeKind, NotificationState, PolicyId, Severity, UserId,
    escalation::{About, Planned, Policy, Position, Responder, Step, Taking, Target, messages},
    incident::{Actor, Assignee, Incident, Response},
    setup::Setup,
};
use jiff::{SignedDuration, Timestamp};
use store::{
    Scope, incidents,
    notifications::{self, Notification},
    timers::{self, WAKE},
};

use super::{
    Ground,
    escalate::{self, owe, policies, start_paging},
    log, notices,
    respond::{JOINED, begin_live, member},
    whom, words,
};
use crate::{compose, error::CommandError};

/// Two people who want the next one woken within this time want the same.
const SAME_WISH: SignedDuration = SignedDuration::from_secs(30);

/// More messages than an incident has.
const MOST_MESSAGES: u32 = 10_000;

/// The place of pages that no step made: those to people who were asked to help, or have it. Who is asked once more, after they
/// have answered, is so by the next number.
pub(super) const ASKED: Position = Position { round: 0, step: 0 };

/// Hands an incident to somebody: they are paged at once, nobody else is any more, and the response is open until they
/// answer. If they do not, the incident goes back to its policies. Those who were paged before are told whose it is. Handing it
/// to whom it was handed already changes nothing.
///
/// # Errors
/// When there is no such incident, it is over, or nobody would be told.
pub fn reassign(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    id: IncidentId,
    to: Assignee,
) -> Result<Incident, CommandError> {
    let (setup, before) = begin_live(scope, ground, id)?;
    let has_it = match (before.response, to) {
        (Response::Open, _) => before.assignee == Some(to),
        (Response::Acknowledged { by: Actor::User(holder), .. }, Assignee::User(user)) => holder == user,
        (Response::Acknowledged { .. } | Response::Resolved { .. }, _) => false,
    };
    if has_it {
        return Ok(before);
    }
    whom::refuse_out_of_reach(&setup, whom::TO, &targets(&setup, to), now)?;
    let name = whom::name(&setup, to);
    notices::stop_paging(scope, &before, &format!("handed to {name}"), now)?;
    timers::delete(scope, id, WAKE)?;
    let incident = before.reassign(to, now)?;
    incidents::update(scope, &incident)?;
    log(scope, id, now, "reassigned", by, format!("to {name}, {}", words::by(&setup, by)))?;
    start_paging(scope, &setup, &incident, &[], now)?;
    notices::tell_the_paged(scope, &setup, &incident, NoticeKind::Reassigned, member(by), now)?;
    Ok(incident)
}

/// Everyone who would be called if the incident was handed to `to`.
fn targets(setup: &Setup, to: Assignee) -> Vec<Target> {
    match to {
        Assignee::User(id) => vec![Target::User(id)],
        Assignee::Schedule(id) => vec![Target::Schedule(id)],
        Assignee::Policy(id) => {
            let steps = setup.policy(id).into_iter().flat_map(|policy| &policy.steps);
            steps.flat_map(|step| step.targets.iter().copied()).collect()
        }
    }
}

/// Pages somebody at once in addition, whatever the response is: who has it may need help. Asking the same again changes
/// nothing as long as the page that they were asked by still calls them.
///
/// # Errors
/// When there is no such incident, it is over, or nobody would be told.
pub fn add_responder(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    id: IncidentId,
    target: Target,
) -> Result<Incident, CommandError> {
    let (setup, incident) = begin_live(scope, ground, id)?;
    whom::refuse_out_of_reach(&setup, whom::TARGET, &[target], now)?;
    let asked = format!("added by {}", compose::name(&setup, by));
    // A page that is due no later than the acknowledgement would be taken back by it.
    let soonest = incident.response.helped_from(now);
    let policy = alone(PolicyId(id.0), asked.clone(), target);
    let mut is_new = false;
    // Who asks by name means now: no ladder for what has time, and no quiet hours.
    let about = About { number: incident.number, severity: Severity::Critical };
    let taking = Taking { position: policy.first(), due: now, at: now, has_reached: false };
    let asked_before = list_asked(scope, &incident)?;
    for mut planned in messages(&setup, &policy, about, taking) {
        planned.position = Position { step: number(scope, &incident, &asked_before, &planned)?, ..ASKED };
        planned.at = planned.at.max(soonest);
        planned.reason = match target {
            Target::User(_) | Target::Channel(_) => asked.clone(),
            Target::Schedule(_) | Target::Team(_) => format!("{asked}; {}", planned.reason),
        };
        is_new |= owe(scope, &incident, planned)?;
    }
    if is_new {
        let who = whom::target_name(&setup, target);
        log(scope, id, now, "responder_added", by, format!("{who}, {}", words::by(&setup, by)))?;
    }
    Ok(incident)
}

/// Returns the pages by which people were asked since paging began.
fn list_asked(scope: &mut Scope<'_>, incident: &Incident) -> Result<Vec<Notification>, CommandError> {
    let mut asked = notifications::list(scope, incident.id, MOST_MESSAGES)?;
    asked.retain(|page| {
        (page.kind, page.generation, page.round) == (NoticeKind::Page, incident.generation, ASKED.round)
    });
    Ok(asked)
}

/// Returns by which number somebody is asked by a contact: the last one, where that page still calls them, else the next.
fn number(
    scope: &mut Scope<'_>,
    incident: &Incident,
    asked: &[Notification],
    planned: &Planned,
) -> Result<u32, CommandError> {
    let theirs =
        asked.iter().filter(|page| page.responder == planned.responder && page.contact == planned.contact);
    let Some(last) = theirs.max_by_key(|page| page.step) else { return Ok(ASKED.step) };
    let is_gone = matches!(last.state, NotificationState::Superseded | NotificationState::Failed);
    let is_over = is_gone || is_answered(scope, incident, last)?;
    Ok(last.step + u32::from(is_over))
}

/// Whether a page by which somebody was asked calls them no more: somebody has answered the incident since, or they have joined.
fn is_answered(
    scope: &mut Scope<'_>,
    incident: &Incident,
    page: &Notification,
) -> Result<bool, CommandError> {
    if incident.response.given().is_some_and(|(_, at)| page.due_at <= at) {
        return Ok(true);
    }
    let Responder::User(user) = page.responder else { return Ok(false) };
    let events = incidents::list_events(scope, incident.id)?;
    let joins = |event: &incidents::IncidentEvent| event.kind == JOINED && event.actor == Actor::User(user);
    Ok(events.iter().any(|event| joins(event) && page.due_at <= event.at))
}

/// Whether a person was asked to help with an incident and has not answered yet.
pub(super) fn is_asked(
    scope: &mut Scope<'_>,
    incident: &Incident,
    user: UserId,
    now: Timestamp,
) -> Result<bool, CommandError> {
    for page in list_asked(scope, incident)? {
        let calls = match page.state {
            NotificationState::Sending | NotificationState::Sent | NotificationState::Delivered => true,
            NotificationState::Pending => page.due_at <= now,
            NotificationState::Failed | NotificationState::Superseded => false,
        };
        if calls && page.responder == Responder::User(user) && !is_answered(scope, incident, &page)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Takes the next step of each policy at once. Later steps keep their times, which count from the first page. An incident
/// that somebody has or has snoozed is open again from that step on; one that was handed to somebody goes back to its
/// policies.
///
/// # Errors
/// When there is no such incident, it is over, no step is left, or somebody has just done the same.
pub fn escalate_now(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    id: IncidentId,
) -> Result<Incident, CommandError> {
    let (setup, before) = begin_live(scope, ground, id)?;
    refuse_twice(scope, &setup, id, now)?;
    if let Some((until, why)) = escalate::quiet_until(&setup, &before, now) {
        let until = words::instant(until);
        return Err(CommandError::Rejected(format!(
            "it is silenced until {until} ({why}): end the silence, or hand the incident to somebody"
        )));
    }
    let by_words = words::by(&setup, by);
    let follows = policies(&setup, &before);
    if matches!(before.assignee, Some(Assignee::User(_) | Assignee::Schedule(_))) && !follows.is_empty() {
        log(scope, id, now, "escalated_now", by, format!("{by_words}, from whom it was handed to"))?;
        return escalate::take_back(scope, &setup, before, now);
    }
    if before.response == Response::Open {
        if timers::pull_forward(scope, id, now)? == 0 {
            return Err(none_left());
        }
        log(scope, id, now, "escalated_now", by, by_words)?;
        return Ok(before);
    }
    let is_resumed = |timer: &timers::Timer| {
        timer.generation == before.generation && escalate::followed(&setup, &before, timer.policy).is_some()
    };
    let mut stopped = timers::list(scope, id)?;
    stopped.retain(is_resumed);
    if stopped.is_empty() && follows.is_empty() {
        return Err(none_left());
    }
    notices::stop_paging(scope, &before, "escalated", now)?;
    timers::delete(scope, id, WAKE)?;
    let incident = before.clone().reopen(true, now)?;
    incidents::update(scope, &incident)?;
    log(scope, id, now, "escalated_now", by, by_words)?;
    for timer in &stopped {
        escalate::resume(scope, &setup, &incident, timer, now)?;
    }
    start_paging(scope, &setup, &incident, &follows, now)?;
    Ok(incident)
}

fn none_left() -> CommandError {
    let why = "no step is left to take: hand the incident to somebody, or add a responder";
    CommandError::Rejected(why.to_owned())
}

/// A second tap, or a second person, within seconds is told of the first instead of waking one more.
fn refuse_twice(
    scope: &mut Scope<'_>,
    setup: &Setup,
    id: IncidentId,
    now: Timestamp,
) -> Result<(), CommandError> {
    let events = incidents::list_events(scope, id)?;
    let last = events.iter().rfind(|event| event.kind == "escalated_now");
    // One that lies ahead was noted before somebody set the clock back.
    let is_same =
        |event: &incidents::IncidentEvent| event.at <= now && now.duration_since(event.at) < SAME_WISH;
    match last.filter(|event| is_same(event)) {
        None => Ok(()),
        Some(event) => Err(CommandError::Rejected(format!(
            "{} called the next step at {} already: wait {} seconds to call one more",
            compose::name(setup, event.actor),
            words::instant(event.at),
            SAME_WISH.as_secs()
        ))),
    }
}

/// Returns the policy by which whom an incident was handed to is paged.
#[must_use]
pub fn policy_of(setup: &Setup, to: Assignee) -> Option<Cow<'_, Policy>> {
    let target = match to {
        Assignee::User(user) => Target::User(user),
        Assignee::Schedule(schedule) => Target::Schedule(schedule),
        Assignee::Policy(policy) => return setup.policy(policy).map(Cow::Borrowed),
    };
    Some(Cow::Owned(alone(to.policy(), whom::name(setup, to), target)))
}

/// A policy of nothing but one target, for whoever is paged by a person's word.
pub(super) fn alone(id: PolicyId, slug: String, target: Target) -> Policy {
    Policy {
        id,
        slug,
        repeat: 2,
        repeat_after: Some(Duration::from_secs(5 * 60)),
        steps: vec![Step { targets: vec![target], ..Step::default() }],
    }
}
