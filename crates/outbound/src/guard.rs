//! The egress guard: which addresses may be dialled.
//!
//! Addresses that are not public are refused, so that nobody can make us ask our own network: the registries of special
//! addresses (RFC 6890 and the IANA registries of IPv4 and IPv6 special-purpose addresses) turned into rules with names.
//! IPv6 forms that carry an IPv4 address are judged by what they carry where the form is in use (mapped, NAT64) and
//! refused where it is not (compatible, translated, 6to4, Teredo).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use thiserror::Error;

#[cfg(test)]
mod tests;

/// An address that may not be dialled, and the rule that says so.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{address} is refused: {rule} (egress.allow can exempt it)")]
pub struct Refusal {
    /// The address.
    pub address: IpAddr,
    /// The rule.
    pub rule: &'static str,
}

/// Decides which addresses may be dialled.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    allow: Vec<IpNet>,
}

impl Guard {
    /// Makes a guard that lets these networks through although they are not public.
    #[must_use]
    pub fn new(allow: Vec<IpNet>) -> Self {
        Self { allow }
    }

    /// Checks one address.
    ///
    /// # Errors
    /// When a rule refuses it and no allowed network holds it, as it is written or as the IPv4 address it carries.
    pub fn check(&self, address: IpAddr) -> Result<(), Refusal> {
        let Some(rule) = rule_against(address) else { return Ok(()) };
        let carried = match address {
            IpAddr::V4(_) => None,
            IpAddr::V6(address) => carried(address).map(IpAddr::V4),
        };
        let exempt = |address: &IpAddr| self.allow.iter().any(|net| net.contains(address));
        if exempt(&address) || carried.as_ref().is_some_and(exempt) {
            return Ok(());
        }
        Err(Refusal { address, rule })
    }
}

/// A block of addresses: its first one, how many leading bits count, and the rule's name.
type V4Rule = (Ipv4Addr, u32, &'static str);
type V6Rule = (Ipv6Addr, u32, &'static str);

const LOOPBACK: &str = "a loopback address";
const PRIVATE: &str = "a private address";
const DOCUMENTATION: &str = "an address for documentation";
const BENCHMARKING: &str = "an address for benchmarking";
const ASSIGNMENTS: &str = "an address for protocol assignments";
const MULTICAST: &str = "a multicast address";
const UNSPECIFIED: &str = "an unspecified address";

/// What is not public in IPv4; the first that fits names the rule.
const V4_RULES: [V4Rule; 17] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8, UNSPECIFIED),
    (Ipv4Addr::new(10, 0, 0, 0), 8, PRIVATE),
    (Ipv4Addr::new(100, 64, 0, 0), 10, "a carrier's shared address"),
    (Ipv4Addr::new(127, 0, 0, 0), 8, LOOPBACK),
    (Ipv4Addr::new(168, 63, 129, 16), 32, "a cloud's platform address"), // Azure's, though it lies in public space
    (Ipv4Addr::new(169, 254, 0, 0), 16, "a link-local address, as cloud metadata has"),
    (Ipv4Addr::new(172, 16, 0, 0), 12, PRIVATE),
    (Ipv4Addr::new(192, 0, 0, 0), 24, ASSIGNMENTS),
    (Ipv4Addr::new(192, 0, 2, 0), 24, DOCUMENTATION),
    (Ipv4Addr::new(192, 88, 99, 0), 24, "a 6to4 relay"),
    (Ipv4Addr::new(192, 168, 0, 0), 16, PRIVATE),
    (Ipv4Addr::new(198, 18, 0, 0), 15, BENCHMARKING),
    (Ipv4Addr::new(198, 51, 100, 0), 24, DOCUMENTATION),
    (Ipv4Addr::new(203, 0, 113, 0), 24, DOCUMENTATION),
    (Ipv4Addr::new(224, 0, 0, 0), 4, MULTICAST),
    (Ipv4Addr::new(255, 255, 255, 255), 32, "the broadcast address"),
    (Ipv4Addr::new(240, 0, 0, 0), 4, "a reserved address"),
];

/// What is not public in IPv6; the first that fits names the rule.
const V6_RULES: [V6Rule; 17] = [
    (Ipv6Addr::UNSPECIFIED, 128, UNSPECIFIED),
    (Ipv6Addr::LOCALHOST, 128, LOOPBACK),
    (Ipv6Addr::UNSPECIFIED, 96, "an IPv4-compatible address"),
    (Ipv6Addr::new(0, 0, 0, 0, 0xffff, 0, 0, 0), 96, "an IPv4-translated address"),
    (Ipv6Addr::new(0x64, 0xff9b, 1, 0, 0, 0, 0, 0), 48, "a local NAT64 address"),
    (Ipv6Addr::new(0x100, 0, 0, 0, 0, 0, 0, 0), 64, "a discard-only address"),
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 32, "a Teredo address"),
    (Ipv6Addr::new(0x2001, 2, 0, 0, 0, 0, 0, 0), 48, BENCHMARKING),
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23, ASSIGNMENTS),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32, DOCUMENTATION),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16, "a 6to4 address"),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20, DOCUMENTATION),
    (Ipv6Addr::new(0x5f00, 0, 0, 0, 0, 0, 0, 0), 16, "a segment routing address"),
    (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7, "a unique local address"),
    (Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10, "a link-local address"),
    (Ipv6Addr::new(0xfec0, 0, 0, 0, 0, 0, 0, 0), 10, "a site-local address"),
    (Ipv6Addr::new(0xff00, 0, 0, 0, 0, 0, 0, 0), 8, MULTICAST),
];

/// The one block from which public IPv6 addresses are given out.
const GLOBAL_UNICAST: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

fn rule_against(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => v4_rule(address),
        IpAddr::V6(address) => match carried(address) {
            Some(carried) => v4_rule(carried),
            None => v6_rule(address),
        },
    }
}

fn v4_rule(address: Ipv4Addr) -> Option<&'static str> {
    let within = |&&(first, bits, _): &&V4Rule| (address.to_bits() ^ first.to_bits()) >> (32 - bits) == 0;
    V4_RULES.iter().find(within).map(|&(_, _, rule)| rule)
}

fn v6_rule(address: Ipv6Addr) -> Option<&'static str> {
    let rule = V6_RULES.iter().find(|&&(first, bits, _)| v6_within(address, first, bits));
    let global = v6_within(address, GLOBAL_UNICAST.0, GLOBAL_UNICAST.1);
    rule.map(|&(_, _, rule)| rule).or((!global).then_some("not a global unicast address"))
}

fn v6_within(address: Ipv6Addr, first: Ipv6Addr, bits: u32) -> bool {
    (address.to_bits() ^ first.to_bits()) >> (128 - bits) == 0
}

/// Returns the IPv4 address inside a mapped (`::ffff:0:0/96`) or NAT64 (`64:ff9b::/96`) one.
pub(crate) fn carried(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [.., a, b, c, d] = address.octets();
    let nat64 = v6_within(address, Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96);
    address.to_ipv4_mapped().or(nat64.then_some(Ipv4Addr::new(a, b, c, d)))
}
