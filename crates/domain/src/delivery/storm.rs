//! Storms: how many pages a person gets, by all their contacts, while nobody has answered.
//!
//! Where many incidents begin at once, a page for each would wake nobody any better than the third did. The first two leave
//! at once, since most evenings have no more; the third waits a minute, so that it can tell the whole; after that, one
//! message leaves as often as [`MOST_PAGES`] within [`STORM_WINDOW`] allow, with everything in it that was held. The repeats
//! of a single incident are what its policy asks for and are never held, and an answer makes room at once. Word of an answer
//! and of the end follows the same rule by itself.

use std::time::Duration;

use jiff::Timestamp;

use crate::IncidentId;

/// The span in which pages are counted.
pub const STORM_WINDOW: Duration = Duration::from_secs(10 * 60);

/// Pages to one person within [`STORM_WINDOW`], as long as nobody has answered.
pub const MOST_PAGES: usize = 3;

/// How long the last page that may leave waits for what else there is to tell.
const GATHER: Duration = Duration::from_secs(60);

/// A page that somebody has had, for an incident that nobody has answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The incident.
    pub incident: IncidentId,
    /// When it left.
    pub at: Timestamp,
}

/// Returns until when a page about `incidents` has to wait for somebody who has had these; `None` is not at all.
///
/// `sent` are pages about incidents that are still open and unanswered, in any order.
#[must_use]
pub fn held_until(incidents: &[IncidentId], sent: &[Sent], now: Timestamp) -> Option<Timestamp> {
    let after = |at: Timestamp, span: Duration| at.checked_add(span).unwrap_or(Timestamp::MAX);
    // A clock that was set back does not make a page younger than now.
    let mut recent: Vec<Sent> = sent.iter().map(|page| Sent { at: page.at.min(now), ..*page }).collect();
    recent.retain(|page| after(page.at, STORM_WINDOW) > now);
    recent.sort_unstable_by_key(|page| page.at);
    let mut about = incidents.iter().chain(recent.iter().map(|page| &page.incident));
    let first = about.next()?;
    if about.all(|incident| incident == first) {
        return None;
    }
    let last = recent.last()?;
    let room_at = match recent.len().checked_sub(MOST_PAGES) {
        Some(over) => after(recent.get(over)?.at, STORM_WINDOW),
        None if recent.len() + 1 == MOST_PAGES => after(last.at, GATHER),
        None => return None,
    };
    (room_at > now).then_some(room_at)
}
