//! People who answer: they acknowledge an incident some time after its first page reached them.

use std::{collections::HashSet, time::Duration};

use anyhow::Result;
use domain::{NoticeKind, NotificationState, OrgId, UserId, incident::Actor, setup::Setup};
use engine::{CommandError, Shell, commands};
use jiff::Timestamp;
use store::{Lane, Scope, incidents};

use super::event::{Event, What};

/// Somebody who answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// Who.
    pub(crate) user: UserId,
    /// How long after the first page of an incident that reaches them.
    pub(crate) after: Duration,
}

/// The answers that are under way.
pub(super) struct Answers {
    /// Each with the address that pages of the person show.
    people: Vec<(String, Answer)>,
    heard: HashSet<(UserId, i64)>,
    due: Vec<(Timestamp, UserId, i64)>,
}

impl Answers {
    pub(super) fn new(setup: &Setup, answers: Vec<Answer>) -> Self {
        let person = |answer: Answer| Some((setup.user(answer.user)?.email.clone(), answer));
        Self {
            people: answers.into_iter().filter_map(person).collect(),
            heard: HashSet::new(),
            due: Vec::new(),
        }
    }

    /// Takes in the pages that arrived.
    pub(super) fn hear(&mut self, news: &[Event]) {
        for event in news {
            let What::Message(message) = &event.what else { continue };
            let arrived = matches!(message.state, NotificationState::Sent | NotificationState::Delivered);
            if message.kind != NoticeKind::Page || !arrived {
                continue;
            }
            for (email, answer) in self.people.iter().filter(|(email, _)| *email == message.to) {
                if self.heard.insert((answer.user, message.incident)) {
                    let at = event.at.checked_add(answer.after).unwrap_or(Timestamp::MAX);
                    tracing::debug!(%email, incident.number = message.incident, %at, "an answer is under way");
                    self.due.push((at, answer.user, message.incident));
                }
            }
        }
        self.due.sort_unstable();
    }

    /// Returns when the next answer comes.
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.due.first().map(|(at, ..)| *at)
    }

    /// Gives the answers that are due; returns whether there were any.
    ///
    /// # Errors
    /// When the ledger fails.
    pub(super) async fn give(&mut self, shell: &Shell, org: OrgId) -> Result<bool> {
        let now = shell.clock.now();
        let due: Vec<_> = self.due.iter().copied().take_while(|(at, ..)| *at <= now).collect();
        self.due.drain(..due.len());
        for &(_, user, number) in &due {
            let ground = shell.ground();
            let acknowledge = move |tx: &mut store::Tx<'_>, now| {
                let mut scope = Scope::new(tx, org);
                let Some(incident) = incidents::find_by_number(&mut scope, number)? else { return Ok(()) };
                match commands::acknowledge(&mut scope, &ground, now, Actor::User(user), incident.id) {
                    // It was over by then, and there is nothing left to take.
                    Ok(_) | Err(CommandError::Rejected(_)) => Ok(()),
                    Err(error) => Err(error),
                }
            };
            shell.write(Lane::Paging, acknowledge).await?;
        }
        Ok(!due.is_empty())
    }
}
