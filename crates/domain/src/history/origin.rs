//! How much of the time that something was down came from providers.
//!
//! A moment of down time comes from a provider while an incident of ours that touches the service lasts and names the
//! provider as a cause. Where several do at one moment, it counts once: for the one whose trouble began first, and of those
//! that began together for the least id. So the parts of all providers add up to what came from providers, which is never
//! more than the down time; what is left over is our own or of unknown origin.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;

use super::{Span, between};
use crate::{ProviderId, Status};

/// A time in which a provider's trouble was behind that of a service of ours: `[from, to)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Whose.
    pub provider: ProviderId,
    /// First instant.
    pub from: Timestamp,
    /// First instant after.
    pub to: Timestamp,
}

/// Where down time came from.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Origin {
    /// All of it.
    pub down: Duration,
    /// What of it came from each provider.
    pub providers: BTreeMap<ProviderId, Duration>,
}

impl Origin {
    /// Returns what came from providers.
    #[must_use]
    pub fn by_providers(&self) -> Duration {
        self.providers.values().sum()
    }
}

/// A half-open stretch of time.
type Stretch = (Timestamp, Timestamp);

/// Says where the down time of services in `[from, to)` came from, each given by what it was and whose trouble touched it. Of
/// several services it counts when any was down, for whose trouble touched one that was.
#[must_use]
pub fn origin(services: &[(&[Span], &[Trouble])], from: Timestamp, to: Timestamp) -> Origin {
    let mut all = Vec::new();
    let mut causes: Vec<(Stretch, (Timestamp, ProviderId))> = Vec::new();
    for (spans, troubles) in services {
        let down = down(spans, from, to);
        for trouble in *troubles {
            let first = down.partition_point(|(_, ends)| *ends <= trouble.from);
            let touched = down[first..].iter().take_while(|(begins, _)| *begins < trouble.to);
            let cut = touched.map(|(begins, ends)| ((*begins).max(trouble.from), (*ends).min(trouble.to)));
            causes.extend(cut.map(|stretch| (stretch, (trouble.from, trouble.provider))));
        }
        all.extend(down);
    }
    let down = merged(all).iter().map(|(begins, ends)| between(*begins, *ends)).sum();
    Origin { down, providers: shares(&causes) }
}

/// Returns the times in `[from, to)` in which something was down, in order and apart from one another.
fn down(spans: &[Span], from: Timestamp, to: Timestamp) -> Vec<Stretch> {
    let is_down = |span: &&Span| matches!(span.status, Status::PartialOutage | Status::MajorOutage);
    let cut = spans.iter().filter(is_down).map(|span| (span.from.max(from), span.to.min(to)));
    merged(cut.filter(|(begins, ends)| begins < ends).collect())
}

fn merged(mut stretches: Vec<Stretch>) -> Vec<Stretch> {
    stretches.sort_unstable();
    let mut apart: Vec<Stretch> = Vec::with_capacity(stretches.len());
    for (begins, ends) in stretches {
        match apart.last_mut() {
            Some(last) if begins <= last.1 => last.1 = last.1.max(ends),
            Some(_) | None => apart.push((begins, ends)),
        }
    }
    apart
}

/// Gives each moment to the first of the causes that hold then.
fn shares(causes: &[(Stretch, (Timestamp, ProviderId))]) -> BTreeMap<ProviderId, Duration> {
    let mut edges: Vec<(Timestamp, (Timestamp, ProviderId), bool)> = causes
        .iter()
        .flat_map(|((begins, ends), cause)| [(*begins, *cause, true), (*ends, *cause, false)])
        .collect();
    edges.sort_unstable();
    let mut shares: BTreeMap<ProviderId, Duration> = BTreeMap::new();
    let (mut at, mut holding) = (Timestamp::MIN, BTreeMap::<(Timestamp, ProviderId), i64>::new());
    for (edge, cause, begins) in edges {
        let first = holding.iter().find(|(_, count)| **count > 0).map(|((_, provider), _)| *provider);
        if let Some(provider) = first.filter(|_| at < edge) {
            *shares.entry(provider).or_default() += between(at, edge);
        }
        at = edge;
        let count = holding.entry(cause).or_default();
        *count += if begins { 1 } else { -1 };
        if *count == 0 {
            holding.remove(&cause);
        }
    }
    shares
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::provider::provider_id;

    fn at(minute: i64) -> Timestamp {
        "2026-03-01T00:00:00Z".parse::<Timestamp>().unwrap() + jiff::SignedDuration::from_mins(minute)
    }

    fn span(status: Status, from: i64, to: i64) -> Span {
        Span { status, from: at(from), to: at(to) }
    }

    fn trouble(name: &str, from: i64, to: i64) -> Trouble {
        Trouble { provider: provider_id(name), from: at(from), to: at(to) }
    }

    fn minutes(origin: &Origin, name: &str) -> u64 {
        origin.providers.get(&provider_id(name)).map_or(0, |share| share.as_secs() / 60)
    }

    #[test]
    fn of_61_minutes_down_55_came_from_the_payment_provider() {
        let spans = [
            span(Status::MajorOutage, 0, 40),
            span(Status::DegradedPerformance, 40, 60),
            span(Status::PartialOutage, 60, 81),
        ];
        let troubles = [trouble("pay", -30, 55), trouble("pay", 66, 200)];
        let found = origin(&[(&spans, &troubles)], at(0), at(1000));
        assert_eq!((found.down.as_secs() / 60, minutes(&found, "pay")), (61, 55));
        assert_eq!(found.by_providers(), Duration::from_secs(55 * 60));
    }

    #[test]
    fn a_shared_minute_counts_once_for_whose_trouble_began_first() {
        let spans = [span(Status::MajorOutage, 0, 60)];
        let troubles = [trouble("late", 10, 60), trouble("early", -5, 30), trouble("early", -5, 30)];
        let found = origin(&[(&spans, &troubles)], at(0), at(60));
        assert_eq!((minutes(&found, "early"), minutes(&found, "late")), (30, 30));
    }

    #[test]
    fn trouble_of_a_service_that_is_up_is_nobody_elses() {
        let (down, up) = ([span(Status::MajorOutage, 0, 60)], [span(Status::Operational, 0, 60)]);
        let pay = [trouble("pay", 0, 60)];
        let found = origin(&[(&down, &[]), (&up, &pay)], at(0), at(60));
        assert_eq!((found.down.as_secs() / 60, found.providers.len()), (60, 0));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_shares_agree_with_a_count_by_the_minute(
            parts in prop::collection::vec((0usize..2, 0usize..6, -50i64..150, 0i64..80), 0..10),
            causes in prop::collection::vec((0usize..2, 0usize..3, -50i64..150, 0i64..80), 0..10),
            (window, cut) in (1i64..120).prop_flat_map(|window| (Just(window), 0..=window)),
        ) {
            let names = ["a", "b", "c"];
            let spans = |line: usize| -> Vec<Span> {
                let own = parts.iter().filter(|part| part.0 == line);
                own.map(|&(_, status, from, length)| span(Status::ALL[status], from, from + length)).collect()
            };
            let troubles = |line: usize| -> Vec<Trouble> {
                let own = causes.iter().filter(|cause| cause.0 == line);
                own.map(|&(_, name, from, length)| trouble(names[name], from, from + length)).collect()
            };
            let (spans, troubles) = ([spans(0), spans(1)], [troubles(0), troubles(1)]);
            let lines: Vec<(&[Span], &[Trouble])> =
                spans.iter().zip(&troubles).map(|(spans, troubles)| (&spans[..], &troubles[..])).collect();
            let found = origin(&lines, at(0), at(window));
            let is_down = |spans: &[Span], minute: i64| spans.iter().any(|span| {
                matches!(span.status, Status::PartialOutage | Status::MajorOutage)
                    && span.from <= at(minute) && at(minute + 1) <= span.to
            });
            let (mut down, mut counted) = (0, BTreeMap::<ProviderId, Duration>::new());
            for minute in 0..window {
                let hit: Vec<_> = lines.iter().filter(|(spans, _)| is_down(spans, minute)).collect();
                down += u64::from(!hit.is_empty());
                let holding = hit.iter().flat_map(|(_, troubles)| *troubles);
                let holding = holding.filter(|it| it.from <= at(minute) && at(minute + 1) <= it.to);
                if let Some(first) = holding.map(|it| (it.from, it.provider)).min() {
                    *counted.entry(first.1).or_default() += Duration::from_secs(60);
                }
            }
            prop_assert_eq!(found.down, Duration::from_secs(60 * down));
            prop_assert_eq!(&found.providers, &counted);
            prop_assert!(found.by_providers() <= found.down);
            let (one, two) = (origin(&lines, at(0), at(cut)), origin(&lines, at(cut), at(window)));
            prop_assert_eq!(found.down, one.down + two.down);
            prop_assert_eq!(found.by_providers(), one.by_providers() + two.by_providers());
        }
    }
}
