//! Our values in the types that PostgreSQL infers for each parameter, and back.

use std::error::Error as StdError;

use bytes::BytesMut;
use postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use uuid::Uuid;

use crate::value::Value;

type Failed = Box<dyn StdError + Sync + Send>;

impl ToSql for Value {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Failed> {
        match self {
            Value::Null => Ok(IsNull::Yes),
            Value::Int(n) => int(*n, ty, out),
            Value::Real(n) if *ty == Type::FLOAT8 => n.to_sql(ty, out),
            Value::Bool(b) if *ty == Type::BOOL => b.to_sql(ty, out),
            Value::Text(text) if <String as ToSql>::accepts(ty) => text.to_sql(ty, out),
            Value::Blob(bytes) if *ty == Type::BYTEA => bytes.to_sql(ty, out),
            Value::Uuid(id) if *ty == Type::UUID => {
                out.extend_from_slice(id.as_bytes());
                Ok(IsNull::No)
            }
            Value::Real(_) | Value::Bool(_) | Value::Text(_) | Value::Blob(_) | Value::Uuid(_) => {
                Err(format!("{} where the statement takes {ty}", self.kind()).into())
            }
        }
    }

    /// Accepts all, since the refusal above can say what was given.
    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

fn int(n: i64, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Failed> {
    match *ty {
        Type::INT8 => n.to_sql(ty, out),
        Type::INT4 => i32::try_from(n)?.to_sql(ty, out),
        Type::INT2 => i16::try_from(n)?.to_sql(ty, out),
        _ => Err(format!("an integer where the statement takes {ty}").into()),
    }
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Value, Failed> {
        match *ty {
            Type::INT8 => i64::from_sql(ty, raw).map(Value::Int),
            Type::INT4 => i32::from_sql(ty, raw).map(|n| Value::Int(n.into())),
            Type::INT2 => i16::from_sql(ty, raw).map(|n| Value::Int(n.into())),
            Type::FLOAT8 => f64::from_sql(ty, raw).map(Value::Real),
            Type::BOOL => bool::from_sql(ty, raw).map(Value::Bool),
            Type::BYTEA => Ok(Value::Blob(raw.to_vec())),
            Type::UUID => Ok(Value::Uuid(Uuid::from_slice(raw)?)),
            _ => String::from_sql(ty, raw).map(Value::Text),
        }
    }

    fn from_sql_null(_: &Type) -> Result<Value, Failed> {
        Ok(Value::Null)
    }

    fn accepts(ty: &Type) -> bool {
        const PLAIN: [Type; 7] =
            [Type::INT8, Type::INT4, Type::INT2, Type::FLOAT8, Type::BOOL, Type::BYTEA, Type::UUID];
        PLAIN.contains(ty) || <String as FromSql>::accepts(ty)
    }
}
