//! Lists in the order of the vocabulary: newest first, as far as times tell. Where one row has no time, the document's own
//! order stays: half an order would be a guess.

use std::cmp::Reverse;

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
