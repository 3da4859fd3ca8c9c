//! `who --incident`: what was planned for an incident that was, each time that its paging began, by the configuration of that
//! time, and what happened.

use std::{borrow::Cow, fmt::Write, process::ExitCode};

use domain::{
    escalation::{About, Policy},
    incident::{Assignee, Incident},
    prove::{Path, path},
    setup::Setup,
};
use engine::{
    commands::{self, whom},
    compose,
};
use jiff::Timestamp;
use serde_json::{Value, json};
use store::{Scope, incidents::IncidentEvent};

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

/// In the journal: paging begins, or begins anew, with the next step.
const BEGINS: [&str; 10] = [
    "opened",
    "reopened",
    "escalated",
    "unacknowledged",
    "ack_expired",
    "snooze_over",
    "silence_over",
    "assignee_silent",
    "holder_gone",
    "reassigned",
];

/// In the journal: paging goes on in a new generation.
const GOES_ON: [&str; 2] = ["worsened", "escalated_now"];

/// What a configuration planned from an instant on.
struct Plan {
    began: Timestamp,
    source: String,
    paths: Vec<Planned>,
}

/// What was planned by one policy, or by whom the incident was handed to.
struct Planned {
    /// The slug of the policy of a service.
    policy: Option<String>,
    /// What people call it.
    by: String,
    path: Path,
}

/// Shows the plan of each policy of the incident, of every time that its paging began, and every message and answer on record.
pub(super) fn run(config: &Config, name: &str, options: &Who, now: Timestamp) -> Result<ExitCode, Failure> {
    let (named, ledger) = (Named::read(name)?, ledger::required(config)?);
    let org = config.objects.setup.organization.id;
    let record = ledger.read_blocking(move |tx| show::load(&mut Scope::new(tx, org), named))?;
    let until = options.until.unwrap_or(Timestamp::MAX);
    let severity = options.severity.map_or(record.incident.severity, |it| it.0);
    let about = About { number: record.incident.number, severity };
    let mut plans = Vec::new();
    for began in options.at.map_or_else(|| beginnings(&record.incident, &record.events), |at| vec![at]) {
        let Configured { setup, source } = configured_at(config, began, now)?;
        let paths = match handed(&setup, &record.events, began) {
            Some((by, policy)) => {
                vec![Planned { policy: None, by, path: path(&setup, &policy, about, began, until) }]
            }
            None => plans_of(&setup, &record.incident, about, began, until),
        };
        plans.push((setup, Plan { began, source, paths }));
    }
    if options.json {
        let planned = plans.iter().flat_map(|(setup, plan)| plan.json(setup));
        let (setup, last) = plans.last().expect("an incident began once at least");
        print_json(&json!({
            "configuration": last.source,
            "planned": planned.collect::<Value>(),
            "happened": show::whole(setup, &record),
        }))?;
    } else {
        let (setup, _) = plans.last().expect("an incident began once at least");
        let planned: Vec<String> = plans.iter().map(|(setup, plan)| plan.text(setup)).collect();
        print(&text(setup, &record, &planned))?;
    }
    if record.incident.first_page_at.is_none() {
        note("the incident does not page: the plan is what it would have done");
    }
    Ok(ExitCode::SUCCESS)
}

/// When paging began and began anew, the oldest first: what the journal says of it counts where a step came of it. Where
/// there was none, when the incident was opened.
fn beginnings(incident: &Incident, events: &[IncidentEvent]) -> Vec<Timestamp> {
    let mut beginnings: Vec<Timestamp> = Vec::new();
    let mut begins = None;
    for event in events {
        if BEGINS.contains(&event.kind.as_str()) {
            begins = Some(event.at);
        }
        if event.kind.starts_with("step") {
            beginnings.extend(begins.take());
        }
    }
    // What began after announced work has no line of its own, and what went on when it got worse goes by the plan before.
    let goes_on =
        |at: Timestamp| events.iter().any(|event| event.at == at && GOES_ON.contains(&event.kind.as_str()));
    if let Some(at) = incident.first_page_at.filter(|at| !beginnings.contains(at) && !goes_on(*at)) {
        beginnings.push(at);
    }
    if beginnings.is_empty() {
        beginnings.push(incident.opened_at);
    }
    beginnings.sort_unstable();
    beginnings.dedup();
    beginnings
}

impl Plan {
    fn json(&self, setup: &Setup) -> Vec<Value> {
        let plan = |Planned { policy, by, path }: &Planned| {
            json!({
                "policy": policy,
                "by": by,
                "from": self.began.to_string(),
                "configuration": self.source,
                "pages": path_json(setup, path),
            })
        };
        self.paths.iter().map(plan).collect()
    }

    fn text(&self, setup: &Setup) -> String {
        let (began, source) = (second(self.began), &self.source);
        let mut text = String::new();
        for Planned { by, path, .. } in &self.paths {
            // Writing to a string can't fail.
            let _ = writeln!(text, "\nplanned by {by} from {began}, if nobody acknowledges ({source})");
            text += &path_table(setup, path);
        }
        if self.paths.is_empty() {
            text += "\nnone of its services has an escalation policy: nobody is paged\n";
        }
        text
    }
}

/// The path of each policy that the incident pages by; of all its services where none of them pages.
fn plans_of(
    setup: &Setup,
    incident: &Incident,
    about: About,
    began: Timestamp,
    until: Timestamp,
) -> Vec<Planned> {
    let any = incident.services.iter().any(|affected| affected.pages);
    let services = incident.services.iter().filter(|affected| affected.pages || !any);
    let mut policies: Vec<_> =
        services.filter_map(|affected| setup.policy(setup.service(affected.service)?.policy?)).collect();
    policies.sort_by(|one, other| one.slug.cmp(&other.slug));
    policies.dedup_by_key(|policy| policy.id);
    policies
        .into_iter()
        .map(|policy| Planned {
            policy: Some(policy.slug.clone()),
            by: format!("policy {}", policy.slug),
            path: path(setup, policy, about, began, until),
        })
        .collect()
}

/// Returns whom the incident was handed to when paging began at an instant, and by what policy they are paged; `None` where
/// nobody had it.
fn handed<'a>(
    setup: &'a Setup,
    events: &[IncidentEvent],
    began: Timestamp,
) -> Option<(String, Cow<'a, Policy>)> {
    let turns = |event: &&IncidentEvent| {
        event.at <= began && ["reassigned", "assignee_silent", "holder_gone"].contains(&event.kind.as_str())
    };
    let last = events.iter().rfind(turns).filter(|event| event.kind == "reassigned")?;
    let users = setup.users.iter().map(|user| Assignee::User(user.id));
    let schedules = setup.schedules.iter().map(|schedule| Assignee::Schedule(schedule.id));
    let policies = setup.policies.iter().map(|policy| Assignee::Policy(policy.id));
    let is_it = |to: &Assignee| last.detail.starts_with(&format!("to {}, ", whom::name(setup, *to)));
    let to = users.chain(schedules).chain(policies).find(is_it)?;
    Some((whom::name(setup, to), commands::policy_of(setup, to)?))
}

fn text(setup: &Setup, record: &Record, planned: &[String]) -> String {
    let Incident { number, title, severity, .. } = &record.incident;
    let mut text = format!("incident {number}, {severity}: {title}\n");
    text.extend(planned.iter().map(String::as_str));
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

#[cfg(test)]
mod tests {
    use domain::{
        IncidentId, Phase, Severity,
        incident::{Actor, Response},
        setup::Publish,
    };
    use uuid::Uuid;

    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + 60 * minute).unwrap()
    }

    /// The minutes of the plans of an incident that was opened at minute 0.
    fn beginnings_of(first_page: Option<i64>, events: &[(i64, &str)]) -> Vec<Timestamp> {
        let incident = Incident {
            id: IncidentId(Uuid::nil()),
            number: 1,
            title: String::new(),
            titles: domain::public::Tongues::default(),
            severity: Severity::Critical,
            response: Response::Open,
            assignee: None,
            phase: Phase::Investigating,
            opened_at: at(0),
            first_page_at: first_page.map(at),
            generation: 1,
            publish: Publish::Auto,
            causes: Vec::new(),
            services: Vec::new(),
            by_hand: domain::incident::ByHand::default(),
        };
        let event = |&(minute, kind): &(i64, &str)| IncidentEvent {
            at: at(minute),
            kind: kind.to_owned(),
            actor: Actor::Machine,
            detail: String::new(),
        };
        beginnings(&incident, &events.iter().map(event).collect::<Vec<_>>())
    }

    #[test]
    fn there_is_a_plan_for_each_time_that_paging_began() {
        let story =
            [(0, "opened"), (0, "step"), (5, "step"), (9, "acknowledged"), (40, "ack_expired"), (40, "step")];
        assert_eq!(beginnings_of(Some(40), &story), [at(0), at(40)]);
        // What got worse on the way goes by the plan that there is.
        let worse = [(0, "opened"), (0, "step"), (7, "worsened"), (7, "step"), (7, "step")];
        assert_eq!(beginnings_of(Some(7), &worse), [at(0)]);
        // What began to page later, without a word of the journal.
        assert_eq!(beginnings_of(Some(30), &[(0, "opened"), (30, "step")]), [at(0), at(30)]);
        assert_eq!(beginnings_of(None, &[(0, "opened")]), [at(0)]);
    }
}
