//! Microsoft Teams channels, by the webhook of a workflow.
//!
//! Sources: <https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors> "Create incoming webhooks with
//! Workflows" and "Sending Adaptive Cards" (28 KB, four requests a second), <https://adaptivecards.io/explorer>
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

/// A card takes 28 KB, of which each line has its share of braces.
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
    let body = json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": adaptive_card(letter),
        }],
    });
    Ok(Handover::call(Call::json(url.expose(), &body)))
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

fn adaptive_card(letter: &Letter<'_>) -> Value {
    let card = Card::of(letter);
    let title = json!({
        "type": "TextRun", "text": card.title, "weight": "Bolder", "size": "Large", "color": colour(letter),
    });
    let mut body = vec![paragraph(vec![title])];
    body.extend(card.notes.iter().map(|note| paragraph(vec![bold(note)])));
    body.extend(
        card.facts.iter().map(|(name, value)| paragraph(vec![bold(&format!("{name}: ")), run(value)])),
    );
    for (heading, text) in card.passages(LIST_CHARS) {
        body.push(paragraph(vec![bold(&heading)]));
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
        "fallbackText": card.title,
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
