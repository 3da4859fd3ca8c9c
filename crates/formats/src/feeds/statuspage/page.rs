//! A page's own HTML: whether the page is one of Statuspage, and so where its documents are.

use url::Url;

use crate::feeds::document::Document;
use crate::feeds::reader::at_host;
use crate::text::{Token, line_from_html, tokens};

/// Where the platform keeps its assets; a page of it names at least one.
const MARKERS: [&str; 2] = ["dka575ofm4ao0.cloudfront.net", "statuspage.io"];
/// The vendor's own hosts. A tenant that nobody has claimed, or that was given up, leads there.
const VENDOR: [&str; 4] = ["www.statuspage.io", "statuspage.io", "www.atlassian.com", "manage.statuspage.io"];
/// How much of a page is searched, in bytes; the head of the largest seen has some hundred thousand.
const WINDOW: usize = 512 * 1024;

/// Returns the main document of the page, where it is one of the platform and somebody's.
pub(super) fn feed(page: &Document<'_>) -> Option<String> {
    let url = page.url.as_ref()?;
    let html = &page.text[..page.text.floor_char_boundary(WINDOW)];
    let is_ours = MARKERS.iter().any(|marker| html.contains(marker));
    if !is_ours || is_vendors(url) || url.path().starts_with("/inactive") || sells(html) {
        return None;
    }
    at_host(url, "/api/v2/summary.json")
}

fn is_vendors(url: &Url) -> bool {
    url.host_str().is_some_and(|host| VENDOR.contains(&host))
}

/// Whether a page is the vendor's: it says so in its title, or names one of the vendor's hosts as its own address.
fn sells(html: &str) -> bool {
    let mut title: Option<String> = None;
    for token in tokens(html) {
        match token {
            Token::Open(tag) if tag.is("link") || tag.is("meta") => {
                let key = tag.attribute("rel").or_else(|| tag.attribute("property")).unwrap_or_default();
                let address = match key.as_str() {
                    "canonical" => tag.attribute("href"),
                    "og:url" => tag.attribute("content"),
                    _ => None,
                };
                if address.and_then(|address| Url::parse(&address).ok()).is_some_and(|url| is_vendors(&url)) {
                    return true;
                }
            }
            Token::Open(tag) if tag.is("title") && title.is_none() => title = Some(String::new()),
            Token::Text(words) if title.as_ref().is_some_and(String::is_empty) => {
                title = Some(line_from_html(words, 500));
            }
            Token::Open(_) | Token::Close(_) | Token::Text(_) | Token::Raw(_) => {}
        }
    }
    title.is_some_and(|title| title.contains("Statuspage") && title.contains("Atlassian"))
}
