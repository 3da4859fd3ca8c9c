//! Forgets what was kept long enough: messages about incidents that are over, texts from phones, old news of providers.
//!
//! What is kept for good: incidents with their updates and timelines, configurations and amendments, which say how it was
//! at any instant, and the spans that uptime is made of. What belongs to an incident that is not over stays whole,
//! however old. Each call deletes one bounded batch, so that whoever writes for the pager waits for no more than that.

use jiff::Timestamp;

use crate::error::Error;
use crate::params;
use crate::tx::Tx;

#[cfg(test)]
mod tests;

/// Rows deleted by one call, of one table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Purged {
    /// The table.
    pub table: &'static str,
    /// How many.
    pub rows: u64,
}

/// Forgets messages that were settled before an instant, of incidents that were over before it, with their tries and the
/// stopped timers of these incidents; at most `limit` messages, those settled first.
///
/// A message that others went out inside stays as long as they do, and one that told of more incidents until these are over too.
pub fn purge_messages(tx: &mut Tx<'_>, before: Timestamp, limit: u32) -> Result<[Purged; 3], Error> {
    let chosen = tx.list(
        "SELECT owed.org_id, owed.id, owed.incident_id FROM notification owed
             JOIN incident ON incident.org_id = owed.org_id AND incident.id = owed.incident_id
         WHERE owed.settled_at < $1 AND owed.state NOT IN ('pending', 'sending') AND incident.resolved_at < $1
             AND NOT EXISTS (SELECT 1 FROM notification inside
                 WHERE inside.org_id = owed.org_id AND inside.folded_into = owed.id
                     AND inside.incident_id <> owed.incident_id)
             AND NOT EXISTS (SELECT 1 FROM also_told told
                     JOIN incident other ON other.org_id = told.org_id AND other.id = told.incident_id
                 WHERE told.org_id = owed.org_id AND told.message_id = owed.id
                     AND (other.resolved_at IS NULL OR other.resolved_at >= $1))
         ORDER BY owed.settled_at, owed.id LIMIT $2",
        params![before, limit],
        |row| Ok((row.uuid(0)?, row.uuid(1)?, row.uuid(2)?)),
    )?;
    let (mut messages, mut tries, mut timers) = (0, 0, 0);
    for (org, id, incident) in chosen {
        tries +=
            tx.execute("DELETE FROM attempt WHERE org_id = $1 AND notification_id = $2", params![org, id])?;
        tx.execute("DELETE FROM also_told WHERE org_id = $1 AND message_id = $2", params![org, id])?;
        messages += tx.execute("DELETE FROM notification WHERE org_id = $1 AND id = $2", params![org, id])?;
        timers += tx.execute(
            "DELETE FROM timer WHERE org_id = $1 AND incident_id = $2 AND due_at IS NULL",
            params![org, incident],
        )?;
    }
    Ok([
        Purged { table: "notification", rows: messages },
        Purged { table: "attempt", rows: tries },
        Purged { table: "timer", rows: timers },
    ])
}

/// Forgets texts from phones that came before an instant, the oldest first. Whoever has kept a signed callback that long could
/// have it taken once more.
pub fn purge_phone_texts(tx: &mut Tx<'_>, before: Timestamp, limit: u32) -> Result<Purged, Error> {
    let rows = tx.execute(
        "DELETE FROM phone_text WHERE name IN
             (SELECT name FROM phone_text WHERE at < $1 ORDER BY at, name LIMIT $2)",
        params![before, limit],
    )?;
    Ok(Purged { table: "phone_text", rows })
}

/// Forgets who asked for one incident or work alone that was over before an instant; at most `limit` of each.
pub fn purge_followers(tx: &mut Tx<'_>, before: Timestamp, limit: u32) -> Result<Purged, Error> {
    let of_incidents = tx.execute(
        "DELETE FROM subscriber WHERE id IN
             (SELECT s.id FROM subscriber s JOIN incident i ON i.org_id = s.org_id AND i.id = s.only_id
              WHERE s.only_id <> s.subject_id AND i.resolved_at < $1 ORDER BY i.resolved_at, s.id LIMIT $2)",
        params![before, limit],
    )?;
    let of_works = tx.execute(
        "DELETE FROM subscriber WHERE id IN
             (SELECT s.id FROM subscriber s JOIN maintenance m ON m.org_id = s.org_id AND m.id = s.only_id
              WHERE s.only_id <> s.subject_id AND m.ended_at < $1 ORDER BY m.ended_at, s.id LIMIT $2)",
        params![before, limit],
    )?;
    Ok(Purged { table: "subscriber", rows: of_incidents + of_works })
}

/// Forgets sets of changes that were seen before an instant and handed on, the oldest first, and then changes and words that
/// belong to none. The last of each stays, since later ones are numbered after it, and so does what a subscriber is still to be
/// told.
pub fn purge_news(tx: &mut Tx<'_>, before: Timestamp, limit: u32) -> Result<[Purged; 3], Error> {
    let mut sets = 0;
    for kind in ["provider", "page"] {
        sets += tx.execute(
            "DELETE FROM announcement WHERE subject_kind = $1 AND (subject_id, last_seq) IN
                 (SELECT subject_id, last_seq FROM announcement
                  WHERE subject_kind = $1 AND seen_at < $2 AND handed_on_at IS NOT NULL
                      AND position < (SELECT MAX(position) FROM announcement WHERE subject_kind = $1)
                      AND position <= COALESCE((SELECT MIN(from_position) FROM subscriber_news
                          WHERE subject_kind = $1), position)
                  ORDER BY position LIMIT $3)",
            params![kind, before, limit],
        )?;
    }
    let words = tx.execute(
        "DELETE FROM public_word WHERE (org_id, thing_id, seq) IN
             (SELECT old.org_id, old.thing_id, old.seq FROM public_word old
              WHERE old.routed_at < $1
                  AND NOT EXISTS (SELECT 1 FROM announcement a
                      WHERE a.org_id = old.org_id AND a.thing_id = old.thing_id AND a.word_seq = old.seq)
              ORDER BY old.routed_at, old.org_id, old.thing_id, old.seq LIMIT $2)",
        params![before, limit],
    )?;
    let changes = tx.execute(
        "DELETE FROM provider_change WHERE (provider_id, seq) IN
             (SELECT old.provider_id, old.seq FROM provider_change old
              WHERE old.seen_at < $1
                  AND old.seq < (SELECT MAX(last.seq) FROM provider_change last
                      WHERE last.provider_id = old.provider_id)
                  AND old.seq <= COALESCE((SELECT first.last_seq - first.changes FROM announcement first
                      WHERE first.subject_kind = 'provider' AND first.subject_id = old.provider_id
                      ORDER BY first.last_seq LIMIT 1), old.seq)
              ORDER BY old.seen_at, old.provider_id, old.seq LIMIT $2)",
        params![before, limit],
    )?;
    Ok([
        Purged { table: "announcement", rows: sets },
        Purged { table: "public_word", rows: words },
        Purged { table: "provider_change", rows: changes },
    ])
}
