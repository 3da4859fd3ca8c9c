//! Matrix rooms.
//!
//! Sources: the Matrix client-server API, <https://spec.matrix.org/latest/client-server-api/>: "Sending events to a room"
//! (the transaction id makes a repeat the same event), "Threading", "Event replacements", "Rate limiting"
//! (`M_LIMIT_EXCEEDED` with `Retry-After`, earlier `retry_after_ms`), "Intentional mentions" (an empty `m.mentions`).
//!
//! The transaction id is the message's own, the same at every try, so that no try makes a second event of it. The room is
//! not encrypted: a server that pages must not depend on keys that people hold.

use domain::{
    ChannelKind,
    delivery::Outcome,
    destination::{Destination, Secret},
};
use serde_json::{Value, json};
use url::Url;

use super::{
    Answer, Call, Handover, Keys, Letter, Method, Unsendable, Vendor,
    card::{Card, thread},
    misdirected, receipt_from, told, wait, with,
};
use crate::setup::{Field, Section};

/// The longest content of an event: an event takes 65,536 bytes with all that the server adds ("Size limits").
const CONTENT_BYTES: usize = 60_000;

/// What the list of other incidents may take of it. An edit says everything twice as text and twice as HTML.
const LIST_CHARS: usize = 2_500;

pub(super) const VENDOR: Vendor = Vendor {
    kind: ChannelKind::Matrix,
    keys: &["server", "token", "room"],
    read,
    write,
    hand_over,
    answered,
};

fn read(section: &Section<'_>) -> Option<Destination> {
    let server = section.required("server", Field::url);
    let token = section.required("token", Field::text).map(Secret::new);
    let room = section.required("room", room);
    Some(Destination::Matrix { server: server?, token: token?, room: room? })
}

fn write(destination: &Destination) -> Keys {
    let Destination::Matrix { server, token, room } = destination else { return Keys::new() };
    vec![("server", Some(json!(server))), ("token", Some(json!(token.expose()))), ("room", Some(json!(room)))]
}

fn hand_over(destination: &Destination, letter: &Letter<'_>) -> Result<Handover, Unsendable> {
    let Destination::Matrix { server, token, room } = destination else {
        return Err(misdirected(ChannelKind::Matrix));
    };
    let event = |transaction: &str, content: &Value| {
        let mut url = Url::parse(server)
            .map_err(|error| Unsendable(format!("the home server's address can't be used: {error}")))?;
        let path = ["_matrix", "client", "v3", "rooms", room, "send", "m.room.message", transaction];
        url.path_segments_mut()
            .map_err(|()| Unsendable("the home server's address can't be used".to_owned()))?
            .pop_if_empty()
            .extend(path);
        let call = Call::json(url, content).header("authorization", format!("Bearer {}", token.expose()));
        Ok(Call { method: Method::Put, ..call })
    };
    let id = &letter.page.id;
    // What follows is quieter than a page.
    let kind = if letter.page.is_call() { "m.text" } else { "m.notice" };
    let content = match thread(letter) {
        None => message(&Card::of(letter), kind),
        Some(first) => {
            let relation = json!({
                "rel_type": "m.thread",
                "event_id": first,
                "is_falling_back": true,
                "m.in_reply_to": { "event_id": first },
            });
            with(message(&Card::reply(letter), kind), json!({ "m.relates_to": relation }))
        }
    };
    let edit = letter.thread.zip(Card::standing(letter)).map(|(first, standing)| {
        let present = message(&standing, "m.text");
        let relation = json!({ "rel_type": "m.replace", "event_id": first });
        let edit = json!({ "m.new_content": present, "m.relates_to": relation });
        event(&format!("{id}-standing"), &with(message(&standing, "m.text"), edit))
    });
    Ok(Handover::Calls { first: event(id, &content)?, then: edit.transpose()?.into_iter().collect() })
}

fn answered(answer: &Answer<'_>) -> Outcome {
    let body: Value = serde_json::from_slice(answer.body).unwrap_or_default();
    let asked = body["retry_after_ms"].as_f64().map(|ms| ms / 1_000.0);
    receipt_from(answer, wait(told(answer, "error"), asked), &["event_id"])
}

/// A message, of which an event has room for two.
fn message(card: &Card, kind: &str) -> Value {
    let content = |passages: &[(String, String)]| {
        json!({
            "msgtype": kind,
            "body": text(card, passages),
            "format": "org.matrix.custom.html",
            "formatted_body": html(card, passages),
            "m.mentions": {},
        })
    };
    card.fitted(LIST_CHARS, content, |content| 2 * content.to_string().len() <= CONTENT_BYTES)
}

fn text(card: &Card, passages: &[(String, String)]) -> String {
    let mut lines = vec![card.title.clone()];
    lines.extend(card.notes.iter().map(|note| (*note).to_owned()));
    lines.extend(card.facts.iter().map(|(name, value)| format!("{name}: {value}")));
    lines.extend(passages.iter().map(|(heading, text)| format!("{heading}\n{text}")));
    lines.extend(card.links.iter().map(|(name, url)| format!("{name}: {url}")));
    lines.push(card.reason.clone());
    lines.join("\n")
}

fn html(card: &Card, passages: &[(String, String)]) -> String {
    let (colour, title) = (card.hex(), escape(&card.title));
    let mut html = format!("<p><strong><span data-mx-color=\"{colour}\">{title}</span></strong></p>");
    for note in &card.notes {
        html.push_str(&format!("<p><strong>{}</strong></p>", escape(note)));
    }
    if !card.facts.is_empty() {
        let facts =
            card.facts.iter().map(|(name, value)| format!("<li><b>{name}:</b> {}</li>", escape(value)));
        html.push_str(&format!("<ul>{}</ul>", facts.collect::<String>()));
    }
    for (heading, text) in passages {
        let text = escape(text).replace('\n', "<br>");
        html.push_str(&format!("<p>{heading}</p><blockquote>{text}</blockquote>"));
    }
    if !card.links.is_empty() {
        let links = card.links.iter().map(|(name, url)| format!("<a href=\"{}\">{name}</a>", escape(url)));
        html.push_str(&format!("<p>{}</p>", links.collect::<Vec<_>>().join("  ·  ")));
    }
    html.push_str(&format!("<p><em>{}</em></p>", escape(&card.reason)));
    html
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn room(field: &Field<'_>) -> Option<String> {
    let room = field.text_like("a room's id", "\"!abc:example.org\"")?;
    if room.len() > 1 && room.starts_with('!') && !room.contains(char::is_whitespace) {
        return Some(room);
    }
    let hint = "the internal room id stands in the room's settings, under Advanced".to_owned();
    field.problem(
        format!("{} is no id of a Matrix room such as \"!abc:example.org\"", field.written()),
        Some(hint),
    );
    None
}
