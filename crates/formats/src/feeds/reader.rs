//! What a platform's module offers.

use std::time::Duration;

use domain::Platform;
use url::Url;

use super::document::{Document, Kind};
use crate::feed::{Companion, Read};

/// Reads the documents of one platform. Everything but [`Reader::platform`] and [`Reader::read`] has a sensible default.
pub(crate) trait Reader: Sync {
    /// The platform that is read.
    fn platform(&self) -> Platform;

    /// The kinds of documents it can have; the reader is shown no others.
    fn kinds(&self) -> &'static [Kind] {
        &[Kind::Json]
    }

    /// Reads a document: `None` where it has not the platform's shape, an error where it has and can't be trusted.
    ///
    /// Broken JSON is an error of whoever is asked. A shape must be so particular that no other platform's document has
    /// it: a reader that claims too much makes another's pages unreadable.
    fn read(&self, document: &Document<'_>) -> Option<Read>;

    /// The documents that complete the main one.
    ///
    /// A catalogue beside a list of incidents takes for sound what none of them names: it gives that status without a word
    /// (`raw_status` is empty), and it is believed only where all open incidents are listed.
    fn companions(&self, _feed: &Url) -> Vec<Companion> {
        Vec::new()
    }

    /// The next part of a document that comes in parts.
    fn next_part(&self, _document: &Document<'_>) -> Option<String> {
        None
    }

    /// Where below a page the feed would be, the likeliest first. Asked of hosts about which nothing is known.
    fn probes(&self, _page: &Url) -> Vec<String> {
        Vec::new()
    }

    /// The feeds that a page's HTML gives away.
    fn feeds_in_page(&self, _page: &Document<'_>) -> Vec<String> {
        Vec::new()
    }

    /// Whether the same document may mean something else later: what begins or ends by planned times, what is open only while
    /// it is young.
    fn depends_on_time(&self) -> bool {
        false
    }

    /// The shortest time between two readings that the host can be asked for.
    fn shortest_interval(&self) -> Duration {
        Duration::from_secs(10)
    }
}

/// Returns an address at the host of `url`, without its query and fragment.
pub(crate) fn at_host(url: &Url, path: &str) -> Option<String> {
    let mut address = url.clone();
    address.set_path(path);
    address.set_query(None);
    address.set_fragment(None);
    Some(address.into())
}

/// Returns an address that stands beside `url`, in the same folder.
pub(crate) fn beside(url: &Url, file: &str) -> Option<String> {
    let (folder, _) = url.path().rsplit_once('/')?;
    at_host(url, &format!("{folder}/{file}"))
}

/// Returns the value that the fragment of a feed's address gives: `#region=eu-west-1&x=y`. A fragment is never sent, so it
/// is the place for what a reader should pick out of a document that speaks of many.
pub(crate) fn pick(url: Option<&Url>, key: &str) -> Option<String> {
    let fragment = url?.fragment()?;
    url::form_urlencoded::parse(fragment.as_bytes())
        .find(|(name, _)| name == key)
        .map(|(_, value)| value.into_owned())
}
