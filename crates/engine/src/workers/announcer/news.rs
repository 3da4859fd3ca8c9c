//! Sends what subscribers are owed.
//!
//! Up to [`AT_ONCE`] messages are under way; as places become free more is claimed, and what was answered together is settled
//! together. So a destination that is slow holds up its own place, and the ledger is written once for many answers.

use domain::{delivery::Outcome, subscription::Target};
use formats::{
    channels::{Call, signed_post},
    messages::{announcement_mail, announcement_webhook, page_slack, page_webhook},
};
use futures_util::{FutureExt, StreamExt, stream::FuturesUnordered};
use jiff::Timestamp;
use store::{
    Lane, Tx,
    subscribers::{self, News},
};
use tracing::warn;

use super::{
    AT_ONCE, LEASE, Letter, UNREADABLE, again_at,
    compose::{Facts, Message, Parts, Ready, Written, headers, page_news, write},
    tell,
};
use crate::{
    commands::DEBOUNCE,
    error::CommandError,
    shell::Shell,
    workers::{lease_until, sending},
};

/// Messages claimed in one turn.
const MOST: usize = 2_000;

/// Places that have to be free before more is claimed: fewer and larger transactions.
const ROOM: usize = AT_ONCE / 2;

/// Messages in a row that an address refuses for good before it is forgotten.
const MOST_REFUSALS: i64 = 3;

/// An answer that is to be settled.
#[derive(Clone)]
struct Answered {
    news: News,
    outcome: Outcome,
    jitter: f64,
}

/// Sends what is due; returns whether there may be more.
pub(super) async fn send(shell: &Shell) -> Result<bool, CommandError> {
    let mut under_way = FuturesUnordered::new();
    let (mut claimed_in_all, mut is_dry) = (0, false);
    loop {
        let room = AT_ONCE - under_way.len();
        if room >= ROOM && !is_dry && claimed_in_all < MOST {
            let of = shell.clone();
            let limit = u32::try_from(room).unwrap_or(u32::MAX);
            let (claimed, ready) = shell.write(Lane::Bulk, move |tx, now| claim(tx, &of, now, limit)).await?;
            is_dry = claimed < room;
            claimed_in_all += claimed;
            under_way.extend(ready.into_iter().map(|ready| deliver(shell, ready)));
        }
        let Some(first) = under_way.next().await else {
            if is_dry || claimed_in_all >= MOST {
                return Ok(!is_dry);
            }
            continue;
        };
        let mut answered = vec![first];
        while let Some(Some(next)) = under_way.next().now_or_never() {
            answered.push(next);
        }
        settle_all(shell, answered).await;
    }
}

/// Claims what is due, drops what its reader does not want, and writes the rest.
fn claim(
    tx: &mut Tx<'_>,
    shell: &Shell,
    now: Timestamp,
    limit: u32,
) -> Result<(usize, Vec<Ready>), CommandError> {
    let claims = subscribers::claim_news(tx, now, lease_until(now, LEASE), limit)?;
    let (claimed, ground) = (claims.len(), shell.ground());
    let (mut facts, mut ready) = (Facts::default(), Vec::with_capacity(claimed));
    for news in claims {
        match write(tx, (shell, &ground), &mut facts, news)? {
            Written::Ready(message) => ready.push(*message),
            Written::Nothing => {
                subscribers::drop_news(tx, &news, now, now)?;
            }
            Written::Later => {
                let later = now.checked_add(UNREADABLE).unwrap_or(Timestamp::MAX);
                subscribers::try_news_again(tx, &news, later, news.may_have_arrived)?;
            }
        }
    }
    Ok((claimed, ready))
}

async fn deliver(shell: &Shell, ready: Ready) -> Answered {
    let outcome = hand_over(shell, &ready).await;
    tell(&ready.id, ready.subscriber.target.word(), &outcome);
    Answered { news: ready.news, outcome, jitter: shell.mint.jitter() }
}

async fn hand_over(shell: &Shell, ready: &Ready) -> Outcome {
    let (id, target) = (&ready.id, &ready.subscriber.target);
    match (target, &ready.message) {
        (Target::Email(to), message) => letter(shell, ready, message, to).send(shell).await,
        (Target::Webhook(url), Message::Provider(of)) => {
            post(shell, ready, url, announcement_webhook(of)).await
        }
        (Target::Webhook(url), Message::Page(of, reader)) => {
            post(shell, ready, url, page_webhook(&page_news(id, of, reader, ("", "")))).await
        }
        (Target::Slack(url), Message::Page(of, reader)) => {
            let [headline, manage] = render::news_lines(of, reader);
            let body = page_slack(&page_news(id, of, reader, (&headline, &manage)));
            sending::post(shell, Ok(Call::json(url, &body))).await
        }
        (Target::Slack(_), Message::Provider(_)) => {
            Outcome::Refused { answer: "providers are not told to Slack".to_owned() }
        }
    }
}

async fn post(shell: &Shell, ready: &Ready, url: &str, body: String) -> Outcome {
    let secret = shell.key.webhook_secret(ready.subscriber.id.0, "subscriber");
    sending::post(shell, signed_post(url, &ready.id, &secret, body, shell.clock.now())).await
}

fn letter<'a>(shell: &Shell, ready: &Ready, message: &Message, to: &'a str) -> Letter<'a> {
    let host = host(&shell.identity.public_url);
    let (parts, manage_url, list, thread) = match message {
        Message::Provider(of) => {
            let formats::messages::Mail { subject, text, html } = announcement_mail(of);
            let list = format!("{}.directory.{host}", of.provider);
            (Parts { subject, text, html }, &of.manage_url, list, None)
        }
        Message::Page(of, reader) => {
            let thread = format!("{}.{}@{host}", ready.subscriber.id, ready.news.thing);
            let list = format!("{}.status.{host}", of.page);
            (render::news_mail(of, reader), &reader.manage_url, list, Some(thread))
        }
    };
    Letter {
        id: ready.id.clone(),
        to,
        subject: parts.subject,
        text: parts.text,
        html: parts.html,
        headers: headers(manage_url, &list, thread.as_deref()),
    }
}

/// The host in an address of ours.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', ':']).next().unwrap_or(rest)
}

/// Settles what was answered. Trouble with the ledger is left to the lease.
async fn settle_all(shell: &Shell, answered: Vec<Answered>) {
    let count = answered.len();
    let settle_each = move |tx: &mut Tx<'_>, now: Timestamp| {
        answered.iter().try_for_each(|answered| settle(tx, answered, now))
    };
    if let Err(error) = shell.write(Lane::Bulk, settle_each).await {
        warn!(count, %error, "answers could not be recorded; the messages will be sent again");
    }
}

fn settle(tx: &mut Tx<'_>, answered: &Answered, now: Timestamp) -> Result<(), CommandError> {
    let Answered { news, outcome, jitter } = answered;
    let next = now.checked_add(DEBOUNCE).unwrap_or(Timestamp::MAX);
    match outcome {
        Outcome::Accepted { .. } => {
            subscribers::settle_told(tx, news, now, next)?;
        }
        Outcome::TryAgain { after, may_have_arrived, .. } => {
            match again_at(now, news.tries + 1, *jitter, *after) {
                Some(at) => {
                    let may_have_arrived = *may_have_arrived || news.may_have_arrived;
                    subscribers::try_news_again(tx, news, at, may_have_arrived)?;
                }
                None => {
                    subscribers::drop_news(tx, news, now, next)?;
                }
            }
        }
        Outcome::Refused { .. } => {
            let is_ours = subscribers::drop_news(tx, news, now, next)?;
            if is_ours && subscribers::count_refusal(tx, news.subscriber)? >= MOST_REFUSALS {
                subscribers::delete(tx, news.subscriber)?;
            }
        }
    }
    Ok(())
}
