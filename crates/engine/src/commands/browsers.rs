//! Browsers that a person allowed to be paged: contacts that they add and remove by themselves.

use domain::{
    AmendmentId, UserId,
    amendment::{Amendment, Change},
    incident::Actor,
    setup::Contact,
};
use formats::channels;
use jiff::Timestamp;
use store::{
    Scope, amendments,
    contacts::{self, Key},
};

use super::{Ground, amend};
use crate::{error::CommandError, setups::amendments as payloads};

/// Most browsers of one person.
pub const MOST_BROWSERS: usize = 10;

/// The longest name of a browser that is kept, in characters.
const NAME_CHARS: usize = 60;

/// What a browser handed out, and what the person calls it.
#[derive(Clone, Debug)]
pub struct NewBrowser {
    /// The push service's address for it.
    pub endpoint: String,
    /// Its public key.
    pub p256dh: String,
    /// Its shared secret.
    pub auth: String,
    /// Such as `Chrome on Android`.
    pub name: String,
}

/// A browser that is paged.
#[derive(Clone, Debug)]
pub struct Browser {
    /// Identity.
    pub id: AmendmentId,
    /// The contact that it is.
    pub contact: Contact,
    /// What the person calls it.
    pub name: String,
    /// Since when.
    pub added_at: Timestamp,
}

/// Adds a browser to a person's contacts. It counts as verified: whoever holds the person's link holds it. The same browser
/// again changes nothing.
///
/// # Errors
/// When there is no such person, they have too many, or what the browser handed out can't be used.
pub fn add_browser(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    id: AmendmentId,
    user: UserId,
    wanted: &NewBrowser,
) -> Result<Browser, CommandError> {
    let (_, setup) = ground.setups.current(scope)?;
    let person = setup.user(user).ok_or_else(|| CommandError::NotFound(format!("user {user}")))?;
    let destination = channels::web_push(&wanted.endpoint, &wanted.p256dh, &wanted.auth)
        .map_err(|wrong| CommandError::Rejected(wrong.to_string()))?;
    let known = list_browsers(scope, user)?;
    let same = |browser: &Browser| browser.contact.destination.url() == destination.url();
    if let Some(browser) = known.iter().find(|browser| same(browser)) {
        return Ok(browser.clone());
    }
    if known.len() >= MOST_BROWSERS {
        return Err(CommandError::Rejected(format!(
            "you have {MOST_BROWSERS} browsers already; remove one that you no longer use"
        )));
    }
    let free = (1..).map(|n| format!("browser-{n}")).find(|id| person.contact(id).is_none());
    let contact = Contact { id: free.unwrap_or_default(), destination, unusable: None };
    let name: String = wanted.name.chars().filter(|c| !c.is_control()).take(NAME_CHARS).collect();
    let change = Change::Contact { user, contact: contact.clone(), name: name.clone() };
    let made_by = Actor::User(user);
    amend::add(scope, Amendment { id, change, made_at: now, made_by, withdrawn: None })?;
    let place = Key { user, contact: &contact.id, fingerprint: contact.destination.fingerprint() };
    contacts::ask_code(scope, place, now)?;
    contacts::set_verified(scope, place, now)?;
    Ok(Browser { id, contact, name, added_at: now })
}

/// Removes a browser of a person. Removing it again changes nothing.
///
/// # Errors
/// When the person has no such browser.
pub fn remove_browser(
    scope: &mut Scope<'_>,
    now: Timestamp,
    user: UserId,
    id: AmendmentId,
) -> Result<(), CommandError> {
    let held = amendments::get(scope, id)?.as_ref().and_then(payloads::read);
    let is_theirs =
        |of: &Amendment| matches!(&of.change, Change::Contact { user: held, .. } if *held == user);
    let held = held.filter(is_theirs).ok_or_else(|| CommandError::NotFound(format!("browser {id}")))?;
    amend::withdraw(scope, now, Actor::User(user), held)?;
    Ok(())
}

/// Returns the browsers of a person, in the order in which they were added.
///
/// # Errors
/// When the ledger fails.
pub fn list_browsers(scope: &mut Scope<'_>, user: UserId) -> Result<Vec<Browser>, CommandError> {
    let standing = amendments::list_standing(scope)?;
    let browser = |amendment: Amendment| match amendment.change {
        Change::Contact { user: held, contact, name } if held == user => {
            Some(Browser { id: amendment.id, contact, name, added_at: amendment.made_at })
        }
        Change::Contact { .. } | Change::Override { .. } | Change::Silence(_) | Change::Lock(_) => None,
    };
    Ok(standing.iter().filter_map(payloads::read).filter_map(browser).collect())
}
