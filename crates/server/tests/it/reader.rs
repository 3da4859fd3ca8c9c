//! Somebody outside who asks the public listener, as tests see them.

use axum::{
    Router,
    body::{Body, BodyDataStream, to_bytes},
    http::{HeaderMap, Method, Request},
};
use futures_util::StreamExt;
use serde_json::Value;
use testkit::TestApp;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

const MOST_BYTES: usize = 1 << 22;

/// Somebody with a browser or a script.
pub(crate) struct Reader {
    runtime: Runtime,
    router: Router,
    /// Ends the listener.
    pub(crate) stop: CancellationToken,
}

/// What they were answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

impl Reader {
    pub(crate) fn of(app: &TestApp) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let stop = CancellationToken::new();
        Self { runtime, router: web::public(app.shell(), stop.clone()), stop }
    }

    pub(crate) fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        self.runtime.block_on(async {
            let (head, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
            let body = to_bytes(body, MOST_BYTES).await.unwrap();
            Answer {
                status: head.status.as_u16(),
                headers: head.headers,
                body: String::from_utf8(body.to_vec()).unwrap(),
            }
        })
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, &[], "")
    }

    /// Sends a form.
    pub(crate) fn send(&self, path: &str, form: &str) -> Answer {
        self.ask(Method::POST, path, &[("content-type", "application/x-www-form-urlencoded")], form)
    }

    /// Opens a stream.
    pub(crate) fn listen(&self, path: &str, last: Option<&str>) -> Stream<'_> {
        let mut request = Request::get(path);
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let request = request.body(Body::empty()).unwrap();
        let response = self.runtime.block_on(self.router.clone().oneshot(request)).unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Stream { reader: self, frames: response.into_body().into_data_stream(), read: String::new() }
    }
}

/// An open stream of server-sent events.
pub(crate) struct Stream<'a> {
    reader: &'a Reader,
    frames: BodyDataStream,
    read: String,
}

impl Stream<'_> {
    /// Returns the next event, or nothing when the stream has ended.
    pub(crate) fn next(&mut self) -> Option<String> {
        while !self.read.contains("\n\n") {
            let frame = self.reader.runtime.block_on(self.frames.next())?.unwrap();
            self.read.push_str(std::str::from_utf8(&frame).unwrap());
        }
        let (event, rest) = self.read.split_once("\n\n").unwrap();
        let (event, rest) = (event.to_owned(), rest.to_owned());
        self.read = rest;
        Some(event)
    }

    /// Returns the value of a field of the next event.
    pub(crate) fn next_field(&mut self, name: &str) -> Option<String> {
        let event = self.next()?;
        let value = event.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        value.map(str::to_owned)
    }
}
