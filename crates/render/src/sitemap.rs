//! For search engines: which pages there are, and which of them need not be asked for.

use std::fmt::Write;

use crate::{
    linked::root,
    page::{Page, TEXT, XML},
    view::DirectoryView,
};

/// Addresses in one file; the protocol allows 50,000.
const MOST_ADDRESSES: usize = 25_000;

/// Returns the index of the maps and the maps: the directory, its categories, its providers.
#[must_use]
pub fn sitemaps(view: &DirectoryView) -> Vec<Page> {
    let root = root(&view.place);
    let providers = view.categories.iter().flat_map(|category| &category.providers);
    let categories = view.categories.iter().map(|category| view.place.url(&category.slug));
    let all: Vec<String> = std::iter::once(view.place.public_url.clone())
        .chain(categories)
        .chain(providers.map(|line| format!("{root}{}", line.path)))
        .collect();
    let parts = all.chunks(MOST_ADDRESSES).enumerate().map(|(n, part)| {
        let text = list("urlset", "url", part.iter().map(String::as_str));
        Page::text(format!("/sitemaps/{}.xml", n + 1), XML, text)
    });
    let mut pages: Vec<Page> = parts.collect();
    let files: Vec<String> = pages.iter().map(|page| format!("{root}{}", page.path)).collect();
    let index = list("sitemapindex", "sitemap", files.iter().map(String::as_str));
    pages.push(Page::text("/sitemap.xml", XML, index));
    pages
}

/// Returns what crawlers are told: everything may be read but the countless answers to searches and the machine's files.
#[must_use]
pub fn robots(view: &DirectoryView) -> Page {
    let root = root(&view.place);
    let text = format!(
        "User-agent: *\nDisallow: /directory?\nDisallow: /directory/?\nDisallow: /events\nDisallow: /ack/\nDisallow: /api/\n\nSitemap: {root}/sitemap.xml\n"
    );
    Page::text("/robots.txt", TEXT, text)
}

fn list<'a>(outer: &str, inner: &str, addresses: impl Iterator<Item = &'a str>) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(out, "<{outer} xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">");
    for address in addresses {
        let address = address.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        let _ = writeln!(out, "<{inner}><loc>{address}</loc></{inner}>");
    }
    let _ = writeln!(out, "</{outer}>");
    out
}
