//! What an incident did to services, as intervals: several waves of changing severity.
//!
//! The machine writes a wave whenever a service turns, and people add and correct them, so that waves of one service may
//! overlap. Where they do, the worst counts.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{ServiceId, Status, history::Span};

/// A time in which an incident made a service worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wave {
    /// The service.
    pub service: ServiceId,
    /// First instant.
    pub from: Timestamp,
    /// First instant after; `None` while it goes on.
    pub to: Option<Timestamp>,
    /// How bad.
    pub status: Status,
}

/// Returns the same impact in waves that do not overlap, by service and time. Of what overlaps the worst stands, and what
/// follows without a gap and is as bad is one wave.
#[must_use]
pub fn normalised(waves: &[Wave]) -> Vec<Wave> {
    let mut by_service: BTreeMap<ServiceId, Vec<&Wave>> = BTreeMap::new();
    for wave in waves.iter().filter(|wave| wave.to.is_none_or(|to| wave.from < to)) {
        by_service.entry(wave.service).or_default().push(wave);
    }
    by_service.into_iter().flat_map(|(service, waves)| of_one(service, &waves)).collect()
}

fn of_one(service: ServiceId, waves: &[&Wave]) -> Vec<Wave> {
    let edges = waves.iter().flat_map(|wave| [Some(wave.from), wave.to]).flatten();
    let mut edges: Vec<Timestamp> = edges.collect();
    edges.sort_unstable();
    edges.dedup();
    let mut whole: Vec<Wave> = Vec::new();
    for (place, &from) in edges.iter().enumerate() {
        let covering = waves.iter().filter(|wave| wave.from <= from && wave.to.is_none_or(|to| from < to));
        let Some(status) = covering.map(|wave| wave.status).max() else { continue };
        // After the last edge lies what goes on.
        let to = edges.get(place + 1).copied();
        match whole.last_mut() {
            Some(last) if last.to == Some(from) && last.status == status => last.to = to,
            Some(_) | None => whole.push(Wave { service, from, to, status }),
        }
    }
    whole
}

/// Returns a history to which people have added what was not seen at the time, in spans that do not overlap: it gets worse by
/// it and never better.
#[must_use]
pub fn amended(spans: &[Span], waves: &[Wave], now: Timestamp) -> Vec<Span> {
    let Some(service) = waves.first().map(|wave| wave.service) else { return spans.to_vec() };
    let seen =
        spans.iter().map(|span| Wave { service, from: span.from, to: Some(span.to), status: span.status });
    let added = waves.iter().map(|wave| Wave { service, to: Some(wave.to.unwrap_or(now)), ..*wave });
    let all: Vec<Wave> = seen.chain(added).collect();
    let spans = normalised(&all).into_iter();
    spans.filter_map(|wave| Some(Span { status: wave.status, from: wave.from, to: wave.to? })).collect()
}

#[cfg(test)]
mod tests;
