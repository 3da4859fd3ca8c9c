//! When readers are promised the next word on an incident, and what is done about it in time.

use std::time::Duration;

use jiff::Timestamp;

use crate::IncidentId;

/// How long before its time whoever has the incident is reminded.
const REMINDED_BEFORE: Duration = Duration::from_secs(5 * 60);

/// The shortest promise: a shorter one would be due before anybody could be reminded and write.
pub const SHORTEST_PROMISE: Duration = Duration::from_secs(10 * 60);

/// The longest promise: who has nothing to say for longer promises nothing.
pub const LONGEST_PROMISE: Duration = Duration::from_secs(7 * 24 * 3600);

/// Times in a row that nothing new was to say after which readers are told so no more seldom: by then eight times so.
const MOST_DOUBLINGS: u32 = 3;

/// When readers are promised the next word on an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promise {
    /// The incident.
    pub incident: IncidentId,
    /// By when.
    pub due_at: Timestamp,
    /// Whether whoever has the incident was reminded.
    pub is_reminded: bool,
    /// Times in a row that there was nothing new to say.
    pub repeats: u32,
}

/// What is to be done about a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing before this instant.
    Wait(Timestamp),
    /// Whoever has the incident is reminded.
    Remind,
    /// Its time has come and nobody has said anything: readers are told how it stands.
    Keep,
}

impl Promise {
    /// Returns a promise made at `now`, after so many times that there was nothing new to say. Those come ever more seldom.
    #[must_use]
    pub fn new(incident: IncidentId, span: Duration, repeats: u32, now: Timestamp) -> Self {
        let span = span.saturating_mul(1 << repeats.min(MOST_DOUBLINGS));
        let due_at = now.checked_add(span).unwrap_or(Timestamp::MAX);
        Self { incident, due_at, is_reminded: false, repeats }
    }

    /// Returns what is to be done at `now`.
    #[must_use]
    pub fn step(&self, now: Timestamp) -> Step {
        let reminds_at = self.due_at.checked_sub(REMINDED_BEFORE).unwrap_or(Timestamp::MIN);
        match self.is_reminded {
            _ if self.due_at <= now => Step::Keep,
            true => Step::Wait(self.due_at),
            false if reminds_at <= now => Step::Remind,
            false => Step::Wait(reminds_at),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_750_000_000 + 60 * minute).unwrap()
    }

    #[test]
    fn a_promise_reminds_once_before_its_time_and_is_kept_at_it() {
        let id = IncidentId(Uuid::nil());
        let promise = Promise::new(id, Duration::from_secs(1800), 0, at(0));
        assert_eq!(promise.step(at(0)), Step::Wait(at(25)));
        assert_eq!(promise.step(at(25)), Step::Remind);
        let reminded = Promise { is_reminded: true, ..promise };
        assert_eq!(reminded.step(at(25)), Step::Wait(at(30)));
        assert_eq!((promise.step(at(30)), reminded.step(at(99))), (Step::Keep, Step::Keep));
        let dues = [0, 1, 2, 3, 9].map(|n| Promise::new(id, Duration::from_secs(1800), n, at(0)).due_at);
        assert_eq!(dues, [at(30), at(60), at(120), at(240), at(240)]);
    }
}
