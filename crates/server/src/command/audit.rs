//! `audit`: what the process that serves asks itself every minute, asked of the ledger once.

use std::{process::ExitCode, time::Duration};

use domain::audit::{Facts, Finding, audit};
use engine::seams::Clock;
use serde_json::{Value, json};
use store::{Error, audits};

use super::{
    ledger,
    output::{print, print_json, print_line, second},
};
use crate::{args::Failure, config::Config, seams::SystemClock, table::table};

/// Audits the ledger; the exit status says whether it passes.
pub(super) fn run(config: &Config, as_json: bool) -> Result<ExitCode, Failure> {
    let ledger = ledger::required(config)?;
    let now = SystemClock.now();
    let read =
        ledger.read_blocking(move |tx| Ok::<_, Error>((audits::list_due(tx, now)?, audits::find_mark(tx)?)));
    let (due, marked) = match read {
        Ok((due, marked)) => (Ok(due), marked),
        Err(error) => (Err(error.to_string()), None),
    };
    let findings = audit(&Facts { now, elapsed: Duration::ZERO, due, beats: Vec::new(), jump: None });
    let has_passed = findings.is_empty();
    if as_json {
        let last = marked.map(|at| at.to_string());
        print_json(&json!({
            "passed": has_passed,
            "audited_at": now.to_string(),
            "process_audited_at": last,
            "findings": findings.iter().map(finding).collect::<Value>(),
        }))?;
    } else if has_passed {
        print_line("passed: every open escalation is on time and every due notification was attempted")?;
    } else {
        let rows: Vec<_> =
            findings.into_iter().map(|it| [it.kind.word().to_owned(), it.object, it.trouble]).collect();
        print(&table(["FINDING", "OBJECT", "TROUBLE"], &rows))?;
    }
    match marked {
        Some(at) => super::note(&format!("a process that serves audited itself last at {}", second(at))),
        None => super::note("no process that serves has audited itself yet"),
    }
    Ok(if has_passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn finding(finding: &Finding) -> Value {
    json!({
        "kind": finding.kind.word(),
        "organization": finding.org.map(|org| org.to_string()),
        "object": finding.object,
        "trouble": finding.trouble,
    })
}
