//! Whom a step reaches at an instant, and why.
//!
//! A step that was meant to wake a person and can't, since a schedule has a gap or a member is gone, goes to those who
//! are left: no step of paging ever reaches nobody while the organisation has a member.

use jiff::Timestamp;

use super::{Policy, Step, Target};
use crate::{
    ChannelId, UserId,
    setup::{Setup, User},
};

/// Somebody or something that is paged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Responder {
    /// A person, by their own ladder.
    User(UserId),
    /// A shared destination.
    Channel(ChannelId),
}

/// One whom a step reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// Who.
    pub responder: Responder,
    /// Why they, for people: `schedule primary, layer 1`, `named in step 2`, `schedule primary has nobody on call; owner`.
    pub reason: String,
}

/// Returns whom a step (counted from 1) reaches at an instant, each once, in the order of the step.
///
/// Where the step reaches no person although it was meant to, those of [`Setup::last_resort`] follow, with a reason that
/// says so. A step of nothing but channels that exist is meant to reach no person.
#[must_use]
pub fn recipients(setup: &Setup, policy: &Policy, step: u32, at: Timestamp) -> Vec<Recipient> {
    let mut reached: Vec<Recipient> = Vec::new();
    let mut failures = Vec::new();
    let targets = policy.step(step).map_or(&[][..], |step| &step.targets);
    for &target in targets {
        match reach(setup, target, step, at) {
            Ok(found) if reached.iter().any(|known| known.responder == found.responder) => {}
            Ok(found) => reached.push(found),
            Err(failure) => failures.push(failure),
        }
    }
    if targets.is_empty() {
        failures.push(format!("step {step} of policy {} names nobody", policy.slug));
    }
    let is_person = |recipient: &Recipient| matches!(recipient.responder, Responder::User(_));
    if !failures.is_empty() && !reached.iter().any(is_person) {
        let failures = failures.join(", ");
        reached.extend(left(setup).into_iter().map(|user| Recipient {
            responder: Responder::User(user.id),
            reason: format!("{failures}; {}", user.role),
        }));
    }
    reached
}

impl Policy {
    /// Returns the step of this number, counted from 1.
    pub(super) fn step(&self, number: u32) -> Option<&Step> {
        self.steps.get(usize::try_from(number).ok()?.checked_sub(1)?)
    }
}

/// Whom a target leads to, or in words why to nobody.
fn reach(setup: &Setup, target: Target, step: u32, at: Timestamp) -> Result<Recipient, String> {
    match target {
        Target::User(id) => {
            let user = setup
                .user(id)
                .ok_or_else(|| format!("step {step} names somebody who is no longer a member"))?;
            person(user, format!("named in step {step}"))
        }
        Target::Schedule(id) => {
            let schedule =
                setup.schedule(id).ok_or_else(|| format!("step {step} names a schedule that is gone"))?;
            let slug = &schedule.slug;
            let on_call =
                schedule.on_call(at).ok_or_else(|| format!("schedule {slug} has nobody on call"))?;
            let user = setup.user(on_call.user);
            let user = user
                .ok_or_else(|| format!("schedule {slug} has somebody on call who is no longer a member"))?;
            person(user, format!("schedule {slug}, {}", on_call.by))
        }
        Target::Channel(id) => match setup.channel(id) {
            Some(_) => {
                Ok(Recipient { responder: Responder::Channel(id), reason: format!("named in step {step}") })
            }
            None => Err(format!("step {step} names a channel that is gone")),
        },
    }
}

fn person(user: &User, reason: String) -> Result<Recipient, String> {
    if user.contacts.is_empty() {
        return Err(format!("{} has no contact", user.email));
    }
    Ok(Recipient { responder: Responder::User(user.id), reason })
}

/// Those who are paged when nobody else can be; people without a contact only when nobody has one.
fn left(setup: &Setup) -> Vec<&User> {
    for mut users in [setup.last_resort(), setup.users.iter().collect()] {
        users.retain(|user| !user.contacts.is_empty());
        if !users.is_empty() {
            return users;
        }
    }
    setup.last_resort()
}
