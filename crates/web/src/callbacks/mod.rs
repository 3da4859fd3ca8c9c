//! What vendors post to us: buttons below a page that were pressed in a chat, and what telephony carriers tell.
//!
//! Nothing is believed before it is proven to come from the chat: by Slack's signature, by the secret that Telegram was
//! given. Whatever is wrong with a proof, or with the address, is answered alike. What is proven is acted on by the token in
//! the button, which only we can make.

mod slack;
mod telegram;
mod telephony;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use domain::{ButtonAct, OrgId};
use engine::{
    CommandError, Shell,
    commands::{self, Press},
};
use tracing::info;

use crate::problem::Problem;

/// The largest body that is read: more than a chat sends with any of our messages.
const MOST_BYTES: usize = 64 * 1024;

pub(crate) fn routes() -> Router<Shell> {
    Router::new()
        .route("/callbacks/slack/{organization}/{name}", post(slack::take))
        .route("/callbacks/telegram/{organization}/{name}", post(telegram::take))
        .merge(telephony::routes())
        .layer(DefaultBodyLimit::max(MOST_BYTES))
}

/// A button as a chat tells of it.
struct Button<'a> {
    act: &'a str,
    token: &'a str,
    names: Vec<String>,
    chat: &'static str,
}

/// Does what the button asks for; returns what whoever pressed it is told.
async fn pressed(shell: &Shell, org: OrgId, button: Button<'_>) -> Result<String, Problem> {
    let not_ours = || "This button is not one of ours, or too old.".to_owned();
    let Some(notification) = shell.key.read_ack_token(button.token) else { return Ok(not_ours()) };
    let act = ButtonAct::from_word(button.act);
    let press = Press { notification, act, names: button.names, chat: button.chat };
    let (ground, chat) = (shell.ground(), button.chat);
    let done = shell.act(org, move |scope, now| commands::press(scope, &ground, now, &press)).await;
    match done {
        Ok(words) => {
            info!(chat, notification.id = %notification, act = button.act, "a button was pressed");
            shell.ring_tellers();
            Ok(words)
        }
        Err(CommandError::NotFound(_)) => Ok(not_ours()),
        // Someone was faster.
        Err(CommandError::Rejected(why)) => Ok(why),
        Err(error) => Err(error.into()),
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// The one answer to everything that is not proven.
fn unproven() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "Unauthorized", "this does not come from where it says")
}

/// The answer to what is proven and makes no sense.
fn malformed() -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "Bad Request", "this is not what the chat's documentation says")
}
