//! Whatever knowledge turns into: what is read back is what was stored last.

use domain::{Phase, Status};
use proptest::{collection::vec, prelude::*, sample::select, sample::subsequence, test_runner::RngSeed};

use super::knowledge::{component, incident, update};
use super::*;
use crate::providers::events::places;
use crate::tests::sqlite;

/// Some of these names, each once, in any order.
fn names() -> impl Strategy<Value = Vec<&'static str>> {
    subsequence(vec!["a", "b", "c", "d", "e"], 0..=5).prop_shuffle()
}

fn knowledge() -> impl Strategy<Value = Knowledge> {
    let status = || select(Status::ALL);
    let phase = || select(Phase::ALL);
    (names(), names(), names(), status(), phase(), any::<bool>()).prop_map(
        |(components, incidents, updates, status, phase, is_edited)| {
            let body = if is_edited { "edited" } else { "as it was" };
            let updates: Vec<_> = updates.into_iter().map(|id| update(id, body, None)).collect();
            let newest = incidents.first().copied();
            Knowledge {
                components: components.into_iter().map(|id| component(id, status, 3)).collect(),
                // The newest is the one that is written on.
                incidents: incidents
                    .into_iter()
                    .map(|id| incident(id, phase, if Some(id) == newest { &updates } else { &[] }))
                    .collect(),
                ..Knowledge::default()
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 60, failure_persistence: None, rng_seed: RngSeed::Fixed(11), ..ProptestConfig::default()
    })]

    #[test]
    fn every_turn_is_read_back_as_it_was_stored(turns in vec(knowledge(), 1..6)) {
        let fixture = sqlite();
        let database = fixture.open();
        database.migrate(&LEDGER).unwrap();
        write(&database, |tx| register(tx, pay(), "pay", at(0)));
        let mut before = Knowledge::default();
        for (minute, after) in (1..).zip(turns) {
            let pair = (before, after.clone());
            write(&database, move |tx| save_knowledge(tx, pay(), &pair.0, &pair.1, at(minute)));
            prop_assert_eq!(&stored(&database).knowledge, &after);
            before = after;
        }
    }

    #[test]
    fn places_fall_and_only_those_in_the_way_move(present in vec(prop::option::of(1i64..20), 0..12)) {
        let found = places(present.clone());
        prop_assert_eq!(found.len(), present.len());
        prop_assert!(found.is_sorted_by(|before, after| before > after));
        if present.iter().all(Option::is_some) && present.is_sorted_by(|before, after| before > after) {
            prop_assert_eq!(found.into_iter().map(Some).collect::<Vec<_>>(), present);
        }
    }
}
