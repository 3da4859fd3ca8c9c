//! What leaves next: judged again, folded where it is for one contact, with its attempts on record.

use std::{
    collections::{BTreeSet, HashMap, hash_map::Entry},
    sync::Arc,
    time::Duration,
};

use domain::{
    AttemptId, ChannelKind, IncidentId, NotificationId, NotificationState, OrgId,
    delivery::{Busy, Due, Place, Verdict, edits, judge_again, pick},
    escalation::Responder,
    incident::Incident,
    setup::Setup,
};
use jiff::Timestamp;
use store::{
    Scope, Tx, attempts, incidents,
    notifications::{self, Claim, DueMessage, Notification, Settlement},
};

use super::{Part, Ready, settle::give_up, storm};
use crate::{
    commands::{self, Ground},
    compose::{Desk, Known, compose},
    error::CommandError,
    workers::lease_until,
};

/// Notifications looked at in one turn.
const MOST_DUE: u32 = 5_000;

/// Longer than any send may take, so that a live worker is never overtaken.
const LEASE: Duration = Duration::from_secs(45);

/// How soon a message that waits for another one in its thread is looked at again.
const THREAD_WAIT: Duration = Duration::from_millis(500);

/// A notification that is to leave, and what it is about.
pub(super) struct Kept {
    pub(super) owed: Notification,
    pub(super) incident: Incident,
    is_delayed: bool,
}

/// Messages that leave together.
#[derive(Clone, Debug)]
pub(super) struct Picked {
    place: Place,
    /// Where they may have arrived already, the message that they were in.
    inside: Option<NotificationId>,
    members: Vec<Notification>,
}

/// Looks for what is due and has room. Returns also when something is due next.
///
/// It only reads: with thousands due that takes long enough to hold up whoever writes.
pub(super) fn look(
    tx: &mut Tx<'_>,
    ground: &Ground,
    busy: &Busy,
    now: Timestamp,
) -> Result<(Vec<Picked>, Option<Timestamp>), CommandError> {
    let owed = notifications::list_due(tx, now, MOST_DUE)?;
    let mut setups: HashMap<OrgId, Option<Arc<Setup>>> = HashMap::new();
    let mut due = Vec::with_capacity(owed.len());
    let mut messages = Vec::with_capacity(owed.len());
    for message in owed {
        let setup = match setups.entry(message.org) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(ground.setups.readable(&mut Scope::new(tx, message.org))?),
        };
        if let Some(setup) = setup {
            due.push(describe(&message, setup));
            messages.push(message.notification);
        }
    }
    let member = |place: &usize| messages.get(*place).cloned();
    let picked = |group: Vec<usize>| {
        let lead = group.first().and_then(|&place| due.get(place))?;
        let members = group.iter().filter_map(member).collect();
        Some(Picked { place: lead.place.clone(), inside: lead.inside, members })
    };
    let picked = pick(&due, busy).into_iter().filter_map(picked).collect();
    Ok((picked, notifications::next_due(tx)?))
}

impl Picked {
    /// Whose messages they are.
    pub(super) fn org(&self) -> OrgId {
        self.place.org
    }

    /// Returns what is to leave together.
    pub(super) fn members(&self) -> impl Iterator<Item = NotificationId> {
        self.members.iter().map(|owed| owed.id)
    }
}

/// Has other ways follow the messages that should have been reported as arrived by now.
pub(super) fn take_unconfirmed(tx: &mut Tx<'_>, now: Timestamp) -> Result<(), CommandError> {
    for (org, unconfirmed) in notifications::take_unconfirmed(tx, now, MOST_DUE)? {
        commands::unconfirmed(&mut Scope::new(tx, org), &unconfirmed, now)?;
    }
    Ok(())
}

/// Claims what was picked, as far as nobody has taken it since, drops what is no longer wanted, and starts an attempt for the
/// rest.
pub(super) fn claim(
    tx: &mut Tx<'_>,
    ground: &Ground,
    desk: &Desk,
    node: &str,
    picked: &[Picked],
    now: Timestamp,
) -> Result<Vec<Ready>, CommandError> {
    let mut ready = Vec::new();
    let mut known = Known::default();
    for group in picked {
        let mut scope = Scope::new(tx, group.place.org);
        let (_, setup) = ground.setups.current(&mut scope)?;
        ready.extend(prepare(&mut scope, &setup, (desk, &mut known), node, now, group)?);
    }
    Ok(ready)
}

fn describe(message: &DueMessage, setup: &Setup) -> Due {
    let owed = &message.notification;
    let destination = match owed.responder {
        Responder::User(id) => {
            setup.user(id).and_then(|user| user.contact(&owed.contact)).map(|contact| &contact.destination)
        }
        Responder::Channel(id) => setup.channel(id).map(|channel| &channel.destination),
    };
    Due {
        id: owed.id,
        place: Place {
            org: message.org,
            responder: owed.responder,
            contact: owed.contact.clone(),
            channel: destination.map(|destination| destination.kind()),
        },
        kind: owed.kind,
        is_first: (owed.round, owed.step) == (1, 1),
        due_at: owed.due_at,
        inside: message.inside,
    }
}

fn prepare(
    scope: &mut Scope<'_>,
    setup: &Setup,
    (desk, known): (&Desk, &mut Known),
    node: &str,
    now: Timestamp,
    group: &Picked,
) -> Result<Option<Ready>, CommandError> {
    let mut kept = Vec::with_capacity(group.members.len());
    for owed in &group.members {
        kept.extend(keep(scope, setup, owed.clone(), now)?);
    }
    let Some(lead) = kept.first().map(|one| one.owed.clone()) else { return Ok(None) };
    let channel = group.place.channel;
    if group.inside.is_none()
        && (waits_for_its_thread(scope, &kept, channel, now)? || storm::holds(scope, &kept, channel, now)?)
    {
        return Ok(None);
    }
    let also = match group.inside {
        Some(message) => notifications::list_also_told(scope, message)?,
        None => storm::waiting(scope, &lead, channel, now)?,
    };
    let mut parts: Vec<(Part, Kept)> = Vec::with_capacity(kept.len());
    let mut may_be_there = false;
    for one in kept {
        let into = parts.first().map(|(lead, _)| lead.claim.notification.id);
        let lease = lease_until(now, LEASE);
        let Some(claim) = notifications::claim(scope, &one.owed, into, now, lease)? else {
            continue;
        };
        let (part, is_possible_duplicate) = start(scope, claim, node, now)?;
        may_be_there |= is_possible_duplicate;
        parts.push((part, one));
    }
    let is_delayed = parts.iter().any(|(_, one)| one.is_delayed);
    let mut parts = parts.into_iter();
    let Some((lead, first)) = parts.next() else { return Ok(None) };
    let (rest, others): (Vec<Part>, Vec<Kept>) = parts.unzip();
    let owed = &lead.claim.notification;
    let others = listed(scope, owed.id, &first.incident, others, &also)?;
    let also: Vec<&Incident> = others.iter().collect();
    let Some(mut message) = compose(scope, desk, known, setup, &first.incident, &also, owed)? else {
        for part in std::iter::once(&lead).chain(&rest) {
            let tries = part.claim.notification.tries;
            give_up(scope, &part.claim, tries, "its address is no longer in the configuration", now)?;
        }
        return Ok(None);
    };
    message.page.delayed = is_delayed;
    message.page.possible_duplicate = may_be_there;
    let is_reported = channel == Some(ChannelKind::Sms) && desk.is_called_back();
    Ok(Some(Ready { place: group.place.clone(), lead, rest, message, is_reported }))
}

/// The other incidents that a message tells of, each once: those that it is owed for, and `also` those of them that nobody has
/// answered, which is recorded.
fn listed(
    scope: &mut Scope<'_>,
    message: NotificationId,
    first: &Incident,
    owed: Vec<Kept>,
    also: &[(IncidentId, u32)],
) -> Result<Vec<Incident>, CommandError> {
    let mut known = BTreeSet::from([first.id]);
    let mut listed: Vec<Incident> = owed.into_iter().map(|one| one.incident).collect();
    listed.retain(|incident| known.insert(incident.id));
    let mut told = Vec::new();
    for &(id, generation) in also {
        if known.contains(&id) {
            continue;
        }
        let incident = incidents::get(scope, id)?;
        let stands = |it: &Incident| it.is_paging() && !it.is_calm() && it.generation == generation;
        if let Some(incident) = incident.filter(stands) {
            told.push((id, generation));
            listed.push(incident);
        }
    }
    notifications::tell_also(scope, message, &told)?;
    Ok(listed)
}

/// Judges a notification again; what is no longer wanted is superseded, and what has to wait for trouble to come back is put off.
fn keep(
    scope: &mut Scope<'_>,
    setup: &Setup,
    owed: Notification,
    now: Timestamp,
) -> Result<Option<Kept>, CommandError> {
    let Some(incident) = incidents::get(scope, owed.incident)? else {
        return Err(CommandError::NotFound(format!("incident {}", owed.incident)));
    };
    let verdict = judge_again(owed.kind, owed.generation, &incident, owed.due_at, now);
    if !matches!(verdict, Verdict::Drop(_)) && commands::held_while_calm(scope, &incident, &owed, now)? {
        return Ok(None);
    }
    let dropped = match verdict {
        Verdict::Drop(why) => Some(why.to_owned()),
        Verdict::Send | Verdict::SendDelayed => commands::silenced(scope, setup, &incident, &owed, now)?,
    };
    if dropped.is_some() {
        if let Some(claim) = notifications::claim(scope, &owed, None, now, now)? {
            let state = NotificationState::Superseded;
            // One that was being sent when its node died may have arrived: that was a try.
            let tries = owed.tries + u32::from(owed.state == NotificationState::Sending);
            let settlement = Settlement { state, next_try_at: None, tries, answer: dropped, at: now };
            notifications::settle(scope, owed.id, claim.epoch, &settlement)?;
        }
        return Ok(None);
    }
    let is_delayed = verdict == Verdict::SendDelayed;
    Ok(Some(Kept { owed, incident, is_delayed }))
}

/// Puts off a message that would change the first one about its incident while another one does: which of them arrived last would
/// be chance. What waits says how things stand when its turn comes.
fn waits_for_its_thread(
    scope: &mut Scope<'_>,
    kept: &[Kept],
    channel: Option<ChannelKind>,
    now: Timestamp,
) -> Result<bool, CommandError> {
    let Some(Kept { owed: lead, .. }) = kept.first() else { return Ok(false) };
    if !edits(channel) || !notifications::is_under_way(scope, lead, now)? {
        return Ok(false);
    }
    let until = now.checked_add(THREAD_WAIT).unwrap_or(Timestamp::MAX);
    for one in kept {
        notifications::put_off(
            scope,
            one.owed.id,
            until,
            "another message is on its way to the same thread",
        )?;
    }
    Ok(true)
}

/// Starts an attempt; says whether an earlier one may have arrived, which has the id of that one. A try without a result is the
/// same try again.
fn start(
    scope: &mut Scope<'_>,
    claim: Claim,
    node: &str,
    now: Timestamp,
) -> Result<(Part, bool), CommandError> {
    let id = claim.notification.id;
    let last = attempts::last(scope, id)?;
    let unknown = last.as_ref().filter(|attempt| attempt.outcome.is_none());
    let number = unknown
        .map_or_else(|| last.as_ref().map_or(1, |attempt| attempt.number + 1), |attempt| attempt.number);
    let there = last.as_ref().filter(|attempt| attempt.outcome.is_none() || attempt.may_have_arrived);
    let minted = there.map_or_else(|| AttemptId::named(id.0, &number.to_string()), |attempt| attempt.id);
    let attempt = attempts::start(scope, id, number, minted, node, now)?;
    Ok((Part { claim, number, attempt }, there.is_some()))
}
