//! The newest changes of all providers, numbered without a gap: what a stream resumes from.

use std::{collections::VecDeque, sync::Arc};

/// Changes that are remembered: hours of a bad day. Who was away for longer is told to start anew.
const REMEMBERED: usize = 4_096;

/// Changes that one look takes along.
const AT_ONCE: usize = 256;

/// One change of one provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its number among those of all providers, from 1.
    pub number: i64,
    /// The provider's slug.
    pub provider: Arc<str>,
    /// The slug of its category.
    pub category: Arc<str>,
    /// The change as JSON, in one line.
    pub line: Arc<str>,
}

/// What came after a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// These, oldest first; possibly not all at once, possibly none.
    Events(Vec<Event>),
    /// More than is remembered, or the number was never given: everything has to be read again, and this is the newest.
    Gap(i64),
}

/// The newest changes.
#[derive(Clone, Debug, Default)]
pub(super) struct Log {
    events: VecDeque<Event>,
}

impl Log {
    /// Returns the log with these added, which follow what is there.
    pub(super) fn with(&self, more: Vec<Event>) -> Log {
        let mut events = self.events.clone();
        events.extend(more);
        events.drain(..events.len().saturating_sub(REMEMBERED));
        Log { events }
    }

    pub(super) fn after(&self, number: i64) -> News {
        let (Some(first), Some(last)) = (self.events.front(), self.events.back()) else {
            return if number == 0 { News::Events(Vec::new()) } else { News::Gap(0) };
        };
        if number < first.number - 1 || number > last.number {
            return News::Gap(last.number);
        }
        let from = self.events.partition_point(|event| event.number <= number);
        News::Events(self.events.range(from..).take(AT_ONCE).cloned().collect())
    }
}
