//! A thousand random stories with crashes and lost messages; `MIDWATCH_SEEDS` says how many instead. `MIDWATCH_SEED` plays one
//! of them.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use testkit::{Report, simulate};

/// How many stories are told where nobody says.
const SEEDS: u64 = 1_000;

/// Threads that tell them.
const THREADS: usize = 2;

#[test]
fn simulation_loses_no_page() {
    let (only, seeds) = (number("MIDWATCH_SEED"), number("MIDWATCH_SEEDS").unwrap_or(SEEDS));
    let (first, last) = only.map_or((0, seeds), |seed| (seed, seed + 1));
    let (total, failed) = play(first, last);
    tell(last - first, &total, &failed);
    assert!(failed.is_empty(), "{} of {} stories went wrong", failed.len(), last - first);
    assert_eq!(total.lost, 0, "pages were lost");
    let are_few = total.duplicates * 1_000 < total.arrivals;
    assert!(only.is_some() || are_few, "more than one message in a thousand came twice by our doing");
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().expect("the variable is a number"))
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
    let tally = &total.tally;
    format!(
        "{stories} stories: {} incidents, {} answers by people, {} steps due, {} messages owed; {} pages: {} arrived, {} given \
         up on record, {} lost; {} messages arrived, {} of them again by our doing ({}.{:02} %) and {} since the network kept \
         the answer or doubled them. Trouble: {} crashes, {} lost writes, {} full disks, {} clocks set, {} destinations cut off, \
         {} bad sends ({} doubled by the network).",
        total.incidents,
        total.answers,
        total.steps,
        total.owed,
        total.pages,
        total.arrived,
        total.given_up,
        total.lost,
        total.arrivals,
        total.duplicates,
        in_ten_thousand / 100,
        in_ten_thousand % 100,
        total.repeats,
        tally.crashes,
        tally.lost_writes,
        tally.full_disks,
        tally.jumps,
        tally.partitions,
        tally.bad_sends,
        tally.doubled,
    )
}
