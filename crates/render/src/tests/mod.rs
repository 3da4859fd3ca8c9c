//! What every page must hold, checked on one story and on hostile variants of it.

mod caution;
mod directory;
mod documents;
mod dress;
mod embed;
mod export;
mod hostile;
mod languages;
mod pages;
mod payloads;
mod records;
mod roster;
mod sheet;
mod subscribe;
mod uptime;
mod wording;

use crate::{Page, view::ProviderView};

/// Returns the text of the page at this path.
fn text<'a>(pages: &'a [Page], path: &str) -> &'a str {
    let page = pages.iter().find(|page| page.path == path);
    let page = page
        .unwrap_or_else(|| panic!("no {path} among {:?}", pages.iter().map(|p| &p.path).collect::<Vec<_>>()));
    std::str::from_utf8(&page.body).unwrap()
}

/// Whether a file is a page of its own, and not a line for pages of others.
fn is_whole(page: &Page) -> bool {
    let is_line = ["/embed.html", "/fragment.html"].iter().any(|end| page.path.ends_with(end));
    page.content_type.starts_with("text/html") && !is_line
}

/// Returns all files of a provider's page.
fn all_files(view: &ProviderView) -> Vec<Page> {
    let records = crate::provider_records(view);
    let records = records.iter().filter_map(|path| crate::provider_record(view, path));
    crate::provider_pages(view).into_iter().chain(records).collect()
}

/// Fails with the text if the wanted part is missing.
fn holds(text: &str, wanted: &str) {
    assert!(text.contains(wanted), "{wanted:?} is not in:\n{text}");
}

/// Fails where a text holds what could reorder it. Our own isolates open and end in turn, so that what is foreign can't end
/// one that holds it.
fn orderly(text: &str, place: &str) {
    let mut is_open = false;
    for c in text.chars() {
        match c {
            '\u{2068}' | '\u{2069}' => {
                assert_eq!(c == '\u{2069}', is_open, "isolates in {place}");
                is_open = !is_open;
            }
            c => assert!(!crate::page::is_banned(c), "{c:?} in {place}"),
        }
    }
    assert!(!is_open, "an isolate is left open in {place}");
}

/// Returns the text as a reader sees it: without tags, blanks joined.
fn visible(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        out.push(' ');
        rest = after.split_once('>').map_or("", |(_, rest)| rest);
    }
    out.push_str(rest);
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}
