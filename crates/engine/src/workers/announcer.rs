//! Tells subscribers: numbers what became news, hands it on to those who want it, and sends what they are owed.
//!
//! It shares nothing with pages but the machine: its rows are its own, its transactions wait in the bulk lane, its places
//! for sending are few. However many subscribers there are, a turn handles a bounded number of them, and after a crash the
//! next turn goes on at the same row. A message whose fate is unknown is sent again under the same id, and says so.

use std::{collections::HashMap, sync::Arc, time::Duration};

use domain::{
    NotificationId, ProviderId,
    change::Change,
    delivery::{Outcome, retry_in},
    provider::Provider,
    subscription::Target,
};
use formats::{
    channels::signed_post,
    messages::{
        Announcement, Confirmation, announcement_mail, announcement_webhook, confirmation_mail,
        confirmation_webhook,
    },
};
use futures_util::{StreamExt, stream};
use jiff::Timestamp;
use outbound::{BoxFuture, Mail};
use store::{
    Lane, Tx, announcements, providers,
    providers::Stored,
    subscribers::{self, News, RequestClaim, Subscriber},
};
use tracing::{info, warn};

use super::{Turn, Worker, lease_until, sending};
use crate::{
    announce,
    commands::{self, CONFIRM_WITHIN, DEBOUNCE},
    error::CommandError,
    seams::Bell,
    shell::Shell,
};

/// Sets numbered in one transaction.
const SETS: u32 = 256;

/// Transactions of handing on in one turn, so that sending is not held up by a long list.
const HANDS: usize = 4;

/// Messages claimed in one turn, of each kind.
const BATCH: u32 = 50;

/// Messages under way at the same time, apart from those of pages. A slow destination holds up one place, not the batch.
const AT_ONCE: usize = 50;

/// Longer than any send may take, so that a live worker is never overtaken.
const LEASE: Duration = Duration::from_secs(60);

/// Requests forgotten in one transaction.
const FORGOTTEN: u32 = 500;

/// Messages in a row that an address refuses for good before it is forgotten.
const MOST_REFUSALS: i64 = 3;

/// The worker that tells subscribers.
#[derive(Debug)]
pub struct Announcer;

impl Worker for Announcer {
    fn name(&self) -> &'static str {
        "announcer"
    }

    fn bell(&self) -> Bell {
        Bell::Announce
    }

    fn turn<'a>(&'a self, shell: &'a Shell) -> BoxFuture<'a, Result<Turn, CommandError>> {
        Box::pin(async move {
            let now = shell.clock.now();
            let mut owed = shell.read(move |tx| look(tx, now)).await?;
            let mut is_more = false;
            if owed.is_waiting {
                is_more |= hand_on(shell).await?;
                owed = shell.read(move |tx| look(tx, now)).await?;
            }
            if owed.is_expiring {
                let forget = |tx: &mut Tx<'_>, now| Ok(subscribers::delete_expired(tx, now, FORGOTTEN)?);
                is_more |= shell.write(Lane::Bulk, forget).await? >= u64::from(FORGOTTEN);
            }
            is_more |= send_links(shell, owed.links, now).await?;
            is_more |= send_news(shell, owed.news, now).await?;
            if is_more {
                return Ok(Turn::More);
            }
            let due = |tx: &mut Tx<'_>| {
                let (links, news) = (subscribers::requests_due(tx)?, subscribers::news_due(tx)?);
                Ok(links.into_iter().chain(news).min())
            };
            Ok(Turn::IdleUntil(shell.read(due).await?))
        })
    }
}

/// What there is to do; one look, so that a quiet turn writes nothing.
struct Owed {
    is_waiting: bool,
    is_expiring: bool,
    links: Option<Timestamp>,
    news: Option<Timestamp>,
}

fn look(tx: &mut Tx<'_>, now: Timestamp) -> Result<Owed, CommandError> {
    Ok(Owed {
        is_waiting: announcements::is_waiting(tx)?,
        is_expiring: subscribers::is_expiring(tx, now)?,
        links: subscribers::requests_due(tx)?,
        news: subscribers::news_due(tx)?,
    })
}

/// Numbers what became news and owes it to those who want it; returns whether there may be more.
async fn hand_on(shell: &Shell) -> Result<bool, CommandError> {
    if shell.write(Lane::Bulk, |tx, _| Ok(announcements::number(tx, SETS)?)).await? > 0 {
        shell.doorbell.ring(Bell::Report);
    }
    for _ in 0..HANDS {
        if !shell.write(Lane::Bulk, commands::hand_on).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Sends the links by which requests are confirmed; returns whether there may be more.
async fn send_links(shell: &Shell, due: Option<Timestamp>, now: Timestamp) -> Result<bool, CommandError> {
    if due.is_none_or(|due| due > now) {
        return Ok(false);
    }
    let claim =
        |tx: &mut Tx<'_>, now| Ok(subscribers::claim_requests(tx, now, lease_until(now, LEASE), BATCH)?);
    let claims = shell.write(Lane::Bulk, claim).await?;
    let is_full = claims.len() >= BATCH as usize;
    stream::iter(claims).for_each_concurrent(AT_ONCE, |claim| send_link(shell, claim)).await;
    Ok(is_full)
}

async fn send_link(shell: &Shell, claim: RequestClaim) {
    let outcome = match shell.catalog.get(claim.provider) {
        Some(provider) => ask(shell, &claim, &provider).await,
        None => Outcome::Refused { answer: "the provider is no longer in the catalog".to_owned() },
    };
    let jitter = shell.mint.jitter();
    let (id, kind) = (claim.id, claim.target.word());
    let settle = move |tx: &mut Tx<'_>, now: Timestamp| {
        let again = match &outcome {
            Outcome::TryAgain { after, .. } => again_at(now, claim.tries + 1, jitter, *after),
            Outcome::Accepted { .. } | Outcome::Refused { .. } => None,
        };
        match again.filter(|at| *at < claim.expires_at) {
            Some(at) => subscribers::try_request_again(tx, claim.id, claim.epoch, at)?,
            None => subscribers::settle_request(tx, claim.id, claim.epoch)?,
        }
        Ok(outcome.clone())
    };
    tell(id.to_string(), kind, shell.write(Lane::Bulk, settle).await);
}

async fn ask(shell: &Shell, claim: &RequestClaim, provider: &Provider) -> Outcome {
    let token = shell.key.confirm_token(claim.id);
    let question = Confirmation {
        id: claim.id.to_string(),
        provider: provider.slug.clone(),
        provider_name: provider.name.clone(),
        confirm_url: format!("{}/subscriptions/{token}/confirm", shell.identity.public_url),
        hours: CONFIRM_WITHIN.as_secs() / 3600,
    };
    match &claim.target {
        Target::Webhook(url) => {
            let secret = shell.key.webhook_secret(claim.id.0, "subscriber");
            let (id, body) = (claim.id.to_string(), confirmation_webhook(&question));
            sending::post(shell, signed_post(url, &id, &secret, body, shell.clock.now())).await
        }
        Target::Email(address) => {
            let letter = Letter { id: claim.id.to_string(), to: address, headers: Vec::new() };
            letter.send(shell, confirmation_mail(&question)).await
        }
    }
}

/// A message that is ready to leave.
struct Ready {
    news: News,
    subscriber: Subscriber,
    message: Announcement,
}

/// Sends what subscribers are owed; returns whether there may be more.
async fn send_news(shell: &Shell, due: Option<Timestamp>, now: Timestamp) -> Result<bool, CommandError> {
    if due.is_none_or(|due| due > now) {
        return Ok(false);
    }
    let of = shell.clone();
    let (claimed, ready) = shell.write(Lane::Bulk, move |tx, now| claim(tx, &of, now)).await?;
    stream::iter(ready).for_each_concurrent(AT_ONCE, |ready| deliver(shell, ready)).await;
    Ok(claimed >= BATCH as usize)
}

/// What many subscribers of one batch are told from.
#[derive(Default)]
struct Facts {
    stored: HashMap<ProviderId, Arc<Stored>>,
    changes: HashMap<(ProviderId, i64, i64), Arc<Vec<Change>>>,
}

/// Claims what is due, drops what its reader does not want, and writes the rest.
fn claim(tx: &mut Tx<'_>, shell: &Shell, now: Timestamp) -> Result<(usize, Vec<Ready>), CommandError> {
    let claims = subscribers::claim_news(tx, now, lease_until(now, LEASE), BATCH)?;
    let claimed = claims.len();
    let (mut facts, mut ready) = (Facts::default(), Vec::with_capacity(claimed));
    for news in claims {
        match write(tx, shell, &mut facts, news)? {
            Some(message) => ready.push(message),
            None => {
                subscribers::drop_news(tx, &news, now)?;
            }
        }
    }
    Ok((claimed, ready))
}

fn write(
    tx: &mut Tx<'_>,
    shell: &Shell,
    facts: &mut Facts,
    news: News,
) -> Result<Option<Ready>, CommandError> {
    let Some(subscriber) = subscribers::get(tx, news.subscriber)? else { return Ok(None) };
    let id = subscriber.provider;
    let Some(provider) = shell.catalog.get(id) else { return Ok(None) };
    let Some(stored) = facts.stored(tx, id)? else { return Ok(None) };
    let changes = facts.changes(tx, id, &news)?;
    let url = &shell.identity.public_url;
    let (items, more) = announce::items(&provider, &stored.knowledge, &changes, &subscriber.choice, url);
    if items.is_empty() {
        return Ok(None);
    }
    let message = Announcement {
        id: NotificationId::named(subscriber.id.0, &news.upto.to_string()).to_string(),
        provider: provider.slug.clone(),
        provider_name: provider.name.clone(),
        items,
        more,
        page_url: format!("{url}{}", provider.path()),
        manage_url: format!("{url}/subscriptions/{}", shell.key.subscription_token(subscriber.id)),
        possible_duplicate: news.may_have_arrived,
    };
    Ok(Some(Ready { news, subscriber, message }))
}

impl Facts {
    fn stored(&mut self, tx: &mut Tx<'_>, id: ProviderId) -> Result<Option<Arc<Stored>>, CommandError> {
        if let Some(stored) = self.stored.get(&id) {
            return Ok(Some(Arc::clone(stored)));
        }
        let stored = providers::get(tx, id)?.map(Arc::new);
        self.stored.extend(stored.iter().map(|stored| (id, Arc::clone(stored))));
        Ok(stored)
    }

    fn changes(
        &mut self,
        tx: &mut Tx<'_>,
        id: ProviderId,
        news: &News,
    ) -> Result<Arc<Vec<Change>>, CommandError> {
        let key = (id, news.from, news.upto);
        if let Some(changes) = self.changes.get(&key) {
            return Ok(Arc::clone(changes));
        }
        let changes = Arc::new(announcements::list_changes(tx, id, news.from, news.upto)?);
        self.changes.insert(key, Arc::clone(&changes));
        Ok(changes)
    }
}

/// Sends one message and settles the answer. Trouble with the ledger is left to the lease.
async fn deliver(shell: &Shell, ready: Ready) {
    let outcome = send(shell, &ready).await;
    let (jitter, news) = (shell.mint.jitter(), ready.news);
    let (id, kind) = (ready.message.id.clone(), ready.subscriber.target.word());
    let settle = move |tx: &mut Tx<'_>, now: Timestamp| {
        settle(tx, &news, &outcome, jitter, now)?;
        Ok(outcome.clone())
    };
    tell(id, kind, shell.write(Lane::Bulk, settle).await);
}

async fn send(shell: &Shell, ready: &Ready) -> Outcome {
    let message = &ready.message;
    match &ready.subscriber.target {
        Target::Webhook(url) => {
            let secret = shell.key.webhook_secret(ready.subscriber.id.0, "subscriber");
            let (id, body) = (message.id.clone(), announcement_webhook(message));
            sending::post(shell, signed_post(url, &id, &secret, body, shell.clock.now())).await
        }
        Target::Email(address) => {
            // RFC 8058: mail programs offer a button that sends this POST.
            let leave = format!("<{}/unsubscribe>", message.manage_url);
            let headers = vec![
                ("List-Unsubscribe".to_owned(), leave),
                ("List-Unsubscribe-Post".to_owned(), "List-Unsubscribe=One-Click".to_owned()),
            ];
            let letter = Letter { id: message.id.clone(), to: address, headers };
            letter.send(shell, announcement_mail(message)).await
        }
    }
}

fn settle(
    tx: &mut Tx<'_>,
    news: &News,
    outcome: &Outcome,
    jitter: f64,
    now: Timestamp,
) -> Result<(), CommandError> {
    let next = now.checked_add(DEBOUNCE).unwrap_or(Timestamp::MAX);
    match outcome {
        Outcome::Accepted { .. } => {
            subscribers::settle_told(tx, news, now, next)?;
        }
        Outcome::TryAgain { after, may_have_arrived, .. } => {
            match again_at(now, news.tries + 1, jitter, *after) {
                Some(at) => {
                    let may_have_arrived = *may_have_arrived || news.may_have_arrived;
                    subscribers::try_news_again(tx, news, at, may_have_arrived)?;
                }
                None => {
                    subscribers::drop_news(tx, news, next)?;
                }
            }
        }
        Outcome::Refused { .. } => {
            let is_ours = subscribers::drop_news(tx, news, next)?;
            if is_ours && subscribers::count_refusal(tx, news.subscriber)? >= MOST_REFUSALS {
                subscribers::delete(tx, news.subscriber)?;
            }
        }
    }
    Ok(())
}

fn again_at(now: Timestamp, tries: u32, jitter: f64, asked: Option<Duration>) -> Option<Timestamp> {
    retry_in(tries, jitter, asked).and_then(|wait| now.checked_add(wait).ok())
}

/// A mail to somebody outside.
struct Letter<'a> {
    id: String,
    to: &'a str,
    headers: Vec<(String, String)>,
}

impl Letter<'_> {
    async fn send(self, shell: &Shell, written: formats::messages::Mail) -> Outcome {
        let Some(from) = &shell.identity.mail_from else {
            // Our own lack, which the operator can mend: it counts against nobody's address.
            let answer = "no mail server is configured".to_owned();
            return Outcome::TryAgain { answer, after: None, may_have_arrived: false };
        };
        let message = Mail {
            id: self.id,
            from: from.clone(),
            to: self.to.to_owned(),
            subject: written.subject,
            text: written.text,
            html: Some(written.html),
            headers: self.headers,
            date: shell.clock.now(),
        };
        sending::mail(shell, message).await
    }
}

/// Logs what became of a message; never to whom it went.
fn tell(id: String, kind: &'static str, settled: Result<Outcome, CommandError>) {
    match settled {
        Ok(Outcome::Accepted { answer, .. }) => info!(message.id = id, kind, answer, "subscriber told"),
        Ok(Outcome::TryAgain { answer, .. } | Outcome::Refused { answer }) => {
            warn!(message.id = id, kind, answer, "subscriber not told");
        }
        Err(error) => {
            warn!(message.id = id, kind, %error, "answer could not be recorded; the message will be sent again")
        }
    }
}
