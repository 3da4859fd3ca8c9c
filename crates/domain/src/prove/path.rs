//! The path of an incident that nobody acknowledges: each step, whom it reaches by what and when, and why.

use std::time::Duration;

use jiff::Timestamp;

use crate::{
    ChannelKind, UserId,
    escalation::{
        About, Planned, Policy, Position, Responder, Step, Taking, Target,
        ladder::{clock, ways},
        messages, plan,
    },
    setup::{Destination, Setup, User},
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
    /// Why it is passed over, in words: a condition that does not hold, or one that does, or quiet hours that go on. The last step
    /// of a round in which no condition lets a step be taken reaches the last resort nevertheless.
    pub passed_over: Option<String>,
    /// The contacts of those it means that can't be used, so that nothing is sent there.
    pub unusable: Vec<Unusable>,
}

/// A contact or a channel that a step means and that this server can hand nothing to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unusable {
    /// Whose.
    pub responder: Responder,
    /// The id of the person's contact, or the slug of the channel.
    pub contact: String,
    /// Its kind.
    pub kind: ChannelKind,
    /// Why, and what would be right.
    pub why: String,
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
        let tellings: Vec<Telling> =
            own.into_iter().map(|message| telling(setup, policy, about, message, at)).collect();
        let passed_over = policy.step(position.step).and_then(|step| step.passed_over(about, at));
        let step = policy.step(position.step).filter(|_| passed_over.is_none());
        let unusable = step.map(|step| unusable(setup, step, about, at)).unwrap_or_default();
        let passed_over = passed_over
            .or_else(|| if tellings.is_empty() { waits(setup, policy, about, position, at) } else { None });
        steps.push(Taken { position, at, tellings, passed_over, unusable });
    }
    Path { first_page_at, steps }
}

/// Why a step whose first message lies beyond the end of a path tells nobody in it: quiet hours of whom it means.
fn waits(setup: &Setup, policy: &Policy, about: About, position: Position, at: Timestamp) -> Option<String> {
    let taking = Taking { position, due: at, at, has_reached: true };
    let first = messages(setup, policy, about, taking).into_iter().next()?;
    let Responder::User(id) = first.responder else { return None };
    let (user, until) = (setup.user(id)?, first.held_until?);
    let zone = user.time_zone.iana_name().unwrap_or("UTC");
    Some(format!("quiet hours of {} go on until {} {zone}", user.email, clock(user, until, at)))
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
    step.passed_over(about, taken_at).is_some()
        || !step.targets.iter().any(|&target| people(setup, target, taken_at).contains(&id))
}

/// Whom a target leads to at an instant, whether they can be reached or not.
fn people(setup: &Setup, target: Target, at: Timestamp) -> Vec<UserId> {
    match target {
        Target::User(user) => vec![user],
        Target::Team(team) => setup.team(team).map(|team| team.members.clone()).unwrap_or_default(),
        Target::Schedule(schedule) => {
            let on_call = setup.schedule(schedule).and_then(|schedule| schedule.on_call(at));
            on_call.map(|on_call| on_call.user).into_iter().collect()
        }
        Target::Channel(_) => Vec::new(),
    }
}

/// What a step means and can't be used, each once.
fn unusable(setup: &Setup, step: &Step, about: About, at: Timestamp) -> Vec<Unusable> {
    let mut found: Vec<Unusable> = Vec::new();
    let mut add = |responder, contact: &str, destination: &Destination, why: &Option<String>| {
        let is_known = |known: &Unusable| known.responder == responder && known.contact == contact;
        if let Some(why) = why.clone().filter(|_| !found.iter().any(is_known)) {
            found.push(Unusable { responder, contact: contact.to_owned(), kind: destination.kind(), why });
        }
    };
    for &target in &step.targets {
        for user in people(setup, target, at).into_iter().filter_map(|id| setup.user(id)) {
            for contact in user.asked(about.urgency()) {
                add(Responder::User(user.id), &contact.id, &contact.destination, &contact.unusable);
            }
        }
        if let Target::Channel(id) = target
            && let Some(channel) = setup.channel(id)
        {
            add(Responder::Channel(id), &channel.slug, &channel.destination, &channel.unusable);
        }
    }
    found
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
    let ways = ways(user, about.urgency());
    let way = ways.iter().find(|way| way.contact == contact);
    let Some((way, (place, of))) = way.and_then(|way| Some((way, way.rung?))) else {
        return "no ladder: every contact at once".to_owned();
    };
    let ladder = if way.is_low { "rung of low urgency" } else { "rung" };
    let when = match way.wait.is_zero() {
        true => "at once".to_owned(),
        false => format!("{} after the step", minutes(way.wait)),
    };
    let instead = match way.in_place_of.as_slice() {
        [] => String::new(),
        others => format!(", in place of {}", others.join(" and ")),
    };
    format!("{ladder} {place} of {of}: {when}{instead}")
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
