//! A transaction, as a job sees it, and its narrowing to one organisation.
//!
//! A statement that fails dooms the transaction on both engines, as PostgreSQL does by itself: a job that carries on
//! regardless is undone and told. Uniqueness that is expected to be met is an upsert, not an error to recover from.

use domain::OrgId;

use crate::error::{Error, Failure};
use crate::row::{Row, beginning};
use crate::value::Value;

/// Which engine is below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite, one file.
    Sqlite,
    /// PostgreSQL, or what speaks its protocol.
    Postgres,
}

/// What a connection is opened and a transaction is begun for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Only looks.
    Read,
    /// May change rows.
    Write,
    /// Changes the schema: as long as it takes.
    Migrate,
}

/// What both engines can do; the threads of this crate own one each.
pub(crate) trait Connection: Send {
    fn dialect(&self) -> Dialect;
    fn begin(&mut self, access: Access) -> Result<(), Failure>;
    fn commit(&mut self) -> Result<(), Failure>;
    /// Ends the transaction without effect; a connection that can't is to be thrown away.
    fn rollback(&mut self) -> Result<(), Failure>;
    fn execute(&mut self, sql: &'static str, params: &[Value]) -> Result<u64, Failure>;
    fn query(&mut self, sql: &'static str, params: &[Value]) -> Result<Vec<Row>, Failure>;
    /// Runs several statements without parameters: migrations.
    fn script(&mut self, sql: &str) -> Result<(), Failure>;
}

/// A connection and the first thing that went wrong in its running transaction.
pub(crate) struct Session {
    pub(crate) connection: Box<dyn Connection>,
    pub(crate) failure: Option<Failure>,
}

/// A running transaction: serializable, undone unless the job ends well.
///
/// Organisation data is reached through [`Scope`]; `Tx` itself is for what belongs to nobody (providers) and for
/// workers that serve all organisations.
pub struct Tx<'a> {
    session: &'a mut Session,
}

impl<'a> Tx<'a> {
    pub(crate) fn new(session: &'a mut Session) -> Tx<'a> {
        Tx { session }
    }

    /// Returns which engine is below, for the few statements that must differ.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.session.connection.dialect()
    }

    /// Runs a statement that returns no rows; returns how many it changed.
    pub fn execute(&mut self, sql: &'static str, params: &[Value]) -> Result<u64, Error> {
        self.run(params, |connection| connection.execute(sql, params))
    }

    /// Runs a statement that changes exactly the row it names, or finds that there is none.
    pub fn execute_one(&mut self, sql: &'static str, params: &[Value]) -> Result<(), Error> {
        match self.execute(sql, params)? {
            0 => Err(Error::NotFound),
            1 => Ok(()),
            n => Err(too_many(sql, n)),
        }
    }

    /// Returns the rows of a statement.
    pub fn query(&mut self, sql: &'static str, params: &[Value]) -> Result<Vec<Row>, Error> {
        self.run(params, |connection| connection.query(sql, params))
    }

    /// Returns the rows, each made into a value.
    pub fn list<T>(
        &mut self,
        sql: &'static str,
        params: &[Value],
        map: impl FnMut(&Row) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        self.query(sql, params)?.iter().map(map).collect()
    }

    /// Returns the value of the only row, if there is one.
    pub fn query_opt<T>(
        &mut self,
        sql: &'static str,
        params: &[Value],
        map: impl FnOnce(&Row) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        match self.query(sql, params)?.as_slice() {
            [] => Ok(None),
            [row] => map(row).map(Some),
            rows => Err(too_many(sql, rows.len() as u64)),
        }
    }

    /// Returns the value of the only row; [`Error::NotFound`] without one.
    pub fn query_one<T>(
        &mut self,
        sql: &'static str,
        params: &[Value],
        map: impl FnOnce(&Row) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.query_opt(sql, params, map)?.ok_or(Error::NotFound)
    }

    fn run<T>(
        &mut self,
        params: &[Value],
        statement: impl FnOnce(&mut dyn Connection) -> Result<T, Failure>,
    ) -> Result<T, Error> {
        if let Some(failure) = &self.session.failure {
            return Err(failure.error.clone());
        }
        let portable = params.iter().try_for_each(Value::check_portable).map_err(Failure::last);
        portable.and_then(|()| statement(self.session.connection.as_mut())).map_err(|failure| {
            let error = failure.error.clone();
            self.session.failure = Some(failure);
            error
        })
    }
}

fn too_many(sql: &str, rows: u64) -> Error {
    Error::corrupt(format!("{rows} rows for \"{}\", which names one", beginning(sql)))
}

/// A transaction bound to one organisation: the only way to organisation data.
pub struct Scope<'a> {
    tx: Tx<'a>,
    org: OrgId,
}

impl<'a> Scope<'a> {
    /// Narrows a transaction to an organisation.
    pub fn new(tx: &'a mut Tx<'_>, org: OrgId) -> Scope<'a> {
        Scope { tx: Tx::new(tx.session), org }
    }

    /// Returns the organisation, the first parameter of every statement here.
    #[must_use]
    pub fn org(&self) -> OrgId {
        self.org
    }

    /// Returns the transaction itself, for tables that belong to nobody.
    pub fn tx(&mut self) -> &mut Tx<'a> {
        &mut self.tx
    }

    /// See [`Tx::execute`].
    pub fn execute(&mut self, sql: &'static str, params: &[Value]) -> Result<u64, Error> {
        self.tx.execute(sql, params)
    }

    /// See [`Tx::execute_one`].
    pub fn execute_one(&mut self, sql: &'static str, params: &[Value]) -> Result<(), Error> {
        self.tx.execute_one(sql, params)
    }

    /// See [`Tx::query`].
    pub fn query(&mut self, sql: &'static str, params: &[Value]) -> Result<Vec<Row>, Error> {
        self.tx.query(sql, params)
    }

    /// See [`Tx::list`].
    pub fn list<T>(
        &mut self,
        sql: &'static str,
        params: &[Value],
        map: impl FnMut(&Row) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        self.tx.list(sql, params, map)
    }

    /// See [`Tx::query_opt`].
    pub fn query_opt<T>(
        &mut self,
        sql: &'static str,
        params: &[Value],
        map: impl FnOnce(&Row) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        self.tx.query_opt(sql, params, map)
    }

    /// See [`Tx::query_one`].
    pub fn query_one<T>(
        &mut self,
        sql: &'static str,
        params: &[Value],
        map: impl FnOnce(&Row) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.tx.query_one(sql, params, map)
    }
}
