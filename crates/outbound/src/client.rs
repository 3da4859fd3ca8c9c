//! HTTP requests: redirects, headers, limits and the time that everything together may take.
//!
//! A `GET` is a poll; anything else is a page. Polls wait for each other, at their host and at its address, and reuse
//! connections; a poll whose kept connection was closed by the server is sent once more over a new one. A page shares
//! nothing with polls, waits for nobody and is sent once, over a connection of its own; where its host can't be resolved, it goes
//! to the addresses that this had within the last hour.
//!
//! A redirect is a new request: its address is parsed, resolved and checked again, and a host that was not asked by the
//! caller is not told what the caller told the first one.

use std::{
    io,
    pin::pin,
    sync::atomic::{AtomicBool, AtomicU16, AtomicU64, Ordering},
    time::Duration,
};

use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method,
    header::{ACCEPT_ENCODING, LOCATION, USER_AGENT},
};
use http_body_util::Full;
use hyper::body::Incoming;
use rustls::pki_types::CertificateDer;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::{
    Connections, FetchError, Guard, Request, Response, body,
    connection::{self, Connection},
    dial,
    doors::{Doors, Entered},
    pool::Pool,
    resolve::{Remembered, Resolver},
    target::Target,
};

/// Who asks, as far as all installations are the same.
const NAME: &str = concat!("Midwatch/", env!("CARGO_PKG_VERSION"));

/// Headers that go along when a redirect leads to another host; all others may hold secrets.
const HARMLESS: [&str; 5] = ["accept", "accept-language", "if-modified-since", "if-none-match", "user-agent"];

/// Connections to one host at the same time.
const PER_HOST: usize = 2;

/// Requests at one address at the same time, whatever their hosts.
const PER_ADDRESS: usize = 16;

/// How long a kept connection may be silent before it counts as dead. Only servers that answer at once are kept.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long a connection may take to become fit to be kept.
const SETTLE: Duration = Duration::from_millis(250);

/// Bytes of a redirect's body that are read to keep its connection.
const ASIDE: usize = 64 * 1024;

/// Makes HTTP requests.
pub(crate) struct Client {
    agent: HeaderValue,
    /// Finds hosts that are polled.
    resolver: Resolver,
    /// Finds hosts that pages go to.
    pages: Remembered,
    tls: TlsConnector,
    hosts: Doors,
    addresses: Doors,
    pool: Pool,
    opened: AtomicU64,
    reused: AtomicU64,
}

/// How far a request has come.
#[derive(Default)]
struct Progress {
    /// Whether it may have left.
    sent: AtomicBool,
    /// The status that a page was answered with; none is 0.
    status: AtomicU16,
}

/// The head of an answer, and what it comes over.
struct Answer {
    head: http::Response<Incoming>,
    connection: Connection,
    /// The address where a poll is at, until its answer is read.
    entered: Option<Entered>,
}

impl Client {
    /// Returns the texts that the DNS holds under a name.
    pub(crate) async fn texts(&self, name: &str) -> Result<Vec<String>, String> {
        self.resolver.texts(name).await
    }

    /// Makes a client behind `guard` that trusts the public roots and `roots`, and names `contact` to whom it asks.
    pub(crate) fn new(
        guard: Guard,
        roots: &[CertificateDer<'static>],
        contact: Option<&str>,
    ) -> io::Result<Self> {
        Ok(Self {
            agent: agent(contact)?,
            resolver: Resolver::new(guard.clone())?,
            pages: Remembered::new(Resolver::new(guard)?),
            tls: connection::tls(roots)?,
            hosts: Doors::new(PER_HOST),
            addresses: Doors::new(PER_ADDRESS),
            pool: Pool::new(),
            opened: AtomicU64::new(0),
            reused: AtomicU64::new(0),
        })
    }

    /// Returns what connections there were, and are.
    pub(crate) fn connections(&self) -> Connections {
        Connections {
            opened: self.opened.load(Ordering::Relaxed),
            reused: self.reused.load(Ordering::Relaxed),
            idle: self.pool.idle(),
        }
    }

    /// Sends a request and reads the answer.
    pub(crate) async fn fetch(&self, request: Request) -> Result<Response, FetchError> {
        let progress = Progress::default();
        let limit = request.limits.total;
        match timeout(limit, Box::pin(self.follow(request, &progress))).await {
            Ok(result) => result,
            Err(_) => Err(match progress.status.load(Ordering::Relaxed) {
                0 => FetchError::TooSlow { limit, sent: progress.sent.load(Ordering::Relaxed) },
                status => FetchError::HeadOnly { status, reason: "it is too slow".to_owned() },
            }),
        }
    }

    async fn follow(&self, mut request: Request, progress: &Progress) -> Result<Response, FetchError> {
        let limits = request.limits;
        let mut target = Target::parse(&request.url)?;
        for followed in 0..=limits.redirects {
            // Held until the answer is read. A page never waits behind polls.
            let _door = match request.method {
                Method::GET => Some(self.hosts.enter(format!("{}:{}", target.host(), target.port())).await),
                _ => None,
            };
            let answer = self.ask(&target, &request, progress).await?;
            let Some(next) = next_target(&request, &target, &answer)? else {
                let status = answer.head.status().as_u16();
                if answer.entered.is_some() {
                    return self.read(&target, answer, limits.max_bytes).await;
                }
                // Of a page the head says what became of it, whatever comes after it.
                progress.status.store(status, Ordering::Relaxed);
                let read = self.read(&target, answer, limits.max_bytes).await;
                return read.map_err(|error| FetchError::HeadOnly { status, reason: error.to_string() });
            };
            self.leave(&target, answer).await;
            if followed < limits.redirects && !next.is_same_origin(&target) {
                request.headers.retain(|(name, _)| HARMLESS.contains(&name.to_ascii_lowercase().as_str()));
            }
            target = next;
        }
        Err(FetchError::TooManyRedirects { limit: limits.redirects })
    }

    /// Asks over a kept connection, if this is a poll and there is one, or over a new one.
    async fn ask(
        &self,
        target: &Target,
        request: &Request,
        progress: &Progress,
    ) -> Result<Answer, FetchError> {
        if request.method == Method::GET
            && let Some(connection) = self.pool.take(&target.origin())
            && let Some(answer) = self.ask_again(target, request, progress, connection).await?
        {
            return Ok(answer);
        }
        let message = self.message(request)?;
        let (addresses, mut entered) = match request.method {
            Method::GET => {
                let addresses = dial::order(self.resolver.resolve(target.host()).await?);
                let entered = self.addresses.enter_all(addresses.iter().copied()).await;
                (addresses, Some(entered))
            }
            _ => (dial::order(self.pages.resolve(target.host()).await?), None),
        };
        let mut connection = Connection::open(target, &addresses, &self.tls).await?;
        self.opened.fetch_add(1, Ordering::Relaxed);
        if let Some(entered) = &mut entered {
            entered.stay_at(connection.address());
        }
        progress.sent.store(true, Ordering::Relaxed);
        let head = connection.send(target, message).await?;
        Ok(Answer { head, connection, entered })
    }

    /// Asks over a kept connection. `None`: it was dead, no byte of an answer came, so another one may be asked.
    async fn ask_again(
        &self,
        target: &Target,
        request: &Request,
        progress: &Progress,
        mut connection: Connection,
    ) -> Result<Option<Answer>, FetchError> {
        self.resolver.check(connection.address())?;
        let entered = Some(self.addresses.enter_all([connection.address()]).await);
        let message = self.message(request)?;
        progress.sent.store(true, Ordering::Relaxed);
        let heard = connection.heard();
        let head = {
            let mut exchange = pin!(connection.send(target, message));
            match timeout(PATIENCE, &mut exchange).await {
                Err(_) if heard.any() => exchange.await,
                Err(_) => return Ok(None),
                Ok(result) => result,
            }
        };
        match head {
            Ok(head) => {
                self.reused.fetch_add(1, Ordering::Relaxed);
                Ok(Some(Answer { head, connection, entered }))
            }
            Err(error) if heard.any() => Err(error),
            Err(_) => Ok(None),
        }
    }

    async fn read(&self, target: &Target, answer: Answer, max_bytes: usize) -> Result<Response, FetchError> {
        let Answer { head, connection, entered } = answer;
        let (parts, incoming) = head.into_parts();
        let body = body::read(target, &parts.headers, incoming, max_bytes).await?;
        if entered.is_some() {
            self.keep(target, connection).await;
        }
        let text = |(name, value): (&HeaderName, &HeaderValue)| {
            Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
        };
        Ok(Response {
            status: parts.status.as_u16(),
            headers: parts.headers.iter().filter_map(text).collect(),
            body,
            final_url: target.as_str().to_owned(),
        })
    }

    /// Leaves a redirect, whose body nobody wants; if that is short its connection is kept.
    async fn leave(&self, target: &Target, answer: Answer) {
        let Answer { head, connection, entered: _entered } = answer;
        if let Ok(true) = timeout(SETTLE, body::skip(head.into_body(), ASIDE)).await {
            self.keep(target, connection).await;
        }
    }

    fn message(&self, request: &Request) -> Result<http::Request<Full<Bytes>>, FetchError> {
        let mut message = http::Request::new(Full::new(request.body.clone()));
        *message.method_mut() = request.method.clone();
        *message.headers_mut() = self.headers(request)?;
        Ok(message)
    }

    fn headers(&self, request: &Request) -> Result<HeaderMap, FetchError> {
        let mut headers = HeaderMap::new();
        for (name, value) in &request.headers {
            let bad = || FetchError::BadUrl { reason: format!("the header {name} can't be sent") };
            let parsed_name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad())?;
            headers.append(parsed_name, HeaderValue::from_str(value).map_err(|_| bad())?);
        }
        headers.entry(USER_AGENT).or_insert_with(|| self.agent.clone());
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(body::ACCEPTED));
        Ok(headers)
    }

    /// Keeps a poll's connection, whose answer was read to its end.
    async fn keep(&self, target: &Target, mut connection: Connection) {
        if let Ok(true) = timeout(SETTLE, connection.settles()).await {
            self.pool.put(target.origin(), connection);
        }
    }
}

/// Returns who asks, with the address where those who are asked find out more.
fn agent(contact: Option<&str>) -> io::Result<HeaderValue> {
    let text = match contact {
        Some(contact) => format!("{NAME} (+{contact}; status page reader)"),
        None => format!("{NAME} (status page reader)"),
    };
    HeaderValue::from_str(&text).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))
}

/// Where an answer sends a `GET`. A caller that wants no redirect gets it as an answer, and so does a `POST`.
fn next_target(request: &Request, target: &Target, answer: &Answer) -> Result<Option<Target>, FetchError> {
    let follows = request.method == Method::GET && request.limits.redirects > 0;
    if !follows || !matches!(answer.head.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    answer.head.headers().get(LOCATION).map(|location| target.redirected(location)).transpose()
}
