//! How the story looks at the product: over HTTP from outside, as a reader would.

use std::{sync::Arc, time::Duration};

use outbound::{FetchError, Limits, Outbound, Request, Response};
use serde_json::Value;

/// How long a step may take to happen.
const PATIENCE: Duration = Duration::from_secs(20);

/// The wait between two looks.
const BLINK: Duration = Duration::from_millis(100);

/// A step did not happen: what was expected, and what was seen last.
#[derive(Debug)]
pub(super) struct Missed {
    pub(super) expected: String,
    pub(super) seen: String,
}

/// Looks until something is there. The look answers what it saw instead.
pub(super) async fn until<T>(expected: &str, look: impl AsyncFn() -> Result<T, String>) -> Result<T, Missed> {
    let mut seen = String::new();
    let looking = async {
        loop {
            match look().await {
                Ok(found) => return found,
                Err(instead) => seen = instead,
            }
            tokio::time::sleep(BLINK).await;
        }
    };
    let found = tokio::time::timeout(PATIENCE, looking).await;
    found.map_err(|_| Missed { expected: expected.to_owned(), seen })
}

/// A reader of our pages.
pub(super) struct Reader {
    outbound: Arc<dyn Outbound>,
    base: String,
}

impl Reader {
    /// Makes a reader of the pages at this address.
    pub(super) fn new(outbound: Arc<dyn Outbound>, base: &str) -> Self {
        Self { outbound, base: base.to_owned() }
    }

    /// Fetches a page that must be there.
    pub(super) async fn page(&self, path: &str) -> Result<String, String> {
        self.text(&format!("{}{path}", self.base)).await
    }

    /// Fetches what is at an address and must be there.
    pub(super) async fn text(&self, url: &str) -> Result<String, String> {
        let response = self.send(Request::get(url)).await?;
        let path = url.strip_prefix(&self.base).unwrap_or(url);
        if response.status != 200 {
            return Err(format!("{path} answered {}", response.status));
        }
        String::from_utf8(response.body.to_vec()).map_err(|_| format!("{path} is no text"))
    }

    /// Fetches one of the JSON documents of the team's status page.
    pub(super) async fn status_page(&self, document: &str) -> Result<Value, String> {
        let text = self.page(&format!("/status/acme/api/v2/{document}.json")).await?;
        serde_json::from_str(&text).map_err(|error| format!("{document}.json is no JSON: {error}"))
    }

    /// Sends the form of a page, as a browser does that doesn't follow to where the answer leads.
    pub(super) async fn send_form(&self, url: &str, form: &str) -> Result<u16, String> {
        let request = Request::post(url, form.to_owned())
            .limits(Limits { redirects: 0, ..Limits::default() })
            .header("content-type", "application/x-www-form-urlencoded");
        match self.outbound.fetch(request).await {
            Ok(response) => Ok(response.status),
            Err(FetchError::TooManyRedirects { .. }) => Ok(303),
            Err(error) => Err(error.to_string()),
        }
    }

    async fn send(&self, request: Request) -> Result<Response, String> {
        self.outbound.fetch(request).await.map_err(|error| error.to_string())
    }
}

/// Checks that a service has this status in a summary, and the page this indicator.
pub(super) fn has_status(
    summary: &Value,
    service: &str,
    status: &str,
    indicator: &str,
) -> Result<(), String> {
    let components = summary["components"].as_array().map(Vec::as_slice).unwrap_or_default();
    let found = components.iter().find(|component| component["name"] == service);
    let seen = found.and_then(|component| component["status"].as_str()).unwrap_or("missing");
    let claim = summary["status"]["indicator"].as_str().unwrap_or("missing");
    if seen == status && claim == indicator {
        return Ok(());
    }
    Err(format!("{service} is {seen}, the page's indicator is {claim}"))
}

/// Returns the newest incident of a document if it has this status.
pub(super) fn newest(incidents: &Value, status: &str) -> Result<Value, String> {
    let newest = &incidents["incidents"][0];
    let seen = newest["status"].as_str().unwrap_or("missing");
    if seen == status { Ok(newest.clone()) } else { Err(format!("the newest incident is {seen}")) }
}
