//! A thousand random stories with crashes and lost messages. `MIDWATCH_SEED` plays one of them.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use testkit::{Report, simulate};

/// How many stories are told.
const SEEDS: u64 = 1_000;

/// Threads that tell them.
const THREADS: usize = 2;

#[test]
fn simulation_loses_no_page() {
    let only: Option<u64> =
        std::env::var("MIDWATCH_SEED").ok().map(|seed| seed.parse().expect("MIDWATCH_SEED is a number"));
    let (first, last) = only.map_or((0, SEEDS), |seed| (seed, seed + 1));
    let (total, failed) = play(first, last);
    tell(last - first, &total, &failed);
    assert!(failed.is_empty(), "{} of {} stories went wrong", failed.len(), last - first);
    assert_eq!(total.lost, 0, "pages were lost");
    let are_few = total.duplicates * 100 < total.arrivals;
    assert!(only.is_some() || are_few, "more than one message in a hundred came twice");
}

/// Plays stories; returns the sum of their numbers and those in which something was that should not be.
fn play(first: u64, last: u64) -> (Report, Vec<Report>) {
    let (next, total) = (AtomicU64::new(first), Mutex::new((Report::default(), Vec::new())));
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= last {
                return;
            }
            let report = std::panic::catch_unwind(|| simulate(seed)).unwrap_or_else(|_| Report {
                seed,
                violations: vec!["the story panicked".to_owned()],
                ..Report::default()
            });
            let mut total = total.lock().unwrap_or_else(PoisonError::into_inner);
            total.0.add(&report);
            if !report.violations.is_empty() {
                total.1.push(report);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(work);
        }
    });
    let (total, mut failed) = total.into_inner().unwrap_or_else(PoisonError::into_inner);
    failed.sort_by_key(|report| report.seed);
    (total, failed)
}

#[expect(clippy::print_stdout, reason = "the numbers are what the simulation is run for")]
fn tell(stories: u64, total: &Report, failed: &[Report]) {
    println!("{}", in_words(stories, total));
    for report in failed.iter().take(5) {
        let seed = report.seed;
        println!("seed {seed}:\n  {}", report.violations.join("\n  "));
        if stories == 1 {
            println!("{}", report.timeline.join("\n"));
        }
        println!(
            "repeat it with: MIDWATCH_SEED={seed} cargo test -p server --test it simulation -- --nocapture"
        );
    }
}

fn in_words(stories: u64, total: &Report) -> String {
    let in_ten_thousand = (total.duplicates * 10_000).checked_div(total.arrivals).unwrap_or_default();
    format!(
        "{stories} stories: {} incidents, {} answers by people, {} messages owed; {} pages: {} arrived, {} given up on \
         record, {} lost; {} messages arrived, {} of them repeats ({}.{:02} %). Trouble: {} crashes, {} lost writes, {} bad \
         sends ({} doubled by the network).",
        total.incidents,
        total.answers,
        total.owed,
        total.pages,
        total.arrived,
        total.given_up,
        total.lost,
        total.arrivals,
        total.duplicates,
        in_ten_thousand / 100,
        in_ten_thousand % 100,
        total.tally.crashes,
        total.tally.lost_writes,
        total.tally.bad_sends,
        total.tally.doubled,
    )
}
