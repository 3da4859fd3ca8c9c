//! How often something may be asked: counted over fixed spans, in memory, for a bounded number of askers.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use jiff::Timestamp;

/// Askers that are counted one by one within a span. Beyond that the span is full for newcomers: whoever fills the table
/// does not get more by it.
const MOST_ASKERS: usize = 10_000;

/// Counts how often each asker asked within the present span.
#[derive(Debug)]
pub(crate) struct Throttle<K> {
    span: Duration,
    most: u32,
    counted: Mutex<(Option<Timestamp>, HashMap<K, u32>)>,
}

impl<K: Eq + Hash> Throttle<K> {
    /// Allows `most` in each span.
    pub(crate) fn new(most: u32, span: Duration) -> Self {
        Self { span, most, counted: Mutex::default() }
    }

    /// Whether an asker has had everything that is allowed. This counts nothing.
    pub(crate) fn is_spent(&self, asker: &K, now: Timestamp) -> bool {
        let counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let (until, counts) = &*counted;
        let is_full = || counts.len() >= MOST_ASKERS;
        until.is_some_and(|until| now < until)
            && counts.get(asker).map_or_else(is_full, |count| *count >= self.most)
    }

    /// Counts one; returns whether it is within what is allowed.
    pub(crate) fn allows(&self, asker: K, now: Timestamp) -> bool {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let (until, counts) = &mut *counted;
        if until.is_none_or(|until| until <= now) {
            counts.clear();
            *until = now.checked_add(self.span).ok();
        }
        if counts.len() >= MOST_ASKERS && !counts.contains_key(&asker) {
            return false;
        }
        let count = counts.entry(asker).or_default();
        *count = count.saturating_add(1);
        *count <= self.most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn each_asker_has_so_many_in_a_span_and_the_next_span_begins_anew() {
        let throttle = Throttle::new(2, Duration::from_secs(60));
        let asked: Vec<bool> = (0..3).map(|second| throttle.allows("ana", at(second))).collect();
        assert_eq!(asked, [true, true, false]);
        assert!(throttle.allows("bo", at(3)));
        assert!(throttle.allows("ana", at(60)));
    }

    #[test]
    fn whoever_only_looks_is_not_counted() {
        let throttle = Throttle::new(2, Duration::from_secs(60));
        assert!((0..9).all(|second| !throttle.is_spent(&"ana", at(second))));
        assert!(throttle.allows("ana", at(9)) && !throttle.is_spent(&"ana", at(9)));
        assert!(throttle.allows("ana", at(9)) && throttle.is_spent(&"ana", at(9)));
        assert!(!throttle.is_spent(&"bo", at(9)) && !throttle.is_spent(&"ana", at(69)));
    }

    #[test]
    fn the_table_is_bounded() {
        let throttle = Throttle::new(1, Duration::from_secs(60));
        assert!((0..MOST_ASKERS).all(|asker| throttle.allows(asker, at(0))));
        assert!(!throttle.allows(MOST_ASKERS, at(1)));
        assert!(throttle.allows(MOST_ASKERS, at(60)));
    }
}
