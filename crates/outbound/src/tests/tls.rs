//! Requests over TLS.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
};
use rustls::pki_types::CertificateDer;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tokio_rustls::TlsAcceptor;

use super::{certificate, here};
use crate::{FetchError, Limits, Network, Options, Outbound, Request};

/// More than the windows of HTTP/2 hold.
const LARGE: usize = 7 * 1024 * 1024;

/// A server that speaks by TLS what protocol the client chose, and tells which one it was and what it asked for.
struct Secure {
    address: SocketAddr,
    accepted: Arc<AtomicUsize>,
    open: Arc<Mutex<JoinSet<()>>>,
    _tasks: JoinSet<()>,
}

impl Secure {
    async fn start(acceptor: TlsAcceptor) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (accepted, open) = (Arc::<AtomicUsize>::default(), Arc::<Mutex<JoinSet<()>>>::default());
        let (count, connections) = (Arc::clone(&accepted), Arc::clone(&open));
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                count.fetch_add(1, Ordering::Relaxed);
                connections.lock().unwrap().spawn(serve(acceptor.clone(), stream));
            }
        });
        Self { address, accepted, open, _tasks: tasks }
    }

    fn url(&self, path: &str) -> String {
        format!("https://{}{path}", self.address)
    }
}

async fn serve(acceptor: TlsAcceptor, stream: TcpStream) {
    let Ok(stream) = acceptor.accept(stream).await else { return };
    let service = service_fn(|request: http::Request<Incoming>| async move {
        let location = (request.uri().path() == "/down").then_some("http://127.0.0.1:1/");
        let status = if location.is_some() { 302 } else { 200 };
        let body = match request.uri().path() {
            "/large" => "x".repeat(LARGE),
            path => format!("{:?} {path}", request.version()),
        };
        let mut response = http::Response::new(Full::new(Bytes::from(body)));
        *response.status_mut() = status.try_into().unwrap();
        if let Some(location) = location {
            response.headers_mut().insert("location", location.parse().unwrap());
        }
        Ok::<_, Infallible>(response)
    });
    let builder = auto::Builder::new(TokioExecutor::new());
    let _ = builder.serve_connection(TokioIo::new(stream), service).await;
}

fn trusting(root: CertificateDer<'static>) -> Network {
    Network::new(Options { roots: vec![root], ..here() }).unwrap()
}

#[tokio::test]
async fn both_protocols_are_spoken_over_tls() {
    for (alpn, expect) in [
        (&[&b"h2"[..], b"http/1.1"][..], "HTTP/2.0 /feed"),
        (&[&b"http/1.1"[..]][..], "HTTP/1.1 /feed"),
        (&[][..], "HTTP/1.1 /feed"),
    ] {
        let (root, acceptor) = certificate(&["127.0.0.1"], alpn);
        let server = Secure::start(acceptor).await;
        let response = trusting(root).fetch(Request::get(server.url("/feed"))).await.unwrap();
        assert_eq!(std::str::from_utf8(&response.body).unwrap(), expect);
    }
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_or_names_another_host_is_no_connection() {
    let (root, acceptor) = certificate(&["other.example"], &[]);
    let server = Secure::start(acceptor).await;
    for network in [trusting(root), Network::new(here()).unwrap()] {
        let error = network.fetch(Request::post(server.url("/secret"), "x")).await.unwrap_err();
        assert!(matches!(error, FetchError::Untrusted { .. }), "{error}");
        assert!(!error.may_have_arrived());
        assert!(!error.to_string().contains("secret"));
    }
}

#[tokio::test]
async fn a_large_answer_over_http2_is_read_to_its_end() {
    let (root, acceptor) = certificate(&["127.0.0.1"], &[b"h2"]);
    let server = Secure::start(acceptor).await;
    let response = trusting(root).fetch(Request::get(server.url("/large"))).await.unwrap();
    assert_eq!(response.body.len(), LARGE);
}

#[tokio::test]
async fn a_server_without_tls_is_no_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        let _ = stream.read(&mut [0; 4096]).await;
    });
    let error = Network::new(here()).unwrap().fetch(Request::get(url)).await.unwrap_err();
    assert!(matches!(error, FetchError::Unreachable { .. }), "{error}");
    assert!(!error.may_have_arrived());
}

#[tokio::test]
async fn https_does_not_lead_to_http() {
    let (root, acceptor) = certificate(&["127.0.0.1"], &[]);
    let server = Secure::start(acceptor).await;
    let error = trusting(root).fetch(Request::get(server.url("/down"))).await.unwrap_err();
    assert!(
        matches!(&error, FetchError::BadUrl { reason } if reason.contains("from https to http")),
        "{error}"
    );
}

#[tokio::test]
async fn connections_are_reused_in_both_protocols() {
    for alpn in [&b"h2"[..], b"http/1.1"] {
        let (root, acceptor) = certificate(&["127.0.0.1"], &[alpn]);
        let server = Secure::start(acceptor).await;
        let network = trusting(root);
        for path in ["/one", "/large", "/three"] {
            let response = network.fetch(Request::get(server.url(path))).await.unwrap();
            assert!(path == "/large" || response.body.ends_with(path.as_bytes()));
        }
        assert_eq!(server.accepted.load(Ordering::Relaxed), 1);
        let connections = network.connections();
        assert_eq!((connections.opened(), connections.reused(), connections.idle()), (1, 2, 1));
    }
}

#[tokio::test]
async fn a_secure_connection_that_ended_is_followed_by_a_new_one() {
    for alpn in [&b"h2"[..], b"http/1.1"] {
        let (root, acceptor) = certificate(&["127.0.0.1"], &[alpn]);
        let server = Secure::start(acceptor).await;
        let network = trusting(root);
        for expect in 1..4 {
            network.fetch(Request::get(server.url("/feed"))).await.unwrap();
            assert_eq!(server.accepted.load(Ordering::Relaxed), expect);
            server.open.lock().unwrap().abort_all();
        }
    }
}

#[tokio::test]
async fn a_large_answer_that_is_not_wanted_ends_its_connection() {
    for alpn in [&b"h2"[..], b"http/1.1"] {
        let (root, acceptor) = certificate(&["127.0.0.1"], &[alpn]);
        let server = Secure::start(acceptor).await;
        let network = trusting(root);
        let limits = Limits { max_bytes: LARGE - 1, ..Limits::default() };
        let error = network.fetch(Request::get(server.url("/large")).limits(limits)).await.unwrap_err();
        assert!(matches!(error, FetchError::TooLarge { .. }), "{error}");
        assert_eq!(network.connections().idle(), 0);
    }
}
