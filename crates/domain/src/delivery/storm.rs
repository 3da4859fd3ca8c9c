//! Storms: how many pages a person gets, by all their contacts, while nobody has answered.
//!
//! Where many incidents begin at once, a page for each would wake nobody any better than the third did. Of the pages that tell
//! somebody something new, the first two leave at once, since most evenings have no more; the third waits a minute, so that it
//! can tell the whole; after that, one message leaves as often as [`MOST_PAGES`] within [`STORM_WINDOW`] allow, with
//! everything in it that was held. What repeats, or goes by a further contact, about incidents that they were told of counts
//! besides, and never holds up what is new. The repeats of a single incident are what its policy asks for and are never
//! held, and an answer makes room at once. Word of an answer and of the end follows the same rule by itself.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;

use crate::{IncidentId, NotificationId};

/// The span in which pages are counted.
pub const STORM_WINDOW: Duration = Duration::from_secs(10 * 60);

/// Pages that tell one person something new within [`STORM_WINDOW`], as long as nobody has answered; and, as long as there are
/// not as many, pages in all.
pub const MOST_PAGES: usize = 3;

/// How long the last page that may leave waits for what else there is to tell.
const GATHER: Duration = Duration::from_secs(60);

/// A page that somebody has had, for an incident that nobody has answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The message that it was in: one may tell of several incidents.
    pub message: NotificationId,
    /// The incident.
    pub incident: IncidentId,
    /// When it left.
    pub at: Timestamp,
    /// Whether it was the first that told them of the incident.
    pub is_first: bool,
}

/// A message within [`STORM_WINDOW`].
struct Recent {
    at: Timestamp,
    is_news: bool,
}

/// Returns until when a page about `incidents` has to wait for somebody who has had these; `None` is not at all.
///
/// `sent` are pages about incidents that are still open and unanswered, in any order.
#[must_use]
pub fn held_until(incidents: &[IncidentId], sent: &[Sent], now: Timestamp) -> Option<Timestamp> {
    let recent = recent(sent, now);
    let mut about =
        incidents.iter().chain(sent.iter().filter(|page| is_recent(page, now)).map(|page| &page.incident));
    let first = about.next()?;
    if about.all(|incident| incident == first) {
        return None;
    }
    let is_told = |incident: &IncidentId| sent.iter().any(|page| page.incident == *incident);
    let is_news = !incidents.iter().all(is_told);
    let counted: Vec<Timestamp> =
        recent.iter().filter(|message| message.is_news || !is_news).map(|message| message.at).collect();
    let room_at = match counted.len().checked_sub(MOST_PAGES) {
        Some(over) => after(*counted.get(over)?, STORM_WINDOW),
        None if counted.len() + 1 == MOST_PAGES => after(*counted.last()?, GATHER),
        None => return None,
    };
    (room_at > now).then_some(room_at)
}

/// The messages within the window, in the order of time. A clock that was set back makes none younger than now.
fn recent(sent: &[Sent], now: Timestamp) -> Vec<Recent> {
    let mut messages: BTreeMap<NotificationId, Recent> = BTreeMap::new();
    for page in sent.iter().filter(|page| is_recent(page, now)) {
        let message = messages.entry(page.message).or_insert(Recent { at: page.at.min(now), is_news: false });
        message.is_news |= page.is_first;
    }
    let mut recent: Vec<Recent> = messages.into_values().collect();
    recent.sort_unstable_by_key(|message| message.at);
    recent
}

fn is_recent(page: &Sent, now: Timestamp) -> bool {
    after(page.at.min(now), STORM_WINDOW) > now
}

fn after(at: Timestamp, span: Duration) -> Timestamp {
    at.checked_add(span).unwrap_or(Timestamp::MAX)
}
