//! Personal ladders: when a person is told by which contact, in a hurry and without, and what quiet hours hold back.

use std::time::Duration;

use jiff::Timestamp;

use super::{About, Taking, Urgency, hours, plan::after};
use crate::setup::{Rung, User};

/// A message to a person by one of their contacts.
pub(super) struct Telling<'a> {
    pub(super) contact: &'a str,
    pub(super) at: Timestamp,
    /// The end of the quiet hours that it waits for.
    pub(super) held_until: Option<Timestamp>,
}

/// Returns the messages to a person whom a step reaches, none earlier than it is taken.
///
/// Critical ones keep the times of the ladder. Others wait for the end of the person's quiet hours: a ladder that would
/// begin in them begins with their end, and a later rung that falls into them waits as well.
pub(super) fn tellings(user: &User, about: About, taking: Taking) -> Vec<Telling<'_>> {
    let awake = |at: Timestamp| {
        if about.wakes() { at } else { hours::end(&user.quiet, &user.time_zone, at).unwrap_or(at) }
    };
    let begin = awake(taking.due);
    let held = Some(begin).filter(|&begin| begin != taking.due && begin > taking.at);
    let telling = |(wait, contact)| {
        let due_at = after(begin, wait).max(taking.at);
        let told_at = awake(due_at);
        let held_until = if told_at == due_at { held } else { Some(told_at) };
        Telling { contact, at: told_at, held_until }
    };
    waits(user, about.urgency()).into_iter().map(telling).collect()
}

/// Returns what a message that waits for the end of a person's quiet hours waits for by the clock as it is at `now`, and when
/// it is due: `wait` after that.
#[must_use]
pub fn held_again(user: &User, wait: Duration, now: Timestamp) -> (Timestamp, Timestamp) {
    let awake = |at: Timestamp| hours::end(&user.quiet, &user.time_zone, at).unwrap_or(at);
    let until = awake(now);
    (until, awake(after(until, wait)))
}

/// Returns until when a message to this person is held, in words and in their zone: `07:00`, or with the day where that is
/// not within a day.
pub(super) fn clock(user: &User, until: Timestamp, from: Timestamp) -> String {
    let shown = until.to_zoned(user.time_zone.clone());
    let is_near = until.duration_since(from).as_hours() < 24;
    shown.strftime(if is_near { "%H:%M" } else { "%a %H:%M" }).to_string()
}

/// The contacts of a person and how long each waits: their ladder, or all at once where no rung leads anywhere.
///
/// A contact comes once, with its first rung, since a message is known by its step, person and contact.
fn waits(user: &User, urgency: Urgency) -> Vec<(Duration, &str)> {
    let good = |ladder: &'_ [Rung]| ladder.iter().any(|rung| user.contact(&rung.contact).is_some());
    let ladder = match urgency {
        Urgency::Low if good(&user.ladder_low) => &user.ladder_low,
        Urgency::Low | Urgency::High => &user.ladder,
    };
    let mut rungs: Vec<_> = ladder.iter().filter(|rung| user.contact(&rung.contact).is_some()).collect();
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
