//! Subscribers as the people of an organisation see them: listed, added with a record of consent, and removed.

use domain::incident::Actor;
use domain::subscription::{Choice, Subject, Target};
use domain::{Language, OrgId, StatusPageId, SubscriberId};
use jiff::Timestamp;
use uuid::Uuid;

use super::{BETWEEN, Subscriber, only, subscriber};
use crate::error::Error;
use crate::tx::{Scope, Tx};
use crate::{actor, params};

/// By what right people are told who did not confirm by a link of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Identity.
    pub id: Uuid,
    /// What was agreed to, when and where, as whoever imported it says.
    pub statement: String,
    /// When it was recorded.
    pub made_at: Timestamp,
    /// By whom.
    pub made_by: Actor,
}

/// A subscriber with what the organisation may know besides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Who.
    pub subscriber: Subscriber,
    /// When they agreed.
    pub confirmed_at: Timestamp,
    /// The record of it, where they did not confirm by a link of ours.
    pub consent: Option<String>,
    /// Messages in a row that were refused for good.
    pub refusals: i64,
}

/// Somebody who is added without a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    /// Identity, unless the address is known.
    pub id: SubscriberId,
    /// About whom.
    pub subject: Subject,
    /// Where to.
    pub target: Target,
    /// What of it.
    pub choice: Choice,
    /// In which language.
    pub language: Language,
    /// When they agreed.
    pub confirmed_at: Timestamp,
    /// The record of it.
    pub consent: Uuid,
}

/// Returns the subscribers of a page after the one with this id, in the order of ids.
pub fn list_page(
    scope: &mut Scope<'_>,
    page: StatusPageId,
    after: Option<SubscriberId>,
    limit: u32,
) -> Result<Vec<Listed>, Error> {
    let org = scope.org();
    scope.list(
        "SELECT s.id, s.subject_kind, s.subject_id, s.org_id, s.kind, s.address, s.components, s.least, s.incidents,
             s.maintenances, s.postmortems, s.only_id, s.language, s.told_at, s.consent_id IS NOT NULL,
             s.confirmed_at, s.refusals, c.statement
         FROM subscriber s LEFT JOIN subscriber_consent c ON c.org_id = s.org_id AND c.id = s.consent_id
         WHERE s.org_id = $1 AND s.subject_kind = 'page' AND s.subject_id = $2
             AND (CAST($3 AS UUID) IS NULL OR s.id > $3)
         ORDER BY s.id LIMIT $4",
        params![org, page, after, limit],
        |row| {
            Ok(Listed {
                subscriber: subscriber(row)?,
                confirmed_at: row.at(15)?,
                refusals: row.int(16)?,
                consent: row.opt_text(17)?,
            })
        },
    )
}

/// Stores a record of consent. Storing it again, under the same id, changes nothing.
pub fn insert_consent(scope: &mut Scope<'_>, of: &Consent) -> Result<(), Error> {
    let (org, (kind, user)) = (scope.org(), actor::columns(of.made_by));
    scope
        .execute(
            "INSERT INTO subscriber_consent (org_id, id, statement, made_at, made_by_kind, made_by)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (org_id, id) DO NOTHING",
            params![org, of.id, &of.statement, of.made_at, &*kind, user],
        )
        .map(drop)
}

/// Adds a subscriber; false when the address is known already, and then nothing of theirs is changed.
pub fn add(tx: &mut Tx<'_>, of: &Added) -> Result<bool, Error> {
    let (subject, target, choice) = (of.subject, &of.target, &of.choice);
    let added = tx.execute(
        "INSERT INTO subscriber
             (id, subject_kind, subject_id, org_id, kind, address, address_key, components, least, incidents,
              maintenances, postmortems, only_id, language, consent_id, confirmed_at, refusals)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 0)
         ON CONFLICT (subject_kind, subject_id, kind, address_key, only_id) DO NOTHING",
        params![
            of.id,
            subject.word(),
            subject.id(),
            subject.org(),
            target.word(),
            target.address(),
            target.key(),
            choice.components.join(BETWEEN),
            choice.least,
            choice.incidents,
            choice.maintenances,
            choice.postmortems,
            only(subject, choice),
            of.language.tag(),
            of.consent,
            of.confirmed_at,
        ],
    )?;
    Ok(added == 1)
}

/// Forgets everything about an address at a subject, requests included; returns how many subscriptions there were.
pub fn delete_address(tx: &mut Tx<'_>, of: Subject, target: &Target) -> Result<u64, Error> {
    tx.execute(
        "DELETE FROM subscription_request
         WHERE subject_kind = $1 AND subject_id = $2 AND kind = $3 AND address_key = $4",
        params![of.word(), of.id(), target.word(), target.key()],
    )?;
    tx.execute(
        "DELETE FROM subscriber WHERE subject_kind = $1 AND subject_id = $2 AND kind = $3 AND address_key = $4",
        params![of.word(), of.id(), target.word(), target.key()],
    )
}

/// Has whoever asked for one thing alone ask for another, of which it has become part. Who asked for that already is kept once.
pub fn move_only(scope: &mut Scope<'_>, from: Uuid, to: Uuid) -> Result<(), Error> {
    let org = scope.org();
    scope.execute(
        "DELETE FROM subscriber WHERE org_id = $1 AND only_id = $2 AND only_id <> subject_id
             AND EXISTS (SELECT 1 FROM subscriber twin
                 WHERE twin.subject_kind = subscriber.subject_kind AND twin.subject_id = subscriber.subject_id
                     AND twin.kind = subscriber.kind AND twin.address_key = subscriber.address_key
                     AND twin.only_id = $3)",
        params![org, from, to],
    )?;
    scope.execute(
        "UPDATE subscriber SET only_id = $3 WHERE org_id = $1 AND only_id = $2 AND only_id <> subject_id",
        params![org, from, to],
    )?;
    scope.execute(
        "UPDATE subscription_request SET only_id = $3 WHERE org_id = $1 AND only_id = $2 AND only_id <> subject_id",
        params![org, from, to],
    )?;
    Ok(())
}

/// Remembers that an address left a page, by what stands for it.
pub fn push_departure(
    tx: &mut Tx<'_>,
    org: OrgId,
    page: StatusPageId,
    hash: &[u8],
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO subscriber_departure (org_id, page_id, address_hash, left_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (org_id, page_id, address_hash) DO UPDATE SET left_at = excluded.left_at",
        params![org, page, hash, now],
    )
    .map(drop)
}

/// Whether an address left a page.
pub fn has_departed(tx: &mut Tx<'_>, org: OrgId, page: StatusPageId, hash: &[u8]) -> Result<bool, Error> {
    let left = tx.query_opt(
        "SELECT left_at FROM subscriber_departure WHERE org_id = $1 AND page_id = $2 AND address_hash = $3",
        params![org, page, hash],
        |row| row.at(0),
    )?;
    Ok(left.is_some())
}

/// Forgets that an address left a page: its owner came back.
pub fn forget_departure(tx: &mut Tx<'_>, org: OrgId, page: StatusPageId, hash: &[u8]) -> Result<(), Error> {
    tx.execute(
        "DELETE FROM subscriber_departure WHERE org_id = $1 AND page_id = $2 AND address_hash = $3",
        params![org, page, hash],
    )
    .map(drop)
}
