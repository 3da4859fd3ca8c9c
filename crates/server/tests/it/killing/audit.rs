//! Holds what reached people against what the ledger says was due.
//!
//! The ledger's journal says when paging began, and the table of [`steps_of`] what had to follow from that instant; neither
//! trusts what the notifications themselves claim. A step that the end of its incident overtook may be missing, when the end
//! came no later than a restart takes.

use std::{collections::HashMap, time::Duration};

use domain::{NoticeKind, NotificationState, delivery::STORM_WINDOW, incident::Incident};
use jiff::Timestamp;
use store::{
    Database, Scope,
    incidents::{self, IncidentEvent},
    notifications::{self, Notification},
    organizations,
};

use super::{
    fakes::Delivery,
    installation::Life,
    policies::{SHARED_POLICY, Step, contact, steps as steps_of},
};

/// Within this time after its due time a step is taken, whatever is killed in between: lives that are too short to take it
/// are not made longer than this in a row.
const GRACE: Duration = Duration::from_secs(30);

/// More than any story makes.
pub(super) const MOST: u32 = 10_000;

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) incidents: usize,
    /// Pages that were due and had to arrive.
    pub(super) due: usize,
    /// Those among them that came inside a message about another incident.
    pub(super) folded: usize,
    /// Pages that a storm holds, each with the instant at which it leaves.
    pub(super) held: Vec<String>,
    /// Pages that the end of their incident overtook.
    pub(super) overtaken: usize,
    /// Messages that reached somebody, of all kinds.
    pub(super) arrived: usize,
    /// Those that had come before, each marked as such.
    pub(super) repeats: usize,
    /// How late steps were taken, while a process served.
    pub(super) lateness: Vec<Duration>,
    /// How late steps were taken that fell due while none did, counted from the moment that one served again.
    pub(super) lateness_after_death: Vec<Duration>,
    /// Pages that were due and did not arrive.
    pub(super) lost: Vec<String>,
    /// Everything else that must not be.
    pub(super) wrong: Vec<String>,
}

struct Audit<'a> {
    lives: &'a [Life],
    received: &'a [Delivery],
    arrived: HashMap<String, Vec<&'a Delivery>>,
    found: Findings,
}

/// An incident with everything that the ledger keeps of it.
struct Case {
    incident: Incident,
    events: Vec<IncidentEvent>,
    owed: Vec<Notification>,
}

/// Audits a ledger that is at rest.
pub(super) fn audit(ledger: &Database, received: &[Delivery], lives: &[Life]) -> Findings {
    let mut arrived: HashMap<String, Vec<&Delivery>> = HashMap::new();
    for delivery in received {
        arrived.entry(delivery.id.clone()).or_default().push(delivery);
    }
    let mut audit = Audit {
        lives,
        received,
        arrived,
        found: Findings { arrived: received.len(), ..Findings::default() },
    };
    let cases = load(ledger);
    audit.found.incidents = cases.len();
    for case in &cases {
        audit.owed(case);
        audit.paging(case);
    }
    audit.repeats(&cases);
    audit.found
}

fn load(ledger: &Database) -> Vec<Case> {
    let cases = |tx: &mut store::Tx<'_>| {
        let org = organizations::find_by_slug(tx, "acme")?.ok_or(store::Error::NotFound)?;
        let mut scope = Scope::new(tx, org.id);
        let all = incidents::list_recent(&mut scope, None, MOST)?;
        let case = |incident: Incident| {
            let events = incidents::list_events(&mut scope, incident.id)?;
            let owed = notifications::list(&mut scope, incident.id, MOST)?;
            Ok(Case { incident, events, owed })
        };
        all.into_iter().map(case).collect::<Result<Vec<Case>, store::Error>>()
    };
    ledger.read_blocking(cases).unwrap()
}

impl Audit<'_> {
    /// Whether a message that was for another incident told the same contact of this one.
    fn is_told_with_others(&self, case: &Case, owed: &Notification) -> bool {
        let (id, number) = (case.incident.id.to_string(), format!("#{} ", case.incident.number));
        let is_it =
            |other: &Notification, it: &Delivery| other.kind == owed.kind && other.id.to_string() == it.id;
        let is_about_it = |it: &Delivery| case.owed.iter().any(|other| is_it(other, it));
        let tells = |it: &&Delivery| it.text.contains(&id) || it.text.contains(&number) || is_about_it(it);
        self.received.iter().filter(|it| it.to == owed.contact && it.at >= owed.due_at).any(|it| tells(&it))
    }

    /// Every message that the ledger owes has come to its end, and what it calls sent has arrived, not before its time.
    fn owed(&mut self, case: &Case) {
        let number = case.incident.number;
        for owed in &case.owed {
            let came = self.arrived.get(&owed.id.to_string());
            let is_told = came.is_some() || self.is_told_with_others(case, owed);
            let (kind, contact) = (owed.kind, &owed.contact);
            let mut wrong = |what: &str| {
                self.found.wrong.push(format!("incident {number}, {kind:?} to {contact}: {what}: {owed:?}"));
            };
            match (owed.state, is_told) {
                (NotificationState::Sent | NotificationState::Delivered, false) => {
                    wrong("sent, and never arrived")
                }
                (NotificationState::Pending, _) if is_held(owed) => {}
                (NotificationState::Pending | NotificationState::Sending, _) => wrong("still owed"),
                (NotificationState::Failed, _) => wrong("given up"),
                (
                    NotificationState::Sent | NotificationState::Delivered | NotificationState::Superseded,
                    _,
                ) => {}
            }
            if came.is_some_and(|came| came[0].at < owed.due_at) {
                wrong("came before it was due");
            }
        }
    }

    /// From each instant at which paging began, every step of each policy that paged was taken at its time.
    fn paging(&mut self, case: &Case) {
        let begun = case.events.iter().filter(|event| ["opened", "reopened"].contains(&event.kind.as_str()));
        for begun in begun {
            let paged = steps(case).any(|(at, _, step)| at == begun.at && step == 1);
            if !paged {
                let what = format!("incident {}: {} and nobody paged", case.incident.number, begun.kind);
                self.found.lost.push(what);
            }
        }
        let firsts: Vec<(Timestamp, String)> = steps(case)
            .filter(|(_, _, step)| *step == 1)
            .map(|(at, policy, _)| (at, policy.to_owned()))
            .collect();
        for (began, slug) in firsts {
            let next = steps(case).filter(|(at, policy, step)| *at > began && *policy == slug && *step == 1);
            let again = next.map(|(at, ..)| at).min();
            let over = case.events.iter().filter(|event| event.at >= began && event.kind == "resolved");
            let end = over.map(|event| event.at).chain(again).min();
            for (number, step) in (1..).zip(steps_of(&slug)) {
                self.step(case, (&slug, number, step), began, end);
            }
        }
    }

    fn step(
        &mut self,
        case: &Case,
        (slug, number, step): (&str, u32, &Step),
        began: Timestamp,
        end: Option<Timestamp>,
    ) {
        let due = later(began, step.after);
        // What a storm holds may be overtaken by the end of its incident for as long as it can be held.
        let grace = if slug == SHARED_POLICY { GRACE + STORM_WINDOW } else { GRACE };
        let is_excused = |at: Timestamp| end.is_some_and(|end| end <= later(at, grace));
        let taken = steps(case)
            .filter(|(at, policy, known)| *at >= began && *policy == slug && *known == number)
            .find(|(at, ..)| end.is_none_or(|end| *at <= end));
        let Some((at, ..)) = taken else {
            if is_excused(due) {
                self.found.overtaken += step.messages.len();
            } else {
                let what = format!("incident {}: step {number} of {slug}, due {due}", case.incident.number);
                self.found.lost.push(format!("{what}, was never taken"));
            }
            return;
        };
        if at < due {
            let what = format!("incident {}: step {number} of {slug} at {at}", case.incident.number);
            self.found.wrong.push(format!("{what}, before its time {due}"));
        }
        self.time(due, at);
        for &(name, wait) in step.messages {
            let (due, contact) = (later(at, wait), contact(slug, name));
            let owed = case.owed.iter().find(|owed| {
                owed.kind == NoticeKind::Page
                    && (owed.contact == contact && owed.place().1 == number)
                    // The next way is tried before its time when the one before it fails.
                    && (at..=due).contains(&owed.due_at)
            });
            let came = owed.is_some_and(|owed| self.arrived.contains_key(&owed.id.to_string()));
            let is_told = came || owed.is_some_and(|owed| self.is_told_with_others(case, owed));
            self.found.folded += usize::from(is_told && !came);
            let what = || format!("incident {}: page to {contact}, due {due}", case.incident.number);
            match owed {
                _ if is_told => self.found.due += 1,
                _ if is_excused(due) => self.found.overtaken += 1,
                Some(owed) if is_held(owed) => self.found.held.push(what()),
                Some(_) | None => {
                    self.found.lost.push(format!("{}, never arrived: {owed:?}", what()));
                }
            }
        }
    }

    /// Notes how late a step was taken, after somebody was there to take it.
    fn time(&mut self, due: Timestamp, at: Timestamp) {
        let served = self.lives.iter().filter_map(|life| Some((life.served_at?, life.ended_at)));
        let is_alive = |&(from, until): &(Timestamp, Option<Timestamp>)| {
            from <= at && until.is_none_or(|until| at <= until)
        };
        // A step may be taken in the moment between serving and saying so.
        let Some((from, _)) = served.clone().find(is_alive) else { return };
        let span = |from: Timestamp| Duration::try_from(at.duration_since(from)).unwrap_or_default();
        if from <= due {
            self.found.lateness.push(span(due));
        } else {
            self.found.lateness_after_death.push(span(from));
        }
    }

    /// What came again said so, under the id that it had; and nothing came that the ledger knows nothing of.
    fn repeats(&mut self, cases: &[Case]) {
        let known: HashMap<String, &Notification> =
            cases.iter().flat_map(|case| &case.owed).map(|owed| (owed.id.to_string(), owed)).collect();
        for (id, came) in &self.arrived {
            if !known.contains_key(id) {
                self.found.wrong.push(format!("a message that nobody owes: {id}"));
            }
            for (before, again) in came.iter().zip(&came[1..]) {
                self.found.repeats += 1;
                if !again.is_marked {
                    self.found
                        .wrong
                        .push(format!("a repeat that does not say so: {again:?} after {before:?}"));
                }
                if !before.is_cut && again.attempt != before.attempt {
                    self.found.wrong.push(format!("another try after an answer: {again:?} after {before:?}"));
                }
            }
        }
    }
}

/// The steps that were taken: when, by which policy, which.
fn steps(case: &Case) -> impl Iterator<Item = (Timestamp, &str, u32)> {
    case.events.iter().filter(|event| event.kind == "step").map(|event| {
        let words: Vec<&str> = event.detail.split([' ', ',']).collect();
        let step = event.detail.rsplit(' ').next().and_then(|step| step.parse().ok());
        (event.at, words[1], step.expect("the journal names the step"))
    })
}

/// Whether a storm holds a page, on record and until an instant.
pub(super) fn is_held(owed: &Notification) -> bool {
    let says_so = owed.answer.as_ref().is_some_and(|answer| answer.starts_with("held:"));
    says_so && owed.state == NotificationState::Pending && owed.next_try_at.is_some()
}

fn later(at: Timestamp, span: Duration) -> Timestamp {
    at.checked_add(span).expect("no story lasts that long")
}
