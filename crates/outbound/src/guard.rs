//! The egress guard: which addresses may be dialled.
//!
//! Addresses that are not public are refused, so that nobody can make us ask our own network: the registries of special
//! addresses (RFC 6890 and the IANA registries of IPv4 and IPv6 special-purpose addresses) turned into rules with names.
//! IPv6 forms that carry an IPv4 address are judged by what they carry.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use thiserror::Error;

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
