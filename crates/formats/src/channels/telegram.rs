//! Telegram chats, by a bot.
//!
//! Source: <https://core.telegram.org/bots/api> "sendMessage" (4,096 characters after the markup is taken out), "HTML style",
//! "InlineKeyboardButton" (`callback_data` of 64 bytes), "editMessageText", "ResponseParameters" (`retry_after`,
//! `migrate_to_chat_id`).
//!
//! What follows a page answers it, and the first message is edited to show how things stand. Links are in the text and not
//! in buttons: Telegram refuses a whole message when an address in a button is not one that everybody reaches. Telegram
//! knows no repeats: the number of the incident is in every title, and a message that may be there already says so.

use domain::{
    ChannelKind,
    delivery::Outcome,
    destination::{Destination, Secret},
};
use serde_json::{Value, json};

use super::{
    Answer, Call, Handover, Keys, Letter, Unsendable, Vendor, below,
    card::{Card, label, thread, units},
    misdirected, told, wait, with, words,
};
use crate::setup::{Field, Section};

const API: &str = "https://api.telegram.org";

/// The longest text, in units of UTF-16. Telegram does not count the markup; what it takes is room to spare.
const TEXT_UNITS: usize = 4_096;

/// What the list of other incidents may take of it.
const LIST_CHARS: usize = 900;

pub(super) const VENDOR: Vendor =
    Vendor { kind: ChannelKind::Telegram, keys: &["token", "chat", "api"], read, write, hand_over, answered };

fn read(section: &Section<'_>) -> Option<Destination> {
    let token = section.required("token", bot_token).map(Secret::new);
    let chat = section.required("chat", chat);
    let api = section.optional("api", Field::url);
    Some(Destination::Telegram { token: token?, chat: chat?, api })
}

fn write(destination: &Destination) -> Keys {
    let Destination::Telegram { token, chat, api } = destination else { return Keys::new() };
    vec![
        ("token", Some(json!(token.expose()))),
        ("chat", Some(json!(chat))),
        ("api", api.as_ref().map(|api| json!(api))),
    ]
}

fn hand_over(destination: &Destination, letter: &Letter<'_>) -> Result<Handover, Unsendable> {
    let Destination::Telegram { token, chat, api } = destination else {
        return Err(misdirected(ChannelKind::Telegram));
    };
    let call = |method: &str, body: &Value| {
        let path = format!("bot{}/{method}", token.expose());
        Call::json(below(api.as_deref().unwrap_or(API), &path), body)
    };
    let first = letter.thread.and_then(|receipt| {
        let (chat, message) = receipt.rsplit_once(':')?;
        Some((chat, message.parse::<i64>().ok()?))
    });
    // The numbers of messages count in each chat anew: what was said in that of an earlier configuration is not here.
    let is_here = |known: &str| known == chat || chat.starts_with('@');
    let body = match first.filter(|(known, _)| thread(letter).is_some() && is_here(known)) {
        None => with(message(Card::of(letter), letter.ack_token), json!({ "chat_id": chat })),
        Some((_, message_id)) => {
            let place = json!({
                "chat_id": chat,
                "reply_parameters": { "message_id": message_id, "allow_sending_without_reply": true },
            });
            with(message(Card::reply(letter), letter.ack_token), place)
        }
    };
    let edit = first.zip(Card::standing(letter)).map(|((chat, message_id), standing)| {
        let place = json!({ "chat_id": chat, "message_id": message_id });
        call("editMessageText", &with(message(standing, letter.ack_token), place))
    });
    Ok(Handover::Calls { first: call("sendMessage", &body), then: edit.into_iter().collect() })
}

fn answered(answer: &Answer<'_>) -> Outcome {
    let body: Value = serde_json::from_slice(answer.body).unwrap_or_default();
    let parameters = &body["parameters"];
    let outcome = wait(told(answer, "description"), parameters["retry_after"].as_f64());
    match outcome {
        Outcome::Accepted { answer, .. } => {
            let (chat, message) =
                (body["result"]["chat"]["id"].as_i64(), body["result"]["message_id"].as_i64());
            let receipt = chat.zip(message).map(|(chat, message)| format!("{chat}:{message}"));
            Outcome::Accepted { answer, receipt }
        }
        Outcome::Refused { answer } => match parameters["migrate_to_chat_id"].as_i64() {
            Some(chat) => Outcome::Refused { answer: words(&format!("{answer}: enter chat \"{chat}\"")) },
            None => Outcome::Refused { answer },
        },
        again @ Outcome::TryAgain { .. } => again,
    }
}

fn message(card: Card, token: &str) -> Value {
    let card = card.acting();
    let text =
        card.fitted(LIST_CHARS, |passages| html(&card, passages), |written| units(written) <= TEXT_UNITS);
    let buttons = card
        .buttons
        .iter()
        .map(|act| json!({ "text": label(*act), "callback_data": format!("{act}:{token}") }));
    // An empty keyboard takes the buttons away from a message that is edited.
    let rows: Vec<Value> = buttons.map(|button| json!([button])).collect();
    json!({
        "text": text,
        "parse_mode": "HTML",
        "link_preview_options": { "is_disabled": true },
        "reply_markup": { "inline_keyboard": rows },
    })
}

fn html(card: &Card, passages: &[(String, String)]) -> String {
    let mut parts = vec![format!("<b>{}</b>", escape(&card.title))];
    parts.extend(card.notes.iter().map(|note| format!("<b>{}</b>", escape(note))));
    if !card.facts.is_empty() {
        let facts = card.facts.iter().map(|(name, value)| format!("<b>{name}:</b> {}", escape(value)));
        parts.push(facts.collect::<Vec<_>>().join("\n"));
    }
    let quoted = passages
        .iter()
        .map(|(heading, text)| format!("{heading}\n<blockquote>{}</blockquote>", escape(text)));
    parts.extend(quoted);
    if !card.links.is_empty() {
        let links = card.links.iter().map(|(name, url)| format!("<a href=\"{}\">{name}</a>", escape(url)));
        parts.push(links.collect::<Vec<_>>().join("  ·  "));
    }
    parts.push(format!("<i>{}</i>", escape(&card.reason)));
    parts.join("\n\n")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn bot_token(field: &Field<'_>) -> Option<String> {
    let token = field.text()?;
    let is_token = token.split_once(':').is_some_and(|(bot, secret)| {
        let is_secret = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        !bot.is_empty()
            && bot.bytes().all(|byte| byte.is_ascii_digit())
            && secret.len() >= 30
            && secret.bytes().all(is_secret)
    });
    if is_token {
        return Some(token);
    }
    let hint = "copy it from what @BotFather answered: digits, a colon, 35 letters and digits".to_owned();
    field.problem("this is no token of a Telegram bot", Some(hint));
    None
}

fn chat(field: &Field<'_>) -> Option<String> {
    let (what, example) = ("a chat, in quotes,", "\"-1001234567890\" or \"@acme_ops\"");
    let chat = field.text_like(what, example)?;
    let is_number = chat.parse::<i64>().is_ok();
    if is_number || chat.strip_prefix('@').is_some_and(|name| !name.is_empty() && !name.contains(' ')) {
        return Some(chat);
    }
    field.expected(what, example)
}
