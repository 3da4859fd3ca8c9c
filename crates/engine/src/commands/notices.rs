//! Messages owed besides pages: word of an acknowledgement, of the end, and that nobody answered. And what follows when a
//! page can't be delivered.

use domain::{
    ChannelKind, NoticeKind, NotificationId, NotificationState,
    delivery::FAILING_TRIES,
    escalation::Responder,
    incident::{Actor, Incident},
    setup::{Contact, Setup, User},
};
use jiff::Timestamp;
use store::{
    Scope,
    notifications::{self, Notification},
    timers,
};

use super::log;
use crate::error::CommandError;

/// More messages than an incident has.
const MOST_MESSAGES: u32 = 10_000;

/// Returns the id of a notification, which follows from what it is: a repeat is the same one.
pub(super) fn id(
    incident: &Incident,
    kind: NoticeKind,
    (round, step): (u32, u32),
    responder: Responder,
    contact: &str,
) -> NotificationId {
    let whom = match responder {
        Responder::User(id) => id.0,
        Responder::Channel(id) => id.0,
    };
    let name = format!("{}/{kind}/{round}/{step}/{whom}/{contact}", incident.generation);
    NotificationId::named(incident.id.0, &name)
}

/// Stops what paging still owes for an incident.
pub(super) fn stop_paging(
    scope: &mut Scope<'_>,
    incident: &Incident,
    why: &str,
    now: Timestamp,
) -> Result<(), CommandError> {
    timers::cancel(scope, incident.id)?;
    notifications::release(scope, incident.id, now)?;
    let kinds = [NoticeKind::Page, NoticeKind::Unanswered];
    notifications::supersede_pending(scope, incident.id, &kinds, incident.generation, why, now)?;
    Ok(())
}

/// Owes word of an answer, of a new holder or of the end to everyone who was paged, again where the answer is another now; to whoever did it only where their own
/// device would ring on without it, and not of a new holder to those who are paged by it.
pub(super) fn tell_the_paged(
    scope: &mut Scope<'_>,
    setup: &Setup,
    incident: &Incident,
    kind: NoticeKind,
    except: Option<domain::UserId>,
    now: Timestamp,
) -> Result<(), CommandError> {
    let called = if kind == NoticeKind::Reassigned { called(scope, incident)? } else { Vec::new() };
    let is_told = |(responder, contact): &(Responder, String)| {
        kind != NoticeKind::Reassigned
            || !(called.contains(responder) || has_people_of_its_own(setup, *responder, contact))
    };
    let mut paged: Vec<(Responder, String)> = notifications::list_paged(scope, incident.id)?
        .into_iter()
        .filter(is_told)
        .map(|(responder, contact)| (responder, quietly(setup, responder, contact)))
        .collect();
    paged.sort_unstable();
    paged.dedup();
    let number = if kind == NoticeKind::Acknowledged { next_number(scope, incident, kind)? } else { 0 };
    for (responder, contact) in paged {
        let is_theirs = except.map(Responder::User) == Some(responder);
        if !is_theirs || rings_on(setup, responder, &contact) {
            let why = "was paged for this".to_owned();
            owe_numbered(scope, incident, (kind, number), responder, contact, why, now)?;
        }
    }
    Ok(())
}

/// How often word of a kind has been owed in the present generation: an answer may be given more than once.
fn next_number(scope: &mut Scope<'_>, incident: &Incident, kind: NoticeKind) -> Result<u32, CommandError> {
    let owed = notifications::list(scope, incident.id, MOST_MESSAGES)?;
    let of_kind = owed.iter().filter(|owed| (owed.kind, owed.generation) == (kind, incident.generation));
    Ok(of_kind.map(|owed| owed.step + 1).max().unwrap_or_default())
}

/// Who is paged for the incident in its present generation.
pub(super) fn called(scope: &mut Scope<'_>, incident: &Incident) -> Result<Vec<Responder>, CommandError> {
    let owed = notifications::list(scope, incident.id, MOST_MESSAGES)?;
    let is_called =
        |owed: &&Notification| owed.kind == NoticeKind::Page && owed.generation == incident.generation;
    Ok(owed.iter().filter(is_called).map(|owed| owed.responder).collect())
}

/// Whether it is a pager itself, to which ours mean nothing.
fn has_people_of_its_own(setup: &Setup, responder: Responder, contact: &str) -> bool {
    let destination = match responder {
        Responder::User(id) => {
            setup.user(id).and_then(|user| user.contact(contact)).map(|contact| &contact.destination)
        }
        Responder::Channel(id) => setup.channel(id).map(|channel| &channel.destination),
    };
    let pagers = [ChannelKind::Pagerduty, ChannelKind::Opsgenie, ChannelKind::Alertmanager];
    destination.is_some_and(|destination| pagers.contains(&destination.kind()))
}

/// The contact by which somebody is told what need not wake them: in the place of a call, a way that does not ring, if there
/// is one that can be used.
pub(super) fn quietly(setup: &Setup, responder: Responder, contact: String) -> String {
    let Responder::User(id) = responder else { return contact };
    match setup.user(id) {
        Some(user) => quiet_way(user, contact),
        None => contact,
    }
}

fn quiet_way(user: &User, contact: String) -> String {
    let is_call = |contact: &Contact| contact.destination.kind() == ChannelKind::Voice;
    if !user.contact(&contact).is_some_and(is_call) {
        return contact;
    }
    user.contacts
        .iter()
        .find(|other| !is_call(other) && other.is_usable())
        .map_or(contact, |other| other.id.clone())
}

/// Whether a page by this contact rings until it is told to stop.
fn rings_on(setup: &Setup, responder: Responder, contact: &str) -> bool {
    let Responder::User(id) = responder else { return false };
    let contact = setup.user(id).and_then(|user| user.contact(contact));
    contact.is_some_and(|contact| contact.destination.kind() == ChannelKind::Pushover)
}

/// The contacts of somebody who must hear of it: those that can be used; all, where none can, so that it shows.
fn every_way(user: &User) -> Vec<&Contact> {
    let usable: Vec<&Contact> = user.contacts.iter().filter(|contact| contact.is_usable()).collect();
    if usable.is_empty() { user.contacts.iter().collect() } else { usable }
}

/// Tells those who are left, by every way there is, that paging has come to its end without an answer.
pub(super) fn tell_unanswered(
    scope: &mut Scope<'_>,
    setup: &Setup,
    incident: &Incident,
    why: &str,
    now: Timestamp,
) -> Result<(), CommandError> {
    for user in setup.last_resort() {
        for contact in every_way(user) {
            let reason = format!("{}: {why}", user.role);
            owe(
                scope,
                incident,
                NoticeKind::Unanswered,
                Responder::User(user.id),
                contact.id.clone(),
                reason,
                now,
            )?;
        }
    }
    Ok(())
}

/// Tells the owners, by every way there is, something about Midwatch itself.
pub(super) fn tell_owners(
    scope: &mut Scope<'_>,
    setup: &Setup,
    incident: &Incident,
    kind: NoticeKind,
    now: Timestamp,
) -> Result<(), CommandError> {
    for user in setup.last_resort() {
        for contact in every_way(user) {
            let (whom, reason) = (Responder::User(user.id), format!("{} of this installation", user.role));
            owe(scope, incident, kind, whom, contact.id.clone(), reason, now)?;
        }
    }
    Ok(())
}

/// A message has been given up: for a page, the person's next contact or, without one, the policy's next step follows at
/// once instead of waiting for its time.
///
/// # Errors
/// When the ledger fails.
pub fn undelivered(
    scope: &mut Scope<'_>,
    notification: &Notification,
    answer: &str,
    now: Timestamp,
) -> Result<(), CommandError> {
    let detail = format!("{} by {} was given up: {answer}", notification.kind, notification.contact);
    log(scope, notification.incident, now, "undelivered", Actor::Machine, detail)?;
    if notification.kind == NoticeKind::Page {
        next_way(scope, notification, now)?;
    }
    Ok(())
}

/// Makes the step after that of a page due now.
fn pull_next(scope: &mut Scope<'_>, page: &Notification, now: Timestamp) -> Result<u64, CommandError> {
    Ok(timers::pull_next(scope, page.incident, page.generation, page.place(), now)?)
}

/// No word came in time that a message which its carrier accepted has arrived: for each page that was in it the person's next
/// contact follows at once; without one, and where nobody else was reached, the policy's next step.
///
/// # Errors
/// When the ledger fails.
pub fn unconfirmed(
    scope: &mut Scope<'_>,
    message: &Notification,
    now: Timestamp,
) -> Result<(), CommandError> {
    for page in notifications::list_inside(scope, message.id)? {
        if page.kind == NoticeKind::Page && next_way(scope, &page, now)? {
            let detail = format!("page by {} is not confirmed: the next way is tried at once", page.contact);
            log(scope, page.incident, now, "unconfirmed", Actor::Machine, detail)?;
        }
    }
    Ok(())
}

/// Has the person's next contact follow a page at once or, without one and where nobody else was reached, the policy's next step.
/// Returns whether anything follows.
fn next_way(scope: &mut Scope<'_>, page: &Notification, now: Timestamp) -> Result<bool, CommandError> {
    Ok(notifications::pull_forward(scope, page, now)?
        || (!notifications::is_reached(scope, page, now)? && pull_next(scope, page, now)? > 0))
}

/// A page could not be handed over at this try, the `tries`-th: the person's next contact follows at once, and when the page
/// keeps failing and they have no other, so does the policy's next step. The tries go on.
///
/// # Errors
/// When the ledger fails.
pub fn failing(
    scope: &mut Scope<'_>,
    notification: &Notification,
    tries: u32,
    now: Timestamp,
) -> Result<(), CommandError> {
    if notification.kind != NoticeKind::Page || (tries != 1 && tries != FAILING_TRIES) {
        return Ok(());
    }
    let detail = format!("page by {} fails: the next way is tried at once", notification.contact);
    let has_next = match tries {
        FAILING_TRIES => next_way(scope, notification, now)?,
        _ => notifications::pull_forward(scope, notification, now)?,
    };
    if has_next {
        log(scope, notification.incident, now, "failing", Actor::Machine, detail)?;
    }
    Ok(())
}

/// Owes a message that is no page.
pub(super) fn owe(
    scope: &mut Scope<'_>,
    incident: &Incident,
    kind: NoticeKind,
    responder: Responder,
    contact: String,
    reason: String,
    now: Timestamp,
) -> Result<(), CommandError> {
    owe_numbered(scope, incident, (kind, 0), responder, contact, reason, now)
}

fn owe_numbered(
    scope: &mut Scope<'_>,
    incident: &Incident,
    (kind, number): (NoticeKind, u32),
    responder: Responder,
    contact: String,
    reason: String,
    now: Timestamp,
) -> Result<(), CommandError> {
    let notice = Notification {
        id: id(incident, kind, (0, number), responder, &contact),
        incident: incident.id,
        generation: incident.generation,
        kind,
        round: 0,
        step: number,
        responder,
        contact,
        reason,
        due_at: now,
        state: NotificationState::Pending,
        tries: 0,
        next_try_at: Some(now),
        settled_at: None,
        answer: None,
    };
    notifications::insert_if_absent(scope, &notice)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use domain::{
        Role,
        setup::{Destination, Secret},
    };
    use jiff::tz::TimeZone;
    use uuid::Uuid;

    use super::*;

    fn contact(id: &str, destination: Destination) -> Contact {
        Contact { id: id.to_owned(), destination, unusable: None }
    }

    /// Somebody with a call, a hook and mail, some of which can't be used.
    fn ana(unusable: &[&str]) -> User {
        let hook = Destination::Webhook { url: Secret::new("https://x.test"), secret: None, template: None };
        let mut contacts = vec![
            contact("call", Destination::Voice { number: "+393331234567".to_owned() }),
            contact("hook", hook),
            contact("mail", Destination::Email { address: "ana@acme.test".to_owned() }),
        ];
        for one in contacts.iter_mut().filter(|one| unusable.contains(&one.id.as_str())) {
            one.unusable = Some("no way".to_owned());
        }
        User {
            id: domain::UserId(Uuid::from_u128(1)),
            email: "ana@acme.test".to_owned(),
            name: "Ana".to_owned(),
            role: Role::Owner,
            time_zone: TimeZone::UTC,
            contacts,
            ladder: Vec::new(),
            ladder_low: Vec::new(),
            quiet: Vec::new(),
        }
    }

    #[test]
    fn word_that_need_not_ring_goes_by_a_way_that_can_be_used() {
        let by = |unusable: &[&str]| quiet_way(&ana(unusable), "call".to_owned());
        assert_eq!(by(&[]), "hook");
        assert_eq!(by(&["hook"]), "mail");
        assert_eq!(by(&["hook", "mail"]), "call", "rather a call than nothing");
    }

    #[test]
    fn the_last_resort_is_told_by_every_way_that_can_be_used() {
        let by = |unusable: &[&str]| {
            let user = ana(unusable);
            every_way(&user).iter().map(|contact| contact.id.clone()).collect::<Vec<_>>()
        };
        assert_eq!(by(&["hook"]), ["call", "mail"]);
        assert_eq!(
            by(&["call", "hook", "mail"]),
            ["call", "hook", "mail"],
            "it shows that none of them works"
        );
    }
}
