//! The path of an incident that nobody acknowledges: each step, whom it reaches by what and when, and why.

use std::time::Duration;

use jiff::Timestamp;

use crate::{
    ChannelKind,
    escalation::{About, Planned, Policy, Position, Responder, Target, Urgency, plan},
    setup::{Destination, Rung, Setup, User},
};

/// What an incident does that nobody acknowledges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// When it is first paged.
    pub first_page_at: Timestamp,
    /// The steps in the order they come.
    pub steps: Vec<Taken>,
}

/// A step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Which.
    pub position: Position,
    /// When it is taken.
    pub at: Timestamp,
    /// The messages it makes, in order of time; none where it is passed over.
    pub tellings: Vec<Telling>,
    /// Why it is passed over, in words: a condition that does not hold, or one that does. The last step of a round in
    /// which every step is passed over reaches the last resort nevertheless.
    pub passed_over: Option<String>,
}

/// A message of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Telling {
    /// The message as it is planned, with the reason for the person.
    pub planned: Planned,
    /// The kind of the contact; `None` is one that is gone.
    pub kind: Option<ChannelKind>,
    /// Why by this contact and why then, in words.
    pub method: String,
    /// Whether they are told only because nobody whom the step names could be.
    pub is_last_resort: bool,
}

/// Returns the path of an incident first paged at `first_page_at`, up to and including `until`.
#[must_use]
pub fn path(
    setup: &Setup,
    policy: &Policy,
    about: About,
    first_page_at: Timestamp,
    until: Timestamp,
) -> Path {
    let mut planned = planned(setup, policy, about, first_page_at, until);
    let mut steps = Vec::new();
    for (position, at) in positions(policy, first_page_at, until) {
        let (own, others) = planned.into_iter().partition(|message| message.position == position);
        planned = others;
        let tellings = own.into_iter().map(|message| telling(setup, policy, about, message, at)).collect();
        let passed_over = policy.step(position.step).and_then(|step| step.passed_over(about, at));
        steps.push(Taken { position, at, tellings, passed_over });
    }
    Path { first_page_at, steps }
}

/// The one place in which the prover, `who` and the drill ask the resolver of the pager.
pub(super) fn planned(
    setup: &Setup,
    policy: &Policy,
    about: About,
    first_page_at: Timestamp,
    until: Timestamp,
) -> Vec<Planned> {
    plan(setup, policy, about, first_page_at, until)
}

/// The steps that are due up to and including `until`, with their instants.
pub(super) fn positions(
    policy: &Policy,
    first_page_at: Timestamp,
    until: Timestamp,
) -> impl Iterator<Item = (Position, Timestamp)> {
    let mut next = Some(policy.first());
    std::iter::from_fn(move || {
        let position = next?;
        let at = policy.due(first_page_at, position);
        next = policy.next(position);
        (at <= until).then_some((position, at))
    })
}

/// Whether a message goes to somebody whom its step does not mean, since those it means can't be reached or no step of
/// the round applies.
pub(super) fn is_last_resort(
    setup: &Setup,
    policy: &Policy,
    about: About,
    message: &Planned,
    taken_at: Timestamp,
) -> bool {
    let Responder::User(id) = message.responder else { return false };
    let Some(step) = policy.step(message.position.step) else { return true };
    let names = |target: &Target| match *target {
        Target::User(user) => user == id,
        Target::Team(team) => setup.team(team).is_some_and(|team| team.members.contains(&id)),
        Target::Schedule(schedule) => setup
            .schedule(schedule)
            .and_then(|schedule| schedule.on_call(taken_at))
            .is_some_and(|on_call| on_call.user == id),
        Target::Channel(_) => false,
    };
    step.passed_over(about, taken_at).is_some() || !step.targets.iter().any(names)
}

impl Path {
    /// Returns every message in order of time.
    pub fn tellings(&self) -> impl Iterator<Item = &Telling> {
        let mut all: Vec<_> = self.steps.iter().flat_map(|step| &step.tellings).collect();
        all.sort_by_key(|telling| telling.planned.at);
        all.into_iter()
    }
}

fn telling(setup: &Setup, policy: &Policy, about: About, planned: Planned, taken_at: Timestamp) -> Telling {
    let (destination, method) = match planned.responder {
        Responder::User(id) => match setup.user(id) {
            Some(user) => (
                user.contact(&planned.contact).map(|contact| &contact.destination),
                method(user, about, &planned.contact),
            ),
            None => (None, "they are no longer a member".to_owned()),
        },
        Responder::Channel(id) => {
            (setup.channel(id).map(|channel| &channel.destination), "a channel is told at once".to_owned())
        }
    };
    Telling {
        kind: destination.map(Destination::kind),
        method,
        is_last_resort: is_last_resort(setup, policy, about, &planned, taken_at),
        planned,
    }
}

/// Why a person is told by this contact, and how long after the step reached them.
fn method(user: &User, about: About, contact: &str) -> String {
    let rungs = |ladder: &[Rung]| -> Vec<Rung> {
        let mut rungs: Vec<_> =
            ladder.iter().filter(|rung| user.contact(&rung.contact).is_some()).cloned().collect();
        rungs.sort_by_key(|rung| rung.after);
        rungs
    };
    let low = rungs(&user.ladder_low);
    let (rungs, ladder) = match about.urgency() {
        Urgency::Low if !low.is_empty() => (low, "rung of low urgency"),
        Urgency::Low | Urgency::High => (rungs(&user.ladder), "rung"),
    };
    let Some((place, rung)) = rungs.iter().enumerate().find(|(_, rung)| rung.contact == contact) else {
        return "no ladder: every contact at once".to_owned();
    };
    let when = match rung.after.is_zero() {
        true => "at once".to_owned(),
        false => format!("{} after the step", minutes(rung.after)),
    };
    format!("{ladder} {} of {}: {when}", place + 1, rungs.len())
}

/// A span in words that are as short as it allows.
#[must_use]
pub fn minutes(span: Duration) -> String {
    let seconds = span.as_secs();
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds}s"),
        (0, minutes, 0) => format!("{minutes}m"),
        (0, minutes, seconds) => format!("{minutes}m{seconds}s"),
        (hours, 0, 0) => format!("{hours}h"),
        (hours, minutes, 0) => format!("{hours}h{minutes}m"),
        (hours, minutes, seconds) => format!("{hours}h{minutes}m{seconds}s"),
    }
}
