//! The facade on both engines.
//!
//! PostgreSQL is used when `MIDWATCH_TEST_POSTGRES` names a server, such as `postgres://postgres@127.0.0.1/postgres`;
//! every test makes a database of its own there.

mod calls;
mod lanes;
mod trouble;
mod values;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use domain::provider::provider_id;

use crate::{
    Database, Durability, Error, LEDGER, Lane, Migration, MigrationSet, Options, Tx, params, providers,
};

static COUNT: AtomicU32 = AtomicU32::new(0);

/// A database of one test, removed with it.
pub(crate) struct Fixture {
    pub(crate) url: String,
    pub(crate) folder: PathBuf,
    on_server: Option<String>,
}

/// Returns a new empty database on each engine at hand.
pub(crate) fn engines() -> Vec<Fixture> {
    copies_of("template0")
}

/// Returns a new database on each engine at hand: on PostgreSQL, a copy of the one that is named.
fn copies_of(template: &str) -> Vec<Fixture> {
    let mut all = vec![sqlite()];
    if let Ok(server) = std::env::var("MIDWATCH_TEST_POSTGRES") {
        let name = unique();
        admin(&server, &format!("CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8'"));
        let (base, _) = server.rsplit_once('/').expect("the server url names a database");
        all.push(Fixture { url: format!("{base}/{name}"), folder: scratch(&name), on_server: Some(server) });
    }
    all
}

/// Returns a ledger on each engine at hand that knows these providers, and nothing of them.
pub(crate) fn ledgers(slugs: &'static [&'static str]) -> impl Iterator<Item = (Fixture, Database)> {
    // One that has the schema already, if somebody made it: making it takes longer than most tests.
    let template = std::env::var("MIDWATCH_TEST_POSTGRES_TEMPLATE");
    copies_of(template.as_deref().unwrap_or("template0")).into_iter().map(move |fixture| {
        let database = fixture.open();
        database.migrate(&LEDGER).unwrap();
        write(&database, move |tx| {
            let at = jiff::Timestamp::UNIX_EPOCH;
            slugs.iter().try_for_each(|slug| providers::register(tx, provider_id(slug), slug, at))
        });
        (fixture, database)
    })
}

/// Runs a transaction that succeeds.
pub(crate) fn write<T: Send + 'static>(
    database: &Database,
    work: impl FnMut(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
) -> T {
    database.write_blocking(Lane::Bulk, work).unwrap()
}

/// Returns a new empty SQLite database.
pub(crate) fn sqlite() -> Fixture {
    let folder = scratch(&unique());
    Fixture { url: format!("sqlite://{}/test.db", folder.display()), folder, on_server: None }
}

fn unique() -> String {
    format!("store_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

fn scratch(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Runs one statement as the server's administrator, on a thread of its own, since the client can't run on one of
/// an asynchronous test.
pub(crate) fn admin(server: &str, sql: &str) {
    let run = || postgres::Client::connect(server, postgres::NoTls).unwrap().batch_execute(sql).unwrap();
    std::thread::scope(|scope| scope.spawn(run).join().unwrap());
}

impl Fixture {
    /// Names a SQLite file that another fixture's folder holds.
    pub(crate) fn at(path: &Path) -> Fixture {
        Fixture { url: format!("sqlite://{}", path.display()), folder: scratch(&unique()), on_server: None }
    }

    pub(crate) fn open(&self) -> Database {
        self.open_with(&options())
    }

    pub(crate) fn open_with(&self, options: &Options) -> Database {
        Database::open(&self.url, options).unwrap()
    }

    /// Opens with the table `note (id BIGINT PRIMARY KEY, body TEXT)`.
    pub(crate) fn notes(&self) -> Database {
        self.notes_with(&options())
    }

    pub(crate) fn notes_with(&self, options: &Options) -> Database {
        let database = self.open_with(options);
        database.migrate(&NOTES).unwrap();
        database
    }

    pub(crate) fn is_postgres(&self) -> bool {
        self.on_server.is_some()
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
        if let (Some(server), Some((_, name))) = (&self.on_server, self.url.rsplit_once('/')) {
            admin(server, &format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}

/// Nothing survives power loss, and waits are long enough to never be met by chance.
pub(crate) fn options() -> Options {
    Options { durability: Durability::Off, wait: Duration::from_secs(60), ..Options::default() }
}

pub(crate) static NOTES: MigrationSet = MigrationSet {
    name: "notes",
    migrations: &[Migration {
        number: 1,
        name: "note",
        sql: "CREATE TABLE note (id BIGINT PRIMARY KEY, body TEXT NOT NULL CHECK (body <> ''));
              CREATE INDEX note_body ON note (body);",
    }],
};

pub(crate) fn add(tx: &mut Tx<'_>, id: i64, body: &str) -> Result<u64, Error> {
    tx.execute("INSERT INTO note (id, body) VALUES ($1, $2)", params![id, body])
}

pub(crate) fn count(tx: &mut Tx<'_>) -> Result<i64, Error> {
    tx.query_one("SELECT COUNT(*) FROM note", params![], |row| row.int(0))
}

pub(crate) fn bodies(database: &Database) -> Vec<String> {
    let all = |tx: &mut Tx<'_>| tx.list("SELECT body FROM note ORDER BY id", params![], |row| row.text(0));
    database.read_blocking::<_, Error>(all).unwrap()
}

pub(crate) fn insert(database: &Database, id: i64, body: &'static str) -> Result<u64, Error> {
    database.write_blocking(Lane::Bulk, move |tx| add(tx, id, body))
}
