//! `incident open`, `edit`, `reopen`, `merge` and what else makes the record of an incident, on the ledger itself.

use domain::{IncidentId, Status};
use engine::{
    commands::{self, IncidentEdit, NewIncident, NewLink, NewWave, WaveEdit},
    seams::{Clock, Mint},
};
use store::{Lane, Scope};

use super::{
    incident::{Named, Said, acted, actor, ground},
    ledger,
    output::{print_json, print_line},
    show,
};
use crate::{
    args::{Act, Change, Expected, Failure, LinkTo, Open, Record, Wave},
    config::Config,
    seams::{SystemClock, SystemMint},
};

/// Opens an incident, or does something to the record of one.
pub(super) fn run(config: &Config, command: Record) -> Result<(), Failure> {
    match command {
        Record::Open(options) => open(config, options),
        Record::Edit { act, edit } => {
            let edit = named(edit);
            acted(config, &act, Said::Other("is changed"), move |scope, ground, now, by, id| {
                commands::edit(scope, ground, now, by, id, &edit)
            })
        }
        Record::Reopen { act, services, text, no_page } => {
            let edit = IncidentEdit { services: slugs(services), text, ..IncidentEdit::default() };
            acted(config, &act, Said::Other("is open again"), move |scope, ground, now, by, id| {
                commands::reopen(scope, ground, now, by, id, &edit, !no_page)
            })
        }
        Record::Merge { act, into } => {
            let said =
                format!("goes on, with incident {} as part of it", act.incident.trim_start_matches('#'));
            let into = Named::read(&into)?;
            acted(config, &act, Said::Other(&said), move |scope, ground, now, by, id| {
                let into = into.find(scope)?.id;
                commands::merge(scope, ground, now, by, id, into)
            })
        }
        Record::EditUpdate { act, update, message, .. } => match message {
            Some(body) => acted(
                config,
                &act,
                Said::Other("has its update changed"),
                move |scope, ground, now, by, id| {
                    commands::edit_update(scope, ground, now, by, id, update, &body)
                },
            ),
            None => {
                acted(config, &act, Said::Other("has one update less"), move |scope, ground, now, by, id| {
                    commands::remove_update(scope, ground, now, by, id, update)
                })
            }
        },
        Record::Impact { act, wave } => impact(config, &act, wave),
        Record::Roles { act, roles } => {
            acted(config, &act, Said::Other("has its roles"), move |scope, ground, now, by, id| {
                let mut done = commands::incident(scope, id)?;
                for pair in &roles {
                    let (role, email) = pair.split_once('=').unwrap_or((pair, ""));
                    let email = Some(email).filter(|email| !email.is_empty());
                    done = commands::set_role(scope, ground, now, by, id, role, email)?;
                }
                Ok(done)
            })
        }
        Record::Link { act, link } => self::link(config, &act, link),
    }
}

fn open(config: &Config, options: Open) -> Result<(), Failure> {
    let Open {
        title,
        template,
        services,
        severity,
        text,
        no_page,
        internal,
        started_at,
        resolved_at,
        by,
        json,
        ..
    } = options;
    let wanted = NewIncident {
        title: title.unwrap_or_default(),
        template,
        text,
        services: slugs(services),
        severity,
        pages: !no_page,
        is_public: !internal,
        began_at: started_at,
        resolved_at,
    };
    let (ledger, ground, org) =
        (ledger::required(config)?, ground(config), config.objects.setup.organization.id);
    let (id, now) = (IncidentId(SystemMint::new().id()), SystemClock.now());
    let incident = ledger.write_blocking(Lane::Paging, move |tx| {
        let mut scope = Scope::new(tx, org);
        let by = actor(&ground.setups.current(&mut scope)?.1, by.as_deref())?;
        commands::open(&mut scope, &ground, now, by, id, &wanted)
    })?;
    if json {
        return Ok(print_json(&show::json(&config.objects.setup, &incident))?);
    }
    let pages = if incident.is_paging() { "pages" } else { "pages nobody" };
    let state = if incident.is_resolved() { "is added" } else { "is open" };
    Ok(print_line(&format!("incident {} {state} and {pages}", incident.number))?)
}

fn impact(config: &Config, act: &Act, wave: Wave) -> Result<(), Failure> {
    let Wave { service, number, from, to, status, remove } = wave;
    let number = number.unwrap_or_default();
    if let Some(reason) = remove {
        return acted(
            config,
            act,
            Said::Other("has its impact corrected"),
            move |scope, ground, now, by, id| {
                commands::remove_wave(scope, ground, now, by, id, number, &reason)?;
                commands::incident(scope, id)
            },
        );
    }
    if let (Some(Expected(service, status)), Some(from), Some(to)) = (service, from, to) {
        let wave = NewWave { service, status, from, to };
        return acted(
            config,
            act,
            Said::Other("has its impact completed"),
            move |scope, ground, now, by, id| {
                commands::add_wave(scope, ground, now, by, id, &wave)?;
                commands::incident(scope, id)
            },
        );
    }
    let edit = WaveEdit { status, from, to };
    acted(config, act, Said::Other("has its impact corrected"), move |scope, ground, now, by, id| {
        commands::correct_wave(scope, ground, now, by, id, number, &edit)?;
        commands::incident(scope, id)
    })
}

fn link(config: &Config, act: &Act, link: LinkTo) -> Result<(), Failure> {
    let LinkTo { provider, id, alert, url, label, remove } = link;
    if let Some(number) = remove {
        return acted(config, act, Said::Other("has one link less"), move |scope, ground, now, by, id| {
            commands::remove_link(scope, ground, now, by, id, number)
        });
    }
    let to = match (provider.zip(id), alert) {
        (Some((provider, id)), _) => NewLink::Provider(provider, id),
        (None, Some(alert)) => NewLink::Alert(alert),
        (None, None) => NewLink::Url(url.unwrap_or_default()),
    };
    acted(config, act, Said::Other("is linked"), move |scope, ground, now, by, id| {
        commands::add_link(scope, ground, now, by, id, &to, &label)?;
        commands::incident(scope, id)
    })
}

fn named(edit: Change) -> IncidentEdit {
    let Change { title, severity, phase, services, text } = edit;
    IncidentEdit { title, severity, phase, services: slugs(services), text }
}

fn slugs(services: Vec<Expected>) -> Vec<(String, Status)> {
    services.into_iter().map(|Expected(slug, status)| (slug, status)).collect()
}
