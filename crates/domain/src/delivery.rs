//! Delivering notifications: whether old work is still worth doing, and when to try again.

use std::time::Duration;

use jiff::Timestamp;

use crate::{NoticeKind, incident::Response};

mod pick;
mod storm;

pub use pick::{
    AT_ONCE, Busy, Due, PER_BULKHEAD, PER_CONTACT, PER_ORGANIZATION, PER_PUSHOVER, Place, edits, folds, pick,
};
pub use storm::{Leaving, MOST_PAGES, STORM_WINDOW, Sent, gathered_until, held_until};

/// How long after its due time a page goes out without the word *delayed*.
pub const PAGE_FRESH_FOR: Duration = Duration::from_secs(10 * 60);

/// How long after its due time word of an acknowledgement or of the end is still news.
pub const NOTICE_FRESH_FOR: Duration = Duration::from_secs(60 * 60);

/// Failed tries after which a page counts as failing: with the waits of [`retry_in`] that is about half a minute. The next step of
/// the policy then follows at once, while the tries go on.
pub const FAILING_TRIES: u32 = 4;

/// Tries after which a notification is given up. With the waits of [`retry_in`] this is about half an hour.
pub const MOST_TRIES: u32 = 12;

/// The longest wait between two tries that a destination can ask for.
const LONGEST_ASKED: Duration = Duration::from_secs(15 * 60);

/// What to do with a notification whose time has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Send it.
    Send,
    /// Send it and say that it is late.
    SendDelayed,
    /// Don't send it: superseded, for this reason.
    Drop(&'static str),
}

/// What one try at delivering led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The destination accepted the message.
    Accepted {
        /// Its answer, shortened.
        answer: String,
        /// What it calls the message, where it calls it something: for threads, receipts and callbacks.
        receipt: Option<String>,
    },
    /// The destination can't take it now.
    TryAgain {
        /// What it said, shortened.
        answer: String,
        /// How long it asks us to wait.
        after: Option<Duration>,
        /// Whether the message may have arrived all the same.
        may_have_arrived: bool,
    },
    /// The destination will never take it.
    Refused {
        /// What it said, shortened.
        answer: String,
    },
}

/// Judges a due notification again, right before it is sent.
///
/// A page for an incident that is still open is never dropped. What was owed to a generation of paging that has ended is.
/// An acknowledgement takes back what was due until then, and not the pages to those who are asked to help after it.
#[must_use]
pub fn judge_again(
    kind: NoticeKind,
    generation: u32,
    incident: &crate::incident::Incident,
    due_at: Timestamp,
    now: Timestamp,
) -> Verdict {
    let is_late = |limit: Duration| due_at.checked_add(limit).is_ok_and(|until| until < now);
    match kind {
        NoticeKind::Page => match incident.response {
            Response::Resolved { .. } => Verdict::Drop("resolved before it was sent"),
            // What was asked for after the acknowledgement is a call for help.
            Response::Acknowledged { at, .. } if due_at <= at => {
                Verdict::Drop("acknowledged before it was sent")
            }
            Response::Open | Response::Acknowledged { .. } if generation < incident.generation => {
                Verdict::Drop("paging began anew")
            }
            Response::Open | Response::Acknowledged { .. } if is_late(PAGE_FRESH_FOR) => Verdict::SendDelayed,
            Response::Open | Response::Acknowledged { .. } => Verdict::Send,
        },
        NoticeKind::Acknowledged if incident.is_resolved() => Verdict::Drop("resolved meanwhile"),
        NoticeKind::Acknowledged if incident.response == Response::Open => {
            Verdict::Drop("taken back meanwhile")
        }
        NoticeKind::Reassigned if incident.is_resolved() => Verdict::Drop("resolved meanwhile"),
        NoticeKind::Reassigned if incident.response != Response::Open => Verdict::Drop("answered meanwhile"),
        NoticeKind::Reassigned if generation < incident.generation => Verdict::Drop("handed on meanwhile"),
        NoticeKind::Resolved if !incident.is_resolved() => Verdict::Drop("opened again meanwhile"),
        NoticeKind::Acknowledged | NoticeKind::Reassigned | NoticeKind::Resolved
            if is_late(NOTICE_FRESH_FOR) =>
        {
            Verdict::Drop("too old to be news")
        }
        NoticeKind::Unanswered if incident.is_resolved() => Verdict::Drop("resolved meanwhile"),
        NoticeKind::Unanswered if incident.response != Response::Open => Verdict::Drop("answered meanwhile"),
        NoticeKind::Unanswered if generation < incident.generation => Verdict::Drop("paging began anew"),
        NoticeKind::Acknowledged
        | NoticeKind::Reassigned
        | NoticeKind::Resolved
        | NoticeKind::Unanswered
        | NoticeKind::Notice => Verdict::Send,
    }
}

/// Returns how long to wait after the `tries`-th failed try (from 1), or `None` when it is time to give up.
///
/// Waits double from two seconds to five minutes, with full jitter on the upper half; `jitter` is uniform in `[0, 1)`. A
/// destination that asks for more gets it, within reason.
#[must_use]
pub fn retry_in(tries: u32, jitter: f64, asked: Option<Duration>) -> Option<Duration> {
    if tries >= MOST_TRIES {
        return None;
    }
    let full = Duration::from_secs(2u64 << tries.saturating_sub(1).min(7)).min(Duration::from_secs(300));
    let wait = full.mul_f64(0.5 + 0.5 * jitter.clamp(0.0, 1.0));
    Some(wait.max(asked.unwrap_or_default().min(LONGEST_ASKED)))
}

#[cfg(test)]
mod tests;
