//! What comes first, and what weighs more. Lists are newest first as far as times tell; where one row has no time, the
//! provider's own order stays, since half an order would be a guess.

use std::cmp::Reverse;
use std::collections::HashMap;

use domain::Status;
use domain::snapshot::{Component, Incident, Update};

/// Sorts incidents by the time they were posted, else by when they began.
pub(crate) fn incidents(mut incidents: Vec<Incident>) -> Vec<Incident> {
    let began = |incident: &Incident| incident.created_at.or(incident.started_at);
    if incidents.iter().all(|incident| began(incident).is_some()) {
        incidents.sort_by_key(|incident| Reverse(began(incident)));
    }
    incidents
}

/// Sorts updates by the time they show.
pub(crate) fn updates(mut updates: Vec<Update>) -> Vec<Update> {
    if updates.iter().all(|update| update.at.is_some()) {
        updates.sort_by_key(|update| Reverse(update.at));
    }
    updates
}

/// Returns how much a status weighs among others. A word we don't know outweighs what works and what was announced: it must
/// not hide behind them. It weighs less than any trouble that is known.
pub(crate) fn weight(status: Status) -> u8 {
    match status {
        Status::Operational => 0,
        Status::UnderMaintenance => 1,
        Status::Unknown => 2,
        Status::DegradedPerformance => 3,
        Status::PartialOutage => 4,
        Status::MajorOutage => 5,
    }
}

/// Components of which several events tell, in the order they were first named: the worst counts. Each is found by its id
/// at once, however many a document names.
#[derive(Default)]
pub(crate) struct Worst {
    components: Vec<Component>,
    places: HashMap<String, usize>,
}

impl Worst {
    /// Adds what one event makes of a component; what another made of it stays where that is as bad.
    pub(crate) fn add(&mut self, component: Component) {
        let Some(&place) = self.places.get(&component.id) else {
            self.places.insert(component.id.clone(), self.components.len());
            self.components.push(component);
            return;
        };
        let known = &mut self.components[place];
        if weight(component.status) > weight(known.status) {
            known.status = component.status;
            known.raw_status = component.raw_status;
            known.updated_at = component.updated_at;
        }
    }

    /// Returns the components.
    pub(crate) fn into_vec(self) -> Vec<Component> {
        self.components
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_understood_outweighs_calm_but_no_trouble() {
        let mut all = Status::ALL.to_vec();
        all.sort_by_key(|status| weight(*status));
        let trouble: Vec<bool> = all.iter().map(|status| status.is_trouble()).collect();
        assert_eq!(trouble, [false, false, false, true, true, true]);
        assert_eq!((all[0], all[2], all[5]), (Status::Operational, Status::Unknown, Status::MajorOutage));
    }

    #[test]
    fn lists_without_all_times_keep_their_order() {
        let update = |id: &str, at: Option<&str>| Update {
            id: id.to_owned(),
            status: String::new(),
            body: String::new(),
            at: at.map(|at| at.parse().unwrap()),
        };
        let check = |list: Vec<Update>, expect: &str| {
            assert_eq!(updates(list).iter().map(|it| it.id.as_str()).collect::<String>(), expect);
        };
        let (early, late) = (Some("2026-09-15T10:00:00Z"), Some("2026-09-15T11:00:00Z"));
        check(vec![update("a", early), update("b", late)], "ba");
        check(vec![update("a", early), update("b", None), update("c", late)], "abc");
    }
}
