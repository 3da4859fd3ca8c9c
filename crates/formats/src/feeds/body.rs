//! The first look at a body: bytes to text, and why something is not the JSON it should be.
//!
//! Refuses whole what could cost more than it tells: see [`SIZE_LIMIT`] and [`OBJECT_LIMIT`].

use std::borrow::Cow;

use serde_json::error::Category;

use super::document::{Document, Kind};
use super::wire::Top;
use crate::feed::Source;
use crate::text::clean_line;

/// The largest body read, in bytes, which is also what the poller downloads at most.
const SIZE_LIMIT: usize = 8 * 1024 * 1024;
/// The most objects a document may hold; the largest seen have some thirty thousand. Bounds the memory of a reading.
const OBJECT_LIMIT: usize = 200_000;
/// How much of a page is searched for its title, in bytes.
const TITLE_WINDOW: usize = 64 * 1024;

/// Returns the text of a body, or why it can't hold a document.
pub(crate) fn decode<'a>(source: &Source<'a>) -> Result<Cow<'a, str>, String> {
    if !(200..300).contains(&source.status) {
        return Err(format!("HTTP status {}", source.status));
    }
    if source.body.len() > SIZE_LIMIT {
        return Err(format!("body of {} bytes, more than {SIZE_LIMIT}", source.body.len()));
    }
    let text = match source.body {
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest)?,
        [0xFF, 0xFE, rest @ ..] => Cow::Owned(utf16(rest, u16::from_le_bytes)?),
        [0xFE, 0xFF, rest @ ..] => Cow::Owned(utf16(rest, u16::from_be_bytes)?),
        bytes => utf8(bytes)?,
    };
    if text.trim().is_empty() {
        return Err("empty body".to_owned());
    }
    if text.bytes().filter(|&byte| byte == b'{').count() > OBJECT_LIMIT {
        return Err(format!("more than {OBJECT_LIMIT} objects"));
    }
    Ok(text)
}

/// Returns the top level of a JSON document, or why the text is not one.
pub(crate) fn json(text: &str, content_type: Option<&str>) -> Result<Top, String> {
    let start = text.trim_start();
    if start.starts_with('<') {
        return Err(markup(start));
    }
    parse::<Top>(text).map_err(|reason| match content_type {
        Some(kind) if !kind.contains("json") => format!("{reason} (content type {})", clean_line(kind, 80)),
        _ => reason,
    })
}

/// Parses a JSON document into a tolerant form, or says where it breaks.
pub(crate) fn parse<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        match error.classify() {
            Category::Eof => format!("truncated JSON at {place}"),
            Category::Syntax | Category::Data | Category::Io => {
                // The library's sentence ends with the place, which stands before it here.
                let sentence = error.to_string();
                let what = sentence.split(" at line ").next().unwrap_or_default();
                format!("broken JSON at {place}: {}", clean_line(what, 120))
            }
        }
    })
}

/// Returns why a document is not one of the kind and shape that is read.
pub(crate) fn another_kind(document: &Document<'_>, content_type: Option<&str>) -> String {
    match document.kind {
        Kind::Json | Kind::Html | Kind::Text => match json(document.text, content_type) {
            Ok(top) => another_shape(&top),
            Err(reason) => reason,
        },
        Kind::Xml => "XML of another shape".to_owned(),
    }
}

/// Returns why a JSON document that parses is not one that a reader knows.
pub(crate) fn another_shape(top: &Top) -> String {
    match top {
        Top::Array => "JSON of another shape: an array".to_owned(),
        Top::Scalar => "JSON of another shape: a single value".to_owned(),
        Top::Object(keys) if keys.is_empty() => "JSON of another shape: an empty object".to_owned(),
        Top::Object(keys) => {
            let names: Vec<String> = keys.iter().map(|key| clean_line(key, 40)).collect();
            format!("JSON of another shape: top-level keys {}", names.join(", "))
        }
    }
}

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, String> {
    std::str::from_utf8(bytes)
        .map(Cow::Borrowed)
        .map_err(|error| format!("not UTF-8 at byte {}", error.valid_up_to()))
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err("UTF-16 of an odd number of bytes".to_owned());
    }
    char::decode_utf16(pairs.iter().map(|&pair| unit(pair)))
        .collect::<Result<String, _>>()
        .map_err(|_| "broken UTF-16".to_owned())
}

/// Says what kind of markup stands where JSON was expected; the title often tells a login page from an error page.
fn markup(text: &str) -> String {
    let window = &text[..text.floor_char_boundary(TITLE_WINDOW)];
    let lower = window.to_ascii_lowercase();
    if lower.starts_with("<?xml") || lower.starts_with("<rss") || lower.starts_with("<feed") {
        return "XML where JSON was expected".to_owned();
    }
    let title = lower.find("<title").and_then(|tag| {
        let start = tag + lower[tag..].find('>')? + 1;
        let end = start + lower[start..].find("</title")?;
        Some(clean_line(&window[start..end], 120))
    });
    match title.filter(|title| !title.is_empty()) {
        Some(title) => format!("HTML where JSON was expected (page title '{title}')"),
        None => "HTML where JSON was expected".to_owned(),
    }
}
