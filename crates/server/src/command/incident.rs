//! `ack` and `incident …`: what people do to incidents from a shell, on the ledger itself.

use std::{env, fs, process::ExitCode, sync::Arc};

use anyhow::anyhow;
use domain::{
    IncidentId,
    account::Account,
    incident::{Actor, Incident},
    setup::Setup,
};
use engine::{
    CommandError,
    commands::{self, Ground, whom},
    compose,
    seams::Clock,
    setups::Setups,
};
use jiff::Timestamp;
use store::{Lane, Scope, incidents};

use super::{
    incident_record as record, ledger,
    output::{print, print_json, print_line, second},
    show,
};
use crate::{
    args::{self, Ack, Act, Failure, Span},
    config::Config,
    seams::SystemClock,
    table::table,
};

/// Incidents that a list shows.
const LISTED: u32 = 50;

/// Lists incidents, or acts on one.
pub(super) fn run(config: &Config, command: args::Incident) -> Result<ExitCode, Failure> {
    match command {
        args::Incident::List { json } => list(config, json)?,
        args::Incident::Show { incident, json, markdown } => show::run(config, &incident, json, markdown)?,
        args::Incident::Ack(ack) => return acknowledge(config, &ack),
        args::Incident::Unack(act) => {
            acted(config, &act, Said::Other("is open again"), commands::unacknowledge)?
        }
        args::Incident::Snooze { act, end } => {
            let until = end.after(SystemClock.now());
            acted(config, &act, Said::Answer("is snoozed"), move |scope, ground, now, by, id| {
                commands::snooze(scope, ground, now, by, id, until)
            })?;
        }
        args::Incident::Reassign { act, to } => {
            acted(config, &act, Said::Other("is handed over"), move |scope, ground, now, by, id| {
                let to = whom::assignee(&ground.setups.current(scope)?.1, &to)?;
                commands::reassign(scope, ground, now, by, id, to)
            })?;
        }
        args::Incident::Escalate(act) => {
            acted(
                config,
                &act,
                Said::Other("is escalated: the next step is called"),
                commands::escalate_now,
            )?;
        }
        args::Incident::Add { act, who } => {
            let said = format!("pages {who} in addition");
            acted(config, &act, Said::Other(&said), move |scope, ground, now, by, id| {
                let target = whom::target(&ground.setups.current(scope)?.1, &who)?;
                commands::add_responder(scope, ground, now, by, id, target)
            })?;
        }
        args::Incident::Resolve(act) => acted(config, &act, Said::Answer("is resolved"), commands::resolve)?,
        args::Incident::Publish(act) => acted(config, &act, Said::Other("is published"), commands::publish)?,
        args::Incident::Reject(act) => {
            acted(config, &act, Said::Other("is kept from readers"), commands::reject)?;
        }
        args::Incident::Update { act, message, template, internal, next, phase } => {
            let next = next.map(|Span(next)| next);
            let body = message.unwrap_or_default();
            let said = commands::NewUpdate { body, is_public: !internal, phase, next, template };
            acted(config, &act, Said::Other("has a new update"), move |scope, ground, now, by, id| {
                commands::say(scope, ground, now, by, id, &said)
            })?;
        }
        args::Incident::Record(command) => record::run(config, command)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Acknowledges an incident.
pub(super) fn acknowledge(config: &Config, ack: &Ack) -> Result<ExitCode, Failure> {
    match ack.r#for {
        None => acted(config, &ack.act, Said::Answer("is acknowledged"), commands::acknowledge)?,
        Some(Span(span)) => {
            acted(config, &ack.act, Said::Answer("is acknowledged"), move |scope, ground, now, by, id| {
                commands::acknowledge_for(scope, ground, now, by, id, span)
            })?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What became of an incident.
#[derive(Clone, Copy)]
pub(super) enum Said<'a> {
    /// Somebody answered it: who that was is told, since it may have been another, a moment before.
    Answer(&'a str),
    /// Anything else.
    Other(&'a str),
}

/// Says what became of an incident.
fn tell(setup: &Setup, act: &Act, incident: &Incident, said: Said<'_>) -> Result<(), Failure> {
    if act.json {
        print_json(&show::json(setup, incident))?;
        return Ok(());
    }
    let number = incident.number;
    let line = match said {
        Said::Other(what) => format!("incident {number} {what}"),
        Said::Answer(what) => {
            let given = incident.response.given();
            let given = given.map(|(by, at)| format!(", by {} at {}", compose::name(setup, by), second(at)));
            let until = incident.response.until().map(|until| format!(" until {}", second(until)));
            format!("incident {number} {what}{}{}", given.unwrap_or_default(), until.unwrap_or_default())
        }
    };
    Ok(print_line(&line)?)
}

/// How people name an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// By its number, `12` or `#12`.
    Number(i64),
    /// By its id.
    Id(IncidentId),
}

impl Named {
    /// Reads a name.
    pub(super) fn read(text: &str) -> Result<Self, Failure> {
        let number = text.strip_prefix('#').unwrap_or(text).parse().ok().filter(|&number| number > 0);
        let named = number.map(Named::Number).or_else(|| IncidentId::parse(text).map(Named::Id));
        named.ok_or_else(|| {
            Failure::Usage(anyhow!(
                "{text:?} names no incident: right would be its number, such as 12, or its id"
            ))
        })
    }

    /// Finds the incident.
    pub(super) fn find(self, scope: &mut Scope<'_>) -> Result<Incident, CommandError> {
        let (found, name) = match self {
            Named::Number(number) => (incidents::find_by_number(scope, number)?, number.to_string()),
            Named::Id(id) => (incidents::get(scope, id)?, id.to_string()),
        };
        found.ok_or_else(|| CommandError::NotFound(format!("incident {name}")))
    }
}

/// Runs a command on the incident that `act` names, by whom it names, and says what came of it.
pub(super) fn acted(
    config: &Config,
    act: &Act,
    said: Said<'_>,
    mut command: impl FnMut(
        &mut Scope<'_>,
        &Ground,
        Timestamp,
        Actor,
        IncidentId,
    ) -> Result<Incident, CommandError>
    + Send
    + 'static,
) -> Result<(), Failure> {
    let (named, ledger) = (Named::read(&act.incident)?, ledger::required(config)?);
    let ground = ground(config);
    let (org, now, by) = (config.objects.setup.organization.id, SystemClock.now(), act.by.clone());
    let (setup, incident) = ledger.write_blocking(Lane::Paging, move |tx| {
        let mut scope = Scope::new(tx, org);
        let (_, setup) = ground.setups.current(&mut scope)?;
        let (by, id) = (actor(&setup, by.as_deref())?, named.find(&mut scope)?.id);
        Ok::<_, CommandError>((setup, command(&mut scope, &ground, now, by, id)?))
    })?;
    tell(&setup, act, &incident, said)
}

/// Returns what commands stand on, for a process that runs one.
pub(super) fn ground(config: &Config) -> Ground {
    Ground {
        catalog: Arc::new(config.providers()),
        setups: Arc::new(Setups::with(config.means())),
        memory: Arc::default(),
    }
}

/// Returns whoever is at this shell. Who can run commands here can call themselves anything; it tells colleagues apart.
pub(super) fn shell() -> Account {
    let named = |name: &str| env::var(name).ok().filter(|value| !value.trim().is_empty());
    let login = ["SUDO_USER", "USER", "LOGNAME"].into_iter().find_map(named);
    let host = fs::read_to_string("/proc/sys/kernel/hostname").ok().map(|name| name.trim().to_owned());
    let host = host.filter(|name| !name.is_empty()).or_else(|| named("HOSTNAME"));
    let login = login.unwrap_or_else(|| "unknown".to_owned());
    Account::shell(&host.map_or_else(|| login.clone(), |host| format!("{login}@{host}")))
}

/// Returns who acts.
pub(super) fn actor(setup: &Setup, email: Option<&str>) -> Result<Actor, CommandError> {
    let Some(email) = email else { return Ok(Actor::Account(shell())) };
    let user = setup.user_by_email(email);
    user.map(|user| Actor::User(user.id)).ok_or_else(|| CommandError::NotFound(format!("user {email}")))
}

fn list(config: &Config, as_json: bool) -> anyhow::Result<()> {
    let (ledger, org) = (ledger::required(config)?, config.objects.setup.organization.id);
    let incidents = ledger.read_blocking(move |tx| {
        let mut scope = Scope::new(tx, org);
        // What is not over stands first, however old it is.
        let mut listed = incidents::list_open(&mut scope)?;
        listed.reverse();
        let recent = incidents::list_recent(&mut scope, None, LISTED)?;
        listed.extend(recent.into_iter().filter(Incident::is_resolved));
        Ok::<_, store::Error>(listed)
    })?;
    let setup = &config.objects.setup;
    if as_json {
        let all: Vec<_> = incidents.iter().map(|incident| show::json(setup, incident)).collect();
        return Ok(print_json(&all)?);
    }
    let rows = incidents.iter().map(|incident| {
        [
            incident.number.to_string(),
            standing(incident).to_owned(),
            incident.severity.word().to_owned(),
            second(incident.opened_at),
            show::services(setup, incident).join(", "),
            incident.title.clone(),
        ]
    });
    let rows: Vec<_> = rows.collect();
    Ok(print(&table(["NUMBER", "RESPONSE", "SEVERITY", "OPENED", "SERVICES", "TITLE"], &rows))?)
}

/// Returns the response as a list shows it: a snooze is an acknowledgement that nobody works on.
const fn standing(incident: &Incident) -> &'static str {
    if incident.response.is_snoozed() { "snoozed" } else { incident.response.word() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn incidents_are_named_by_number_or_id() {
        assert_eq!(Named::read("12").unwrap(), Named::Number(12));
        assert_eq!(Named::read("#12").unwrap(), Named::Number(12));
        let id = "0197a9a4-0000-7000-8000-000000000001";
        assert_eq!(Named::read(id).unwrap(), Named::Id(IncidentId::parse(id).unwrap()));
        for wrong in ["", "x", "-1", "0", "1.5"] {
            assert!(matches!(Named::read(wrong), Err(Failure::Usage(_))), "{wrong}");
        }
    }
}
