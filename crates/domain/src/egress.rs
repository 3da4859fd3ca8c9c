//! Our egress or theirs? When many providers fail to answer at once, the likelier cause is on our side.
//!
//! [`Weather`] watches whether hosts can be reached at all: an answer of any kind, a 503 too, is an answer. When most of
//! the providers asked lately gave none, it wants anchors asked: hosts that are practically never down together. If most
//! of them don't answer either, we are cut off: until one does again, failed polls say nothing about anybody.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::ProviderId;

/// How far back polls count.
const WINDOW: Duration = Duration::from_secs(120);

/// Fewer providers than this can be down by chance.
const FEWEST: usize = 3;

/// How long the anchors' word stands before they are asked again.
const ASKED_AGAIN_AFTER: Duration = Duration::from_secs(30);

/// Whether we can reach the world.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Egress {
    /// Nothing speaks against it.
    #[default]
    Open,
    /// We are cut off.
    Cut {
        /// Since when.
        since: Timestamp,
    },
}

/// A turn of the weather, told once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turned {
    /// We were cut off.
    Cut,
    /// We can reach the world again.
    Restored {
        /// Since when we could not.
        since: Timestamp,
    },
}

/// How polls have gone lately, as far as it tells about our own network.
#[derive(Clone, Debug, Default)]
pub struct Weather {
    latest: BTreeMap<ProviderId, (Timestamp, bool)>,
    egress: Egress,
    asked_at: Option<Timestamp>,
}

impl Weather {
    /// Returns whether we can reach the world.
    #[must_use]
    pub const fn egress(&self) -> Egress {
        self.egress
    }

    /// Notes whether a provider's host gave an answer of any kind.
    pub fn note(&mut self, provider: ProviderId, answered: bool, at: Timestamp) {
        self.latest.insert(provider, (at, answered));
    }

    /// Whether the anchors should be asked now: most of the providers asked lately gave no answer, or we are cut off and
    /// want to know when that ends.
    pub fn wants_anchors(&mut self, now: Timestamp) -> bool {
        self.latest.retain(|_, (at, _)| later(*at, WINDOW) > now);
        let is_due = self.asked_at.is_none_or(|asked| later(asked, ASKED_AGAIN_AFTER) <= now);
        let silent = self.latest.values().filter(|(_, answered)| !answered).count();
        let is_suspect = self.latest.len() >= FEWEST && silent * 2 > self.latest.len();
        is_due && (is_suspect || self.egress != Egress::Open)
    }

    /// Judges by the anchors' answers; returns what is different now. Without anchors nothing is ever judged to be ours.
    pub fn judge(&mut self, answers: &[bool], now: Timestamp) -> Option<Turned> {
        self.asked_at = Some(now);
        let silent = answers.iter().filter(|answered| !**answered).count();
        let is_cut = silent * 2 > answers.len();
        match self.egress {
            Egress::Open if is_cut => {
                let first = self.latest.values().filter(|(_, answered)| !answered).map(|(at, _)| *at).min();
                self.egress = Egress::Cut { since: first.unwrap_or(now) };
                Some(Turned::Cut)
            }
            Egress::Cut { since } if !is_cut => {
                self.egress = Egress::Open;
                self.latest.clear();
                Some(Turned::Restored { since })
            }
            Egress::Open | Egress::Cut { .. } => None,
        }
    }
}

fn later(at: Timestamp, span: Duration) -> Timestamp {
    at.checked_add(span).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::provider_id;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + seconds).unwrap()
    }

    fn polled(answers: &[bool]) -> Weather {
        let mut weather = Weather::default();
        for (number, answered) in answers.iter().enumerate() {
            weather.note(provider_id(&format!("p{number}")), *answered, at(0));
        }
        weather
    }

    #[test]
    fn anchors_are_asked_when_most_of_several_are_silent() {
        let check = |answers: &[bool], expect| {
            assert_eq!(polled(answers).wants_anchors(at(1)), expect, "{answers:?}");
        };
        check(&[], false);
        check(&[false, false], false);
        check(&[false, false, true], true);
        check(&[false, true, true], false);
        check(&[false, false, true, true], false);
        check(&[false; 400], true);
        assert!(!polled(&[false; 400]).wants_anchors(at(120)), "what is long ago does not count");
    }

    #[test]
    fn only_the_anchors_decide_and_each_turn_is_told_once() {
        let mut weather = polled(&[false; 10]);
        assert!(weather.wants_anchors(at(5)));
        assert_eq!(weather.judge(&[true, false, true], at(5)), None, "it is the providers after all");
        assert_eq!(weather.egress(), Egress::Open);
        assert!(!weather.wants_anchors(at(6)), "just asked");
        weather.note(provider_id("p1"), false, at(40));
        assert!(weather.wants_anchors(at(41)));
        assert_eq!(weather.judge(&[false, false, true], at(41)), Some(Turned::Cut));
        assert_eq!(weather.egress(), Egress::Cut { since: at(0) });
        assert_eq!(weather.judge(&[false, false, false], at(71)), None);
        assert!(weather.wants_anchors(at(400)), "until it is over, however quiet the polls");
        assert_eq!(weather.judge(&[true, true, false], at(400)), Some(Turned::Restored { since: at(0) }));
        assert_eq!(weather.egress(), Egress::Open);
        assert!(!weather.wants_anchors(at(500)), "what failed while we were cut off is forgotten");
    }

    #[test]
    fn without_anchors_nothing_is_ours() {
        let mut weather = polled(&[false; 10]);
        assert_eq!(weather.judge(&[], at(5)), None);
        assert_eq!(weather.egress(), Egress::Open);
    }
}
