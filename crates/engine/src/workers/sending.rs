//! One message to one destination: handed over, and what the answer means. Who gets it, and when again, is for others.

use std::{net::IpAddr, time::Duration};

use domain::delivery::{FAILING_TRIES, Outcome};
use formats::channels::{self, Answer, Call, Unsendable};
use outbound::{FetchError, Limits, Mail, MailError, Request};

use crate::shell::Shell;

/// What a call may take in all.
const CALL: Limits = Limits { total: Duration::from_secs(15), max_bytes: 64 * 1024, redirects: 0 };

/// Makes a call for the `number`-th time; `read` says what its answer means, and whether that is the whole of it or its head
/// alone.
pub(super) async fn call(
    shell: &Shell,
    call: Call,
    number: u32,
    read: impl Fn(&Answer<'_>, bool) -> Outcome,
) -> Outcome {
    // What a name leads to may be wrong for a moment, behind a captive portal; an address stays what it is.
    let is_address = url_has_address(&call.url);
    match shell.outbound.fetch(request(call)).await {
        Ok(response) => {
            let retry_after = response.retry_after(shell.clock.now());
            read(&Answer { status: response.status, retry_after, body: &response.body }, true)
        }
        Err(FetchError::HeadOnly { status, .. }) => {
            read(&Answer { status, retry_after: None, body: b"" }, false)
        }
        Err(error) => trouble(&error, number, is_address),
    }
}

/// What a call came to that was not answered.
fn trouble(error: &FetchError, number: u32, is_address: bool) -> Outcome {
    let answer = channels::words(&error.to_string());
    let is_refused = match error {
        FetchError::BadUrl { .. } => true,
        FetchError::Refused(_) => is_address,
        // Somebody has to put a certificate right, which takes longer than any tries.
        FetchError::Untrusted { .. } => number >= FAILING_TRIES,
        FetchError::Unresolved { .. }
        | FetchError::Unreachable { .. }
        | FetchError::HeadOnly { .. }
        | FetchError::BrokenOff { .. }
        | FetchError::TooSlow { .. }
        | FetchError::TooLarge { .. }
        | FetchError::TooManyRedirects { .. } => false,
    };
    if is_refused {
        return Outcome::Refused { answer };
    }
    Outcome::TryAgain { answer, after: None, may_have_arrived: error.may_have_arrived() }
}

/// Whether the host in a URL is an address and no name.
fn url_has_address(url: &str) -> bool {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = host.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    host.starts_with('[') || host.split(':').next().is_some_and(|host| host.parse::<IpAddr>().is_ok())
}

/// Makes a call whose answer is in its status alone, or says why it can't be made.
pub(super) async fn post(shell: &Shell, made: Result<Call, Unsendable>) -> Outcome {
    match made {
        Ok(made) => call(shell, made, 1, |answer, _| channels::by_status(answer)).await,
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

#[cfg(test)]
mod tests {
    //! What calls come to that were not answered.

    use super::*;

    #[test]
    fn a_certificate_that_stays_wrong_is_a_refusal_after_a_few_tries() {
        let (host, reason) = ("hooks.acme.test".to_owned(), "expired".to_owned());
        let error = FetchError::Untrusted { host, reason };
        for number in 1..FAILING_TRIES {
            let outcome = trouble(&error, number, false);
            assert!(matches!(outcome, Outcome::TryAgain { may_have_arrived: false, .. }), "{outcome:?}");
        }
        let outcome = trouble(&error, FAILING_TRIES, false);
        let Outcome::Refused { answer } = outcome else { panic!("{outcome:?}") };
        assert_eq!(answer, "the certificate of hooks.acme.test is not trusted: expired");
    }
}
