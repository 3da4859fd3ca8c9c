//! What leaves next: judged again, folded where it is for one contact, with its attempts on record.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
    time::Duration,
};

use domain::{
    AttemptId, ChannelKind, NoticeKind, NotificationState, OrgId,
    delivery::{Busy, Due, STORM_WINDOW, Sent, Verdict, folds, held_until, judge_again, pick},
    escalation::Responder,
    incident::Incident,
    setup::Setup,
};
use jiff::Timestamp;
use store::{
    Scope, Tx, attempts, incidents,
    notifications::{self, Claim, Notification, Settlement},
};
use tracing::error;

use super::{Part, Ready, settle::give_up};
use crate::{
    commands::{self, Ground},
    compose::{Desk, compose},
    error::CommandError,
    workers::lease_until,
};

/// Notifications looked at in one turn.
const MOST_DUE: u32 = 5_000;

/// Longer than any send may take, so that a live worker is never overtaken.
const LEASE: Duration = Duration::from_secs(45);

/// A notification that is to leave, and what it is about.
struct Kept {
    owed: Notification,
    incident: Incident,
    is_delayed: bool,
}

/// Messages that leave together.
#[derive(Clone, Debug)]
pub(super) struct Picked {
    org: OrgId,
    channel: Option<ChannelKind>,
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
    for (org, notification) in owed {
        let setup = match setups.entry(org) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(readable(tx, ground, org)?),
        };
        if let Some(setup) = setup {
            due.push(describe(org, &notification, setup));
            messages.push(notification);
        }
    }
    let member = |place: &usize| messages.get(*place).cloned();
    let picked = |group: Vec<usize>| {
        let lead = group.first().and_then(|&place| due.get(place))?;
        let members = group.iter().filter_map(member).collect();
        Some(Picked { org: lead.org, channel: lead.channel, members })
    };
    let picked = pick(&due, busy).into_iter().filter_map(picked).collect();
    Ok((picked, notifications::next_due(tx)?))
}

/// The configuration of an organisation; `None` where it can't be read, which must not hold up the others.
fn readable(tx: &mut Tx<'_>, ground: &Ground, org: OrgId) -> Result<Option<Arc<Setup>>, CommandError> {
    match ground.setups.current(&mut Scope::new(tx, org)) {
        Ok((_, setup)) => Ok(Some(setup)),
        Err(error @ (CommandError::Rejected(_) | CommandError::NotFound(_))) => {
            error!(organization.id = %org, %error, "the messages of an organisation can't be sent");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Claims what was picked, as far as nobody has taken it since, drops what is no longer wanted, and starts an attempt for the
/// rest. Returns also when something is due next.
pub(super) fn claim(
    tx: &mut Tx<'_>,
    ground: &Ground,
    desk: &Desk,
    node: &str,
    picked: &[Picked],
    now: Timestamp,
) -> Result<(Vec<Ready>, Option<Timestamp>), CommandError> {
    for (org, unconfirmed) in notifications::take_unconfirmed(tx, now, MOST_DUE)? {
        commands::unconfirmed(&mut Scope::new(tx, org), &unconfirmed, now)?;
    }
    let mut ready = Vec::new();
    for Picked { org, channel, members } in picked {
        let mut scope = Scope::new(tx, *org);
        ready.extend(prepare(&mut scope, ground, desk, node, now, members.clone(), *channel)?);
    }
    Ok((ready, notifications::next_due(tx)?))
}

fn describe(org: OrgId, owed: &Notification, setup: &Setup) -> Due {
    let destination = match owed.responder {
        Responder::User(id) => {
            setup.user(id).and_then(|user| user.contact(&owed.contact)).map(|contact| &contact.destination)
        }
        Responder::Channel(id) => setup.channel(id).map(|channel| &channel.destination),
    };
    Due {
        org,
        kind: owed.kind,
        is_first: (owed.round, owed.step) == (1, 1),
        responder: owed.responder,
        contact: owed.contact.clone(),
        channel: destination.map(|destination| destination.kind()),
        due_at: owed.due_at,
    }
}

fn prepare(
    scope: &mut Scope<'_>,
    ground: &Ground,
    desk: &Desk,
    node: &str,
    now: Timestamp,
    members: Vec<Notification>,
    channel: Option<ChannelKind>,
) -> Result<Option<Ready>, CommandError> {
    let mut kept = Vec::with_capacity(members.len());
    for owed in members {
        kept.extend(keep(scope, owed, now)?);
    }
    if put_off_in_a_storm(scope, &kept, channel, now)? {
        return Ok(None);
    }
    let (_, setup) = ground.setups.current(scope)?;
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
    let mut parts = parts.into_iter();
    let Some((lead, first)) = parts.next() else { return Ok(None) };
    let (rest, others): (Vec<Part>, Vec<Kept>) = parts.unzip();
    let also: Vec<&Incident> = others.iter().map(|one| &one.incident).collect();
    let Some(mut message) = compose(scope, desk, &setup, &first.incident, &also, &lead.claim.notification)?
    else {
        for part in std::iter::once(&lead).chain(&rest) {
            let tries = part.claim.notification.tries;
            give_up(scope, &part.claim, tries, "its address is no longer in the configuration", now)?;
        }
        return Ok(None);
    };
    message.page.delayed = first.is_delayed || others.iter().any(|one| one.is_delayed);
    message.page.possible_duplicate = may_be_there;
    let is_reported = channel == Some(ChannelKind::Sms) && desk.is_called_back();
    Ok(Some(Ready { lead, rest, message, is_reported }))
}

/// Judges a notification again; what is no longer wanted is superseded.
fn keep(scope: &mut Scope<'_>, owed: Notification, now: Timestamp) -> Result<Option<Kept>, CommandError> {
    let Some(incident) = incidents::get(scope, owed.incident)? else {
        return Err(CommandError::NotFound(format!("incident {}", owed.incident)));
    };
    let verdict = judge_again(owed.kind, owed.generation, &incident, owed.due_at, now);
    if let Verdict::Drop(why) = verdict {
        if let Some(claim) = notifications::claim(scope, &owed, None, now, now)? {
            let (state, answer) = (NotificationState::Superseded, Some(why.to_owned()));
            // One that was being sent when its node died may have arrived: that was a try.
            let tries = owed.tries + u32::from(owed.state == NotificationState::Sending);
            let settlement = Settlement { state, next_try_at: None, tries, answer, at: now };
            notifications::settle(scope, owed.id, claim.epoch, &settlement)?;
        }
        return Ok(None);
    }
    Ok(Some(Kept { owed, incident, is_delayed: verdict == Verdict::SendDelayed }))
}

/// Puts off messages for somebody who has had their share of the kind, of pages as long as nobody answered. What may have left
/// already is not put off.
fn put_off_in_a_storm(
    scope: &mut Scope<'_>,
    kept: &[Kept],
    channel: Option<ChannelKind>,
    now: Timestamp,
) -> Result<bool, CommandError> {
    let Some(Kept { owed: first, .. }) = kept.first() else { return Ok(false) };
    let is_begun = kept.iter().any(|one| one.owed.state == NotificationState::Sending || one.owed.tries > 0);
    // What brings a room up to date wakes nobody.
    let is_quiet = first.kind != NoticeKind::Page && matches!(first.responder, Responder::Channel(_));
    if first.kind == NoticeKind::Notice || is_quiet || is_begun || !folds(first.responder, channel) {
        return Ok(false);
    }
    let since = now.checked_sub(STORM_WINDOW).unwrap_or(Timestamp::MIN);
    let sent: Vec<Sent> = notifications::list_sent(scope, first, since, now)?;
    let incidents: Vec<_> = kept.iter().map(|one| one.owed.incident).collect();
    let Some(until) = held_until(&incidents, &sent, now) else { return Ok(false) };
    for one in kept {
        let why = "held: there are many at once, this one goes out with the others";
        notifications::put_off(scope, one.owed.id, until, why)?;
    }
    Ok(true)
}

/// Starts an attempt; says whether an earlier one may have arrived. A try without a result is the same try again.
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
    let may_be_there = unknown.is_some() || last.as_ref().is_some_and(|attempt| attempt.may_have_arrived);
    let minted = AttemptId::named(id.0, &number.to_string());
    let attempt = attempts::start(scope, id, number, minted, node, now)?;
    Ok((Part { claim, number, attempt }, may_be_there))
}
