//! The JSON that a webhook contact receives: the end of section 6 of the contract.

use serde::Serialize;

use super::{IncidentFacts, Notice, PageMessage, span_between};

/// Returns the body. Follow-ups add who acknowledged, when, and the end of a snooze; to whom it was handed and when; or when it
/// ended and how long it lasted; `also`, `delayed` and
/// `possible_duplicate` are there only when there is something to say.
#[must_use]
pub fn webhook(message: &PageMessage) -> String {
    let incident = &message.incident;
    let mut body = Body {
        kind: message.notice.word(),
        id: &message.id,
        organization: &message.organization,
        incident: incident_json(incident),
        also: message.also.iter().map(incident_json).collect(),
        to: RecipientJson {
            user: &message.to.user,
            step: message.to.step,
            round: message.to.round,
            reason: &message.to.reason,
        },
        ack_url: message.ack_url.as_deref(),
        status_page: message.status_page.as_deref(),
        by: None,
        assigned_to: None,
        at: None,
        snoozed_until: None,
        resolved_at: None,
        duration: None,
        delayed: message.delayed,
        possible_duplicate: message.possible_duplicate,
    };
    match &message.notice {
        Notice::Page | Notice::Unanswered | Notice::Notice => {}
        Notice::Acknowledged { by, at, snoozed } => {
            body.by = Some(by);
            body.at = Some(at.to_string());
            body.snoozed_until = snoozed.as_ref().map(|snooze| snooze.until.to_string());
        }
        Notice::Reassigned { to, at } => {
            body.assigned_to = Some(to);
            body.at = Some(at.to_string());
        }
        Notice::Resolved { at } => {
            body.resolved_at = Some(at.to_string());
            body.duration = Some(span_between(incident.since, *at));
        }
    }
    serde_json::to_string(&body).expect("structs of strings and lists always serialize")
}

fn incident_json(incident: &IncidentFacts) -> IncidentJson<'_> {
    IncidentJson {
        id: &incident.id,
        number: incident.number,
        response: incident.response,
        severity: incident.severity.word(),
        summary: &incident.summary,
        services: &incident.services,
        cause: incident.cause.as_ref().map(|cause| CauseJson {
            provider: &cause.provider,
            component: cause.component.as_deref(),
            status: cause.status.word(),
        }),
        since: incident.since.to_string(),
    }
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    id: &'a str,
    organization: &'a str,
    incident: IncidentJson<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    also: Vec<IncidentJson<'a>>,
    to: RecipientJson<'a>,
    ack_url: Option<&'a str>,
    status_page: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    assigned_to: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    snoozed_until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resolved_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    delayed: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    possible_duplicate: bool,
}

#[derive(Serialize)]
struct IncidentJson<'a> {
    id: &'a str,
    number: i64,
    response: &'static str,
    severity: &'static str,
    summary: &'a str,
    services: &'a [String],
    cause: Option<CauseJson<'a>>,
    since: String,
}

#[derive(Serialize)]
struct CauseJson<'a> {
    provider: &'a str,
    component: Option<&'a str>,
    status: &'static str,
}

#[derive(Serialize)]
struct RecipientJson<'a> {
    user: &'a str,
    step: u32,
    round: u32,
    reason: &'a str,
}
