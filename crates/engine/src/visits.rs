//! Which providers people look at: what is looked at is worth reading, whether anybody depends on it or not.
//!
//! In memory, and forgotten with the process: after a restart the next visit tells again. A visit to a provider that was
//! visited before takes no lock and copies nothing.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use arc_swap::ArcSwap;
use domain::ProviderId;
use jiff::Timestamp;

/// When each provider was last looked at.
#[derive(Debug, Default)]
pub struct Visits {
    seconds: ArcSwap<HashMap<ProviderId, Arc<AtomicI64>>>,
}

impl Visits {
    /// Notes that somebody looked at a provider. Callers name providers of the catalog only, which bounds the memory.
    pub fn note(&self, id: ProviderId, at: Timestamp) {
        let second = at.as_second();
        if let Some(last) = self.seconds.load().get(&id) {
            // A write that says nothing new would take the line from the other cores.
            if last.load(Ordering::Relaxed) < second {
                last.fetch_max(second, Ordering::Relaxed);
            }
            return;
        }
        let fresh = Arc::new(AtomicI64::new(second));
        self.seconds.rcu(|known| {
            let mut all = HashMap::clone(known);
            all.entry(id).or_insert_with(|| Arc::clone(&fresh)).fetch_max(second, Ordering::Relaxed);
            all
        });
    }

    /// Returns when a provider was last looked at, to the second.
    #[must_use]
    pub fn last(&self, id: ProviderId) -> Option<Timestamp> {
        let second = self.seconds.load().get(&id)?.load(Ordering::Relaxed);
        Timestamp::from_second(second).ok()
    }

    /// Returns the providers that were looked at since `since`, to the second, in the order of their ids.
    #[must_use]
    pub fn lately(&self, since: Timestamp) -> Vec<ProviderId> {
        let since = since.as_second();
        let seconds = self.seconds.load();
        let lately = seconds.iter().filter(|(_, last)| last.load(Ordering::Relaxed) >= since);
        let mut ids: Vec<ProviderId> = lately.map(|(id, _)| *id).collect();
        ids.sort_unstable();
        ids
    }
}

#[cfg(test)]
mod tests {
    use domain::provider::provider_id;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn the_last_visit_counts_and_an_earlier_one_takes_nothing_back() {
        let (visits, a, b) = (Visits::default(), provider_id("a"), provider_id("b"));
        assert!(visits.lately(at(0)).is_empty());
        for (id, second) in [(a, 10), (b, 20), (a, 30), (a, 5)] {
            visits.note(id, at(second));
        }
        let check = |since, expected: &[ProviderId]| {
            let mut expected = expected.to_vec();
            expected.sort_unstable();
            assert_eq!(visits.lately(at(since)), expected, "{since}");
        };
        check(0, &[a, b]);
        check(20, &[a, b]);
        check(21, &[a]);
        check(30, &[a]);
        check(31, &[]);
        assert_eq!((visits.last(a), visits.last(b)), (Some(at(30)), Some(at(20))));
        assert_eq!(visits.last(provider_id("c")), None);
    }

    #[test]
    fn visits_from_many_sides_are_all_noted() {
        let visits = Visits::default();
        std::thread::scope(|scope| {
            for side in 0..4 {
                let visits = &visits;
                scope.spawn(move || {
                    for n in 0..200 {
                        visits.note(provider_id(&format!("p{n}")), at(1000 + side));
                    }
                });
            }
        });
        assert_eq!(visits.lately(at(1003)).len(), 200);
    }
}
