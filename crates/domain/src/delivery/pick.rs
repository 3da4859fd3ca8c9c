//! Which of the messages that are due leave next, and which of them together.
//!
//! Every kind of channel of every organisation has a bulkhead of its own, so that one that is slow or in a storm holds up
//! neither another kind nor another organisation. Pages come before the rest and first pages before repeats; among equals the
//! organisations take turns, and within one the newest comes first, since it is the most likely to matter still. What is due
//! for one contact at one time is one message.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use crate::{ChannelKind, NoticeKind, OrgId, escalation::Responder};

/// Messages under way at one time.
pub const AT_ONCE: usize = 512;

/// Messages under way at one time by one kind of channel for one organisation.
pub const PER_BULKHEAD: usize = 16;

/// A message that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// Whose.
    pub org: OrgId,
    /// What it says.
    pub kind: NoticeKind,
    /// Whether it is of the first step of the first round.
    pub is_first: bool,
    /// Whom it is for.
    pub responder: Responder,
    /// By which contact.
    pub contact: String,
    /// What the contact is; `None` when it is no longer configured.
    pub channel: Option<ChannelKind>,
    /// When it was due.
    pub due_at: Timestamp,
}

/// How many messages are under way in each bulkhead.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Busy(BTreeMap<(OrgId, Option<ChannelKind>), usize>);

impl Busy {
    /// Counts a message that leaves.
    pub fn enter(&mut self, org: OrgId, channel: Option<ChannelKind>) {
        *self.0.entry((org, channel)).or_default() += 1;
    }

    /// Counts a message whose fate is known.
    pub fn leave(&mut self, org: OrgId, channel: Option<ChannelKind>) {
        if let Some(count) = self.0.get_mut(&(org, channel)) {
            *count -= 1;
            if *count == 0 {
                self.0.remove(&(org, channel));
            }
        }
    }

    /// Returns how many messages are under way in all.
    #[must_use]
    pub fn total(&self) -> usize {
        self.0.values().sum()
    }

    fn has_room(&self, org: OrgId, channel: Option<ChannelKind>) -> bool {
        self.0.get(&(org, channel)).is_none_or(|count| *count < PER_BULKHEAD)
    }
}

/// Whether messages about several incidents may go out as one: people read lists, machines match incidents by their keys.
#[must_use]
pub const fn folds(responder: Responder, channel: Option<ChannelKind>) -> bool {
    match channel {
        Some(ChannelKind::Pagerduty | ChannelKind::Opsgenie | ChannelKind::Alertmanager) | None => false,
        Some(ChannelKind::Webhook) => matches!(responder, Responder::User(_)),
        Some(
            ChannelKind::Email
            | ChannelKind::Sms
            | ChannelKind::Voice
            | ChannelKind::WebPush
            | ChannelKind::Slack
            | ChannelKind::Teams
            | ChannelKind::Discord
            | ChannelKind::Telegram
            | ChannelKind::Mattermost
            | ChannelKind::GoogleChat
            | ChannelKind::Matrix
            | ChannelKind::Ntfy
            | ChannelKind::Gotify
            | ChannelKind::Pushover,
        ) => true,
    }
}

/// Returns the messages that leave now, each as the places in `due` of what goes out together, the one that leads first.
#[must_use]
pub fn pick(due: &[Due], busy: &Busy) -> Vec<Vec<usize>> {
    let mut busy = busy.clone();
    let mut picked = Vec::new();
    for group in in_turn(due, grouped(due)) {
        let Some(lead) = group.first().and_then(|&place| due.get(place)) else { continue };
        if busy.total() >= AT_ONCE {
            break;
        }
        if busy.has_room(lead.org, lead.channel) {
            busy.enter(lead.org, lead.channel);
            picked.push(group);
        }
    }
    picked
}

/// What is due for one contact at one time and says the same kind of thing, in order of urgency within each group.
fn grouped(due: &[Due]) -> Vec<Vec<usize>> {
    let mut places: Vec<usize> = (0..due.len()).collect();
    places.sort_by_key(|&place| (urgency(&due[place]), std::cmp::Reverse(due[place].due_at), place));
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut known: HashMap<(OrgId, Responder, &str, NoticeKind), usize> = HashMap::new();
    for place in places {
        let one = &due[place];
        let key = (one.org, one.responder, one.contact.as_str(), one.kind);
        match known.get(&key).filter(|_| folds(one.responder, one.channel)) {
            Some(&group) => groups[group].push(place),
            None => {
                known.insert(key, groups.len());
                groups.push(vec![place]);
            }
        }
    }
    groups
}

/// Orders groups by urgency, and among equals by turns of their organisations.
fn in_turn(due: &[Due], groups: Vec<Vec<usize>>) -> Vec<Vec<usize>> {
    let mut turns: HashMap<(u8, OrgId), usize> = HashMap::new();
    let mut ordered: Vec<((u8, usize), Vec<usize>)> = groups
        .into_iter()
        .map(|group| {
            let lead = &due[group[0]];
            let turn = turns.entry((urgency(lead), lead.org)).or_default();
            *turn += 1;
            ((urgency(lead), *turn), group)
        })
        .collect();
    ordered.sort_by_key(|(order, _)| *order);
    ordered.into_iter().map(|(_, group)| group).collect()
}

/// First pages, then pages, then word that nobody answered, then the rest.
const fn urgency(due: &Due) -> u8 {
    match due.kind {
        NoticeKind::Page if due.is_first => 0,
        NoticeKind::Page => 1,
        NoticeKind::Unanswered => 2,
        NoticeKind::Acknowledged | NoticeKind::Reassigned | NoticeKind::Resolved | NoticeKind::Notice => 3,
    }
}
