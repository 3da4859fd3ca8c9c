//! People outside who asked to be told about a provider or a page of ours: their requests, those who confirmed, and what
//! they are owed.
//!
//! A request gives nobody anything but one message with a link. What a confirmed subscriber asked for changes only by a
//! link that was sent to them, so a request for a known address changes nothing until it is confirmed too. People of an
//! organisation may add whoever has agreed elsewhere; the record of that stands beside.

mod lists;
mod news;
mod requests;
#[cfg(test)]
mod tests;

use domain::subscription::{Choice, Subject, Target};
use domain::{Impact, Language, SubscriberId};
use jiff::Timestamp;
use uuid::Uuid;

use crate::announcements::subject;
use crate::error::Error;
use crate::params;
use crate::row::Row;
use crate::tx::Tx;

pub use lists::{
    Added, Consent, Listed, add, delete_address, forget_departure, has_departed, insert_consent, list_page,
    move_only, push_departure,
};
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
    pub subject: Subject,
    /// Where to.
    pub target: Target,
    /// What of it.
    pub choice: Choice,
    /// In which language.
    pub language: Language,
    /// When they were told something last.
    pub told_at: Option<Timestamp>,
    /// Whether people of the organisation added them, with a record of consent.
    pub is_added: bool,
}

/// Returns the subscriber with this id.
pub fn get(tx: &mut Tx<'_>, id: SubscriberId) -> Result<Option<Subscriber>, Error> {
    tx.query_opt(
        "SELECT id, subject_kind, subject_id, org_id, kind, address, components, least, incidents, maintenances,
             postmortems, only_id, language, told_at, consent_id IS NOT NULL
         FROM subscriber WHERE id = $1",
        params![id],
        subscriber,
    )
}

/// Returns the subscribers of a subject after the one with this id, in the order of ids.
pub fn list_of(
    tx: &mut Tx<'_>,
    of: Subject,
    after: Option<SubscriberId>,
    limit: u32,
) -> Result<Vec<Subscriber>, Error> {
    tx.list(
        "SELECT id, subject_kind, subject_id, org_id, kind, address, components, least, incidents, maintenances,
             postmortems, only_id, language, told_at, consent_id IS NOT NULL
         FROM subscriber
         WHERE subject_kind = $1 AND subject_id = $2 AND (CAST($3 AS UUID) IS NULL OR id > $3) ORDER BY id LIMIT $4",
        params![of.word(), of.id(), after, limit],
        subscriber,
    )
}

/// Returns the subscriber of the whole subject who has this address.
pub fn find_whole(tx: &mut Tx<'_>, of: Subject, target: &Target) -> Result<Option<Subscriber>, Error> {
    tx.query_opt(
        "SELECT id, subject_kind, subject_id, org_id, kind, address, components, least, incidents, maintenances,
             postmortems, only_id, language, told_at, consent_id IS NOT NULL
         FROM subscriber
         WHERE subject_kind = $1 AND subject_id = $2 AND address_key = $3 AND kind = $4 AND only_id = $2",
        params![of.word(), of.id(), target.key(), target.word()],
        subscriber,
    )
}

/// Stores another choice and language; [`Error::NotFound`] when the subscriber has left.
pub fn set_choice(
    tx: &mut Tx<'_>,
    id: SubscriberId,
    choice: &Choice,
    language: Language,
) -> Result<(), Error> {
    tx.execute_one(
        "UPDATE subscriber SET components = $2, least = $3, incidents = $4, maintenances = $5, postmortems = $6,
             language = $7
         WHERE id = $1",
        params![
            id,
            choice.components.join(BETWEEN),
            choice.least,
            choice.incidents,
            choice.maintenances,
            choice.postmortems,
            language.tag(),
        ],
    )
}

/// Forgets a subscriber, their address, what they were owed and what they had asked for; false when they had left already.
pub fn delete(tx: &mut Tx<'_>, id: SubscriberId) -> Result<bool, Error> {
    tx.execute(
        "DELETE FROM subscription_request WHERE (subject_kind, subject_id, kind, address_key, only_id) IN
             (SELECT subject_kind, subject_id, kind, address_key, only_id FROM subscriber WHERE id = $1)",
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

/// Returns how many have confirmed, of one subject.
pub fn count_of(tx: &mut Tx<'_>, of: Subject) -> Result<i64, Error> {
    tx.query_one(
        "SELECT COUNT(*) FROM subscriber WHERE subject_kind = $1 AND subject_id = $2",
        params![of.word(), of.id()],
        |row| row.int(0),
    )
}

fn subscriber(row: &Row) -> Result<Subscriber, Error> {
    let subject = subject(row, 1)?;
    Ok(Subscriber {
        id: SubscriberId(row.uuid(0)?),
        subject,
        target: target(row, 4)?,
        choice: choice(row, 6, subject)?,
        language: row.word(12, language)?,
        told_at: row.opt_at(13)?,
        is_added: row.bool(14)?,
    })
}

/// Reads two columns: kind and address.
fn target(row: &Row, column: usize) -> Result<Target, Error> {
    let address = row.text(column + 1)?;
    row.word(column, |word| Target::stored(word, address.clone()))
}

/// Reads six columns: components, least impact, incidents, maintenances, post-mortems, the one thing.
fn choice(row: &Row, column: usize, of: Subject) -> Result<Choice, Error> {
    Ok(Choice {
        components: row.str(column)?.lines().map(str::to_owned).collect(),
        least: row.word(column + 1, Impact::from_word)?,
        incidents: row.bool(column + 2)?,
        maintenances: row.bool(column + 3)?,
        postmortems: row.bool(column + 4)?,
        only: Some(row.uuid(column + 5)?).filter(|only| *only != of.id()),
    })
}

/// What stands for the choice of one thing, or of all, in its column.
fn only(of: Subject, choice: &Choice) -> Uuid {
    choice.only.unwrap_or(of.id())
}

fn language(tag: &str) -> Option<Language> {
    Language::ALL.into_iter().find(|language| language.tag() == tag)
}
