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
pub(crate) const PNG: &str = "image/png";
pub(crate) const MARKDOWN: &str = "text/markdown; charset=utf-8";
pub(crate) const CALENDAR: &str = "text/calendar; charset=utf-8";
pub(crate) const XML: &str = "application/xml; charset=utf-8";
pub(crate) const TEXT: &str = "text/plain; charset=utf-8";
pub(crate) const CSV: &str = "text/csv; charset=utf-8";
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

/// Where in plain text begins and ends what may run the other way than the text around it. They are no characters, so no
/// text in earnest holds them, and stand here for the isolates of Unicode, which are dropped from everything foreign.
pub(crate) const OPEN: char = '\u{fdd0}';
pub(crate) const CLOSE: char = '\u{fdd1}';

/// Drops control characters, which XML forbids, and the characters that reorder text, with which a title could say one
/// thing and mean another; then puts our own isolates in, one behind the other whatever foreign marks are among ours.
pub(crate) fn clean(text: String) -> String {
    let text = if text.contains(is_dropped) { text.replace(is_dropped, "") } else { text };
    if !text.contains([OPEN, CLOSE]) {
        return text;
    }
    let (mut out, mut is_open) = (String::with_capacity(text.len()), false);
    for c in text.chars() {
        match (c, is_open) {
            (OPEN, false) => out.push('\u{2068}'),
            (CLOSE, true) => out.push('\u{2069}'),
            (OPEN, true) | (CLOSE, false) => continue,
            (c, _) => {
                out.push(c);
                continue;
            }
        }
        is_open = !is_open;
    }
    if is_open {
        out.push('\u{2069}');
    }
    out
}

fn is_dropped(c: char) -> bool {
    is_banned(c) && !matches!(c, OPEN | CLOSE)
}

pub(crate) fn is_banned(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' => false,
        '\u{061c}' | '\u{200e}' | '\u{200f}' => true,
        '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{fffe}'
        | '\u{ffff}'
        | '\u{fdd0}'..='\u{fdef}' => true,
        _ => c.is_control(),
    }
}
