//! A real, fresh database for each test: a SQLite file in a folder of its own, or a database on the PostgreSQL server that
//! `MIDWATCH_TEST_POSTGRES` names.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use store::{Database, Durability, Options};

static COUNT: AtomicU32 = AtomicU32::new(0);

/// A database that goes away with this value.
pub struct Fixture {
    /// The open database; ledger and poll log are both in it.
    pub database: Arc<Database>,
    /// Its address, for a process of its own.
    pub url: String,
    folder: PathBuf,
    server: Option<(String, String)>,
}

impl Fixture {
    /// Makes a database on the server that `MIDWATCH_TEST_POSTGRES` names, else a SQLite file.
    #[must_use]
    pub fn new() -> Self {
        match std::env::var("MIDWATCH_TEST_POSTGRES") {
            Ok(server) => Self::postgres(&server),
            Err(_) => Self::sqlite(),
        }
    }

    /// Makes a SQLite file. It survives the death of a process, as the simulation means it, and no loss of power.
    #[must_use]
    pub fn sqlite() -> Self {
        let folder = folder();
        let url = format!("sqlite://{}/midwatch.db", folder.display());
        Self { database: open(&url), url, folder, server: None }
    }

    fn postgres(server: &str) -> Self {
        let name = format!("testkit_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        // One that has the schema already, if somebody made it: making it takes longer than most tests.
        let template = std::env::var("MIDWATCH_TEST_POSTGRES_TEMPLATE");
        let template = template.as_deref().unwrap_or("template0");
        admin(server, &format!("CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8'"));
        let (base, _) = server.rsplit_once('/').expect("MIDWATCH_TEST_POSTGRES names a database");
        let url = format!("{base}/{name}");
        Self { database: open(&url), url, folder: folder(), server: Some((server.to_owned(), name)) }
    }
}

impl Default for Fixture {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        // What can't be tidied up is left to whoever empties the folder of temporary files.
        let _ = self.database.close();
        let _ = std::fs::remove_dir_all(&self.folder);
        if let Some((server, name)) = &self.server {
            admin(server, &format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}

fn folder() -> PathBuf {
    let name = format!("midwatch_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let folder = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&folder).expect("the folder for temporary files can be written to");
    folder
}

fn open(url: &str) -> Arc<Database> {
    let wait = Duration::from_secs(60);
    let options = Options { durability: Durability::Off, wait, readers: 1, writers: 1, ..Options::default() };
    let database = Database::open(url, &options).expect("the test database opens");
    for set in [&store::LEDGER, &store::HISTORY] {
        database.migrate(set).expect("the schema can be made");
    }
    Arc::new(database)
}

/// Runs one statement as the server's administrator, on a thread of its own, since the client can't run on one of an
/// asynchronous test.
fn admin(server: &str, sql: &str) {
    let run = || {
        let mut client = postgres::Client::connect(server, postgres::NoTls).expect("the server answers");
        client.batch_execute(sql).expect("the user may make databases");
    };
    std::thread::scope(|scope| scope.spawn(run).join().expect("the administrator's thread ends well"));
}
