//! Carriers of texts and calls: replies, keys that are pressed in calls, receipts. They are answered with a document that
//! says what happens next.

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State},
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::post,
};
use engine::{
    Shell,
    phones::{self, About, Callback, Form},
};

use crate::problem::Problem;

/// The largest body that is read: more than a carrier sends with any message.
const MOST_BYTES: usize = 64 * 1024;

pub(super) fn routes() -> Router<Shell> {
    Router::new()
        .route("/callbacks/{carrier}/sms", post(text))
        .route("/callbacks/{carrier}/status/{token}", post(status))
        .route("/callbacks/{carrier}/voice/{token}", post(call))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
}

async fn text(
    State(shell): State<Shell>,
    Path(carrier): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    answer(&shell, &carrier, About::Text, (&uri, &headers, &body)).await
}

async fn status(
    State(shell): State<Shell>,
    Path((carrier, token)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    answer(&shell, &carrier, About::Status(token), (&uri, &headers, &body)).await
}

async fn call(
    State(shell): State<Shell>,
    Path((carrier, token)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    answer(&shell, &carrier, About::Call(token), (&uri, &headers, &body)).await
}

async fn answer(
    shell: &Shell,
    carrier: &str,
    about: About,
    (uri, headers, body): (&Uri, &HeaderMap, &Bytes),
) -> Result<Response, Problem> {
    let carrier =
        phones::carrier(carrier).ok_or_else(|| Problem::not_found("there is nothing to post to here"))?;
    let texts =
        headers.iter().filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())));
    let headers: Vec<_> = texts.collect();
    let callback = Callback {
        // What is signed is the address that the carrier was given, whatever stands between us.
        url: format!("{}{}", shell.identity.public_url, uri),
        headers: &headers,
        form: Form::read(body),
        is_call: matches!(about, About::Call(_)),
    };
    let document = phones::answer(shell, carrier, &callback, about).await?.ok_or_else(|| {
        Problem::new(StatusCode::FORBIDDEN, "Forbidden", "this does not come from where it says")
    })?;
    let declared = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>{document}");
    Ok(([(header::CONTENT_TYPE, "text/xml; charset=utf-8")], declared).into_response())
}
