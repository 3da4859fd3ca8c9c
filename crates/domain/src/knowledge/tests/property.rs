//! Whatever a page says next: the same reading twice tells nothing twice, and what is told adds up to what is known.

use std::collections::BTreeMap;

use proptest::{collection::vec, option, prelude::*, sample::select, test_runner::RngSeed};

use super::*;

/// What a page may show: two components, two incidents, one piece of work, each there or not.
fn reading() -> impl Strategy<Value = Snapshot> {
    let status = || option::of(select(Status::ALL));
    let phase = || option::of((select(Phase::ALL), 1usize..4));
    let plan = option::of((select(MaintenanceStatus::ALL), 1usize..3));
    ((status(), status()), (phase(), phase()), plan, any::<bool>()).prop_map(
        |(components, incidents, plan, is_complete)| {
            let shown: Vec<(&str, Status)> = [("api", components.0), ("web", components.1)]
                .into_iter()
                .filter_map(|(id, status)| Some((id, status?)))
                .collect();
            let mut snapshot = page(&shown);
            snapshot.incidents = [("early", -90, incidents.0), ("late", 10, incidents.1)]
                .into_iter()
                .filter_map(|(id, begun, seen)| seen.map(|(phase, count)| told(id, begun, phase, count)))
                .collect();
            let works =
                plan.map(|(status, count)| work("work", status, 30, &updates(20, status.word(), count)));
            snapshot.maintenances = works.into_iter().collect();
            snapshot.coverage.open_incidents = is_complete;
            snapshot
        },
    )
}

fn told(id: &str, begun: i64, phase: Phase, count: usize) -> Incident {
    incident(id, phase, begun, &updates(begun, phase.word(), count))
}

/// So many updates, the newest first and with this word.
fn updates(begun: i64, word: &str, count: usize) -> Vec<Update> {
    let one = |n: usize| {
        let minute = begun + i64::try_from(n).unwrap_or(0);
        update(&format!("u{n}"), if n + 1 == count { word } else { "investigating" }, minute)
    };
    (0..count).rev().map(one).collect()
}

fn readings() -> impl Strategy<Value = Vec<Snapshot>> {
    vec(reading(), 1..8)
}

/// The minute of the n-th reading.
fn minute(n: usize) -> Timestamp {
    at(20 * i64::try_from(n).unwrap_or(0))
}

/// Folds all readings in; returns what is known and everything that was told.
fn learn_all(readings: &[Snapshot]) -> (Knowledge, Vec<Change>) {
    let mut told = Vec::new();
    let mut knowledge = Knowledge::default();
    for (n, reading) in readings.iter().enumerate() {
        let (after, mut changes) = knowledge.learn(reading, minute(n), Absence::Confirmed);
        told.append(&mut changes);
        knowledge = after;
    }
    (knowledge, told)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 500, failure_persistence: None, rng_seed: RngSeed::Fixed(7), ..ProptestConfig::default()
    })]

    #[test]
    fn the_same_reading_again_tells_nothing(readings in readings()) {
        let (knowledge, _) = learn_all(&readings);
        let last = readings.last().unwrap();
        let (again, changes) = knowledge.learn(last, minute(readings.len()), Absence::Confirmed);
        prop_assert_eq!(changes, Vec::new());
        prop_assert_eq!(again, knowledge);
    }

    #[test]
    fn statuses_of_components_are_told_without_a_gap(readings in readings()) {
        let (knowledge, changes) = learn_all(&readings);
        // What is well at first contact goes without saying; everything else is told as a change from unknown.
        let at_first = |component: &Component| {
            if component.status == Status::Operational { component.status } else { Status::Unknown }
        };
        let mut shown: BTreeMap<String, String> = readings[0]
            .components
            .iter()
            .map(|component| (component.id.clone(), at_first(component).word().to_owned()))
            .collect();
        let of_components = [ChangeKind::ComponentAdded, ChangeKind::ComponentChanged, ChangeKind::ComponentRemoved];
        for change in changes.iter().filter(|change| of_components.contains(&change.kind)) {
            prop_assert_eq!(shown.remove(&change.subject), change.from.clone(), "{:?}", change);
            shown.extend(change.to.clone().map(|to| (change.subject.clone(), to)));
        }
        let known: BTreeMap<String, String> = knowledge
            .components
            .iter()
            .map(|known| (known.component.id.clone(), known.component.status.word().to_owned()))
            .collect();
        prop_assert_eq!(shown, known);
    }

    #[test]
    fn each_incident_opens_once_and_ends_before_it_opens_again(readings in readings()) {
        let (knowledge, changes) = learn_all(&readings);
        for known in &knowledge.incidents {
            let mut is_open: Option<bool> = None;
            let moves = [ChangeKind::IncidentOpened, ChangeKind::IncidentReopened, ChangeKind::IncidentResolved];
            let of_it = |change: &&Change| change.subject == known.incident.id && moves.contains(&change.kind);
            for change in changes.iter().filter(of_it) {
                let may_happen = match is_open {
                    // What was over at first contact has no beginning.
                    None => change.kind != ChangeKind::IncidentResolved,
                    Some(true) => change.kind == ChangeKind::IncidentResolved,
                    Some(false) => change.kind == ChangeKind::IncidentReopened,
                };
                prop_assert!(may_happen, "{:?} while {:?}", change, is_open);
                is_open = Some(change.kind != ChangeKind::IncidentResolved);
            }
            prop_assert_eq!(is_open.unwrap_or(false), !known.incident.phase.is_over());
        }
    }

    #[test]
    fn nothing_is_told_from_the_future(readings in readings()) {
        let (_, changes) = learn_all(&readings);
        prop_assert!(changes.iter().all(|change| change.at <= minute(readings.len() - 1)));
    }
}
