//! `config prove`: the statements of a configuration and those that hold of every one, proved or refuted.

use std::{fmt::Write, process::ExitCode};

use domain::{
    escalation::{Policy, Target},
    prove::{Assertion, Counterexample, Obligation, Path, Proof},
    setup::Setup,
};
use engine::seams::Clock;
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};

use super::{
    configured::configured_at,
    output::{print, print_json, progress},
    who::{path_json, path_table},
};
use crate::{
    args::{Failure, Prove},
    config::Config,
    seams::SystemClock,
};

/// What came of a statement.
struct Verdict<'a> {
    assertion: &'a Assertion,
    parts: usize,
    cases: usize,
    /// The first instant at which only those who are left are told.
    only_by_last_resort: Option<Path>,
    counterexample: Option<Counterexample>,
}

/// Proves every statement; exit status 1 where one does not hold.
pub(super) fn run(config: &Config, options: &Prove) -> Result<ExitCode, Failure> {
    let now = SystemClock.now();
    let setup = &configured_at(config, now, now)?.setup;
    let from = options.at.unwrap_or_else(|| SystemClock.now());
    let assertions = Assertion::built_in().into_iter().chain(setup.assertions.iter().cloned());
    let assertions: Vec<_> = assertions.collect();
    let verdicts = verdicts(setup, &assertions, from);
    if options.json {
        print_json(&verdicts.iter().map(|verdict| json(setup, verdict)).collect::<Value>())?;
    } else {
        print(&text(setup, from, &verdicts))?;
    }
    let holds = verdicts.iter().all(|verdict| verdict.counterexample.is_none());
    Ok(if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn verdicts<'a>(setup: &'a Setup, assertions: &'a [Assertion], from: Timestamp) -> Vec<Verdict<'a>> {
    let parts: Vec<_> =
        assertions.iter().map(|assertion| (assertion, assertion.obligations(setup))).collect();
    let total = parts.iter().map(|(_, parts)| parts.len()).sum::<usize>();
    let bar = progress(u64::try_from(total).unwrap_or(u64::MAX), "proving");
    let verdicts = parts.iter().map(|(assertion, parts)| {
        let proofs = parts.iter().map(|part| {
            bar.inc(1);
            assertion.prove(setup, part, from)
        });
        verdict(assertion, parts, proofs)
    });
    let verdicts = verdicts.collect();
    bar.finish_and_clear();
    verdicts
}

/// Takes proofs until one fails.
fn verdict<'a>(
    assertion: &'a Assertion,
    parts: &[Obligation<'_>],
    proofs: impl Iterator<Item = Proof>,
) -> Verdict<'a> {
    let mut verdict =
        Verdict { assertion, parts: parts.len(), cases: 0, only_by_last_resort: None, counterexample: None };
    for proof in proofs {
        match proof {
            Proof::Holds { cases, only_by_last_resort } => {
                verdict.cases += cases;
                verdict.only_by_last_resort = verdict.only_by_last_resort.or(only_by_last_resort);
            }
            Proof::Fails(counterexample) => {
                verdict.counterexample = Some(counterexample);
                break;
            }
        }
    }
    verdict
}

/// Returns the verdicts for people: a line each, and beneath one that fails its counter-example.
fn text(setup: &Setup, from: Timestamp, verdicts: &[Verdict<'_>]) -> String {
    let mut text = format!("from {}\n", shown(from, &TimeZone::UTC));
    for verdict in verdicts {
        let name = &verdict.assertion.name;
        // Writing to a string can't fail.
        let _ = match &verdict.counterexample {
            None => writeln!(text, "holds  {name} ({})", counted(verdict)),
            Some(_) => writeln!(text, "FAILS  {name}"),
        };
        if let Some(counterexample) = &verdict.counterexample {
            text += &refuted(setup, counterexample);
        }
        if let Some(path) = &verdict.only_by_last_resort {
            let at = shown(path.first_page_at, &TimeZone::UTC);
            let why = path.tellings().find(|telling| telling.is_last_resort);
            let why = why.map(|telling| telling.planned.reason.as_str()).unwrap_or_default();
            let _ = writeln!(text, "       warning: at {at} it holds only by the last resort: {why}");
        }
    }
    text
}

fn counted(verdict: &Verdict<'_>) -> String {
    let one = |count: usize, noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
    match verdict.parts {
        0 => "nothing to prove".to_owned(),
        parts => format!("{} in {}", one(verdict.cases, "case"), one(parts, "part")),
    }
}

fn refuted(setup: &Setup, counterexample: &Counterexample) -> String {
    match counterexample {
        Counterexample::NoPolicy(id) => {
            format!("       service {} pages and has no escalation_policy\n", service(setup, Some(*id)))
        }
        Counterexample::NoRest { user, from, to } => {
            let user = setup.user(*user);
            let zone = user.map_or(TimeZone::UTC, |user| user.time_zone.clone());
            let email = user.map_or("somebody", |user| user.email.as_str());
            let (from, to) = (shown(*from, &zone), shown(*to, &zone));
            format!("       {email} is on call without a break\n       from  {from}\n       to    {to}\n")
        }
        Counterexample::Unreached { service: id, policy, about, at, why, path } => {
            let policy = policy.and_then(|id| setup.policy(id));
            let zone = policy.map_or(TimeZone::UTC, |policy| zone(setup, policy));
            let takes_turns = policy.is_some_and(|policy| policy.steps.iter().any(|step| step.round_robin));
            let turn =
                if takes_turns { format!(", incident number {}", about.number) } else { String::new() };
            let policy = policy.map_or_else(|| "none".to_owned(), |policy| policy.slug.clone());
            let mut text = format!(
                "       first page at {}\n       service {}, policy {policy}, severity {}{turn}\n       {why}\n",
                shown(*at, &zone),
                service(setup, *id),
                about.severity,
            );
            for line in path
                .iter()
                .flat_map(|path| path_table(setup, path).lines().map(str::to_owned).collect::<Vec<_>>())
            {
                // Writing to a string can't fail.
                let _ = writeln!(text, "         {line}");
            }
            text
        }
    }
}

fn json(setup: &Setup, verdict: &Verdict<'_>) -> Value {
    let refuted = verdict.counterexample.as_ref().map(|counterexample| match counterexample {
        Counterexample::NoPolicy(id) => json!({ "service": service(setup, Some(*id)) }),
        Counterexample::NoRest { user, from, to } => json!({
            "user": setup.user(*user).map(|user| user.email.as_str()),
            "from": from.to_string(),
            "to": to.to_string(),
        }),
        Counterexample::Unreached { service: id, policy, about, at, why, path } => json!({
            "service": id.map(|id| service(setup, Some(id))),
            "policy": policy.and_then(|id| setup.policy(id)).map(|policy| policy.slug.as_str()),
            "severity": about.severity.word(),
            "incident_number": about.number,
            "first_page_at": at.to_string(),
            "why": why,
            "path": path.as_ref().map(|path| path_json(setup, path)),
        }),
    });
    json!({
        "name": verdict.assertion.name,
        "holds": refuted.is_none(),
        "parts": verdict.parts,
        "cases": verdict.cases,
        "only_by_last_resort_at": verdict.only_by_last_resort.as_ref().map(|path| path.first_page_at.to_string()),
        "counterexample": refuted,
    })
}

fn service(setup: &Setup, id: Option<domain::ServiceId>) -> &str {
    id.and_then(|id| setup.service(id)).map_or("any", |service| service.slug.as_str())
}

/// Returns the zone that a policy thinks in: that of the first schedule it names.
pub(super) fn zone(setup: &Setup, policy: &Policy) -> TimeZone {
    let mut targets = policy.steps.iter().flat_map(|step| &step.targets);
    let schedule = targets.find_map(|target| match target {
        Target::Schedule(id) => setup.schedule(*id),
        Target::User(_) | Target::Team(_) | Target::Channel(_) => None,
    });
    schedule.map_or(TimeZone::UTC, |schedule| schedule.time_zone.clone())
}

/// Returns an instant in a zone and in UTC.
fn shown(at: Timestamp, zone: &TimeZone) -> String {
    let utc = at.strftime("%Y-%m-%dT%H:%M:%SZ");
    match zone.iana_name().filter(|name| *name != "UTC") {
        None => utc.to_string(),
        Some(name) => {
            format!("{} {name} ({utc})", at.to_zoned(zone.clone()).strftime("%a %Y-%m-%d %H:%M:%S"))
        }
    }
}
