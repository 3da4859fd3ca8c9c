//! Storms: how many pages a person gets, by all their contacts, while nobody has answered.
//!
//! Where many incidents begin at once, a page for each would wake nobody any better than the third did, so a person gets
//! [`MOST_PAGES`] within [`STORM_WINDOW`]. Three things leave all the same. The first page by a contact that carried none in that
//! time is a rung of a ladder, which gets louder since the earlier ones woke nobody; so places are kept for those that are
//! to come within minutes of each other; what begins meanwhile is in them. Where the next is further off, news does not wait for
//! it. What is more severe than all that they were told of in that time is not held behind it. And the repeats of a single
//! incident are what its policy asks for. The last place waits a minute, so that the page in it can tell the whole; whatever
//! waits is listed by the next page, whichever contact that goes by, and leaves by its own when there is room. An answer makes
//! room at once. Word that nobody answered follows the same rule by itself.
//!
//! Word of an answer, of a new holder and of the end wakes nobody and is worth most while it is new: the first leaves at once,
//! and what follows within a minute of it is one message when that minute is over ([`gathered_until`]).

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;

use crate::{NotificationId, Severity};

/// The span in which pages are counted.
pub const STORM_WINDOW: Duration = Duration::from_secs(10 * 60);

/// Pages to one person within [`STORM_WINDOW`], as long as nobody has answered.
pub const MOST_PAGES: usize = 3;

/// How long the last page that may leave waits for what else there is to tell, and word of an answer or of the end after the
/// one before.
const GATHER: Duration = Duration::from_secs(60);

/// How soon after the page before it a rung has to come for a place to be kept for it: it is the one to tell what begins
/// meanwhile, which must not wait for longer.
const SOON: Duration = Duration::from_secs(3 * 60);

/// A message that somebody has had, or may have had, about incidents that nobody has answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The message.
    pub message: NotificationId,
    /// By which contact it went.
    pub contact: String,
    /// When it left.
    pub at: Timestamp,
    /// The worst that it told of.
    pub severity: Severity,
}

/// A message that is to leave for the same person.
#[derive(Clone, Copy, Debug)]
pub struct Leaving<'a> {
    /// By which contact.
    pub contact: &'a str,
    /// The worst that it tells of; `None` where that is no reason to hurry.
    pub severity: Option<Severity>,
    /// Whether it and everything that they were told within the window is about one incident.
    pub is_alone: bool,
}

/// Returns until when a message has to wait for somebody who has had `sent`; `None` is not at all.
///
/// `ahead` are the contacts by which something is owed to them that is due within the window, with when. Both may be in any
/// order.
#[must_use]
pub fn held_until(
    leaving: &Leaving<'_>,
    sent: &[Sent],
    ahead: &[(String, Timestamp)],
    now: Timestamp,
) -> Option<Timestamp> {
    // A clock that was set back makes nothing younger than now.
    let mut recent: Vec<(Timestamp, &Sent)> = sent.iter().map(|sent| (sent.at.min(now), sent)).collect();
    recent.retain(|(at, _)| after(*at, STORM_WINDOW) > now);
    recent.sort_unstable_by_key(|(at, _)| *at);
    let (last, _) = *recent.last()?;
    let by_this = recent.iter().rev().find(|(_, sent)| sent.contact == leaving.contact);
    // Without one this is a fresh rung.
    let (by_this_at, _) = *by_this?;
    let worst = recent.iter().map(|(_, sent)| sent.severity).max();
    if leaving.is_alone || leaving.severity > worst {
        return None;
    }
    let rungs = rungs_soon(&recent, ahead, last);
    let taken = recent.len() + rungs.len();
    let room_at = match taken.checked_sub(MOST_PAGES) {
        // The next of them tells it. What is due and has not been tried leaves at any moment.
        Some(_) if recent.len() < MOST_PAGES => after(rungs.first().copied().unwrap_or(now).max(now), GATHER),
        Some(over) => after(recent.get(over).map_or(last, |(at, _)| *at), STORM_WINDOW),
        None if taken + 1 == MOST_PAGES => after(last, GATHER),
        None => return None,
    };
    let until = room_at.min(after(by_this_at, STORM_WINDOW));
    (until > now).then_some(until)
}

/// Returns until when word of an answer, of a new holder or of the end waits, to be one message with what comes meanwhile; `None`
/// is not at all. `sent` is what the same person was told of the kind, in any order.
#[must_use]
pub fn gathered_until(leaving: &Leaving<'_>, sent: &[Sent], now: Timestamp) -> Option<Timestamp> {
    let by_this = sent.iter().filter(|sent| sent.contact == leaving.contact);
    // A clock that was set back makes nothing younger than now.
    let last = by_this.map(|sent| sent.at.min(now)).max()?;
    let until = after(last, GATHER);
    (!leaving.is_alone && until > now).then_some(until)
}

/// When those rungs come that follow the last page, and each other, soon: the first pages by contacts that carried none.
fn rungs_soon(
    recent: &[(Timestamp, &Sent)],
    ahead: &[(String, Timestamp)],
    last: Timestamp,
) -> Vec<Timestamp> {
    let mut fresh: BTreeMap<&str, Timestamp> = BTreeMap::new();
    for (contact, at) in ahead.iter().filter(|(it, _)| recent.iter().all(|(_, sent)| sent.contact != *it)) {
        let first = fresh.entry(contact).or_insert(*at);
        *first = (*first).min(*at);
    }
    let mut rungs: Vec<Timestamp> = fresh.into_values().collect();
    rungs.sort_unstable();
    let mut before = last;
    let follows = |at: &Timestamp| *at <= after(std::mem::replace(&mut before, *at), SOON);
    let soon = rungs.iter().copied().take_while(follows).count();
    rungs.truncate(soon);
    rungs
}

fn after(at: Timestamp, span: Duration) -> Timestamp {
    at.checked_add(span).unwrap_or(Timestamp::MAX)
}
