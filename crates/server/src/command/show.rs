//! `incident show`: everything on record about one incident.

use std::fmt::Write;

use domain::{NotificationState, incident::Incident, setup::Setup};
use engine::{CommandError, commands::whom, compose, timeline};
use serde_json::{Value, json};
use store::{
    Scope,
    attempts::{self, Attempt, AttemptOutcome},
    incidents::{self, IncidentEvent, IncidentUpdate},
    notifications::{self, Notification},
};

use super::{
    incident::Named,
    ledger,
    output::{kind, print, print_json, responder, second},
};
use crate::{args::Failure, config::Config, table::table};

/// Messages that are shown.
const MOST_MESSAGES: u32 = 1_000;

/// Everything on record about an incident.
pub(super) struct Record {
    pub(super) incident: Incident,
    pub(super) events: Vec<IncidentEvent>,
    updates: Vec<IncidentUpdate>,
    pub(super) messages: Vec<(Notification, Vec<Attempt>)>,
}

/// Shows an incident.
pub(super) fn run(config: &Config, name: &str, as_json: bool) -> Result<(), Failure> {
    let (named, ledger) = (Named::read(name)?, ledger::required(config)?);
    let org = config.objects.setup.organization.id;
    let record = ledger.read_blocking(move |tx| load(&mut Scope::new(tx, org), named))?;
    let setup = &config.objects.setup;
    if as_json {
        print_json(&whole(setup, &record))?;
    } else {
        print(&text(setup, &record))?;
    }
    Ok(())
}

/// Reads everything on record about an incident.
pub(super) fn load(scope: &mut Scope<'_>, named: Named) -> Result<Record, CommandError> {
    let incident = named.find(scope)?;
    let events = incidents::list_events(scope, incident.id)?;
    let updates = incidents::list_updates(scope, incident.id)?;
    let mut messages = Vec::new();
    for notification in notifications::list(scope, incident.id, MOST_MESSAGES)? {
        let tries = attempts::list(scope, notification.id)?;
        messages.push((notification, tries));
    }
    Ok(Record { incident, events, updates, messages })
}

/// Returns the slugs of the services that an incident touches.
pub(super) fn services(setup: &Setup, incident: &Incident) -> Vec<String> {
    let slug =
        |id| setup.service(id).map_or_else(|| "former service".to_owned(), |service| service.slug.clone());
    incident.services.iter().map(|affected| slug(affected.service)).collect()
}

/// Returns an incident as JSON.
pub(super) fn json(setup: &Setup, incident: &Incident) -> Value {
    json!({
        "id": incident.id.to_string(),
        "number": incident.number,
        "title": incident.title,
        "severity": incident.severity.word(),
        "impact": incident.impact().word(),
        "response": incident.response.word(),
        "response_by": incident.response.given().map(|(by, _)| compose::name(setup, by)),
        "response_at": incident.response.given().map(|(_, at)| at.to_string()),
        "response_until": incident.response.until().map(|until| until.to_string()),
        "snoozed": incident.response.is_snoozed(),
        "assigned_to": incident.assignee.map(|to| whom::name(setup, to)),
        "phase": incident.phase.word(),
        "opened_at": incident.opened_at.to_string(),
        "first_page_at": incident.first_page_at.map(|at| at.to_string()),
        "resolved_at": incident.resolved_at().map(|at| at.to_string()),
        "services": services(setup, incident),
    })
}

/// Returns everything on record as JSON.
pub(super) fn whole(setup: &Setup, record: &Record) -> Value {
    let mut value = json(setup, &record.incident);
    value["timeline"] = record.events.iter().map(|event| {
        json!({ "at": event.at.to_string(), "kind": event.kind, "by": compose::name(setup, event.actor), "detail": event.detail })
    }).collect();
    value["updates"] = record
        .updates
        .iter()
        .map(|update| {
            json!({
                "at": update.at.to_string(), "phase": update.phase.word(), "body": update.body,
                "public": update.is_public, "by": compose::name(setup, update.actor),
            })
        })
        .collect();
    value["messages"] = record
        .messages
        .iter()
        .map(|(message, tries)| {
            json!({
                "id": message.id.to_string(),
                "kind": message.kind.word(),
                "to": responder(setup, message.responder),
                "contact": message.contact,
                "channel": kind(setup, message.responder, &message.contact),
                "round": message.round,
                "step": message.step,
                "reason": message.reason,
                "due_at": message.due_at.to_string(),
                "state": message.state.word(),
                "settled_at": message.settled_at.map(|at| at.to_string()),
                "answer": message.answer,
                "attempts": tries.iter().map(attempt).collect::<Value>(),
            })
        })
        .collect();
    value
}

fn attempt(attempt: &Attempt) -> Value {
    json!({
        "number": attempt.number,
        "started_at": attempt.started_at.to_string(),
        "ended_at": attempt.ended_at.map(|at| at.to_string()),
        "outcome": outcome(attempt.outcome),
        "answer": attempt.answer,
    })
}

const fn outcome(outcome: Option<AttemptOutcome>) -> &'static str {
    match outcome {
        None => "unknown",
        Some(AttemptOutcome::Accepted) => "accepted",
        Some(AttemptOutcome::TryAgain) => "try_again",
        Some(AttemptOutcome::Refused) => "refused",
    }
}

fn text(setup: &Setup, record: &Record) -> String {
    let incident = &record.incident;
    let mut text = String::new();
    let facts = [
        ("incident", format!("{} ({})", incident.number, incident.id)),
        ("title", incident.title.clone()),
        ("response", response(setup, incident)),
        ("assigned", incident.assignee.map_or_else(|| "-".to_owned(), |to| whom::name(setup, to))),
        ("phase", incident.phase.word().to_owned()),
        ("severity", incident.severity.word().to_owned()),
        ("services", services(setup, incident).join(", ")),
        ("opened", second(incident.opened_at)),
        ("resolved", incident.resolved_at().map_or_else(|| "-".to_owned(), second)),
    ];
    for (name, fact) in facts {
        // Writing to a string can't fail.
        let _ = writeln!(text, "{name:<10}{fact}");
    }
    let events = record.events.iter().map(|event| {
        [
            second(event.at),
            timeline::words(&event.kind),
            compose::name(setup, event.actor),
            one_line(&event.detail),
        ]
    });
    text += "\ntimeline\n";
    text += &table(["TIME", "WHAT", "BY", "DETAIL"], &events.collect::<Vec<_>>());
    text += "\nupdates\n";
    for update in &record.updates {
        let side = if update.is_public { "" } else { ", internal" };
        let by = compose::name(setup, update.actor);
        let _ = writeln!(
            text,
            "{} {}{side}, by {by}: {}",
            second(update.at),
            update.phase,
            one_line(&update.body)
        );
    }
    text += "\nmessages\n";
    text += &messages(setup, record);
    text
}

/// Returns the response with who gave it, when, and until when it stands.
fn response(setup: &Setup, incident: &Incident) -> String {
    let response = incident.response;
    let word = if response.is_snoozed() { "snoozed" } else { response.word() };
    let given = response.given();
    let given = given.map(|(by, at)| format!(" by {}, {}", compose::name(setup, by), second(at)));
    let until = response.until().map(|until| format!(", until {}", second(until)));
    format!("{word}{}{}", given.unwrap_or_default(), until.unwrap_or_default())
}

/// A line for each try of each message; one that was not tried has a line too.
pub(super) fn messages(setup: &Setup, record: &Record) -> String {
    let mut rows = Vec::new();
    for (message, tries) in &record.messages {
        let row = |at, state: String, answer: Option<&str>| {
            let contact =
                format!("{} ({})", message.contact, kind(setup, message.responder, &message.contact));
            // What no step made, a person asked for or is word of what became of it.
            let step = match message.step {
                0 => "-".to_owned(),
                step => format!("{}/{step}", message.round),
            };
            let to = responder(setup, message.responder);
            [
                second(at),
                message.kind.word().to_owned(),
                to,
                contact,
                step,
                state,
                one_line(answer.unwrap_or("-")),
            ]
        };
        if tries.is_empty() {
            let state = match message.state {
                NotificationState::Superseded => "not sent",
                NotificationState::Pending => "not due yet",
                state @ (NotificationState::Sending
                | NotificationState::Sent
                | NotificationState::Delivered
                | NotificationState::Failed) => state.word(),
            };
            rows.push(row(message.due_at, state.to_owned(), message.answer.as_deref()));
        }
        for attempt in tries {
            let state = format!("try {}: {}", attempt.number, became(message.state, attempt.outcome));
            rows.push(row(attempt.started_at, state, attempt.answer.as_deref()));
        }
    }
    table(["TIME", "KIND", "TO", "CONTACT", "ROUND/STEP", "STATE", "ANSWER"], &rows)
}

/// What became of a try, for people.
fn became(state: NotificationState, outcome: Option<AttemptOutcome>) -> &'static str {
    match outcome {
        None if state == NotificationState::Sending => "on its way",
        None => "no answer on record",
        Some(AttemptOutcome::Accepted) if state == NotificationState::Delivered => "delivered",
        Some(AttemptOutcome::Accepted) => "handed over",
        Some(AttemptOutcome::TryAgain) => "failed, may be tried again",
        Some(AttemptOutcome::Refused) => "refused",
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_became_of_a_try_is_told_in_words() {
        use NotificationState::{Delivered, Failed, Pending, Sending, Sent};
        let check = |state, outcome, words| assert_eq!(became(state, outcome), words);
        check(Sending, None, "on its way");
        check(Failed, None, "no answer on record");
        check(Sent, Some(AttemptOutcome::Accepted), "handed over");
        check(Delivered, Some(AttemptOutcome::Accepted), "delivered");
        check(Pending, Some(AttemptOutcome::TryAgain), "failed, may be tried again");
        check(Failed, Some(AttemptOutcome::Refused), "refused");
    }
}
