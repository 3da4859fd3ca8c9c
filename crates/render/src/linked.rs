//! What a page says to programs that collect facts (JSON-LD, in the words of schema.org): what it is about and where it
//! stands. Only what is known; no ratings, no logos, no promises.

use serde_json::{Value, json};

use crate::{
    api::json as escaped,
    links::web,
    view::{CategoryView, DirectoryView, IncidentView, Place, ProviderView},
};

/// Returns what the index of the directory is.
pub(crate) fn directory(view: &DirectoryView) -> Option<String> {
    let page = json!({
        "@type": "CollectionPage", "name": "Provider directory", "url": view.place.public_url, "inLanguage": "en",
    });
    graph(page, &[("Directory", view.place.public_url.clone())])
}

/// Returns what the page of a category is.
pub(crate) fn category(view: &DirectoryView, one: &CategoryView) -> Option<String> {
    let url = view.place.url(&one.slug);
    let page = json!({"@type": "CollectionPage", "name": format!("{} status", one.name), "url": url, "inLanguage": "en"});
    graph(page, &[("Directory", view.place.public_url.clone()), (&one.name, url)])
}

/// Returns what the page of a provider is, and of whom it speaks.
pub(crate) fn provider(view: &ProviderView, description: &str) -> Option<String> {
    let page = json!({
        "@type": "WebPage", "name": format!("{} status", view.board.title), "url": view.board.place.public_url,
        "description": description, "inLanguage": "en", "about": organization(view),
    });
    graph(page, &crumbs(view))
}

/// Returns what the page of one incident is, and of whom it speaks.
pub(crate) fn incident(view: &ProviderView, of: &IncidentView, url: &str) -> Option<String> {
    let name = crate::card::titled(&of.title, view.board.words()).plain();
    let mut page = json!({
        "@type": "WebPage", "name": name, "url": url, "inLanguage": "en", "about": organization(view),
        "dateModified": crate::words::iso(of.changed_at()),
    });
    if let Some(posted) = of.posted_at {
        page["datePublished"] = crate::words::iso(posted).into();
    }
    let mut crumbs = crumbs(view);
    crumbs.push((&name, url.to_owned()));
    graph(page, &crumbs)
}

fn organization(view: &ProviderView) -> Value {
    let mut organization = json!({"@type": "Organization", "name": view.board.title});
    if let Some(homepage) = view.homepage.as_deref().and_then(web) {
        organization["url"] = homepage.into();
    }
    if let Some(official) = view.official_url.as_deref().and_then(web) {
        organization["sameAs"] = official.into();
    }
    organization
}

fn crumbs(view: &ProviderView) -> Vec<(&str, String)> {
    let root = root(&view.board.place);
    vec![
        ("Directory", format!("{root}/directory")),
        (&view.category, format!("{root}{}", view.category_path)),
        (&view.board.title, view.board.place.public_url.clone()),
    ]
}

fn graph(page: Value, crumbs: &[(&str, String)]) -> Option<String> {
    let items = crumbs
        .iter()
        .enumerate()
        .map(|(n, (name, url))| json!({"@type": "ListItem", "position": n + 1, "name": name, "item": url}));
    let trail = json!({"@type": "BreadcrumbList", "itemListElement": items.collect::<Vec<_>>()});
    Some(escaped(&json!({"@context": "https://schema.org", "@graph": [page, trail]})))
}

/// Returns the address of the installation, without a trailing slash.
pub(crate) fn root(place: &Place) -> &str {
    place.public_url.strip_suffix(&place.base_path).unwrap_or(&place.public_url)
}
