//! Google Chat spaces, by a webhook.
//!
//! Sources: <https://developers.google.com/workspace/chat> "Build a Google Chat app as a webhook", "spaces.messages.create"
//! (`requestId`, `messageReplyOption`, `thread.threadKey`, 32,000 bytes), "Card" (text in widgets takes a few HTML tags),
//! "Usage limits" (429; one message a second in a space).
//!
//! The thread is named by the incident's id, so it needs no receipt; `requestId` is the message's id, by which Google
//! knows a repeat. A webhook can't change what it has posted.

use domain::{
    ChannelKind,
    delivery::Outcome,
    destination::{Destination, Secret},
};
use serde_json::{Value, json};
use url::Url;

use super::{
    Answer, Call, Handover, Keys, Letter, Unsendable, Vendor, card::Card, misdirected, receipt_from, told,
};
use crate::setup::{Field, Section};

/// The longest message, cards included.
const MESSAGE_BYTES: usize = 32_000;

/// What the list of other incidents may take of it.
const LIST_CHARS: usize = 2_500;

pub(super) const VENDOR: Vendor =
    Vendor { kind: ChannelKind::GoogleChat, keys: &["url"], read, write, hand_over, answered };

fn read(section: &Section<'_>) -> Option<Destination> {
    Some(Destination::GoogleChat { url: section.required("url", Field::url).map(Secret::new)? })
}

fn write(destination: &Destination) -> Keys {
    let Destination::GoogleChat { url } = destination else { return Keys::new() };
    vec![("url", Some(json!(url.expose())))]
}

fn hand_over(destination: &Destination, letter: &Letter<'_>) -> Result<Handover, Unsendable> {
    let Destination::GoogleChat { url } = destination else {
        return Err(misdirected(ChannelKind::GoogleChat));
    };
    let mut url = Url::parse(url.expose())
        .map_err(|error| Unsendable(format!("the webhook's address can't be used: {error}")))?;
    url.query_pairs_mut()
        .append_pair("messageReplyOption", "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD")
        .append_pair("requestId", &letter.page.id);
    let card = match letter.thread {
        Some(_) => Card::reply(letter),
        None => Card::of(letter),
    };
    let incident = &letter.page.incident.id;
    let body = |passages: &[(String, String)]| {
        json!({
            "text": line(&card.title),
            "cardsV2": [{ "cardId": incident, "card": widgets(&card, passages) }],
            "thread": { "threadKey": incident },
        })
    };
    let written = card.fitted(
        LIST_CHARS,
        |passages| Call::json(url.as_str(), &body(passages)),
        |call| call.body.len() <= MESSAGE_BYTES,
    );
    Ok(Handover::call(written))
}

fn answered(answer: &Answer<'_>) -> Outcome {
    // What Google says of an error is one level down.
    let body: Value = serde_json::from_slice(answer.body).unwrap_or_default();
    let error = body["error"].to_string();
    match answer.status {
        200..=299 => receipt_from(answer, super::by_status(answer), &["name"]),
        _ => told(&Answer { body: error.as_bytes(), ..*answer }, "message"),
    }
}

fn widgets(card: &Card, passages: &[(String, String)]) -> Value {
    let mut widgets: Vec<Value> =
        card.notes.iter().map(|note| paragraph(format!("<b>{}</b>", escape(note)))).collect();
    widgets.extend(card.facts.iter().map(|(name, value)| {
        json!({ "decoratedText": { "topLabel": name, "text": escape(value), "wrapText": true } })
    }));
    widgets.extend(
        passages
            .iter()
            .map(|(heading, text)| paragraph(format!("{heading}<br>{}", escape(text).replace('\n', "<br>")))),
    );
    if !card.links.is_empty() {
        let buttons = card
            .links
            .iter()
            .map(|(name, url)| json!({ "text": name, "onClick": { "openLink": { "url": url } } }));
        widgets.push(json!({ "buttonList": { "buttons": buttons.collect::<Vec<_>>() } }));
    }
    widgets.push(paragraph(format!("<font color=\"#5f6368\">{}</font>", escape(&card.reason))));
    let title = format!("<font color=\"{}\"><b>{}</b></font>", card.hex(), escape(&card.title));
    json!({ "sections": [{ "widgets": [paragraph(title)] }, { "widgets": widgets }] })
}

fn paragraph(text: String) -> Value {
    json!({ "textParagraph": { "text": text } })
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Running text knows no escapes; what makes links and calls people by `<users/all>` needs the angle.
fn line(text: &str) -> String {
    text.replace('<', "‹").replace('>', "›")
}
