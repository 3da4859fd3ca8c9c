//! Real processes, killed at random moments while pages are under way: none is lost, and what comes twice says so.
//!
//! `MIDWATCH_KILLS` says how often (5 without it), `MIDWATCH_SEED` which moments and which outages.

mod audit;
mod fakes;
mod fan_out;
mod installation;
mod policies;

use std::time::Duration;

use testkit::rng::Rng;

use self::{
    audit::{Findings, audit},
    fakes::World,
    installation::Installation,
    policies::{PROVIDERS, configuration},
};

/// How often a process is killed where nobody says.
const KILLS: u64 = 5;

/// From so many kills on, the story waits also for what a storm holds back for some minutes.
const PATIENT_FROM: u64 = 50;

/// How long the first page may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// The longest that a process is left alone, in milliseconds.
const LONGEST_LIFE: u64 = 4_000;

#[test]
fn no_page_is_lost_however_often_the_process_is_killed() {
    let (kills, seed) = (number("MIDWATCH_KILLS", KILLS), number("MIDWATCH_SEED", 1));
    let mut chance = Rng::new(seed);
    let world = World::start(PROVIDERS, seed);
    let installation = Installation::new("killing", &world, configuration);
    for provider in (0..PROVIDERS).step_by(2) {
        world.set(provider, true);
    }
    // Nobody is killed before there is something to lose.
    let process = installation.start();
    world.wait(1, PATIENCE);
    process.kill();
    for kill in 1..kills {
        let process = installation.start();
        turn(&world, &mut chance);
        let span = Duration::from_millis(chance.within(0, LONGEST_LIFE));
        // Every other one dies while a message is under way, if any leaves in its time.
        let messages = if kill % 2 == 0 { usize::MAX / 2 } else { 1 + (kill / 2 % 4) as usize };
        world.wait(messages, span);
        process.kill();
    }
    for provider in 0..PROVIDERS {
        world.set(provider, true);
    }
    let process = installation.start();
    process.rest(&world, kills >= PATIENT_FROM);
    process.kill();
    let found = audit(&installation.ledger(), &world.received(), &installation.lives());
    tell(installation.engine(), kills, &found);
    assert!(found.lost.is_empty(), "{} pages lost: {:#?}", found.lost.len(), found.lost);
    assert!(found.wrong.is_empty(), "{:#?}", found.wrong);
    assert!(found.held.is_empty() || kills < PATIENT_FROM, "held for ever: {:#?}", found.held);
    assert!(found.due >= PROVIDERS * 6, "every provider pages six times: {}", found.due);
}

/// Breaks some status pages and repairs others.
fn turn(world: &World, chance: &mut Rng) {
    for _ in 0..chance.within(1, 6) {
        let provider = chance.within(0, PROVIDERS as u64 - 1);
        world.flip(usize::try_from(provider).expect("there are few"));
    }
}

fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).map_or(otherwise, |text| text.parse().unwrap())
}

#[expect(clippy::print_stdout, reason = "the numbers are what this is run for")]
fn tell(engine: &str, kills: u64, found: &Findings) {
    let Findings { incidents, due, folded, overtaken, arrived, repeats, .. } = found;
    println!(
        "{engine}: {kills} kills, {incidents} incidents: {due} pages due and arrived, {folded} of them inside others, {} lost, \
         {overtaken} overtaken by the end of their incident, {} held by a storm; {arrived} messages in all, {repeats} of them \
         again and marked as such",
        found.lost.len(),
        found.held.len()
    );
    for (name, spans) in [("alive", &found.lateness), ("after a death", &found.lateness_after_death)] {
        let mut spans = spans.clone();
        spans.sort_unstable();
        if let [.., longest] = spans.as_slice() {
            println!("{} steps {name}: p50 {:?}, longest {longest:?}", spans.len(), spans[spans.len() / 2]);
        }
    }
}
