//! The links by which requests are confirmed.

use domain::{
    delivery::Outcome,
    provider::Provider,
    setup::Setup,
    subscription::{Subject, Target},
};
use formats::{
    channels::{Call, signed_post},
    messages::{
        Confirmation, confirmation_mail, confirmation_webhook, page_question_slack, page_question_webhook,
    },
};
use futures_util::{StreamExt, stream};
use jiff::Timestamp;
use render::view::QuestionView;
use store::{
    Lane, Scope, Tx,
    subscribers::{self, RequestClaim},
};
use tracing::warn;

use super::{AT_ONCE, LEASE, Letter, again_at, tell};
use crate::{
    announce::page,
    commands::CONFIRM_WITHIN,
    error::CommandError,
    shell::Shell,
    workers::{lease_until, sending},
};

/// Links claimed in one turn.
const BATCH: u32 = 50;

/// Sends links that are due; returns whether there may be more.
pub(super) async fn send(shell: &Shell) -> Result<bool, CommandError> {
    let claim =
        |tx: &mut Tx<'_>, now| Ok(subscribers::claim_requests(tx, now, lease_until(now, LEASE), BATCH)?);
    let claims = shell.write(Lane::Bulk, claim).await?;
    let is_full = claims.len() >= BATCH as usize;
    stream::iter(claims).for_each_concurrent(AT_ONCE, |claim| send_link(shell, claim)).await;
    Ok(is_full)
}

async fn send_link(shell: &Shell, claim: RequestClaim) {
    let outcome = match written(shell, &claim).await {
        Ok(Some(ready)) => ready.send(shell, &claim).await,
        Ok(None) => Outcome::Refused { answer: "what it is about is no longer there".to_owned() },
        Err(error) => {
            let (answer, after) = (error.to_string(), None);
            Outcome::TryAgain { answer, after, may_have_arrived: false }
        }
    };
    let (jitter, id) = (shell.mint.jitter(), claim.id.to_string());
    tell(&id, claim.target.word(), &outcome);
    let settle = move |tx: &mut Tx<'_>, now: Timestamp| {
        let again = match &outcome {
            Outcome::TryAgain { after, .. } => again_at(now, claim.tries + 1, jitter, *after),
            Outcome::Accepted { .. } | Outcome::Refused { .. } => None,
        };
        match again.filter(|at| *at < claim.expires_at) {
            Some(at) => subscribers::try_request_again(tx, claim.id, claim.epoch, at)?,
            None => subscribers::settle_request(tx, claim.id, claim.epoch)?,
        }
        Ok(())
    };
    if let Err(error) = shell.write(Lane::Bulk, settle).await {
        warn!(message.id = id, %error, "answer could not be recorded; the link will be sent again");
    }
}

/// A question that is ready to leave.
enum Ready {
    Mail { subject: String, text: String, html: String },
    Post(String),
    Slack(Box<Call>),
}

impl Ready {
    async fn send(self, shell: &Shell, claim: &RequestClaim) -> Outcome {
        let (id, to) = (claim.id.to_string(), claim.target.address());
        match self {
            Ready::Mail { subject, text, html } => {
                Letter { id, to, subject, text, html, headers: Vec::new() }.send(shell).await
            }
            Ready::Post(body) => {
                let secret = shell.key.webhook_secret(claim.id.0, "subscriber");
                sending::post(shell, signed_post(to, &id, &secret, body, shell.clock.now())).await
            }
            Ready::Slack(call) => sending::post(shell, Ok(*call)).await,
        }
    }
}

/// Writes the question; nothing where what it is about is gone.
async fn written(shell: &Shell, claim: &RequestClaim) -> Result<Option<Ready>, CommandError> {
    let token = shell.key.confirm_token(claim.id);
    let confirm_url = format!("{}/subscriptions/{token}/confirm", shell.identity.public_url);
    match claim.subject {
        Subject::Provider(id) => {
            let provider = shell.catalog.get(id);
            Ok(provider.and_then(|provider| of_provider(claim, &provider, confirm_url)))
        }
        Subject::Page(org, _) => {
            let ground = shell.ground();
            let setup = shell.read(move |tx| ground.setups.readable(&mut Scope::new(tx, org))).await?;
            let unreadable = || CommandError::Rejected("the configuration can't be read".to_owned());
            Ok(of_page(claim, &*setup.ok_or_else(unreadable)?, confirm_url))
        }
    }
}

fn of_provider(claim: &RequestClaim, provider: &Provider, confirm_url: String) -> Option<Ready> {
    let question = Confirmation {
        id: claim.id.to_string(),
        provider: provider.slug.clone(),
        provider_name: provider.name.clone(),
        confirm_url,
        hours: CONFIRM_WITHIN.as_secs() / 3600,
    };
    match &claim.target {
        Target::Webhook(_) => Some(Ready::Post(confirmation_webhook(&question))),
        Target::Email(_) => {
            let formats::messages::Mail { subject, text, html } = confirmation_mail(&question);
            Some(Ready::Mail { subject, text, html })
        }
        // The form of a provider offers none.
        Target::Slack(_) => None,
    }
}

fn of_page(claim: &RequestClaim, setup: &Setup, confirm_url: String) -> Option<Ready> {
    let page = page::page_for(setup, claim.subject, false)?;
    let hours = CONFIRM_WITHIN.as_secs() / 3600;
    let question = QuestionView {
        page_title: page.title.clone(),
        written: page.language,
        language: claim.language,
        hours: usize::try_from(hours).unwrap_or(usize::MAX),
        confirm_url,
    };
    Some(match &claim.target {
        Target::Email(_) => {
            let mail = render::question_mail(&question);
            Ready::Mail { subject: mail.subject, text: mail.text, html: mail.html }
        }
        Target::Webhook(_) => {
            let (id, about) = (claim.id.to_string(), (page.slug.as_str(), page.title.as_str()));
            Ready::Post(page_question_webhook(&id, about, &question.confirm_url, hours))
        }
        Target::Slack(_) => {
            let [asked, yes, good] = render::question_lines(&question);
            let body = page_question_slack(&asked, &yes, &good, &question.confirm_url);
            Ready::Slack(Box::new(Call::json(claim.target.address(), &body)))
        }
    })
}
