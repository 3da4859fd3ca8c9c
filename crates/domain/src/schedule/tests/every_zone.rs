//! Both resolvers at the minutes around every change of every zone's clock, 2000 to 2040.
//!
//! Each change has a schedule of its own, drawn by a fixed seed. `MIDWATCH_SCHEDULES=20 cargo test --release -p domain
//! every_zone` draws twenty for each, which takes minutes.

use std::{collections::BTreeMap, env};

use jiff::{SignedDuration, tz::TimeZoneDatabase};
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, RngAlgorithm, RngSeed, TestRunner},
};

use super::{
    property::{agrees_at_every_minute, changes, drawn_around},
    *,
};

/// How far around a change every minute is asked for: the longest gap but Samoa's, whose edges are both one instant.
const AROUND: SignedDuration = SignedDuration::from_mins(65);

/// The zones of the bundled database, one name for all that have kept the same time throughout.
fn zones() -> Vec<(String, TimeZone)> {
    let mut distinct = BTreeMap::new();
    for name in TimeZoneDatabase::bundled().available() {
        let zone = TimeZoneDatabase::bundled().get(name.as_str()).unwrap();
        let history: Vec<_> = changes(&zone).map(|change| (change.timestamp(), change.offset())).collect();
        let first = zone.to_offset(at("2000-01-01T00:00:00Z"));
        distinct.entry((first, history)).or_insert_with(|| (name.as_str().to_owned(), zone));
    }
    distinct.into_values().collect()
}

#[test]
fn both_resolvers_agree_around_every_change_of_every_zone() {
    let schedules = env::var("MIDWATCH_SCHEDULES").map_or(1, |number| number.parse().unwrap());
    let config =
        Config { rng_algorithm: RngAlgorithm::XorShift, rng_seed: RngSeed::Fixed(40), ..Config::default() };
    let mut runner = TestRunner::new(config);
    let mut asked = 0;
    for (name, zone) in zones() {
        // A zone whose clock never changes is asked about too.
        let fixed = at("2026-06-01T12:00:00Z");
        let mut centres: Vec<Timestamp> = changes(&zone).map(|change| change.timestamp()).collect();
        if centres.is_empty() {
            centres.push(fixed);
        }
        for centre in centres {
            let strategy = drawn_around(zone.clone(), centre);
            for _ in 0..schedules {
                let schedule = strategy.new_tree(&mut runner).unwrap().current();
                asked += 1;
                let agreed = agrees_at_every_minute(&schedule, centre - AROUND, centre + AROUND);
                assert!(agreed.is_ok(), "{name} around {centre}: {}\n{schedule:#?}", agreed.unwrap_err());
            }
        }
    }
    assert!(asked > 6_000, "{asked}");
}
