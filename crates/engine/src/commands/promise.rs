//! "Next update by": every public word on an incident promises the next, and the promise is kept.
//!
//! Whoever has the incident is reminded before its time; when nobody has said anything by then, the machine says how it
//! stands, ever more seldom.

use std::time::Duration;

use domain::{
    incident::{Actor, Incident},
    public::{LONGEST_PROMISE, Promise, SHORTEST_PROMISE, Step},
    setup::{Publish, Setup},
};
use jiff::Timestamp;
use store::{Scope, incidents, judgements, promises};

use super::{ask, log, teller::Teller, words};
use crate::error::CommandError;

/// Refuses a promise that can't be meant.
pub(super) fn check(span: Duration) -> Result<(), CommandError> {
    if (SHORTEST_PROMISE..=LONGEST_PROMISE).contains(&span) {
        return Ok(());
    }
    let reason = "the next update is promised after 10 minutes at the soonest and 7 days at the latest";
    Err(CommandError::Invalid { field: "next", reason: reason.to_owned() })
}

/// A public word was said of an incident: the next is promised, after the time that was named or that is configured.
pub(super) fn after_word(
    scope: &mut Scope<'_>,
    setup: &Setup,
    of: &Incident,
    named: Option<Duration>,
    now: Timestamp,
) -> Result<(), CommandError> {
    let span = named.or_else(|| setup.public.next_update(of.severity));
    match span.filter(|_| of.publish == Publish::Auto && !of.is_resolved()) {
        None => Ok(promises::delete(scope, of.id)?),
        Some(span) => make(scope, &Promise::new(of.id, span, 0, now), now),
    }
}

fn make(scope: &mut Scope<'_>, promise: &Promise, now: Timestamp) -> Result<(), CommandError> {
    promises::set(scope, promise)?;
    let org = scope.org();
    if let Step::Wait(until) = promise.step(now) {
        judgements::request(scope.tx(), org, until)?;
    }
    Ok(())
}

/// Does what is due about all promises. Returns when the next is.
pub(super) fn keep_all(
    scope: &mut Scope<'_>,
    teller: &Teller<'_>,
    now: Timestamp,
) -> Result<Option<Timestamp>, CommandError> {
    let mut next = None;
    for promise in promises::list(scope)? {
        let step = promise.step(now);
        let promise = match step {
            Step::Wait(_) => Some(promise),
            Step::Remind | Step::Keep => keep(scope, teller, promise, step, now)?,
        };
        if let Some(Step::Wait(until)) = promise.map(|promise| promise.step(now)) {
            next = next.into_iter().chain([until]).min();
        }
    }
    Ok(next)
}

/// Reminds of a promise, or keeps it. Returns what is promised then.
fn keep(
    scope: &mut Scope<'_>,
    teller: &Teller<'_>,
    promise: Promise,
    step: Step,
    now: Timestamp,
) -> Result<Option<Promise>, CommandError> {
    let incident = incidents::get(scope, promise.incident)?.filter(|it| !it.is_resolved());
    let Some(incident) = incident else {
        promises::delete(scope, promise.incident)?;
        return Ok(None);
    };
    if step != Step::Keep {
        ask::remind(scope, &incident, promise.due_at, teller.setup, now)?;
        let promise = Promise { is_reminded: true, ..promise };
        promises::set(scope, &promise)?;
        return Ok(Some(promise));
    }
    let told = teller.as_told(&incident);
    teller.record(scope, &told, words::still(teller.setup, &told), true)?;
    let detail = "nobody had said anything by the promised time".to_owned();
    log(scope, incident.id, now, "still", Actor::Machine, detail)?;
    let span = teller.setup.public.next_update(incident.severity);
    let next = span.map(|span| Promise::new(incident.id, span, promise.repeats + 1, now));
    match &next {
        Some(next) => promises::set(scope, next)?,
        None => promises::delete(scope, incident.id)?,
    }
    Ok(next)
}
