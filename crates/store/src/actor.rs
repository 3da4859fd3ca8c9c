//! Who did something, as two columns: a kind, and the member where it is one. An account is no row of anything: its name
//! stands behind the kind, so that what it did is told by that name for good.

use std::borrow::Cow;

use domain::UserId;
use domain::account::Account;
use domain::incident::Actor;

use crate::error::Error;
use crate::row::Row;

/// Stands between the kind and the name of an account.
const ACCOUNT: &str = "account:";

/// Returns the two columns.
pub(crate) fn columns(actor: Actor) -> (Cow<'static, str>, Option<UserId>) {
    match actor {
        Actor::Machine => ("machine".into(), None),
        Actor::Operator => ("operator".into(), None),
        Actor::Account(account) => (format!("{ACCOUNT}{account}").into(), None),
        Actor::User(user) => ("user".into(), Some(user)),
    }
}

/// Reads a kind and the member in the column after it.
pub(crate) fn read(row: &Row, column: usize) -> Result<Actor, Error> {
    let user = row.opt_uuid(column + 1)?.map(UserId);
    row.word(column, |kind| match (kind, user) {
        ("machine", None) => Some(Actor::Machine),
        ("operator", None) => Some(Actor::Operator),
        ("user", Some(user)) => Some(Actor::User(user)),
        (account, None) => account.strip_prefix(ACCOUNT).map(|name| Actor::Account(Account::named(name))),
        (_, Some(_)) => None,
    })
}
