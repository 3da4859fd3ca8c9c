//! ntfy topics: published as JSON, with a button that acknowledges.
//!
//! Source: the publishing manual of ntfy, <https://docs.ntfy.sh/publish/>: "Publish as JSON", "Action buttons", "Updating
//! notifications" (`sequence_id`, from version 2.16 on; an older server ignores it and shows a second notification). The
//! sequence of a page is its own id, so that a repeat takes the place of the first; word of what became of it takes the
//! place of the page.

use domain::{
    ChannelKind, Severity,
    delivery::Outcome,
    destination::{Destination, Secret},
};
use serde_json::{Value, json};
use url::Url;

use super::{Answer, Call, Handover, Keys, Letter, Unsendable, Vendor, misdirected, receipt_from, told};
use crate::{
    messages::{Notice, brief},
    setup::{Field, Section},
};

/// ntfy turns a message of more than 4,096 bytes into an attachment, and refuses JSON of more than twice that; a character has
/// at most four.
const BODY_CHARS: usize = 1_000;

pub(super) const VENDOR: Vendor =
    Vendor { kind: ChannelKind::Ntfy, keys: &["url", "token"], read, write, hand_over, answered };

fn read(section: &Section<'_>) -> Option<Destination> {
    let url = section.required("url", topic_url).map(Secret::new);
    let token = section.optional("token", Field::text).map(Secret::new);
    Some(Destination::Ntfy { url: url?, token })
}

fn write(destination: &Destination) -> Keys {
    let Destination::Ntfy { url, token } = destination else { return Keys::new() };
    vec![("url", Some(json!(url.expose()))), ("token", token.as_ref().map(|token| json!(token.expose())))]
}

fn hand_over(destination: &Destination, letter: &Letter<'_>) -> Result<Handover, Unsendable> {
    let Destination::Ntfy { url, token } = destination else { return Err(misdirected(ChannelKind::Ntfy)) };
    let (server, topic) = server_and_topic(url.expose())
        .ok_or_else(|| Unsendable("the contact's address names no ntfy topic".to_owned()))?;
    let page = letter.page;
    let brief = brief(page, letter.zone, BODY_CHARS);
    // In the place of the page, unless others that it told of still wait for an answer.
    let replaced = letter.thread.filter(|_| !page.is_call() && letter.standing.is_some());
    let sequence = replaced.unwrap_or(&page.id);
    let mut body = json!({
        "topic": topic,
        "title": brief.title,
        "message": brief.body,
        "priority": priority(letter),
        "tags": [tag(&page.notice)],
        "sequence_id": sequence,
    });
    if let Some(link) = page.link() {
        body["click"] = json!(link);
    }
    // Three are the most.
    let mut actions = Vec::new();
    if let Some(url) = &page.ack_url {
        // Sent without this word, as scanners of links do, it would change nothing.
        actions.push(json!({
            "action": "http", "label": "Acknowledge", "url": url, "method": "POST", "clear": true,
            "headers": { "content-type": "application/x-www-form-urlencoded" }, "body": "act=acknowledge",
        }));
    }
    if let Some(url) = &page.status_page {
        actions.push(json!({ "action": "view", "label": "Status page", "url": url }));
    }
    body["actions"] = Value::Array(actions);
    let call = Call::json(server, &body);
    Ok(Handover::call(match token {
        Some(token) => call.header("authorization", format!("Bearer {}", token.expose())),
        None => call,
    }))
}

fn answered(answer: &Answer<'_>) -> Outcome {
    receipt_from(answer, told(answer, "error"), &["sequence_id", "id"])
}

/// From 1, silent, to 5, which vibrates for long and passes "do not disturb".
fn priority(letter: &Letter<'_>) -> u8 {
    match letter.page.incident.severity {
        Severity::Critical if letter.page.is_call() => 5,
        Severity::Error if letter.page.is_call() => 4,
        Severity::Info => 2,
        Severity::Critical | Severity::Error | Severity::Warning => 3,
    }
}

fn tag(notice: &Notice) -> &'static str {
    match notice {
        Notice::Page => "rotating_light",
        Notice::Unanswered => "warning",
        Notice::Acknowledged { .. } => "eyes",
        Notice::Reassigned { .. } => "arrow_right",
        Notice::Resolved { .. } => "white_check_mark",
        Notice::Notice => "information_source",
    }
}

fn topic_url(field: &Field<'_>) -> Option<String> {
    let url = field.url()?;
    if server_and_topic(&url).is_none() {
        let hint = Some("write it like \"https://ntfy.sh/acme-pages\"".to_owned());
        field.problem("this names no topic: one word of letters, digits, `-` and `_` after the server", hint);
        return None;
    }
    Some(url)
}

/// JSON is posted to the server itself and names the topic inside. Servers of ntfy stand at the root of their host.
fn server_and_topic(url: &str) -> Option<(String, String)> {
    let mut url = Url::parse(url).ok()?;
    let topic = url.path().trim_matches('/').to_owned();
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if !(1..=64).contains(&topic.len()) || !topic.bytes().all(fits) {
        return None;
    }
    url.set_path("/");
    url.set_query(None);
    url.set_fragment(None);
    Some((url.into(), topic))
}
