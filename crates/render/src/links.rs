//! Addresses: the only way foreign ids and foreign URLs get into one.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use crate::view::Place;

/// The longest id that stands in an address as it is.
const ID_LENGTH: usize = 64;

/// Returns the form of a foreign id that can stand in a path and name a file: the id itself if it is made of ASCII letters,
/// digits, `-` and `_`, else a digest of it.
#[must_use]
pub fn segment(id: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !id.is_empty() && id.len() <= ID_LENGTH && id.chars().all(plain) {
        Cow::Borrowed(id)
    } else {
        Cow::Owned(format!("x-{}", digest(id.as_bytes())))
    }
}

/// Returns sixteen hexadecimal digits that stand for these bytes.
pub(crate) fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Returns the address if it is one that a browser may follow.
#[must_use]
pub fn web(url: &str) -> Option<&str> {
    let url = url.trim();
    let scheme = |name: &str| url.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    let printable = !url.chars().any(|c| c.is_whitespace() || c.is_control());
    (printable && (scheme("https://") || scheme("http://"))).then_some(url)
}

/// Returns the address if it is a path on this host or one that a browser may follow.
pub(crate) fn local_or_web(link: &str) -> Option<&str> {
    let local = link.starts_with('/') && !link.starts_with("//") && !link.contains(['\\', '\t', '\n', '\r']);
    if local { Some(link) } else { web(link) }
}

/// Returns the host of a full address.
pub(crate) fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', ':', '?', '#']).next().filter(|host| !host.is_empty()).unwrap_or("localhost")
}

impl Place {
    /// Returns the path of a file of this page; `""` is the index.
    pub(crate) fn path(&self, file: &str) -> String {
        match (self.base_path.as_str(), file) {
            ("", "") => "/".to_owned(),
            (base, "") => base.to_owned(),
            (base, file) => format!("{base}/{file}"),
        }
    }

    /// Returns the full address of a file of this page.
    pub(crate) fn url(&self, file: &str) -> String {
        match file {
            "" => self.public_url.clone(),
            file => format!("{}/{file}", self.public_url),
        }
    }
}

/// Returns the file of an incident, relative to its page.
pub(crate) fn incident_file(id: &str) -> String {
    format!("incidents/{}", segment(id))
}

/// Returns the file of a maintenance, relative to its page.
pub(crate) fn maintenance_file(id: &str) -> String {
    format!("maintenance/{}", segment(id))
}
