//! What is behind an incident, for whoever was paged for it: which parts of which providers, since when, and what those
//! say about it themselves.
//!
//! The provider's words leave here as plain text. The address of its incident is as it gave it: who shows it checks it.

use domain::{
    Phase, Status,
    incident::{CauseKey, Incident},
    knowledge::{Knowledge, KnownComponent},
    snapshot,
};
use formats::messages::plain_text;
use jiff::Timestamp;
use store::Tx;

use crate::{commands::Ground, error::CommandError};

/// Providers that are told of; an incident has one, rarely two.
const MOST_PROVIDERS: usize = 4;

/// Parts of one provider that are told of, the worst first.
const MOST_PARTS: usize = 8;

/// How much of a provider's newest words is told, in characters.
const WORDS: usize = 1_200;

/// A provider that is behind an incident.
#[derive(Clone, Debug, PartialEq)]
pub struct Behind {
    /// Its name.
    pub provider: String,
    /// The path of its page in our directory.
    pub path: String,
    /// What of it is affected, the worst first.
    pub parts: Vec<Part>,
    /// What it says itself.
    pub said: Option<Said>,
}

/// A component of a provider.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The name shown now.
    pub name: String,
    /// Its status.
    pub status: Status,
    /// Since when it is so, or since when it is in trouble.
    pub since: Timestamp,
}

/// What a provider says of its own incident.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// The title.
    pub title: String,
    /// Where it is in its life.
    pub phase: Phase,
    /// The newest words, as plain text; empty where it has said nothing.
    pub words: String,
    /// When they were said.
    pub at: Option<Timestamp>,
    /// The address of the incident's own page, as the provider gave it.
    pub url: Option<String>,
}

/// Returns the providers behind an incident.
///
/// # Errors
/// When the ledger fails.
pub fn behind(tx: &mut Tx<'_>, ground: &Ground, incident: &Incident) -> Result<Vec<Behind>, CommandError> {
    let mut found = Vec::new();
    // Causes stand in ascending order, so those of one provider stand together.
    for causes in incident.causes.chunk_by(|one, next| one.provider == next.provider).take(MOST_PROVIDERS) {
        let id = causes[0].provider;
        let (Some(provider), Some((known, _))) =
            (ground.catalog.get(id), ground.memory.recall(tx, id, None, &[])?)
        else {
            continue;
        };
        let keys = || causes.iter().map(|cause| &cause.key);
        let (provider, path) = (provider.name.clone(), provider.path());
        found.push(Behind { provider, path, parts: parts(&known, keys()), said: said(&known, keys()) });
    }
    Ok(found)
}

/// The components that are causes; where only an incident is one, those that it names.
fn parts<'a>(known: &Knowledge, keys: impl Iterator<Item = &'a CauseKey> + Clone) -> Vec<Part> {
    let own: Vec<&str> = keys
        .clone()
        .filter_map(|key| match key {
            CauseKey::Component(id) => Some(id.as_str()),
            CauseKey::Incident(_) | CauseKey::Page => None,
        })
        .collect();
    let named = || theirs(known, keys).map_or(&[][..], |incident| &incident.components);
    let ids: Vec<&str> = if own.is_empty() { named().iter().map(String::as_str).collect() } else { own };
    let mut parts: Vec<Part> = ids.into_iter().filter_map(|id| known.component(id)).map(part).collect();
    parts.sort_by(|one, other| other.status.cmp(&one.status).then_with(|| one.name.cmp(&other.name)));
    parts.dedup();
    parts.truncate(MOST_PARTS);
    parts
}

fn part(known: &KnownComponent) -> Part {
    Part {
        name: known.component.name.clone(),
        status: known.component.status,
        since: known.trouble_since.unwrap_or(known.since),
    }
}

fn said<'a>(known: &Knowledge, keys: impl Iterator<Item = &'a CauseKey>) -> Option<Said> {
    let incident = theirs(known, keys)?;
    let newest = incident.updates.first();
    Some(Said {
        title: incident.name.clone(),
        phase: incident.phase,
        words: newest.map(|update| plain_text(&update.body, WORDS)).unwrap_or_default(),
        at: newest.and_then(|update| update.at),
        url: incident.url.clone(),
    })
}

/// The provider's incident among the causes: one that is open before one that is over.
fn theirs<'a, 'k>(
    known: &'k Knowledge,
    keys: impl Iterator<Item = &'a CauseKey>,
) -> Option<&'k snapshot::Incident> {
    let of = keys.filter_map(|key| match key {
        CauseKey::Incident(id) => known.incidents.iter().find(|known| known.incident.id == *id),
        CauseKey::Component(_) | CauseKey::Page => None,
    });
    of.map(|known| &known.incident).min_by_key(|incident| incident.phase.is_over())
}
