//! What must hold when a story is over.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use domain::{
    NoticeKind, NotificationId, NotificationState,
    escalation::Responder,
    incident::{Actor, CauseKey, Incident, Response},
    setup::Destination,
};
use jiff::Timestamp;
use store::{
    incidents::{self, IncidentEvent},
    notifications::{self, Notification},
    services,
};

use super::{
    Report,
    expect::{self, Subject},
    story::Story,
};
use crate::internet::Arrival;

/// How late a step may be in trouble: a full disk, a lease that has to run out, a process that has to be started, a write that
/// has to be repeated.
const SLACK: Duration = Duration::from_secs(15 * 60);

/// Pages that a person gets in [`STORM`] at the most, unless all are about one incident.
const MOST_PAGES: usize = 3;

/// The span in which they are counted.
const STORM: Duration = Duration::from_secs(10 * 60);

/// Everything that the ledger holds about one incident.
struct File {
    incident: Incident,
    owed: Vec<Notification>,
    /// Inside which message each of them went out that did not by itself.
    folded: BTreeMap<NotificationId, NotificationId>,
    events: Vec<IncidentEvent>,
}

/// The ledger's view beside the world's.
struct Evidence {
    story: Story,
    files: Vec<File>,
    arrivals: Vec<Arrival>,
    report: Report,
}

pub(super) fn at_the_end(mut story: Story) -> Report {
    let files = story.world.read(|scope| {
        let all = incidents::list_recent(scope, None, 500)?;
        let file = |incident: Incident| {
            let owed = notifications::list(scope, incident.id, 10_000)?;
            let folded = notifications::list_inside_others(scope, incident.id)?.into_iter().collect();
            let events = incidents::list_events(scope, incident.id)?;
            Ok(File { incident, owed, folded, events })
        };
        all.into_iter().map(file).collect::<Result<Vec<_>, store::Error>>()
    });
    let arrivals = story.world.internet.arrivals();
    let report = Report {
        seed: story.seed,
        violations: std::mem::take(&mut story.violations),
        tally: story.world.chaos.tally(),
        ..Report::default()
    };
    let mut evidence = Evidence { story, files, arrivals, report };
    evidence.count();
    evidence.every_message_came_to_an_end();
    evidence.every_step_was_taken();
    evidence.every_step_reached_whom_it_should();
    evidence.storms_were_folded();
    evidence.the_paged_were_told_of_the_end();
    evidence.everything_that_arrived_was_owed();
    evidence.repeats_say_so();
    evidence.the_last_outage_was_told();
    evidence.the_past_woke_nobody();
    evidence.all_is_quiet();
    evidence.calm_stories_repeat_nothing();
    if !evidence.report.violations.is_empty() {
        evidence.report.timeline = evidence.files.iter().rev().flat_map(timeline).collect();
    }
    evidence.report
}

impl Evidence {
    fn violate(&mut self, what: String) {
        self.report.violations.push(what);
    }

    fn count(&mut self) {
        let owed = || self.files.iter().flat_map(|file| &file.owed);
        let report = &mut self.report;
        report.incidents = count(self.files.iter());
        report.owed = count(owed());
        report.arrivals = count(self.arrivals.iter());
        report.answers = count(self.story.answers.iter());
        let mut answered: BTreeMap<&str, bool> = BTreeMap::new();
        for arrival in &self.arrivals {
            match answered.insert(&arrival.id, arrival.is_answered) {
                Some(true) if !arrival.is_echo => report.duplicates += 1,
                Some(_) => report.repeats += 1,
                None => {}
            }
        }
    }

    /// I1: a page is sent and has arrived, or is given up on record, or was taken back by an answer.
    fn every_message_came_to_an_end(&mut self) {
        let arrived: BTreeSet<String> = self.arrivals.iter().map(|arrival| arrival.id.clone()).collect();
        let mut wrong = Vec::new();
        for file in &self.files {
            for owed in &file.owed {
                let has_arrived =
                    arrived.contains(&owed.id.to_string()) || self.is_told_with_others(file, owed);
                let end = end_of(file, owed, has_arrived);
                if owed.kind == NoticeKind::Page {
                    match end {
                        Ok(End::Arrived) => self.report.arrived += 1,
                        Ok(End::GivenUp) => self.report.given_up += 1,
                        Ok(End::TakenBack) => continue,
                        Err(_) => self.report.lost += 1,
                    }
                    self.report.pages += 1;
                }
                if let Err(why) = end {
                    wrong.push(format!(
                        "I1: {} {} of incident {}: {why}",
                        owed.kind, owed.id, file.incident.number
                    ));
                }
            }
        }
        self.report.violations.append(&mut wrong);
    }

    /// Whether the message that it went out in came to its address and tells of the incident.
    fn is_told_with_others(&self, file: &File, owed: &Notification) -> bool {
        let Some(message) = file.folded.get(&owed.id).map(ToString::to_string) else { return false };
        let setup = &self.story.world.setup;
        let destination = match owed.responder {
            Responder::User(id) => setup
                .user(id)
                .and_then(|user| user.contact(&owed.contact))
                .map(|contact| &contact.destination),
            Responder::Channel(_) => None,
        };
        let address = match destination {
            Some(Destination::Email { address }) => Some(address.as_str()),
            Some(other) => other.url(),
            None => None,
        };
        let (id, number) = (file.incident.id.to_string(), format!("#{} ", file.incident.number));
        // One that is about the same incident need not name it twice.
        let is_about_it = file.owed.iter().any(|other| other.id.to_string() == message);
        self.arrivals.iter().any(|arrival| {
            arrival.id == message
                && Some(arrival.to.as_str()) == address
                && (is_about_it || arrival.text.contains(&id) || arrival.text.contains(&number))
        })
    }

    /// I1: every step that was due while an incident paged was taken, in a calm story at the very instant.
    fn every_step_was_taken(&mut self) {
        let (watch, setup) = (&self.story.watch, &self.story.world.setup);
        let slack = if self.story.is_calm { Duration::ZERO } else { SLACK };
        let now = self.story.elapsed();
        let mut wrong = Vec::new();
        for ((_, generation, policy), run) in &watch.runs {
            let Some(policy) = setup.policy(*policy) else { continue };
            let until = run.ended.unwrap_or(now);
            for here in expect::positions(policy) {
                let latest = run.began + expect::due(policy, here) + slack;
                if latest >= until {
                    break;
                }
                self.report.steps += 1;
                let (number, slug) = (run.number, &policy.slug);
                let step = format!("incident {number}, generation {generation}, policy {slug}: {here:?}");
                match run.taken.get(&here) {
                    None => wrong.push(format!("I1: {step} was never taken")),
                    Some(taken) if taken.seen > latest => wrong.push(format!(
                        "I1: {step} was taken {:?} too late, at {}",
                        taken.seen - latest,
                        taken.at
                    )),
                    Some(_) => {}
                }
            }
        }
        self.report.violations.append(&mut wrong);
    }

    /// I3: every step that was taken owes a message to everyone whom a second reckoning finds.
    fn every_step_reached_whom_it_should(&mut self) {
        let (watch, setup) = (&self.story.watch, &self.story.world.setup);
        let mut wrong = Vec::new();
        for ((incident, generation, policy), run) in &watch.runs {
            let (Some(policy), Some(file)) =
                (setup.policy(*policy), self.files.iter().find(|file| file.incident.id == *incident))
            else {
                continue;
            };
            for (here, taken) in &run.taken {
                let Some(severity) = taken.severity else { continue };
                let about = Subject { number: run.number, severity };
                let of_the_round = || {
                    file.owed.iter().filter(|owed| {
                        owed.kind == NoticeKind::Page
                            && (owed.generation, owed.round) == (*generation, here.round)
                    })
                };
                let is_owed = |(responder, contact): &(Responder, String)| {
                    of_the_round().any(|owed| {
                        (owed.place().1, owed.responder, &owed.contact) == (here.step, *responder, contact)
                    })
                };
                let missing = match expect::messages(setup, policy, about, *here, taken.at) {
                    Some(messages) => messages.into_iter().find(|message| !is_owed(message)),
                    // A round that has come to its end has told somebody.
                    None if usize::try_from(here.step) == Ok(policy.steps.len())
                        && of_the_round().next().is_none() =>
                    {
                        expect::owners(setup)
                            .next()
                            .map(|owner| (Responder::User(owner.id), owner.email.clone()))
                    }
                    None => None,
                };
                if let Some(missing) = missing {
                    let (number, slug) = (run.number, &policy.slug);
                    wrong.push(format!(
                        "I3: incident {number}, policy {slug}, {here:?} owes nothing to {missing:?}"
                    ));
                }
            }
        }
        self.report.violations.append(&mut wrong);
    }

    /// Nobody gets more than so many pages in a while that tell them of something new, for several incidents that nobody has
    /// answered, but for a further rung and for what is worse than all of them. Where a message has to be tried again it is not held; and spans on the wall say nothing once somebody has set
    /// the clock.
    fn storms_were_folded(&mut self) {
        if self.story.world.chaos.tally().jumps > 0 {
            return;
        }
        let owed = self.owed_by_id();
        let mut seen = BTreeSet::new();
        let first = |arrival: &&Arrival| seen.insert(arrival.id.clone());
        let pages: Vec<(&Arrival, &File, &Notification)> = self
            .arrivals
            .iter()
            .filter(first)
            .filter_map(|arrival| owed.get(&arrival.id).map(|(file, owed)| (arrival, *file, *owed)))
            .filter(|(_, _, owed)| owed.kind == NoticeKind::Page && owed.tries <= 1)
            .filter(|(_, _, owed)| matches!(owed.responder, Responder::User(_)))
            .collect();
        let mut told = BTreeSet::new();
        let is_news = |(_, file, owed): &(&Arrival, &File, &Notification)| {
            told.insert((owed.responder, file.incident.id, owed.generation))
        };
        let pages: Vec<_> = pages.into_iter().filter(is_news).collect();
        let mut wrong = Vec::new();
        for (place, (arrival, file, owed)) in pages.iter().enumerate() {
            let counts = |(before, of, had): &&(&Arrival, &File, &Notification)| {
                had.responder == owed.responder
                    && before.elapsed + STORM > arrival.elapsed
                    && !of.is_answered_between(before.at, arrival.at)
            };
            let recent: Vec<_> = pages[..place].iter().filter(counts).collect();
            let is_one = recent.iter().all(|(_, of, _)| of.incident.id == file.incident.id);
            let is_fresh = recent.iter().all(|(_, _, had)| had.contact != owed.contact);
            let severity = file.incident.severity;
            let is_worse = recent.iter().all(|(_, of, _)| of.incident.severity < severity);
            if recent.len() >= MOST_PAGES && !is_one && !is_fresh && !is_worse {
                let (at, to) = (arrival.at, &arrival.to);
                wrong.push(format!("{to} was paged {} times in ten minutes, at {at}", recent.len() + 1));
            }
        }
        self.report.violations.append(&mut wrong);
    }

    /// Whoever was paged, or told that nobody answered, is owed word of the end, except whoever ended it.
    fn the_paged_were_told_of_the_end(&mut self) {
        let mut wrong = Vec::new();
        for file in &self.files {
            let Response::Resolved { by, .. } = file.incident.response else { continue };
            let paged = file.owed.iter().filter(|owed| {
                matches!(owed.kind, NoticeKind::Page | NoticeKind::Unanswered)
                    && matches!(owed.state, NotificationState::Sent | NotificationState::Delivered)
            });
            for paged in paged {
                let is_told = file.owed.iter().any(|owed| {
                    (owed.kind, owed.generation) == (NoticeKind::Resolved, file.incident.generation)
                        && (owed.responder, &owed.contact) == (paged.responder, &paged.contact)
                });
                let has_ended_it = matches!(by, Actor::User(id) if paged.responder == Responder::User(id));
                if !is_told && !has_ended_it {
                    let (number, contact) = (file.incident.number, &paged.contact);
                    wrong.push(format!("incident {number} is over and {contact} was not told"));
                }
            }
        }
        self.report.violations.append(&mut wrong);
    }

    fn owed_by_id(&self) -> BTreeMap<String, (&File, &Notification)> {
        let files = self.files.iter();
        files.flat_map(|file| file.owed.iter().map(move |owed| (owed.id.to_string(), (file, owed)))).collect()
    }

    /// Nothing leaves except from a row; and nothing that an answer has taken back leaves after it.
    fn everything_that_arrived_was_owed(&mut self) {
        let owed = self.owed_by_id();
        let mut wrong = Vec::new();
        for (number, arrival) in self.arrivals.iter().enumerate() {
            let Some((file, owed)) = owed.get(&arrival.id) else {
                wrong.push(format!("{} arrived at {} and was never owed", arrival.id, arrival.to));
                continue;
            };
            if owed.kind != NoticeKind::Page {
                continue;
            }
            let answered = self.story.answers.get(&(file.incident.id, owed.generation));
            let is_late = answered.is_some_and(|before| number >= *before)
                || self.story.watch.closed.get(&file.incident.id).is_some_and(|end| arrival.elapsed > *end);
            if is_late && !file.tells_newcomers(owed) {
                wrong.push(format!(
                    "incident {} paged after it was answered, at {}",
                    file.incident.number, arrival.at
                ));
            }
        }
        self.report.violations.append(&mut wrong);
    }

    /// A message that comes twice by our doing says that it may be a repeat.
    fn repeats_say_so(&mut self) {
        let mut seen = BTreeSet::new();
        let mut wrong = Vec::new();
        for arrival in &self.arrivals {
            let is_first = seen.insert(arrival.id.clone());
            if !is_first && !arrival.is_echo && !arrival.admits_repeat {
                wrong.push(format!("{} arrived at {} again without saying so", arrival.id, arrival.to));
            }
        }
        self.report.violations.append(&mut wrong);
    }

    /// Without trouble nothing comes twice.
    fn calm_stories_repeat_nothing(&mut self) {
        let twice = self.report.duplicates + self.report.repeats;
        if self.story.is_calm && twice > 0 {
            self.violate(format!("{twice} messages came again without any trouble"));
        }
    }

    /// The last outage paged, went through the whole policy, and somebody was told that nobody answered.
    fn the_last_outage_was_told(&mut self) {
        let began = self.story.last_outage;
        let paged = self.files.iter().find(|file| file.incident.first_page_at.is_some_and(|at| at >= began));
        let Some(file) = paged else { return self.violate("the last outage paged nobody".to_owned()) };
        let is_exhausted = file.events.iter().any(|event| event.kind == "exhausted" && event.at >= began);
        let is_told = file
            .owed
            .iter()
            .any(|owed| owed.kind == NoticeKind::Unanswered && owed.generation == file.incident.generation);
        if !is_exhausted || !is_told {
            let number = file.incident.number;
            self.violate(format!(
                "incident {number} went unanswered; exhausted {is_exhausted}, told {is_told}"
            ));
        }
    }

    /// I12: what was over when it was first seen is behind no incident of ours.
    fn the_past_woke_nobody(&mut self) {
        let causes = self.files.iter().flat_map(|file| &file.incident.causes);
        let keys: Vec<&CauseKey> = causes.map(|cause| &cause.key).collect();
        let woke =
            |id: &&String| keys.iter().any(|key| matches!(key, CauseKey::Incident(known) if known == *id));
        let woken: Vec<String> = self.story.hindsight.iter().filter(woke).cloned().collect();
        for id in woken {
            self.violate(format!("I12: {id} was over when it was first seen, and made an incident"));
        }
    }

    /// All providers work, so all incidents are over and no service is in trouble.
    fn all_is_quiet(&mut self) {
        let open: Vec<i64> = self
            .files
            .iter()
            .filter(|file| !file.incident.is_resolved())
            .map(|file| file.incident.number)
            .collect();
        if !open.is_empty() {
            self.violate(format!("incidents {open:?} are open though all providers work"));
        }
        let states = self.story.world.read(services::list_states);
        for state in states.iter().filter(|state| state.status.is_trouble()) {
            self.violate(format!(
                "service {} is {} though all providers work",
                state.service,
                state.status.word()
            ));
        }
    }
}

impl File {
    /// Whether a page may tell those whose services an incident spread to while somebody had it. When that was does not tell:
    /// the clock may have been set since.
    fn tells_newcomers(&self, page: &Notification) -> bool {
        page.place() == (1, 1) && self.events.iter().any(|event| event.kind == "newcomers")
    }

    /// Whether anything between two instants ended a generation of paging.
    fn is_answered_between(&self, from: Timestamp, until: Timestamp) -> bool {
        const ENDS: [&str; 10] = [
            "acknowledged",
            "snoozed",
            "resolved",
            "reassigned",
            "silenced",
            "escalated",
            "worsened",
            "unacknowledged",
            "ack_expired",
            "assignee_silent",
        ];
        let mut meanwhile = self.events.iter().filter(|event| from <= event.at && event.at <= until);
        meanwhile.any(|event| ENDS.contains(&event.kind.as_str()))
    }
}

fn timeline(file: &File) -> Vec<String> {
    let incident = &file.incident;
    let mut lines =
        vec![format!("incident {} {:?}, {:?}", incident.number, incident.response, incident.causes)];
    let event = |event: &IncidentEvent| format!("  {} {}: {}", event.at, event.kind, event.detail);
    lines.extend(file.events.iter().map(event));
    lines.extend(file.owed.iter().map(|owed| {
        let (state, answer) = (owed.state.word(), owed.answer.as_deref().unwrap_or_default());
        let place = format!("generation {} round {} step {}", owed.generation, owed.round, owed.step);
        let (kind, contact) = (owed.kind, &owed.contact);
        format!("  {} {kind} {contact}, {place}: {state} after {} tries, {answer}", owed.due_at, owed.tries)
    }));
    lines
}

/// How a message may end.
enum End {
    Arrived,
    GivenUp,
    TakenBack,
}

fn end_of(file: &File, owed: &Notification, has_arrived: bool) -> Result<End, String> {
    match owed.state {
        NotificationState::Sent | NotificationState::Delivered if has_arrived => Ok(End::Arrived),
        NotificationState::Sent | NotificationState::Delivered => Err("is sent and never arrived".to_owned()),
        NotificationState::Failed => {
            let is_told = file.events.iter().any(|event| {
                event.kind == "undelivered"
                    && event.detail.contains(&owed.contact)
                    && Some(event.at) == owed.settled_at
            });
            if is_told {
                Ok(End::GivenUp)
            } else {
                Err("failed, and the timeline does not say so".to_owned())
            }
        }
        NotificationState::Superseded => {
            let is_over =
                owed.generation < file.incident.generation || file.incident.response != Response::Open;
            if is_over { Ok(End::TakenBack) } else { Err("was dropped though the incident pages".to_owned()) }
        }
        NotificationState::Pending | NotificationState::Sending => {
            Err(format!("is still {} at the end", owed.state.word()))
        }
    }
}

fn count(all: impl Iterator) -> u64 {
    u64::try_from(all.count()).unwrap_or(u64::MAX)
}
