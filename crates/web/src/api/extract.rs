//! What a request asks for, with refusals in the form of every other refusal.

use std::time::Duration;

use axum::{
    extract::{FromRequestParts, Path as AxumPath, Query as AxumQuery},
    http::{HeaderMap, StatusCode, request::Parts},
};
use domain::{AmendmentId, OrgId, years::unlikely};
use engine::{CommandError, Shell, commands::words};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::problem::Problem;

/// Values in the path.
#[derive(Debug)]
pub(crate) struct Path<T>(pub(crate) T);

/// Values in the query, each at most once.
#[derive(Debug)]
pub(crate) struct Query<T>(pub(crate) T);

/// Values in the query in their order, names repeated as often as they were.
#[derive(Debug, Default)]
pub(crate) struct Pairs(pub(crate) Vec<(String, String)>);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let found = AxumPath::<T>::from_request_parts(parts, state).await;
        found.map(|AxumPath(value)| Self(value)).map_err(|refused| bad(refused.body_text()))
    }
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let found = AxumQuery::<T>::from_request_parts(parts, state).await;
        found.map(|AxumQuery(value)| Self(value)).map_err(|refused| bad(refused.body_text()))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Pairs {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Query::<Vec<(String, String)>>::from_request_parts(parts, state).await.map(|Query(pairs)| Self(pairs))
    }
}

impl Pairs {
    /// Refuses names that nobody knows: a filter that is not applied would be a wrong answer.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), Problem> {
        match self.0.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            Some((name, _)) => {
                Err(bad(format!("there is no parameter {name:?}; there are {}", known.join(", "))))
            }
            None => Ok(()),
        }
    }

    /// Returns the last value of this name that says something.
    pub(crate) fn one(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(n, value)| n == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// Returns all values of this name; one value may hold several, divided by commas.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let values = self.0.iter().filter(move |(n, _)| n == name);
        values.flat_map(|(_, value)| value.split(',')).map(str::trim).filter(|value| !value.is_empty())
    }

    /// Returns what the last value of this name reads as.
    pub(crate) fn read<T>(
        &self,
        name: &str,
        what: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        let value = |text: &str| read(text).ok_or_else(|| bad(format!("{name} {text:?} is not {what}")));
        self.one(name).map(value).transpose()
    }

    /// Returns what all values of this name read as.
    pub(crate) fn read_all<T>(
        &self,
        name: &str,
        what: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Vec<T>, Problem> {
        let value = |text| read(text).ok_or_else(|| bad(format!("{name} {text:?} is not {what}")));
        self.all(name).map(value).collect()
    }
}

/// Returns the refusal of a request that can't be understood.
pub(crate) fn bad(detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "Bad Request", detail)
}

/// Returns what a body of JSON says; none at all says nothing, where that is enough. What is no JSON is answered 400, JSON
/// that says something else than what is asked for 422, with the field where one is missing or unknown.
pub(crate) fn body<T: DeserializeOwned>(sent: &[u8]) -> Result<T, Problem> {
    let text: &[u8] = if sent.iter().all(u8::is_ascii_whitespace) { b"{}" } else { sent };
    let value: Value =
        serde_json::from_slice(text).map_err(|error| bad(format!("the body is no JSON: {error}")))?;
    serde_json::from_value(value).map_err(|error| {
        let words = error.to_string();
        let field = ["missing field `", "unknown field `"].into_iter().find_map(|start| {
            words.strip_prefix(start).and_then(|rest| rest.split('`').next()).map(str::to_owned)
        });
        Problem::unprocessable(field, format!("the body: {words}"))
    })
}

/// Returns the instant that a field of a body gives.
pub(crate) fn instant(field: &str, text: &str) -> Result<Timestamp, Problem> {
    let wrong = |why: String| Problem::unprocessable(Some(field.to_owned()), why);
    let at: Timestamp = text
        .parse()
        .map_err(|_| wrong(format!("{text:?} is no instant such as \"2026-03-02T09:00:00Z\"")))?;
    unlikely(at).map_or(Ok(at), |why| Err(wrong(format!("{text:?}: {why}"))))
}

/// Returns the length of time that a field of a body gives, as configuration writes it.
pub(crate) fn span(field: &str, text: &str) -> Result<Duration, Problem> {
    words::span(text).ok_or_else(|| {
        let why = format!("{text:?} is no length of time such as \"30m\" or \"1h30m\"");
        Problem::unprocessable(Some(field.to_owned()), why)
    })
}

/// When something ends that begins at `from`: a body gives either the instant, in the field named `name`, or how long it lasts.
/// `example` shows both.
pub(crate) fn end(
    (name, at): (&str, Option<&str>),
    lasts: Option<&str>,
    from: Timestamp,
    example: &str,
) -> Result<Timestamp, Problem> {
    match (at, lasts) {
        (Some(at), None) => instant(name, at),
        (None, Some(text)) => from
            .checked_add(span("for", text)?)
            .map_err(|_| Problem::unprocessable(Some("for".to_owned()), format!("{text:?} is too long"))),
        (Some(_), Some(_)) | (None, None) => {
            Err(Problem::unprocessable(Some("for".to_owned()), example.to_owned()))
        }
    }
}

/// Returns a refusal that names the field in which a body gave an end: a command knows only the instant.
pub(crate) fn ended_by(lasts: bool) -> impl Fn(CommandError) -> Problem {
    move |error| match error {
        CommandError::Invalid { field: "until" | "to", reason } if lasts => {
            Problem::from(CommandError::Invalid { field: "for", reason })
        }
        other @ (CommandError::NotFound(_)
        | CommandError::Rejected(_)
        | CommandError::Invalid { .. }
        | CommandError::Store(_)) => Problem::from(other),
    }
}

/// Returns the id of what a request makes: the same for the same `Idempotency-Key` of one organisation, so that a request
/// that is sent again makes nothing new.
pub(crate) fn made_id(headers: &HeaderMap, shell: &Shell, org: OrgId) -> AmendmentId {
    match headers.get("idempotency-key").and_then(|key| key.to_str().ok()) {
        Some(key) => AmendmentId::named(org.0, key),
        None => AmendmentId(shell.mint.id()),
    }
}
