//! What happens in a story: what providers and people do, and what goes wrong with the installation.

use std::{sync::Arc, time::Duration};

use domain::{
    AmendmentId,
    escalation::Target,
    incident::{Actor, Assignee, Incident, Response},
};
use engine::{
    CommandError,
    commands::{self, Ground, NewSilence},
};
use jiff::{SignedDuration, Timestamp};
use store::{Scope, incidents};

use super::{config::COMPONENTS, story::Story};
use crate::internet::Service;

impl Story {
    /// Something happens. Returns how long it is until the next thing does.
    pub(super) fn happen(&mut self) -> Duration {
        if let Some((slug, left)) = self.flapping.take() {
            return self.flap(slug, left);
        }
        match self.rng.within(0, 27) {
            0..=12 => self.at_a_provider(),
            13 => {
                // Everything at once: incidents of their own, all for the same people.
                for slug in self.team.providers.clone() {
                    self.world
                        .internet
                        .on_page(&slug, |page, now| page.set(COMPONENTS[0], "major_outage", now));
                }
            }
            14 => {
                let slug = self.rng.pick(&self.team.providers).clone();
                self.flapping = Some((slug, u32::try_from(self.rng.within(3, 9)).unwrap_or(3)));
            }
            15 => self.silence(),
            16..=18 => self.go_wrong(),
            _ => self.answer(),
        }
        Duration::from_secs(self.rng.within(60, 600))
    }

    /// A component that goes up and down turns once more.
    fn flap(&mut self, slug: String, left: u32) -> Duration {
        let status = if left.is_multiple_of(2) { "operational" } else { "major_outage" };
        self.world.internet.on_page(&slug, |page, now| page.set(COMPONENTS[0], status, now));
        self.flapping = (left > 0).then(|| (slug, left - 1));
        Duration::from_secs(self.rng.within(120, 420))
    }

    fn at_a_provider(&mut self) {
        let slug = self.rng.pick(&self.team.providers).clone();
        let component = *self.rng.pick(&COMPONENTS);
        let status =
            *self.rng.pick(&["major_outage", "partial_outage", "degraded_performance", "under_maintenance"]);
        self.posted += 1;
        let id = format!("{slug}-{}", self.posted);
        let internet = Arc::clone(&self.world.internet);
        match self.rng.within(0, 12) {
            0..=4 => internet.on_page(&slug, |page, now| page.set(component, status, now)),
            5 | 6 => internet.on_page(&slug, |page, now| {
                page.set(component, "major_outage", now);
                page.post(&id, "Elevated errors", "critical", &[component], now);
            }),
            7 | 8 => internet.on_page(&slug, |page, now| page.recover(now)),
            9 => internet.on_page(&slug, |page, now| page.set(component, "operational", now)),
            10 => {
                let ago = |hours: i64| self.now() - SignedDuration::from_hours(hours);
                let (began, ended) = (ago(30), ago(28));
                internet
                    .on_page(&slug, |page, now| page.post_in_hindsight(&id, "Long ago", began, ended, now));
                self.hindsight.push(id);
            }
            11 => {
                let service = *self.rng.pick(&[Service::Html, Service::Down, Service::Unreachable]);
                internet.serve(&slug, service);
            }
            _ => internet.serve(&slug, Service::Up),
        }
    }

    /// The installation, or its way to somebody, is in trouble for a stretch.
    fn go_wrong(&mut self) {
        let span = Duration::from_secs(self.rng.within(30, 600));
        let choice = self.rng.within(0, 3);
        if self.is_calm || self.full_until.is_some() {
            return;
        }
        match choice {
            0 | 1 => {
                let address = self.rng.pick(&self.team.addresses).clone();
                self.world.internet.part(&address, 3 * span);
            }
            2 => {
                self.full_until = Some(self.elapsed() + span);
                self.world.chaos.fill(true);
            }
            _ => {
                let by = i64::try_from(2 * span.as_secs()).unwrap_or_default();
                let by = SignedDuration::from_secs(if self.rng.chance(0.5) { by } else { -by });
                self.jump(by);
            }
        }
    }

    /// A person plans a silence, beginning now.
    fn silence(&mut self) {
        let services = vec![format!("service-{}", self.rng.within(0, self.team.services - 1))];
        let span = Duration::from_secs(self.rng.within(120, 1500));
        let to = self.after(span);
        let (id, by) = (self.world.shell.mint.id(), Actor::User(self.world.setup.users[0].id));
        let reason = "the move".to_owned();
        let wanted = NewSilence { services, to, reason, ..NewSilence::default() };
        let ground = self.world.shell.ground();
        if self.full_until.is_some() {
            return;
        }
        let planned = self
            .world
            .act(move |scope, now| commands::silence(scope, &ground, now, by, AmendmentId(id), &wanted));
        if let Err(error) = planned {
            self.violate(format!("no silence can be planned: {error}"));
        }
    }

    /// A person does something about an incident: most take it, some end it, the others do all that can be done.
    fn answer(&mut self) {
        let open = self.world.read(incidents::list_open);
        if self.full_until.is_some() {
            return;
        }
        if open.is_empty() {
            let slug = self.rng.pick(&self.team.providers).clone();
            return self
                .world
                .internet
                .on_page(&slug, |page, now| page.set(COMPONENTS[0], "major_outage", now));
        }
        let incident = self.rng.pick(&open).clone();
        let users = &self.world.setup.users;
        let act = Act {
            choice: self.rng.within(0, 20),
            by: Actor::User(self.rng.pick(users).id),
            other: self.rng.pick(users).id,
            span: Duration::from_secs(self.rng.within(60, 1200)),
        };
        let (ground, before) = (self.world.shell.ground(), incident.clone());
        let answered = self.world.act(move |scope, now| act.on(scope, &ground, now, &before));
        let (arrived, id) = (self.world.internet.arrivals().len(), incident.id);
        match answered {
            // What belongs to a generation that was answered, or that another has followed, is owed to nobody any more.
            Ok(after) if after.response != Response::Open || after.generation > incident.generation => {
                self.answers.entry((id, incident.generation)).or_insert(arrived);
            }
            Ok(_) | Err(CommandError::Rejected(_) | CommandError::Invalid { .. }) => {}
            Err(error) => {
                self.violations.push(format!("incident {} can't be answered: {error}", incident.number));
            }
        }
    }
}

/// Something that a person does about an incident.
#[derive(Clone, Copy)]
struct Act {
    choice: u64,
    by: Actor,
    other: domain::UserId,
    span: Duration,
}

impl Act {
    fn on(
        self,
        scope: &mut Scope<'_>,
        ground: &Ground,
        now: Timestamp,
        incident: &Incident,
    ) -> Result<Incident, CommandError> {
        let Self { choice, by, other, span } = self;
        let id = incident.id;
        let is_open = incident.response == Response::Open;
        match choice {
            0..=2 => commands::resolve(scope, ground, now, by, id),
            3 | 4 => commands::acknowledge_for(scope, ground, now, by, id, span),
            5 | 6 => {
                let until = now.checked_add(span).expect("stories end before time does");
                commands::snooze(scope, ground, now, by, id, until)
            }
            7 => commands::unacknowledge(scope, ground, now, by, id),
            8 | 9 => commands::reassign(scope, ground, now, by, id, Assignee::User(other)),
            10 | 11 => commands::escalate_now(scope, ground, now, by, id),
            // Who is asked to help is paged by the generation that was answered; that is looked at in a test of its own.
            12 | 13 if is_open => commands::add_responder(scope, ground, now, by, id, Target::User(other)),
            _ => commands::acknowledge(scope, ground, now, by, id),
        }
    }
}
