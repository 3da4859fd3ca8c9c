//! Where a request goes: an address that was parsed once and found fit.
//!
//! The parser is the WHATWG one, so the odd spellings of IPv4 addresses (`0x7f.1`, `2130706433`) become what they mean
//! before anybody looks at them.

use http::{HeaderValue, Uri, uri};
use url::{Host, Origin, Position, Url};

use crate::FetchError;

/// A parsed address: `http` or `https`, with a host, without a name or a password.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    url: Url,
    host: Host<String>,
}

impl Target {
    /// Parses an address.
    pub(crate) fn parse(text: &str) -> Result<Self, FetchError> {
        Self::new(Url::parse(text).map_err(|error| bad(error.to_string()))?)
    }

    fn new(mut url: Url) -> Result<Self, FetchError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(bad("only http and https are spoken"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(bad("it holds a name or a password"));
        }
        let host = url.host().ok_or_else(|| bad("it names no host"))?.to_owned();
        url.set_fragment(None);
        Ok(Self { url, host })
    }

    /// Returns where `location` points, seen from here. From `https` there is no way to `http`.
    pub(crate) fn redirected(&self, location: &HeaderValue) -> Result<Self, FetchError> {
        let in_redirect = |reason: &str| bad(format!("in a redirect by {}: {reason}", self.host));
        let location = std::str::from_utf8(location.as_bytes()).map_err(|_| in_redirect("it is not text"))?;
        let url = self.url.join(location).map_err(|error| in_redirect(&error.to_string()))?;
        let next = Self::new(url)?;
        if self.is_https() && !next.is_https() {
            return Err(in_redirect("it leads from https to http"));
        }
        Ok(next)
    }

    /// Returns the host.
    pub(crate) fn host(&self) -> &Host<String> {
        &self.host
    }

    /// Returns the host for messages.
    pub(crate) fn host_name(&self) -> String {
        self.host.to_string()
    }

    /// Returns the name that the certificate must have: no closing dot, no brackets.
    pub(crate) fn certificate_name(&self) -> String {
        match &self.host {
            Host::Domain(name) => name.trim_end_matches('.').to_owned(),
            Host::Ipv4(address) => address.to_string(),
            Host::Ipv6(address) => address.to_string(),
        }
    }

    /// Returns the port.
    pub(crate) fn port(&self) -> u16 {
        self.url.port_or_known_default().unwrap_or(if self.is_https() { 443 } else { 80 })
    }

    /// Whether it is reached by TLS.
    pub(crate) fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// Returns scheme, host and port.
    pub(crate) fn origin(&self) -> Origin {
        self.url.origin()
    }

    /// Whether both have scheme, host and port in common.
    pub(crate) fn is_same_origin(&self, other: &Self) -> bool {
        self.origin() == other.origin()
    }

    /// Returns the address as text.
    pub(crate) fn as_str(&self) -> &str {
        self.url.as_str()
    }

    /// Returns path and query, as HTTP/1 sends them.
    pub(crate) fn path(&self) -> Result<Uri, FetchError> {
        self.url[Position::BeforePath..Position::AfterQuery].parse().map_err(|error| not_http(&error))
    }

    /// Returns the whole address, as HTTP/2 sends it.
    pub(crate) fn absolute(&self) -> Result<Uri, FetchError> {
        self.url[..Position::AfterQuery].parse().map_err(|error| not_http(&error))
    }

    /// Returns the `Host` header: the port only where it is not the scheme's own.
    pub(crate) fn host_header(&self) -> Result<HeaderValue, FetchError> {
        HeaderValue::from_str(&self.url[Position::BeforeHost..Position::AfterPort])
            .map_err(|error| bad(error.to_string()))
    }

    /// Returns the error of an exchange that ended too early.
    pub(crate) fn broken_off(&self, reason: impl Into<String>) -> FetchError {
        FetchError::BrokenOff { host: self.host_name(), reason: reason.into() }
    }
}

fn bad(reason: impl Into<String>) -> FetchError {
    FetchError::BadUrl { reason: reason.into() }
}

fn not_http(error: &uri::InvalidUri) -> FetchError {
    bad(error.to_string())
}

#[cfg(test)]
mod tests {
    //! What is an address, and where a redirect leads.

    use super::*;

    fn host(text: &str) -> String {
        Target::parse(text).unwrap().host_name()
    }

    #[test]
    fn odd_spellings_of_ipv4_become_what_they_mean() {
        for odd in ["0x7f.1", "2130706433", "0177.0.0.1", "127.1", "127.0.0.1."] {
            assert_eq!(host(&format!("http://{odd}/")), "127.0.0.1", "{odd}");
        }
        assert_eq!(host("http://[::ffff:127.0.0.1]/"), "[::ffff:7f00:1]");
    }

    #[test]
    fn unfit_addresses_are_refused_without_showing_them() {
        for text in
            ["ftp://a.example/secret", "file:///secret", "http://me:secret@a.example/", "secret", "http://"]
        {
            let error = Target::parse(text).unwrap_err();
            assert!(matches!(error, FetchError::BadUrl { .. }), "{text}");
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }

    #[test]
    fn redirects_are_read_from_where_they_come() {
        let from = Target::parse("https://a.example/one/two?secret#there").unwrap();
        let to = |location: &str| from.redirected(&HeaderValue::from_str(location).unwrap());
        assert_eq!(to("three").unwrap().as_str(), "https://a.example/one/three");
        assert_eq!(to("//b.example").unwrap().as_str(), "https://b.example/");
        assert!(from.is_same_origin(&to("/x").unwrap()));
        assert!(!from.is_same_origin(&to("https://a.example:444/").unwrap()));
        for location in ["http://a.example/", "ftp://a.example/", "https://me@a.example/", "https://["] {
            let error = to(location).unwrap_err();
            assert!(matches!(error, FetchError::BadUrl { .. }), "{location}");
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }

    #[test]
    fn both_protocols_get_the_address_in_their_form() {
        let target = Target::parse("https://a.example:8443/x?y=1#z").unwrap();
        assert_eq!(target.path().unwrap(), "/x?y=1");
        assert_eq!(target.absolute().unwrap(), "https://a.example:8443/x?y=1");
        assert_eq!(target.host_header().unwrap(), "a.example:8443");
        assert_eq!(Target::parse("https://a.example:443").unwrap().host_header().unwrap(), "a.example");
    }
}
