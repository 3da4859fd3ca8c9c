//! What subscribers are still to be told: one row for each and each thing that is told by itself, a stretch of the numbered
//! changes, which grows until it is sent.

use domain::SubscriberId;
use jiff::Timestamp;
use uuid::Uuid;

use crate::announcements::Announcement;

use crate::error::Error;
use crate::params;
use crate::tx::Tx;

/// News on its way to a subscriber.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct News {
    /// To whom.
    pub subscriber: SubscriberId,
    /// About what: an incident or work of a page, or a provider.
    pub thing: Uuid,
    /// Proves the lease.
    pub epoch: i64,
    /// The changes after this number
    pub from: i64,
    /// up to this one. Stays the same when the message is sent again because nobody knows whether it arrived.
    pub upto: i64,
    /// Tries so far.
    pub tries: u32,
    /// Whether an earlier try may have arrived: its lease ran out, or the connection broke.
    pub may_have_arrived: bool,
}

/// Owes a subscriber a set of changes, at the soonest at `due`; joins what is owed already. What is urgent brings forward what
/// waits and was not tried yet, and is not held up by what is under way.
pub fn owe_news(
    tx: &mut Tx<'_>,
    id: SubscriberId,
    of: &Announcement,
    due: Timestamp,
    is_urgent: bool,
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO subscriber_news
             (subscriber_id, thing_id, subject_kind, from_position, upto_position, next_try_at, epoch, tries, is_urgent)
         VALUES ($1, $2, $3, $4, $5, $6, 0, 0, $7)
         ON CONFLICT (subscriber_id, thing_id) DO UPDATE SET
             upto_position = CASE WHEN excluded.upto_position > subscriber_news.upto_position
                 THEN excluded.upto_position ELSE subscriber_news.upto_position END,
             next_try_at = CASE WHEN excluded.is_urgent AND subscriber_news.tries = 0
                     AND subscriber_news.lease_until IS NULL AND excluded.next_try_at < subscriber_news.next_try_at
                 THEN excluded.next_try_at ELSE subscriber_news.next_try_at END,
             is_urgent = subscriber_news.is_urgent OR excluded.is_urgent",
        params![id, of.thing, of.subject.word(), of.position - of.changes, of.position, due, is_urgent],
    )
    .map(drop)
}

/// Takes leases on news whose time has come. What was being sent when its lease ran out is the same message again.
pub fn claim_news(
    tx: &mut Tx<'_>,
    now: Timestamp,
    lease_until: Timestamp,
    limit: u32,
) -> Result<Vec<News>, Error> {
    let due = tx.list(
        "SELECT subscriber_id, thing_id, claimed_position IS NOT NULL FROM subscriber_news
         WHERE next_try_at <= $1 AND (lease_until IS NULL OR lease_until <= $1)
         ORDER BY next_try_at, subscriber_id, thing_id LIMIT $2",
        params![now, limit],
        |row| Ok((row.uuid(0)?, row.uuid(1)?, row.bool(2)?)),
    )?;
    let mut claimed = Vec::with_capacity(due.len());
    for (id, thing, may_have_arrived) in due {
        claimed.push(tx.query_one(
            "UPDATE subscriber_news SET lease_until = $3, epoch = epoch + 1, is_urgent = FALSE,
                 claimed_position = COALESCE(claimed_position, upto_position)
             WHERE subscriber_id = $1 AND thing_id = $2
             RETURNING epoch, from_position, claimed_position, tries",
            params![id, thing, lease_until],
            |row| {
                Ok(News {
                    subscriber: SubscriberId(id),
                    thing,
                    epoch: row.int(0)?,
                    from: row.int(1)?,
                    upto: row.int(2)?,
                    tries: row.narrow(3)?,
                    may_have_arrived,
                })
            },
        )?);
    }
    Ok(claimed)
}

/// Records that a subscriber was told; what came meanwhile is due at `next`, or at once where it is urgent. False when the lease no longer counts.
pub fn settle_told(tx: &mut Tx<'_>, news: &News, now: Timestamp, next: Timestamp) -> Result<bool, Error> {
    if !drop_news(tx, news, now, next)? {
        return Ok(false);
    }
    tx.execute(
        "UPDATE subscriber SET told_at = $2, refusals = 0 WHERE id = $1",
        params![news.subscriber, now],
    )?;
    Ok(true)
}

/// Owes no longer what was claimed; what came meanwhile is due at `next`, or at once where it is urgent. False when the lease
/// no longer counts.
pub fn drop_news(tx: &mut Tx<'_>, news: &News, now: Timestamp, next: Timestamp) -> Result<bool, Error> {
    let gone = tx.execute(
        "DELETE FROM subscriber_news
         WHERE subscriber_id = $1 AND thing_id = $2 AND epoch = $3 AND upto_position <= $4",
        params![news.subscriber, news.thing, news.epoch, news.upto],
    )?;
    if gone == 1 {
        return Ok(true);
    }
    let left = tx.execute(
        "UPDATE subscriber_news SET from_position = $4, claimed_position = NULL, lease_until = NULL, tries = 0,
             next_try_at = CASE WHEN is_urgent THEN CAST($5 AS BIGINT) ELSE CAST($6 AS BIGINT) END
         WHERE subscriber_id = $1 AND thing_id = $2 AND epoch = $3",
        params![news.subscriber, news.thing, news.epoch, news.upto, now, next],
    )?;
    Ok(left == 1)
}

/// Has news sent again at `at`: the same message where it `may_have_arrived`, else with whatever came meanwhile.
pub fn try_news_again(
    tx: &mut Tx<'_>,
    news: &News,
    at: Timestamp,
    may_have_arrived: bool,
) -> Result<(), Error> {
    tx.execute(
        "UPDATE subscriber_news SET lease_until = NULL, tries = tries + 1, next_try_at = $4,
             claimed_position = CASE WHEN $5 THEN claimed_position ELSE NULL END
         WHERE subscriber_id = $1 AND thing_id = $2 AND epoch = $3",
        params![news.subscriber, news.thing, news.epoch, at, may_have_arrived],
    )
    .map(drop)
}

/// Returns when the next news can be claimed.
pub fn news_due(tx: &mut Tx<'_>) -> Result<Option<Timestamp>, Error> {
    tx.query_one(
        "SELECT MIN(CASE WHEN lease_until > next_try_at THEN lease_until ELSE next_try_at END)
         FROM subscriber_news",
        params![],
        |row| row.opt_at(0),
    )
}
