//! Which of the messages that are due leave next, and which of them together.
//!
//! Every kind of channel of every organisation has a bulkhead of its own, and every contact a smaller one inside, so that one
//! that is slow or in a storm holds up neither another contact, nor another kind, nor another organisation; and no organisation
//! takes more than half of all places. Pages come before the rest and first pages before repeats; among equals the organisations
//! take turns, and within one the newest comes first, since it is the most likely to matter still. What is due for one contact at
//! one time is one message; one that may have arrived already leaves again as it was, with nothing else in it.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use crate::{ChannelKind, NoticeKind, NotificationId, OrgId, escalation::Responder};

/// Messages under way at one time.
pub const AT_ONCE: usize = 512;

/// Messages under way at one time for one organisation.
pub const PER_ORGANIZATION: usize = AT_ONCE / 2;

/// Messages under way at one time by one kind of channel for one organisation.
pub const PER_BULKHEAD: usize = 32;

/// Messages under way at one time by Pushover for one organisation: it takes two connections of an application
/// (<https://pushover.net/api>, "Being Friendly to our API"), and most organisations have one.
pub const PER_PUSHOVER: usize = 2;

/// Messages under way at one time by one contact.
pub const PER_CONTACT: usize = 8;

/// A message that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// Which.
    pub id: NotificationId,
    /// Where it goes.
    pub place: Place,
    /// What it says.
    pub kind: NoticeKind,
    /// Whether it is of the first step of the first round.
    pub is_first: bool,
    /// When it was due.
    pub due_at: Timestamp,
    /// Where it may have arrived already, the message that it was in.
    pub inside: Option<NotificationId>,
}

/// Where a message goes, as far as bulkheads are concerned.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Whose it is.
    pub org: OrgId,
    /// Whom it is for.
    pub responder: Responder,
    /// By which contact.
    pub contact: String,
    /// What the contact is; `None` when it is no longer configured.
    pub channel: Option<ChannelKind>,
}

/// How many messages are under way in each bulkhead.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Busy {
    total: usize,
    of_org: BTreeMap<OrgId, usize>,
    of_kind: BTreeMap<(OrgId, Option<ChannelKind>), usize>,
    of_place: BTreeMap<Place, usize>,
}

impl Busy {
    /// Counts a message that leaves.
    pub fn enter(&mut self, place: &Place) {
        self.total += 1;
        *self.of_org.entry(place.org).or_default() += 1;
        *self.of_kind.entry((place.org, place.channel)).or_default() += 1;
        *self.of_place.entry(place.clone()).or_default() += 1;
    }

    /// Counts a message whose fate is known.
    pub fn leave(&mut self, place: &Place) {
        self.total -= 1;
        take_one(&mut self.of_org, &place.org);
        take_one(&mut self.of_kind, &(place.org, place.channel));
        take_one(&mut self.of_place, place);
    }

    fn has_room(&self, place: &Place) -> bool {
        let count = |count: Option<&usize>| count.copied().unwrap_or_default();
        count(self.of_place.get(place)) < PER_CONTACT
            && count(self.of_kind.get(&(place.org, place.channel))) < most_of_kind(place.channel)
            && count(self.of_org.get(&place.org)) < PER_ORGANIZATION
    }
}

fn most_of_kind(channel: Option<ChannelKind>) -> usize {
    if channel == Some(ChannelKind::Pushover) { PER_PUSHOVER } else { PER_BULKHEAD }
}

fn take_one<K: Ord>(counts: &mut BTreeMap<K, usize>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
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

/// Whether what follows a message changes the first one about the incident, so that the order in which they arrive matters.
#[must_use]
pub const fn edits(channel: Option<ChannelKind>) -> bool {
    match channel {
        Some(ChannelKind::Slack | ChannelKind::Discord | ChannelKind::Telegram | ChannelKind::Matrix) => true,
        Some(
            ChannelKind::Email
            | ChannelKind::Sms
            | ChannelKind::Voice
            | ChannelKind::WebPush
            | ChannelKind::Teams
            | ChannelKind::Mattermost
            | ChannelKind::GoogleChat
            | ChannelKind::Ntfy
            | ChannelKind::Gotify
            | ChannelKind::Pushover
            | ChannelKind::Webhook
            | ChannelKind::Pagerduty
            | ChannelKind::Opsgenie
            | ChannelKind::Alertmanager,
        )
        | None => false,
    }
}

/// Returns the messages that leave now, each as the places in `due` of what goes out together, the one that leads first.
#[must_use]
pub fn pick(due: &[Due], busy: &Busy) -> Vec<Vec<usize>> {
    let mut busy = busy.clone();
    let mut picked = Vec::new();
    for group in in_turn(due, grouped(due)) {
        let Some(lead) = group.first().and_then(|&place| due.get(place)) else { continue };
        if busy.total >= AT_ONCE {
            break;
        }
        if busy.has_room(&lead.place) {
            busy.enter(&lead.place);
            picked.push(group);
        }
    }
    picked
}

/// What is due for one contact at one time and says the same kind of thing, in order of urgency within each group; what may have
/// arrived already as it was.
fn grouped(due: &[Due]) -> Vec<Vec<usize>> {
    let mut places: Vec<usize> = (0..due.len()).collect();
    places.sort_by_key(|&place| (urgency(&due[place]), std::cmp::Reverse(due[place].due_at), place));
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut known: HashMap<(&Place, NoticeKind, Option<NotificationId>), usize> = HashMap::new();
    for place in places {
        let one = &due[place];
        let key = (&one.place, one.kind, one.inside);
        match known.get(&key).filter(|_| folds(one.place.responder, one.place.channel)) {
            Some(&group) => groups[group].push(place),
            None => {
                known.insert(key, groups.len());
                groups.push(vec![place]);
            }
        }
    }
    for group in &mut groups {
        // Whatever is more urgent now: the message keeps its id.
        if let Some(lead) = group.iter().position(|&place| due[place].inside == Some(due[place].id)) {
            group[..=lead].rotate_right(1);
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
            let urgency = group.iter().map(|&place| urgency(&due[place])).min().unwrap_or(u8::MAX);
            let turn = turns.entry((urgency, due[group[0]].place.org)).or_default();
            *turn += 1;
            ((urgency, *turn), group)
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
