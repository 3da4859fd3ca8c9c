//! Audits the process, and tells the world outside that it lives: only after the audit has passed.
//!
//! Whoever waits outside for the ping (a dead man's switch, such as healthchecks.io) raises the alarm when none comes: that
//! is the one alarm which needs nothing of us. So a ping is sent for a pass and for nothing else: not while the ledger is
//! silent, not while a worker is stuck, not while anything is overdue. What was found is told to the owners too, and to the
//! address for failures where there is one. The auditor is a worker of its own and shares nothing with those that page: a
//! slow outside delays the next audit, and nothing else.

use std::{mem, time::Duration};

use domain::{
    audit::{Due, Facts, Finding, Kind, audit},
    setup::Secret,
};
use outbound::{BoxFuture, Limits, Request};
use store::{Lane, audits};
use tokio::sync::Mutex;
use tracing::{info, warn};

use super::{Turn, Worker};
use crate::{commands, error::CommandError, seams::Bell, shell::Shell};

/// How often to audit where nobody outside waits for it.
const EVERY: Duration = Duration::from_secs(60);

/// How long after the start the first audit is: what a dead process has left behind is taken up by then.
const FIRST_AFTER: Duration = Duration::from_secs(15);

/// How long the ledger has to answer; no more than what a page would wait for it.
const LEDGER_WAIT: Duration = Duration::from_secs(10);

/// What a ping may take in all: a tenth of a second where all is well, and there is another in a minute.
const PING: Limits = Limits { total: Duration::from_secs(10), max_bytes: 64 * 1024, redirects: 0 };

/// Passes in a row after which the owners are told that all is well, so that trouble which comes and goes is one.
const PASSES: u32 = 3;

/// Findings that are told outside; a body of some kilobytes is kept by everyone.
const MOST_TOLD: usize = 20;

/// How a ping is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PingMethod {
    /// `GET`.
    Get,
    /// `POST` without a body.
    Post,
}

/// Who waits outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadMan {
    /// The address to ping after a pass. It is a secret: whoever knows it can say that we live.
    pub url: Secret,
    /// The address that is told of failures, with the findings as its body.
    pub fail_url: Option<Secret>,
    /// How a ping is sent.
    pub method: PingMethod,
    /// How often to audit, and ping.
    pub interval: Duration,
}

/// The worker that audits.
#[derive(Debug)]
pub struct Auditor {
    outside: Option<DeadMan>,
    desk: Mutex<Desk>,
}

/// What is known between audits.
#[derive(Debug, Default)]
struct Desk {
    /// When the next is due, by the clock that nobody sets.
    next: Option<Duration>,
    passes: u32,
    found: Vec<Finding>,
}

impl Auditor {
    /// Makes an auditor; without anybody outside it audits all the same.
    #[must_use]
    pub fn new(outside: Option<DeadMan>) -> Self {
        Self { outside, desk: Mutex::default() }
    }
}

impl Worker for Auditor {
    fn name(&self) -> &'static str {
        "auditor"
    }

    fn bell(&self) -> Bell {
        Bell::Audit
    }

    fn turn<'a>(&'a self, shell: &'a Shell) -> BoxFuture<'a, Result<Turn, CommandError>> {
        Box::pin(async move {
            let mut desk = self.desk.lock().await;
            let elapsed = shell.clock.elapsed();
            let due = *desk.next.get_or_insert(elapsed.saturating_add(FIRST_AFTER));
            if elapsed >= due {
                let interval = self.outside.as_ref().map_or(EVERY, |outside| outside.interval);
                desk.next = Some(elapsed.saturating_add(interval));
                self.audit(shell, &mut desk).await?;
            }
            let wait = desk.next.unwrap_or(due).saturating_sub(shell.clock.elapsed());
            Ok(Turn::IdleUntil(shell.clock.now().checked_add(wait).ok()))
        })
    }
}

impl Auditor {
    async fn audit(&self, shell: &Shell, desk: &mut Desk) -> Result<(), CommandError> {
        let findings = take_audit(shell).await;
        for finding in findings.iter().filter(|it| !desk.knows(it)) {
            warn!(
                kind = finding.kind.word(),
                object = finding.object,
                trouble = finding.trouble,
                "audit failed"
            );
        }
        shell.meters.audited(&findings, shell.clock.now());
        let had = mem::replace(&mut desk.found, findings.clone());
        if findings.is_empty() {
            if !had.is_empty() {
                info!("audit passes again");
            }
            if let Some(outside) = &self.outside {
                ping(shell, outside).await;
            }
            desk.passes = desk.passes.saturating_add(1);
            if desk.passes == PASSES {
                let ground = shell.ground();
                let tell = move |tx: &mut store::Tx<'_>, now| commands::tell_audit_passed(tx, &ground, now);
                shell.write(Lane::Bulk, tell).await?;
                shell.doorbell.ring(Bell::Notify);
            }
            return Ok(());
        }
        desk.passes = 0;
        if let Some(url) = self.outside.as_ref().and_then(|outside| outside.fail_url.as_ref()) {
            let told: Vec<String> = findings.iter().take(MOST_TOLD).map(ToString::to_string).collect();
            let request = Request::post(url.expose(), told.join("\n") + "\n");
            hand_over(shell, request.header("content-type", "text/plain; charset=utf-8"), "failure").await;
        }
        if findings.iter().any(|finding| finding.kind == Kind::LedgerSilent) {
            // There is nowhere to write it; the next audit that finds the ledger well will tell what is left of it.
            return Ok(());
        }
        let ground = shell.ground();
        let tell =
            move |tx: &mut store::Tx<'_>, now| commands::tell_audit_failed(tx, &ground, &findings, now);
        shell.write(Lane::Bulk, tell).await?;
        shell.doorbell.ring(Bell::Notify);
        Ok(())
    }
}

impl Desk {
    fn knows(&self, finding: &Finding) -> bool {
        self.found.iter().any(|known| (known.kind, &known.object) == (finding.kind, &finding.object))
    }
}

/// Audits this process and its ledger; nothing found is a pass.
pub async fn take_audit(shell: &Shell) -> Vec<Finding> {
    let due = tokio::select! {
        due = ask_ledger(shell) => due.map_err(|error| error.to_string()),
        () = shell.clock.wait(LEDGER_WAIT) => Err(format!("nothing within {} s", LEDGER_WAIT.as_secs())),
    };
    audit(&Facts {
        now: shell.clock.now(),
        elapsed: shell.clock.elapsed(),
        due,
        beats: shell.pulse.beats(),
        jump: shell.pulse.take_jump(),
    })
}

/// A ledger that can be read and not written pages nobody, so both are tried.
async fn ask_ledger(shell: &Shell) -> Result<Due, CommandError> {
    shell.write(Lane::Paging, |tx, now| Ok(audits::mark(tx, now)?)).await?;
    let now = shell.clock.now();
    shell.read(move |tx| Ok(audits::list_due(tx, now)?)).await
}

async fn ping(shell: &Shell, outside: &DeadMan) {
    let request = match outside.method {
        PingMethod::Get => Request::get(outside.url.expose()),
        PingMethod::Post => Request::post(outside.url.expose(), ""),
    };
    if hand_over(shell, request, "ping").await {
        shell.meters.pinged(shell.clock.now());
    }
}

/// Sends a request outside; true when it was taken. What else may come of it is logged, without the address.
async fn hand_over(shell: &Shell, request: Request, what: &'static str) -> bool {
    let answer = tokio::select! {
        answer = shell.outbound.fetch(request.limits(PING)) => answer.map_err(|error| error.to_string()),
        () = shell.clock.wait(PING.total) => Err(format!("nothing within {} s", PING.total.as_secs())),
    };
    match answer {
        Ok(response) if (200..=299).contains(&response.status) => true,
        Ok(response) => {
            warn!(what, status = response.status, "the dead man's switch did not take it");
            false
        }
        Err(error) => {
            warn!(what, error, "the dead man's switch could not be reached");
            false
        }
    }
}
