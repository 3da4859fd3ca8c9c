//! Who did something, as two columns: a kind, and the member where it is one.

use domain::UserId;
use domain::incident::Actor;

use crate::error::Error;
use crate::row::Row;

/// Returns the two columns.
pub(crate) fn columns(actor: Actor) -> (&'static str, Option<UserId>) {
    match actor {
        Actor::Machine => ("machine", None),
        Actor::Operator => ("operator", None),
        Actor::User(user) => ("user", Some(user)),
    }
}

/// Reads a kind and the member in the column after it.
pub(crate) fn read(row: &Row, column: usize) -> Result<Actor, Error> {
    let user = row.opt_uuid(column + 1)?.map(UserId);
    row.word(column, |kind| match (kind, user) {
        ("machine", None) => Some(Actor::Machine),
        ("operator", None) => Some(Actor::Operator),
        ("user", Some(user)) => Some(Actor::User(user)),
        _ => None,
    })
}
