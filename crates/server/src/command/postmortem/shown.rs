//! What is told of a post-mortem: its text, what the record says, who was there, what is to be done.

use std::fmt::Write;

use domain::{
    UserId,
    incident::Incident,
    postmortem::{Action, Facts, Postmortem, Stage, span_words, unwritten},
    setup::Setup,
};
use engine::{
    CommandError,
    commands::{postmortem, words},
    compose,
    seams::Clock,
    timeline,
};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};
use store::{
    Scope,
    postmortems::{self, Version},
};

use super::super::{
    incident::{Named, ground},
    ledger,
    output::{print, print_json, print_line, second},
};
use crate::{
    args::{Act, Failure},
    config::Config,
    seams::SystemClock,
    table::table,
};

/// Everything about one.
struct Whole {
    incident: Incident,
    of: Postmortem,
    text: Version,
    versions: Vec<Version>,
    facts: Facts,
    actions: Vec<Action>,
}

/// Shows one, or one of its texts alone.
pub(super) fn show(
    config: &Config,
    incident: &str,
    version: Option<i64>,
    is_text_alone: bool,
    as_json: bool,
) -> Result<(), Failure> {
    let (named, ledger, ground) = (Named::read(incident)?, ledger::required(config)?, ground(config));
    let org = config.objects.setup.organization.id;
    let whole = ledger.read_blocking(move |tx| {
        let mut scope = Scope::new(tx, org);
        let id = named.find(&mut scope)?.id;
        let (_, incident, of) = postmortem::load(&mut scope, &ground, id)?;
        Ok::<_, CommandError>(Whole {
            incident,
            of,
            text: postmortem::version(&mut scope, id, version.unwrap_or(of.version))?,
            versions: postmortems::list_versions(&mut scope, id)?,
            facts: postmortem::facts(&mut scope, &ground, id)?,
            actions: postmortems::list_actions(&mut scope, id)?,
        })
    })?;
    let setup = &config.objects.setup;
    if version.is_some() || is_text_alone {
        print_line(&whole.text.body)?;
    } else if as_json {
        print_json(&json(setup, &whole))?;
    } else {
        print(&text(setup, &whole))?;
    }
    Ok(())
}

fn stage(setup: &Setup, of: &Postmortem) -> String {
    match of.stage {
        Stage::Draft => "draft".to_owned(),
        Stage::InReview { reviewer, .. } => format!("in review by {}", email(setup, reviewer)),
        Stage::Approved { by } => format!("approved by {}", compose::name(setup, by)),
        Stage::Published => "published".to_owned(),
    }
}

fn text(setup: &Setup, whole: &Whole) -> String {
    let (of, incident) = (&whole.of, &whole.incident);
    let mut out = String::new();
    let mut line = |name: &str, said: &str| {
        // Writing to a string can't fail.
        let _ = writeln!(out, "{name:<12}{said}");
    };
    line("incident", &format!("{}: {}", incident.number, incident.title));
    line("stage", &stage(setup, of));
    for version in &whole.versions {
        let by = compose::name(setup, version.author);
        line("version", &format!("{}, by {by} at {}", version.number, second(version.saved_at)));
    }
    if let Some(published) = of.published {
        line("published", &format!("version {}, first at {}", published.version, second(published.at)));
    }
    let open = unwritten(&whole.text.body);
    if !open.is_empty() {
        line("to write", &open.join(", "));
    }
    for moment in &whole.facts.moments {
        let gap = moment.gap.map(|(gap, after)| format!(", {} after {after}", span_words(gap)));
        let at = moment.at.map_or_else(|| "not on record".to_owned(), second);
        line("time", &format!("{}: {at}{}", moment.name, gap.unwrap_or_default()));
    }
    for impact in &whole.facts.impact {
        let spans = impact
            .spans
            .iter()
            .map(|(status, length)| format!("{} {}", words::status_word(*status), span_words(*length)));
        let spans: Vec<String> = spans.collect();
        let side = if impact.is_internal { ", internal" } else { "" };
        line("impact", &format!("{}{side}: {}", impact.name, spans.join(", ")));
    }
    for person in &whole.facts.people {
        let parts: Vec<String> = person.parts.iter().map(|part| timeline::words(part)).collect();
        line("people", &format!("{}: {}", compose::name(setup, person.who), parts.join(", ")));
    }
    let now = SystemClock.now();
    for action in &whole.actions {
        line("action", &sentence(setup, action, now));
    }
    let _ = write!(out, "\n{}\n", whole.text.body);
    out
}

fn sentence(setup: &Setup, action: &Action, now: Timestamp) -> String {
    let side = if action.is_public { ", public" } else { "" };
    format!(
        "{}. {} ({}, by {}, {}{side})",
        action.number,
        action.text,
        email(setup, action.owner),
        action.due_on,
        standing(setup, action, now)
    )
}

fn json(setup: &Setup, whole: &Whole) -> Value {
    let (of, facts, now) = (&whole.of, &whole.facts, SystemClock.now());
    let versions = whole.versions.iter().map(|version| {
        json!({
            "number": version.number, "by": compose::name(setup, version.author),
            "saved_at": version.saved_at.to_string(),
        })
    });
    let moments = facts.moments.iter().map(|moment| {
        json!({
            "name": moment.name, "at": moment.at.map(|at| at.to_string()),
            "gap_seconds": moment.gap.map(|(gap, _)| gap.as_secs()), "after": moment.gap.map(|(_, after)| after),
        })
    });
    let impact = facts.impact.iter().map(|impact| {
        let spans = impact.spans.iter();
        let spans = spans
            .map(|(status, length)| json!({ "status": status.word(), "minutes": length.as_secs() / 60 }));
        json!({
            "service": impact.name, "internal": impact.is_internal, "worst": impact.worst.word(),
            "spans": spans.collect::<Value>(),
        })
    });
    let people = facts.people.iter().map(|person| {
        let parts: Vec<String> = person.parts.iter().map(|part| timeline::words(part)).collect();
        json!({ "who": compose::name(setup, person.who), "parts": parts })
    });
    let actions = whole.actions.iter().map(|it| action(setup, whole.incident.number, it, now));
    json!({
        "incident": whole.incident.number,
        "title": whole.incident.title,
        "stage": of.stage.word(),
        "version": of.version,
        "author": compose::name(setup, of.author),
        "body": whole.text.body,
        "unwritten": unwritten(&whole.text.body),
        "published_version": of.published.map(|published| published.version),
        "published_at": of.published.map(|published| published.at.to_string()),
        "versions": versions.collect::<Value>(),
        "moments": moments.collect::<Value>(),
        "impact": impact.collect::<Value>(),
        "people": people.collect::<Value>(),
        "actions": actions.collect::<Value>(),
    })
}

/// Lists what is to be done after all incidents.
pub(super) fn actions(config: &Config, as_json: bool) -> Result<(), Failure> {
    let (ledger, org) = (ledger::required(config)?, config.objects.setup.organization.id);
    let open = ledger.read_blocking(move |tx| postmortems::list_open_actions(&mut Scope::new(tx, org)))?;
    let (setup, now) = (&config.objects.setup, SystemClock.now());
    if as_json {
        let all = open.iter().map(|(_, number, it)| action(setup, *number, it, now));
        return Ok(print_json(&all.collect::<Vec<_>>())?);
    }
    let rows = open.iter().map(|(_, number, it)| {
        [
            number.to_string(),
            it.number.to_string(),
            it.due_on.to_string(),
            standing(setup, it, now).to_owned(),
            email(setup, it.owner).to_owned(),
            it.text.clone(),
        ]
    });
    let rows: Vec<_> = rows.collect();
    Ok(print(&table(["INCIDENT", "ACTION", "DUE", "STATE", "OWNER", "WHAT"], &rows))?)
}

/// Says what became of something to do.
pub(super) fn tell_action(config: &Config, act: &Act, number: i64, of: &Action) -> Result<(), Failure> {
    let (setup, now) = (&config.objects.setup, SystemClock.now());
    if act.json {
        return Ok(print_json(&action(setup, number, of, now))?);
    }
    Ok(print_line(&format!("action {} after incident {number} is {}", of.number, standing(setup, of, now)))?)
}

fn action(setup: &Setup, incident: i64, of: &Action, now: Timestamp) -> Value {
    json!({
        "incident": incident,
        "number": of.number,
        "text": of.text,
        "owner": email(setup, of.owner),
        "due_on": of.due_on.to_string(),
        "public": of.is_public,
        "state": standing(setup, of, now),
        "done_at": of.done.map(|(_, at)| at.to_string()),
        "done_by": of.done.map(|(by, _)| compose::name(setup, by)),
    })
}

fn standing(setup: &Setup, of: &Action, now: Timestamp) -> &'static str {
    let zone = setup.user(of.owner).map_or(TimeZone::UTC, |user| user.time_zone.clone());
    of.standing(&zone, now).word()
}

fn email(setup: &Setup, user: UserId) -> &str {
    setup.user(user).map_or("a former member", |user| user.email.as_str())
}
