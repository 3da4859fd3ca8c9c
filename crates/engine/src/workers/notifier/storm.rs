//! What a storm holds, and what the next message tells of it.

use domain::{
    ChannelKind, IncidentId, NoticeKind,
    delivery::{Leaving, STORM_WINDOW, Sent, folds, gathered_until, held_until},
    escalation::Responder,
};
use jiff::Timestamp;
use store::{
    Scope,
    notifications::{self, Notification},
};

use super::claim::Kept;
use crate::error::CommandError;

/// Puts off messages for somebody who has had their share of the kind, of pages as long as nobody answered; and word of an answer
/// or of the end, for a moment, where one has just left. What has been tried already is not put off.
pub(super) fn holds(
    scope: &mut Scope<'_>,
    kept: &[Kept],
    channel: Option<ChannelKind>,
    now: Timestamp,
) -> Result<bool, CommandError> {
    let Some(Kept { owed: first, .. }) = kept.first() else { return Ok(false) };
    let is_begun = kept.iter().any(|one| one.owed.tries > 0);
    // What brings a room up to date wakes nobody.
    let is_quiet = first.kind != NoticeKind::Page && matches!(first.responder, Responder::Channel(_));
    if first.kind == NoticeKind::Notice || is_quiet || is_begun || !folds(first.responder, channel) {
        return Ok(false);
    }
    let since = now.checked_sub(STORM_WINDOW).unwrap_or(Timestamp::MIN);
    let told = notifications::list_sent(scope, first, since)?;
    if told.is_empty() {
        return Ok(false);
    }
    let is_alone = kept.iter().all(|one| one.owed.incident == first.incident)
        && told.iter().all(|(_, tells_of_others)| !tells_of_others);
    let sent: Vec<Sent> = told.into_iter().map(|(sent, _)| sent).collect();
    let ahead =
        notifications::list_ahead(scope, first, now.checked_add(STORM_WINDOW).unwrap_or(Timestamp::MAX))?;
    let worst = kept.iter().map(|one| one.incident.severity).max();
    let severity = worst.filter(|_| first.kind == NoticeKind::Page);
    let leaving = Leaving { contact: &first.contact, severity, is_alone };
    let (until, why) = match first.kind {
        NoticeKind::Page | NoticeKind::Unanswered => (
            held_until(&leaving, &sent, &ahead, now),
            "held: there are many at once, and the next page lists it",
        ),
        NoticeKind::Acknowledged | NoticeKind::Reassigned | NoticeKind::Resolved | NoticeKind::Notice => (
            gathered_until(&leaving, &sent, now),
            "waits for a minute at most: what is the same of other incidents goes out with it",
        ),
    };
    let Some(until) = until else { return Ok(false) };
    for one in kept {
        notifications::put_off(scope, one.owed.id, until, why)?;
    }
    Ok(true)
}

/// Returns the incidents of which pages, or word that nobody answered, wait for other contacts of the receiver: the next of
/// either lists them, whatever it goes by.
pub(super) fn waiting(
    scope: &mut Scope<'_>,
    lead: &Notification,
    channel: Option<ChannelKind>,
    now: Timestamp,
) -> Result<Vec<(IncidentId, u32)>, CommandError> {
    if !matches!(lead.kind, NoticeKind::Page | NoticeKind::Unanswered) || !folds(lead.responder, channel) {
        return Ok(Vec::new());
    }
    Ok(notifications::list_waiting(scope, lead, now)?)
}
