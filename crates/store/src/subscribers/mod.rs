//! People outside who asked to be told about a provider: their requests, those who confirmed, and what they are owed.
//!
//! A request gives nobody anything but one message with a link. What a confirmed subscriber asked for changes only by a
//! link that was sent to them, so a request for a known address changes nothing until it is confirmed too.

mod news;
mod requests;
#[cfg(test)]
mod tests;

use domain::subscription::{Choice, Target};
use domain::{Impact, ProviderId, SubscriberId};
use jiff::Timestamp;

use crate::error::Error;
use crate::params;
use crate::row::Row;
use crate::tx::Tx;

pub use news::{News, claim_news, drop_news, news_due, owe_news, settle_told, try_news_again};
pub use requests::{
    Asked, Request, RequestClaim, claim_requests, confirm, count_asked, delete_expired, find_request,
    insert_request, is_expiring, requests_due, settle_request, try_request_again,
};

/// Between the ids of components in one column; ids are lines without control characters.
const BETWEEN: &str = "\n";

/// Somebody who confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscriber {
    /// Identity: that of the first request which was confirmed.
    pub id: SubscriberId,
    /// About whom.
    pub provider: ProviderId,
    /// Where to.
    pub target: Target,
    /// What of it.
    pub choice: Choice,
    /// When they were told something last.
    pub told_at: Option<Timestamp>,
}

/// Returns the subscriber with this id.
pub fn get(tx: &mut Tx<'_>, id: SubscriberId) -> Result<Option<Subscriber>, Error> {
    tx.query_opt(
        "SELECT id, provider_id, kind, address, components, least, incidents, maintenances, told_at
         FROM subscriber WHERE id = $1",
        params![id],
        subscriber,
    )
}

/// Returns the subscribers of a provider after the one with this id, in the order of ids.
pub fn list_of(
    tx: &mut Tx<'_>,
    provider: ProviderId,
    after: Option<SubscriberId>,
    limit: u32,
) -> Result<Vec<Subscriber>, Error> {
    tx.list(
        "SELECT id, provider_id, kind, address, components, least, incidents, maintenances, told_at
         FROM subscriber WHERE provider_id = $1 AND (CAST($2 AS UUID) IS NULL OR id > $2) ORDER BY id LIMIT $3",
        params![provider, after, limit],
        subscriber,
    )
}

/// Stores another choice; [`Error::NotFound`] when the subscriber has left.
pub fn set_choice(tx: &mut Tx<'_>, id: SubscriberId, choice: &Choice) -> Result<(), Error> {
    tx.execute_one(
        "UPDATE subscriber SET components = $2, least = $3, incidents = $4, maintenances = $5 WHERE id = $1",
        params![id, choice.components.join(BETWEEN), choice.least, choice.incidents, choice.maintenances],
    )
}

/// Forgets a subscriber, their address, what they were owed and what they had asked for; false when they had left already.
pub fn delete(tx: &mut Tx<'_>, id: SubscriberId) -> Result<bool, Error> {
    tx.execute(
        "DELETE FROM subscription_request WHERE (provider_id, kind, address_key) IN
             (SELECT provider_id, kind, address_key FROM subscriber WHERE id = $1)",
        params![id],
    )?;
    Ok(tx.execute("DELETE FROM subscriber WHERE id = $1", params![id])? == 1)
}

/// Counts a message that was refused for good; returns how many in a row.
pub fn count_refusal(tx: &mut Tx<'_>, id: SubscriberId) -> Result<i64, Error> {
    let counted = tx.query_opt(
        "UPDATE subscriber SET refusals = refusals + 1 WHERE id = $1 RETURNING refusals",
        params![id],
        |row| row.int(0),
    )?;
    Ok(counted.unwrap_or_default())
}

/// Returns how many have confirmed, of one provider.
pub fn count_of(tx: &mut Tx<'_>, provider: ProviderId) -> Result<i64, Error> {
    tx.query_one("SELECT COUNT(*) FROM subscriber WHERE provider_id = $1", params![provider], |row| {
        row.int(0)
    })
}

fn subscriber(row: &Row) -> Result<Subscriber, Error> {
    Ok(Subscriber {
        id: SubscriberId(row.uuid(0)?),
        provider: ProviderId(row.uuid(1)?),
        target: target(row, 2)?,
        choice: choice(row, 4)?,
        told_at: row.opt_at(8)?,
    })
}

/// Reads two columns: kind and address.
fn target(row: &Row, column: usize) -> Result<Target, Error> {
    let address = row.text(column + 1)?;
    match row.str(column)? {
        "email" => Ok(Target::Email(address)),
        "webhook" => Ok(Target::Webhook(address)),
        other => Err(row.unreadable(column, &format!("'{other}' is no kind of address"))),
    }
}

/// Reads four columns: components, least impact, incidents, maintenances.
fn choice(row: &Row, column: usize) -> Result<Choice, Error> {
    Ok(Choice {
        components: row.str(column)?.lines().map(str::to_owned).collect(),
        least: row.word(column + 1, Impact::from_word)?,
        incidents: row.bool(column + 2)?,
        maintenances: row.bool(column + 3)?,
    })
}
