//! What a configuration means to page and this server can't reach: refused when it is saved, since an incident would find
//! it out at night.
//!
//! It stands apart from what is wrong with a configuration by itself: the same file is right where there is a mail server
//! and wrong where there is none, and what is stored already pages by what remains.

use super::{Policy, Target, Urgency};
use crate::{
    ChannelId, UserId,
    setup::{Channel, Contact, Setup, User},
};

/// Somebody who may be called, or a step, that nothing can reach on this server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadEnd {
    /// Whose entry in the configuration has to be put right.
    pub place: Place,
    /// What can't be reached and why, in words that say what would be right.
    pub words: String,
}

/// Where a dead end stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A person, by their place among the users.
    User(usize),
    /// An escalation policy, by its place among them.
    Policy(usize),
}

impl Setup {
    /// Returns everybody whom a policy or a schedule may call and who can't be reached, and each step that tells nothing but
    /// channels of which none can be.
    #[must_use]
    pub fn dead_ends(&self) -> Vec<DeadEnd> {
        let users = self.users.iter().enumerate().filter_map(|(place, user)| {
            let caller = self.caller(user.id)?;
            let words = format!("{caller} may call {}, {}", user.email, user.dead_end()?);
            Some(DeadEnd { place: Place::User(place), words })
        });
        let steps = self.policies.iter().enumerate().flat_map(|(place, policy)| {
            let words = move |words| DeadEnd { place: Place::Policy(place), words };
            self.deaf_steps(policy).map(words)
        });
        users.chain(steps).collect()
    }

    /// Returns each contact and channel that can't be used with the reason, whether that leaves somebody out of reach or not.
    #[must_use]
    pub fn unusable(&self) -> Vec<(String, &str)> {
        let contacts = self.users.iter().flat_map(|user| {
            let named = |contact: &'_ Contact| format!("contact {} of {}", contact.id, user.email);
            user.contacts
                .iter()
                .filter_map(move |contact| Some((named(contact), contact.unusable.as_deref()?)))
        });
        let channel = |channel: &'_ Channel| format!("channel {}", channel.slug);
        let channels = self.channels.iter().filter_map(|it| Some((channel(it), it.unusable.as_deref()?)));
        contacts.chain(channels).collect()
    }

    /// Whether a policy or a schedule may call somebody.
    #[must_use]
    pub fn may_call(&self, id: UserId) -> bool {
        self.caller(id).is_some()
    }

    /// Returns the first policy that names somebody, by themselves or in a team.
    #[must_use]
    pub fn named_by(&self, id: UserId) -> Option<&Policy> {
        let names = |target: &Target| match *target {
            Target::User(user) => user == id,
            Target::Team(team) => self.team(team).is_some_and(|team| team.members.contains(&id)),
            Target::Schedule(_) | Target::Channel(_) => false,
        };
        self.policies.iter().find(|policy| policy.steps.iter().any(|step| step.targets.iter().any(names)))
    }

    /// The first policy or schedule that may call somebody.
    fn caller(&self, id: UserId) -> Option<String> {
        let schedule = self.schedules.iter().find(|schedule| {
            schedule.layers.iter().any(|layer| layer.participants.contains(&id))
                || schedule.overrides.iter().any(|exception| exception.user == id)
                || schedule.fallback == Some(id)
        });
        let policy = self.named_by(id).map(|policy| format!("escalation policy {}", policy.slug));
        policy.or_else(|| schedule.map(|schedule| format!("schedule {}", schedule.slug)))
    }

    fn deaf_steps<'a>(&'a self, policy: &'a Policy) -> impl Iterator<Item = String> + 'a {
        let deaf = |(number, step): (usize, &super::Step)| {
            let why = |target: &Target| match *target {
                Target::Channel(id) => self.why_deaf(id),
                Target::User(_) | Target::Team(_) | Target::Schedule(_) => None,
            };
            let why = step.targets.iter().map(why).collect::<Option<Vec<_>>>()?;
            (!why.is_empty()).then(|| format!("step {number} reaches nobody: {}", why.join("; ")))
        };
        (1..).zip(&policy.steps).filter_map(deaf)
    }

    fn why_deaf(&self, id: ChannelId) -> Option<String> {
        let channel = self.channel(id)?;
        Some(format!("channel {}: {}", channel.slug, channel.unusable.as_deref()?))
    }
}

impl User {
    /// Why the person can't be reached with some urgency by what they want to be told by.
    fn dead_end(&self) -> Option<String> {
        let why = |contacts: Vec<&Contact>| {
            let why = |contact: &&Contact| Some(format!("{}: {}", contact.id, contact.unusable.as_deref()?));
            contacts.iter().map(why).collect::<Option<Vec<_>>>().map(|all| all.join("; "))
        };
        if !self.is_reachable() {
            return why(self.contacts.iter().collect()).map(|why| format!("who can't be reached: {why}"));
        }
        let ladders = [(Urgency::High, "notify"), (Urgency::Low, "notify_low")];
        let deaf = ladders.into_iter().find_map(|(urgency, key)| Some((key, why(self.asked(urgency))?)));
        let other = self.contacts.iter().find(|contact| contact.is_usable());
        deaf.zip(other).map(|((key, why), other)| {
            format!("whose `{key}` names no contact that can be used: {why}; or add a rung for {}", other.id)
        })
    }
}
