//! `subscriber …`: who is told of what a status page shows, on the ledger itself.

use std::process::ExitCode;

use anyhow::{Context, anyhow};
use domain::{OrgId, SubscriberId, subscription::Target};
use engine::{
    commands::{self, Imported, Mistake},
    seams::{Clock, Mint},
};
use serde_json::{Value, json};
use store::{
    Lane, Scope,
    subscribers::{self, Consent, Listed},
};

use super::{
    incident::{actor, ground},
    ledger,
    output::{print, print_json, print_line, second},
};
use crate::{
    args::{Failure, Import, Subscriber},
    config::Config,
    runtime,
    seams::{SystemClock, SystemMint},
    table::table,
};

/// Subscribers read at once.
const BATCH: u32 = 1_000;

/// Lists, exports, imports or removes.
pub(super) fn run(config: &Config, command: Subscriber) -> Result<ExitCode, Failure> {
    match command {
        Subscriber::List { page, json } => list(config, &page, json)?,
        Subscriber::Export { page } => export(config, &page)?,
        Subscriber::Import(options) => return import(config, &options),
        Subscriber::Remove { page, address } => remove(config, page, &address)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn org(config: &Config) -> OrgId {
    config.objects.setup.organization.id
}

fn all(config: &Config, slug: &str) -> Result<Vec<Listed>, Failure> {
    let (org, ledger) = (org(config), ledger::required(config)?);
    let (slug, setup) = (slug.to_owned(), config.objects.setup.clone());
    let page = ledger.read_blocking(move |tx| commands::kept_page(&mut Scope::new(tx, org), &setup, &slug));
    let page = page.map_err(|error| Failure::Usage(error.into()))?;
    let (mut found, mut after): (Vec<Listed>, Option<SubscriberId>) = (Vec::new(), None);
    loop {
        let part = ledger
            .read_blocking(move |tx| subscribers::list_page(&mut Scope::new(tx, org), page, after, BATCH))?;
        after = part.last().map(|last| last.subscriber.id);
        let is_last = part.len() < BATCH as usize;
        found.extend(part);
        if is_last {
            return Ok(found);
        }
    }
}

fn kinds(of: &Listed) -> Vec<&'static str> {
    let choice = &of.subscriber.choice;
    let kinds = [
        ("incidents", choice.incidents),
        ("maintenances", choice.maintenances),
        ("postmortems", choice.postmortems),
    ];
    kinds.into_iter().filter(|(_, is_told)| *is_told).map(|(kind, _)| kind).collect()
}

fn list(config: &Config, slug: &str, as_json: bool) -> Result<(), Failure> {
    let found = all(config, slug)?;
    if as_json {
        print_json(&found.iter().map(value).collect::<Vec<_>>())?;
        return Ok(());
    }
    let row = |of: &Listed| {
        let services = of.subscriber.choice.components.join(" ");
        [
            of.subscriber.target.word().to_owned(),
            of.subscriber.target.shown(),
            if services.is_empty() { "all".to_owned() } else { services },
            kinds(of).join(" "),
            second(of.confirmed_at),
            of.consent.clone().unwrap_or_else(|| "by link".to_owned()),
        ]
    };
    let rows: Vec<_> = found.iter().map(row).collect();
    print(&table(["KIND", "ADDRESS", "SERVICES", "TOLD OF", "SINCE", "CONSENT"], &rows))?;
    Ok(())
}

fn value(of: &Listed) -> Value {
    let subscriber = &of.subscriber;
    json!({
        "id": subscriber.id.to_string(), "kind": subscriber.target.word(),
        "address": subscriber.target.shown(), "services": subscriber.choice.components, "kinds": kinds(of),
        "least": subscriber.choice.least.word(),
        "only": subscriber.choice.only.map(|id| id.to_string()),
        "language": subscriber.language.tag(), "confirmed_at": of.confirmed_at.to_string(),
        "consent": of.consent, "told_at": subscriber.told_at.map(|at| at.to_string()),
        "refusals": of.refusals,
    })
}

/// Those of the whole page: who follows one incident is not to be imported elsewhere.
fn export(config: &Config, slug: &str) -> Result<(), Failure> {
    let found = all(config, slug)?;
    let rows = found.iter().filter(|of| of.subscriber.choice.only.is_none()).map(|of| {
        vec![
            of.subscriber.target.address().to_owned(),
            of.subscriber.choice.components.join(" "),
            kinds(of).join(" "),
            of.subscriber.choice.least.word().to_owned(),
            of.confirmed_at.to_string(),
            of.subscriber.language.tag().to_owned(),
        ]
    });
    Ok(print(&formats::subscribers::write(&formats::subscribers::COLUMNS, rows))?)
}

fn import(config: &Config, options: &Import) -> Result<ExitCode, Failure> {
    let csv = std::fs::read(&options.file)
        .with_context(|| format!("{} can't be read", options.file.display()))
        .map_err(Failure::Usage)?;
    let (setup, now) = (&config.objects.setup, SystemClock.now());
    let usage = |error: engine::CommandError| Failure::Usage(error.into());
    let list = commands::check_list(setup, &options.page, &csv, now).map_err(usage)?;
    let statement = commands::consent(&options.consent).map_err(usage)?;
    if !list.mistakes.is_empty() && !options.skip_bad {
        tell(Imported::default(), &list.mistakes, options.json)?;
        if !options.json {
            print_line("nobody was added; mend the lines, or leave them out with --skip-bad")?;
        }
        return Ok(ExitCode::FAILURE);
    }
    let ledger = ledger::required(config)?;
    let (key, org, by) =
        (runtime::made_key(&ledger, &SystemMint::new())?, org(config), actor(setup, options.by.as_deref())?);
    let record = Consent { id: SystemMint::new().id(), statement, made_at: now, made_by: by };
    let (page, count, ground) = (options.page.clone(), list.lines.len(), ground(config));
    let on = ground.clone();
    ledger.read_blocking(move |tx| commands::check_room(&mut Scope::new(tx, org), &on, &page, count))?;
    let mut imported = Imported::default();
    for part in list.lines.chunks(commands::IMPORTED_AT_ONCE) {
        let (ground, key, part) = (ground.clone(), key.clone(), part.to_vec());
        let (page, record) = (options.page.clone(), record.clone());
        imported.count(ledger.write_blocking(Lane::Bulk, move |tx| {
            let mut scope = Scope::new(tx, org);
            commands::add_subscribers(&mut scope, (&ground, &key), now, &page, &record, &part)
        })?);
    }
    tell(imported, &list.mistakes, options.json)?;
    Ok(ExitCode::SUCCESS)
}

fn tell(imported: Imported, mistakes: &[Mistake], as_json: bool) -> Result<(), Failure> {
    let Imported { added, known, departed } = imported;
    if as_json {
        let mistakes =
            mistakes.iter().map(|of| json!({ "line": of.line, "column": of.column, "reason": of.reason }));
        let mistakes: Vec<Value> = mistakes.collect();
        print_json(&json!({ "added": added, "known": known, "departed": departed, "mistakes": mistakes }))?;
        return Ok(());
    }
    for of in mistakes {
        let column = if of.column.is_empty() { String::new() } else { format!(", {}", of.column) };
        print_line(&format!("line {}{column}: {}", of.line, of.reason))?;
    }
    Ok(print_line(&format!(
        "{added} added, {known} known already, {departed} left the page before, {} lines with mistakes",
        mistakes.len()
    ))?)
}

fn remove(config: &Config, page: String, address: &str) -> Result<(), Failure> {
    let target = Target::any(address).ok_or_else(|| {
        Failure::Usage(anyhow!("{address:?} is neither an e-mail address nor an address of the web"))
    })?;
    let ledger = ledger::required(config)?;
    let (key, ground, org, now) =
        (runtime::made_key(&ledger, &SystemMint::new())?, ground(config), org(config), SystemClock.now());
    let gone = ledger.write_blocking(Lane::Bulk, move |tx| {
        let mut scope = Scope::new(tx, org);
        commands::remove_subscriber(&mut scope, (&ground, &key), now, &page, &target)
    })?;
    let word = if gone == 1 { "subscription" } else { "subscriptions" };
    Ok(print_line(&format!("{gone} {word} removed; no import brings the address back"))?)
}
