//! Which host a request is for: the installation, a status page on a host name of its own, or nobody that we know.
//!
//! The installation answers to the name in its public address, to `localhost` and to bare addresses; a status page to a name whose
//! proof was found, which is so while its pages stand on the shelf. Every other name is answered 404, whatever is asked for. The
//! name is the request's own: what a proxy says beside it (`X-Forwarded-Host`) is not believed, since anybody may say it.

use std::net::IpAddr;

use axum::{
    Router,
    extract::{Request, State},
    http::{StatusCode, Uri, header, uri::PathAndQuery},
    response::{IntoResponse, Response},
};
use engine::shelf::Shelf;
use tower::ServiceExt;
use url::Url;

use crate::public::{Front, harden};

/// Sorts requests to a router by their host.
#[derive(Clone)]
pub(crate) struct Hosts {
    front: Front,
    /// The name in the public address.
    own: Option<String>,
    inner: Router,
}

impl Hosts {
    /// Returns a router that stands before another.
    pub(crate) fn before(front: Front, public_url: &str, inner: Router) -> Router {
        let own = Url::parse(public_url).ok().and_then(|url| url.host_str().map(str::to_owned));
        Router::new().fallback(sort).with_state(Self { front, own, inner })
    }

    fn is_own(&self, host: &str) -> bool {
        let address = host.trim_start_matches('[').trim_end_matches(']');
        self.own.as_deref() == Some(host)
            || host == "localhost"
            || host.ends_with(".localhost")
            || address.parse::<IpAddr>().is_ok()
    }
}

async fn sort(State(hosts): State<Hosts>, mut request: Request) -> Response {
    let host = match host(&request) {
        Ok(host) => host,
        Err(()) => return unknown(),
    };
    match host {
        Some(host) if !hosts.is_own(&host) => {
            let Some(uri) = on_own_host(&hosts.front.shelf, &host, request.uri()) else { return unknown() };
            *request.uri_mut() = uri;
        }
        // What begins so stands on a host of its own, and nowhere else.
        Some(_) | None if request.uri().path().starts_with("//") => return unknown(),
        Some(_) | None => {}
    }
    match hosts.inner.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// Returns the host that a request names, in lower case and without port and final dot; nothing where it names none.
fn host(request: &Request) -> Result<Option<String>, ()> {
    let mut named = request.headers().get_all(header::HOST).iter();
    let said = match (request.uri().authority(), named.next(), named.next()) {
        (Some(authority), _, _) => authority.as_str().to_owned(),
        (None, None, _) => return Ok(None),
        (None, Some(value), None) => value.to_str().map_err(drop)?.to_owned(),
        // Two names are none.
        (None, Some(_), Some(_)) => return Err(()),
    };
    let (name, port) = match said.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => (name, port),
        Some(_) | None => (said.as_str(), ""),
    };
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    let is_name = |name: &str| !name.is_empty() && !name.contains(['/', '\\', '@', '?', '#', ' ', '%']);
    if is_name(&name) && port.bytes().all(|byte| byte.is_ascii_digit()) { Ok(Some(name)) } else { Err(()) }
}

/// Returns where a request to a page's own host leads; nothing where no page has the name.
fn on_own_host(shelf: &Shelf, host: &str, uri: &Uri) -> Option<Uri> {
    shelf.get(&format!("//{host}"))?;
    let path = uri.path();
    if path.starts_with("/assets/") || path == "/favicon.ico" {
        return Some(uri.clone());
    }
    let query = uri.query();
    let leads = match (path, query.and_then(|query| query.strip_prefix("page=/"))) {
        ("/events", Some(page)) => format!("/events?page=//{host}/{page}"),
        ("/events", None) => return None,
        _ => match query {
            Some(query) => format!("//{host}{path}?{query}"),
            None => format!("//{host}{path}"),
        },
    };
    let leads = PathAndQuery::try_from(leads).ok()?;
    Some(Uri::from(leads))
}

fn unknown() -> Response {
    let mut response = (StatusCode::NOT_FOUND, "there is nothing under this name\n").into_response();
    harden(response.headers_mut());
    response
}
