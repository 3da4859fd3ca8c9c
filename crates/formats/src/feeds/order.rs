//! What comes first, and what is worse. Lists are newest first as far as times tell; where one row has no time, the
//! document's own order stays, since half an order would be a guess.

use std::cmp::Reverse;

use domain::Status;
use domain::snapshot::{Incident, Update};

/// Sorts incidents by the time they were posted, else by when they began.
pub(crate) fn newest_first(incidents: &mut [Incident]) {
    if incidents.iter().all(|incident| incident.created_at.or(incident.started_at).is_some()) {
        incidents.sort_by_key(|incident| Reverse(incident.created_at.or(incident.started_at)));
    }
}

/// Sorts updates by the time they show.
pub(crate) fn latest_first(updates: &mut [Update]) {
    if updates.iter().all(|update| update.at.is_some()) {
        updates.sort_by_key(|update| Reverse(update.at));
    }
}

/// Whether one status of a thing is worse news than another. A word we don't know is worse than any good one: it must not
/// hide behind what works.
pub(crate) fn is_worse(status: Status, than: Status) -> bool {
    let rank = |status: Status| match status {
        Status::Operational => 0,
        Status::Unknown => 1,
        Status::UnderMaintenance => 2,
        Status::DegradedPerformance => 3,
        Status::PartialOutage => 4,
        Status::MajorOutage => 5,
    };
    rank(status) > rank(than)
}
