//! A decoded document, as every reader is shown it.

use domain::provider::Selectors;
use jiff::Timestamp;
use url::Url;

use super::body;
use crate::feed::Source;

/// What a document is made of, by its first characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An object or a list.
    Json,
    /// RSS, Atom or other XML.
    Xml,
    /// A page.
    Html,
    /// Anything else: YAML, a script.
    Text,
}

/// A document after decoding.
#[derive(Clone, Debug)]
pub(crate) struct Document<'a> {
    /// The address it came from, with the fragment of the address that was declared.
    pub(crate) url: Option<Url>,
    /// What it is made of.
    pub(crate) kind: Kind,
    /// The text without its byte-order mark.
    pub(crate) text: &'a str,
    /// When it was read.
    pub(crate) at: Timestamp,
    /// Where the status stands in a page.
    pub(crate) selectors: Option<&'a Selectors>,
}

impl<'a> Document<'a> {
    /// Looks at the decoded text of a source.
    pub(crate) fn new(source: &Source<'a>, text: &'a str) -> Self {
        Self {
            url: source.url.and_then(|url| Url::parse(url).ok()),
            kind: kind(text),
            text,
            at: source.at,
            selectors: source.selectors,
        }
    }

    /// Parses the text as JSON of a tolerant form (see [`super::wire`]), or says where it breaks.
    pub(crate) fn json<T: serde::de::DeserializeOwned>(&self) -> Result<T, String> {
        body::parse(self.text)
    }

    /// Returns the host it came from.
    pub(crate) fn host(&self) -> Option<&str> {
        self.url.as_ref()?.host_str()
    }
}

fn kind(text: &str) -> Kind {
    let start = text.trim_start();
    match start.as_bytes().first() {
        Some(b'{' | b'[') => Kind::Json,
        Some(b'<') => markup(start),
        Some(_) | None => Kind::Text,
    }
}

/// Tells XML from HTML by the first element that is no comment, declaration or instruction.
fn markup(text: &str) -> Kind {
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        if let Some(comment) = rest.strip_prefix("<!--") {
            let Some((_, after)) = comment.split_once("-->") else { return Kind::Text };
            rest = after;
        } else if let Some(instruction) = rest.strip_prefix("<?") {
            let Some((_, after)) = instruction.split_once('>') else { return Kind::Xml };
            rest = after;
        } else {
            break;
        }
    }
    let name: String = rest
        .chars()
        .skip(1)
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, ':' | '!' | '_'))
        .collect();
    match name.to_ascii_lowercase().as_str() {
        "rss" | "feed" | "rdf:rdf" | "atom:feed" => Kind::Xml,
        "!doctype"
            if rest
                .get(9..)
                .is_some_and(|after| !after.trim_start().to_ascii_lowercase().starts_with("html")) =>
        {
            Kind::Xml
        }
        _ => {
            if text.starts_with("<?xml") && !name.eq_ignore_ascii_case("html") && name != "!doctype" {
                Kind::Xml
            } else {
                Kind::Html
            }
        }
    }
}
