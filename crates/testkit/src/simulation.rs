//! Random stories, told with crashes and lost messages, and what must hold at the end of each.
//!
//! A story has a random team with policies of all kinds, random outages, feeds that can't be read, people who do whatever can be
//! done about an incident, processes that die between any two calls, a ledger whose answers are lost, a disk that is full for a
//! stretch, a clock that somebody sets, and destinations that misbehave or can't be reached. Then all trouble ends, one last
//! outage goes unanswered, the providers recover, and the rest is settled by the engine's own means. `watch` looks on at every
//! instant; `check` asks the ledger and the fake internet, which never forgets, whether anything was lost. One story of five has
//! no trouble but what providers and people make: there every step is on time to the instant, and nothing comes twice.
//!
//! Stories are told on SQLite; with `MIDWATCH_SIMULATE_POSTGRES` set, on the server that `MIDWATCH_TEST_POSTGRES` names. Pages
//! are not drawn here: drawing is no part of what is checked, and `outage.rs` looks at them.

mod check;
mod config;
mod expect;
mod happen;
mod story;
mod watch;

use crate::chaos::Tally;

use story::Story;

/// What a story came to.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Which story.
    pub seed: u64,
    /// Incidents of ours.
    pub incidents: u64,
    /// Messages that were owed.
    pub owed: u64,
    /// Pages among them that were owed and not taken back before they were sent.
    pub pages: u64,
    /// Pages that reached their destination.
    pub arrived: u64,
    /// Pages that were given up, on record.
    pub given_up: u64,
    /// Pages that neither arrived nor were given up on record.
    pub lost: u64,
    /// Steps of policies that were due, each held against a second reckoning of whom it should reach.
    pub steps: u64,
    /// Messages that came again though their destination had answered: the answer was lost on our side.
    pub duplicates: u64,
    /// Messages that came again since the network kept the answer from us, or doubled them.
    pub repeats: u64,
    /// Messages that arrived, repeats included.
    pub arrivals: u64,
    /// Acknowledgements and resolutions by people.
    pub answers: u64,
    /// What went wrong.
    pub tally: Tally,
    /// What was done about each incident, and what was owed, where something should not be.
    pub timeline: Vec<String>,
    /// What should never be, in words.
    pub violations: Vec<String>,
}

impl Report {
    /// Adds another story's numbers.
    pub fn add(&mut self, other: &Report) {
        self.incidents += other.incidents;
        self.owed += other.owed;
        self.pages += other.pages;
        self.arrived += other.arrived;
        self.given_up += other.given_up;
        self.lost += other.lost;
        self.duplicates += other.duplicates;
        self.repeats += other.repeats;
        self.arrivals += other.arrivals;
        self.answers += other.answers;
        self.steps += other.steps;
        self.tally.add(&other.tally);
    }
}

/// Plays the story of a seed and checks it.
#[must_use]
pub fn simulate(seed: u64) -> Report {
    let mut story = Story::new(seed);
    story.play();
    check::at_the_end(story)
}
