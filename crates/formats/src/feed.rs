//! The door for providers' documents: bytes in, one [`Reading`] out.
//!
//! A reading is `Fresh` only when a reader knew the document's shape; everything else is `Unreadable` with a reason a
//! person can act on. Nothing here fetches, follows a link or panics on what it is given.

use domain::Platform;
use domain::snapshot::{Reading, Snapshot};

use crate::feeds::{body, statuspage};

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
}

/// Addresses of further documents of the same page, which complete what the feed itself says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Companions {
    /// The newest incidents, resolved ones included.
    pub incidents: Option<String>,
    /// The newest maintenances, completed ones included.
    pub maintenances: Option<String>,
}

/// What a document of a platform's shape says, or why it can't be trusted.
pub(crate) type Read = Result<Snapshot, String>;

/// What a platform's module offers.
struct Reader {
    platform: Platform,
    /// Reads a JSON text that came from an address; `None` where it has not the platform's shape.
    read: fn(Option<&str>, &str) -> Option<Read>,
    companions: fn(&str) -> Companions,
}

/// One line for each platform, asked in this order when the platform is not known.
const READERS: &[Reader] =
    &[Reader { platform: Platform::Statuspage, read: statuspage::read, companions: statuspage::companions }];

/// Reads a document; without a platform it is recognised by its shape.
#[must_use]
pub fn read(source: &Source<'_>, platform: Option<Platform>) -> Reading {
    match understand(source, platform) {
        Ok(snapshot) => Reading::Fresh(Box::new(snapshot)),
        Err(reason) => Reading::Unreadable { reason },
    }
}

/// Returns the platform that a document's shape gives away.
#[must_use]
pub fn recognise(source: &Source<'_>) -> Option<Platform> {
    let text = body::decode(source).ok()?;
    body::json(&text, source.content_type).ok()?;
    READERS.iter().find(|reader| (reader.read)(source.url, &text).is_some()).map(|reader| reader.platform)
}

/// Returns the addresses of the documents that complete a page's main feed, as far as the platform has such.
#[must_use]
pub fn companions(platform: Platform, feed_url: &str) -> Companions {
    READERS
        .iter()
        .find(|reader| reader.platform == platform)
        .map(|reader| (reader.companions)(feed_url))
        .unwrap_or_default()
}

fn understand(source: &Source<'_>, platform: Option<Platform>) -> Read {
    let text = body::decode(source)?;
    let top = body::json(&text, source.content_type)?;
    READERS
        .iter()
        .filter(|reader| platform.is_none_or(|platform| reader.platform == platform))
        .find_map(|reader| (reader.read)(source.url, &text))
        .unwrap_or_else(|| Err(body::another_shape(&top)))
}

#[cfg(test)]
mod tests;
