//! Requests, answers, and the ways in which there is no answer.

use std::{fmt, time::Duration};

use bytes::Bytes;
use jiff::{Timestamp, fmt::rfc2822};
use thiserror::Error;

use crate::guard::Refusal;

/// How long a server may make us wait by `Retry-After`; more is as good as for ever.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3600);

/// What a request may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// From asking for the address to the last byte, redirects included.
    pub total: Duration,
    /// Bytes of the body after decompression.
    pub max_bytes: usize,
    /// Redirects that are followed.
    pub redirects: u8,
}

impl Default for Limits {
    /// What a document of a provider may cost: 20 seconds, 8 MiB, three redirects.
    fn default() -> Self {
        Self { total: Duration::from_secs(20), max_bytes: 8 * 1024 * 1024, redirects: 3 }
    }
}

/// A request. Its address may hold a secret, so it is not shown.
#[derive(Clone)]
pub struct Request {
    /// `GET`, `POST`, `PUT` or `PATCH`.
    pub method: http::Method,
    /// Where to.
    pub url: String,
    /// Headers in the order in which they are sent.
    pub headers: Vec<(&'static str, String)>,
    /// The body; empty for `GET`.
    pub body: Bytes,
    /// What it may cost.
    pub limits: Limits,
}

impl Request {
    /// Asks for what is at `url`.
    #[must_use]
    pub fn get(url: impl Into<String>) -> Self {
        Self {
            method: http::Method::GET,
            url: url.into(),
            headers: Vec::new(),
            body: Bytes::new(),
            limits: Limits::default(),
        }
    }

    /// Hands `body` to what is at `url`.
    #[must_use]
    pub fn post(url: impl Into<String>, body: impl Into<Bytes>) -> Self {
        Self { method: http::Method::POST, body: body.into(), ..Self::get(url) }
    }

    /// Puts `body` at `url`.
    #[must_use]
    pub fn put(url: impl Into<String>, body: impl Into<Bytes>) -> Self {
        Self { method: http::Method::PUT, body: body.into(), ..Self::get(url) }
    }

    /// Changes what is at `url` as `body` says.
    #[must_use]
    pub fn patch(url: impl Into<String>, body: impl Into<Bytes>) -> Self {
        Self { method: http::Method::PATCH, body: body.into(), ..Self::get(url) }
    }

    /// Sets what it may cost.
    #[must_use]
    pub fn limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// An answer, decompressed.
#[derive(Clone, Debug)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// Headers with names in lower case; those that are not text are left out.
    pub headers: Vec<(String, String)>,
    /// The body after decompression.
    pub body: Bytes,
    /// The address that answered, after redirects.
    pub final_url: String,
}

impl Response {
    /// Returns the first header of this name, which is in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Returns how long the server asks us to wait, at most a day: `Retry-After` in seconds or as a date (RFC 9110,
    /// section 10.2.3).
    #[must_use]
    pub fn retry_after(&self, now: Timestamp) -> Option<Duration> {
        let value = self.header("retry-after")?.trim();
        let wait = match value.parse::<u64>() {
            Ok(seconds) => Duration::from_secs(seconds),
            Err(_) => {
                let at = rfc2822::DateTimeParser::new().parse_timestamp(value).ok()?;
                Duration::try_from(at.duration_since(now)).unwrap_or_default()
            }
        };
        Some(wait.min(LONGEST_WAIT))
    }
}

/// Why there is no answer. Messages name hosts and rules, never whole addresses, which may hold secrets.
#[derive(Clone, Debug, Error)]
pub enum FetchError {
    /// The egress guard does not allow it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The address can't be used.
    #[error("the address can't be used: {reason}")]
    BadUrl {
        /// Why.
        reason: String,
    },
    /// The host has no address.
    #[error("the name {host} can't be resolved: {reason}")]
    Unresolved {
        /// The name.
        host: String,
        /// What the resolver answered.
        reason: String,
    },
    /// No connection came about, so nothing was sent.
    #[error("no connection to {host}: {reason}")]
    Unreachable {
        /// The host.
        host: String,
        /// Why.
        reason: String,
    },
    /// Whoever answers there can't prove to be the host, so nothing was sent.
    #[error("the certificate of {host} is not trusted: {reason}")]
    Untrusted {
        /// The host.
        host: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A page was answered, and what came after the head of the answer can't be read: the status stands.
    #[error("HTTP status {status}, and the rest of the answer is missing: {reason}")]
    HeadOnly {
        /// The status.
        status: u16,
        /// What happened to the rest.
        reason: String,
    },
    /// The connection ended or spoke nonsense after the request had begun to leave.
    #[error("the exchange with {host} broke off: {reason}")]
    BrokenOff {
        /// The host.
        host: String,
        /// Why.
        reason: String,
    },
    /// The time was over.
    #[error("no whole answer within {} s", limit.as_secs())]
    TooSlow {
        /// What it may take.
        limit: Duration,
        /// Whether the request may have left before.
        sent: bool,
    },
    /// The body is larger than it may be.
    #[error("the answer is larger than {max_bytes} bytes")]
    TooLarge {
        /// What is allowed.
        max_bytes: usize,
    },
    /// More redirects than allowed.
    #[error("more than {limit} redirects")]
    TooManyRedirects {
        /// What is allowed.
        limit: u8,
    },
}

impl FetchError {
    /// Whether the other side may have taken the request in all the same.
    #[must_use]
    pub fn may_have_arrived(&self) -> bool {
        match self {
            Self::BrokenOff { .. } | Self::TooLarge { .. } | Self::HeadOnly { .. } => true,
            Self::TooSlow { sent, .. } => *sent,
            Self::Refused(_)
            | Self::BadUrl { .. }
            | Self::Unresolved { .. }
            | Self::Unreachable { .. }
            | Self::Untrusted { .. }
            | Self::TooManyRedirects { .. } => false,
        }
    }
}
