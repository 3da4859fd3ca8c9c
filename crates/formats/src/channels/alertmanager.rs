//! Alertmanagers.
//!
//! Source: the API v2 of Alertmanager, <https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml>
//! (`POST /api/v2/alerts`), and "Sending alerts", <https://prometheus.io/docs/alerting/latest/clients/>.
//!
//! An alert is known by all of its labels, and the severity of an incident may change. So four alerts are posted together,
//! one for each severity: the present one fires, the others have ended. Alertmanager forgets an alert that is not repeated
//! before its `endsAt`; a page is not repeated for ever, so it lies [`OPEN_FOR`] ahead, and word of the end comes from us.

use std::time::Duration;

use domain::{
    ChannelKind, Severity,
    delivery::Outcome,
    destination::{Destination, Secret},
};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Answer, Call, Handover, Keys, Letter, Unsendable, Vendor, below, misdirected, told};
use crate::{
    messages::{Notice, brief},
    setup::{Field, Section},
};

/// How long an alert stays when nothing more is heard of it: longer than outages last.
const OPEN_FOR: Duration = Duration::from_secs(7 * 86_400);

/// How long word of Midwatch itself stays.
const NOTICE_FOR: Duration = Duration::from_secs(3_600);

const BODY_CHARS: usize = 4_000;

pub(super) const VENDOR: Vendor =
    Vendor { kind: ChannelKind::Alertmanager, keys: &["url", "token"], read, write, hand_over, answered };

fn read(section: &Section<'_>) -> Option<Destination> {
    let url = section.required("url", Field::url);
    let token = section.optional("token", Field::text).map(Secret::new);
    Some(Destination::Alertmanager { url: url?, token })
}

fn write(destination: &Destination) -> Keys {
    let Destination::Alertmanager { url, token } = destination else { return Keys::new() };
    vec![("url", Some(json!(url))), ("token", token.as_ref().map(|token| json!(token.expose())))]
}

fn hand_over(destination: &Destination, letter: &Letter<'_>) -> Result<Handover, Unsendable> {
    let Destination::Alertmanager { url, token } = destination else {
        return Err(misdirected(ChannelKind::Alertmanager));
    };
    let alerts: Vec<Value> = Severity::ALL.iter().map(|severity| alert(letter, *severity)).collect();
    let call = Call::json(below(url, "api/v2/alerts"), &Value::Array(alerts));
    Ok(Handover::call(match token {
        Some(token) => call.header("authorization", format!("Bearer {}", token.expose())),
        None => call,
    }))
}

fn alert(letter: &Letter<'_>, severity: Severity) -> Value {
    let (page, incident) = (letter.page, &letter.page.incident);
    let brief = brief(page, letter.zone, BODY_CHARS);
    let ends_at = match page.notice {
        Notice::Resolved { at } => at,
        // Nobody will say that it is over.
        Notice::Notice if severity == incident.severity => {
            letter.now.checked_add(NOTICE_FOR).unwrap_or(Timestamp::MAX)
        }
        Notice::Page | Notice::Unanswered | Notice::Acknowledged { .. } | Notice::Reassigned { .. }
            if severity == incident.severity =>
        {
            letter.now.checked_add(OPEN_FOR).unwrap_or(Timestamp::MAX)
        }
        Notice::Page
        | Notice::Unanswered
        | Notice::Notice
        | Notice::Acknowledged { .. }
        | Notice::Reassigned { .. } => letter.now,
    };
    let mut annotations = json!({
        "summary": brief.title,
        "description": brief.body,
        "services": incident.services.join(", "),
        "notification": page.id,
    });
    for (name, value) in [("acknowledge", &page.ack_url), ("status_page", &page.status_page)] {
        if let Some(value) = value {
            annotations[name] = json!(value);
        }
    }
    if let Notice::Acknowledged { by, .. } = &page.notice {
        annotations["acknowledged_by"] = json!(by);
    }
    json!({
        "labels": {
            "alertname": "MidwatchIncident",
            "organization": page.organization,
            "incident": incident.number.to_string(),
            "service": incident.services.first().map_or("", String::as_str),
            "severity": severity.word(),
        },
        "annotations": annotations,
        "startsAt": incident.since.to_string(),
        "endsAt": ends_at.max(incident.since).to_string(),
        "generatorURL": page.status_page.as_deref().unwrap_or(letter.public_url),
    })
}

/// Its refusals are a text in JSON, or a table with a `message`.
fn answered(answer: &Answer<'_>) -> Outcome {
    told(answer, "message")
}
