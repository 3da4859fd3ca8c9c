//! `ack` and `incident …`: what people do to incidents from a shell, on the ledger itself.

use std::{process::ExitCode, sync::Arc};

use anyhow::anyhow;
use domain::{
    IncidentId,
    incident::{Actor, Incident},
    setup::Setup,
};
use engine::{
    CommandError,
    commands::{self, Ground},
    seams::Clock,
    setups::Setups,
};
use jiff::Timestamp;
use store::{Lane, Scope, incidents};

use super::{
    ledger,
    output::{print, print_json, print_line, second},
    show,
};
use crate::{
    args::{self, Act, Failure},
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
        args::Incident::Show { incident, json } => show::run(config, &incident, json)?,
        args::Incident::Ack(act) => return acknowledge(config, &act),
        args::Incident::Resolve(act) => {
            let incident = acted(config, &act, commands::resolve)?;
            print_line(&format!("incident {} is resolved", incident.number))?;
        }
        args::Incident::Publish(act) => {
            let incident = acted(config, &act, commands::publish)?;
            print_line(&format!("incident {} is published", incident.number))?;
        }
        args::Incident::Update { act, message, internal } => {
            let say = move |scope: &mut Scope<'_>, ground: &Ground, now, by, id| {
                commands::say(scope, ground, now, by, id, &message, !internal)
            };
            let incident = acted(config, &act, say)?;
            print_line(&format!("incident {} has a new update", incident.number))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Acknowledges an incident.
pub(super) fn acknowledge(config: &Config, act: &Act) -> Result<ExitCode, Failure> {
    let incident = acted(config, act, commands::acknowledge)?;
    print_line(&format!("incident {} is acknowledged", incident.number))?;
    Ok(ExitCode::SUCCESS)
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

/// Runs a command on the incident that `act` names, by whom it names.
fn acted(
    config: &Config,
    act: &Act,
    mut command: impl FnMut(
        &mut Scope<'_>,
        &Ground,
        Timestamp,
        Actor,
        IncidentId,
    ) -> Result<Incident, CommandError>
    + Send
    + 'static,
) -> Result<Incident, Failure> {
    let (named, ledger) = (Named::read(&act.incident)?, ledger::required(config)?);
    let ground = Ground {
        catalog: Arc::new(config.providers()),
        setups: Arc::new(Setups::default()),
        memory: Arc::default(),
    };
    let (org, now, by) = (config.objects.setup.organization.id, SystemClock.now(), act.by.clone());
    let incident = ledger.write_blocking(Lane::Paging, move |tx| {
        let mut scope = Scope::new(tx, org);
        let (_, setup) = ground.setups.current(&mut scope)?;
        let (by, id) = (actor(&setup, by.as_deref())?, named.find(&mut scope)?.id);
        command(&mut scope, &ground, now, by, id)
    });
    Ok(incident?)
}

fn actor(setup: &Setup, email: Option<&str>) -> Result<Actor, CommandError> {
    let Some(email) = email else { return Ok(Actor::Operator) };
    let user = setup.user_by_email(email);
    user.map(|user| Actor::User(user.id)).ok_or_else(|| CommandError::NotFound(format!("user {email}")))
}

fn list(config: &Config, as_json: bool) -> anyhow::Result<()> {
    let (ledger, org) = (ledger::required(config)?, config.objects.setup.organization.id);
    let incidents = ledger.read_blocking(move |tx| {
        let mut scope = Scope::new(tx, org);
        incidents::list_recent(&mut scope, None, LISTED)
    })?;
    let setup = &config.objects.setup;
    if as_json {
        let all: Vec<_> = incidents.iter().map(|incident| show::json(setup, incident)).collect();
        return Ok(print_json(&all)?);
    }
    let rows = incidents.iter().map(|incident| {
        [
            incident.number.to_string(),
            incident.response.word().to_owned(),
            incident.severity.word().to_owned(),
            second(incident.opened_at),
            show::services(setup, incident).join(", "),
            incident.title.clone(),
        ]
    });
    let rows: Vec<_> = rows.collect();
    Ok(print(&table(["NUMBER", "RESPONSE", "SEVERITY", "OPENED", "SERVICES", "TITLE"], &rows))?)
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
