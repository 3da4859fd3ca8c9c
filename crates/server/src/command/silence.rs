//! `silence …` and `oncall …`: what people add to the configuration while it runs, on the ledger itself.

use std::process::ExitCode;

use anyhow::anyhow;
use domain::{
    AmendmentId,
    amendment::{Amendment, Change},
    setup::Setup,
};
use engine::{
    commands::{self, NewShift, NewSilence},
    compose,
    seams::{Clock, Mint},
    setups::amendments as payloads,
};
use jiff::Timestamp;
use serde_json::{Value, json};
use store::{Lane, Scope, amendments};

use super::{
    incident::{actor, ground},
    ledger,
    output::{print, print_json, print_line, second},
};
use crate::{
    args::{Failure, Label, OnCall, Silence},
    config::Config,
    seams::{SystemClock, SystemMint},
    table::table,
};

/// Plans, lists or ends silences.
pub(super) fn run(config: &Config, command: Silence) -> Result<ExitCode, Failure> {
    match command {
        Silence::Add { services, providers, labels, from, end, reason, by, json } => {
            let now = SystemClock.now();
            let labels = labels.into_iter().map(|Label(key, value)| (key, value)).collect();
            let to = end.after(from.unwrap_or(now));
            let wanted = NewSilence { services, providers, labels, from, to, reason };
            let (ledger, ground, org) = (ledger::required(config)?, ground(config), org(config));
            let id = AmendmentId(SystemMint::new().id());
            let made = ledger.write_blocking(Lane::Paging, move |tx| {
                let mut scope = Scope::new(tx, org);
                let by = actor(&ground.setups.current(&mut scope)?.1, by.as_deref())?;
                commands::silence(&mut scope, &ground, now, by, id, &wanted)
            })?;
            let span = planned(from, to, now);
            told(config, &made, json, &format!("silent {span}; end it with silence end {id}"))?;
        }
        Silence::List { json } => {
            let rows = standing(config, |change| matches!(change, Change::Silence(_)))?;
            list(config, &rows, json, &["ID", "FROM", "TO", "FOR", "WHY", "BY"], |setup, one| {
                silence_row(config, setup, one)
            })?;
        }
        Silence::End { id, by } => {
            let (id, now) = (parse(&id, "silence list")?, SystemClock.now());
            withdraw(config, by, move |scope, by| commands::end_silence(scope, now, by, id))?;
            print_line(&format!("silence {id} has ended"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// From when, unless that is now, and until when.
fn planned(from: Option<Timestamp>, to: Timestamp, now: Timestamp) -> String {
    let from = from.filter(|from| *from > now).map(|from| format!("from {} ", second(from)));
    format!("{}until {}", from.unwrap_or_default(), second(to))
}

/// Takes shifts, lists those that were taken, and gives them back.
pub(super) fn on_call(config: &Config, command: OnCall) -> Result<ExitCode, Failure> {
    match command {
        OnCall::Take { schedule, from, end, user, note, by, json } => {
            let now = SystemClock.now();
            let from = from.unwrap_or(now);
            let user = user.or_else(|| by.clone()).ok_or_else(|| {
                Failure::Usage(anyhow!("name who takes the shift: --user EMAIL, or --by EMAIL for yourself"))
            })?;
            let wanted = NewShift { schedule, user, from, to: end.after(from), note };
            let span = planned(Some(from), wanted.to, now);
            let said = format!("{} is on call for {} {span}", wanted.user, wanted.schedule);
            let (ledger, ground, org) = (ledger::required(config)?, ground(config), org(config));
            let id = AmendmentId(SystemMint::new().id());
            let made = ledger.write_blocking(Lane::Paging, move |tx| {
                let mut scope = Scope::new(tx, org);
                let by = actor(&ground.setups.current(&mut scope)?.1, by.as_deref())?;
                commands::take_shift(&mut scope, &ground, now, by, id, &wanted)
            })?;
            told(config, &made, json, &format!("{said}; end it with oncall give-back {id}"))?;
        }
        OnCall::Taken { json } => {
            let rows = standing(config, |change| matches!(change, Change::Override { .. }))?;
            list(config, &rows, json, &["ID", "FROM", "TO", "SCHEDULE", "WHO", "BY"], shift_row)?;
        }
        OnCall::GiveBack { id, by } => {
            let (id, now) = (parse(&id, "oncall taken")?, SystemClock.now());
            withdraw(config, by, move |scope, by| commands::give_back(scope, now, by, id))?;
            print_line(&format!("override {id} is withdrawn"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn org(config: &Config) -> domain::OrgId {
    config.objects.setup.organization.id
}

fn parse(id: &str, list: &str) -> Result<AmendmentId, Failure> {
    AmendmentId::parse(id)
        .ok_or_else(|| Failure::Usage(anyhow!("{id:?} is no id; `midwatch {list}` shows them")))
}

fn withdraw(
    config: &Config,
    by: Option<String>,
    mut command: impl FnMut(&mut Scope<'_>, domain::incident::Actor) -> Result<Amendment, engine::CommandError>
    + Send
    + 'static,
) -> Result<(), Failure> {
    let (ledger, ground, org) = (ledger::required(config)?, ground(config), org(config));
    ledger.write_blocking(Lane::Paging, move |tx| {
        let mut scope = Scope::new(tx, org);
        let by = actor(&ground.setups.current(&mut scope)?.1, by.as_deref())?;
        command(&mut scope, by).map(drop)
    })?;
    Ok(())
}

/// Returns those of a kind that are in force or planned.
fn standing(config: &Config, is_wanted: fn(&Change) -> bool) -> Result<Vec<Amendment>, Failure> {
    let (ledger, org, now) = (ledger::required(config)?, org(config), SystemClock.now());
    let rows = ledger.read_blocking(move |tx| amendments::list_standing(&mut Scope::new(tx, org)))?;
    let standing = rows.iter().filter(|row| row.ends_at > now).filter_map(payloads::read);
    Ok(standing.filter(|one| is_wanted(&one.change)).collect())
}

fn told(config: &Config, made: &Amendment, as_json: bool, line: &str) -> Result<(), Failure> {
    if as_json {
        print_json(&json(config, &config.objects.setup, made))?;
    } else {
        print_line(line)?;
    }
    Ok(())
}

fn list(
    config: &Config,
    all: &[Amendment],
    as_json: bool,
    head: &[&str; 6],
    row: impl Fn(&Setup, &Amendment) -> [String; 6],
) -> Result<(), Failure> {
    let setup = &config.objects.setup;
    if as_json {
        print_json(&all.iter().map(|one| json(config, setup, one)).collect::<Vec<_>>())?;
        return Ok(());
    }
    let rows: Vec<_> = all.iter().map(|one| row(setup, one)).collect();
    print(&table(*head, &rows))?;
    Ok(())
}

fn silence_row(config: &Config, setup: &Setup, of: &Amendment) -> [String; 6] {
    let value = json(config, setup, of);
    let words = |key: &str, kind: &str| -> Vec<String> {
        let all = value[key].as_array().into_iter().flatten().filter_map(Value::as_str);
        all.map(|word| format!("{kind}:{word}")).collect()
    };
    let labels = value["labels"].as_object().into_iter().flatten();
    let labels = labels.map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()));
    let all = [words("services", "service"), words("providers", "provider"), labels.collect()].concat();
    let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
    let [from, to] = span(&of.change).map(second);
    [of.id.to_string(), from, to, all.join(" "), text("reason"), compose::name(setup, of.made_by)]
}

fn shift_row(setup: &Setup, of: &Amendment) -> [String; 6] {
    let [from, to] = span(&of.change).map(second);
    let (schedule, user) = match &of.change {
        Change::Override { schedule, taken, .. } => (
            setup.schedule(*schedule).map(|schedule| schedule.slug.clone()),
            setup.user(taken.user).map(|user| user.email.clone()),
        ),
        Change::Silence(_) | Change::Lock(_) | Change::Contact { .. } => (None, None),
    };
    let gone = || "gone".to_owned();
    let by = compose::name(setup, of.made_by);
    [of.id.to_string(), from, to, schedule.unwrap_or_else(gone), user.unwrap_or_else(gone), by]
}

const fn span(change: &Change) -> [Timestamp; 2] {
    match change {
        Change::Override { taken, .. } => [taken.from, taken.to],
        Change::Silence(silence) => [silence.from, silence.to],
        Change::Lock(_) | Change::Contact { .. } => [Timestamp::MIN, Timestamp::MAX],
    }
}

fn json(config: &Config, setup: &Setup, of: &Amendment) -> Value {
    let [from, to] = span(&of.change).map(|at| at.to_string());
    let mut value = json!({
        "id": of.id.to_string(), "from": from, "to": to,
        "made_at": of.made_at.to_string(), "made_by": compose::name(setup, of.made_by),
    });
    match &of.change {
        Change::Override { schedule, taken, note } => {
            value["schedule"] = json!(setup.schedule(*schedule).map(|schedule| &schedule.slug));
            value["user"] = json!(setup.user(taken.user).map(|user| &user.email));
            value["note"] = json!(note);
        }
        Change::Silence(silence) => {
            let services = &silence.matcher.services;
            let slug = |id: &domain::ServiceId| setup.service(*id).map(|service| service.slug.clone());
            let catalog = config.providers();
            let provider = |id: &domain::ProviderId| {
                catalog.get(*id).map_or_else(|| id.to_string(), |provider| provider.slug.clone())
            };
            value["services"] = json!(services.iter().filter_map(slug).collect::<Vec<_>>());
            value["providers"] = json!(silence.matcher.providers.iter().map(provider).collect::<Vec<_>>());
            value["labels"] = json!(silence.matcher.labels);
            value["reason"] = json!(silence.reason);
        }
        // Each is listed by a command of its own.
        Change::Lock(lock) => value["status"] = json!(lock.status.word()),
        Change::Contact { contact, .. } => value["contact"] = json!(contact.id),
    }
    value
}
