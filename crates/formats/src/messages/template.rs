//! Message bodies by a template of the team's own: `{name}` stands for a fact, everything else for itself.
//!
//! There is no logic, so nothing that a provider says can be more than a value. In a template that is JSON a value stands
//! inside quotation marks and is encoded for them; elsewhere it stands as it is, in one line but for `{text}`.

use domain::template::{Piece, pieces, place};
use jiff::tz::TimeZone;
use serde_json::Value;

use super::{Notice, PageMessage, brief};
use crate::text::clean_line;

/// The longest template, in bytes.
pub const MOST_BYTES: usize = 16 * 1024;

/// The longest value, in characters.
const VALUE_CHARS: usize = 2_000;

/// Every name that a template may use, and what it stands for in a page.
pub const NAMES: &[(&str, &str)] = &[
    ("type", "page, acknowledged, reassigned, resolved, unanswered or notice"),
    ("id", "the notification's id, the same at every try"),
    ("organization", "the organisation's slug"),
    ("incident", "the incident's id"),
    ("number", "what people call the incident"),
    ("severity", "info, warning, error or critical"),
    ("response", "open, acknowledged or resolved"),
    ("summary", "one line"),
    ("title", "one line with the severity and the number"),
    ("text", "several lines that say everything"),
    ("services", "the services it touches, with commas"),
    ("provider", "the provider behind it"),
    ("component", "the provider's component"),
    ("status", "the component's status"),
    ("said", "the provider's newest words"),
    ("since", "when it began, in UTC"),
    ("at", "when it was acknowledged, handed over or resolved, in UTC"),
    ("by", "who acknowledged or snoozed"),
    ("snoozed_until", "until when it is snoozed, in UTC"),
    ("assigned_to", "whom it was handed to"),
    ("user", "who is paged"),
    ("reason", "why they are"),
    ("step", "the step of the policy"),
    ("round", "the round of the policy"),
    ("ack_url", "where it is acknowledged"),
    ("status_page", "the public status page"),
];

/// What is wrong with a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Where, from 1.
    pub line: usize,
    /// Where in the line, in characters from 1.
    pub column: usize,
    /// What, and what would be right.
    pub problem: String,
}

/// Checks a template; none of its values are known yet.
///
/// # Errors
/// The first unknown name, or where it is no JSON although it begins like JSON.
pub fn check(template: &str) -> Result<(), Mistake> {
    for piece in pieces(template) {
        if let Piece::Name(name, offset) = piece
            && !NAMES.iter().any(|(known, _)| *known == name)
        {
            let names: Vec<&str> = NAMES.iter().map(|(known, _)| *known).collect();
            let problem = format!("there is no `{{{name}}}`; the names are {}", names.join(", "));
            let (line, column) = place(template, offset);
            return Err(Mistake { line, column, problem });
        }
    }
    if is_json(template)
        && let Err(error) = serde_json::from_str::<Value>(&filled(template, |_| Some("x".to_owned())))
    {
        let problem = format!("this begins like JSON and is none: {error}; put names in quotation marks");
        return Err(Mistake { line: error.line(), column: error.column(), problem });
    }
    Ok(())
}

/// Returns the body, and what kind of content it is.
#[must_use]
pub fn fill(template: &str, message: &PageMessage, zone: &TimeZone) -> (String, &'static str) {
    let body = filled(template, |name| value(name, message, zone));
    (body, if is_json(template) { "application/json" } else { "text/plain; charset=utf-8" })
}

fn filled(template: &str, value: impl Fn(&str) -> Option<String>) -> String {
    if !is_json(template) {
        return domain::template::fill(template, value);
    }
    domain::template::fill(template, |name| {
        let quoted = Value::String(value(name).unwrap_or_default()).to_string();
        Some(quoted[1..quoted.len() - 1].to_owned())
    })
}

fn is_json(template: &str) -> bool {
    template.trim_start().starts_with(['{', '[']) && !starts_with_name(template.trim_start())
}

/// A text may begin with a name.
fn starts_with_name(template: &str) -> bool {
    matches!(pieces(template).next(), Some(Piece::Name(..)))
}

fn value(name: &str, message: &PageMessage, zone: &TimeZone) -> Option<String> {
    let incident = &message.incident;
    let cause = incident.cause.as_ref();
    let (by, at) = match &message.notice {
        Notice::Acknowledged { by, at, .. } => (Some(by.clone()), Some(at.to_string())),
        Notice::Reassigned { at, .. } | Notice::Resolved { at } => (None, Some(at.to_string())),
        Notice::Page | Notice::Unanswered | Notice::Notice => (None, None),
    };
    let value = match name {
        "text" => return Some(brief(message, zone, VALUE_CHARS).body),
        "type" => Some(message.notice.word().to_owned()),
        "id" => Some(message.id.clone()),
        "organization" => Some(message.organization.clone()),
        "incident" => Some(incident.id.clone()),
        "number" => Some(incident.number.to_string()),
        "severity" => Some(incident.severity.word().to_owned()),
        "response" => Some(incident.response.to_owned()),
        "summary" => Some(incident.summary.clone()),
        "title" => Some(brief(message, zone, VALUE_CHARS).title),
        "services" => Some(incident.services.join(", ")),
        "provider" => cause.map(|cause| cause.provider.clone()),
        "component" => cause.and_then(|cause| cause.component.clone()),
        "status" => cause.map(|cause| cause.status.word().to_owned()),
        "said" => {
            cause.and_then(|cause| cause.said.as_deref()).map(|said| super::plain_text(said, VALUE_CHARS))
        }
        "since" => Some(incident.since.to_string()),
        "at" => at,
        "by" => by,
        "snoozed_until" => snoozed_until(&message.notice),
        "assigned_to" => assigned_to(&message.notice),
        "user" => Some(message.to.user.clone()),
        "reason" => Some(message.to.reason.clone()),
        "step" => Some(message.to.step.to_string()),
        "round" => Some(message.to.round.to_string()),
        "ack_url" => message.ack_url.clone(),
        "status_page" => message.status_page.clone(),
        _ => None,
    };
    value.map(|value| clean_line(&value, VALUE_CHARS))
}

fn snoozed_until(notice: &Notice) -> Option<String> {
    let Notice::Acknowledged { snoozed: Some(snooze), .. } = notice else { return None };
    Some(snooze.until.to_string())
}

fn assigned_to(notice: &Notice) -> Option<String> {
    let Notice::Reassigned { to, .. } = notice else { return None };
    Some(to.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_that_begins_with_a_name_is_no_json() {
        assert!(is_json("{\"a\":1}") && is_json(" []") && !is_json("{summary} is down"));
    }

    #[test]
    fn an_unknown_name_is_shown_with_its_place_and_the_names_that_there_are() {
        let mistake = check("é {id}\nsays {summry}").unwrap_err();
        assert_eq!((mistake.line, mistake.column), (2, 6));
        assert!(mistake.problem.contains("no `{summry}`; the names are type, id,"), "{}", mistake.problem);
        let mistake = check("{\"number\": {number}, \"x\": {id}}").unwrap_err();
        assert!(mistake.problem.contains("quotation marks"), "{}", mistake.problem);
        assert_eq!(check("{\"number\": \"{number}\"}"), Ok(()));
        for (name, _) in NAMES {
            assert_eq!(check(&format!("{{{name}}}")), Ok(()), "{name}");
        }
    }
}
