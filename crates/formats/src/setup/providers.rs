//! Providers: the third parties that a file adds.

use std::time::Duration;

use domain::{Platform, provider::Provider, provider::slug_of};
use url::Url;

use super::{Field, Section};

/// How often a provider is read that does not say.
const DEFAULT_INTERVAL: Duration = Duration::from_secs(60);

/// Nobody's status page may be read more often.
const MIN_INTERVAL: Duration = Duration::from_secs(10);

/// Reads `[[provider]]`.
pub(super) fn provider(section: &Section<'_>) -> Option<Provider> {
    let slug = section.required("slug", Field::slug);
    let name = section.optional("name", Field::text);
    let category = section.optional("category", category);
    let platforms: Vec<_> = Platform::ALL.iter().map(|platform| (platform.word(), *platform)).collect();
    let platform = section.optional("platform", |field| field.choice(&platforms));
    let homepage = section.optional("homepage", Field::url);
    let feed = section.optional("feed", Field::url);
    let status_page = match section.field("status_page") {
        None => feed.as_deref().and_then(origin),
        Some(field) if field.is_empty_text() => None,
        Some(field) => field.url(),
    };
    let interval = section.optional("interval", |field| field.duration_from(MIN_INTERVAL));
    refuse_incomplete(section);
    Some(Provider {
        slug: slug?,
        name: name?,
        category: category?,
        homepage,
        platform,
        feed: Some(feed?),
        status_page,
        interval: interval.unwrap_or(DEFAULT_INTERVAL),
        also: Vec::new(),
        services: Vec::new(),
        upstreams: Vec::new(),
        selectors: None,
    })
}

/// Notes all keys that are missing at once: an entry with a slug alone was meant for a catalog that has the rest.
fn refuse_incomplete(section: &Section<'_>) {
    let missing: Vec<_> =
        ["name", "category", "feed"].into_iter().filter(|key| section.field(key).is_none()).collect();
    if !missing.is_empty() {
        let keys = missing.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
        let hint = "this version ships no catalog that could have them".to_owned();
        section.problem(format!("a provider needs {keys}"), Some(hint));
    }
}

/// Reads a category, which must leave something to stand in an address.
fn category(field: &Field<'_>) -> Option<String> {
    let example = "\"E-commerce & Marketplaces\"";
    let category = field.text_like("a category", example)?;
    if slug_of(&category).is_empty() {
        return field.expected("a category with a letter in it,", example);
    }
    Some(category)
}

/// Returns the start of an address, which is where a provider's people read the same status.
fn origin(feed: &str) -> Option<String> {
    Some(Url::parse(feed).ok()?.origin().ascii_serialization())
}
