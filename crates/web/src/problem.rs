//! Refusals as `application/problem+json` (RFC 9457).

use axum::{
    Json,
    extract::rejection::JsonRejection,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use engine::CommandError;
use serde::Serialize;
use tracing::error;

/// A refusal.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    title: &'static str,
    detail: String,
    field: Option<String>,
}

#[derive(Serialize)]
struct Body<'a> {
    r#type: &'static str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, title: &'static str, detail: impl Into<String>) -> Self {
        Self { status, title, detail: detail.into(), field: None }
    }

    pub(crate) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Unauthorized", "send an API token as `Authorization: Bearer …`")
    }

    pub(crate) fn forbidden(needs: domain::Role) -> Self {
        Self::new(StatusCode::FORBIDDEN, "Forbidden", format!("this needs the role {needs}"))
    }

    pub(crate) fn not_found(what: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not Found", what)
    }

    /// What was sent can be read and can't be meant; `field` is where it stands.
    pub(crate) fn unprocessable(field: Option<String>, reason: impl Into<String>) -> Self {
        Self { field, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Unprocessable Content", reason) }
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }
}

impl From<CommandError> for Problem {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::NotFound(_) => Self::not_found(error.to_string()),
            CommandError::Rejected(detail) => Self::new(StatusCode::CONFLICT, "Conflict", detail),
            CommandError::Invalid { field, reason } => Self::unprocessable(Some(field.to_owned()), reason),
            CommandError::Store(cause) => {
                error!(error = %cause, "the ledger did not answer");
                Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "Service Unavailable",
                    "the ledger can't be reached; try again",
                )
            }
        }
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        match rejection.status() {
            StatusCode::UNPROCESSABLE_ENTITY => Self::unprocessable(None, rejection.body_text()),
            status => {
                Self::new(status, status.canonical_reason().unwrap_or("Bad Request"), rejection.body_text())
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = Body {
            r#type: "about:blank",
            title: self.title,
            status: self.status.as_u16(),
            detail: &self.detail,
            field: self.field.as_deref(),
            reason: self.field.as_ref().map(|_| self.detail.as_str()),
        };
        let mut response = (self.status, Json(body)).into_response();
        let kind = header::HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        if self.status == StatusCode::UNAUTHORIZED {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer"));
        }
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("2"));
        }
        if self.status == StatusCode::TOO_MANY_REQUESTS {
            response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("60"));
        }
        response
    }
}
