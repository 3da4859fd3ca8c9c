//! `status …`: what readers see of a service, by a person's word, on the ledger itself.

use std::process::ExitCode;

use domain::{AmendmentId, OrgId, ServiceId, Status, amendment::Change, public, setup::Setup};
use engine::{
    CommandError,
    commands::{self, NewLock},
    compose,
    seams::{Clock, Mint},
    setups,
};
use jiff::Timestamp;
use serde_json::{Value, json};
use store::{
    Lane, Scope,
    services::{self, ServiceState},
};

use super::{
    incident::{actor, ground},
    ledger,
    output::{print, print_json, print_line, second},
};
use crate::{
    args::{Failure, Lock, Status as Command},
    config::Config,
    seams::{SystemClock, SystemMint},
    table::table,
};

/// Locks or releases what readers see of a service, or shows it.
pub(super) fn run(config: &Config, command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Lock(options) => lock(config, options)?,
        Command::Release { service, by } => release(config, &service, by)?,
        Command::Show { json } => show(config, json)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn org(config: &Config) -> OrgId {
    config.objects.setup.organization.id
}

fn lock(config: &Config, options: Lock) -> Result<(), Failure> {
    let now = SystemClock.now();
    let by_span = options.r#for.and_then(|span| now.checked_add(span.0).ok());
    let (slug, until) = (options.service.clone(), options.until.or(by_span));
    let (status, by) = (options.status.0, options.by);
    let wanted =
        NewLock { service: options.service, status, until, note: options.note, is_confirmed: options.force };
    let (ledger, ground, org) = (ledger::required(config)?, ground(config), org(config));
    let id = AmendmentId(SystemMint::new().id());
    let locked = ledger.write_blocking(Lane::Paging, move |tx| {
        let mut scope = Scope::new(tx, org);
        let by = actor(&ground.setups.current(&mut scope)?.1, by.as_deref())?;
        commands::lock_status(&mut scope, &ground, now, by, id, &wanted)
    });
    let made = locked.map_err(|refused| match refused {
        CommandError::Invalid { field: "confirm", reason } => {
            CommandError::Rejected(format!("{reason} with --force"))
        }
        other @ (CommandError::NotFound(_)
        | CommandError::Rejected(_)
        | CommandError::Invalid { .. }
        | CommandError::Store(_)) => other,
    })?;
    if options.json {
        let until = until.map(|until| until.to_string());
        print_json(
            &json!({ "id": made.id.to_string(), "service": slug, "status": status.word(), "until": until }),
        )?;
        return Ok(());
    }
    let until = until.map_or_else(|| "it is released".to_owned(), second);
    let word = status.word().replace('_', " ");
    Ok(print_line(&format!("readers see {slug} {word} until {until}; end it with status release {slug}"))?)
}

fn release(config: &Config, service: &str, by: Option<String>) -> Result<(), Failure> {
    let (ledger, ground, org) = (ledger::required(config)?, ground(config), org(config));
    let (now, named) = (SystemClock.now(), service.to_owned());
    let ended = ledger.write_blocking(Lane::Paging, move |tx| {
        let mut scope = Scope::new(tx, org);
        let by = actor(&ground.setups.current(&mut scope)?.1, by.as_deref())?;
        commands::release_status(&mut scope, &ground, now, by, &named)
    })?;
    let said = match ended.map(|ended| ended.change) {
        Some(Change::Lock(lock)) => format!("{service} is no longer locked to {}", lock.status),
        Some(Change::Override { .. } | Change::Silence(_) | Change::Contact { .. }) | None => {
            format!("{service} was not locked")
        }
    };
    Ok(print_line(&said)?)
}

fn show(config: &Config, as_json: bool) -> Result<(), Failure> {
    let (ledger, org, now) = (ledger::required(config)?, org(config), SystemClock.now());
    let setup = config.objects.setup.clone();
    let (setup, states) = ledger.read_blocking(move |tx| {
        let mut scope = Scope::new(tx, org);
        let setup = setups::with_amendments(&mut scope, setup.clone())?;
        Ok::<_, CommandError>((setup, services::list_states(&mut scope)?))
    })?;
    let all = setup.services.iter().map(|service| one(&setup, &states, service.id, now));
    let all: Vec<Value> = all.collect();
    if as_json {
        print_json(&all)?;
        return Ok(());
    }
    let text = |of: &Value, key: &str| of[key].as_str().unwrap_or_default().to_owned();
    let row = |of: &Value| {
        let lock = &of["lock"];
        let said = [text(lock, "note"), text(lock, "made_by")];
        let until = match lock["until"].as_str().map(str::parse::<Timestamp>) {
            _ if lock.is_null() => String::new(),
            Some(Ok(until)) => second(until),
            Some(Err(_)) | None => "released".to_owned(),
        };
        [
            text(of, "service"),
            text(of, "judged_status"),
            text(of, "public_status"),
            until,
            said.into_iter().filter(|said| !said.is_empty()).collect::<Vec<_>>().join(", "),
        ]
    };
    let rows: Vec<_> = all.iter().map(row).collect();
    print(&table(["SERVICE", "JUDGED", "READERS SEE", "LOCKED UNTIL", "WHY, BY"], &rows))?;
    Ok(())
}

fn one(setup: &Setup, states: &[ServiceState], service: ServiceId, now: Timestamp) -> Value {
    let state = states.iter().find(|state| state.service == service);
    let lock = public::lock(&setup.public.locks, service, now).map(|lock| {
        json!({
            "id": lock.id.to_string(), "status": lock.status.word(), "note": lock.note,
            "until": lock.until.map(|until| until.to_string()),
            "made_at": lock.from.to_string(), "made_by": compose::name(setup, lock.by),
        })
    });
    json!({
        "service": setup.service(service).map(|service| &service.slug),
        "judged_status": state.map_or(Status::Unknown, |state| state.status).word(),
        "public_status": state.map_or(Status::Unknown, |state| state.public_status).word(),
        "lock": lock,
    })
}
