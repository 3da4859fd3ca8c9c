//! Whether a person can be reached: what is known of each of their contacts, and what follows for those on call next.
//!
//! A contact that nobody has verified is used all the same, since a page too many is better than none. But a person of
//! whom no contact is known to work counts as out of reach, and that is said before they are needed.

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    UserId,
    destination::{Destination, Slack},
    schedule::Schedule,
    setup::{Contact, Setup, User},
};

/// How long a code that was sent to a contact can be given back.
pub const CODE_VALID_FOR: Duration = Duration::from_secs(15 * 60);

/// Codes that may be tried before a new one must be sent, which must wait until the old one is void: with six digits a
/// guess succeeds once in 200,000 windows.
pub const MOST_CODE_TRIES: u32 = 5;

/// More people than are on call one after the other within any horizon that is looked at.
const MOST_SHIFTS: usize = 1_000;

/// The name space of fingerprints. Changing it would make every contact unverified.
const FINGERPRINTS: Uuid = Uuid::from_u128(0x6d69_6477_6174_6368_8000_636f_6e74_6163);

/// What is known of one contact of one person, at one destination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactState {
    /// Whose it is.
    pub user: UserId,
    /// Its id within the person.
    pub contact: String,
    /// Where it led when this was learnt.
    pub fingerprint: Uuid,
    /// When the person gave back a code that was sent there.
    pub verified_at: Option<Timestamp>,
    /// When a message was last known to have reached the person: a receipt, or an answer.
    pub last_confirmed_at: Option<Timestamp>,
    /// When the destination last accepted a message.
    pub last_accepted_at: Option<Timestamp>,
    /// When the destination last did not take a message.
    pub last_failed_at: Option<Timestamp>,
    /// What the destination last said.
    pub last_answer: Option<String>,
}

/// What was heard of a message that was sent to a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Heard {
    /// The destination accepted it.
    Accepted,
    /// It reached the person.
    Confirmed,
    /// The destination did not take it.
    Failed,
}

/// How far a contact can be trusted to work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// It is known to lead to the person, and the last message was taken.
    Good,
    /// Nobody has shown yet that it leads to the person.
    Unverified,
    /// The last message was not taken.
    Failing,
}

/// Somebody on call who can't be reached by any contact that is known to work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutOfReach {
    /// Who.
    pub user: UserId,
    /// When they are first on call: now for whoever is on call already.
    pub from: Timestamp,
    /// Why, in words: `phone is not verified, mail failed last`.
    pub why: String,
}

impl Standing {
    /// Returns the word for scripts.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Standing::Good => "good",
            Standing::Unverified => "unverified",
            Standing::Failing => "failing",
        }
    }

    /// Returns what is said of a contact.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Standing::Good => "works",
            Standing::Unverified => "is not verified",
            Standing::Failing => "failed last",
        }
    }
}

impl ContactState {
    /// Returns how far the contact can be trusted, as long as it leads where it led. A message that reached the person proves
    /// as much as a code.
    #[must_use]
    pub fn standing(&self) -> Standing {
        let taken_at = self.last_accepted_at.max(self.last_confirmed_at).max(self.verified_at);
        if self.last_failed_at > taken_at {
            Standing::Failing
        } else if self.verified_at.or(self.last_confirmed_at).is_some() {
            Standing::Good
        } else {
            Standing::Unverified
        }
    }
}

impl Contact {
    /// Returns what is known of this contact where it leads now. One that was changed is a new one.
    #[must_use]
    pub fn state<'a>(&self, user: UserId, states: &'a [ContactState]) -> Option<&'a ContactState> {
        let fingerprint = self.destination.fingerprint();
        states
            .iter()
            .find(|state| state.user == user && state.contact == self.id && state.fingerprint == fingerprint)
    }

    /// Returns how far it can be trusted.
    #[must_use]
    pub fn standing(&self, user: UserId, states: &[ContactState]) -> Standing {
        self.state(user, states).map_or(Standing::Unverified, ContactState::standing)
    }
}

impl User {
    /// Returns why the person can't be reached by any contact that is known to work; `None` where one is.
    #[must_use]
    pub fn out_of_reach(&self, states: &[ContactState]) -> Option<String> {
        let standings = self.contacts.iter().map(|contact| (contact, contact.standing(self.id, states)));
        let mut words = Vec::new();
        for (contact, standing) in standings {
            match standing {
                Standing::Good if contact.is_usable() => return None,
                Standing::Good | Standing::Unverified | Standing::Failing => {
                    let said = if contact.is_usable() { standing.words() } else { "can't be used" };
                    words.push(format!("{} {said}", contact.id));
                }
            }
        }
        Some(if words.is_empty() { "no contact".to_owned() } else { words.join(", ") })
    }
}

/// Returns who is on call between `now` and `until` and can't be reached, each once with their first time.
#[must_use]
pub fn reachability(
    setup: &Setup,
    states: &[ContactState],
    schedule: &Schedule,
    now: Timestamp,
    until: Timestamp,
) -> Vec<OutOfReach> {
    let mut found: Vec<OutOfReach> = Vec::new();
    for shift in schedule.shifts(now, until).take(MOST_SHIFTS) {
        let Some(user) = shift.user.and_then(|id| setup.user(id)) else { continue };
        if found.iter().any(|known| known.user == user.id) {
            continue;
        }
        found.extend(user.out_of_reach(states).map(|why| OutOfReach {
            user: user.id,
            from: shift.from,
            why,
        }));
    }
    found
}

impl Destination {
    /// Returns what tells this destination from another, and can't be turned back.
    ///
    /// Keys that only let us in are no part of it: a new one leads to the same place. Where the address is the secret it is.
    #[must_use]
    pub fn fingerprint(&self) -> Uuid {
        let place: [&str; 2] = match self {
            Destination::Webhook { url, .. }
            | Destination::Teams { url }
            | Destination::Discord { url }
            | Destination::Mattermost { url }
            | Destination::GoogleChat { url }
            | Destination::Ntfy { url, .. }
            | Destination::WebPush { endpoint: url, .. }
            | Destination::Slack(Slack::Hook { url }) => [url.expose(), ""],
            Destination::Email { address } => [address, ""],
            Destination::Sms { number } | Destination::Voice { number } => [number, ""],
            Destination::Slack(Slack::App { channel, api, .. }) => {
                [channel, api.as_deref().unwrap_or_default()]
            }
            Destination::Telegram { chat, api, .. } => [chat, api.as_deref().unwrap_or_default()],
            Destination::Matrix { server, room, .. } => [room, server],
            // Their token is the application or the integration that receives.
            Destination::Gotify { url, token } => [token.expose(), url],
            Destination::Pushover { user, api, .. } => [user.expose(), api.as_deref().unwrap_or_default()],
            Destination::Pagerduty { routing_key: key, api } | Destination::Opsgenie { key, api } => {
                [key.expose(), api.as_deref().unwrap_or_default()]
            }
            Destination::Alertmanager { url, .. } => [url, ""],
        };
        // Nothing that is written on one line holds these bytes, so no two places are written alike.
        let name = [self.kind().word(), place[0], place[1]].join("\n");
        Uuid::new_v5(&FINGERPRINTS, name.as_bytes())
    }
}

#[cfg(test)]
mod tests;
