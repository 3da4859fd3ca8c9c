//! PostgreSQL: one connection, how it is set up, and what its errors mean.
//!
//! Transactions are serializable, reading ones too: what a job reads together was true together.

mod value;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use postgres::config::SslMode;
use postgres::error::SqlState;
use postgres::types::ToSql;
use postgres::{Client, Config, NoTls, Statement};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::error::{Error, Failure};
use crate::row::Row;
use crate::tx::{Access, Connection, Dialect};
use crate::value::Value;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long sent bytes may stay unanswered before the connection counts as lost.
const TCP_TIMEOUT: Duration = Duration::from_secs(10);
/// The server ends what is slower: a statement, a wait for a lock, a transaction that was left open.
const LIMITS: &str = "SET statement_timeout = '10s'; SET lock_timeout = '2s';
    SET idle_in_transaction_session_timeout = '10s'";
/// Every statement that runs often has an index, and is prepared once a connection. A plan that reads a whole table, made while
/// the table was small, would stay when it no longer is; and compiling a plan takes longer than any of them runs.
const PLANS: &str = "SET enable_seqscan = off; SET jit = off";
/// Migrations build indexes over large tables, and wait for each other.
const MIGRATION_LIMITS: &str = "SET statement_timeout = 0; SET lock_timeout = '60s'";
/// One lock for all migrations of one database: "Midw".
const MIGRATION_LOCK: &str = "SELECT pg_advisory_lock(1298754679)";

/// One connection to one server, with the statements it has prepared.
pub(crate) struct Postgres {
    client: Client,
    statements: HashMap<&'static str, Statement>,
}

/// Reads an address `postgres://user[:password]@host[:port]/database[?sslmode=require]`.
pub(crate) fn parse(url: &str) -> Result<Config, Error> {
    // The library's error may repeat the address, and with it the password.
    let mut config: Config = url
        .parse()
        .map_err(|_| Error::rejected("the database url must look like postgres://user@host:5432/database"))?;
    config.application_name("midwatch").connect_timeout(CONNECT_TIMEOUT).tcp_user_timeout(TCP_TIMEOUT);
    Ok(config)
}

/// Connects, and refuses a server whose text is not UTF-8.
pub(crate) fn connect(config: &Config, access: Access) -> Result<Postgres, Error> {
    // `prefer`, the default, would take plain text from anyone who stands between: it protects nothing.
    let client = if config.get_ssl_mode() == SslMode::Require {
        config.connect(tls()?)
    } else {
        config.connect(NoTls)
    };
    let mut client = client.map_err(|error| Error::Unavailable {
        what: format!("cannot connect to PostgreSQL: {}", chain(&error)),
        source: Some(Arc::new(error)),
    })?;
    let setup = match access {
        Access::Read | Access::Write => {
            client.batch_execute(LIMITS).and_then(|()| client.batch_execute(PLANS))
        }
        Access::Migrate => {
            client.batch_execute(MIGRATION_LIMITS).and_then(|()| client.batch_execute(MIGRATION_LOCK))
        }
    };
    setup.map_err(|error| explain(error).error)?;
    let mut postgres = Postgres { client, statements: HashMap::new() };
    let encoding = postgres.query("SHOW server_encoding", &[]).map_err(|failure| failure.error)?;
    match encoding.first().map(|row| row.text(0)).transpose()?.as_deref() {
        Some("UTF8") => Ok(postgres),
        other => Err(Error::rejected(format!("the database is encoded as {other:?}, it must be UTF8"))),
    }
}

fn tls() -> Result<MakeRustlsConnect, Error> {
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::Rejected { what: error.to_string(), source: Some(Arc::new(error)) })?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

impl Postgres {
    fn statement(&mut self, sql: &'static str, given: usize) -> Result<Statement, Failure> {
        let statement = match self.statements.get(sql) {
            Some(statement) => statement.clone(),
            None => {
                let statement = self.client.prepare(sql).map_err(explain)?;
                self.statements.insert(sql, statement.clone());
                statement
            }
        };
        let expected = statement.params().len();
        if expected == given {
            Ok(statement)
        } else {
            let what = format!("the statement takes {expected} parameters, {given} were given");
            Err(Failure::last(Error::rejected(what)))
        }
    }
}

impl Connection for Postgres {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn begin(&mut self, access: Access) -> Result<(), Failure> {
        self.script(match access {
            Access::Read => "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY",
            Access::Write => "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE",
            // Serialized by their own lock.
            Access::Migrate => "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
        })
    }

    fn commit(&mut self) -> Result<(), Failure> {
        self.script("COMMIT")
            .map_err(|failure| Failure { again: failure.again && !failure.broken, ..failure })
    }

    fn rollback(&mut self) -> Result<(), Failure> {
        self.script("ROLLBACK")
    }

    fn execute(&mut self, sql: &'static str, params: &[Value]) -> Result<u64, Failure> {
        let statement = self.statement(sql, params.len())?;
        self.client.execute(&statement, &by_reference(params)).map_err(explain)
    }

    fn query(&mut self, sql: &'static str, params: &[Value]) -> Result<Vec<Row>, Failure> {
        let statement = self.statement(sql, params.len())?;
        let rows = self.client.query(&statement, &by_reference(params)).map_err(explain)?;
        let decode = |row: &postgres::Row| {
            let values = (0..row.len()).map(|i| row.try_get::<_, Value>(i)).collect::<Result<_, _>>();
            values.map(|values| Row::new(sql, values)).map_err(explain)
        };
        rows.iter().map(decode).collect()
    }

    fn script(&mut self, sql: &str) -> Result<(), Failure> {
        self.client.batch_execute(sql).map_err(explain)
    }
}

fn by_reference(params: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    params.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

/// Says what an error means for the caller and for the thread.
fn explain(error: postgres::Error) -> Failure {
    let Some(db) = error.as_db_error() else {
        let what = chain(&error);
        return if error.is_closed() || is_io(&error) {
            Failure::broken(Error::Unavailable { what, source: Some(Arc::new(error)) })
        } else {
            Failure::last(Error::Rejected { what, source: Some(Arc::new(error)) })
        };
    };
    let (code, what) = (db.code().clone(), db.message().to_owned());
    let unavailable = |what| Error::Unavailable { what, source: None };
    if code == SqlState::T_R_SERIALIZATION_FAILURE || code == SqlState::T_R_DEADLOCK_DETECTED {
        return Failure::again(Error::Conflict { what });
    }
    if code == SqlState::UNIQUE_VIOLATION {
        return Failure::last(Error::Conflict { what });
    }
    match code.code().get(..2) {
        // Connection lost, server going down, session ended for idling in a transaction.
        Some("08") => Failure::broken(unavailable(what)),
        Some("57") if code != SqlState::QUERY_CANCELED => Failure::broken(unavailable(what)),
        _ if code == SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT => Failure::broken(unavailable(what)),
        // Out of a resource, timed out, locked, input or output failed, read-only.
        Some("53" | "55" | "57" | "58" | "25") => {
            Failure::last(Error::Unavailable { what, source: Some(Arc::new(error)) })
        }
        Some("XX") => Failure::last(Error::Corrupt { what }),
        Some(_) | None => Failure::last(Error::Rejected { what, source: Some(Arc::new(error)) }),
    }
}

fn is_io(error: &postgres::Error) -> bool {
    std::error::Error::source(error).is_some_and(|source| source.is::<std::io::Error>())
}

/// Returns the whole chain of messages; the outer ones alone only say "db error".
fn chain(error: &postgres::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(source) = cause {
        text = format!("{text}: {source}");
        cause = source.source();
    }
    text
}
