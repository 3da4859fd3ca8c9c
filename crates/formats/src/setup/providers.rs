//! Providers: the third parties that a file adds, and what it replaces of shipped ones.

use std::time::Duration;

use domain::{
    Platform, Status,
    provider::{Provider, Selectors, slug_of},
};
use scraper::Selector;
use url::Url;

use super::{Field, Section, names::Names};
use crate::catalog::DEFAULT_INTERVAL;

/// Nobody's status page may be read more often.
const MIN_INTERVAL: Duration = Duration::from_secs(10);

/// What stands in the API where a provider's slug would.
const RESERVED: [&str; 1] = ["events"];

/// Reads `[[provider]]`. Keys that are absent are those of the shipped provider with the same slug, where there is one.
pub(super) fn provider(section: &Section<'_>, names: &Names<'_>) -> Option<Provider> {
    let slug = section.required("slug", slug);
    let shipped = slug.as_deref().and_then(|slug| names.shipped(slug)).map(AsRef::as_ref);
    if shipped.is_none() {
        refuse_incomplete(section, names, slug.as_deref().unwrap_or_default());
    }
    let name = section.optional("name", Field::text);
    let category = section.optional("category", category);
    let homepage = address(section, "homepage", || shipped?.homepage.clone());
    let feed = address(section, "feed", || shipped?.feed.clone());
    let status_page = address(section, "status_page", || match shipped {
        Some(shipped) => shipped.status_page.clone(),
        None => feed.as_deref().and_then(origin),
    });
    let interval = section.optional("interval", |field| field.duration_from(MIN_INTERVAL));
    let selectors = match section.field("selectors") {
        Some(field) => field.section(selectors),
        None => shipped.and_then(|shipped| shipped.selectors.clone()),
    };
    let platform = platform(section, shipped, selectors.is_some());
    let list = |key, own: fn(&Provider) -> &Vec<String>, read: &dyn Fn(&Field<'_>) -> Option<String>| {
        let given = section.optional(key, |field| field.each(read));
        given.or_else(|| shipped.map(|shipped| own(shipped).clone())).unwrap_or_default()
    };
    let also = list("also", |of| &of.also, &|field| field.text());
    let services = list("services", |of| &of.services, &|field| field.text());
    let upstreams = list("upstreams", |of| &of.upstreams, &|field| upstream(field, names, slug.as_deref()));
    Some(Provider {
        name: name.or_else(|| Some(shipped?.name.clone()))?,
        category: category.or_else(|| Some(shipped?.category.clone()))?,
        slug: slug?,
        homepage,
        platform,
        feed,
        status_page,
        interval: interval.unwrap_or_else(|| shipped.map_or(DEFAULT_INTERVAL, |shipped| shipped.interval)),
        also,
        services,
        upstreams,
        selectors,
    })
}

/// Reads a slug, which must leave the addresses beside those of providers alone.
fn slug(field: &Field<'_>) -> Option<String> {
    let slug = field.slug()?;
    if RESERVED.contains(&slug.as_str()) {
        let why = format!("\"{slug}\" is reserved: /api/v1/providers/{slug} is an address of ours");
        field.problem(why, Some(format!("write \"{slug}-status\"")));
        return None;
    }
    Some(slug)
}

/// Notes all keys that are missing at once: an entry with a slug alone was meant for a catalog that has the rest.
fn refuse_incomplete(section: &Section<'_>, names: &Names<'_>, slug: &str) {
    let is_missing = |key| section.field(key).is_none_or(|field| field.is_empty_text());
    let mut missing: Vec<_> = ["`name`", "`category`"]
        .into_iter()
        .filter(|key| section.field(key.trim_matches('`')).is_none())
        .collect();
    if is_missing("feed") && is_missing("status_page") {
        missing.push("`feed` or `status_page`");
    }
    if !missing.is_empty() {
        section.problem(format!("a provider needs {}", missing.join(", ")), Some(names.not_shipped(slug)));
    }
}

/// Reads an address; an empty text says that there is none.
fn address(
    section: &Section<'_>,
    key: &'static str,
    otherwise: impl FnOnce() -> Option<String>,
) -> Option<String> {
    match section.field(key) {
        None => otherwise(),
        Some(field) if field.is_empty_text() => None,
        Some(field) => field.url(),
    }
}

/// Reads the platform; an empty text has it recognised. A page is read by selectors exactly where there are some.
fn platform(section: &Section<'_>, shipped: Option<&Provider>, has_selectors: bool) -> Option<Platform> {
    let platforms: Vec<_> = Platform::ALL.iter().map(|platform| (platform.word(), *platform)).collect();
    let platform = match section.field("platform") {
        Some(field) if field.is_empty_text() => None,
        Some(field) => Some(field.choice(&platforms)?),
        None if section.field("selectors").is_some() => None,
        None => shipped.and_then(|shipped| shipped.platform),
    };
    let Some(platform) = platform else { return has_selectors.then_some(Platform::Html) };
    if platform == Platform::Html && !has_selectors {
        let hint = "add [provider.selectors] with component, status and words".to_owned();
        section.problem("a page of the platform \"html\" needs to say where its status stands", Some(hint));
    }
    if platform != Platform::Html && has_selectors {
        let hint = "leave `platform` out, or remove the selectors".to_owned();
        section
            .problem(format!("selectors are for the platform \"html\", not for \"{platform}\""), Some(hint));
    }
    Some(platform)
}

/// Reads where the status stands in a page.
fn selectors(section: &Section<'_>) -> Option<Selectors> {
    let component = section.required("component", selector);
    let name = section.optional("name", selector);
    let status = section.required("status", selector);
    let headline = section.optional("headline", selector);
    let statuses: Vec<_> = Status::ALL.iter().map(|status| (status.word(), *status)).collect();
    let words = section.required("words", |field| {
        let mut written = 0;
        let mut words = field.entries(|word, field| {
            written += 1;
            Some((word.to_owned(), field.choice(&statuses)?))
        })?;
        if written == 0 {
            field
                .problem("no word means anything yet", Some("write { \"Up\" = \"operational\" }".to_owned()));
        }
        words.sort();
        Some(words)
    });
    Some(Selectors { component: component?, name, status: status?, words: words?, headline })
}

fn selector(field: &Field<'_>) -> Option<String> {
    let text = field.text_like("a CSS selector", "\".component .status\"")?;
    match Selector::parse(&text) {
        Ok(_) => Some(text),
        Err(_) => field.expected("a CSS selector", "\".component .status\""),
    }
}

fn upstream(field: &Field<'_>, names: &Names<'_>, slug: Option<&str>) -> Option<String> {
    let upstream = names.upstream(field)?;
    if Some(upstream.as_str()) == slug {
        field.problem("a provider does not run on itself", None);
        return None;
    }
    Some(upstream)
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
