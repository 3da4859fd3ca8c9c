//! The seven kinds of value that both engines store, and how ours become them.
//!
//! Instants are microseconds since 1970 in UTC, spans are microseconds, both as `BIGINT`: the two engines have no
//! other type for time that behaves the same.

use std::time::Duration;

use domain::{
    AmendmentId, AttemptId, CalendarId, ChannelId, Impact, IncidentId, MaintenanceId, MaintenanceStatus,
    NoticeKind, NotificationId, NotificationState, OrgId, Phase, Platform, PolicyId, ProviderId, Role,
    ScheduleId, ServiceId, Severity, SourceHealth, Status, StatusPageId, SubscriberId, TokenId, UserId,
    change::ChangeKind,
};
use jiff::Timestamp;
use uuid::Uuid;

use crate::error::Error;

/// One parameter of a statement, or one column of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// No value.
    Null,
    /// `BIGINT`, also instants and spans in microseconds.
    Int(i64),
    /// `DOUBLE PRECISION`; never NaN, which SQLite would store as null.
    Real(f64),
    /// `BOOLEAN`; SQLite gives it back as 0 or 1.
    Bool(bool),
    /// `TEXT`; never with a NUL character, which PostgreSQL refuses.
    Text(String),
    /// `BYTEA`.
    Blob(Vec<u8>),
    /// `UUID`; SQLite gives it back as 16 bytes.
    Uuid(Uuid),
}

impl Value {
    /// Returns the word for this kind, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Int(_) => "an integer",
            Value::Real(_) => "a real number",
            Value::Bool(_) => "a boolean",
            Value::Text(_) => "text",
            Value::Blob(_) => "bytes",
            Value::Uuid(_) => "a uuid",
        }
    }

    /// Refuses what only one of the two engines would keep as it is.
    pub(crate) fn check_portable(&self) -> Result<(), Error> {
        match self {
            Value::Text(text) if text.contains('\0') => Err(Error::rejected("text with a NUL character")),
            Value::Real(real) if real.is_nan() => Err(Error::rejected("a real number that is not a number")),
            Value::Null
            | Value::Int(_)
            | Value::Real(_)
            | Value::Bool(_)
            | Value::Text(_)
            | Value::Blob(_)
            | Value::Uuid(_) => Ok(()),
        }
    }
}

/// Returns the microseconds of a span; spans beyond 292,000 years end there.
fn micros(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}

macro_rules! into_value {
    ($($from:ty, $name:ident => $value:expr;)*) => {$(
        impl From<$from> for Value {
            fn from($name: $from) -> Value {
                $value
            }
        }
    )*};
}

into_value! {
    i64, n => Value::Int(n);
    u32, n => Value::Int(i64::from(n));
    u16, n => Value::Int(i64::from(n));
    usize, n => Value::Int(i64::try_from(n).unwrap_or(i64::MAX));
    f64, n => Value::Real(n);
    bool, b => Value::Bool(b);
    &str, text => Value::Text(text.to_owned());
    String, text => Value::Text(text);
    &String, text => Value::Text(text.clone());
    Vec<u8>, bytes => Value::Blob(bytes);
    &[u8], bytes => Value::Blob(bytes.to_vec());
    Uuid, id => Value::Uuid(id);
    Timestamp, at => Value::Int(at.as_microsecond());
    Duration, span => Value::Int(micros(span));
    OrgId, id => Value::Uuid(id.0);
    UserId, id => Value::Uuid(id.0);
    ServiceId, id => Value::Uuid(id.0);
    ScheduleId, id => Value::Uuid(id.0);
    PolicyId, id => Value::Uuid(id.0);
    ChannelId, id => Value::Uuid(id.0);
    StatusPageId, id => Value::Uuid(id.0);
    ProviderId, id => Value::Uuid(id.0);
    IncidentId, id => Value::Uuid(id.0);
    NotificationId, id => Value::Uuid(id.0);
    AmendmentId, id => Value::Uuid(id.0);
    AttemptId, id => Value::Uuid(id.0);
    TokenId, id => Value::Uuid(id.0);
    SubscriberId, id => Value::Uuid(id.0);
    CalendarId, id => Value::Uuid(id.0);
    MaintenanceId, id => Value::Uuid(id.0);
    Status, word => Value::from(word.word());
    Impact, word => Value::from(word.word());
    Phase, word => Value::from(word.word());
    MaintenanceStatus, word => Value::from(word.word());
    SourceHealth, word => Value::from(word.word());
    Severity, word => Value::from(word.word());
    NotificationState, word => Value::from(word.word());
    NoticeKind, word => Value::from(word.word());
    Role, word => Value::from(word.word());
    Platform, word => Value::from(word.word());
    ChangeKind, word => Value::from(word.word());
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Null, Into::into)
    }
}

/// Makes the parameters of a statement: `params![scope.org(), service, key]`.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        &[$($crate::Value::from($value)),*]
    };
}
