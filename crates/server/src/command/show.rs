//! `incident show`: everything on record about one incident.

use std::fmt::Write;

use domain::{
    NotificationState, UserId,
    incident::{Incident, Wave},
    postmortem::Postmortem,
    setup::Setup,
};
use engine::{CommandError, commands::whom, compose, timeline};
use serde_json::{Value, json};
use store::{
    Scope,
    attempts::{self, Attempt, AttemptOutcome},
    incidents::{self, IncidentEvent, IncidentLink, IncidentUpdate, Linked, StoredWave},
    notifications::{self, Notification},
    postmortems,
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
    /// What was done to incidents that have become part of it, with the numbers of theirs.
    timeline: Vec<(i64, IncidentEvent)>,
    updates: Vec<IncidentUpdate>,
    waves: Vec<StoredWave>,
    roles: Vec<(String, UserId)>,
    links: Vec<IncidentLink>,
    parts: Vec<Incident>,
    postmortem: Option<Postmortem>,
    pub(super) messages: Vec<(Notification, Vec<Attempt>)>,
}

/// Shows an incident.
pub(super) fn run(config: &Config, name: &str, as_json: bool, as_markdown: bool) -> Result<(), Failure> {
    let (named, ledger) = (Named::read(name)?, ledger::required(config)?);
    let org = config.objects.setup.organization.id;
    let record = ledger.read_blocking(move |tx| load(&mut Scope::new(tx, org), named))?;
    let setup = &config.objects.setup;
    if as_json {
        print_json(&whole(setup, &record))?;
    } else if as_markdown {
        print(&markdown(setup, &record))?;
    } else {
        print(&text(setup, &record))?;
    }
    Ok(())
}

/// Reads everything on record about an incident.
pub(super) fn load(scope: &mut Scope<'_>, named: Named) -> Result<Record, CommandError> {
    let incident = named.find(scope)?;
    let events = incidents::list_events(scope, incident.id)?;
    let timeline = incidents::list_timeline(scope, incident.id)?;
    let updates = incidents::list_updates(scope, incident.id)?;
    let (waves, parts) =
        (incidents::list_waves(scope, incident.id)?, incidents::list_merged(scope, incident.id)?);
    let (roles, links) =
        (incidents::list_roles(scope, incident.id)?, incidents::list_links(scope, incident.id)?);
    let mut messages = Vec::new();
    for notification in notifications::list(scope, incident.id, MOST_MESSAGES)? {
        let tries = attempts::list(scope, notification.id)?;
        messages.push((notification, tries));
    }
    let postmortem = postmortems::find(scope, incident.id)?;
    Ok(Record { incident, events, timeline, updates, waves, roles, links, parts, postmortem, messages })
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
        "started_at": incident.began_at().to_string(),
        "added_afterwards": incident.is_added_afterwards(),
        "published": incident.publish == domain::setup::Publish::Auto,
        "opened_by": incident.by_hand.opened_by.map(|by| compose::name(setup, by)),
        "merged_into": incident.by_hand.merged_into.map(|id| id.to_string()),
    })
}

/// Returns everything on record as JSON.
pub(super) fn whole(setup: &Setup, record: &Record) -> Value {
    let mut value = json(setup, &record.incident);
    value["timeline"] = record
        .timeline
        .iter()
        .map(|(number, event)| {
            json!({
                "at": event.at.to_string(), "kind": event.kind, "by": compose::name(setup, event.actor),
                "detail": event.detail, "incident": number,
            })
        })
        .collect();
    value["impacts"] = record.waves.iter().map(|stored| wave(setup, stored)).collect();
    value["roles"] = record
        .roles
        .iter()
        .map(|(role, user)| json!({ "role": role, "user": email(setup, *user) }))
        .collect();
    value["links"] = record.links.iter().map(link_json).collect();
    value["parts"] =
        record.parts.iter().map(|part| json!({ "number": part.number, "title": part.title })).collect();
    value["postmortem"] = json!(record.postmortem.map(|of| of.stage.word()));
    value["updates"] = record
        .updates
        .iter()
        .map(|update| {
            json!({
                "at": update.at.to_string(), "phase": update.phase.word(), "body": update.body,
                "public": update.is_public, "by": compose::name(setup, update.actor),
                "edited_at": update.edited.as_ref().map(|edit| edit.at.to_string()),
                "removed_at": update.removed_at.map(|at| at.to_string()),
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
                "round": message.place().0,
                "step": message.place().1,
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
    text += &joined(setup, record);
    let events = record.timeline.iter().map(|(number, event)| {
        let of = if *number == incident.number { String::new() } else { format!("#{number} ") };
        let what = of + &timeline::words(&event.kind);
        [second(event.at), what, compose::name(setup, event.actor), one_line(&event.detail)]
    });
    text += "\ntimeline\n";
    text += &table(["TIME", "WHAT", "BY", "DETAIL"], &events.collect::<Vec<_>>());
    text += "\nupdates\n";
    for (place, update) in record.updates.iter().enumerate() {
        let side = if update.is_public { "" } else { ", internal" };
        let side = if update.removed_at.is_some() { ", removed" } else { side };
        let edited = update.edited.as_ref().map(|edit| format!(", edited {}", second(edit.at)));
        let side = format!("{side}{}", edited.unwrap_or_default());
        let by = compose::name(setup, update.actor);
        let _ = writeln!(
            text,
            "{}. {} {}{side}, by {by}: {}",
            place + 1,
            second(update.at),
            update.phase,
            one_line(&update.body)
        );
    }
    text += "\nmessages\n";
    text += &messages(setup, record);
    text
}

/// What is joined to an incident: the time its services were worse, roles, links, incidents that are part of it.
fn joined(setup: &Setup, record: &Record) -> String {
    let mut text = String::new();
    let mut line = |name: &str, said: String| {
        let _ = writeln!(text, "{name:<10}{said}");
    };
    for stored in &record.waves {
        let Wave { service, from, to, status } = stored.wave;
        let slug = setup.service(service).map_or("former service", |service| service.slug.as_str());
        let (to, by) =
            (to.map_or_else(|| "now".to_owned(), second), if stored.is_by_hand { ", by hand" } else { "" });
        line("impact", format!("{}. {slug}: {status} from {} to {to}{by}", stored.number, second(from)));
    }
    for (role, user) in &record.roles {
        line("role", format!("{role}: {}", email(setup, *user)));
    }
    for link in &record.links {
        let (kind, target) = linked(link);
        let label = if link.label.is_empty() { String::new() } else { format!(" ({})", link.label) };
        line("link", format!("{}. {kind} {target}{label}", link.number));
    }
    for part in &record.parts {
        line("part", format!("incident {}: {}", part.number, part.title));
    }
    if let Some(of) = record.postmortem {
        line("learnt", format!("post-mortem {}, version {}", of.stage.word().replace('_', " "), of.version));
    }
    if let Some(id) = record.incident.by_hand.merged_into {
        line("merged", format!("into incident {id}"));
    }
    text
}

/// Everything in the order in which it happened, as Markdown.
fn markdown(setup: &Setup, record: &Record) -> String {
    let incident = &record.incident;
    let mut text = format!("# Incident {}: {}\n\n", incident.number, one_line(&incident.title));
    let facts = joined(setup, record);
    let began = format!("started {}", second(incident.began_at()));
    let ended = incident.resolved_at().map(|at| format!("resolved {}", second(at)));
    let all = [incident.severity.word().to_owned(), incident.phase.word().to_owned(), began];
    for fact in all.into_iter().chain(ended).chain(facts.lines().map(one_line)) {
        let _ = writeln!(text, "- {fact}");
    }
    text += "\n## Timeline\n\n";
    let mut lines: Vec<(jiff::Timestamp, String)> = Vec::new();
    for (number, event) in &record.timeline {
        let of = if *number == incident.number { String::new() } else { format!(" of incident {number}") };
        let by = compose::name(setup, event.actor);
        lines.push((event.at, format!("**{}**{of}, {by}: {}", event.kind, one_line(&event.detail))));
    }
    for update in record.updates.iter().filter(|update| update.removed_at.is_none()) {
        let side = if update.is_public { "public" } else { "internal" };
        let quoted = update.body.lines().map(|line| format!("\n  > {line}")).collect::<String>();
        lines.push((update.at, format!("**said**, {side}, {}:{quoted}", compose::name(setup, update.actor))));
    }
    for (message, _) in &record.messages {
        let to = responder(setup, message.responder);
        lines.push((message.due_at, format!("**{}** to {to}: {}", message.kind, message.state)));
    }
    lines.sort_by_key(|(at, _)| *at);
    for (at, line) in lines {
        let _ = writeln!(text, "- {} {line}", second(at));
    }
    text
}

fn wave(setup: &Setup, stored: &StoredWave) -> Value {
    let Wave { service, from, to, status } = stored.wave;
    json!({
        "number": stored.number,
        "service": setup.service(service).map(|service| service.slug.as_str()),
        "status": status.word(), "from": from.to_string(), "to": to.map(|at| at.to_string()),
        "by_hand": stored.is_by_hand,
    })
}

fn email(setup: &Setup, user: UserId) -> &str {
    setup.user(user).map_or("a former member", |user| user.email.as_str())
}

fn link_json(link: &IncidentLink) -> Value {
    let (kind, target) = linked(link);
    json!({ "number": link.number, "kind": kind, "target": target, "label": link.label })
}

fn linked(link: &IncidentLink) -> (&'static str, &str) {
    match &link.to {
        Linked::Provider(_, target) => ("provider", target),
        Linked::Alert(target) => ("alert", target),
        Linked::Url(target) => ("url", target),
    }
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
            let step = match message.place() {
                (_, 0) => "-".to_owned(),
                (round, step) => format!("{round}/{step}"),
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
