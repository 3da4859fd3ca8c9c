//! The self-audit: is every open escalation on time, every notification attempted, every worker at work?
//!
//! What is late is judged from facts that were read once. A process that passes may tell the world outside that it lives;
//! one that does not keeps silent there, and says here what is wrong and with what. Each limit is longer than anything that
//! happens while all is well, even in the second after a crash, and shorter than a person would want to wait.

use std::{fmt, time::Duration};

use jiff::{SignedDuration, Timestamp};

use crate::{IncidentId, NoticeKind, NotificationId, OrgId, PolicyId, watchdog::Beat};

#[cfg(test)]
mod tests;

/// How late a step may be that nobody has taken up: workers look every second, and a step is one transaction.
pub const STEP_LATE: Duration = Duration::from_secs(5);

/// How late a step may be whoever has it: three leases of twenty seconds. Longer, and it is taken up and fails, again and again.
pub const STEP_FAILING: Duration = Duration::from_secs(60);

/// How late a message may be that nobody has tried to send: a full batch of sends may be before it.
pub const MESSAGE_LATE: Duration = Duration::from_secs(10);

/// How late a message may be that is said to be on its way and has no answer yet: four leases of 45 seconds.
pub const MESSAGE_FAILING: Duration = Duration::from_secs(180);

/// How long what a dead worker held may lie there: five looks.
pub const LEASE_OVER: Duration = Duration::from_secs(5);

/// How long an incident that pages may have neither a timer nor a message: both are written with it, so any time is too long.
pub const FORGOTTEN: Duration = Duration::from_secs(5);

/// The next step of an escalation that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueStep {
    /// Whose incident.
    pub org: OrgId,
    /// The incident.
    pub incident: IncidentId,
    /// Its number, by which people know it.
    pub number: i64,
    /// The policy that is followed.
    pub policy: PolicyId,
    /// When it was due.
    pub due_at: Timestamp,
    /// Until when a worker has it.
    pub lease_until: Option<Timestamp>,
}

/// A message that is due or being sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueMessage {
    /// Whose message.
    pub org: OrgId,
    /// The message.
    pub id: NotificationId,
    /// The number of the incident that it is about.
    pub number: i64,
    /// What it says.
    pub kind: NoticeKind,
    /// By which of the person's contacts.
    pub contact: String,
    /// Tries that have a result.
    pub tries: u32,
    /// When it was to be tried.
    pub try_at: Timestamp,
    /// Whether a worker has taken it up.
    pub is_sending: bool,
    /// Until when that worker has it.
    pub lease_until: Option<Timestamp>,
}

/// An incident that pages, with no step ahead and no message on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forgotten {
    /// Whose incident.
    pub org: OrgId,
    /// The incident.
    pub incident: IncidentId,
    /// Its number.
    pub number: i64,
    /// When it began to page.
    pub since: Timestamp,
}

/// What the ledger says is under way, each list in the order of trouble and cut at its limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Due {
    /// Steps that are due.
    pub steps: Vec<DueStep>,
    /// Messages that are due or being sent.
    pub messages: Vec<DueMessage>,
    /// Incidents that nothing will be done about.
    pub forgotten: Vec<Forgotten>,
}

/// Everything an audit looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// When the facts were read, on the wall.
    pub now: Timestamp,
    /// When, by the clock that nobody sets.
    pub elapsed: Duration,
    /// What the ledger says, or why it says nothing.
    pub due: Result<Due, String>,
    /// The signs of life of this process's workers; none where there are none, as on the command line.
    pub beats: Vec<Beat>,
    /// By how much the wall clock was set since the last audit.
    pub jump: Option<SignedDuration>,
}

/// What kind of trouble a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The ledger gives no answer.
    LedgerSilent,
    /// A worker does not come back from its turn.
    WorkerStuck,
    /// A step of an escalation was not taken when it was due.
    EscalationLate,
    /// A message was not tried when it was due.
    NotificationLate,
    /// An incident pages, and nothing will be done about it.
    IncidentForgotten,
    /// The wall clock was set.
    ClockJumped,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 6] = [
        Kind::LedgerSilent,
        Kind::WorkerStuck,
        Kind::EscalationLate,
        Kind::NotificationLate,
        Kind::IncidentForgotten,
        Kind::ClockJumped,
    ];

    /// Returns its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::LedgerSilent => "ledger_silent",
            Self::WorkerStuck => "worker_stuck",
            Self::EscalationLate => "escalation_late",
            Self::NotificationLate => "notification_late",
            Self::IncidentForgotten => "incident_forgotten",
            Self::ClockJumped => "clock_jumped",
        }
    }
}

/// One thing that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What kind of trouble it is.
    pub kind: Kind,
    /// Whose it is; `None` for trouble of the whole process.
    pub org: Option<OrgId>,
    /// What it is about, so that it can be found again.
    pub object: String,
    /// What is wrong with it.
    pub trouble: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.object, self.trouble)
    }
}

/// Returns everything that is not as it should be, trouble of the whole process first. None: the audit has passed.
#[must_use]
pub fn audit(facts: &Facts) -> Vec<Finding> {
    let mut findings = Vec::new();
    match &facts.due {
        Err(reason) => {
            findings.push(of_process(
                Kind::LedgerSilent,
                "ledger".to_owned(),
                format!("no answer: {reason}"),
            ));
        }
        Ok(due) => {
            findings.extend(due.forgotten.iter().filter_map(|it| forgotten(it, facts.now)));
            findings.extend(due.steps.iter().filter_map(|it| late_step(it, facts.now)));
            findings.extend(due.messages.iter().filter_map(|it| late_message(it, facts.now)));
        }
    }
    findings.extend(facts.beats.iter().filter_map(|beat| unfinished(beat, facts.elapsed)));
    findings.extend(facts.jump.map(jumped));
    findings.sort_by_key(|finding| finding.org.is_some());
    findings
}

fn of_process(kind: Kind, object: String, trouble: String) -> Finding {
    Finding { kind, org: None, object, trouble }
}

fn forgotten(it: &Forgotten, now: Timestamp) -> Option<Finding> {
    let age = past(it.since, now).filter(|age| *age > FORGOTTEN)?;
    Some(Finding {
        kind: Kind::IncidentForgotten,
        org: Some(it.org),
        object: format!("incident #{} ({})", it.number, it.incident),
        trouble: format!("has paged for {} and has neither a step ahead nor a message", words(age)),
    })
}

fn late_step(step: &DueStep, now: Timestamp) -> Option<Finding> {
    let late = past(step.due_at, now)?;
    let trouble = match step.lease_until {
        None if late > STEP_LATE => format!("due {} ago, and nobody has taken it up", words(late)),
        Some(until) if past(until, now).is_some_and(|over| over > LEASE_OVER) => {
            format!("due {} ago; whoever took it up is gone, and nobody else has", words(late))
        }
        Some(_) if late > STEP_FAILING => {
            format!("due {} ago; it is taken up and not done, again and again", words(late))
        }
        None | Some(_) => return None,
    };
    let object =
        format!("escalation of incident #{} ({}) by policy {}", step.number, step.incident, step.policy);
    Some(Finding { kind: Kind::EscalationLate, org: Some(step.org), object, trouble })
}

fn late_message(message: &DueMessage, now: Timestamp) -> Option<Finding> {
    let late = past(message.try_at, now).unwrap_or_default();
    let never = if message.tries == 0 { "never attempted" } else { "not tried again" };
    let trouble = match (message.is_sending, message.lease_until) {
        (true, Some(until)) if past(until, now).is_some_and(|over| over > LEASE_OVER) => {
            format!("due {} ago; whoever began to send it is gone, and nobody else has", words(late))
        }
        (true, Some(_)) if message.tries == 0 && late > MESSAGE_FAILING => {
            format!("due {} ago; it is being sent without an end, again and again", words(late))
        }
        (true, Some(_)) => return None,
        (true | false, _) if late > MESSAGE_LATE => format!("due {} ago and {never}", words(late)),
        (true | false, _) => return None,
    };
    let object =
        format!("{} {} by {} for incident #{}", message.kind, message.id, message.contact, message.number);
    Some(Finding { kind: Kind::NotificationLate, org: Some(message.org), object, trouble })
}

fn unfinished(beat: &Beat, elapsed: Duration) -> Option<Finding> {
    let age = elapsed.saturating_sub(beat.turned_at);
    (age > beat.patience()).then(|| {
        let trouble = format!("has not finished a turn for {}: {}", words(age), beat.doing);
        of_process(Kind::WorkerStuck, format!("worker {}", beat.worker), trouble)
    })
}

fn jumped(by: SignedDuration) -> Finding {
    let way = if by.is_negative() { "back" } else { "forward" };
    let trouble = format!("was set {way} by {}", words(by.unsigned_abs()));
    of_process(Kind::ClockJumped, "wall clock".to_owned(), trouble)
}

/// How long ago; `None` for what is still to come.
fn past(at: Timestamp, now: Timestamp) -> Option<Duration> {
    Duration::try_from(now.duration_since(at)).ok()
}

/// A span to the second.
fn words(span: Duration) -> String {
    let seconds = span.as_secs();
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, s) => format!("{s}s"),
        (0, m, s) => format!("{m}m{s:02}s"),
        (h, m, _) => format!("{h}h{m:02}m"),
    }
}
