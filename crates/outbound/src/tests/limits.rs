//! How many may be where at once, and how long anything may take.

use std::{sync::Arc, time::Duration};

use tokio::{net::TcpListener, task::JoinSet};

use super::{
    a_while, here,
    keeper::{Act, Keeper, ok},
    network, skip, until,
};
use crate::{FetchError, Limits, Network, Options, Outbound, Request, Response};

type Fetches = JoinSet<Result<Response, FetchError>>;

/// A server that makes polls wait until they are let go, and takes pages at once.
async fn slow_for_polls() -> Keeper {
    Keeper::start(|_, request| match request.starts_with("GET ") {
        true => Act::Pause(Vec::new(), ok()),
        false => Act::Say(ok()),
    })
    .await
}

/// Polls these addresses at the same time.
fn poll(network: &Arc<Network>, urls: impl IntoIterator<Item = String>) -> Fetches {
    let mut polls = JoinSet::new();
    for url in urls {
        let network = Arc::clone(network);
        polls.spawn(async move { network.fetch(Request::get(url)).await });
    }
    polls
}

/// Names of this machine, each with the server's port.
fn names(server: &Keeper, count: usize) -> impl Iterator<Item = String> {
    let port = server.address.port();
    (0..count).map(move |number| format!("http://host-{number}.localhost:{port}/"))
}

fn by_name() -> Arc<Network> {
    let allow = ["127.0.0.0/8", "::1/128"].map(|net| net.parse().unwrap()).to_vec();
    Arc::new(Network::new(Options { allow, ..here() }).unwrap())
}

fn is_sent(result: Result<Response, FetchError>) -> bool {
    let error = result.unwrap_err();
    let FetchError::TooSlow { sent, .. } = error else { panic!("{error}") };
    sent
}

#[tokio::test]
async fn a_host_is_asked_twice_at_once_whether_connections_are_new_or_kept() {
    let server = slow_for_polls().await;
    let network = Arc::new(network());
    for round in 1..3 {
        let polls = poll(&network, (0..6).map(|_| server.url("/")));
        until(|| server.paused() >= 2).await;
        a_while().await;
        assert_eq!(server.paused(), 2);
        server.let_go(6);
        assert!(polls.join_all().await.iter().all(Result::is_ok));
        assert_eq!((server.most_paused(), server.accepted()), (2, 2), "round {round}");
    }
    let connections = network.connections();
    assert_eq!((connections.opened(), connections.reused(), connections.idle()), (2, 10, 2));
}

#[tokio::test]
async fn hosts_at_one_address_share_its_limit_and_pages_do_not_wait() {
    let server = slow_for_polls().await;
    let network = by_name();
    for round in 1..3 {
        let polls = poll(&network, names(&server, 20));
        until(|| server.paused() >= 16).await;
        a_while().await;
        assert_eq!(server.paused(), 16, "round {round}");
        for url in names(&server, 20) {
            assert_eq!(network.fetch(Request::post(url, "page")).await.unwrap().status, 200);
        }
        server.let_go(20);
        assert!(polls.join_all().await.iter().all(Result::is_ok));
        assert_eq!(server.most_paused(), 16, "round {round}");
    }
    assert_eq!(network.connections().reused(), 20);
}

#[tokio::test]
async fn waiting_at_an_address_counts() {
    let server = slow_for_polls().await;
    let polls = poll(&by_name(), names(&server, 17));
    until(|| server.paused() >= 16).await;
    skip(Limits::default().total).await;
    let sent = polls.join_all().await.into_iter().map(is_sent);
    assert_eq!(sent.filter(|&sent| sent).count(), 16, "the seventeenth never left");
}

#[tokio::test]
async fn waiting_behind_two_polls_counts_and_pages_do_not_wait() {
    let server = Keeper::start(|_, _| Act::Pause(Vec::new(), Vec::new())).await;
    let network = network();
    let poll = || network.fetch(Request::get(server.url("/")));
    let page = network.fetch(Request::post(server.url("/"), "x"));
    let late = async {
        until(|| server.paused() >= 3).await;
        skip(Limits::default().total).await;
    };
    let (first, second, third, page, ()) = tokio::join!(poll(), poll(), poll(), page, late);
    assert_eq!([first, second, third, page].map(is_sent), [true, true, false, true]);
}

#[tokio::test]
async fn a_server_that_never_answers_is_too_slow() {
    let server = Keeper::start(|_, _| Act::Pause(Vec::new(), Vec::new())).await;
    let limits = Limits { total: Duration::from_secs(15), ..Limits::default() };
    let network = network();
    let page = network.fetch(Request::post(server.url("/secret"), "x").limits(limits));
    let late = async {
        until(|| server.paused() == 1).await;
        skip(limits.total).await;
    };
    let (result, ()) = tokio::join!(page, late);
    let error = result.unwrap_err();
    assert!(matches!(error, FetchError::TooSlow { sent: true, .. }) && error.may_have_arrived());
    assert_eq!(error.to_string(), "no whole answer within 15 s");
}

#[tokio::test]
async fn redirects_share_one_deadline() {
    let server =
        Keeper::start(|_, _| Act::Pause(Vec::new(), super::answer("302 Found", &["location: /on"], b"")))
            .await;
    server.let_go(2);
    let network = network();
    let late = async {
        until(|| server.heard().len() == 3).await;
        skip(Limits::default().total).await;
    };
    let (result, ()) = tokio::join!(network.fetch(Request::get(server.url("/"))), late);
    assert!(is_sent(result));
}

#[tokio::test]
async fn a_server_that_never_shakes_hands_was_told_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let network = network();
    let page = network.fetch(Request::post(format!("https://{}/", listener.local_addr().unwrap()), "x"));
    let late = async {
        let (stream, _) = listener.accept().await.unwrap();
        stream.readable().await.unwrap();
        skip(Limits::default().total).await;
        stream // which stays open until then
    };
    let (result, _stream) = tokio::join!(page, late);
    assert!(!is_sent(result));
}
