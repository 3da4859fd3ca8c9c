//! `schedule calendar`: addresses at which a roster can be read, made, listed and revoked.

use std::process::ExitCode;

use anyhow::anyhow;
use domain::{CalendarId, schedule::Subject};
use engine::{
    seams::{Clock, Mint},
    setups::token_hash,
};
use serde_json::json;
use store::{Lane, Scope, calendars, organizations};

use super::{
    super::{
        ledger, note,
        output::{print, print_json, print_line, second},
        who,
    },
    find,
};
use crate::{
    args::{self, Failure},
    config::Config,
    seams::{SystemClock, SystemMint},
    table::table,
};

pub(super) fn run(config: &Config, command: args::Calendar) -> Result<ExitCode, Failure> {
    match command {
        args::Calendar::Make { of, json } => make(config, &of, json)?,
        args::Calendar::List { json } => list(config, json)?,
        args::Calendar::Revoke { id, json } => {
            let parsed = CalendarId::parse(&id).ok_or_else(|| {
                Failure::Usage(anyhow!(
                    "{id:?} is no id of a calendar; `midwatch schedule calendar list` shows them"
                ))
            })?;
            revoke(config, parsed, json)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn make(config: &Config, of: &args::Of, as_json: bool) -> Result<(), Failure> {
    let setup = &config.objects.setup;
    let (subject, name) = match (&of.schedule, &of.user) {
        (Some(slug), _) => (Subject::Schedule(find(setup, slug)?.id), slug.clone()),
        (None, Some(email)) => {
            let user = match setup.user_by_email(email) {
                Some(user) => user,
                None => who::find("user", email, &setup.users, |user| &user.email)?,
            };
            (Subject::User(user.id), user.email.clone())
        }
        (None, None) => return Err(Failure::Usage(anyhow!("name a --schedule or a --user"))),
    };
    let ledger = ledger::open(config)?;
    let (mint, now) = (SystemMint::new(), SystemClock.now());
    let token: String = mint.secret().iter().map(|byte| format!("{byte:02x}")).collect();
    let (id, hash) = (CalendarId(mint.id()), token_hash(&token));
    let organization = setup.organization.clone();
    ledger.write_blocking(Lane::Bulk, move |tx| {
        organizations::insert_if_absent(tx, &organization, now)?;
        calendars::insert(&mut Scope::new(tx, organization.id), id, subject, &name, &hash, now)
    })?;
    let page = format!("{}/calendar/{token}", config.server.public_url);
    note("this is shown once; whoever has it can see who is on call");
    if as_json {
        let value = json!({ "id": id.to_string(), "page": page, "feed": format!("{page}.ics") });
        return Ok(print_json(&value)?);
    }
    print_line(&page)?;
    Ok(print_line(&format!("{page}.ics"))?)
}

fn list(config: &Config, as_json: bool) -> anyhow::Result<()> {
    let (ledger, org) = (ledger::required(config)?, config.objects.setup.organization.id);
    let calendars = ledger.read_blocking(move |tx| calendars::list(&mut Scope::new(tx, org)))?;
    let kind = |subject| match subject {
        Subject::Schedule(_) => "schedule",
        Subject::User(_) => "user",
    };
    if as_json {
        let values = calendars.iter().map(|calendar| {
            json!({
                "id": calendar.id.to_string(),
                "of": kind(calendar.subject),
                "name": calendar.name,
                "created_at": calendar.created_at.to_string(),
                "last_read_at": calendar.last_read_at.map(|at| at.to_string()),
                "revoked_at": calendar.revoked_at.map(|at| at.to_string()),
            })
        });
        return Ok(print_json(&values.collect::<Vec<_>>())?);
    }
    let or_dash = |at: Option<jiff::Timestamp>| at.map_or_else(|| "-".to_owned(), second);
    let rows = calendars.into_iter().map(|calendar| {
        [
            calendar.id.to_string(),
            format!("{}:{}", kind(calendar.subject), calendar.name),
            second(calendar.created_at),
            or_dash(calendar.last_read_at),
            or_dash(calendar.revoked_at),
        ]
    });
    let rows: Vec<_> = rows.collect();
    Ok(print(&table(["ID", "OF", "CREATED", "LAST READ", "REVOKED"], &rows))?)
}

fn revoke(config: &Config, id: CalendarId, as_json: bool) -> anyhow::Result<()> {
    let (ledger, org) = (ledger::required(config)?, config.objects.setup.organization.id);
    let now = SystemClock.now();
    let revoked =
        ledger.write_blocking(Lane::Bulk, move |tx| calendars::revoke(&mut Scope::new(tx, org), id, now));
    match revoked {
        Err(store::Error::NotFound) => {
            return Err(anyhow!(
                "calendar {id} does not exist; `midwatch schedule calendar list` shows them"
            ));
        }
        other => other?,
    }
    if as_json {
        return Ok(print_json(&json!({ "id": id.to_string() }))?);
    }
    Ok(print_line(&format!("the address of calendar {id} leads nowhere now"))?)
}
