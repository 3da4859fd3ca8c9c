//! Requests over TLS.

use std::{convert::Infallible, net::SocketAddr};

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
    net::TcpListener,
    task::JoinSet,
};
use tokio_rustls::TlsAcceptor;

use super::{certificate, here};
use crate::{FetchError, Network, Options, Outbound, Request};

/// More than the windows of HTTP/2 hold.
const LARGE: usize = 7 * 1024 * 1024;

/// Serves by TLS what protocol the client chose, and tells which one it was and what it asked for.
async fn serve(acceptor: TlsAcceptor) -> (SocketAddr, JoinSet<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let Ok(stream) = acceptor.accept(stream).await else { continue };
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
    });
    (address, tasks)
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
        let (address, _tasks) = serve(acceptor).await;
        let response = trusting(root).fetch(Request::get(format!("https://{address}/feed"))).await.unwrap();
        assert_eq!(std::str::from_utf8(&response.body).unwrap(), expect);
    }
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_or_names_another_host_is_no_connection() {
    let (root, acceptor) = certificate(&["other.example"], &[]);
    let (address, _tasks) = serve(acceptor).await;
    for network in [trusting(root), Network::new(here()).unwrap()] {
        let error = network.fetch(Request::post(format!("https://{address}/secret"), "x")).await.unwrap_err();
        assert!(matches!(error, FetchError::Unreachable { .. }), "{error}");
        assert!(!error.may_have_arrived());
        assert!(!error.to_string().contains("secret"));
    }
}

#[tokio::test]
async fn a_large_answer_over_http2_is_read_to_its_end() {
    let (root, acceptor) = certificate(&["127.0.0.1"], &[b"h2"]);
    let (address, _tasks) = serve(acceptor).await;
    let response = trusting(root).fetch(Request::get(format!("https://{address}/large"))).await.unwrap();
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
    let (address, _tasks) = serve(acceptor).await;
    let error = trusting(root).fetch(Request::get(format!("https://{address}/down"))).await.unwrap_err();
    assert!(
        matches!(&error, FetchError::BadUrl { reason } if reason.contains("from https to http")),
        "{error}"
    );
}
