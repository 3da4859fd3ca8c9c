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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_understood_is_worse_than_what_works_and_better_than_any_trouble() {
        let order = [
            Status::Operational,
            Status::Unknown,
            Status::UnderMaintenance,
            Status::DegradedPerformance,
            Status::PartialOutage,
            Status::MajorOutage,
        ];
        for (at, status) in order.into_iter().enumerate() {
            for (other_at, other) in order.into_iter().enumerate() {
                assert_eq!(is_worse(status, other), at > other_at, "{status} {other}");
            }
        }
    }

    #[test]
    fn lists_without_all_times_keep_their_order() {
        let update = |id: &str, at: Option<&str>| Update {
            id: id.to_owned(),
            status: String::new(),
            body: String::new(),
            at: at.map(|at| at.parse().unwrap()),
        };
        let check = |mut updates: Vec<Update>, expect: &str| {
            latest_first(&mut updates);
            assert_eq!(updates.iter().map(|it| it.id.as_str()).collect::<String>(), expect);
        };
        let (early, late) = (Some("2026-09-15T10:00:00Z"), Some("2026-09-15T11:00:00Z"));
        check(vec![update("a", early), update("b", late)], "ba");
        check(vec![update("a", early), update("b", None), update("c", late)], "abc");
    }
}
