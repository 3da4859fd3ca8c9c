//! Slack: interactivity of an app.
//!
//! Source: <https://docs.slack.dev/reference/interaction-payloads/block_actions-payload>: a form with JSON in `payload`. What
//! came of it is said by the `response_url`, to whoever pressed the button alone; the thread tells the others.

use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
};
use domain::destination::{Destination, Slack};
use engine::{Shell, callbacks};
use serde_json::Value;

use super::{Button, header, malformed, pressed, unproven};
use crate::problem::Problem;

pub(super) async fn take(
    State(shell): State<Shell>,
    Path((organization, name)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    let (org, destinations) =
        callbacks::addressee(&shell, &organization, &name).await?.ok_or_else(unproven)?;
    let sent_at = header(&headers, "x-slack-request-timestamp");
    let signature = header(&headers, "x-slack-signature");
    let now = shell.clock.now();
    let mut apps = destinations.iter().filter_map(app);
    let signed = |secret: &str| callbacks::is_from_slack(secret, sent_at, signature, &body, now);
    let (_, api) = apps.find(|(secret, _)| signed(secret)).ok_or_else(unproven)?;

    let payload = callbacks::form_field(&body, "payload").ok_or_else(malformed)?;
    let payload: Value = serde_json::from_str(&payload).map_err(|_| malformed())?;
    let action = &payload["actions"][0];
    let (Some("block_actions"), Some(act), Some(token)) =
        (payload["type"].as_str(), action["action_id"].as_str(), action["value"].as_str())
    else {
        // Shortcuts, forms and other apps' buttons are nothing to us, and no mistake.
        return Ok(StatusCode::OK);
    };
    let names = ["username", "name"].iter().filter_map(|key| payload["user"][*key].as_str());
    let button = Button { act, token, names: names.map(str::to_owned).collect(), chat: "Slack" };
    let words = pressed(&shell, org, button).await?;
    if let Some(url) = payload["response_url"].as_str() {
        callbacks::tell_slack(&shell, url, api, &words).await;
    }
    Ok(StatusCode::OK)
}

/// The secret and the base address of an app whose buttons act.
fn app(destination: &Destination) -> Option<(&str, Option<&str>)> {
    let Destination::Slack(Slack::App { signing_secret, api, .. }) = destination else { return None };
    Some((signing_secret.as_ref()?.expose(), api.as_deref()))
}
