//! Which network a request comes from, for counting.

use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, request::Parts},
};

/// The network, as text: the first 24 bits of an IPv4 address, 48 of an IPv6 address, which is what one line is given.
pub(crate) struct Network(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Network {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip());
        Ok(Self(of(peer, &parts.headers)))
    }
}

fn of(peer: Option<IpAddr>, headers: &HeaderMap) -> String {
    let Some(peer) = peer.map(|peer| peer.to_canonical()) else { return "unknown".to_owned() };
    // A proxy on this machine says whom it asks for, in the last place: what stands before, anyone may have written.
    let said = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).next_back();
    let said = said.and_then(|value| value.rsplit(',').next()?.trim().parse::<IpAddr>().ok());
    match said.filter(|_| peer.is_loopback()).unwrap_or(peer).to_canonical() {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}::/48")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_what_one_line_is_given_and_only_a_proxy_beside_us_is_believed() {
        let check = |peer: &str, forwarded: &str, expected: &str| {
            let mut headers = HeaderMap::new();
            if !forwarded.is_empty() {
                headers.insert("x-forwarded-for", forwarded.parse().unwrap());
            }
            assert_eq!(of(Some(peer.parse().unwrap()), &headers), expected, "{peer} {forwarded}");
        };
        check("192.0.2.7", "", "192.0.2.0/24");
        check("::ffff:192.0.2.7", "", "192.0.2.0/24");
        check("2001:db8:1:2::3", "", "2001:db8:1::/48");
        check("192.0.2.7", "198.51.100.1", "192.0.2.0/24");
        check("127.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.0/24");
        check("127.0.0.1", "nonsense", "127.0.0.0/24");
    }
}
