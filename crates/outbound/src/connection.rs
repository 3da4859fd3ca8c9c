//! One connection to a checked address, and the requests over it, one at a time.
//!
//! What hyper runs beside a request lives in a set that ends with the connection, so dropping a connection closes it.
//! Whoever keeps one for another request does so only after the answer was read to its end; the pool says for whom.

use std::{
    error::Error,
    future::Future,
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{
    body::Incoming,
    client::conn::{http1, http2},
    rt::Executor,
};
use hyper_util::rt::TokioIo;
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, ServerName},
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    task::JoinSet,
    time::Instant,
};
use tokio_rustls::TlsConnector;

use crate::{
    FetchError, dial,
    heard::{Ear, Heard},
    target::Target,
};

/// How soon an answer must begin for the connection to be worth keeping. Dialling again adds little to a slower one, and
/// silence on a kept connection can then be told from slowness.
const PROMPT: Duration = Duration::from_secs(2);

/// What HTTP/1 buffers at most. A connection holds on to as much as it once needed, also while it is idle, and the head
/// of an answer must fit.
const BUFFER: usize = 32 * 1024;

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

/// An open connection.
pub(crate) struct Connection {
    sender: Sender,
    _tasks: Tasks,
    address: IpAddr,
    opened_at: Instant,
    heard: Heard,
    prompt: bool,
}

enum Sender {
    Http1(http1::SendRequest<Full<Bytes>>),
    Http2(http2::SendRequest<Full<Bytes>>),
}

/// What runs beside the requests. Dropping it ends them.
type Tasks = Arc<Mutex<JoinSet<()>>>;

impl Connection {
    /// Connects to the first of the checked addresses that accepts.
    pub(crate) async fn open(
        target: &Target,
        addresses: &[IpAddr],
        tls: &TlsConnector,
    ) -> Result<Self, FetchError> {
        let failed = |reason: String| FetchError::Unreachable { host: target.host_name(), reason };
        let addresses: Vec<_> = addresses.iter().map(|&ip| SocketAddr::new(ip, target.port())).collect();
        let (stream, address) = dial::first_that_accepts(&addresses).await.map_err(failed)?;
        if !target.is_https() {
            return Self::http1(stream, address.ip()).await.map_err(|error| failed(chain(&error)));
        }
        let name = ServerName::try_from(target.certificate_name()).map_err(|error| failed(chain(&error)))?;
        let stream = tls.connect(name, stream).await.map_err(|error| match is_untrusted(&error) {
            true => FetchError::Untrusted { host: target.host_name(), reason: chain(&error) },
            false => failed(chain(&error)),
        })?;
        let opened = match stream.get_ref().1.alpn_protocol() {
            Some(b"h2") => Self::http2(stream, address.ip()).await,
            Some(_) | None => Self::http1(stream, address.ip()).await,
        };
        opened.map_err(|error| failed(chain(&error)))
    }

    /// Speaks HTTP/1.1 over `stream`, which leads to `address`.
    pub(crate) async fn http1<S>(stream: S, address: IpAddr) -> hyper::Result<Self>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (tasks, heard) = (Tasks::default(), Heard::default());
        let stream = Ear::new(stream, heard.clone());
        let (sender, connection) =
            http1::Builder::new().max_buf_size(BUFFER).handshake(TokioIo::new(stream)).await?;
        Beside(Arc::downgrade(&tasks)).execute(async {
            let _ = connection.await; // its error also reaches the request
        });
        Ok(Self::new(Sender::Http1(sender), tasks, address, heard))
    }

    /// Speaks HTTP/2. What is heard here need not belong to an answer, so only heads of answers count.
    async fn http2<S>(stream: S, address: IpAddr) -> hyper::Result<Self>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let tasks = Tasks::default();
        let beside = Beside(Arc::downgrade(&tasks));
        let (sender, connection) = http2::handshake(beside.clone(), TokioIo::new(stream)).await?;
        beside.execute(async {
            let _ = connection.await;
        });
        Ok(Self::new(Sender::Http2(sender), tasks, address, Heard::default()))
    }

    fn new(sender: Sender, tasks: Tasks, address: IpAddr, heard: Heard) -> Self {
        Self { sender, _tasks: tasks, address, opened_at: Instant::now(), heard, prompt: true }
    }

    /// Sends a request and returns the head of the answer. The body comes in while this connection lives.
    pub(crate) async fn send(
        &mut self,
        target: &Target,
        mut request: http::Request<Full<Bytes>>,
    ) -> Result<http::Response<Incoming>, FetchError> {
        let asked_at = Instant::now();
        self.heard.forget();
        let answer = match &mut self.sender {
            Sender::Http1(sender) => {
                *request.uri_mut() = target.path()?;
                request.headers_mut().insert(http::header::HOST, target.host_header()?);
                sender.send_request(request).await
            }
            Sender::Http2(sender) => {
                *request.uri_mut() = target.absolute()?;
                *request.version_mut() = http::Version::HTTP_2;
                sender.send_request(request).await
            }
        };
        self.prompt = asked_at.elapsed() <= PROMPT;
        answer.map_err(|error| target.broken_off(chain(&error)))
    }

    /// Waits, after an answer was read to its end, until another request can be sent. Tells whether it is worth keeping:
    /// the server is quick and did not end the connection.
    pub(crate) async fn settles(&mut self) -> bool {
        let ready = match &mut self.sender {
            Sender::Http1(sender) => sender.ready().await,
            Sender::Http2(sender) => sender.ready().await,
        };
        self.prompt && ready.is_ok()
    }

    /// Whether the other side has not ended it, as far as is known.
    pub(crate) fn is_open(&self) -> bool {
        match &self.sender {
            Sender::Http1(sender) => !sender.is_closed(),
            Sender::Http2(sender) => !sender.is_closed(),
        }
    }

    /// Returns the address that was dialled.
    pub(crate) fn address(&self) -> IpAddr {
        self.address
    }

    /// Returns when it was opened.
    pub(crate) fn opened_at(&self) -> Instant {
        self.opened_at
    }

    /// Returns what tells whether any byte of an answer came since the last request was sent.
    pub(crate) fn heard(&self) -> Heard {
        self.heard.clone()
    }
}

/// Starts hyper's tasks in a set. Weak, since the tasks hold it: otherwise the set would never end. Those that ended are
/// taken out when another begins, since HTTP/2 has several for each request.
#[derive(Clone)]
struct Beside(Weak<Mutex<JoinSet<()>>>);

impl<F: Future<Output = ()> + Send + 'static> Executor<F> for Beside {
    fn execute(&self, task: F) {
        if let Some(tasks) = self.0.upgrade() {
            let mut tasks = tasks.lock().unwrap_or_else(PoisonError::into_inner);
            while tasks.try_join_next().is_some() {}
            tasks.spawn(task);
        }
    }
}

/// Whether it is the certificate that was wrong, and not the way to the server.
fn is_untrusted(error: &io::Error) -> bool {
    let cause = error.get_ref().and_then(|cause| cause.downcast_ref::<rustls::Error>());
    cause.is_some_and(|cause| matches!(cause, rustls::Error::InvalidCertificate(_)))
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

#[cfg(test)]
mod tests {
    //! What runs beside the requests.

    use super::*;

    #[tokio::test]
    async fn tasks_that_ended_are_not_kept() {
        let tasks = Tasks::default();
        let beside = Beside(Arc::downgrade(&tasks));
        for _ in 0..9 {
            beside.execute(async {});
            tokio::task::yield_now().await;
        }
        assert_eq!(tasks.lock().unwrap().len(), 1);
    }
}
