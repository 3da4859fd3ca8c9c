//! `who --incident`: what was planned for an incident that was, by the configuration of its time, and what happened.

use std::{fmt::Write, process::ExitCode};

use domain::{
    escalation::About,
    incident::Incident,
    prove::{Path, path},
    setup::Setup,
};
use engine::compose;
use jiff::Timestamp;
use serde_json::{Value, json};
use store::Scope;

use super::{
    configured::{Configured, configured_at},
    incident::Named,
    ledger, note,
    output::{print, print_json, second},
    show::{self, Record},
    who::{path_json, path_table},
};
use crate::{
    args::{Failure, Who},
    config::Config,
};

/// Shows the plan of each policy of the incident, and every message and answer on record.
pub(super) fn run(config: &Config, name: &str, options: &Who, now: Timestamp) -> Result<ExitCode, Failure> {
    let (named, ledger) = (Named::read(name)?, ledger::required(config)?);
    let org = config.objects.setup.organization.id;
    let record = ledger.read_blocking(move |tx| show::load(&mut Scope::new(tx, org), named))?;
    let began = options.at.or(record.incident.first_page_at).unwrap_or(record.incident.opened_at);
    let Configured { setup, source } = configured_at(config, began, now)?;
    let until = options.until.unwrap_or(Timestamp::MAX);
    let severity = options.severity.map_or(record.incident.severity, |it| it.0);
    let about = About { number: record.incident.number, severity };
    let plans = plans(&setup, &record.incident, about, began, until);
    if options.json {
        let plans =
            plans.iter().map(|(slug, path)| json!({ "policy": slug, "pages": path_json(&setup, path) }));
        print_json(&json!({
            "configuration": source,
            "planned": plans.collect::<Value>(),
            "happened": show::whole(&setup, &record),
        }))?;
    } else {
        print(&text(&setup, &record, &source, &plans))?;
    }
    if record.incident.first_page_at.is_none() {
        note("the incident does not page: the plan is what it would have done");
    }
    Ok(ExitCode::SUCCESS)
}

/// The path of each policy that the incident pages by; of all its services where none of them pages.
fn plans(
    setup: &Setup,
    incident: &Incident,
    about: About,
    began: Timestamp,
    until: Timestamp,
) -> Vec<(String, Path)> {
    let any = incident.services.iter().any(|affected| affected.pages);
    let services = incident.services.iter().filter(|affected| affected.pages || !any);
    let mut policies: Vec<_> =
        services.filter_map(|affected| setup.policy(setup.service(affected.service)?.policy?)).collect();
    policies.sort_by(|one, other| one.slug.cmp(&other.slug));
    policies.dedup_by_key(|policy| policy.id);
    policies
        .into_iter()
        .map(|policy| (policy.slug.clone(), path(setup, policy, about, began, until)))
        .collect()
}

fn text(setup: &Setup, record: &Record, source: &str, plans: &[(String, Path)]) -> String {
    let Incident { number, title, severity, .. } = &record.incident;
    let mut text = format!("incident {number}, {severity}: {title}\nconfiguration: {source}\n");
    for (slug, path) in plans {
        // Writing to a string can't fail.
        let _ = writeln!(text, "\nplanned by policy {slug}, if nobody acknowledges");
        text += &path_table(setup, path);
    }
    if plans.is_empty() {
        text += "\nnone of its services has an escalation policy: nobody is paged\n";
    }
    text += "\nhappened\n";
    text += &show::messages(setup, record);
    for event in
        record.events.iter().filter(|event| matches!(event.kind.as_str(), "acknowledged" | "resolved"))
    {
        let by = compose::name(setup, event.actor);
        let _ = writeln!(text, "{} {} by {by}", second(event.at), event.kind);
    }
    text
}
