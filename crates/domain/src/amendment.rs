//! Amendments: what people add to a configuration while it runs, without touching its file.
//!
//! An amendment is never edited. It stands from when it was made until it is withdrawn, so the configuration at any instant
//! of the past is the version of the file that was in force and the amendments that stood.

use std::time::Duration;

use jiff::Timestamp;

use crate::{
    AmendmentId, ScheduleId, UserId,
    incident::Actor,
    public::StatusLock,
    schedule::Override,
    setup::{Contact, Rung, Setup, User},
    silence::Silence,
};

/// The end of what has none: the year 9999, which the ledger's whole microseconds still hold.
const FOR_GOOD: Timestamp = Timestamp::constant(253_370_764_800, 0);

/// Something added to a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amendment {
    /// Identity.
    pub id: AmendmentId,
    /// What is added.
    pub change: Change,
    /// When it was made.
    pub made_at: Timestamp,
    /// By whom.
    pub made_by: Actor,
    /// When and by whom it was withdrawn.
    pub withdrawn: Option<(Timestamp, Actor)>,
}

/// What an amendment adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Somebody takes a time of a schedule.
    Override {
        /// The schedule.
        schedule: ScheduleId,
        /// Who, and when.
        taken: Override,
        /// Why, for people; may be empty.
        note: String,
    },
    /// Some services page nobody for a time.
    Silence(Silence),
    /// Readers see a status of a service, whatever else is said of it.
    Lock(StatusLock),
    /// A person adds a way to reach them, which is used at once whenever they are paged.
    Contact {
        /// The person.
        user: UserId,
        /// The way.
        contact: Contact,
        /// What the person calls it.
        name: String,
    },
}

impl Change {
    /// Returns the first instant from which it means nothing any more.
    #[must_use]
    pub const fn ends_at(&self) -> Timestamp {
        match self {
            Change::Override { taken, .. } => taken.to,
            Change::Silence(silence) => silence.to,
            Change::Lock(lock) => match lock.until {
                Some(until) => until,
                None => FOR_GOOD,
            },
            Change::Contact { .. } => FOR_GOOD,
        }
    }
}

impl Setup {
    /// Returns the configuration with these changes added in their order: overrides stand above those of the file, and
    /// what names something that is no longer configured is left out.
    #[must_use]
    pub fn amended<'a>(mut self, changes: impl IntoIterator<Item = &'a Change>) -> Setup {
        for change in changes {
            match change {
                Change::Override { schedule, taken, .. } => {
                    let is_member = self.user(taken.user).is_some();
                    let schedule = self.schedules.iter_mut().find(|held| held.id == *schedule);
                    if let Some(schedule) = schedule.filter(|_| is_member) {
                        schedule.overrides.push(taken.clone());
                    }
                }
                Change::Silence(silence) => self.paging.silences.push(silence.clone()),
                Change::Lock(lock) => self.public.locks.push(lock.clone()),
                Change::Contact { user, contact, .. } => {
                    if let Some(user) = self.users.iter_mut().find(|held| held.id == *user) {
                        user.reach_by(contact);
                    }
                }
            }
        }
        self
    }
}

impl User {
    /// Adds a contact that rings first, unless there is one of that id; a ladder that names it already says when.
    fn reach_by(&mut self, contact: &Contact) {
        if self.contact(&contact.id).is_some() {
            return;
        }
        self.contacts.push(contact.clone());
        let has_low = !self.ladder_low.is_empty();
        for ladder in [Some(&mut self.ladder), has_low.then_some(&mut self.ladder_low)].into_iter().flatten()
        {
            if !ladder.iter().any(|rung| rung.contact == contact.id) {
                ladder.insert(0, Rung { after: Duration::ZERO, contact: contact.id.clone() });
            }
        }
    }
}
