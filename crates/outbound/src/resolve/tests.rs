//! Names that need no name server, and a small name server for the others.

use std::net::SocketAddr;

use hickory_resolver::config::ConnectionConfig;
use tokio::{net::UdpSocket, task::JoinSet, time::Instant};

use super::*;

/// A name server: knows a few names, each by its IPv4 addresses, and says nothing to `silent`. Of `lasting` and `gone` it knows
/// the first time only, and then says nothing, or that there is no such name.
async fn name_server() -> (SocketAddr, JoinSet<()>) {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        // A name is asked for twice at a time, once for each family of addresses.
        for asked in 1_u32.. {
            let mut query = [0; 512];
            let (length, from) = socket.recv_from(&mut query).await.unwrap();
            if let Some(answer) = answer(&query[..length], asked) {
                socket.send_to(&answer, from).await.unwrap();
            }
        }
    });
    (address, tasks)
}

/// Answers one query (RFC 1035, section 4): id, flags, counts, the question again, and its records.
fn answer(query: &[u8], asked: u32) -> Option<Vec<u8>> {
    let name_end = 12 + query[12..].iter().position(|&byte| byte == 0)? + 1;
    let name = String::from_utf8_lossy(&query[12..name_end]).to_ascii_lowercase();
    let knows: Option<&[[u8; 4]]> = match name.as_str() {
        name if name.contains("silent") => return None,
        name if name.contains("lasting") && asked > 2 => return None,
        name if name.contains("lasting") => Some(&[[10, 1, 0, 7]]),
        name if name.contains("gone") && asked > 2 => None,
        name if name.contains("gone") => Some(&[[10, 1, 0, 8]]),
        name if name.contains("good") => Some(&[[10, 1, 0, 1], [10, 1, 0, 2]]),
        name if name.contains("mixed") => Some(&[[10, 1, 0, 1], [169, 254, 169, 254]]),
        name if name.contains("empty") => Some(&[]),
        _ => None,
    };
    let is_a = query[name_end..name_end + 2] == [0, 1];
    let records = if is_a { knows.unwrap_or_default() } else { &[] };
    let mut answer = query[..2].to_vec();
    answer.extend([0x81, if knows.is_some() { 0x80 } else { 0x83 }]);
    answer.extend([0, 1, 0, u8::try_from(records.len()).unwrap(), 0, 0, 0, 0]);
    answer.extend(&query[12..name_end + 4]);
    for record in records {
        answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]);
        answer.extend(record);
    }
    Some(answer)
}

async fn resolve(name: &str) -> Result<Vec<IpAddr>, FetchError> {
    let (resolver, _tasks) = resolver().await;
    resolver.resolve(&Host::Domain(name.to_owned())).await
}

async fn resolver() -> (Resolver, JoinSet<()>) {
    let (address, tasks) = name_server().await;
    let mut connection = ConnectionConfig::udp();
    connection.port = address.port();
    let server = NameServerConfig::new(address.ip(), true, vec![connection]);
    let guard = Guard::new(vec!["10.1.0.0/16".parse().unwrap()]);
    (Resolver::build(asking(server), guard).unwrap(), tasks)
}

#[tokio::test]
async fn all_addresses_of_a_name_are_found_and_checked() {
    let mut good = resolve("good.example").await.unwrap();
    good.sort();
    assert_eq!(good, ["10.1.0.1", "10.1.0.2"].map(|ip| ip.parse::<IpAddr>().unwrap()));
    let mixed = resolve("mixed.example").await.unwrap_err();
    assert!(matches!(mixed, FetchError::Refused(_)), "{mixed}");
}

#[tokio::test]
async fn a_name_without_an_address_is_unresolved() {
    for (name, expect) in
        [("missing.example", "there is no such name"), ("empty.example", "it has no address")]
    {
        let error = resolve(name).await.unwrap_err();
        assert_eq!(error.to_string(), format!("the name {name} can't be resolved: {expect}"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_name_may_take_seven_seconds() {
    let begin = Instant::now();
    let reason = in_time(std::future::pending::<Result<(), NetError>>()).await.unwrap_err();
    assert_eq!((reason.as_str(), begin.elapsed()), ("no answer within 7 s", LOOKUP));
}

#[tokio::test(start_paused = true)]
async fn a_silent_name_server_is_given_up() {
    let begin = Instant::now();
    let error = resolve("silent.example").await.unwrap_err();
    assert!(matches!(error, FetchError::Unresolved { .. }), "{error}");
    assert!(begin.elapsed() <= LOOKUP, "the clock stands still but for this");
}

#[tokio::test]
async fn the_file_of_names_is_asked_before_the_network_and_checked_as_well() {
    let path = std::env::temp_dir().join(format!("midwatch-resolve-{}", std::process::id()));
    std::fs::write(&path, "10.1.2.3 good.example\n10.9.9.9 inside.example\n").unwrap();
    let (mut resolver, _tasks) = resolver().await;
    resolver.hosts = Hosts::new(&path);
    let resolve = async |name: &str| resolver.resolve(&Host::Domain(name.to_owned())).await;
    assert_eq!(resolve("good.example").await.unwrap(), ["10.1.2.3".parse::<IpAddr>().unwrap()]);
    assert!(matches!(resolve("inside.example").await, Err(FetchError::Refused(_))));
    assert_eq!(resolve("good.other.example").await.unwrap().len(), 2);
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn localhost_is_known_by_all_its_names() {
    for name in ["localhost", "localhost.", "a.localhost", "a.b.localhost."] {
        assert!(is_localhost(name), "{name}");
    }
    for name in ["notlocalhost", "localhost.example", "local"] {
        assert!(!is_localhost(name), "{name}");
    }
}

#[test]
fn only_short_names_are_searched_for() {
    assert_eq!(absolute("db"), "db");
    assert_eq!(absolute("status.example"), "status.example.");
    assert_eq!(absolute("status.example."), "status.example.");
}

#[tokio::test]
async fn one_refused_address_refuses_the_name() {
    let only_v4 = Guard::new(vec!["127.0.0.0/8".parse().unwrap()]);
    let host = Host::Domain("localhost".to_owned());
    let refused = Resolver::new(only_v4).unwrap().resolve(&host).await;
    assert!(matches!(refused, Err(FetchError::Refused(refusal)) if refusal.address == Ipv6Addr::LOCALHOST));

    let both = Guard::new(vec!["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()]);
    assert_eq!(Resolver::new(both).unwrap().resolve(&host).await.unwrap().len(), 2);
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[tokio::test]
async fn a_page_finds_its_host_by_the_last_addresses_when_the_name_is_gone_or_nobody_answers() {
    for (name, address) in [("gone.example", "10.1.0.8"), ("lasting.example", "10.1.0.7")] {
        let (resolver, _tasks) = resolver().await;
        let pages = Remembered::new(resolver);
        let host = Host::Domain(name.to_owned());
        assert_eq!(pages.resolve(&host).await.unwrap(), [ip(address)]);
        pages.forget_answers();
        tokio::time::pause();
        let begin = Instant::now();
        assert_eq!(pages.resolve(&host).await.unwrap(), [ip(address)], "{name}");
        assert!(begin.elapsed() < LOOKUP, "{name}: it does not wait as long as for a name never heard of");
        tokio::time::advance(Duration::from_secs(3_600)).await;
        assert!(pages.resolve(&host).await.is_err(), "{name}: an hour later they are forgotten");
        tokio::time::resume();
    }
}

#[tokio::test]
async fn the_last_addresses_are_checked_again_and_a_refusal_is_one() {
    let (mut resolver, _tasks) = resolver().await;
    let host = |name: &str| Host::Domain(name.to_owned());
    resolver.guard = Guard::new(Vec::new());
    let pages = Remembered::new(resolver);
    pages.remember("silent.example", &[ip("10.1.0.7")]);
    assert!(matches!(pages.resolve(&host("good.example")).await, Err(FetchError::Refused(_))));
    tokio::time::pause();
    assert!(matches!(pages.resolve(&host("silent.example")).await, Err(FetchError::Refused(_))));
}
