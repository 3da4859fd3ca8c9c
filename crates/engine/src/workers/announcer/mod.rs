//! Tells subscribers: makes news of what was said and of what changed, hands it on to those who want it, and sends what they
//! are owed.
//!
//! It shares nothing with pages but the machine: its rows are its own, its transactions are short and wait in the bulk lane,
//! its places for sending are few. However many subscribers there are, a turn handles a bounded number of them, and after a
//! crash the next turn goes on at the same row. A message whose fate is unknown is sent again under the same id, and says so.

mod compose;
mod links;
mod news;

use std::time::Duration;

use domain::delivery::{Outcome, retry_in};
use jiff::Timestamp;
use outbound::{BoxFuture, Mail};
use store::{Lane, Tx, announcements, public_words, subscribers};
use tracing::{info, warn};

use super::{Turn, Worker, sending};
use crate::{commands, error::CommandError, seams::Bell, shell::Shell};

/// Sets numbered in one transaction.
const SETS: u32 = 256;

/// Transactions of handing on in one turn, so that sending is not held up by a long list.
const HANDS: usize = 16;

/// Messages under way at the same time, apart from those of pages. A slow destination holds up one place, not the others.
const AT_ONCE: usize = 50;

/// Longer than any send may take, so that a live worker is never overtaken.
const LEASE: Duration = Duration::from_secs(60);

/// When what belongs to a configuration that can't be read is looked at again.
const UNREADABLE: Duration = Duration::from_secs(5 * 60);

/// Requests forgotten in one transaction.
const FORGOTTEN: u32 = 500;

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
            if is_due(owed.links, now) {
                is_more |= links::send(shell).await?;
            }
            if is_due(owed.news, now) {
                is_more |= news::send(shell).await?;
            }
            if is_more {
                return Ok(Turn::More);
            }
            let due = move |tx: &mut Tx<'_>| {
                let owed = look(tx, now)?;
                let again = now.checked_add(UNREADABLE).ok().filter(|_| owed.is_waiting);
                Ok(owed.links.into_iter().chain(owed.news).chain(again).min())
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
        is_waiting: public_words::is_waiting(tx)? || announcements::is_waiting(tx)?,
        is_expiring: subscribers::is_expiring(tx, now)?,
        links: subscribers::requests_due(tx)?,
        news: subscribers::news_due(tx)?,
    })
}

fn is_due(due: Option<Timestamp>, now: Timestamp) -> bool {
    due.is_some_and(|due| due <= now)
}

/// Makes news of what was said, numbers it, and owes it to those who want it; returns whether there may be more.
async fn hand_on(shell: &Shell) -> Result<bool, CommandError> {
    let ground = shell.ground();
    let is_more = shell.write(Lane::Bulk, move |tx, now| commands::route(tx, &ground, now)).await?;
    if shell.write(Lane::Bulk, |tx, _| Ok(announcements::number(tx, SETS)?)).await? > 0 {
        shell.doorbell.ring(Bell::Report);
    }
    for _ in 0..HANDS {
        let ground = shell.ground();
        if !shell.write(Lane::Bulk, move |tx, now| commands::hand_on(tx, &ground, now)).await? {
            return Ok(is_more);
        }
    }
    Ok(true)
}

fn again_at(now: Timestamp, tries: u32, jitter: f64, asked: Option<Duration>) -> Option<Timestamp> {
    retry_in(tries, jitter, asked).and_then(|wait| now.checked_add(wait).ok())
}

/// A mail to somebody outside.
struct Letter<'a> {
    id: String,
    to: &'a str,
    subject: String,
    text: String,
    html: String,
    headers: Vec<(String, String)>,
}

impl Letter<'_> {
    async fn send(self, shell: &Shell) -> Outcome {
        let Some(from) = &shell.identity.mail_from else {
            // Our own lack, which the operator can mend: it counts against nobody's address.
            let answer = "no mail server is configured".to_owned();
            return Outcome::TryAgain { answer, after: None, may_have_arrived: false };
        };
        let message = Mail {
            id: self.id,
            from: from.clone(),
            to: self.to.to_owned(),
            subject: self.subject,
            text: self.text,
            html: Some(self.html),
            headers: self.headers,
            date: shell.clock.now(),
        };
        sending::mail(shell, message).await
    }
}

/// Logs what became of a message; never to whom it went.
fn tell(id: &str, kind: &'static str, outcome: &Outcome) {
    match outcome {
        Outcome::Accepted { answer, .. } => info!(message.id = id, kind, answer, "subscriber told"),
        Outcome::TryAgain { answer, .. } | Outcome::Refused { answer } => {
            warn!(message.id = id, kind, answer, "subscriber not told");
        }
    }
}
