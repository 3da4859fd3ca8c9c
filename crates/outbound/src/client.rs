//! HTTP requests: redirects, headers, the limit per host and the time that everything together may take.
//!
//! A redirect is a new request: its address is parsed, resolved and checked again, and a host that was not asked by the
//! caller is not told what the caller told the first one.

use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use http::{
    HeaderMap, HeaderName, HeaderValue, Method,
    header::{ACCEPT_ENCODING, LOCATION, USER_AGENT},
};
use http_body_util::Full;
use rustls::pki_types::CertificateDer;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};
use tokio_rustls::TlsConnector;

use crate::{
    FetchError, Guard, Request, Response, body,
    connection::{self, Answer, Connection},
    dial,
    resolve::Resolver,
    target::Target,
};

/// Who asks.
const AGENT: HeaderValue =
    HeaderValue::from_static(concat!("Midwatch/", env!("CARGO_PKG_VERSION"), " (+status page reader)"));

/// Headers that go along when a redirect leads to another host; all others may hold secrets.
const HARMLESS: [&str; 5] = ["accept", "accept-language", "if-modified-since", "if-none-match", "user-agent"];

/// Makes HTTP requests.
pub(crate) struct Client {
    resolver: Resolver,
    tls: TlsConnector,
    doors: Doors,
}

impl Client {
    /// Makes a client behind `guard` that trusts the public roots and `roots`.
    pub(crate) fn new(guard: Guard, roots: &[CertificateDer<'static>]) -> io::Result<Self> {
        let (resolver, tls) = (Resolver::new(guard)?, connection::tls(roots)?);
        Ok(Self { resolver, tls, doors: Doors::default() })
    }

    /// Sends a request and reads the answer.
    pub(crate) async fn fetch(&self, request: Request) -> Result<Response, FetchError> {
        let sent = AtomicBool::new(false);
        let limit = request.limits.total;
        match timeout(limit, Box::pin(self.follow(request, &sent))).await {
            Ok(result) => result,
            Err(_) => Err(FetchError::TooSlow { limit, sent: sent.load(Ordering::Relaxed) }),
        }
    }

    async fn follow(&self, mut request: Request, sent: &AtomicBool) -> Result<Response, FetchError> {
        let limits = request.limits;
        let mut target = Target::parse(&request.url)?;
        for followed in 0..=limits.redirects {
            // Held until the answer is read. A page never waits behind polls.
            let _door = match request.method {
                Method::GET => Some(self.doors.enter(&target).await),
                _ => None,
            };
            let answer = self.ask(&target, &request, sent).await?;
            let Some(next) = next_target(&request, &target, &answer)? else {
                return read(&target, answer, limits.max_bytes).await;
            };
            if followed < limits.redirects && !next.is_same_origin(&target) {
                request.headers.retain(|(name, _)| HARMLESS.contains(&name.to_ascii_lowercase().as_str()));
            }
            target = next;
        }
        Err(FetchError::TooManyRedirects { limit: limits.redirects })
    }

    async fn ask(&self, target: &Target, request: &Request, sent: &AtomicBool) -> Result<Answer, FetchError> {
        let mut message = http::Request::new(Full::new(request.body.clone()));
        *message.method_mut() = request.method.clone();
        *message.headers_mut() = headers(request)?;
        let addresses = dial::order(self.resolver.resolve(target.host()).await?);
        let addresses: Vec<_> = addresses.into_iter().map(|ip| SocketAddr::new(ip, target.port())).collect();
        let connection = Connection::open(target, &addresses, &self.tls).await?;
        sent.store(true, Ordering::Relaxed);
        connection.send(target, message).await
    }
}

fn headers(request: &Request) -> Result<HeaderMap, FetchError> {
    let mut headers = HeaderMap::new();
    for (name, value) in &request.headers {
        let bad = || FetchError::BadUrl { reason: format!("the header {name} can't be sent") };
        let parsed_name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad())?;
        headers.append(parsed_name, HeaderValue::from_str(value).map_err(|_| bad())?);
    }
    headers.entry(USER_AGENT).or_insert(AGENT);
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(body::ACCEPTED));
    Ok(headers)
}

/// Where an answer sends a `GET`. A caller that wants no redirect gets it as an answer, and so does a `POST`.
fn next_target(request: &Request, target: &Target, answer: &Answer) -> Result<Option<Target>, FetchError> {
    let follows = request.method == Method::GET && request.limits.redirects > 0;
    if !follows || !matches!(answer.head.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    answer.head.headers().get(LOCATION).map(|location| target.redirected(location)).transpose()
}

async fn read(target: &Target, answer: Answer, max_bytes: usize) -> Result<Response, FetchError> {
    let Answer { head, tasks: _tasks } = answer;
    let (parts, incoming) = head.into_parts();
    let body = body::read(target, &parts.headers, incoming, max_bytes).await?;
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

/// One door per host, through which two may go at a time.
#[derive(Default)]
struct Doors {
    open: Mutex<HashMap<String, Arc<Semaphore>>>,
}

impl Doors {
    /// Connections to one host at the same time.
    const WIDTH: usize = 2;

    /// Doors that are kept; beyond it those nobody uses are removed.
    const KEPT: usize = 256;

    async fn enter(&self, target: &Target) -> OwnedSemaphorePermit {
        let door = self.door(format!("{}:{}", target.host(), target.port()));
        door.acquire_owned().await.expect("a door is never closed")
    }

    fn door(&self, host: String) -> Arc<Semaphore> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.len() >= Self::KEPT {
            open.retain(|_, door| Arc::strong_count(door) > 1);
        }
        Arc::clone(open.entry(host).or_insert_with(|| Arc::new(Semaphore::new(Self::WIDTH))))
    }
}

#[cfg(test)]
mod tests {
    //! The doors.

    use super::*;

    #[tokio::test]
    async fn two_go_through_a_door_at_a_time() {
        let doors = Doors::default();
        let target = Target::parse("http://a.example").unwrap();
        let first = doors.enter(&target).await;
        let _second = doors.enter(&target).await;
        let door = doors.door("a.example:80".to_owned());
        assert!(door.clone().try_acquire_owned().is_err());
        drop(first);
        assert!(door.try_acquire_owned().is_ok());
    }

    #[tokio::test]
    async fn unused_doors_are_removed() {
        let doors = Doors::default();
        let used = doors.enter(&Target::parse("http://used.example").unwrap()).await;
        for number in 0..1000 {
            doors.door(format!("{number}:80"));
        }
        assert!(doors.open.lock().unwrap().len() <= Doors::KEPT);
        assert!(doors.open.lock().unwrap().contains_key("used.example:80"));
        drop(used);
    }
}
