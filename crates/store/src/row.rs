//! One row of an answer, decoded by column index.
//!
//! A column that doesn't hold what the caller asks for is [`Error::Corrupt`], with the column and what was found.

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use crate::error::Error;
use crate::value::Value;

/// The columns of one row, in the order of the statement.
#[derive(Debug)]
pub struct Row {
    sql: &'static str,
    values: Vec<Value>,
}

macro_rules! optional {
    ($($(#[$doc:meta])* $opt:ident, $plain:ident, $type:ty;)*) => {$(
        $(#[$doc])*
        pub fn $opt(&self, column: usize) -> Result<Option<$type>, Error> {
            if self.get(column)? == &Value::Null { Ok(None) } else { self.$plain(column).map(Some) }
        }
    )*};
}

impl Row {
    pub(crate) fn new(sql: &'static str, values: Vec<Value>) -> Row {
        Row { sql, values }
    }

    /// Returns an integer.
    pub fn int(&self, column: usize) -> Result<i64, Error> {
        let Value::Int(n) = self.get(column)? else { return Err(self.mismatch(column, "an integer")) };
        Ok(*n)
    }

    /// Returns an integer that fits the caller's narrower type.
    pub fn narrow<T: TryFrom<i64>>(&self, column: usize) -> Result<T, Error> {
        let wide = self.int(column)?;
        T::try_from(wide).map_err(|_| self.unreadable(column, &format!("{wide} is out of range")))
    }

    /// Returns a real number.
    pub fn real(&self, column: usize) -> Result<f64, Error> {
        let Value::Real(n) = self.get(column)? else { return Err(self.mismatch(column, "a real number")) };
        Ok(*n)
    }

    /// Returns a boolean; SQLite stores 0 and 1.
    pub fn bool(&self, column: usize) -> Result<bool, Error> {
        if let Value::Bool(b) = self.get(column)? {
            return Ok(*b);
        }
        match self.int(column) {
            Ok(0) => Ok(false),
            Ok(1) => Ok(true),
            Ok(n) => Err(self.unreadable(column, &format!("{n} is no boolean"))),
            Err(_) => Err(self.mismatch(column, "a boolean")),
        }
    }

    /// Returns text.
    pub fn text(&self, column: usize) -> Result<String, Error> {
        self.str(column).map(str::to_owned)
    }

    /// Returns text without copying it.
    pub fn str(&self, column: usize) -> Result<&str, Error> {
        let Value::Text(text) = self.get(column)? else { return Err(self.mismatch(column, "text")) };
        Ok(text)
    }

    /// Returns bytes.
    pub fn blob(&self, column: usize) -> Result<Vec<u8>, Error> {
        let Value::Blob(bytes) = self.get(column)? else { return Err(self.mismatch(column, "bytes")) };
        Ok(bytes.clone())
    }

    /// Returns a uuid; SQLite stores its 16 bytes.
    pub fn uuid(&self, column: usize) -> Result<Uuid, Error> {
        if let Value::Uuid(id) = self.get(column)? {
            return Ok(*id);
        }
        let bytes = self.blob(column).map_err(|_| self.mismatch(column, "a uuid"))?;
        Uuid::from_slice(&bytes)
            .map_err(|_| self.unreadable(column, &format!("{} bytes are no uuid", bytes.len())))
    }

    /// Returns an instant.
    pub fn at(&self, column: usize) -> Result<Timestamp, Error> {
        let micros = self.int(column)?;
        Timestamp::from_microsecond(micros)
            .map_err(|_| self.unreadable(column, &format!("{micros} is no instant")))
    }

    /// Returns a span.
    pub fn duration(&self, column: usize) -> Result<Duration, Error> {
        self.narrow::<u64>(column).map(Duration::from_micros)
    }

    /// Returns what `parse` reads from the text, such as one of our words.
    pub fn word<T>(&self, column: usize, parse: impl Fn(&str) -> Option<T>) -> Result<T, Error> {
        let text = self.str(column)?;
        parse(text).ok_or_else(|| self.unreadable(column, &format!("'{text}' is not one of our words")))
    }

    /// Returns what `parse` reads from the text, or none where the column is null.
    pub fn opt_word<T>(&self, column: usize, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Error> {
        if self.get(column)? == &Value::Null { Ok(None) } else { self.word(column, parse).map(Some) }
    }

    /// Returns an integer that fits the caller's narrower type, or none where the column is null.
    pub fn opt_narrow<T: TryFrom<i64>>(&self, column: usize) -> Result<Option<T>, Error> {
        if self.get(column)? == &Value::Null { Ok(None) } else { self.narrow(column).map(Some) }
    }

    optional! {
        /// Returns an integer, or none where the column is null.
        opt_int, int, i64;
        /// Returns a real number, or none where the column is null.
        opt_real, real, f64;
        /// Returns a boolean, or none where the column is null.
        opt_bool, bool, bool;
        /// Returns text, or none where the column is null.
        opt_text, text, String;
        /// Returns bytes, or none where the column is null.
        opt_blob, blob, Vec<u8>;
        /// Returns a uuid, or none where the column is null.
        opt_uuid, uuid, Uuid;
        /// Returns an instant, or none where the column is null.
        opt_at, at, Timestamp;
        /// Returns a span, or none where the column is null.
        opt_duration, duration, Duration;
    }

    fn get(&self, column: usize) -> Result<&Value, Error> {
        self.values.get(column).ok_or_else(|| {
            self.unreadable(column, &format!("the statement has {} columns", self.values.len()))
        })
    }

    fn mismatch(&self, column: usize, expected: &str) -> Error {
        let found = self.values.get(column).map_or("nothing", Value::kind);
        self.unreadable(column, &format!("expected {expected}, found {found}"))
    }

    /// Returns the error for a column whose content makes no sense; content itself stays out of the message
    /// unless the caller put it there.
    pub fn unreadable(&self, column: usize, why: &str) -> Error {
        Error::corrupt(format!("column {column} of \"{}\": {why}", beginning(self.sql)))
    }
}

/// Returns the first words of a statement, enough to find it.
pub(crate) fn beginning(sql: &str) -> String {
    const WORDS: usize = 12;
    sql.split_whitespace().take(WORDS).collect::<Vec<_>>().join(" ")
}
