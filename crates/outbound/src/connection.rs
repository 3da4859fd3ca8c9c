//! One connection to a checked address, and one request over it.
//!
//! A connection carries one request and is closed: polls are minutes apart, so there is little to win by keeping it, and
//! a connection that is never kept can't be given to the wrong host or put back half read. What hyper runs beside the
//! request lives in a set that ends with the exchange.

use std::{
    error::Error,
    future::Future,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{
    body::Incoming,
    client::conn::{http1, http2},
    rt::{Executor, Read, Write},
};
use hyper_util::rt::TokioIo;
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, ServerName},
};
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;

use crate::{FetchError, dial, target::Target};

/// Returns what makes TLS connections that trust the public roots and `extra` ones.
pub(crate) fn tls(extra: &[CertificateDer<'static>]) -> io::Result<TlsConnector> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    for root in extra {
        roots.add(root.clone()).map_err(io::Error::other)?;
    }
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsConnector::from(Arc::new(config)))
}

/// An open connection, ready for one request.
pub(crate) struct Connection {
    sender: Sender,
    tasks: Tasks,
}

enum Sender {
    Http1(http1::SendRequest<Full<Bytes>>),
    Http2(http2::SendRequest<Full<Bytes>>),
}

/// What runs beside a request. Dropping it ends them.
pub(crate) type Tasks = Arc<Mutex<JoinSet<()>>>;

impl Connection {
    /// Connects to the first of the checked addresses that accepts.
    pub(crate) async fn open(
        target: &Target,
        addresses: &[SocketAddr],
        tls: &TlsConnector,
    ) -> Result<Self, FetchError> {
        let failed = |reason: String| FetchError::Unreachable { host: target.host_name(), reason };
        let (stream, _) = dial::first_that_accepts(addresses).await.map_err(failed)?;
        if !target.is_https() {
            return Self::http1(stream).await.map_err(|error| failed(chain(&error)));
        }
        let name = ServerName::try_from(target.certificate_name()).map_err(|error| failed(chain(&error)))?;
        let stream = tls.connect(name, stream).await.map_err(|error| failed(chain(&error)))?;
        let opened = match stream.get_ref().1.alpn_protocol() {
            Some(b"h2") => Self::http2(stream).await,
            Some(_) | None => Self::http1(stream).await,
        };
        opened.map_err(|error| failed(chain(&error)))
    }

    async fn http1<S>(stream: S) -> hyper::Result<Self>
    where
        TokioIo<S>: Read + Write + Unpin + Send + 'static,
    {
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let tasks = Tasks::default();
        Beside(Arc::downgrade(&tasks)).execute(async {
            let _ = connection.await; // its error also reaches the request
        });
        Ok(Self { sender: Sender::Http1(sender), tasks })
    }

    async fn http2<S>(stream: S) -> hyper::Result<Self>
    where
        TokioIo<S>: Read + Write + Unpin + Send + 'static,
    {
        let tasks = Tasks::default();
        let beside = Beside(Arc::downgrade(&tasks));
        let (sender, connection) = http2::handshake(beside.clone(), TokioIo::new(stream)).await?;
        beside.execute(async {
            let _ = connection.await;
        });
        Ok(Self { sender: Sender::Http2(sender), tasks })
    }

    /// Sends the request and returns the head of the answer, with what must live until its body is read.
    pub(crate) async fn send(
        self,
        target: &Target,
        mut request: http::Request<Full<Bytes>>,
    ) -> Result<Answer, FetchError> {
        let broken = |error: hyper::Error| target.broken_off(chain(&error));
        let (head, tasks) = match self.sender {
            Sender::Http1(mut sender) => {
                *request.uri_mut() = target.path()?;
                request.headers_mut().insert(http::header::HOST, target.host_header()?);
                (sender.send_request(request).await.map_err(broken)?, self.tasks)
            }
            Sender::Http2(mut sender) => {
                *request.uri_mut() = target.absolute()?;
                *request.version_mut() = http::Version::HTTP_2;
                (sender.send_request(request).await.map_err(broken)?, self.tasks)
            }
        };
        Ok(Answer { head, tasks })
    }
}

/// The head of an answer, and its body as it comes in.
pub(crate) struct Answer {
    /// Status, headers, body.
    pub(crate) head: http::Response<Incoming>,
    /// What reads the body; it ends when this is dropped.
    pub(crate) tasks: Tasks,
}

/// Starts hyper's tasks in a set. Weak, since the tasks hold it: otherwise the set would never end.
#[derive(Clone)]
struct Beside(Weak<Mutex<JoinSet<()>>>);

impl<F: Future<Output = ()> + Send + 'static> Executor<F> for Beside {
    fn execute(&self, task: F) {
        if let Some(tasks) = self.0.upgrade() {
            tasks.lock().unwrap_or_else(PoisonError::into_inner).spawn(task);
        }
    }
}

/// An error and its causes, in one line.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_line = cause.to_string();
        if !line.ends_with(&cause_line) {
            line = format!("{line}: {cause_line}");
        }
        source = cause.source();
    }
    line
}
