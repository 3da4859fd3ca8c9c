//! One message to one destination: handed over, and what the answer means. Who gets it, and when again, is for others.

use std::time::Duration;

use domain::delivery::Outcome;
use formats::channels::{self, Answer, Call, Unsendable};
use outbound::{FetchError, Limits, Mail, MailError, Request};

use crate::shell::Shell;

/// What a call may take in all.
const CALL: Limits = Limits { total: Duration::from_secs(15), max_bytes: 64 * 1024, redirects: 0 };

/// Makes a call; `read` says what its answer means.
pub(super) async fn call(shell: &Shell, call: Call, read: impl Fn(&Answer<'_>) -> Outcome) -> Outcome {
    match shell.outbound.fetch(request(call)).await {
        Ok(response) => read(&Answer {
            status: response.status,
            retry_after: response.retry_after(shell.clock.now()),
            body: &response.body,
        }),
        Err(error @ (FetchError::Refused(_) | FetchError::BadUrl { .. })) => {
            Outcome::Refused { answer: channels::words(&error.to_string()) }
        }
        Err(error) => Outcome::TryAgain {
            answer: channels::words(&error.to_string()),
            after: None,
            may_have_arrived: error.may_have_arrived(),
        },
    }
}

/// Makes a call whose answer is in its status alone, or says why it can't be made.
pub(super) async fn post(shell: &Shell, made: Result<Call, Unsendable>) -> Outcome {
    match made {
        Ok(made) => call(shell, made, channels::by_status).await,
        Err(Unsendable(answer)) => Outcome::Refused { answer },
    }
}

/// Hands a mail to the configured server.
pub(super) async fn mail(shell: &Shell, message: Mail) -> Outcome {
    match shell.outbound.mail(message).await {
        Ok(receipt) => Outcome::Accepted { answer: channels::words(&receipt.response), receipt: None },
        Err(error) => mail_trouble(&error),
    }
}

fn request(call: Call) -> Request {
    let Call { method, url, headers, body } = call;
    let request = match method {
        channels::Method::Get => Request::get(url),
        channels::Method::Post => Request::post(url, body),
        channels::Method::Put => Request::put(url, body),
        channels::Method::Patch => Request::patch(url, body),
    };
    headers.into_iter().fold(request.limits(CALL), |request, (name, value)| request.header(name, value))
}

fn mail_trouble(error: &MailError) -> Outcome {
    let answer = channels::words(&error.to_string());
    if error.is_permanent() {
        return Outcome::Refused { answer };
    }
    Outcome::TryAgain { answer, after: None, may_have_arrived: error.may_have_arrived() }
}
