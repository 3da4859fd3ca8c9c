//! Mattermost channels, by an incoming webhook.
//!
//! Sources: <https://developers.mattermost.com/integrate/webhooks/incoming> (parameters, `props`, answers in JSON with
//! `message`) and "Message attachments" (fields, colours). A post takes 16,383 characters of text, older servers 4,000; its
//! attachments are properties, of which a post takes 800,000 characters (`PostPropsMaxRunes` of the server's `model/post.go`).
//!
//! An incoming webhook can neither reply nor change what it has posted: news is a message of its own. Mattermost knows no
//! repeats: the number of the incident is in every title, and a message that may be there already says so; `props` hold the
//! ids for plugins that want to tell.

use domain::{
    ChannelKind,
    delivery::Outcome,
    destination::{Destination, Secret},
};
use serde_json::{Value, json};

use super::{Answer, Call, Handover, Keys, Letter, Unsendable, Vendor, card::Card, misdirected, told};
use crate::setup::{Field, Section};

/// What the list of other incidents may take: a chat is no place for more.
const LIST_CHARS: usize = 1_200;

pub(super) const VENDOR: Vendor =
    Vendor { kind: ChannelKind::Mattermost, keys: &["url"], read, write, hand_over, answered };

fn read(section: &Section<'_>) -> Option<Destination> {
    Some(Destination::Mattermost { url: section.required("url", Field::url).map(Secret::new)? })
}

fn write(destination: &Destination) -> Keys {
    let Destination::Mattermost { url } = destination else { return Keys::new() };
    vec![("url", Some(json!(url.expose())))]
}

fn hand_over(destination: &Destination, letter: &Letter<'_>) -> Result<Handover, Unsendable> {
    let Destination::Mattermost { url } = destination else {
        return Err(misdirected(ChannelKind::Mattermost));
    };
    let card = Card::of(letter);
    let mut text: Vec<String> = card.notes.iter().map(|note| format!("**{}**", escape(note))).collect();
    let quoted = |(heading, lines): &(String, String)| {
        let lines = lines.lines().map(|line| format!("> {}", escape(line)));
        format!("{heading}\n{}", lines.collect::<Vec<_>>().join("\n"))
    };
    text.extend(card.fitted(
        LIST_CHARS,
        |passages| passages.iter().map(quoted).collect::<Vec<_>>(),
        |_| true,
    ));
    if !card.links.is_empty() {
        let links = card.links.iter().map(|(name, url)| format!("[{name}](<{url}>)"));
        text.push(links.collect::<Vec<_>>().join("  ·  "));
    }
    let field =
        |(name, value): &(&str, String)| json!({ "short": true, "title": name, "value": escape(value) });
    let page = letter.page;
    let body = json!({
        "text": format!("**{}**", escape(&card.title)),
        "attachments": [{
            "fallback": escape(&card.title),
            "color": card.hex(),
            "text": text.join("\n\n"),
            "fields": card.facts.iter().map(field).collect::<Vec<Value>>(),
            "footer": escape(&card.reason),
        }],
        "props": {
            "midwatch": { "incident": page.incident.id, "message": page.id, "type": page.notice.word() },
        },
    });
    Ok(Handover::call(Call::json(url.expose(), &body)))
}

fn answered(answer: &Answer<'_>) -> Outcome {
    told(answer, "message")
}

/// A backslash makes a sign of Markdown plain. Names after `@`, and Slack's `<!channel>`, which Mattermost understands too,
/// are looked for in the raw text: a space without width keeps them from being found.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if matches!(c, '\\' | '*' | '_' | '~' | '`' | '|' | '>' | '<' | '#' | '[' | ']' | '(' | ')' | '!') {
            escaped.push('\\');
        }
        escaped.push(c);
        if matches!(c, '@' | '<' | ':') {
            escaped.push('\u{200B}');
        }
    }
    escaped
}
