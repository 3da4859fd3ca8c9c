//! One cause behind many: providers in trouble at the same time that point to the same upstream.
//!
//! Two kinds of evidence count. A provider *says* so: its open incidents name the upstream. Or it is *known* to run on it
//! (the catalog says so) and its trouble began when the upstream's own did. Where the upstream itself reports nothing, several
//! must point to it: one provider's word about another is not enough, and chance puts few who run on the same cloud into
//! trouble within the same half hour. What comes out is called probable, and nothing is hidden by it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;

use crate::ProviderId;

/// How long before a provider's trouble that of its upstream may have begun, and how long after: some tell sooner than
/// their upstream does.
const BEFORE: Duration = Duration::from_secs(3 * 3600);
const AFTER: Duration = Duration::from_secs(3600);

/// Within which time trouble began that is taken to be one event although the upstream is silent.
const TOGETHER: Duration = Duration::from_secs(30 * 60);

/// Providers that must point to an upstream that reports nothing itself: by their words, and by what is known of them.
const SAYING: usize = 2;
const KNOWN: usize = 3;

/// A provider that others run on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upstream {
    /// Which.
    pub provider: ProviderId,
    /// What it is called in others' words, each in lower case and at least three characters long.
    pub names: Vec<String>,
}

/// A provider in trouble.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Which.
    pub provider: ProviderId,
    /// When it began, as we saw it.
    pub since: Timestamp,
    /// What its open incidents say: titles and updates.
    pub said: Vec<String>,
    /// What it is known to run on.
    pub runs_on: Vec<ProviderId>,
}

/// Why a provider belongs to an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Evidence {
    /// It is known to run on the upstream.
    Known,
    /// It says so.
    Said,
}

/// Several providers in trouble, probably for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The probable cause.
    pub cause: ProviderId,
    /// Whether the cause reports trouble itself.
    pub is_confirmed: bool,
    /// The providers in trouble by it, the first to be so first, each with the best reason to think so.
    pub providers: Vec<(ProviderId, Evidence)>,
    /// When the first trouble of it began.
    pub since: Timestamp,
}

/// Groups what is in trouble now by probable cause, the largest event first. Each provider is in one event at most.
#[must_use]
pub fn events(troubles: &[Trouble], upstreams: &[Upstream]) -> Vec<Event> {
    let mut found: Vec<Event> = upstreams.iter().filter_map(|upstream| event(upstream, troubles)).collect();
    found.sort_by_key(|event| (std::cmp::Reverse(event.providers.len()), !event.is_confirmed, event.cause));
    let mut taken = BTreeSet::new();
    let mut events: Vec<Event> = Vec::new();
    for mut event in found {
        event.providers.retain(|(provider, _)| !taken.contains(provider));
        if is_enough(&event) {
            taken.extend(event.providers.iter().map(|(provider, _)| *provider));
            events.push(event);
        }
    }
    events
}

/// Returns the probable cause behind each provider of some event.
#[must_use]
pub fn causes(events: &[Event]) -> BTreeMap<ProviderId, ProviderId> {
    let of = |event: &Event| {
        let itself = std::iter::once((event.cause, event.cause));
        itself.chain(event.providers.iter().map(|(provider, _)| (*provider, event.cause))).collect::<Vec<_>>()
    };
    events.iter().flat_map(of).collect()
}

fn event(upstream: &Upstream, troubles: &[Trouble]) -> Option<Event> {
    let own = troubles.iter().find(|trouble| trouble.provider == upstream.provider).map(|own| own.since);
    let others = || troubles.iter().filter(|trouble| trouble.provider != upstream.provider);
    let mut members: Vec<(&Trouble, Evidence)> = others()
        .filter(|trouble| names(trouble, upstream))
        .map(|trouble| (trouble, Evidence::Said))
        .collect();
    let is_said = |trouble: &Trouble, members: &[(&Trouble, Evidence)]| {
        members.iter().any(|(member, _)| member.provider == trouble.provider)
    };
    let runs_on = others().filter(|trouble| trouble.runs_on.contains(&upstream.provider));
    let known: Vec<&Trouble> = runs_on.filter(|trouble| !is_said(trouble, &members)).collect();
    let together = match own {
        Some(began) => known.into_iter().filter(|trouble| is_near(trouble.since, began)).collect(),
        None => begun_together(known),
    };
    members.extend(together.into_iter().map(|trouble| (trouble, Evidence::Known)));
    members.sort_by_key(|(trouble, _)| (trouble.since, trouble.provider));
    let since = members.iter().map(|(trouble, _)| trouble.since).chain(own).min()?;
    let event = Event {
        cause: upstream.provider,
        is_confirmed: own.is_some(),
        providers: members.into_iter().map(|(trouble, evidence)| (trouble.provider, evidence)).collect(),
        since,
    };
    is_enough(&event).then_some(event)
}

fn is_enough(event: &Event) -> bool {
    let saying = event.providers.iter().filter(|(_, evidence)| *evidence == Evidence::Said).count();
    if event.is_confirmed {
        return !event.providers.is_empty();
    }
    saying >= SAYING || event.providers.len() >= KNOWN
}

fn is_near(began: Timestamp, upstream: Timestamp) -> bool {
    let earliest = upstream.checked_sub(AFTER).unwrap_or(Timestamp::MIN);
    let latest = upstream.checked_add(BEFORE).unwrap_or(Timestamp::MAX);
    (earliest..=latest).contains(&began)
}

/// The largest number of troubles that began within [`TOGETHER`] of one another.
fn begun_together(mut troubles: Vec<&Trouble>) -> Vec<&Trouble> {
    troubles.sort_by_key(|trouble| trouble.since);
    let within = |first: usize| {
        let until = troubles[first].since.checked_add(TOGETHER).unwrap_or(Timestamp::MAX);
        troubles[first..].iter().take_while(|trouble| trouble.since <= until).count()
    };
    let best = (0..troubles.len()).max_by_key(|&first| (within(first), std::cmp::Reverse(first)));
    best.map(|first| troubles[first..first + within(first)].to_vec()).unwrap_or_default()
}

/// Whether a provider's words name the upstream: as a word of its own, in any case.
fn names(trouble: &Trouble, upstream: &Upstream) -> bool {
    trouble.said.iter().any(|said| {
        let said = said.to_lowercase();
        upstream.names.iter().any(|name| has_word(&said, name))
    })
}

fn has_word(text: &str, word: &str) -> bool {
    let is_inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    text.match_indices(word).any(|(at, _)| {
        !word.is_empty()
            && !is_inside(text[..at].chars().next_back())
            && !is_inside(text[at + word.len()..].chars().next())
    })
}

#[cfg(test)]
mod tests;
