//! Requests for alerts that are to be confirmed: stored with the link they owe, counted for quotas, forgotten in the end.

use domain::subscription::{Choice, Subject, Target};
use domain::{Language, SubscriberId};
use jiff::Timestamp;

use super::{BETWEEN, choice, language, only, target};
use crate::announcements::subject;
use crate::error::Error;
use crate::params;
use crate::row::Row;
use crate::tx::Tx;

/// A request as it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Identity; becomes the subscriber's.
    pub id: SubscriberId,
    /// About whom.
    pub subject: Subject,
    /// Where to.
    pub target: Target,
    /// What of it.
    pub choice: Choice,
    /// In which language.
    pub language: Language,
    /// What stands for the network it came from; not the network itself.
    pub network: Vec<u8>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it is too late to confirm it.
    pub expires_at: Timestamp,
}

/// A request whose link is to be sent, with the epoch that proves the lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestClaim {
    /// Identity.
    pub id: SubscriberId,
    /// About whom.
    pub subject: Subject,
    /// Where to.
    pub target: Target,
    /// In which language.
    pub language: Language,
    /// Proves the lease.
    pub epoch: i64,
    /// Tries so far.
    pub tries: u32,
    /// When it is too late to confirm it.
    pub expires_at: Timestamp,
}

/// How often was asked since an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// For the same address.
    pub for_address: i64,
    /// From the same network.
    pub from_network: i64,
    /// In all.
    pub in_all: i64,
}

/// Returns how often was asked since an instant.
pub fn count_asked(
    tx: &mut Tx<'_>,
    target: &Target,
    network: &[u8],
    since: Timestamp,
) -> Result<Asked, Error> {
    tx.query_one(
        "SELECT
             (SELECT COUNT(*) FROM subscription_request WHERE address_key = $1 AND created_at > $3),
             (SELECT COUNT(*) FROM subscription_request WHERE network = $2 AND created_at > $3),
             (SELECT COUNT(*) FROM subscription_request WHERE created_at > $3)",
        params![target.key(), network, since],
        |row| Ok(Asked { for_address: row.int(0)?, from_network: row.int(1)?, in_all: row.int(2)? }),
    )
}

/// Stores a request; its link is owed at once, unless it `is_silent` because too many were sent there already. The same
/// id again changes nothing.
pub fn insert_request(tx: &mut Tx<'_>, request: &Request, is_silent: bool) -> Result<(), Error> {
    let (subject, target, choice) = (request.subject, &request.target, &request.choice);
    tx.execute(
        "INSERT INTO subscription_request
             (id, subject_kind, subject_id, org_id, kind, address, address_key, components, least, incidents,
              maintenances, postmortems, only_id, language, network, created_at, expires_at, next_try_at, epoch, tries)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, 0, 0)
         ON CONFLICT (id) DO NOTHING",
        params![
            request.id,
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
            request.language.tag(),
            request.network.as_slice(),
            request.created_at,
            request.expires_at,
            (!is_silent).then_some(request.created_at),
        ],
    )
    .map(drop)
}

/// Returns a request that can still be confirmed, or was.
pub fn find_request(tx: &mut Tx<'_>, id: SubscriberId, now: Timestamp) -> Result<Option<Request>, Error> {
    tx.query_opt(
        "SELECT id, subject_kind, subject_id, org_id, kind, address, components, least, incidents, maintenances,
             postmortems, only_id, language, network, created_at, expires_at
         FROM subscription_request WHERE id = $1 AND expires_at > $2",
        params![id, now],
        request,
    )
}

/// Makes a subscriber of a request, or gives a subscriber with the same address this choice. Returns the subscriber's id;
/// confirming twice is confirming once.
pub fn confirm(tx: &mut Tx<'_>, request: &Request, now: Timestamp) -> Result<SubscriberId, Error> {
    let (subject, target, choice) = (request.subject, &request.target, &request.choice);
    tx.execute_one(
        "UPDATE subscription_request SET confirmed_at = COALESCE(confirmed_at, $2), next_try_at = NULL
         WHERE id = $1",
        params![request.id, now],
    )?;
    tx.query_one(
        "INSERT INTO subscriber
             (id, subject_kind, subject_id, org_id, kind, address, address_key, components, least, incidents,
              maintenances, postmortems, only_id, language, confirmed_at, refusals)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 0)
         ON CONFLICT (subject_kind, subject_id, kind, address_key, only_id) DO UPDATE SET
             address = excluded.address, components = excluded.components, least = excluded.least,
             incidents = excluded.incidents, maintenances = excluded.maintenances,
             postmortems = excluded.postmortems, language = excluded.language, refusals = 0
         RETURNING id",
        params![
            request.id,
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
            request.language.tag(),
            now,
        ],
        |row| row.uuid(0).map(SubscriberId),
    )
}

/// Takes leases on requests whose link is to be sent.
pub fn claim_requests(
    tx: &mut Tx<'_>,
    now: Timestamp,
    lease_until: Timestamp,
    limit: u32,
) -> Result<Vec<RequestClaim>, Error> {
    tx.list(
        "UPDATE subscription_request SET lease_until = $2, epoch = epoch + 1 WHERE id IN
             (SELECT id FROM subscription_request
              WHERE next_try_at <= $1 AND (lease_until IS NULL OR lease_until <= $1)
              ORDER BY next_try_at, id LIMIT $3)
         RETURNING id, subject_kind, subject_id, org_id, kind, address, language, epoch, tries, expires_at",
        params![now, lease_until, limit],
        |row| {
            Ok(RequestClaim {
                id: SubscriberId(row.uuid(0)?),
                subject: subject(row, 1)?,
                target: target(row, 4)?,
                language: row.word(6, language)?,
                epoch: row.int(7)?,
                tries: row.narrow(8)?,
                expires_at: row.at(9)?,
            })
        },
    )
}

/// Records that a link was sent, or given up; what no longer has the lease is not touched.
pub fn settle_request(tx: &mut Tx<'_>, id: SubscriberId, epoch: i64) -> Result<(), Error> {
    tx.execute(
        "UPDATE subscription_request SET next_try_at = NULL, lease_until = NULL WHERE id = $1 AND epoch = $2",
        params![id, epoch],
    )
    .map(drop)
}

/// Has a link sent again later; what no longer has the lease is not touched.
pub fn try_request_again(tx: &mut Tx<'_>, id: SubscriberId, epoch: i64, at: Timestamp) -> Result<(), Error> {
    tx.execute(
        "UPDATE subscription_request SET next_try_at = $3, lease_until = NULL, tries = tries + 1
         WHERE id = $1 AND epoch = $2 AND next_try_at IS NOT NULL",
        params![id, epoch, at],
    )
    .map(drop)
}

/// Returns when the next link can be claimed.
pub fn requests_due(tx: &mut Tx<'_>) -> Result<Option<Timestamp>, Error> {
    tx.query_one(
        "SELECT MIN(CASE WHEN lease_until > next_try_at THEN lease_until ELSE next_try_at END)
         FROM subscription_request WHERE next_try_at IS NOT NULL",
        params![],
        |row| row.opt_at(0),
    )
}

/// Whether a request is too old to be kept.
pub fn is_expiring(tx: &mut Tx<'_>, now: Timestamp) -> Result<bool, Error> {
    let first = tx.query_opt(
        "SELECT id FROM subscription_request WHERE expires_at <= $1 LIMIT 1",
        params![now],
        |row| row.uuid(0),
    )?;
    Ok(first.is_some())
}

/// Forgets requests that are too old, with their addresses; returns how many.
pub fn delete_expired(tx: &mut Tx<'_>, now: Timestamp, limit: u32) -> Result<u64, Error> {
    tx.execute(
        "DELETE FROM subscription_request WHERE id IN
             (SELECT id FROM subscription_request WHERE expires_at <= $1 ORDER BY expires_at, id LIMIT $2)",
        params![now, limit],
    )
}

fn request(row: &Row) -> Result<Request, Error> {
    let subject = subject(row, 1)?;
    Ok(Request {
        id: SubscriberId(row.uuid(0)?),
        subject,
        target: target(row, 4)?,
        choice: choice(row, 6, subject)?,
        language: row.word(12, language)?,
        network: row.blob(13)?,
        created_at: row.at(14)?,
        expires_at: row.at(15)?,
    })
}
