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
    configured,
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
            told(config, &made, json, &format!("silent {span}; `midwatch silence end {id}` ends it"))?;
        }
        Silence::List { json } => list_silences(config, json)?,
        Silence::End { id, by } => {
            let (id, now, ground) = (parse(&id, "silence list")?, SystemClock.now(), ground(config));
            withdraw(config, by, move |scope, by| commands::end_silence(scope, &ground, now, by, id))?;
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
            told(config, &made, json, &format!("{said}; `midwatch oncall give-back {id}` ends it"))?;
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

/// Prints the silences that are in force or planned: those of the configuration that runs, which its file manages, and then
/// those that were planned while it ran.
fn list_silences(config: &Config, as_json: bool) -> Result<(), Failure> {
    let (setup, now) = (&config.objects.setup, SystemClock.now());
    let ledger = ledger::required(config)?;
    let running = configured::stored(config, &ledger)?;
    let of_file = running.iter().flat_map(|setup| &setup.paging.silences).filter(|it| !it.has_ended(now));
    let mut rows = Vec::new();
    let mut values = Vec::new();
    for silence in of_file {
        let name = silence.name.as_deref().unwrap_or_default();
        let mut value = silence_json(config, setup, silence);
        (value["name"], value["managed_by"]) = (json!(name), json!("file"));
        rows.push(silence_row(silence, &value, format!("managed by file, as {name}")));
        values.push(value);
    }
    for made in standing(config, |change| matches!(change, Change::Silence(_)))? {
        let value = json(config, setup, &made);
        if let Change::Silence(silence) = &made.change {
            rows.push(silence_row(silence, &value, compose::name(setup, made.made_by)));
        }
        values.push(value);
    }
    if as_json {
        print_json(&values)?;
    } else {
        print(&table(["ID", "FROM", "TO", "FOR", "WHY", "BY"], &rows))?;
    }
    Ok(())
}

fn silence_row(silence: &domain::silence::Silence, value: &Value, by: String) -> [String; 6] {
    let words = |key: &str, kind: &str| -> Vec<String> {
        let all = value[key].as_array().into_iter().flatten().filter_map(Value::as_str);
        all.map(|word| format!("{kind}:{word}")).collect()
    };
    let labels = value["labels"].as_object().into_iter().flatten();
    let labels = labels.map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()));
    let all = [words("services", "service"), words("providers", "provider"), labels.collect()].concat();
    let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
    let [from, to] = [silence.from, silence.to].map(second);
    [silence.id.to_string(), from, to, all.join(" "), text("reason"), by]
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
    let mut value = match &of.change {
        Change::Override { schedule, taken, note } => json!({
            "id": of.id.to_string(), "from": from, "to": to,
            "schedule": setup.schedule(*schedule).map(|schedule| &schedule.slug),
            "user": setup.user(taken.user).map(|user| &user.email),
            "note": note,
        }),
        Change::Silence(silence) => silence_json(config, setup, silence),
        // Each is listed by a command of its own.
        Change::Lock(lock) => {
            json!({ "id": of.id.to_string(), "from": from, "to": to, "status": lock.status.word() })
        }
        Change::Contact { contact, .. } => {
            json!({ "id": of.id.to_string(), "from": from, "to": to, "contact": contact.id })
        }
    };
    value["made_at"] = json!(of.made_at.to_string());
    value["made_by"] = json!(compose::name(setup, of.made_by));
    value
}

fn silence_json(config: &Config, setup: &Setup, silence: &domain::silence::Silence) -> Value {
    let slug = |id: &domain::ServiceId| setup.service(*id).map(|service| service.slug.clone());
    let catalog = config.providers();
    let provider = |id: &domain::ProviderId| {
        catalog.get(*id).map_or_else(|| id.to_string(), |provider| provider.slug.clone())
    };
    json!({
        "id": silence.id.to_string(), "from": silence.from.to_string(), "to": silence.to.to_string(),
        "services": silence.matcher.services.iter().filter_map(slug).collect::<Vec<_>>(),
        "providers": silence.matcher.providers.iter().map(provider).collect::<Vec<_>>(),
        "labels": silence.matcher.labels,
        "reason": silence.reason,
    })
}
