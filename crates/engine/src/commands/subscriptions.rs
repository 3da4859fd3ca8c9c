//! Alerts for people outside: asking, confirming, and handing news on to those who confirmed.
//!
//! Whoever asks learns nothing about anybody: the same is stored and the same is answered whether an address is known,
//! has had its share of links, or can't be reached at all.

use std::time::Duration;

use domain::{
    ProviderId, SubscriberId,
    subscription::{Choice, Target, Topic},
};
use jiff::Timestamp;
use store::{
    Tx, announcements, providers,
    subscribers::{self, Request},
};

use crate::error::CommandError;

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

/// Subscribers of one provider.
const PER_PROVIDER: i64 = 250_000;

/// Components that one choice names.
const COMPONENTS: usize = 200;

/// Subscribers looked at in one transaction.
const HANDED_ON: u32 = 500;

/// How long a subscriber is left alone after a message; news that comes meanwhile is one message then.
pub(crate) const DEBOUNCE: Duration = Duration::from_secs(5 * 60);

/// What somebody asks for.
#[derive(Clone, Debug)]
pub struct Wish {
    /// About whom.
    pub provider: ProviderId,
    /// Where to.
    pub target: Target,
    /// What of it.
    pub choice: Choice,
    /// What stands for the network it comes from.
    pub network: Vec<u8>,
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
        provider: wish.provider,
        target: wish.target.clone(),
        choice,
        network: wish.network.clone(),
        created_at: now,
        expires_at: now.checked_add(CONFIRM_WITHIN).unwrap_or(Timestamp::MAX),
    };
    subscribers::insert_request(tx, &request, asked.for_address >= PER_ADDRESS)?;
    Ok(())
}

/// Makes a subscriber of a request; `None` when it is too late for that.
///
/// # Errors
/// [`CommandError::Rejected`] when a provider has as many as it can have; when the ledger fails.
pub fn confirm(
    tx: &mut Tx<'_>,
    now: Timestamp,
    id: SubscriberId,
) -> Result<Option<SubscriberId>, CommandError> {
    let Some(request) = subscribers::find_request(tx, id, now)? else { return Ok(None) };
    if subscribers::count_of(tx, request.provider)? >= PER_PROVIDER {
        return Err(CommandError::Rejected(
            "This provider has as many subscribers as it can have.".to_owned(),
        ));
    }
    Ok(Some(subscribers::confirm(tx, &request, now)?))
}

/// Owes the oldest set of changes that waits to a number of subscribers; returns whether there may be more to do.
///
/// # Errors
/// When the ledger fails; then nobody was owed anything, and the next try begins at the same subscriber.
pub(crate) fn hand_on(tx: &mut Tx<'_>, now: Timestamp) -> Result<bool, CommandError> {
    let Some((set, cursor)) = announcements::find_waiting(tx)? else { return Ok(false) };
    let before = set.position - set.changes;
    let changes = announcements::list_changes(tx, set.provider, before, set.position)?;
    let knowledge = providers::get(tx, set.provider)?.map(|stored| stored.knowledge).unwrap_or_default();
    let topics: Vec<Topic> = changes.iter().filter_map(|change| Topic::of(change, &knowledge)).collect();
    let listed = if topics.is_empty() {
        Vec::new()
    } else {
        subscribers::list_of(tx, set.provider, cursor, HANDED_ON)?
    };
    for subscriber in &listed {
        if topics.iter().any(|topic| subscriber.choice.wants(topic)) {
            let rested = subscriber.told_at.and_then(|at| at.checked_add(DEBOUNCE).ok());
            let due = rested.map_or(now, |at| at.max(now));
            subscribers::owe_news(tx, subscriber.id, (before, set.position), due)?;
        }
    }
    match listed.last() {
        Some(last) if listed.len() >= HANDED_ON as usize => announcements::move_cursor(tx, &set, last.id)?,
        Some(_) | None => announcements::finish(tx, &set, now)?,
    }
    Ok(true)
}
