//! One random story, from a quiet morning to the last word.

use std::{collections::BTreeMap, time::Duration};

use domain::{
    IncidentId, NotificationState,
    escalation::Target,
    incident::{Actor, Assignee, Incident, Response},
};
use engine::{
    CommandError, commands,
    seams::Clock,
    workers::{Escalator, Notifier, Poller, Propagator, Worker},
};
use jiff::Timestamp;
use store::{incidents, notifications, timers};

use super::config::{COMPONENTS, Team, team};
use crate::{
    fixture::Fixture,
    internet::{Service, Temper},
    rng::Rng,
    world::{Taken, World},
};

/// How long things go wrong.
const TROUBLED: Duration = Duration::from_secs(65 * 60);

/// From the end of the trouble to the last outage: trouble that comes back within a quarter of an hour is the same incident.
const RECOVERY: Duration = Duration::from_secs(25 * 60);

/// How much longer the last outage lasts than the policy that nobody answers: a poll, and tries at destinations that are dead.
const UNANSWERED: Duration = Duration::from_secs(15 * 60);

/// Time to say the last word, and to give up where nobody listens.
const EPILOGUE: Duration = Duration::from_secs(45 * 60);

/// Turns before time moves, past which something is wrong.
const MOST_TURNS: usize = 2_000;

/// How many messages had arrived when a person took or ended an incident, by its generation at that time.
pub(super) type Answers = BTreeMap<(IncidentId, u32), usize>;

/// A story while it is told.
pub(super) struct Story {
    pub(super) seed: u64,
    pub(super) world: World,
    pub(super) team: Team,
    pub(super) answers: Answers,
    /// Provider incidents that were posted when they were long over.
    pub(super) hindsight: Vec<String>,
    pub(super) violations: Vec<String>,
    /// When the last outage began.
    pub(super) last_outage: Timestamp,
    rng: Rng,
    workers: Vec<Box<dyn Worker>>,
    posted: u32,
}

fn crew() -> Vec<Box<dyn Worker>> {
    vec![
        Box::new(Poller::default()),
        Box::new(Propagator),
        Box::new(Escalator),
        Box::new(Notifier::default()),
    ]
}

impl Story {
    pub(super) fn new(seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let team = team(&mut rng);
        let start = Timestamp::from_second(1_772_438_400 + i64::try_from(rng.within(0, 86_400)).unwrap_or(0));
        let start = start.expect("a day in 2026 is an instant");
        let fixture = if std::env::var_os("MIDWATCH_SIMULATE_POSTGRES").is_some() {
            Fixture::new()
        } else {
            Fixture::sqlite()
        };
        let world = World::new(fixture, &team.toml, seed, start);
        for slug in &team.providers {
            world.internet.put_up(slug, &COMPONENTS);
        }
        for address in &team.addresses {
            if rng.chance(0.08) {
                world.internet.set_temper(address, *rng.pick(&[Temper::Gone, Temper::Silent]));
            }
        }
        let (answers, hindsight, violations) = (Answers::new(), Vec::new(), Vec::new());
        let workers = crew();
        Self {
            seed,
            world,
            team,
            answers,
            hindsight,
            violations,
            last_outage: start,
            rng,
            workers,
            posted: 0,
        }
    }

    pub(super) fn play(&mut self) {
        self.world.chaos.turn_on(true);
        let end = self.after(TROUBLED);
        let mut event = self.now();
        while self.now() < end {
            while event <= self.now() {
                self.happen();
                let gap = Duration::from_secs(self.rng.within(60, 900));
                event = self.after(gap);
            }
            let due = self.settle();
            self.observe();
            self.world.clock.set(due.map_or(event, |due| due.min(event)).min(end));
        }
        self.world.chaos.turn_on(false);
        self.last_words();
    }

    /// One last outage that nobody answers, and the recovery.
    fn last_words(&mut self) {
        for slug in self.team.providers.clone() {
            self.world.internet.serve(&slug, Service::Up);
            self.world.internet.on_page(&slug, |page, now| page.recover(now));
        }
        self.run_until(self.after(RECOVERY));
        self.last_outage = self.now();
        self.world.internet.on_page("provider-0", |page, now| {
            for component in COMPONENTS {
                page.set(component, "major_outage", now);
            }
        });
        self.run_until(self.end_of_policy() + UNANSWERED);
        self.observe();
        self.world.internet.on_page("provider-0", |page, now| page.recover(now));
        self.run_until(self.after(EPILOGUE));
    }

    /// When the last step of the policy is due, for an incident that pages now.
    fn end_of_policy(&self) -> Timestamp {
        let policy = &self.world.setup.policies[0];
        let steps = std::iter::successors(Some(policy.first()), |here| policy.next(*here));
        steps.last().map_or(self.now(), |last| policy.due(self.now(), last))
    }

    /// Lets time pass. At the end the engine's own way of settling must find nothing that ours has missed.
    fn run_until(&mut self, end: Timestamp) {
        while let Some(due) = self.settle().filter(|due| *due <= end) {
            self.world.clock.set(due);
        }
        self.world.clock.set(end);
        match self.world.settle(&self.workers) {
            Ok(Some(due)) if due <= end => self.violate("a worker is at rest though it is due".to_owned()),
            Ok(_) => {}
            Err(error) => self.violate(format!("a turn failed without trouble: {error}")),
        }
    }

    /// Takes turns, with trouble, until nothing is due. Returns when something is again.
    fn settle(&mut self) -> Option<Timestamp> {
        for _ in 0..MOST_TURNS {
            let (due, now) = (self.world.due(), self.now());
            let Some(next) = due.iter().position(|due| due.is_some_and(|due| due <= now)) else {
                return due.into_iter().flatten().min();
            };
            match self.world.take(&*self.workers[next]) {
                Taken::Turn(_) => {}
                Taken::Failed(_) => self.pass(Duration::from_secs(1)),
                Taken::Crashed => {
                    let gone = Duration::from_secs(self.rng.within(0, 20));
                    self.pass(gone);
                    let is_alone = self.rng.chance(0.5);
                    self.world.restart(is_alone);
                    self.workers = crew();
                }
            }
        }
        self.violations.push(format!("the workers find no rest: {:?} at {}", self.world.due(), self.now()));
        None
    }

    fn pass(&self, span: Duration) {
        self.world.clock.set(self.after(span));
    }

    /// Something happens out there, or a person does something.
    fn happen(&mut self) {
        let slug = self.rng.pick(&self.team.providers).clone();
        let component = *self.rng.pick(&COMPONENTS);
        let status =
            *self.rng.pick(&["major_outage", "partial_outage", "degraded_performance", "under_maintenance"]);
        self.posted += 1;
        let id = format!("{slug}-{}", self.posted);
        let internet = std::sync::Arc::clone(&self.world.internet);
        match self.rng.within(0, 16) {
            0..=4 => internet.on_page(&slug, |page, now| page.set(component, status, now)),
            5 | 6 => internet.on_page(&slug, |page, now| {
                page.set(component, "major_outage", now);
                page.post(&id, "Elevated errors", "critical", &[component], now);
            }),
            7 | 8 => internet.on_page(&slug, |page, now| page.recover(now)),
            9 => internet.on_page(&slug, |page, now| page.set(component, "operational", now)),
            10 => {
                let ago = |hours: i64| self.now() - jiff::SignedDuration::from_hours(hours);
                let (began, ended) = (ago(30), ago(28));
                internet
                    .on_page(&slug, |page, now| page.post_in_hindsight(&id, "Long ago", began, ended, now));
                self.hindsight.push(id);
            }
            11 => {
                let service = *self.rng.pick(&[Service::Html, Service::Down, Service::Unreachable]);
                internet.serve(&slug, service);
            }
            12 => internet.serve(&slug, Service::Up),
            13 => {
                // Everything at once: incidents of their own, all for the same people.
                for slug in &self.team.providers {
                    internet.on_page(slug, |page, now| page.set(component, "major_outage", now));
                }
            }
            _ => self.answer(),
        }
    }

    /// A person does something about an incident: most take it, some end it, the others do all that can be done.
    fn answer(&mut self) {
        let open = self.world.read(incidents::list_open);
        if open.is_empty() {
            return;
        }
        let incident = self.rng.pick(&open).clone();
        let (user, other) =
            (self.rng.pick(&self.world.setup.users).id, self.rng.pick(&self.world.setup.users).id);
        let span = Duration::from_secs(self.rng.within(60, 1200));
        let (ground, by, id) = (self.world.shell.ground(), Actor::User(user), incident.id);
        let is_open = incident.response == Response::Open;
        let choice = self.rng.within(0, 20);
        let answered = self.world.act(move |scope, now| match choice {
            0..=2 => commands::resolve(scope, &ground, now, by, id),
            3 | 4 => commands::acknowledge_for(scope, &ground, now, by, id, span),
            5 | 6 => {
                let until = now.checked_add(span).expect("stories end before time does");
                commands::snooze(scope, &ground, now, by, id, until)
            }
            7 => commands::unacknowledge(scope, &ground, now, by, id),
            8 | 9 => commands::reassign(scope, &ground, now, by, id, Assignee::User(other)),
            10 | 11 => commands::escalate_now(scope, &ground, now, by, id),
            // Who is asked to help is paged by the generation that was answered; that is looked at in a test of its own.
            12 | 13 if is_open => commands::add_responder(scope, &ground, now, by, id, Target::User(other)),
            _ => commands::acknowledge(scope, &ground, now, by, id),
        });
        let arrived = self.world.internet.arrivals().len();
        match answered {
            // What belongs to a generation that was answered, or that another has followed, is owed to nobody any more.
            Ok(after) if after.response != Response::Open || after.generation > incident.generation => {
                self.answers.entry((id, incident.generation)).or_insert(arrived);
            }
            Ok(_) | Err(CommandError::Rejected(_)) => {}
            Err(error) => {
                self.violations.push(format!("incident {} can't be answered: {error}", incident.number))
            }
        }
    }

    /// Looks whether what must hold at every instant does.
    fn observe(&mut self) {
        let open = self.world.read(incidents::list_open);
        for (number, one) in open.iter().enumerate() {
            for other in &open[number + 1..] {
                if one.causes.iter().any(|cause| other.causes.contains(cause)) {
                    self.violate(format!(
                        "I4: incidents {} and {} are open for one cause",
                        one.number, other.number
                    ));
                }
            }
            if let Some(until) = one.response.until()
                && !self.wakes_at(one, until)
            {
                self.violate(format!("I1: incident {} is silent with no timer that ends it", one.number));
            }
            if one.is_paging() && !self.goes_on(one) {
                self.violate(format!(
                    "I1: incident {} is open with no timer, nothing owed, and nobody told so",
                    one.number
                ));
            }
        }
    }

    /// Whether an open incident has a timer, something owed, or is exhausted with word of it.
    fn goes_on(&self, incident: &Incident) -> bool {
        let (id, generation) = (incident.id, incident.generation);
        self.world.read(move |scope| {
            let has_timer = timers::list(scope, id)?.iter().any(|timer| timer.due_at.is_some());
            let owed = notifications::list(scope, id, 10_000)?;
            let is_owed = owed
                .iter()
                .any(|owed| matches!(owed.state, NotificationState::Pending | NotificationState::Sending));
            let is_told = owed
                .iter()
                .any(|owed| owed.kind == domain::NoticeKind::Unanswered && owed.generation == generation);
            Ok(has_timer || is_owed || is_told)
        })
    }

    /// Whether a silent incident has a timer that ends its silence at this instant.
    fn wakes_at(&self, incident: &Incident, until: Timestamp) -> bool {
        let id = incident.id;
        let timers = self.world.read(move |scope| timers::list(scope, id));
        timers.iter().any(|timer| timer.policy == timers::WAKE && timer.due_at == Some(until))
    }

    fn violate(&mut self, what: String) {
        let now = self.now();
        self.violations.push(format!("{what}, at {now}"));
    }

    fn now(&self) -> Timestamp {
        self.world.clock.now()
    }

    fn after(&self, span: Duration) -> Timestamp {
        self.now().checked_add(span).expect("stories end before time does")
    }
}
