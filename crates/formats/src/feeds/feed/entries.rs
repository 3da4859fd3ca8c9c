//! The entries of RSS, Atom and JSON Feed documents in one form, whatever their dialect.
//!
//! The parser behind it is strict, feeds are not: what they commonly get wrong is mended first. A document that was cut off
//! is refused whole, since the entry that was lost may be the one that matters.

use std::borrow::Cow;

use feed_rs::model;
use feed_rs::parser::Builder;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::repair::{is_whole, mended};
use crate::feeds::document::{Document, Kind};
use crate::feeds::rows;
use crate::feeds::times;
use crate::feeds::wire::{Object, Text};
use crate::text::{NAME_CHARS, Token, clean_line, clean_text, from_html, line_from_html, tokens};

/// The most entries kept; the longest feeds seen have some hundreds.
const ENTRIES: usize = 1_000;
/// The most entries a feed may hold at all: the parser builds every one before we choose.
const ENTRY_LIMIT: usize = 20_000;
/// The most categories kept of an entry.
const CATEGORIES: usize = 20;

/// A feed: what happened, newest first as a rule.
#[derive(Debug)]
pub(crate) struct Log {
    /// The id it gives itself.
    pub(crate) id: Option<String>,
    /// What it is called.
    pub(crate) title: Option<String>,
    /// The page it belongs to.
    pub(crate) url: Option<String>,
    /// Every address it names as its own.
    pub(crate) links: Vec<String>,
    /// When it says that it was made; ticks without meaning.
    pub(crate) built_at: Option<Timestamp>,
    /// In the order of the document.
    pub(crate) entries: Vec<Entry>,
    /// How many more there were.
    pub(crate) dropped: usize,
}

/// An entry of a feed.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Its own id, else its link, else a digest of its title and date.
    pub(crate) id: String,
    /// Where it leads.
    pub(crate) link: Option<String>,
    /// One line of plain words.
    pub(crate) title: String,
    /// The longest text it has, as it came: HTML or plain.
    pub(crate) content: String,
    /// In the order of the document.
    pub(crate) categories: Vec<String>,
    /// When it was published.
    pub(crate) published_at: Option<Timestamp>,
    /// When it was changed last.
    pub(crate) updated_at: Option<Timestamp>,
}

impl Entry {
    /// Returns when it last said something.
    pub(crate) fn at(&self) -> Option<Timestamp> {
        self.published_at.max(self.updated_at)
    }

    /// Returns its text as Markdown.
    pub(crate) fn body(&self) -> String {
        if tokens(&self.content).any(|token| !matches!(token, Token::Text(_))) || self.content.contains('&') {
            return from_html(&self.content);
        }
        clean_text(self.content.trim(), crate::text::BODY_CHARS)
    }
}

/// The head of a JSON Feed.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Head {
    version: Text,
}

/// Reads a feed; `None` where the document is none.
pub(crate) fn parse(document: &Document<'_>) -> Option<Result<Log, String>> {
    let text = match document.kind {
        Kind::Json => {
            let head = match document.json::<Object<Head>>() {
                Ok(head) => head.0?,
                Err(reason) => return Some(Err(reason)),
            };
            let is_feed =
                head.version.get().is_some_and(|version| version.contains("jsonfeed.org/version/1"));
            is_feed.then_some(Cow::Borrowed(document.text))?
        }
        Kind::Xml => {
            let root = root(document.text)?;
            if !is_whole(document.text, root) {
                return Some(Err(format!("truncated XML: no end of '{}'", clean_line(root, 20))));
            }
            let starts = ["<item", ":item", "<entry", ":entry"];
            let count: usize = starts.iter().map(|start| document.text.matches(start).count()).sum();
            if count > ENTRY_LIMIT {
                return Some(Err(format!("more than {ENTRY_LIMIT} entries")));
            }
            Cow::Owned(mended(document.text))
        }
        Kind::Html | Kind::Text => return None,
    };
    let base = document.url.as_ref().map(url::Url::as_str);
    let parser = Builder::new()
        .base_uri(base)
        .id_generator(|_, _, _| String::new())
        .timestamp_parser(|text| {
            // Its own reader of times guesses; the type it wants is reached by the one form both know.
            let instant = times::any(text)?.to_string();
            serde_json::from_value(serde_json::Value::String(instant)).ok()
        })
        .build();
    let read = parser.parse(text.trim_start().as_bytes());
    Some(read.map(log).map_err(|error| format!("broken feed: {}", clean_line(&error.to_string(), 200))))
}

/// Returns the name of the root element where it is that of a feed.
fn root(text: &str) -> Option<&str> {
    let name = tokens(text).find_map(|token| match token {
        Token::Open(tag) => Some(tag.name),
        Token::Text(_) | Token::Raw(_) | Token::Close(_) => None,
    })?;
    let local = name.rsplit(':').next()?;
    ["rss", "feed", "rdf"].iter().any(|known| local.eq_ignore_ascii_case(known)).then_some(name)
}

fn log(feed: model::Feed) -> Log {
    let dropped = feed.entries.len().saturating_sub(ENTRIES);
    Log {
        id: Some(feed.id).filter(|id| !id.is_empty()).map(|id| clean_line(&id, NAME_CHARS)),
        title: feed
            .title
            .map(|title| line_from_html(&title.content, NAME_CHARS))
            .filter(|title| !title.is_empty()),
        url: link(&feed.links),
        built_at: feed.updated.or(feed.published).and_then(|at| times::milliseconds(at.timestamp_millis())),
        links: feed.links.into_iter().map(|link| link.href).collect(),
        entries: feed.entries.into_iter().take(ENTRIES).map(entry).collect(),
        dropped,
    }
}

fn entry(entry: model::Entry) -> Entry {
    let link = link(&entry.links);
    let title = entry.title.map(|title| line_from_html(&title.content, NAME_CHARS)).unwrap_or_default();
    let instant = |millis: i64| times::milliseconds(millis);
    let published_at = entry.published.and_then(|at| instant(at.timestamp_millis()));
    let updated_at = entry.updated.and_then(|at| instant(at.timestamp_millis()));
    let content = entry.content.and_then(|content| content.body).unwrap_or_default();
    let summary = entry.summary.map(|summary| summary.content).unwrap_or_default();
    Entry {
        id: identity(entry.id.trim(), link.as_deref(), &title, published_at.or(updated_at)),
        content: if content.trim().len() >= summary.trim().len() { content } else { summary },
        categories: entry
            .categories
            .into_iter()
            .take(CATEGORIES)
            .map(|category| clean_line(category.label.as_deref().unwrap_or(&category.term), NAME_CHARS))
            .collect(),
        link,
        title,
        published_at,
        updated_at,
    }
}

/// Returns the link to the page: that for readers, else the first to the web.
fn link(links: &[model::Link]) -> Option<String> {
    let is_web = |link: &&model::Link| {
        let has_scheme = link.href.starts_with("https://") || link.href.starts_with("http://");
        has_scheme && link.href.len() <= 2_000 && url::Url::parse(&link.href).is_ok()
    };
    let is_alternate = |link: &&model::Link| link.rel.as_deref().is_none_or(|rel| rel == "alternate");
    let found = links.iter().filter(is_web).find(is_alternate)?;
    (!found.href.contains(char::is_whitespace)).then(|| found.href.clone())
}

/// Returns what an entry is known by from one reading to the next.
fn identity(id: &str, link: Option<&str>, title: &str, at: Option<Timestamp>) -> String {
    if let Some(id) = rows::id(&Text(Some(id.to_owned()))) {
        return id;
    }
    if id.is_empty()
        && let Some(link) = link.and_then(|link| rows::id(&Text(Some(link.to_owned()))))
    {
        return link;
    }
    let seed = if id.is_empty() { format!("{title}\n{at:?}") } else { id.to_owned() };
    digest(&seed)
}

/// Returns a short name for a text of any length.
pub(crate) fn digest(text: &str) -> String {
    let hash = Sha256::digest(text.as_bytes());
    hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
