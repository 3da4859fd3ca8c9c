//! `maintenance …`: announced work, on the ledger itself.

use std::process::ExitCode;

use anyhow::anyhow;
use domain::{
    MaintenanceId, OrgId,
    incident::Actor,
    maintenance::{Maintenance, Series},
    setup::Setup,
};
use engine::{
    CommandError,
    commands::{self, Ground, NewMaintenance, WorkAct},
    compose,
    seams::{Clock, Mint},
};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};
use store::{Lane, Scope, maintenances};

use super::{
    incident::{actor, ground},
    ledger,
    output::{print, print_json, print_line, second},
    show,
};
use crate::{
    args::{Expected, Failure, Maintenance as Command, Plan, Work},
    config::Config,
    seams::{SystemClock, SystemMint},
    table::table,
};

/// Plans work, lists it, or does something to it.
pub(super) fn run(config: &Config, command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Plan(options) => plan(config, options)?,
        Command::List { json } => list(config, json)?,
        Command::Start(work) => acted(config, work, WorkAct::Start)?,
        Command::End(work) => acted(config, work, WorkAct::End)?,
        Command::Cancel(work) => acted(config, work, WorkAct::Cancel)?,
        Command::Extend { work, to } => acted(config, work, WorkAct::Extend(to))?,
        Command::Reschedule { work, from, end } => {
            acted(config, work, WorkAct::Reschedule(from, end.after(from)))?;
        }
        Command::Update { work, internal } => acted(config, work, WorkAct::Say { is_public: !internal })?,
        Command::ToIncident(work) => to_incident(config, work)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn org(config: &Config) -> OrgId {
    config.objects.setup.organization.id
}

fn plan(config: &Config, options: Plan) -> Result<(), Failure> {
    let now = SystemClock.now();
    let times = times(&options, now)?;
    let services = options.services.into_iter().map(|Expected(slug, status)| (slug, status)).collect();
    let Plan { title, text, note, pages, manual_end, by, json, .. } = options;
    let wanted = NewMaintenance { title, text, note, services, pages, times, is_manual_end: manual_end };
    let (ledger, ground, org) = (ledger::required(config)?, ground(config), org(config));
    let id = MaintenanceId(SystemMint::new().id());
    let planned = ledger.write_blocking(Lane::Paging, move |tx| {
        let mut scope = Scope::new(tx, org);
        let by = actor(&ground.setups.current(&mut scope)?.1, by.as_deref())?;
        commands::plan_work(&mut scope, &ground, now, by, id, &wanted)
    })?;
    if json {
        return show_all(config, &planned, true);
    }
    for work in &planned {
        let [from, to] = [work.starts_at, work.ends_at].map(second);
        print_line(&format!("maintenance {} is planned from {from} to {to}", work.number))?;
    }
    Ok(())
}

fn times(options: &Plan, now: Timestamp) -> Result<Vec<(Timestamp, Timestamp)>, Failure> {
    let Some(repeat) = &options.repeat else { return Ok(options.from.zip(options.to).into_iter().collect()) };
    let zone = TimeZone::get(&options.time_zone).map_err(|_| {
        Failure::Usage(anyhow!("{:?} is no time zone; right would be Europe/Rome", options.time_zone))
    })?;
    let series = Series::parse(repeat, zone).and_then(|series| series.occurrences(now));
    series.map_err(|error| Failure::Usage(error.into()))
}

fn list(config: &Config, as_json: bool) -> Result<(), Failure> {
    let (ledger, org) = (ledger::required(config)?, org(config));
    let works = ledger.read_blocking(move |tx| maintenances::list_live(&mut Scope::new(tx, org)))?;
    show_all(config, &works, as_json)
}

/// Runs a command on the work that people name.
fn on_work<T: Send + 'static>(
    config: &Config,
    work: &Work,
    mut command: impl FnMut(&mut Scope<'_>, &Ground, Actor, MaintenanceId) -> Result<T, CommandError>
    + Send
    + 'static,
) -> Result<T, Failure> {
    let (ledger, ground, org) = (ledger::required(config)?, ground(config), org(config));
    let (named, by) = (work.maintenance.clone(), work.by.clone());
    Ok(ledger.write_blocking(Lane::Paging, move |tx| {
        let mut scope = Scope::new(tx, org);
        let by = actor(&ground.setups.current(&mut scope)?.1, by.as_deref())?;
        let found = match named.trim_start_matches('#').parse() {
            Ok(number) => maintenances::find_by_number(&mut scope, number)?,
            Err(_) => match MaintenanceId::parse(&named) {
                Some(id) => maintenances::get(&mut scope, id)?,
                None => None,
            },
        };
        let found = found.ok_or_else(|| CommandError::NotFound(format!("maintenance {named}")))?;
        command(&mut scope, &ground, by, found.id)
    })?)
}

fn acted(config: &Config, work: Work, act: WorkAct) -> Result<(), Failure> {
    let (now, text, as_json) = (SystemClock.now(), work.text.clone(), work.json);
    let done = on_work(config, &work, move |scope, ground, by, id| {
        commands::act_on_work(scope, ground, now, by, id, &act, &text)
    })?;
    if as_json {
        print_json(&json(&config.objects.setup, &done))?;
        return Ok(());
    }
    let [from, to] = [done.starts_at, done.ends_at].map(second);
    let status = done.status.word().replace('_', " ");
    Ok(print_line(&format!("maintenance {} is {status}, planned from {from} to {to}", done.number))?)
}

fn to_incident(config: &Config, work: Work) -> Result<(), Failure> {
    let (now, as_json, named) = (SystemClock.now(), work.json, work.maintenance.clone());
    let incident = on_work(config, &work, move |scope, ground, by, id| {
        commands::incident_of_work(scope, ground, now, by, id)
    })?;
    if as_json {
        print_json(&show::json(&config.objects.setup, &incident))?;
        return Ok(());
    }
    Ok(print_line(&format!("maintenance {named} goes on as incident {}", incident.number))?)
}

fn show_all(config: &Config, all: &[Maintenance], as_json: bool) -> Result<(), Failure> {
    let setup = &config.objects.setup;
    if as_json {
        print_json(&all.iter().map(|one| json(setup, one)).collect::<Vec<_>>())?;
        return Ok(());
    }
    let row = |of: &Maintenance| {
        let [from, to] = [of.starts_at, of.ends_at].map(second);
        [
            of.number.to_string(),
            of.status.word().to_owned(),
            from,
            to,
            services(setup, of).join(" "),
            of.title.clone(),
        ]
    };
    let rows: Vec<_> = all.iter().map(row).collect();
    print(&table(["NUMBER", "STATUS", "FROM", "TO", "EXPECTED", "TITLE"], &rows))?;
    Ok(())
}

fn services(setup: &Setup, of: &Maintenance) -> Vec<String> {
    let slug = |id| setup.service(id).map_or_else(|| "gone".to_owned(), |service| service.slug.clone());
    of.services.iter().map(|(id, status)| format!("{}={status}", slug(*id))).collect()
}

fn json(setup: &Setup, of: &Maintenance) -> Value {
    json!({
        "id": of.id.to_string(), "number": of.number, "title": of.title, "note": of.note,
        "status": of.status.word(), "from": of.starts_at.to_string(), "to": of.ends_at.to_string(),
        "began_at": of.began_at.map(|at| at.to_string()), "ended_at": of.ended_at.map(|at| at.to_string()),
        "manual_end": of.is_manual_end, "services": services(setup, of),
        "incident": of.incident.map(|id| id.to_string()),
        "made_at": of.made_at.to_string(), "made_by": compose::name(setup, of.made_by),
    })
}
