//! Requests over plain HTTP.

use std::{io::Write, time::Duration};

use flate2::{Compression, write::GzEncoder};
use jiff::Timestamp;

use super::{Server, answer, closed_port, here, network};
use crate::{FetchError, Limits, Network, Options, Outbound, Request};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn at_most(max_bytes: usize) -> Limits {
    Limits { max_bytes, ..Limits::default() }
}

#[tokio::test]
async fn an_answer_is_read_whatever_its_status() {
    let server = Server::start(|_| answer("503 Busy", &["Retry-After: 7", "ETag: \"a\""], b"busy")).await;
    let response = network().fetch(Request::get(server.url("/feed?x=1#part"))).await.unwrap();
    assert_eq!(response.status, 503);
    assert_eq!(&response.body[..], b"busy");
    assert_eq!(response.header("etag"), Some("\"a\""));
    assert_eq!(response.final_url, server.url("/feed?x=1"));
    assert_eq!(response.retry_after(Timestamp::UNIX_EPOCH), Some(Duration::from_secs(7)));
}

#[tokio::test]
async fn retry_after_may_be_a_date() {
    let server =
        Server::start(|_| answer("429 Slow", &["Retry-After: Sun, 06 Nov 1994 08:49:37 GMT"], b"")).await;
    let response = network().fetch(Request::get(server.url("/"))).await.unwrap();
    let wait = |now: &str| response.retry_after(now.parse().unwrap());
    assert_eq!(wait("1994-11-06T08:49:07Z"), Some(Duration::from_secs(30)));
    assert_eq!(wait("1994-11-07T00:00:00Z"), Some(Duration::ZERO));
    assert_eq!(wait("1984-01-01T00:00:00Z"), Some(Duration::from_secs(24 * 3600)));
}

#[tokio::test]
async fn requests_say_who_asks_and_on_which_condition() {
    let server = Server::start(|_| answer("304 Not Modified", &["content-encoding: gzip"], b"")).await;
    let request = Request::get(server.url("/feed"))
        .header("if-none-match", "\"a\"")
        .header("if-modified-since", "Sun, 06 Nov 1994 08:49:37 GMT");
    let response = network().fetch(request).await.unwrap();
    assert_eq!((response.status, response.body.len()), (304, 0));
    let seen = &server.requests()[0];
    for line in [
        "GET /feed HTTP/1.1\r\n",
        "if-none-match: \"a\"\r\n",
        "if-modified-since: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
        "accept-encoding: gzip, br\r\n",
        "user-agent: Midwatch/",
        &format!("host: {}\r\n", server.address),
    ] {
        assert!(seen.contains(line), "{line} in {seen}");
    }
}

#[tokio::test]
async fn requests_name_an_address_where_there_is_one() {
    for (contact, expected) in [
        (Some("https://status.acme.example"), " (+https://status.acme.example; status page reader)\r\n"),
        (None, " (status page reader)\r\n"),
    ] {
        let server = Server::start(|_| answer("200 OK", &[], b"")).await;
        let options = Options { contact: contact.map(str::to_owned), ..here() };
        Network::new(options).unwrap().fetch(Request::get(server.url("/"))).await.unwrap();
        let seen = &server.requests()[0];
        assert!(
            seen.contains(&format!("user-agent: Midwatch/{}{expected}", env!("CARGO_PKG_VERSION"))),
            "{seen}"
        );
    }
    assert!(Network::new(Options { contact: Some("a\nb".to_owned()), ..here() }).is_err());
}

#[tokio::test]
async fn a_post_hands_over_its_body() {
    let server = Server::start(|_| answer("202 Accepted", &[], b"")).await;
    let request = Request::post(server.url("/hook"), "{\"a\":1}").header("content-type", "application/json");
    assert_eq!(network().fetch(request).await.unwrap().status, 202);
    let seen = &server.requests()[0];
    assert!(seen.starts_with("POST /hook HTTP/1.1\r\n"), "{seen}");
    assert!(seen.contains("content-length: 7\r\n") && seen.ends_with("\r\n\r\n{\"a\":1}"), "{seen}");
}

#[tokio::test]
async fn this_machine_is_refused_however_it_is_written() {
    let server = Server::start(|_| answer("200 OK", &[], b"")).await;
    let network = Network::new(Options::default()).unwrap();
    let port = server.address.port();
    for host in [
        "127.0.0.1",
        "[::ffff:127.0.0.1]",
        "2130706433",
        "0x7f.1",
        "127.1",
        "[::1]",
        "localhost",
        "a.localhost",
    ] {
        let error = network.fetch(Request::get(format!("http://{host}:{port}/"))).await.unwrap_err();
        assert!(matches!(error, FetchError::Refused(_)), "{host}: {error}");
        assert!(!error.may_have_arrived());
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_redirect_to_a_refused_address_is_not_followed() {
    let server =
        Server::start(|_| answer("302 Found", &["Location: http://169.254.169.254/latest/"], b"")).await;
    let error = network().fetch(Request::get(server.url("/"))).await.unwrap_err();
    assert!(matches!(error, FetchError::Refused(_)), "{error}");
}

#[tokio::test]
async fn redirects_are_followed_and_another_host_is_not_told_secrets() {
    let last = Server::start(|_| answer("200 OK", &[], b"there")).await;
    let location = format!("Location: {}", last.url("/there"));
    let first = Server::start(move |request| match request.starts_with("GET /one ") {
        true => answer("301 Moved", &["Location: two"], b"ignored"),
        false => answer("307 Elsewhere", &[&location], b""),
    })
    .await;
    let request =
        Request::get(first.url("/one")).header("authorization", "secret").header("if-none-match", "\"a\"");
    let response = network().fetch(request).await.unwrap();
    assert_eq!((&response.body[..], response.final_url), (&b"there"[..], last.url("/there")));
    assert!(first.requests()[1].contains("authorization: secret"));
    assert!(!last.requests()[0].contains("secret"));
    assert!(last.requests()[0].contains("if-none-match: \"a\""));
}

#[tokio::test]
async fn a_circle_of_redirects_ends() {
    let server = Server::start(|_| answer("302 Found", &["Location: /again"], b"")).await;
    let error = network().fetch(Request::get(server.url("/"))).await.unwrap_err();
    assert!(matches!(error, FetchError::TooManyRedirects { limit: 3 }), "{error}");
    assert_eq!(server.requests().len(), 4);
}

#[tokio::test]
async fn a_redirect_that_may_not_be_followed_is_the_answer() {
    let server = Server::start(|_| answer("302 Found", &["Location: /again"], b"moved")).await;
    for request in [
        Request::post(server.url("/"), "x"),
        Request::get(server.url("/")).limits(Limits { redirects: 0, ..Limits::default() }),
    ] {
        let response = network().fetch(request).await.unwrap();
        assert_eq!((response.status, &response.body[..]), (302, &b"moved"[..]));
    }
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn compressed_answers_are_decompressed() {
    let server = Server::start(|_| answer("200 OK", &["content-encoding: gzip"], &gzip(b"hello"))).await;
    let response = network().fetch(Request::get(server.url("/"))).await.unwrap();
    assert_eq!(&response.body[..], b"hello");
}

#[tokio::test]
async fn a_small_answer_that_unpacks_to_a_huge_one_is_stopped() {
    let bomb = gzip(&vec![0; 20 * 1024 * 1024]);
    assert!(bomb.len() < 64 * 1024);
    let server = Server::start(move |_| answer("200 OK", &["content-encoding: gzip"], &bomb)).await;
    let request = Request::get(server.url("/")).limits(at_most(64 * 1024));
    let error = network().fetch(request).await.unwrap_err();
    assert!(matches!(error, FetchError::TooLarge { max_bytes: 65_536 }), "{error}");
}

#[tokio::test]
async fn the_limit_holds_to_the_byte_with_and_without_a_length() {
    let server = Server::start(|request| match request.starts_with("GET /length ") {
        true => answer("200 OK", &[], &[b'x'; 100]),
        false => [&b"HTTP/1.1 200 OK\r\n\r\n"[..], &[b'x'; 100]].concat(),
    })
    .await;
    for path in ["/length", "/until-the-end"] {
        let enough = network().fetch(Request::get(server.url(path)).limits(at_most(100))).await.unwrap();
        assert_eq!(enough.body.len(), 100);
        let error = network().fetch(Request::get(server.url(path)).limits(at_most(99))).await.unwrap_err();
        assert!(matches!(error, FetchError::TooLarge { max_bytes: 99 }), "{path}: {error}");
    }
}

#[tokio::test]
async fn a_head_may_be_large_but_not_endless() {
    for (bytes, is_read) in [(24 * 1024, true), (48 * 1024, false)] {
        let line = format!("x-policy: {}", "x".repeat(bytes));
        let server = Server::start(move |_| answer("200 OK", &[&line], b"fine")).await;
        assert_eq!(network().fetch(Request::get(server.url("/"))).await.is_ok(), is_read, "{bytes}");
    }
}

#[tokio::test]
async fn broken_and_unknown_compression_breaks_the_exchange_off() {
    let cut = gzip(b"hello hello hello")[..12].to_vec();
    for (encoding, body) in [("gzip", cut), ("zstd", b"x".to_vec()), ("br", b"not brotli".to_vec())] {
        let line = format!("content-encoding: {encoding}");
        let server = Server::start(move |_| answer("200 OK", &[&line], &body)).await;
        let error = network().fetch(Request::get(server.url("/"))).await.unwrap_err();
        assert!(matches!(error, FetchError::BrokenOff { .. }), "{encoding}: {error}");
    }
}

#[tokio::test]
async fn a_cut_connection_may_have_delivered() {
    let begun = &b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nfour"[..];
    for bytes in [&b""[..], begun, b"nonsense\r\n\r\n"] {
        let server = Server::start(|_| bytes.to_vec()).await;
        let error = network().fetch(Request::post(server.url("/secret"), "x")).await.unwrap_err();
        let is_as_expected = match bytes == begun {
            true => matches!(error, FetchError::HeadOnly { .. }),
            false => matches!(error, FetchError::BrokenOff { .. }),
        };
        assert!(is_as_expected, "{error}");
        assert!(error.may_have_arrived());
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}

#[tokio::test]
async fn a_closed_port_is_unreachable() {
    let (_socket, address) = closed_port();
    let url = format!("http://{address}/secret");
    let error = network().fetch(Request::post(url, "x")).await.unwrap_err();
    assert!(matches!(error, FetchError::Unreachable { .. }), "{error}");
    assert!(!error.may_have_arrived());
    assert!(!error.to_string().contains("secret"));
}

#[tokio::test]
async fn a_header_that_would_end_its_line_is_not_sent() {
    let request = Request::get("http://127.0.0.1:9/").header("x-name", "a\r\nx-evil: b");
    let error = network().fetch(request).await.unwrap_err();
    assert!(matches!(error, FetchError::BadUrl { .. }), "{error}");
}

#[tokio::test]
async fn a_page_is_answered_by_the_head_of_the_answer() {
    let large = answer("202 Accepted", &[], &[b'x'; 4096]);
    let unreadable = b"HTTP/1.1 200 OK\r\ncontent-encoding: zstd\r\ncontent-length: 3\r\n\r\n123".to_vec();
    let cut = b"HTTP/1.1 201 Created\r\ncontent-length: 9\r\n\r\n123".to_vec();
    for (bytes, expected) in [(large, 202), (cut, 201), (unreadable, 200)] {
        let given = bytes.clone();
        let server = Server::start(move |_| given.clone()).await;
        let page = Request::post(server.url("/"), "x").limits(at_most(1024));
        let error = network().fetch(page).await.unwrap_err();
        let FetchError::HeadOnly { status, .. } = error else { panic!("{error}") };
        assert_eq!(status, expected);
        let poll = Request::get(server.url("/")).limits(at_most(1024));
        let error = network().fetch(poll).await.unwrap_err();
        assert!(!matches!(error, FetchError::HeadOnly { .. }), "a poll is nothing without its body: {error}");
    }
}
