//! People's contacts: sending a code to one, taking it back, and keeping what destinations say.
//!
//! A code goes out as a notice of an incident of its own, which pages nobody and is over when it begins: so it takes the way
//! that a page takes, and its story is kept as a page's is.

use domain::{
    IncidentId, NoticeKind, Phase, Severity, UserId,
    contact::{CODE_VALID_FOR, Heard, MOST_CODE_TRIES},
    destination::Destination,
    escalation::Responder,
    incident::{Actor, Incident, Response},
    setup::{Contact, Publish, Setup, User},
};
use jiff::Timestamp;
use store::{
    Scope,
    contacts::{self, Code, Key},
    incidents,
    notifications::Notification,
};

use super::{Ground, log, notices, words};
use crate::{error::CommandError, links::SigningKey};

/// In the journal of an incident: it is the test of a contact.
const TESTED: &str = "contact_tested";

/// What came of a code that was given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verification {
    /// It is the one: the contact leads to the person.
    Verified,
    /// It is not, and so many more may be tried.
    Wrong {
        /// How many.
        left: u32,
    },
    /// No code is good at this time: none was sent, or it was too long ago.
    Void,
    /// Too many were tried; another can be sent from this instant on.
    Exhausted {
        /// When.
        until: Timestamp,
    },
}

/// Sends a code to a contact by the way that a page takes, and returns until when it is good. Sending again while a code is
/// good sends the same one, so that sending gives no further tries.
///
/// # Errors
/// When there is no such person or contact, when too many wrong codes were given, or when the ledger fails.
pub fn test_contact(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    (user, contact): (UserId, &str),
) -> Result<Timestamp, CommandError> {
    let (_, setup) = ground.setups.current(scope)?;
    let (user, contact) = find(&setup, user, contact)?;
    let place = place(user, contact);
    let good = contacts::find_code(scope, place)?.filter(|code| now < void_at(*code));
    let asked_at = match good {
        Some(code) if code.tries >= MOST_CODE_TRIES => {
            return Err(CommandError::Rejected(format!(
                "{MOST_CODE_TRIES} wrong codes were given for {} of {}: another can be sent from {} on",
                contact.id,
                user.email,
                void_at(code)
            )));
        }
        Some(code) => code.asked_at,
        None => {
            contacts::ask_code(scope, place, now)?;
            now
        }
    };
    let number = incidents::next_number(scope)?;
    let incident = Incident {
        id: IncidentId::named(scope.org().0, &number.to_string()),
        number,
        title: format!("Midwatch test of {} of {}", contact.id, user.email),
        titles: domain::public::Tongues::default(),
        severity: Severity::Info,
        response: Response::Resolved { by, at: now },
        phase: Phase::Resolved,
        opened_at: now,
        first_page_at: None,
        by_hand: domain::incident::ByHand::default(),
        generation: 0,
        publish: Publish::Never,
        causes: Vec::new(),
        assignee: None,
        services: Vec::new(),
    };
    incidents::insert(scope, &incident)?;
    log(scope, incident.id, now, TESTED, by, words::by(&setup, by))?;
    let whom = Responder::User(user.id);
    let reason = format!("test of {}; give the code back to verify it", contact.id);
    notices::owe(scope, &incident, NoticeKind::Notice, whom, contact.id.clone(), reason, now)?;
    Ok(void_at(Code { asked_at, tries: 0 }))
}

/// Returns what a message that carries a code says: the code stands in nothing else, so that whoever reads incidents does not read
/// it. `None` for any other message.
pub(crate) fn test_words(
    scope: &mut Scope<'_>,
    setup: &Setup,
    key: &SigningKey,
    incident: &Incident,
    message: &Notification,
) -> Result<Option<String>, CommandError> {
    let Responder::User(user) = message.responder else { return Ok(None) };
    if message.kind != NoticeKind::Notice || !incident.causes.is_empty() {
        return Ok(None);
    }
    let is_test = incidents::list_events(scope, incident.id)?.iter().any(|event| event.kind == TESTED);
    let user = setup.user(user).filter(|_| is_test);
    let Some((user, contact)) = user.and_then(|user| Some((user, user.contact(&message.contact)?))) else {
        return Ok(None);
    };
    let place = place(user, contact);
    Ok(contacts::find_code(scope, place)?.map(|code| {
        let code = key.contact_code(place, code.asked_at);
        format!("Midwatch test: the code for {} of {} is {code}", contact.id, user.email)
    }))
}

/// Takes a code back. A wrong one is counted, so this is no error and its transaction must be kept.
///
/// # Errors
/// When there is no such person or contact, or the ledger fails.
pub fn verify_contact(
    scope: &mut Scope<'_>,
    ground: &Ground,
    key: &SigningKey,
    now: Timestamp,
    (user, contact): (UserId, &str),
    code: &str,
) -> Result<Verification, CommandError> {
    let (_, setup) = ground.setups.current(scope)?;
    let (user, contact) = find(&setup, user, contact)?;
    let place = place(user, contact);
    let Some(asked) = contacts::find_code(scope, place)?.filter(|asked| now < void_at(*asked)) else {
        return Ok(Verification::Void);
    };
    if asked.tries >= MOST_CODE_TRIES {
        return Ok(Verification::Exhausted { until: void_at(asked) });
    }
    if key.is_contact_code(place, asked.asked_at, code) {
        contacts::set_verified(scope, place, now)?;
        return Ok(Verification::Verified);
    }
    contacts::count_try(scope, place)?;
    Ok(match MOST_CODE_TRIES.saturating_sub(asked.tries + 1) {
        0 => Verification::Exhausted { until: void_at(asked) },
        left => Verification::Wrong { left },
    })
}

/// Keeps what was heard of a message to a contact that led to `destination` when it was sent.
///
/// # Errors
/// When the ledger fails.
pub fn record_result(
    scope: &mut Scope<'_>,
    user: UserId,
    (contact, destination): (&str, &Destination),
    heard: Heard,
    answer: &str,
    now: Timestamp,
) -> Result<(), CommandError> {
    let place = Key { user, contact, fingerprint: destination.fingerprint() };
    Ok(contacts::record(scope, place, heard, answer, now)?)
}

/// Keeps that a message has reached its person: they answered it, or the vendor says so.
///
/// # Errors
/// When the ledger fails.
pub(super) fn confirm(
    scope: &mut Scope<'_>,
    ground: &Ground,
    message: &Notification,
    how: &str,
    now: Timestamp,
) -> Result<(), CommandError> {
    let Responder::User(user) = message.responder else { return Ok(()) };
    let (_, setup) = ground.setups.current(scope)?;
    let contact = setup.user(user).and_then(|user| user.contact(&message.contact));
    match contact {
        Some(contact) => {
            let sent_by = (contact.id.as_str(), &contact.destination);
            record_result(scope, user, sent_by, Heard::Confirmed, how, now)
        }
        None => Ok(()),
    }
}

fn find<'a>(setup: &'a Setup, user: UserId, contact: &str) -> Result<(&'a User, &'a Contact), CommandError> {
    let user = setup.user(user).ok_or_else(|| CommandError::NotFound(format!("user {user}")))?;
    let found = user.contact(contact).ok_or_else(|| {
        let known: Vec<_> = user.contacts.iter().map(|contact| contact.id.as_str()).collect();
        let known = known.join(", ");
        CommandError::NotFound(format!("contact {contact} of {} (there are: {known})", user.email))
    })?;
    Ok((user, found))
}

fn place<'a>(user: &User, contact: &'a Contact) -> Key<'a> {
    Key { user: user.id, contact: &contact.id, fingerprint: contact.destination.fingerprint() }
}

/// When a code is good no more.
fn void_at(code: Code) -> Timestamp {
    code.asked_at.checked_add(CODE_VALID_FOR).unwrap_or(Timestamp::MAX)
}
