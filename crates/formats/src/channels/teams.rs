//! Microsoft Teams channels, by the webhook of a workflow.
//!
//! Sources: <https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors> "Create incoming webhooks with
//! Workflows" and "Sending Adaptive Cards" (about 28 KB of message, everything included; four requests a second), <https://adaptivecards.io/explorer>
//! (`RichTextBlock` and `TextRun`, whose text is never read as Markdown). A connector of the older kind answers 200 and
//! says in words that Teams did not take the message.
//!
//! A workflow can neither reply nor change what it has posted: news is a card of its own. Teams knows no repeats.

use domain::{
    ChannelKind, Severity,
    delivery::Outcome,
    destination::{Destination, Secret},
};
use serde_json::{Value, json};

use super::{
    Answer, Call, Handover, Keys, Letter, Unsendable, Vendor, by_status, card::Card, misdirected, words,
};
use crate::{
    messages::Notice,
    setup::{Field, Section},
};

/// What a connector of the older kind says of the answer that it got itself.
const SECOND_HAND: &str = "returned HTTP error ";

/// The longest message: 28 KB by the documents, and some were refused from 21 KB on.
const MESSAGE_BYTES: usize = 20_000;

/// What the list of other incidents may take of it.
const LIST_CHARS: usize = 4_000;

pub(super) const VENDOR: Vendor =
    Vendor { kind: ChannelKind::Teams, keys: &["url"], read, write, hand_over, answered };

fn read(section: &Section<'_>) -> Option<Destination> {
    Some(Destination::Teams { url: section.required("url", Field::url).map(Secret::new)? })
}

fn write(destination: &Destination) -> Keys {
    let Destination::Teams { url } = destination else { return Keys::new() };
    vec![("url", Some(json!(url.expose())))]
}

fn hand_over(destination: &Destination, letter: &Letter<'_>) -> Result<Handover, Unsendable> {
    let Destination::Teams { url } = destination else { return Err(misdirected(ChannelKind::Teams)) };
    let card = Card::of(letter);
    let body = |passages: &[(String, String)]| {
        json!({
            "type": "message",
            "attachments": [{
                "contentType": "application/vnd.microsoft.card.adaptive",
                "contentUrl": null,
                "content": adaptive_card(letter, &card, passages),
            }],
        })
    };
    let written = card.fitted(
        LIST_CHARS,
        |passages| Call::json(url.expose(), &body(passages)),
        |call| call.body.len() <= MESSAGE_BYTES,
    );
    Ok(Handover::call(written))
}

fn answered(answer: &Answer<'_>) -> Outcome {
    let text = String::from_utf8_lossy(answer.body);
    let second_hand = text.split_once(SECOND_HAND).and_then(|(_, rest)| rest.get(..3)?.parse().ok());
    let status = second_hand.filter(|_| answer.status < 300).unwrap_or(answer.status);
    let outcome = by_status(&Answer { status, ..*answer });
    let said = words(&format!("HTTP status {status}: {text}"));
    match (status, outcome) {
        // The third try goes without what makes a card long.
        (413, _) => Outcome::TryAgain { answer: said, after: answer.retry_after, may_have_arrived: false },
        (_, Outcome::TryAgain { after, may_have_arrived, .. }) => {
            Outcome::TryAgain { answer: said, after, may_have_arrived }
        }
        (_, Outcome::Refused { .. }) => Outcome::Refused { answer: said },
        (_, accepted @ Outcome::Accepted { .. }) => accepted,
    }
}

fn adaptive_card(letter: &Letter<'_>, card: &Card, passages: &[(String, String)]) -> Value {
    let title = json!({
        "type": "TextRun", "text": card.title, "weight": "Bolder", "size": "Large", "color": colour(letter),
    });
    let mut body = vec![paragraph(vec![title])];
    body.extend(card.notes.iter().map(|note| paragraph(vec![bold(note)])));
    body.extend(
        card.facts.iter().map(|(name, value)| paragraph(vec![bold(&format!("{name}: ")), run(value)])),
    );
    for (heading, text) in passages {
        body.push(paragraph(vec![bold(heading)]));
        // A line break within a run is shown as a space.
        body.extend(text.lines().map(|line| paragraph(vec![run(line)])));
    }
    body.push(paragraph(vec![json!({
        "type": "TextRun", "text": card.reason, "isSubtle": true, "size": "Small",
    })]));
    let actions =
        card.links.iter().map(|(name, url)| json!({ "type": "Action.OpenUrl", "title": name, "url": url }));
    json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        // The one text that is read as Markdown: without brackets there is no link in it.
        "fallbackText": card.title.replace('[', "(").replace(']', ")"),
        "msteams": { "width": "Full" },
        "body": body,
        "actions": actions.collect::<Vec<_>>(),
    })
}

fn paragraph(inlines: Vec<Value>) -> Value {
    json!({ "type": "RichTextBlock", "spacing": "Small", "inlines": inlines })
}

fn run(text: &str) -> Value {
    json!({ "type": "TextRun", "text": text })
}

fn bold(text: &str) -> Value {
    json!({ "type": "TextRun", "text": text, "weight": "Bolder" })
}

/// Adaptive Cards have colours by meaning.
fn colour(letter: &Letter<'_>) -> &'static str {
    match &letter.page.notice {
        Notice::Page | Notice::Unanswered => match letter.page.incident.severity {
            Severity::Critical | Severity::Error => "Attention",
            Severity::Warning => "Warning",
            Severity::Info => "Accent",
        },
        Notice::Acknowledged { .. } | Notice::Reassigned { .. } => "Accent",
        Notice::Resolved { .. } => "Good",
        Notice::Notice => "Default",
    }
}
