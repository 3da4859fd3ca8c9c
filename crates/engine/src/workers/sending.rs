//! One message to one destination: handed over, and what the answer means. Who gets it, and when again, is for others.

use std::time::Duration;

use domain::{AttemptId, delivery::Outcome};
use formats::messages::sign;
use jiff::Timestamp;
use outbound::{FetchError, Limits, Mail, MailError, Request, Response};

use crate::shell::Shell;

/// What a webhook may take in all.
const WEBHOOK: Limits = Limits { total: Duration::from_secs(15), max_bytes: 64 * 1024, redirects: 0 };

/// Characters of an answer that are kept.
const ANSWER_CHARS: usize = 300;

/// A signed post, as Standard Webhooks say.
pub(super) struct Post<'a> {
    /// Where to.
    pub(super) url: &'a str,
    /// What makes it the same message when it is sent again.
    pub(super) id: String,
    /// What it is signed with.
    pub(super) secret: &'a str,
    /// JSON.
    pub(super) body: String,
    /// The try that is on record, where tries are.
    pub(super) attempt: Option<AttemptId>,
}

impl Post<'_> {
    /// Sends it.
    pub(super) async fn send(self, shell: &Shell) -> Outcome {
        let now = shell.clock.now();
        let signature = match sign(self.secret, &self.id, now, self.body.as_bytes()) {
            Ok(signature) => signature,
            Err(error) => {
                return Outcome::Refused { answer: format!("the contact's secret can't sign: {error}") };
            }
        };
        let mut request = Request::post(self.url, self.body)
            .limits(WEBHOOK)
            .header("content-type", "application/json")
            .header("webhook-id", self.id)
            .header("webhook-timestamp", now.as_second().to_string())
            .header("webhook-signature", signature);
        if let Some(attempt) = self.attempt {
            request = request.header("midwatch-attempt", attempt.to_string());
        }
        match shell.outbound.fetch(request).await {
            Ok(response) => answered(&response, now),
            Err(error @ (FetchError::Refused(_) | FetchError::BadUrl { .. })) => {
                Outcome::Refused { answer: shortened(&error.to_string()) }
            }
            Err(error) => Outcome::TryAgain {
                answer: shortened(&error.to_string()),
                after: None,
                may_have_arrived: error.may_have_arrived(),
            },
        }
    }
}

/// Hands a mail to the configured server.
pub(super) async fn mail(shell: &Shell, message: Mail) -> Outcome {
    match shell.outbound.mail(message).await {
        Ok(receipt) => Outcome::Accepted { answer: shortened(&receipt.response) },
        Err(error) => mail_trouble(&error),
    }
}

/// What a webhook's answer means: 2xx is taken; too busy and server trouble deserve another try; the rest never will be.
fn answered(response: &Response, now: Timestamp) -> Outcome {
    let answer = format!("HTTP status {}", response.status);
    match response.status {
        200..=299 => Outcome::Accepted { answer },
        408 | 425 | 429 | 500..=599 => Outcome::TryAgain {
            answer,
            after: response.retry_after(now),
            may_have_arrived: response.status >= 500,
        },
        _ => Outcome::Refused { answer },
    }
}

fn mail_trouble(error: &MailError) -> Outcome {
    let answer = shortened(&error.to_string());
    if error.is_permanent() {
        return Outcome::Refused { answer };
    }
    Outcome::TryAgain { answer, after: None, may_have_arrived: error.may_have_arrived() }
}

fn shortened(answer: &str) -> String {
    answer.chars().filter(|c| !c.is_control()).take(ANSWER_CHARS).collect()
}
