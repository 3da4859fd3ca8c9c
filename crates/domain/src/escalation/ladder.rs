//! Personal ladders: when a person is told by which contact, in a hurry and without, and what quiet hours hold back.

use std::time::Duration;

use jiff::Timestamp;

use super::{About, Taking, Urgency, hours, plan::after};
use crate::setup::{Contact, Rung, User};

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
pub(super) fn tellings<'u>(user: &'u User, about: About, taking: Taking) -> Vec<Telling<'u>> {
    let awake = |at: Timestamp| {
        if about.wakes() { at } else { hours::end(&user.quiet, &user.time_zone, at).unwrap_or(at) }
    };
    let begin = awake(taking.due);
    let held = Some(begin).filter(|&begin| begin != taking.due && begin > taking.at);
    let telling = |way: Way<'u>| {
        let due_at = after(begin, way.wait).max(taking.at);
        let told_at = awake(due_at);
        let held_until = if told_at == due_at { held } else { Some(told_at) };
        Telling { contact: way.contact, at: told_at, held_until }
    };
    ways(user, about.urgency()).into_iter().map(telling).collect()
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
pub(crate) fn clock(user: &User, until: Timestamp, from: Timestamp) -> String {
    let shown = until.to_zoned(user.time_zone.clone());
    let is_near = until.duration_since(from).as_hours() < 24;
    shown.strftime(if is_near { "%H:%M" } else { "%a %H:%M" }).to_string()
}

/// One of the ways to a person.
pub(crate) struct Way<'a> {
    /// The id of the contact.
    pub(crate) contact: &'a str,
    /// How long it waits.
    pub(crate) wait: Duration,
    /// Its place on the ladder, counted from one, and how many rungs that has; `None` where no rung leads anywhere.
    pub(crate) rung: Option<(usize, usize)>,
    /// Whether that is the ladder for what has no hurry.
    pub(crate) is_low: bool,
    /// The contacts that can't be used and in whose place it is.
    pub(crate) in_place_of: Vec<&'a str>,
}

/// The ladder that counts: that of low urgency only where a rung of it leads somewhere.
fn ladder(user: &User, urgency: Urgency) -> (&[Rung], bool) {
    let is_usable = |rung: &Rung| user.contact(&rung.contact).is_some_and(Contact::is_usable);
    match urgency {
        Urgency::Low if user.ladder_low.iter().any(is_usable) => (&user.ladder_low, true),
        Urgency::Low | Urgency::High => (&user.ladder, false),
    }
}

impl User {
    /// Returns how long the first way to the person waits; `None` where there is none at all.
    #[must_use]
    pub fn first_wait(&self, urgency: Urgency) -> Option<Duration> {
        ways(self, urgency).into_iter().map(|way| way.wait).min()
    }

    /// Returns the contacts that the person wants to be told by, whether they can be used or not; all where they don't say.
    pub(crate) fn asked(&self, urgency: Urgency) -> Vec<&Contact> {
        let named = |contact: &&Contact| {
            let ladder = match urgency {
                Urgency::Low if !self.ladder_low.is_empty() => &self.ladder_low,
                Urgency::Low | Urgency::High => &self.ladder,
            };
            ladder.iter().any(|rung| rung.contact == contact.id)
        };
        let asked: Vec<_> = self.contacts.iter().filter(named).collect();
        if asked.is_empty() { self.contacts.iter().collect() } else { asked }
    }
}

/// The ways to a person in the order they come: their ladder, or all contacts at once where no rung leads anywhere.
///
/// A contact comes once, with its first rung, since a message is known by its step, person and contact. One that can't be
/// used is left out and the next comes in its place, as where a message is refused for good. A person of whom no contact can
/// be used gets all of them, so that the attempts and their failure are on record.
pub(crate) fn ways(user: &User, urgency: Urgency) -> Vec<Way<'_>> {
    let (ladder, is_low) = ladder(user, urgency);
    let mut rungs: Vec<_> = ladder.iter().filter(|rung| user.contact(&rung.contact).is_some()).collect();
    rungs.sort_by_key(|rung| rung.after);
    let mut ways: Vec<Way<'_>> = Vec::new();
    let (mut slot, mut in_place_of) = (None, Vec::new());
    for (place, rung) in (1..).zip(&rungs) {
        let contact = rung.contact.as_str();
        if ways.iter().any(|way| way.contact == contact) {
            continue;
        }
        if user.contact(contact).is_some_and(|contact| !contact.is_usable()) {
            slot.get_or_insert(rung.after);
            in_place_of.push(contact);
            continue;
        }
        ways.push(Way {
            contact,
            wait: slot.take().unwrap_or(rung.after),
            rung: Some((place, rungs.len())),
            is_low,
            in_place_of: std::mem::take(&mut in_place_of),
        });
    }
    if ways.is_empty() {
        let at_once = |contact: &'_ Contact| contact.is_usable() || !user.is_reachable();
        ways.extend(user.contacts.iter().filter(|contact| at_once(contact)).map(|contact| Way {
            contact: &contact.id,
            wait: Duration::ZERO,
            rung: None,
            is_low: false,
            in_place_of: Vec::new(),
        }));
    }
    ways
}
