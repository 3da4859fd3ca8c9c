//! PagerDuty services.
//!
//! Source: the Events API v2 of PagerDuty, <https://developer.pagerduty.com/docs/events-api-v2-overview>. The incident's id is
//! the `dedup_key`: every page about it is a `trigger` of the same alert, whatever is sent twice changes nothing, and what
//! becomes of it here becomes of it there.

use domain::{
    ChannelKind,
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

const API: &str = "https://events.pagerduty.com";

/// The longest summary that PagerDuty takes.
const SUMMARY_CHARS: usize = 1_024;

const BODY_CHARS: usize = 4_000;

pub(super) const VENDOR: Vendor =
    Vendor { kind: ChannelKind::Pagerduty, keys: &["routing_key", "api"], read, write, hand_over, answered };

fn read(section: &Section<'_>) -> Option<Destination> {
    let routing_key = section.required("routing_key", routing_key).map(Secret::new);
    let api = section.optional("api", Field::url);
    Some(Destination::Pagerduty { routing_key: routing_key?, api })
}

fn write(destination: &Destination) -> Keys {
    let Destination::Pagerduty { routing_key, api } = destination else { return Keys::new() };
    vec![("routing_key", Some(json!(routing_key.expose()))), ("api", api.as_ref().map(|api| json!(api)))]
}

fn hand_over(destination: &Destination, letter: &Letter<'_>) -> Result<Handover, Unsendable> {
    let Destination::Pagerduty { routing_key, api } = destination else {
        return Err(misdirected(ChannelKind::Pagerduty));
    };
    let page = letter.page;
    let action = match page.notice {
        Notice::Page | Notice::Unanswered | Notice::Reassigned { .. } | Notice::Notice => "trigger",
        Notice::Acknowledged { .. } => "acknowledge",
        Notice::Resolved { .. } => "resolve",
    };
    let mut event = json!({
        "routing_key": routing_key.expose(),
        "event_action": action,
        "dedup_key": page.incident.id,
    });
    if action == "trigger" {
        event["client"] = json!("Midwatch");
        event["client_url"] = json!(letter.public_url);
        event["links"] = links(letter);
        event["payload"] = payload(letter);
    }
    let call = Call::json(below(api.as_deref().unwrap_or(API), "v2/enqueue"), &event);
    Ok(Handover::call(call))
}

fn links(letter: &Letter<'_>) -> Value {
    let named = [("Acknowledge", &letter.page.ack_url), ("Status page", &letter.page.status_page)];
    let links =
        named.into_iter().filter_map(|(text, url)| Some(json!({ "href": url.as_ref()?, "text": text })));
    Value::Array(links.collect())
}

fn payload(letter: &Letter<'_>) -> Value {
    let (page, incident) = (letter.page, &letter.page.incident);
    let brief = brief(page, letter.zone, BODY_CHARS);
    let cause = incident.cause.as_ref();
    json!({
        "summary": shorten(brief.title, SUMMARY_CHARS),
        "source": cause.map_or("midwatch", |cause| &cause.provider),
        // PagerDuty knows the same four words.
        "severity": incident.severity.word(),
        "timestamp": incident.since.to_string(),
        "component": cause.and_then(|cause| cause.component.as_deref()),
        "group": incident.services.first(),
        "class": cause.map(|cause| cause.status.word()),
        "custom_details": {
            "text": brief.body,
            "organization": page.organization,
            "number": incident.number,
            "services": incident.services,
            "notification": page.id,
            "attempt": letter.attempt.to_string(),
        },
    })
}

fn answered(answer: &Answer<'_>) -> Outcome {
    receipt_from(answer, told(answer, "errors"), &["dedup_key"])
}

fn routing_key(field: &Field<'_>) -> Option<String> {
    let key = field.text()?;
    if key.len() == 32 && key.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Some(key);
    }
    let hint =
        "copy the integration key of an \"Events API V2\" integration: 32 letters and digits".to_owned();
    field.problem("this is no routing key of PagerDuty", Some(hint));
    None
}
