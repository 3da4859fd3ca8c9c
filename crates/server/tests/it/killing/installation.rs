//! A real installation: a folder, a configuration, a ledger, and one `midwatch serve` after the other in it.

use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::{NotificationState, delivery::STORM_WINDOW};
use jiff::Timestamp;
use store::{Database, Options, Scope, incidents, notifications, organizations, timers};
use testkit::fixture::Fixture;

use super::{
    audit::{MOST, is_held},
    fakes::{World, now},
    policies::PROVIDERS,
};

/// How long everything that is owed may take to leave, once nobody kills any more.
const PATIENCE: Duration = Duration::from_secs(120);

/// How often the ledger is asked whether anything is left to do.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// A folder in which processes live one after the other.
pub(super) struct Installation {
    folder: PathBuf,
    database_url: String,
    /// Each life so far.
    lives: Arc<Mutex<Vec<Life>>>,
    /// A database on the PostgreSQL server, where that is what is tested.
    _fixture: Option<Fixture>,
}

/// When a process served.
#[derive(Clone, Copy, Debug)]
pub(super) struct Life {
    /// When it said that it serves; `None` when it did not live to.
    pub(super) served_at: Option<Timestamp>,
    /// When it was gone.
    pub(super) ended_at: Option<Timestamp>,
}

/// A process, killed when it is forgotten.
pub(super) struct Running<'a> {
    child: Child,
    number: usize,
    installation: &'a Installation,
}

impl Installation {
    /// Makes the folder and the configuration. The ledger is a SQLite file in it, or a database on the server that
    /// `MIDWATCH_TEST_POSTGRES` names.
    pub(super) fn new(
        name: &str,
        world: &World,
        configuration: impl FnOnce(&World, [u16; 2], &Path, &str) -> String,
    ) -> Self {
        let folder = std::env::temp_dir().join(format!("midwatch_{name}_{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let is_postgres = std::env::var_os("MIDWATCH_TEST_POSTGRES").is_some();
        let fixture = is_postgres.then(Fixture::new);
        let sqlite = format!("sqlite://{}/ledger.db", folder.display());
        let database_url = fixture.as_ref().map_or(sqlite, |fixture| fixture.url.clone());
        let text = configuration(world, [free_port(), free_port()], &folder, &database_url);
        std::fs::write(folder.join("midwatch.toml"), text).unwrap();
        Self { folder, database_url, lives: Arc::default(), _fixture: fixture }
    }

    /// Starts the next process.
    pub(super) fn start(&self) -> Running<'_> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_midwatch"));
        for (name, _) in
            std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("MIDWATCH"))
        {
            command.env_remove(name);
        }
        let config = self.folder.join("midwatch.toml");
        let command = command.arg("--config").arg(config).arg("serve");
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let number = self.lives().len();
        self.lives.lock().unwrap().push(Life { served_at: None, ended_at: None });
        let (log, lives) = (child.stderr.take().unwrap(), Arc::clone(&self.lives));
        let mut kept = std::fs::OpenOptions::new().create(true).append(true).open(self.log()).unwrap();
        std::thread::spawn(move || {
            for line in BufReader::new(log).lines().map_while(Result::ok) {
                if line.contains("serving") {
                    lives.lock().unwrap_or_else(PoisonError::into_inner)[number].served_at = Some(now());
                }
                writeln!(kept, "{line}").unwrap();
            }
        });
        Running { child, number, installation: self }
    }

    /// Runs another command of the same program beside whoever serves; returns what it says.
    pub(super) fn run(&self, arguments: &[&str]) -> String {
        let config = self.folder.join("midwatch.toml");
        let mut command = Command::new(env!("CARGO_BIN_EXE_midwatch"));
        let done = command.arg("--config").arg(config).args(arguments).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    }

    /// Writes a file beside the configuration; returns its path.
    pub(super) fn write(&self, name: &str, text: &str) -> String {
        let file = self.folder.join(name);
        std::fs::write(&file, text).unwrap();
        file.display().to_string()
    }

    /// Returns the lives so far.
    pub(super) fn lives(&self) -> Vec<Life> {
        self.lives.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns the file that holds what the processes logged.
    pub(super) fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    /// Returns what kind of ledger it has.
    pub(super) fn engine(&self) -> &str {
        self.database_url.split(':').next().unwrap_or_default()
    }

    /// Opens the ledger beside whoever uses it.
    pub(super) fn ledger(&self) -> Database {
        let options = Options { readers: 1, writers: 1, ..Options::default() };
        Database::open(&self.database_url, &options).unwrap()
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            drop(std::fs::remove_dir_all(&self.folder));
        }
    }
}

impl Running<'_> {
    /// Kills the process, as nothing can resist.
    pub(super) fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        drop(self.child.kill());
        self.child.wait().unwrap();
        let mut lives = self.installation.lives.lock().unwrap_or_else(PoisonError::into_inner);
        lives[self.number].ended_at.get_or_insert(now());
    }

    /// Waits until the process says that it serves.
    pub(super) fn serving(&self, world: &World) {
        let until = now().checked_add(PATIENCE).unwrap();
        while self.installation.lives()[self.number].served_at.is_none() {
            assert!(now() < until, "it never served; the log is {}", self.installation.log().display());
            world.wait(usize::MAX / 2, Duration::from_millis(20));
        }
    }

    /// Waits until every provider has its incident and nothing is left to do for any: but for what a storm holds, where
    /// `is_patient` is false.
    pub(super) fn rest(&self, world: &World, is_patient: bool) {
        let ledger = self.installation.ledger();
        let patience = if is_patient { PATIENCE + STORM_WINDOW } else { PATIENCE };
        let until = now().checked_add(patience).unwrap();
        while !is_at_rest(&ledger, is_patient) {
            assert!(now() < until, "still at work; the log is {}", self.installation.log().display());
            world.wait(usize::MAX / 2, LOOK_EVERY);
        }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.end();
    }
}

/// Whether every provider has its incident, every message has come to its end, and no policy has a step of its round left.
fn is_at_rest(ledger: &Database, is_patient: bool) -> bool {
    let look = move |tx: &mut store::Tx<'_>| {
        let Some(org) = organizations::find_by_slug(tx, "acme")? else { return Ok(false) };
        let mut scope = Scope::new(tx, org.id);
        let mut is_owed = false;
        for incident in incidents::list_recent(&mut scope, None, MOST)? {
            let owed = notifications::list(&mut scope, incident.id, MOST)?;
            is_owed |= owed.iter().any(|owed| match owed.state {
                NotificationState::Pending => is_patient || !is_held(owed),
                NotificationState::Sending => true,
                NotificationState::Sent
                | NotificationState::Delivered
                | NotificationState::Failed
                | NotificationState::Superseded => false,
            });
        }
        let open = incidents::list_open(&mut scope)?;
        let mut has_steps = false;
        for held in &open {
            has_steps |= timers::list(&mut scope, held.id)?.iter().any(|timer| timer.round == 1);
        }
        let causes: BTreeSet<_> =
            open.iter().flat_map(|held| &held.causes).map(|cause| cause.provider).collect();
        Ok::<bool, store::Error>(!is_owed && !has_steps && causes.len() == PROVIDERS)
    };
    ledger.read_blocking(look).unwrap()
}

/// Returns a port that nobody listens on. Whoever takes it in between makes the test fail, not lie.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
