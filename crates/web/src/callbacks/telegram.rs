//! Telegram: updates of a bot.
//!
//! Source: <https://core.telegram.org/bots/api> "setWebhook" (`secret_token`), "CallbackQuery", "Making requests when getting
//! updates": what came of it is the answer to the update, `answerCallbackQuery` with a text of at most 200 characters.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use domain::destination::Destination;
use engine::{Shell, callbacks};
use serde_json::{Value, json};

use super::{Button, header, malformed, pressed, unproven};
use crate::problem::Problem;

/// The longest text that Telegram shows.
const TEXT_CHARS: usize = 200;

pub(super) async fn take(
    State(shell): State<Shell>,
    Path((organization, name)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let (org, destinations) =
        callbacks::addressee(&shell, &organization, &name).await?.ok_or_else(unproven)?;
    let has_bot = destinations.iter().any(|it| matches!(it, Destination::Telegram { .. }));
    let secret = header(&headers, "x-telegram-bot-api-secret-token").as_bytes();
    if !shell.key.is_telegram_secret(org, &name, secret) || !has_bot {
        return Err(unproven());
    }

    let update: Value = serde_json::from_slice(&body).map_err(|_| malformed())?;
    let query = &update["callback_query"];
    let Some(id) = query["id"].as_str() else {
        // What people write to the bot is nothing to us, and no mistake.
        return Ok(StatusCode::OK.into_response());
    };
    let data = query["data"].as_str().unwrap_or_default();
    let (act, token) = data.split_once(':').unwrap_or_default();
    let from = &query["from"];
    let names = ["username", "first_name"].iter().filter_map(|key| from[*key].as_str());
    let button = Button { act, token, names: names.map(str::to_owned).collect(), chat: "Telegram" };
    let words = pressed(&shell, org, button).await?;
    let text: String = words.chars().take(TEXT_CHARS).collect();
    Ok(Json(json!({ "method": "answerCallbackQuery", "callback_query_id": id, "text": text }))
        .into_response())
}
