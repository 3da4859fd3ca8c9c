//! What readers are told of an incident: what the guard lets the machine say, and what waits for a person's word.
//!
//! The incident that paging follows is never held back; readers see a version of it, which says of each service no more than
//! may be said. What waits is kept inside and a person is asked once for each status that it gets worse to.

use std::collections::HashMap;

use domain::{
    IncidentId, Status,
    incident::{Actor, Affected, Cause, Incident},
    judge::{Wanted, World},
    public::{Said, Saying, Told},
    setup::{Publish, Setup},
};
use jiff::Timestamp;
use store::{Scope, incidents, told};

use super::{ask, log, promise, words};
use crate::error::CommandError;

/// Tells readers of incidents.
pub(super) struct Teller<'a> {
    pub(super) setup: &'a Setup,
    pub(super) world: &'a World<'a>,
    pub(super) now: Timestamp,
    /// What readers were told where that is not all of it.
    pub(super) told: HashMap<IncidentId, Told>,
}

/// What readers would see of an incident next.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Version {
    /// The incident as far as it may be told.
    pub(super) incident: Incident,
    /// What is said; `None` where nothing that readers could notice is different.
    pub(super) body: Option<Said>,
}

/// Returns an incident with as much of it as readers may ever be told.
pub(super) fn tellable(setup: &Setup, of: &Incident) -> Incident {
    let is_behind =
        |cause: &Cause, affected: &Affected| setup.providers_told(affected.service).contains(&cause.provider);
    let may_be = |affected: &Affected| {
        of.causes.is_empty()
            || affected.stated.is_some()
            || of.causes.iter().any(|it| is_behind(it, affected))
    };
    let services: Vec<Affected> = of.services.iter().copied().filter(may_be).collect();
    let causes = of.causes.iter().filter(|cause| services.iter().any(|it| is_behind(cause, it)));
    Incident { causes: causes.cloned().collect(), services, ..of.clone() }
}

impl Version {
    /// Returns what readers were told once it is said, beside what else is on record.
    fn told(self, known: Told) -> Told {
        let Incident { title, titles, services, causes, .. } = self.incident;
        let (title, titles) = if services.is_empty() { Default::default() } else { (title, titles) };
        Told { title, titles, services, causes, ..known }
    }
}

impl Teller<'_> {
    /// Returns what readers were told of an incident.
    pub(super) fn known(&self, of: &Incident) -> Told {
        self.told.get(&of.id).cloned().unwrap_or_else(|| Told::by_default(of))
    }

    /// Returns the worst that a person has let be told of whatever has this cause in common with an incident.
    pub(super) fn cleared(&self, of: &Incident) -> Status {
        self.told.get(&of.id).map_or(Status::Unknown, |told| told.cleared)
    }

    /// Returns what readers would be told by what may be said, beside what they know. `before` is the incident as it was.
    pub(super) fn version(
        &self,
        known: &Told,
        before: &Incident,
        after: &Incident,
        says: &[Saying],
    ) -> Version {
        let (services, causes) = (known.services_of(after, says), known.causes_of(after, says));
        let incident = Incident { services, causes, ..after.clone() };
        let body = match (incident.services.is_empty(), known.services.is_empty()) {
            (true, _) => None,
            (false, true) => Some(words::first_word(self.setup, self.world, &incident)),
            (false, false) => {
                let before = known.of(before.clone());
                words::next_word(self.setup, self.world, &before, &incident)
            }
        };
        let Said { text: title, tongues: titles } = words::title(self.setup, self.world, &incident);
        Version { incident: Incident { title, titles, ..incident }, body }
    }

    /// Tells readers what is different about an incident, as far as may be said, and asks a person for the rest.
    pub(super) fn tell(
        &mut self,
        scope: &mut Scope<'_>,
        before: &Incident,
        after: &Incident,
        want: &Wanted,
    ) -> Result<(), CommandError> {
        let mut known = self.known(before);
        if before.is_resolved() && !after.is_resolved() {
            (known.refused, known.asked) = (Status::Unknown, Status::Unknown);
        }
        let version = self.version(&known, before, after, &want.says);
        if let Some(body) = &version.body {
            self.say(scope, &version.incident, body.clone(), true)?;
        }
        let waits = known.waits(&want.says);
        let asks = waits.filter(|status| *status > known.asked && *status > known.refused);
        if let Some(status) = asks {
            self.ask(scope, &known, (before, after), want, status)?;
        }
        let forgotten = waits.is_none();
        let told = Told {
            asked: if forgotten { Status::Unknown } else { asks.unwrap_or(known.asked) },
            refused: if forgotten { Status::Unknown } else { known.refused },
            ..version.told(known)
        };
        self.keep(scope, after, told)
    }

    /// Nothing is found behind an incident any more, which goes on with what people state: readers who were told of a part of
    /// it know as much.
    pub(super) fn follow(
        &mut self,
        scope: &mut Scope<'_>,
        before: &Incident,
        after: &Incident,
    ) -> Result<(), CommandError> {
        let Some(known) = self.told.get(&after.id).cloned() else { return Ok(()) };
        let told = self.version(&known, before, after, &[]).told(known);
        self.keep(scope, after, told)
    }

    /// Keeps what readers were told, where that is not all or nothing.
    fn keep(&mut self, scope: &mut Scope<'_>, of: &Incident, told: Told) -> Result<(), CommandError> {
        if self.known(of) == told {
            return Ok(());
        }
        told::save(scope, of.id, &told)?;
        self.told.insert(of.id, told);
        Ok(())
    }

    /// Asks a person to let something be told, which is kept inside until then.
    fn ask(
        &self,
        scope: &mut Scope<'_>,
        known: &Told,
        (before, after): (&Incident, &Incident),
        want: &Wanted,
        status: Status,
    ) -> Result<(), CommandError> {
        let cleared = Told { cleared: status, ..known.clone() };
        let version = self.version(&cleared, before, after, &want.says);
        if let Some(body) = version.body {
            self.say(scope, &version.incident, body, false)?;
        }
        let status_word = words::status_word(status);
        let detail = format!("readers are told of {status_word} once a person says so");
        log(scope, after.id, self.now, "draft", Actor::Machine, detail)?;
        ask::for_word(scope, self.setup, after, status, self.now)
    }

    /// Ends an incident for readers: everything that they were told of has recovered.
    pub(super) fn end(&mut self, scope: &mut Scope<'_>, of: &Incident) -> Result<(), CommandError> {
        let Some(told) = self.told.get(&of.id).cloned() else { return Ok(()) };
        // What a person has let be told stays so: trouble that comes back in a moment is the same incident.
        let told = Told { refused: Status::Unknown, asked: Status::Unknown, ..told.recovered() };
        self.keep(scope, of, told)
    }

    /// Returns the incident as readers know it, for its last words; where they know nothing of it, as they may come to know it.
    pub(super) fn as_told(&self, of: &Incident) -> Incident {
        let known = self.known(of);
        if known.services.is_empty() || of.publish != Publish::Auto {
            return tellable(self.setup, of);
        }
        known.of(of.clone())
    }

    /// Says something of an incident; what readers hear promises the next word.
    pub(super) fn say(
        &self,
        scope: &mut Scope<'_>,
        of: &Incident,
        body: Said,
        is_public: bool,
    ) -> Result<(), CommandError> {
        self.record(scope, of, body, is_public)?;
        if is_public { promise::after_word(scope, self.setup, of, None, self.now) } else { Ok(()) }
    }

    /// Puts words on record.
    pub(super) fn record(
        &self,
        scope: &mut Scope<'_>,
        of: &Incident,
        body: Said,
        is_public: bool,
    ) -> Result<(), CommandError> {
        let update = incidents::IncidentUpdate {
            phase: of.phase,
            body: body.text,
            tongues: body.tongues,
            at: self.now,
            is_public,
            actor: Actor::Machine,
            edited: None,
            removed_at: None,
        };
        incidents::push_update(scope, of.id, &update)?;
        Ok(())
    }
}
