//! One finished file: its path, its type, its bytes; and the last filter that everything passes on its way out.

use askama::Template;

/// A file to be served as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The path it is served at, beginning with a slash.
    pub path: String,
    /// The value of the `Content-Type` header.
    pub content_type: &'static str,
    /// The content.
    pub body: Vec<u8>,
}

pub(crate) const HTML: &str = "text/html; charset=utf-8";
pub(crate) const JSON: &str = "application/json; charset=utf-8";
pub(crate) const ATOM: &str = "application/atom+xml; charset=utf-8";
pub(crate) const RSS: &str = "application/rss+xml; charset=utf-8";
pub(crate) const SVG: &str = "image/svg+xml; charset=utf-8";
pub(crate) const MARKDOWN: &str = "text/markdown; charset=utf-8";
pub(crate) const CALENDAR: &str = "text/calendar; charset=utf-8";
pub(crate) const XML: &str = "application/xml; charset=utf-8";
pub(crate) const TEXT: &str = "text/plain; charset=utf-8";
pub(crate) const ICON: &str = "image/vnd.microsoft.icon";
pub(crate) const CSS: &str = "text/css; charset=utf-8";
pub(crate) const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

impl Page {
    /// Makes a page of a text, without the characters that none may carry.
    pub(crate) fn text(path: impl Into<String>, content_type: &'static str, text: String) -> Self {
        let path = match path.into() {
            path if path.is_empty() => "/".to_owned(),
            path => path,
        };
        Self { path, content_type, body: clean(text).into_bytes() }
    }

    /// Makes a page of a template.
    pub(crate) fn of(path: impl Into<String>, content_type: &'static str, template: &impl Template) -> Self {
        Self::text(path, content_type, template.render().expect("writing to a string does not fail"))
    }
}

/// Drops control characters, which XML forbids, and the characters that reorder text, with which a title could say one
/// thing and mean another.
fn clean(text: String) -> String {
    if text.contains(is_banned) { text.replace(is_banned, "") } else { text }
}

pub(crate) fn is_banned(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' => false,
        '\u{061c}' | '\u{200e}' | '\u{200f}' => true,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}' => true,
        _ => c.is_control(),
    }
}
