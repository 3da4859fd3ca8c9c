//! One random story, from a quiet morning to the last word.

use std::{collections::BTreeMap, time::Duration};

use domain::IncidentId;
use engine::{
    seams::Clock,
    workers::{Auditor, Escalator, Notifier, Poller, Propagator, Worker},
};
use jiff::{SignedDuration, Timestamp};

use super::{
    config::{COMPONENTS, Team, team},
    watch::Watch,
};
use crate::{
    fixture::Fixture,
    internet::{Service, Temper},
    rng::Rng,
    world::{Taken, World},
};

/// How long things go wrong.
const TROUBLED: Duration = Duration::from_secs(65 * 60);

/// From the end of the trouble to the last outage: trouble that comes back within a quarter of an hour is the same incident.
const RECOVERY: Duration = Duration::from_secs(25 * 60);

/// How much longer the last outage lasts than the policy that nobody answers: a poll, and tries at destinations that are dead.
const UNANSWERED: Duration = Duration::from_secs(15 * 60);

/// Time to say the last word, and to give up where nobody listens.
const EPILOGUE: Duration = Duration::from_secs(45 * 60);

/// Turns before time moves, past which something is wrong.
const MOST_TURNS: usize = 2_000;

/// One story of so many has no trouble but what providers and people make.
const CALM_OF: u64 = 5;

/// How long a worker that could not write waits before it tries again, as its loop does; a full disk is not tried as often here.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// The same while the disk is full.
const WHILE_FULL: Duration = Duration::from_secs(15);

/// How many messages had arrived when a person took or ended an incident, by its generation at that time.
pub(super) type Answers = BTreeMap<(IncidentId, u32), usize>;

/// A story while it is told.
pub(super) struct Story {
    pub(super) seed: u64,
    /// Whether nothing goes wrong with the installation itself.
    pub(super) is_calm: bool,
    pub(super) world: World,
    pub(super) team: Team,
    pub(super) answers: Answers,
    /// Provider incidents that were posted when they were long over.
    pub(super) hindsight: Vec<String>,
    pub(super) violations: Vec<String>,
    /// When the last outage began.
    pub(super) last_outage: Timestamp,
    /// What was seen meanwhile.
    pub(super) watch: Watch,
    /// Until when the disk is full, by the clock that nobody sets.
    pub(super) full_until: Option<Duration>,
    /// By how much the clock on the wall is ahead, and by how much it ever was.
    pub(super) ahead: [SignedDuration; 2],
    /// A component that goes up and down, and how many more times.
    pub(super) flapping: Option<(String, u32)>,
    pub(super) rng: Rng,
    workers: Vec<Box<dyn Worker>>,
    pub(super) posted: u32,
}

fn crew() -> Vec<Box<dyn Worker>> {
    vec![
        Box::new(Poller::default()),
        Box::new(Propagator),
        Box::new(Escalator),
        Box::new(Notifier::default()),
    ]
}

impl Story {
    pub(super) fn new(seed: u64) -> Self {
        let is_calm = seed.is_multiple_of(CALM_OF);
        let mut rng = Rng::new(seed);
        let team = team(&mut rng);
        let start =
            Timestamp::from_second(1_772_438_400 + i64::try_from(rng.within(0, 7 * 86_400)).unwrap_or(0));
        let start = start.expect("a week in 2026 is made of instants");
        let fixture = if std::env::var_os("MIDWATCH_SIMULATE_POSTGRES").is_some() {
            Fixture::new()
        } else {
            Fixture::sqlite()
        };
        let world = World::new(fixture, &team.toml, seed, start);
        for slug in &team.providers {
            world.internet.put_up(slug, &COMPONENTS);
        }
        for address in &team.addresses {
            if rng.chance(0.08) && !is_calm {
                world.internet.set_temper(address, *rng.pick(&[Temper::Gone, Temper::Silent]));
            }
        }
        Self {
            seed,
            is_calm,
            world,
            team,
            answers: Answers::new(),
            hindsight: Vec::new(),
            violations: Vec::new(),
            last_outage: start,
            watch: Watch::default(),
            full_until: None,
            ahead: [SignedDuration::ZERO; 2],
            flapping: None,
            rng,
            workers: crew(),
            posted: 0,
        }
    }

    pub(super) fn play(&mut self) {
        self.world.chaos.turn_on(!self.is_calm);
        let end = self.elapsed() + TROUBLED;
        let mut event = self.elapsed();
        while self.elapsed() < end {
            while event <= self.elapsed() {
                let gap = self.happen();
                event = self.elapsed() + gap;
            }
            let due = self.settle();
            self.observe();
            let next = self.at(event.min(end));
            self.world.clock.set(due.map_or(next, |due| due.min(next)));
        }
        self.end_trouble();
        self.last_words();
    }

    /// Nothing goes wrong with the installation any more.
    fn end_trouble(&mut self) {
        self.full_until = None;
        self.world.chaos.fill(false);
        self.world.chaos.turn_on(false);
        self.world.internet.heal();
        let [ahead, most] = self.ahead;
        if ahead < most {
            self.jump(most - ahead);
        }
        // The first audit after somebody set the clock says so.
        self.world.audit();
    }

    /// One last outage that nobody answers, and the recovery.
    fn last_words(&mut self) {
        for slug in self.team.providers.clone() {
            self.world.internet.serve(&slug, Service::Up);
            self.world.internet.on_page(&slug, |page, now| page.recover(now));
        }
        self.run_until(self.after(RECOVERY));
        self.last_outage = self.now();
        self.world.internet.on_page("provider-0", |page, now| {
            for component in COMPONENTS {
                page.set(component, "major_outage", now);
            }
        });
        self.run_until(self.end_of_policy() + UNANSWERED);
        self.world.internet.on_page("provider-0", |page, now| page.recover(now));
        self.run_until(self.after(EPILOGUE));
        self.look_inside();
    }

    /// The installation finds nothing wrong with itself either.
    fn look_inside(&mut self) {
        let auditor: [Box<dyn Worker>; 1] = [Box::new(Auditor::new(None))];
        self.run_until(self.after(Duration::from_secs(60)));
        if let Err(error) = self.world.settle(&auditor) {
            self.violate(format!("the audit failed: {error}"));
        }
        for finding in self.world.audit() {
            self.violate(format!("the audit finds {finding}"));
        }
    }

    /// When the last step of any policy is due, for an incident that pages now.
    fn end_of_policy(&self) -> Timestamp {
        let policies = &self.world.setup.policies;
        let ends = policies.iter().map(|policy| policy.due(self.now(), policy.end()));
        ends.max().unwrap_or(self.now())
    }

    /// Lets time pass. At the end the engine's own way of settling must find nothing that ours has missed.
    fn run_until(&mut self, end: Timestamp) {
        while let Some(due) = self.settle().filter(|due| *due <= end) {
            self.observe();
            self.world.clock.set(due);
        }
        self.observe();
        self.world.clock.set(end);
        match self.world.settle(&self.workers) {
            Ok(Some(due)) if due <= end => self.violate("a worker is at rest though it is due".to_owned()),
            Ok(_) => {}
            Err(error) => self.violate(format!("a turn failed without trouble: {error}")),
        }
    }

    /// Takes turns, with trouble, until nothing is due. Returns when something is again.
    fn settle(&mut self) -> Option<Timestamp> {
        for _ in 0..MOST_TURNS {
            self.make_room();
            let (due, now) = (self.world.due(), self.now());
            let Some(next) = due.iter().position(|due| due.is_some_and(|due| due <= now)) else {
                return due.into_iter().flatten().min();
            };
            match self.world.take(&*self.workers[next]) {
                Taken::Turn(_) => {}
                Taken::Failed(_) if self.full_until.is_some() => self.pass(WHILE_FULL),
                Taken::Failed(_) => self.pass(AFTER_FAILURE),
                Taken::Crashed => self.begin_again(),
            }
        }
        self.violations.push(format!("the workers find no rest: {:?} at {}", self.world.due(), self.now()));
        None
    }

    /// A process died; after a while another one starts.
    fn begin_again(&mut self) {
        let gone = Duration::from_secs(self.rng.within(0, 20));
        self.pass(gone);
        let is_alone = self.rng.chance(0.5);
        self.world.restart(is_alone);
        self.workers = crew();
    }

    /// Makes room on the disk when it has been full for long enough. The process goes on as it is.
    fn make_room(&mut self) {
        if self.full_until.is_some_and(|until| until <= self.elapsed()) {
            self.full_until = None;
            self.world.chaos.fill(false);
        }
    }

    /// Somebody sets the clock on the wall, and the ledger follows.
    pub(super) fn jump(&mut self, by: SignedDuration) {
        let [ahead, most] = self.ahead;
        self.ahead = [ahead + by, most.max(ahead + by)];
        // A process that dies before it has seen the jump can't know of it.
        self.world.chaos.spare(true);
        self.world.jump(by);
        self.world.chaos.spare(false);
    }

    fn pass(&self, span: Duration) {
        self.world.clock.set(self.after(span));
    }

    /// Looks whether what must hold at every instant does.
    fn observe(&mut self) {
        for what in self.watch.look(&self.world) {
            self.violate(what);
        }
    }

    pub(super) fn violate(&mut self, what: String) {
        let now = self.now();
        self.violations.push(format!("{what}, at {now}"));
    }

    pub(super) fn now(&self) -> Timestamp {
        self.world.clock.now()
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.world.clock.elapsed()
    }

    /// What the clock on the wall will show, if nobody sets it.
    fn at(&self, elapsed: Duration) -> Timestamp {
        self.after(elapsed.saturating_sub(self.elapsed()))
    }

    pub(super) fn after(&self, span: Duration) -> Timestamp {
        self.now().checked_add(span).expect("stories end before time does")
    }
}
