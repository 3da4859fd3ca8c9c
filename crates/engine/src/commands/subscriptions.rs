//! Alerts for people outside, about providers and pages of ours: asking, confirming, leaving, and handing news on to those who
//! confirmed.
//!
//! Whoever asks learns nothing about anybody: the same is stored and the same is answered whether an address is known,
//! has had its share of links, or can't be reached at all.

use std::{sync::Arc, time::Duration};

use domain::{
    IncidentId, Language, MaintenanceId, ProviderId, StatusPageId, SubscriberId,
    setup::Setup,
    subscription::{Choice, Subject, Target, Thing, Topic},
};
use jiff::Timestamp;
use store::{
    Scope, Tx,
    announcements::{self, Announcement},
    organizations, providers, public_words,
    subscribers::{self, Request, Subscriber},
};
use uuid::Uuid;

use super::{Ground, MOST_ORGANIZATIONS};
use crate::{announce::page, error::CommandError, links::SigningKey};

/// How long a request can be confirmed.
pub(crate) const CONFIRM_WITHIN: Duration = Duration::from_secs(24 * 3600);

/// The time over which requests are counted.
const QUOTA_SPAN: Duration = Duration::from_secs(3600);

/// Links sent to one address in that time; further requests are taken and send nothing.
const PER_ADDRESS: i64 = 3;

/// Requests taken from one network in that time.
const PER_NETWORK: i64 = 20;

/// Requests taken in all in that time.
const IN_ALL: i64 = 1_000;

/// Subscribers of one provider or page.
pub(super) const PER_SUBJECT: i64 = 250_000;

/// Components that one choice names.
const COMPONENTS: usize = 200;

/// Subscribers looked at in one transaction: a page that is made at the same moment waits for no more than that.
const HANDED_ON: u32 = 100;

/// Words that pages get as news in one transaction.
const ROUTED: u32 = 50;

/// Sets looked at for one whose configuration can be read.
const MOST_WAITING: u32 = 1_000;

/// What is older is history when it is said, and no news: somebody writes down what happened.
const STALE: Duration = Duration::from_secs(24 * 3600);

/// How long a subscriber is left alone after a message; news that comes meanwhile is one message then.
pub(crate) const DEBOUNCE: Duration = Duration::from_secs(5 * 60);

/// What somebody asks for.
#[derive(Clone, Debug)]
pub struct Wish {
    /// About whom.
    pub subject: Subject,
    /// Where to.
    pub target: Target,
    /// What of it.
    pub choice: Choice,
    /// In which language.
    pub language: Language,
    /// What stands for the network it comes from.
    pub network: Vec<u8>,
}

/// Returns the configuration and the subject of the status page at `/status/{slug}`, where anybody may read it: who may not
/// can't ask to be told of it.
///
/// # Errors
/// When the ledger fails.
pub fn find_page(
    tx: &mut Tx<'_>,
    ground: &Ground,
    slug: &str,
) -> Result<Option<(Arc<Setup>, Subject)>, CommandError> {
    for organization in organizations::list(tx, MOST_ORGANIZATIONS)? {
        let Some(setup) = ground.setups.readable(&mut Scope::new(tx, organization.id))? else { continue };
        if let Some(page) =
            setup.status_pages.iter().find(|page| page.slug == slug && page.protection.is_none())
        {
            let subject = Subject::Page(organization.id, page.id);
            return Ok(Some((setup, subject)));
        }
    }
    Ok(None)
}

/// Returns the title of an incident or of work that a page shows, in a language; `None` where its readers may not see it.
///
/// # Errors
/// When the ledger fails.
pub fn find_thing(
    scope: &mut Scope<'_>,
    setup: &Setup,
    page: StatusPageId,
    id: Uuid,
    language: Language,
) -> Result<Option<String>, CommandError> {
    for thing in [Thing::Incident(IncidentId(id)), Thing::Maintenance(MaintenanceId(id))] {
        if page::shown_on(scope, setup, thing)?.contains(&page) {
            return Ok(page::title(scope, thing)?.map(|title| title.put(language).to_owned()));
        }
    }
    Ok(None)
}

/// Takes a request for alerts; the link to confirm it is owed in the same transaction.
///
/// # Errors
/// [`CommandError::Rejected`] when too much is asked from one network, or in all; when the ledger fails.
pub fn subscribe(tx: &mut Tx<'_>, now: Timestamp, id: SubscriberId, wish: &Wish) -> Result<(), CommandError> {
    let since = now.checked_sub(QUOTA_SPAN).unwrap_or(Timestamp::MIN);
    let asked = subscribers::count_asked(tx, &wish.target, &wish.network, since)?;
    let refused = |why: &str| Err(CommandError::Rejected(why.to_owned()));
    if asked.from_network >= PER_NETWORK {
        return refused("Too many requests came from your network within an hour. Try again later.");
    }
    if asked.in_all >= IN_ALL {
        return refused("Too many people ask for alerts at the moment. Try again later.");
    }
    let mut choice = wish.choice.clone();
    choice.components.truncate(COMPONENTS);
    let request = Request {
        id,
        subject: wish.subject,
        target: wish.target.clone(),
        choice,
        language: wish.language,
        network: wish.network.clone(),
        created_at: now,
        expires_at: now.checked_add(CONFIRM_WITHIN).unwrap_or(Timestamp::MAX),
    };
    subscribers::insert_request(tx, &request, asked.for_address >= PER_ADDRESS)?;
    Ok(())
}

/// Whether whoever has a subscription may know what it is about: of a protected page of ours only those whom its people added.
#[must_use]
pub fn is_open_to(setup: &Setup, of: Subject, is_added: bool) -> bool {
    page::page_for(setup, of, is_added).is_some()
}

/// Makes a subscriber of a request; `None` when it is too late for that, or the page is not for everybody any more.
///
/// # Errors
/// [`CommandError::Rejected`] when a subject has as many as it can have; when the ledger fails.
pub fn confirm(
    tx: &mut Tx<'_>,
    (ground, key): (&Ground, &SigningKey),
    now: Timestamp,
    id: SubscriberId,
) -> Result<Option<SubscriberId>, CommandError> {
    let Some(request) = subscribers::find_request(tx, id, now)? else { return Ok(None) };
    if let Subject::Page(org, _) = request.subject {
        let setup = ground.setups.readable(&mut Scope::new(tx, org))?;
        if !setup.is_some_and(|setup| is_open_to(&setup, request.subject, false)) {
            return Ok(None);
        }
    }
    if subscribers::count_of(tx, request.subject)? >= PER_SUBJECT {
        return Err(CommandError::Rejected("This page has as many subscribers as it can have.".to_owned()));
    }
    if let (Subject::Page(org, page), None) = (request.subject, request.choice.only) {
        // Whoever comes back by themselves has agreed anew.
        subscribers::forget_departure(tx, org, page, &key.departed(page, &request.target))?;
    }
    Ok(Some(subscribers::confirm(tx, &request, now)?))
}

/// Forgets a subscriber by their own wish. Of a page of ours it stays known that the address left, as a keyed hash, so that no
/// import brings it back. Whoever has left already has left.
///
/// # Errors
/// When the ledger fails.
pub fn leave(
    tx: &mut Tx<'_>,
    key: &SigningKey,
    now: Timestamp,
    id: SubscriberId,
) -> Result<(), CommandError> {
    let Some(subscriber) = subscribers::get(tx, id)? else { return Ok(()) };
    subscribers::delete(tx, id)?;
    if let (Subject::Page(org, page), None) = (subscriber.subject, subscriber.choice.only) {
        subscribers::push_departure(tx, org, page, &key.departed(page, &subscriber.target), now)?;
    }
    Ok(())
}

/// Makes news of what was said in public, for each page that shows it; returns whether there may be more.
///
/// # Errors
/// When the ledger fails.
pub(crate) fn route(tx: &mut Tx<'_>, ground: &Ground, now: Timestamp) -> Result<bool, CommandError> {
    let mut left = ROUTED;
    for org in public_words::list_waiting_orgs(tx, MOST_ORGANIZATIONS)? {
        let mut scope = Scope::new(tx, org);
        // What can't be read by this configuration waits for one by which it can.
        let Some(setup) = ground.setups.readable(&mut scope)? else { continue };
        for word in public_words::list_waiting(&mut scope, left)? {
            if word.at.checked_add(STALE).is_ok_and(|stale| now < stale) {
                for on in page::shown_on(&mut scope, &setup, word.thing)? {
                    announcements::owe_word(scope.tx(), on, &word)?;
                }
            }
            public_words::settle(scope.tx(), &word, now)?;
            left -= 1;
        }
        if left == 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Owes the oldest set of changes that waits to a number of subscribers; returns whether there may be more to do.
///
/// # Errors
/// When the ledger fails; then nobody was owed anything, and the next try begins at the same subscriber.
pub(crate) fn hand_on(tx: &mut Tx<'_>, ground: &Ground, now: Timestamp) -> Result<bool, CommandError> {
    let Some((set, cursor)) = next_set(tx, ground)? else { return Ok(false) };
    let Said { topics, is_urgent, is_protected } = match set.subject {
        Subject::Provider(id) => Said { topics: changed(tx, id, &set)?, ..Said::default() },
        Subject::Page(..) => said(tx, ground, &set)?,
    };
    let listed = if topics.is_empty() {
        Vec::new()
    } else {
        subscribers::list_of(tx, set.subject, cursor, HANDED_ON)?
    };
    for subscriber in &listed {
        if (subscriber.is_added || !is_protected) && wants(tx, subscriber, &topics)? {
            let rested = subscriber.told_at.filter(|_| !is_urgent);
            let rested = rested.and_then(|at| at.checked_add(DEBOUNCE).ok());
            let due = rested.map_or(now, |at| at.max(now));
            subscribers::owe_news(tx, subscriber.id, &set, due, is_urgent)?;
        }
    }
    match listed.last() {
        Some(last) if listed.len() >= HANDED_ON as usize => announcements::move_cursor(tx, &set, last.id)?,
        Some(_) | None => announcements::finish(tx, &set, now)?,
    }
    Ok(true)
}

/// The oldest set that waits and can be told of: what belongs to a configuration that can't be read is passed over until it can.
fn next_set(
    tx: &mut Tx<'_>,
    ground: &Ground,
) -> Result<Option<(Announcement, Option<SubscriberId>)>, CommandError> {
    for waiting in announcements::list_waiting(tx, MOST_WAITING)? {
        let is_readable = match waiting.0.subject {
            Subject::Provider(_) => true,
            Subject::Page(org, _) => ground.setups.readable(&mut Scope::new(tx, org))?.is_some(),
        };
        if is_readable {
            return Ok(Some(waiting));
        }
    }
    Ok(None)
}

/// What a set of changes of a provider is about.
fn changed(tx: &mut Tx<'_>, id: ProviderId, set: &Announcement) -> Result<Vec<Topic>, CommandError> {
    let changes = announcements::list_changes(tx, id, set.position - set.changes, set.position)?;
    let knowledge = providers::get(tx, id)?.map(|stored| stored.knowledge).unwrap_or_default();
    Ok(changes.iter().filter_map(|change| Topic::of(change, &knowledge)).collect())
}

/// What is told.
#[derive(Default)]
struct Said {
    topics: Vec<Topic>,
    is_urgent: bool,
    /// Whether it is for those alone whom people of the organisation have added.
    is_protected: bool,
}

/// What a word on a page of ours is about; nothing where readers may not see it any more.
fn said(tx: &mut Tx<'_>, ground: &Ground, set: &Announcement) -> Result<Said, CommandError> {
    let Subject::Page(org, id) = set.subject else { return Ok(Said::default()) };
    let Some(setup) = ground.setups.readable(&mut Scope::new(tx, org))? else {
        return Ok(Said::default());
    };
    let Some(shown) = page::page_of(&setup, set.subject) else { return Ok(Said::default()) };
    let words = public_words::list_on(tx, id, set.thing, (set.position - set.changes, set.position))?;
    let stories = page::stories(tx, &setup, shown, &words, "")?;
    let is_protected = shown.protection.is_some();
    let is_urgent = stories.iter().any(|story| story.is_urgent);
    let topics = stories.into_iter().map(|story| story.topic).collect();
    Ok(Said { topics, is_urgent, is_protected })
}

/// Whether a subscriber wants to be told of one of these, and is not told of it by another subscription of the same address.
fn wants(tx: &mut Tx<'_>, subscriber: &Subscriber, topics: &[Topic]) -> Result<bool, CommandError> {
    if !topics.iter().any(|topic| subscriber.choice.wants(topic)) {
        return Ok(false);
    }
    if subscriber.choice.only.is_none() {
        return Ok(true);
    }
    let whole = subscribers::find_whole(tx, subscriber.subject, &subscriber.target)?;
    Ok(!whole.is_some_and(|whole| topics.iter().any(|topic| whole.choice.wants(topic))))
}
