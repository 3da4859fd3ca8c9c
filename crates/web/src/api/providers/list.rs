//! All providers: filtered, in a stable order, by page.

use std::sync::Arc;

use axum::{extract::State, http::HeaderMap, response::Response};
use domain::{Platform, SourceHealth, Status, provider::slug_of};
use engine::{Shell, live::Entry};
use jiff::Timestamp;
use serde::Serialize;

use super::{
    answer,
    json::{ItemJson, item},
    overview,
};
use crate::{
    api::{
        answer::{Paging, link_next},
        extract::Pairs,
    },
    problem::Problem,
};

/// Providers on one page, unless asked otherwise.
const USUAL: usize = 100;

/// Providers on one page at the most.
const MOST: usize = 500;

/// Words that are looked for at the most.
const WORDS: usize = 10;

const KNOWN: &[&str] = &["q", "category", "platform", "status", "health", "updated_since", "limit", "cursor"];

#[derive(Serialize)]
struct ListJson<'a> {
    data: Vec<ItemJson<'a>>,
    next_cursor: Option<&'a str>,
    /// How many there are on all pages.
    total: usize,
    as_of: String,
}

/// Which providers are asked for.
struct Filter {
    words: Vec<String>,
    categories: Vec<String>,
    platforms: Vec<Platform>,
    statuses: Vec<Asked>,
    healths: Vec<SourceHealth>,
    updated_since: Option<Timestamp>,
}

/// A status that is asked for.
enum Asked {
    Exactly(Status),
    /// Degraded or worse, or an incident open that is.
    Trouble,
}

pub(super) async fn list(
    State(shell): State<Shell>,
    pairs: Pairs,
    asked: HeaderMap,
) -> Result<Response, Problem> {
    pairs.only(KNOWN)?;
    let (filter, paging) = (Filter::of(&pairs)?, Paging::of(&pairs, USUAL, MOST)?);
    let from = paging.from(|slug| (slug_of(slug) == slug).then(|| slug.to_owned()))?;
    let (overview, now) = overview(&shell)?;
    let wanted = |entry: &&Arc<Entry>| filter.wants(entry, now);
    let total = overview.entries.iter().filter(wanted).count();
    let rest = from.as_deref().map_or(overview.entries.as_slice(), |slug| overview.after(slug));
    // One more than is shown tells whether there is a next page.
    let found: Vec<&Arc<Entry>> = rest.iter().filter(wanted).take(paging.limit + 1).collect();
    let shown = found.get(..paging.limit).unwrap_or(&found);
    let is_last = shown.len() == found.len();
    let next_cursor = shown.last().filter(|_| !is_last).map(|entry| entry.provider.slug.as_str());
    let data = shown.iter().map(|entry| item(entry, &shell.identity.public_url, now)).collect();
    let mut response = answer(&asked, &ListJson { data, next_cursor, total, as_of: now.to_string() })?;
    let address = format!("{}/api/v1/providers", shell.identity.public_url);
    link_next(&mut response, &address, &pairs, next_cursor);
    Ok(response)
}

impl Filter {
    fn of(pairs: &Pairs) -> Result<Self, Problem> {
        let status = |word: &str| match word {
            "trouble" => Some(Asked::Trouble),
            word => Status::from_word(word).map(Asked::Exactly),
        };
        let words = pairs.one("q").unwrap_or_default().to_lowercase();
        Ok(Self {
            words: words.split_whitespace().take(WORDS).map(str::to_owned).collect(),
            categories: pairs
                .0
                .iter()
                .filter(|(name, _)| name == "category")
                .map(|(_, c)| slug_of(c))
                .collect(),
            platforms: pairs.read_all("platform", "a platform", Platform::from_word)?,
            statuses: pairs.read_all("status", "a status or trouble", status)?,
            healths: pairs.read_all("health", "a health of a source", SourceHealth::from_word)?,
            updated_since: pairs.read("updated_since", "a time as in RFC 3339", |text| text.parse().ok())?,
        })
    }

    fn wants(&self, entry: &Entry, now: Timestamp) -> bool {
        let (status, _) = entry.status(now);
        let is_asked = |asked: &Asked| match asked {
            Asked::Exactly(exactly) => *exactly == status,
            Asked::Trouble => status.is_trouble() || entry.open_impact(now).is_some(),
        };
        self.words.iter().all(|word| entry.searched.contains(word))
            && one_of(&self.categories, |slug| *slug == *entry.category_slug)
            && one_of(&self.platforms, |platform| Some(*platform) == entry.platform)
            && one_of(&self.statuses, is_asked)
            && one_of(&self.healths, |health| *health == entry.health(now))
            && self.updated_since.is_none_or(|since| entry.updated_at.is_some_and(|at| at >= since))
    }
}

/// Whether any of these holds; where nothing is asked for, everything does.
fn one_of<T>(asked: &[T], holds: impl Fn(&T) -> bool) -> bool {
    asked.is_empty() || asked.iter().any(holds)
}
