//! What the people of an organisation do about the subscribers of their pages: add those who agreed elsewhere, and remove.
//!
//! A list is checked as a whole before the first of it is added. Then it is added in parts, each a transaction that keeps nobody
//! waiting; an import that was broken off is repeated, and finds those it has added already. Whoever left a page, or was removed,
//! is not brought back by a list: a keyed hash of the address says so. They can only come back themselves.

use domain::{
    Language, StatusPageId, SubscriberId,
    setup::{Setup, StatusPage},
    subscription::{Subject, Target},
};
use formats::subscribers::{Line, List, read};
use jiff::Timestamp;
use store::{
    Scope,
    subscribers::{self, Added, Consent},
};

use super::{Ground, subscriptions::PER_SUBJECT, whom};
use crate::{error::CommandError, links::SigningKey};

/// Lines added in one transaction.
pub const IMPORTED_AT_ONCE: usize = 100;

/// The longest record of consent.
const CONSENT_CHARS: usize = 1_000;

/// What was added of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// New subscribers.
    pub added: u64,
    /// Addresses that subscribe already, or stand in the list twice; nothing of theirs was changed.
    pub known: u64,
    /// Addresses that left the page.
    pub departed: u64,
}

impl Imported {
    /// Adds what came of another part.
    pub const fn count(&mut self, part: Imported) {
        self.added += part.added;
        self.known += part.known;
        self.departed += part.departed;
    }
}

/// Returns the page with this slug.
///
/// # Errors
/// [`CommandError::Invalid`] without one.
pub fn named_page<'a>(setup: &'a Setup, slug: &str) -> Result<&'a StatusPage, CommandError> {
    let known = setup.status_pages.iter().map(|page| (page.slug.as_str(), page.id)).collect();
    let id = whom::find("page", "status page", slug, known)?;
    let found = setup.status_pages.iter().find(|page| page.id == id);
    found.ok_or_else(|| CommandError::NotFound(format!("status page {slug}")))
}

/// Returns the page with this slug, also one that is no longer configured and still has subscribers.
///
/// # Errors
/// [`CommandError::Invalid`] without one.
pub fn kept_page(scope: &mut Scope<'_>, setup: &Setup, slug: &str) -> Result<StatusPageId, CommandError> {
    let (org, once) = (scope.org(), StatusPageId::named(scope.org().0, slug));
    match named_page(setup, slug) {
        Err(_) if subscribers::count_of(scope.tx(), Subject::Page(org, once))? > 0 => Ok(once),
        found => Ok(found?.id),
    }
}

/// Reads a list for a page, with what is wrong with its lines.
///
/// # Errors
/// When there is no such page.
pub fn check_list(setup: &Setup, page: &str, csv: &[u8], now: Timestamp) -> Result<List, CommandError> {
    let page = named_page(setup, page)?;
    let services = page.groups.iter().flat_map(|group| &group.services);
    let services: Vec<&str> =
        services.filter_map(|id| setup.service(*id)).map(|service| service.slug.as_str()).collect();
    let languages: Vec<Language> =
        std::iter::once(page.language).chain(page.other_languages.iter().copied()).collect();
    Ok(read(csv, &services, &languages, now))
}

/// Returns the statement of a consent, or refuses one that says nothing.
///
/// # Errors
/// [`CommandError::Invalid`] for one that is empty or too long.
pub fn consent(statement: &str) -> Result<String, CommandError> {
    let statement = statement.trim();
    let reason = if statement.is_empty() {
        "say what people agreed to, when and where, such as \"newsletter form, 2026-01-05, shop.example\""
    } else if statement.chars().count() > CONSENT_CHARS {
        "a record of consent has at most 1000 characters"
    } else {
        return Ok(statement.to_owned());
    };
    Err(CommandError::Invalid { field: "consent", reason: reason.to_owned() })
}

/// Refuses a list that a page has no room for. Asked once, before anything is written: counting takes its time.
///
/// # Errors
/// When there is no such page, or no room.
pub fn check_room(
    scope: &mut Scope<'_>,
    ground: &Ground,
    page: &str,
    lines: usize,
) -> Result<(), CommandError> {
    let (_, setup) = ground.setups.current(scope)?;
    let subject = Subject::Page(scope.org(), named_page(&setup, page)?.id);
    let there = subscribers::count_of(scope.tx(), subject)?;
    if there.saturating_add(i64::try_from(lines).unwrap_or(i64::MAX)) > PER_SUBJECT {
        return Err(CommandError::Rejected(format!("a page has at most {PER_SUBJECT} subscribers")));
    }
    Ok(())
}

/// Adds a part of a list that was checked. Adding it again adds nobody twice.
///
/// # Errors
/// When there is no such page.
pub fn add_subscribers(
    scope: &mut Scope<'_>,
    (ground, key): (&Ground, &SigningKey),
    now: Timestamp,
    page: &str,
    record: &Consent,
    lines: &[Line],
) -> Result<Imported, CommandError> {
    let (_, setup) = ground.setups.current(scope)?;
    let page = named_page(&setup, page)?;
    let (org, subject) = (scope.org(), Subject::Page(scope.org(), page.id));
    subscribers::insert_consent(scope, record)?;
    let mut imported = Imported::default();
    for line in lines {
        let hash = key.departed(page.id, &line.target);
        if subscribers::has_departed(scope.tx(), org, page.id, &hash)? {
            imported.departed += 1;
            continue;
        }
        let name = format!("{}/{}", line.target.word(), line.target.key());
        let added = Added {
            id: SubscriberId::named(record.id, &name),
            subject,
            target: line.target.clone(),
            choice: line.choice.clone(),
            language: line.language.unwrap_or(page.language),
            confirmed_at: line.confirmed_at.unwrap_or(now),
            consent: record.id,
        };
        if subscribers::add(scope.tx(), &added)? {
            imported.added += 1;
        } else {
            imported.known += 1;
        }
    }
    Ok(imported)
}

/// Removes everything about an address from a page; returns how many subscriptions that were. That it was removed stays known as a
/// keyed hash, so that no list brings it back.
///
/// # Errors
/// When there is no such page.
pub fn remove_subscriber(
    scope: &mut Scope<'_>,
    (ground, key): (&Ground, &SigningKey),
    now: Timestamp,
    page: &str,
    target: &Target,
) -> Result<u64, CommandError> {
    let (_, setup) = ground.setups.current(scope)?;
    let page = kept_page(scope, &setup, page)?;
    remove_address(scope, key, now, page, target)
}

/// As [`remove_subscriber`], by the id of the page, whether or not it is configured.
///
/// # Errors
/// When the ledger fails.
pub fn remove_address(
    scope: &mut Scope<'_>,
    key: &SigningKey,
    now: Timestamp,
    page: StatusPageId,
    target: &Target,
) -> Result<u64, CommandError> {
    let org = scope.org();
    let gone = subscribers::delete_address(scope.tx(), Subject::Page(org, page), target)?;
    subscribers::push_departure(scope.tx(), org, page, &key.departed(page, target), now)?;
    Ok(gone)
}
