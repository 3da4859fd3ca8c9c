//! Gotify applications.
//!
//! Source: the API of Gotify, <https://gotify.net/api-docs> (`POST /message`), and its message extras,
//! <https://gotify.net/docs/msgextras> (`client::display`, `client::notification`). Gotify keeps messages as they are: what
//! follows a page is a message of its own.

use domain::{
    ChannelKind, Severity,
    delivery::Outcome,
    destination::{Destination, Secret},
};
use serde_json::json;

use super::{
    Answer, Call, Handover, Keys, Letter, Unsendable, Vendor, below, misdirected, receipt_from, told,
};
use crate::{
    messages::brief,
    setup::{Field, Section},
};

const BODY_CHARS: usize = 3_000;

pub(super) const VENDOR: Vendor =
    Vendor { kind: ChannelKind::Gotify, keys: &["url", "token"], read, write, hand_over, answered };

fn read(section: &Section<'_>) -> Option<Destination> {
    let url = section.required("url", Field::url);
    let token = section.required("token", Field::text).map(Secret::new);
    Some(Destination::Gotify { url: url?, token: token? })
}

fn write(destination: &Destination) -> Keys {
    let Destination::Gotify { url, token } = destination else { return Keys::new() };
    vec![("url", Some(json!(url))), ("token", Some(json!(token.expose())))]
}

fn hand_over(destination: &Destination, letter: &Letter<'_>) -> Result<Handover, Unsendable> {
    let Destination::Gotify { url, token } = destination else {
        return Err(misdirected(ChannelKind::Gotify));
    };
    let page = letter.page;
    let brief = brief(page, letter.zone, BODY_CHARS);
    let mut markdown = escaped(&brief.body);
    for (name, url) in [("Acknowledge", &page.ack_url), ("Status page", &page.status_page)] {
        if let Some(url) = url {
            markdown.push_str(&format!("\n\n**[{name}]({url})**"));
        }
    }
    let mut extras = json!({
        "client::display": { "contentType": "text/markdown" },
        "midwatch::page": { "id": page.id, "attempt": letter.attempt.to_string(), "incident": page.incident.id },
    });
    if let Some(link) = page.link() {
        extras["client::notification"] = json!({ "click": { "url": link } });
    }
    let body =
        json!({ "title": brief.title, "message": markdown, "priority": priority(letter), "extras": extras });
    let call = Call::json(below(url, "message"), &body).header("x-gotify-key", token.expose());
    Ok(Handover::call(call))
}

fn answered(answer: &Answer<'_>) -> Outcome {
    receipt_from(answer, told(answer, "errorDescription"), &["id"])
}

/// From 8 on the Android client rings whatever the phone is set to; from 4 on it makes a sound.
fn priority(letter: &Letter<'_>) -> u8 {
    match letter.page.incident.severity {
        Severity::Critical if letter.page.is_call() => 10,
        Severity::Error if letter.page.is_call() => 8,
        Severity::Info => 2,
        Severity::Critical | Severity::Error | Severity::Warning => 5,
    }
}

/// Returns text that a reader of Markdown shows as it is, each line on its own.
fn escaped(text: &str) -> String {
    let mut markdown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => markdown.push_str("  \n"),
            '<' => markdown.push_str("&lt;"),
            '&' => markdown.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '!' | '>' | '|' | '~' => {
                markdown.push('\\');
                markdown.push(c);
            }
            other => markdown.push(other),
        }
    }
    markdown
}
