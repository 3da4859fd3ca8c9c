//! What an onlooker sees at every instant of a story: which incidents page by which policy, and which steps were taken when.
//!
//! The onlooker counts time by the clock that nobody sets, so a wall clock that was set is no excuse.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use domain::{
    IncidentId, NoticeKind, NotificationState, PolicyId, Severity,
    escalation::{HELD, Position, Responder},
    incident::{Incident, Response},
    setup::Setup,
};
use engine::seams::Clock;
use jiff::Timestamp;
use store::{
    incidents::{self, IncidentEvent},
    notifications::{self, Notification},
    timers::{self, Timer},
};

use super::expect;
use crate::world::World;

/// A policy that pages for an incident, in one generation.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub(super) number: i64,
    pub(super) began: Duration,
    /// When it was seen to page no more.
    pub(super) ended: Option<Duration>,
    pub(super) taken: BTreeMap<Position, Taken>,
}

/// A step, as it was taken.
#[derive(Clone, Copy, Debug)]
pub(super) struct Taken {
    pub(super) seen: Duration,
    /// What the journal says, on the wall.
    pub(super) at: Timestamp,
    /// How urgent the incident was; `None` where that changed meanwhile.
    pub(super) severity: Option<Severity>,
}

/// Everything that was seen.
#[derive(Debug, Default)]
pub(super) struct Watch {
    pub(super) runs: BTreeMap<(IncidentId, u32, PolicyId), Run>,
    /// When each incident that is not open was first seen so.
    pub(super) closed: BTreeMap<IncidentId, Duration>,
    /// When silences end, on the wall.
    pub(super) silences: BTreeSet<Timestamp>,
    severities: BTreeMap<IncidentId, Severity>,
    read: BTreeMap<IncidentId, usize>,
}

/// One incident, as it is now.
struct Sight<'a> {
    incident: &'a Incident,
    timers: Vec<Timer>,
    owed: Vec<Notification>,
    news: Vec<IncidentEvent>,
    now: Duration,
}

impl Watch {
    /// Looks at everything that is open; returns what must never be, in words.
    pub(super) fn look(&mut self, world: &World) -> Vec<String> {
        let open = world.read(incidents::list_open);
        let mut wrong = shared_causes(&open);
        let now = world.clock.elapsed();
        for incident in &open {
            let (id, read) = (incident.id, self.read.get(&incident.id).copied().unwrap_or_default());
            let (timers, owed, mut news) = world.read(move |scope| {
                let timers = timers::list(scope, id)?;
                Ok((timers, notifications::list(scope, id, 10_000)?, incidents::list_events(scope, id)?))
            });
            self.read.insert(id, news.len());
            let sight = Sight { incident, timers, owed, news: news.split_off(read.min(news.len())), now };
            wrong.extend(sight.is_forgotten());
            wrong.extend(sight.is_silent_past(&self.silences, world.clock.now()));
            wrong.extend(sight.is_held_past(&world.setup, world.clock.now()));
            self.follow(&world.setup, &sight);
        }
        let is_open = |id: &IncidentId| {
            open.iter().any(|incident| incident.id == *id && incident.response == Response::Open)
        };
        let known: BTreeSet<IncidentId> = self.read.keys().copied().collect();
        for id in known {
            if is_open(&id) {
                self.closed.remove(&id);
            } else {
                self.closed.entry(id).or_insert(now);
            }
        }
        let is_over = |id: &IncidentId| open.iter().all(|incident| incident.id != *id);
        for (_, run) in self.runs.iter_mut().filter(|((id, ..), _)| is_over(id)) {
            run.ended.get_or_insert(now);
        }
        wrong
    }

    /// Notes which policies page for an incident, and the steps that they have taken.
    fn follow(&mut self, setup: &Setup, sight: &Sight<'_>) {
        let Sight { incident, news, now, .. } = sight;
        let before = self.severities.insert(incident.id, incident.severity);
        let severity = before.is_none_or(|before| before == incident.severity).then_some(incident.severity);
        let pages_by = sight.policies(setup);
        let ended = self
            .runs
            .iter_mut()
            .filter(|((id, generation, policy), _)| {
                *id == incident.id && (*generation != incident.generation || !pages_by.contains(policy))
            })
            .map(|(_, run)| run);
        ended.for_each(|run| {
            run.ended.get_or_insert(*now);
        });
        // A policy that goes on where it was stopped takes no step that came before.
        let goes_on = news.iter().any(|event| matches!(event.kind.as_str(), "escalated_now" | "worsened"));
        for policy in pages_by {
            let ended = goes_on.then_some(*now);
            let number = incident.number;
            let run = Run { number, began: *now, ended, taken: BTreeMap::new() };
            let run = self.runs.entry((incident.id, incident.generation, policy)).or_insert(run);
            let slug = setup.policy(policy).map(|policy| policy.slug.as_str()).unwrap_or_default();
            for (event, position) in steps(news, slug) {
                let taken = Taken { seen: *now, at: event.at, severity };
                run.taken.entry(position).or_insert(taken);
            }
        }
    }
}

impl Sight<'_> {
    /// Returns the policies that page for the incident now: none while it is answered, silent, or handed to somebody.
    fn policies(&self, setup: &Setup) -> Vec<PolicyId> {
        let generation = self.incident.generation;
        let wakes = |timer: &Timer| timer.policy == timers::WAKE && timer.generation == generation;
        let is_silent = self.timers.iter().any(wakes);
        if !self.incident.is_paging() || is_silent || self.incident.assignee.is_some() {
            return Vec::new();
        }
        let paging = self.incident.services.iter().filter(|affected| affected.pages);
        paging.filter_map(|affected| setup.service(affected.service)?.policy).collect()
    }

    /// A silence ends when it was said to end, whatever has been done to the clock.
    fn is_silent_past(&self, ends: &BTreeSet<Timestamp>, now: Timestamp) -> Option<String> {
        if self.incident.response != Response::Open {
            return None;
        }
        // One of an earlier generation belonged to an answer that no longer stands.
        let is_silence =
            |timer: &&Timer| timer.policy == timers::WAKE && timer.generation == self.incident.generation;
        let wakes = self.timers.iter().find(is_silence)?;
        let due = wakes.due_at.filter(|due| *due > now && !ends.contains(due))?;
        Some(format!("incident {} is silent until {due}, when no silence ends", self.incident.number))
    }

    /// Quiet hours, which end with an hour in these stories, hold a page until then, or a rung of the ladder longer.
    fn is_held_past(&self, setup: &Setup, now: Timestamp) -> Option<String> {
        let is_held = |owed: &&Notification| {
            let Responder::User(id) = owed.responder else { return false };
            let is_quiet = setup
                .user(id)
                .is_some_and(|user| user.quiet.iter().any(|hours| expect::is_within(hours, now)));
            let waits = owed.state == NotificationState::Pending && owed.tries == 0 && owed.answer.is_none();
            is_quiet && waits && owed.reason.contains(HELD)
        };
        let seconds = |at: Timestamp| at.as_second().rem_euclid(3600);
        let late = self.owed.iter().filter(is_held).filter_map(|owed| owed.next_try_at);
        let late = late.filter(|at| *at > now).find(|at| ![0, 60, 120, 240].contains(&seconds(*at)))?;
        Some(format!("incident {} has a page held until {late}", self.incident.number))
    }

    /// I1: an incident that pages has a timer, something owed, or is exhausted with word of it; one that is silent for a time
    /// has a timer that ends the silence.
    fn is_forgotten(&self) -> Option<String> {
        let Incident { number, generation, .. } = *self.incident;
        let wakes = self.timers.iter().any(|timer| timer.policy == timers::WAKE && timer.due_at.is_some());
        if self.incident.response.until().is_some() && !wakes {
            return Some(format!("I1: incident {number} is silent with no timer that ends it"));
        }
        let has_timer = self.timers.iter().any(|timer| timer.due_at.is_some());
        let goes_on = self.owed.iter().any(|owed| {
            matches!(owed.state, NotificationState::Pending | NotificationState::Sending)
                || (owed.kind == NoticeKind::Unanswered && owed.generation == generation)
        });
        let is_lost = self.incident.is_paging() && !has_timer && !goes_on;
        is_lost
            .then(|| format!("I1: incident {number} is open with no timer, nothing owed, and nobody told so"))
    }
}

/// I4: one cause is behind one open incident.
fn shared_causes(open: &[Incident]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (place, one) in open.iter().enumerate() {
        for other in &open[place + 1..] {
            if one.causes.iter().any(|cause| other.causes.contains(cause)) {
                let (one, other) = (one.number, other.number);
                wrong.push(format!("I4: incidents {one} and {other} are open for one cause"));
            }
        }
    }
    wrong
}

/// Returns the steps of a policy that the journal says were taken or passed over since paging last began anew in it.
fn steps<'a>(news: &'a [IncidentEvent], slug: &str) -> Vec<(&'a IncidentEvent, Position)> {
    const ANEW: [&str; 11] = [
        "opened",
        "reopened",
        "escalated",
        "worsened",
        "unacknowledged",
        "ack_expired",
        "snooze_over",
        "silence_over",
        "assignee_silent",
        "holder_gone",
        "reassigned",
    ];
    let prefix = format!("policy {slug}, round ");
    let mut steps = Vec::new();
    for event in news {
        if ANEW.contains(&event.kind.as_str()) {
            steps.clear();
        }
        let Some(place) = event.detail.strip_prefix(&prefix).filter(|_| event.kind.starts_with("step"))
        else {
            continue;
        };
        let mut numbers = place.split(|c: char| !c.is_ascii_digit()).filter_map(|word| word.parse().ok());
        if let (Some(round), Some(step)) = (numbers.next(), numbers.next()) {
            steps.push((event, Position { round, step }));
        }
    }
    steps
}
