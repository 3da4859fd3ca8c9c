//! Where a database is: reading its address and connecting to it.

use std::path::PathBuf;

use crate::database::Options;
use crate::error::Error;
use crate::tx::{Access, Connection};
use crate::{postgres, sqlite};

/// A file or a server.
pub(crate) enum Target {
    Sqlite(PathBuf, Options),
    Postgres(Box<::postgres::Config>),
}

impl Target {
    /// Reads a database address.
    pub(crate) fn parse(url: &str, options: &Options) -> Result<Target, Error> {
        if let Some(path) = url.strip_prefix("sqlite://") {
            if path.is_empty() || path.starts_with(':') || path.contains('?') {
                return Err(Error::rejected("a SQLite database url is sqlite:// and the path of a file"));
            }
            return Ok(Target::Sqlite(PathBuf::from(path), options.clone()));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Target::Postgres(Box::new(postgres::parse(url)?)));
        }
        let scheme = url.split_once("://").map_or("nothing", |(scheme, _)| scheme);
        Err(Error::rejected(format!(
            "a database url begins with sqlite:// or postgres://, this one with {scheme}"
        )))
    }

    /// Opens one connection.
    pub(crate) fn connect(&self, access: Access) -> Result<Box<dyn Connection>, Error> {
        Ok(match self {
            Target::Sqlite(path, options) => Box::new(sqlite::open(path, access, options)?),
            Target::Postgres(config) => Box::new(postgres::connect(config, access)?),
        })
    }
}
