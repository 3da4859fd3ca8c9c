//! The plan of a policy: which step comes when, and the messages each makes.
//!
//! The pager takes the steps one by one as they fall due; [`plan`] takes all of them at once. Both call [`messages`], so
//! what `who` and a drill show is what will be sent.

use std::time::Duration;

use jiff::Timestamp;

use super::{Policy, Recipient, Responder, recipients};
use crate::setup::{Setup, User};

/// The gap between rounds where a single step gives no measure.
const DEFAULT_GAP: Duration = Duration::from_secs(5 * 60);

/// Rounds closer together than this would drown the phone that they are to wake.
const SHORTEST_GAP: Duration = Duration::from_secs(60);

/// A place in a policy. Both numbers count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The round.
    pub round: u32,
    /// The step within the round.
    pub step: u32,
}

/// One message of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The step that makes it.
    pub position: Position,
    /// When it is due.
    pub at: Timestamp,
    /// Whom it is for.
    pub responder: Responder,
    /// The id of the person's contact, or the slug of the channel.
    pub contact: String,
    /// Why they.
    pub reason: String,
}

impl Policy {
    /// Returns where paging begins.
    #[must_use]
    pub const fn first(&self) -> Position {
        Position { round: 1, step: 1 }
    }

    /// Returns what follows; `None` after the last step of the last round.
    ///
    /// A position past the last step, which a policy that was shortened in mid-flight leaves behind, is followed by the
    /// next round.
    #[must_use]
    pub fn next(&self, after: Position) -> Option<Position> {
        if usize::try_from(after.step).is_ok_and(|step| step < self.steps.len()) {
            return Some(Position { step: after.step + 1, ..after });
        }
        (after.round <= self.repeat).then(|| Position { round: after.round + 1, step: 1 })
    }

    /// Returns the place behind the last round: its instant is when the last to be paged have had their time.
    #[must_use]
    pub const fn end(&self) -> Position {
        Position { round: self.repeat.saturating_add(2), step: 1 }
    }

    /// Returns the instant at which a position is due, counted from the first page of the incident and from nothing else.
    #[must_use]
    pub fn due(&self, first_page_at: Timestamp, position: Position) -> Timestamp {
        let last = self.steps.last().map_or(Duration::ZERO, |step| step.after);
        let round = last.saturating_add(self.round_gap());
        let into = self.step(position.step).map_or(last, |step| step.after);
        after(first_page_at, round.saturating_mul(position.round.saturating_sub(1)).saturating_add(into))
    }

    /// Returns the time from the last step of a round to the first of the next, at least a minute.
    ///
    /// Where `repeat_after` does not say it, it is the time between the last two steps, or five minutes for a single one.
    #[must_use]
    pub fn round_gap(&self) -> Duration {
        let gap = self.repeat_after.unwrap_or(match self.steps.as_slice() {
            [.., before, last] => last.after.saturating_sub(before.after),
            [_] | [] => DEFAULT_GAP,
        });
        gap.max(SHORTEST_GAP)
    }
}

/// Returns the messages that a step makes when it is taken at `fired_at`, all rungs of personal ladders included, in order
/// of time.
///
/// Schedules are resolved at `fired_at`, not at the time the step was due: after a stop of ours that lasted past a
/// hand-off, the person to wake is the one who is on call now. In a plan the two are the same instant.
#[must_use]
pub fn messages(setup: &Setup, policy: &Policy, position: Position, fired_at: Timestamp) -> Vec<Planned> {
    let mut planned = Vec::new();
    for Recipient { responder, reason } in recipients(setup, policy, position.step, fired_at) {
        let rungs = match responder {
            Responder::User(id) => setup.user(id).map(ladder).unwrap_or_default(),
            Responder::Channel(id) => {
                setup.channel(id).map(|channel| (Duration::ZERO, channel.slug.as_str())).into_iter().collect()
            }
        };
        planned.extend(rungs.into_iter().map(|(wait, contact)| Planned {
            position,
            at: after(fired_at, wait),
            responder,
            contact: contact.to_owned(),
            reason: reason.clone(),
        }));
    }
    planned.sort_by_key(|message| message.at);
    planned
}

/// Returns the messages of an incident first paged at `first_page_at` that nobody acknowledges, up to and including
/// `until`, in order of time.
#[must_use]
pub fn plan(setup: &Setup, policy: &Policy, first_page_at: Timestamp, until: Timestamp) -> Vec<Planned> {
    let mut planned = Vec::new();
    let mut position = Some(policy.first());
    while let Some(here) = position.filter(|&here| policy.due(first_page_at, here) <= until) {
        planned.extend(messages(setup, policy, here, policy.due(first_page_at, here)));
        position = policy.next(here);
    }
    planned.retain(|message| message.at <= until);
    planned.sort_by_key(|message| message.at);
    planned
}

/// The contacts of a person and how long each waits: their ladder, or all at once where no rung leads anywhere.
///
/// A contact comes once, with its first rung, since a message is known by its step, person and contact.
fn ladder(user: &User) -> Vec<(Duration, &str)> {
    let mut rungs: Vec<_> = user.ladder.iter().filter(|rung| user.contact(&rung.contact).is_some()).collect();
    rungs.sort_by_key(|rung| rung.after);
    let mut waits: Vec<(Duration, &str)> = Vec::new();
    for rung in rungs {
        if waits.iter().all(|&(_, known)| known != rung.contact) {
            waits.push((rung.after, &rung.contact));
        }
    }
    if waits.is_empty() {
        return user.contacts.iter().map(|contact| (Duration::ZERO, contact.id.as_str())).collect();
    }
    waits
}

/// The instant a while later, or the last one there is.
fn after(at: Timestamp, wait: Duration) -> Timestamp {
    at.checked_add(wait).unwrap_or(Timestamp::MAX)
}
