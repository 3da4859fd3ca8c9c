//! Opsgenie integrations, and Jira Service Management, which speaks the same.
//!
//! Source: the Alert API of Opsgenie, <https://docs.opsgenie.com/docs/alert-api>. The incident's id is the alert's `alias`:
//! creating it again counts the same alert up, and what becomes of it here becomes of it there. Accounts in Europe have a
//! base address of their own, `https://api.eu.opsgenie.com`.

use domain::{
    ChannelKind, Severity,
    delivery::Outcome,
    destination::{Destination, Secret},
};
use serde_json::{Value, json};

use super::{
    Answer, Call, Handover, Keys, Letter, Unsendable, Vendor, below, misdirected, receipt_from, told,
};
use crate::{
    messages::{Notice, brief},
    setup::{Field, Section},
    text::shorten,
};

const API: &str = "https://api.opsgenie.com";

/// The longest `message` that Opsgenie takes.
const MESSAGE_CHARS: usize = 130;

const BODY_CHARS: usize = 10_000;

pub(super) const VENDOR: Vendor =
    Vendor { kind: ChannelKind::Opsgenie, keys: &["key", "api"], read, write, hand_over, answered };

fn read(section: &Section<'_>) -> Option<Destination> {
    let key = section.required("key", Field::text).map(Secret::new);
    let api = section.optional("api", Field::url);
    Some(Destination::Opsgenie { key: key?, api })
}

fn write(destination: &Destination) -> Keys {
    let Destination::Opsgenie { key, api } = destination else { return Keys::new() };
    vec![("key", Some(json!(key.expose()))), ("api", api.as_ref().map(|api| json!(api)))]
}

fn hand_over(destination: &Destination, letter: &Letter<'_>) -> Result<Handover, Unsendable> {
    let Destination::Opsgenie { key, api } = destination else {
        return Err(misdirected(ChannelKind::Opsgenie));
    };
    let page = letter.page;
    let of_alias = |verb: &str| format!("v2/alerts/{}/{verb}?identifierType=alias", page.incident.id);
    let (path, body) = match &page.notice {
        Notice::Page | Notice::Unanswered | Notice::Reassigned { .. } | Notice::Notice => {
            ("v2/alerts".to_owned(), alert(letter))
        }
        Notice::Acknowledged { by, snoozed, .. } => {
            let note = match snoozed {
                None => format!("Acknowledged by {by}"),
                Some(snooze) => format!("Snoozed until {} by {by}", snooze.clock),
            };
            (of_alias("acknowledge"), json!({ "source": "Midwatch", "note": note }))
        }
        Notice::Resolved { .. } => {
            (of_alias("close"), json!({ "source": "Midwatch", "note": "Resolved in Midwatch" }))
        }
    };
    let call = Call::json(below(api.as_deref().unwrap_or(API), &path), &body);
    Ok(Handover::call(call.header("authorization", format!("GenieKey {}", key.expose()))))
}

fn alert(letter: &Letter<'_>) -> Value {
    let (page, incident) = (letter.page, &letter.page.incident);
    let brief = brief(page, letter.zone, BODY_CHARS);
    let mut details = json!({
        "organization": page.organization,
        "number": incident.number.to_string(),
        "services": incident.services.join(", "),
        "notification": page.id,
        "attempt": letter.attempt.to_string(),
    });
    for (name, value) in [("acknowledge", &page.ack_url), ("status_page", &page.status_page)] {
        if let Some(value) = value {
            details[name] = json!(value);
        }
    }
    json!({
        "message": shorten(brief.title, MESSAGE_CHARS),
        "alias": incident.id,
        "description": brief.body,
        "priority": priority(incident.severity),
        "source": "Midwatch",
        "entity": incident.cause.as_ref().map(|cause| &cause.provider),
        "tags": ["midwatch", incident.severity.word()],
        "details": details,
    })
}

fn answered(answer: &Answer<'_>) -> Outcome {
    receipt_from(answer, told(answer, "message"), &["requestId"])
}

/// P1 is the worst; P4 and P5 wake nobody.
const fn priority(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "P1",
        Severity::Error => "P2",
        Severity::Warning => "P3",
        Severity::Info => "P5",
    }
}
