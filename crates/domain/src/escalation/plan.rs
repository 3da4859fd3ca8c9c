//! The plan of a policy: which step comes when, and the messages each makes.
//!
//! The pager takes the steps one by one as they fall due; [`plan`] takes all of them at once. Both call [`messages`], so
//! what `who` and a drill show is what will be sent.

use std::time::Duration;

use jiff::Timestamp;

use super::{
    About, Policy, Recipient, Responder, Taking,
    ladder::{Telling, clock, tellings},
    recipients,
};
use crate::setup::{Setup, User};

/// The gap between rounds where a single step gives no measure.
const DEFAULT_GAP: Duration = Duration::from_secs(5 * 60);

/// Rounds closer together than this would drown the phone that they are to wake.
const SHORTEST_GAP: Duration = Duration::from_secs(60);

/// Stands in the reason of a message that waits for the end of somebody's quiet hours.
pub const HELD: &str = "held by quiet hours until";

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
    /// The end of their quiet hours that it waits for.
    pub held_until: Option<Timestamp>,
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

    /// Returns the place that comes after another one when paging has to go on: past the last round there is one more, and so on.
    #[must_use]
    pub fn after(&self, position: Position) -> Position {
        self.next(position).unwrap_or_else(|| {
            let is_last = usize::try_from(position.step).map_or(true, |step| step >= self.steps.len());
            match (position < self.end(), is_last) {
                (true, _) => self.end(),
                (false, true) => Position { round: position.round.saturating_add(1), step: 1 },
                (false, false) => Position { step: position.step + 1, ..position },
            }
        })
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

/// Returns the messages that a step makes, all rungs of personal ladders included, in order of time; none where the step
/// is passed over.
///
/// Conditions, turns and schedules are judged at [`Taking::at`], not at the time the step was due: after a stop of ours
/// that lasted past a hand-off, the person to wake is the one who is on call now. The rungs of ladders count from the time the
/// step was due, so one that is taken late moves none of them; what would lie before it is taken is due at once. In a plan
/// the two are the same instant.
#[must_use]
pub fn messages(setup: &Setup, policy: &Policy, about: About, taking: Taking) -> Vec<Planned> {
    let mut planned = Vec::new();
    for Recipient { responder, reason } in recipients(setup, policy, about, taking) {
        let message = |contact: &str, at, reason, held_until| Planned {
            position: taking.position,
            at,
            responder,
            contact: contact.to_owned(),
            reason,
            held_until,
        };
        match responder {
            Responder::User(id) => {
                let Some(user) = setup.user(id) else { continue };
                planned.extend(tellings(user, about, taking).into_iter().map(|telling| {
                    let reason = why(user, &reason, &telling, taking.at);
                    message(telling.contact, telling.at, reason, telling.held_until)
                }));
            }
            Responder::Channel(id) => {
                planned
                    .extend(setup.channel(id).map(|channel| message(&channel.slug, taking.at, reason, None)));
            }
        }
    }
    planned.sort_by_key(|message| message.at);
    planned
}

/// Returns the messages of an incident first paged at `first_page_at` that stays as it is and that nobody acknowledges, up
/// to and including `until`, in order of time.
#[must_use]
pub fn plan(
    setup: &Setup,
    policy: &Policy,
    about: About,
    first_page_at: Timestamp,
    until: Timestamp,
) -> Vec<Planned> {
    let mut planned: Vec<Planned> = Vec::new();
    let mut position = Some(policy.first());
    while let Some(here) = position.filter(|&here| policy.due(first_page_at, here) <= until) {
        let has_reached = planned.last().is_some_and(|message| message.position.round == here.round);
        let due = policy.due(first_page_at, here);
        let taking = Taking { position: here, due, at: due, has_reached };
        planned.extend(messages(setup, policy, about, taking));
        position = policy.next(here);
    }
    planned.retain(|message| message.at <= until);
    planned.sort_by_key(|message| message.at);
    planned
}

/// Why a person is told by this message, and what it waits for.
fn why(user: &User, reason: &str, telling: &Telling<'_>, at: Timestamp) -> String {
    match telling.held_until {
        None => reason.to_owned(),
        Some(until) => format!("{reason}, {HELD} {}", clock(user, until, at)),
    }
}

/// The instant a while later, or the last one there is.
pub(super) fn after(at: Timestamp, wait: Duration) -> Timestamp {
    at.checked_add(wait).unwrap_or(Timestamp::MAX)
}
