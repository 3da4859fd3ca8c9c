//! The guard's table: which rule refuses which address.

use super::*;

fn check(address: &str, rule: Option<&str>) {
    let address: IpAddr = address.parse().unwrap();
    let refusal = Guard::default().check(address).err();
    assert_eq!(refusal.as_ref().map(|refusal| refusal.rule), rule, "{address}");
}

#[test]
fn public_addresses_pass() {
    for address in [
        "1.1.1.1",
        "8.8.8.8",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "2606:4700::1111",
        "2001:200::1",
        "2a00::1",
        "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8",
    ] {
        check(address, None);
    }
}

#[test]
fn special_addresses_are_refused_by_name() {
    for (address, rule) in [
        ("0.0.0.0", UNSPECIFIED),
        ("0.255.255.255", UNSPECIFIED),
        ("10.0.0.1", PRIVATE),
        ("100.64.0.1", "a carrier's shared address"),
        ("100.100.100.200", "a carrier's shared address"),
        ("127.0.0.1", LOOPBACK),
        ("127.255.255.255", LOOPBACK),
        ("168.63.129.16", "a cloud's platform address"),
        ("169.254.169.254", "a link-local address, as cloud metadata has"),
        ("172.16.0.1", PRIVATE),
        ("172.31.255.255", PRIVATE),
        ("192.0.0.8", ASSIGNMENTS),
        ("192.0.2.1", DOCUMENTATION),
        ("192.88.99.1", "a 6to4 relay"),
        ("192.168.1.1", PRIVATE),
        ("198.18.0.1", BENCHMARKING),
        ("198.19.255.255", BENCHMARKING),
        ("198.51.100.1", DOCUMENTATION),
        ("203.0.113.1", DOCUMENTATION),
        ("224.0.0.1", MULTICAST),
        ("239.255.255.255", MULTICAST),
        ("240.0.0.1", "a reserved address"),
        ("255.255.255.255", "the broadcast address"),
        ("::", UNSPECIFIED),
        ("::1", LOOPBACK),
        ("::127.0.0.1", "an IPv4-compatible address"),
        ("::8.8.8.8", "an IPv4-compatible address"),
        ("::ffff:127.0.0.1", LOOPBACK),
        ("::ffff:169.254.169.254", "a link-local address, as cloud metadata has"),
        ("::ffff:0:10.0.0.1", "an IPv4-translated address"),
        ("64:ff9b::10.0.0.1", PRIVATE),
        ("64:ff9b:1::1", "a local NAT64 address"),
        ("100::1", "a discard-only address"),
        ("2001::1", "a Teredo address"),
        ("2001:2::1", BENCHMARKING),
        ("2001:20::1", ASSIGNMENTS),
        ("2001:db8::1", DOCUMENTATION),
        ("2002:7f00:1::", "a 6to4 address"),
        ("3fff::1", DOCUMENTATION),
        ("5f00::1", "a segment routing address"),
        ("fc00::1", "a unique local address"),
        ("fd00:ec2::254", "a unique local address"),
        ("fe80::1", "a link-local address"),
        ("fec0::1", "a site-local address"),
        ("ff02::1", MULTICAST),
        ("4000::1", "not a global unicast address"),
    ] {
        check(address, Some(rule));
    }
}

#[test]
fn an_allowed_network_is_exempt_however_it_is_written() {
    let guard = Guard::new(vec!["10.1.0.0/16".parse().unwrap(), "fd00::/8".parse().unwrap()]);
    for address in ["10.1.2.3", "::ffff:10.1.2.3", "64:ff9b::10.1.2.3", "fd12::1"] {
        assert_eq!(guard.check(address.parse().unwrap()), Ok(()), "{address}");
    }
    for address in ["10.2.0.1", "::ffff:10.2.0.1", "fc00::1", "127.0.0.1"] {
        assert!(guard.check(address.parse().unwrap()).is_err(), "{address}");
    }
}

#[test]
fn a_refusal_says_what_and_why() {
    let refusal = Guard::default().check("127.0.0.1".parse().unwrap()).unwrap_err();
    assert_eq!(refusal.to_string(), "127.0.0.1 is refused: a loopback address (egress.allow can exempt it)");
}
