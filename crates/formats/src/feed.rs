//! The door for providers' documents: bytes in, one [`Reading`] out.
//!
//! A reading is `Fresh` only when a reader knew the document's shape; everything else is `Unreadable` with a reason a
//! person can act on. Nothing here fetches, follows a link or panics on what it is given.

use std::time::Duration;

use domain::Platform;
use domain::provider::Selectors;
use domain::snapshot::{Reading, Snapshot};
use jiff::Timestamp;
use url::Url;

use crate::feeds::document::{Document, Kind};
use crate::feeds::feed::entries;
use crate::feeds::{READERS, body, future, reader, statuspage};

/// A document as it came, with what is known about where it came from.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The address it was asked of.
    pub url: Option<&'a str>,
    /// The content type the server gave; helps to explain, never to decide.
    pub content_type: Option<&'a str>,
    /// The HTTP status; 200 for a file.
    pub status: u16,
    /// The decompressed body.
    pub body: &'a [u8],
    /// When it was read: decides what is under way where a document gives planned times only, what is too old to be open
    /// where it never tells an end, and which times can't have been yet.
    pub at: Timestamp,
    /// Where the status stands in the page, for a page that has no other form.
    pub selectors: Option<&'a Selectors>,
}

/// A further document of the same page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Companion {
    /// Its address.
    pub url: String,
    /// When it is needed.
    pub need: Need,
}

/// When a further document of a page is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// At every poll; without it the page can't be judged, and the poll has failed.
    State,
    /// At every poll; without it only what it would have told is missing.
    Detail,
    /// At first contact, and when something open is gone from the main document.
    History,
    /// At first contact, where one of the longer lists can't be read. Comes after those.
    Fallback,
}

/// What a document of a platform's shape says, or why it can't be trusted.
pub(crate) type Read = Result<Snapshot, String>;

/// Reads a document; without a platform it is recognised by its shape.
#[must_use]
pub fn read(source: &Source<'_>, platform: Option<Platform>) -> Reading {
    match understand(source, platform) {
        Ok(snapshot) => Reading::Fresh(Box::new(future::forget(snapshot, source.at))),
        Err(reason) => Reading::Unreadable { reason },
    }
}

/// Reads what a platform sends to the subscribers of a page when something changes; `None` where it is nothing we know.
///
/// It tells of one thing only and anyone can send it: a reason to look, not a state.
#[must_use]
pub fn webhook(body: &[u8]) -> Option<Reading> {
    let source = Source {
        url: None,
        content_type: None,
        status: 200,
        body,
        at: Timestamp::UNIX_EPOCH,
        selectors: None,
    };
    let text = body::decode(&source).ok()?;
    Some(match statuspage::read_webhook(&text)? {
        Ok(snapshot) => Reading::Fresh(Box::new(snapshot)),
        Err(reason) => Reading::Unreadable { reason },
    })
}

/// Returns when a document says that it was made, for a capture of which nobody has noted the time: feeds say so.
#[must_use]
pub fn made_at(source: &Source<'_>) -> Option<Timestamp> {
    let text = body::decode(source).ok()?;
    let document = Document::new(source, &text);
    if document.kind != Kind::Xml {
        return None;
    }
    entries::parse(&document)?.ok()?.built_at
}

/// Returns the platform that a document's shape gives away.
#[must_use]
pub fn recognise(source: &Source<'_>) -> Option<Platform> {
    let text = body::decode(source).ok()?;
    let document = Document::new(source, &text);
    if document.kind == Kind::Json {
        body::json(&text, source.content_type).ok()?;
    }
    let knows = |reader: &&&dyn reader::Reader| {
        reader.kinds().contains(&document.kind) && reader.read(&document).is_some()
    };
    READERS.iter().find(knows).map(|reader| reader.platform())
}

/// Returns the addresses of the documents that complete a page's main feed, as far as the platform has such.
#[must_use]
pub fn companions(platform: Platform, feed_url: &str) -> Vec<Companion> {
    Url::parse(feed_url).map(|feed| reader(platform).companions(&feed)).unwrap_or_default()
}

/// Returns the address of the next part of a document that comes in parts.
#[must_use]
pub fn next_part(source: &Source<'_>, platform: Platform) -> Option<String> {
    let text = body::decode(source).ok()?;
    reader(platform).next_part(&Document::new(source, &text))
}

/// Where the feed of a page may be: the addresses to ask for, each with the platform that would answer there. The order
/// is that of asking: small and telling documents first.
#[must_use]
pub fn probes(page_url: &str) -> Vec<(Platform, String)> {
    let Ok(page) = Url::parse(page_url) else { return Vec::new() };
    let of = |reader: &&'static dyn reader::Reader| {
        let platform = reader.platform();
        reader.probes(&page).into_iter().map(move |url| (platform, url)).collect::<Vec<_>>()
    };
    let mut all: Vec<(Platform, String)> = READERS.iter().flat_map(of).collect();
    let mut seen = std::collections::HashSet::new();
    all.retain(|(_, url)| seen.insert(url.clone()));
    all
}

/// Returns the feeds that a page's own HTML gives away, each with the platform that would answer there.
#[must_use]
pub fn feeds_in_page(page: &Source<'_>) -> Vec<(Platform, String)> {
    let Ok(text) = body::decode(page) else { return Vec::new() };
    let document = Document::new(page, &text);
    if document.kind != Kind::Html {
        return Vec::new();
    }
    let found = READERS
        .iter()
        .flat_map(|reader| reader.feeds_in_page(&document).into_iter().map(|url| (reader.platform(), url)));
    found.collect()
}

/// Whether the same document of a platform may mean something else later, so that it has to be read even when unchanged.
#[must_use]
pub fn depends_on_time(platform: Platform) -> bool {
    reader(platform).depends_on_time()
}

/// Returns the shortest time between two readings that a platform's hosts can be asked for.
#[must_use]
pub fn shortest_interval(platform: Platform) -> Duration {
    reader(platform).shortest_interval()
}

fn understand(source: &Source<'_>, platform: Option<Platform>) -> Read {
    let text = body::decode(source)?;
    let document = Document::new(source, &text);
    if let Some(platform) = platform {
        let reader = reader(platform);
        if !reader.kinds().contains(&document.kind) {
            return Err(body::another_kind(&document, source.content_type));
        }
        return reader
            .read(&document)
            .unwrap_or_else(|| Err(body::another_kind(&document, source.content_type)));
    }
    if document.kind == Kind::Json {
        body::json(&text, source.content_type)?;
    }
    READERS
        .iter()
        .filter(|reader| reader.kinds().contains(&document.kind))
        .find_map(|reader| reader.read(&document))
        .unwrap_or_else(|| Err(body::another_kind(&document, source.content_type)))
}

#[cfg(test)]
mod tests;
