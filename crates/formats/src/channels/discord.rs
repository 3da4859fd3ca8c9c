//! Discord channels, by a webhook.
//!
//! Sources: <https://docs.discord.com/developers/resources/webhook> "Execute Webhook" (`wait=true` answers with the message),
//! "Edit Webhook Message", <https://docs.discord.com/developers/resources/message> "Embed limits" (4,096 characters of
//! description, 1,024 of a field, 6,000 in all embeds; 2,000 of content), and "Rate limits" (429
//! with `retry_after` in the body, in seconds with a fraction).
//!
//! A webhook can't reply, so news is a message of its own; the first message is edited to show how things stand. `nonce`,
//! by which Discord would know a repeat, is for bots and not for webhooks: the number of the incident is in every title,
//! and a message that may be there already says so. Nobody is mentioned, whatever the text says.

use domain::{
    ChannelKind,
    delivery::Outcome,
    destination::{Destination, Secret},
};
use serde_json::{Value, json};
use url::Url;

use super::{
    Answer, Call, Handover, Keys, Letter, Method, Unsendable, Vendor,
    card::{Card, units},
    misdirected, receipt_from, told, wait,
};
use crate::setup::{Field, Section};

/// What the list of other incidents may take.
const LIST_CHARS: usize = 1_200;

/// The longest description of an embed.
const DESCRIPTION_UNITS: usize = 4_096;

/// What the texts of all embeds may take together.
const EMBED_UNITS: usize = 6_000;

pub(super) const VENDOR: Vendor =
    Vendor { kind: ChannelKind::Discord, keys: &["url"], read, write, hand_over, answered };

fn read(section: &Section<'_>) -> Option<Destination> {
    Some(Destination::Discord { url: section.required("url", webhook_url).map(Secret::new)? })
}

fn write(destination: &Destination) -> Keys {
    let Destination::Discord { url } = destination else { return Keys::new() };
    vec![("url", Some(json!(url.expose())))]
}

fn hand_over(destination: &Destination, letter: &Letter<'_>) -> Result<Handover, Unsendable> {
    let Destination::Discord { url } = destination else { return Err(misdirected(ChannelKind::Discord)) };
    let hook = Url::parse(url.expose())
        .map_err(|error| Unsendable(format!("the webhook's address can't be used: {error}")))?;
    let mut execute = hook.clone();
    execute.query_pairs_mut().append_pair("wait", "true");
    let edit = letter.thread.zip(Card::standing(letter)).map(|(first, standing)| {
        let mut edit = hook;
        if let Ok(mut path) = edit.path_segments_mut() {
            path.pop_if_empty().extend(["messages", first]);
        }
        Call { method: Method::Patch, ..Call::json(edit, &message(&standing)) }
    });
    let first = Call::json(execute, &message(&Card::of(letter)));
    Ok(Handover::Calls { first, then: edit.into_iter().collect() })
}

fn answered(answer: &Answer<'_>) -> Outcome {
    let body: Value = serde_json::from_slice(answer.body).unwrap_or_default();
    let outcome = wait(told(answer, "message"), body["retry_after"].as_f64());
    receipt_from(answer, outcome, &["id"])
}

fn message(card: &Card) -> Value {
    let fields: Vec<(&str, String)> = card
        .facts
        .iter()
        // A field without a value is refused.
        .map(|(name, value)| (*name, if value.is_empty() { "–".to_owned() } else { escape(value) }))
        .collect();
    let others =
        units(&card.reason) + fields.iter().map(|(name, value)| units(name) + units(value)).sum::<usize>();
    let most = DESCRIPTION_UNITS.min(EMBED_UNITS.saturating_sub(others));
    let description =
        card.fitted(LIST_CHARS, |passages| description(card, passages), |written| units(written) <= most);
    let fields = fields.iter().map(|(name, value)| json!({ "name": name, "value": value, "inline": true }));
    json!({
        "content": format!("**{}**", escape(&card.title)),
        "embeds": [{
            "color": card.colour,
            "description": description,
            "fields": fields.collect::<Vec<_>>(),
            "footer": { "text": card.reason },
        }],
        "allowed_mentions": { "parse": [] },
    })
}

fn description(card: &Card, passages: &[(String, String)]) -> String {
    let mut parts: Vec<String> = card.notes.iter().map(|note| format!("**{}**", escape(note))).collect();
    parts.extend(passages.iter().map(|(heading, text)| format!("{heading}\n{}", escape(text))));
    if !card.links.is_empty() {
        let links = card.links.iter().map(|(name, url)| format!("[{name}](<{url}>)"));
        parts.push(links.collect::<Vec<_>>().join("  ·  "));
    }
    parts.join("\n\n")
}

/// Discord reads Markdown of its own; a backslash before any sign of ASCII makes it plain.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if matches!(
            c,
            '\\' | '*' | '_' | '~' | '`' | '|' | '>' | '<' | '#' | '[' | ']' | '(' | ')' | '-' | ':'
        ) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

fn webhook_url(field: &Field<'_>) -> Option<String> {
    let url = field.url()?;
    let of_others = ["/slack", "/github"].into_iter().find(|end| url.trim_end_matches('/').ends_with(end));
    if let Some(end) = of_others {
        field.problem(
            format!("an address that ends in `{end}` takes the messages of others"),
            Some(format!("write it without `{end}`")),
        );
        return None;
    }
    Some(url)
}
