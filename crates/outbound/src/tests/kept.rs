//! Which connections are reused, and which never.

use std::time::Duration;

use super::{
    a_while, answer, here,
    keeper::{Act, Keeper, ok},
    network, skip, until,
};
use crate::{
    FetchError, Limits, Network, Options, Outbound, Request,
    pool::{AGE, IDLE},
};

/// Opened, reused, idle.
fn counted(network: &Network) -> (u64, u64, usize) {
    let connections = network.connections();
    (connections.opened(), connections.reused(), connections.idle())
}

/// A network that may reach this machine by both families, as its own names need.
fn by_name() -> Network {
    let allow = ["127.0.0.0/8", "::1/128"].map(|net| net.parse().unwrap()).to_vec();
    Network::new(Options { allow, ..here() }).unwrap()
}

/// A server that answers the first request of its first connection, and acts like this at any later one.
async fn then(act: fn() -> Act) -> Keeper {
    Keeper::start(move |before, request| match (before, request.starts_with("GET /first ")) {
        (0, false) => act(),
        (_, _) => Act::Say(ok()),
    })
    .await
}

#[tokio::test]
async fn polls_reuse_a_connection() {
    let server = Keeper::agreeing().await;
    let network = network();
    for path in ["/one", "/two", "/three"] {
        assert_eq!(&network.fetch(Request::get(server.url(path))).await.unwrap().body[..], b"fine");
    }
    assert_eq!((server.accepted(), server.heard().len()), (1, 3));
    assert_eq!(counted(&network), (1, 2, 1));
}

#[tokio::test]
async fn an_answer_without_a_body_leaves_its_connection_fit() {
    let server = Keeper::start(|_, request| match request.starts_with("GET /not-modified ") {
        true => Act::Say(b"HTTP/1.1 304 Not Modified\r\netag: \"a\"\r\n\r\n".to_vec()),
        false => Act::Say(answer("503 Busy", &[], b"")),
    })
    .await;
    let network = network();
    for (path, status) in [("/not-modified", 304), ("/busy", 503), ("/not-modified", 304)] {
        assert_eq!(network.fetch(Request::get(server.url(path))).await.unwrap().status, status);
    }
    assert_eq!(server.accepted(), 1);
}

#[tokio::test]
async fn a_connection_that_the_server_ends_is_not_kept() {
    let acts: [fn() -> Act; 4] = [
        || Act::Say(answer("200 OK", &["connection: close"], b"fine")),
        || Act::End(ok()),
        || Act::End(b"HTTP/1.1 200 OK\r\n\r\nfine".to_vec()),
        || Act::Say(b"HTTP/1.0 200 OK\r\ncontent-length: 4\r\n\r\nfine".to_vec()),
    ];
    for act in acts {
        let server = Keeper::start(move |_, _| act()).await;
        let network = network();
        for expect in 1..4 {
            assert_eq!(&network.fetch(Request::get(server.url("/"))).await.unwrap().body[..], b"fine");
            until(|| network.connections().idle() == 0).await;
            assert_eq!(server.accepted(), expect);
        }
        assert_eq!(counted(&network), (3, 0, 0));
    }
}

#[tokio::test]
async fn a_connection_whose_answer_was_not_read_to_its_end_is_not_kept() {
    let acts: [fn() -> Act; 5] = [
        || Act::Say(answer("200 OK", &[], &[b'x'; 101])),
        || {
            Act::Say(
                [&b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n65\r\n"[..], &[b'x'; 101]].concat(),
            )
        },
        || Act::Say(answer("200 OK", &["content-encoding: zstd"], b"x")),
        || Act::Say(answer("200 OK", &["content-encoding: br"], b"not brotli")),
        || Act::End(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nfour".to_vec()),
    ];
    for act in acts {
        let server = then(act).await;
        let network = network();
        let get = |path| {
            let limits = Limits { max_bytes: 100, ..Limits::default() };
            network.fetch(Request::get(server.url(path)).limits(limits))
        };
        get("/first").await.unwrap();
        get("/spoiled").await.unwrap_err();
        assert_eq!(counted(&network), (1, 1, 0));
        get("/first").await.unwrap();
        assert_eq!((server.accepted(), server.heard().len()), (2, 3));
    }
}

#[tokio::test]
async fn what_comes_after_an_answer_is_no_other_answer() {
    let server = Keeper::start(|before, _| match before {
        0 => Act::Say([ok(), answer("200 OK", &[], b"forged")].concat()),
        _ => Act::Say(ok()),
    })
    .await;
    let network = network();
    for _ in 0..3 {
        assert_eq!(&network.fetch(Request::get(server.url("/"))).await.unwrap().body[..], b"fine");
    }
    assert_eq!(server.accepted(), 2);
}

#[tokio::test]
async fn a_connection_whose_answer_came_too_late_is_not_kept() {
    let half = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfi";
    for first in [&b""[..], half] {
        let server = Keeper::start(move |before, _| match before {
            0 => Act::Pause(first.to_vec(), Vec::new()),
            _ => Act::Say(ok()),
        })
        .await;
        let network = network();
        let get = || network.fetch(Request::get(server.url("/")));
        let late = async {
            until(|| server.paused() == 1).await;
            a_while().await;
            skip(Limits::default().total).await;
        };
        let (result, ()) = tokio::join!(get(), late);
        assert!(matches!(result, Err(FetchError::TooSlow { sent: true, .. })), "{result:?}");
        assert_eq!(counted(&network), (1, 0, 0));
        get().await.unwrap();
        assert_eq!(server.accepted(), 2);
    }
}

#[tokio::test]
async fn a_poll_whose_kept_connection_was_closed_is_sent_once_more() {
    let server = then(|| Act::End(Vec::new())).await;
    let network = network();
    network.fetch(Request::get(server.url("/first"))).await.unwrap();
    assert_eq!(network.fetch(Request::get(server.url("/second"))).await.unwrap().status, 200);
    assert_eq!((server.accepted(), server.heard().len()), (2, 3));
    assert_eq!(counted(&network), (2, 0, 1));
}

#[tokio::test]
async fn a_poll_is_not_sent_a_third_time() {
    let server = Keeper::start(|_, request| match request.starts_with("GET /first ") {
        true => Act::Say(ok()),
        false => Act::End(Vec::new()),
    })
    .await;
    let network = network();
    network.fetch(Request::get(server.url("/first"))).await.unwrap();
    let error = network.fetch(Request::get(server.url("/second"))).await.unwrap_err();
    assert!(matches!(error, FetchError::BrokenOff { .. }), "{error}");
    assert_eq!((server.accepted(), server.heard().len()), (2, 3));
    let error = network.fetch(Request::get(server.url("/third"))).await.unwrap_err();
    assert!(matches!(error, FetchError::BrokenOff { .. }), "{error}");
    assert_eq!((server.accepted(), server.heard().len()), (3, 4), "over a new connection it is sent once");
}

#[tokio::test]
async fn an_answer_that_has_begun_is_not_asked_for_again() {
    let acts: [fn() -> Act; 3] = [
        || Act::End(b"H".to_vec()),
        || Act::End(b"nonsense\r\n\r\n".to_vec()),
        || Act::End(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n".to_vec()),
    ];
    for act in acts {
        let server = then(act).await;
        let network = network();
        network.fetch(Request::get(server.url("/first"))).await.unwrap();
        let error = network.fetch(Request::get(server.url("/second"))).await.unwrap_err();
        assert!(matches!(error, FetchError::BrokenOff { .. }), "{error}");
        assert_eq!((server.accepted(), server.heard().len()), (1, 2));
    }
}

#[tokio::test]
async fn a_page_has_a_connection_of_its_own_and_is_sent_once() {
    let server = Keeper::start(|_, request| match request.starts_with("POST /cut ") {
        true => Act::End(Vec::new()),
        false => Act::Say(ok()),
    })
    .await;
    let network = network();
    network.fetch(Request::get(server.url("/"))).await.unwrap();
    for expect in 2..4 {
        network.fetch(Request::post(server.url("/page"), "x")).await.unwrap();
        assert_eq!(server.accepted(), expect);
    }
    let error = network.fetch(Request::post(server.url("/cut"), "x")).await.unwrap_err();
    assert!(matches!(error, FetchError::BrokenOff { .. }) && error.may_have_arrived(), "{error}");
    assert_eq!((server.accepted(), server.heard().len()), (4, 4));
    network.fetch(Request::get(server.url("/"))).await.unwrap();
    assert_eq!(server.accepted(), 4, "the poll's connection was left alone");
    assert_eq!(counted(&network), (4, 1, 1));
}

#[tokio::test]
async fn another_host_at_the_same_address_has_its_own_connection() {
    let server = Keeper::agreeing().await;
    let network = by_name();
    let hosts = ["127.0.0.1", "localhost", "a.localhost", "b.localhost", "a.localhost."];
    for _ in 0..2 {
        for host in hosts {
            network.fetch(Request::get(format!("http://{host}:{}/", server.address.port()))).await.unwrap();
        }
    }
    assert_eq!(server.accepted(), hosts.len());
    assert_eq!(counted(&network), (5, 5, 5));
}

#[tokio::test]
async fn idle_and_old_connections_are_replaced() {
    let server = Keeper::agreeing().await;
    let network = network();
    let get = || network.fetch(Request::get(server.url("/")));
    get().await.unwrap();
    skip(IDLE).await;
    assert_eq!(network.connections().idle(), 0);
    get().await.unwrap();
    assert_eq!(server.accepted(), 2);

    for _ in 0..9 {
        skip(AGE / 10).await;
        get().await.unwrap();
        assert_eq!(server.accepted(), 2);
    }
    skip(AGE / 10).await;
    get().await.unwrap();
    assert_eq!(server.accepted(), 3);
}

#[tokio::test]
async fn a_kept_connection_that_fell_silent_is_given_up_in_time() {
    let server = then(|| Act::Pause(Vec::new(), Vec::new())).await;
    let network = network();
    network.fetch(Request::get(server.url("/first"))).await.unwrap();
    let silence = async {
        until(|| server.paused() == 1).await;
        skip(Duration::from_secs(5)).await;
    };
    let (result, ()) = tokio::join!(network.fetch(Request::get(server.url("/second"))), silence);
    assert_eq!(result.unwrap().status, 200);
    assert_eq!((server.accepted(), server.heard().len()), (2, 3));
}

#[tokio::test]
async fn an_answer_that_has_begun_is_waited_for() {
    let server = Keeper::start(|_, request| match request.starts_with("GET /first ") {
        true => Act::Say(ok()),
        false => Act::Pause(b"HTTP/1.1 200 ".to_vec(), b"OK\r\ncontent-length: 0\r\n\r\n".to_vec()),
    })
    .await;
    let network = network();
    network.fetch(Request::get(server.url("/first"))).await.unwrap();
    let slowness = async {
        until(|| server.paused() == 1).await;
        a_while().await;
        skip(Duration::from_secs(5)).await;
        a_while().await;
        server.let_go(1);
    };
    let (result, ()) = tokio::join!(network.fetch(Request::get(server.url("/second"))), slowness);
    assert_eq!(result.unwrap().status, 200);
    assert_eq!((server.accepted(), server.heard().len()), (1, 2));
    assert_eq!(counted(&network), (1, 1, 0), "the connection of a slow server is not kept");
}

#[tokio::test]
async fn a_redirect_leaves_its_connection_fit() {
    let server = Keeper::start(|_, request| match request.starts_with("GET /old ") {
        true => Act::Say(answer("301 Moved", &["location: /new"], b"moved")),
        false => Act::Say(ok()),
    })
    .await;
    let network = network();
    for _ in 0..2 {
        let response = network.fetch(Request::get(server.url("/old"))).await.unwrap();
        assert_eq!(response.final_url, server.url("/new"));
    }
    assert_eq!((server.accepted(), server.heard().len()), (1, 4));
}

#[tokio::test]
async fn the_guard_is_asked_however_warm_the_pool_is() {
    let server = Keeper::start(|_, request| {
        let path = request.split(' ').nth(1).unwrap_or_default();
        match path.strip_prefix("/to/") {
            Some(host) => Act::Say(answer("302 Found", &[&format!("location: http://{host}/")], b"")),
            None => Act::Say(ok()),
        }
    })
    .await;
    let allow = vec!["127.0.0.1/32".parse().unwrap()];
    let network = Network::new(Options { allow, ..Options::default() }).unwrap();
    let port = server.address.port();
    network.fetch(Request::get(server.url("/"))).await.unwrap();
    for host in ["127.0.0.2", "[::1]", "localhost", "[::ffff:127.0.0.2]", "169.254.169.254", "10.0.0.1"] {
        for url in [format!("http://{host}:{port}/"), server.url(&format!("/to/{host}:{port}"))] {
            let error = network.fetch(Request::get(&url)).await.unwrap_err();
            assert!(matches!(error, FetchError::Refused(_)), "{url}: {error}");
        }
    }
    let url = server.url(&format!("/to/127.0.0.1:{port}"));
    assert_eq!(network.fetch(Request::get(url)).await.unwrap().status, 200);
    assert_eq!(server.accepted(), 1);
}
