//! A whole installation around the real engine and a real database, driven turn by turn.

use std::{
    io,
    path::Path,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use domain::{OrgId, audit::Finding, setup::Setup};
use engine::{
    CommandError, Identity, Shell,
    catalog::Catalog,
    drawing::{self, Asked},
    drive,
    links::SigningKey,
    seams::{Clock, LocalBell},
    setups::{self, Setups},
    shelf::Shelf,
    workers::{Escalator, Turn, Worker, take_audit},
};
use formats::{
    channels::telephony::Telephony,
    setup::{Objects, Secrets},
};
use jiff::{SignedDuration, Timestamp};
use store::{Lane, Scope, Tx, judgements, leases, notifications, providers, timers};

use crate::{
    chaos::Chaos, clock::ManualClock, crashing_db::CrashingDb, fixture::Fixture, internet::FakeInternet,
    mint::SeededMint,
};

/// Polls of one turn. Every call through a seam answers at once, so a turn that needs more is waiting for nobody.
const MOST_POLLS: usize = 100_000;

/// The address that everything of the installation is under.
pub const PUBLIC_URL: &str = "https://midwatch.test";

/// An installation, with the seams in hand.
pub struct World {
    /// What time it is.
    pub clock: Arc<ManualClock>,
    /// What goes wrong.
    pub chaos: Arc<Chaos>,
    /// Everything outside.
    pub internet: Arc<FakeInternet>,
    /// What the engine is given.
    pub shell: Shell,
    /// The configuration.
    pub setup: Setup,
    fixture: Fixture,
}

/// How a turn ended.
#[derive(Debug)]
pub enum Taken {
    /// As it should.
    Turn(Turn),
    /// With an error, to be tried again.
    Failed(CommandError),
    /// With the end of the process.
    Crashed,
}

struct NoSecrets;

impl Secrets for NoSecrets {
    fn env(&self, _name: &str) -> Option<String> {
        None
    }

    fn file(&self, path: &Path) -> io::Result<String> {
        Err(io::Error::new(io::ErrorKind::NotFound, path.display().to_string()))
    }
}

/// Reads a configuration in TOML.
///
/// # Panics
/// With every problem, when it has some.
#[must_use]
pub fn read_config(toml: &str) -> Objects {
    match formats::setup::from_toml(toml, &NoSecrets) {
        Ok(objects) => objects,
        Err(problems) => panic!("the configuration of this test has problems: {problems:#?}\n{toml}"),
    }
}

impl World {
    /// Starts an installation with this configuration in a fresh database, at this instant.
    ///
    /// # Panics
    /// When the configuration has problems.
    #[must_use]
    pub fn new(fixture: Fixture, toml: &str, seed: u64, at: Timestamp) -> Self {
        let objects = read_config(toml);
        let clock = Arc::new(ManualClock::new(at));
        let chaos = Arc::new(Chaos::new(seed ^ 0xc4a0_5c4a_05c4_a05c));
        let internet = Arc::new(FakeInternet::new(Arc::clone(&clock), Arc::clone(&chaos)));
        let db = Arc::new(CrashingDb::new(Arc::clone(&fixture.database), Arc::clone(&chaos)));
        let shell = Shell {
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            mint: Arc::new(SeededMint::new(seed)),
            outbound: Arc::clone(&internet) as Arc<dyn outbound::Outbound>,
            ledger: Arc::clone(&db) as Arc<dyn store::Db>,
            history: db,
            doorbell: Arc::new(LocalBell::default()),
            catalog: Arc::new(Catalog::new(objects.providers.clone())),
            setups: Arc::new(Setups::default()),
            shelf: Arc::new(Shelf::in_memory()),
            visits: Arc::default(),
            memory: Arc::default(),
            meters: Arc::default(),
            pulse: Arc::default(),
            live: Arc::default(),
            key: SigningKey::new([7; 32]),
            identity: Arc::new(Identity {
                node: "test-1".to_owned(),
                public_url: PUBLIC_URL.to_owned(),
                mail_from: Some("midwatch@midwatch.test".to_owned()),
                anchors: Vec::new(),
                telephony: Telephony::default(),
            }),
        };
        let setup = objects.setup.clone();
        let world = Self { clock, chaos, internet, shell, setup, fixture };
        world.write(move |tx| setups::apply(tx, at, &objects, "test"));
        world
    }

    /// Gives the installation these phone lines.
    pub fn set_telephony(&mut self, telephony: Telephony) {
        self.shell.identity = Arc::new(Identity { telephony, ..(*self.shell.identity).clone() });
    }

    /// Has the installation ask these addresses whether its own network works.
    pub fn set_anchors(&mut self, anchors: &[&str]) {
        let anchors = anchors.iter().map(|anchor| (*anchor).to_owned()).collect();
        self.shell.identity = Arc::new(Identity { anchors, ..(*self.shell.identity).clone() });
    }

    /// Has the installation follow pages that move to another host.
    pub fn follow_moves(&mut self) {
        let providers = self.shell.catalog.all().into_iter().map(|provider| (*provider).clone());
        self.shell.catalog = Arc::new(Catalog::new(providers).following_moves(true));
    }

    /// Returns the organisation.
    #[must_use]
    pub fn org(&self) -> OrgId {
        self.setup.organization.id
    }

    /// Takes one turn of a worker. When the process dies in it, the turn is dropped where it stands.
    ///
    /// # Panics
    /// When the turn waits for something that never comes.
    pub fn take(&self, worker: &dyn Worker) -> Taken {
        self.chaos.begin_turn();
        let mut turn = Box::pin(drive::take(worker, &self.shell));
        let mut context = Context::from_waker(Waker::noop());
        for _ in 0..MOST_POLLS {
            match turn.as_mut().poll(&mut context) {
                // A worker that has messages under way may come back though one of them ended the process.
                Poll::Ready(_) | Poll::Pending if self.chaos.has_crashed() => return Taken::Crashed,
                Poll::Ready(Ok(turn)) => return Taken::Turn(turn),
                Poll::Ready(Err(error)) => return Taken::Failed(error),
                Poll::Pending => {}
            }
        }
        panic!("a turn of the {} waits for nobody", worker.name())
    }

    /// Takes turns until all is quiet, as `replay` and the demo do. Returns when something is due again.
    ///
    /// # Errors
    /// What a turn answers.
    ///
    /// # Panics
    /// When a turn waits for something that never comes.
    pub fn settle(&self, workers: &[Box<dyn Worker>]) -> Result<Option<Timestamp>, CommandError> {
        self.chaos.begin_turn();
        let mut settling = Box::pin(drive::settle(workers, &self.shell));
        let mut context = Context::from_waker(Waker::noop());
        for _ in 0..MOST_POLLS {
            if let Poll::Ready(settled) = settling.as_mut().poll(&mut context) {
                return settled;
            }
        }
        panic!("a turn waits for nobody")
    }

    /// Asks for a public page.
    ///
    /// # Panics
    /// When drawing it waits for something that never comes.
    #[must_use]
    pub fn ask(&self, path: &str) -> Asked {
        let mut asking = Box::pin(drawing::page(&self.shell, path));
        let mut context = Context::from_waker(Waker::noop());
        for _ in 0..MOST_POLLS {
            if let Poll::Ready(asked) = asking.as_mut().poll(&mut context) {
                return asked;
            }
        }
        panic!("a drawing waits for nobody")
    }

    /// Starts a process in the place of one that died. One that is certainly alone ends all leases, as the product does.
    pub fn restart(&mut self, is_alone: bool) {
        self.chaos.begin_turn();
        self.shell.setups = Arc::new(Setups::default());
        self.shell.memory = Arc::default();
        self.shell.pulse = Arc::default();
        if is_alone {
            self.write(|tx| Ok(leases::expire_all(tx)?));
        }
    }

    /// Somebody sets the clock on the wall. The first turn after it has the ledger follow, however often that has to be tried.
    ///
    /// # Panics
    /// When the ledger never follows.
    pub fn jump(&self, by: SignedDuration) {
        // A process compares the clocks before each turn, so it knows how they stood.
        let look = || self.take(&Escalator);
        while !matches!(look(), Taken::Turn(_)) {}
        self.chaos.note(|tally| tally.jumps += 1);
        self.clock.jump(by);
        while !matches!(look(), Taken::Turn(_)) {}
    }

    /// Audits the installation.
    ///
    /// # Panics
    /// When the audit waits for something that never comes.
    pub fn audit(&self) -> Vec<Finding> {
        let mut auditing = Box::pin(take_audit(&self.shell));
        let mut context = Context::from_waker(Waker::noop());
        for _ in 0..MOST_POLLS {
            if let Poll::Ready(found) = auditing.as_mut().poll(&mut context) {
                return found;
            }
        }
        panic!("an audit waits for nobody")
    }

    /// Runs a transaction past all trouble.
    ///
    /// # Panics
    /// When it fails.
    pub fn write<T: Send + 'static>(
        &self,
        job: impl FnMut(&mut Tx<'_>) -> Result<T, CommandError> + Send + 'static,
    ) -> T {
        self.fixture.database.write_blocking(Lane::Paging, job).expect("the ledger writes")
    }

    /// Reads past all trouble.
    ///
    /// # Panics
    /// When it fails.
    pub fn read<T: Send + 'static>(
        &self,
        mut job: impl FnMut(&mut Scope<'_>) -> Result<T, store::Error> + Send + 'static,
    ) -> T {
        let org = self.org();
        let read = self.fixture.database.read_blocking(move |tx| job(&mut Scope::new(tx, org)));
        read.unwrap_or_else(|error: store::Error| panic!("the ledger can't be read: {error}"))
    }

    /// Acts for a person, past all trouble.
    ///
    /// # Errors
    /// What the command answers.
    pub fn act<T: Send + 'static>(
        &self,
        mut job: impl FnMut(&mut Scope<'_>, Timestamp) -> Result<T, CommandError> + Send + 'static,
    ) -> Result<T, CommandError> {
        let (org, now) = (self.org(), self.clock.now());
        self.fixture.database.write_blocking(Lane::Paging, move |tx| job(&mut Scope::new(tx, org), now))
    }

    /// Returns the next instant at which a worker has something to do: to poll, to judge, to escalate, to notify.
    #[must_use]
    pub fn due(&self) -> [Option<Timestamp>; 4] {
        self.read(|scope| {
            let tx = scope.tx();
            Ok([
                providers::next_due(tx)?,
                judgements::next_due(tx)?,
                timers::next_due(tx)?,
                notifications::next_due(tx)?,
            ])
        })
    }
}
